/*
 * report.h - what a driver saw on one host at one time: the only way facts enter the model.
 *
 * A plain value. Drivers fill it (strings duplicated, hostile until applied), cluster_apply_report
 * reads it. What the driver could not learn is left at its "not known" value. Thread: none; it is
 * handed over.
 */
#ifndef ROOST_MODEL_REPORT_H
#define ROOST_MODEL_REPORT_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/model/host.h"
#include "core/model/vm.h"

enum vm_report_state {
    VM_REPORT_OFF,
    VM_REPORT_RUNNING,
    VM_REPORT_PAUSED,
    VM_REPORT_INCOMING, /* a migration is bringing it: it holds RAM but does not run here yet */
    VM_REPORT_BROKEN,   /* its post-copy away from here broke off: it stands still, with a part of
                           its RAM here; where the target says that it runs, it does */
};

struct vm_report {
    const char *name; /* lies in the report, as the struct does */
    char *uuid;
    char *mac;
    guint64 mem_kib;
    guint vcpus;
    gint cpu_permille; /* of one core, since the driver's last look; -1 on the first */
    enum vm_report_state state;
    gboolean persistent;
    gboolean autostart;
    gboolean stranded; /* paused by a migration that nobody carries out any more */
};

struct host_report {
    char *hostname;
    char *mac;
    char *broadcast;
    char *cpu_model;
    char *hypervisor; /* "QEMU", "LXC": as libvirt names its driver */
    char *trouble;    /* a part that failed while the rest worked, one sentence; NULL for none */
    char **users;     /* NULL = could not be asked; an empty list = nobody */
    enum host_wake wake;
    enum host_migration can_migrate;
    guint cpus;
    guint64 mem_kib;
    guint64 mem_available_kib;
    gint load15_permille;             /* -1 = could not be asked */
    gint cpu_permille;                /* -1 = could not be asked */
    GPtrArray *vms;                   /* struct vm_report *, from host_report_add_vm or shared */
    gboolean shares_vms;              /* other reports have the same list: nothing may be added */
    struct host_report_block *blocks; /* private: what they and their names lie in */
};

struct host_report *host_report_new(void);
void host_report_free(struct host_report *report);
AUTOPTR_DEFINE(host_report)

/* Adds a VM named `name` (copied) with everything else not known; borrowed, valid with the report.
 */
struct vm_report *host_report_add_vm(struct host_report *report, const char *name);

/*
 * Of hosts on which nothing goes on, one report after the other says the same of its VMs: they can
 * share one list, and whoever applied it once knows it again. It and all in it stay as they are.
 *
 * A copy of the report's VMs, without uuid and mac, which it must not have. g_ptr_array_unref.
 */
GPtrArray *host_report_share_vms(const struct host_report *report);

/* A report that begins with such a list, which it refers to. */
struct host_report *host_report_new_sharing(GPtrArray *vms);

/* The VM of that name, or NULL. Borrowed. */
struct vm_report *host_report_find_vm(const struct host_report *report, const char *name);

#endif
