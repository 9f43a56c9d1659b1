/*
 * off.c - a host from on to off: asked once more, told, and believed only when it is silent; then,
 * where a command for it is configured, its power is cut.
 *
 * A host that said "going on" when it was told is probed: its kernel answers within milliseconds
 * for as long as it runs. One lost packet proves nothing, so several probes in a row must stay
 * without an answer. Where the connection broke before it said so, nobody knows whether it heard,
 * and only what the usual questions find counts.
 */
#include "core/engine/engine_internal.h"

/* Each probe sends one packet; in all they span longer than a switch takes to learn a new path. */
#define PROBE_US       (CLOCK_SECOND_US / 2)
#define PROBES_SILENT  6
#define PROBE_AGAIN_US (CLOCK_SECOND_US / 10)
#define PROBE_ALIVE_US CLOCK_SECOND_US /* it is still closing down */

/*
 * A command that failed may have worked all the same: "ssh pc poweroff" breaks off when the host
 * goes. So long is it watched for falling silent before the failure counts.
 */
#define FAILED_LINGER_US (10 * CLOCK_SECOND_US)

enum proof {
    PROOF_WATCH,  /* it may not have been told: the usual questions */
    PROOF_PROBE,  /* is it silent yet? */
    PROOF_SETTLE, /* silent, and its disks get time before its power is cut */
    PROOF_LAST,   /* still silent? Then it is cut */
};

static void off_probe(struct task *task);

/* Whatever else is under way with the host comes first. */
static gboolean off_may_start(const struct task *task)
{
    for (guint i = 0; i < task->from->tasks->len; i++) {
        const struct task *other = g_ptr_array_index(task->from->tasks, i);
        if (other != task && (other->stage >= TASK_ASKING || other->job.turn < task->job.turn))
            return FALSE;
    }
    return TRUE;
}

/* Nobody can be asked any more: the operator answers for what runs there. */
static gboolean is_given_up(const struct task *task)
{
    return task->job.force && engine_may_cut(task->engine, task->from->host);
}

static gboolean off_takes_facts(struct task *task)
{
    if (is_given_up(task))
        return FALSE;
    task->from_wants = watch_ask_since(task->from, clock_mono_us(task->engine->clock));
    return TRUE;
}

/* It goes on as if nothing had been said. */
static void off_undo(struct task *task)
{
    struct host *host = task->from->host;

    if (host->state != HOST_STOPPING)
        return;
    host_set_state(host, HOST_ON, clock_mono_us(task->engine->clock));
    watch_poll_within(task->from, EAGER_POLL_US);
    engine_emit(task->engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

/* --- Cutting its power --- */

gboolean engine_may_cut(const struct engine *engine, const struct host *host)
{
    return host->state == HOST_UNREACHABLE && driver_can_cut(engine->driver, host->address);
}

static void off_is_cut(const GError *error, gpointer handle)
{
    struct task *task = task_take_answer(handle, error);

    if (!task)
        return;
    if (task->trouble) {
        task_end(task, TASK_END_FAILED, "its power is not cut: %s", task->trouble);
    } else if (task->proof == PROOF_LAST) {
        task_end(task, TASK_END_DONE, "it is silent, and its power is cut");
    } else { /* it was given up: now it must fall silent */
        task->cut = TRUE;
        task->deadline_us =
            clock_mono_us(task->engine->clock) + task->engine->config.off_timeout_us;
        task_set_state(task, TASK_PROVING, JOB_VERIFYING);
        if (task->stage == TASK_PROVING)
            off_probe(task);
    }
}

static void off_cut(struct task *task)
{
    if (!guard_gives_leave(task, off_cut))
        return;
    task_set_state(task, TASK_ACTING, task->job.state);
    task_say(task, "its power is being cut");
    if (task->stage != TASK_ACTING)
        return;
    task_disarm(task); /* the driver's own deadline holds */
    task->operation = driver_cut(task->engine->driver, task->from->host->address, off_is_cut,
                                 task_new_handle(task));
}

/* --- Silence --- */

static void off_conclude(struct task *task)
{
    const struct host *host = task->from->host;

    if (task->cut)
        task_end(task, TASK_END_DONE, "its power is cut, and it is silent");
    else if (host->state != HOST_OFF)
        task_end(task, TASK_END_FAILED, "it is silent, but VMs were seen on it: %u",
                 host_active_vms(host));
    else if (!driver_can_cut(task->engine->driver, host->address))
        task_end(task, TASK_END_DONE, "it is silent");
    else {
        task->proof = PROOF_SETTLE;
        task_say(task, "it is silent; its power is cut in %.0f s",
                 (double)task->engine->config.cut_delay_us / CLOCK_SECOND_US);
        if (task->stage != TASK_OVER)
            task_arm(task, task->engine->config.cut_delay_us);
    }
}

static void off_is_back(struct task *task)
{
    watch_poll_within(task->from, EAGER_POLL_US);
    task_end(task, TASK_END_FAILED, "it answers again, and so its power is not cut");
}

static void off_count_silence(struct task *task, gboolean silent)
{
    g_clear_pointer(&task->trouble, g_free);
    task->silences = silent ? task->silences + 1 : 0;
    if (!silent && task->proof == PROOF_LAST) {
        off_is_back(task);
    } else if (task->silences < PROBES_SILENT) {
        task_arm(task, silent ? PROBE_AGAIN_US : PROBE_ALIVE_US);
    } else if (task->proof == PROOF_LAST) {
        off_cut(task);
    } else {
        watch_is_gone(task->from);
        if (task->stage == TASK_PROVING)
            off_conclude(task);
    }
}

/* Our own network is down: neither a sign of life nor silence. */
static void off_cannot_ask(struct task *task, const GError *error)
{
    task->silences = 0;
    g_free(task->trouble);
    task->trouble = g_strdup(error->message);
    task_arm(task, PROBE_ALIVE_US);
}

static void off_probed(const GError *error, gpointer handle)
{
    struct task *task = handle_owner(handle);

    if (!task)
        return;
    handle_drop(task->handle);
    task->handle = NULL;
    task->operation = 0;
    if (task->stage != TASK_PROVING || (task->proof != PROOF_PROBE && task->proof != PROOF_LAST))
        return;
    if (error && error->code == ROOST_ERROR_FAILED)
        off_cannot_ask(task, error);
    else
        off_count_silence(task, error != NULL);
}

static void off_probe(struct task *task)
{
    if (task->proof == PROOF_WATCH)
        task->proof = PROOF_PROBE;
    task->operation = driver_probe(task->engine->driver, task->from->host->address, PROBE_US,
                                   off_probed, task_new_handle(task));
}

/* --- Telling it --- */

/* When the connection broke, or a command failed, it may have been the host closing down. */
static gboolean perhaps_told(const struct task *task)
{
    return !task->trouble || task->trouble_code == ROOST_ERROR_TIMEOUT ||
           task->trouble_code == ROOST_ERROR_UNREACHABLE ||
           task->trouble_code == ROOST_ERROR_ABSENT || task->trouble_code == ROOST_ERROR_FAILED;
}

static void off_prove(struct task *task)
{
    gboolean failed = task->trouble && task->trouble_code == ROOST_ERROR_FAILED;
    gboolean probes = !task->trouble || failed;
    gint64 most_us = failed ? FAILED_LINGER_US : task->engine->config.off_timeout_us;

    task->deadline_us = clock_mono_us(task->engine->clock) + most_us;
    task_arm(task, probes ? PROBE_AGAIN_US : most_us);
    if (probes)
        task->proof = PROOF_PROBE;
    if (failed)
        task->off_failure = g_steal_pointer(&task->trouble);
    task_set_state(task, TASK_PROVING, JOB_VERIFYING);
    watch_poll_within(task->from, EAGER_POLL_US);
    if (task->stage == TASK_PROVING && task->from->host->state == HOST_OFF)
        off_conclude(task);
}

static void off_answered(const GError *error, gpointer handle)
{
    struct task *task = task_take_answer(handle, error);

    if (!task)
        return;
    if (perhaps_told(task)) {
        off_prove(task);
        return;
    }
    off_undo(task);
    if (task->job.cancel_asked || task->trouble_code == ROOST_ERROR_CANCELLED)
        task_end(task, TASK_END_CANCELLED, "it stays on");
    else if (task->trouble_code == ROOST_ERROR_REFUSED)
        task_end(task, TASK_END_REFUSED, "%s", task->trouble);
    else
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
}

static void off_tell(struct task *task)
{
    struct engine *engine = task->engine;
    struct host *host = task->from->host;

    task->from->silences = 0;
    host_set_state(host, HOST_STOPPING, clock_mono_us(engine->clock));
    task->operation = driver_power_off(engine->driver, host->address, task->job.force, off_answered,
                                       task_new_handle(task));
    task_arm(task, engine->config.off_timeout_us + ANSWER_GRACE_US);
    task_set_state(task, TASK_ACTING, JOB_RUNNING);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

static void off_begin(struct task *task)
{
    struct engine *engine = task->engine;
    struct host *host = task->from->host;
    gboolean planned = task->job.origin == JOB_AUTOMATIC || task->plan != PLAN_NOTHING;
    enum check_reason reason =
        check_power_off(host, task_policy(task), clock_mono_us(engine->clock), planned);

    if (host->state == HOST_OFF) {
        task_end(task, TASK_END_DONE, "it is off already");
    } else if (is_given_up(task)) {
        task_set_state(task, TASK_ACTING, JOB_RUNNING);
        if (task->stage == TASK_ACTING)
            off_cut(task);
    } else if (host->state != HOST_ON || !task->from->heard) {
        task_end(task, TASK_END_REFUSED, "host %s does not answer now", host->name);
    } else if (!task_may_pass(task, reason)) {
        g_autofree char *why = check_explain(reason, NULL, host, task_policy(task));
        task_end(task, TASK_END_REFUSED, "%s", why);
    } else if (guard_gives_leave(task, queue_begin)) {
        off_tell(task);
    }
}

static void off_seen(struct task *task)
{
    const struct host *host = task->from->host;

    if (task->stage != TASK_PROVING)
        return;
    if (host->state == HOST_OFF && task->proof < PROOF_SETTLE)
        off_conclude(task);
    else if (host->state == HOST_ON && task->proof == PROOF_SETTLE)
        off_is_back(task);
}

static void off_give_up(struct task *task)
{
    struct host *host = task->from->host;

    off_undo(task);
    if (task->proof == PROOF_LAST) {
        task_end(task, TASK_END_FAILED, "it is off, but its power is not cut: %s",
                 task->trouble ? task->trouble : "it cannot be asked any more");
        return;
    }
    if (task->off_failure) {
        task_end(task, TASK_END_FAILED, "%s", task->off_failure);
        return;
    }
    if (task->cut) {
        task_end(task, TASK_END_FAILED, "host %s still answers, although its power was cut",
                 host->name);
        return;
    }
    g_free(host->trouble);
    host->trouble = g_strdup("it was told to power off and is still on");
    if (task->trouble)
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
    else
        task_end(task, TASK_END_FAILED, "host %s was told to power off and still answers",
                 host->name);
}

static void off_late(struct task *task)
{
    gboolean late = clock_mono_us(task->engine->clock) >= task->deadline_us;

    if (task->stage == TASK_PROVING && task->proof == PROOF_SETTLE) {
        task->proof = PROOF_LAST;
        task->silences = 0;
        task->deadline_us =
            clock_mono_us(task->engine->clock) + task->engine->config.off_timeout_us;
        off_probe(task);
    } else if (task->stage == TASK_PROVING && task->proof != PROOF_WATCH &&
               (!late || task->silences > 0)) {
        off_probe(task);
    } else {
        off_give_up(task);
    }
}

const struct task_ops off_task_ops = {
    .may_start = off_may_start,
    .takes_facts = off_takes_facts,
    .begin = off_begin,
    .seen = off_seen,
    .late = off_late,
};
