/* test_palette.c - the line being typed, what was typed before, and what a verb prints. */
#include <string.h>

#include <glib/gstdio.h>

#include "tui/capture.h"
#include "tui/input.h"
#include "tui/line_edit.h"
#include "tui/recall.h"

/* --- The line -------------------------------------------------------------------------------- */

static void press(struct line_edit *edit, const char *keys)
{
    g_auto(GStrv) names = g_strsplit(keys, " ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        guint key = input_key_parse(names[i]);

        g_assert_cmpuint(key, !=, 0);
        line_edit_key(edit, key);
        g_assert_true(g_utf8_validate(edit->text->str, -1, NULL));
        g_assert_cmpuint(edit->cursor, <=, edit->text->len);
    }
}

/* The text with a bar where the cursor is. */
static void assert_line(const struct line_edit *edit, const char *expected)
{
    g_autofree char *head = g_strndup(edit->text->str, edit->cursor);
    g_autofree char *shown = g_strdup_printf("%s|%s", head, edit->text->str + edit->cursor);

    g_assert_cmpstr(shown, ==, expected);
}

static void check_keys(const char *text, const char *keys, const char *expected)
{
    struct line_edit edit;

    line_edit_init(&edit);
    line_edit_set(&edit, text);
    press(&edit, keys);
    assert_line(&edit, expected);
    line_edit_clear(&edit);
}

static void test_moves(void)
{
    check_keys("wake pc01", "Left Left", "wake pc|01");
    check_keys("wake pc01", "Home Right", "w|ake pc01");
    check_keys("wake pc01", "C-a C-f C-f C-b", "w|ake pc01");
    check_keys("wake pc01", "C-a C-e", "wake pc01|");
    check_keys("off a-b --force", "M-b M-b", "off a-|b --force");
    check_keys("off a-b --force", "Home C-Right C-Right", "off a|-b --force");
    check_keys("", "Left Right Home End M-b M-f", "|");
}

static void test_erases(void)
{
    check_keys("wake pc01", "Backspace", "wake pc0|");
    check_keys("wake pc01", "Home Delete C-d", "|ke pc01");
    check_keys("wake  pc-01", "C-w", "wake  |");
    check_keys("wake pc-01", "M-Backspace", "wake pc-|");
    check_keys("wake pc01", "Left Left C-u", "|01");
    check_keys("wake pc01", "Home M-f C-k", "wake|");
    check_keys("wake pc01", "Home M-d", "| pc01");
    check_keys("", "Backspace Delete C-w C-u C-k C-y", "|");
}

static void test_brings_back_what_was_killed(void)
{
    check_keys("off pc01 pc02", "C-w C-w C-y", "off pc01 pc02|");
    check_keys("off pc01", "C-u C-y C-y", "off pc01off pc01|");
    check_keys("off pc01", "C-w x C-w C-y", "off x|");
}

static void test_is_utf8(void)
{
    check_keys("né", "Backspace", "n|");
    check_keys("日本", "Left Left Right", "日|本");
    check_keys("e\xcc\x81x", "Left Left", "|e\xcc\x81x");
    check_keys("e\xcc\x81x", "Left Backspace", "|x");
    check_keys("a", "é", "aé|");
}

static void test_is_one_line(void)
{
    struct line_edit edit;
    g_autofree char *long_text = g_strnfill(LINE_EDIT_BYTES_MOST + 10, 'x');

    line_edit_init(&edit);
    line_edit_insert(&edit, "list\r\noff pc01\n\n\x1b[31mq\xff");
    assert_line(&edit, "list off pc01 [31mq\xef\xbf\xbd|");
    line_edit_set(&edit, long_text);
    g_assert_cmpuint(edit.text->len, ==, LINE_EDIT_BYTES_MOST);
    line_edit_insert(&edit, "é");
    g_assert_cmpuint(edit.text->len, ==, LINE_EDIT_BYTES_MOST);
    line_edit_clear(&edit);
}

static void test_shows_the_cursor(void)
{
    autoptr(surface) surface = surface_new(10, 1);
    struct line_edit edit;

    line_edit_init(&edit);
    line_edit_set(&edit, "migrate pc01 pc02");
    line_edit_draw(&edit, surface, (struct rect){1, 0, 8, 1}, ROLE_INPUT);
    g_assert_cmpint(surface->cursor_x, ==, 8);
    g_assert_cmpstr(surface_cell(surface, 7, 0)->text, ==, "2");
    g_assert_cmpstr(surface_cell(surface, 0, 0)->text, ==, " ");
    press(&edit, "Home");
    line_edit_draw(&edit, surface, (struct rect){1, 0, 8, 1}, ROLE_INPUT);
    g_assert_cmpint(surface->cursor_x, ==, 1);
    g_assert_cmpstr(surface_cell(surface, 1, 0)->text, ==, "m");
    line_edit_clear(&edit);
}

/* What commands a line neither edits it nor is a letter of it. */
static void test_commands(void)
{
    static const struct {
        const char *key;
        enum line_command command;
    } cases[] = {
        {"Enter", LINE_ENTER},        {"Escape", LINE_LEAVE},
        {"C-c", LINE_LEAVE},          {"C-g", LINE_LEAVE},
        {"Tab", LINE_COMPLETE},       {"BackTab", LINE_COMPLETE_BACK},
        {"Up", LINE_OLDER},           {"C-p", LINE_OLDER},
        {"Down", LINE_NEWER},         {"C-n", LINE_NEWER},
        {"M-Enter", LINE_NO_COMMAND}, {"C-Up", LINE_NO_COMMAND},
        {"C-a", LINE_NO_COMMAND},     {"Backspace", LINE_NO_COMMAND},
        {"p", LINE_NO_COMMAND},
    };
    struct line_edit edit;

    line_edit_init(&edit);
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        guint key = input_key_parse(cases[i].key);

        g_assert_cmpuint(key, !=, 0);
        g_assert_cmpint(line_edit_command(key), ==, cases[i].command);
        if (cases[i].command != LINE_NO_COMMAND)
            g_assert_false(line_edit_key(&edit, key));
    }
    g_assert_cmpstr(edit.text->str, ==, "");
    line_edit_clear(&edit);
}

/* --- What was typed before ------------------------------------------------------------------- */

static void test_remembers(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-recall-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "deeper", "history", NULL);
    g_autofree char *deeper = g_path_get_dirname(path);
    autoptr(recall) one = recall_new(path);
    autoptr(recall) other = recall_new(path);
    autoptr(recall) again = NULL;

    recall_add(one, "list");
    recall_add(one, "list");
    recall_add(one, "");
    recall_add(one, " secret");
    recall_add(other, "plan");
    recall_add(one, "wake pc01");
    g_assert_cmpuint(recall_count(one), ==, 2);
    g_assert_cmpint(recall_search(one, 2, "li"), ==, 0);
    g_assert_cmpint(recall_search(one, 2, "pc01"), ==, 1);
    g_assert_cmpint(recall_search(one, 1, "pc01"), ==, -1);
    again = recall_new(path);
    g_assert_cmpuint(recall_count(again), ==, 3);
    g_assert_cmpstr(recall_line(again, 1), ==, "plan");
    g_unlink(path);
    g_rmdir(deeper);
    g_rmdir(dir);
}

static void test_steps_through_what_was_typed(void)
{
    autoptr(recall) recall = recall_new(NULL);

    g_assert_cmpint(recall_step(recall, -1, -1), ==, -1);
    g_assert_cmpint(recall_step(recall, -1, 1), ==, -1);
    recall_add(recall, "list");
    recall_add(recall, "plan");
    g_assert_cmpint(recall_step(recall, -1, 1), ==, -1);
    g_assert_cmpint(recall_step(recall, -1, -1), ==, 1);
    g_assert_cmpint(recall_step(recall, 1, -1), ==, 0);
    g_assert_cmpint(recall_step(recall, 0, -1), ==, 0);
    g_assert_cmpint(recall_step(recall, 0, 1), ==, 1);
    g_assert_cmpint(recall_step(recall, 1, 1), ==, -1);
}

static void test_does_without_a_file(void)
{
    autoptr(recall) nowhere = recall_new(NULL);
    autoptr(recall) device = recall_new("/dev/full");
    autoptr(recall) impossible = recall_new("/dev/null/history");

    recall_add(nowhere, "list");
    recall_add(device, "list");
    recall_add(impossible, "list");
    g_assert_cmpuint(recall_count(nowhere), ==, 1);
    g_assert_cmpuint(recall_count(device), ==, 1);
    g_assert_cmpuint(recall_count(impossible), ==, 1);
}

/* --- What is printed ------------------------------------------------------------------------- */

static void assert_lines(const GPtrArray *lines, const char *expected)
{
    GString *all = g_string_new(NULL);

    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(all, "%s%s", i > 0 ? "|" : "",
                               (const char *)g_ptr_array_index(lines, i));
    g_assert_cmpstr(all->str, ==, expected);
    g_string_free(all, TRUE);
}

static void count(gpointer data)
{
    ++*(guint *)data;
}

static void test_captures_lines(void)
{
    guint printed = 0;
    autoptr(capture) capture = capture_new(count, &printed);
    const struct output *output = capture_output(capture);

    g_assert_true(output->terminal);
    output_line(output, "one %d", 1);
    output_text(output, "two\nthree\n");
    output_error(output, "no such %s", "host");
    g_assert_cmpuint(printed, >, 0);
    assert_lines(capture_lines(capture), "one 1|two|three");
    assert_lines(capture_errors(capture), "no such host");
}

static void test_captures_progress(void)
{
    autoptr(capture) capture = capture_new(NULL, NULL);
    const struct output *output = capture_output(capture);

    output_progress(output, "asking 62 hosts: 3 done");
    g_assert_cmpstr(capture_progress(capture), ==, "asking 62 hosts: 3 done");
    output_progress(output, "asking 62 hosts: 4 done");
    g_assert_cmpstr(capture_progress(capture), ==, "asking 62 hosts: 4 done");
    output_line(output, "done");
    g_assert_cmpstr(capture_progress(capture), ==, "");
    output_progress(output, NULL);
    assert_lines(capture_lines(capture), "done");
}

static void test_captures_nothing_that_commands_a_terminal(void)
{
    autoptr(capture) capture = capture_new(NULL, NULL);
    FILE *out = capture_output(capture)->out;

    fputs("\033[1;31mred\033[0m \033]0;title\a\033]8;;x\033\\link\033c\033(B.\n", out);
    fputs("a\tb\rc\n\xff\xfe\n\033[31", out);
    fputs("mlast", out);
    assert_lines(capture_lines(capture), "red link.|c|\xef\xbf\xbd\xef\xbf\xbd|last");
}

static void test_captures_only_so_much(void)
{
    autoptr(capture) capture = capture_new(NULL, NULL);
    FILE *out = capture_output(capture)->out;
    const GPtrArray *lines;

    for (guint i = 0; i < CAPTURE_BYTES_MOST + 100; i++)
        fputc('x', out);
    fputc('\n', out);
    for (guint i = 0; i < CAPTURE_LINES_MOST + 4; i++)
        fputs("y\n", out);
    lines = capture_lines(capture);
    g_assert_cmpuint(lines->len, ==, CAPTURE_LINES_MOST + 1);
    g_assert_cmpuint(strlen(g_ptr_array_index(lines, 0)), ==, CAPTURE_BYTES_MOST);
    g_assert_cmpstr(g_ptr_array_index(lines, CAPTURE_LINES_MOST), ==, "(and 5 lines more)");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/palette/line/moves", test_moves);
    g_test_add_func("/palette/line/erases", test_erases);
    g_test_add_func("/palette/line/brings_back_what_was_killed", test_brings_back_what_was_killed);
    g_test_add_func("/palette/line/is_utf8", test_is_utf8);
    g_test_add_func("/palette/line/is_one_line", test_is_one_line);
    g_test_add_func("/palette/line/shows_the_cursor", test_shows_the_cursor);
    g_test_add_func("/palette/line/commands", test_commands);
    g_test_add_func("/palette/recall/remembers", test_remembers);
    g_test_add_func("/palette/recall/steps", test_steps_through_what_was_typed);
    g_test_add_func("/palette/recall/does_without_a_file", test_does_without_a_file);
    g_test_add_func("/palette/capture/lines", test_captures_lines);
    g_test_add_func("/palette/capture/progress", test_captures_progress);
    g_test_add_func("/palette/capture/nothing_that_commands_a_terminal",
                    test_captures_nothing_that_commands_a_terminal);
    g_test_add_func("/palette/capture/only_so_much", test_captures_only_so_much);
    return g_test_run();
}
