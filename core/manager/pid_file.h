/*
 * pid_file.h - a file that says who runs and how it is, for a script that has to know.
 *
 * Its lines: the process's number; a word for what it is ("manager", "waiting", "ending"); the
 * fencing number (0 = none). It is locked (flock) for as long as the process lives, so that it is
 * never taken for that of another, and touched from the main loop: one whose time is old is of a
 * process that hangs. Thread: main.
 */
#ifndef ROOST_MANAGER_PID_FILE_H
#define ROOST_MANAGER_PID_FILE_H

#include <glib.h>

#include "core/base/cleanup.h"

struct pid_file;

/* NULL when it cannot be made, or another process holds it: ROOST_ERROR_REFUSED. */
struct pid_file *pid_file_new(const char *path, GError **error);

/* Removes it. NULL is allowed. */
void pid_file_free(struct pid_file *file);
AUTOPTR_DEFINE(pid_file)

void pid_file_write(struct pid_file *file, const char *state, guint64 fence);
void pid_file_touch(struct pid_file *file);

#endif
