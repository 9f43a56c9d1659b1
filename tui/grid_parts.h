/*
 * grid_parts.h - what stands in the grid between and beside the tiles. Each draws for the layout of
 * the app as it is now. Thread: main.
 */
#ifndef ROOST_TUI_GRID_PARTS_H
#define ROOST_TUI_GRID_PARTS_H

#include "tui/app.h"

/* Lays the grid out as the app wants it. */
void grid_fit(const struct app *app, struct grid_layout *layout, struct rect rect);

/* The title of a group, how many hosts and VMs it has, and what is wrong there. */
void grid_draw_heading(const struct app *app, struct surface *surface, struct rect row,
                       const struct arrange_heading *heading);

/* All the grid in one column: what is in sight, where one is, and where trouble is. */
void grid_draw_map(const struct app *app, struct surface *surface);

/*
 * VMs under way, each on its way between the tiles of its two hosts, as far along as its migration
 * is. Only the gaps between tiles are drawn on: what is in a tile is true of its host.
 */
void grid_draw_motion(const struct app *app, struct surface *surface);

#endif
