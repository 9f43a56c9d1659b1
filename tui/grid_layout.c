#include "tui/grid_layout.h"

#define TILE_WIDTH_MOST  60
#define TILE_HEIGHT_MOST 12
#define LINE_WIDTH_LEAST 9
#define LINE_WIDTH_MOST  16

static guint divide_up(guint a, guint b)
{
    return (a + b - 1) / b;
}

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
    layout->rows = divide_up(layout->n_hosts, columns);
    layout->step_x = width + 1;
    layout->step_y = height;
    /* Wide tiles have numbers at their right end, which need air before the next one. */
    layout->tile_width = width >= 14 ? width - 1 : width;
    /* From four lines on, the last one is left free between the rows of tiles. */
    layout->tile_height = height >= 4 ? height - 1 : height;
    layout->rows_shown = MIN(layout->rows, (guint)(layout->area.height / height));
}

/*
 * The most telling tiles that show all hosts at once; of equals those that fill more lines. FALSE
 * when none do.
 */
static gboolean fit_tiles(struct grid_layout *layout)
{
    const struct rect *area = &layout->area;
    guint most = (guint)MAX(0, area->width + 1) / (GRID_TILE_WIDTH_LEAST + 1);
    guint best_columns = 0;
    int best_worth = 0, best_width = 0, best_height = 0;

    for (guint columns = MIN(most, layout->n_hosts); columns > 0; columns--) {
        int width = MIN((area->width + 1) / (int)columns - 1, TILE_WIDTH_MOST);
        int height = MIN(area->height / (int)divide_up(layout->n_hosts, columns), TILE_HEIGHT_MOST);
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
    return TRUE;
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
    layout->rows = divide_up(layout->n_hosts, layout->columns);
    layout->rows_shown = MIN(layout->rows, (guint)layout->area.height);
}

static gboolean fit_lines(struct grid_layout *layout)
{
    guint columns = MAX(1, divide_up(layout->n_hosts, (guint)MAX(1, layout->area.height)));
    int width = (layout->area.width + 1) / (int)columns - 1;

    if (width < LINE_WIDTH_LEAST)
        return FALSE;
    set_rows_of_one(layout, GRID_LINES, MIN(width, LINE_WIDTH_MOST), 1);
    return TRUE;
}

/* Whole tiles of the least height, in as many columns as there is room for. */
static void fit_zoomed(struct grid_layout *layout)
{
    guint columns = (guint)MAX(0, layout->area.width + 1) / (GRID_TILE_WIDTH_LEAST + 1);

    columns = CLAMP(columns, 1, MAX(1, layout->n_hosts));
    set_tiles(layout, columns,
              CLAMP((layout->area.width + 1) / (int)columns - 1, 1, TILE_WIDTH_MOST),
              layout->area.height >= 9 ? 3 : GRID_TILE_HEIGHT_LEAST);
}

void grid_layout_fit(struct grid_layout *layout, struct rect area, guint n_hosts, gboolean zoomed)
{
    guint first_row = layout->first_row;

    *layout = (struct grid_layout){.area = area, .n_hosts = n_hosts, .step_x = 1, .step_y = 1};
    if (n_hosts == 0 || area.width <= 0 || area.height <= 0)
        return;
    if (fit_tiles(layout))
        return;
    if (zoomed) {
        fit_zoomed(layout);
    } else if (!fit_lines(layout)) {
        set_rows_of_one(layout, GRID_PAIRS, 2, 1);
        if (layout->rows > layout->rows_shown)
            set_rows_of_one(layout, GRID_HEAT, 1, 0);
    }
    layout->first_row = first_row;
    grid_layout_scroll(layout, 0);
}

int grid_layout_height(const struct grid_layout *layout)
{
    return (int)layout->rows_shown * layout->step_y;
}

void grid_layout_scroll(struct grid_layout *layout, int rows)
{
    gint64 first = (gint64)layout->first_row + rows;
    gint64 last = (gint64)layout->rows - layout->rows_shown;

    layout->first_row = (guint)CLAMP(first, 0, MAX(0, last));
}

void grid_layout_reveal(struct grid_layout *layout, guint index)
{
    guint row = layout->columns > 0 ? index / layout->columns : 0;

    if (row < layout->first_row)
        layout->first_row = row;
    else if (layout->rows_shown > 0 && row >= layout->first_row + layout->rows_shown)
        layout->first_row = row - layout->rows_shown + 1;
    grid_layout_scroll(layout, 0);
}

void grid_layout_visible(const struct grid_layout *layout, guint *first, guint *end)
{
    *first = MIN(layout->first_row * layout->columns, layout->n_hosts);
    *end = MIN((layout->first_row + layout->rows_shown) * layout->columns, layout->n_hosts);
}

struct rect grid_layout_tile(const struct grid_layout *layout, guint index)
{
    guint first, end;
    guint row, column;

    grid_layout_visible(layout, &first, &end);
    if (index < first || index >= end)
        return (struct rect){0, 0, 0, 0};
    row = index / layout->columns - layout->first_row;
    column = index % layout->columns;
    return (struct rect){layout->area.x + (int)column * layout->step_x,
                         layout->area.y + (int)row * layout->step_y, layout->tile_width,
                         layout->tile_height};
}

gboolean grid_layout_at(const struct grid_layout *layout, int x, int y, guint *index)
{
    int column, row;
    gint64 found;

    if (layout->columns == 0 || x < layout->area.x || y < layout->area.y)
        return FALSE;
    column = (x - layout->area.x) / layout->step_x;
    row = (y - layout->area.y) / layout->step_y;
    if (column >= (int)layout->columns || row >= (int)layout->rows_shown)
        return FALSE;
    found = ((gint64)layout->first_row + row) * layout->columns + column;
    if (found >= layout->n_hosts || !rect_contains(grid_layout_tile(layout, (guint)found), x, y))
        return FALSE;
    *index = (guint)found;
    return TRUE;
}
