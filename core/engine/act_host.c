/* act_host.c - what an operator asks of hosts by hand. */
#include "core/engine/act.h"
#include "core/engine/follow.h"

static void push_aside_all(struct watch *watch)
{
    g_autoptr(GPtrArray) tasks = g_ptr_array_copy(watch->tasks, NULL, NULL);

    for (guint i = 0; i < tasks->len; i++) {
        struct task *task = g_ptr_array_index(tasks, i);
        if (task->stage != TASK_OVER && act_gives_way(task))
            act_push_aside(task);
    }
}

static gboolean is_host_free(struct watch *watch, GError **error)
{
    for (guint i = 0; i < watch->tasks->len; i++) {
        if (act_is_in_the_way(g_ptr_array_index(watch->tasks, i), error)) {
            g_prefix_error(error, "host %s: ", watch->host->name);
            return FALSE;
        }
    }
    return TRUE;
}

static guint submit_power(struct watch *watch, enum job_kind kind, enum check_reason reason,
                          gboolean force, GError **error)
{
    struct engine *engine = watch->engine;
    struct task *task;

    if (!act_is_allowed(engine, reason, force, NULL, watch->host, error))
        return 0;
    if (engine->follow)
        return follow_order(engine,
                            &(const struct order){.kind = kind == JOB_WAKE ? ORDER_WAKE : ORDER_OFF,
                                                  .host = watch->host->name,
                                                  .force = force});
    push_aside_all(watch);
    task = act_task_new(watch, kind, force);
    task_submit(task, NULL);
    return task->job.id;
}

guint engine_wake(struct engine *engine, const char *host, GError **error)
{
    struct watch *watch = act_find_host(engine, host, error);

    if (guard_refuses(engine, error) || !watch || !is_host_free(watch, error))
        return 0;
    return submit_power(watch, JOB_WAKE, check_wake(watch->host), FALSE, error);
}

guint engine_power_off(struct engine *engine, const char *host, gboolean force, GError **error)
{
    struct watch *watch = act_find_host(engine, host, error);
    enum check_reason reason;

    if (guard_refuses(engine, error) || !watch || !is_host_free(watch, error))
        return 0;
    reason =
        check_power_off(watch->host, &engine->config.policy, clock_mono_us(engine->clock), FALSE);
    if (engine_may_cut(engine, watch->host) && !force) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "host %s: it does not answer, so nobody can say what runs there (force has its "
                    "power cut)",
                    watch->host->name);
        return 0;
    }
    if (engine_may_cut(engine, watch->host))
        reason = CHECK_OK;
    return submit_power(watch, JOB_OFF, reason, force, error);
}

static void set_maintenance(struct watch *watch, gboolean on)
{
    struct engine *engine = watch->engine;
    g_autofree char *object = g_strdup_printf("host %s", watch->host->name);

    if (watch->host->maintenance == on)
        return;
    watch->host->maintenance = on;
    note(engine, "host", object, engine->who, "", FALSE,
         on ? "host %s is in maintenance: the autopilot leaves it alone"
            : "host %s is out of maintenance",
         watch->host->name);
    if (on)
        push_aside_all(watch);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

void engine_set_maintenance(struct engine *engine, const char *host, gboolean on)
{
    struct watch *watch = watch_find(engine, host);

    if (guard_refuses(engine, NULL))
        return;
    if (watch && engine->follow)
        follow_order(engine, &(const struct order){
                                 .kind = ORDER_MAINTENANCE, .host = watch->host->name, .on = on});
    else if (watch)
        set_maintenance(watch, on);
}

static void note_refusals(struct engine *engine, const struct plan *plan)
{
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        note(engine, "plan", refusal->subject, engine->who, "refused", FALSE, "%s: %s",
             refusal->subject, refusal->why);
    }
}

gboolean engine_drain(struct engine *engine, const char *host, GError **error)
{
    struct watch *watch = act_find_host(engine, host, error);
    autoptr(plan) plan = NULL;

    if (guard_refuses(engine, error) || !watch)
        return FALSE;
    if (engine->follow)
        return follow_order(engine, &(const struct order){.kind = ORDER_DRAIN,
                                                          .host = watch->host->name}) != 0;
    set_maintenance(watch, TRUE);
    if (host_active_vms(watch->host) == 0)
        return TRUE;
    plan = planning_drain(engine, watch->host);
    note_refusals(engine, plan);
    if (planning_submit(engine, plan, FALSE, engine->who) > 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "host %s cannot be emptied: %s",
                watch->host->name, plan->summary ? plan->summary : "its VMs fit nowhere");
    return FALSE;
}
