#include "tui/console_state.h"

#include <string.h>

#include "core/base/text.h"

#define GROUP      "console"
#define BYTES_MOST (64 * 1024)

struct console_state {
    char *path;
    char *configured;
    GKeyFile *file; /* as it is to be */
    char *theme;
    gboolean mouse;
    gboolean mouse_before; /* as the console began */
    char *kept;            /* what the file says; NULL = there is none */
    char *last;            /* what it would have said a second ago */
};

/* --- Reading --------------------------------------------------------------------------------- */

static gboolean get_flag(const struct console_state *state, const char *key, gboolean otherwise)
{
    g_autoptr(GError) error = NULL;
    gboolean flag = g_key_file_get_boolean(state->file, GROUP, key, &error);

    return error != NULL ? otherwise : flag;
}

/* Names reach files and messages: nothing that is none is taken. */
static char *get_name(const struct console_state *state, const char *key)
{
    char *name = g_key_file_get_string(state->file, GROUP, key, NULL);

    if (name != NULL && !text_check_name(name, NULL))
        g_clear_pointer(&name, g_free);
    return name;
}

static void read_file(struct console_state *state, GPtrArray *warnings)
{
    g_autoptr(GError) error = NULL;
    g_autofree char *text = NULL;
    gsize length;

    if (!g_file_get_contents(state->path, &text, &length, &error)) {
        if (g_error_matches(error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
            return;
    } else if (length > BYTES_MOST) {
        g_set_error(&error, G_FILE_ERROR, G_FILE_ERROR_FAILED, "larger than any state");
    } else if (g_key_file_load_from_data(state->file, text, length, G_KEY_FILE_NONE, &error)) {
        state->kept = g_steal_pointer(&text);
        return;
    }
    if (warnings != NULL)
        g_ptr_array_add(warnings, g_strdup_printf("%s: %s: the console begins as configured",
                                                  state->path, error->message));
}

struct console_state *console_state_new(const char *path, const char *configured,
                                        GPtrArray *warnings)
{
    struct console_state *state = g_new0(struct console_state, 1);
    g_autofree char *instead_of = NULL;

    state->path = g_strdup(path);
    state->configured = g_strdup(configured != NULL ? configured : "default");
    state->file = g_key_file_new();
    if (path != NULL)
        read_file(state, warnings);
    instead_of = get_name(state, "theme_instead_of");
    if (g_strcmp0(instead_of, state->configured) == 0)
        state->theme = get_name(state, "theme");
    if (state->theme == NULL)
        state->theme = g_strdup(state->configured);
    state->mouse = get_flag(state, "mouse", TRUE);
    return state;
}

void console_state_free(struct console_state *state)
{
    if (state == NULL)
        return;
    g_key_file_free(state->file);
    g_free(state->path);
    g_free(state->configured);
    g_free(state->theme);
    g_free(state->kept);
    g_free(state->last);
    g_free(state);
}

const char *console_state_theme(const struct console_state *state)
{
    return state->theme;
}

gboolean console_state_mouse(const struct console_state *state)
{
    return state->mouse;
}

void console_state_apply(const struct console_state *state, struct app *app)
{
    g_autofree char *order = get_name(state, "order");
    g_autofree char *group = get_name(state, "group");
    g_autofree char *zoom = get_name(state, "zoom");

    if (order != NULL)
        arrange_order_parse(order, &app->arrangement.order);
    if (group != NULL)
        arrange_group_parse(group, &app->arrangement.group);
    if (zoom != NULL)
        grid_zoom_parse(zoom, &app->zoom);
    app->journal_follows = get_flag(state, "journal_follows", app->journal_follows);
}

/* --- Keeping --------------------------------------------------------------------------------- */

static void set_theme(struct console_state *state, const struct app *app)
{
    if (g_strcmp0(app->theme_name, state->configured) == 0) {
        g_key_file_remove_key(state->file, GROUP, "theme", NULL);
        g_key_file_remove_key(state->file, GROUP, "theme_instead_of", NULL);
    } else {
        g_key_file_set_string(state->file, GROUP, "theme", app->theme_name);
        g_key_file_set_string(state->file, GROUP, "theme_instead_of", state->configured);
    }
}

static char *describe(struct console_state *state, const struct app *app)
{
    set_theme(state, app);
    /* What was not touched here may have been told by --no-mouse: that is for this time. */
    if (app->mouse != state->mouse_before)
        state->mouse = app->mouse;
    state->mouse_before = app->mouse;
    g_key_file_set_boolean(state->file, GROUP, "mouse", state->mouse);
    g_key_file_set_string(state->file, GROUP, "order", arrange_order_name(app->arrangement.order));
    g_key_file_set_string(state->file, GROUP, "group", arrange_group_name(app->arrangement.group));
    g_key_file_set_string(state->file, GROUP, "zoom", grid_zoom_name(app->zoom));
    g_key_file_set_boolean(state->file, GROUP, "journal_follows", app->journal_follows);
    return g_key_file_to_data(state->file, NULL, NULL);
}

static void write_file(struct console_state *state, const char *text)
{
    g_autofree char *dir = g_path_get_dirname(state->path);

    g_free(state->kept);
    state->kept = g_strdup(text); /* also when it fails: not each second anew */
    if (g_mkdir_with_parents(dir, 0700) == 0)
        g_file_set_contents_full(state->path, text, -1, G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

void console_state_keep(struct console_state *state, const struct app *app, gboolean now)
{
    g_autofree char *text = NULL;
    gboolean first = state->last == NULL;
    gboolean still;

    if (state->path == NULL)
        return;
    if (first)
        state->mouse_before = app->mouse;
    text = describe(state, app);
    /* As it began, whatever the file says: what nobody touched is not written. */
    if (first && state->kept == NULL)
        state->kept = g_strdup(text);
    still = g_strcmp0(text, state->last) == 0;
    if ((now || still) && g_strcmp0(text, state->kept) != 0)
        write_file(state, text);
    g_free(state->last);
    state->last = g_steal_pointer(&text);
}
