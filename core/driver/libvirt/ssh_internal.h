/*
 * ssh_internal.h - what the files that drive libssh share. Not for others. Thread: the session's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_SSH_INTERNAL_H
#define ROOST_DRIVER_LIBVIRT_SSH_INTERNAL_H

#include <glib.h>
#include <libssh/libssh.h>

struct ssh_link;
struct access;

/*
 * As ssh_link_open, but neither is the host's key looked at nor anybody logged in: that is for the
 * caller, before anything else.
 */
struct ssh_link *ssh_link_connect(const struct access *access, const char *address,
                                  gint64 deadline_us, GError **error);

/* Borrowed; never blocking. */
ssh_session ssh_link_session(const struct ssh_link *link);

/* Waits until the session's socket may have news. FALSE and UNREACHABLE past the deadline. */
gboolean ssh_link_wait(ssh_session session, gint64 deadline_us, GError **error);

/*
 * Opens a session channel and runs command in it. SSH_OK; SSH_ERROR without error set, or SSH_AGAIN
 * with it, past the deadline.
 */
int ssh_link_exec(ssh_session session, ssh_channel channel, const char *command, gint64 deadline_us,
                  GError **error);

/* Writes all of text. FALSE with UNREACHABLE. */
gboolean ssh_link_write(ssh_session session, ssh_channel channel, const char *text,
                        gint64 deadline_us, GError **error);

/* Sets error to the session's own last error, as UNREACHABLE. */
void ssh_link_take_error(ssh_session session, const char *doing, GError **error);

#endif
