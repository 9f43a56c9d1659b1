#include "core/base/text.h"

#include <string.h>

#include "core/base/error.h"

static void assert_escaped(const char *text, const char *expected)
{
    g_autofree char *shown = text_escape(text);
    g_assert_cmpstr(shown, ==, expected);
}

static void test_escape(void)
{
    assert_escaped(NULL, "");
    assert_escaped("pc01", "pc01");
    assert_escaped("a\033[2Jb", "a\\x1b[2Jb");
    assert_escaped("tab\there\n", "tab\\x09here\\x0a");
    assert_escaped("\xff\xc3", "\\xff\\xc3");
    assert_escaped("caf\xc3\xa9", "caf\xc3\xa9");
    assert_escaped("a\xe2\x80\xae"
                   "b",
                   "a\\u{202e}b"); /* right-to-left override */
    assert_escaped("\xc2\x9b"
                   "31m",
                   "\\u{009b}31m"); /* the one-byte CSI */
    assert_escaped("\x7f", "\\x7f");
}

static void assert_fits(const char *text, guint cells, gboolean pad, const char *expected)
{
    g_autofree char *fitted = text_fit(text, cells, pad);
    g_assert_cmpstr(fitted, ==, expected);
    g_assert_cmpuint(text_width(fitted), <=, cells);
}

static void test_fit(void)
{
    assert_fits("pc01", 6, TRUE, "pc01  ");
    assert_fits("pc01", 4, TRUE, "pc01");
    assert_fits("pc0123", 4, FALSE, "pc0\xe2\x80\xa6");
    assert_fits("\xe6\x97\xa5\xe6\x9c\xac\xe8\xaa\x9e", 4, TRUE, "\xe6\x97\xa5\xe2\x80\xa6 ");
    assert_fits("abc", 0, TRUE, "");
    assert_fits("", 2, TRUE, "  ");
    g_assert_cmpuint(text_width("e\xcc\x81"), ==, 1); /* a combining accent takes no cell */
}

static void assert_name(const char *name, gboolean good)
{
    g_autoptr(GError) error = NULL;
    g_assert_cmpint(text_check_name(name, &error), ==, good);
    if (!good)
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
}

static void test_names(void)
{
    g_autofree char *longest = g_strnfill(255, 'x');
    g_autofree char *too_long = g_strnfill(256, 'x');

    assert_name("pc01", TRUE);
    assert_name("web server 2", TRUE);
    assert_name("\xe6\x97\xa5", TRUE);
    assert_name(longest, TRUE);
    assert_name(too_long, FALSE);
    assert_name("", FALSE);
    assert_name(NULL, FALSE);
    assert_name("..", FALSE);
    assert_name("../etc", FALSE);
    assert_name("a\nb", FALSE);
    assert_name("a\033[m", FALSE);
    assert_name("\xff", FALSE);
}

static void test_logfmt(void)
{
    g_autoptr(GString) line = g_string_new(NULL);

    text_append_logfmt(line, "who", "ana");
    text_append_logfmt(line, "why", "host \"pc07\" is over");
    text_append_logfmt(line, "empty", "");
    text_append_logfmt(line, "evil", "a\nwho=root");
    g_assert_cmpstr(line->str, ==,
                    "who=ana why=\"host \\\"pc07\\\" is over\" empty=\"\" "
                    "evil=\"a\\\\x0awho=root\"");
}

static void test_natural_order(void)
{
    g_assert_cmpint(text_compare_names("pc2", "pc10"), <, 0);
    g_assert_cmpint(text_compare_names("pc10", "pc2"), >, 0);
    g_assert_cmpint(text_compare_names("pc02", "pc2"), !=, 0);
    g_assert_cmpint(text_compare_names("pc", "pc1"), <, 0);
    g_assert_cmpint(text_compare_names("a99999999999999999999", "a100000000000000000000"), <, 0);
    g_assert_cmpint(text_compare_names("x", "x"), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/text/escape/nothing_reaches_the_terminal_raw", test_escape);
    g_test_add_func("/text/fit/never_wider_than_asked", test_fit);
    g_test_add_func("/text/names/hostile_ones_are_refused", test_names);
    g_test_add_func("/text/logfmt/values_cannot_forge_keys", test_logfmt);
    g_test_add_func("/text/compare/numbers_count_as_people_do", test_natural_order);
    return g_test_run();
}
