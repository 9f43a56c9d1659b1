/* wake.c - a host from off to on: magic packets, then its answer, or giving up aloud. */
#include "core/engine/engine_internal.h"

/* Whatever else is under way with the host, its switching off, comes first. */
static gboolean wake_may_start(const struct task *task)
{
    for (guint i = 0; i < task->from->tasks->len; i++) {
        const struct task *other = g_ptr_array_index(task->from->tasks, i);
        if (other != task && job_is_power(&other->job) && other->stage >= TASK_ASKING)
            return FALSE;
    }
    return TRUE;
}

static gboolean wake_takes_facts(struct task *task)
{
    (void)task;
    return FALSE;
}

static void wake_sent(const char *ways, const GError *error, gpointer handle)
{
    struct task *task = task_take_answer(handle, error);

    if (!task)
        return;
    if (ways) {
        g_free(task->ways);
        task->ways = g_strdup(ways);
    }
    if (error)
        task_say(task, "%s", error->message);
    watch_poll_within(task->from, EAGER_POLL_US);
}

static gint64 packet_period_us(const struct engine *engine)
{
    return engine->config.boot_timeout_us / MAX(engine->config.wake_tries, 1);
}

static void wake_send(struct task *task)
{
    const struct host *host = task->from->host;
    g_autoptr(GPtrArray) relays = relay_list(task->engine, host, task->job.attempt);
    const struct wake_request request = {
        .address = host->address,
        .mac = host->mac,
        .broadcast = host->broadcast,
        .relays = (const char *const *)relays->pdata,
        .attempt = task->job.attempt,
    };

    task->operation = driver_wake(task->engine->driver, &request, wake_sent, task_new_handle(task));
    task_arm(task, packet_period_us(task->engine));
}

static void wake_begin(struct task *task)
{
    struct engine *engine = task->engine;
    struct host *host = task->from->host;
    enum check_reason reason = check_wake(host);

    if (host->state == HOST_ON) {
        task_end(task, TASK_END_DONE, "it is on already");
        return;
    }
    if (!task_may_pass(task, reason)) {
        g_autofree char *why = check_explain(reason, NULL, host, task_policy(task));
        task_end(task, TASK_END_REFUSED, "%s", why);
        return;
    }
    if (!guard_gives_leave(task, queue_begin))
        return;
    /* A host that only fails to answer is not called waking: its VMs may well run there. */
    task->was_off = host->state == HOST_OFF;
    if (task->was_off)
        host_set_state(host, HOST_WAKING, clock_mono_us(engine->clock));
    task->from->eager++;
    task->deadline_us = clock_mono_us(engine->clock) + engine->config.boot_timeout_us;
    task_set_state(task, TASK_ACTING, JOB_RUNNING);
    if (task->stage == TASK_ACTING)
        wake_send(task);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

static void wake_stop(struct task *task)
{
    struct host *host = task->from->host;

    task->from->eager--;
    if (task->was_off && host->state == HOST_WAKING) {
        const char *complaint = task->from->complaint;
        /* One that says something is on, though nothing can be done with it. */
        host_set_state(host, complaint ? HOST_UNREACHABLE : HOST_OFF,
                       clock_mono_us(task->engine->clock));
        if (complaint) {
            g_free(host->trouble);
            host->trouble = g_strdup(complaint);
        }
        engine_emit(task->engine, ENGINE_EVENT_MODEL, NULL, NULL);
    }
}

static void wake_seen(struct task *task)
{
    struct host *host = task->from->host;
    gint64 now_us = clock_mono_us(task->engine->clock);

    if (host->state != HOST_ON)
        return;
    task->from->eager--;
    if (task->was_off) {
        if (host->wake != HOST_WAKE_COMMAND) /* that needs no proof of its card */
            host->wake = HOST_WAKE_PROVEN;
        host->woken_at_us = now_us;
    }
    task_end(task, TASK_END_DONE, "it answers after %.0f s%s%s",
             (double)(now_us - task->job.started_at_us) / CLOCK_SECOND_US, task->ways ? ": " : "",
             task->ways ? task->ways : "");
}

static void wake_late(struct task *task)
{
    struct engine *engine = task->engine;
    guint tries = task->job.attempt;

    if (task->job.cancel_asked) {
        wake_stop(task);
        task_end(task, TASK_END_CANCELLED, "it may still come on");
        return;
    }
    if (tries < engine->config.wake_tries && clock_mono_us(engine->clock) < task->deadline_us) {
        task->job.attempt++;
        task_say(task, "no answer yet, try %u of %u", tries + 1, engine->config.wake_tries);
        if (task->stage == TASK_ACTING)
            wake_send(task);
        return;
    }
    wake_stop(task);
    if (task->trouble)
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
    else if (task->from->complaint)
        task_end(task, TASK_END_FAILED, "host %s has come on, but cannot be used: %s",
                 task->from->host->name, task->from->complaint);
    else
        task_end(task, TASK_END_FAILED,
                 "host %s does not come on (tries: %u, the last: %s): is it plugged in, and armed?",
                 task->from->host->name, tries, task->ways ? task->ways : "not sent");
}

const struct task_ops wake_task_ops = {
    .may_start = wake_may_start,
    .takes_facts = wake_takes_facts,
    .begin = wake_begin,
    .seen = wake_seen,
    .late = wake_late,
};
