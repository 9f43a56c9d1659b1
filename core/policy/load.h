/*
 * load.h - how busy a host is and would be. Private to core/policy.
 *
 * Units: thousandths of one core, so that load15_permille (a load of 1 is one core busy) and the
 * CPU of VMs add up. Thread: any.
 */
#ifndef ROOST_POLICY_LOAD_H
#define ROOST_POLICY_LOAD_H

#include "core/policy/policy.h"

/* What the active VMs of a host take together. */
struct load_sum {
    guint vms;
    guint64 mem_kib;
    gint64 cpu_permille;
};

struct load_sum load_sum_vms(const struct host *host);

/* Its RAM; an absurd claim is cut to a pebibyte, so that sums of many do not overflow. */
guint64 load_vm_mem_kib(const struct vm *vm);

/* TRUE while loadavg15 still speaks of the time before a VM came or left. */
gboolean load_is_lagging(const struct host *host, const struct policy_config *config,
                         gint64 now_us);

/* As vm_cpu_permille, but with the host's active VMs counted already: a plan asks it of each VM. */
guint load_vm_cpu_permille(const struct vm *vm, guint active_vms);

/* R10 for a host that is on and fresh, were that its load (0 or more) and its active VMs. */
enum host_class policy_class_of(const struct host *host, const struct policy_config *config,
                                gint load_permille, guint vms);

/*
 * What to count a host's load from when VMs are added to it: the greater of loadavg15 and what is
 * predicted from the CPU its VMs take.
 */
gint64 load_base(const struct host *host, gint64 vms_cpu_permille);

#endif
