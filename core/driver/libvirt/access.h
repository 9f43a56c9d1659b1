/*
 * access.h - how hosts are reached: a checked, immutable copy of the settings that all threads
 * share.
 *
 * Reference-counted. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_ACCESS_H
#define ROOST_DRIVER_LIBVIRT_ACCESS_H

#include <glib.h>

#include "core/driver/libvirt/libvirt_driver.h"

struct access {
    gint refs;
    char *uri;      /* template; NULL = through a tunnel of our own */
    char *driver;   /* the tunnel's: which of libvirt's drivers is at its end, "qemu" */
    char *path;     /* likewise, "/system" */
    char *socket;   /* libvirt's, on the host; NULL = the usual ones of that driver */
    char *peer_uri; /* template */
    char *user;
    char *identity;    /* NULL = own_key if it is there, then agent and the usual keys */
    char *own_key;     /* roost's own, made when the first host is enrolled; NULL = none */
    char *known_hosts; /* never NULL */
    guint port;
    gint64 connect_us;
    gint64 refresh_us;
    gint64 power_off_us;
    gint64 command_us;
};

/*
 * NULL and ROOST_ERROR_INPUT when a template has an unknown {name} or lacks its closing brace. One
 * through libssh becomes a tunnel of our own (see tunnel_uri.h), and what it says of user, port,
 * key and known_hosts holds for everything that goes by ssh.
 */
struct access *access_new(const struct libvirt_settings *settings, GError **error);
struct access *access_ref(struct access *access);
void access_unref(struct access *access);

/* TRUE for a plain IPv4 or IPv6 address: what may be put into URIs and scripts. */
gboolean access_check_address(const char *address, GError **error);

/* The URI of a host's libvirt seen from here, by the template; NULL = through an ssh_tunnel. */
char *access_uri(const struct access *access, const char *address);

/* The same seen from another host. Free with g_free. */
char *access_peer_uri(const struct access *access, const char *address);

/* Where a target receives migrations: "tcp://ADDRESS". Free with g_free. */
char *access_migrate_uri(const char *address);

/* TRUE when libvirt itself goes through ssh, so that without ssh there is no libvirt either. */
gboolean access_needs_ssh(const struct access *access);

#endif
