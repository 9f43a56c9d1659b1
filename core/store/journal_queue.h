/*
 * journal_queue.h - lines on their way to a rotated log, which a thread writes: a file server that
 * hangs does not hold the console.
 *
 * Nothing stops because a disk is full: it is told once, and the lines wait in memory until there
 * is room. Thread: main.
 */
#ifndef ROOST_STORE_JOURNAL_QUEUE_H
#define ROOST_STORE_JOURNAL_QUEUE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/store/rotate.h"

struct journal_queue;

/* What the operator should know; called on the main context. */
typedef void (*journal_queue_told_func)(gboolean alarm, const char *result, const char *text,
                                        gpointer data);

/* Takes the file over. told may be NULL: then nothing is told. */
struct journal_queue *journal_queue_new(struct rotate *file_take, journal_queue_told_func told,
                                        gpointer data);

/* Waits for the thread; what was not written is lost. NULL is allowed. */
void journal_queue_free(struct journal_queue *queue);
AUTOPTR_DEFINE(journal_queue)

/* Adds a line, without its newline, and begins to write it unless it is known to fail. */
void journal_queue_add(struct journal_queue *queue, const char *line);

/* Tries again what failed; does nothing when nothing did. */
void journal_queue_retry(struct journal_queue *queue);

/*
 * Writes all that is left, and waits for it: the main loop stands still meanwhile. FALSE when lines
 * could not be written.
 */
gboolean journal_queue_flush(struct journal_queue *queue, GError **error);

#endif
