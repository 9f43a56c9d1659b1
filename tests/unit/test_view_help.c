/* test_view_help.c - the help, made from the keymap, the marks and the verbs in use. */
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/support/stage.h"
#include "tui/help_lines.h"
#include "tui/view.h"

static void test_sizes(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_press(stage, "?");
    stage_check(stage, "help", 200, 50);
    stage_check(stage, "help", 80, 24);
    stage_check(stage, "help", 40, 12);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

/* What keys mean where one is comes first. */
static void test_of_the_view_it_is_opened_over(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_draw(stage, 80, 24);
    stage_press(stage, "L");
    stage_draw(stage, 80, 24);
    stage_press(stage, "?");
    stage_check(stage, "help-journal", 80, 24);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_journal);
    app_open(stage->app, &view_jobs);
    stage_press(stage, "?");
    g_assert_true(stage_shows(stage, "Here, in Jobs"));
    g_assert_true(stage_shows(stage, "what failed or was cancelled once more"));
}

static void test_search(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_press(stage, "?");
    stage_draw(stage, 80, 24);
    stage_press(stage, "/");
    stage_type(stage, "wake");
    stage_press(stage, "Enter");
    stage_check(stage, "help-search", 80, 24);
    stage_press(stage, "/");
    stage_type(stage, "zzz");
    stage_press(stage, "Enter");
    g_assert_true(stage_shows(stage, "Nothing of the help is like that"));
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_help);
    g_assert_true(stage_shows(stage, "Moving about"));
    stage_press(stage, "q");
    g_assert_true(stage->app->view == &view_main);
    g_assert_cmpint(stage->app->leaving, ==, APP_STAYS);
}

static gboolean has(const GPtrArray *lines, const char *key, const char *text)
{
    for (guint i = 0; i < lines->len; i++) {
        const struct help_line *line = g_ptr_array_index(lines, i);

        if ((key == NULL || strcmp(line->key, key) == 0) &&
            (text == NULL || strcmp(line->text, text) == 0))
            return TRUE;
    }
    return FALSE;
}

static void test_has_every_action_and_mark(void)
{
    autoptr(stage) stage = stage_new(3);
    g_autoptr(GPtrArray) lines = help_lines_new(stage->app, NULL);

    for (enum action action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        g_autofree char *keys = keymap_keys(stage->app->keymap, action);

        if (!has(lines, keys, action_info[action].help))
            g_error("%s is not in the help", action_info[action].name);
    }
    for (guint i = 0; i < HOST_MARK_COUNT; i++)
        g_assert_true(has(lines, NULL, host_mark_info[i].help));
    for (guint i = 0; i < VM_MARK_COUNT; i++)
        g_assert_true(has(lines, NULL, vm_mark_info[i].help));
    g_assert_true(has(lines, "migrate", NULL));
    g_assert_true(has(lines, "keymap", NULL));
}

/* An action without a key is nothing that could be pressed. */
static void test_without_keys(void)
{
    autoptr(stage) stage = stage_new(3);
    g_autofree char *path = NULL;
    gint fd = g_file_open_tmp("roost-test-XXXXXX.keymap", &path, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_true(g_close(fd, NULL));
    g_assert_true(g_file_set_contents(path, "[keys]\nquit=q\nhelp=?\n", -1, NULL));
    keymap_free(stage->app->keymap);
    stage->app->keymap = keymap_load(path, NULL, &error);
    g_assert_no_error(error);
    g_autoptr(GPtrArray) lines = help_lines_new(stage->app, &view_journal);
    g_assert_true(has(lines, "q", action_info[ACTION_QUIT].help));
    g_assert_false(has(lines, NULL, action_info[ACTION_MIGRATE].help));
    g_assert_false(has(lines, "migrate", NULL)); /* no key opens the palette */
    unlink(path);
}

/* Nor is what is refused whatever it is done to. */
static void test_read_only(void)
{
    autoptr(stage) stage = stage_new(3);

    stage->app->readonly = stage->app->kiosk = TRUE;
    g_autoptr(GPtrArray) lines = help_lines_new(stage->app, NULL);
    g_assert_false(has(lines, NULL, action_info[ACTION_MIGRATE].help));
    g_assert_false(has(lines, NULL, action_info[ACTION_SUSPEND].help));
    g_assert_true(has(lines, NULL, action_info[ACTION_JOURNAL].help));
    g_assert_false(has(lines, "migrate", NULL));
    g_assert_false(has(lines, "remote", NULL));
    g_assert_true(has(lines, "list", NULL));
}

/* The same key looks in one view, and acts in another. */
static void test_read_only_views(void)
{
    static const struct {
        const struct view *view;
        const char *does, *looks;
    } cases[] = {
        {&view_vm, "offer the move to the chosen host",
         "the next VM of its host, or of the next one"},
        {&view_plan, "accept the marked steps, or all when none is, after asking",
         "the plan as a shell script"},
    };
    autoptr(stage) stage = stage_new(3);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        for (guint readonly = 0; readonly < 2; readonly++) {
            stage->app->readonly = readonly > 0;
            g_autoptr(GPtrArray) lines = help_lines_new(stage->app, cases[i].view);
            g_assert_true(has(lines, NULL, cases[i].does) == (readonly == 0));
            g_assert_true(has(lines, NULL, cases[i].looks));
        }
    }
}

/* At the least size and at the usual ones, each word of the help can be read. */
static void test_nothing_is_cut_off(void)
{
    autoptr(stage) stage = stage_new(3);
    static const int widths[] = {40, 80, 100, 119, 120, 132, 200};

    g_autoptr(GPtrArray) all = help_lines_new(stage->app, &view_journal);
    for (gsize w = 0; w < G_N_ELEMENTS(widths); w++) {
        g_autoptr(GPtrArray) meant = help_lines_narrow(all, NULL);
        int cells = widths[w] / (widths[w] >= 120 ? 2 : 1) - 20 - 6;
        g_autoptr(GPtrArray) lines = help_lines_wrap(meant, 20, cells);

        for (guint i = 0; i < lines->len; i++) {
            const struct help_line *line = g_ptr_array_index(lines, i);

            g_assert_cmpint(text_width(line->key), <=, 20);
            if (!line->heading)
                g_assert_cmpint(text_width(line->text), <=, cells);
        }
    }
}

static void test_paging(void)
{
    autoptr(stage) stage = stage_new(3);

    stage_press(stage, "?");
    stage_draw(stage, 80, 24);
    stage_press(stage, "End");
    g_assert_true(stage_shows(stage, "Files in use"));
    stage_press(stage, "Home Space");
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->help.top, ==, 20);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/help/sizes", test_sizes);
    g_test_add_func("/view/help/of_the_view_below", test_of_the_view_it_is_opened_over);
    g_test_add_func("/view/help/search", test_search);
    g_test_add_func("/view/help/has_every_action_and_mark", test_has_every_action_and_mark);
    g_test_add_func("/view/help/without_keys", test_without_keys);
    g_test_add_func("/view/help/read_only", test_read_only);
    g_test_add_func("/view/help/read_only_views", test_read_only_views);
    g_test_add_func("/view/help/nothing_is_cut_off", test_nothing_is_cut_off);
    g_test_add_func("/view/help/paging", test_paging);
    return g_test_run();
}
