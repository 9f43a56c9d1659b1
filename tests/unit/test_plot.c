#include "core/base/plot.h"

#include <math.h>

static void assert_plot(const struct plot *plot, const char *expected)
{
    g_autoptr(GString) out = g_string_new(NULL);
    plot_append(out, plot);
    g_assert_cmpstr(out->str, ==, expected);
}

static struct plot_tick ticks[] = {{0, (char *)"20:00"}, {0.5, (char *)"22:00"}, {1, (char *)"x"}};

static void test_braille(void)
{
    static const double values[] = {8, 8, 8, 4, 4, 2, 1, 0, NAN, NAN, NAN, 8, 9, 100, -1, 8};
    struct plot plot = {.values = values, .width = 8, .height = 2, .top = 8};
    g_assert_cmpuint(plot_values(8, FALSE), ==, G_N_ELEMENTS(values));
    g_assert_cmpuint(plot_margin(8), ==, 3);
    assert_plot(&plot, "8 ┤⣿⡇   ⢸⣿⢸\n"
                       "  │⣿⣿⣧⡀ ⢸⣿⢸\n"
                       "0 ┼──── ───\n"
                       "\n");
}

static void test_ascii(void)
{
    static const double values[] = {62, 31, 16, 8, 1, 0, NAN, NAN, 62, 62, 62, 62};
    struct plot plot = {.values = values,
                        .width = 12,
                        .height = 4,
                        .top = 62,
                        .ticks = ticks,
                        .n_ticks = G_N_ELEMENTS(ticks),
                        .ascii = TRUE};
    assert_plot(&plot, "62 +#       ####\n"
                       "   |#       ####\n"
                       "31 +##      ####\n"
                       "   |###..   ####\n"
                       " 0 ++-----+ ---+\n"
                       "    20:00 22:00\n");
}

static void test_labels_that_have_no_room_are_left_out(void)
{
    static const double values[] = {1, 1, 1, 1, 1, 1};
    struct plot plot = {.values = values,
                        .width = 6,
                        .height = 1,
                        .top = 1,
                        .ticks = ticks,
                        .n_ticks = G_N_ELEMENTS(ticks),
                        .ascii = TRUE};
    assert_plot(&plot, "1 +######\n"
                       "0 ++--+-+\n"
                       "   20:00\n");
}

static void test_colour_is_closed_on_its_line(void)
{
    static const double values[] = {1};
    struct plot plot = {
        .values = values, .width = 1, .height = 1, .top = 1, .ascii = TRUE, .colour = TRUE};
    assert_plot(&plot, "\033[2m1 +\033[0m\033[36m#\033[0m\n"
                       "\033[2m0 +-\033[0m\n"
                       "\033[2m   \033[0m\n");
}

static void test_nothing_to_show(void)
{
    static const double values[] = {NAN, 0};
    struct plot plot = {.values = values, .width = 2, .height = 1, .ascii = TRUE};
    assert_plot(&plot, "0 +\n"
                       "0 + -\n"
                       "\n");
}

static void test_sparkline(void)
{
    static const double values[] = {62, 31, 8, 1, 0, NAN, 62, 1000};
    g_autoptr(GString) out = g_string_new(NULL);
    plot_append_sparkline(out, values, G_N_ELEMENTS(values), 62, FALSE);
    g_assert_cmpstr(out->str, ==, "█▄▁▁_ ██");
    g_string_truncate(out, 0);
    plot_append_sparkline(out, values, G_N_ELEMENTS(values), 62, TRUE);
    g_assert_cmpstr(out->str, ==, "#=.._ ##");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/plot/braille", test_braille);
    g_test_add_func("/base/plot/ascii", test_ascii);
    g_test_add_func("/base/plot/labels_that_have_no_room_are_left_out",
                    test_labels_that_have_no_room_are_left_out);
    g_test_add_func("/base/plot/colour_is_closed_on_its_line", test_colour_is_closed_on_its_line);
    g_test_add_func("/base/plot/nothing_to_show", test_nothing_to_show);
    g_test_add_func("/base/plot/sparkline", test_sparkline);
    return g_test_run();
}
