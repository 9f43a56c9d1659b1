/*
 * sgr.h - the styles in what curses writes (ECMA-48's SGR), in as few bytes as they take.
 *
 * Curses sets a style anew whenever an attribute ends, colours and all, names the character set
 * each time, and knows nothing of blanks, which look the same in any colour of text. At 24 bits
 * half of what it sends is that. Here the style is followed that it wants, and what is missing from
 * the one that the terminal has is sent when something comes that shows it. What is not understood
 * goes as it is. For terminals that keep their style while the cursor moves (msgr) and take single
 * attributes back (22, 24, 27): those of 256 colours and more do. Thread: any, one at a time.
 */
#ifndef ROOST_TUI_SGR_H
#define ROOST_TUI_SGR_H

#include <glib.h>

#define SGR_COLOUR_ROOM 24 /* "38:2::255:255:255" and its end */

struct sgr_style {
    guint attributes;                                              /* private */
    char foreground[SGR_COLOUR_ROOM], background[SGR_COLOUR_ROOM]; /* as sent; "" = default */
};

struct sgr {
    struct sgr_style has, wants; /* the terminal; curses */
    gboolean has_known, wants_known;
    guint sets_known; /* which ways to name the usual character set are in force */
};

/* Nothing is known of the terminal, nor of what curses takes it for: as at the beginning. */
void sgr_forget(struct sgr *sgr);

/* Adds to `out` what does the same as these bytes. They end where a sequence does; after them the
 * terminal has the style that they left. */
void sgr_pass(struct sgr *sgr, const char *bytes, gsize length, GByteArray *out);

#endif
