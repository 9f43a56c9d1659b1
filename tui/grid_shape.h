/*
 * grid_shape.h - the part of tui/grid_layout.c that chooses how large tiles are; for it only. Pure;
 * thread: main.
 */
#ifndef ROOST_TUI_GRID_SHAPE_H
#define ROOST_TUI_GRID_SHAPE_H

#include "tui/grid_layout.h"

/* Hosts that stand together: all, or those under a heading. */
struct grid_section {
    guint first, n; /* slots */
    guint row;      /* its heading, or its first row of hosts */
    guint tile_row; /* its first row of hosts, counted without headings */
};

static inline const struct grid_section *grid_section_at(const struct grid_layout *layout, guint i)
{
    return &g_array_index(layout->sections, struct grid_section, i);
}

/* The rows of hosts it takes, so many side by side. */
static inline guint grid_section_rows(const struct grid_section *section, guint columns)
{
    return (section->n + columns - 1) / columns;
}

/*
 * Style, zoom, columns and the sizes of a tile, for the hosts of layout->sections (first and n of
 * each are known) in layout->area; the map and the labels take their cells from it.
 */
void grid_shape_choose(struct grid_layout *layout, struct grid_wish wish);

#endif
