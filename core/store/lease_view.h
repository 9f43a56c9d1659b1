/*
 * lease_view.h - a struct lease_view that owns its strings. Private to the lease. Thread: any.
 */
#ifndef ROOST_STORE_LEASE_VIEW_H
#define ROOST_STORE_LEASE_VIEW_H

#include "core/store/lease.h"

/* Every string is copied; lease_view_clear the copy. */
struct lease_view lease_view_copy(const struct lease_view *view);
void lease_view_clear(struct lease_view *view);
gboolean lease_view_equal(const struct lease_view *a, const struct lease_view *b);

#endif
