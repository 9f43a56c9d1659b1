#include "core/command/output.h"

#include <glib.h>
#include <string.h>

/* What the verbs would print, caught in memory. */
struct fixture {
    char *text;
    size_t size;
    struct output output;
};

static void set_up(struct fixture *fixture, gconstpointer terminal)
{
    FILE *stream = open_memstream(&fixture->text, &fixture->size);
    fixture->output = (struct output){stream, stream, terminal != NULL};
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer terminal)
{
    fclose(fixture->output.out);
    free(fixture->text);
}

static void print_two(struct fixture *fixture)
{
    struct records *records = records_new(NULL);
    records_add(records, "a", "", "long word", NULL);
    records_add(records, "名前", "two", "x\ty\nz\x1b[2J", NULL);
    records_print_free(records, &fixture->output);
    fflush(fixture->output.out);
}

static void test_pipes_get_tabs(struct fixture *fixture, G_GNUC_UNUSED gconstpointer terminal)
{
    print_two(fixture);
    g_assert_cmpstr(fixture->text, ==, "a\t-\tlong word\n名前\ttwo\tx\\x09y\\x0az\\x1b[2J\n");
}

static void test_terminals_get_columns(struct fixture *fixture,
                                       G_GNUC_UNUSED gconstpointer terminal)
{
    print_two(fixture);
    g_assert_true(g_str_has_suffix(fixture->text, "a     -    long word\n"
                                                  "名前  two  x\\x09y\\x0az\\x1b[2J\n"));
}

static void test_lines_are_escaped(struct fixture *fixture, G_GNUC_UNUSED gconstpointer terminal)
{
    output_line(&fixture->output, "vm %s", "a\nb\xff");
    output_error(&fixture->output, "vm %s", "\x1b]0;x\a");
    g_assert_cmpstr(fixture->text, ==, "vm a\\x0ab\\xff\nroost: vm \\x1b]0;x\\x07\n");
}

static void test_progress_is_for_terminals(struct fixture *fixture,
                                           G_GNUC_UNUSED gconstpointer terminal)
{
    output_progress(&fixture->output, "50 %");
    output_progress(&fixture->output, NULL);
    fflush(fixture->output.out);
    g_assert_cmpstr(fixture->text, ==, "");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/command/output/pipes_get_tabs", struct fixture, NULL, set_up, test_pipes_get_tabs,
               tear_down);
    g_test_add("/command/output/terminals_get_columns", struct fixture, "terminal", set_up,
               test_terminals_get_columns, tear_down);
    g_test_add("/command/output/lines_are_escaped", struct fixture, NULL, set_up,
               test_lines_are_escaped, tear_down);
    g_test_add("/command/output/progress_is_for_terminals", struct fixture, NULL, set_up,
               test_progress_is_for_terminals, tear_down);
    return g_test_run();
}
