/*
 * ssh_login.h - who is at the other end of an ssh session, and who we are: keys only, both ways.
 *
 * For ssh_link.c, which owns the session. Thread: the session's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_SSH_LOGIN_H
#define ROOST_DRIVER_LIBVIRT_SSH_LOGIN_H

#include <glib.h>
#include <libssh/libssh.h>

#include "core/driver/libvirt/access.h"

/* What an AUTH error of the functions here, or of ssh_link_open, is about. */
enum ssh_login_trouble {
    SSH_LOGIN_OTHER,
    SSH_LOGIN_HOST_UNKNOWN,   /* its key is not in known_hosts */
    SSH_LOGIN_HOST_CHANGED,   /* another one is */
    SSH_LOGIN_HOST_UNCHECKED, /* known_hosts cannot be read */
    SSH_LOGIN_KEY_UNREADABLE, /* our own */
    SSH_LOGIN_REFUSED,        /* it does not take ours */
};
enum ssh_login_trouble ssh_login_trouble(const GError *error);

/* TRUE when the host's key is in known_hosts; else AUTH, saying what the operator may do. */
gboolean ssh_login_check_host(ssh_session session, const struct access *access, const char *address,
                              GError **error);

/* Logs in with access->identity, or with the agent and the usual keys; AUTH when refused. */
gboolean ssh_login_with_key(ssh_session session, const struct access *access, gint64 deadline_us,
                            GError **error);

#endif
