/*
 * journal.h - the journal on disk: one logfmt line for each thing done, appended (R24).
 *
 * A line is written with a single write(2) to a file opened with O_APPEND, so that two processes
 * do not tear each other's. Thread: main.
 */
#ifndef ROOST_STORE_JOURNAL_H
#define ROOST_STORE_JOURNAL_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"

struct journal;

/* Opens DIR/journal.log for appending, making it and DIR when missing. */
struct journal *journal_open(const char *dir, GError **error);
void journal_free(struct journal *journal);
AUTOPTR_DEFINE(journal)

/*
 * FALSE when the line could not be written whole (disk full); the journal stays usable, and the
 * line may be written again later. `line` is as journal_format makes it.
 */
gboolean journal_write(struct journal *journal, const char *line, GError **error);

/* The line, without its newline: time=... who=... what=... Free with g_free. */
char *journal_format(const struct journal_entry *entry);

#endif
