#include "core/base/plot.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"

#define BRAILLE      0x2800
#define BRAILLE_DOTS 4 /* one above the other in a cell */
#define ASCII_LEVELS 2
#define SPARK_FULL   0x2588
#define SPARK_LEVELS 8

#define SGR_DIM  "\033[2m"
#define SGR_BODY "\033[36m"
#define SGR_END  "\033[0m"

guint plot_values(guint width, gboolean ascii)
{
    return ascii ? width : 2 * width;
}

static guint digits(double top)
{
    g_autofree char *number = g_strdup_printf("%.0f", top);
    return (guint)strlen(number);
}

guint plot_margin(double top)
{
    return digits(top) + 2;
}

/* How many of `levels` a value fills: what is more than nothing is seen. */
static guint level_of(double value, double top, guint levels)
{
    if (isnan(value) || value <= 0 || top <= 0)
        return 0;
    return CLAMP((guint)lround(MIN(value / top, 1) * levels), 1, levels);
}

/* --- Cells ------------------------------------------------------------------------------------ */

/* Of a column of dots, how many are filled in the row that begins `below` dots above the axis. */
static guint filled(guint level, guint below, guint most)
{
    return level > below ? MIN(level - below, most) : 0;
}

static void add_braille(GString *out, const struct plot *plot, guint column, guint below)
{
    static const guchar left[BRAILLE_DOTS] = {0x40, 0x04, 0x02, 0x01}; /* from below */
    static const guchar right[BRAILLE_DOTS] = {0x80, 0x20, 0x10, 0x08};
    guint levels = plot->height * BRAILLE_DOTS;
    const double *pair = plot->values + (gsize)column * 2;
    gunichar cell = BRAILLE;
    for (guint i = 0; i < filled(level_of(pair[0], plot->top, levels), below, BRAILLE_DOTS); i++)
        cell |= left[i];
    for (guint i = 0; i < filled(level_of(pair[1], plot->top, levels), below, BRAILLE_DOTS); i++)
        cell |= right[i];
    g_string_append_unichar(out, cell == BRAILLE ? ' ' : cell);
}

static void add_ascii(GString *out, const struct plot *plot, guint column, guint below)
{
    static const char cells[] = {' ', '.', '#'};
    guint level = level_of(plot->values[column], plot->top, plot->height * ASCII_LEVELS);
    g_string_append_c(out, cells[filled(level, below, ASCII_LEVELS)]);
}

/* --- The frame -------------------------------------------------------------------------------- */

static void begin_colour(GString *out, const struct plot *plot, const char *sgr)
{
    if (plot->colour)
        g_string_append(out, sgr);
}

/* Whatever stands before the end of a line that shows nothing. */
static void end_line(GString *out, const struct plot *plot)
{
    if (plot->colour)
        g_string_append(out, SGR_END);
    while (out->len > 0 && out->str[out->len - 1] == ' ')
        g_string_truncate(out, out->len - 1);
    g_string_append_c(out, '\n');
}

/* The number beside a row: at the upper edge and, where that is a row, half way down. */
static void add_number(GString *out, const struct plot *plot, guint row)
{
    guint width = digits(plot->top);
    gboolean half = plot->height >= 4 && plot->height % 2 == 0 && row == plot->height / 2;
    if (row == 0)
        g_string_append_printf(out, "%*.0f", (int)width, plot->top);
    else if (half)
        g_string_append_printf(out, "%*.0f", (int)width, plot->top / 2);
    else
        g_string_append_printf(out, "%*s", (int)width, "");
    gboolean marked = row == 0 || half;
    if (plot->ascii)
        g_string_append(out, marked ? " +" : " |");
    else
        g_string_append(out, marked ? " ┤" : " │");
}

static void add_row(GString *out, const struct plot *plot, guint row)
{
    guint from_below = plot->height - 1 - row;
    begin_colour(out, plot, SGR_DIM);
    add_number(out, plot, row);
    begin_colour(out, plot, SGR_END SGR_BODY);
    for (guint column = 0; column < plot->width; column++) {
        if (plot->ascii)
            add_ascii(out, plot, column, from_below * ASCII_LEVELS);
        else
            add_braille(out, plot, column, from_below * BRAILLE_DOTS);
    }
    end_line(out, plot);
}

static guint tick_column(const struct plot *plot, guint tick)
{
    return (guint)(CLAMP(plot->ticks[tick].at, 0, 1) * (plot->width - 1) + 0.5);
}

static gboolean has_tick(const struct plot *plot, guint column)
{
    for (guint i = 0; i < plot->n_ticks; i++) {
        if (tick_column(plot, i) == column)
            return TRUE;
    }
    return FALSE;
}

static gboolean is_gap(const struct plot *plot, guint column)
{
    const double *value = plot->values + plot_values(column, plot->ascii);
    return isnan(value[0]) && (plot->ascii || isnan(value[1]));
}

static void add_axis(GString *out, const struct plot *plot)
{
    begin_colour(out, plot, SGR_DIM);
    g_string_append_printf(out, "%*d %s", (int)digits(plot->top), 0, plot->ascii ? "+" : "┼");
    for (guint column = 0; column < plot->width; column++) {
        if (has_tick(plot, column))
            g_string_append(out, plot->ascii ? "+" : "┬");
        else if (is_gap(plot, column))
            g_string_append_c(out, ' ');
        else
            g_string_append(out, plot->ascii ? "-" : "─");
    }
    end_line(out, plot);
}

/* A label begins below its tick; where it has no room it is left out. */
static void add_labels(GString *out, const struct plot *plot)
{
    guint at = 0;
    begin_colour(out, plot, SGR_DIM);
    g_string_append_printf(out, "%*s", (int)plot_margin(plot->top), "");
    for (guint i = 0; i < plot->n_ticks; i++) {
        guint column = tick_column(plot, i);
        guint width = text_width(plot->ticks[i].label);
        if (column < at || column + width > plot->width)
            continue;
        g_string_append_printf(out, "%*s%s", (int)(column - at), "", plot->ticks[i].label);
        at = column + width + 1;
        g_string_append_c(out, ' ');
    }
    end_line(out, plot);
}

void plot_append(GString *out, const struct plot *plot)
{
    if (plot->width == 0)
        return;
    for (guint row = 0; row < plot->height; row++)
        add_row(out, plot, row);
    add_axis(out, plot);
    add_labels(out, plot);
}

void plot_append_sparkline(GString *out, const double *values, guint count, double top,
                           gboolean ascii)
{
    static const char letters[SPARK_LEVELS + 1] = {'_', '.', ':', '-', '=', '+', '*', '%', '#'};
    for (guint i = 0; i < count; i++) {
        guint level = level_of(values[i], top, SPARK_LEVELS);
        if (isnan(values[i]))
            g_string_append_c(out, ' ');
        else if (ascii)
            g_string_append_c(out, letters[level]);
        else if (level == 0)
            g_string_append_c(out, '_');
        else
            g_string_append_unichar(out, SPARK_FULL - (SPARK_LEVELS - level));
    }
}
