/* test_view_actions.c - keys and mouse to what the engine does, on the simulated lab. */
#include <string.h>

#include "core/driver/sim/sim.h"
#include "tui/action.h"
#include "tui/view.h"

#define START_WALL_US G_GINT64_CONSTANT(1794943800000000) /* Tuesday 2026-11-17 19:30 UTC */
#define STEPS_MOST    2000000

struct rig {
    struct clock *clock;
    struct hours *hours;
    struct driver *driver;
    struct engine *engine;
    struct screen *screen;
    struct app *app;
};

static struct rig rig_new(struct clock *clock_take)
{
    struct rig rig = {.clock = clock_take};
    struct cluster *lab = sim_lab_ercolani();
    struct sim_options options = {.seed = 1};
    struct engine_config config;

    energy_config_init(&options.energy);
    engine_config_init(&config);
    rig.hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL);
    g_assert_nonnull(rig.hours);
    rig.driver = sim_driver_new(rig.clock, lab, rig.hours, &options);
    rig.engine = engine_new(rig.clock, rig.driver, lab, rig.hours, &config, "ana");
    engine_start(rig.engine);
    rig.screen = screen_offscreen_new(80, 24);
    rig.app = app_new(rig.engine, rig.screen, keymap_load("default", NULL, NULL), NULL, TRUE);
    return rig;
}

static void rig_clear(struct rig *rig)
{
    app_free(rig->app);
    screen_free(rig->screen);
    engine_free(rig->engine);
    driver_free(rig->driver);
    hours_free(rig->hours);
    clock_free(rig->clock);
}

static void draw(struct rig *rig)
{
    app_read(rig->app);
    screen_show(rig->screen, app_draw(rig->app, 80, 24));
}

/* Steps the clock until the condition holds; fails when it never does. */
static void run_until(struct rig *rig, gboolean (*holds)(struct rig *rig))
{
    for (guint i = 0; i < STEPS_MOST && !holds(rig); i++)
        g_assert_true(clock_step(rig->clock));
    g_assert_true(holds(rig));
    draw(rig);
}

static gboolean has_seen_all(struct rig *rig)
{
    return engine_has_seen_all(rig->engine);
}

static gboolean is_idle(struct rig *rig)
{
    return engine_jobs_under_way(rig->engine) == 0;
}

static struct rig rig_seen(void)
{
    struct rig rig = rig_new(clock_new_stepped(START_WALL_US));

    run_until(&rig, has_seen_all);
    return rig;
}

static void press(struct rig *rig, const char *keys)
{
    g_auto(GStrv) names = g_strsplit(keys, " ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        struct input input = {.kind = INPUT_KEY, .key = input_key_parse(names[i])};

        g_assert_cmpuint(input.key, !=, 0);
        app_read(rig->app);
        app_input(rig->app, &input);
        draw(rig);
    }
}

static void mouse(struct rig *rig, enum input_kind kind, int x, int y)
{
    struct input input = {.kind = kind, .x = x, .y = y, .button = 1};

    app_read(rig->app);
    app_input(rig->app, &input);
    draw(rig);
}

static const char *place_of(const struct rig *rig, const char *vm)
{
    return cluster_find_vm(engine_cluster(rig->engine), vm)->host->name;
}

static enum host_state state_of(const struct rig *rig, const char *host)
{
    return cluster_find_host(engine_cluster(rig->engine), host)->state;
}

static void assert_says(const struct rig *rig, const char *part)
{
    if (rig->app->message == NULL || strstr(rig->app->message, part) == NULL)
        g_error("expected \"%s\" to be said, not \"%s\"", part,
                rig->app->message != NULL ? rig->app->message : "");
}

/* --- Moving ---------------------------------------------------------------------------------- */

static void test_moves_by_keys(void)
{
    struct rig rig = rig_seen();

    press(&rig, "Tab m Right Down m");
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 1);
    g_assert_cmpstr(app_host(rig.app)->name, ==, "pc11");
    run_until(&rig, is_idle);
    g_assert_cmpstr(place_of(&rig, "pc01"), ==, "pc11");
    rig_clear(&rig);
}

static void test_moves_by_mouse(void)
{
    struct rig rig = rig_seen();

    mouse(&rig, INPUT_PRESS, 9, 2);
    mouse(&rig, INPUT_DRAG, 10, 2);
    g_assert_cmpint(rig.app->drag.by, ==, DRAG_BY_MOUSE);
    mouse(&rig, INPUT_DRAG, 20, 4);
    g_assert_cmpint(rig.app->drag.target, ==, 11);
    mouse(&rig, INPUT_RELEASE, 20, 4);
    g_assert_cmpint(rig.app->drag.by, ==, DRAG_NONE);
    run_until(&rig, is_idle);
    g_assert_cmpstr(place_of(&rig, "pc02"), ==, "pc12");
    rig_clear(&rig);
}

static void test_dropping_outside_does_nothing(void)
{
    struct rig rig = rig_seen();

    mouse(&rig, INPUT_PRESS, 0, 2);
    mouse(&rig, INPUT_DRAG, 1, 3);
    mouse(&rig, INPUT_RELEASE, 40, 20);
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 0);
    mouse(&rig, INPUT_PRESS, 0, 2);
    mouse(&rig, INPUT_DRAG, 1, 3);
    mouse(&rig, INPUT_RELEASE, 3, 1);
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 0);
    g_assert_cmpint(rig.app->drag.by, ==, DRAG_NONE);
    rig_clear(&rig);
}

static void test_a_host_that_is_off_refuses(void)
{
    struct rig rig = rig_seen();

    press(&rig, "m Right m");
    run_until(&rig, is_idle);
    press(&rig, "Home o o");
    g_assert_cmpint(state_of(&rig, "pc01"), ==, HOST_ON);
    assert_says(&rig, "refused");
    press(&rig, "End m Left m");
    run_until(&rig, is_idle);
    press(&rig, "End o o");
    run_until(&rig, is_idle);
    g_assert_cmpint(state_of(&rig, "pc62"), ==, HOST_OFF);
    press(&rig, "Left Left m Right Right m");
    assert_says(&rig, "refused");
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 0);
    rig_clear(&rig);
}

static void test_insisting_is_asked_for(void)
{
    struct rig rig = rig_seen();

    press(&rig, "Right M Left m Right m");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "Enter");
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 0);
    press(&rig, "Home m Right m m");
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 1);
    run_until(&rig, is_idle);
    g_assert_cmpstr(place_of(&rig, "pc01"), ==, "pc02");
    rig_clear(&rig);
}

static void test_a_job_can_be_cancelled(void)
{
    struct rig rig = rig_seen();

    press(&rig, "m Right m J X c");
    run_until(&rig, is_idle);
    g_assert_cmpstr(place_of(&rig, "pc01"), ==, "pc01");
    rig_clear(&rig);
}

static gboolean is_moving(struct rig *rig)
{
    const struct job *job = engine_job_of_vm(rig->engine, "pc01");

    return job != NULL && job->state == JOB_RUNNING && job->progress.total_bytes > 0;
}

static gboolean follows(struct rig *rig)
{
    const struct job *job = engine_job_of_vm(rig->engine, "pc01");

    return job != NULL && job->progress.stage == MIGRATE_STAGE_FOLLOWING;
}

static void test_a_migration_goes_over_to_post_copy(void)
{
    struct rig rig = rig_seen();

    press(&rig, "m Right m");
    run_until(&rig, is_moving);
    press(&rig, "J S Escape");
    g_assert_cmpint(engine_job_of_vm(rig.engine, "pc01")->progress.stage, ==,
                    MIGRATE_STAGE_COPYING);
    press(&rig, "S o");
    run_until(&rig, follows);
    run_until(&rig, is_idle);
    g_assert_cmpstr(place_of(&rig, "pc01"), ==, "pc02");
    press(&rig, "S"); /* nothing moves any more */
    g_assert_null(rig.app->dialog);
    rig_clear(&rig);
}

/* --- Hosts ----------------------------------------------------------------------------------- */

static void test_off_and_wake(void)
{
    struct rig rig = rig_seen();

    press(&rig, "End m Left m");
    run_until(&rig, is_idle);
    press(&rig, "End o");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "Enter");
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 0);
    press(&rig, "o o");
    run_until(&rig, is_idle);
    g_assert_cmpint(state_of(&rig, "pc62"), ==, HOST_OFF);
    press(&rig, "w");
    run_until(&rig, is_idle);
    g_assert_cmpint(state_of(&rig, "pc62"), ==, HOST_ON);
    rig_clear(&rig);
}

static void test_drain(void)
{
    struct rig rig = rig_seen();

    press(&rig, "Right d");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "d");
    run_until(&rig, is_idle);
    g_assert_cmpstr(place_of(&rig, "pc02"), !=, "pc02");
    g_assert_true(cluster_find_host(engine_cluster(rig.engine), "pc02")->maintenance);
    press(&rig, "Home Right M");
    g_assert_false(cluster_find_host(engine_cluster(rig.engine), "pc02")->maintenance);
    rig_clear(&rig);
}

/* --- The lab --------------------------------------------------------------------------------- */

static void test_automatic_and_policy(void)
{
    struct rig rig = rig_seen();

    press(&rig, "a Escape");
    g_assert_cmpint(engine_mode(rig.engine), ==, ENGINE_MANUAL);
    press(&rig, "a h");
    g_assert_cmpint(engine_mode(rig.engine), ==, ENGINE_BY_HOURS);
    press(&rig, "a Enter");
    g_assert_cmpint(engine_mode(rig.engine), ==, ENGINE_BY_HOURS);
    press(&rig, "P i");
    g_assert_cmpint(engine_settings(rig.engine)->policy.kind, ==, POLICY_PAIRS);
    press(&rig, "P Escape");
    g_assert_cmpint(engine_settings(rig.engine)->policy.kind, ==, POLICY_PAIRS);
    rig_clear(&rig);
}

static void test_compact_asks_and_can_be_stopped(void)
{
    struct rig rig = rig_seen();

    press(&rig, "c Enter");
    g_assert_cmpint(engine_goal(rig.engine), ==, ENGINE_GOAL_NONE);
    press(&rig, "c p");
    g_assert_true(rig.app->view == &view_plan);
    press(&rig, "Escape c c");
    g_assert_cmpint(engine_goal(rig.engine), ==, ENGINE_GOAL_COMPACT);
    press(&rig, "c s");
    g_assert_cmpint(engine_goal(rig.engine), ==, ENGINE_GOAL_NONE);
    rig_clear(&rig);
}

static void test_plan_is_accepted_whole(void)
{
    struct rig rig = rig_seen();

    press(&rig, "p Tab");
    g_assert_true(rig.app->plan_normalizes);
    press(&rig, "BackTab Enter Escape");
    g_assert_cmpuint(engine_jobs(rig.engine)->len, ==, 0);
    press(&rig, "Enter a");
    assert_says(&rig, "accepted: 108 jobs queued");
    run_until(&rig, is_idle);
    g_assert_cmpint(state_of(&rig, "pc62"), ==, HOST_OFF);
    rig_clear(&rig);
}

static void test_plan_is_accepted_in_part(void)
{
    struct rig rig = rig_seen();
    const struct job *off;
    guint last;

    press(&rig, "p");
    last = rig.app->plan->steps->len;
    press(&rig, "G Up Space"); /* a switch-off: the move off that host is marked with it */
    assert_says(&rig, "marked too");
    press(&rig, "Enter a");
    g_assert_cmpuint(last, >, 2);
    g_assert_cmpuint(engine_jobs(rig.engine)->len, ==, 2);
    run_until(&rig, is_idle);
    off = engine_jobs(rig.engine)->pdata[1];
    g_assert_cmpint(off->kind, ==, JOB_OFF);
    g_assert_cmpint(state_of(&rig, off->from), ==, HOST_OFF);
    g_assert_cmpuint(sim_vms_running(rig.driver), ==, 62);
    rig_clear(&rig);
}

static void test_plan_out_of_date_is_made_anew(void)
{
    struct rig rig = rig_seen();

    press(&rig, "p");
    g_assert_cmpuint(engine_migrate(rig.engine, "pc62", "pc01", FALSE, NULL), !=, 0);
    run_until(&rig, is_idle);
    press(&rig, "Enter a");
    assert_says(&rig, "out of date");
    g_assert_true(rig.app->view == &view_plan);
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 0);
    rig_clear(&rig);
}

static void test_plan_is_not_accepted_read_only(void)
{
    struct rig rig = rig_seen();

    rig.app->readonly = TRUE;
    press(&rig, "p Enter");
    assert_says(&rig, "read-only");
    g_assert_null(rig.app->dialog);
    rig_clear(&rig);
}

/* --- The simulated clock --------------------------------------------------------------------- */

static void test_clock(void)
{
    struct rig rig = rig_new(clock_new_paced(START_WALL_US, 60));

    draw(&rig);
    press(&rig, "+");
    g_assert_cmpuint(clock_speed(rig.clock), ==, 120);
    press(&rig, "- -");
    g_assert_cmpuint(clock_speed(rig.clock), ==, 20);
    press(&rig, ".");
    g_assert_cmpuint(clock_speed(rig.clock), ==, 0);
    press(&rig, ".");
    g_assert_cmpuint(clock_speed(rig.clock), ==, 20);
    press(&rig, ">");
    g_assert_cmpuint(clock_speed(rig.clock), ==, CLOCK_SPEED_MOST);
    press(&rig, ". .");
    g_assert_cmpuint(rig.app->skip_timer, ==, 0);
    rig_clear(&rig);
}

static void test_a_real_clock_is_left_alone(void)
{
    struct rig rig = rig_seen();

    rig.app->scene.simulated = FALSE;
    press(&rig, "+");
    assert_says(&rig, "only the clock of a simulated lab");
    press(&rig, ">");
    g_assert_cmpuint(rig.app->skip_timer, ==, 0);
    rig_clear(&rig);
}

/* --- Start and stop -------------------------------------------------------------------------- */

static enum vm_state vm_state_of(struct rig *rig, const char *vm)
{
    return cluster_find_vm(engine_cluster(rig->engine), vm)->state;
}

static void test_stops_and_starts(void)
{
    struct rig rig = rig_seen();

    press(&rig, "s");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "Enter"); /* keeping it is chosen at first */
    g_assert_null(rig.app->dialog);
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 0);
    press(&rig, "s s");
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 1);
    run_until(&rig, is_idle);
    g_assert_cmpint(vm_state_of(&rig, "pc01"), ==, VM_OFF);
    press(&rig, "s");
    g_assert_null(rig.app->dialog);
    assert_says(&rig, "starting vm pc01 on pc01");
    run_until(&rig, is_idle);
    g_assert_cmpint(vm_state_of(&rig, "pc01"), ==, VM_RUNNING);
    press(&rig, "s f");
    run_until(&rig, is_idle);
    g_assert_cmpint(vm_state_of(&rig, "pc01"), ==, VM_OFF);
    rig_clear(&rig);
}

/* --- Leaving --------------------------------------------------------------------------------- */

static gboolean wants_to_leave(struct rig *rig)
{
    app_read(rig->app);
    return rig->app->leaving == APP_LEAVES;
}

static void test_quit_waits(void)
{
    struct rig rig = rig_seen();

    press(&rig, "m Right m");
    for (guint i = 0; engine_jobs_running(rig.engine) == 0 && i < STEPS_MOST; i++)
        g_assert_true(clock_step(rig.clock));
    press(&rig, "q");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "w");
    g_assert_cmpint(rig.app->leaving, ==, APP_WAITS);
    run_until(&rig, wants_to_leave);
    g_assert_cmpstr(place_of(&rig, "pc01"), ==, "pc02");
    rig_clear(&rig);
}

static void test_quit_can_be_taken_back(void)
{
    struct rig rig = rig_seen();

    press(&rig, "m Right m");
    for (guint i = 0; engine_jobs_running(rig.engine) == 0 && i < STEPS_MOST; i++)
        g_assert_true(clock_step(rig.clock));
    press(&rig, "q w q s");
    g_assert_cmpint(rig.app->leaving, ==, APP_STAYS);
    run_until(&rig, is_idle);
    g_assert_cmpint(rig.app->leaving, ==, APP_STAYS);
    rig_clear(&rig);
}

static void test_terminated_cancels_and_leaves(void)
{
    struct rig rig = rig_seen();

    press(&rig, "m Right m");
    for (guint i = 0; engine_jobs_running(rig.engine) == 0 && i < STEPS_MOST; i++)
        g_assert_true(clock_step(rig.clock));
    app_read(rig.app);
    quit_now(rig.app);
    run_until(&rig, wants_to_leave);
    g_assert_cmpstr(place_of(&rig, "pc01"), ==, "pc01");
    rig_clear(&rig);
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
    struct rig rig = rig_seen();

    for (guint i = 0; i < 4000; i++) {
        press(&rig, keys[g_test_rand_int_range(0, G_N_ELEMENTS(keys))]);
        mouse(&rig, (enum input_kind)g_test_rand_int_range(INPUT_PRESS, INPUT_WHEEL_DOWN + 1),
              g_test_rand_int_range(0, 80), g_test_rand_int_range(0, 24));
        rig.app->leaving = APP_STAYS;
        for (guint step = 0; step < 20; step++)
            clock_step(rig.clock);
    }
    rig_clear(&rig);
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
