/*
 * migration_ends.h - the two ends of a migration: connections, the VM, and whether it may move.
 *
 * For migration.c. Every call blocks as libvirt does. The mover uses source and target; whoever
 * watches it has a connection of its own to the source, since libvirt's client does not stand two
 * threads in one connection that breaks. Thread: the mover's, or the watcher's, as said.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MIGRATION_ENDS_H
#define ROOST_DRIVER_LIBVIRT_MIGRATION_ENDS_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/driver/driver.h"
#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/migration_choice.h"
#include "core/driver/libvirt/virt_link.h"

struct migration_ends {
    struct virt_link *source;
    struct virt_link *target;
    virDomainPtr domain; /* at the source */
    unsigned char uuid[VIR_UUID_BUFLEN];
    gboolean autostart;
    struct migration_ability ability;
    struct migration_choice choice; /* stands while it moves */
};

/* What is needed to connect: shared settings, who counts the threads, how to break either end. */
struct migration_paths {
    const struct access *from; /* the source's */
    const struct access *to;   /* the target's */
    struct main_post *post;
    struct virt_guard *source;
    struct virt_guard *target;
    struct virt_guard *watch;
};

/* One connection of those. NULL with error. */
struct virt_link *migration_open_end(const struct migration_paths *paths,
                                     const struct access *access, struct virt_guard *guard,
                                     const char *address, GError **error);

/*
 * Connects to both, finds the running VM, makes the checks of migration_checks.h and the choice.
 * REFUSED when something is against it. Close the ends in either case.
 */
gboolean migration_ends_open(struct migration_ends *ends, const struct migrate_request *request,
                             const struct migration_paths *paths, GError **error);
void migration_ends_close(struct migration_ends *ends);

/* Moves it to where `to` leads: returns when it is over, one way or another. */
gboolean migration_ends_move(struct migration_ends *ends, const struct migrate_request *request,
                             const struct access *to, GError **error);

/*
 * It ended with that error. TRUE when libvirt would not even begin because one of the hosts lacks
 * an extra: it is left out of the choice, and it may be moved again.
 */
gboolean migration_ends_fall_back(struct migration_ends *ends,
                                  const struct migrate_request *request, const GError *error);

/* Its post-copy broke off: it stands still at the source, with a part of its RAM on either end. */
gboolean migration_ends_are_broken(const struct migration_ends *ends);

#endif
