/* act.c - what an operator asks for by hand. */
#include "core/base/text.h"
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"
#include "core/model/guest_xml.h"

static struct watch *find_host(const struct engine *engine, const char *name, GError **error)
{
    struct watch *watch = watch_find(engine, name);

    if (!watch)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no host \"%s\" in the cluster",
                    name ? name : "");
    return watch;
}

/* Most sentences begin with what they are about: it is said once. Free it. */
static char *say_of(const char *kind, const char *name, const char *sentence)
{
    g_autofree char *object = g_strdup_printf("%s %s ", kind, name);
    g_autofree char *bare = g_strdup_printf("%s ", name);

    if (g_str_has_prefix(sentence, object))
        return g_strdup(sentence);
    if (g_str_has_prefix(sentence, bare))
        return g_strdup_printf("%s %s", kind, sentence);
    return g_strdup_printf("%s %s: %s", kind, name, sentence);
}

/* vm is NULL when the check was about the host alone. */
static gboolean is_allowed(const struct engine *engine, enum check_reason reason, gboolean force,
                           const struct vm *vm, const struct host *host, GError **error)
{
    g_autofree char *why = NULL;
    g_autofree char *text = NULL;

    if (reason == CHECK_OK || (force && check_can_force(reason)))
        return TRUE;
    why = check_explain(reason, vm, host, &engine->config.policy);
    text = say_of(vm ? "vm" : "host", vm ? vm->name : host->name, why);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s%s", text,
                check_can_force(reason) ? " (force goes past this)" : "");
    return FALSE;
}

gboolean act_gives_way(const struct task *task)
{
    return task->job.origin == JOB_AUTOMATIC && task->stage < TASK_ACTING;
}

static gboolean is_in_the_way(const struct task *task, GError **error)
{
    g_autofree char *what = job_describe(&task->job);

    if (act_gives_way(task))
        return FALSE;
    if (task->job.id >= FOLLOW_ORDER_FIRST) /* no number that anybody could look for yet */
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s: %s", what, task->job.result);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "job %u, %s, is under way (%s)",
                    task->job.id, what, job_state_name(task->job.state));
    return TRUE;
}

void act_push_aside(struct task *task)
{
    if (task->engine->follow)
        return;
    task_end(task, TASK_END_SUPERSEDED, "%s does otherwise", task->engine->who);
}

static void push_aside_all(struct watch *watch)
{
    g_autoptr(GPtrArray) tasks = g_ptr_array_copy(watch->tasks, NULL, NULL);

    for (guint i = 0; i < tasks->len; i++) {
        struct task *task = g_ptr_array_index(tasks, i);
        if (task->stage != TASK_OVER && act_gives_way(task))
            act_push_aside(task);
    }
}

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

    if (!is_allowed(engine, reason, force, vm, to->host, error))
        return FALSE;
    if ((own && is_in_the_way(own, error)) || (power_from && is_in_the_way(power_from, error)) ||
        (power_to && is_in_the_way(power_to, error))) {
        g_prefix_error(error, "vm %s: ", vm->name);
        return FALSE;
    }
    return TRUE;
}

guint engine_migrate_as(struct engine *engine, const char *vm, const char *to, gboolean force,
                        const struct migrate_options *options, GError **error)
{
    struct vm *found = vm ? cluster_find_vm(engine->cluster, vm) : NULL;
    struct watch *target = find_host(engine, to, error);
    struct watch *from;
    struct task *task;

    if (guard_refuses(engine, error))
        return 0;
    if (!target)
        return 0;
    if (!found) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no vm \"%s\" in the cluster",
                    vm ? vm : "");
        return 0;
    }
    if (!may_migrate(engine, found, target, force, error))
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
    task = task_new(engine, JOB_MIGRATE, JOB_BY_HAND, from, engine->who, "by hand");
    task->to = target;
    task->job.to = g_strdup(target->host->name);
    task->job.vm = g_strdup(found->name);
    task->job.mem_kib = found->mem_kib;
    task->job.force = force;
    task->options = options ? g_memdup2(options, sizeof *options) : NULL;
    task_submit(task, NULL);
    return task->job.id;
}

guint engine_migrate(struct engine *engine, const char *vm, const char *to, gboolean force,
                     GError **error)
{
    return engine_migrate_as(engine, vm, to, force, NULL, error);
}

/* --- Start and stop a VM --- */

static struct vm *find_vm(const struct engine *engine, const char *name, GError **error)
{
    struct vm *vm = name ? cluster_find_vm(engine->cluster, name) : NULL;

    if (!vm)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no vm \"%s\" in the cluster",
                    name ? name : "");
    return vm;
}

/* Neither the VM nor the power of the host is being seen to; what is automatic has given way. */
static gboolean is_vm_free(struct engine *engine, const char *vm, const struct watch *watch,
                           GError **error)
{
    struct task *own = g_hash_table_lookup(engine->vm_tasks, vm);
    struct task *power = task_find_for_power(watch);

    if ((own && is_in_the_way(own, error)) || (power && is_in_the_way(power, error))) {
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
    task = task_new(engine, kind, JOB_BY_HAND, watch, engine->who, "by hand");
    task->job.vm = g_strdup(vm->name);
    task->job.mem_kib = vm->mem_kib;
    task->job.force = force;
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
    struct vm *found = find_vm(engine, vm, error);
    struct watch *watch = NULL;

    if (guard_refuses(engine, error))
        return 0;
    if (found)
        watch = host ? find_host(engine, host, error) : watch_of(engine, found->host);
    if (!watch || !is_vm_free(engine, found->name, watch, error) ||
        !is_allowed(engine, engine_check_start(engine, found, watch->host), force, found,
                    watch->host, error))
        return 0;
    return submit_vm(watch, JOB_START, found, force);
}

guint engine_stop_vm(struct engine *engine, const char *vm, gboolean force, GError **error)
{
    struct vm *found = find_vm(engine, vm, error);

    if (guard_refuses(engine, error))
        return 0;
    if (!found || !is_allowed(engine, check_stop(found), force, found, found->host, error) ||
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
    struct vm *found = find_vm(engine, vm, error);
    struct watch *watch = found ? watch_of(engine, found->host) : NULL;
    struct task *task;
    char *why;

    if (guard_refuses(engine, error))
        return 0;
    if (!found)
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
    task = task_new(engine, JOB_CONTROL, JOB_BY_HAND, watch, engine->who, "by hand");
    task->job.action = action;
    task->job.vm = g_strdup(found->name);
    task->job.mem_kib = found->mem_kib;
    task->job.force = force;
    task_submit(task, NULL);
    return task->job.id;
}

/* --- Definitions --- */

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
    struct watch *watch = find_host(engine, host, error);
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
    task = task_new(engine, JOB_DEFINE, JOB_BY_HAND, watch, engine->who, "by hand");
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
    struct vm *found = find_vm(engine, vm, error);
    struct watch *watch = found ? find_host(engine, host, error) : NULL;
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

/* --- Hosts --- */

static gboolean is_host_free(struct watch *watch, GError **error)
{
    for (guint i = 0; i < watch->tasks->len; i++) {
        if (is_in_the_way(g_ptr_array_index(watch->tasks, i), error)) {
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

    if (!is_allowed(engine, reason, force, NULL, watch->host, error))
        return 0;
    if (engine->follow)
        return follow_order(engine,
                            &(const struct order){.kind = kind == JOB_WAKE ? ORDER_WAKE : ORDER_OFF,
                                                  .host = watch->host->name,
                                                  .force = force});
    push_aside_all(watch);
    task = task_new(engine, kind, JOB_BY_HAND, watch, engine->who, "by hand");
    task->job.force = force;
    task_submit(task, NULL);
    return task->job.id;
}

guint engine_wake(struct engine *engine, const char *host, GError **error)
{
    struct watch *watch = find_host(engine, host, error);

    if (guard_refuses(engine, error))
        return 0;
    if (!watch || !is_host_free(watch, error))
        return 0;
    return submit_power(watch, JOB_WAKE, check_wake(watch->host), FALSE, error);
}

guint engine_power_off(struct engine *engine, const char *host, gboolean force, GError **error)
{
    struct watch *watch = find_host(engine, host, error);
    enum check_reason reason;

    if (guard_refuses(engine, error))
        return 0;
    if (!watch || !is_host_free(watch, error))
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
    struct watch *watch = find_host(engine, host, error);
    autoptr(plan) plan = NULL;

    if (guard_refuses(engine, error))
        return FALSE;
    if (!watch)
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

const struct job *engine_find_job(const struct engine *engine, guint id)
{
    const struct task *task = task_find(engine, id);

    return task ? &task->job : NULL;
}

static char *taken_back_by(const struct engine *engine)
{
    return g_strdup_printf("taken back by %s", engine->who);
}

gboolean engine_cancel_job(struct engine *engine, guint id, GError **error)
{
    struct task *task = task_find(engine, id);
    g_autofree char *by = taken_back_by(engine);

    if (guard_refuses(engine, error))
        return FALSE;
    if (task && engine->follow)
        return follow_cancel(engine, task, error);
    if (task)
        return task_cancel(task, by, error);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no job %u", id);
    return FALSE;
}

gboolean engine_switch_postcopy(struct engine *engine, guint id, GError **error)
{
    struct task *task = task_find(engine, id);

    if (guard_refuses(engine, error))
        return FALSE;
    if (task && engine->follow)
        return follow_order(
                   engine, &(const struct order){.kind = ORDER_POSTCOPY, .job = task->job.id}) != 0;
    if (task)
        return moving_switch_postcopy(task, error);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no job %u", id);
    return FALSE;
}

guint engine_cancel_all(struct engine *engine, gboolean running)
{
    g_autofree char *by = taken_back_by(engine);
    guint cancelled = 0;

    if (guard_refuses(engine, NULL))
        return 0;
    if (engine->follow) {
        follow_order(engine, &(const struct order){.kind = ORDER_CANCEL_ALL, .on = running});
        return running ? engine->under_way : engine->under_way - engine->running;
    }
    for (guint i = 0; i < engine->jobs->len; i++) {
        struct task *task = g_ptr_array_index(engine->jobs, i);
        if (task->stage >= TASK_PROVING || (task->stage == TASK_ACTING && !running))
            continue;
        cancelled += task_cancel(task, by, NULL) ? 1 : 0;
    }
    return cancelled;
}

void engine_hold(struct engine *engine, gboolean hold)
{
    engine->held = hold;
    if (hold || engine->follow)
        return;
    queue_poke(engine);
    automatic_decide_in(engine, 0);
}
