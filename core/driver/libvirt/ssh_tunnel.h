/*
 * ssh_tunnel.h - carries bytes between libvirt's client here and a host's libvirt socket.
 *
 * libvirt's own qemu+libssh transport loses track of answers larger than one read (libvirt 9.0 with
 * libssh 0.10: each waits for the next keepalive, 5 s, or for ever), may crash on them, and while
 * it hangs nothing can end it. So the ssh session is ours (see ssh_trunk.h). Never blocks. Thread:
 * the hub's, from ssh_tunnel_attach on.
 */
#ifndef ROOST_DRIVER_LIBVIRT_SSH_TUNNEL_H
#define ROOST_DRIVER_LIBVIRT_SSH_TUNNEL_H

#include <glib.h>
#include <libssh/libssh.h>

#include "core/base/cleanup.h"

struct ssh_tunnel;

/* Takes the channel over; makes the end here. NULL with error, and the channel freed. */
struct ssh_tunnel *ssh_tunnel_new(ssh_channel channel, GError **error);

/* Closes both ends. Before its session is freed. */
void ssh_tunnel_free(struct ssh_tunnel *tunnel);
AUTOPTR_DEFINE(ssh_tunnel)

/* The socket here, for one connection. Borrowed. */
const char *ssh_tunnel_path(const struct ssh_tunnel *tunnel);

/* From here on, what the session reads for it goes to libvirt. */
void ssh_tunnel_attach(struct ssh_tunnel *tunnel);

/* Carries what can be carried; local_ready: the end here can be read, or written again. FALSE at
 * the end of either side. */
gboolean ssh_tunnel_step(struct ssh_tunnel *tunnel, gboolean local_ready);

/* What to watch here, and for which of EPOLLIN and EPOLLOUT. */
int ssh_tunnel_fd(const struct ssh_tunnel *tunnel);
guint32 ssh_tunnel_events(const struct ssh_tunnel *tunnel);

/* TRUE while libvirt has to take something before more may be read from the host. */
gboolean ssh_tunnel_is_full(const struct ssh_tunnel *tunnel);

/* TRUE while the host has no room for what libvirt sent. */
gboolean ssh_tunnel_is_stuck(const struct ssh_tunnel *tunnel);

/* Borrowed. */
ssh_channel ssh_tunnel_channel(const struct ssh_tunnel *tunnel);

/*
 * What the helper on the host said when it failed, escaped; NULL when it said nothing or none was
 * needed. Free with g_free.
 */
char *ssh_tunnel_complaint(struct ssh_tunnel *tunnel);

#endif
