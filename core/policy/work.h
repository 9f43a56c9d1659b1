/*
 * work.h - what a plan is worked out on: the cluster as arrays of numbers, and the moves so far.
 *
 * Hosts have the index they have in the cluster. Only VMs that are active are here, each host's
 * heaviest in RAM first (then CPU, then by name), so that what follows does not depend on the order
 * they were reported in. work_place tries a move and can be taken back by another; work_emit makes
 * it a step of the plan. Private to core/policy. Thread: any, with a cluster nobody writes.
 */
#ifndef ROOST_POLICY_WORK_H
#define ROOST_POLICY_WORK_H

#include "core/policy/check.h"

#define WORK_NONE G_MAXUINT

/* Why a VM is not moved by plans; WORK_FREE when it may be. */
enum work_hold {
    WORK_FREE,
    WORK_FROZEN,
    WORK_IN_DOUBT, /* its host does not answer, or answered without it */
    WORK_AT_REST,  /* whoever asks wants it left alone */
    WORK_STUCK,    /* its host's hypervisor cannot move it */
    WORK_PINNED,
    WORK_JUST_MOVED, /* a moment ago: compaction leaves it alone, the others do not */
};

struct work_vm {
    const struct vm *vm;
    guint64 mem_kib;
    guint cpu_permille; /* of one core */
    enum work_hold hold;
    guint group;  /* keep-apart group; 0 = none */
    guint origin; /* host it really is on */
    guint at;     /* host it is on now, moves so far counted */
    guint next;   /* on the same host; WORK_NONE ends the list */
    guint previous;
    /* Of its host at first, kept here so that asking what fits touches no third struct: */
    guint cpu_model;
    guint hypervisor;
    gboolean may_migrate;
    guint last_step; /* of the plan that moves it; PLAN_NO_STEP = none yet */
};

struct work_host {
    const struct host *host;
    enum host_class class;
    const char *rest;      /* why it is to be left alone, borrowed; NULL = it is not */
    gboolean claimed;      /* a VM of another host may be running here too */
    guint64 room_kib;      /* RAM for VMs, used or not */
    guint64 available_kib; /* as the kernel says; G_MAXUINT64 when not known */
    guint64 used_kib;
    guint most_vms;
    guint n_vms;
    gint64 cpu_used;  /* predicted, of one core; -1 = nothing is known of it */
    gint64 cpu_limit; /* what a target is filled to */
    guint cpu_model;  /* 0 = not known */
    guint hypervisor; /* 0 = not known */
    gboolean may_migrate;
    guint first_vm;
    guint rank;        /* place among the hosts by name: settles ties whatever their order */
    guint64 taken_kib; /* used at first and by arrivals, departures not counted */
    guint taken_vms;
    guint last_departure; /* step, or PLAN_NO_STEP */
    guint wake_step;      /* step that wakes it, or PLAN_NO_STEP */
};

struct work {
    const struct cluster *cluster;
    const struct policy_config *config;
    struct policy_moment moment;
    struct work_host *hosts;
    guint n_hosts;
    struct work_vm *vms;
    guint n_vms;
    struct plan *plan;
};

struct work *work_new(const struct cluster *cluster, const struct policy_config *config,
                      const struct policy_moment *moment, enum plan_kind kind);
void work_free(struct work *work);
AUTOPTR_DEFINE(work)

/* The plan, handed over; one without steps becomes PLAN_NOTHING. `summary` is taken. */
struct plan *work_finish(struct work *work, char *summary_take);

/* TRUE when nothing automatic may be done with the host: at rest, in maintenance, or claimed. */
gboolean work_is_kept_out(const struct work *work, guint host);

/* TRUE when the host may give and take VMs: on, fresh, load known, able to, not kept out. */
gboolean work_is_at_hand(const struct work *work, guint host);

/* TRUE when the VM may be moved but by compaction, which wants WORK_FREE. */
gboolean work_may_move(const struct work *work, guint vm);

/*
 * May the VM go there, moves so far counted? The target must not become over; with_margin its
 * predicted load must stay within cpu_limit, a tenth below that. Whether the target may receive at
 * all is asked with work_is_at_hand.
 */
enum check_reason work_fit(const struct work *work, guint vm, guint host, gboolean with_margin);

/* Moves on trial. */
void work_place(struct work *work, guint vm, guint host);

/*
 * Moves for good: a step of the plan, with what it must wait for (the wake of the target, an
 * earlier move of the VM, the departure that makes room). Returns its index.
 */
guint work_emit(struct work *work, guint vm, guint host, enum plan_reason reason);
guint work_emit_wake(struct work *work, guint host, enum plan_reason reason);

/*
 * Steps that switch off what runs nothing once the plan is done, refusals for what cannot be, and
 * config->spare_hosts of them left on.
 */
void work_emit_offs(struct work *work);

/* How many work_emit_offs would switch off as things are now. */
guint work_count_offs(const struct work *work);

/* "host NAME: why"; why is taken. */
void work_refuse_host(struct work *work, guint host, char *why_take);
void work_refuse_vm(struct work *work, guint vm, char *why_take);

/* A sentence for work_fit's answer about this host with the moves so far counted. Free it. */
char *work_explain_fit(const struct work *work, enum check_reason reason, guint vm, guint host);

/*
 * Why VMs can neither leave the host nor come, now or ever: it is kept out, its hypervisor cannot,
 * or it is not known well enough. For hosts that are on and not at hand. Free it.
 */
char *work_explain_apart(const struct work *work, guint host);

/* Why the host is kept out; why it is at rest, where maintenance does not matter. Free it. */
char *work_explain_kept_out(const struct work *work, guint host);
char *work_explain_rest(const struct work *work, guint host);

/* Why the VM is held; NULL when it is free. Free it. */
char *work_explain_hold(const struct work *work, guint vm);

/*
 * GCompareDataFuncs for indexes of VMs, whose data is the work. Light: less CPU first (R14), then
 * less RAM, then by name. Large: more RAM first, then more CPU, then by name, as VMs are packed.
 */
gint work_compare_light(gconstpointer a, gconstpointer b, gpointer data);
gint work_compare_large(gconstpointer a, gconstpointer b, gpointer data);

/* Large, for struct work_vm. GCompareFunc. */
gint work_compare_vms(gconstpointer left, gconstpointer right);

/* Puts a VM that is on no host first on the list of this one; its numbers are not counted. */
void work_put(struct work *work, guint host, guint vm);

/* VMs on the host now, as indexes, appended to `vms` (of guint). */
void work_list_vms(const struct work *work, guint host, GArray *vms);

#endif
