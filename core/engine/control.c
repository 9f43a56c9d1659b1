/*
 * control.c - a VM is paused, resumed, started anew, or marked to start with its host.
 *
 * Nothing is believed: after the driver's word the host is asked, and the job ends with what it
 * says. Definitions (define.c) go the same way.
 */
#include "core/engine/engine_internal.h"

#include "core/base/text.h"

/* How long it may take until the host shows what the driver says was done. */
#define PROVE_MOST_US    (30 * CLOCK_SECOND_US)
#define DRIVER_WITHIN_US (2 * CLOCK_MINUTE_US)

/* --- The common way: act, then ask the host --- */

gboolean brief_may_start(const struct task *task)
{
    return queue_is_settled(task->from);
}

gboolean brief_takes_facts(struct task *task)
{
    task->from_wants = watch_ask_since(task->from, clock_mono_us(task->engine->clock));
    return TRUE;
}

void brief_acts(struct task *task)
{
    task_arm(task, DRIVER_WITHIN_US);
    task_set_state(task, TASK_ACTING, JOB_RUNNING);
}

void brief_prove(struct task *task, gint64 most_us)
{
    gint64 now_us = clock_mono_us(task->engine->clock);

    task->deadline_us = now_us + most_us;
    task_set_state(task, TASK_PROVING, JOB_VERIFYING);
    if (task->stage != TASK_PROVING)
        return;
    task->from_wants = watch_ask_since(task->from, now_us + 1);
    task_arm(task, most_us);
}

/* After these it may have been done all the same. */
static gboolean is_open(const struct task *task)
{
    return !task->trouble || task->trouble_code == ROOST_ERROR_TIMEOUT ||
           task->trouble_code == ROOST_ERROR_UNREACHABLE;
}

void brief_answered(struct task *task)
{
    if (is_open(task))
        brief_prove(task, PROVE_MOST_US);
    else if (task->trouble_code == ROOST_ERROR_CANCELLED)
        task_end(task, TASK_END_CANCELLED, "nothing was done");
    else if (task->trouble_code == ROOST_ERROR_REFUSED)
        task_end(task, TASK_END_REFUSED, "%s", task->trouble);
    else
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
}

gboolean brief_can_tell(const struct task *task)
{
    return task->stage == TASK_PROVING && task_has_answers(task) && task->from->heard;
}

void brief_not_yet(struct task *task)
{
    task->from_wants = G_MAXUINT64; /* judged once for each asking */
    task_arm(task, EAGER_POLL_US);
}

void brief_late(struct task *task)
{
    gint64 now_us = clock_mono_us(task->engine->clock);

    if (task->stage == TASK_ACTING) {
        handle_drop(task->handle);
        task->handle = NULL;
        task->operation = 0;
        g_free(task->trouble);
        task->trouble = g_strdup_printf("host %s did not answer in time", task->from->host->name);
        task->trouble_code = ROOST_ERROR_TIMEOUT;
        brief_prove(task, PROVE_MOST_US);
    } else if (now_us < task->deadline_us) {
        task->from_wants = watch_ask_since(task->from, now_us);
        task_arm(task, task->deadline_us - now_us);
    } else if (task->trouble) {
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
    } else {
        task_end(task, TASK_END_FAILED, "host %s does not show that it was done",
                 task->from->host->name);
    }
}

/* --- What may be done --- */

static const char *why_not_running(const struct vm *vm, enum control_action action)
{
    if (!vm_is_active(vm) || vm->state == VM_UNKNOWN)
        return "is not known to run now";
    if (action == CONTROL_PAUSE && vm->state == VM_PAUSED)
        return "is paused already";
    if (action == CONTROL_RESUME && vm->state == VM_RUNNING)
        return "is not paused";
    if (action == CONTROL_RESUME && vm->broken)
        return "stands still since its post-copy broke off, with a part of its RAM elsewhere: "
               "migrate it there again";
    if (action == CONTROL_REBOOT && vm->state == VM_PAUSED)
        return "is paused: its guest cannot hear that it is to reboot (force resets it)";
    return NULL;
}

char *engine_explain_control(const struct engine *engine, const struct vm *vm,
                             enum control_action action)
{
    g_autofree char *name = text_escape(vm->name);
    gboolean mark = action == CONTROL_AUTOSTART_ON || action == CONTROL_AUTOSTART_OFF;
    const char *why = NULL;

    if (vm->also_on || (vm->state == VM_LOST && !mark))
        return check_explain(CHECK_VM_FROZEN, vm, vm->host, &engine->config.policy);
    if (vm->host->state != HOST_ON)
        return check_explain(CHECK_HOST_NOT_ON, vm, vm->host, &engine->config.policy);
    if (mark && !vm->persistent)
        why = "has no definition of its own, and is gone once it is off";
    else if (!mark)
        why = why_not_running(vm, action);
    return why ? g_strdup_printf("vm %s %s", name, why) : NULL;
}

/* --- Acting --- */

static void control_answered(const GError *error, gpointer handle)
{
    struct task *task = task_take_answer(handle, error);

    if (task)
        brief_answered(task);
}

static void control_begin(struct task *task)
{
    const struct vm *vm = cluster_find_vm(task->engine->cluster, task->job.vm);
    const struct host *host = task->from->host;
    g_autofree char *why = NULL;

    if (!vm) {
        task_end(task, TASK_END_REFUSED, "vm %s is not there any more", task->job.vm);
        return;
    }
    if (vm->host != host) {
        task_end(task, TASK_END_REFUSED, "vm %s is on %s now", vm->name, vm->host->name);
        return;
    }
    why = engine_explain_control(task->engine, vm, task->job.action);
    if (!why && !task->from->heard)
        why = g_strdup_printf("host %s does not answer now", host->name);
    if (why) {
        task_end(task, TASK_END_REFUSED, "%s", why);
        return;
    }
    if (!guard_gives_leave(task, queue_begin))
        return;
    task->operation =
        driver_control(task->engine->driver,
                       &(const struct control_request){
                           .address = host->address, .vm = vm->name, .action = task->job.action},
                       control_answered, task_new_handle(task));
    brief_acts(task);
}

/* --- Proving --- */

/* NULL while it is not as it was to be. */
static const char *result_of(const struct vm *vm, enum control_action action)
{
    switch (action) {
    case CONTROL_PAUSE:
        return vm->state == VM_PAUSED ? "it is paused" : NULL;
    case CONTROL_RESUME:
        return vm->state == VM_RUNNING ? "it goes on" : NULL;
    case CONTROL_AUTOSTART_ON:
        return vm->autostart ? "its host starts it with itself" : NULL;
    case CONTROL_AUTOSTART_OFF:
        return vm->autostart ? NULL : "its host leaves it off";
    case CONTROL_REBOOT:
        return vm_is_active(vm) ? "its guest was asked to; whether it does only it can tell" : NULL;
    default:
        return vm_is_active(vm) ? "it starts anew" : NULL;
    }
}

static void control_seen(struct task *task)
{
    const struct vm *vm = cluster_find_vm(task->engine->cluster, task->job.vm);
    const char *result;

    if (!brief_can_tell(task))
        return;
    result = vm && vm->host == task->from->host ? result_of(vm, task->job.action) : NULL;
    /* What cannot be seen is done only where the driver said so. */
    if (result && (!task->trouble ||
                   (task->job.action != CONTROL_REBOOT && task->job.action != CONTROL_RESET)))
        task_end(task, TASK_END_DONE, "%s", result);
    else if (!vm || vm->host != task->from->host)
        task_end(task, TASK_END_FAILED, "vm %s is not on %s any more", task->job.vm,
                 task->from->host->name);
    else
        brief_not_yet(task);
}

const struct task_ops control_task_ops = {
    .may_start = brief_may_start,
    .takes_facts = brief_takes_facts,
    .begin = control_begin,
    .seen = control_seen,
    .late = brief_late,
};
