/*
 * policy.h - what is decided, and by which numbers. Pure: no I/O, no clock, no randomness.
 *
 * The same cluster, settings and moment always give the same plan. Everything here only reads the
 * cluster. Thread: any, with a cluster nobody writes.
 */
#ifndef ROOST_POLICY_POLICY_H
#define ROOST_POLICY_POLICY_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/model/cluster.h"
#include "core/policy/plan.h"
#include "core/policy/rests.h"

enum policy_kind {
    POLICY_PAIRS, /* the thesis's (R12) */
    POLICY_PACK,  /* fewest hosts on, then least RAM moved, then evenest load */
};

/* Settings; policy_config_init gives the defaults written beside each. */
struct policy_config {
    enum policy_kind kind;    /* pack */
    guint load_min_permille;  /* 400: below it a host is under */
    guint load_max_permille;  /* 900: above it a host is over */
    guint64 vm_min_kib;       /* 256 MiB: RAM / this = greatest number of VMs (R2) */
    guint64 host_reserve_kib; /* 0: RAM of a host never given to VMs */
    guint spare_hosts;        /* 0: empty hosts that are left on */
    gint64 stale_after_us;    /* 20 s: an older report is stale; two polling periods */
    gint64 recent_move_us;    /* 15 min: how long loadavg15 lags after a VM came or left */
    gint64 vm_rest_us;        /* 5 min: a VM just moved is left alone by compaction */
    gint64 host_grace_us;     /* 5 min: a host just woken is not switched off */
    gint64 off_worth_us;      /* 20 min: a host must stay off at least so long to be worth it */
};

void policy_config_init(struct policy_config *config);

/* When the decision is made, and what is to be left alone at that time. */
struct policy_moment {
    gint64 now_us;          /* monotonic, as in the model's stamps */
    gint64 until_normal_us; /* how long until everything must be home; G_MAXINT64 = no such time */
    const struct rests *rests; /* borrowed; NULL = nothing */
};

const char *policy_kind_name(enum policy_kind kind);
gboolean policy_kind_parse(const char *name, enum policy_kind *kind);

/* --- The four lists (R9-R11) --- */

enum host_class {
    CLASS_UNDER,
    CLASS_REGULAR,
    CLASS_OVER,
    CLASS_OFF,   /* off, or on with nothing to do: to be switched off */
    CLASS_DOUBT, /* waking, stopping, unreachable, stale, or load not known: left out */
};
#define CLASS_COUNT 5

/*
 * The load a host is judged by, in thousandths. Away from moves it is loadavg15 / CPUs (R9). For
 * recent_move_us after a VM came or left it is the greater of that and the prediction
 *     (own overhead + sum of its VMs' smoothed CPU in cores) / CPUs
 * since loadavg15 still speaks of the time before. The own overhead is the busy CPU that is not
 * its VMs', but not more than loadavg15: a few seconds of work are none. -1 when not known.
 */
gint policy_host_load_permille(const struct host *host, const struct policy_config *config,
                               gint64 now_us);

/* The predicted load alone, with `extra_cpu_permille` (of one core) more or less on the host. */
gint policy_predict_load_permille(const struct host *host, gint extra_cpu_permille);

/* Which of R10's lists the host is in. Neither maintenance nor a rest changes that. */
enum host_class policy_classify(const struct host *host, const struct policy_config *config,
                                gint64 now_us);

const char *host_class_name(enum host_class class);

struct policy_lists {
    GPtrArray *of[CLASS_COUNT]; /* struct host *, borrowed from the cluster, in its order */
};

struct policy_lists *policy_lists_new(const struct cluster *cluster,
                                      const struct policy_config *config, gint64 now_us);
void policy_lists_free(struct policy_lists *lists);
AUTOPTR_DEFINE(policy_lists)

/* --- Plans: none has a step that touches what moment->rests names --- */

/*
 * What to do now while the lab is closed: relief when some host is over (R13), else compaction
 * (R12) by config->kind, with the switch-offs that follow (R15). Never NULL; a plan without steps
 * says why there is none. Free with plan_free.
 *
 * Relief moves one VM from each host that is over: the lightest that takes any CPU, to the least
 * loaded host of under, else to one that is on and idle, else to one that is woken, and only where
 * none can be woken to a regular one. While a host that could take it is waking, nothing else is
 * begun. Compaction is not begun with less than off_worth_us left.
 *
 * `pairs` compacts when no host is over and more than one is under, as R12 says. `pack` differs in
 * two points: one host of under is enough, where the regular ones have room for its VMs; and a host
 * that is over and cannot be helped does not keep the others from being compacted. Its sources are
 * hosts of under that can be emptied and switched off; those that must stay on (the manager, a
 * user, no way to wake it, a VM that may not move) are filled first. Small clusters are searched
 * through, large ones packed greedily in several orders.
 */
struct plan *policy_decide(const struct cluster *cluster, const struct policy_config *config,
                           const struct policy_moment *moment);

/*
 * Everything on and home (R19): wakes of all that is off, moves of each VM to its home, in an
 * order in which RAM suffices at every moment, and of homeless VMs to hosts that run none. Never
 * NULL. Free with plan_free.
 */
struct plan *policy_normalize(const struct cluster *cluster, const struct policy_config *config,
                              const struct policy_moment *moment);

/*
 * Empties one host by the operator's wish, in maintenance or not: its VMs go home, or to where load
 * is least. Without steps, the summary says why. Free with plan_free.
 */
struct plan *policy_drain(const struct cluster *cluster, const struct policy_config *config,
                          const struct policy_moment *moment, const struct host *host);

/* What is under way to a host, and counts as if it were there. */
struct spread_promise {
    guint64 mem_kib;
    guint vms;
};

/* What is spread, and over what. All is borrowed. */
struct spread {
    const GPtrArray *vms;   /* const struct vm *, in any order; one named twice counts once */
    const GPtrArray *hosts; /* const struct host *; NULL = every host none of them is on */
    const struct spread_promise *promised; /* by index of host; NULL = nothing */
};

/*
 * Spreads VMs evenly over hosts that are on, by the operator's wish: the largest first, each to the
 * host of least load (those within a tenth are even: then the one with fewer VMs). A VM that is on
 * one of `hosts` stays there when no other has less to do. Room that VMs leave is not counted, so
 * the steps can be done in any order; nothing is woken. Pins, keep-apart groups, maintenance and
 * the like hold; what must stay is told in the refusals. Without steps, the summary says why. Free
 * with plan_free.
 */
struct plan *policy_spread(const struct cluster *cluster, const struct policy_config *config,
                           const struct policy_moment *moment, const struct spread *spread);

#endif
