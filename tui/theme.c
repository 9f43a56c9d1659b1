#include "tui/theme.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "tui/named_file.h"
#include "tui/surface.h"
#include "tui/theme_colour.h"

#define GROUP "roles"

/* What every theme stands on: a look for each role that asks nothing of the terminal. */
#define GROUND "mono"

static const struct named_kind theme_kind = {"theme", "themes", ".theme"};

/* In the order in which they are gone through. */
static const char *const built_in[] = {
    "default", "light",          "high-contrast",  "colour-blind", "gruvbox",
    "dracula", "phosphor-green", "phosphor-amber", "mono",         NULL,
};

const char *const *theme_names(void)
{
    return built_in;
}

char **theme_all_names(void)
{
    return named_file_names(&theme_kind, built_in);
}

char *theme_describe(const char *name)
{
    return named_file_describe(&theme_kind, name);
}

static const struct theme_style plain = {
    .foreground = THEME_DEFAULT_COLOUR,
    .background = THEME_DEFAULT_COLOUR,
};

static int role_by_name(const char *name)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (strcmp(role_info[i].name, name) == 0)
            return i;
    }
    return -1;
}

static guint attribute_by_name(const char *name)
{
    static const struct {
        const char *name;
        guint attribute;
    } attributes[] = {
        {"bold", CELL_BOLD},
        {"dim", CELL_DIM},
        {"underline", CELL_UNDERLINE},
        {"reverse", CELL_REVERSE},
    };

    for (gsize i = 0; i < G_N_ELEMENTS(attributes); i++) {
        if (strcmp(attributes[i].name, name) == 0)
            return attributes[i].attribute;
    }
    return 0;
}

/* [COLOUR] [on COLOUR] [ATTRIBUTE...]. Returns the word that is wrong, or NULL. */
static const char *parse_style(char **words, struct theme_style *style)
{
    gboolean may_be_foreground = TRUE;

    *style = plain;
    for (guint i = 0; words[i] != NULL; i++) {
        guint attribute = attribute_by_name(words[i]);

        if (*words[i] == '\0')
            continue;
        if (attribute != 0) {
            style->attributes |= attribute;
        } else if (strcmp(words[i], "on") == 0) {
            if (words[i + 1] == NULL ||
                !theme_colour_parse(words[i + 1], &style->background, &style->background_index))
                return words[i + 1] != NULL ? words[i + 1] : words[i];
            i++;
        } else if (!may_be_foreground ||
                   !theme_colour_parse(words[i], &style->foreground, &style->foreground_index)) {
            return words[i];
        }
        may_be_foreground = FALSE;
    }
    return NULL;
}

static gboolean apply_role(struct theme *theme, const struct named_file *file, const char *key,
                           GPtrArray *warnings, GError **error)
{
    g_autofree char *value = g_key_file_get_value(file->entries, GROUP, key, NULL);
    g_autofree char *shown = text_escape(key);
    g_auto(GStrv) words = NULL;
    guint line = named_file_line(file, GROUP, key);
    int role = role_by_name(key);
    struct theme_style style;
    const char *wrong;

    if (role < 0) {
        if (warnings != NULL)
            g_ptr_array_add(warnings, g_strdup_printf("%s:%u: there is no role \"%s\"", file->path,
                                                      line, shown));
        return TRUE;
    }
    words = g_strsplit_set(value, " \t", -1);
    wrong = parse_style(words, &style);
    if (wrong != NULL) {
        g_autofree char *wrong_shown = text_escape(wrong);

        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "%s:%u: %s: \"%s\" has no meaning here; write [COLOUR] [on COLOUR] [bold] [dim]"
                    " [underline] [reverse], a COLOUR being default, a name, 0..255 or #rrggbb",
                    file->path, line, key, wrong_shown);
        return FALSE;
    }
    style.mono_attributes = theme->styles[role].mono_attributes;
    theme->styles[role] = style;
    return TRUE;
}

static gboolean apply(struct theme *theme, const struct named_file *file, GPtrArray *warnings,
                      GError **error)
{
    g_auto(GStrv) keys = g_key_file_get_keys(file->entries, GROUP, NULL, NULL);

    for (guint i = 0; keys != NULL && keys[i] != NULL; i++) {
        if (!apply_role(theme, file, keys[i], warnings, error))
            return FALSE;
    }
    return TRUE;
}

static guint8 tint_of(enum role role)
{
    switch (role) {
    case ROLE_MUTED:
    case ROLE_OFF:
    case ROLE_IDLE:
    case ROLE_BAR_EMPTY:
    case ROLE_TARGET_NO:
        return THEME_TINT_RETIRE;
    case ROLE_TEXT:
    case ROLE_STRONG:
    case ROLE_HEADER:
    case ROLE_HEADER_STRONG:
    case ROLE_FOOTER:
    case ROLE_FOOTER_KEY:
    case ROLE_VM:
    case ROLE_DIALOG:
    case ROLE_BUTTON:
    case ROLE_INPUT:
        return THEME_TINT_DECOR;
    default:
        return THEME_TINT_MEANS;
    }
}

static void keep_mono_attributes(struct theme *theme)
{
    for (int i = 0; i < ROLE_COUNT; i++)
        theme->styles[i].mono_attributes = theme->styles[i].attributes;
}

static gboolean has_colours(const struct theme *theme)
{
    for (int i = 0; i < ROLE_COUNT; i++) {
        if (theme->styles[i].foreground != THEME_DEFAULT_COLOUR ||
            theme->styles[i].background != THEME_DEFAULT_COLOUR)
            return TRUE;
    }
    return FALSE;
}

static char *name_of(const struct named_file *file, const char *name_or_path)
{
    g_autofree char *name = g_key_file_get_string(file->entries, theme_kind.noun, "name", NULL);
    g_autofree char *base = g_path_get_basename(name_or_path);

    if (name != NULL && *g_strstrip(name) != '\0')
        return g_steal_pointer(&name);
    if (g_str_has_suffix(base, theme_kind.suffix))
        base[strlen(base) - strlen(theme_kind.suffix)] = '\0';
    return g_steal_pointer(&base);
}

struct theme *theme_load(const char *name_or_path, GPtrArray *warnings, GError **error)
{
    g_autoptr(GPtrArray) files = named_file_load(&theme_kind, name_or_path, GROUP, warnings, error);
    struct theme *theme;

    if (files == NULL)
        return NULL;
    theme = g_new0(struct theme, 1);
    theme->name = name_of(files->pdata[0], name_or_path);
    theme->files = named_file_paths(files);
    for (int i = 0; i < ROLE_COUNT; i++)
        theme->styles[i] = plain;
    named_file_append_built_in(files, &theme_kind, GROUND, GROUP);
    for (guint i = files->len; i > 0; i--) {
        if (!apply(theme, files->pdata[i - 1], warnings, error)) {
            theme_free(theme);
            return NULL;
        }
        if (i == files->len)
            keep_mono_attributes(theme);
    }
    if (!has_colours(theme))
        keep_mono_attributes(theme);
    for (int i = 0; i < ROLE_COUNT; i++)
        theme->styles[i].tint = tint_of((enum role)i);
    return theme;
}

void theme_free(struct theme *theme)
{
    if (theme == NULL)
        return;
    g_free(theme->name);
    g_strfreev(theme->files);
    g_free(theme);
}
