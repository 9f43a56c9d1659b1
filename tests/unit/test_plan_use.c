/* test_plan_use.c - parts of plans: what they need, whether they hold, and what comes of them. */
#include "core/policy/plan_use.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/driver/sim/sim.h"
#include "core/engine/engine.h"

#define START_WALL_US G_GINT64_CONSTANT(1794960000000000)
#define STEPS_MOST    400000
#define ROUNDS        12

static struct plan *make_plan(void)
{
    struct plan *plan = plan_new(PLAN_COMPACT);
    const struct plan_step steps[] = {
        {.action = PLAN_WAKE, .from = "pc3", .after = PLAN_NO_STEP},
        {.action = PLAN_MIGRATE, .vm = "a", .from = "pc1", .to = "pc2", .after = PLAN_NO_STEP},
        {.action = PLAN_MIGRATE, .vm = "b", .from = "pc1", .to = "pc3", .after = 0},
        {.action = PLAN_MIGRATE, .vm = "c", .from = "pc4", .to = "pc1", .after = 2},
        {.action = PLAN_OFF, .from = "pc4", .after = 3},
    };

    for (guint i = 0; i < G_N_ELEMENTS(steps); i++)
        plan_add_step(plan, &steps[i]);
    return plan;
}

static void test_marks_what_is_needed(void)
{
    autoptr(plan) plan = make_plan();
    gboolean chosen[5] = {FALSE, FALSE, FALSE, FALSE, TRUE};

    /* the off needs the move off it; that needs room on pc1, so both moves off it, and the wake */
    g_assert_cmpuint(plan_choose_needed(plan, chosen), ==, 4);
    g_assert_cmpuint(plan_choose_needed(plan, chosen), ==, 0);
    chosen[0] = FALSE;
    g_assert_cmpuint(plan_drop_needing(plan, chosen), ==, 3);
    g_assert_true(chosen[1]);
    g_assert_false(chosen[2] || chosen[3] || chosen[4]);
}

static void test_travels_as_text(void)
{
    autoptr(plan) plan = make_plan();
    g_autofree char *text = plan_format_steps(plan, NULL);
    g_autoptr(GError) error = NULL;
    autoptr(plan) again = plan_parse_steps(text, &error);
    gboolean chosen[5] = {TRUE, FALSE, TRUE, FALSE, FALSE};
    g_autofree char *part = plan_format_steps(plan, chosen);
    autoptr(plan) two = plan_parse_steps(part, NULL);
    g_autofree char *text_again = NULL;

    g_assert_no_error(error);
    g_assert_cmpuint(again->steps->len, ==, 5);
    text_again = plan_format_steps(again, NULL);
    g_assert_cmpstr(text, ==, text_again);
    g_assert_cmpuint(two->steps->len, ==, 2);
    g_assert_cmpuint(plan_step(two, 1)->after, ==, 0);
}

static void test_refuses_what_is_no_plan(void)
{
    static const char *const texts[] = {
        "x",
        "do=explode from=pc1",
        "do=off",
        "do=migrate from=pc1",
        "do=off from=pc1 to=pc2 vm=a",
        "do=off from=pc1 after=0",
        "do=off from=pc1 after=7",
        "do=off from=pc1 why=99",
        "do=migrate vm=a from=pc1 to=pc2 mem-kib=-5",
        "do=off from=pc1\ndo=off from=pc2 after=1",
    };

    for (guint i = 0; i < G_N_ELEMENTS(texts); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_null(plan_parse_steps(texts[i], &error));
        g_assert_nonnull(error);
    }
}

/* --- Parts of real plans, in simulated labs ----------------------------------------------------
 */

struct rig {
    struct clock *clock;
    struct hours *hours;
    struct driver *driver;
    struct engine *engine;
};

static void rig_init(struct rig *rig, struct cluster *lab_take, guint seed)
{
    struct engine_config config;
    struct sim_options options = {.seed = seed};

    engine_config_init(&config);
    energy_config_init(&options.energy);
    *rig = (struct rig){.clock = clock_new_stepped(START_WALL_US),
                        .hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL)};
    rig->driver = sim_driver_new(rig->clock, lab_take, rig->hours, &options);
    rig->engine = engine_new(rig->clock, rig->driver, lab_take, rig->hours, &config, "ana");
    engine_start(rig->engine);
}

static void rig_clear(struct rig *rig)
{
    engine_free(rig->engine);
    driver_free(rig->driver);
    hours_free(rig->hours);
    clock_free(rig->clock);
}

static void run(struct rig *rig, gint64 for_us)
{
    gint64 until_us = clock_mono_us(rig->clock) + for_us;

    while (clock_next_us(rig->clock) <= until_us)
        clock_step(rig->clock);
}

static void run_jobs(struct rig *rig)
{
    for (guint i = 0; i < STEPS_MOST && engine_jobs_under_way(rig->engine) > 0; i++)
        clock_step(rig->clock);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
}

static void assert_unharmed(const struct rig *rig, guint vms)
{
    const char *sin = NULL;

    if (sim_sins(rig->driver, &sin) > 0)
        g_error("%s", sin);
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, vms);
}

/* Whatever part is accepted, in whatever order plans come: nothing is lost, nothing exceeded. */
static void test_any_part_is_safe(void)
{
    for (guint seed = 1; seed <= 10; seed++) {
        g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
        guint hosts = 6 + seed * 3, vms;
        struct rig rig;

        rig_init(&rig, sim_lab_make(hosts, 1 + seed % 3), seed);
        run(&rig, CLOCK_MINUTE_US);
        vms = sim_vms_running(rig.driver);
        for (guint round = 0; round < ROUNDS; round++) {
            autoptr(plan) plan = engine_plan(rig.engine, g_rand_boolean(chance));
            g_autofree gboolean *chosen = g_new0(gboolean, plan->steps->len + 1);
            guint before = engine_jobs_under_way(rig.engine), jobs;

            for (guint i = 0; i < plan->steps->len; i++)
                chosen[i] = g_rand_double(chance) < 0.3;
            jobs = engine_follow_plan(rig.engine, plan, chosen, NULL);
            g_assert_cmpuint(engine_jobs_under_way(rig.engine), ==, before + jobs);
            if (g_rand_double(chance) < 0.3)
                run(&rig, 5 * CLOCK_SECOND_US);
            else
                run_jobs(&rig);
            assert_unharmed(&rig, vms);
            if (engine_jobs_under_way(rig.engine) == 0)
                run(&rig, g_rand_int_range(chance, 1, 30) * CLOCK_MINUTE_US);
        }
        run_jobs(&rig);
        assert_unharmed(&rig, vms);
        rig_clear(&rig);
    }
}

/* A move that is cancelled leaves its host on. */
static void test_off_needs_its_moves(void)
{
    g_autoptr(GError) error = NULL;
    autoptr(plan) plan = NULL;
    struct rig rig;
    guint on;

    rig_init(&rig, sim_lab_make(10, 1), 1);
    run(&rig, CLOCK_MINUTE_US);
    on = sim_hosts_on(rig.driver);
    plan = engine_plan(rig.engine, FALSE);
    g_assert_cmpuint(plan->migrations, >, 0);
    g_assert_cmpuint(engine_follow_plan(rig.engine, plan, NULL, &error), ==, plan->steps->len);
    g_assert_no_error(error);
    for (guint i = 0; i < engine_jobs(rig.engine)->len; i++) {
        const struct job *job = engine_jobs(rig.engine)->pdata[i];

        if (job->kind == JOB_MIGRATE)
            g_assert_true(engine_cancel_job(rig.engine, job->id, NULL));
    }
    run_jobs(&rig);
    g_assert_cmpuint(sim_hosts_on(rig.driver), ==, on);
    rig_clear(&rig);
}

static void test_old_plan_is_refused_whole(void)
{
    g_autoptr(GError) error = NULL;
    autoptr(plan) plan = NULL;
    const struct plan_step *first;
    struct rig rig;

    rig_init(&rig, sim_lab_make(10, 1), 1);
    run(&rig, CLOCK_MINUTE_US);
    plan = engine_plan(rig.engine, FALSE);
    first = plan_step(plan, 0);
    g_assert_cmpint(first->action, ==, PLAN_MIGRATE);
    g_assert_cmpuint(engine_migrate(rig.engine, first->vm, first->to, FALSE, &error), !=, 0);
    g_assert_cmpuint(engine_follow_plan(rig.engine, plan, NULL, &error), ==, 0);
    g_assert_nonnull(strstr(error->message, "out of date"));
    run_jobs(&rig);
    g_clear_error(&error);
    g_assert_cmpuint(engine_follow_plan(rig.engine, plan, NULL, &error), ==, 0);
    g_assert_nonnull(strstr(error->message, first->vm));
    g_assert_cmpuint(engine_jobs(rig.engine)->len, ==, 1);
    rig_clear(&rig);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/plan_use/marks_what_is_needed", test_marks_what_is_needed);
    g_test_add_func("/plan_use/travels_as_text", test_travels_as_text);
    g_test_add_func("/plan_use/refuses_what_is_no_plan", test_refuses_what_is_no_plan);
    g_test_add_func("/plan_use/any_part_is_safe", test_any_part_is_safe);
    g_test_add_func("/plan_use/off_needs_its_moves", test_off_needs_its_moves);
    g_test_add_func("/plan_use/old_plan_is_refused_whole", test_old_plan_is_refused_whole);
    return g_test_run();
}
