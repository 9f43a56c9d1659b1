/*
 * known_hosts.h - the file of host keys that are trusted, as ssh keeps it.
 *
 * Lines are only ever added, at its end and each in one write, under a lock that two consoles
 * share. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_KNOWN_HOSTS_H
#define ROOST_DRIVER_LIBVIRT_KNOWN_HOSTS_H

#include <glib.h>

/* How the file names a host: "10.0.0.7", or "[10.0.0.7]:2222". Free with g_free. */
char *known_hosts_name(const char *address, guint port);

/*
 * Adds "NAME KEY" unless that very line is there. Makes the file (0600) and its directory (0700)
 * when they are missing. `key` is "ssh-ed25519 AAAA...": INPUT when it is not of that form.
 * Blocks for the file system, and while another console writes.
 */
gboolean known_hosts_add(const char *path, const char *address, guint port, const char *key,
                         GError **error);

/*
 * The lines on these hosts (NULL-terminated addresses, or NULL), each by its address alone, as
 * another host would have them in its own file: no line is made up. A missing file has none. NULL
 * with error when it cannot be read. Free with g_strfreev.
 */
char **known_hosts_lines(const char *path, const char *const *addresses, guint port,
                         GError **error);

/* TRUE for "TYPE BASE64": nothing else may get into such a file, here or on a host. */
gboolean known_hosts_is_key(const char *key);

#endif
