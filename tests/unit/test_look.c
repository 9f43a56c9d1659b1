#include "tui/look.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/base/error.h"
#include "tests/support/stage.h"
#include "tui/input.h"

#define DEADLINE_US (10 * G_USEC_PER_SEC) /* only a broken test waits that long */

static char *folder; /* the configuration of the user */

static char *path_of(const char *name)
{
    return g_build_filename(folder, "roost",
                            g_str_has_suffix(name, ".theme") ? "themes" : "keymaps", name, NULL);
}

static void write_file(const char *name, const char *text)
{
    g_autofree char *path = path_of(name);
    g_autofree char *directory = g_path_get_dirname(path);
    FILE *file;

    g_mkdir_with_parents(directory, 0700);
    file = fopen(path, "w"); /* in its place, as some editors do */
    g_assert_nonnull(file);
    fputs(text, file);
    fclose(file);
}

/* By a rename, as others do. */
static void replace_file(const char *name, const char *text)
{
    g_autofree char *path = path_of(name);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void remove_file(const char *name)
{
    g_autofree char *path = path_of(name);

    g_remove(path);
}

static struct stage *begin(const char *theme_name, const char *keymap_name)
{
    struct stage *stage = stage_new(4);
    autoptr(theme) theme = theme_load(theme_name, NULL, NULL);

    keymap_free(stage->app->keymap);
    stage->app->keymap = keymap_load(keymap_name, NULL, NULL);
    stage->app->theme_name = g_strdup(theme_name);
    stage->app->look = look_new(stage->app, theme, keymap_name);
    return stage;
}

static gboolean stop_waiting(gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

/* Waits until the console says something that has `text` in it. */
static void wait_for(const struct app *app, const char *text)
{
    gboolean late = FALSE;
    guint timer = g_timeout_add(DEADLINE_US / 1000, stop_waiting, &late);

    while (app->message == NULL || strstr(app->message, text) == NULL) {
        if (late)
            g_error("\"%s\" is not said, but \"%s\"", text, app->message);
        g_main_context_iteration(NULL, TRUE);
    }
    g_source_remove(timer);
}

static void test_theme_is_read_again(void)
{
    write_file("mine.theme", "[roles]\nover=red\n");
    autoptr(stage) stage = begin("mine", "default");
    struct app *app = stage->app;

    replace_file("mine.theme", "[roles]\nover=blue\n");
    wait_for(app, "theme mine: its file has changed");
    write_file("mine.theme", "[roles]\nover=bleu\n");
    wait_for(app, "mine.theme:2: over: \"bleu\"");
    g_assert_true(g_str_has_prefix(app->message, "kept as it was: "));
    g_assert_cmpint(app->message_role, ==, ROLE_WARNING);
    remove_file("mine.theme");
    wait_for(app, "no theme \"mine\"");
    g_assert_cmpstr(app->theme_name, ==, "mine");
    write_file("mine.theme", "[roles]\nover=blue\nhot=red\n");
    wait_for(app, "mine.theme:3: there is no role \"hot\"");
    replace_file("mine.theme", "[roles]\nover=green\n");
    wait_for(app, "theme mine: its file has changed");
    remove_file("mine.theme");
}

static void test_inherited_file_counts(void)
{
    write_file("base.theme", "[theme]\ninherits=light\n");
    write_file("heir.theme", "[theme]\ninherits=base\n");
    autoptr(stage) stage = begin("heir", "default");

    replace_file("base.theme", "[theme]\ninherits=heir\n");
    wait_for(stage->app, "inherits in a circle");
    replace_file("base.theme", "[theme]\ninherits=default\n");
    wait_for(stage->app, "theme heir: its file has changed");
    remove_file("base.theme");
    remove_file("heir.theme");
}

/* One that hid a built-in one goes, and comes back. */
static void test_hiding_one_goes_and_comes(void)
{
    write_file("default.keymap", "[keymap]\ninherits=default\n[keys]\nwake=E\n");
    autoptr(stage) stage = begin("default", "default");
    struct app *app = stage->app;

    g_assert_cmpint(keymap_action(app->keymap, 'E'), ==, ACTION_WAKE);
    remove_file("default.keymap");
    wait_for(app, "keymap default: its file has changed");
    g_assert_cmpint(keymap_action(app->keymap, 'E'), ==, ACTION_NONE);
    g_clear_pointer(&app->message, g_free);
    write_file("default.keymap", "[keymap]\ninherits=default\n[keys]\nquit=E\n");
    wait_for(app, "keymap default: its file has changed");
    g_assert_cmpint(keymap_action(app->keymap, 'E'), ==, ACTION_QUIT);
    g_clear_pointer(&app->message, g_free);
    replace_file("default.keymap", "[keys]\nquit=E\nwake=E\n");
    wait_for(app, "default.keymap:3: the key E cannot mean wake: it means quit on line 2");
    g_assert_cmpint(keymap_action(app->keymap, 'q'), ==, ACTION_QUIT);
    remove_file("default.keymap");
}

static void test_goes_through_all(void)
{
    write_file("mine.theme", "[roles]\nover=red\n");
    write_file("broken.theme", "[roles]\nover=reddish\n");
    autoptr(stage) stage = begin("default", "default");
    g_autoptr(GString) seen = g_string_new(NULL);

    for (guint i = 0; theme_names()[i] != NULL; i++) {
        stage_press(stage, "T");
        g_string_append_printf(seen, "%s ", stage->app->theme_name);
    }
    g_assert_nonnull(strstr(seen->str, "mono mine "));
    g_assert_null(strstr(seen->str, "broken"));
    /* The one that cannot be read is told of where it would have been. */
    g_assert_nonnull(strstr(stage->app->message, "broken.theme:2: over"));
    stage_press(stage, "T");
    g_assert_cmpstr(stage->app->theme_name, ==, "default");
    g_assert_cmpstr(stage->app->message, ==, "theme default");
    remove_file("mine.theme");
    remove_file("broken.theme");
}

static void test_by_name(void)
{
    autoptr(stage) stage = begin("default", "default");
    struct app *app = stage->app;
    g_autoptr(GError) error = NULL;
    gboolean done;

    g_assert_true(look_run_line(app, "theme light", &done, &error));
    g_assert_true(done);
    g_assert_cmpstr(app->theme_name, ==, "light");
    g_assert_true(look_run_line(app, " keymap  vi", &done, &error));
    g_assert_true(done);
    g_assert_cmpint(keymap_action(app->keymap, 'Q'), ==, ACTION_QUIT);
    g_assert_true(look_run_line(app, "keymap", &done, &error));
    g_assert_cmpstr(app->message, ==, "keymap vi, of: default vi emacs function-keys");
    g_assert_false(look_run_line(app, "list", &done, &error));
    g_assert_false(look_run_line(app, "themes light", &done, &error));
    g_assert_false(look_run_line(app, "theme 'light", &done, &error));
    g_assert_true(look_run_line(app, "theme no-such", &done, &error));
    g_assert_false(done);
    g_assert_true(g_str_has_prefix(error->message, "no theme \"no-such\""));
    g_clear_error(&error);
    g_assert_true(look_run_line(app, "theme a b", &done, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_USAGE);
    g_assert_cmpstr(app->theme_name, ==, "light");
}

/* What is wrong with a file is told with a piece of it: a kiosk must not lead to any file. */
static void test_kiosk_opens_no_file(void)
{
    autoptr(stage) stage = begin("default", "default");
    g_autoptr(GError) error = NULL;
    gboolean done;

    stage->app->kiosk = TRUE;
    g_assert_true(look_run_line(stage->app, "theme /etc/passwd", &done, &error));
    g_assert_false(done);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_clear_error(&error);
    g_assert_true(look_run_line(stage->app, "theme light", &done, &error));
    g_assert_true(done);
}

static void remove_folders(void)
{
    static const char *const parts[] = {"roost/themes", "roost/keymaps", "roost", ""};

    for (gsize i = 0; i < G_N_ELEMENTS(parts); i++) {
        g_autofree char *path = g_build_filename(folder, parts[i], NULL);

        g_rmdir(path);
    }
    g_free(folder);
}

int main(int argc, char **argv)
{
    int status;

    folder = g_dir_make_tmp("roost-look-XXXXXX", NULL);
    g_setenv("XDG_CONFIG_HOME", folder, TRUE);
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/look/changed_theme_is_read_again", test_theme_is_read_again);
    g_test_add_func("/look/inherited_file_counts", test_inherited_file_counts);
    g_test_add_func("/look/hiding_one_goes_and_comes", test_hiding_one_goes_and_comes);
    g_test_add_func("/look/goes_through_all_themes", test_goes_through_all);
    g_test_add_func("/look/by_name", test_by_name);
    g_test_add_func("/look/kiosk_opens_no_file", test_kiosk_opens_no_file);
    status = g_test_run();
    remove_folders();
    return status;
}
