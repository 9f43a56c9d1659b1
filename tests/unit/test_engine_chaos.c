/*
 * Everything at once: a simulated lab where things break, and an operator who does whatever comes
 * to mind. Whatever is asked of it, the engine keeps what it guarantees, after every single step.
 */
#include "core/driver/sim/sim.h"
#include "core/engine/engine.h"

#define BEGIN_US  (G_GINT64_CONSTANT(1772480400) * G_USEC_PER_SEC) /* Mon 2026-03-02 19:40 */
#define LAB_HOURS "Mon-Fri 09:00-19:45; Sat 09:00-13:45"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SEEDS 4
#else
#define SEEDS 40
#endif

static const char faults[] = "host-dies=0.1,host-hangs=0.2,wake-fails=0.1,"
                             "migration-fails=0.2,never-converges=0.1";

struct chaos {
    struct clock *clock;
    struct driver *driver;
    struct hours *hours;
    struct engine *engine;
    struct engine_config config;
    GRand *dice;
    guint64 seed;
    guint vms;
};

static void chaos_begin(struct chaos *chaos, guint64 seed)
{
    struct sim_options options = {.seed = seed};
    struct cluster *lab = sim_lab_make(6, 3);

    energy_config_init(&options.energy);
    g_assert_true(sim_faults_parse(faults, &options.faults, NULL));
    engine_config_init(&chaos->config);
    chaos->config.migrations_most = 1 + seed % 4;
    chaos->config.migrations_in_most = 1 + seed % 2;
    chaos->config.migrations_out_most = 1 + seed % 3;
    chaos->seed = seed;
    chaos->dice = g_rand_new_with_seed((guint32)seed);
    chaos->vms = cluster_count_active_vms(lab);
    chaos->clock = clock_new_stepped(BEGIN_US);
    chaos->hours = hours_new(LAB_HOURS, NULL, "UTC", NULL);
    chaos->driver = sim_driver_new(chaos->clock, lab, chaos->hours, &options);
    chaos->engine =
        engine_new(chaos->clock, chaos->driver, lab, chaos->hours, &chaos->config, "chaos");
    engine_start(chaos->engine);
}

static void chaos_end(struct chaos *chaos)
{
    engine_free(chaos->engine);
    driver_free(chaos->driver);
    clock_free(chaos->clock);
    hours_free(chaos->hours);
    g_rand_free(chaos->dice);
}

/* --- What must hold at every moment --- */

static gboolean is_running(const struct job *job)
{
    return job->state == JOB_RUNNING || job->state == JOB_VERIFYING;
}

/* Counts what a running job means for one host. */
static void assert_host(const struct chaos *chaos, const struct host *host)
{
    const GPtrArray *jobs = engine_jobs(chaos->engine);
    guint in = 0;
    guint out = 0;
    guint power = 0;

    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = g_ptr_array_index(jobs, i);
        if (!is_running(job))
            continue;
        in += job->kind == JOB_MIGRATE && g_str_equal(job->to, host->name);
        out += job->kind == JOB_MIGRATE && g_str_equal(job->from, host->name);
        power += job->kind != JOB_MIGRATE && g_str_equal(job->from, host->name);
    }
    g_assert_cmpuint(in, <=, chaos->config.migrations_in_most);
    g_assert_cmpuint(out, <=, chaos->config.migrations_out_most);
    g_assert_cmpuint(power, <=, 1);
    g_assert_true(power == 0 || in + out == 0);
}

static void assert_jobs(const struct chaos *chaos)
{
    const GPtrArray *jobs = engine_jobs(chaos->engine);
    g_autoptr(GHashTable) touched = g_hash_table_new(g_str_hash, g_str_equal);
    guint under_way = 0;
    guint running = 0;
    guint migrating = 0;

    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = g_ptr_array_index(jobs, i);
        if (job_is_over(job))
            continue;
        under_way++;
        running += is_running(job);
        migrating += is_running(job) && job->kind == JOB_MIGRATE;
        if (job->vm)
            g_assert_true(g_hash_table_add(touched, job->vm));
    }
    g_assert_cmpuint(engine_jobs_under_way(chaos->engine), ==, under_way);
    g_assert_cmpuint(engine_jobs_running(chaos->engine), ==, running);
    g_assert_cmpuint(migrating, <=, chaos->config.migrations_most);
}

static void assert_guarantees(const struct chaos *chaos)
{
    const struct cluster *cluster = engine_cluster(chaos->engine);
    const char *what = NULL;

    if (sim_sins(chaos->driver, &what) > 0)
        g_test_message("seed %u", (guint)chaos->seed);
    g_assert_cmpstr(what, ==, NULL);
    assert_jobs(chaos);
    for (guint i = 0; i < cluster->hosts->len; i++)
        assert_host(chaos, g_ptr_array_index(cluster->hosts, i));
}

/* --- The operator --- */

static const char *any_host(struct chaos *chaos)
{
    const GPtrArray *hosts = engine_cluster(chaos->engine)->hosts;
    const struct host *host =
        g_ptr_array_index(hosts, (guint)g_rand_int_range(chaos->dice, 0, (gint32)hosts->len));

    return host->name;
}

static const char *any_vm(struct chaos *chaos)
{
    const struct host *host = cluster_find_host(engine_cluster(chaos->engine), any_host(chaos));

    if (host->vms->len == 0)
        return "nobody";
    return ((const struct vm *)g_ptr_array_index(
                host->vms, (guint)g_rand_int_range(chaos->dice, 0, (gint32)host->vms->len)))
        ->name;
}

static void change_course(struct chaos *chaos)
{
    switch (g_rand_int_range(chaos->dice, 0, 6)) {
    case 0:
        engine_set_mode(chaos->engine, (enum engine_mode)g_rand_int_range(chaos->dice, 0, 3));
        break;
    case 1:
        engine_set_goal(chaos->engine, (enum engine_goal)g_rand_int_range(chaos->dice, 0, 3));
        break;
    case 2:
        engine_set_policy(chaos->engine, (enum policy_kind)g_rand_int_range(chaos->dice, 0, 2));
        break;
    case 3:
        engine_hold(chaos->engine, g_rand_boolean(chaos->dice));
        break;
    case 4:
        engine_set_maintenance(chaos->engine, any_host(chaos), g_rand_boolean(chaos->dice));
        break;
    default:
        engine_drain(chaos->engine, any_host(chaos), NULL);
        break;
    }
}

static void act(struct chaos *chaos)
{
    switch (g_rand_int_range(chaos->dice, 0, 8)) {
    case 0:
    case 1:
    case 2:
        engine_migrate(chaos->engine, any_vm(chaos), any_host(chaos), g_rand_boolean(chaos->dice),
                       NULL);
        break;
    case 3:
        engine_wake(chaos->engine, any_host(chaos), NULL);
        break;
    case 4:
        engine_power_off(chaos->engine, any_host(chaos), FALSE, NULL);
        break;
    case 5: {
        guint last = engine_jobs(chaos->engine)->len;
        engine_cancel_job(chaos->engine,
                          1 + (guint)g_rand_int_range(chaos->dice, 0, 500) % (last + 1), NULL);
        break;
    }
    case 6:
        engine_cancel_all(chaos->engine, g_rand_boolean(chaos->dice));
        break;
    default:
        change_course(chaos);
        break;
    }
}

static void run(struct chaos *chaos, gint64 for_us)
{
    gint64 until_us = clock_mono_us(chaos->clock) + for_us;

    while (clock_mono_us(chaos->clock) < until_us) {
        g_assert_true(clock_step(chaos->clock));
        assert_guarantees(chaos);
    }
}

static void calm_down(struct chaos *chaos)
{
    const GPtrArray *hosts = engine_cluster(chaos->engine)->hosts;

    engine_hold(chaos->engine, FALSE);
    engine_set_goal(chaos->engine, ENGINE_GOAL_NONE);
    engine_set_mode(chaos->engine, ENGINE_BY_HOURS);
    for (guint i = 0; i < hosts->len; i++)
        engine_set_maintenance(chaos->engine,
                               ((const struct host *)g_ptr_array_index(hosts, i))->name, FALSE);
}

static void test_keeps_its_guarantees_whatever_is_asked(void)
{
    guint seeds = g_getenv("VALGRIND") ? 1 : SEEDS;

    for (guint64 seed = 1; seed <= seeds; seed++) {
        struct chaos chaos;
        gint64 opening_us;
        chaos_begin(&chaos, seed);
        for (guint i = 0; i < 400; i++) {
            run(&chaos, g_rand_int_range(chaos.dice, 1, 40) * CLOCK_SECOND_US);
            act(&chaos);
            assert_guarantees(&chaos);
        }
        calm_down(&chaos);
        opening_us = hours_next_opening_us(chaos.hours, clock_wall_us(chaos.clock));
        run(&chaos, opening_us - clock_wall_us(chaos.clock) + CLOCK_HOUR_US);
        g_test_message("seed %u: home %u, running %u, on %u", (guint)seed,
                       sim_vms_at_home(chaos.driver), sim_vms_running(chaos.driver),
                       sim_hosts_on(chaos.driver));
        g_assert_cmpuint(sim_vms_running(chaos.driver), ==, chaos.vms);
        g_assert_cmpuint(sim_vms_at_home(chaos.driver), ==, chaos.vms);
        g_assert_cmpuint(sim_hosts_on(chaos.driver), ==, engine_cluster(chaos.engine)->hosts->len);
        chaos_end(&chaos);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/chaos/keeps_its_guarantees_whatever_is_asked",
                    test_keeps_its_guarantees_whatever_is_asked);
    return g_test_run();
}
