/*
 * control.h - starting and stopping one VM through libvirt.
 *
 * Blocks as libvirt does. Errors begin with the VM and name the host. Thread: a worker's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CONTROL_H
#define ROOST_DRIVER_LIBVIRT_CONTROL_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/driver/driver.h"

/* The domain, to be freed; NULL with REFUSED when the host has none of that name. */
virDomainPtr control_find(virConnectPtr connection, const char *address, const char *vm,
                          GError **error);

/*
 * Does it if the domain is in a state for it. may_act(data) is asked right before: FALSE means that
 * nobody waits for it any more, and nothing is done (CANCELLED).
 */
gboolean control_run(virDomainPtr domain, const char *address, enum control_action action,
                     gboolean (*may_act)(gpointer data), gpointer data, GError **error);

#endif
