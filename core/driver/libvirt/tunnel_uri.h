/*
 * tunnel_uri.h - a libvirt URI that goes through libssh, taken apart, so that a tunnel of our own
 * can go there instead.
 *
 * libvirt's client with its libssh transports (libssh, libssh2) loses track of large answers, and
 * before 10.1 crashes on it (CVE-2024-4418: a source on a stack frame that is gone). Whoever writes
 * such a URI means the host, the user and the key that it names: ssh_tunnel.h serves these.
 * Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_TUNNEL_URI_H
#define ROOST_DRIVER_LIBVIRT_TUNNEL_URI_H

#include <glib.h>

#include "core/base/cleanup.h"

struct tunnel_uri {
    char *driver;      /* "qemu": lower-case letters and digits */
    char *path;        /* "/system"; letters, digits, "/", "-" and "_" */
    char *user;        /* NULL = not said, and so for the next four */
    char *identity;    /* absolute */
    char *known_hosts; /* absolute */
    char *socket;      /* absolute, on the host */
    guint port;        /* 0 = not said */
};

/* TRUE when the URI's transport is libssh or libssh2; a template may be asked too. */
gboolean tunnel_uri_is_one(const char *uri);

/*
 * NULL and ROOST_ERROR_INPUT when it is no such URI, or says what a tunnel cannot do: the message
 * begins with the URI.
 */
struct tunnel_uri *tunnel_uri_parse(const char *uri, GError **error);
void tunnel_uri_free(struct tunnel_uri *uri);
AUTOPTR_DEFINE(tunnel_uri)

#endif
