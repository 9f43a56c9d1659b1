/*
 * rooms.h - the first host, in a given order of preference, that has room for a VM.
 *
 * A tree over the hosts keeps the greatest free RAM, free places and free CPU of each half, so that
 * a search takes about log2(hosts) steps rather than one a host. Private to core/policy.
 */
#ifndef ROOST_POLICY_ROOMS_H
#define ROOST_POLICY_ROOMS_H

#include "core/policy/work.h"

struct rooms;

/* Over order[0..n-1] (hosts, no one twice; copied), all open. Borrows work. */
struct rooms *rooms_new(const struct work *work, const guint *order, guint n, gboolean with_margin);
void rooms_free(struct rooms *rooms);
AUTOPTR_DEFINE(rooms)

/* Call it after a VM came to or left the host. Hosts that are not in the order are ignored. */
void rooms_update(struct rooms *rooms, guint host);

/* A shut host is never found. */
void rooms_shut(struct rooms *rooms, guint host, gboolean shut);

/* The first open host where work_fit is CHECK_OK; WORK_NONE when there is none. */
guint rooms_find(const struct rooms *rooms, guint vm);

#endif
