#include "tui/look_page.h"

#include <string.h>

#include "tui/keymap.h"
#include "tui/theme.h"

/* --- What stands before the tables ----------------------------------------------------------- */

static const char theme_introduction[] =
    "# Themes\n\n"
    "<!-- Made by: roost help themes. Edit tui/look_page.c and the tables, then run make docs. "
    "-->\n\n"
    "A theme gives each *role* (a host that is over, a key in the footer) its colours. It is taken "
    "from `--theme NAME`, else from `[console] theme=` of the configuration, else it is `default`; "
    "`T` goes through all there are, `:theme NAME` takes one. NAME is looked for as\n\n"
    "1. `~/.config/roost/themes/NAME.theme` (`$XDG_CONFIG_HOME/roost`),\n"
    "2. `/etc/roost/themes/NAME.theme`,\n"
    "3. one of those built in;\n\n"
    "with a `/` in it, it is a path.\n\n"
    "## A theme of one's own\n\n"
    "    # ~/.config/roost/themes/mine.theme\n"
    "    [theme]\n"
    "    inherits=default\n"
    "    [roles]\n"
    "    over=black on bright-yellow bold\n"
    "    off=#6c6c6c\n"
    "    under=74\n\n"
    "A role is written `role=[COLOUR] [on COLOUR] [bold] [dim] [underline] [reverse]`. COLOUR is "
    "`default` (the terminal's own), one of black red green yellow blue magenta cyan white and "
    "bright-black to bright-white, 0..255 of the palette, or `#rrggbb`.\n\n"
    "`inherits=` names the theme that gives what is left out: by name, or by path, a relative one "
    "counted from the file's own folder; its own name means the one it hides. In the end every "
    "theme stands on `mono`. What has no meaning is an error with file and line; a role that does "
    "not exist is only warned of.\n\n"
    "The files in use, those inherited from among them, are read again as soon as they change. "
    "When one is wrong, or gone, the console says so with file and line, writes it into the "
    "journal, and goes on with what it had.\n\n"
    "## How many colours\n\n"
    "| the terminal | what is used |\n"
    "| --- | --- |\n"
    "| its description has no colours (vt100, xterm-mono), or `NO_COLOR` is set | the attributes "
    "of `mono`, or of the theme itself when it has no colour |\n"
    "| 8 or 16 colours | the nearest; a dark background is black, a pale one white; text that "
    "would "
    "be lost is black or white; bright ones are bold among 8 |\n"
    "| 256 colours | the nearest of the upper 240, which users do not change; `red` and `9` stay "
    "what they are |\n"
    "| `COLORTERM` is `truecolor` or `24bit`, or TERM is `*-direct` | 24 bits, as written |\n\n"
    "For 24 bits the description `*-direct` of the same terminal is used (xterm-direct for "
    "xterm-256color), which distributions keep in ncurses-term; without it 256 colours do. "
    "`COLORTERM` is not believed on the Linux console, nor within screen, which would read the "
    "colours as something else; tmux makes of them what its own terminal has. `--colours` says "
    "otherwise: auto, never, 8, 16, 256 or 24bit, and then NO_COLOR does not count. It never gives "
    "more than a description of that terminal has. CLICOLOR_FORCE is for programs that print into "
    "pipes, and means nothing here.\n\n"
    "Whether lines and blocks are drawn or made of `-`, `|` and `#` follows from the locale (UTF-8 "
    "or not); a vt100 gets ASCII always. The Linux console has no braille and no wide characters "
    "in its fonts, and gets likenesses of them.\n\n";

static const char keymap_introduction[] =
    "# Keymaps\n\n"
    "<!-- Made by: roost help keymaps. Edit tui/look_page.c and the tables, then run make docs. "
    "-->\n\n"
    "A keymap gives each *action* its keys. It is taken from `--keymap NAME`, else from `[console] "
    "keymap=` of the configuration, else it is `default`; `:keymap NAME` takes another one. NAME "
    "is "
    "looked for as\n\n"
    "1. `~/.config/roost/keymaps/NAME.keymap` (`$XDG_CONFIG_HOME/roost`),\n"
    "2. `/etc/roost/keymaps/NAME.keymap`,\n"
    "3. one of those built in;\n\n"
    "with a `/` in it, it is a path. `?` shows the keys as they are now.\n\n"
    "## A keymap of one's own\n\n"
    "    # ~/.config/roost/keymaps/mine.keymap\n"
    "    [keymap]\n"
    "    inherits=default\n"
    "    [keys]\n"
    "    wake=W M-w\n"
    "    none=w o\n\n"
    "A key is a character as printed (`a`, `A`, `/`), or Left Right Up Down Home End PageUp "
    "PageDown Enter Escape Tab BackTab Space Backspace Delete Insert F1 to F12, with `C-` before "
    "it "
    "for Control and `M-` for Alt. Terminals cannot tell C-h from Backspace, C-i from Tab, C-j and "
    "C-m from Enter. Digits are counts: `5` before a movement is five of them.\n\n"
    "The first key of an action is the one the footer shows. A file's keys come before those it "
    "inherits, and a key it gives to one action is taken from the one that had it; `none=` takes "
    "keys away. Two actions for one key in one file are an error that names both lines; an action "
    "or a key that does not exist is only warned of.\n\n"
    "## Keys for lines of the palette\n\n"
    "    [lines]\n"
    "    F12=list over\n"
    "    M-w=wake\n"
    "    M-d=doctor\n\n"
    "A key may stand for a line as it is typed after `:`. What only looks (`list`, `status`, "
    "`doctor`, anything with `--dry-run`) runs at once. What acts opens the palette with the line: "
    "Enter runs it, and takes what is selected or marked where the line names nothing. `KEY=` "
    "with nothing behind takes an inherited line away. `?` lists them.\n\n"
    "`inherits=` works as it does in a [theme](themes.md), and so do errors and reading again when "
    "a file changes.\n\n";

/* --- Tables ---------------------------------------------------------------------------------- */

static void append_cell(GString *page, const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '|')
            g_string_append_c(page, '\\');
        g_string_append_c(page, *text);
    }
}

static void append_built_in(GString *page, const char *const *names,
                            char *(*describe)(const char *))
{
    g_string_append(page, "## Built in\n\n| name | |\n| --- | --- |\n");
    for (guint i = 0; names[i] != NULL; i++) {
        g_autofree char *words = describe(names[i]);

        g_string_append_printf(page, "| `%s` | ", names[i]);
        append_cell(page, words);
        g_string_append(page, " |\n");
    }
}

static void append_roles(GString *page)
{
    g_string_append(page, "\n## Roles\n\n| role | what it is |\n| --- | --- |\n");
    for (guint i = 0; i < ROLE_COUNT; i++) {
        g_string_append_printf(page, "| `%s` | ", role_info[i].name);
        append_cell(page, role_info[i].help);
        g_string_append(page, " |\n");
    }
}

static void append_keys(GString *page, const struct keymap *keymap, enum action action)
{
    g_autofree char *line = keymap_keys(keymap, action);
    g_auto(GStrv) keys = g_strsplit(line, " ", -1);

    g_string_append(page, " |");
    for (guint i = 0; keys[i] != NULL && *keys[i] != '\0'; i++) {
        g_string_append(page, strcmp(keys[i], "`") == 0 ? " `` " : " `");
        append_cell(page, keys[i]);
        g_string_append(page, strcmp(keys[i], "`") == 0 ? " ``" : "`");
    }
}

static void append_actions(GString *page)
{
    const char *const *names = keymap_names();
    GPtrArray *keymaps = g_ptr_array_new_with_free_func((GDestroyNotify)keymap_free);

    g_string_append(page, "\n## Actions\n\n| action | what it does");
    for (guint i = 0; names[i] != NULL; i++) {
        g_string_append_printf(page, " | %s", names[i]);
        g_ptr_array_add(keymaps, keymap_load(names[i], NULL, NULL));
    }
    g_string_append(page, " |\n| --- | ---");
    for (guint i = 0; i < keymaps->len; i++)
        g_string_append(page, " | ---");
    g_string_append(page, " |\n");
    for (guint action = 0; action < ACTION_COUNT; action++) {
        g_string_append_printf(page, "| `%s` | ", action_info[action].name);
        append_cell(page, action_info[action].help);
        for (guint i = 0; i < keymaps->len; i++)
            append_keys(page, keymaps->pdata[i], (enum action)action);
        g_string_append(page, " |\n");
    }
    g_ptr_array_unref(keymaps);
}

gboolean look_append_page(GString *page, const char *name)
{
    if (strcmp(name, "themes") == 0) {
        g_string_append(page, theme_introduction);
        append_built_in(page, theme_names(), theme_describe);
        append_roles(page);
        return TRUE;
    }
    if (strcmp(name, "keymaps") == 0) {
        g_string_append(page, keymap_introduction);
        append_built_in(page, keymap_names(), keymap_describe);
        append_actions(page);
        return TRUE;
    }
    return FALSE;
}
