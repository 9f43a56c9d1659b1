/*
 * capture.h - what a verb prints, kept as lines instead of going to a terminal.
 *
 * The streams take what a terminal would: a carriage return and "erase line" replace the line that
 * was begun (a progress), colours and all other sequences are left out, tabs are kept as blanks.
 * Nothing of it can reach the real terminal. Thread: main.
 */
#ifndef ROOST_TUI_CAPTURE_H
#define ROOST_TUI_CAPTURE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/command/output.h"

#define CAPTURE_LINES_MOST 100000 /* what comes after is counted, not kept */
#define CAPTURE_BYTES_MOST 4096   /* of one line */

struct capture;

/* Called after something was printed. */
typedef void (*capture_func)(gpointer data);

struct capture *capture_new(capture_func printed, gpointer data);
void capture_free(struct capture *capture); /* NULL is allowed */
AUTOPTR_DEFINE(capture)

/* Where to print; borrowed. It is for people: aligned, under heads, with progress. */
const struct output *capture_output(struct capture *capture);

/* What stands in a line that has not ended: the progress. "" = nothing. Borrowed. */
const char *capture_progress(const struct capture *capture);

/* char *: the lines on out; and those on err, without "roost: ". Borrowed, flushed. */
const GPtrArray *capture_lines(struct capture *capture);
const GPtrArray *capture_errors(struct capture *capture);

#endif
