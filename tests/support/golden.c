#include "tests/support/golden.h"

#include <string.h>

static char *golden_path(const char *file)
{
    const char *root = g_getenv("G_TEST_SRCDIR");

    return g_build_filename(root != NULL ? root : ".", "tests", "golden", file, NULL);
}

static void write_golden(const char *path, const char *text)
{
    g_autofree char *directory = g_path_get_dirname(path);
    g_autofree char *before = NULL;
    g_autoptr(GError) error = NULL;

    /* An equal file keeps its date, so that `git status` and make see only what changed. */
    if (g_file_get_contents(path, &before, NULL, NULL) && strcmp(before, text) == 0)
        return;
    g_mkdir_with_parents(directory, 0755);
    if (!g_file_set_contents(path, text, -1, &error))
        g_error("%s", error->message);
    g_test_message("wrote %s", path);
}

static void show_rows(const char *expected, const char *drawn)
{
    g_auto(GStrv) expected_rows = g_strsplit(expected, "\n", -1);
    g_auto(GStrv) drawn_rows = g_strsplit(drawn, "\n", -1);
    guint n_expected = g_strv_length(expected_rows), n_drawn = g_strv_length(drawn_rows);

    for (guint i = 0; i < MAX(n_expected, n_drawn); i++) {
        const char *want = i < n_expected ? expected_rows[i] : "(no such row)";
        const char *have = i < n_drawn ? drawn_rows[i] : "(no such row)";

        if (strcmp(want, have) != 0) {
            g_test_message("row %u expected |%s|", i + 1, want);
            g_test_message("row %u drawn    |%s|", i + 1, have);
        }
    }
}

void golden_check_text(const char *file, const char *text)
{
    g_autofree char *path = golden_path(file);
    g_autofree char *expected = NULL;

    if (g_strcmp0(g_getenv("GOLDEN"), "write") == 0) {
        write_golden(path, text);
        return;
    }
    if (!g_file_get_contents(path, &expected, NULL, NULL)) {
        g_test_message("%s cannot be read: `make golden` writes it, then read it", path);
        g_test_message("drawn:\n%s", text);
        g_test_fail();
        return;
    }
    if (strcmp(expected, text) != 0) {
        g_test_message("%s differs from what is drawn", path);
        show_rows(expected, text);
        g_test_fail();
    }
}

void golden_check_surface(const char *name, const struct surface *surface)
{
    g_autofree char *file = g_strconcat(name, ".screen", NULL);
    g_autofree char *dump = surface_dump(surface);

    golden_check_text(file, dump);
}
