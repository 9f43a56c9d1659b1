/*
 * check.h - may this be done? The one set of safety checks for hand-made and automatic actions.
 *
 * The console asks it for every host while a VM is dragged, so a check allocates nothing; the
 * sentence is made only when asked for. Thread: any, with a cluster nobody writes.
 */
#ifndef ROOST_POLICY_CHECK_H
#define ROOST_POLICY_CHECK_H

#include "core/policy/policy.h"

enum check_reason {
    CHECK_OK,
    /* migrate: never */
    CHECK_VM_NOT_RUNNING,
    CHECK_VM_FROZEN, /* on two hosts, or on none */
    CHECK_SAME_HOST,
    CHECK_HOST_NOT_ON, /* off, waking, stopping, unreachable */
    CHECK_HOST_STALE,
    CHECK_NO_MEMORY,        /* the target's RAM would be exceeded */
    CHECK_TOO_MANY_VMS,     /* greatest number of VMs reached */
    CHECK_NAME_TAKEN,       /* the target runs a VM of that name (also_on) */
    CHECK_NO_MIGRATION,     /* the hypervisor of one end cannot move running VMs */
    CHECK_OTHER_HYPERVISOR, /* the ends have different hypervisors */
    /* migrate: an operator may insist */
    CHECK_PINNED,
    CHECK_APART, /* one of its keep-apart group is there */
    CHECK_MAINTENANCE,
    CHECK_CPU_MODEL, /* the hypervisors name different CPU models */
    CHECK_WOULD_BE_OVER,
    /* start and stop a VM */
    CHECK_VM_RUNS,     /* start: never; it runs already */
    CHECK_VM_IN_DOUBT, /* start: never; it may still run on a host that does not answer */
    CHECK_VM_PAUSED,   /* stop: its guest cannot hear; an operator may force it off */
    CHECK_TRANSIENT,   /* stop: it would be gone for good; an operator may insist */
    /* power-off */
    CHECK_RUNS_VMS,      /* never */
    CHECK_IS_MANAGER,    /* never (R11) */
    CHECK_ALREADY_OFF,   /* never */
    CHECK_CANNOT_WAKE,   /* an operator may insist: somebody will walk there */
    CHECK_LOGGED_IN,     /* an operator may insist */
    CHECK_USERS_UNKNOWN, /* an operator may insist */
    CHECK_JUST_WOKEN,    /* automatic only, as are HOST_STALE, MAINTENANCE and VM_FROZEN here */
    /* wake */
    CHECK_ALREADY_ON, /* never */
    CHECK_NO_MAC,     /* never */
};

/*
 * May vm go to `to`? Looks at `to` as it is, RAM and count included; reserved_kib and reserved_vms
 * are what other actions under way will bring there.
 */
enum check_reason check_migrate(const struct vm *vm, const struct host *to,
                                const struct policy_config *config, gint64 now_us,
                                guint64 reserved_kib, guint reserved_vms);

/* What check_migrate_set found. */
struct check_set {
    const struct vm *vm; /* the one the reason is about; NULL when there is none */
    guint n;             /* VMs that would come: those on the host already are none */
    guint64 mem_kib;     /* of those that would come */
    gint64 cpu_permille; /* of one core */
};

/*
 * May n VMs go there together? Each is counted with those before it; what is about two of them (one
 * keep-apart group) counts too. A reason nobody can go past comes before one that force goes past,
 * and among equals the first counts. CHECK_SAME_HOST only when all are there already. Borrows all.
 *
 * It stops at the first reason nobody can go past: the numbers of the set are then of those up to
 * that VM. check_count_set makes them those of all, which the sentence speaks of.
 */
enum check_reason check_migrate_set(const struct vm *const *vms, guint n, const struct host *to,
                                    const struct policy_config *config, gint64 now_us,
                                    guint64 reserved_kib, guint reserved_vms,
                                    struct check_set *set);
void check_count_set(const struct vm *const *vms, guint n, const struct host *to,
                     struct check_set *set);

/*
 * May vm, which is off, be started on `host`? Says nothing of whether the host knows it, nor of
 * hosts that could not be asked whether they run it: the engine does. Reserved as above.
 */
enum check_reason check_start(const struct vm *vm, const struct host *host,
                              const struct policy_config *config, gint64 now_us,
                              guint64 reserved_kib, guint reserved_vms);

/* May it be shut down, or forced off? */
enum check_reason check_stop(const struct vm *vm);

/* May the host be switched off now? automatic adds the checks an operator's hand is free of. */
enum check_reason check_power_off(const struct host *host, const struct policy_config *config,
                                  gint64 now_us, gboolean automatic);

/* May it be sent magic packets? An unreachable or a waking host may. */
enum check_reason check_wake(const struct host *host);

/* TRUE when an explicit force goes past this reason. CHECK_OK is not forceable: nothing to force.
 */
gboolean check_can_force(enum check_reason reason);

/*
 * A sentence with names and numbers: "pc05 has 128 MiB free of 2048, vm web needs 256". vm is NULL
 * for what was asked about the host alone. Names are escaped. Free with g_free.
 */
char *check_explain(enum check_reason reason, const struct vm *vm, const struct host *host,
                    const struct policy_config *config);

/* The same for check_migrate_set: of room it speaks for all of them. Free with g_free. */
char *check_explain_set(enum check_reason reason, const struct check_set *set,
                        const struct host *host, const struct policy_config *config);

/* A word or two, of at most 7 ASCII characters, for where there is no room: "no RAM". */
const char *check_brief(enum check_reason reason);

/* What a host would be with other VMs on it, counted as plans count. */
struct check_becomes {
    enum host_class class;
    gint load_permille; /* -1 = not known */
    guint64 mem_kib;    /* of its active VMs */
    guint vms;
};

/* With VMs that come, or (negative numbers) leave. cpu_permille is of one core. */
struct check_becomes check_become(const struct host *host, const struct policy_config *config,
                                  gint64 now_us, gint vms, gint64 mem_kib, gint64 cpu_permille);

#endif
