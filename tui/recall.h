/*
 * recall.h - the lines typed before, oldest first, kept in a file that the shell shares.
 *
 * The file has one line each and is only ever appended to here, so that consoles and shells that
 * run side by side do not take each other's lines away; past RECALL_LINES_MOST it is cut when it
 * is read. That it cannot be read or written is no trouble: then there is just no memory.
 * Thread: main.
 */
#ifndef ROOST_TUI_RECALL_H
#define ROOST_TUI_RECALL_H

#include <glib.h>

#include "core/base/cleanup.h"

#define RECALL_LINES_MOST 1000

struct recall;

/* path NULL = kept in memory only. Never NULL. */
struct recall *recall_new(const char *path);
void recall_free(struct recall *history); /* NULL is allowed */
AUTOPTR_DEFINE(recall)

/* The file for people: $XDG_STATE_HOME/roost/history. Free with g_free. */
char *recall_path(void);

/* Keeps a line; not when it is empty, begins with a blank, or is the last one again. */
void recall_add(struct recall *history, const char *line);

guint recall_count(const struct recall *history);
const char *recall_line(const struct recall *history, guint index); /* borrowed */

/*
 * The newest line before `before` (recall_count for all) that contains text; -1 when there is
 * none.
 */
gint recall_search(const struct recall *history, guint before, const char *text);

#endif
