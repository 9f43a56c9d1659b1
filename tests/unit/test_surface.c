#include "tui/surface.h"

#include <string.h>

#include "tests/support/golden.h"
#include "tui/ascii.h"

/* A row as text, its right end without blanks. */
static char *row(const struct surface *surface, int y)
{
    GString *line = g_string_new(NULL);

    for (int x = 0; x < surface->width; x++)
        g_string_append(line, surface_cell(surface, x, y)->text);
    return g_strchomp(g_string_free(line, FALSE));
}

static void check_row(const struct surface *surface, int y, const char *expected)
{
    g_autofree char *line = row(surface, y);

    g_assert_cmpstr(line, ==, expected);
}

/* No half of a wide character stands alone, and the widths of each row add up. */
static void check_whole(const struct surface *surface)
{
    for (int y = 0; y < surface->height; y++) {
        int cells = 0;

        for (int x = 0; x < surface->width; x++) {
            const struct cell *cell = surface_cell(surface, x, y);
            const struct cell *next = surface_cell(surface, x + 1, y);

            cells += cell->width;
            g_assert_true(g_utf8_validate(cell->text, -1, NULL));
            g_assert_true((cell->width == 0) == (*cell->text == '\0'));
            if (cell->width == 2)
                g_assert_true(next != NULL && next->width == 0);
            if (cell->width == 0)
                g_assert_true(x > 0 && surface_cell(surface, x - 1, y)->width == 2);
        }
        g_assert_cmpint(cells, ==, surface->width);
    }
}

static void test_text_is_cut(void)
{
    autoptr(surface) surface = surface_new(10, 4);

    g_assert_cmpint(surface_text(surface, 0, 0, 5, "abcde", ROLE_TEXT, 0), ==, 5);
    check_row(surface, 0, "abcde");
    g_assert_cmpint(surface_text(surface, 0, 1, 5, "abcdef", ROLE_TEXT, 0), ==, 5);
    check_row(surface, 1, "abcd…");
    g_assert_cmpint(surface_text(surface, 7, 2, -1, "abcdef", ROLE_TEXT, 0), ==, 3);
    check_row(surface, 2, "       ab…");
    g_assert_cmpint(surface_text(surface, 0, 3, 0, "abc", ROLE_TEXT, 0), ==, 0);
    g_assert_cmpint(surface_text(surface, 0, 3, 5, NULL, ROLE_TEXT, 0), ==, 0);
    g_assert_cmpint(surface_printf(surface, 0, 3, 5, ROLE_TEXT, 0, "%d VM", 8), ==, 4);
    check_row(surface, 3, "8 VM");
}

static void test_hostile_text(void)
{
    autoptr(surface) surface = surface_new(24, 4);

    surface_text(surface, 0, 0, -1, "a\033[2Jb\nc", ROLE_TEXT, 0);
    check_row(surface, 0, "a\\x1b[2Jb\\x0ac");
    surface_text(surface, 0, 1, -1, "x\xff\xfey", ROLE_TEXT, 0);
    check_row(surface, 1, "x\\xff\\xfey");
    surface_text(surface, 0, 2, -1,
                 "a\xe2\x80\xae"
                 "b",
                 ROLE_TEXT, 0);
    check_row(surface, 2, "a\\u{202e}b");
    check_whole(surface);
}

static void test_wide(void)
{
    autoptr(surface) surface = surface_new(8, 4);

    g_assert_cmpint(surface_text(surface, 0, 0, 5, "日本語", ROLE_TEXT, 0), ==, 5);
    check_row(surface, 0, "日本…");
    g_assert_cmpint(surface_text(surface, 0, 1, 4, "日本語", ROLE_TEXT, 0), ==, 3);
    surface_text(surface, 1, 0, 1, "x", ROLE_TEXT, 0);
    check_row(surface, 0, " x本…");
    surface_text(surface, 2, 0, 1, "y", ROLE_TEXT, 0);
    check_row(surface, 0, " xy …");
    surface_text(surface, 7, 2, 2, "日", ROLE_TEXT, 0);
    surface_text(surface, -1, 3, 2, "日", ROLE_TEXT, 0);
    check_row(surface, 2, "");
    check_row(surface, 3, "");
    check_whole(surface);
}

static void test_marks(void)
{
    autoptr(surface) surface = surface_new(8, 2);
    GString *tower = g_string_new("o");

    for (int i = 0; i < 100; i++)
        g_string_append(tower, "\xcc\x81");
    g_string_append(tower, "z");
    g_assert_cmpint(surface_text(surface, 0, 0, -1, tower->str, ROLE_TEXT, 0), ==, 2);
    g_assert_cmpuint(strlen(surface_cell(surface, 0, 0)->text), <=, CELL_BYTES_MOST);
    g_assert_cmpstr(surface_cell(surface, 1, 0)->text, ==, "z");
    surface_text(surface, 0, 1, -1,
                 "\xcc\x81"
                 "a\xe2\x9d\xa4\xef\xb8\x8f"
                 "b",
                 ROLE_TEXT, 0);
    check_row(surface, 1, "a❤b");
    g_string_free(tower, TRUE);
}

static void test_clip(void)
{
    autoptr(surface) surface = surface_new(8, 3);
    struct rect before = surface_clip(surface, (struct rect){2, 1, 4, 1});

    surface_fill(surface, (struct rect){-100, -100, 1000, 1000}, "#", ROLE_OVER, 0);
    check_row(surface, 0, "");
    check_row(surface, 1, "  ####");
    check_row(surface, 2, "");
    surface_text(surface, 0, 1, -1, "abcdefghij", ROLE_TEXT, 0);
    check_row(surface, 1, "  cde…");
    surface_recolour(surface, (struct rect){0, 0, 8, 3}, ROLE_SELECTED, CELL_BOLD);
    g_assert_cmpint(surface_cell(surface, 1, 1)->role, ==, ROLE_TEXT);
    g_assert_cmpint(surface_cell(surface, 2, 1)->role, ==, ROLE_SELECTED);
    surface_clip(surface, before);
    g_assert_cmpint(surface->clip.width, ==, 8);
    surface_clip(surface, (struct rect){G_MAXINT, G_MAXINT, G_MAXINT, G_MAXINT});
    surface_fill(surface, (struct rect){0, 0, 8, 3}, "x", ROLE_TEXT, 0);
    check_row(surface, 0, "");
}

static void test_absurd_places(void)
{
    static const int places[] = {G_MININT, -5000, -1, 0, 1, 5000, G_MAXINT};
    autoptr(surface) surface = surface_new(4, 4);

    for (gsize i = 0; i < G_N_ELEMENTS(places); i++) {
        for (gsize j = 0; j < G_N_ELEMENTS(places); j++) {
            struct rect rect = {places[i], places[j], places[j], places[i]};

            surface_text(surface, places[i], places[j], places[j], "日本 abc", ROLE_TEXT, 0);
            surface_fill(surface, rect, "日", ROLE_TEXT, 0);
            surface_recolour(surface, rect, ROLE_TEXT, 0);
            surface_box(surface, rect, "title", ROLE_TEXT, FALSE);
            g_assert_true(surface_cell(surface, places[i], places[j]) != NULL ||
                          !rect_contains((struct rect){0, 0, 4, 4}, places[i], places[j]));
            check_whole(surface);
        }
    }
}

static void test_absurd_sizes(void)
{
    autoptr(surface) none = surface_new(-3, 0);
    autoptr(surface) most = surface_new(G_MAXINT, 1);

    g_assert_cmpint(none->width, ==, 0);
    surface_text(none, 0, 0, -1, "abc", ROLE_TEXT, 0);
    g_assert_null(surface_cell(none, 0, 0));
    g_assert_cmpint(most->width, ==, SURFACE_WIDTH_MOST);
    surface_resize(most, 5, 2);
    g_assert_cmpint(most->clip.width, ==, 5);
    check_whole(most);
}

/* Random writing never leaves half a character. */
static void test_random_writing(void)
{
    static const char *const texts[] = {"a", "日", "日本語", "é", "x日y", "\xcc\x81", "\xff", ""};
    g_autoptr(GRand) random = g_rand_new_with_seed(3);
    autoptr(surface) surface = surface_new(9, 3);

    for (int i = 0; i < 20000; i++) {
        int x = g_rand_int_range(random, -3, 12), y = g_rand_int_range(random, -1, 4);
        int cells = g_rand_int_range(random, -1, 6);
        const char *text = texts[g_rand_int_range(random, 0, (gint32)G_N_ELEMENTS(texts))];

        if (i % 5 == 0)
            surface_clip(surface, (struct rect){x - 2, y - 1, 6, 3});
        if (i % 7 == 0)
            surface_fill(surface, (struct rect){x, y, cells, 2}, text, ROLE_TEXT, 0);
        else
            g_assert_cmpint(surface_text(surface, x, y, cells, text, ROLE_TEXT, 0), <=,
                            cells < 0 ? 12 : cells);
        check_whole(surface);
    }
}

static void test_golden_form(void)
{
    autoptr(surface) surface = surface_new(24, 6);

    surface_box(surface, (struct rect){0, 0, 24, 4}, "pc07 日本", ROLE_DIALOG_FRAME, FALSE);
    surface_fill(surface, (struct rect){1, 1, 22, 2}, " ", ROLE_DIALOG, 0);
    surface_text(surface, 2, 1, -1, "over", ROLE_OVER, CELL_BOLD);
    surface_box(surface, (struct rect){0, 4, 12, 2}, "ascii", ROLE_DIALOG_FRAME, TRUE);
    surface->cursor_x = 3;
    surface->cursor_y = 1;
    golden_check_surface("surface-form-24x6", surface);
}

static void test_ascii(void)
{
    static const struct {
        const char *grapheme;
        char ascii;
    } cases[] = {{"a", 'a'}, {"■", '#'}, {"»", '>'},  {"─", '-'}, {"│", '|'}, {"┌", '+'},
                 {"…", '~'}, {"é", 'e'}, {"日", '?'}, {"█", '#'}, {"", ' '},  {"▁", '_'}};

    for (gsize i = 0; i < G_N_ELEMENTS(cases); i++)
        g_assert_true(ascii_likeness(cases[i].grapheme) == cases[i].ascii);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/surface/text_is_cut_with_an_ellipsis", test_text_is_cut);
    g_test_add_func("/surface/hostile_text_is_escaped", test_hostile_text);
    g_test_add_func("/surface/wide_characters_are_never_halved", test_wide);
    g_test_add_func("/surface/marks_stay_with_their_character", test_marks);
    g_test_add_func("/surface/nothing_is_drawn_outside_the_clip", test_clip);
    g_test_add_func("/surface/absurd_places_are_left_out", test_absurd_places);
    g_test_add_func("/surface/absurd_sizes_are_cut", test_absurd_sizes);
    g_test_add_func("/surface/random_writing_leaves_it_whole", test_random_writing);
    g_test_add_func("/surface/golden_form", test_golden_form);
    g_test_add_func("/surface/ascii_likeness", test_ascii);
    return g_test_run();
}
