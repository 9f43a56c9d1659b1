/*
 * define.c - a host is made to know a VM, or to forget it. Nothing is started or stopped.
 *
 * Two VMs of one name, UUID or MAC address in a cluster would sooner or later be taken for each
 * other, so that all hosts' VMs are looked at before one is defined. And what only one host knows
 * is gone with its definition there.
 */
#include <string.h>

#include "core/base/text.h"
#include "core/driver/manage.h"
#include "core/engine/engine_internal.h"
#include "core/model/guest_xml.h"

static struct vm *vm_of(const struct task *task)
{
    return cluster_find_vm(task->engine->cluster, task->job.vm);
}

static void manage_answered(struct manage_answer *answer, const GError *error, gpointer handle)
{
    struct task *task = task_take_answer(handle, error);

    manage_answer_free(answer);
    if (task)
        brief_answered(task);
}

static void act(struct task *task, const struct manage_request *request)
{
    task->operation =
        driver_manage(task->engine->driver, request, manage_answered, task_new_handle(task));
    brief_acts(task);
}

/* --- Define --- */

/* TRUE when the two can be taken for each other, and are not one. */
static gboolean is_alike(const struct vm *vm, const struct guest *guest, const char **what)
{
    gboolean named = strcmp(vm->name, guest->name) == 0;

    *what = NULL;
    if (vm->uuid && guest->uuid && g_ascii_strcasecmp(vm->uuid, guest->uuid) == 0) {
        *what = "UUID";
        return !named;
    }
    for (guint i = 0; !named && vm->mac && i < guest->nics->len; i++) {
        const struct guest_nic *nic = g_ptr_array_index(guest->nics, i);
        if (nic->mac && strcmp(nic->mac, vm->mac) == 0)
            *what = "MAC address";
    }
    return *what != NULL;
}

char *engine_explain_define(const struct engine *engine, const struct guest *guest, gboolean fresh)
{
    const struct vm *vm = cluster_find_vm(engine->cluster, guest->name);
    g_autofree char *name = text_escape(guest->name);

    if (vm && fresh)
        return g_strdup_printf("vm %s is in the cluster already, on %s", name, vm->host->name);
    if (vm && vm->uuid && guest->uuid && g_ascii_strcasecmp(vm->uuid, guest->uuid) != 0)
        return g_strdup_printf("another vm %s is in the cluster, on %s: its UUID is %s, not %s",
                               name, vm->host->name, vm->uuid, guest->uuid);
    if (vm && vm->also_on)
        return check_explain(CHECK_VM_FROZEN, vm, vm->host, &engine->config.policy);
    for (guint i = 0; i < engine->cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(engine->cluster->hosts, i);
        for (guint j = 0; j < host->vms->len; j++) {
            const struct vm *other = g_ptr_array_index(host->vms, j);
            const char *what;
            if (is_alike(other, guest, &what))
                return g_strdup_printf("vm %s has the %s of vm %s, on %s", name, what, other->name,
                                       host->name);
        }
    }
    return NULL;
}

static void define_begin(struct task *task)
{
    const struct host *host = task->from->host;
    const struct vm *vm = vm_of(task);
    autoptr(guest) guest = guest_xml_read(task->xml, NULL);
    g_autofree char *why = guest ? engine_explain_define(task->engine, guest, task->fresh) : NULL;

    if (!why && host->state != HOST_ON)
        why = check_explain(CHECK_HOST_NOT_ON, NULL, host, task_policy(task));
    if (!why && !task->from->heard)
        why = g_strdup_printf("host %s does not answer now", host->name);
    if (why)
        task_end(task, TASK_END_REFUSED, "%s", why);
    else if (vm && watch_knows(task->from, vm) && (vm->host != host || vm->persistent))
        task_end(task, TASK_END_DONE, "%s knows it already", host->name);
    else
        act(task, &(const struct manage_request){.kind = MANAGE_DEFINE,
                                                 .address = host->address,
                                                 .vm = task->job.vm,
                                                 .xml = task->xml,
                                                 .fresh = task->fresh});
}

static void define_seen(struct task *task)
{
    const struct vm *vm = vm_of(task);

    if (!brief_can_tell(task))
        return;
    if (vm && watch_knows(task->from, vm))
        task_end(task, TASK_END_DONE, "%s knows it", task->from->host->name);
    else
        brief_not_yet(task);
}

const struct task_ops define_task_ops = {
    .may_start = brief_may_start,
    .takes_facts = brief_takes_facts,
    .begin = define_begin,
    .seen = define_seen,
    .late = brief_late,
};

/* --- Forget --- */

/* Another host that knows it, as far as is known; NULL = none. */
static struct watch *find_other(const struct engine *engine, const struct vm *vm,
                                const struct watch *but)
{
    for (guint i = 0; i < engine->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(engine->watches, i);
        if (watch != but && watch_knows(watch, vm))
            return watch;
    }
    return NULL;
}

gboolean engine_knows_vm(const struct engine *engine, const struct host *host, const struct vm *vm)
{
    return watch_knows(watch_of(engine, host), vm);
}

char *engine_explain_forget(const struct engine *engine, const struct vm *vm,
                            const struct host *host, gboolean force)
{
    const struct watch *watch = watch_of(engine, host);
    g_autofree char *name = text_escape(vm->name);

    if (vm_is_frozen(vm))
        return check_explain(CHECK_VM_FROZEN, vm, vm->host, &engine->config.policy);
    if (vm->host == host && vm_is_active(vm))
        return g_strdup_printf("vm %s is %s on %s: stop it first", name, vm_state_name(vm->state),
                               host->name);
    if (host->state != HOST_ON)
        return check_explain(CHECK_HOST_NOT_ON, NULL, host, &engine->config.policy);
    if (!watch_knows(watch, vm))
        return g_strdup_printf("host %s does not know vm %s", host->name, name);
    if (!force && !find_other(engine, vm, watch))
        return g_strdup_printf("host %s is the last that knows vm %s (force goes past this; its "
                               "disks stay)",
                               host->name, name);
    return NULL;
}

static void forget_begin(struct task *task)
{
    const struct vm *vm = vm_of(task);
    const struct host *host = task->from->host;
    g_autofree char *why = NULL;

    if (vm)
        why = engine_explain_forget(task->engine, vm, host, task->job.force);
    else
        why = g_strdup_printf("vm %s is not there any more", task->job.vm);
    if (!why && !task->from->heard)
        why = g_strdup_printf("host %s does not answer now", host->name);
    if (why)
        task_end(task, TASK_END_REFUSED, "%s", why);
    else
        act(task, &(const struct manage_request){.kind = MANAGE_UNDEFINE,
                                                 .address = host->address,
                                                 .vm = vm->name,
                                                 .all_state = task->job.force});
}

/* As of the host's last report. */
static gboolean is_still_there(const struct watch *watch, const struct vm *vm)
{
    if (vm->host == watch->host)
        return vm->seen_at_us == watch->host->seen_at_us;
    return watch_knows(watch, vm);
}

/* The model keeps a VM that is off where it was: nobody else takes it away. */
static void forget_conclude(struct task *task, struct vm *vm)
{
    struct engine *engine = task->engine;
    struct watch *other = find_other(engine, vm, task->from);
    const char *where = other ? other->host->name : NULL;

    if (vm->host == task->from->host && other) {
        cluster_move_vm(engine->cluster, vm, other->host, clock_mono_us(engine->clock));
        watch_ask(other);
    } else if (vm->host == task->from->host) {
        cluster_remove_vm(engine->cluster, vm);
    }
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
    if (where)
        task_end(task, TASK_END_DONE, "%s still knows it", where);
    else
        task_end(task, TASK_END_DONE, "no host that answers knows it any more");
}

static void forget_seen(struct task *task)
{
    struct vm *vm = vm_of(task);

    if (!brief_can_tell(task))
        return;
    if (!vm)
        task_end(task, TASK_END_DONE, "it is gone");
    else if (is_still_there(task->from, vm))
        brief_not_yet(task);
    else
        forget_conclude(task, vm);
}

const struct task_ops forget_task_ops = {
    .may_start = brief_may_start,
    .takes_facts = brief_takes_facts,
    .begin = forget_begin,
    .seen = forget_seen,
    .late = brief_late,
};
