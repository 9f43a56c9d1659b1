/*
 * grid_layout.h - which cells of the screen each host's tile takes, for any room, any number of
 * hosts, and hosts that stand under headings. It knows slots (see arrange.h), not hosts. Pure.
 *
 * By itself it takes the largest tiles that show every host; where even the smallest tiles do not
 * fit, each host becomes one line, then a pair of cells, then one cell of a heat map. A zoom by
 * hand is kept whether all fit or not: the grid scrolls, with a map of it all at the right.
 *
 * The grid is made of rows: a heading, of one line, or hosts, of step_y lines. It scrolls by whole
 * rows. Thread: main.
 */
#ifndef ROOST_TUI_GRID_LAYOUT_H
#define ROOST_TUI_GRID_LAYOUT_H

#include "tui/arrange.h"
#include "tui/surface.h"

#define GRID_TILE_WIDTH_LEAST  8
#define GRID_TILE_HEIGHT_LEAST 2

enum grid_style {
    GRID_TILES, /* several lines a host */
    GRID_LINES, /* one line: name, number of VMs, letter */
    GRID_PAIRS, /* two cells: letter and number of VMs */
    GRID_HEAT,  /* one cell: the letter */
};

/* How much is seen of each host, the least first. X(enum suffix, name) */
#define GRID_ZOOM_TABLE(X)                                                                         \
    X(AUTOMATIC, "automatic")                                                                      \
    X(HEAT, "heat map")                                                                            \
    X(PAIRS, "pairs")                                                                              \
    X(LINES, "lines")                                                                              \
    X(SMALL, "small tiles")                                                                        \
    X(TILES, "tiles")                                                                              \
    X(CARDS, "cards")

#define GRID_ZOOM_ENUM(suffix, name) GRID_ZOOM_##suffix,
enum grid_zoom {
    GRID_ZOOM_TABLE(GRID_ZOOM_ENUM) GRID_ZOOM_COUNT
};
#undef GRID_ZOOM_ENUM

struct grid_layout {
    struct rect area;    /* without the map and the labels */
    struct rect labels;  /* of width 0 when there are none */
    struct rect minimap; /* of width 0 when all hosts are in sight */
    enum grid_style style;
    enum grid_zoom zoom;         /* what it came to; never AUTOMATIC but without hosts */
    int tile_width, tile_height; /* what is drawn of a tile */
    int step_x, step_y;          /* from one tile to the next, the gap included */
    guint columns, rows;         /* of all hosts; the rows of headings included */
    guint rows_shown;
    guint first_row; /* scrolled to */
    guint n_hosts;   /* slots */
    guint n_headings;
    GArray *sections; /* struct grid_section: one for each heading, or one for all; owned */
};

/* One row on screen. */
struct grid_row {
    int y;
    gint heading;   /* its place among the headings; -1 = a row of hosts */
    guint first, n; /* slots */
};

/* What is asked for. */
struct grid_wish {
    enum grid_zoom zoom;
    guint most_vms;  /* of one host: how long a card has to be */
    int label_cells; /* where hosts are but cells: for the name of the first of each row; 0 = none
                      */
};

void grid_layout_init(struct grid_layout *layout);
void grid_layout_clear(struct grid_layout *layout);

/* Lays the slots of an arrangement out in area. first_row is kept where it still makes sense. */
void grid_layout_fit(struct grid_layout *layout, struct rect area,
                     const struct arrangement *arrangement, struct grid_wish wish);

/* The lines the grid really takes; at most the area's. */
int grid_layout_height(const struct grid_layout *layout);

/* Scrolls as little as it takes to show the slot, with its heading when it is right below one. */
void grid_layout_reveal(struct grid_layout *layout, guint slot);
void grid_layout_scroll(struct grid_layout *layout, int rows);

/* Scrolls to where x, y of the map stands for. FALSE when it is not on the map. */
gboolean grid_layout_scroll_to(struct grid_layout *layout, int x, int y);

/* The row that many below the first one shown. */
struct grid_row grid_layout_row(const struct grid_layout *layout, guint shown);

/* The rows that one line of the map, from 0 on, stands for: from *first to before *end. */
void grid_layout_map_rows(const struct grid_layout *layout, int line, guint *first, guint *end);
/* The slots of some rows: from *first to before *end. */
void grid_layout_slots(const struct grid_layout *layout, guint row, guint end_row, guint *first,
                       guint *end);

/* The slots on screen: from *first to before *end. */
void grid_layout_visible(const struct grid_layout *layout, guint *first, guint *end);

/* The slot's tile; of width 0 when it is not on screen. */
struct rect grid_layout_tile(const struct grid_layout *layout, guint slot);

/* The slot whose tile is at x, y; FALSE when there is none. */
gboolean grid_layout_at(const struct grid_layout *layout, int x, int y, guint *slot);

/* The slot so many rows of hosts below (or above, negative) in the same column. */
guint grid_layout_step(const struct grid_layout *layout, guint slot, int rows);

const char *grid_zoom_name(enum grid_zoom zoom);
gboolean grid_zoom_parse(const char *name, enum grid_zoom *zoom);

#endif
