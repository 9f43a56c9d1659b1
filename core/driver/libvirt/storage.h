/*
 * storage.h - images of disks on a host's file system: made, removed, looked at (manage.h).
 *
 * By scripts over an ssh session of their own: a path may lie in no storage pool of libvirt's, and
 * where it does, a pool sees what appears in its directory. As root where the user may be (sudo
 * -n). Thread: as errand.h says; the scripts any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_STORAGE_H
#define ROOST_DRIVER_LIBVIRT_STORAGE_H

#include <glib.h>

#include "core/driver/libvirt/errand.h"
#include "core/driver/manage.h"

/* For the kinds of manage.h that are about disks. */
extern const struct errand_kind storage_errand;
gpointer storage_work(const struct manage_request *request);
gboolean storage_is_for(enum manage_kind kind);
gint64 storage_allowed_us(const struct manage_request *request);

/* For tests: what runs there, and what its answer means. */
char *storage_script(const struct manage_request *request);
GPtrArray *storage_read_traces(const struct manage_request *request, const char *text, gsize size,
                               GError **error);

#endif
