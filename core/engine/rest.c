/* rest.c - what the autopilot leaves alone for a while, and why: what is under way, and setbacks.
 */
#include "core/engine/engine_internal.h"

/* --- Setbacks --- */

gboolean setback_holds(const struct setback *setback, gint64 now_us)
{
    return setback->until_us > now_us;
}

static void setback_add(struct engine *engine, struct setback *setback, gint64 base_us)
{
    gint64 most_us = engine->phase == HOURS_PREPARING ? BACKOFF_MOST_PREPARING_US : BACKOFF_MOST_US;
    gint64 rest_us = base_us << MIN(setback->count, 10);

    setback->count++;
    setback->until_us = clock_mono_us(engine->clock) + MIN(rest_us, most_us);
}

static char *setback_explain(const struct setback *setback, gint64 now_us)
{
    return g_strdup_printf("a job %s; it is tried again in %.0f s",
                           setback->count > 0 ? "failed lately" : "was taken back",
                           (double)(setback->until_us - now_us) / CLOCK_SECOND_US);
}

static struct setback *setback_of(const struct task *task)
{
    GHashTable *vms = task->engine->vm_setbacks;
    struct setback *setback;

    if (task->job.kind == JOB_WAKE)
        return &task->from->wake_setback;
    if (task->job.kind == JOB_OFF)
        return &task->from->off_setback;
    setback = g_hash_table_lookup(vms, task->job.vm);
    if (!setback) {
        setback = g_new0(struct setback, 1);
        g_hash_table_insert(vms, g_strdup(task->job.vm), setback);
    }
    return setback;
}

/*
 * By night a host that does not come on rests as long as a boot may take, so that another one is
 * taken; when everything must be on there is no other to take.
 */
static gint64 rest_base_us(const struct task *task)
{
    const struct engine *engine = task->engine;

    if (task->job.kind == JOB_WAKE && engine->phase == HOURS_CLOSED)
        return MAX(engine->config.retry_us, engine->config.boot_timeout_us);
    return engine->config.retry_us;
}

static void forget_setback(const struct task *task)
{
    if (task->job.kind == JOB_MIGRATE)
        g_hash_table_remove(task->engine->vm_setbacks, task->job.vm);
    else
        *setback_of(task) = (struct setback){0};
}

void rest_note_end(const struct task *task, enum task_end end)
{
    if (task->job.kind >= JOB_START)
        return; /* by hand, and it says nothing of moving the VM */
    switch (end) {
    case TASK_END_DONE:
        forget_setback(task);
        break;
    case TASK_END_REFUSED:
    case TASK_END_FAILED:
        setback_add(task->engine, setback_of(task), rest_base_us(task));
        break;
    case TASK_END_CANCELLED:
        /* The operator did not want it: not at once again. */
        if (task->planned && !task->for_goal)
            setback_of(task)->until_us = clock_mono_us(task->engine->clock) + BACKOFF_MOST_US;
        break;
    case TASK_END_SUPERSEDED:
        break;
    }
}

void rest_forget_setbacks(struct engine *engine)
{
    g_hash_table_remove_all(engine->vm_setbacks);
    for (guint i = 0; i < engine->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(engine->watches, i);
        watch->wake_setback = (struct setback){0};
        watch->off_setback = (struct setback){0};
    }
}

/* --- What rests now --- */

/*
 * The autopilot waits until what is under way with a host is over. An operator who empties one
 * host after the other does not: there room is made sure of when each move starts.
 */
static const struct task *task_to_wait_for(const struct watch *watch, enum plan_kind kind)
{
    if (kind == PLAN_DRAIN)
        return task_find_for_power(watch);
    return watch->tasks->len > 0 ? g_ptr_array_index(watch->tasks, 0) : NULL;
}

/* NULL when the host does not rest. Free it. */
static char *why_host_rests(const struct watch *watch, enum plan_kind kind, gboolean for_goal)
{
    const struct task *task = task_to_wait_for(watch, kind);
    gint64 now_us = clock_mono_us(watch->engine->clock);

    if (task)
        return g_strdup_printf("job %u is under way there", task->job.id);
    if (watch_is_settling(watch))
        return g_strdup("it has just come back and may still be starting VMs");
    if (kind == PLAN_DRAIN)
        return NULL;
    if (for_goal)
        return goal_gave_up(watch->engine, "host", watch->host->name)
                   ? g_strdup("it was tried and did not work")
                   : NULL;
    if (setback_holds(&watch->wake_setback, now_us))
        return setback_explain(&watch->wake_setback, now_us);
    if (kind != PLAN_NORMALIZE && setback_holds(&watch->off_setback, now_us))
        return setback_explain(&watch->off_setback, now_us);
    return NULL;
}

/* A drain is decided once, and does not wait: it takes a host that is not being woken. */
static gboolean is_being_woken(const struct watch *watch, enum plan_kind kind)
{
    const struct task *task = kind == PLAN_DRAIN ? NULL : task_find_for_power(watch);

    return task && task->job.kind == JOB_WAKE;
}

static void add_hosts(const struct engine *engine, struct rests *rests, enum plan_kind kind,
                      gboolean for_goal, const struct host *except)
{
    for (guint i = 0; i < engine->watches->len; i++) {
        const struct watch *watch = g_ptr_array_index(engine->watches, i);
        g_autofree char *why = NULL;
        /* What is in maintenance is left alone anyway; a host that is drained may be. */
        if (watch->host == except || watch->host->maintenance)
            continue;
        why = why_host_rests(watch, kind, for_goal);
        if (!why)
            continue;
        rests_add_host(rests, watch->host, g_steal_pointer(&why));
        if (is_being_woken(watch, kind))
            rests_add_waking(rests, watch->host);
    }
}

static void add_vms(const struct engine *engine, struct rests *rests)
{
    gint64 now_us = clock_mono_us(engine->clock);
    GHashTableIter iter;
    gpointer name, setback;

    g_hash_table_iter_init(&iter, engine->vm_setbacks);
    while (g_hash_table_iter_next(&iter, &name, &setback)) {
        const struct vm *vm = cluster_find_vm(engine->cluster, name);
        if (vm && setback_holds(setback, now_us))
            rests_add_vm(rests, vm, setback_explain(setback, now_us));
    }
}

struct rests *rest_list(const struct engine *engine, enum plan_kind kind, gboolean for_goal,
                        const struct host *except)
{
    struct rests *rests = rests_new();

    add_hosts(engine, rests, kind, for_goal, except);
    if (for_goal)
        goal_add_rests(engine, rests);
    else if (kind != PLAN_DRAIN)
        add_vms(engine, rests);
    return rests;
}
