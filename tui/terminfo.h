/*
 * terminfo.h - what the description of the terminal says of it, and curses begun on it. Private to
 * the curses screen. All but terminfo_start and terminfo_is_ascii_only ask the description in use:
 * after terminfo_start. Thread: main.
 */
#ifndef ROOST_TUI_TERMINFO_H
#define ROOST_TUI_TERMINFO_H

#ifndef NCURSES_WIDECHAR
#define NCURSES_WIDECHAR 1
#endif
#include <curses.h>
#include <glib.h>

#include "tui/colour_depth.h"
#include "tui/input_decoder.h"

/*
 * Begins curses on standard input and output, with TERM's description or, for more colours, a
 * richer one of the same terminal (colour_depth.h). NULL and ROOST_ERROR_FAILED when the terminal
 * is not known or cannot be drawn on. Ends with endwin, delscreen and terminal_output_close.
 */
SCREEN *terminfo_start(enum colour_wish wish, GError **error);

/* 0, 8, 16, 256 or THEME_DIRECT_COLOURS; none, too, where n_pairs pairs of colours are too many.
 * Sets has_default to whether the terminal's own two colours can be asked for. */
guint terminfo_count_colours(enum colour_wish wish, int n_pairs, gboolean *has_default);

/* By TERM and the locale. */
gboolean terminfo_is_ascii_only(void);

gboolean terminfo_has_string(const char *name);
gboolean terminfo_has_flag(const char *name);

/* How many columns at the right are better left alone: 0 or 1. */
int terminfo_spare_columns(void);

/* What leaves the terminal as it was. Owned. */
char *terminfo_leave_sequence(void);

/* The keys as the description has them, beside those the decoder knows. */
void terminfo_add_keys(struct input_decoder *decoder);

#endif
