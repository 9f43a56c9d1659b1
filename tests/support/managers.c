#include "tests/support/managers.h"

#include <glib/gstdio.h>
#include <math.h>
#include <unistd.h>

#include "core/driver/sim/world.h"
#include "core/manager/takeover.h"
#include "core/store/cluster_file.h"

#define CLOSING_US    (G_GINT64_CONSTANT(1770752700) * G_USEC_PER_SEC) /* Tue 2026-02-10 19:45 */
#define SAVE_US       (5 * CLOCK_SECOND_US)
#define DOWN_LEAST_US (3 * CLOCK_SECOND_US)
#define DOWN_MOST_US  (2 * CLOCK_MINUTE_US)
#define BOOTED_US     (10 * CLOCK_SECOND_US) /* from a host that answers to a manager on it */
#define STEP_US       (2 * CLOCK_SECOND_US)
#define QUIET_US      (32 * CLOCK_MINUTE_US) /* before opening */
#define AIMED         0.7                    /* of the kills and stops: at whoever acts */

#define TEMPTED   0.1
#define ACTION_US (CLOCK_SECOND_US / 4)

struct process {
    struct managers *managers;
    guint number;
    struct clock *clock; /* NULL = it does not run */
    struct driver *driver;
    struct memory_lease *lease;
    struct engine *engine; /* NULL = it only watches */
    struct sim_host *host; /* it runs there; NULL = outside */
    gboolean stopped;
    gint64 until_us; /* it goes on, or starts again; G_MAXINT64 = not by itself */
};

struct managers {
    struct managers_options options;
    struct clock *clock;
    struct hours *hours;
    struct driver *world;
    struct sim_random random;
    struct lease_register shared;
    struct process *processes;
    char *saved; /* ClusterInfo.xml */
    char *path;
    guint64 acted_fence;
    gint64 kill_at_us;
    gint64 stop_at_us;
    guint kills;
    guint stops;
    guint takeovers;
    guint refusals;
    char *sin;
};

static gint64 now_us(const struct managers *managers)
{
    return clock_mono_us(managers->clock);
}

/* --- What each does ------------------------------------------------------------------------- */

static void note_sin(struct managers *managers, const char *what, const struct process *process)
{
    if (!managers->sin)
        managers->sin = g_strdup_printf(
            "%s: manager %u, fence %" G_GUINT64_FORMAT ", of %" G_GUINT64_FORMAT, what,
            process->number, memory_lease_fence(process->lease), managers->shared.fence);
}

/* The driver asks right before it does something: this is the moment to look. */
static gboolean may_do(gpointer data)
{
    struct process *process = data;
    struct managers *managers = process->managers;
    guint64 fence = memory_lease_fence(process->lease);

    if (!memory_lease_may_act(process->lease)) {
        managers->refusals++;
        return FALSE;
    }
    if (fence != managers->shared.fence || managers->shared.released)
        note_sin(managers, "one that does not hold the lease acts", process);
    if (fence < managers->acted_fence)
        note_sin(managers, "one acts after its successor did", process);
    managers->acted_fence = fence;
    return TRUE;
}

/* The worst moments to be stopped or killed are those around an action. */
static void tempt_fate(struct managers *managers)
{
    gint64 soon_us = now_us(managers) + sim_random_between(&managers->random, 0, ACTION_US);

    if (managers->options.stop_mean_us > 0 && sim_random_chance(&managers->random, TEMPTED))
        managers->stop_at_us = soon_us;
    if (managers->options.kill_mean_us > 0 && sim_random_chance(&managers->random, TEMPTED))
        managers->kill_at_us = soon_us;
}

static void confirm(gpointer data, void (*confirmed)(gboolean may_act, gpointer asker),
                    gpointer asker)
{
    struct process *process = data;

    tempt_fate(process->managers);
    memory_lease_confirm(process->lease, confirmed, asker);
}

static guint64 fence_of(gpointer data)
{
    return memory_lease_fence(((struct process *)data)->lease);
}

static gboolean may_act(gpointer data)
{
    return memory_lease_may_act(((struct process *)data)->lease);
}

/* MANAGERS_TRACE=1 shows the journals as they are written. */
static void trace(const struct engine_event *event, gpointer data)
{
    const struct process *process = data;
    g_autofree char *time = NULL;

    if (event->kind != ENGINE_EVENT_JOURNAL)
        return;
    time = hours_format(process->managers->hours, event->entry->wall_us, "%H:%M:%S");
    g_printerr("%s %u/%" G_GUINT64_FORMAT " %s%s: %s [%s]\n", time, process->number,
               event->entry->fence, event->entry->alarm ? "ALARM " : "", event->entry->what,
               event->entry->text, event->entry->result);
}

static void say(const struct managers *managers, const char *what, const struct process *process)
{
    g_autofree char *time = NULL;

    if (!g_getenv("MANAGERS_TRACE"))
        return;
    time = hours_format(managers->hours, clock_wall_us(managers->clock), "%H:%M:%S");
    g_printerr("%s %u %s\n", time, process->number, what);
}

static void save(gpointer data)
{
    struct process *process = data;

    if (!process->engine)
        return;
    g_free(process->managers->saved);
    process->managers->saved =
        cluster_file_format(engine_cluster(process->engine), clock_wall_us(process->clock));
    clock_add_timer(process->clock, SAVE_US, save, process);
}

/* As store_load: what was under way then, nobody waits for any more. */
static struct cluster *load(struct managers *managers)
{
    g_autoptr(GError) error = NULL;
    struct cluster *cluster;

    g_unlink(managers->path); /* what is there is not cut short before it is written over */
    g_file_set_contents_full(managers->path, managers->saved, -1, G_FILE_SET_CONTENTS_NONE, 0600,
                             &error);
    g_assert_no_error(error);
    cluster = cluster_file_load(managers->path, NULL, &error);
    g_assert_no_error(error);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (host->state == HOST_WAKING)
            host->state = HOST_OFF;
        else if (host->state == HOST_STOPPING)
            host->state = HOST_ON;
    }
    return cluster;
}

static struct host *own_host(const struct process *process, const struct cluster *cluster)
{
    return process->host ? cluster_find_host(cluster, process->host->name) : NULL;
}

/* As the manager does: what was only a moment's is over. */
static void recover(gpointer data)
{
    struct process *process = data;

    if (!process->engine)
        return;
    engine_step_up(process->engine);
    clock_add_timer(process->clock, CLOCK_SECOND_US, recover, process);
}

static void begin(struct process *process)
{
    const struct engine_guard guard = {confirm, fence_of, may_act, process};
    struct managers *managers = process->managers;
    struct cluster *cluster = load(managers);
    struct engine_config config;

    managers->takeovers++;
    say(managers, "takes over", process);
    cluster_set_manager(cluster, own_host(process, cluster));
    engine_config_init(&config);
    config.migration_control = managers->options.control;
    process->engine =
        engine_new(process->clock, process->driver, cluster, managers->hours, &config, "manager");
    if (g_getenv("MANAGERS_TRACE"))
        engine_listen(process->engine, trace, process);
    engine_set_guard(process->engine, &guard);
    engine_set_mode(process->engine, ENGINE_BY_HOURS);
    engine_start(process->engine);
    clock_add_timer(process->clock, SAVE_US, save, process);
    clock_add_timer(process->clock, CLOCK_SECOND_US, recover, process);
}

static void want(struct process *process)
{
    autoptr(cluster) cluster = load(process->managers);

    memory_lease_want(process->lease,
                      takeover_delay_us(cluster, own_host(process, cluster), STEP_US));
}

static void changed(gboolean mine, gpointer data)
{
    struct process *process = data;

    if (mine) {
        begin(process);
        return;
    }
    say(process->managers, "is deposed", process);
    g_clear_pointer(&process->engine, engine_free);
    want(process);
}

/* --- Their lives ---------------------------------------------------------------------------- */

static void start(struct process *process)
{
    struct managers *managers = process->managers;

    process->clock = clock_new_stepped(CLOSING_US);
    clock_pass(process->clock, now_us(managers));
    process->driver = sim_driver_join(managers->world, process->clock);
    driver_set_may_act_func(process->driver, may_do, process);
    process->lease =
        memory_lease_new(&managers->shared, process->clock, &managers->random, changed, process);
    process->stopped = FALSE;
    process->until_us = G_MAXINT64;
    want(process);
    say(managers, "starts", process);
}

static void vanish(struct process *process)
{
    if (!process->clock)
        return;
    say(process->managers, "is killed", process);
    g_clear_pointer(&process->engine, engine_free);
    g_clear_pointer(&process->lease, memory_lease_free);
    g_clear_pointer(&process->driver, driver_free);
    g_clear_pointer(&process->clock, clock_free);
}

/* --- Chance --------------------------------------------------------------------------------- */

static gint64 after_mean_us(struct managers *managers, gint64 mean_us)
{
    if (mean_us == 0)
        return G_MAXINT64;
    return now_us(managers) +
           (gint64)(-log(1 - sim_random_unit(&managers->random)) * (double)mean_us) + 1;
}

static gboolean is_quiet(const struct managers *managers)
{
    return managers->options.quiet_end &&
           managers_wall_us(managers) >= managers_opening_us(managers) - QUIET_US;
}

static struct process *victim(struct managers *managers)
{
    guint n = managers->options.n;
    struct process *chosen =
        &managers->processes[sim_random_between(&managers->random, 0, (gint64)n - 1)];

    if (!sim_random_chance(&managers->random, AIMED))
        return chosen;
    for (guint i = 0; i < n; i++) {
        struct process *process = &managers->processes[i];
        if (process->engine && memory_lease_fence(process->lease) == managers->shared.fence)
            return process;
    }
    return chosen;
}

static void kill_one(struct managers *managers)
{
    struct process *process = victim(managers);

    managers->kill_at_us = after_mean_us(managers, managers->options.kill_mean_us);
    if (!process->clock || is_quiet(managers))
        return;
    vanish(process);
    managers->kills++;
    process->until_us =
        now_us(managers) + sim_random_between(&managers->random, DOWN_LEAST_US, DOWN_MOST_US);
}

static void stop_one(struct managers *managers)
{
    struct process *process = victim(managers);

    managers->stop_at_us = after_mean_us(managers, managers->options.stop_mean_us);
    if (!process->clock || process->stopped || is_quiet(managers))
        return;
    say(managers, "is stopped", process);
    process->stopped = TRUE;
    managers->stops++;
    process->until_us =
        now_us(managers) +
        sim_random_between(&managers->random, CLOCK_SECOND_US / 10, managers->options.stop_most_us);
}

static void go_on(struct process *process)
{
    struct managers *managers = process->managers;

    process->until_us = G_MAXINT64;
    if (!process->clock && process->host && process->host->power != SIM_ON) {
        return; /* see follow_hosts */
    } else if (!process->clock) {
        start(process);
    } else {
        say(managers, "goes on", process);
        process->stopped = FALSE;
        clock_pass(process->clock, now_us(managers));
    }
}

/* A manager lives and dies with its host. */
static void follow_hosts(struct managers *managers)
{
    for (guint i = 0; i < managers->options.n; i++) {
        struct process *process = &managers->processes[i];
        if (!process->host)
            return;
        if (process->clock && process->host->power == SIM_OFF) {
            vanish(process);
            process->until_us = G_MAXINT64;
        } else if (!process->clock && process->until_us == G_MAXINT64 &&
                   process->host->power == SIM_ON) {
            process->until_us = now_us(managers) + BOOTED_US;
        }
    }
}

/* --- Steps ---------------------------------------------------------------------------------- */

static void pass(struct managers *managers, gint64 until_us)
{
    clock_pass(managers->clock, until_us);
    for (guint i = 0; i < managers->options.n; i++) {
        struct process *process = &managers->processes[i];
        if (process->clock && !process->stopped)
            clock_pass(process->clock, until_us);
    }
}

void managers_step(struct managers *managers)
{
    gint64 next_us = clock_next_us(managers->clock);
    struct clock *clock = managers->clock;
    struct process *waiting = NULL;

    for (guint i = 0; i < managers->options.n; i++) {
        struct process *process = &managers->processes[i];
        if (process->clock && !process->stopped && clock_next_us(process->clock) < next_us) {
            clock = process->clock;
            next_us = clock_next_us(clock);
        }
        if (process->until_us < (waiting ? waiting->until_us : G_MAXINT64))
            waiting = process;
    }
    next_us = MAX(next_us, now_us(managers));
    if (waiting && waiting->until_us <= next_us) {
        pass(managers, waiting->until_us);
        go_on(waiting);
    } else if (managers->kill_at_us <= next_us) {
        pass(managers, managers->kill_at_us);
        kill_one(managers);
    } else if (managers->stop_at_us <= next_us) {
        pass(managers, managers->stop_at_us);
        stop_one(managers);
    } else {
        pass(managers, next_us);
        clock_step(clock);
    }
    follow_hosts(managers);
}

struct managers *managers_new(struct cluster *lab, const struct managers_options *options)
{
    struct managers *managers = g_new0(struct managers, 1);
    struct sim_options sim = {.seed = options->seed};
    g_autoptr(GError) error = NULL;

    energy_config_init(&sim.energy);
    if (options->faults)
        g_assert_true(sim_faults_parse(options->faults, &sim.faults, &error));
    managers->options = *options;
    managers->clock = clock_new_stepped(CLOSING_US);
    managers->hours = hours_new(SIM_ERCOLANI_HOURS, NULL, "UTC", NULL);
    managers->world = sim_driver_new(managers->clock, lab, managers->hours, &sim);
    managers->saved = cluster_file_format(lab, CLOSING_US);
    managers->path = g_strdup_printf("%s/roost-managers-%d.xml", g_get_tmp_dir(), (int)getpid());
    cluster_free(lab);
    sim_random_init(&managers->random, options->seed, SIM_STREAM_LATENCY, 77);
    managers->kill_at_us = after_mean_us(managers, options->kill_mean_us);
    managers->stop_at_us = after_mean_us(managers, options->stop_mean_us);
    managers->processes = g_new0(struct process, options->n);
    for (guint i = 0; i < options->n; i++) {
        struct process *process = &managers->processes[i];
        process->managers = managers;
        process->number = i + 1;
        if (options->inside)
            process->host = g_ptr_array_index(sim_driver_world(managers->world)->hosts, i);
        start(process);
    }
    return managers;
}

void managers_free(struct managers *managers)
{
    for (guint i = 0; i < managers->options.n; i++)
        vanish(&managers->processes[i]);
    driver_free(managers->world);
    hours_free(managers->hours);
    clock_free(managers->clock);
    g_unlink(managers->path);
    g_free(managers->path);
    g_free(managers->saved);
    g_free(managers->processes);
    g_free(managers->sin);
    g_free(managers);
}

gint64 managers_wall_us(const struct managers *managers)
{
    return clock_wall_us(managers->clock);
}

gint64 managers_opening_us(const struct managers *managers)
{
    return hours_next_opening_us(managers->hours, CLOSING_US);
}

struct driver *managers_world(const struct managers *managers)
{
    return managers->world;
}

const char *managers_sin(const struct managers *managers)
{
    const char *what = managers->sin;

    if (!what)
        sim_sins(managers->world, &what);
    return what;
}

guint managers_kills(const struct managers *managers)
{
    return managers->kills;
}

guint managers_stops(const struct managers *managers)
{
    return managers->stops;
}

guint managers_takeovers(const struct managers *managers)
{
    return managers->takeovers;
}

guint managers_refusals(const struct managers *managers)
{
    return managers->refusals;
}
