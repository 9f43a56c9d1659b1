/*
 * journal.h - the journal on disk: one logfmt line for each thing done, appended (R24).
 *
 * JOURNAL_NAME.log of the store, rotated (rotate.h), written by a thread (journal_queue.h).
 * Thread: any.
 */
#ifndef ROOST_STORE_JOURNAL_H
#define ROOST_STORE_JOURNAL_H

#include <glib.h>

#include "core/engine/engine.h"

#define JOURNAL_NAME "journal"

/* The line, without its newline: time=... who=... what=... Free with g_free. */
char *journal_format(const struct journal_entry *entry);

#endif
