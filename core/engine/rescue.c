/*
 * rescue.c - hosts that should be on and do not answer.
 *
 * A magic packet does nothing to a host that lives and only fails to answer, and brings back one
 * that lost its power, with the VMs that start with it. Its VMs are never started elsewhere: as
 * long as nobody knows that the host is dead, they may well be running.
 */
#include "core/engine/engine_internal.h"

/* How long a host must have been unreachable before it is woken: a hiccup needs no packet. */
#define RESCUE_AFTER_US (30 * CLOCK_SECOND_US)

static gboolean may_be_rescued(const struct host *host)
{
    return host->state == HOST_UNREACHABLE && !host->maintenance && check_wake(host) == CHECK_OK;
}

static gboolean is_due(const struct watch *watch, gboolean everything, gboolean for_goal)
{
    const struct host *host = watch->host;
    gint64 now_us = clock_mono_us(watch->engine->clock);

    if (!may_be_rescued(host) || watch->tasks->len > 0 ||
        now_us - host->state_since_us < RESCUE_AFTER_US)
        return FALSE;
    if (for_goal)
        return !goal_gave_up(watch->engine, "host", host->name);
    return (everything || host_active_vms(host) > 0) &&
           !setback_holds(&watch->wake_setback, now_us);
}

static void tell(struct watch *watch, const char *who)
{
    g_autofree char *object = g_strdup_printf("host %s", watch->host->name);

    if (!watch->rescue_told)
        note(watch->engine, "alarm", object, who, "", TRUE,
             "host %s does not answer (VMs that were running there: %u): trying to wake it",
             watch->host->name, host_active_vms(watch->host));
    watch->rescue_told = TRUE;
}

guint rescue_hosts(struct engine *engine, gboolean everything, gboolean for_goal)
{
    const char *who = for_goal ? engine->who : AUTOPILOT;
    guint rescued = 0;

    for (guint i = 0; i < engine->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(engine->watches, i);
        struct task *task;
        if (!is_due(watch, everything, for_goal))
            continue;
        tell(watch, who);
        task = task_new(engine, JOB_WAKE, JOB_AUTOMATIC, watch, who, "it does not answer");
        task->for_goal = task->planned = for_goal;
        engine->plan_left += for_goal ? 1 : 0;
        task_submit(task, NULL);
        rescued++;
    }
    return rescued;
}

gboolean rescue_is_needed(const struct engine *engine)
{
    for (guint i = 0; i < engine->cluster->hosts->len; i++) {
        if (may_be_rescued(g_ptr_array_index(engine->cluster->hosts, i)))
            return TRUE;
    }
    return FALSE;
}
