/* test_chart.c - charts in braille and in ASCII. */
#include <math.h>

#include "tests/support/golden.h"
#include "tui/chart.h"

#define COLUMNS_MOST 512

static void test_round_top(void)
{
    static const struct {
        double top;
        guint rows;
        double expected, step;
    } cases[] = {{62, 6, 80, 40},   {62, 15, 75, 0},    {0.9, 6, 1, 0.5}, {0, 6, 1, 0.5},
                 {4.71, 6, 5, 2.5}, {1000, 6, 1000, 0}, {NAN, 6, 1, 0.5}};

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        double step;
        double top = chart_round_top(cases[i].top, cases[i].rows, &step);

        if (cases[i].step > 0) {
            g_assert_cmpfloat_with_epsilon(top, cases[i].expected, 1e-9);
            g_assert_cmpfloat_with_epsilon(step, cases[i].step, 1e-9);
        }
        g_assert_true(isnan(cases[i].top) || top >= cases[i].top);
        g_assert_cmpfloat_with_epsilon(top / step, round(top / step), 1e-6);
    }
}

/* A night: all on, then few, a gap, and all on again. */
static double night_value(double at)
{
    if (at > 0.55 && at < 0.62)
        return NAN;
    if (at < 0.1)
        return 62;
    return at < 0.2 ? 62 - (at - 0.1) * 540 : at < 0.9 ? 8 : 62;
}

static void draw(const char *name, int width, int height, gboolean ascii)
{
    autoptr(surface) surface = surface_new(width, height);
    double on[COLUMNS_MOST], all[COLUMNS_MOST], load[COLUMNS_MOST];
    guint columns = chart_columns(width - chart_margin(62), ascii);
    const struct chart_series series[] = {{"on", on, CHART_FILL, ROLE_REGULAR},
                                          {"all", all, CHART_DOTTED, ROLE_MUTED},
                                          {"twice the load", load, CHART_LINE, ROLE_OVER}};
    const struct chart_level levels[] = {{"spare", 20}};
    const struct chart_tick ticks[] = {{0.1, (char *)"20:00"},
                                       {0.5, (char *)"02:00"},
                                       {0.52, (char *)"hidden"},
                                       {1, (char *)"09:00"}};
    const struct chart_span spans[] = {{0.9, 1}};
    const struct chart chart = {.title = "hosts on",
                                .series = series,
                                .n_series = 3,
                                .levels = levels,
                                .n_levels = 1,
                                .ticks = ticks,
                                .n_ticks = 4,
                                .spans = spans,
                                .n_spans = 1,
                                .top_least = 62,
                                .cursor = 0.3,
                                .ascii = ascii};

    g_assert_cmpuint(columns, <=, COLUMNS_MOST);
    for (guint i = 0; i < columns; i++) {
        double at = (i + 0.5) / columns;

        on[i] = night_value(at);
        all[i] = 62;
        load[i] = 40 + 20 * sin(at * 12);
    }
    chart_draw(surface, (struct rect){0, 0, width, height}, &chart);
    golden_check_surface(name, surface);
}

static void test_braille(void)
{
    draw("chart-night-78x12", 78, 12, FALSE);
    draw("chart-night-160x20", 160, 20, FALSE);
}

static void test_ascii(void)
{
    draw("chart-ascii-78x12", 78, 12, TRUE);
}

/* Where there is no room nothing is drawn, and nothing is written beside the rectangle. */
static void test_keeps_inside(void)
{
    for (int width = 0; width < 30; width++) {
        for (int height = 0; height < 9; height++) {
            autoptr(surface) surface = surface_new(40, 12);
            double values[80];
            const struct chart_series series[] = {{"x", values, CHART_LINE, ROLE_OVER}};
            const struct chart chart = {.title = "a title longer than all",
                                        .series = series,
                                        .n_series = 1,
                                        .top_least = 1e7,
                                        .cursor = 1};

            for (guint i = 0; i < G_N_ELEMENTS(values); i++)
                values[i] = i % 3 == 0 ? INFINITY : i % 3 == 1 ? -5 : 1e6;
            chart_draw(surface, (struct rect){2, 1, width, height}, &chart);
            for (int i = 0; i < 40 * 12; i++) {
                int x = i % 40, y = i / 40;
                const struct cell *cell = surface_cell(surface, x, y);

                if (!rect_contains((struct rect){2, 1, width, height}, x, y))
                    g_assert_cmpstr(cell->text, ==, " ");
            }
        }
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/chart/round_top", test_round_top);
    g_test_add_func("/chart/braille", test_braille);
    g_test_add_func("/chart/ascii", test_ascii);
    g_test_add_func("/chart/keeps_inside", test_keeps_inside);
    return g_test_run();
}
