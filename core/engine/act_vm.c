/* act_vm.c - what an operator asks of VMs by hand. */
#include "core/base/text.h"
#include "core/engine/act.h"
#include "core/engine/follow.h"
#include "core/model/guest_xml.h"

enum check_reason engine_check_migrate(const struct engine *engine, const struct vm *vm,
                                       const struct host *to)
{
    const struct task *own = g_hash_table_lookup(engine->vm_tasks, vm->name);
    guint64 reserved_kib;
    guint reserved_vms;

    queue_reserved(watch_of(engine, to), NULL, &reserved_kib, &reserved_vms);
    if (own && own->to && own->to->host == to && vm->host != to) {
        reserved_kib -= MIN(reserved_kib, vm->mem_kib); /* it does not stand in its own way */
        reserved_vms -= MIN(reserved_vms, 1);
    }
    return check_migrate(vm, to, &engine->config.policy, clock_mono_us(engine->clock), reserved_kib,
                         reserved_vms);
}

static gboolean may_migrate(struct engine *engine, const struct vm *vm, struct watch *to,
                            gboolean force, GError **error)
{
    enum check_reason reason = engine_check_migrate(engine, vm, to->host);
    struct task *own = g_hash_table_lookup(engine->vm_tasks, vm->name);
    struct task *power_from = task_find_for_power(watch_of(engine, vm->host));
    struct task *power_to = task_find_for_power(to);

    if (!act_is_allowed(engine, reason, force, vm, to->host, error))
        return FALSE;
    if ((own && act_is_in_the_way(own, error)) ||
        (power_from && act_is_in_the_way(power_from, error)) ||
        (power_to && act_is_in_the_way(power_to, error))) {
        g_prefix_error(error, "vm %s: ", vm->name);
        return FALSE;
    }
    return TRUE;
}

guint engine_migrate_as(struct engine *engine, const char *vm, const char *to, gboolean force,
                        const struct migrate_options *options, GError **error)
{
    struct watch *target = act_find_host(engine, to, error);
    struct vm *found;
    struct watch *from;
    struct task *task;

    if (guard_refuses(engine, error) || !target)
        return 0;
    found = act_find_vm(engine, vm, error);
    if (!found || !may_migrate(engine, found, target, force, error))
        return 0;
    if (engine->follow)
        return follow_order(
            engine,
            &(const struct order){
                .kind = ORDER_MIGRATE,
                .vm = found->name,
                .host = target->host->name,
                .force = force,
                .options = options ? *options : (struct migrate_options)MIGRATE_OPTIONS_INIT});
    from = watch_of(engine, found->host);
    if ((task = g_hash_table_lookup(engine->vm_tasks, found->name)))
        act_push_aside(task);
    if ((task = task_find_for_power(from)))
        act_push_aside(task);
    if ((task = task_find_for_power(target)))
        act_push_aside(task);
    task = act_task_new(from, JOB_MIGRATE, force);
    task->to = target;
    task->job.to = g_strdup(target->host->name);
    task->job.vm = g_strdup(found->name);
    task->job.mem_kib = found->mem_kib;
    task->options = options ? g_memdup2(options, sizeof *options) : NULL;
    task_submit(task, NULL);
    return task->job.id;
}

guint engine_migrate(struct engine *engine, const char *vm, const char *to, gboolean force,
                     GError **error)
{
    return engine_migrate_as(engine, vm, to, force, NULL, error);
}

/* --- Start and stop a VM ---------------------------------------------------------------------- */

/* Neither the VM nor the power of the host is being seen to; what is automatic has given way. */
static gboolean is_vm_free(struct engine *engine, const char *vm, const struct watch *watch,
                           GError **error)
{
    struct task *own = g_hash_table_lookup(engine->vm_tasks, vm);
    struct task *power = task_find_for_power(watch);

    if ((own && act_is_in_the_way(own, error)) || (power && act_is_in_the_way(power, error))) {
        g_autofree char *name = text_escape(vm);
        g_prefix_error(error, "vm %s: ", name);
        return FALSE;
    }
    if (own)
        act_push_aside(own);
    if ((power = task_find_for_power(watch)))
        act_push_aside(power);
    return TRUE;
}

static guint submit_vm(struct watch *watch, enum job_kind kind, const struct vm *vm, gboolean force)
{
    struct engine *engine = watch->engine;
    struct task *task;

    if (engine->follow)
        return follow_order(
            engine, &(const struct order){.kind = kind == JOB_START ? ORDER_START : ORDER_STOP,
                                          .vm = vm->name,
                                          .host = kind == JOB_START ? watch->host->name : NULL,
                                          .force = force});
    task = act_task_new(watch, kind, force);
    task->job.vm = g_strdup(vm->name);
    task->job.mem_kib = vm->mem_kib;
    task_submit(task, NULL);
    return task->job.id;
}

enum check_reason engine_check_start(const struct engine *engine, const struct vm *vm,
                                     const struct host *host)
{
    guint64 reserved_kib;
    guint reserved_vms;

    queue_reserved(watch_of(engine, host), NULL, &reserved_kib, &reserved_vms);
    return check_start(vm, host, &engine->config.policy, clock_mono_us(engine->clock), reserved_kib,
                       reserved_vms);
}

guint engine_start_vm(struct engine *engine, const char *vm, const char *host, gboolean force,
                      GError **error)
{
    struct vm *found = act_find_vm(engine, vm, error);
    struct watch *watch = NULL;

    if (guard_refuses(engine, error))
        return 0;
    if (found)
        watch = host ? act_find_host(engine, host, error) : watch_of(engine, found->host);
    if (!watch || !is_vm_free(engine, found->name, watch, error) ||
        !act_is_allowed(engine, engine_check_start(engine, found, watch->host), force, found,
                        watch->host, error))
        return 0;
    return submit_vm(watch, JOB_START, found, force);
}

guint engine_stop_vm(struct engine *engine, const char *vm, gboolean force, GError **error)
{
    struct vm *found = act_find_vm(engine, vm, error);

    if (guard_refuses(engine, error))
        return 0;
    if (!found || !act_is_allowed(engine, check_stop(found), force, found, found->host, error) ||
        !is_vm_free(engine, found->name, watch_of(engine, found->host), error))
        return 0;
    return submit_vm(watch_of(engine, found->host), JOB_STOP, found, force);
}

static guint refuse(char *why_take, GError **error)
{
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED, why_take);
    g_free(why_take);
    return 0;
}

guint engine_control_vm(struct engine *engine, const char *vm, enum control_action action,
                        gboolean force, GError **error)
{
    struct vm *found = act_find_vm(engine, vm, error);
    struct watch *watch = found ? watch_of(engine, found->host) : NULL;
    struct task *task;
    char *why;

    if (guard_refuses(engine, error) || !found)
        return 0;
    if (action == CONTROL_START)
        return engine_start_vm(engine, vm, NULL, force, error);
    if (action == CONTROL_SHUT_DOWN || action == CONTROL_FORCE_OFF)
        return engine_stop_vm(engine, vm, force || action == CONTROL_FORCE_OFF, error);
    if ((why = engine_explain_control(engine, found, action)))
        return refuse(why, error);
    if (engine->follow)
        return follow_order(engine, &(const struct order){.kind = ORDER_CONTROL,
                                                          .vm = found->name,
                                                          .value = (gint)action,
                                                          .force = force});
    if (!is_vm_free(engine, found->name, watch, error))
        return 0;
    task = act_task_new(watch, JOB_CONTROL, force);
    task->job.action = action;
    task->job.vm = g_strdup(found->name);
    task->job.mem_kib = found->mem_kib;
    task_submit(task, NULL);
    return task->job.id;
}

/* --- Definitions ------------------------------------------------------------------------------ */

static struct guest *read_guest(const char *xml, GError **error)
{
    struct guest *guest = guest_xml_read(xml ? xml : "", error);

    if (guest && guest->name && guest_check_name(guest->name, error))
        return guest;
    if (guest && !guest->name)
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT, "it has no name");
    g_prefix_error(error, "the definition cannot be used: ");
    guest_free(guest);
    return NULL;
}

guint engine_define_vm(struct engine *engine, const char *host, const char *xml, gboolean fresh,
                       GError **error)
{
    struct watch *watch = act_find_host(engine, host, error);
    autoptr(guest) guest = watch ? read_guest(xml, error) : NULL;
    char *why = guest ? engine_explain_define(engine, guest, fresh) : NULL;
    struct task *task;

    if (why)
        return refuse(why, error);
    if (guard_refuses(engine, error))
        return 0;
    if (guest && engine->follow)
        return follow_order(engine, &(const struct order){.kind = ORDER_DEFINE,
                                                          .vm = guest->name,
                                                          .host = watch->host->name,
                                                          .text = (char *)xml,
                                                          .on = fresh});
    if (!guest || !is_vm_free(engine, guest->name, watch, error))
        return 0;
    task = act_task_new(watch, JOB_DEFINE, FALSE);
    task->job.vm = g_strdup(guest->name);
    task->job.mem_kib = guest->mem_kib;
    task->xml = g_strdup(xml);
    task->fresh = fresh;
    task_submit(task, NULL);
    return task->job.id;
}

guint engine_forget_vm(struct engine *engine, const char *vm, const char *host, gboolean force,
                       GError **error)
{
    struct vm *found = act_find_vm(engine, vm, error);
    struct watch *watch = found ? act_find_host(engine, host, error) : NULL;
    char *why =
        watch && !engine->follow ? engine_explain_forget(engine, found, watch->host, force) : NULL;

    if (why)
        return refuse(why, error);
    if (guard_refuses(engine, error))
        return 0;
    /* Which hosts know a VM besides the one that has it only the manager has been told. */
    if (watch && engine->follow)
        return follow_order(engine, &(const struct order){.kind = ORDER_FORGET,
                                                          .vm = found->name,
                                                          .host = watch->host->name,
                                                          .force = force});
    if (!watch || !is_vm_free(engine, found->name, watch, error))
        return 0;
    return submit_vm(watch, JOB_FORGET, found, force);
}
