/*
 * tile.h - one host in the grid, in whatever room the layout gave it. Thread: main.
 */
#ifndef ROOST_TUI_TILE_H
#define ROOST_TUI_TILE_H

#include "tui/drag.h"
#include "tui/grid_layout.h"
#include "tui/marks.h"
#include "tui/scene.h"
#include "tui/surface.h"
#include "tui/trend.h"

struct tile_look {
    const struct scene *scene;
    const struct drag *drag;
    const struct marks *marks; /* NULL = none */
    const struct trend *trend; /* NULL = no history */
    enum grid_style style;
    int name_cells; /* the letter stands behind so many, beside its own name and in one column */
    const char *vm; /* the selected VM; NULL for none, and on tiles that are not selected */
    gboolean selected;
    gboolean card; /* its state in a word */
    gboolean ascii;
};

void tile_draw(const struct tile_look *look, struct surface *surface, struct rect rect,
               const struct host *host);

/*
 * The same while something is held: what the host would become if it was dropped there, and why it
 * refuses. As much of it as there is room for, down to the sign alone.
 */
void tile_draw_held(const struct tile_look *look, struct surface *surface, struct rect rect,
                    const struct host *host);

/* The VM whose mark or name is drawn at x, y of a tile in GRID_TILES style; NULL for none. */
const struct vm *tile_vm_at(const struct tile_look *look, struct rect rect, const struct host *host,
                            int x, int y);

/*
 * A host's name for `cells` cells: without its domain, and where that is still too long, its end
 * (pc01 and pc02 differ at the end). Escaped. Free with g_free.
 */
char *tile_fit_name(const char *name, int cells);

#endif
