/*
 * line_edit.h - a line that is being typed: its text, its cursor, and the keys that edit it.
 *
 * The text is always valid UTF-8 on one line without control characters; the cursor stands before
 * a character, never inside one or between one and what combines with it. Keys are those of
 * readline. Pure. Thread: main.
 */
#ifndef ROOST_TUI_LINE_EDIT_H
#define ROOST_TUI_LINE_EDIT_H

#include <glib.h>

#include "tui/surface.h"

#define LINE_EDIT_BYTES_MOST 4096

/* What a key means to a line that has a history and completes, whatever the keymap makes of it. */
enum line_command {
    LINE_NO_COMMAND,
    LINE_ENTER,
    LINE_LEAVE,
    LINE_COMPLETE,
    LINE_COMPLETE_BACK,
    LINE_OLDER, /* in the history */
    LINE_NEWER,
};

struct line_edit {
    GString *text;
    gsize cursor;     /* bytes before it */
    char *killed;     /* what C-y brings back; NULL = nothing yet */
    gboolean killing; /* the last key killed: the next one adds to it */
    int scroll;       /* cells left out at the left, as last drawn */
};

void line_edit_init(struct line_edit *edit);
void line_edit_clear(struct line_edit *edit); /* frees what it holds */

/* Another text, the cursor behind it. NULL = "". */
void line_edit_set(struct line_edit *edit, const char *text);

/*
 * Puts text in at the cursor. Line ends, tabs and other control characters become one blank each
 * run: what is pasted can be read before anything is done with it. What is too long is left out.
 */
void line_edit_insert(struct line_edit *edit, const char *text);

/* Replaces the bytes from start to the cursor. */
void line_edit_replace(struct line_edit *edit, gsize start, const char *text);

/* TRUE when the key edits or moves. The arrows up and down, Tab and Enter do neither. */
gboolean line_edit_key(struct line_edit *edit, guint key);

/* The command that a key is; line_edit_key knows none of these keys. */
enum line_command line_edit_command(guint key);

gboolean line_edit_at_end(const struct line_edit *edit);

/*
 * Draws it in rect's first line, scrolled so that the cursor is seen, puts the cursor there, and
 * returns the cell behind the text.
 */
int line_edit_draw(struct line_edit *edit, struct surface *surface, struct rect rect,
                   enum role role);

#endif
