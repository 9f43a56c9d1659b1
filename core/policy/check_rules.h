/*
 * check_rules.h - parts of the checks that plans and explanations need apart. Private to
 * core/policy.
 *
 * Thread: any.
 */
#ifndef ROOST_POLICY_CHECK_RULES_H
#define ROOST_POLICY_CHECK_RULES_H

#include "core/policy/check.h"
#include "core/policy/load.h"

/* As check_power_off, for a host that will have lost its VMs by then. */
enum check_reason check_power_off_emptied(const struct host *host,
                                          const struct policy_config *config, gint64 now_us,
                                          gboolean automatic);

/* What is counted on a host when one more VM is to join. */
struct check_load {
    struct load_sum sum; /* the active VMs there */
    gboolean summed;     /* `sum` is filled in: of a set it is counted once */
    guint64 reserved_kib;
    guint reserved_vms;
    guint64 joined_kib; /* VMs that are to come together with it */
    guint joined_vms;
    gint64 joined_cpu_permille;
};

/* check_migrate in two parts: the ends first, and then what is counted, which is dearer. */
enum check_reason check_ends(const struct vm *vm, const struct host *to,
                             const struct policy_config *config, gint64 now_us);
enum check_reason check_join(const struct vm *vm, const struct host *to,
                             const struct policy_config *config, const struct check_load *load);

/* RAM a host gives to VMs: what it has less the reserve; 0 when not known. */
guint64 check_vm_room_kib(const struct host *host, const struct policy_config *config);

/*
 * Why no VM can leave or reach the host: its hypervisor cannot; without and with "host NAME: ".
 * Names are escaped. Free with g_free.
 */
char *check_explain_unable(const struct host *host);
char *check_explain_no_migration(const struct host *host);

/* An active VM there that this one is kept apart from; NULL when there is none. */
const struct vm *check_find_apart(const struct vm *vm, const struct host *to);

#endif
