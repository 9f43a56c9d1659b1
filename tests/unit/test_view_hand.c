/* test_view_hand.c - drops of one and of many, spreading and taking back, on the simulated lab. */
#include <string.h>

#include "tests/support/console_rig.h"
#include "tui/action.h"
#include "tui/view.h"

/* Of the host's tile in the grid as it is drawn now. */
static struct rect tile_of(const struct rig *rig, const char *host)
{
    const struct app *app = rig->app;

    for (int y = app->grid.area.y; y < app->grid.area.y + app->grid.area.height; y++) {
        for (int x = 0; x < RIG_WIDTH; x++) {
            const struct host *at = grid_host_at(app, x, y);

            if (at != NULL && g_str_equal(at->name, host))
                return (struct rect){x, y, 1, 1};
        }
    }
    g_error("%s is not in sight", host);
}

/* By its name, to another host's. */
static void drag_host(struct rig *rig, const char *from, const char *to)
{
    struct rect a = tile_of(rig, from), b = tile_of(rig, to);

    rig_mouse(rig, INPUT_PRESS, 1, a.x, a.y);
    rig_mouse(rig, INPUT_DRAG, 1, a.x + 1, a.y);
    rig_mouse(rig, INPUT_DRAG, 1, b.x, b.y);
    rig_mouse(rig, INPUT_RELEASE, 1, b.x, b.y);
}

static void expect_nothing(const struct rig *rig)
{
    g_assert_cmpint(rig->app->drag.by, ==, DRAG_NONE);
    g_assert_null(rig->app->dialog);
    g_assert_cmpuint(engine_jobs(rig->engine)->len, ==, 0);
}

static void mark(struct rig *rig, const char *vm)
{
    marks_set_vm(&rig->app->marks, rig_vm(rig, vm), TRUE);
}

static void mark_host(struct rig *rig, const char *host)
{
    marks_set_host(&rig->app->marks, rig_host(rig, host), TRUE);
}

/* All VMs of pc01 .. pc04 onto pc01. */
static void gather(struct rig *rig)
{
    for (guint i = 2; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        g_assert_cmpuint(engine_migrate(rig->engine, name, "pc01", FALSE, NULL), !=, 0);
    }
    rig_run_idle(rig);
    g_clear_pointer(&rig->app->message, g_free);
}

/* --- Many ------------------------------------------------------------------------------------ */

static void test_marked_vms_move_together(void)
{
    autoptr(rig) rig = rig_new();

    mark(rig, "pc02");
    mark(rig, "pc05");
    mark(rig, "pc07");
    rig_press(rig, "m");
    g_assert_cmpuint(drag_n(&rig->app->drag), ==, 3);
    rig_press(rig, "Right Right m");
    g_assert_nonnull(rig->app->dialog);
    g_assert_cmpuint(engine_jobs(rig->engine)->len, ==, 0);
    rig_press(rig, "m");
    rig_expect_said(rig, "3 jobs");
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 3);
    rig_run_idle(rig);
    rig_expect_at(rig, "pc02", "pc03");
    rig_expect_at(rig, "pc05", "pc03");
    rig_expect_at(rig, "pc07", "pc03");
    rig_expect_said(rig, "3 VMs have moved; u takes them back");
}

static void test_one_question_can_be_declined(void)
{
    autoptr(rig) rig = rig_new();

    mark(rig, "pc02");
    mark(rig, "pc05");
    rig_press(rig, "m Right Right m Enter");
    expect_nothing(rig);
    rig_press(rig, "m Right Right m Escape");
    expect_nothing(rig);
}

static void test_a_host_is_dragged_by_its_name(void)
{
    autoptr(rig) rig = rig_new();

    gather(rig);
    drag_host(rig, "pc01", "pc09");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "m");
    rig_run_idle(rig);
    for (guint i = 1; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        rig_expect_at(rig, name, "pc09");
    }
    drag_host(rig, "pc01", "pc09");
    rig_expect_said(rig, "pc01 runs no VM to move");
}

static void test_all_of_marked_hosts(void)
{
    autoptr(rig) rig = rig_new();

    mark_host(rig, "pc05");
    mark_host(rig, "pc06");
    rig_press(rig, "K");
    g_assert_cmpuint(drag_n(&rig->app->drag), ==, 2);
    rig_press(rig, "Down m m");
    rig_run_idle(rig);
    rig_expect_at(rig, "pc05", "pc10");
    rig_expect_at(rig, "pc06", "pc10");
}

static void test_too_many_are_refused_together(void)
{
    autoptr(rig) rig = rig_new();

    for (guint i = 1; i <= 9; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        mark(rig, name);
    }
    rig_press(rig, "m End m");
    rig_expect_said(rig, "refused: pc62 has 1792 MiB free of 2048, the 9 VMs need 2304; e spreads");
    g_assert_cmpuint(drag_n(&rig->app->drag), ==, 9); /* by keys, another host is a key away */
    rig_press(rig, "Escape");
    expect_nothing(rig);
}

static void test_what_is_under_way_is_left(void)
{
    autoptr(rig) rig = rig_new();

    g_assert_cmpuint(engine_migrate(rig->engine, "pc02", "pc30", FALSE, NULL), !=, 0);
    mark(rig, "pc02");
    mark(rig, "pc05");
    rig_press(rig, "m");
    g_assert_cmpuint(drag_n(&rig->app->drag), ==, 1);
    rig_expect_said(rig, "one is left: vm pc02: job 1 is under way");
    rig_press(rig, "Escape");
}

/* --- Spread ---------------------------------------------------------------------------------- */

static void test_spreads_over_marked_hosts(void)
{
    autoptr(rig) rig = rig_new();

    gather(rig);
    mark_host(rig, "pc10");
    mark_host(rig, "pc11");
    rig_press(rig, "Home");
    marks_set_host(&rig->app->marks, rig_host(rig, "pc01"), FALSE);
    for (guint i = 1; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        mark(rig, name);
    }
    rig_press(rig, "m e");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "s");
    rig_run_idle(rig);
    g_assert_cmpuint(host_active_vms(rig_host(rig, "pc10")), ==, 3);
    g_assert_cmpuint(host_active_vms(rig_host(rig, "pc11")), ==, 3);
}

static void test_spreads_a_host_over_all(void)
{
    autoptr(rig) rig = rig_new();

    gather(rig);
    rig_press(rig, "Home e");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "Escape");
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    rig_press(rig, "e s");
    rig_run_idle(rig);
    for (guint i = 1; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        g_assert_cmpstr(rig_vm(rig, name)->host->name, !=, "pc01");
        g_assert_cmpuint(host_active_vms(rig_vm(rig, name)->host), <=, 2);
    }
}

/* --- Taking back ----------------------------------------------------------------------------- */

static void test_takes_back_one_after_the_other(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "u");
    rig_expect_said(rig, "nothing to take back");
    rig_press(rig, "m Right m");
    rig_run_idle(rig);
    rig_expect_said(rig, "vm pc01 is on pc02; u takes it back");
    mark(rig, "pc05");
    mark(rig, "pc06");
    rig_press(rig, "Home m Down m m");
    rig_run_idle(rig);
    rig_expect_at(rig, "pc05", "pc10");
    g_assert_cmpuint(undo_n(rig->app->undo), ==, 2);
    rig_press(rig, "u Enter"); /* leaving it is chosen at first */
    g_assert_cmpuint(undo_n(rig->app->undo), ==, 2);
    rig_press(rig, "u t");
    rig_expect_said(rig, "2 jobs: 2 VMs are on their way back");
    rig_run_idle(rig);
    rig_expect_at(rig, "pc05", "pc05");
    rig_expect_at(rig, "pc06", "pc06");
    rig_expect_at(rig, "pc01", "pc02");
    rig_press(rig, "u t");
    rig_run_idle(rig);
    rig_expect_at(rig, "pc01", "pc01");
    rig_press(rig, "u");
    rig_expect_said(rig, "nothing to take back");
}

static void test_waits_until_it_is_done(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "m Right m u");
    rig_expect_said(rig, "still under way");
    g_assert_null(rig->app->dialog);
    rig_run_idle(rig);
}

static void test_says_what_it_cannot_take_back(void)
{
    autoptr(rig) rig = rig_new();
    g_autoptr(GError) error = NULL;

    rig_press(rig, "Right Right Right Right m Right m");
    rig_run_idle(rig);
    rig_expect_at(rig, "pc05", "pc06");
    engine_power_off(rig->engine, "pc05", TRUE, &error);
    g_assert_no_error(error);
    rig_run_idle(rig);
    rig_press(rig, "u");
    g_assert_null(rig->app->dialog);
    g_assert_nonnull(rig->app->message);
    rig_expect_said(rig, "cannot be taken back: ");
}

/* A drain is one drop; the host stays in maintenance, which is to be insisted on. */
static void test_takes_back_a_drain(void)
{
    autoptr(rig) rig = rig_new();

    gather(rig);
    while (undo_n(rig->app->undo) > 0) { /* gathering was by this hand too */
        rig_press(rig, "u t");
        rig_run_idle(rig);
    }
    rig_press(rig, "Home Right d d");
    rig_run_idle(rig);
    g_assert_cmpstr(rig_vm(rig, "pc02")->host->name, !=, "pc02");
    g_assert_cmpuint(undo_n(rig->app->undo), ==, 1);
    rig_press(rig, "u");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "t");
    rig_run_idle(rig);
    rig_expect_at(rig, "pc02", "pc02");
}

static gboolean has_no_goal(const struct rig *rig)
{
    return engine_goal(rig->engine) == ENGINE_GOAL_NONE;
}

static void test_what_the_autopilot_does_is_not_taken_back(void)
{
    autoptr(rig) rig = rig_new();

    engine_set_goal(rig->engine, ENGINE_GOAL_COMPACT);
    rig_run_until(rig, has_no_goal);
    g_assert_cmpuint(engine_jobs(rig->engine)->len, >, 0);
    g_assert_cmpuint(undo_n(rig->app->undo), ==, 0);
}

static void test_keeps_the_last_twenty(void)
{
    autoptr(rig) rig = rig_new();

    for (guint i = 0; i < UNDO_MOST + 3; i++) {
        rig_press(rig, i % 2 == 0 ? "Home Tab m Right m" : "Home Right Tab Tab m Left m");
        rig_run_idle(rig);
        if (i == 0)
            g_assert_cmpuint(undo_n(rig->app->undo), ==, 1);
    }
    g_assert_cmpuint(undo_n(rig->app->undo), ==, UNDO_MOST);
}

/* --- The mouse ------------------------------------------------------------------------------- */

static void take_by_mouse(struct rig *rig)
{
    rig_mouse(rig, INPUT_PRESS, 1, 0, 2);
    rig_mouse(rig, INPUT_DRAG, 1, 2, 4);
    g_assert_cmpint(rig->app->drag.by, ==, DRAG_BY_MOUSE);
}

static void test_other_ways_to_end_it(void)
{
    autoptr(rig) rig = rig_new();

    take_by_mouse(rig);
    rig_mouse(rig, INPUT_PRESS, 3, 20, 4);
    expect_nothing(rig);
    rig_mouse(rig, INPUT_RELEASE, 3, 20, 4);
    rig_mouse(rig, INPUT_RELEASE, 1, 20, 4);
    expect_nothing(rig);
    take_by_mouse(rig);
    rig_press(rig, "Escape");
    rig_mouse(rig, INPUT_RELEASE, 1, 20, 4);
    expect_nothing(rig);
    take_by_mouse(rig);
    rig_mouse(rig, INPUT_DRAG, 1, 40, 20);
    rig_mouse(rig, INPUT_RELEASE, 1, 40, 20);
    expect_nothing(rig);
    rig_expect_said(rig, "dropped beside the hosts: vm pc01 stays where it is");
}

/* The terminal lost where the button was let go. */
static void test_a_release_that_never_comes(void)
{
    autoptr(rig) rig = rig_new();

    take_by_mouse(rig);
    rig_mouse(rig, INPUT_PRESS, 1, 20, 4);
    expect_nothing(rig);
    rig_mouse(rig, INPUT_RELEASE, 1, 20, 4);
    expect_nothing(rig);
    take_by_mouse(rig);
    rig_mouse(rig, INPUT_RELEASE, 0, 20, 4);
    expect_nothing(rig);
}

static void test_views_and_sizes_put_back(void)
{
    autoptr(rig) rig = rig_new();

    take_by_mouse(rig);
    rig_press(rig, "J");
    expect_nothing(rig);
    rig_press(rig, "Escape");
    take_by_mouse(rig);
    app_draw(rig->app, 20, 5);
    rig_mouse(rig, INPUT_RELEASE, 1, 2, 4); /* what cannot be seen is not done */
    rig_draw(rig);
    g_assert_cmpuint(engine_jobs(rig->engine)->len, ==, 0);
}

static void test_scrolls_at_the_edge(void)
{
    autoptr(rig) rig = rig_new();
    int target;

    rig_press(rig, "Home z z z");
    g_assert_cmpuint(rig->app->grid.rows, >, rig->app->grid.rows_shown);
    drag_begin(&rig->app->drag, DRAG_BY_MOUSE, rig_vm(rig, "pc01"));
    app_read(rig->app);
    rig->app->hand.x = 1;
    rig->app->hand.y = rig->app->grid.area.y + rig->app->grid.area.height - 1;
    target = rig->app->drag.target;
    g_assert_true(hand_scroll(rig->app));
    g_assert_cmpint(rig->app->drag.target, !=, target);
    for (guint i = 0; i < 1000 && hand_scroll(rig->app); i++)
        continue;
    g_assert_false(hand_scroll(rig->app)); /* the end */
    rig->app->hand.y = rig->app->grid.area.y;
    g_assert_true(hand_scroll(rig->app));
    rig->app->hand.y = rig->app->grid.area.y + rig->app->grid.area.height / 2;
    g_assert_false(hand_scroll(rig->app));
    action_put_back(rig->app);
    rig->app->hand.y = rig->app->grid.area.y;
    g_assert_false(hand_scroll(rig->app));
}

static void test_read_only_takes_nothing(void)
{
    autoptr(rig) rig = rig_new();

    rig->app->readonly = TRUE;
    rig_mouse(rig, INPUT_PRESS, 1, 0, 2);
    rig_mouse(rig, INPUT_DRAG, 1, 2, 4);
    expect_nothing(rig);
    rig_expect_said(rig, "read-only");
}

/* --- Anything -------------------------------------------------------------------------------- */

/* No job by hand without a drop on a host or a question; none for what was let go elsewhere. */
static void test_random_drags(void)
{
    autoptr(rig) rig = rig_new();
    static const char *const keys[] = {"m",   "K",    "e",     "Escape", "Right", "Left",
                                       "Tab", "Down", "Enter", "Space",  "u",     "*"};

    for (guint i = 0; i < 3000; i++) {
        gboolean was_many = drag_n(&rig->app->drag) > 1, had_dialog = rig->app->dialog != NULL;
        gboolean was_held = rig->app->drag.by != DRAG_NONE;
        guint under_way = engine_jobs_under_way(rig->engine);
        int x = g_test_rand_int_range(0, 80), y = g_test_rand_int_range(0, 24);
        enum input_kind kind = (enum input_kind)g_test_rand_int_range(INPUT_PRESS, INPUT_PASTE);
        gboolean by_key = g_test_rand_int_range(0, 3) == 0;
        gboolean outside = !by_key && kind == INPUT_RELEASE && grid_host_at(rig->app, x, y) == NULL;

        if (by_key)
            rig_press(rig, keys[g_test_rand_int_range(0, G_N_ELEMENTS(keys))]);
        else
            rig_mouse(rig, kind, (guint)g_test_rand_int_range(0, 12) % 4, x, y);
        if (engine_jobs_under_way(rig->engine) > under_way) {
            g_assert_true(had_dialog || (was_held && !was_many));
            g_assert_false(outside && !had_dialog);
        }
        for (guint step = 0; step < 10; step++)
            clock_step(rig->clock);
        rig->app->leaving = APP_STAYS;
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/hand/marked_vms_move_together", test_marked_vms_move_together);
    g_test_add_func("/view/hand/one_question_can_be_declined", test_one_question_can_be_declined);
    g_test_add_func("/view/hand/a_host_is_dragged_by_its_name", test_a_host_is_dragged_by_its_name);
    g_test_add_func("/view/hand/all_of_marked_hosts", test_all_of_marked_hosts);
    g_test_add_func("/view/hand/too_many_are_refused_together", test_too_many_are_refused_together);
    g_test_add_func("/view/hand/what_is_under_way_is_left", test_what_is_under_way_is_left);
    g_test_add_func("/view/hand/spreads_over_marked_hosts", test_spreads_over_marked_hosts);
    g_test_add_func("/view/hand/spreads_a_host_over_all", test_spreads_a_host_over_all);
    g_test_add_func("/view/undo/takes_back_one_after_the_other",
                    test_takes_back_one_after_the_other);
    g_test_add_func("/view/undo/waits_until_it_is_done", test_waits_until_it_is_done);
    g_test_add_func("/view/undo/says_what_it_cannot_take_back", test_says_what_it_cannot_take_back);
    g_test_add_func("/view/undo/takes_back_a_drain", test_takes_back_a_drain);
    g_test_add_func("/view/undo/what_the_autopilot_does_is_not",
                    test_what_the_autopilot_does_is_not_taken_back);
    g_test_add_func("/view/undo/keeps_the_last_twenty", test_keeps_the_last_twenty);
    g_test_add_func("/view/hand/other_ways_to_end_it", test_other_ways_to_end_it);
    g_test_add_func("/view/hand/a_release_that_never_comes", test_a_release_that_never_comes);
    g_test_add_func("/view/hand/views_and_sizes_put_back", test_views_and_sizes_put_back);
    g_test_add_func("/view/hand/scrolls_at_the_edge", test_scrolls_at_the_edge);
    g_test_add_func("/view/hand/read_only_takes_nothing", test_read_only_takes_nothing);
    g_test_add_func("/view/hand/random_drags", test_random_drags);
    return g_test_run();
}
