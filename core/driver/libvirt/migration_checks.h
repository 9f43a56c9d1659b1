/*
 * migration_checks.h - whether a VM may move, asked of both ends right before it does.
 *
 * What libvirt would only find in the middle, or not at all, is refused here with the reason; what
 * an operator may insist on says how. Blocks as libvirt and ssh do. Thread: the controller's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MIGRATION_CHECKS_H
#define ROOST_DRIVER_LIBVIRT_MIGRATION_CHECKS_H

#include <glib.h>

#include "core/driver/libvirt/guest_needs.h"
#include "core/driver/libvirt/migration_ends.h"
#include "core/driver/libvirt/migration_probe.h"

/* FALSE and ROOST_ERROR_REFUSED with the first reason found. Both ends are open. */
gboolean migration_checks_pass(struct migration_ends *ends, const struct migrate_request *request,
                               const struct migration_paths *paths, GError **error);

/* --- The verdicts, pure; NULL = nothing against it, else a sentence to free --- */

/* Devices that stay behind. */
char *migration_checks_devices(const struct guest_needs *needs);

/* CPUs and NUMA nodes it is pinned to, on a host with so many. */
char *migration_checks_pins(const struct guest_needs *needs, guint cpus, guint nodes);

/* Disks and bridges that the target lacks, as the probe told. */
char *migration_checks_places(const struct guest_needs *needs, const struct migration_probe *probe,
                              const char *target);

/* A raw disk whose size at the source is so much: another file by the same name has another. */
char *migration_checks_size(const struct guest_disk *disk, gint64 source_bytes, gint64 target_bytes,
                            const char *target);

#endif
