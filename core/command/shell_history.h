/*
 * shell_history.h - the lines typed before, in $XDG_STATE_HOME/roost/history: one a line, the
 * newest last, readable by its owner alone. Shells that run at once add to one file.
 *
 * A line that begins with a blank is not kept: so can a secret in a remote command be. What is
 * asked for by a question (a password) never is a line. Thread: main.
 */
#ifndef ROOST_COMMAND_SHELL_HISTORY_H
#define ROOST_COMMAND_SHELL_HISTORY_H

#include <glib.h>

#define SHELL_HISTORY_NAME "history" /* of user_state_path */

/* char *, oldest first, none when there is no file, or path is NULL. Drops the oldest of a file
 * that grew long. */
GPtrArray *shell_history_load(const char *path);

/* FALSE, with the reason, when it could not be kept. A blank line is no matter. */
gboolean shell_history_add(const char *path, const char *line, GError **error);

/* TRUE for a line that may be kept. */
gboolean shell_history_takes(const char *line);

#endif
