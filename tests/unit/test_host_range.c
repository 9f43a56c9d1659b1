#include "core/base/host_range.h"

#include <string.h>

#include "core/base/error.h"

/* What a word stands for, joined by blanks. */
static char *expand(const char *word, guint most, GError **error)
{
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    if (!host_range_expand(word, most, words, error)) {
        g_assert_cmpuint(words->len, ==, 0);
        return NULL;
    }
    g_ptr_array_add(words, NULL);
    return g_strjoinv(" ", (char **)words->pdata);
}

static void test_ranges_and_lists(void)
{
    static const char *const cases[][2] = {
        {"pc07", "pc07"},
        {"10.0.0.7", "10.0.0.7"},
        {"fd00::7", "fd00::7"},
        {"pc[01-03]", "pc01 pc02 pc03"},
        {"pc[8-11]", "pc8 pc9 pc10 pc11"},
        {"pc[08-11]", "pc08 pc09 pc10 pc11"},
        {"pc[98-101].lab", "pc98.lab pc99.lab pc100.lab pc101.lab"},
        {"10.0.0.[101-103]", "10.0.0.101 10.0.0.102 10.0.0.103"},
        {"pc[01-03,07]", "pc01 pc02 pc03 pc07"},
        {"pc[7]", "pc7"},
        {"r[1-2]-pc[01,3]x", "r1-pc01x r1-pc3x r2-pc01x r2-pc3x"},
        {"[1-2][3-4]", "13 14 23 24"},
        {"pc[000000005]", "pc000000005"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *got = expand(cases[i][0], 100, &error);

        g_assert_no_error(error);
        g_assert_cmpstr(got, ==, cases[i][1]);
    }
}

static void test_refuses_what_it_cannot_read(void)
{
    static const char *const cases[][2] = {
        {"", "empty"},
        {"pc[", "numbers"},
        {"pc[]", "numbers"},
        {"pc[01", "not closed"},
        {"pc[01-]", "numbers"},
        {"pc[-5]", "numbers"},
        {"pc[a-b]", "numbers"},
        {"pc[1,]", "numbers"},
        {"pc[1;2]", "not closed"},
        {"pc]1[", "never opened"},
        {"pc[1]]", "never opened"},
        {"pc[[1]]", "numbers"},
        {"pc[62-01]", "backwards"},
        {"pc[1234567890]", "too long"},
        {"[fd00::1]", "numbers"},
        {"[1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1][1]", "too many brackets"},
        {"pc[1\033[2J]", "not closed"},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_autofree char *got = expand(cases[i][0], 100, &error);

        g_test_message("%s", cases[i][0]);
        g_assert_null(got);
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_test_message("%s", error->message);
        g_assert_nonnull(strstr(error->message, cases[i][1]));
        g_assert_null(strchr(error->message, '\033'));
    }
}

static void test_never_makes_more_than_asked_for(void)
{
    static const char *const cases[] = {
        "pc[1-11]",
        "pc[1-2][1-6]",
        "pc[0-999999999]",
        "[0-999999999][0-999999999][0-999999999][0-999999999]",
    };
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;

        g_assert_false(host_range_expand(cases[i], 10, words, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_assert_cmpuint(words->len, ==, 0);
    }
    g_assert_true(host_range_expand("pc[1-10]", 10, words, NULL));
    g_assert_cmpuint(words->len, ==, 10);
    g_assert_false(host_range_expand("one", 10, words, NULL));
    g_assert_cmpuint(words->len, ==, 10);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/host_range/ranges_and_lists", test_ranges_and_lists);
    g_test_add_func("/base/host_range/refuses_what_it_cannot_read",
                    test_refuses_what_it_cannot_read);
    g_test_add_func("/base/host_range/never_makes_more_than_asked_for",
                    test_never_makes_more_than_asked_for);
    return g_test_run();
}
