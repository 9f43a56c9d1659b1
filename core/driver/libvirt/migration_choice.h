/*
 * migration_choice.h - how a VM is moved: what was asked for, as far as both ends can.
 *
 * Each end's libvirt is asked for its version; what QEMU adds or lacks shows when libvirt refuses
 * to begin, and then it is chosen again without. Pure. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MIGRATION_CHOICE_H
#define ROOST_DRIVER_LIBVIRT_MIGRATION_CHOICE_H

#include <glib.h>

#include "core/driver/driver.h"

/* What one may go without. */
enum migration_extra {
    MIGRATION_CONNECTIONS = 1 << 0,
    MIGRATION_COMPRESSION = 1 << 1,
    MIGRATION_POSTCOPY = 1 << 2, /* unless it is the mode: being able to go over to it */
    MIGRATION_CONVERGE = 1 << 3,
    MIGRATION_PEER = 1 << 4, /* control auto: the source leads */
};

struct migration_ability {
    gulong source_version; /* as libvirt tells it: 9.4.0 is 9004000; 0 = not known: taken as able */
    gulong target_version;
    gboolean persistent; /* the VM is defined on the source */
    gboolean resume;     /* its post-copy to this target broke off */
    guint without;       /* enum migration_extra: what did not work out */
    char *no_peer;       /* without MIGRATION_PEER: why; NULL = nothing was tried */
};

struct migration_choice {
    unsigned int flags;       /* virDomainMigrateFlags */
    const char *compression;  /* libvirt's name; NULL = none */
    guint connections;        /* 0 = one, the usual way */
    gboolean limits_postcopy; /* a limit holds for post-copy too */
    guint extras;             /* enum migration_extra: those that are in it */
    GPtrArray *notes;         /* char *: what is otherwise than asked */
};

/*
 * Clear it in either case. FALSE and ROOST_ERROR_REFUSED when the mode or the transport cannot be.
 */
gboolean migration_choose(struct migration_choice *choice, const struct migrate_request *request,
                          const struct migration_ability *ability, GError **error);
void migration_choice_clear(struct migration_choice *choice);

/*
 * libvirt would not begin: which extra of the choice to leave out, by what it said; 0 when the
 * failure has nothing to do with any of them.
 */
guint migration_choice_suspect(const struct migration_choice *choice, const GError *error);

#endif
