#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

void engine_config_init(struct engine_config *config)
{
    *config = (struct engine_config){
        .poll_us = 10 * CLOCK_SECOND_US,
        .poll_off_us = 60 * CLOCK_SECOND_US,
        .cycle_us = 60 * CLOCK_SECOND_US,
        .normalize_lead_us = 30 * CLOCK_MINUTE_US,
        .patience_us = 30 * CLOCK_SECOND_US,
        .migrations_in_most = 1,
        .migrations_out_most = 1,
        .migrations_most = 4,
        .migration_timeout_us = 10 * CLOCK_MINUTE_US,
        .timeout_per_gib_us = 30 * CLOCK_SECOND_US,
        .on_timeout = MIGRATE_LATE_CANCEL,
        .on_timeout_home = MIGRATE_LATE_PAUSE,
        .pause_most_us = 30 * CLOCK_SECOND_US,
        .connections = 1,
        .migration_mode = MIGRATE_PRECOPY,
        .migration_control = MIGRATE_DIRECT,
        .auto_converge = TRUE,
        .wake_stagger_us = CLOCK_SECOND_US / 2,
        .boot_timeout_us = 3 * CLOCK_MINUTE_US,
        .wake_tries = 3,
        .off_timeout_us = 2 * CLOCK_MINUTE_US,
        .stop_timeout_us = 2 * CLOCK_MINUTE_US,
        .cut_delay_us = 30 * CLOCK_SECOND_US,
        .migration_tries = 3,
        .retry_us = 15 * CLOCK_SECOND_US,
    };
    policy_config_init(&config->policy);
    energy_config_init(&config->energy);
}

struct engine *engine_new(struct clock *clock, struct driver *driver, struct cluster *cluster,
                          const struct hours *hours, const struct engine_config *config,
                          const char *who)
{
    struct engine *engine = g_new0(struct engine, 1);

    engine->clock = clock;
    engine->driver = driver;
    engine->cluster = cluster;
    engine->hours = hours;
    engine->config = *config;
    engine->who = g_strdup(who ? who : "");
    engine->phase = hours ? hours_phase_at(hours, clock_wall_us(clock), config->normalize_lead_us)
                          : HOURS_CLOSED;
    engine->watches = g_ptr_array_new_with_free_func(watch_free);
    watch_all_anew(engine);
    engine->sightings = g_ptr_array_new_with_free_func((GDestroyNotify)cluster_event_free);
    engine->jobs = g_ptr_array_new();
    engine->vm_tasks = g_hash_table_new(g_str_hash, g_str_equal);
    engine->starting = g_ptr_array_new();
    engine->vm_setbacks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    engine->told_notes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    engine->journal = g_ptr_array_new_with_free_func(note_entry_free);
    engine->listeners = g_array_new(FALSE, FALSE, sizeof(struct listener));
    goal_init(engine);
    return engine;
}

void engine_free(struct engine *engine)
{
    if (!engine)
        return;
    driver_set_changed_func(engine->driver, NULL, NULL);
    automatic_stop(engine);
    clock_cancel_timer(engine->clock, engine->pump_timer);
    for (guint i = 0; i < engine->jobs->len; i++)
        task_free(g_ptr_array_index(engine->jobs, i));
    g_ptr_array_unref(engine->jobs);
    g_ptr_array_unref(engine->watches);
    g_queue_clear(&engine->doomed);
    g_hash_table_unref(engine->vm_tasks);
    g_ptr_array_unref(engine->starting);
    g_hash_table_unref(engine->vm_setbacks);
    g_hash_table_unref(engine->told_notes);
    g_ptr_array_unref(engine->sightings);
    g_ptr_array_unref(engine->journal);
    g_array_unref(engine->listeners);
    g_clear_pointer(&engine->next, g_ptr_array_unref);
    follow_clear(engine);
    goal_clear(engine);
    cluster_free(engine->cluster);
    g_free(engine->last_summary);
    g_free(engine->who);
    g_free(engine);
}

void engine_configure(struct engine *engine, const struct engine_config *config,
                      const struct hours *hours)
{
    engine->config = *config;
    engine->hours = hours;
    goal_configure(engine);
    if (engine->goal.kind == ENGINE_GOAL_NONE && engine->mode != ENGINE_MANUAL)
        planning_cancel(engine, "the configuration was read again");
    automatic_look_again(engine);
    queue_poke(engine);
}

void engine_start(struct engine *engine)
{
    if (engine->started || engine->follow)
        return;
    engine->started = TRUE;
    engine->started_at_us = clock_mono_us(engine->clock);
    driver_set_changed_func(engine->driver, watch_changed, engine);
    engine_refresh_all(engine);
    automatic_start(engine);
}

gboolean engine_has_seen_all(const struct engine *engine)
{
    return engine_count_unseen(engine) == 0;
}

guint engine_count_unseen(const struct engine *engine)
{
    return engine->follow ? follow_unseen(engine) : engine->unseen;
}

guint engine_count_unmeasured(const struct engine *engine)
{
    return engine->follow ? follow_unmeasured(engine) : engine->unmeasured;
}

const struct cluster *engine_cluster(const struct engine *engine)
{
    return engine->cluster;
}

const struct engine_config *engine_settings(const struct engine *engine)
{
    return &engine->config;
}

const struct hours *engine_hours(const struct engine *engine)
{
    return engine->hours;
}

struct clock *engine_clock(const struct engine *engine)
{
    return engine->clock;
}

const char *engine_who(const struct engine *engine)
{
    return engine->who;
}

const GPtrArray *engine_jobs(const struct engine *engine)
{
    return engine->jobs;
}

guint engine_jobs_under_way(const struct engine *engine)
{
    return engine->under_way;
}

guint engine_jobs_running(const struct engine *engine)
{
    return engine->running;
}

const GPtrArray *engine_journal(const struct engine *engine)
{
    return engine->journal;
}

const struct job *engine_job_of_vm(const struct engine *engine, const char *vm)
{
    const struct task *task = g_hash_table_lookup(engine->vm_tasks, vm);

    return task ? &task->job : NULL;
}

/* One that runs is more telling than one that waits, and power more than a VM that comes or goes.
 */
const struct job *engine_job_of_host(const struct engine *engine, const char *host)
{
    const struct watch *watch = watch_find(engine, host);
    const struct task *best = NULL;

    for (guint i = 0; watch && i < watch->tasks->len; i++) {
        const struct task *task = g_ptr_array_index(watch->tasks, i);
        gboolean power = job_is_power(&task->job);
        if (!best || task->job.state > best->job.state ||
            (task->job.state == best->job.state && power && !job_is_power(&best->job)))
            best = task;
    }
    return best ? &best->job : NULL;
}

struct plan *engine_plan(const struct engine *engine, gboolean normalize)
{
    return planning_make(engine, normalize, FALSE, NULL);
}

struct plan *engine_plan_drain(const struct engine *engine, const char *host)
{
    const struct watch *watch = watch_find(engine, host);

    return watch ? planning_drain(engine, watch->host) : NULL;
}

/* --- Hosts that come and go --- */

static void begin_watching(struct engine *engine, struct host *host)
{
    struct watch *watch = watch_new(engine, host);
    g_autofree char *object = g_strdup_printf("host %s", host->name);

    g_ptr_array_add(engine->watches, watch);
    engine->unseen++;
    note(engine, "host", object, engine->who, "done", FALSE, "host %s (%s) was added", host->name,
         host->address);
    if (engine->started)
        watch_ask(watch);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

gboolean engine_adopt_host(struct engine *engine, const struct host *known, GError **error)
{
    struct host *host;

    if (guard_refuses(engine, error))
        return FALSE;
    if (engine->follow)
        return follow_order(engine, &(const struct order){.kind = ORDER_ADD_HOST,
                                                          .host = known->name,
                                                          .text = known->address}) != 0;
    host = cluster_adopt_host(engine->cluster, known, error);
    if (host)
        begin_watching(engine, host);
    return host != NULL;
}

gboolean engine_add_host(struct engine *engine, const char *name, const char *address,
                         GError **error)
{
    struct host *host;

    if (guard_refuses(engine, error))
        return FALSE;
    if (engine->follow)
        return follow_order(engine, &(const struct order){.kind = ORDER_ADD_HOST,
                                                          .host = (char *)name,
                                                          .text = (char *)address}) != 0;
    host = cluster_add_host(engine->cluster, name, address, error);
    if (host)
        begin_watching(engine, host);
    return host != NULL;
}

void engine_set_manager_host(struct engine *engine, const char *host)
{
    struct host *found = host ? cluster_find_host(engine->cluster, host) : NULL;

    if (engine->follow || cluster_manager(engine->cluster) == found)
        return;
    cluster_set_manager(engine->cluster, found);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

gboolean engine_remove_host(struct engine *engine, const char *host, GError **error)
{
    struct watch *watch = watch_find(engine, host);
    g_autofree char *object = NULL;
    struct host *removed;

    if (guard_refuses(engine, error))
        return FALSE;
    if (!watch) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no host \"%s\" in the cluster",
                    host ? host : "");
        return FALSE;
    }
    if (watch->tasks->len > 0) {
        const struct task *task = g_ptr_array_index(watch->tasks, 0);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "host %s: job %u is under way there: cancel it, or wait for it",
                    watch->host->name, task->job.id);
        return FALSE;
    }
    if (engine->follow)
        return follow_order(engine, &(const struct order){.kind = ORDER_REMOVE_HOST,
                                                          .host = watch->host->name}) != 0;
    removed = watch->host;
    object = g_strdup_printf("host %s", removed->name);
    driver_forget(engine->driver, removed->address);
    engine->unseen -= watch->answered == 0 ? 1 : 0;
    engine->unmeasured -= watch->unmeasured ? 1 : 0;
    g_ptr_array_remove_index(engine->watches, removed->index); /* frees the watch */
    cluster_remove_host(engine->cluster, removed);
    note(engine, "host", object, engine->who, "done", FALSE, "%s was taken out", object);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
    return TRUE;
}
