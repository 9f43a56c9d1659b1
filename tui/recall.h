/*
 * recall.h - the lines typed before, oldest first, with those of the shell: one file for both
 * (core/command/shell_history.h). That it cannot be read or written is no trouble: then there is
 * just no memory. Thread: main.
 */
#ifndef ROOST_TUI_RECALL_H
#define ROOST_TUI_RECALL_H

#include <glib.h>

#include "core/base/cleanup.h"

struct recall;

/* path NULL = kept in memory only. Never NULL. */
struct recall *recall_new(const char *path);
void recall_free(struct recall *recall); /* NULL is allowed */
AUTOPTR_DEFINE(recall)

/* Keeps a line; not when it is empty, begins with a blank, or is the last one again. */
void recall_add(struct recall *recall, const char *line);

guint recall_count(const struct recall *recall);
const char *recall_line(const struct recall *recall, guint index); /* borrowed */

/*
 * Where a step back (-1) or on (1) leads from a line; -1 = behind the newest, where one is typed.
 * `at` itself when there is nothing further.
 */
gint recall_step(const struct recall *recall, gint at, int step);

/*
 * The newest line before `before` (recall_count for all) that contains text; -1 when there is
 * none.
 */
gint recall_search(const struct recall *recall, guint before, const char *text);

#endif
