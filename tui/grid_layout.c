#include "tui/grid_layout.h"

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

/* Hosts that stand together: all, or those under a heading. */
struct grid_section {
    guint first, n; /* slots */
    guint row;      /* its heading, or its first row of hosts */
    guint tile_row; /* its first row of hosts, counted without headings */
};

static guint divide_up(guint a, guint b)
{
    return (a + b - 1) / b;
}

static const struct grid_section *section_at(const struct grid_layout *layout, guint i)
{
    return &g_array_index(layout->sections, struct grid_section, i);
}

void grid_layout_init(struct grid_layout *layout)
{
    *layout = (struct grid_layout){.step_x = 1, .step_y = 1};
    layout->sections = g_array_new(FALSE, TRUE, sizeof(struct grid_section));
}

void grid_layout_clear(struct grid_layout *layout)
{
    g_clear_pointer(&layout->sections, g_array_unref);
}

/* --- Sections -------------------------------------------------------------------------------- */

static void take_sections(struct grid_layout *layout, const struct arrangement *arrangement)
{
    layout->n_hosts = arrangement_n(arrangement);
    layout->n_headings = arrangement->headings->len;
    g_array_set_size(layout->sections, 0);
    for (guint i = 0; i < layout->n_headings; i++) {
        const struct arrange_heading *heading = g_ptr_array_index(arrangement->headings, i);
        struct grid_section section = {.first = heading->first, .n = heading->n};

        g_array_append_val(layout->sections, section);
    }
    if (layout->n_headings == 0) {
        struct grid_section all = {.n = layout->n_hosts};

        g_array_append_val(layout->sections, all);
    }
}

/* Rows of hosts, when so many stand side by side. */
static guint tile_rows(const struct grid_layout *layout, guint columns)
{
    guint rows = 0;

    for (guint i = 0; i < layout->sections->len; i++)
        rows += divide_up(section_at(layout, i)->n, columns);
    return rows;
}

static guint largest_section(const struct grid_layout *layout)
{
    guint most = 0;

    for (guint i = 0; i < layout->sections->len; i++)
        most = MAX(most, section_at(layout, i)->n);
    return most;
}

static void place_sections(struct grid_layout *layout)
{
    guint row = 0, tile_row = 0;

    for (guint i = 0; i < layout->sections->len; i++) {
        struct grid_section *section = &g_array_index(layout->sections, struct grid_section, i);

        section->row = row;
        section->tile_row = tile_row;
        tile_row += divide_up(section->n, layout->columns);
        row += divide_up(section->n, layout->columns) + (layout->n_headings > 0 ? 1 : 0);
    }
    layout->rows = row;
}

/* The last section that begins at or before a row, a row without headings, or a slot. */
static guint find_section(const struct grid_layout *layout, gsize member, guint value)
{
    guint low = 0, high = layout->sections->len;

    while (high - low > 1) {
        guint middle = (low + high) / 2;

        if (G_STRUCT_MEMBER(guint, section_at(layout, middle), member) <= value)
            low = middle;
        else
            high = middle;
    }
    return low;
}

#define SECTION_AT_ROW(layout, row)                                                                \
    find_section((layout), G_STRUCT_OFFSET(struct grid_section, row), (row))
#define SECTION_AT_TILE_ROW(layout, row)                                                           \
    find_section((layout), G_STRUCT_OFFSET(struct grid_section, tile_row), (row))
#define SECTION_AT_SLOT(layout, slot)                                                              \
    find_section((layout), G_STRUCT_OFFSET(struct grid_section, first), (slot))

/* --- Rows ------------------------------------------------------------------------------------ */

/* The line a row begins at, from the top of it all. One past the last row: all lines. */
static gint64 row_line(const struct grid_layout *layout, guint row)
{
    guint headings = 0;

    if (layout->n_headings > 0 && row >= layout->rows)
        headings = layout->n_headings;
    else if (layout->n_headings > 0) {
        guint section = SECTION_AT_ROW(layout, row);

        headings = section + (row > section_at(layout, section)->row ? 1 : 0);
    }
    return headings + (gint64)(row - headings) * layout->step_y;
}

static gint64 lines_of_all(const struct grid_layout *layout)
{
    return row_line(layout, layout->rows);
}

/* The first row that lets `end`, one past a row, be the end of what is shown. */
static guint first_row_for(const struct grid_layout *layout, guint end)
{
    gint64 line = row_line(layout, end) - layout->area.height;
    guint low = 0, high = end;

    while (low < high) {
        guint middle = low + (high - low) / 2;

        if (row_line(layout, middle) >= line)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

static void count_shown(struct grid_layout *layout)
{
    gint64 top = row_line(layout, layout->first_row);
    guint end = layout->first_row;

    while (end < layout->rows && row_line(layout, end + 1) - top <= layout->area.height)
        end++;
    layout->rows_shown = end - layout->first_row;
}

/* --- Shapes ---------------------------------------------------------------------------------- */

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

static gint64 lines_needed(const struct grid_layout *layout)
{
    return layout->n_headings + (gint64)tile_rows(layout, layout->columns) * layout->step_y;
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

#define MAP_WIDTH 2 /* and a gap */

void grid_layout_fit(struct grid_layout *layout, struct rect area,
                     const struct arrangement *arrangement, struct grid_wish wish)
{
    guint first_row = layout->first_row;
    GArray *sections = layout->sections;

    *layout = (struct grid_layout){.area = area, .sections = sections, .step_x = 1, .step_y = 1};
    take_sections(layout, arrangement);
    if (layout->n_hosts == 0 || area.width <= 0 || area.height <= 0)
        return;
    shape(layout, wish);
    if (lines_needed(layout) > area.height && area.width > 4 * MAP_WIDTH) {
        layout->area.width -= MAP_WIDTH;
        layout->minimap = (struct rect){area.x + area.width - 1, area.y, 1, area.height};
        shape(layout, wish);
    }
    take_labels(layout, wish);
    place_sections(layout);
    layout->first_row = first_row;
    grid_layout_scroll(layout, 0);
}

int grid_layout_height(const struct grid_layout *layout)
{
    if (layout->n_hosts == 0)
        return 0;
    if (layout->n_headings > 0)
        return (int)MIN(lines_of_all(layout), layout->area.height);
    return (int)layout->rows_shown * layout->step_y;
}

/* --- Scrolling ------------------------------------------------------------------------------- */

void grid_layout_scroll(struct grid_layout *layout, int rows)
{
    gint64 first = (gint64)layout->first_row + rows;

    if (layout->rows == 0)
        return;
    layout->first_row = (guint)CLAMP(first, 0, (gint64)first_row_for(layout, layout->rows));
    count_shown(layout);
}

static guint row_of_slot(const struct grid_layout *layout, guint slot)
{
    const struct grid_section *section = section_at(layout, SECTION_AT_SLOT(layout, slot));

    return section->row + (layout->n_headings > 0 ? 1 : 0) +
           (slot - section->first) / layout->columns;
}

void grid_layout_reveal(struct grid_layout *layout, guint slot)
{
    guint row, top;

    if (layout->rows == 0 || slot >= layout->n_hosts)
        return;
    row = top = row_of_slot(layout, slot);
    if (layout->n_headings > 0 && row == section_at(layout, SECTION_AT_SLOT(layout, slot))->row + 1)
        top = row - 1;
    layout->first_row = MAX(layout->first_row, first_row_for(layout, row + 1));
    layout->first_row = MIN(layout->first_row, top);
    grid_layout_scroll(layout, 0);
    /* Where there is no room for both, the host counts more than its heading. */
    if (row >= layout->first_row + layout->rows_shown && layout->rows_shown > 0)
        grid_layout_scroll(layout, 1);
}

/* The first line of the map is the top, its last one the end. */
gboolean grid_layout_scroll_to(struct grid_layout *layout, int x, int y)
{
    gint64 last = first_row_for(layout, layout->rows);

    if (layout->minimap.width == 0 || !rect_contains(layout->minimap, x, y))
        return FALSE;
    layout->first_row =
        (guint)((y - layout->minimap.y) * last / MAX(1, layout->minimap.height - 1));
    count_shown(layout);
    return TRUE;
}

void grid_layout_map_rows(const struct grid_layout *layout, int line, guint *first, guint *end)
{
    gint64 height = MAX(1, layout->minimap.height);

    *first = (guint)(line * (gint64)layout->rows / height);
    *end = (guint)MAX((line + 1) * (gint64)layout->rows / height, (gint64)*first + 1);
    *end = MIN(*end, layout->rows);
}

/* --- From slots to cells, and back ----------------------------------------------------------- */

static struct grid_row row_at(const struct grid_layout *layout, guint row)
{
    guint index = SECTION_AT_ROW(layout, row), within;
    const struct grid_section *section = section_at(layout, index);
    struct grid_row found = {.heading = -1};

    found.y = layout->area.y + (int)(row_line(layout, row) - row_line(layout, layout->first_row));
    within = row - section->row;
    if (layout->n_headings > 0 && within == 0) {
        found.heading = (gint)index;
        found.first = section->first;
        return found;
    }
    within -= layout->n_headings > 0 ? 1 : 0;
    found.first = section->first + MIN(within * layout->columns, section->n);
    found.n = MIN(layout->columns, section->first + section->n - found.first);
    return found;
}

struct grid_row grid_layout_row(const struct grid_layout *layout, guint shown)
{
    return row_at(layout, layout->first_row + shown);
}

void grid_layout_slots(const struct grid_layout *layout, guint row, guint end_row, guint *first,
                       guint *end)
{
    struct grid_row last;

    *first = *end = 0;
    if (row >= end_row || end_row > layout->rows)
        return;
    last = row_at(layout, end_row - 1);
    *first = row_at(layout, row).first;
    *end = last.first + last.n;
}

void grid_layout_visible(const struct grid_layout *layout, guint *first, guint *end)
{
    grid_layout_slots(layout, layout->first_row, layout->first_row + layout->rows_shown, first,
                      end);
}

struct rect grid_layout_tile(const struct grid_layout *layout, guint slot)
{
    guint row, column;

    if (layout->rows_shown == 0 || slot >= layout->n_hosts)
        return (struct rect){0, 0, 0, 0};
    row = row_of_slot(layout, slot);
    if (row < layout->first_row || row >= layout->first_row + layout->rows_shown)
        return (struct rect){0, 0, 0, 0};
    column = (slot - section_at(layout, SECTION_AT_SLOT(layout, slot))->first) % layout->columns;
    return (struct rect){layout->area.x + (int)column * layout->step_x, row_at(layout, row).y,
                         layout->tile_width, layout->tile_height};
}

gboolean grid_layout_at(const struct grid_layout *layout, int x, int y, guint *slot)
{
    guint column;

    if (layout->columns == 0 || x < layout->area.x || y < layout->area.y)
        return FALSE;
    column = (guint)(x - layout->area.x) / (guint)layout->step_x;
    for (guint i = 0; i < layout->rows_shown; i++) {
        struct grid_row row = grid_layout_row(layout, i);

        if (row.heading >= 0 || y < row.y || y >= row.y + layout->tile_height || column >= row.n)
            continue;
        *slot = row.first + column;
        return x - layout->area.x - (int)column * layout->step_x < layout->tile_width;
    }
    return FALSE;
}

guint grid_layout_step(const struct grid_layout *layout, guint slot, int rows)
{
    const struct grid_section *section, *last;
    guint column, within;
    gint64 from, to;

    if (layout->columns == 0 || slot >= layout->n_hosts)
        return slot;
    section = section_at(layout, SECTION_AT_SLOT(layout, slot));
    last = section_at(layout, layout->sections->len - 1);
    column = (slot - section->first) % layout->columns;
    from = section->tile_row + (slot - section->first) / layout->columns;
    to = (gint64)last->tile_row + divide_up(last->n, layout->columns) - 1;
    to = CLAMP(from + rows, 0, to);
    if (to == from)
        return slot;
    section = section_at(layout, SECTION_AT_TILE_ROW(layout, (guint)to));
    within = ((guint)to - section->tile_row) * layout->columns + column;
    return section->first + MIN(within, section->n - 1);
}

/* --- Names ----------------------------------------------------------------------------------- */

#define GRID_ZOOM_NAME(suffix, name) name,
static const char *const zoom_names[GRID_ZOOM_COUNT] = {GRID_ZOOM_TABLE(GRID_ZOOM_NAME)};

const char *grid_zoom_name(enum grid_zoom zoom)
{
    return zoom_names[zoom];
}

gboolean grid_zoom_parse(const char *name, enum grid_zoom *zoom)
{
    for (guint i = 0; i < GRID_ZOOM_COUNT; i++) {
        if (g_ascii_strcasecmp(zoom_names[i], name) == 0) {
            *zoom = (enum grid_zoom)i;
            return TRUE;
        }
    }
    return FALSE;
}
