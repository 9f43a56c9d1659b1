/*
 * slow_writer.h - text to a terminal that may be as slow as 300 baud, or stopped by ^S, without
 * anybody waiting for it: a thread writes what was given.
 *
 * What was asked for is written whole, however long it takes. What only tells of events is left out
 * while too much waits already, and how much that was is told. Thread: main.
 */
#ifndef ROOST_COMMAND_SLOW_WRITER_H
#define ROOST_COMMAND_SLOW_WRITER_H

#include <stdio.h>

#include "core/base/cleanup.h"

struct slow_writer;

/* To a descriptor, borrowed, which stays as it is. NULL and ROOST_ERROR_FAILED without a thread. */
struct slow_writer *slow_writer_new(int fd, GError **error);

/* What still waits is dropped; a write that is stuck is left to itself. NULL is allowed. */
void slow_writer_free(struct slow_writer *writer);
AUTOPTR_DEFINE(slow_writer)

/* A stream of its own: what is printed on it is written, all of it, line by line. Borrowed. */
FILE *slow_writer_stream(struct slow_writer *writer);

/* A line (escaped here), unless it is not urgent and too much waits for too long. */
void slow_writer_tell(struct slow_writer *writer, const char *line, gboolean urgent);

/* TRUE when nothing waits any more, or nobody reads it: the main context is woken for that. */
gboolean slow_writer_is_done(struct slow_writer *writer);

/* TRUE when writing failed: the reader is gone. */
gboolean slow_writer_is_broken(struct slow_writer *writer);

#endif
