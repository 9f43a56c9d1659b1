/*
 * start.c - a VM that is off is started, once it is sure that no host runs it.
 *
 * Two running copies of one VM destroy its disk. So every host that is on is asked right before,
 * and one that may know the VM and does not answer stands in the way.
 */
#include "core/engine/engine_internal.h"

/* How long it may take until the host says that it runs, after the driver said that it does. */
#define PROVE_MOST_US (60 * CLOCK_SECOND_US)

static gboolean start_may_start(const struct task *task)
{
    return queue_is_settled(task->from);
}

/* --- Asking everybody --- */

static const struct vm *vm_of(const struct task *task)
{
    return cluster_find_vm(task->engine->cluster, task->job.vm);
}

/* One that is off may have been switched on a moment ago, and started what it knows. */
static gboolean is_asked(const struct watch *watch, const struct vm *vm)
{
    return watch->host->state == HOST_ON || watch->answered == 0 ||
           (watch->host->state == HOST_OFF && vm && watch_knows(watch, vm));
}

static gboolean has_told(const struct watch *watch, const struct task *task)
{
    return watch->answered > 0 && watch->told_asked_at_us >= task->since_us;
}

static gboolean start_takes_facts(struct task *task)
{
    struct engine *engine = task->engine;
    const struct vm *vm = vm_of(task);

    task->since_us = clock_mono_us(engine->clock);
    task->from_wants = G_MAXUINT64; /* its own host's answer is not enough: start_seen_any says */
    g_ptr_array_add(engine->starting, task);
    for (guint i = 0; i < engine->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(engine->watches, i);
        if (is_asked(watch, vm))
            watch_ask_since(watch, task->since_us);
    }
    return TRUE;
}

static gboolean all_have_told(const struct task *task)
{
    const GPtrArray *watches = task->engine->watches;
    const struct vm *vm = vm_of(task);

    for (guint i = 0; i < watches->len; i++) {
        const struct watch *watch = g_ptr_array_index(watches, i);
        if (is_asked(watch, vm) && !has_told(watch, task))
            return FALSE;
    }
    return TRUE;
}

void start_leave(struct task *task)
{
    g_ptr_array_remove(task->engine->starting, task);
}

/* From the front again each time: what one sets off may change the list. */
void start_seen_any(struct engine *engine)
{
    guint i = 0;

    while (i < engine->starting->len) {
        struct task *task = g_ptr_array_index(engine->starting, i);
        if (!all_have_told(task)) {
            i++;
            continue;
        }
        start_leave(task);
        queue_begin(task);
        i = 0;
    }
}

static void start_facts_late(struct task *task)
{
    start_leave(task);
    queue_begin(task); /* who has not told by now is judged as silent */
}

/* --- Judging --- */

/* TRUE when the host could be running the VM, or be about to, without our knowing. */
static gboolean is_in_doubt(const struct watch *watch, const struct task *task, const struct vm *vm)
{
    gboolean may_know = watch->host->seen_at_us == 0 || watch_knows(watch, vm);

    if ((watch->host->state == HOST_OFF && watch->answered > 0) || !may_know)
        return FALSE;
    if (watch->host->state == HOST_ON && watch->heard && has_told(watch, task))
        return watch != task->from && watch_is_settling(watch);
    return TRUE;
}

static const struct watch *find_in_doubt(const struct task *task, const struct vm *vm)
{
    const GPtrArray *watches = task->engine->watches;

    for (guint i = 0; i < watches->len; i++) {
        const struct watch *watch = g_ptr_array_index(watches, i);
        if (is_in_doubt(watch, task, vm))
            return watch;
    }
    return NULL;
}

static char *why_not(const struct task *task, const struct vm *vm)
{
    const struct host *host = task->from->host;
    const struct policy_config *config = task_policy(task);
    const struct watch *doubtful = find_in_doubt(task, vm);
    enum check_reason reason;
    guint64 reserved_kib;
    guint reserved_vms;

    queue_reserved(task->from, task, &reserved_kib, &reserved_vms);
    reason = check_start(vm, host, config, clock_mono_us(task->engine->clock), reserved_kib,
                         reserved_vms);
    if (!task_may_pass(task, reason))
        return check_explain(reason, vm, host, config);
    if (vm_is_active(vm)) /* missing still, though all were asked */
        return g_strdup_printf("vm %s was on %s a moment ago and no host shows it now: try again",
                               vm->name, vm->host->name);
    if (!task->from->heard || !has_told(task->from, task))
        return g_strdup_printf("host %s does not answer now", host->name);
    if (!watch_knows(task->from, vm))
        return g_strdup_printf("host %s does not know vm %s: its libvirt has no definition of "
                               "that name",
                               host->name, vm->name);
    if (!doubtful || task->job.force)
        return NULL;
    return g_strdup_printf("host %s does not say whether it runs vm %s (force goes past this: be "
                           "sure that it does not)",
                           doubtful->host->name, vm->name);
}

/* --- Acting --- */

static void start_answered(const GError *error, gpointer handle)
{
    struct task *task = task_take_answer(handle, error);

    if (task)
        brief_prove(task, PROVE_MOST_US);
}

static void start_act(struct task *task)
{
    const struct control_request request = {
        .address = task->from->host->address,
        .vm = task->job.vm,
        .action = CONTROL_START,
    };

    task->operation =
        driver_control(task->engine->driver, &request, start_answered, task_new_handle(task));
    brief_acts(task);
}

static void start_begin(struct task *task)
{
    const struct vm *vm = vm_of(task);
    const struct host *host = task->from->host;
    g_autofree char *why = NULL;

    if (!vm) {
        task_end(task, TASK_END_REFUSED, "vm %s is not there any more", task->job.vm);
        return;
    }
    if (vm->host == host && vm->state == VM_RUNNING && !vm->also_on) {
        task_end(task, TASK_END_DONE, "it runs there already");
        return;
    }
    why = why_not(task, vm);
    if (why)
        task_end(task, TASK_END_REFUSED, "%s", why);
    else if (guard_gives_leave(task, queue_begin))
        start_act(task);
}

/* --- Proving --- */

/* The driver's own word, where it is one: after these it may still be being done. */
static gboolean is_certain(const struct task *task)
{
    return task->trouble_code != ROOST_ERROR_TIMEOUT &&
           task->trouble_code != ROOST_ERROR_UNREACHABLE;
}

static void conclude_off(struct task *task)
{
    if (!task->trouble)
        task_end(task, TASK_END_FAILED,
                 "vm %s was started on %s and is off again: its log there says why", task->job.vm,
                 task->from->host->name);
    else if (task->trouble_code == ROOST_ERROR_CANCELLED)
        task_end(task, TASK_END_CANCELLED, "it is not started");
    else if (task->trouble_code == ROOST_ERROR_REFUSED)
        task_end(task, TASK_END_REFUSED, "%s", task->trouble);
    else if (is_certain(task))
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
    else
        task_arm(task, EAGER_POLL_US);
}

static void start_conclude(struct task *task)
{
    const struct vm *vm = vm_of(task);
    double seconds =
        (double)(clock_mono_us(task->engine->clock) - task->job.started_at_us) / CLOCK_SECOND_US;

    if (vm && vm->also_on)
        task_end(task, TASK_END_FAILED, "vm %s runs on %s and on %s: stop one of them at once",
                 vm->name, vm->host->name, vm->also_on->name);
    else if (vm && vm->host == task->from->host && vm_is_active(vm))
        task_end(task, TASK_END_DONE, "in %.1f s", seconds);
    else
        conclude_off(task);
}

static void start_seen(struct task *task)
{
    if (task->stage != TASK_PROVING || !task_has_answers(task) || !task->from->heard)
        return;
    task->from_wants = G_MAXUINT64; /* concluded once for each asking */
    start_conclude(task);
}

static void start_late(struct task *task)
{
    gint64 now_us = clock_mono_us(task->engine->clock);

    if (task->stage == TASK_ACTING) {
        handle_drop(task->handle);
        task->handle = NULL;
        task->operation = 0;
        g_free(task->trouble);
        task->trouble = g_strdup_printf("vm %s: the start did not end in time", task->job.vm);
        task->trouble_code = ROOST_ERROR_TIMEOUT;
        brief_prove(task, PROVE_MOST_US);
    } else if (now_us < task->deadline_us) {
        task->from_wants = watch_ask_since(task->from, now_us);
        task_arm(task, task->deadline_us - now_us);
    } else if (task->trouble) {
        task_end(task, TASK_END_FAILED, "%s", task->trouble);
    } else {
        task_end(task, TASK_END_FAILED, "host %s does not say whether vm %s runs now",
                 task->from->host->name, task->job.vm);
    }
}

const struct task_ops start_task_ops = {
    .may_start = start_may_start,
    .takes_facts = start_takes_facts,
    .begin = start_begin,
    .seen = start_seen,
    .late = start_late,
    .facts_late = start_facts_late,
};
