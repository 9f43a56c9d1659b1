#include "core/model/host.h"

#include "core/model/vm.h"

gint host_load_permille(const struct host *host)
{
    if (host->load15_permille < 0 || host->cpus == 0)
        return -1;
    return host->load15_permille / (gint)host->cpus;
}

guint host_active_vms(const struct host *host)
{
    guint count = 0;

    for (guint i = 0; i < host->vms->len; i++)
        count += vm_is_active(g_ptr_array_index(host->vms, i)) ? 1 : 0;
    return count;
}

guint64 host_active_mem_kib(const struct host *host)
{
    guint64 sum = 0;

    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);
        if (vm_is_active(vm))
            sum += vm->mem_kib;
    }
    return sum;
}

guint host_most_vms(const struct host *host, guint64 vm_min_kib)
{
    if (host->vm_max > 0)
        return host->vm_max;
    if (host->mem_kib == 0)
        return 0;
    return (guint)CLAMP(host->mem_kib / MAX(vm_min_kib, 1), 1, G_MAXINT);
}

gboolean host_is_stale(const struct host *host, gint64 now_us, gint64 stale_after_us)
{
    return host->seen_at_us == 0 || now_us - host->seen_at_us > stale_after_us;
}

gboolean host_is_usable(const struct host *host, gint64 now_us, gint64 stale_after_us)
{
    return host->state == HOST_ON && !host_is_stale(host, now_us, stale_after_us);
}

gboolean host_can_wake(const struct host *host)
{
    if (host->wake == HOST_WAKE_COMMAND)
        return TRUE;
    return host->mac && (host->wake == HOST_WAKE_ARMED || host->wake == HOST_WAKE_PROVEN ||
                         host->wake == HOST_WAKE_ASSUMED);
}

gboolean host_may_migrate(const struct host *host)
{
    return host->can_migrate != HOST_MIGRATION_UNABLE;
}

gboolean host_hypervisors_differ(const struct host *a, const struct host *b)
{
    return a->hypervisor && b->hypervisor && !g_str_equal(a->hypervisor, b->hypervisor);
}

void host_set_state(struct host *host, enum host_state state, gint64 now_us)
{
    if (host->state == state)
        return;
    host->state = state;
    host->state_since_us = now_us;
}

const char *host_state_name(enum host_state state)
{
    static const char *const names[] = {
        [HOST_OFF] = "off",           [HOST_WAKING] = "waking",           [HOST_ON] = "on",
        [HOST_STOPPING] = "stopping", [HOST_UNREACHABLE] = "unreachable",
    };

    return names[state];
}

const char *host_wake_name(enum host_wake wake)
{
    static const char *const names[] = {
        [HOST_WAKE_UNKNOWN] = "unknown",   [HOST_WAKE_ARMED] = "armed",
        [HOST_WAKE_DISARMED] = "disarmed", [HOST_WAKE_ASSUMED] = "assumed",
        [HOST_WAKE_PROVEN] = "proven",     [HOST_WAKE_COMMAND] = "command",
    };

    return names[wake];
}
