/* What VM/NAME.xml promises: each VM its own file, whatever it is called, and nothing lost. */
#include "core/store/vm_files.h"

#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/error.h"
#include "tests/support/temp_dir.h"

#define NOON_US G_GINT64_CONSTANT(1782907200000000)

static char *definition_of(const char *vm)
{
    g_autofree char *name = g_markup_escape_text(vm, -1);
    return g_strdup_printf("<domain type='kvm'>\n  <name>%s</name>\n</domain>\n", name);
}

static void save(const char *dir, const char *vm, const char *xml, gboolean expected)
{
    gboolean changed = !expected;
    g_autoptr(GError) error = NULL;
    vm_files_save(dir, vm, xml, NULL, NULL, &changed, &error);
    g_assert_no_error(error);
    g_assert_cmpint(changed, ==, expected);
}

static void test_each_name_has_its_file(void)
{
    g_autofree char *dir = temp_dir_new();
    g_autofree char *longest = g_strnfill(255, 'x');
    g_autofree char *longer = g_strdup_printf("%.*sy", 254, longest);
    g_autofree char *wide = g_strnfill(254, '\xc3');
    for (guint i = 1; i < 254; i += 2)
        wide[i] = '\xa9';
    const char *const names[] = {"web",     ".",
                                 "..",      ".hidden",
                                 "a/b",     "../../etc/passwd",
                                 "%2F",     "%",
                                 "%~x",     "名前",
                                 "a b",     "-rf",
                                 "a%00b",   "a\tb",
                                 "removed", "x.xml",
                                 longest,   longer,
                                 wide,      "web.xml.A1b2C3"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *xml = definition_of(names[i]);
        g_autofree char *path = vm_file_path(dir, names[i]);
        g_autofree char *parent = g_path_get_dirname(path);
        g_autofree char *file = g_path_get_basename(path);
        g_autofree char *expected = g_build_filename(dir, "VM", NULL);
        g_assert_cmpstr(parent, ==, expected);
        g_assert_cmpuint(strlen(file) + 8, <=, 255); /* its temporary file has a name too */
        g_assert_true(g_utf8_validate(file, -1, NULL));
        save(dir, names[i], xml, TRUE);
        save(dir, names[i], xml, FALSE);
    }
    g_autoptr(GPtrArray) list = vm_files_list(dir);
    g_assert_cmpuint(list->len, ==, G_N_ELEMENTS(names));
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *expected = definition_of(names[i]);
        g_autofree char *xml = vm_files_load(dir, names[i], NULL);
        g_assert_cmpstr(xml, ==, expected);
        g_assert_true(g_ptr_array_find_with_equal_func(list, names[i], g_str_equal, NULL));
    }
    temp_dir_remove(dir);
}

static void test_what_is_no_definition_is_refused(void)
{
    static const struct {
        const char *xml, *says;
    } cases[] = {
        {"", "no XML of a domain"},
        {"<domain><name>web</name>", "no XML of a domain"},
        {"<network><name>web</name></network>", "no XML of a domain"},
        {"<domain/>", "no XML of a domain"},
        {"<domain><name>dns</name></domain>", "is that of \"dns\""},
        {"<domain><os><name>web</name></os></domain>", "no XML of a domain"},
        {"<!DOCTYPE domain [<!ENTITY x 'web'>]><domain><name>&x;</name></domain>",
         "no XML of a domain"},
    };
    g_autofree char *dir = temp_dir_new();
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autoptr(GError) error = NULL;
        g_assert_false(vm_files_save(dir, "web", cases[i].xml, NULL, NULL, NULL, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        if (!strstr(error->message, cases[i].says) || !g_str_has_prefix(error->message, "vm web: "))
            g_error("%s: %s", cases[i].xml, error->message);
    }
    g_autofree char *blanks = g_strnfill(VM_FILE_BYTES_MOST, ' ');
    g_autofree char *large = g_strdup_printf("<domain><name>web</name>%s</domain>", blanks);
    g_assert_false(vm_files_save(dir, "web", large, NULL, NULL, NULL, NULL));
    g_assert_null(vm_files_load(dir, "web", NULL));
    temp_dir_remove(dir);
}

static void test_they_are_nobody_elses(void)
{
    g_autofree char *dir = temp_dir_new();
    g_autofree char *xml = definition_of("web");
    g_autofree char *path = vm_file_path(dir, "web");
    struct stat status;
    save(dir, "web", xml, TRUE);
    g_assert_cmpint(stat(path, &status), ==, 0);
    g_assert_cmpint(status.st_mode & 0777, ==, 0600);
    temp_dir_remove(dir);
}

static void test_what_is_removed_is_kept(void)
{
    g_autofree char *dir = temp_dir_new();
    g_autoptr(GError) error = NULL;
    g_assert_null(vm_files_remove(dir, "web", NOON_US, &error));
    g_assert_no_error(error);
    for (guint i = 0; i < 3; i++) { /* thrice in the same second */
        g_autofree char *xml = definition_of("web");
        save(dir, "web", xml, TRUE);
        g_autofree char *kept = vm_files_remove(dir, "web", NOON_US, &error);
        g_assert_no_error(error);
        g_assert_nonnull(strstr(kept, "/VM/removed/web-20260701T120000Z"));
        g_autofree char *there = NULL;
        g_assert_true(g_file_get_contents(kept, &there, NULL, NULL));
        g_assert_cmpstr(there, ==, xml);
        g_assert_null(vm_files_load(dir, "web", NULL));
    }
    g_autofree char *removed = g_build_filename(dir, "VM", "removed", NULL);
    g_assert_cmpuint(temp_dir_count(removed), ==, 3);
    temp_dir_remove(dir);
}

static gboolean say_no(G_GNUC_UNUSED gpointer data, GError **error)
{
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "no");
    return FALSE;
}

static void test_the_guard_is_asked(void)
{
    g_autofree char *dir = temp_dir_new();
    g_autofree char *xml = definition_of("web");
    g_autoptr(GError) error = NULL;
    g_assert_false(vm_files_save(dir, "web", xml, say_no, NULL, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_autofree char *vms = g_build_filename(dir, "VM", NULL);
    g_assert_cmpuint(temp_dir_count(vms), ==, 0); /* nor is a temporary file left */
    temp_dir_remove(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/vm_files/each_name_has_its_file", test_each_name_has_its_file);
    g_test_add_func("/store/vm_files/what_is_no_definition_is_refused",
                    test_what_is_no_definition_is_refused);
    g_test_add_func("/store/vm_files/they_are_nobody_elses", test_they_are_nobody_elses);
    g_test_add_func("/store/vm_files/what_is_removed_is_kept", test_what_is_removed_is_kept);
    g_test_add_func("/store/vm_files/the_guard_is_asked", test_the_guard_is_asked);
    return g_test_run();
}
