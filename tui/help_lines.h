/*
 * help_lines.h - what the help says, made from what is in use: the view it was opened over, the
 * keymap, the marks, the verbs. Thread: main.
 */
#ifndef ROOST_TUI_HELP_LINES_H
#define ROOST_TUI_HELP_LINES_H

#include "tui/view.h"

/* A heading, or a key, sign or verb and what it means; a line without either parts sections. */
struct help_line {
    char *key;
    char *text;
    enum role role; /* of the key */
    gboolean heading;
    gboolean more; /* goes on with the line before it */
};

/*
 * All sections: first what keys mean in `over` (NULL or the main view = nothing of its own).
 * struct help_line *, owned by the array.
 */
GPtrArray *help_lines_new(const struct app *app, const struct view *over);

/* Those that the filter means, with the headings above them; all for NULL. Lines are borrowed. */
GPtrArray *help_lines_narrow(const GPtrArray *lines, const struct filter *filter);

/* The same, broken into lines that fit: a key of key_cells, two blanks, a text of text_cells. */
GPtrArray *help_lines_wrap(const GPtrArray *lines, int key_cells, int text_cells);

#endif
