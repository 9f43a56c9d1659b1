/*
 * local_command.h - a command of the operator's, run on this machine without holding anything up.
 *
 * It runs under /bin/sh in a session of its own: stdin is /dev/null, there is no terminal, and what
 * it says is gathered, a little of it, for the error. When its time is up it is killed, with all
 * that it started. Thread: main; needs the default main context to run.
 */
#ifndef ROOST_DRIVER_LIBVIRT_LOCAL_COMMAND_H
#define ROOST_DRIVER_LIBVIRT_LOCAL_COMMAND_H

#include <glib.h>

#define LOCAL_COMMAND_SAID_MOST 2048 /* bytes of what it says that are kept: the last ones */

struct local_command;

/* error is NULL when it ended with status 0; else FAILED, TIMEOUT or CANCELLED, without a name. */
typedef void (*local_command_func)(const GError *error, gpointer data);

/*
 * Starts it; environment is all that it gets. done comes once, later, and the command frees itself
 * after it. NULL with error when it cannot even be started.
 */
struct local_command *local_command_start(const char *script, char **environment, gint64 timeout_us,
                                          local_command_func done, gpointer data, GError **error);

/* Kills it; done comes with CANCELLED. */
void local_command_cancel(struct local_command *command);

/* Kills it and frees it; done does not come. NULL is allowed. */
void local_command_free(struct local_command *command);

#endif
