/* test_console_state.c - what the console keeps of itself, and what it makes of a bad file. */
#include "tui/console_state.h"

#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/support/stage.h"
#include "tests/support/temp_dir.h"

struct fixture {
    char *dir, *path;
    struct stage *stage;
    struct app *app;
};

static void set_up(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->dir = temp_dir_new();
    fixture->path = g_build_filename(fixture->dir, "roost", "console.state", NULL);
    fixture->stage = stage_new(3);
    fixture->app = fixture->stage->app;
    g_free(fixture->app->theme_name);
    fixture->app->theme_name = g_strdup("default");
    fixture->app->mouse = TRUE;
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    stage_free(fixture->stage);
    temp_dir_remove(fixture->dir);
    g_free(fixture->path);
    g_free(fixture->dir);
}

static void set_theme(struct fixture *fixture, const char *name)
{
    g_free(fixture->app->theme_name);
    fixture->app->theme_name = g_strdup(name);
}

static gboolean is_there(const struct fixture *fixture)
{
    return g_file_test(fixture->path, G_FILE_TEST_EXISTS);
}

static void write_text(const struct fixture *fixture, const char *text, gssize length)
{
    g_autofree char *dir = g_path_get_dirname(fixture->path);

    g_mkdir_with_parents(dir, 0700);
    g_assert_true(g_file_set_contents(fixture->path, text, length, NULL));
}

static void test_comes_back(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(console_state) state = console_state_new(fixture->path, NULL, NULL);
    autoptr(console_state) next = NULL;
    autoptr(console_state) other = NULL;
    struct stat status;

    console_state_keep(state, fixture->app, FALSE);
    set_theme(fixture, "light");
    fixture->app->mouse = FALSE;
    fixture->app->zoom = GRID_ZOOM_COUNT - 1;
    fixture->app->journal_follows = FALSE;
    console_state_keep(state, fixture->app, TRUE);
    g_assert_cmpint(stat(fixture->path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);

    next = console_state_new(fixture->path, "default", NULL);
    g_assert_cmpstr(console_state_theme(next), ==, "light");
    g_assert_false(console_state_mouse(next));
    fixture->app->zoom = 0;
    fixture->app->journal_follows = TRUE;
    console_state_apply(next, fixture->app);
    g_assert_cmpint(fixture->app->zoom, ==, GRID_ZOOM_COUNT - 1);
    g_assert_false(fixture->app->journal_follows);

    /* Another one was configured since: that is meant. */
    other = console_state_new(fixture->path, "mono", NULL);
    g_assert_cmpstr(console_state_theme(other), ==, "mono");
}

static void test_writes_once_it_is_still(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(console_state) state = console_state_new(fixture->path, NULL, NULL);

    console_state_keep(state, fixture->app, FALSE);
    console_state_keep(state, fixture->app, FALSE);
    console_state_keep(state, fixture->app, TRUE);
    g_assert_false(is_there(fixture)); /* nobody touched anything */
    set_theme(fixture, "light");
    console_state_keep(state, fixture->app, FALSE);
    g_assert_false(is_there(fixture)); /* perhaps one goes on to the next */
    console_state_keep(state, fixture->app, FALSE);
    g_assert_true(is_there(fixture));
    unlink(fixture->path);
    console_state_keep(state, fixture->app, FALSE);
    g_assert_false(is_there(fixture)); /* nothing new */
}

static void test_kiosk_keeps_nothing(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(console_state) state = console_state_new(NULL, "light", NULL);

    g_assert_cmpstr(console_state_theme(state), ==, "light");
    set_theme(fixture, "mono");
    console_state_keep(state, fixture->app, FALSE);
    console_state_keep(state, fixture->app, TRUE);
    g_assert_false(is_there(fixture));
}

/* --no-mouse is for this time. */
static void test_options_are_not_kept(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(console_state) state = console_state_new(fixture->path, NULL, NULL);
    autoptr(console_state) next = NULL;

    fixture->app->mouse = FALSE;
    console_state_keep(state, fixture->app, FALSE);
    set_theme(fixture, "light");
    console_state_keep(state, fixture->app, TRUE);
    next = console_state_new(fixture->path, NULL, NULL);
    g_assert_true(console_state_mouse(next));
}

static void test_bad_files(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    static const char *const texts[] = {
        "[[[",
        "no group",
        "\xff\xfe\n[console",
        "[console]\ntheme",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        autoptr(console_state) state = NULL;

        write_text(fixture, texts[i], -1);
        state = console_state_new(fixture->path, NULL, warnings);
        g_assert_cmpuint(warnings->len, ==, 1);
        g_assert_nonnull(strstr(warnings->pdata[0], "console.state"));
        g_assert_cmpstr(console_state_theme(state), ==, "default");
        console_state_apply(state, fixture->app);
    }
    g_assert_true(is_there(fixture)); /* until something is changed */
}

static void test_bad_values(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    autoptr(console_state) state = NULL;

    write_text(fixture,
               "[console]\ntheme=../../etc/passwd\ntheme_instead_of=default\nmouse=perhaps\n"
               "order=up\ngroup=\\n\\e\nzoom=7\njournal_follows=\n",
               -1);
    state = console_state_new(fixture->path, NULL, warnings);
    g_assert_cmpstr(console_state_theme(state), ==, "default"); /* a name, never a path */
    g_assert_true(console_state_mouse(state));
    console_state_apply(state, fixture->app);
    g_assert_cmpint(fixture->app->arrangement.order, ==, ARRANGE_BY_CLUSTER);
    g_assert_cmpint(fixture->app->arrangement.group, ==, ARRANGE_UNGROUPED);
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(struct fixture *, gconstpointer);
    } tests[] = {
        {"/console_state/comes_back", test_comes_back},
        {"/console_state/is_written_once_it_is_still", test_writes_once_it_is_still},
        {"/console_state/a_kiosk_keeps_nothing", test_kiosk_keeps_nothing},
        {"/console_state/options_are_not_kept", test_options_are_not_kept},
        {"/console_state/bad_files_are_told_of", test_bad_files},
        {"/console_state/bad_values_are_passed_over", test_bad_values},
    };

    g_test_init(&argc, &argv, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(tests); i++)
        g_test_add(tests[i].name, struct fixture, NULL, set_up, tests[i].run, tear_down);
    return g_test_run();
}
