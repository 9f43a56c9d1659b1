/*
 * check_virt.h - what an examination asks libvirt. Thread: worker; blocks as libvirt does.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CHECK_VIRT_H
#define ROOST_DRIVER_LIBVIRT_CHECK_VIRT_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/model/check.h"

/*
 * Finds on libvirt, the hypervisor and the CPU, and fills what of the report is compared: guests,
 * disks, CPU model, RAM of VMs. FALSE with libvirt's error when it stopped answering.
 */
gboolean check_virt_read(virConnectPtr connection, struct check_report *report, GError **error);

/* Which of the guests (up to NULL; may be NULL) have a CPU that this host has not: misfits. */
void check_virt_compare(virConnectPtr connection, const struct check_guest *const *guests,
                        struct check_report *report);

#endif
