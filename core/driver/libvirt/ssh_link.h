/*
 * ssh_link.h - a standing ssh session to one host, and commands run over it, each within a
 * deadline.
 *
 * libssh is driven without blocking and this side keeps the time, so a host that stops in the
 * middle of anything costs no more than the deadline. Deadlines are g_get_monotonic_time's.
 * Thread: one at a time; the thread should have SIGPIPE blocked or ignored.
 */
#ifndef ROOST_DRIVER_LIBVIRT_SSH_LINK_H
#define ROOST_DRIVER_LIBVIRT_SSH_LINK_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/driver/libvirt/access.h"

#define SSH_LINK_OUTPUT_MOST (256 * 1024)

struct ssh_link;

/*
 * Connects and logs in by key. The host key must be in access->known_hosts: AUTH otherwise, with
 * what to do about it. ABSENT and UNREACHABLE as tcp_connect tells them.
 */
struct ssh_link *ssh_link_open(const struct access *access, const char *address, gint64 deadline_us,
                               GError **error);
void ssh_link_free(struct ssh_link *link);
AUTOPTR_DEFINE(ssh_link)

/* What a command said and how it ended. */
struct ssh_answer {
    GString *output;    /* may hold anything, NUL included; most SSH_LINK_OUTPUT_MOST bytes */
    GString *complaint; /* the beginning of its stderr */
    gint status;        /* exit status; -1 when the connection ended before telling it */
    /* May be set before the call: once the output holds this (borrowed), the rest, if any comes at
     * all, is waited for no longer than linger_us. */
    const char *farewell;
    gint64 linger_us;
    /* What the command is told then (borrowed): it waits for that, and so nothing it does can keep
     * the farewell from coming through. NULL = nothing. */
    const char *reply;
};

struct ssh_answer *ssh_answer_new(void);
void ssh_answer_free(struct ssh_answer *answer);
AUTOPTR_DEFINE(ssh_answer)

/*
 * Runs command, writes input to it, and gathers its output in answer, also when it fails in the
 * middle. After an error the link is of no more use and is to be freed.
 */
gboolean ssh_link_run(struct ssh_link *link, const char *command, const char *input,
                      gint64 deadline_us, struct ssh_answer *answer, GError **error);

#endif
