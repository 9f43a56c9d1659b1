/*
 * power_off.h - the last questions before a host is switched off, and the telling. Thread: worker.
 */
#ifndef ROOST_DRIVER_LIBVIRT_POWER_OFF_H
#define ROOST_DRIVER_LIBVIRT_POWER_OFF_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/driver/libvirt/ssh_link.h"

/* TRUE when libvirt runs nothing there; else REFUSED, naming the VMs, or libvirt's error. */
gboolean power_off_check_domains(virConnectPtr connection, const char *address, GError **error);

/* Asks who is logged in and switches off, in one go. */
gboolean power_off_tell(struct ssh_link *ssh, const char *command, const char *address,
                        gboolean force, gint64 deadline_us, GError **error);

/*
 * What host_script_power_off's answer means. `broken` (may be NULL) is how the session ended early:
 * once the host was told to go, that is no error.
 */
gboolean power_off_read(const struct ssh_answer *answer, const GError *broken, const char *address,
                        GError **error);

#endif
