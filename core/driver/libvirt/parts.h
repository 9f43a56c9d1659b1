/*
 * parts.h - the disks, interfaces and screens of one VM, as its host tells them.
 *
 * libvirt knows what there is and how large it is; where a disk lies only the host's file systems
 * tell, which are asked over ssh. Blocks as they do, within limits of its own: what takes longer is
 * left as not known, and said. Thread: the host's worker's; script and reading are pure.
 */
#ifndef ROOST_DRIVER_LIBVIRT_PARTS_H
#define ROOST_DRIVER_LIBVIRT_PARTS_H

#include <libvirt/libvirt.h>

#include "core/driver/libvirt/remote_host.h"
#include "core/driver/manage.h"

/* MANAGE_PARTS, without where the disks lie. NULL with error. */
struct manage_answer *parts_look(virConnectPtr connection, const struct manage_request *request,
                                 GError **error);

/* Asks where they lie, before the deadline (g_get_monotonic_time's) or a few seconds. */
void parts_find_storage(struct vm_parts *parts, struct remote_host *host, gint64 deadline_us);

/* The script for that, for an sh; NULL when there is nothing to ask. Free with g_free. */
char *parts_storage_script(const struct vm_parts *parts);

/* What it said, whole or not. FALSE when it was not whole. */
gboolean parts_read_storage(struct vm_parts *parts, const char *output, gsize length);

#endif
