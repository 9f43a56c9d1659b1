#include "tui/look.h"

#include <string.h>

#include "core/base/error.h"
#include "tui/file_watch.h"

struct look {
    struct app *app;
    char *keymap_name;
    struct file_watch *theme_files;
    struct file_watch *keymap_files;
};

/* --- Telling --------------------------------------------------------------------------------- */

/* A path below the home directory as people write it: the line that tells of it is short. */
static char *shorten(const char *text)
{
    g_autofree char *home = g_strconcat(g_get_home_dir(), "/", NULL);

    return g_str_has_prefix(text, home) && strlen(home) > 2
               ? g_strconcat("~/", text + strlen(home), NULL)
               : g_strdup(text);
}

/* In the journal the whole of it stays to be read. */
static void tell_wrong(struct app *app, const char *before, const char *text)
{
    g_autofree char *shown = shorten(text);

    if (app->engine != NULL)
        engine_note(app->engine, "file", "", FALSE, text);
    app_say(app, ROLE_WARNING, "%s%s", before, shown);
}

static void tell_taken(struct app *app, const GPtrArray *warnings, const char *what,
                       const char *name)
{
    if (warnings->len > 0)
        tell_wrong(app, "", g_ptr_array_index(warnings, 0));
    else
        app_say(app, ROLE_FOOTER, "%s %s", what, name);
}

/* --- Taking ---------------------------------------------------------------------------------- */

/*
 * What is watched now: the files read, and, while it is still the same theme or keymap, those that
 * were read before and are gone: one that comes back counts again.
 */
static void follow(struct file_watch *watch, const char *const *files, gboolean same)
{
    g_autoptr(GPtrArray) paths = g_ptr_array_new();
    const char *const *before = file_watch_paths(watch);

    for (guint i = 0; files[i] != NULL; i++)
        g_ptr_array_add(paths, (gpointer)files[i]);
    for (guint i = 0; same && before[i] != NULL; i++) {
        if (!g_strv_contains(files, before[i]) && !g_file_test(before[i], G_FILE_TEST_EXISTS))
            g_ptr_array_add(paths, (gpointer)before[i]);
    }
    g_ptr_array_add(paths, NULL);
    file_watch_set(watch, (const char *const *)paths->pdata);
}

static gboolean take_theme(struct app *app, const char *name, GPtrArray *warnings, GError **error)
{
    autoptr(theme) theme = theme_load(name, warnings, error);
    gboolean same = g_strcmp0(name, app->theme_name) == 0;

    if (theme == NULL)
        return FALSE;
    screen_set_theme(app->screen, theme);
    if (!same) {
        g_free(app->theme_name);
        app->theme_name = g_strdup(name);
    }
    if (app->look != NULL)
        follow(app->look->theme_files, (const char *const *)theme->files, same);
    return TRUE;
}

static gboolean take_keymap(struct app *app, const char *name, GPtrArray *warnings, GError **error)
{
    struct keymap *keymap = keymap_load(name, warnings, error);
    gboolean same = app->look != NULL && g_strcmp0(name, app->look->keymap_name) == 0;

    if (keymap == NULL)
        return FALSE;
    keymap_free(app->keymap);
    app->keymap = keymap;
    if (app->look != NULL)
        follow(app->look->keymap_files, keymap_files(keymap), same);
    if (app->look != NULL && !same) {
        g_free(app->look->keymap_name);
        app->look->keymap_name = g_strdup(name);
    }
    return TRUE;
}

/* Takes another one, and says so. FALSE with the reason, and the one in use stays. */
static gboolean set_theme(struct app *app, const char *name, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

    if (!take_theme(app, name, warnings, error))
        return FALSE;
    tell_taken(app, warnings, "theme", name);
    return TRUE;
}

static gboolean set_keymap(struct app *app, const char *name, GError **error)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);

    if (!take_keymap(app, name, warnings, error))
        return FALSE;
    tell_taken(app, warnings, "keymap", name);
    return TRUE;
}

void look_next_theme(struct app *app)
{
    g_auto(GStrv) names = theme_all_names();
    guint n = g_strv_length(names), at = n - 1;
    g_autofree char *wrong = NULL;

    for (guint i = 0; i < n; i++) {
        if (g_strcmp0(names[i], app->theme_name) == 0)
            at = i;
    }
    for (guint i = 1; i <= n; i++) {
        g_autoptr(GError) error = NULL;

        if (set_theme(app, names[(at + i) % n], &error))
            break;
        if (wrong == NULL)
            wrong = g_strdup(error->message);
    }
    if (wrong != NULL)
        tell_wrong(app, "left out: ", wrong);
}

/* --- Reading again --------------------------------------------------------------------------- */

static void tell_read(struct app *app, const GPtrArray *warnings, const GError *error,
                      const char *what, const char *name)
{
    if (error != NULL)
        tell_wrong(app, "kept as it was: ", error->message);
    else if (warnings->len > 0)
        tell_wrong(app, "", g_ptr_array_index(warnings, 0));
    else
        app_say(app, ROLE_FOOTER, "%s %s: its file has changed and was read again", what, name);
    app_changed(app);
}

static void theme_changed(gpointer data)
{
    struct look *look = data;
    g_autofree char *name = g_strdup(look->app->theme_name);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    take_theme(look->app, name, warnings, &error);
    tell_read(look->app, warnings, error, "theme", name);
}

static void keymap_changed(gpointer data)
{
    struct look *look = data;
    g_autofree char *name = g_strdup(look->keymap_name);
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;

    take_keymap(look->app, name, warnings, &error);
    tell_read(look->app, warnings, error, "keymap", name);
}

struct look *look_new(struct app *app, const struct theme *theme, const char *keymap_name)
{
    struct look *look = g_new0(struct look, 1);

    look->app = app;
    look->keymap_name = g_strdup(keymap_name);
    look->theme_files = file_watch_new(theme_changed, look);
    look->keymap_files = file_watch_new(keymap_changed, look);
    follow(look->theme_files, (const char *const *)theme->files, FALSE);
    follow(look->keymap_files, keymap_files(app->keymap), FALSE);
    return look;
}

void look_free(struct look *look)
{
    if (look == NULL)
        return;
    file_watch_free(look->theme_files);
    file_watch_free(look->keymap_files);
    g_free(look->keymap_name);
    g_free(look);
}

/* --- By name --------------------------------------------------------------------------------- */

static void tell_names(struct app *app, gboolean theme)
{
    g_auto(GStrv) names = theme ? theme_all_names() : keymap_all_names();
    g_autofree char *list = g_strjoinv(" ", names);
    const char *now = theme ? app->theme_name : app->look != NULL ? app->look->keymap_name : "?";

    app_say(app, ROLE_FOOTER, "%s %s, of: %s", theme ? "theme" : "keymap", now, list);
}

gboolean look_run_line(struct app *app, const char *line, gboolean *done, GError **error)
{
    g_auto(GStrv) words = NULL;
    gboolean theme;

    *done = FALSE;
    if (!g_shell_parse_argv(line, NULL, &words, NULL))
        return FALSE;
    theme = strcmp(words[0], "theme") == 0;
    if (!theme && strcmp(words[0], "keymap") != 0)
        return FALSE;
    if (words[1] == NULL) {
        tell_names(app, theme);
        *done = TRUE;
    } else if (words[2] != NULL) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s takes one name", words[0]);
    } else if (app->kiosk && strchr(words[1], '/') != NULL) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "a kiosk opens no files: %s takes a name here, not a path", words[0]);
    } else if (theme) {
        *done = set_theme(app, words[1], error);
    } else {
        *done = set_keymap(app, words[1], error);
    }
    return TRUE;
}
