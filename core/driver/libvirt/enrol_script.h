/*
 * enrol_script.h - what is done on a host to bring it under roost: POSIX shell scripts for `sh`,
 * that answer as host_script.h tells.
 *
 * Each may be run any number of times. They answer "done WHAT" or "failed WHY". Free with g_free.
 * Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_ENROL_SCRIPT_H
#define ROOST_DRIVER_LIBVIRT_ENROL_SCRIPT_H

#include <glib.h>

/*
 * Adds public keys to authorized_keys of whoever runs it, lines to known_hosts likewise, and
 * (with_key) makes a key pair when there is none that ssh would take by itself: "key TYPE BASE64"
 * tells its public half. Lists are NULL-terminated or NULL; their lines have no quotes and no line
 * breaks in them.
 */
char *enrol_script_keys(const char *const *authorized, const char *const *known, gboolean with_key);

/* Arms the interface that has the address, now and for each boot. */
char *enrol_script_arm(const char *address);

/* Tries to reach another host's libvirt by the URI, as libvirtd there would. */
char *enrol_script_try_peer(const char *uri);

#endif
