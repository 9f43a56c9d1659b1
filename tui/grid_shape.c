/* grid_shape.c - how large each host's tile is, so that as much as can be is told of every host. */
#include "tui/grid_shape.h"

#define TILE_WIDTH_MOST  60
#define TILE_HEIGHT_MOST 12
#define LINE_WIDTH_LEAST 9
#define LINE_WIDTH_MOST  16
#define SMALL_WIDTH      8
#define TILE_WIDTH       18
#define TILE_HEIGHT      5 /* one of them air */
#define CARD_WIDTH       32
#define CARD_LINES       6 /* without its VMs, and with the air below */
#define CARD_VMS_LEAST   1
#define CARD_VMS_WANTED  3
#define SPARE_MOST       3 /* lines left empty below tiles of a size by hand */
#define SCREENS_MOST     3 /* of scrolling, before hosts become smaller than one would like */
#define MAP_WIDTH        2 /* the map and a gap */

/* --- Room ------------------------------------------------------------------------------------ */

/* Rows of hosts, when so many stand side by side. */
static guint tile_rows(const struct grid_layout *layout, guint columns)
{
    guint rows = 0;

    for (guint i = 0; i < layout->sections->len; i++)
        rows += grid_section_rows(grid_section_at(layout, i), columns);
    return rows;
}

static guint largest_section(const struct grid_layout *layout)
{
    guint most = 0;

    for (guint i = 0; i < layout->sections->len; i++)
        most = MAX(most, grid_section_at(layout, i)->n);
    return most;
}

static gint64 lines_needed(const struct grid_layout *layout)
{
    return layout->n_headings + (gint64)tile_rows(layout, layout->columns) * layout->step_y;
}

/* --- Tiles and lines ------------------------------------------------------------------------- */

/*
 * How much a tile of that size is worth: each further line tells something new (load, RAM, the
 * names of VMs), each less than the one before; width helps until names fit with ease.
 */
static int tile_worth(int width, int height)
{
    static const int height_worth[TILE_HEIGHT_MOST + 1] = {0,   0,   100, 140, 170, 200, 210,
                                                           218, 224, 229, 233, 236, 238};
    int width_worth = 100 + 5 * (MIN(width, 20) - GRID_TILE_WIDTH_LEAST);

    return height_worth[height] * width_worth;
}

static void set_tiles(struct grid_layout *layout, guint columns, int width, int height)
{
    layout->style = GRID_TILES;
    layout->columns = columns;
    layout->step_x = width + 1;
    layout->step_y = height;
    /* Wide tiles have numbers at their right end, which need air before the next one. */
    layout->tile_width = width >= 14 ? width - 1 : width;
    /* From four lines on, the last one is left free between the rows of tiles. */
    layout->tile_height = height >= 4 ? height - 1 : height;
}

static void set_rows_of_one(struct grid_layout *layout, enum grid_style style, int width, int gap)
{
    int step = width + gap;

    layout->style = style;
    layout->tile_width = width;
    layout->tile_height = 1;
    layout->step_x = step;
    layout->step_y = 1;
    layout->columns = MAX(1, (guint)MAX(0, layout->area.width + gap) / (guint)step);
}

static enum grid_zoom zoom_of_tiles(int width, int height)
{
    if (height > CARD_LINES && width >= CARD_WIDTH - 8)
        return GRID_ZOOM_CARDS;
    return height > GRID_TILE_HEIGHT_LEAST ? GRID_ZOOM_TILES : GRID_ZOOM_SMALL;
}

/*
 * The most telling tiles that show all hosts at once; of equals those that fill more lines. FALSE
 * when none do.
 */
static gboolean fit_tiles(struct grid_layout *layout)
{
    const struct rect *area = &layout->area;
    int lines = area->height - (int)layout->n_headings;
    guint most = (guint)MAX(0, area->width + 1) / (GRID_TILE_WIDTH_LEAST + 1);
    guint best_columns = 0;
    int best_worth = 0, best_width = 0, best_height = 0;

    /* Under each heading is one row at least. */
    if ((gint64)layout->sections->len * GRID_TILE_HEIGHT_LEAST > lines)
        return FALSE;
    for (guint columns = MIN(most, largest_section(layout)); columns > 0; columns--) {
        int width = MIN((area->width + 1) / (int)columns - 1, TILE_WIDTH_MOST);
        int height = MIN(lines / (int)tile_rows(layout, columns), TILE_HEIGHT_MOST);
        gboolean narrower = width == TILE_WIDTH_MOST && best_columns > 0;

        if (height < GRID_TILE_HEIGHT_LEAST || narrower || tile_worth(width, height) < best_worth)
            continue;
        best_worth = tile_worth(width, height);
        best_columns = columns;
        best_width = width;
        best_height = height;
    }
    if (best_columns == 0)
        return FALSE;
    set_tiles(layout, best_columns, best_width, best_height);
    layout->zoom = zoom_of_tiles(best_width, best_height);
    return TRUE;
}

/* One line a host, as wide as shows them all. */
static gboolean fit_lines(struct grid_layout *layout)
{
    gint64 lines = (gint64)layout->area.height - layout->n_headings;
    guint most = (guint)MAX(0, layout->area.width + 1) / (LINE_WIDTH_LEAST + 1);

    if (layout->sections->len > lines)
        return FALSE;
    for (guint columns = 1; columns <= most; columns++) {
        if (tile_rows(layout, columns) > lines)
            continue;
        set_rows_of_one(layout, GRID_LINES,
                        MIN((layout->area.width + 1) / (int)columns - 1, LINE_WIDTH_MOST), 1);
        layout->zoom = GRID_ZOOM_LINES;
        return TRUE;
    }
    return FALSE;
}

/* Tiles of about a width, as many side by side as there is room for. */
static void set_tiles_about(struct grid_layout *layout, int width, int height)
{
    guint columns = MAX(1, (guint)MAX(0, layout->area.width + 1) / (guint)(width + 1));

    columns = MIN(columns, MAX(1, largest_section(layout)));
    set_tiles(layout, columns,
              CLAMP((layout->area.width + 1) / (int)columns - 1, 1, TILE_WIDTH_MOST),
              CLAMP(layout->area.height, 1, height));
}

/* A card gives up a line for one more row of them, rather than leave half the room empty. */
static int fill_height(const struct grid_layout *layout, int height, int least)
{
    int rows = MAX(1, layout->area.height / height);
    int spare = layout->area.height - rows * height;
    int shorter = layout->area.height / (rows + 1);

    return spare > SPARE_MOST && shorter >= least ? shorter : height;
}

static void set_zoom(struct grid_layout *layout, struct grid_wish wish)
{
    int vms = (int)CLAMP(wish.most_vms, CARD_VMS_WANTED, TILE_HEIGHT_MOST - CARD_LINES);

    layout->zoom = wish.zoom;
    switch (wish.zoom) {
    case GRID_ZOOM_CARDS:
        set_tiles_about(layout, CARD_WIDTH,
                        fill_height(layout, CARD_LINES + vms, CARD_LINES + CARD_VMS_LEAST));
        break;
    case GRID_ZOOM_TILES:
        set_tiles_about(layout, TILE_WIDTH, TILE_HEIGHT);
        break;
    case GRID_ZOOM_SMALL:
        set_tiles_about(layout, SMALL_WIDTH, GRID_TILE_HEIGHT_LEAST);
        break;
    case GRID_ZOOM_LINES:
        set_rows_of_one(layout, GRID_LINES, MIN(LINE_WIDTH_MOST, MAX(1, layout->area.width)), 1);
        break;
    case GRID_ZOOM_PAIRS:
        set_rows_of_one(layout, GRID_PAIRS, 2, 1);
        break;
    default:
        set_rows_of_one(layout, GRID_HEAT, 1, 0);
    }
}

/*
 * Some screens of hosts that have names are better than one of cells; many screens are not. A heat
 * map that does not fit either is the last.
 */
static void fit_scrolled(struct grid_layout *layout)
{
    static const enum grid_zoom zooms[] = {GRID_ZOOM_PAIRS, GRID_ZOOM_HEAT};
    static const enum grid_zoom named[] = {GRID_ZOOM_SMALL, GRID_ZOOM_LINES};
    gint64 cells;

    for (guint i = 0; i < G_N_ELEMENTS(zooms); i++) {
        set_zoom(layout, (struct grid_wish){.zoom = zooms[i]});
        if (layout->n_headings == 0 && lines_needed(layout) <= layout->area.height)
            return;
    }
    for (guint i = 0; layout->n_headings > 0 && i < G_N_ELEMENTS(named); i++) {
        set_zoom(layout, (struct grid_wish){.zoom = named[i]});
        if (lines_needed(layout) <= (gint64)layout->area.height * SCREENS_MOST)
            return;
    }
    /* Small groups leave most of their rows empty: pairs take no more lines than cells there. */
    set_zoom(layout, (struct grid_wish){.zoom = GRID_ZOOM_HEAT});
    cells = lines_needed(layout);
    for (guint i = 0; i < G_N_ELEMENTS(zooms); i++) {
        set_zoom(layout, (struct grid_wish){.zoom = zooms[i]});
        if (lines_needed(layout) <= MAX(layout->area.height, cells))
            return;
    }
}

static void shape(struct grid_layout *layout, struct grid_wish wish)
{
    if (wish.zoom != GRID_ZOOM_AUTOMATIC)
        set_zoom(layout, wish);
    else if (!fit_tiles(layout) && !fit_lines(layout))
        fit_scrolled(layout);
}

/*
 * Which host a cell is, is hard to tell: the first of each row is named at its left where that lets
 * as much be seen as without.
 */
static void take_labels(struct grid_layout *layout, struct grid_wish wish)
{
    struct grid_layout before = *layout;

    if (wish.label_cells <= 0 || (layout->style != GRID_HEAT && layout->style != GRID_PAIRS) ||
        layout->area.width < 4 * wish.label_cells)
        return;
    wish.zoom = layout->zoom;
    layout->labels =
        (struct rect){layout->area.x, layout->area.y, wish.label_cells, layout->area.height};
    layout->area.x += wish.label_cells + 1;
    layout->area.width -= wish.label_cells + 1;
    set_zoom(layout, wish);
    if (layout->minimap.width == 0 && lines_needed(layout) > layout->area.height)
        *layout = before;
}

void grid_shape_choose(struct grid_layout *layout, struct grid_wish wish)
{
    const struct rect all = layout->area;

    shape(layout, wish);
    if (lines_needed(layout) > all.height && all.width > 4 * MAP_WIDTH) {
        layout->area.width -= MAP_WIDTH;
        layout->minimap = (struct rect){all.x + all.width - 1, all.y, 1, all.height};
        shape(layout, wish);
    }
    take_labels(layout, wish);
}
