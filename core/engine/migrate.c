/*
 * migrate.c - one VM from host to host.
 *
 * What the driver says about the end of a migration is never the last word: both hosts are asked
 * where the VM is, and the job ends by what they say.
 */
#include "core/engine/engine_internal.h"

#define PROVE_RETRY_US      (2 * CLOCK_SECOND_US)
#define PROVE_RETRY_MOST_US (60 * CLOCK_SECOND_US)
#define PROVE_TELL_US       (20 * CLOCK_SECOND_US)
#define PROVE_MOST_US       (3 * CLOCK_MINUTE_US)

static enum check_reason check_now(const struct task *task, const struct vm *vm)
{
    guint64 reserved_kib;
    guint reserved_vms;

    queue_reserved(task->to, task, &reserved_kib, &reserved_vms);
    return check_migrate(vm, task->to->host, task_policy(task), clock_mono_us(task->engine->clock),
                         reserved_kib, reserved_vms);
}

/* TRUE when a VM is leaving, or queued before this one to leave, the target. */
static gboolean room_is_coming(const struct task *task)
{
    const GPtrArray *others = task->to->tasks;

    for (guint i = 0; i < others->len; i++) {
        const struct task *other = g_ptr_array_index(others, i);
        if (other->job.kind != JOB_MIGRATE || other->from != task->to)
            continue;
        if (other->stage >= TASK_ASKING || other->job.turn < task->job.turn)
            return TRUE;
    }
    return FALSE;
}

static gboolean lacks_room(const struct task *task, const struct vm *vm)
{
    enum check_reason reason = check_now(task, vm);

    if (reason != CHECK_NO_MEMORY && reason != CHECK_TOO_MANY_VMS && reason != CHECK_WOULD_BE_OVER)
        return FALSE;
    return !task_may_pass(task, reason);
}

static gboolean waits_for_room(const struct task *task, const struct vm *vm)
{
    return lacks_room(task, vm) && room_is_coming(task);
}

gboolean migrate_needs_room_of(const struct task *task, const struct task *other)
{
    const struct vm *vm = cluster_find_vm(task->engine->cluster, task->job.vm);

    return vm && other->job.kind == JOB_MIGRATE && other->from == task->to && lacks_room(task, vm);
}

static gboolean migrate_may_start(const struct task *task)
{
    const struct engine_config *config = &task->engine->config;
    const struct vm *vm;

    if (task->from->out >= MAX(config->migrations_out_most, 1) ||
        task->to->in >= MAX(config->migrations_in_most, 1))
        return FALSE;
    if (!queue_is_settled(task->from) || !queue_is_settled(task->to))
        return FALSE;
    vm = cluster_find_vm(task->engine->cluster, task->job.vm);
    return !vm || !waits_for_room(task, vm);
}

static gboolean ask_if_old(struct watch *watch, guint64 *wants)
{
    gint64 now_us = clock_mono_us(watch->engine->clock);

    if (watch_is_fresh(watch))
        *wants = 0;
    else
        *wants = watch_ask_since(watch, now_us - FRESH_US);
    return *wants != 0;
}

static gboolean migrate_takes_facts(struct task *task)
{
    gboolean from_asked = ask_if_old(task->from, &task->from_wants);

    return ask_if_old(task->to, &task->to_wants) || from_asked;
}

/* --- Acting --- */

static void migrate_prove(struct task *task);

static void migrate_answered(const GError *error, gpointer handle)
{
    struct task *task = task_take_answer(handle, error);

    if (!task)
        return;
    if (error)
        moving_explain(task);
    migrate_prove(task);
}

static void migrate_act(struct task *task, const struct vm *vm)
{
    const struct migrate_request request = moving_request(task, vm);

    task->job.mem_kib = vm->mem_kib;
    task->job.mode = request.mode;
    moving_begin(task);
    task->operation = driver_migrate(task->engine->driver, &request, moving_progressed,
                                     migrate_answered, task_new_handle(task));
    if (request.timeout_us > 0)
        task_arm(task, request.timeout_us + ANSWER_GRACE_US);
    task_set_state(task, TASK_ACTING, JOB_RUNNING);
}

static void back_to_queue(struct task *task)
{
    queue_give_places(task);
    task_set_state(task, TASK_READY, JOB_QUEUED);
    queue_insert(task);
    task_say(task, "waits for room on %s", task->to->host->name);
}

/* Nothing automatic touches a host in maintenance; an operator who drains one wants it to. */
static gboolean is_barred(const struct task *task)
{
    return task->job.origin == JOB_AUTOMATIC &&
           (task->from->host->maintenance || task->to->host->maintenance);
}

static void migrate_begin(struct task *task)
{
    const struct vm *vm = cluster_find_vm(task->engine->cluster, task->job.vm);
    const struct host *from = task->from->host;
    const struct host *to = task->to->host;
    enum check_reason reason;
    g_autofree char *why = NULL;

    if (!vm) {
        task_end(task, TASK_END_REFUSED, "vm %s is not there any more", task->job.vm);
        return;
    }
    if (vm->host != from) {
        gboolean there = vm->host == to && !vm_is_frozen(vm);
        task_end(task, there ? TASK_END_DONE : TASK_END_REFUSED, "it is on %s already",
                 vm->host->name);
        return;
    }
    if (waits_for_room(task, vm)) {
        back_to_queue(task);
        return;
    }
    if (!watch_is_fresh(task->from) || from->state != HOST_ON) {
        task_end(task, TASK_END_REFUSED, "host %s does not answer now", from->name);
        return;
    }
    if (is_barred(task)) {
        task_end(task, TASK_END_REFUSED, "host %s is in maintenance",
                 from->maintenance ? from->name : to->name);
        return;
    }
    reason = check_now(task, vm);
    if (task_may_pass(task, reason)) {
        if (guard_gives_leave(task, queue_begin))
            migrate_act(task, vm);
        return;
    }
    why = check_explain(reason, vm, to, task_policy(task));
    task_end(task, TASK_END_REFUSED, "%s", why);
}

/* --- Proving --- */

static void migrate_ask_both(struct task *task)
{
    gint64 now_us = clock_mono_us(task->engine->clock);

    /* Begun before now, a report may speak of the time before the end. */
    task->from_wants = watch_ask_since(task->from, now_us + 1);
    task->to_wants = watch_ask_since(task->to, now_us + 1);
    task_arm(task, PROVE_TELL_US);
}

static void migrate_prove(struct task *task)
{
    task->deadline_us = clock_mono_us(task->engine->clock) + PROVE_MOST_US;
    task_set_state(task, TASK_PROVING, JOB_VERIFYING);
    migrate_ask_both(task);
}

static void conclude_arrived(struct task *task)
{
    double seconds =
        (double)(clock_mono_us(task->engine->clock) - task->job.started_at_us) / CLOCK_SECOND_US;

    if (task->job.cancel_asked)
        task_end(task, TASK_END_DONE, "it had arrived before it could be cancelled");
    else if (task->trouble)
        task_end(task, TASK_END_DONE, "it is on %s, although: %s", task->to->host->name,
                 task->trouble);
    else
        task_end(task, TASK_END_DONE, "in %.1f s", seconds);
}

/*
 * It had gone over to post-copy and stands still now: a part of its memory is on either host. Once
 * more, and it goes on where it broke off; but only if the target lives.
 */
static void conclude_broken(struct task *task)
{
    gboolean lives = task->to->host->state == HOST_ON && task->to->heard;

    if (!task->trouble)
        task->trouble = g_strdup_printf("vm %s stands still on %s: its post-copy broke off",
                                        task->job.vm, task->from->host->name);
    if (lives && task->job.attempt < task->engine->config.migration_tries)
        task_retry(task, task->trouble);
    else
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
}

static void conclude_stayed(struct task *task)
{
    const struct host *from = task->from->host;

    if (!task->trouble) {
        task->trouble = g_strdup_printf("it was said to be done, but vm %s still runs on %s",
                                        task->job.vm, from->name);
        task->trouble_code = ROOST_ERROR_FAILED;
    }
    if (task->job.cancel_asked || task->trouble_code == ROOST_ERROR_CANCELLED)
        task_end(task, TASK_END_CANCELLED, "it runs on %s as before", from->name);
    else if (task->trouble_code == ROOST_ERROR_REFUSED)
        task_end(task, TASK_END_REFUSED, "%s", task->trouble);
    else if (task->trouble_code == ROOST_ERROR_AUTH ||
             task->job.attempt >= task->engine->config.migration_tries)
        task_end(task, TASK_END_FAILED, "%s; it runs on %s as before (tries: %u)", task->trouble,
                 from->name, task->job.attempt);
    else
        task_retry(task, task->trouble);
}

static gboolean runs_plainly_on(const struct vm *vm, const struct watch *watch)
{
    return vm->host == watch->host && watch->heard && !vm_is_frozen(vm) &&
           vm->missing_since_us == 0 && (vm->state == VM_RUNNING || vm->state == VM_PAUSED);
}

/* Both were asked and it is still not known: ask again, later each time, and say so aloud. */
static void conclude_unknown(struct task *task)
{
    struct engine *engine = task->engine;
    gint64 wait_us = MIN(PROVE_RETRY_US << MIN(task->rounds, 10), PROVE_RETRY_MOST_US);

    if (clock_mono_us(engine->clock) >= task->deadline_us) {
        task_end(task, TASK_END_FAILED, "where vm %s runs is not known: look at %s and %s",
                 task->job.vm, task->from->host->name, task->to->host->name);
        return;
    }
    if (task->rounds > 0 && !task->told) {
        g_autofree char *text =
            g_strdup_printf("vm %s: the migration from %s to %s ended, and where it runs is not "
                            "known yet: asking on",
                            task->job.vm, task->from->host->name, task->to->host->name);
        task->told = TRUE;
        note_task(task, text, "", TRUE);
    }
    task_say(task, "where it runs is not known yet");
    task->rounds++;
    task_arm(task, wait_us);
}

static void migrate_conclude(struct task *task)
{
    const struct vm *vm = cluster_find_vm(task->engine->cluster, task->job.vm);

    if (!vm)
        task_end(task, TASK_END_FAILED, "vm %s is gone from both hosts", task->job.vm);
    else if (runs_plainly_on(vm, task->to))
        conclude_arrived(task);
    else if (runs_plainly_on(vm, task->from) && vm->broken)
        conclude_broken(task);
    else if (runs_plainly_on(vm, task->from))
        conclude_stayed(task);
    else if (vm->state == VM_LOST)
        task_end(task, TASK_END_FAILED, "vm %s is nowhere now: %s", vm->name, VM_LOST_ADVICE);
    else if (vm->state == VM_OFF && task->from->heard && task->to->heard)
        task_end(task, TASK_END_FAILED, "vm %s is shut off, on %s", vm->name, vm->host->name);
    else if (vm->host != task->from->host && vm->host != task->to->host && !vm_is_frozen(vm))
        task_end(task, TASK_END_FAILED, "vm %s is on %s now", vm->name, vm->host->name);
    else
        conclude_unknown(task);
}

static void migrate_seen(struct task *task)
{
    if (task->stage == TASK_ACTING) {
        moving_seen(task);
    } else if (task->stage == TASK_PROVING && task_has_answers(task)) {
        task->from_wants = G_MAXUINT64; /* concluded once for each asking */
        migrate_conclude(task);
    }
}

static void migrate_late(struct task *task)
{
    if (task->stage == TASK_PROVING) {
        if (task->from_wants == G_MAXUINT64)
            migrate_ask_both(task);
        else
            conclude_unknown(task); /* one of the hosts has not even failed to answer */
        return;
    }
    if (task->operation != 0 && !task->job.cancel_asked && !task->told) {
        driver_cancel(task->engine->driver, task->operation);
        task->told = TRUE;
        task_arm(task, ANSWER_GRACE_US);
        return;
    }
    g_clear_pointer(&task->trouble, g_free);
    task->trouble = g_strdup_printf("vm %s: the migration did not end in time", task->job.vm);
    task->trouble_code = ROOST_ERROR_TIMEOUT;
    handle_drop(task->handle);
    task->handle = NULL;
    task->operation = 0;
    task->told = FALSE;
    migrate_prove(task);
}

const struct task_ops migrate_task_ops = {
    .may_start = migrate_may_start,
    .takes_facts = migrate_takes_facts,
    .begin = migrate_begin,
    .seen = migrate_seen,
    .late = migrate_late,
};
