/*
 * terminal_output.h - what is sent to the terminal, and a terminal that does not take it. Private
 * to the curses screen. There is one, as of terminal.h.
 *
 * Nobody waits for a terminal: neither the operator's keys nor, above all, a manager that has to
 * beat and act while its console's window is stopped, its line is slow or its network gone. What
 * curses writes goes to a file in memory; from there to the terminal goes what it takes at once,
 * and the rest when it takes more. Until all has gone no frame is drawn: those between are left
 * out, not queued. Thread: main.
 */
#ifndef ROOST_TUI_TERMINAL_OUTPUT_H
#define ROOST_TUI_TERMINAL_OUTPUT_H

#include <glib.h>
#include <stdio.h>

/* For newterm: the terminal itself, while curses asks and sets its modes. NULL when out of files.
 */
FILE *terminal_output_open(void);

/* Once curses has: from now on what it writes is kept. `asks`: it understands ECMA-48, and
 * while somebody watches is asked how far it is (terminal_pace.h). */
void terminal_output_begin(gboolean asks);

/* From now on what curses writes goes in fewer bytes: for terminals as sgr.h says. */
void terminal_output_save_styles(void);

/* Puts what curses has written, or other bytes, behind what waits, and sends what goes. */
void terminal_output_flush(void);
void terminal_output_send(const char *bytes, gsize length);

/* TRUE while the terminal has not taken all, or is known not to have shown it: no frame should be
 * drawn. */
gboolean terminal_output_is_late(void);

/* Called from the main context whenever, after that, it is no longer late. NULL = nobody. */
void terminal_output_watch(void (*gone)(gpointer data), gpointer data);

/* What waits is forgotten: the sequence that is cut off, any escape ends. */
void terminal_output_drop(void);

/* Sends what waits, but for no longer than that. */
void terminal_output_finish(guint most_ms);

/* At once, as far as the terminal takes it within a second, past all that waits. Safe in a signal
 * handler, and before open and after close. */
void terminal_output_emergency(const char *bytes, gsize length);

void terminal_output_close(void);

#endif
