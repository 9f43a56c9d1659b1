/*
 * check_mend.h - the commands that mend what an examination found, ready to be pasted. Thread: any.
 *
 * All results are to be freed with g_free.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CHECK_MEND_H
#define ROOST_DRIVER_LIBVIRT_CHECK_MEND_H

#include <glib.h>

#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/check_facts.h"

/* "ssh -p 2222 -i KEY root@10.0.0.7": with what is not ssh's own default. */
char *check_mend_shell(const struct access *access, const char *address);

/* On this machine: puts the host's present key into known_hosts; `changed`: in place of another. */
char *check_mend_host_key(const struct access *access, const char *address, gboolean changed);

/* On this machine: has the host accept our key. */
char *check_mend_login(const struct access *access, const char *address);

/* On the host: starts libvirt's daemon, or restarts one that hangs; NULL when none is installed. */
char *check_mend_daemon(const struct check_facts *facts, gboolean hangs);

/* On the host: arms the card after each boot. mac may be NULL. NULL when no way was found. */
char *check_mend_keep(const struct check_facts *facts, const char *card, const char *mac);

/* On the host: sets its clock. NULL when nothing there keeps it. */
char *check_mend_clock(const struct check_facts *facts);

/* On the host: opens the ports of migrations in its firewall; NULL when it has none. */
char *check_mend_firewall(const struct check_facts *facts);

#endif
