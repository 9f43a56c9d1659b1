/*
 * definition.h - what a host's libvirt has defined: read, added to, taken from (manage.h).
 *
 * Blocks as libvirt does. Errors begin with the VM or the host. Thread: a worker's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_DEFINITION_H
#define ROOST_DRIVER_LIBVIRT_DEFINITION_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/driver/manage.h"

/*
 * Carries out what of manage.h is libvirt's: all but the kinds of disks. may_act(data) is asked
 * right before something is changed: FALSE means that nobody waits for it any more. NULL with
 * error. Free with manage_answer_free.
 */
struct manage_answer *definition_manage(virConnectPtr connection,
                                        const struct manage_request *request,
                                        gboolean (*may_act)(gpointer data), gpointer data,
                                        GError **error);

/*
 * What a capabilities document offers a new VM, KVM before emulation; domain (NULL = not asked) is
 * that of virConnectGetDomainCapabilities for it. NULL when it offers nothing.
 */
struct manage_ground *definition_ground(const char *hypervisor, const char *capabilities);
void definition_ground_refine(struct manage_ground *ground, const char *domain_capabilities);

#endif
