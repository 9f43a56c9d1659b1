/*
 * ssh_trunk.h - one standing ssh session to a host that carries all there is to say to it: a shell
 * that is asked again and again, and libvirt's bytes.
 *
 * Opening blocks the caller; from then on the hub's one thread drives the session (ssh_hub.h), for
 * all hosts, and never waits for any. What breaks one part ends the whole, but for a shell that
 * ends alone. Hanging up is possible from any thread at any moment, and ends libvirt's call with an
 * error. Reference-counted; calls are for any thread but where said.
 */
#ifndef ROOST_DRIVER_LIBVIRT_SSH_TRUNK_H
#define ROOST_DRIVER_LIBVIRT_SSH_TRUNK_H

#include <glib.h>

#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/main_post.h"

struct ssh_trunk;

struct ssh_trunk_options {
    const struct access *access;
    const char *address;
    struct main_post *post; /* held until the session is closed */
    const char *command;    /* the shell; NULL = none */
    const char *setup;      /* written to it at once */
    gboolean libvirt;       /* whether libvirt goes through it */
    gint64 deadline_us;     /* g_get_monotonic_time's */
};

/* Connects as ssh_link_open does. NULL with error, which begins with the host. Blocks. */
struct ssh_trunk *ssh_trunk_open(const struct ssh_trunk_options *options, GError **error);

struct ssh_trunk *ssh_trunk_ref(struct ssh_trunk *trunk);

/* Hang up first: the session itself stands until then. */
void ssh_trunk_unref(struct ssh_trunk *trunk);

/* The session is closed soon; libvirt's call and whoever waits for the shell get an error. */
void ssh_trunk_hang_up(struct ssh_trunk *trunk);

/* FALSE once the session, or its shell, has ended. */
gboolean ssh_trunk_is_alive(struct ssh_trunk *trunk);

/* The URI of libvirt through it, for one connection; NULL without. Borrowed. */
const char *ssh_trunk_uri(const struct ssh_trunk *trunk);

/*
 * What the host said when it could not reach its libvirt, escaped; NULL when it said nothing.
 * Borrowed until the last unref. To be asked once libvirt has failed, not before.
 */
const char *ssh_trunk_complaint(struct ssh_trunk *trunk);

/*
 * Past this deadline the session is closed, unless another has been set before: 0 = none. For a
 * call of libvirt that knows of no deadline itself, such as opening its connection.
 */
void ssh_trunk_set_deadline(struct ssh_trunk *trunk, gint64 deadline_us);

/*
 * Asks the shell, and takes the answer later: see ssh_shell.h. Past the deadline the session is
 * closed, whatever else it carries: a host that does not answer that does not answer at all. One
 * thread at a time.
 */
void ssh_trunk_ask(struct ssh_trunk *trunk, const char *request, const char *farewell,
                   gint64 deadline_us);
GString *ssh_trunk_take(struct ssh_trunk *trunk, GError **error);

#endif
