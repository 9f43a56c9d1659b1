/* spread.c - VMs taken together: what speaks against it, and how they would be spread. */
#include "core/engine/engine_internal.h"

/* One of them, that is not there yet. */
static gboolean is_among(const struct vm *const *vms, guint n, const char *name,
                         const struct host *to)
{
    for (guint i = 0; i < n; i++)
        if (vms[i]->host != to && g_strcmp0(vms[i]->name, name) == 0)
            return TRUE;
    return FALSE;
}

enum check_reason engine_check_set(const struct engine *engine, const struct vm *const *vms,
                                   guint n, const struct host *to, struct check_set *set)
{
    const struct watch *watch = watch_of(engine, to);
    guint64 reserved_kib;
    guint reserved_vms;

    queue_reserved(watch, NULL, &reserved_kib, &reserved_vms);
    /* What comes there already does not stand in its own way. */
    for (guint i = 0; i < watch->tasks->len; i++) {
        const struct task *task = g_ptr_array_index(watch->tasks, i);
        if (task->to != watch || !is_among(vms, n, task->job.vm, to))
            continue;
        reserved_kib -= MIN(reserved_kib, task->job.mem_kib);
        reserved_vms -= MIN(reserved_vms, 1);
    }
    return check_migrate_set(vms, n, to, &engine->config.policy, clock_mono_us(engine->clock),
                             reserved_kib, reserved_vms, set);
}

/* What is being done with a VM by hand, or has begun, is not undone by this. */
static void add_vms_under_way(const struct engine *engine, const GPtrArray *vms,
                              struct rests *rests)
{
    for (guint i = 0; i < vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(vms, i);
        const struct task *task = g_hash_table_lookup(engine->vm_tasks, vm->name);
        if (task && (task->job.origin != JOB_AUTOMATIC || task->stage >= TASK_ACTING))
            rests_add_vm(rests, vm, g_strdup_printf("job %u is under way", task->job.id));
    }
}

struct plan *engine_plan_spread(const struct engine *engine, const GPtrArray *vms,
                                const GPtrArray *hosts)
{
    guint n_hosts = engine->cluster->hosts->len;
    g_autofree struct spread_promise *promised = g_new0(struct spread_promise, n_hosts + 1);
    /* By hand, as a drain: an operator does not wait for what is under way. */
    autoptr(rests) rests = rest_list(engine, PLAN_DRAIN, FALSE, NULL);
    const struct policy_moment moment = {
        .now_us = clock_mono_us(engine->clock),
        .until_normal_us = G_MAXINT64,
        .rests = rests,
    };
    const struct spread spread = {vms, hosts, promised};

    for (guint i = 0; i < n_hosts; i++)
        queue_reserved(watch_of(engine, g_ptr_array_index(engine->cluster->hosts, i)), NULL,
                       &promised[i].mem_kib, &promised[i].vms);
    add_vms_under_way(engine, vms, rests);
    return policy_spread(engine->cluster, &engine->config.policy, &moment, &spread);
}
