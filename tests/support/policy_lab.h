/*
 * policy_lab.h - small clusters for tests of the policy, and carrying a plan out on them.
 *
 * For tests only.
 */
#ifndef ROOST_TESTS_POLICY_LAB_H
#define ROOST_TESTS_POLICY_LAB_H

#include "core/model/cluster.h"
#include "core/policy/policy.h"

#define LAB_NOW_US   G_GINT64_CONSTANT(1000000000000)
#define LAB_MIB(mib) ((guint64)(mib)*1024)

/* Two CPUs, fresh, idle, armed, nobody logged in; RAM in MiB. The first one is the manager. */
struct host *lab_add_host(struct cluster *cluster, const char *name, guint mem_mib);

/* The same, off. */
struct host *lab_add_off(struct cluster *cluster, const char *name, guint mem_mib);

/* A running VM at home where it is; its CPU is added to the host's loads. */
struct vm *lab_add_vm(struct host *host, struct cluster *cluster, const char *name, guint mem_mib,
                      gint cpu_permille);

/* Adds to loadavg15 and to busy CPU, in thousandths of a core. */
void lab_add_load(struct host *host, gint permille);

/* n hosts pc01.. as in the thesis: 2 CPUs, 2 GiB, one VM of 256 MiB each, its clone. */
struct cluster *lab_ercolani(guint n);

/*
 * Carries the plan out, step by step, at now_us, checking at each one what must always hold: RAM
 * and number of VMs of the target, that both ends are on, that what it waits for came before. Loads
 * follow the VMs at once. A host that is switched off must run nothing.
 */
void lab_apply(struct cluster *cluster, const struct plan *plan, const struct policy_config *config,
               gint64 now_us);

/* What was fresh at LAB_NOW_US or later is fresh at now_us. */
void lab_freshen(struct cluster *cluster, gint64 now_us);

guint lab_count_on(const struct cluster *cluster);

struct policy_moment lab_moment(gint64 now_us);

#endif
