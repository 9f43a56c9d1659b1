/*
 * journal_past.h - what the journal's files tell of the time before a moment, for whoever scrolls
 * back: the last so many lines, and more of them when more are wanted.
 *
 * A thread of its own reads, so that years of compressed files, or a file server that hangs, hold
 * nobody up. Others wrote the files: lines that are no logfmt are kept as text. Thread: main.
 */
#ifndef ROOST_STORE_JOURNAL_PAST_H
#define ROOST_STORE_JOURNAL_PAST_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"

/* More than that are not held in memory: `roost log` has them all. */
#define JOURNAL_PAST_MOST 32000

struct journal_past;

/*
 * Of the store in `dir`. Nothing is read yet. `changed` is called from the main context when a
 * reading has ended. Free with journal_past_free, which waits for nothing.
 */
struct journal_past *journal_past_new(const char *dir, void (*changed)(gpointer data),
                                      gpointer data);
void journal_past_free(struct journal_past *past); /* NULL is allowed */
AUTOPTR_DEFINE(journal_past)

/*
 * Begins to read the last `lines` lines (at most JOURNAL_PAST_MOST) that are not of later than
 * `until_us`; nothing while it reads already. What it gave before is replaced when it has ended.
 */
void journal_past_read(struct journal_past *past, guint lines, gint64 until_us);

gboolean journal_past_is_reading(const struct journal_past *past);

/* How many lines were asked for last; 0 = nothing was. */
guint journal_past_asked(const struct journal_past *past);

/* TRUE when there is nothing older than the first of the entries. */
gboolean journal_past_is_whole(const struct journal_past *past);

/* struct journal_entry *, in the order of the files. Borrowed until `changed` is called. */
GPtrArray *journal_past_entries(const struct journal_past *past);

/* What could not be read, in a sentence; NULL = nothing. Borrowed as the entries. */
const char *journal_past_trouble(const struct journal_past *past);

#endif
