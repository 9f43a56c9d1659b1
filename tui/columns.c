#include "tui/columns.h"

#include <stdarg.h>

#include "core/base/text.h"

static int most_of(const struct column *column)
{
    return MAX(column->least, column->most);
}

static int needed(const struct columns *columns)
{
    int width = -COLUMNS_GAP;

    for (guint i = 0; i < columns->n; i++) {
        if (columns->at[i].width > 0)
            width += columns->at[i].width + COLUMNS_GAP;
    }
    return width;
}

/* The shown column of the highest rank, the last of those; -1 = only one is left. */
static int least_important(const struct columns *columns)
{
    int least = -1;
    guint shown = 0;

    for (guint i = 0; i < columns->n; i++) {
        if (columns->at[i].width == 0)
            continue;
        shown++;
        if (least < 0 || columns->list[i].rank >= columns->list[least].rank)
            least = (int)i;
    }
    return shown > 1 ? least : -1;
}

/* What is left over, to the most important first. */
static void widen(struct columns *columns, int spare)
{
    for (guint rank = 1; rank <= COLUMNS_MOST && spare > 0; rank++) {
        for (guint i = 0; i < columns->n && spare > 0; i++) {
            int more;

            if (columns->list[i].rank != rank || columns->at[i].width == 0)
                continue;
            more = MIN(spare, most_of(&columns->list[i]) - columns->at[i].width);
            columns->at[i].width += more;
            spare -= more;
        }
    }
}

void columns_fit(struct columns *columns, const struct column *list, guint n, int width)
{
    int least, x = 0;

    *columns = (struct columns){.list = list, .n = MIN(n, COLUMNS_MOST)};
    for (guint i = 0; i < columns->n; i++)
        columns->at[i].width = list[i].least;
    while (needed(columns) > width && (least = least_important(columns)) >= 0)
        columns->at[least].width = 0;
    widen(columns, width - needed(columns));
    for (guint i = 0; i < columns->n; i++) {
        columns->at[i].x = x;
        columns->at[i].width = MIN(columns->at[i].width, MAX(0, width - x));
        if (columns->at[i].width > 0)
            x += columns->at[i].width + COLUMNS_GAP;
    }
}

struct rect columns_cell(const struct columns *columns, guint column, int x, int y)
{
    return (struct rect){x + columns->at[column].x, y, columns->at[column].width, 1};
}

static void draw_cell(const struct columns *columns, guint column, struct surface *surface, int x,
                      int y, const char *text, enum role role, guint attributes)
{
    struct rect cell = columns_cell(columns, column, x, y);
    int width = 0;

    if (cell.width == 0)
        return;
    if (columns->list[column].right) {
        g_autofree char *escaped = text_escape(text);

        width = MIN((int)text_width(escaped), cell.width);
        cell.x += cell.width - width;
        cell.width = width;
    }
    surface_text(surface, cell.x, cell.y, cell.width, text, role, attributes);
}

void columns_text(const struct columns *columns, guint column, struct surface *surface, int x,
                  int y, enum role role, guint attributes, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list arguments;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    draw_cell(columns, column, surface, x, y, text, role, attributes);
}

void columns_draw_titles(const struct columns *columns, struct surface *surface, int x, int y)
{
    for (guint i = 0; i < columns->n; i++)
        draw_cell(columns, i, surface, x, y, columns->list[i].title, ROLE_MUTED, 0);
}
