#include "core/base/nearest.h"

static void test_distance_counts_edits(void)
{
    static const struct {
        const char *a;
        const char *b;
        guint distance;
    } cases[] = {
        {"", "", 0},         {"list", "list", 0}, {"lst", "list", 1},       {"lits", "list", 1},
        {"LIST", "list", 0}, {"", "abc", 3},      {"kitten", "sitting", 3}, {"max", "min", 2},
        {"compact", "", 7},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_assert_cmpuint(nearest_distance(cases[i].a, cases[i].b), ==, cases[i].distance);
        g_assert_cmpuint(nearest_distance(cases[i].b, cases[i].a), ==, cases[i].distance);
    }
}

static void test_long_words_are_far(void)
{
    g_autofree char *word = g_strnfill(1000, 'a');
    g_assert_cmpuint(nearest_distance(word, "a"), ==, 1000);
    g_assert_cmpuint(nearest_distance("a", word), ==, 1000);
}

static void test_only_near_words_are_offered(void)
{
    guint distance = G_MAXUINT;
    g_assert_false(nearest_offer("list", "normalize", &distance));
    g_assert_true(nearest_offer("lost", "list", &distance));
    g_assert_false(nearest_offer("lost", "lust", &distance)); /* no nearer than the first */
    g_assert_true(nearest_offer("lost", "lost", &distance));
    g_assert_cmpuint(distance, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/nearest/distance_counts_edits", test_distance_counts_edits);
    g_test_add_func("/base/nearest/long_words_are_far", test_long_words_are_far);
    g_test_add_func("/base/nearest/only_near_words_are_offered", test_only_near_words_are_offered);
    return g_test_run();
}
