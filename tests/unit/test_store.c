#include "core/store/store.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/store/cluster_file.h"

#define NOON_US G_GINT64_CONSTANT(1782907200000000)

struct fixture {
    char *dir;
    char *store_path; /* does not exist at first */
    char *cluster_path;
};

static void set_up(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    fixture->store_path = g_build_filename(fixture->dir, "shared", "lab", NULL);
    fixture->cluster_path = g_build_filename(fixture->store_path, CLUSTER_FILE_NAME, NULL);
}

static void remove_tree(const char *path)
{
    g_autoptr(GDir) dir = g_dir_open(path, 0, NULL);
    const char *name;
    while (dir && (name = g_dir_read_name(dir))) {
        g_autofree char *child = g_build_filename(path, name, NULL);
        remove_tree(child);
    }
    g_remove(path);
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    remove_tree(fixture->dir);
    g_free(fixture->dir);
    g_free(fixture->store_path);
    g_free(fixture->cluster_path);
}

static void put(const struct fixture *fixture, const char *text)
{
    g_mkdir_with_parents(fixture->store_path, 0755);
    g_assert_true(g_file_set_contents(fixture->cluster_path, text, -1, NULL));
}

static char *get(const struct fixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->store_path, name, NULL);
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static struct cluster *load(struct store *store)
{
    g_autoptr(GError) error = NULL;
    struct cluster *cluster = store_load(store, "new lab", NULL, &error);
    g_assert_no_error(error);
    return cluster;
}

static void save(struct store *store, const struct cluster *cluster, GPtrArray *notes)
{
    g_autoptr(GError) error = NULL;
    store_save(store, cluster, NOON_US, notes, &error);
    g_assert_no_error(error);
}

static const char two_hosts[] =
    "<cluster name='lab'><host name='a' address='10.0.0.1' state='waking' load15='0.4'/>"
    "<host name='b' address='fe80::2' state='stopping'><vm name='v'/></host></cluster>";

static void test_begins_empty(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new(fixture->store_path);
    autoptr(cluster) cluster = load(store);
    g_assert_cmpstr(cluster->name, ==, "new lab");
    g_assert_cmpuint(cluster->hosts->len, ==, 0);
    g_assert_false(g_file_test(fixture->store_path, G_FILE_TEST_EXISTS));
    save(store, cluster, NULL);
    g_assert_true(g_file_test(fixture->cluster_path, G_FILE_TEST_IS_REGULAR));
}

static void test_what_was_under_way_is_settled(struct fixture *fixture,
                                               G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new(fixture->store_path);
    put(fixture, two_hosts);
    autoptr(cluster) cluster = load(store);
    g_assert_cmpint(cluster_find_host(cluster, "a")->state, ==, HOST_OFF);
    g_assert_cmpint(cluster_find_host(cluster, "b")->state, ==, HOST_ON);
}

static void test_each_host_has_its_file(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new(fixture->store_path);
    put(fixture, two_hosts);
    autoptr(cluster) cluster = load(store);
    save(store, cluster, NULL);
    g_autofree char *node = get(fixture, "Nodes/fe80::2.xml");
    g_assert_nonnull(strstr(node, "<vm name=\"v\""));
    cluster_remove_host(cluster, cluster_find_host(cluster, "b"));
    save(store, cluster, NULL);
    g_assert_null(get(fixture, "Nodes/fe80::2.xml"));
    g_autofree char *other = get(fixture, "Nodes/10.0.0.1.xml");
    g_assert_nonnull(other);
}

static void test_host_files_change_only_with_the_host(struct fixture *fixture,
                                                      G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new(fixture->store_path);
    g_autofree char *path = g_build_filename(fixture->store_path, "Nodes", "10.0.0.1.xml", NULL);
    struct stat before, after;
    put(fixture, two_hosts);
    autoptr(cluster) cluster = load(store);
    save(store, cluster, NULL);
    g_assert_cmpint(stat(path, &before), ==, 0);
    cluster_find_host(cluster, "a")->load15_permille = 700;
    save(store, cluster, NULL);
    g_assert_cmpint(stat(path, &after), ==, 0);
    g_assert_cmpuint(before.st_ino, ==, after.st_ino);
    autoptr(store) second = store_new(fixture->store_path);
    autoptr(cluster) again = load(second);
    g_assert_cmpint(cluster_find_host(again, "a")->load15_permille, ==, 700);
    save(second, again, NULL);
    g_assert_cmpint(stat(path, &after), ==, 0);
    g_assert_cmpuint(before.st_ino, ==, after.st_ino);
}

static void test_broken_files_are_never_written_over(struct fixture *fixture,
                                                     G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new(fixture->store_path);
    autoptr(cluster) empty = cluster_new("lab");
    g_autoptr(GError) error = NULL;
    put(fixture, "<cluster><host name='a'");
    g_assert_null(store_load(store, "lab", NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_clear_error(&error);
    g_assert_false(store_save(store, empty, NOON_US, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_autofree char *text = get(fixture, CLUSTER_FILE_NAME);
    g_assert_cmpstr(text, ==, "<cluster><host name='a'");
}

static void test_unreadable_parts_are_kept_aside(struct fixture *fixture,
                                                 G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new(fixture->store_path);
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    const char *text = "<cluster><host name='a' address='10.0.0.1'/><host name='b'/></cluster>";
    put(fixture, text);
    autoptr(cluster) cluster = load(store);
    save(store, cluster, notes);
    save(store, cluster, notes);
    g_assert_cmpuint(notes->len, ==, 1);
    g_assert_nonnull(strstr(g_ptr_array_index(notes, 0), ": 1 thing in it could not be used"));
    g_autofree char *copy = get(fixture, CLUSTER_FILE_NAME ".bak-20260701T120000Z");
    g_assert_cmpstr(copy, ==, text);
}

/* As a console does before it saves; NULL when nothing changed. */
static struct cluster *read_changes(struct store *store, const struct cluster *cluster)
{
    struct cluster *changes = store_read_changes(store);
    if (changes)
        store_settle_changes(store, changes, cluster);
    return changes;
}

static void test_hosts_added_by_others_are_seen(struct fixture *fixture,
                                                G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) ours = store_new(fixture->store_path);
    autoptr(store) theirs = store_new(fixture->store_path);
    put(fixture, two_hosts);
    autoptr(cluster) cluster = load(ours);
    autoptr(cluster) other = load(theirs);
    g_assert_null(read_changes(ours, cluster));
    cluster_add_host(other, "c", "10.0.0.3", NULL);
    save(theirs, other, NULL);
    g_assert_null(read_changes(theirs, other));
    cluster_remove_host(cluster, cluster_find_host(cluster, "b")); /* on purpose: no stranger */
    autoptr(cluster) changes = read_changes(ours, cluster);
    g_assert_nonnull(changes);
    g_assert_nonnull(cluster_find_host(changes, "a"));
    g_assert_null(cluster_find_host(changes, "b"));
    g_assert_nonnull(cluster_find_host(changes, "c"));
}

/* Of maintenance, which is set in consoles too, what changed there rather than here. */
static void test_who_changed_maintenance_is_told_apart(struct fixture *fixture,
                                                       G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) ours = store_new(fixture->store_path);
    autoptr(store) theirs = store_new(fixture->store_path);
    put(fixture, two_hosts);
    autoptr(cluster) cluster = load(ours);
    autoptr(cluster) other = load(theirs);
    cluster_find_host(cluster, "a")->maintenance = TRUE; /* here, and not saved yet */
    cluster_find_host(other, "b")->maintenance = TRUE;
    save(theirs, other, NULL);
    autoptr(cluster) changes = read_changes(ours, cluster);
    g_assert_true(cluster_find_host(changes, "a")->maintenance);
    g_assert_true(cluster_find_host(changes, "b")->maintenance);
    cluster_find_host(cluster, "b")->maintenance = TRUE;
    save(ours, cluster, NULL);
    cluster_find_host(other, "b")->maintenance = FALSE; /* there, after they have read ours */
    autoptr(cluster) seen = read_changes(theirs, other);
    g_assert_true(cluster_find_host(seen, "a")->maintenance);
    g_assert_false(cluster_find_host(seen, "b")->maintenance);
}

static void leave(const struct fixture *fixture, const char *name, gint64 age_s)
{
    g_autofree char *path = g_build_filename(fixture->store_path, name, NULL);
    struct timespec times[2] = {{.tv_sec = g_get_real_time() / G_USEC_PER_SEC - age_s},
                                {.tv_sec = g_get_real_time() / G_USEC_PER_SEC - age_s}};
    g_assert_true(g_file_set_contents(path, "<cluster", -1, NULL));
    g_assert_cmpint(utimensat(AT_FDCWD, path, times, 0), ==, 0);
}

static gboolean is_there(const struct fixture *fixture, const char *name)
{
    g_autofree char *path = g_build_filename(fixture->store_path, name, NULL);
    return g_file_test(path, G_FILE_TEST_EXISTS);
}

static void test_what_killed_programs_left_is_swept_away(struct fixture *fixture,
                                                         G_GNUC_UNUSED gconstpointer data)
{
    static const char *const swept[] = {CLUSTER_FILE_NAME ".A1b2C3", "Nodes/10.0.0.1.xml.aBcd3f"};
    static const char *const kept[] = {CLUSTER_FILE_NAME ".bak-20260701T120000Z",
                                       CLUSTER_FILE_NAME ".backup", "notes.aBcd3f",
                                       "Nodes/10.0.0.1.txt.aBcd3f"};
    autoptr(store) store = store_new(fixture->store_path);
    put(fixture, two_hosts);
    autoptr(cluster) cluster = load(store);
    save(store, cluster, NULL); /* makes Nodes */
    for (guint i = 0; i < G_N_ELEMENTS(swept); i++)
        leave(fixture, swept[i], 3600);
    for (guint i = 0; i < G_N_ELEMENTS(kept); i++)
        leave(fixture, kept[i], 3600);
    leave(fixture, CLUSTER_FILE_NAME ".Z9y8X7", 0); /* somebody may be about to rename it */
    autoptr(store) later = store_new(fixture->store_path);
    autoptr(cluster) again = load(later);
    save(later, again, NULL);
    for (guint i = 0; i < G_N_ELEMENTS(swept); i++)
        g_assert_false(is_there(fixture, swept[i]));
    for (guint i = 0; i < G_N_ELEMENTS(kept); i++)
        g_assert_true(is_there(fixture, kept[i]));
    g_assert_true(is_there(fixture, CLUSTER_FILE_NAME ".Z9y8X7"));
}

static void test_links_are_followed(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new(fixture->store_path);
    g_autofree char *elsewhere = g_build_filename(fixture->dir, "elsewhere.xml", NULL);
    g_autoptr(GError) error = NULL;
    g_mkdir_with_parents(fixture->store_path, 0755);
    g_assert_cmpint(symlink(elsewhere, fixture->cluster_path), ==, 0);
    g_assert_null(store_load(store, "lab", NULL, &error)); /* a link to nowhere */
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_true(g_file_set_contents(elsewhere, two_hosts, -1, NULL));
    autoptr(cluster) cluster = load(store);
    save(store, cluster, NULL);
    g_assert_true(g_file_test(fixture->cluster_path, G_FILE_TEST_IS_SYMLINK));
    autoptr(cluster) again = load(store);
    g_assert_cmpuint(again->hosts->len, ==, 2);
}

static void assert_not_saved(struct store *store, const struct cluster *cluster, const char *says)
{
    g_autoptr(GError) error = NULL;
    g_assert_false(store_save(store, cluster, NOON_US, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, says));
}

static void test_what_others_wrote_is_read_before_it_is_written(struct fixture *fixture,
                                                                G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) ours = store_new(fixture->store_path);
    autoptr(store) theirs = store_new(fixture->store_path);
    autoptr(cluster) cluster = load(ours);
    autoptr(cluster) other = load(theirs);
    cluster_add_host(other, "c", "10.0.0.3", NULL);
    save(theirs, other, NULL);
    assert_not_saved(ours, cluster, "another program");
    autoptr(cluster) changes = read_changes(ours, cluster);
    g_assert_cmpuint(changes->hosts->len, ==, 1);
    g_assert_nonnull(cluster_adopt_host(cluster, changes->hosts->pdata[0], NULL));
    save(ours, cluster, NULL);
}

static void test_what_breaks_meanwhile_is_not_written_over(struct fixture *fixture,
                                                           G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new(fixture->store_path);
    put(fixture, two_hosts);
    autoptr(cluster) cluster = load(store);
    put(fixture, "<cluster><host");
    g_assert_null(read_changes(store, cluster));
    assert_not_saved(store, cluster, "could not be read");
    g_autofree char *text = get(fixture, CLUSTER_FILE_NAME);
    g_assert_cmpstr(text, ==, "<cluster><host");
    g_assert_cmpint(g_unlink(fixture->cluster_path), ==, 0);
    save(store, cluster, NULL); /* moved away, as it was told */
    save(store, cluster, NULL);
}

static void test_copies_are_not_written_over(struct fixture *fixture,
                                             G_GNUC_UNUSED gconstpointer data)
{
    static const char *const names[] = {CLUSTER_FILE_NAME ".bak-20260701T120000Z",
                                        CLUSTER_FILE_NAME ".bak-20260701T120000Z-2"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        autoptr(store) store = store_new(fixture->store_path);
        g_autofree char *text = g_strdup_printf("<cluster><host name='%u'/></cluster>", i);
        put(fixture, text);
        autoptr(cluster) cluster = load(store);
        save(store, cluster, NULL);
    }
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *expected = g_strdup_printf("<cluster><host name='%u'/></cluster>", i);
        g_autofree char *copy = get(fixture, names[i]);
        g_assert_cmpstr(copy, ==, expected);
    }
}

static void test_failing_to_write_leaves_the_old_file(struct fixture *fixture,
                                                      G_GNUC_UNUSED gconstpointer data)
{
    autoptr(store) store = store_new("/proc/nowhere");
    autoptr(cluster) cluster = cluster_new("lab");
    g_autoptr(GError) error = NULL;
    g_assert_false(store_save(store, cluster, NOON_US, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "/proc/nowhere"));
    (void)fixture;
}

#define ADD(name, func)                                                                            \
    g_test_add("/store/store/" name, struct fixture, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("begins_empty", test_begins_empty);
    ADD("links_are_followed", test_links_are_followed);
    ADD("what_others_wrote_is_read_before_it_is_written",
        test_what_others_wrote_is_read_before_it_is_written);
    ADD("what_breaks_meanwhile_is_not_written_over",
        test_what_breaks_meanwhile_is_not_written_over);
    ADD("copies_are_not_written_over", test_copies_are_not_written_over);
    ADD("what_was_under_way_is_settled", test_what_was_under_way_is_settled);
    ADD("each_host_has_its_file", test_each_host_has_its_file);
    ADD("host_files_change_only_with_the_host", test_host_files_change_only_with_the_host);
    ADD("broken_files_are_never_written_over", test_broken_files_are_never_written_over);
    ADD("unreadable_parts_are_kept_aside", test_unreadable_parts_are_kept_aside);
    ADD("hosts_added_by_others_are_seen", test_hosts_added_by_others_are_seen);
    ADD("who_changed_maintenance_is_told_apart", test_who_changed_maintenance_is_told_apart);
    ADD("what_killed_programs_left_is_swept_away", test_what_killed_programs_left_is_swept_away);
    ADD("failing_to_write_leaves_the_old_file", test_failing_to_write_leaves_the_old_file);
    return g_test_run();
}
