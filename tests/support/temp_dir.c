#include "tests/support/temp_dir.h"

#include <glib/gstdio.h>

char *temp_dir_new(void)
{
    g_autoptr(GError) error = NULL;
    char *dir = g_dir_make_tmp("roost-test-XXXXXX", &error);
    g_assert_no_error(error);
    return dir;
}

void temp_dir_remove(const char *dir)
{
    g_autoptr(GDir) names =
        g_file_test(dir, G_FILE_TEST_IS_SYMLINK) ? NULL : g_dir_open(dir, 0, NULL);
    const char *name;
    while (names && (name = g_dir_read_name(names))) {
        g_autofree char *child = g_build_filename(dir, name, NULL);
        temp_dir_remove(child);
    }
    g_remove(dir);
}

guint temp_dir_count(const char *dir)
{
    g_autoptr(GDir) names = g_dir_open(dir, 0, NULL);
    guint count = 0;
    while (names && g_dir_read_name(names))
        count++;
    return count;
}
