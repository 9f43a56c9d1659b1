/*
 * Whole nights on the simulated lab, with everything going wrong that can, looked at after every
 * step of the clock: no VM lost or twice, no RAM exceeded, nobody cut off, and in the morning
 * every host on and every VM home.
 */
#include "core/driver/sim/sim.h"
#include "core/engine/engine.h"

#define SECONDS(s)     (G_GINT64_CONSTANT(s) * G_USEC_PER_SEC)
#define NIGHT_BEGIN_US SECONDS(1772480400) /* Mon 2026-03-02 19:40 UTC */
#define LAB_HOURS      "Mon-Fri 09:00-19:45; Sat 09:00-13:45"

struct night {
    gint64 begin_us;
    const char *weekly;
    const char *timezone; /* NULL = UTC */
    struct clock *clock;
    struct driver *driver;
    struct hours *hours;
    struct engine *engine;
    guint hosts;
    guint vms;
    guint on_least;
};

/* NIGHT_TRACE=1 shows the journal as it is written. */
static void trace(const struct engine_event *event, gpointer data)
{
    g_autofree char *time = NULL;

    if (event->kind != ENGINE_EVENT_JOURNAL)
        return;
    time = hours_format(data, event->entry->wall_us, "%a %H:%M:%S");
    g_printerr("%s %s%s: %s [%s]\n", time, event->entry->alarm ? "ALARM " : "", event->entry->what,
               event->entry->text, event->entry->result);
}

static void night_begin(struct night *night, struct cluster *lab, guint64 seed, const char *faults,
                        enum policy_kind policy)
{
    struct sim_options options = {.seed = seed};
    struct engine_config config;
    g_autoptr(GError) error = NULL;

    energy_config_init(&options.energy);
    g_assert_true(sim_faults_parse(faults, &options.faults, &error));
    g_assert_no_error(error);
    engine_config_init(&config);
    config.policy.kind = policy;
    night->hosts = lab->hosts->len;
    night->vms = cluster_count_active_vms(lab);
    night->on_least = night->hosts;
    night->clock = clock_new_stepped(night->begin_us);
    night->hours =
        hours_new(night->weekly, NULL, night->timezone ? night->timezone : "UTC", &error);
    g_assert_no_error(error);
    night->driver = sim_driver_new(night->clock, lab, night->hours, &options);
    night->engine = engine_new(night->clock, night->driver, lab, night->hours, &config, "night");
    if (g_getenv("NIGHT_TRACE"))
        engine_listen(night->engine, trace, night->hours);
    engine_set_mode(night->engine, ENGINE_BY_HOURS);
    engine_start(night->engine);
}

static void night_end(struct night *night)
{
    engine_free(night->engine);
    driver_free(night->driver);
    clock_free(night->clock);
    hours_free(night->hours);
}

static void assert_innocent(const struct night *night, guint64 seed)
{
    const char *what = NULL;

    if (sim_sins(night->driver, &what) == 0)
        return;
    g_test_message("seed %" G_GUINT64_FORMAT ": %s", seed, what);
    g_assert_cmpstr(what, ==, NULL);
}

static void run_until(struct night *night, gint64 wall_us, guint64 seed)
{
    while (clock_wall_us(night->clock) < wall_us) {
        g_assert_true(clock_step(night->clock));
        assert_innocent(night, seed);
        night->on_least = MIN(night->on_least, sim_hosts_on(night->driver));
    }
}

static gint64 opening_us(const struct night *night)
{
    return hours_next_opening_us(night->hours, night->begin_us + CLOCK_HOUR_US);
}

static void assert_home(const struct night *night)
{
    g_assert_cmpuint(sim_hosts_on(night->driver), ==, night->hosts);
    g_assert_cmpuint(sim_vms_running(night->driver), ==, night->vms);
    g_assert_cmpuint(sim_vms_at_home(night->driver), ==, night->vms);
}

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 10
#else
#define SLOWER 1
#endif

/* Sanitizers and valgrind slow a night down: a few must do. */
static guint seeds_of(guint seeds)
{
    return g_getenv("VALGRIND") ? 1 : (seeds + SLOWER - 1) / SLOWER;
}

static void quiet_nights(enum policy_kind policy, guint seeds)
{
    for (guint64 seed = 1; seed <= seeds_of(seeds); seed++) {
        struct night night = {.begin_us = NIGHT_BEGIN_US, .weekly = LAB_HOURS};
        night_begin(&night, sim_lab_ercolani(), seed, "none", policy);
        run_until(&night, opening_us(&night), seed);
        g_test_message("seed %u: least %u", (guint)seed, night.on_least);
        g_assert_cmpuint(night.on_least, ==, 8);
        assert_home(&night);
        night_end(&night);
    }
}

static void test_pack_leaves_eight_on_and_all_home(void)
{
    quiet_nights(POLICY_PACK, 5);
}

static void test_pairs_leaves_eight_on_and_all_home(void)
{
    quiet_nights(POLICY_PAIRS, 3);
}

/* A dead host may take as long as it likes; an hour after opening nothing may be missing. */
static void bad_nights(struct cluster *(*make)(void), const char *faults, guint seeds)
{
    for (guint64 seed = 1; seed <= seeds_of(seeds); seed++) {
        struct night night = {.begin_us = NIGHT_BEGIN_US, .weekly = LAB_HOURS};
        night_begin(&night, make(), seed, faults, seed % 4 == 0 ? POLICY_PAIRS : POLICY_PACK);
        run_until(&night, opening_us(&night), seed);
        g_test_message("seed %u at opening: on %u, home %u", (guint)seed,
                       sim_hosts_on(night.driver), sim_vms_at_home(night.driver));
        run_until(&night, opening_us(&night) + CLOCK_HOUR_US, seed);
        assert_home(&night);
        night_end(&night);
    }
}

static struct cluster *small_lab(void)
{
    return sim_lab_make(7, 2);
}

static struct cluster *full_lab(void)
{
    return sim_lab_make(4, 8);
}

static void test_bad_nights_of_small_labs(void)
{
    bad_nights(small_lab, "all", 120);
}

static void test_bad_nights_of_a_full_lab(void)
{
    bad_nights(full_lab, "all", 40);
}

static void test_terrible_nights(void)
{
    bad_nights(
        small_lab,
        "host-dies=0.2,host-hangs=0.2,wake-fails=0.3,migration-fails=0.3,never-converges=0.1", 100);
}

static void test_bad_nights_of_the_reference_lab(void)
{
    bad_nights(sim_lab_ercolani, "all", 5);
}

static enum hours_phase phase_at(struct night *night, gint64 wall_us)
{
    run_until(night, wall_us, 0);
    return engine_phase(night->engine);
}

/* The clocks jump in the night: it is an hour shorter, or longer, and all are home in time. */
static void change_clocks(gint64 begin_us, gint64 hours_long)
{
    struct night night = {begin_us, "Mon-Sun 09:00-20:00", "Europe/Rome"};
    gint64 opening;

    night_begin(&night, sim_lab_named("small", NULL), 1, "none", POLICY_PACK);
    opening = opening_us(&night);
    g_assert_cmpint(opening - begin_us, ==, hours_long * CLOCK_HOUR_US);
    g_assert_cmpint(phase_at(&night, opening - 31 * CLOCK_MINUTE_US), ==, HOURS_CLOSED);
    g_assert_cmpint(phase_at(&night, opening - 30 * CLOCK_MINUTE_US + CLOCK_SECOND_US), ==,
                    HOURS_PREPARING);
    run_until(&night, opening, 1);
    assert_home(&night);
    g_assert_cmpuint(night.on_least, ==, 1);
    night_end(&night);
}

static void test_nights_when_the_clocks_change(void)
{
    change_clocks(SECONDS(1774724400), 12); /* Sat 2026-03-28 20:00 in Rome */
    change_clocks(SECONDS(1792864800), 14); /* Sat 2026-10-24 20:00 in Rome */
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/nights/pack_leaves_eight_on_and_all_home",
                    test_pack_leaves_eight_on_and_all_home);
    g_test_add_func("/nights/pairs_leaves_eight_on_and_all_home",
                    test_pairs_leaves_eight_on_and_all_home);
    g_test_add_func("/nights/bad_nights_of_small_labs", test_bad_nights_of_small_labs);
    g_test_add_func("/nights/bad_nights_of_a_full_lab", test_bad_nights_of_a_full_lab);
    g_test_add_func("/nights/terrible_nights", test_terrible_nights);
    g_test_add_func("/nights/bad_nights_of_the_reference_lab",
                    test_bad_nights_of_the_reference_lab);
    g_test_add_func("/nights/when_the_clocks_change", test_nights_when_the_clocks_change);
    return g_test_run();
}
