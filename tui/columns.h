/*
 * columns.h - a table: which of its columns there is room for, and how wide each is.
 *
 * Where they do not all fit, the least important ones go first; what is left over widens those that
 * can use it, the most important first. Thread: main.
 */
#ifndef ROOST_TUI_COLUMNS_H
#define ROOST_TUI_COLUMNS_H

#include "tui/surface.h"

#define COLUMNS_MOST 16
#define COLUMNS_GAP  2

struct column {
    const char *title;
    int least, most; /* cells; most 0 = as least */
    guint rank;      /* 1 is the last to go */
    gboolean right;  /* numbers: their ends stand under each other */
};

struct columns {
    const struct column *list; /* borrowed */
    guint n;
    struct {
        int x, width; /* width 0 = not shown */
    } at[COLUMNS_MOST];
};

/* Fits n (at most COLUMNS_MOST) columns into so many cells. */
void columns_fit(struct columns *columns, const struct column *list, guint n, int width);

/* Their titles, in one line. */
void columns_draw_titles(const struct columns *columns, struct surface *surface, int x, int y);

/* A cell of the row at x, y; nothing where the column is not shown. Escaped and cut to fit. */
void columns_text(const struct columns *columns, guint column, struct surface *surface, int x,
                  int y, enum role role, guint attributes, const char *format, ...)
    G_GNUC_PRINTF(8, 9);

/* Where a cell is, for what is no text; of width 0 when the column is not shown. */
struct rect columns_cell(const struct columns *columns, guint column, int x, int y);

#endif
