/* test_view_actions.c - keys and mouse to what the engine does, on the simulated lab. */
#include <string.h>

#include "core/driver/sim/sim.h"
#include "tests/support/console_rig.h"
#include "tui/action.h"
#include "tui/view.h"

/* --- Moving ---------------------------------------------------------------------------------- */

static void test_moves_by_keys(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "Tab m Right Down m");
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 1);
    g_assert_cmpstr(app_host(rig->app)->name, ==, "pc11");
    rig_run_idle(rig);
    rig_expect_at(rig, "pc01", "pc11");
}

static void test_moves_by_mouse(void)
{
    autoptr(rig) rig = rig_new();

    rig_mouse(rig, INPUT_PRESS, 1, 9, 2);
    rig_mouse(rig, INPUT_DRAG, 1, 10, 2);
    g_assert_cmpint(rig->app->drag.by, ==, DRAG_BY_MOUSE);
    rig_mouse(rig, INPUT_DRAG, 1, 20, 4);
    g_assert_cmpint(rig->app->drag.target, ==, 11);
    rig_mouse(rig, INPUT_RELEASE, 1, 20, 4);
    g_assert_cmpint(rig->app->drag.by, ==, DRAG_NONE);
    rig_run_idle(rig);
    rig_expect_at(rig, "pc02", "pc12");
}

static void test_dropping_outside_does_nothing(void)
{
    autoptr(rig) rig = rig_new();

    rig_mouse(rig, INPUT_PRESS, 1, 0, 2);
    rig_mouse(rig, INPUT_DRAG, 1, 1, 3);
    rig_mouse(rig, INPUT_RELEASE, 1, 40, 20);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    rig_mouse(rig, INPUT_PRESS, 1, 0, 2);
    rig_mouse(rig, INPUT_DRAG, 1, 1, 3);
    rig_mouse(rig, INPUT_RELEASE, 1, 3, 1);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    g_assert_cmpint(rig->app->drag.by, ==, DRAG_NONE);
}

static void test_a_host_that_is_off_refuses(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "m Right m");
    rig_run_idle(rig);
    rig_press(rig, "Home o o");
    g_assert_cmpint(rig_host(rig, "pc01")->state, ==, HOST_ON);
    rig_expect_said(rig, "refused");
    rig_press(rig, "End m Left m");
    rig_run_idle(rig);
    rig_press(rig, "End o o");
    rig_run_idle(rig);
    g_assert_cmpint(rig_host(rig, "pc62")->state, ==, HOST_OFF);
    rig_press(rig, "Left Left m Right Right m");
    rig_expect_said(rig, "refused");
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
}

static void test_insisting_is_asked_for(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "Right M Left m Right m");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "Enter");
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    rig_press(rig, "Home m Right m m");
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 1);
    rig_run_idle(rig);
    rig_expect_at(rig, "pc01", "pc02");
}

static void test_a_job_can_be_cancelled(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "m Right m J X c");
    rig_run_idle(rig);
    rig_expect_at(rig, "pc01", "pc01");
}

static gboolean is_moving(const struct rig *rig)
{
    const struct job *job = engine_job_of_vm(rig->engine, "pc01");

    return job != NULL && job->state == JOB_RUNNING && job->progress.total_bytes > 0;
}

static gboolean follows(const struct rig *rig)
{
    const struct job *job = engine_job_of_vm(rig->engine, "pc01");

    return job != NULL && job->progress.stage == MIGRATE_STAGE_FOLLOWING;
}

static void test_a_migration_goes_over_to_post_copy(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "m Right m");
    rig_run_until(rig, is_moving);
    rig_press(rig, "J S Escape");
    g_assert_cmpint(engine_job_of_vm(rig->engine, "pc01")->progress.stage, ==,
                    MIGRATE_STAGE_COPYING);
    rig_press(rig, "S o");
    rig_run_until(rig, follows);
    rig_run_idle(rig);
    rig_expect_at(rig, "pc01", "pc02");
    rig_press(rig, "S"); /* nothing moves any more */
    g_assert_null(rig->app->dialog);
}

/* --- Hosts ----------------------------------------------------------------------------------- */

static void test_off_and_wake(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "End m Left m");
    rig_run_idle(rig);
    rig_press(rig, "End o");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "Enter");
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    rig_press(rig, "o o");
    rig_run_idle(rig);
    g_assert_cmpint(rig_host(rig, "pc62")->state, ==, HOST_OFF);
    rig_press(rig, "w");
    rig_run_idle(rig);
    g_assert_cmpint(rig_host(rig, "pc62")->state, ==, HOST_ON);
}

static void test_drain(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "Right d");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "d");
    rig_run_idle(rig);
    g_assert_cmpstr(rig_vm(rig, "pc02")->host->name, !=, "pc02");
    g_assert_true(rig_host(rig, "pc02")->maintenance);
    rig_press(rig, "Home Right M");
    g_assert_false(rig_host(rig, "pc02")->maintenance);
}

/* --- The lab --------------------------------------------------------------------------------- */

static void test_automatic_and_policy(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "a Escape");
    g_assert_cmpint(engine_mode(rig->engine), ==, ENGINE_MANUAL);
    rig_press(rig, "a h");
    g_assert_cmpint(engine_mode(rig->engine), ==, ENGINE_BY_HOURS);
    rig_press(rig, "a Enter");
    g_assert_cmpint(engine_mode(rig->engine), ==, ENGINE_BY_HOURS);
    rig_press(rig, "P i");
    g_assert_cmpint(engine_settings(rig->engine)->policy.kind, ==, POLICY_PAIRS);
    rig_press(rig, "P Escape");
    g_assert_cmpint(engine_settings(rig->engine)->policy.kind, ==, POLICY_PAIRS);
}

static void test_compact_asks_and_can_be_stopped(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "c Enter");
    g_assert_cmpint(engine_goal(rig->engine), ==, ENGINE_GOAL_NONE);
    rig_press(rig, "c p");
    g_assert_true(rig->app->view == &view_plan);
    rig_press(rig, "Escape c c");
    g_assert_cmpint(engine_goal(rig->engine), ==, ENGINE_GOAL_COMPACT);
    rig_press(rig, "c s");
    g_assert_cmpint(engine_goal(rig->engine), ==, ENGINE_GOAL_NONE);
}

static void test_plan_is_accepted_whole(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "p Tab");
    g_assert_true(rig->app->plan_normalizes);
    rig_press(rig, "BackTab Enter Escape");
    g_assert_cmpuint(engine_jobs(rig->engine)->len, ==, 0);
    rig_press(rig, "Enter a");
    rig_expect_said(rig, "accepted: 108 jobs queued");
    rig_run_idle(rig);
    g_assert_cmpint(rig_host(rig, "pc62")->state, ==, HOST_OFF);
}

static void test_plan_is_accepted_in_part(void)
{
    autoptr(rig) rig = rig_new();
    const struct job *off;
    guint last;

    rig_press(rig, "p");
    last = rig->app->plan->steps->len;
    rig_press(rig, "G Up Space"); /* a switch-off: the move off that host is marked with it */
    rig_expect_said(rig, "marked too");
    rig_press(rig, "Enter a");
    g_assert_cmpuint(last, >, 2);
    g_assert_cmpuint(engine_jobs(rig->engine)->len, ==, 2);
    rig_run_idle(rig);
    off = engine_jobs(rig->engine)->pdata[1];
    g_assert_cmpint(off->kind, ==, JOB_OFF);
    g_assert_cmpint(rig_host(rig, off->from)->state, ==, HOST_OFF);
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 62);
}

static void test_plan_out_of_date_is_made_anew(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "p");
    g_assert_cmpuint(engine_migrate(rig->engine, "pc62", "pc01", FALSE, NULL), !=, 0);
    rig_run_idle(rig);
    rig_press(rig, "Enter a");
    rig_expect_said(rig, "out of date");
    g_assert_true(rig->app->view == &view_plan);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
}

static void test_plan_is_not_accepted_read_only(void)
{
    autoptr(rig) rig = rig_new();

    rig->app->readonly = TRUE;
    rig_press(rig, "p Enter");
    rig_expect_said(rig, "read-only");
    g_assert_null(rig->app->dialog);
}

/* --- The simulated clock --------------------------------------------------------------------- */

static void test_clock(void)
{
    autoptr(rig) rig = rig_new_of(sim_lab_ercolani(), clock_new_paced(RIG_WALL_US, 60));

    rig_draw(rig);
    rig_press(rig, "+");
    g_assert_cmpuint(clock_speed(rig->clock), ==, 120);
    rig_press(rig, "- -");
    g_assert_cmpuint(clock_speed(rig->clock), ==, 20);
    rig_press(rig, ".");
    g_assert_cmpuint(clock_speed(rig->clock), ==, 0);
    rig_press(rig, ".");
    g_assert_cmpuint(clock_speed(rig->clock), ==, 20);
    rig_press(rig, ">");
    g_assert_cmpuint(clock_speed(rig->clock), ==, CLOCK_SPEED_MOST);
    rig_press(rig, ". .");
    g_assert_cmpuint(rig->app->skip_timer, ==, 0);
}

static void test_a_real_clock_is_left_alone(void)
{
    autoptr(rig) rig = rig_new();

    rig->app->scene.simulated = FALSE;
    rig_press(rig, "+");
    rig_expect_said(rig, "only the clock of a simulated lab");
    rig_press(rig, ">");
    g_assert_cmpuint(rig->app->skip_timer, ==, 0);
}

/* --- Start and stop -------------------------------------------------------------------------- */

static void test_stops_and_starts(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "s");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "Enter"); /* keeping it is chosen at first */
    g_assert_null(rig->app->dialog);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    rig_press(rig, "s s");
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 1);
    rig_run_idle(rig);
    g_assert_cmpint(rig_vm(rig, "pc01")->state, ==, VM_OFF);
    rig_press(rig, "s");
    g_assert_null(rig->app->dialog);
    rig_expect_said(rig, "starting vm pc01 on pc01");
    rig_run_idle(rig);
    g_assert_cmpint(rig_vm(rig, "pc01")->state, ==, VM_RUNNING);
    rig_press(rig, "s f");
    rig_run_idle(rig);
    g_assert_cmpint(rig_vm(rig, "pc01")->state, ==, VM_OFF);
}

/* --- Leaving --------------------------------------------------------------------------------- */

static gboolean wants_to_leave(const struct rig *rig)
{
    return rig->app->leaving == APP_LEAVES;
}

static void test_quit_waits(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "m Right m");
    rig_run_to_work(rig);
    rig_press(rig, "q");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "w");
    g_assert_cmpint(rig->app->leaving, ==, APP_WAITS);
    rig_run_until(rig, wants_to_leave);
    rig_expect_at(rig, "pc01", "pc02");
}

static void test_quit_can_be_taken_back(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "m Right m");
    rig_run_to_work(rig);
    rig_press(rig, "q w q s");
    g_assert_cmpint(rig->app->leaving, ==, APP_STAYS);
    rig_run_idle(rig);
    g_assert_cmpint(rig->app->leaving, ==, APP_STAYS);
}

static void test_terminated_cancels_and_leaves(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "m Right m");
    rig_run_to_work(rig);
    quit_now(rig->app);
    rig_run_until(rig, wants_to_leave);
    rig_expect_at(rig, "pc01", "pc01");
}

/* Every action in every view, in an order of no sense: nothing may break. */
static void test_any_keys_in_any_order(void)
{
    static const char *const keys[] = {
        "Left",  "Right",   "Up", "Down",  "Home",   "End",    "PageUp", "PageDown",
        "Tab",   "BackTab", "/",  "n",     "m",      "w",      "o",      "d",
        "M",     "a",       "P",  "p",     "c",      "N",      "J",      "L",
        "X",     "r",       "?",  "Enter", "Escape", "T",      "u",      "C-l",
        "Space", "f",       "s",  "h",     "y",      "Delete", "F5",     "Backspace"};
    autoptr(rig) rig = rig_new();

    for (guint i = 0; i < 4000; i++) {
        rig_press(rig, keys[g_test_rand_int_range(0, G_N_ELEMENTS(keys))]);
        rig_mouse(rig, (enum input_kind)g_test_rand_int_range(INPUT_PRESS, INPUT_WHEEL_DOWN + 1), 1,
                  g_test_rand_int_range(0, 80), g_test_rand_int_range(0, 24));
        rig->app->leaving = APP_STAYS;
        for (guint step = 0; step < 20; step++)
            clock_step(rig->clock);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/move/by_keys", test_moves_by_keys);
    g_test_add_func("/view/move/by_mouse", test_moves_by_mouse);
    g_test_add_func("/view/move/dropping_outside_does_nothing", test_dropping_outside_does_nothing);
    g_test_add_func("/view/move/a_host_that_is_off_refuses", test_a_host_that_is_off_refuses);
    g_test_add_func("/view/move/insisting_is_asked_for", test_insisting_is_asked_for);
    g_test_add_func("/view/move/a_job_can_be_cancelled", test_a_job_can_be_cancelled);
    g_test_add_func("/view/actions/a_migration_goes_over_to_post_copy",
                    test_a_migration_goes_over_to_post_copy);
    g_test_add_func("/view/host/off_and_wake", test_off_and_wake);
    g_test_add_func("/view/host/drain", test_drain);
    g_test_add_func("/view/lab/automatic_and_policy", test_automatic_and_policy);
    g_test_add_func("/view/lab/compact_asks_and_can_be_stopped",
                    test_compact_asks_and_can_be_stopped);
    g_test_add_func("/view/lab/plan_is_accepted_whole", test_plan_is_accepted_whole);
    g_test_add_func("/view/lab/plan_is_accepted_in_part", test_plan_is_accepted_in_part);
    g_test_add_func("/view/lab/plan_out_of_date_is_made_anew", test_plan_out_of_date_is_made_anew);
    g_test_add_func("/view/lab/plan_is_not_accepted_read_only",
                    test_plan_is_not_accepted_read_only);
    g_test_add_func("/view/clock/speeds", test_clock);
    g_test_add_func("/view/clock/a_real_one_is_left_alone", test_a_real_clock_is_left_alone);
    g_test_add_func("/view/vm/stops_after_asking_and_starts", test_stops_and_starts);
    g_test_add_func("/view/quit/waits", test_quit_waits);
    g_test_add_func("/view/quit/can_be_taken_back", test_quit_can_be_taken_back);
    g_test_add_func("/view/quit/terminated_cancels_and_leaves", test_terminated_cancels_and_leaves);
    g_test_add_func("/view/any_keys_in_any_order", test_any_keys_in_any_order);
    return g_test_run();
}
