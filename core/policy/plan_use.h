/*
 * plan_use.h - a plan in somebody's hands: which of its steps need which, whether it still holds,
 * how much RAM its hosts would have in use, and how it travels as text. Pure; thread: any.
 *
 * A plan shares nothing with the cluster it was made from, and so ages: before any of it is carried
 * out, plan_explain_outdated is to be asked, of the cluster as it is then.
 */
#ifndef ROOST_POLICY_PLAN_USE_H
#define ROOST_POLICY_PLAN_USE_H

#include "core/model/cluster.h"
#include "core/policy/plan.h"

/*
 * `chosen` holds TRUE for each step that is wanted, steps->len of them; it is completed with the
 * steps those need, and theirs: the switch-off of a host, every move off it; a move, the wake of
 * its target, the moves that make room there, and what brings its VM to its source. Returns how
 * many were added.
 */
guint plan_choose_needed(const struct plan *plan, gboolean *chosen);

/*
 * The other way round: takes away what cannot be done without a step that is not chosen. Returns
 * how many were taken away.
 */
guint plan_drop_needing(const struct plan *plan, gboolean *chosen);

/*
 * A sentence about the first of the chosen steps (NULL = all) that is not possible any more as it
 * was planned: its VM is elsewhere, its host is off by now. NULL when all are. Free with g_free.
 */
char *plan_explain_outdated(const struct plan *plan, const struct cluster *cluster,
                            const gboolean *chosen);

/* RAM of the VMs that run on the two hosts of a step once it and all earlier ones are done. */
struct plan_ram {
    guint64 from_kib; /* the source; or the host itself */
    guint64 from_of_kib;
    guint64 to_kib; /* 0 when there is no target */
    guint64 to_of_kib;
};

/* struct plan_ram, one for each step; hosts that are gone have none. Free with g_array_unref. */
GArray *plan_predict_ram(const struct plan *plan, const struct cluster *cluster);

/*
 * The chosen steps (NULL = all) as lines of logfmt, and read again. What is read comes from another
 * process: NULL and ROOST_ERROR_INPUT when it is no plan. Names are not looked up.
 */
char *plan_format_steps(const struct plan *plan, const gboolean *chosen);
struct plan *plan_parse_steps(const char *text, GError **error);

#endif
