#include "tui/screen.h"

static void test_shows(void)
{
    autoptr(screen) screen = screen_offscreen_new(10, 3);
    autoptr(surface) surface = surface_new(10, 3);
    int width, height;

    screen_size(screen, &width, &height);
    g_assert_cmpint(width, ==, 10);
    g_assert_cmpint(height, ==, 3);
    surface_text(surface, 0, 0, -1, "roost", ROLE_STRONG, 0);
    screen_show(screen, surface);
    g_assert_cmpuint(screen_offscreen_changed(screen), ==, 5);
    g_assert_cmpstr(surface_cell(screen_offscreen_shown(screen), 1, 0)->text, ==, "o");
    screen_show(screen, surface);
    g_assert_cmpuint(screen_offscreen_changed(screen), ==, 0);
    surface_recolour(surface, (struct rect){0, 0, 2, 1}, ROLE_SELECTED, 0);
    screen_show(screen, surface);
    g_assert_cmpuint(screen_offscreen_changed(screen), ==, 2);
}

static void test_other_size(void)
{
    autoptr(screen) screen = screen_offscreen_new(4, 2);
    autoptr(surface) large = surface_new(100, 50);
    autoptr(surface) small = surface_new(1, 1);

    surface_fill(large, (struct rect){0, 0, 100, 50}, "x", ROLE_TEXT, 0);
    screen_show(screen, large);
    g_assert_cmpuint(screen_offscreen_changed(screen), ==, 8);
    screen_show(screen, small);
    g_assert_cmpuint(screen_offscreen_changed(screen), ==, 1);
}

static void test_inputs(void)
{
    autoptr(screen) screen = screen_offscreen_new(4, 2);
    char text[] = "pasted";
    struct input input = {.kind = INPUT_PASTE, .text = text};

    g_assert_false(screen_read(screen, &input));
    input.kind = INPUT_PASTE;
    input.text = text;
    screen_offscreen_push(screen, &input);
    text[0] = '?';
    screen_offscreen_resize(screen, 6, 3);
    g_assert_true(screen_read(screen, &input));
    g_assert_cmpint(input.kind, ==, INPUT_PASTE);
    g_assert_cmpstr(input.text, ==, "pasted");
    g_assert_true(screen_read(screen, &input));
    g_assert_cmpint(input.kind, ==, INPUT_RESIZE);
    g_assert_null(input.text);
    g_assert_false(screen_read(screen, &input));
    g_assert_cmpint(screen_offscreen_shown(screen)->width, ==, 6);
}

static void count(gpointer data)
{
    (*(guint *)data)++;
}

static void test_watch(void)
{
    autoptr(screen) screen = screen_offscreen_new(4, 2);
    struct input key = {.kind = INPUT_KEY, .key = 'q'};
    guint calls = 0;

    screen_offscreen_push(screen, &key);
    screen_watch(screen, count, &calls);
    screen_offscreen_push(screen, &key);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(calls, ==, 1);
    screen_offscreen_push(screen, &key);
    screen_watch(screen, NULL, NULL);
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(calls, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/screen/offscreen/counts_what_changed", test_shows);
    g_test_add_func("/screen/offscreen/cuts_other_sizes", test_other_size);
    g_test_add_func("/screen/offscreen/inputs_come_in_order", test_inputs);
    g_test_add_func("/screen/offscreen/watch_calls_when_there_is_input", test_watch);
    return g_test_run();
}
