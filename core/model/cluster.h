/*
 * cluster.h - the aggregate everything works on: Cluster > Host > VM.
 *
 * Invariants: host names, host addresses and VM names are unique; every VM is in exactly one
 * host's list (vm->host); hosts keep the order they were added in (R12 and R21 count on it).
 * No I/O. Thread: one owner; the engine on the main thread.
 */
#ifndef ROOST_MODEL_CLUSTER_H
#define ROOST_MODEL_CLUSTER_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/model/host.h"
#include "core/model/report.h"
#include "core/model/vm.h"

struct cluster {
    char *name;
    GPtrArray *hosts;          /* struct host *, owned */
    GHashTable *hosts_by_name; /* char * -> struct host *, borrowed */
    GHashTable *hosts_by_address;
    GHashTable *vms_by_name;
    GPtrArray *claimed; /* struct vm *, borrowed: those with also_on set; nearly always empty */
};

struct cluster *cluster_new(const char *name);
void cluster_free(struct cluster *cluster);
AUTOPTR_DEFINE(cluster)

/* A deep copy that shares nothing, for plans and what-if. */
struct cluster *cluster_copy(const struct cluster *cluster);

/*
 * Adds a host that is off, with nothing known but its name and address. The first one becomes
 * Manager (R6). NULL and ROOST_ERROR_INPUT when the name or address cannot be used or is taken.
 * Borrowed; valid until removed.
 */
struct host *cluster_add_host(struct cluster *cluster, const char *name, const char *address,
                              GError **error);

/*
 * Adds a copy of a host of another cluster, as a node unless it is the first, with those of its VMs
 * that this cluster has not. Fails and is borrowed as cluster_add_host.
 */
struct host *cluster_adopt_host(struct cluster *cluster, const struct host *known, GError **error);

/* Removes and frees a host and its VMs; the role of Manager passes to the first that is left. */
void cluster_remove_host(struct cluster *cluster, struct host *host);

/* By name or by address; NULL when there is none. */
struct host *cluster_find_host(const struct cluster *cluster, const char *name_or_address);

/* The host that runs the manager; NULL in an empty cluster. */
struct host *cluster_manager(const struct cluster *cluster);

/* The manager runs on that host from now on; NULL = on none of the cluster's. */
void cluster_set_manager(struct cluster *cluster, struct host *host);

/* Adds a VM that is off. NULL and ROOST_ERROR_INPUT when the name cannot be used or is taken. */
struct vm *cluster_add_vm(struct cluster *cluster, struct host *host, const char *name,
                          GError **error);
void cluster_remove_vm(struct cluster *cluster, struct vm *vm);
struct vm *cluster_find_vm(const struct cluster *cluster, const char *name);

/* Puts the VM on another host and stamps both. The VM keeps its state. */
void cluster_move_vm(struct cluster *cluster, struct vm *vm, struct host *to, gint64 now_us);

/* Notes that `by` says it runs the VM as well, or (NULL) that nobody else does any more. */
void cluster_set_claim(struct cluster *cluster, struct vm *vm, struct host *by, gint64 now_us);

guint cluster_count_vms(const struct cluster *cluster);        /* all that are known */
guint cluster_count_active_vms(const struct cluster *cluster); /* those that run */

/* The mean load of a CPU over the hosts that are on and tell theirs; -1 = none does. */
double cluster_mean_load(const struct cluster *cluster);

/* What applying a report changed, for the engine to act on and tell. */
enum cluster_change {
    CLUSTER_CHANGE_NONE = 0,
    CLUSTER_CHANGE_FACTS = 1 << 0, /* loads, RAM, users: worth redrawing */
    CLUSTER_CHANGE_VMS = 1 << 1,   /* a VM came, left, started or stopped */
    CLUSTER_CHANGE_STATE = 1 << 2, /* the host's own state changed */
    CLUSTER_CHANGE_ALARM = 1 << 3, /* an alarm began or ended */
};

/* A sentence for the journal about what was seen. */
struct cluster_event {
    char *object; /* "vm web", "host pc05"; names as they are, not escaped */
    char *text;
    gboolean alarm;
};
void cluster_event_free(struct cluster_event *event);

/*
 * Makes the model agree with what was seen on `host` at now_us. A VM seen on a second host moves
 * there once its old host has answered without it; until then it is claimed twice (vm->also_on)
 * and frozen, and an alarm is told when the old host insists in a report that cannot have been
 * under way before. A VM that its host no longer has is missing, and lost (an alarm) when no host
 * has shown it for `patience_us`; one that is there but not running is off. A VM nobody knew is
 * added with this host as its home.
 * Returns the changes; `events` (may be NULL) receives struct cluster_event *, to be freed by the
 * caller.
 */
enum cluster_change cluster_apply_report(struct cluster *cluster, struct host *host,
                                         const struct host_report *report, gint64 now_us,
                                         gint64 patience_us, GPtrArray *events);

/*
 * The host did not answer: `absent` when nothing lives at its address. A host that was stopping,
 * or is absent and was running nothing, becomes off; a waking or off one stays; any other becomes
 * unreachable and its running VMs unknown. `trouble` (may be NULL) is kept to be shown.
 */
enum cluster_change cluster_apply_silence(struct cluster *cluster, struct host *host,
                                          gboolean absent, const char *trouble, gint64 now_us,
                                          GPtrArray *events);

#endif
