/*
 * migration_probe.h - what libvirt cannot tell of a host that a VM shall move to, asked over ssh in
 * one go: its RAM at this moment, disks, bridges, certificates.
 *
 * Building and reading are pure. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MIGRATION_PROBE_H
#define ROOST_DRIVER_LIBVIRT_MIGRATION_PROBE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/guest_needs.h"

#define MIGRATION_PROBE_MISSING (-1)
#define MIGRATION_PROBE_UNASKED (-2)

struct migration_probe {
    gboolean answered;         /* all of it; without this nothing else counts */
    guint64 mem_available_kib; /* 0 = not told */
    gint64 *disk_bytes;        /* as many as there are disks; 0 for a device; or one of the above */
    gboolean *has_link;        /* as many as there are links */
    char *lacks;               /* the first certificate that is not there; NULL = all are */
};

/* The script, for an sh. Free with g_free. */
char *migration_probe_script(const struct guest_needs *needs);

/* What it said. Never NULL. */
struct migration_probe *migration_probe_read(const struct guest_needs *needs, const char *output,
                                             gsize length);

/* Asks the host, within the time of a refresh; one that does not answer leaves it unanswered. */
struct migration_probe *migration_probe_ask(const struct access *access, const char *address,
                                            const struct guest_needs *needs);
void migration_probe_free(struct migration_probe *probe);
AUTOPTR_DEFINE(migration_probe)

#endif
