#include "tests/support/engine_lab.h"

#define START_WALL_US (G_GINT64_CONSTANT(1772452800) * G_USEC_PER_SEC) /* 2026-03-02 12:00 UTC */
#define DAY_US        (24 * CLOCK_HOUR_US)

struct lab *lab_new(guint n_hosts, gboolean with_vms)
{
    struct lab *lab = g_new0(struct lab, 1);

    lab->clock = clock_new_stepped(START_WALL_US);
    lab->fake = fake_driver_new(lab->clock);
    lab->n_hosts = n_hosts;
    engine_config_init(&lab->config);
    for (guint i = 1; i <= n_hosts; i++) {
        g_autofree char *name = g_strdup_printf("pc%u", i);
        g_autofree char *address = g_strdup_printf("10.0.%u.%u", i / 200, i % 200 + 1);
        g_autofree char *vm = g_strdup_printf("vm%u", i);
        struct fake_host *host = fake_host_add(lab->fake, name, address);
        if (with_vms)
            fake_vm_add(host, vm, 256);
    }
    return lab;
}

void lab_free(struct lab *lab)
{
    g_assert_cmpstr(lab->fake->sin, ==, NULL);
    engine_free(lab->engine);
    driver_free(&lab->fake->base);
    clock_free(lab->clock);
    hours_free(lab->hours);
    g_free(lab);
}

/* LAB_TRACE=1 shows the journal as it is written. */
static void trace(const struct engine_event *event, gpointer data)
{
    struct lab *lab = data;

    if (event->kind == ENGINE_EVENT_JOURNAL)
        g_printerr("%9.3f %s%s: %s [%s]\n", (double)clock_mono_us(lab->clock) / CLOCK_SECOND_US,
                   event->entry->alarm ? "ALARM " : "", event->entry->what, event->entry->text,
                   event->entry->result);
}

void lab_start(struct lab *lab)
{
    struct cluster *cluster = cluster_new("lab");

    for (guint i = 0; i < lab->fake->hosts->len; i++) {
        const struct fake_host *host = g_ptr_array_index(lab->fake->hosts, i);
        struct host *added = cluster_add_host(cluster, host->name, host->address, NULL);
        added->mac = g_strdup(host->mac);
        added->wake = host->wake;
    }
    lab->engine =
        engine_new(lab->clock, &lab->fake->base, cluster, lab->hours, &lab->config, "ana");
    if (g_getenv("LAB_TRACE"))
        engine_listen(lab->engine, trace, lab);
    engine_start(lab->engine);
    while (!engine_has_seen_all(lab->engine) && clock_mono_us(lab->clock) < CLOCK_SECOND_US)
        g_assert_true(clock_step(lab->clock));
}

struct fake_host *lab_host(struct lab *lab, guint number)
{
    return g_ptr_array_index(lab->fake->hosts, number - 1);
}

const struct host *lab_seen(struct lab *lab, guint number)
{
    return g_ptr_array_index(engine_cluster(lab->engine)->hosts, number - 1);
}

const struct vm *lab_seen_vm(struct lab *lab, const char *name)
{
    return cluster_find_vm(engine_cluster(lab->engine), name);
}

static void reached(gpointer data)
{
    *(gboolean *)data = TRUE;
}

void lab_run(struct lab *lab, gint64 for_us)
{
    gboolean there = FALSE;

    clock_add_timer(lab->clock, for_us, reached, &there);
    while (!there)
        g_assert_true(clock_step(lab->clock));
}

void lab_run_jobs(struct lab *lab)
{
    gint64 until_us = clock_mono_us(lab->clock) + DAY_US;

    while (engine_jobs_under_way(lab->engine) > 0) {
        g_assert_true(clock_step(lab->clock));
        g_assert_cmpint(clock_mono_us(lab->clock), <, until_us);
    }
}

void lab_run_goal(struct lab *lab, enum engine_goal goal)
{
    gint64 until_us = clock_mono_us(lab->clock) + DAY_US;

    engine_set_goal(lab->engine, goal);
    while (engine_goal(lab->engine) != ENGINE_GOAL_NONE) {
        g_assert_true(clock_step(lab->clock));
        g_assert_cmpint(clock_mono_us(lab->clock), <, until_us);
    }
}

void lab_run_until(struct lab *lab, guint hour, guint minute)
{
    gint64 at_us = (gint64)hour * CLOCK_HOUR_US + (gint64)minute * CLOCK_MINUTE_US;
    gint64 now_us = clock_wall_us(lab->clock) % DAY_US;

    lab_run(lab, at_us > now_us ? at_us - now_us : at_us - now_us + DAY_US);
}

const struct job *lab_job(struct lab *lab, guint id)
{
    const struct job *job = engine_find_job(lab->engine, id);

    g_assert_nonnull(job);
    return job;
}

guint lab_journal_has(struct lab *lab, const char *text)
{
    const GPtrArray *journal = engine_journal(lab->engine);
    guint found = 0;

    for (guint i = 0; i < journal->len; i++) {
        const struct journal_entry *entry = g_ptr_array_index(journal, i);
        found +=
            strstr(entry->text, text) || strstr(entry->what, text) || strstr(entry->result, text);
    }
    return found;
}

guint lab_alarms(struct lab *lab)
{
    const GPtrArray *journal = engine_journal(lab->engine);
    guint alarms = 0;

    for (guint i = 0; i < journal->len; i++)
        alarms += ((const struct journal_entry *)g_ptr_array_index(journal, i))->alarm;
    return alarms;
}

guint lab_seen_on(struct lab *lab)
{
    guint on = 0;

    for (guint i = 1; i <= lab->n_hosts; i++)
        on += lab_seen(lab, i)->state == HOST_ON;
    return on;
}
