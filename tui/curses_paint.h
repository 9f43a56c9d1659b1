/*
 * curses_paint.h - cells as curses takes them: roles as pairs of colours and attributes, characters
 * as the terminal can show them. Private to the curses screen, whose SCREEN must be the current
 * one. Thread: main.
 */
#ifndef ROOST_TUI_CURSES_PAINT_H
#define ROOST_TUI_CURSES_PAINT_H

#include "tui/surface.h"
#include "tui/theme.h"

struct curses_paint {
    /* To be set before the first cell. */
    guint n_colours; /* 0 = mono */
    gboolean has_default_colours;
    gboolean saves_styles; /* see sgr.h: blanks of one background then are one to curses */
    gboolean ascii;
    gboolean plain_font; /* the Linux console's: 256 or 512 characters */
    /* Private. */
    struct theme_style styles[ROLE_COUNT];
    struct curses_role {
        guint attributes; /* of curses; those of a cell are added, but for some */
        guint without;
        short pair;
        short blank_pair; /* without attributes; -1 = blanks are painted as all else */
        gboolean ready;
    } roles[ROLE_COUNT];
};

/* Copies what it needs of the theme. All is to be painted anew then. */
void curses_paint_set_theme(struct curses_paint *paint, const struct theme *theme);

/* Onto stdscr; a cell of width 0 is not painted. */
void curses_paint_cell(struct curses_paint *paint, int x, int y, const struct cell *cell);

#endif
