/*
 * migration_peer.h - whether a source can log in to a target by itself, as a peer-to-peer migration
 * needs it: tried, not assumed.
 *
 * What was found is remembered for the whole program: for a pair that can, some minutes; for one
 * that cannot, less, since somebody may be mending it. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MIGRATION_PEER_H
#define ROOST_DRIVER_LIBVIRT_MIGRATION_PEER_H

#include <glib.h>

#include "core/driver/libvirt/access.h"

/*
 * TRUE when the source reached the target's libvirt, the way libvirtd there would, now or recently.
 * Else *why (may be NULL) is one escaped sentence to be freed with g_free. Blocks, at most to the
 * deadline.
 */
gboolean migration_peer_is_proven(const struct access *from, const char *from_address,
                                  const struct access *to, const char *to_address,
                                  gint64 deadline_us, char **why);

/* It was refused after all: the next migration tries again. */
void migration_peer_forget(const char *from_address, const char *to_address);

/* TRUE when libvirt's words mean that the source was not let in, and so that nothing was moved. */
gboolean migration_peer_was_refused(const GError *error);

#endif
