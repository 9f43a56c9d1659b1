#include "core/policy/load.h"

#define VM_MEM_MOST_KIB (G_GUINT64_CONSTANT(1) << 40)

guint64 load_vm_mem_kib(const struct vm *vm)
{
    return MIN(vm->mem_kib, VM_MEM_MOST_KIB);
}

guint load_vm_cpu_permille(const struct vm *vm, guint active_vms)
{
    gint share;

    if (vm->cpu_permille >= 0)
        return (guint)vm->cpu_permille;
    if (!vm->host || vm->host->load15_permille < 0)
        return 0;
    share = vm->host->load15_permille / (gint)MAX(active_vms, 1);
    return (guint)MIN((gint64)share, (gint64)MAX(vm->vcpus, 1) * 1000);
}

struct load_sum load_sum_vms(const struct host *host)
{
    struct load_sum sum = {.vms = host_active_vms(host)};

    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);
        if (!vm_is_active(vm))
            continue;
        sum.mem_kib += load_vm_mem_kib(vm);
        sum.cpu_permille += load_vm_cpu_permille(vm, sum.vms);
    }
    return sum;
}

static gint64 own_overhead(const struct host *host, gint64 vms_cpu_permille)
{
    gint64 own;

    if (host->cpu_permille < 0)
        return MAX(host->load15_permille - vms_cpu_permille, 0);
    own = MAX((gint64)host->cpu_permille * host->cpus - vms_cpu_permille, 0);
    return host->load15_permille < 0 ? own : MIN(own, host->load15_permille);
}

/*
 * own overhead + what its VMs take, where
 *     own overhead = min(busy CPU of the host - what its VMs take, loadavg15), at least 0
 * The busy CPU is of this moment and would take the work of a migration for the host's own; a
 * load that lasts shows in loadavg15 too, so the lesser of both is believed.
 */
static gint64 predict(const struct host *host, gint64 vms_cpu_permille)
{
    return own_overhead(host, vms_cpu_permille) + vms_cpu_permille;
}

gint64 load_base(const struct host *host, gint64 vms_cpu_permille)
{
    return MAX(predict(host, vms_cpu_permille), host->load15_permille);
}

gint policy_predict_load_permille(const struct host *host, gint extra_cpu_permille)
{
    gint64 cpu;

    if (host->cpus == 0)
        return -1;
    cpu = predict(host, load_sum_vms(host).cpu_permille) + extra_cpu_permille;
    return (gint)CLAMP(cpu / host->cpus, 0, G_MAXINT);
}

gboolean load_is_lagging(const struct host *host, const struct policy_config *config, gint64 now_us)
{
    return host->changed_at_us != 0 && now_us - host->changed_at_us < config->recent_move_us;
}

gint policy_host_load_permille(const struct host *host, const struct policy_config *config,
                               gint64 now_us)
{
    gint load = host_load_permille(host);

    if (load < 0 || !load_is_lagging(host, config, now_us))
        return load;
    return MAX(load, policy_predict_load_permille(host, 0));
}
