/* stop.c - a VM that runs is asked to shut down, or forced off, and waited for until it is off. */
#include "core/engine/engine_internal.h"

static gboolean stop_may_start(const struct task *task)
{
    return queue_is_settled(task->from);
}

static gboolean stop_takes_facts(struct task *task)
{
    task->from_wants = watch_ask_since(task->from, clock_mono_us(task->engine->clock));
    return TRUE;
}

/* --- How it ended --- */

/* What had no definition is gone with its last run: nobody has to look for it. */
static gboolean is_gone_for_good(const struct task *task, const struct vm *vm)
{
    return vm->host == task->from->host && !vm->persistent && !vm->also_on &&
           (vm->missing_since_us != 0 || vm->state == VM_LOST);
}

static void stop_conclude(struct task *task)
{
    struct engine *engine = task->engine;
    struct vm *vm = cluster_find_vm(engine->cluster, task->job.vm);

    if (vm && is_gone_for_good(task, vm)) {
        cluster_remove_vm(engine->cluster, vm);
        vm = NULL;
    }
    if (vm && vm->host == task->from->host && vm->state != VM_OFF)
        return;
    task->from->eager--;
    if (!vm)
        task_end(task, TASK_END_DONE, "it is off, and with it gone");
    else if (vm->host != task->from->host)
        task_end(task, TASK_END_FAILED, "vm %s is on %s now", vm->name, vm->host->name);
    else
        task_end(task, TASK_END_DONE, "it is off");
}

static void stop_seen(struct task *task)
{
    if (task->stage == TASK_ACTING && task->operation == 0 && task->from->heard)
        stop_conclude(task);
}

static void stop_late(struct task *task)
{
    if (task->operation != 0) { /* the driver is past its own deadline */
        task_end(task, TASK_END_FAILED, "host %s did not answer in time: vm %s may still go down",
                 task->from->host->name, task->job.vm);
        return;
    }
    task->from->eager--;
    if (task->job.cancel_asked)
        task_end(task, TASK_END_CANCELLED, "it was asked to shut down, and may still do so");
    else if (task->trouble)
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
    else if (!task->from->heard)
        task_end(task, TASK_END_FAILED, "host %s does not say whether vm %s runs now",
                 task->from->host->name, task->job.vm);
    else
        task_end(task, TASK_END_FAILED,
                 "vm %s still runs: its guest does not shut down when asked (force switches it "
                 "off at once)",
                 task->job.vm);
}

/* --- Acting --- */

static gboolean perhaps_told(const struct task *task)
{
    return !task->trouble || task->trouble_code == ROOST_ERROR_TIMEOUT ||
           task->trouble_code == ROOST_ERROR_UNREACHABLE;
}

static void stop_answered(const GError *error, gpointer handle)
{
    struct task *task = task_take_answer(handle, error);

    if (!task)
        return;
    if (perhaps_told(task) && task->job.cancel_asked) {
        task_end(task, TASK_END_CANCELLED, "it was told already, and may still go down");
        return;
    }
    if (perhaps_told(task)) {
        task->from->eager++;
        task_arm(task, task->engine->config.stop_timeout_us);
        watch_ask_since(task->from, clock_mono_us(task->engine->clock) + 1);
        task_say(task, task->job.force ? "until it is off" : "asked to shut down");
        return;
    }
    if (task->trouble_code == ROOST_ERROR_CANCELLED)
        task_end(task, TASK_END_CANCELLED, "it runs on");
    else if (task->trouble_code == ROOST_ERROR_REFUSED)
        task_end(task, TASK_END_REFUSED, "%s", task->trouble);
    else
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
}

static void stop_act(struct task *task)
{
    const struct control_request request = {
        .address = task->from->host->address,
        .vm = task->job.vm,
        .action = task->job.force ? CONTROL_FORCE_OFF : CONTROL_SHUT_DOWN,
    };

    task->operation =
        driver_control(task->engine->driver, &request, stop_answered, task_new_handle(task));
    task_arm(task, task->engine->config.stop_timeout_us + ANSWER_GRACE_US);
    task_set_state(task, TASK_ACTING, JOB_RUNNING);
}

static void stop_begin(struct task *task)
{
    const struct vm *vm = cluster_find_vm(task->engine->cluster, task->job.vm);
    const struct host *host = task->from->host;
    enum check_reason reason = vm ? check_stop(vm) : CHECK_OK;

    if (!vm) {
        task_end(task, TASK_END_REFUSED, "vm %s is not there any more", task->job.vm);
    } else if (vm->host != host) {
        task_end(task, TASK_END_REFUSED, "vm %s is on %s now", vm->name, vm->host->name);
    } else if (vm->state == VM_OFF) {
        task_end(task, TASK_END_DONE, "it is off already");
    } else if (!task_may_pass(task, reason)) {
        g_autofree char *why = check_explain(reason, vm, host, task_policy(task));
        task_end(task, TASK_END_REFUSED, "%s", why);
    } else if (!task->from->heard) {
        task_end(task, TASK_END_REFUSED, "host %s does not answer now", host->name);
    } else if (guard_gives_leave(task, queue_begin)) {
        stop_act(task);
    }
}

const struct task_ops stop_task_ops = {
    .may_start = stop_may_start,
    .takes_facts = stop_takes_facts,
    .begin = stop_begin,
    .seen = stop_seen,
    .late = stop_late,
};
