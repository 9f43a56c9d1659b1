#include "core/store/journal.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"

static struct journal_entry entry = {
    .wall_us = G_GINT64_CONSTANT(1782943634000000),
    .what = (char *)"migrate",
    .object = (char *)"vm web",
    .who = (char *)"ana",
    .text = (char *)"from pc40 to pc05: \"so that\" pc40 can go off",
    .result = (char *)"done",
    .job = 7,
};

static gboolean write_entry(struct journal *journal, GError **error)
{
    g_autofree char *line = journal_format(&entry);
    return journal_write(journal, line, error);
}

static void test_line_is_logfmt(void)
{
    g_autofree char *line = journal_format(&entry);
    g_assert_cmpstr(line, ==,
                    "time=2026-07-01T22:07:14Z who=ana what=migrate object=\"vm web\" job=7 "
                    "result=done text=\"from pc40 to pc05: \\\"so that\\\" pc40 can go off\"");
}

static void test_hostile_names_stay_on_their_line(void)
{
    struct journal_entry hostile = entry;
    hostile.object = (char *)"vm a\nwho=root \x1b[2J\xff";
    hostile.text = NULL;
    g_autofree char *line = journal_format(&hostile);
    g_assert_null(strchr(line, '\n'));
    g_assert_null(strchr(line, '\x1b'));
    g_assert_true(g_utf8_validate(line, -1, NULL));
    g_assert_nonnull(strstr(line, "text=\"\""));
}

static void test_lines_are_appended(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    g_autofree char *store = g_build_filename(dir, "store", NULL);
    g_autofree char *path = g_build_filename(store, "journal.log", NULL);
    g_autofree char *text = NULL;
    g_autoptr(GError) error = NULL;
    for (guint i = 0; i < 2; i++) {
        autoptr(journal) journal = journal_open(store, &error);
        g_assert_no_error(error);
        g_assert_true(write_entry(journal, &error));
    }
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    g_assert_cmpuint(g_strv_length(lines), ==, 3);
    g_assert_cmpstr(lines[0], ==, lines[1]);
    g_assert_cmpstr(lines[2], ==, "");
    g_remove(path);
    g_rmdir(store);
    g_rmdir(dir);
}

static void test_full_disk_is_told(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "journal.log", NULL);
    g_autoptr(GError) error = NULL;
    if (!g_file_test("/dev/full", G_FILE_TEST_EXISTS) || symlink("/dev/full", path) != 0) {
        g_test_skip("no /dev/full here");
        g_rmdir(dir);
        return;
    }
    autoptr(journal) journal = journal_open(dir, &error);
    g_assert_no_error(error);
    g_assert_false(write_entry(journal, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, path));
    g_remove(path);
    g_rmdir(dir);
}

static void test_unusable_place_is_told(void)
{
    g_autoptr(GError) error = NULL;
    g_assert_null(journal_open("/proc/nowhere", &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/journal/line_is_logfmt", test_line_is_logfmt);
    g_test_add_func("/store/journal/hostile_names_stay_on_their_line",
                    test_hostile_names_stay_on_their_line);
    g_test_add_func("/store/journal/lines_are_appended", test_lines_are_appended);
    g_test_add_func("/store/journal/full_disk_is_told", test_full_disk_is_told);
    g_test_add_func("/store/journal/unusable_place_is_told", test_unusable_place_is_told);
    return g_test_run();
}
