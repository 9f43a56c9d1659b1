/* test_view_journal.c - the journal over the whole screen. */
#include <string.h>

#include "core/store/journal.h"
#include "core/store/rotate.h"
#include "core/store/store.h"
#include "tests/support/stage.h"
#include "tests/support/temp_dir.h"
#include "tui/view.h"

static void add(struct stage *stage, guint seconds_ago, const char *who, const char *what,
                const char *object, const char *text, const char *result)
{
    struct journal_entry *entry;

    stage_add_entry(stage, seconds_ago, what, object, text, result);
    entry = g_ptr_array_index(stage->journal, stage->journal->len - 1);
    g_free(entry->who);
    entry->who = g_strdup(who);
    entry->job = strcmp(what, "migrate") == 0 || strcmp(what, "off") == 0 ? stage->journal->len : 0;
}

static void add_alarm(struct stage *stage, guint seconds_ago, const char *object, const char *text)
{
    struct journal_entry *entry;

    add(stage, seconds_ago, "", "alarm", object, text, "");
    entry = g_ptr_array_index(stage->journal, stage->journal->len - 1);
    entry->alarm = TRUE;
}

/* An evening and the night after it: what an operator finds in the morning. */
static struct stage *night(void)
{
    struct stage *stage = stage_new(62);

    add(stage, 100000, "ana", "mode", "", "the autopilot follows the opening hours", "");
    add(stage, 99990, "autopilot", "plan", "", "54 moves, 13.5 GiB: 54 of 62 hosts can go off", "");
    for (guint i = 30; i > 8; i--) {
        g_autofree char *vm = g_strdup_printf("vm pc%02u", i);
        g_autofree char *host = g_strdup_printf("host pc%02u", i);
        g_autofree char *moved =
            g_strdup_printf("vm pc%02u from pc%02u to pc%02u: in 3.3 s", i, i, i % 8 + 1);
        g_autofree char *off = g_strdup_printf("switch off pc%02u: it is silent", i);

        add(stage, 3000 + i * 20, "autopilot", "migrate", vm, moved, "done");
        add(stage, 2990 + i * 20, "autopilot", "off", host, off, "done");
    }
    add(stage, 900, "ana", "migrate", "vm pc05",
        "vm pc05 from pc05 to pc07: the target was asked for it, and has not enough memory free: "
        "128 MiB of the 256 MiB that it needs; nothing was changed, and it stays where it is",
        "refused");
    add(stage, 600, "autopilot", "migrate", "vm pc06", "vm pc06 from pc06 to pc02: connection lost",
        "failed");
    add(stage, 500, "autopilot", "migrate", "vm gone", "vm gone from pc03 to pc02", "cancelled");
    add(stage, 400, "", "host", "host pc09", "host pc09 was switched on by somebody", "");
    add_alarm(stage, 300, "vm pc06", "vm pc06 is on no host: its host answers without it");
    add(stage, 10, "autopilot", "plan", "", "nothing to do: no host is under", "");
    return stage;
}

static struct stage *opened(void)
{
    struct stage *stage = night();

    stage_draw(stage, 80, 24);
    stage_press(stage, "L");
    stage_draw(stage, 80, 24);
    return stage;
}

static const struct journal_entry *entry_of(struct stage *stage, guint from_end)
{
    return g_ptr_array_index(stage->journal, stage->journal->len - from_end);
}

/* --- How it is drawn ---------------------------------------------------------------------------
 */

static void test_sizes(void)
{
    autoptr(stage) stage = opened();

    stage_check(stage, "journal", 80, 24);
    stage_check(stage, "journal", 100, 30);
    stage_check(stage, "journal", 132, 43);
    stage_check(stage, "journal", 200, 50);
    stage_check(stage, "journal", 40, 12);
}

static void test_chosen_line_is_told_whole(void)
{
    autoptr(stage) stage = opened();

    stage_press(stage, "Up Up Up Up Up");
    stage_check(stage, "journal-chosen", 80, 24);
    stage_press(stage, "Right");
    stage_check(stage, "journal-fields", 80, 24);
    stage_check(stage, "journal-fields", 200, 50);
}

static void test_the_first_day(void)
{
    autoptr(stage) stage = opened();

    stage_press(stage, "Home");
    stage_check(stage, "journal-first", 80, 24);
}

static void test_new_alarms_are_counted(void)
{
    autoptr(stage) stage = opened();

    stage_press(stage, "Up");
    add(stage, 5, "", "host", "host pc10", "host pc10 is on again", "");
    add_alarm(stage, 4, "vm pc07", "vm pc07 runs on pc01 and on pc02 at once");
    stage_check(stage, "journal-new", 80, 24);
    stage_press(stage, "End");
    stage_draw(stage, 80, 24);
    g_assert_true(stage->app->journal_follows);
    g_assert_true(stage_shows(stage, "following"));
    g_assert_false(stage_shows(stage, "new, 1 alarm"));
}

static void test_ascii(void)
{
    autoptr(stage) stage = opened();

    stage->app->ascii = TRUE;
    stage_check(stage, "journal-ascii", 80, 24);
}

static void test_empty(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_press(stage, "L");
    stage_check(stage, "journal-empty", 80, 24);
    stage_press(stage, "Up Enter Right n Escape");
    stage_draw(stage, 80, 24);
}

static void test_hostile(void)
{
    autoptr(stage) stage = stage_new(62);

    add(stage, 9, "an\x1b[31ma", "mo\nde",
        "vm \xe2\x80\xae"
        "evil",
        "te\x07xt \xff\xfe", "do\tne");
    add(stage, 8, "日本語日本語", "e\xcc\x81", "vm 東京", "名前 ａｂｃ \xf0\x9f\x90\x93", "結果");
    stage_press(stage, "L");
    stage_check(stage, "journal-hostile", 80, 24);
    stage_press(stage, "Up Right");
    stage_check(stage, "journal-hostile-fields", 80, 24);
}

static void test_of_another_manager(void)
{
    autoptr(stage) stage = night();
    struct manager_look *manager = &stage->app->scene.manager;

    stage->app->scene.simulated = FALSE;
    manager->lead = MANAGER_FOLLOWS;
    manager->who = g_strdup("ana");
    manager->host = g_strdup("pc03");
    stage_press(stage, "L");
    stage_check(stage, "journal-manager", 80, 24);
}

/* --- Following ---------------------------------------------------------------------------------
 */

static void test_follows_at_its_end(void)
{
    autoptr(stage) stage = opened();

    g_assert_true(stage->app->journal_follows);
    stage_press(stage, "PageUp");
    g_assert_false(stage->app->journal_follows);
    stage_press(stage, "End");
    g_assert_true(stage->app->journal_follows);
    stage_press(stage, "f");
    g_assert_false(stage->app->journal_follows);
    stage_press(stage, "f");
    g_assert_true(stage->app->journal_follows);
}

/* Whatever comes: the line that is being read stays chosen, and where it is on the screen. */
static void test_stands_still_when_it_does_not_follow(void)
{
    autoptr(stage) stage = opened();
    int line, place;

    stage_press(stage, "Up Up Up Up Up Up Up");
    stage_draw(stage, 80, 24);
    line = stage->app->journal.cursor;
    place = line - stage->app->journal.top;
    for (guint i = 0; i < 40; i++)
        add(stage, 0, "", "host", "host pc10", "host pc10 is on again", "");
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->journal.cursor, ==, line);
    g_assert_cmpint(stage->app->journal.cursor - stage->app->journal.top, ==, place);
    /* The engine keeps only so many. */
    g_ptr_array_remove_range(stage->journal, 0, 10);
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->journal.cursor, <, line);
    g_assert_cmpint(stage->app->journal.cursor - stage->app->journal.top, ==, place);
}

/* Two that say the same in one second are two. */
static void test_like_lines_are_passed(void)
{
    autoptr(stage) stage = stage_new(62);

    for (guint i = 0; i < 5; i++)
        add(stage, 9, "", "host", "host pc10", "host pc10 is on again", "");
    stage_press(stage, "L");
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->journal.cursor, ==, 5);
    for (int i = 4; i > 0; i--) {
        stage_press(stage, "Up");
        stage_draw(stage, 80, 24);
        g_assert_cmpint(stage->app->journal.cursor, ==, i);
    }
    stage_press(stage, "Up");
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->journal.cursor, ==, 1); /* the heading is no line */
}

/* --- Narrowing ---------------------------------------------------------------------------------
 */

static void test_only(void)
{
    autoptr(stage) stage = opened();

    stage_press(stage, "Tab");
    g_assert_true(stage_shows(stage, "1 of 52 lines: alarms"));
    stage_press(stage, "Tab");
    g_assert_true(stage_shows(stage, "2 of 52 lines: by hand"));
    stage_press(stage, "Tab");
    stage_draw(stage, 80, 24);
    stage_press(stage, "F1"); /* whatever takes the word in the footer away */
    stage_press(stage, "Escape");
    stage_check(stage, "journal-failures", 80, 24);
    stage_press(stage, "Tab");
    g_assert_true(stage_shows(stage, " 52 lines"));
    stage_press(stage, "BackTab");
    g_assert_true(stage_shows(stage, "2 of 52 lines: failures"));
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_journal);
    g_assert_true(stage_shows(stage, " 52 lines"));
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

static void test_filter_and_go_on_from_match_to_match(void)
{
    autoptr(stage) stage = opened();
    int first;

    stage_press(stage, "/");
    stage_type(stage, "vm:pc06");
    stage_check(stage, "journal-filter", 80, 24);
    stage_press(stage, "Enter");
    g_assert_true(stage_shows(stage, "2 of 52 lines: vm:pc06"));
    stage_press(stage, "Escape");
    g_assert_true(stage_shows(stage, " 52 lines"));
    stage_press(stage, "End");
    stage_draw(stage, 80, 24);
    stage_press(stage, "M-n");
    stage_draw(stage, 80, 24);
    first = stage->app->journal.cursor;
    g_assert_true(stage_shows(stage, "alarm: vm pc06 is on no host"));
    stage_press(stage, "M-n");
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->journal.cursor, <, first);
    stage_press(stage, "n");
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->journal.cursor, ==, first);
    stage_press(stage, "n");
    g_assert_nonnull(strstr(stage->app->message, "no later line is like vm:pc06"));
}

static void test_nothing_is_like_that(void)
{
    autoptr(stage) stage = opened();

    stage_press(stage, "/");
    stage_type(stage, "zzz");
    stage_press(stage, "Enter Up Enter");
    stage_check(stage, "journal-none", 80, 24);
}

/* --- Going there -------------------------------------------------------------------------------
 */

static void test_enter_goes_to_what_it_is_about(void)
{
    autoptr(stage) stage = opened();

    g_assert_cmpstr(entry_of(stage, 2)->object, ==, "vm pc06");
    stage_press(stage, "Up Enter");
    g_assert_true(stage->app->view == &view_vm);
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc06");
    stage_draw(stage, 80, 24);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_journal);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Up Enter");
    g_assert_true(stage->app->view == &view_host);
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc09");
}

static void test_what_is_gone_is_said(void)
{
    autoptr(stage) stage = opened();

    stage_press(stage, "Up Up Up Enter");
    g_assert_true(stage->app->view == &view_journal);
    g_assert_cmpstr(stage->app->message, ==, "vm gone is no longer in the cluster");
}

static void test_mouse(void)
{
    autoptr(stage) stage = opened();
    struct input click = {.kind = INPUT_PRESS, .x = 30, .y = 5, .button = 1};
    struct input wheel = {.kind = INPUT_WHEEL_UP, .x = 30, .y = 5};

    app_input(stage->app, &click);
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->journal.cursor - stage->app->journal.top, ==, 3);
    g_assert_false(stage->app->journal_follows);
    app_input(stage->app, &wheel);
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->journal.cursor - stage->app->journal.top, ==, 0);
}

/* --- The files of before -----------------------------------------------------------------------
 */

static void write_file(const char *dir, const struct stage *stage, guint n)
{
    autoptr(rotate) file = rotate_open(dir, JOURNAL_NAME, NULL, NULL);

    for (guint i = 0; i < n; i++) {
        g_autofree char *text = g_strdup_printf("old line %u", i);
        struct journal_entry entry = {.wall_us = STAGE_WALL_US - 40 * CLOCK_HOUR_US * 24 +
                                                 i * CLOCK_SECOND_US,
                                      .what = (char *)"host",
                                      .object = (char *)"host pc05",
                                      .who = (char *)"ana",
                                      .text = text,
                                      .result = (char *)""};
        g_autofree char *line = journal_format(&entry);
        g_autofree char *whole = g_strconcat(line, "\n", NULL);

        g_assert_true(rotate_append(file, whole, NULL));
    }
    for (guint i = 0; i < stage->journal->len; i++) {
        g_autofree char *line = journal_format(g_ptr_array_index(stage->journal, i));
        g_autofree char *whole = g_strconcat(line, "\n", NULL);

        g_assert_true(rotate_append(file, whole, NULL));
    }
}

static void note_change(gpointer data)
{
    (*(guint *)data)++;
}

static void wait_for_change(guint *changes)
{
    guint before = *changes;

    while (*changes == before)
        g_main_context_iteration(NULL, TRUE);
}

static void check_past(gboolean simulated)
{
    autoptr(stage) stage = night();
    g_autofree char *dir = temp_dir_new();
    autoptr(store) store = store_new(dir);
    struct session session = {.store = store};
    guint changes = 0;

    write_file(dir, stage, 2500);
    stage->app->scene.simulated = simulated;
    stage->app->session = &session;
    stage->app->changed = note_change;
    stage->app->changed_data = &changes;
    stage_press(stage, "L");
    stage_draw(stage, 80, 24);
    wait_for_change(&changes);
    /* Those of the engine are in the files too: each is shown once, but takes its place among the
     * last lines that were asked for: all of them where a simulated clock begins anew each time. */
    g_assert_true(stage_shows(stage, simulated ? " 2000 lines" : " 2051 lines"));
    stage_press(stage, "Home");
    stage_draw(stage, 80, 24);
    wait_for_change(&changes);
    g_assert_true(stage_shows(stage, " 2552 lines"));
    stage_press(stage, "Home");
    stage_draw(stage, 80, 24);
    g_assert_true(stage_shows(stage, "the journal begins here"));
    g_assert_true(stage_shows(stage, "old line 0"));
    /* So many are not kept for later. */
    stage_press(stage, "Escape L");
    g_assert_false(stage_shows(stage, "2552 lines"));
    wait_for_change(&changes);
    stage->app->session = NULL;
    temp_dir_remove(dir);
}

static void test_past(void)
{
    check_past(FALSE);
    check_past(TRUE);
}

static void test_past_cannot_be_read(void)
{
    autoptr(stage) stage = night();
    g_autofree char *dir = temp_dir_new();
    g_autofree char *path = g_build_filename(dir, JOURNAL_NAME ".log", NULL);
    autoptr(store) store = store_new(dir);
    struct session session = {.store = store};
    guint changes = 0;

    g_assert_cmpint(g_mkdir_with_parents(path, 0755), ==, 0);
    stage->app->session = &session;
    stage->app->changed = note_change;
    stage->app->changed_data = &changes;
    stage_press(stage, "L");
    stage_draw(stage, 80, 24);
    wait_for_change(&changes);
    stage_press(stage, "Home");
    g_assert_true(stage_shows(stage, "is no regular file"));
    stage->app->session = NULL;
    temp_dir_remove(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/journal/sizes", test_sizes);
    g_test_add_func("/view/journal/chosen_line_is_told_whole", test_chosen_line_is_told_whole);
    g_test_add_func("/view/journal/the_first_day", test_the_first_day);
    g_test_add_func("/view/journal/new_alarms_are_counted", test_new_alarms_are_counted);
    g_test_add_func("/view/journal/ascii", test_ascii);
    g_test_add_func("/view/journal/empty", test_empty);
    g_test_add_func("/view/journal/hostile", test_hostile);
    g_test_add_func("/view/journal/of_another_manager", test_of_another_manager);
    g_test_add_func("/view/journal/follows_at_its_end", test_follows_at_its_end);
    g_test_add_func("/view/journal/stands_still_otherwise",
                    test_stands_still_when_it_does_not_follow);
    g_test_add_func("/view/journal/like_lines_are_passed", test_like_lines_are_passed);
    g_test_add_func("/view/journal/only", test_only);
    g_test_add_func("/view/journal/filter", test_filter_and_go_on_from_match_to_match);
    g_test_add_func("/view/journal/nothing_is_like_that", test_nothing_is_like_that);
    g_test_add_func("/view/journal/enter_goes_there", test_enter_goes_to_what_it_is_about);
    g_test_add_func("/view/journal/what_is_gone_is_said", test_what_is_gone_is_said);
    g_test_add_func("/view/journal/mouse", test_mouse);
    g_test_add_func("/view/journal/past", test_past);
    g_test_add_func("/view/journal/past_cannot_be_read", test_past_cannot_be_read);
    return g_test_run();
}
