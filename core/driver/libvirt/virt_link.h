/*
 * virt_link.h - a standing libvirt connection to one host, watched for changes.
 *
 * Calls block, possibly for long: not for the main thread. The change function is called on the
 * main thread, from libvirt's events on the default main context. Thread: libvirt connections may
 * be shared, but a link has one owner that opens and closes it.
 */
#ifndef ROOST_DRIVER_LIBVIRT_VIRT_LINK_H
#define ROOST_DRIVER_LIBVIRT_VIRT_LINK_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/base/cleanup.h"
#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/main_post.h"
#include "core/driver/libvirt/ssh_trunk.h"
#include "core/driver/libvirt/virt_abilities.h"

/* What to tell when a VM starts, stops, comes or goes, or the connection breaks. */
struct virt_watch {
    void (*changed)(gpointer data);
    gpointer (*ref)(gpointer data);
    void (*unref)(gpointer data);
    gpointer data;
};

/*
 * Lets another thread end a call that hangs in a link. Reference-counted, one link at a time.
 * Without a trunk (another URI was configured) libvirt cannot be interrupted, and nothing happens.
 */
struct virt_guard;

struct virt_guard *virt_guard_new(void);
struct virt_guard *virt_guard_ref(struct virt_guard *guard);
void virt_guard_unref(struct virt_guard *guard);

/* The link's connection breaks, and calls in it fail soon. Any thread; returns at once. */
void virt_guard_interrupt(struct virt_guard *guard);

struct virt_link;

/* How to open one. watch and guard may be NULL; the deadline is kept but inside libvirt itself. */
struct virt_link_options {
    const struct access *access;
    const char *address;
    struct main_post *post;
    const struct virt_watch *watch;
    struct virt_guard *guard;
    struct ssh_trunk *trunk; /* goes through this one, and ends it; NULL = one of its own */
    gint64 deadline_us;      /* g_get_monotonic_time's */
};

/* NULL with error, which begins with the host. */
struct virt_link *virt_link_open(const struct virt_link_options *options, GError **error);

/* Closes politely, which asks the host once more; at once when it is not alive any more. */
void virt_link_free(struct virt_link *link);
AUTOPTR_DEFINE(virt_link)

/* FALSE once libvirt has found the connection broken. Does not ask the host. */
gboolean virt_link_is_alive(const struct virt_link *link);

/*
 * TRUE when VMs may have come, gone, or changed what they are defined as since the last time this
 * was asked; always the first time, and where libvirt tells of no changes.
 */
gboolean virt_link_take_changes(struct virt_link *link);

virConnectPtr virt_link_connection(const struct virt_link *link);

/* What the hypervisor is and can do, asked once for each connection. Borrowed. */
const struct virt_abilities *virt_link_abilities(struct virt_link *link);

#endif
