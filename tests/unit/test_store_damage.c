/*
 * What the store promises when things go wrong: it is killed, the disk is full or away, somebody
 * else writes or damages its files. In the end a whole file is there, and nothing is lost.
 */
#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/store/cluster_file.h"
#include "tests/support/temp_dir.h"

#define NOON_US G_GINT64_CONSTANT(1782907200000000)
#define SKIPPED 77

struct fixture {
    char *dir;
    char *path;
    char *good;
    struct store *store;
    struct cluster *cluster; /* as it was saved: pc1, pc2 */
};

static void add_hosts(struct cluster *cluster, guint count)
{
    for (guint i = cluster->hosts->len + 1; cluster->hosts->len < count; i++) {
        g_autofree char *name = g_strdup_printf("pc%u", i);
        g_autofree char *address = g_strdup_printf("10.0.%u.%u", i / 250, i % 250 + 1);
        struct host *host = cluster_add_host(cluster, name, address, NULL);
        cluster_add_vm(cluster, host, name, NULL);
    }
}

static gboolean save(struct fixture *fixture, GPtrArray *notes, GError **error)
{
    return store_save(fixture->store, fixture->cluster, NOON_US, notes, error);
}

static void save_well(struct fixture *fixture)
{
    g_autoptr(GError) error = NULL;
    save(fixture, NULL, &error);
    g_assert_no_error(error);
}

static void set_up(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->dir = temp_dir_new();
    fixture->path = g_build_filename(fixture->dir, CLUSTER_FILE_NAME, NULL);
    fixture->good = g_strconcat(fixture->path, ".good", NULL);
    fixture->store = store_new(fixture->dir);
    fixture->cluster = cluster_new("lab");
    add_hosts(fixture->cluster, 2);
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    cluster_free(fixture->cluster);
    store_free(fixture->store);
    temp_dir_remove(fixture->dir);
    g_free(fixture->dir);
    g_free(fixture->path);
    g_free(fixture->good);
}

/* What a program that begins now finds; NULL when it refuses. */
static struct cluster *begin_anew(const struct fixture *fixture, struct store **store,
                                  GPtrArray *warnings, GError **error)
{
    *store = store_new(fixture->dir);
    return store_load(*store, "another", warnings, error);
}

static guint count_files(const struct fixture *fixture, const char *part)
{
    g_autoptr(GDir) names = g_dir_open(fixture->dir, 0, NULL);
    const char *name;
    guint count = 0;
    while (names && (name = g_dir_read_name(names)))
        count += strstr(name, part) != NULL;
    return count;
}

static void put(const struct fixture *fixture, const char *text)
{
    FILE *file = fopen(fixture->path, "w"); /* in place, as many an editor does */
    g_assert_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static char *get(const char *path)
{
    char *text = NULL;
    g_file_get_contents(path, &text, NULL, NULL);
    return text;
}

static const char *has(const GPtrArray *texts, const char *part)
{
    for (guint i = 0; i < texts->len; i++) {
        if (strstr(texts->pdata[i], part))
            return texts->pdata[i];
    }
    return NULL;
}

/* --- Damage ----------------------------------------------------------------------------------- */

static void make_shorter(const struct fixture *fixture)
{
    g_assert_cmpint(truncate(fixture->path, 100), ==, 0);
}

static void make_empty(const struct fixture *fixture)
{
    put(fixture, "");
}

static void make_garbage(const struct fixture *fixture)
{
    put(fixture, "\x7f"
                 "ELF\x01\x02 <cluster>");
}

static void make_fifo(const struct fixture *fixture)
{
    g_unlink(fixture->path);
    g_assert_cmpint(mkfifo(fixture->path, 0600), ==, 0);
}

static void make_directory(const struct fixture *fixture)
{
    g_unlink(fixture->path);
    g_assert_cmpint(g_mkdir(fixture->path, 0700), ==, 0);
}

static void make_huge(const struct fixture *fixture)
{
    g_assert_cmpint(truncate(fixture->path, (off_t)CLUSTER_FILE_BYTES_MOST + 4096), ==, 0);
}

static void make_link(const struct fixture *fixture)
{
    g_autofree char *elsewhere = g_build_filename(fixture->dir, "elsewhere", NULL);
    g_assert_true(g_file_set_contents(elsewhere, "no cluster", -1, NULL));
    g_unlink(fixture->path);
    g_assert_cmpint(symlink(elsewhere, fixture->path), ==, 0);
}

static void make_another(const struct fixture *fixture)
{
    put(fixture, "<?xml version='1.0'?>\n<domain><name>web</name></domain>\n");
}

static const struct {
    const char *name;
    void (*make)(const struct fixture *fixture);
} damages[] = {{"shorter", make_shorter}, {"empty", make_empty},         {"garbage", make_garbage},
               {"fifo", make_fifo},       {"directory", make_directory}, {"huge", make_huge},
               {"link", make_link},       {"another", make_another}};

static void test_the_last_good_copy_stands_in(struct fixture *fixture,
                                              G_GNUC_UNUSED gconstpointer data)
{
    for (guint i = 0; i < G_N_ELEMENTS(damages); i++) {
        g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
        g_autoptr(GError) error = NULL;
        save_well(fixture);
        damages[i].make(fixture);
        struct store *store;
        autoptr(cluster) found = begin_anew(fixture, &store, warnings, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(found->hosts->len, ==, 2);
        g_assert_nonnull(has(warnings, fixture->path));
        g_assert_nonnull(has(warnings, "the last good copy"));
        store_save(store, found, NOON_US, notes, &error);
        g_assert_no_error(error);
        g_assert_nonnull(has(notes, ".damaged-20260701T120000Z"));
        g_assert_cmpuint(count_files(fixture, ".damaged-"), ==, i + 1);
        store_free(store);
        g_ptr_array_set_size(warnings, 0);
        autoptr(cluster) again = begin_anew(fixture, &store, warnings, &error);
        g_assert_no_error(error);
        g_assert_cmpuint(again->hosts->len, ==, 2);
        g_assert_cmpuint(warnings->len, ==, 0);
        store_free(store);
        store_free(fixture->store); /* it would not write over what another one wrote */
        fixture->store = store_new(fixture->dir);
        cluster_free(store_load(fixture->store, "lab", NULL, NULL));
    }
}

static void test_a_file_that_is_gone_is_not_a_new_cluster(struct fixture *fixture,
                                                          G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    struct store *store;
    save_well(fixture);
    g_assert_cmpint(g_unlink(fixture->path), ==, 0);
    autoptr(cluster) found = begin_anew(fixture, &store, warnings, NULL);
    g_assert_cmpuint(found->hosts->len, ==, 2);
    g_assert_nonnull(has(warnings, "roost reset"));
    store_free(store);
}

static void test_damage_in_use_stays_for_a_while(struct fixture *fixture,
                                                 G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    struct store *store;
    save_well(fixture);
    put(fixture, "<cluster>\n<host name='pc1'\n");
    g_assert_null(store_read_changes(fixture->store));
    g_assert_true(store_is_broken(fixture->store));
    g_assert_nonnull(strstr(store_trouble(fixture->store), CLUSTER_FILE_NAME ":3:"));
    add_hosts(fixture->cluster, 3);
    g_assert_false(save(fixture, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, CLUSTER_FILE_NAME ":3:"));
    g_clear_error(&error);
    g_autofree char *text = get(fixture->path);
    g_assert_cmpstr(text, ==, "<cluster>\n<host name='pc1'\n");
    /* Were it to end now, nothing would be lost. */
    autoptr(cluster) found = begin_anew(fixture, &store, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(found->hosts->len, ==, 3);
    store_free(store);
    store_set_patience(fixture->store, 0);
    g_assert_true(save(fixture, notes, &error));
    g_assert_nonnull(has(notes, ":3:"));
    g_assert_cmpuint(count_files(fixture, ".damaged-"), ==, 1);
    g_assert_false(store_is_broken(fixture->store));
}

static void test_a_mended_file_is_taken_again(struct fixture *fixture,
                                              G_GNUC_UNUSED gconstpointer data)
{
    save_well(fixture);
    g_autofree char *right = get(fixture->path);
    put(fixture, "<cluster>");
    g_assert_null(store_read_changes(fixture->store));
    put(fixture, right);
    autoptr(cluster) changes = store_read_changes(fixture->store);
    g_assert_cmpuint(changes->hosts->len, ==, 2);
    g_assert_null(store_trouble(fixture->store));
    save_well(fixture);
    g_assert_cmpuint(count_files(fixture, ".damaged-"), ==, 0);
}

static void test_newer_versions_are_never_touched(struct fixture *fixture,
                                                  G_GNUC_UNUSED gconstpointer data)
{
    static const char newer[] = "<cluster version='2'><rack/></cluster>";
    g_autoptr(GError) error = NULL;
    struct store *store;
    save_well(fixture);
    put(fixture, newer);
    g_assert_null(begin_anew(fixture, &store, NULL, &error)); /* a good copy or not */
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_clear_error(&error);
    store_set_patience(store, 0);
    g_assert_false(store_save(store, fixture->cluster, NOON_US, NULL, NULL));
    store_free(store);
    g_assert_null(store_read_changes(fixture->store));
    store_set_patience(fixture->store, 0);
    g_assert_false(save(fixture, NULL, &error));
    g_assert_nonnull(strstr(error->message, "newer roost"));
    g_autofree char *text = get(fixture->path);
    g_assert_cmpstr(text, ==, newer);
}

/* --- Others ----------------------------------------------------------------------------------- */

static gboolean say_no(G_GNUC_UNUSED gpointer data)
{
    return FALSE;
}

static void test_the_guard_keeps_a_deposed_manager_out(struct fixture *fixture,
                                                       G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    save_well(fixture);
    g_autofree char *before = get(fixture->path);
    guint count = temp_dir_count(fixture->dir);
    add_hosts(fixture->cluster, 3);
    store_set_guard(fixture->store, say_no, NULL);
    g_assert_false(save(fixture, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_false(store_save_definition(fixture->store, "web", "<domain><name>web</name></domain>",
                                         NULL, NULL));
    g_autofree char *after = get(fixture->path);
    g_autofree char *good = get(fixture->good);
    g_assert_cmpstr(before, ==, after);
    g_assert_cmpstr(before, ==, good);
    g_assert_cmpuint(temp_dir_count(fixture->dir), <=, count + 1); /* VM, and nothing in it */
    g_assert_cmpuint(count_files(fixture, CLUSTER_FILE_NAME), ==, 2);
}

/* Asked last of all: another program's file that came meanwhile is seen after that. */
static gboolean let_another_write(gpointer data)
{
    put(data, "<cluster><host name='theirs' address='10.9.9.9'/></cluster>");
    return TRUE;
}

static void test_what_comes_at_the_last_moment_stays(struct fixture *fixture,
                                                     G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    save_well(fixture);
    store_set_guard(fixture->store, let_another_write, fixture);
    g_assert_false(save(fixture, NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    store_set_guard(fixture->store, NULL, NULL);
    autoptr(cluster) changes = store_read_changes(fixture->store);
    g_assert_nonnull(cluster_find_host(changes, "theirs"));
}

static void test_hosts_taken_out_of_the_file_are_told(struct fixture *fixture,
                                                      G_GNUC_UNUSED gconstpointer data)
{
    save_well(fixture);
    add_hosts(fixture->cluster, 3); /* not in the file yet: not gone from it either */
    put(fixture, "<cluster><host name='pc1' address='10.0.0.2'/></cluster>");
    autoptr(cluster) changes = store_read_changes(fixture->store);
    g_autoptr(GPtrArray) gone = store_list_gone(fixture->store, changes, fixture->cluster);
    g_assert_cmpuint(gone->len, ==, 1);
    g_assert_cmpstr(gone->pdata[0], ==, cluster_find_host(fixture->cluster, "pc2")->address);
    put(fixture, "<cluster><host name='pc1' address='10.0.0.2'/><host name='pc2'/></cluster>");
    autoptr(cluster) part = store_read_changes(fixture->store);
    g_autoptr(GPtrArray) none = store_list_gone(fixture->store, part, fixture->cluster);
    g_assert_cmpuint(none->len, ==, 0); /* something could not be read: it may be that */
}

/* --- Killed ----------------------------------------------------------------------------------- */

G_GNUC_NORETURN
static void write_for_ever(const struct fixture *fixture)
{
    autoptr(store) store = store_new(fixture->dir);
    autoptr(cluster) cluster = store_load(store, "lab", NULL, NULL);
    for (guint i = 0;; i++) {
        add_hosts(cluster, 40 + i % 40);
        while (cluster->hosts->len > 40 + i % 40)
            cluster_remove_host(cluster, cluster->hosts->pdata[cluster->hosts->len - 1]);
        if (!store_save(store, cluster, NOON_US, NULL, NULL))
            _exit(1);
    }
}

static void assert_whole(const struct fixture *fixture)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    autoptr(cluster) found = cluster_file_load(fixture->path, warnings, &error);
    g_assert_no_error(error);
    g_assert_cmpuint(warnings->len, ==, 0);
    g_assert_cmpuint(found->hosts->len, >=, 2);
}

/* The moment is left to chance; whatever it is, the file is whole, then and while it is written. */
static void test_killed_at_any_moment_it_leaves_a_whole_file(struct fixture *fixture,
                                                             G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20260704);
    guint rounds = g_test_slow() ? 1000 : 60;
    save_well(fixture);
    for (guint round = 0; round < rounds; round++) {
        pid_t child = fork();
        int status;
        if (child == 0)
            write_for_ever(fixture);
        gint64 until_us = g_get_monotonic_time() + g_rand_int_range(random, 0, 30000);
        while (g_get_monotonic_time() < until_us)
            assert_whole(fixture);
        kill(child, SIGKILL);
        g_assert_cmpint(waitpid(child, &status, 0), ==, child);
        g_assert_true(WIFSIGNALED(status)); /* it had not failed by itself */
        assert_whole(fixture);
    }
    struct store *store;
    g_autoptr(GError) error = NULL;
    autoptr(cluster) found = begin_anew(fixture, &store, NULL, &error);
    g_assert_no_error(error);
    g_assert_true(store_save(store, found, NOON_US, NULL, &error));
    store_free(store);
}

/* --- Disks ------------------------------------------------------------------------------------ */

/* Runs in a process of its own, which may limit and mount what it likes. */
static void run_apart(struct fixture *fixture, int (*part)(struct fixture *fixture))
{
    int status;
    pid_t child = fork();
    if (child == 0)
        _exit(part(fixture));
    g_assert_cmpint(waitpid(child, &status, 0), ==, child);
    g_assert_true(WIFEXITED(status));
    if (WEXITSTATUS(status) == SKIPPED)
        g_test_skip("needs mount namespaces");
    else
        g_assert_cmpint(WEXITSTATUS(status), ==, 0);
}

#define DEMAND(condition)                                                                          \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            g_printerr("%d: %s\n", __LINE__, #condition);                                          \
            return 1;                                                                              \
        }                                                                                          \
    } while (0)

static gboolean fails_saying(struct fixture *fixture, const char *says)
{
    g_autoptr(GError) error = NULL;
    if (save(fixture, NULL, &error))
        return FALSE;
    if (strstr(error->message, says))
        return TRUE;
    g_printerr("%s\n", error->message);
    return FALSE;
}

static int write_too_much(struct fixture *fixture)
{
    struct rlimit limit = {300, 300};
    DEMAND(save(fixture, NULL, NULL));
    g_autofree char *before = get(fixture->path);
    guint count = temp_dir_count(fixture->dir);
    signal(SIGXFSZ, SIG_IGN);
    DEMAND(setrlimit(RLIMIT_FSIZE, &limit) == 0);
    add_hosts(fixture->cluster, 20);
    DEMAND(fails_saying(fixture, "File too large"));
    g_autofree char *after = get(fixture->path);
    DEMAND(strcmp(before, after) == 0);
    DEMAND(temp_dir_count(fixture->dir) == count); /* nothing half written is left */
    return 0;
}

static void test_a_write_that_breaks_off_leaves_the_old_file(struct fixture *fixture,
                                                             G_GNUC_UNUSED gconstpointer data)
{
    run_apart(fixture, write_too_much);
}

static gboolean enter_namespace(void)
{
    return (unshare(CLONE_NEWNS) == 0 || unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0) &&
           mount("none", "/", "none", MS_REC | MS_PRIVATE, NULL) == 0;
}

static void fill_up(const struct fixture *fixture)
{
    g_autofree char *path = g_build_filename(fixture->dir, "junk", NULL);
    char block[4096] = {1};
    int fd = open(path, O_WRONLY | O_CREAT | O_APPEND, 0600);
    while (write(fd, block, sizeof block) > 0)
        continue;
    close(fd);
}

static int use_small_disk(struct fixture *fixture)
{
    g_autofree char *junk = g_build_filename(fixture->dir, "junk", NULL);
    if (!enter_namespace() || mount("tmpfs", fixture->dir, "tmpfs", 0, "size=256k") != 0)
        return SKIPPED;
    DEMAND(save(fixture, NULL, NULL));
    fill_up(fixture);
    add_hosts(fixture->cluster, 30);
    DEMAND(fails_saying(fixture, "No space left on device"));
    autoptr(cluster) old = cluster_file_load(fixture->path, NULL, NULL);
    DEMAND(old && old->hosts->len == 2);
    DEMAND(g_unlink(junk) == 0);
    DEMAND(save(fixture, NULL, NULL)); /* as soon as there is room again */
    autoptr(cluster) whole = cluster_file_load(fixture->path, NULL, NULL);
    DEMAND(whole && whole->hosts->len == 30);
    DEMAND(mount("tmpfs", fixture->dir, "tmpfs", MS_REMOUNT | MS_RDONLY, NULL) == 0);
    DEMAND(fails_saying(fixture, "Read-only file system"));
    DEMAND(mount("tmpfs", fixture->dir, "tmpfs", MS_REMOUNT, NULL) == 0);
    DEMAND(save(fixture, NULL, NULL));
    return 0;
}

static void test_full_and_read_only_disks_are_survived(struct fixture *fixture,
                                                       G_GNUC_UNUSED gconstpointer data)
{
    run_apart(fixture, use_small_disk);
}

static int lose_the_disk(struct fixture *fixture)
{
    g_autofree char *server = temp_dir_new();
    if (!enter_namespace() || mount("tmpfs", server, "tmpfs", 0, NULL) != 0 ||
        mount(server, fixture->dir, "none", MS_BIND, NULL) != 0)
        return SKIPPED;
    DEMAND(save(fixture, NULL, NULL));
    DEMAND(umount2(fixture->dir, MNT_DETACH) == 0);
    DEMAND(fails_saying(fixture, "is it mounted?"));
    DEMAND(temp_dir_count(fixture->dir) == 0); /* nothing was put where it does not belong */
    DEMAND(mount(server, fixture->dir, "none", MS_BIND, NULL) == 0);
    DEMAND(save(fixture, NULL, NULL));
    DEMAND(umount2(fixture->dir, MNT_DETACH) == 0 && umount2(server, MNT_DETACH) == 0);
    temp_dir_remove(server);
    return 0;
}

static void test_a_disk_that_goes_away_comes_back(struct fixture *fixture,
                                                  G_GNUC_UNUSED gconstpointer data)
{
    run_apart(fixture, lose_the_disk);
}

static void test_a_directory_that_is_gone_is_made_again(struct fixture *fixture,
                                                        G_GNUC_UNUSED gconstpointer data)
{
    save_well(fixture);
    temp_dir_remove(fixture->dir);
    save_well(fixture);
    assert_whole(fixture);
}

#define ADD(name, func)                                                                            \
    g_test_add("/store/damage/" name, struct fixture, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("the_last_good_copy_stands_in", test_the_last_good_copy_stands_in);
    ADD("a_file_that_is_gone_is_not_a_new_cluster", test_a_file_that_is_gone_is_not_a_new_cluster);
    ADD("damage_in_use_stays_for_a_while", test_damage_in_use_stays_for_a_while);
    ADD("a_mended_file_is_taken_again", test_a_mended_file_is_taken_again);
    ADD("newer_versions_are_never_touched", test_newer_versions_are_never_touched);
    ADD("the_guard_keeps_a_deposed_manager_out", test_the_guard_keeps_a_deposed_manager_out);
    ADD("what_comes_at_the_last_moment_stays", test_what_comes_at_the_last_moment_stays);
    ADD("hosts_taken_out_of_the_file_are_told", test_hosts_taken_out_of_the_file_are_told);
    ADD("killed_at_any_moment_it_leaves_a_whole_file",
        test_killed_at_any_moment_it_leaves_a_whole_file);
    ADD("a_write_that_breaks_off_leaves_the_old_file",
        test_a_write_that_breaks_off_leaves_the_old_file);
    ADD("full_and_read_only_disks_are_survived", test_full_and_read_only_disks_are_survived);
    ADD("a_disk_that_goes_away_comes_back", test_a_disk_that_goes_away_comes_back);
    ADD("a_directory_that_is_gone_is_made_again", test_a_directory_that_is_gone_is_made_again);
    return g_test_run();
}
