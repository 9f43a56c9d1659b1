#include "tui/sheet.h"

#include <stdarg.h>

#include "core/base/text.h"
#include "tui/bar.h"
#include "tui/trend.h"
#include "tui/wrap.h"

#define GAP        2
#define LINES_MOST 3 /* of one fact */
#define BAR_CELLS  10
#define TREND_MOST 24

#define BESIDE_LEAST 46 /* cells of a sheet that has something beside it */
#define BESIDE_MOST  64

struct fact {
    char *label;
    char *text;
    enum role role;
    gboolean has_bar;
    guint permille;
    gint *values;
    guint n_values;
    gint top;
    int lines; /* it takes in the column it was measured for */
};

struct sheet {
    GArray *facts;
    int label_cells;
};

static void fact_clear(gpointer data)
{
    struct fact *fact = data;

    g_free(fact->label);
    g_free(fact->text);
    g_free(fact->values);
}

struct sheet *sheet_new(void)
{
    struct sheet *sheet = g_new0(struct sheet, 1);

    sheet->facts = g_array_new(FALSE, TRUE, sizeof(struct fact));
    g_array_set_clear_func(sheet->facts, fact_clear);
    return sheet;
}

void sheet_free(struct sheet *sheet)
{
    if (sheet == NULL)
        return;
    g_array_unref(sheet->facts);
    g_free(sheet);
}

/* Takes the text over. NULL when there was nothing to add. */
static struct fact *add(struct sheet *sheet, enum role role, const char *label, char *text_take)
{
    struct fact fact = {.label = g_strdup(label), .text = text_take, .role = role};

    if (*text_take == '\0') {
        fact_clear(&fact);
        return NULL;
    }
    sheet->label_cells = MAX(sheet->label_cells, (int)text_width(label));
    g_array_append_val(sheet->facts, fact);
    return &g_array_index(sheet->facts, struct fact, sheet->facts->len - 1);
}

void sheet_add(struct sheet *sheet, enum role role, const char *label, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    add(sheet, role, label, g_strdup_vprintf(format, arguments));
    va_end(arguments);
}

void sheet_add_bar(struct sheet *sheet, guint permille, const char *label, const char *format, ...)
{
    struct fact *fact;
    va_list arguments;

    va_start(arguments, format);
    fact = add(sheet, ROLE_TEXT, label, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    if (fact == NULL)
        return;
    fact->has_bar = TRUE;
    fact->permille = permille;
}

void sheet_add_trend(struct sheet *sheet, const gint *values, guint n, gint top, enum role role,
                     const char *label, const char *format, ...)
{
    struct fact *fact;
    va_list arguments;

    va_start(arguments, format);
    fact = add(sheet, role, label, g_strdup_vprintf(format, arguments));
    va_end(arguments);
    if (fact == NULL || n == 0)
        return;
    fact->values = g_memdup2(values, n * sizeof *values);
    fact->n_values = n;
    fact->top = top;
}

guint sheet_columns(int width, guint most)
{
    int fit = (width + GAP) / (SHEET_COLUMN_LEAST + GAP);

    return (guint)CLAMP(fit, 1, (int)MAX(1, most));
}

/* --- Measuring ------------------------------------------------------------------------------- */

static int column_width(int width, guint columns)
{
    return (width - GAP * (int)(columns - 1)) / (int)columns;
}

/* The cells that the text of a fact has, in a column of that width. */
static int text_cells(const struct sheet *sheet, const struct fact *fact, int width)
{
    int cells = width - sheet->label_cells - GAP;

    return MAX(1, fact->has_bar ? cells - BAR_CELLS - 1 : cells);
}

static GPtrArray *wrap(const struct sheet *sheet, const struct fact *fact, int width)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);

    wrap_text(fact->text, text_cells(sheet, fact, width), lines);
    return lines;
}

static void measure(struct sheet *sheet, int width)
{
    for (guint i = 0; i < sheet->facts->len; i++) {
        struct fact *fact = &g_array_index(sheet->facts, struct fact, i);
        g_autoptr(GPtrArray) lines = wrap(sheet, fact, width);

        fact->lines = CLAMP((int)lines->len, 1, LINES_MOST);
    }
}

/* Fills columns of that many lines; TRUE when all facts have found a place. */
static gboolean fits(const struct sheet *sheet, guint columns, int height)
{
    guint column = 0;
    int y = 0;

    for (guint i = 0; i < sheet->facts->len; i++) {
        int lines = g_array_index(sheet->facts, struct fact, i).lines;

        if (y > 0 && y + lines > height) {
            y = 0;
            if (++column >= columns)
                return FALSE;
        }
        y += lines;
    }
    return y <= height;
}

/* The least height at which all measured facts have a place. */
static int least_height(const struct sheet *sheet, guint columns)
{
    int height = 0, most = 0;

    for (guint i = 0; i < sheet->facts->len; i++)
        most += g_array_index(sheet->facts, struct fact, i).lines;
    height = most / (int)columns;
    while (height < most && !fits(sheet, columns, height))
        height++;
    return height;
}

int sheet_height(struct sheet *sheet, int width, guint columns)
{
    measure(sheet, column_width(width, columns));
    return least_height(sheet, columns);
}

/* --- Drawing --------------------------------------------------------------------------------- */

static void draw_fact(const struct sheet *sheet, const struct fact *fact, struct surface *surface,
                      struct rect rect, gboolean ascii)
{
    g_autoptr(GPtrArray) lines = wrap(sheet, fact, rect.width);
    int x = rect.x + sheet->label_cells + GAP;
    int cells = text_cells(sheet, fact, rect.width);
    int used = 0;

    surface_text(surface, rect.x, rect.y, sheet->label_cells, fact->label, ROLE_MUTED, 0);
    if (fact->has_bar) {
        bar_draw(surface, x, rect.y, BAR_CELLS, fact->permille, ascii);
        x += BAR_CELLS + 1;
    }
    for (int i = 0; i < (int)lines->len && i < rect.height; i++)
        used =
            surface_text(surface, x, rect.y + i, cells, g_ptr_array_index(lines, i), fact->role, 0);
    used += GAP;
    if (fact->n_values > 0 && lines->len == 1 && cells - used > 3)
        trend_draw(surface,
                   (struct rect){x + used, rect.y,
                                 MIN((int)MIN(fact->n_values, TREND_MOST), cells - used), 1},
                   fact->values, fact->n_values, fact->top, ROLE_MUTED, ascii);
}

int sheet_draw(struct sheet *sheet, struct surface *surface, struct rect rect, guint columns,
               gboolean ascii)
{
    int width = column_width(rect.width, columns);
    guint column = 0;
    int height, y = 0;

    measure(sheet, width);
    height = MIN(rect.height, least_height(sheet, columns));
    for (guint i = 0; i < sheet->facts->len; i++) {
        const struct fact *fact = &g_array_index(sheet->facts, struct fact, i);
        int lines = fact->lines;
        struct rect place;

        if (y > 0 && y + lines > height) {
            y = 0;
            if (++column >= columns)
                break;
        }
        place = (struct rect){rect.x + (int)column * (width + GAP), rect.y + y, width,
                              MIN(lines, height - y)};
        draw_fact(sheet, fact, surface, place, ascii);
        y += lines;
    }
    return height;
}

struct rect sheet_draw_beside(struct sheet *sheet, struct surface *surface, struct rect rect,
                              gboolean ascii, struct rect *below)
{
    int left = CLAMP(rect.width * 2 / 5, BESIDE_LEAST, BESIDE_MOST);
    int used = sheet_draw(sheet, surface, (struct rect){rect.x + 1, rect.y, left - 2, rect.height},
                          1, ascii);

    if (below != NULL)
        *below = (struct rect){rect.x, rect.y + used, left, rect.height - used};
    return (struct rect){rect.x + left + 1, rect.y, rect.width - left - 1, rect.height};
}
