#include "tui/help_lines.h"

#include <string.h>

#include "core/base/text.h"
#include "core/command/limits.h"
#include "core/command/verb.h"
#include "tui/action.h"
#include "tui/wrap.h"

/* The sections of the actions: each begins where the table has its first. */
static const struct {
    enum action first;
    const char *title;
} sections[] = {
    {ACTION_CURSOR_LEFT, "Moving about"},
    {ACTION_FIND, "Finding, commands"},
    {ACTION_MIGRATE, "VMs"},
    {ACTION_CONFIRM, "In and out"},
    {ACTION_MARK, "Marks: for what is done to many"},
    {ACTION_WAKE, "Hosts"},
    {ACTION_AUTOMATIC, "The autopilot"},
    {ACTION_JOBS, "What goes on"},
    {ACTION_ZOOM_IN, "What is seen of the grid"},
    {ACTION_MANAGE, "The lab"},
    {ACTION_FASTER, "The clock of a simulated lab"},
    {ACTION_THEME, "The console"},
};

static void line_free(gpointer data)
{
    struct help_line *line = data;

    g_free(line->key);
    g_free(line->text);
    g_free(line);
}

static void add(GPtrArray *lines, char *key_take, enum role role, const char *text)
{
    struct help_line *line = g_new0(struct help_line, 1);

    *line = (struct help_line){.key = key_take, .role = role, .text = g_strdup(text)};
    g_ptr_array_add(lines, line);
}

static void add_heading(GPtrArray *lines, const char *text)
{
    struct help_line *line;

    if (lines->len > 0)
        add(lines, g_strdup(""), ROLE_TEXT, "");
    add(lines, g_strdup(""), ROLE_STRONG, text);
    line = g_ptr_array_index(lines, lines->len - 1);
    line->heading = TRUE;
}

/* An action that no key means, or that is refused here whatever it is done to, has no place. */
static void add_key(const struct app *app, GPtrArray *lines, enum action action, const char *text)
{
    char *keys = keymap_keys(app->keymap, action);

    if (*keys != '\0' && !action_is_refused(app, action))
        add(lines, keys, ROLE_FOOTER_KEY, text);
    else
        g_free(keys);
}

static void add_view(const struct app *app, GPtrArray *lines, const struct view *view)
{
    g_autofree char *title = g_strdup_printf("Here, in %s", view->title);

    if (view->keys == NULL)
        return;
    add_heading(lines, title);
    for (const struct view_key *key = view->keys; key->action != ACTION_NONE; key++)
        if (!action_is_refused(app, key->means))
            add_key(app, lines, key->action, key->help);
}

static void add_actions(const struct app *app, GPtrArray *lines)
{
    gsize section = 0;

    for (enum action action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        if (section < G_N_ELEMENTS(sections) && sections[section].first == action)
            add_heading(lines, sections[section++].title);
        add_key(app, lines, action, action_info[action].help);
    }
}

static void add_own_lines(const struct app *app, GPtrArray *lines)
{
    const char *key, *text;

    for (guint i = 0; (text = keymap_line_at(app->keymap, i, &key)) != NULL; i++) {
        if (i == 0)
            add_heading(lines, "Lines of your own");
        add(lines, g_strdup(key), ROLE_FOOTER_KEY, text);
    }
}

static void add_mouse(GPtrArray *lines)
{
    add_heading(lines, "Mouse");
    add(lines, g_strdup("click"), ROLE_FOOTER_KEY,
        "select a host, a VM by its mark, a line; do what a word below says");
    add(lines, g_strdup("right button"), ROLE_FOOTER_KEY,
        "the menu of the host, or of the VM by its mark");
    add(lines, g_strdup("drag"), ROLE_FOOTER_KEY,
        "take a VM by its mark, or a host by its name, to another host");
    add(lines, g_strdup("wheel"), ROLE_FOOTER_KEY, "scroll");
}

static void add_marks(GPtrArray *lines, const struct mark_info *marks, guint n, gboolean ascii)
{
    for (guint i = 0; i < n; i++) {
        const char *sign = mark_sign(&marks[i], ascii);

        add(lines,
            *marks[i].name != '\0' ? g_strdup_printf("%s %s", sign, marks[i].name) : g_strdup(sign),
            marks[i].role, marks[i].help);
    }
}

static void add_verbs(const struct app *app, GPtrArray *lines)
{
    const char *key = keymap_first_key(app->keymap, ACTION_PALETTE);
    const struct limits limits = {app->readonly, app->kiosk};
    g_autofree char *title = g_strdup_printf("Verbs, to be typed after %s", key);

    if (*key == '\0')
        return;
    add_heading(lines, title);
    for (const struct verb *verb = verbs; verb->name != NULL; verb++) {
        if (!(verb->flags & (VERB_HIDDEN | VERB_ALONE)) && limits_offer(limits, verb))
            add(lines, g_strdup(verb->name), ROLE_STRONG, verb->help);
    }
}

/* Which are in use, and where to write one's own. */
static void add_files(const struct app *app, GPtrArray *lines)
{
    const struct config *config = app->session != NULL ? app->session->config : NULL;
    const char *keymap = config != NULL && config->keymap != NULL ? config->keymap : "default";
    const char *theme = app->theme_name != NULL ? app->theme_name : "default";
    g_autofree char *keymap_text =
        g_strdup_printf("%s. Your own: ~/.config/roost/keymaps/NAME.keymap, and [console] "
                        "keymap=NAME in the configuration",
                        keymap);
    g_autofree char *theme_text =
        g_strdup_printf("%s. Your own: ~/.config/roost/themes/NAME.theme, and [console] "
                        "theme=NAME in the configuration",
                        theme);

    add_heading(lines, "Files in use");
    add(lines, g_strdup("keymap"), ROLE_STRONG, keymap_text);
    add(lines, g_strdup("theme"), ROLE_STRONG, theme_text);
    add(lines, g_strdup("configuration"), ROLE_STRONG,
        config != NULL && config->path != NULL ? config->path
                                               : "none; roost help --config tells what can be set");
}

GPtrArray *help_lines_new(const struct app *app, const struct view *over)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(line_free);

    if (over != NULL && over != &view_main)
        add_view(app, lines, over);
    add_actions(app, lines);
    add_own_lines(app, lines);
    add_mouse(lines);
    add_heading(lines, "Signs of hosts");
    add_marks(lines, host_mark_info, HOST_MARK_COUNT, app->ascii);
    add_marks(lines, target_mark_info, TARGET_MARK_COUNT, app->ascii);
    add_heading(lines, "Signs of VMs");
    add_marks(lines, vm_mark_info, VM_MARK_COUNT, app->ascii);
    add_verbs(app, lines);
    add_files(app, lines);
    return lines;
}

/* --- Narrowing -------------------------------------------------------------------------------- */

static gboolean is_meant(const struct help_line *line, const char *section,
                         const struct filter *filter)
{
    g_autofree char *text = g_strdup_printf("%s %s", line->key, line->text);
    struct journal_entry entry = {
        .what = (char *)section, .object = (char *)"", .who = (char *)"", .result = (char *)""};

    entry.text = text;
    return filter_has_entry(filter, &entry);
}

GPtrArray *help_lines_narrow(const GPtrArray *lines, const struct filter *filter)
{
    GPtrArray *meant = g_ptr_array_new();
    struct help_line *heading = NULL, *gap = NULL;
    const char *section = "";

    for (guint i = 0; i < lines->len; i++) {
        struct help_line *line = g_ptr_array_index(lines, i);
        gboolean is_gap = !line->heading && *line->key == '\0' && *line->text == '\0';

        if (filter == NULL) {
            g_ptr_array_add(meant, line);
        } else if (is_gap) {
            gap = line;
        } else if (line->heading) {
            heading = line;
            section = line->text;
        } else if (is_meant(line, section, filter)) {
            if (heading != NULL && meant->len > 0 && gap != NULL)
                g_ptr_array_add(meant, gap);
            if (heading != NULL)
                g_ptr_array_add(meant, heading);
            heading = NULL;
            g_ptr_array_add(meant, line);
        }
    }
    return meant;
}

/* --- Breaking --------------------------------------------------------------------------------- */

static struct help_line *add_copy(GPtrArray *lines, const struct help_line *line, const char *key,
                                  const char *text)
{
    struct help_line *copy = g_memdup2(line, sizeof *line);

    copy->key = g_strdup(key);
    copy->text = g_strdup(text);
    g_ptr_array_add(lines, copy);
    return copy;
}

GPtrArray *help_lines_wrap(const GPtrArray *lines, int key_cells, int text_cells)
{
    GPtrArray *wrapped = g_ptr_array_new_with_free_func(line_free);

    for (guint i = 0; i < lines->len; i++) {
        const struct help_line *line = g_ptr_array_index(lines, i);
        g_autoptr(GPtrArray) keys = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) texts = g_ptr_array_new_with_free_func(g_free);

        if (line->heading) {
            add_copy(wrapped, line, "", line->text);
            continue;
        }
        wrap_text(line->key, key_cells, keys);
        wrap_text(line->text, text_cells, texts);
        for (guint j = 0; j < MAX(1, MAX(keys->len, texts->len)); j++)
            add_copy(wrapped, line, j < keys->len ? keys->pdata[j] : "",
                     j < texts->len ? texts->pdata[j] : "")
                ->more = j > 0;
    }
    return wrapped;
}
