/*
 * host.h - one host, as the cluster knows it. Plain data.
 *
 * Every fact is what was last seen, with the time it was seen. Loads are kept in thousandths so
 * that decisions are the same on every machine. Thread: whoever owns the cluster.
 */
#ifndef ROOST_MODEL_HOST_H
#define ROOST_MODEL_HOST_H

#include <glib.h>

struct vm;

enum host_state {
    HOST_OFF,
    HOST_WAKING, /* a magic packet was sent; no answer yet */
    HOST_ON,
    HOST_STOPPING,    /* told to power off; still there, or not yet known to be gone */
    HOST_UNREACHABLE, /* should be on, does not answer */
};

enum host_role {
    HOST_NODE,
    HOST_MANAGER,
};

/* What is known of wake-on-LAN on the interface that leads to the lab. */
enum host_wake {
    HOST_WAKE_UNKNOWN,  /* nobody could say: not taken as able to wake */
    HOST_WAKE_ARMED,    /* ethtool says so */
    HOST_WAKE_DISARMED, /* ethtool says not */
    HOST_WAKE_ASSUMED,  /* a virtual interface that has no such setting */
    HOST_WAKE_PROVEN,   /* roost has woken it before */
    HOST_WAKE_COMMAND,  /* a command is configured that switches it on */
};

/* What its hypervisor says of moving running VMs. */
enum host_migration {
    HOST_MIGRATION_UNKNOWN, /* not asked yet, or it cannot tell: it is tried where asked for */
    HOST_MIGRATION_ABLE,
    HOST_MIGRATION_UNABLE, /* neither from it nor to it */
};

struct host {
    char *name;       /* hostname; unique in the cluster */
    char *address;    /* IPv4 or IPv6, numeric; unique in the cluster */
    char *mac;        /* lower case aa:bb:cc:dd:ee:ff; NULL when not known */
    char *broadcast;  /* directed broadcast address of its segment; NULL when not known */
    char *cpu_model;  /* as the hypervisor names it; NULL when not known */
    char *hypervisor; /* as libvirt names its driver: "QEMU", "LXC"; NULL when not known */
    char *note;       /* free text of the operator; NULL for none */
    char *rack;       /* where it stands, in the operator's words; NULL when not said */
    char *room;
    char *lab;     /* which of the labs of one cluster it belongs to; NULL when not said */
    char *trouble; /* what is wrong with it now, one sentence; NULL when nothing is */
    char **users;  /* who is logged in, NULL-terminated; NULL when not known */
    enum host_role role;
    enum host_state state;
    enum host_wake wake;
    enum host_migration can_migrate;
    gboolean maintenance;      /* being worked on: neither source nor target of automatic actions */
    guint cpus;                /* 0 when not known */
    guint64 mem_kib;           /* 0 when not known */
    guint64 mem_available_kib; /* as the kernel says now; 0 when not known */
    gint load15_permille;      /* last of the three of /proc/loadavg, x 1000; -1 when not known */
    gint cpu_permille;         /* busy share of all its CPUs, 0..1000; -1 when not known */
    guint vm_max;              /* greatest number of VMs; 0 = follows from RAM / vm_min_mib */
    guint index;               /* position in the cluster's list: the thesis's order */
    gint64 seen_at_us;         /* last full report, monotonic; 0 = never by this process */
    gint64 state_since_us;     /* monotonic; when `state` became what it is */
    gint64 woken_at_us;        /* monotonic; when it last answered after a wake; 0 = never */
    gint64 changed_at_us;      /* monotonic; when a VM last came or left; 0 = never */
    GPtrArray *vms;            /* struct vm *, owned; in order of arrival */
    GPtrArray *told_vms;       /* of reports that share one: it names `vms`, each at its place; or
                                  NULL, as after any change of `vms`. A reference of our own */
};

/* load15 / CPUs in thousandths (R9); -1 when not known. */
gint host_load_permille(const struct host *host);

/* Active VMs only (running, paused, in doubt), and the RAM they hold. */
guint host_active_vms(const struct host *host);
guint64 host_active_mem_kib(const struct host *host);

/* vm_max when set, else RAM / vm_min_kib (R2), at least 1; 0 when its RAM is not known. */
guint host_most_vms(const struct host *host, guint64 vm_min_kib);

/* TRUE when the last report is older than stale_after_us (never seen is stale too). */
gboolean host_is_stale(const struct host *host, gint64 now_us, gint64 stale_after_us);

/* TRUE when the host is on, fresh, and so may be source or target of an automatic action. */
gboolean host_is_usable(const struct host *host, gint64 now_us, gint64 stale_after_us);

/* TRUE when a command wakes it, or it has a MAC address and is armed, proven, or assumed to wake.
 */
gboolean host_can_wake(const struct host *host);

/*
 * TRUE unless its hypervisor is known to be unable to move running VMs: it takes no part in
 * migrations then, neither as source nor as target.
 */
gboolean host_may_migrate(const struct host *host);

/* TRUE when both hypervisors are known and differ: a VM of one cannot run on the other. */
gboolean host_hypervisors_differ(const struct host *a, const struct host *b);

void host_set_state(struct host *host, enum host_state state, gint64 now_us);

const char *host_state_name(enum host_state state);
const char *host_wake_name(enum host_wake wake);

#endif
