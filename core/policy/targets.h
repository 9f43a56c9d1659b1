/*
 * targets.h - where a VM that must leave its host goes: to a host that is on, or to one to be
 * woken.
 *
 * For relief (R13) and draining. Private to core/policy.
 */
#ifndef ROOST_POLICY_TARGETS_H
#define ROOST_POLICY_TARGETS_H

#include "core/policy/work.h"

struct targets;

enum targets_found {
    TARGETS_ON,     /* a host that is on */
    TARGETS_WAKING, /* one that wakes already: wait for it */
    TARGETS_OFF,    /* one that has to be woken, or is by an earlier step */
    TARGETS_NONE,
};

/*
 * Hosts of class under first, and with `regular` those of that class as well; then idle ones; never
 * `except`. Without `regular`, those come after any that could be woken.
 */
struct targets *targets_new(struct work *work, gboolean regular, guint except);
void targets_free(struct targets *targets);
AUTOPTR_DEFINE(targets)

/*
 * Moves the VM (step and all) to the least loaded host that is on and can take it; failing that,
 * with `wake`, to one that is off, waking it first; one that is waking is only kept in mind. `host`
 * is set unless NONE.
 */
enum targets_found targets_move(struct targets *targets, guint vm, enum plan_reason reason,
                                gboolean wake, guint *host);

#endif
