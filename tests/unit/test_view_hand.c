/* test_view_hand.c - drops of one and of many, spreading and taking back, on the simulated lab. */
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

static void draw(struct rig *rig)
{
    app_read(rig->app);
    screen_show(rig->screen, app_draw(rig->app, 80, 24));
}

static struct rig rig_new(void)
{
    struct rig rig = {.clock = clock_new_stepped(START_WALL_US)};
    struct cluster *lab = sim_lab_ercolani();
    struct sim_options options = {.seed = 1};
    struct engine_config config;

    energy_config_init(&options.energy);
    engine_config_init(&config);
    rig.hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL);
    rig.driver = sim_driver_new(rig.clock, lab, rig.hours, &options);
    rig.engine = engine_new(rig.clock, rig.driver, lab, rig.hours, &config, "ana");
    engine_start(rig.engine);
    rig.screen = screen_offscreen_new(80, 24);
    rig.app = app_new(rig.engine, rig.screen, keymap_load("default", NULL, NULL), NULL, TRUE);
    for (guint i = 0; !engine_has_seen_all(rig.engine) && i < STEPS_MOST; i++)
        g_assert_true(clock_step(rig.clock));
    draw(&rig);
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

static void run_idle(struct rig *rig)
{
    for (guint i = 0; engine_jobs_under_way(rig->engine) > 0 && i < STEPS_MOST; i++) {
        g_assert_true(clock_step(rig->clock));
        app_read(rig->app);
    }
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    draw(rig);
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

static void button(struct rig *rig, enum input_kind kind, guint number, int x, int y)
{
    struct input input = {.kind = kind, .x = x, .y = y, .button = number};

    app_read(rig->app);
    app_input(rig->app, &input);
    draw(rig);
}

/* Of the host's tile in the grid as it is drawn now. */
static struct rect tile_of(const struct rig *rig, const char *host)
{
    const struct app *app = rig->app;

    for (int y = app->grid.area.y; y < app->grid.area.y + app->grid.area.height; y++) {
        for (int x = 0; x < 80; x++) {
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

    button(rig, INPUT_PRESS, 1, a.x, a.y);
    button(rig, INPUT_DRAG, 1, a.x + 1, a.y);
    button(rig, INPUT_DRAG, 1, b.x, b.y);
    button(rig, INPUT_RELEASE, 1, b.x, b.y);
}

static const struct vm *vm_of(const struct rig *rig, const char *vm)
{
    return cluster_find_vm(engine_cluster(rig->engine), vm);
}

static void expect_at(const struct rig *rig, const char *vm, const char *host)
{
    g_assert_cmpstr(vm_of(rig, vm)->host->name, ==, host);
}

static void expect_said(const struct rig *rig, const char *part)
{
    if (rig->app->message == NULL || strstr(rig->app->message, part) == NULL)
        g_error("expected \"%s\" to be said, not \"%s\"", part,
                rig->app->message != NULL ? rig->app->message : "");
}

static void expect_nothing(const struct rig *rig)
{
    g_assert_cmpint(rig->app->drag.by, ==, DRAG_NONE);
    g_assert_null(rig->app->dialog);
    g_assert_cmpuint(engine_jobs(rig->engine)->len, ==, 0);
}

static void mark(struct rig *rig, const char *vm)
{
    marks_set_vm(&rig->app->marks, vm_of(rig, vm), TRUE);
}

static void mark_host(struct rig *rig, const char *host)
{
    marks_set_host(&rig->app->marks, cluster_find_host(engine_cluster(rig->engine), host), TRUE);
}

/* All VMs of pc01 .. pc04 onto pc01. */
static void gather(struct rig *rig)
{
    for (guint i = 2; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        g_assert_cmpuint(engine_migrate(rig->engine, name, "pc01", FALSE, NULL), !=, 0);
    }
    run_idle(rig);
    g_clear_pointer(&rig->app->message, g_free);
}

/* --- Many ------------------------------------------------------------------------------------ */

static void test_marked_vms_move_together(void)
{
    struct rig rig = rig_new();

    mark(&rig, "pc02");
    mark(&rig, "pc05");
    mark(&rig, "pc07");
    press(&rig, "m");
    g_assert_cmpuint(drag_n(&rig.app->drag), ==, 3);
    press(&rig, "Right Right m");
    g_assert_nonnull(rig.app->dialog);
    g_assert_cmpuint(engine_jobs(rig.engine)->len, ==, 0);
    press(&rig, "m");
    expect_said(&rig, "3 jobs");
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 3);
    run_idle(&rig);
    expect_at(&rig, "pc02", "pc03");
    expect_at(&rig, "pc05", "pc03");
    expect_at(&rig, "pc07", "pc03");
    expect_said(&rig, "3 VMs have moved; u takes them back");
    rig_clear(&rig);
}

static void test_one_question_can_be_declined(void)
{
    struct rig rig = rig_new();

    mark(&rig, "pc02");
    mark(&rig, "pc05");
    press(&rig, "m Right Right m Enter");
    expect_nothing(&rig);
    press(&rig, "m Right Right m Escape");
    expect_nothing(&rig);
    rig_clear(&rig);
}

static void test_a_host_is_dragged_by_its_name(void)
{
    struct rig rig = rig_new();

    gather(&rig);
    drag_host(&rig, "pc01", "pc09");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "m");
    run_idle(&rig);
    for (guint i = 1; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        expect_at(&rig, name, "pc09");
    }
    drag_host(&rig, "pc01", "pc09");
    expect_said(&rig, "pc01 runs no VM to move");
    rig_clear(&rig);
}

static void test_all_of_marked_hosts(void)
{
    struct rig rig = rig_new();

    mark_host(&rig, "pc05");
    mark_host(&rig, "pc06");
    press(&rig, "K");
    g_assert_cmpuint(drag_n(&rig.app->drag), ==, 2);
    press(&rig, "Down m m");
    run_idle(&rig);
    expect_at(&rig, "pc05", "pc10");
    expect_at(&rig, "pc06", "pc10");
    rig_clear(&rig);
}

static void test_too_many_are_refused_together(void)
{
    struct rig rig = rig_new();

    for (guint i = 1; i <= 9; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        mark(&rig, name);
    }
    press(&rig, "m End m");
    expect_said(&rig, "refused: pc62 has 1792 MiB free of 2048, the 9 VMs need 2304; e spreads");
    g_assert_cmpuint(drag_n(&rig.app->drag), ==, 9); /* by keys, another host is a key away */
    press(&rig, "Escape");
    expect_nothing(&rig);
    rig_clear(&rig);
}

static void test_what_is_under_way_is_left(void)
{
    struct rig rig = rig_new();

    g_assert_cmpuint(engine_migrate(rig.engine, "pc02", "pc30", FALSE, NULL), !=, 0);
    mark(&rig, "pc02");
    mark(&rig, "pc05");
    press(&rig, "m");
    g_assert_cmpuint(drag_n(&rig.app->drag), ==, 1);
    expect_said(&rig, "one is left: vm pc02: job 1 is under way");
    press(&rig, "Escape");
    rig_clear(&rig);
}

/* --- Spread ---------------------------------------------------------------------------------- */

static void test_spreads_over_marked_hosts(void)
{
    struct rig rig = rig_new();

    gather(&rig);
    mark_host(&rig, "pc10");
    mark_host(&rig, "pc11");
    press(&rig, "Home");
    marks_set_host(&rig.app->marks, cluster_find_host(engine_cluster(rig.engine), "pc01"), FALSE);
    for (guint i = 1; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        mark(&rig, name);
    }
    press(&rig, "m e");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "s");
    run_idle(&rig);
    g_assert_cmpuint(host_active_vms(cluster_find_host(engine_cluster(rig.engine), "pc10")), ==, 3);
    g_assert_cmpuint(host_active_vms(cluster_find_host(engine_cluster(rig.engine), "pc11")), ==, 3);
    rig_clear(&rig);
}

static void test_spreads_a_host_over_all(void)
{
    struct rig rig = rig_new();

    gather(&rig);
    press(&rig, "Home e");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "Escape");
    g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, 0);
    press(&rig, "e s");
    run_idle(&rig);
    for (guint i = 1; i <= 4; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);

        g_assert_cmpstr(vm_of(&rig, name)->host->name, !=, "pc01");
        g_assert_cmpuint(host_active_vms(vm_of(&rig, name)->host), <=, 2);
    }
    rig_clear(&rig);
}

/* --- Taking back ----------------------------------------------------------------------------- */

static void test_takes_back_one_after_the_other(void)
{
    struct rig rig = rig_new();

    press(&rig, "u");
    expect_said(&rig, "nothing to take back");
    press(&rig, "m Right m");
    run_idle(&rig);
    expect_said(&rig, "vm pc01 is on pc02; u takes it back");
    mark(&rig, "pc05");
    mark(&rig, "pc06");
    press(&rig, "Home m Down m m");
    run_idle(&rig);
    expect_at(&rig, "pc05", "pc10");
    g_assert_cmpuint(undo_n(rig.app->undo), ==, 2);
    press(&rig, "u Enter"); /* leaving it is chosen at first */
    g_assert_cmpuint(undo_n(rig.app->undo), ==, 2);
    press(&rig, "u t");
    expect_said(&rig, "2 jobs: 2 VMs are on their way back");
    run_idle(&rig);
    expect_at(&rig, "pc05", "pc05");
    expect_at(&rig, "pc06", "pc06");
    expect_at(&rig, "pc01", "pc02");
    press(&rig, "u t");
    run_idle(&rig);
    expect_at(&rig, "pc01", "pc01");
    press(&rig, "u");
    expect_said(&rig, "nothing to take back");
    rig_clear(&rig);
}

static void test_waits_until_it_is_done(void)
{
    struct rig rig = rig_new();

    press(&rig, "m Right m u");
    expect_said(&rig, "still under way");
    g_assert_null(rig.app->dialog);
    run_idle(&rig);
    rig_clear(&rig);
}

static void test_says_what_it_cannot_take_back(void)
{
    struct rig rig = rig_new();
    g_autoptr(GError) error = NULL;

    press(&rig, "Right Right Right Right m Right m");
    run_idle(&rig);
    expect_at(&rig, "pc05", "pc06");
    engine_power_off(rig.engine, "pc05", TRUE, &error);
    g_assert_no_error(error);
    run_idle(&rig);
    press(&rig, "u");
    g_assert_null(rig.app->dialog);
    g_assert_nonnull(rig.app->message);
    expect_said(&rig, "cannot be taken back: ");
    rig_clear(&rig);
}

/* A drain is one drop; the host stays in maintenance, which is to be insisted on. */
static void test_takes_back_a_drain(void)
{
    struct rig rig = rig_new();

    gather(&rig);
    while (undo_n(rig.app->undo) > 0) { /* gathering was by this hand too */
        press(&rig, "u t");
        run_idle(&rig);
    }
    press(&rig, "Home Right d d");
    run_idle(&rig);
    g_assert_cmpstr(vm_of(&rig, "pc02")->host->name, !=, "pc02");
    g_assert_cmpuint(undo_n(rig.app->undo), ==, 1);
    press(&rig, "u");
    g_assert_nonnull(rig.app->dialog);
    press(&rig, "t");
    run_idle(&rig);
    expect_at(&rig, "pc02", "pc02");
    rig_clear(&rig);
}

static void test_what_the_autopilot_does_is_not_taken_back(void)
{
    struct rig rig = rig_new();

    engine_set_goal(rig.engine, ENGINE_GOAL_COMPACT);
    for (guint i = 0; engine_goal(rig.engine) != ENGINE_GOAL_NONE && i < STEPS_MOST; i++) {
        g_assert_true(clock_step(rig.clock));
        app_read(rig.app);
    }
    g_assert_cmpuint(engine_jobs(rig.engine)->len, >, 0);
    g_assert_cmpuint(undo_n(rig.app->undo), ==, 0);
    rig_clear(&rig);
}

static void test_keeps_the_last_twenty(void)
{
    struct rig rig = rig_new();

    for (guint i = 0; i < UNDO_MOST + 3; i++) {
        press(&rig, i % 2 == 0 ? "Home Tab m Right m" : "Home Right Tab Tab m Left m");
        run_idle(&rig);
        if (i == 0)
            g_assert_cmpuint(undo_n(rig.app->undo), ==, 1);
    }
    g_assert_cmpuint(undo_n(rig.app->undo), ==, UNDO_MOST);
    rig_clear(&rig);
}

/* --- The mouse ------------------------------------------------------------------------------- */

static void take_by_mouse(struct rig *rig)
{
    button(rig, INPUT_PRESS, 1, 0, 2);
    button(rig, INPUT_DRAG, 1, 2, 4);
    g_assert_cmpint(rig->app->drag.by, ==, DRAG_BY_MOUSE);
}

static void test_other_ways_to_end_it(void)
{
    struct rig rig = rig_new();

    take_by_mouse(&rig);
    button(&rig, INPUT_PRESS, 3, 20, 4);
    expect_nothing(&rig);
    button(&rig, INPUT_RELEASE, 3, 20, 4);
    button(&rig, INPUT_RELEASE, 1, 20, 4);
    expect_nothing(&rig);
    take_by_mouse(&rig);
    press(&rig, "Escape");
    button(&rig, INPUT_RELEASE, 1, 20, 4);
    expect_nothing(&rig);
    take_by_mouse(&rig);
    button(&rig, INPUT_DRAG, 1, 40, 20);
    button(&rig, INPUT_RELEASE, 1, 40, 20);
    expect_nothing(&rig);
    expect_said(&rig, "dropped beside the hosts: vm pc01 stays where it is");
    rig_clear(&rig);
}

/* The terminal lost where the button was let go. */
static void test_a_release_that_never_comes(void)
{
    struct rig rig = rig_new();

    take_by_mouse(&rig);
    button(&rig, INPUT_PRESS, 1, 20, 4);
    expect_nothing(&rig);
    button(&rig, INPUT_RELEASE, 1, 20, 4);
    expect_nothing(&rig);
    take_by_mouse(&rig);
    button(&rig, INPUT_RELEASE, 0, 20, 4);
    expect_nothing(&rig);
    rig_clear(&rig);
}

static void test_views_and_sizes_put_back(void)
{
    struct rig rig = rig_new();

    take_by_mouse(&rig);
    press(&rig, "J");
    expect_nothing(&rig);
    press(&rig, "Escape");
    take_by_mouse(&rig);
    app_draw(rig.app, 20, 5);
    button(&rig, INPUT_RELEASE, 1, 2, 4); /* what cannot be seen is not done */
    draw(&rig);
    g_assert_cmpuint(engine_jobs(rig.engine)->len, ==, 0);
    rig_clear(&rig);
}

static void test_scrolls_at_the_edge(void)
{
    struct rig rig = rig_new();
    int target;

    press(&rig, "Home");
    press(&rig, "z z z");
    g_assert_cmpuint(rig.app->grid.rows, >, rig.app->grid.rows_shown);
    drag_begin(&rig.app->drag, DRAG_BY_MOUSE, vm_of(&rig, "pc01"));
    app_read(rig.app);
    rig.app->hand.x = 1;
    rig.app->hand.y = rig.app->grid.area.y + rig.app->grid.area.height - 1;
    target = rig.app->drag.target;
    g_assert_true(hand_scroll(rig.app));
    g_assert_cmpint(rig.app->drag.target, !=, target);
    for (guint i = 0; i < 1000 && hand_scroll(rig.app); i++)
        continue;
    g_assert_false(hand_scroll(rig.app)); /* the end */
    rig.app->hand.y = rig.app->grid.area.y;
    g_assert_true(hand_scroll(rig.app));
    rig.app->hand.y = rig.app->grid.area.y + rig.app->grid.area.height / 2;
    g_assert_false(hand_scroll(rig.app));
    action_put_back(rig.app);
    rig.app->hand.y = rig.app->grid.area.y;
    g_assert_false(hand_scroll(rig.app));
    rig_clear(&rig);
}

static void test_read_only_takes_nothing(void)
{
    struct rig rig = rig_new();

    rig.app->readonly = TRUE;
    button(&rig, INPUT_PRESS, 1, 0, 2);
    button(&rig, INPUT_DRAG, 1, 2, 4);
    expect_nothing(&rig);
    expect_said(&rig, "read-only");
    rig_clear(&rig);
}

/* --- Anything -------------------------------------------------------------------------------- */

/* No job by hand without a drop on a host or a question; none for what was let go elsewhere. */
static void test_random_drags(void)
{
    struct rig rig = rig_new();
    static const char *const keys[] = {"m",   "K",    "e",     "Escape", "Right", "Left",
                                       "Tab", "Down", "Enter", "Space",  "u",     "*"};

    for (guint i = 0; i < 3000; i++) {
        gboolean was_many = drag_n(&rig.app->drag) > 1, had_dialog = rig.app->dialog != NULL;
        gboolean was_held = rig.app->drag.by != DRAG_NONE;
        guint under_way = engine_jobs_under_way(rig.engine);
        int x = g_test_rand_int_range(0, 80), y = g_test_rand_int_range(0, 24);
        enum input_kind kind = (enum input_kind)g_test_rand_int_range(INPUT_PRESS, INPUT_PASTE);
        gboolean by_key = g_test_rand_int_range(0, 3) == 0;
        gboolean outside = !by_key && kind == INPUT_RELEASE && grid_host_at(rig.app, x, y) == NULL;

        if (by_key)
            press(&rig, keys[g_test_rand_int_range(0, G_N_ELEMENTS(keys))]);
        else
            button(&rig, kind, (guint)g_test_rand_int_range(0, 12) % 4, x, y);
        if (engine_jobs_under_way(rig.engine) > under_way) {
            g_assert_true(had_dialog || (was_held && !was_many));
            g_assert_false(outside && !had_dialog);
        }
        for (guint step = 0; step < 10; step++)
            clock_step(rig.clock);
        rig.app->leaving = APP_STAYS;
    }
    rig_clear(&rig);
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
