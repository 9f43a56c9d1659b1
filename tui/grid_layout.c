#include "tui/grid_layout.h"

#include "tui/grid_shape.h"

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

static void place_sections(struct grid_layout *layout)
{
    guint row = 0, tile_row = 0;

    for (guint i = 0; i < layout->sections->len; i++) {
        struct grid_section *section = &g_array_index(layout->sections, struct grid_section, i);

        section->row = row;
        section->tile_row = tile_row;
        tile_row += grid_section_rows(section, layout->columns);
        row += grid_section_rows(section, layout->columns) + (layout->n_headings > 0 ? 1 : 0);
    }
    layout->rows = row;
}

/* The last section that begins at or before a row, a row without headings, or a slot. */
static guint find_section(const struct grid_layout *layout, gsize member, guint value)
{
    guint low = 0, high = layout->sections->len;

    while (high - low > 1) {
        guint middle = (low + high) / 2;

        if (G_STRUCT_MEMBER(guint, grid_section_at(layout, middle), member) <= value)
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

        headings = section + (row > grid_section_at(layout, section)->row ? 1 : 0);
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

void grid_layout_fit(struct grid_layout *layout, struct rect area,
                     const struct arrangement *arrangement, struct grid_wish wish)
{
    guint first_row = layout->first_row;
    GArray *sections = layout->sections;

    *layout = (struct grid_layout){.area = area, .sections = sections, .step_x = 1, .step_y = 1};
    take_sections(layout, arrangement);
    if (layout->n_hosts == 0 || area.width <= 0 || area.height <= 0)
        return;
    grid_shape_choose(layout, wish);
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
    const struct grid_section *section = grid_section_at(layout, SECTION_AT_SLOT(layout, slot));

    return section->row + (layout->n_headings > 0 ? 1 : 0) +
           (slot - section->first) / layout->columns;
}

void grid_layout_reveal(struct grid_layout *layout, guint slot)
{
    guint row, top;

    if (layout->rows == 0 || slot >= layout->n_hosts)
        return;
    row = top = row_of_slot(layout, slot);
    if (layout->n_headings > 0 &&
        row == grid_section_at(layout, SECTION_AT_SLOT(layout, slot))->row + 1)
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
    const struct grid_section *section = grid_section_at(layout, index);
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
    column =
        (slot - grid_section_at(layout, SECTION_AT_SLOT(layout, slot))->first) % layout->columns;
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
    section = grid_section_at(layout, SECTION_AT_SLOT(layout, slot));
    last = grid_section_at(layout, layout->sections->len - 1);
    column = (slot - section->first) % layout->columns;
    from = section->tile_row + (slot - section->first) / layout->columns;
    to = (gint64)last->tile_row + grid_section_rows(last, layout->columns) - 1;
    to = CLAMP(from + rows, 0, to);
    if (to == from)
        return slot;
    section = grid_section_at(layout, SECTION_AT_TILE_ROW(layout, (guint)to));
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
