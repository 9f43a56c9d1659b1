/*
 * migration_watch.h - a migration under way as somebody beside it sees and steers it.
 *
 * It has a connection of its own to the source: libvirt's client does not stand two threads in one
 * connection that breaks. Calls block as libvirt does. Thread: the watcher's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MIGRATION_WATCH_H
#define ROOST_DRIVER_LIBVIRT_MIGRATION_WATCH_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/driver/driver.h"
#include "core/driver/libvirt/migration_ends.h"
#include "core/driver/libvirt/virt_link.h"

struct migration_watch {
    struct virt_link *source;
    virDomainPtr domain;
};

/* FALSE when the source cannot be reached once more. Close it in either case. */
gboolean migration_watch_open(struct migration_watch *watch, const struct migration_ends *ends,
                              const struct migrate_request *request,
                              const struct migration_paths *paths);
void migration_watch_close(struct migration_watch *watch);

/* How far it is; FALSE when libvirt cannot tell now. */
gboolean migration_watch_progress(struct migration_watch *watch, struct migrate_progress *progress);

/* Asks libvirt to abort it, to go over to post-copy, to pause. FALSE when it would not (yet). */
gboolean migration_watch_abort(struct migration_watch *watch);
gboolean migration_watch_start_postcopy(struct migration_watch *watch);
gboolean migration_watch_pause(struct migration_watch *watch);

/* Ends a post-copy whose target is lost: the guest stands still until it is resumed. */
gboolean migration_watch_break_postcopy(struct migration_watch *watch);

/* From libvirt's job parameters. */
void migration_read_progress(const virTypedParameter *params, int n,
                             struct migrate_progress *progress);

#endif
