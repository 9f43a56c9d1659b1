#include "tui/chart.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"

#define WIDTH_LEAST  12
#define BRAILLE      0x2800
#define DOTS_HIGH    4
#define DOTS_WIDE    2
#define ASCII_HIGH   2
#define DOTTED_EVERY 3 /* of the columns of dots, those that a broken line takes */
#define LEVEL_EVERY  6

/* --- Round numbers --------------------------------------------------------------------------- */

double chart_round_top(double top, guint rows, double *step)
{
    static const double round[] = {1, 2, 2.5, 4, 5, 10};
    double wanted = top > 0 && isfinite(top) ? top : 1;
    guint parts = CLAMP(rows / 3, 2, 5);
    double rough = wanted / parts;
    double power = pow(10, floor(log10(rough)));
    guint i = 0;

    /* A hair of tolerance: 0.3 / 0.1 is a little more than 3. */
    while (i + 1 < G_N_ELEMENTS(round) && round[i] * power < rough * (1 - 1e-9))
        i++;
    *step = round[i] * power;
    return *step * ceil(wanted / *step - 1e-9);
}

/* As many digits behind the point as its steps need. */
static char *format_number(double value, double step)
{
    int digits = 0;

    while (digits < 3 && fabs(step - round(step * pow(10, digits)) / pow(10, digits)) > step / 100)
        digits++;
    return g_strdup_printf("%.*f", digits, value);
}

int chart_margin(double top)
{
    double step;
    double round_top = chart_round_top(top, 6, &step);
    g_autofree char *widest = format_number(round_top, step / 2);

    return MAX(4, (int)strlen(widest)) + 2;
}

guint chart_columns(int cells, gboolean ascii)
{
    return (guint)MAX(0, cells) * (ascii ? 1 : DOTS_WIDE);
}

/* --- The plot itself ------------------------------------------------------------------------- */

struct canvas {
    int width, height; /* cells */
    guint columns;     /* of dots */
    int levels;        /* dots one above the other */
    gboolean ascii;
    double top;
    guchar *dots; /* bits of braille, one a cell; in ASCII a letter */
    gint8 *roles; /* enum role; -1 = nothing there */
};

/* What is told first is on top where two meet. */
static void put(struct canvas *canvas, int column, int level, char letter, enum role role)
{
    static const guchar bits[DOTS_WIDE][DOTS_HIGH] = {{0x40, 0x04, 0x02, 0x01},
                                                      {0x80, 0x20, 0x10, 0x08}};
    int high = canvas->ascii ? ASCII_HIGH : DOTS_HIGH;
    int x = canvas->ascii ? column : column / DOTS_WIDE;
    int y = canvas->height - 1 - level / high;
    int place = y * canvas->width + x;

    if (level < 0 || level >= canvas->levels || x >= canvas->width)
        return;
    if (canvas->ascii) {
        if (canvas->roles[place] < 0 || (canvas->dots[place] == '.' && letter == '#'))
            canvas->dots[place] = (guchar)letter;
    } else {
        canvas->dots[place] |= bits[column % DOTS_WIDE][level % high];
    }
    if (canvas->roles[place] < 0)
        canvas->roles[place] = (gint8)role;
}

/* The dot that a value reaches up to: what is more than nothing is seen. -1 = nothing. */
static int level_of(const struct canvas *canvas, double value)
{
    if (isnan(value) || value < 0)
        return -1;
    return (int)lround(MIN(value / canvas->top, 1) * (canvas->levels - 1));
}

static void fill_column(struct canvas *canvas, int column, double value, enum role role)
{
    int level = value > 0 ? level_of(canvas, value) : -1;

    for (int i = 0; i <= level; i++)
        put(canvas, column, i, canvas->ascii && i == level && i % ASCII_HIGH == 0 ? '.' : '#',
            role);
}

/* From the value before: a line without holes however steep it is. */
static void line_column(struct canvas *canvas, int column, double before, double value,
                        enum role role)
{
    int level = level_of(canvas, value);
    int from = isnan(before) ? level : level_of(canvas, before);

    if (level < 0)
        return;
    put(canvas, column, level, '*', role);
    for (int i = MIN(from, level) + 1; i < MAX(from, level); i++)
        put(canvas, column, i, '*', role);
}

static void draw_series(struct canvas *canvas, const struct chart_series *series)
{
    double before = NAN;

    for (guint i = 0; i < canvas->columns; i++) {
        double value = series->values[i];

        if (series->style == CHART_FILL)
            fill_column(canvas, (int)i, value, series->role);
        else if (series->style == CHART_LINE)
            line_column(canvas, (int)i, before, value, series->role);
        else if (i % (canvas->ascii ? 2 : DOTTED_EVERY) == 0)
            put(canvas, (int)i, level_of(canvas, value), '-', series->role);
        before = value;
    }
}

static void draw_level(struct canvas *canvas, double value)
{
    int level = level_of(canvas, value);

    for (guint i = 0; i < canvas->columns; i++) {
        if (canvas->ascii ? i % 4 == 0 : i % LEVEL_EVERY < 2)
            put(canvas, (int)i, level, '-', ROLE_MUTED);
    }
}

static void blit(const struct canvas *canvas, struct surface *surface, struct rect plot)
{
    for (int i = 0; i < canvas->width * canvas->height; i++) {
        char text[8] = {0};

        if (canvas->roles[i] < 0)
            continue;
        if (canvas->ascii)
            text[0] = (char)canvas->dots[i];
        else
            g_unichar_to_utf8(BRAILLE + canvas->dots[i], text);
        surface_text(surface, plot.x + i % canvas->width, plot.y + i / canvas->width, 1, text,
                     (enum role)canvas->roles[i], 0);
    }
}

static void draw_values(const struct chart *chart, struct surface *surface, struct rect plot,
                        double top)
{
    int n = plot.width * plot.height;
    struct canvas canvas = {
        .width = plot.width,
        .height = plot.height,
        .columns = chart_columns(plot.width, chart->ascii),
        .levels = plot.height * (chart->ascii ? ASCII_HIGH : DOTS_HIGH),
        .ascii = chart->ascii,
        .top = top,
        .dots = g_new0(guchar, (gsize)MAX(1, n)),
        .roles = g_new(gint8, (gsize)MAX(1, n)),
    };

    memset(canvas.roles, -1, (gsize)MAX(1, n));
    for (guint i = 0; i < chart->n_series; i++)
        draw_series(&canvas, &chart->series[i]);
    for (guint i = 0; i < chart->n_levels; i++)
        draw_level(&canvas, chart->levels[i].value);
    blit(&canvas, surface, plot);
    g_free(canvas.dots);
    g_free(canvas.roles);
}

/* --- Around it ------------------------------------------------------------------------------- */

static void draw_title(const struct chart *chart, struct surface *surface, struct rect row)
{
    static const char *const signs[] = {
        [CHART_FILL] = "⣿", [CHART_LINE] = "⠒⠒", [CHART_DOTTED] = "⠂⠂"};
    static const char *const letters[] = {
        [CHART_FILL] = "#", [CHART_LINE] = "*", [CHART_DOTTED] = "- -"};
    int x = row.x;

    x += surface_text(surface, x, row.y, row.width, chart->title, ROLE_STRONG, 0) + 3;
    for (guint i = 0; i < chart->n_series; i++) {
        const struct chart_series *series = &chart->series[i];
        const char *sign = chart->ascii ? letters[series->style] : signs[series->style];
        int left = row.x + row.width - x;

        if (series->name == NULL || left < (int)text_width(series->name) + 3)
            continue;
        x += surface_text(surface, x, row.y, left, sign, series->role, 0) + 1;
        x += surface_text(surface, x, row.y, left, series->name, ROLE_MUTED, 0) + 3;
    }
}

static int row_of(struct rect plot, double value, double top)
{
    return plot.y + plot.height - 1 - (int)lround(value / top * (plot.height - 1));
}

static void draw_numbers(const struct chart *chart, struct surface *surface, struct rect plot,
                         double top, double step)
{
    for (int y = plot.y; y < plot.y + plot.height; y++)
        surface_text(surface, plot.x - 1, y, 1, chart->ascii ? "|" : "│", ROLE_MUTED, 0);
    for (int i = (int)lround(top / step); i > 0; i--) {
        double value = i * step;
        g_autofree char *number = format_number(value, step);
        int y = row_of(plot, value, top);
        int width = (int)strlen(number);

        surface_text(surface, plot.x - 2 - width, y, width, number, ROLE_MUTED, 0);
        surface_text(surface, plot.x - 1, y, 1, chart->ascii ? "+" : "┤", ROLE_MUTED, 0);
    }
    surface_text(surface, plot.x - 3, plot.y + plot.height, 1, "0", ROLE_MUTED, 0);
    surface_text(surface, plot.x - 1, plot.y + plot.height, 1, chart->ascii ? "+" : "└", ROLE_MUTED,
                 0);
}

static int cell_at(struct rect plot, double at)
{
    return plot.x + (int)lround(CLAMP(at, 0, 1) * (plot.width - 1));
}

static void draw_axis(const struct chart *chart, struct surface *surface, struct rect plot)
{
    int y = plot.y + plot.height;
    int free_from = plot.x;

    surface_fill(surface, (struct rect){plot.x, y, plot.width, 1}, chart->ascii ? "-" : "─",
                 ROLE_MUTED, 0);
    for (guint i = 0; i < chart->n_spans; i++) {
        int from = cell_at(plot, chart->spans[i].from),
            until = cell_at(plot, chart->spans[i].until);

        surface_fill(surface, (struct rect){from, y, until - from + 1, 1}, chart->ascii ? "=" : "═",
                     ROLE_MUTED, 0);
    }
    for (guint i = 0; i < chart->n_ticks; i++) {
        const struct chart_tick *tick = &chart->ticks[i];
        int x = cell_at(plot, tick->at);
        int width = tick->label != NULL ? (int)text_width(tick->label) : 0;
        int left = MIN(x, plot.x + plot.width - width);

        surface_text(surface, x, y, 1, chart->ascii ? "+" : "┬", ROLE_MUTED, 0);
        if (width == 0 || left < free_from)
            continue;
        surface_text(surface, left, y + 1, width, tick->label, ROLE_MUTED, 0);
        free_from = left + width + 1;
    }
}

/* At the right edge, over the values: the line is theirs. */
static void name_levels(const struct chart *chart, struct surface *surface, struct rect plot,
                        double top)
{
    for (guint i = 0; i < chart->n_levels; i++) {
        const struct chart_level *level = &chart->levels[i];
        int width = (int)text_width(level->name);

        if (level->value > top || width + 2 > plot.width / 2)
            continue;
        surface_text(surface, plot.x + plot.width - width, row_of(plot, level->value, top), width,
                     level->name, ROLE_MUTED, 0);
    }
}

static void draw_cursor(const struct chart *chart, struct surface *surface, struct rect plot)
{
    int x = cell_at(plot, chart->cursor);

    if (chart->cursor < 0)
        return;
    for (int y = plot.y; y < plot.y + plot.height; y++) {
        const struct cell *cell = surface_cell(surface, x, y);

        if (cell == NULL || strcmp(cell->text, " ") == 0 || cell->text[0] == '\0')
            surface_text(surface, x, y, 1, chart->ascii ? ":" : "┊", ROLE_SELECTED, 0);
    }
    surface_recolour(surface, (struct rect){x, plot.y, 1, plot.height}, ROLE_SELECTED, 0);
    surface_text(surface, x, plot.y + plot.height, 1, chart->ascii ? "^" : "▲", ROLE_STRONG, 0);
}

/* --- All of it ------------------------------------------------------------------------------- */

static double greatest(const struct chart *chart, guint columns)
{
    double most = chart->top_least;

    for (guint i = 0; i < chart->n_series; i++) {
        for (guint j = 0; j < columns; j++) {
            double value = chart->series[i].values[j];

            if (!isnan(value) && isfinite(value))
                most = MAX(most, value);
        }
    }
    return most;
}

static int margin_of(const struct chart *chart)
{
    return chart->margin > 0 ? chart->margin : chart_margin(chart->top_least);
}

struct rect chart_plot_rect(const struct chart *chart, struct rect rect)
{
    int margin = margin_of(chart);

    return (struct rect){rect.x + margin, rect.y + 1, MAX(0, rect.width - margin),
                         MAX(0, rect.height - CHART_FRAME_ROWS)};
}

void chart_draw(struct surface *surface, struct rect rect, const struct chart *chart)
{
    struct rect plot = chart_plot_rect(chart, rect);
    double step, top;

    if (rect.height < CHART_HEIGHT_LEAST || rect.width < WIDTH_LEAST)
        return;
    top = chart_round_top(greatest(chart, chart_columns(plot.width, chart->ascii)),
                          (guint)plot.height, &step);
    draw_title(chart, surface, (struct rect){rect.x, rect.y, rect.width, 1});
    draw_values(chart, surface, plot, top);
    draw_numbers(chart, surface, plot, top, step);
    draw_axis(chart, surface, plot);
    name_levels(chart, surface, plot, top);
    draw_cursor(chart, surface, plot);
}
