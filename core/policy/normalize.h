/*
 * normalize.h - bringing everything home. Private to core/policy.
 *
 * VMs that wait for room at home are kept in a list for each home, so that each departure only
 * looks at those it may help.
 */
#ifndef ROOST_POLICY_NORMALIZE_H
#define ROOST_POLICY_NORMALIZE_H

#include "core/policy/rooms.h"
#include "core/policy/work.h"

struct homing {
    struct work *work;
    guint *home;         /* by VM: where it goes; WORK_NONE = it stays where it is */
    guint *next_waiting; /* by VM: another that waits for the same home */
    guint *waiting;      /* by host: the first VM that waits to go there */
    gboolean *aside;     /* by VM: put aside once already */
    GArray *freed;       /* guint: hosts a VM has left and that were not looked at since */
    guint n_waiting;
    struct rooms *rooms; /* where to put VMs aside; NULL until that is needed */
};

/* TRUE when the host is on, or is woken by an earlier step, and may take VMs. */
gboolean homing_may_receive(const struct homing *homing, guint host);

/* Moves for good, and lets in whoever waited for the room. */
void homing_move(struct homing *homing, guint vm, guint host, enum plan_reason reason);

/*
 * VMs that stand in each other's way (each one's home is full of the others) are put aside, on a
 * third host, until nobody waits or nothing helps.
 */
void homing_make_room(struct homing *homing);

/* VMs without a home go to hosts that would run none. */
void homing_spread(struct homing *homing);

#endif
