/*
 * Two to five managers on one lab, killed and stopped at any moment, all night long: at no time do
 * two act, no VM is lost or runs twice, the night reaches its lowest, and in the morning every host
 * is on and every VM home.
 *
 * MANAGERS_NIGHTS=N runs N nights of each kind, MANAGERS_SEED=S the night of that seed alone,
 * MANAGERS_TRACE=1 shows the journals.
 */
#include "tests/support/managers.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SLOWER 4
#else
#define SLOWER 1
#endif

struct sums {
    guint nights;
    guint kills;
    guint stops;
    guint takeovers;
    guint refusals;
};

static void assert_innocent(struct managers *managers, guint vms, guint64 seed)
{
    const char *sin = managers_sin(managers);

    if (sin)
        g_error("seed %" G_GUINT64_FORMAT ": %s", seed, sin);
    if (vms > 0 && sim_vms_running(managers_world(managers)) != vms)
        g_error("seed %" G_GUINT64_FORMAT ": a VM stopped running", seed);
}

/* Returns the fewest hosts that were on. vms: that must run at every moment; 0 = not looked at. */
static guint run_until(struct managers *managers, gint64 wall_us, guint vms, guint64 seed)
{
    guint least = G_MAXUINT;

    while (managers_wall_us(managers) < wall_us) {
        managers_step(managers);
        assert_innocent(managers, vms, seed);
        least = MIN(least, sim_hosts_on(managers_world(managers)));
    }
    return least;
}

static void assert_home(struct managers *managers, guint hosts, guint vms, guint64 seed)
{
    struct driver *world = managers_world(managers);

    g_test_message("seed %u: on %u of %u, home %u of %u", (guint)seed, sim_hosts_on(world), hosts,
                   sim_vms_at_home(world), vms);
    g_assert_cmpuint(sim_vms_running(world), ==, vms);
    g_assert_cmpuint(sim_vms_at_home(world), ==, vms);
    g_assert_cmpuint(sim_hosts_on(world), ==, hosts);
}

static void add_up(struct sums *sums, const struct managers *managers)
{
    sums->nights++;
    sums->kills += managers_kills(managers);
    sums->stops += managers_stops(managers);
    sums->takeovers += managers_takeovers(managers);
    sums->refusals += managers_refusals(managers);
}

static guint first_seed(void)
{
    const char *seed = g_getenv("MANAGERS_SEED");

    return seed ? (guint)g_ascii_strtoull(seed, NULL, 10) : 1;
}

static guint last_seed(guint usual)
{
    const char *nights = g_getenv("MANAGERS_NIGHTS");

    if (g_getenv("MANAGERS_SEED"))
        return first_seed();
    if (nights)
        return (guint)g_ascii_strtoull(nights, NULL, 10);
    return g_getenv("VALGRIND") ? 1 : (usual + SLOWER - 1) / SLOWER;
}

static struct cluster *small_lab(void)
{
    return sim_lab_make(7, 2);
}

static struct managers_options options_of(guint64 seed)
{
    return (struct managers_options){
        .n = 2 + seed % 4,
        .seed = seed,
        .kill_mean_us = (seed % 3 == 0 ? 2 : 20) * CLOCK_MINUTE_US,
        .stop_mean_us = (seed % 5 == 0 ? 1 : 15) * CLOCK_MINUTE_US,
        .stop_most_us = (seed % 2 ? 10 : 90) * CLOCK_SECOND_US,
        .control = seed % 2 ? MIGRATE_DIRECT : MIGRATE_PEER,
    };
}

/* Nothing is wrong but with the managers: every VM runs at every moment. */
static void nights(struct cluster *(*make)(void), guint usual, guint lowest, gboolean inside)
{
    struct sums sums = {0};

    for (guint64 seed = first_seed(); seed <= last_seed(usual); seed++) {
        struct managers_options options = options_of(seed);
        struct cluster *lab = make();
        guint hosts = lab->hosts->len;
        guint vms = cluster_count_active_vms(lab);
        struct managers *managers;
        guint least;

        options.inside = inside;
        managers = managers_new(lab, &options);
        least = run_until(managers, managers_opening_us(managers), vms, seed);
        g_test_message("seed %u: least on %u", (guint)seed, least);
        g_assert_cmpuint(least, ==, lowest);
        assert_home(managers, hosts, vms, seed);
        add_up(&sums, managers);
        managers_free(managers);
    }
    g_test_message("nights %u: killed %u, stopped %u, take-overs %u, refused when deposed %u",
                   sums.nights, sums.kills, sums.stops, sums.takeovers, sums.refusals);
}

static void test_outside_the_cluster(void)
{
    nights(small_lab, 6, 2, FALSE);
}

static void test_on_hosts_that_are_switched_off(void)
{
    nights(small_lab, 6, 2, TRUE);
}

static void test_the_reference_lab(void)
{
    nights(sim_lab_ercolani, 1, 8, FALSE);
}

/* A dead host may take as long as it likes; an hour after opening nothing may be missing. */
static void test_bad_nights(void)
{
    for (guint64 seed = first_seed(); seed <= last_seed(6); seed++) {
        struct managers_options options = options_of(seed);
        struct managers *managers;

        options.faults = "all";
        options.inside = seed % 3 == 0;
        managers = managers_new(small_lab(), &options);
        run_until(managers, managers_opening_us(managers) + CLOCK_HOUR_US, 0, seed);
        assert_home(managers, 7, 14, seed);
        managers_free(managers);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/managers/outside_the_cluster", test_outside_the_cluster);
    g_test_add_func("/managers/on_hosts_that_are_switched_off",
                    test_on_hosts_that_are_switched_off);
    g_test_add_func("/managers/the_reference_lab", test_the_reference_lab);
    g_test_add_func("/managers/bad_nights", test_bad_nights);
    return g_test_run();
}
