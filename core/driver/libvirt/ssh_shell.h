/*
 * ssh_shell.h - a shell that stands on a host: asked again and again over one channel.
 *
 * One side asks and waits, the other, the hub, carries and never blocks. Thread: as each call says.
 */
#ifndef ROOST_DRIVER_LIBVIRT_SSH_SHELL_H
#define ROOST_DRIVER_LIBVIRT_SSH_SHELL_H

#include <glib.h>
#include <libssh/libssh.h>

#include "core/base/cleanup.h"

struct ssh_shell;

/*
 * Runs command in a channel of its own and writes setup to it. NULL with UNREACHABLE. Blocks;
 * the session's thread.
 */
struct ssh_shell *ssh_shell_new(ssh_session session, const char *command, const char *setup,
                                gint64 deadline_us, GError **error);
void ssh_shell_free(struct ssh_shell *shell); /* after ssh_shell_end */
AUTOPTR_DEFINE(ssh_shell)

/* --- Whoever asks: any thread, one at a time --- */

/* Has request written to it. The answer is all it says up to farewell, a line of its own. */
void ssh_shell_ask(struct ssh_shell *shell, const char *request, const char *farewell,
                   gint64 deadline_us);

/*
 * Waits for the answer to the last request; when the shell ends before, what it said until then.
 * NULL with error when the connection ended, or the deadline passed. Free with g_string_free.
 */
GString *ssh_shell_take(struct ssh_shell *shell, GError **error);

/* --- The hub --- */

/* Borrowed; the hub's, until ssh_shell_end. */
ssh_channel ssh_shell_channel(const struct ssh_shell *shell);

/* From here on, what the session reads for it is its answer. */
void ssh_shell_attach(struct ssh_shell *shell);

/* Writes what is asked. FALSE once it has ended and can never answer again. */
gboolean ssh_shell_step(struct ssh_shell *shell);

/* When the answer must have come; 0 when nothing is asked. */
gint64 ssh_shell_deadline(struct ssh_shell *shell);

/* Closes the channel; whoever waits gets a copy of why. Before its session is freed. */
void ssh_shell_end(struct ssh_shell *shell, const GError *why);

#endif
