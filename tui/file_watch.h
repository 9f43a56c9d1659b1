/*
 * file_watch.h - tells when one of a few files changes: written to, replaced by another through a
 * rename (as editors do), gone, or back again. Many changes at once are told once, a moment after
 * the last. Thread: main; told from its default main context.
 */
#ifndef ROOST_TUI_FILE_WATCH_H
#define ROOST_TUI_FILE_WATCH_H

#include <glib.h>

#include "core/base/cleanup.h"

struct file_watch;

struct file_watch *file_watch_new(void (*changed)(gpointer data), gpointer data);
void file_watch_free(struct file_watch *watch); /* NULL is allowed; nothing is told any more */
AUTOPTR_DEFINE(file_watch)

/*
 * Watches these and no others (NULL-terminated, copied; links are followed too). A file that cannot
 * be watched is left out in silence: it is read all the same, but only when asked for. No file: no
 * watch is kept, and nothing of the kind is started.
 */
void file_watch_set(struct file_watch *watch, const char *const *paths);

/* Those that are watched, in no order. Borrowed until the next set. */
const char *const *file_watch_paths(const struct file_watch *watch);

#endif
