/*
 * ssh_libvirt.h - libvirt's socket on a host, as a channel of an ssh session.
 *
 * Thread: the session's. Blocks.
 */
#ifndef ROOST_DRIVER_LIBVIRT_SSH_LIBVIRT_H
#define ROOST_DRIVER_LIBVIRT_SSH_LIBVIRT_H

#include <glib.h>
#include <libssh/libssh.h>

#include "core/driver/libvirt/access.h"

/*
 * The configured socket, or libvirtd's, then that of the split daemon of access->driver, directly;
 * or where sshd forwards none, through virt-ssh-helper or nc. NULL with UNREACHABLE. Free with
 * ssh_channel_free.
 */
ssh_channel ssh_libvirt_open(ssh_session session, const struct access *access, gint64 deadline_us,
                             GError **error);

#endif
