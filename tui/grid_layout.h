/*
 * grid_layout.h - which cells of the screen each host's tile takes, for any room and any number of
 * hosts. Pure.
 *
 * The largest tiles that show every host are taken; where even the smallest tiles do not fit, each
 * host becomes one line, then a pair of cells, then one cell of a heat map. Zoomed in, tiles are
 * always whole and the grid scrolls. Thread: main.
 */
#ifndef ROOST_TUI_GRID_LAYOUT_H
#define ROOST_TUI_GRID_LAYOUT_H

#include "tui/surface.h"

#define GRID_TILE_WIDTH_LEAST  8
#define GRID_TILE_HEIGHT_LEAST 2

enum grid_style {
    GRID_TILES, /* several lines a host */
    GRID_LINES, /* one line: name, number of VMs, letter */
    GRID_PAIRS, /* two cells: letter and number of VMs */
    GRID_HEAT,  /* one cell: the letter */
};

struct grid_layout {
    struct rect area;
    enum grid_style style;
    int tile_width, tile_height; /* what is drawn of a tile */
    int step_x, step_y;          /* from one tile to the next, the gap included */
    guint columns, rows;         /* of all hosts */
    guint rows_shown;
    guint first_row; /* scrolled to */
    guint n_hosts;
};

/* Lays n_hosts out in area. first_row is kept where it still makes sense. */
void grid_layout_fit(struct grid_layout *layout, struct rect area, guint n_hosts, gboolean zoomed);

/* The lines the grid really takes; at most the area's. */
int grid_layout_height(const struct grid_layout *layout);

/* Scrolls as little as it takes to show the host. */
void grid_layout_reveal(struct grid_layout *layout, guint index);
void grid_layout_scroll(struct grid_layout *layout, int rows);

/* The hosts on screen: from *first to before *end. */
void grid_layout_visible(const struct grid_layout *layout, guint *first, guint *end);

/* The host's tile; of width 0 when it is not on screen. */
struct rect grid_layout_tile(const struct grid_layout *layout, guint index);

/* The host whose tile is at x, y; FALSE when there is none. */
gboolean grid_layout_at(const struct grid_layout *layout, int x, int y, guint *index);

#endif
