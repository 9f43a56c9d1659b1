/*
 * night_read.h - reads what a store has kept of a night in a thread of its own, so that the console
 * goes on meanwhile. Thread: main.
 */
#ifndef ROOST_TUI_NIGHT_READ_H
#define ROOST_TUI_NIGHT_READ_H

#include <glib.h>

struct night_read;

/*
 * Told once, from the main loop and never before night_read_start returns: the samples (struct
 * night_sample), which the one told owns (g_array_unref); or NULL, and error tells why. It may free
 * the read.
 */
typedef void (*night_read_ended)(GArray *list_take, const GError *error, gpointer data);

/* Begins to read a span from the history in a store's directory. Free with night_read_free. */
struct night_read *night_read_start(const char *dir, gint64 from_us, gint64 until_us,
                                    night_read_ended ended, gpointer data);

/* Nobody waits for it any more: `ended` is not called after this. NULL is allowed. */
void night_read_free(struct night_read *read);

#endif
