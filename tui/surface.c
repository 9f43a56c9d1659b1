#include "tui/surface.h"

#include <stdarg.h>
#include <string.h>

#include "core/base/text.h"

#define ELLIPSIS "…"

/* Farther out nothing is drawn: places can be added without overflow. */
#define PLACE_MOST (G_MAXINT / 2)

/* U+FE0E and U+FE0F ask for a text or an emoji look; terminals disagree on the width of the
 * latter, and a column that may break is worse than a plainer sign. */
#define IS_VARIATION_SELECTOR(c) ((c) >= 0xFE00 && (c) <= 0xFE0F)

struct grapheme {
    char text[CELL_BYTES_MOST + 1];
    guint8 width;
};

static const struct grapheme blank = {" ", 1};

/* --- Rectangles ------------------------------------------------------------------------------ */

gboolean rect_contains(struct rect rect, int x, int y)
{
    return x >= rect.x && y >= rect.y && (gint64)x < (gint64)rect.x + rect.width &&
           (gint64)y < (gint64)rect.y + rect.height;
}

static struct rect rect_cut(struct rect a, struct rect b)
{
    gint64 right = MIN((gint64)a.x + a.width, (gint64)b.x + b.width);
    gint64 bottom = MIN((gint64)a.y + a.height, (gint64)b.y + b.height);
    struct rect cut = {MAX(a.x, b.x), MAX(a.y, b.y), 0, 0};

    cut.width = (int)MAX(0, right - cut.x);
    cut.height = (int)MAX(0, bottom - cut.y);
    return cut;
}

static struct rect whole(const struct surface *surface)
{
    return (struct rect){0, 0, surface->width, surface->height};
}

/* --- Graphemes ------------------------------------------------------------------------------- */

/* Takes one base character and its marks off valid, escaped text. Returns what follows. */
static const char *take_grapheme(const char *text, struct grapheme *grapheme)
{
    gunichar c = g_utf8_get_char(text);
    const char *end = g_utf8_next_char(text);
    gsize length = (gsize)(end - text);

    memset(grapheme, 0, sizeof *grapheme);
    /* A mark with nothing to stand on has no cell of its own (text_width counts none either). */
    if (g_unichar_iszerowidth(c))
        return end;
    memcpy(grapheme->text, text, length);
    grapheme->width = g_unichar_iswide(c) ? 2 : 1;
    while (*end != '\0' && g_unichar_iszerowidth(c = g_utf8_get_char(end))) {
        const char *mark = end;
        gsize mark_length;

        end = g_utf8_next_char(end);
        mark_length = (gsize)(end - mark);
        if (IS_VARIATION_SELECTOR(c) || length + mark_length > CELL_BYTES_MOST)
            continue;
        memcpy(grapheme->text + length, mark, mark_length);
        length += mark_length;
    }
    return end;
}

static gboolean is_plain_ascii(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text < 0x20 || *text > 0x7E)
            return FALSE;
    }
    return TRUE;
}

/* --- Cells ----------------------------------------------------------------------------------- */

static struct cell *cell_at(const struct surface *surface, int x, int y)
{
    return &surface->cells[(gsize)y * (gsize)surface->width + (gsize)x];
}

static void blank_text(struct cell *cell)
{
    memcpy(cell->text, blank.text, sizeof cell->text);
    cell->width = blank.width;
}

/* Half a wide character that is written over leaves its other half without meaning. */
static void free_cell(struct surface *surface, int x, int y)
{
    const struct cell *cell = cell_at(surface, x, y);

    if (cell->width == 0 && x > 0)
        blank_text(cell_at(surface, x - 1, y));
    else if (cell->width == 2 && x + 1 < surface->width)
        blank_text(cell_at(surface, x + 1, y));
}

static void set_cell(struct surface *surface, int x, int y, const struct grapheme *grapheme,
                     enum role role, guint attributes)
{
    struct cell *cell = cell_at(surface, x, y);

    if (cell->width != 1)
        free_cell(surface, x, y);
    memcpy(cell->text, grapheme->text, sizeof cell->text);
    cell->width = grapheme->width;
    cell->role = (guint8)role;
    cell->attributes = (guint8)attributes;
}

/* Puts a grapheme where it fits the clip; of a wide one that does not, a blank. */
static void put(struct surface *surface, int x, int y, const struct grapheme *grapheme,
                enum role role, guint attributes)
{
    static const struct grapheme right_half = {"", 0};
    gboolean left_in = rect_contains(surface->clip, x, y);

    if (grapheme->width == 1) {
        if (left_in)
            set_cell(surface, x, y, grapheme, role, attributes);
        return;
    }
    gboolean right_in = rect_contains(surface->clip, x + 1, y);
    if (left_in && right_in) {
        set_cell(surface, x, y, &blank, role, attributes);
        set_cell(surface, x + 1, y, &right_half, role, attributes);
        memcpy(cell_at(surface, x, y)->text, grapheme->text, sizeof grapheme->text);
        cell_at(surface, x, y)->width = 2;
    } else if (left_in) {
        set_cell(surface, x, y, &blank, role, attributes);
    } else if (right_in) {
        set_cell(surface, x + 1, y, &blank, role, attributes);
    }
}

/* --- The surface ----------------------------------------------------------------------------- */

struct surface *surface_new(int width, int height)
{
    struct surface *surface = g_new0(struct surface, 1);

    surface_resize(surface, width, height);
    return surface;
}

void surface_free(struct surface *surface)
{
    if (surface == NULL)
        return;
    g_free(surface->cells);
    g_free(surface);
}

void surface_resize(struct surface *surface, int width, int height)
{
    width = CLAMP(width, 0, SURFACE_WIDTH_MOST);
    height = CLAMP(height, 0, SURFACE_HEIGHT_MOST);
    if (surface->cells == NULL || width != surface->width || height != surface->height) {
        g_free(surface->cells);
        surface->cells = g_new(struct cell, MAX((gsize)1, (gsize)width * (gsize)height));
        surface->width = width;
        surface->height = height;
    }
    surface_clear(surface);
}

void surface_clear(struct surface *surface)
{
    gsize n_cells = (gsize)surface->width * (gsize)surface->height;
    struct cell cell = {.role = ROLE_TEXT, .attributes = CELL_PLAIN};

    blank_text(&cell);
    for (gsize i = 0; i < n_cells; i++)
        surface->cells[i] = cell;
    surface->clip = whole(surface);
    surface->cursor_x = surface->cursor_y = -1;
}

struct rect surface_clip(struct surface *surface, struct rect clip)
{
    struct rect before = surface->clip;

    surface->clip = rect_cut(clip, whole(surface));
    return before;
}

void surface_fill(struct surface *surface, struct rect rect, const char *grapheme, enum role role,
                  guint attributes)
{
    g_autofree char *escaped = text_escape(grapheme);
    struct grapheme filling = blank;
    struct rect inside = rect_cut(rect, surface->clip);
    struct rect before = surface_clip(surface, inside);

    if (*escaped != '\0')
        take_grapheme(escaped, &filling);
    if (filling.width == 0)
        filling = blank;
    for (int y = inside.y; y < inside.y + inside.height; y++) {
        for (int x = inside.x; x < inside.x + inside.width; x += filling.width)
            put(surface, x, y, &filling, role, attributes);
    }
    surface->clip = before;
}

/* Escaped text, one grapheme after the other, as far as `cells` go. Returns the cells used. */
static int draw(struct surface *surface, int x, int y, int cells, const char *text, enum role role,
                guint attributes)
{
    struct grapheme grapheme;
    int used = 0;

    while (*text != '\0') {
        text = take_grapheme(text, &grapheme);
        if (grapheme.width == 0)
            continue;
        if (used + grapheme.width > cells)
            break;
        put(surface, x + used, y, &grapheme, role, attributes);
        used += grapheme.width;
    }
    return used;
}

int surface_text(struct surface *surface, int x, int y, int cells, const char *text, enum role role,
                 guint attributes)
{
    g_autofree char *escaped = NULL;
    gint64 to_edge = (gint64)surface->clip.x + surface->clip.width - x;
    guint width;
    int used;

    if (text == NULL || *text == '\0')
        return 0;
    if (cells < 0)
        cells = (int)CLAMP(to_edge, 0, PLACE_MOST);
    if (cells == 0 || x > SURFACE_WIDTH_MOST || x < -PLACE_MOST)
        return 0;
    if (is_plain_ascii(text)) {
        width = (guint)strlen(text);
    } else {
        escaped = text_escape(text);
        text = escaped;
        width = text_width(text);
    }
    if (width <= (guint)cells)
        return draw(surface, x, y, cells, text, role, attributes);
    used = draw(surface, x, y, cells - 1, text, role, attributes);
    return used + draw(surface, x + used, y, 1, ELLIPSIS, role, attributes);
}

int surface_printf(struct surface *surface, int x, int y, int cells, enum role role,
                   guint attributes, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    return surface_text(surface, x, y, cells, text, role, attributes);
}

void surface_recolour(struct surface *surface, struct rect rect, enum role role, guint attributes)
{
    struct rect inside = rect_cut(rect, surface->clip);

    for (int y = inside.y; y < inside.y + inside.height; y++) {
        for (int x = inside.x; x < inside.x + inside.width; x++) {
            cell_at(surface, x, y)->role = (guint8)role;
            cell_at(surface, x, y)->attributes = (guint8)attributes;
        }
    }
}

const struct cell *surface_cell(const struct surface *surface, int x, int y)
{
    return rect_contains(whole(surface), x, y) ? cell_at(surface, x, y) : NULL;
}

/* --- Frames ---------------------------------------------------------------------------------- */

struct box_lines {
    const char *across, *down;
    const char *corners[4]; /* top left, top right, bottom left, bottom right */
};

static const struct box_lines line_box = {"─", "│", {"┌", "┐", "└", "┘"}};
static const struct box_lines ascii_box = {"-", "|", {"+", "+", "+", "+"}};

void surface_box(struct surface *surface, struct rect rect, const char *title, enum role role,
                 gboolean ascii)
{
    const struct box_lines *lines = ascii ? &ascii_box : &line_box;
    int right, bottom;

    if (rect.width < 2 || rect.height < 2 || rect.x > SURFACE_WIDTH_MOST ||
        rect.y > SURFACE_HEIGHT_MOST || rect.width > PLACE_MOST || rect.height > PLACE_MOST)
        return;
    right = rect.x + rect.width - 1;
    bottom = rect.y + rect.height - 1;
    surface_fill(surface, (struct rect){rect.x, rect.y, rect.width, 1}, lines->across, role, 0);
    surface_fill(surface, (struct rect){rect.x, bottom, rect.width, 1}, lines->across, role, 0);
    surface_fill(surface, (struct rect){rect.x, rect.y, 1, rect.height}, lines->down, role, 0);
    surface_fill(surface, (struct rect){right, rect.y, 1, rect.height}, lines->down, role, 0);
    surface_text(surface, rect.x, rect.y, 1, lines->corners[0], role, 0);
    surface_text(surface, right, rect.y, 1, lines->corners[1], role, 0);
    surface_text(surface, rect.x, bottom, 1, lines->corners[2], role, 0);
    surface_text(surface, right, bottom, 1, lines->corners[3], role, 0);
    if (title != NULL && *title != '\0' && rect.width > 6) {
        int used = surface_text(surface, rect.x + 2, rect.y, rect.width - 5, " ", role, 0);

        used += surface_text(surface, rect.x + 2 + used, rect.y, rect.width - 6, title, role,
                             CELL_BOLD);
        surface_text(surface, rect.x + 2 + used, rect.y, 1, " ", role, 0);
    }
}

/* --- Golden form ----------------------------------------------------------------------------- */

static void dump_text_row(const struct surface *surface, int y, GString *dump)
{
    gsize end;

    for (int x = 0; x < surface->width; x++)
        g_string_append(dump, cell_at(surface, x, y)->text);
    for (end = dump->len; end > 0 && dump->str[end - 1] == ' '; end--)
        ;
    g_string_truncate(dump, end);
    g_string_append_c(dump, '\n');
}

char *surface_dump(const struct surface *surface)
{
    GString *dump = g_string_new(NULL);

    for (int y = 0; y < surface->height; y++)
        dump_text_row(surface, y, dump);
    g_string_append(dump, "--\n");
    for (int y = 0; y < surface->height; y++) {
        for (int x = 0; x < surface->width; x++)
            g_string_append_c(dump, role_info[cell_at(surface, x, y)->role].letter);
        g_string_append_c(dump, '\n');
    }
    if (surface->cursor_x >= 0 && surface->cursor_y >= 0)
        g_string_append_printf(dump, "cursor %d,%d\n", surface->cursor_x, surface->cursor_y);
    return g_string_free(dump, FALSE);
}
