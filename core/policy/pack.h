/*
 * pack.h - the state of one packing. Private to core/policy.
 *
 * Hosts are one of: a candidate (under, may go off, all its VMs may move), a bin (stays on anyway
 * and takes VMs), or left out. A candidate is open until it is closed: all that was on it is then
 * placed on bins and open candidates. A VM that came to a host which is closed later is placed
 * anew, so that in the end each VM has moved once at most, from where it is to where it stays.
 * Only closed hosts lose VMs and only open ones gain, so RAM suffices in whatever order they move.
 */
#ifndef ROOST_POLICY_PACK_H
#define ROOST_POLICY_PACK_H

#include "core/policy/work.h"

enum pack_role {
    PACK_LEFT_OUT,
    PACK_BIN,
    PACK_CANDIDATE,
};

struct pack {
    struct work *work;
    enum pack_role *role; /* by host */
    gboolean *closed;     /* by host */
    GArray *candidates;   /* guint */
    GArray *bins;         /* guint */
    GArray *moving;       /* guint: room for the VMs of a host on trial */
    guint n_closed;
    guint bound; /* no more than so many can be closed, whatever is tried */
};

/* A packing that can be come back to. */
struct pack_snapshot {
    guint *at;
    gboolean *closed;
    guint n_closed;
    guint64 moved_kib;
};

/* Closes as many candidates as it can. The result is in work (placed, not emitted) and closed. */
void pack_solve(struct pack *pack);

/* The greatest number of candidates that RAM, places and CPU taken together would let close. */
guint pack_bound(const struct pack *pack);

/*
 * Closes the largest set of open candidates that can be closed from the present state, by looking
 * at all of them; among the largest one that moves little RAM. Does nothing when there are too
 * many, and stops after a fixed amount of work. TRUE when it closed any.
 */
gboolean pack_search(struct pack *pack);

/* Less RAM held first, then the last by name. GCompareDataFunc for indexes, data is the work. */
gint pack_compare_held(gconstpointer a, gconstpointer b, gpointer data);

struct pack_snapshot *pack_snapshot_new(const struct pack *pack);
void pack_snapshot_restore(const struct pack_snapshot *snapshot, struct pack *pack);
void pack_snapshot_free(struct pack_snapshot *snapshot);
AUTOPTR_DEFINE(pack_snapshot)

#endif
