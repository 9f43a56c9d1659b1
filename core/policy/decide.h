/*
 * decide.h - the parts policy_decide is put together from. Private to core/policy.
 *
 * Each adds steps and refusals to work's plan.
 */
#ifndef ROOST_POLICY_DECIDE_H
#define ROOST_POLICY_DECIDE_H

#include "core/policy/work.h"

enum relief_outcome {
    RELIEF_NOBODY, /* no host is over */
    RELIEF_MOVES,  /* the plan has steps that help */
    RELIEF_WAITS,  /* help is on its way: a host is waking, or a load has yet to settle */
    RELIEF_STUCK,  /* some host is over and nothing can be done for it */
};

enum relief_outcome relief_run(struct work *work);
void pairs_run(struct work *work);
void pack_run(struct work *work);

/* "54 moves, 13.5 GiB". Free with g_free. */
char *decide_format_moves(const struct plan *plan);

#endif
