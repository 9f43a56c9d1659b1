/* A lease in files: what lies in the store, and what may happen to it. */
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/store/lease_core.h"
#include "tests/support/lease_rig.h"

#define SECOND_US RIG_SECOND_US

/* Seat 0 holds, seat 1 watches. */
static struct lease_rig *held_rig(void)
{
    struct lease_rig *rig = lease_rig_new(2);
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    return rig;
}

static char *path_of(const struct lease_rig *rig, const char *name)
{
    return g_build_filename(rig->lease, name, NULL);
}

/* The one name in Lease that begins so. */
static char *only_name(const struct lease_rig *rig, const char *prefix)
{
    g_autoptr(GPtrArray) names = lease_rig_names(rig, prefix);
    g_assert_cmpuint(names->len, ==, 1);
    return g_strdup(names->pdata[0]);
}

static void assert_trouble(struct lease_rig *rig, guint seat, const char *text)
{
    const char *trouble = lease_rig_view(rig, seat)->trouble;
    g_assert_nonnull(trouble);
    if (!strstr(trouble, text))
        g_error("\"%s\" does not say \"%s\"", trouble, text);
}

/* --- What lies there -------------------------------------------------------------------------- */

static void test_one_name_that_grows(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autofree char *before = only_name(rig, "lease-");
    lease_rig_run(rig, SECOND_US + 10);
    g_autofree char *after = only_name(rig, "lease-");
    g_assert_cmpstr(before, <, after);
    g_assert_true(g_str_has_prefix(after, "lease-00000000000000000001-"));
    g_assert_true(g_str_has_suffix(after, "-held"));
}

static void test_old_ones_are_swept(void)
{
    autoptr(lease_rig) rig = lease_rig_new(2);
    g_autofree char *left = g_build_filename(rig->dir, "Lease.new-0123456789abcdef", NULL);
    g_assert_cmpint(g_mkdir(left, 0777), ==, 0);
    for (guint i = 0; i < 6; i++) {
        lease_core_want(rig->seats[i % 2].core, 0);
        lease_rig_run(rig, 10 * SECOND_US);
        g_assert_true(lease_rig_may_act(rig, i % 2));
        lease_core_give_back(rig->seats[i % 2].core);
        lease_rig_step(rig, i % 2);
    }
    g_autofree char *lease = only_name(rig, "lease-");
    g_autofree char *holder = only_name(rig, "holder-");
    g_assert_true(g_str_has_prefix(lease, "lease-00000000000000000006-"));
    g_assert_true(g_str_has_prefix(holder, "holder-00000000000000000006-"));
    g_assert_false(g_file_test(left, G_FILE_TEST_EXISTS));
}

/* --- What may happen to it -------------------------------------------------------------------- */

static void test_own_file_gone_is_deposed(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autofree char *name = only_name(rig, "lease-");
    g_autofree char *path = path_of(rig, name);
    g_assert_cmpint(g_remove(path), ==, 0);
    lease_rig_step(rig, 0);
    g_assert_false(lease_rig_may_act(rig, 0));
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_UNKNOWN);
}

/* Whoever was there before knows the number, and goes on from it; after the wait. */
static void test_emptied_directory_keeps_the_number_growing(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autoptr(GPtrArray) names = lease_rig_names(rig, "");
    for (guint i = 0; i < names->len; i++) {
        g_autofree char *path = path_of(rig, names->pdata[i]);
        (void)g_remove(path);
    }
    lease_core_want(rig->seats[1].core, 0);
    lease_rig_step(rig, 1);
    lease_rig_run(rig, 5 * SECOND_US);
    g_assert_false(lease_rig_may_act(rig, 1));
    lease_rig_run(rig, 5 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 1));
    g_assert_cmpuint(lease_rig_view(rig, 1)->own_fence, ==, 2);
}

/* One that only watches keeps the number for those who know nothing. */
static void test_newcomer_gets_no_number_again(void)
{
    autoptr(lease_rig) rig = held_rig();
    for (guint i = 0; i < 3; i++) {
        lease_core_give_back(rig->seats[0].core);
        lease_rig_step(rig, 0);
        lease_core_want(rig->seats[0].core, 0);
        lease_rig_run(rig, 3 * SECOND_US);
    }
    g_assert_cmpuint(lease_rig_view(rig, 1)->fence, ==, 4);
    lease_rig_remove(rig->lease);
    g_assert_cmpint(g_mkdir(rig->lease, 0777), ==, 0);
    lease_rig_replace(rig, 0);
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 12 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    g_assert_cmpuint(lease_rig_view(rig, 0)->own_fence, ==, 5);
}

/* And deposes one who went on from an old backup. */
static void test_holder_of_an_old_number_is_deposed(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autofree char *old = only_name(rig, "lease-");
    for (guint i = 0; i < 3; i++) {
        lease_core_give_back(rig->seats[0].core);
        lease_rig_step(rig, 0);
        lease_core_want(rig->seats[0].core, 0);
        lease_rig_run(rig, 3 * SECOND_US);
    }
    rig->seats[1].stopped = TRUE;
    lease_rig_replace(rig, 0);
    g_autofree char *now = only_name(rig, "lease-");
    g_autofree char *from = path_of(rig, now);
    g_autofree char *to = path_of(rig, old);
    g_assert_cmpint(g_rename(from, to), ==, 0);
    rig->fence_most = 0; /* who could know? */
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_cmpuint(lease_rig_view(rig, 0)->own_fence, ==, 2);
    rig->seats[1].stopped = FALSE;
    lease_rig_step(rig, 1);
    lease_rig_step(rig, 0);
    g_assert_false(lease_rig_may_act(rig, 0));
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_cmpuint(lease_rig_view(rig, 0)->own_fence, ==, 5);
}

/* A backup of a former number, in the place of what is there. */
static void test_old_backup_brings_no_number_back(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autofree char *old = only_name(rig, "lease-");
    lease_core_want(rig->seats[1].core, 0);
    lease_core_give_back(rig->seats[0].core);
    lease_rig_run(rig, 3 * SECOND_US);
    g_assert_cmpuint(lease_rig_view(rig, 1)->own_fence, ==, 2);
    g_autofree char *now = only_name(rig, "lease-");
    g_autofree char *from = path_of(rig, now);
    g_autofree char *to = path_of(rig, old);
    g_assert_cmpint(g_rename(from, to), ==, 0);
    lease_rig_step(rig, 1);
    g_assert_false(lease_rig_may_act(rig, 1)); /* deposed: its file is gone */
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    g_assert_cmpuint(lease_rig_view(rig, 0)->own_fence, ==, 3);
}

/* A backup beside it: the greatest number counts. */
static void test_old_number_beside_it_is_nothing(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autofree char *old =
        path_of(rig, "lease-00000000000000000000-99999999999999999999-0123456789abcdef-held");
    /* No number above 2^64 is one: this is garbage; the next is an old lease. */
    g_autofree char *older =
        path_of(rig, "lease-00000000000000000000-00000000000000000009-0123456789abcdef-held");
    g_assert_true(g_file_set_contents(old, "", 0, NULL));
    g_assert_true(g_file_set_contents(older, "", 0, NULL));
    lease_rig_run(rig, 20 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_HELD);
    assert_trouble(rig, 1, "99999999999999999999");
}

static void test_greater_number_deposes(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autofree char *path =
        path_of(rig, "lease-00000000000000000007-00000000000000000000-0123456789abcdef-held");
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    lease_rig_step(rig, 0);
    g_assert_false(lease_rig_may_act(rig, 0));
    lease_core_want(rig->seats[1].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_cmpuint(lease_rig_view(rig, 1)->own_fence, ==, 8);
}

static void test_number_that_cannot_grow_is_told(void)
{
    autoptr(lease_rig) rig = lease_rig_new(1);
    g_assert_cmpint(g_mkdir(rig->lease, 0777), ==, 0);
    g_autofree char *path =
        path_of(rig, "lease-18446744073709551615-00000000000000000000-0123456789abcdef-free");
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_false(lease_rig_may_act(rig, 0));
    assert_trouble(rig, 0, "cannot grow");
}

/* The answer to a beat was lost: the name has changed, and the holder does not know. */
static void test_beat_whose_answer_was_lost(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autofree char *name = only_name(rig, "lease-");
    g_autofree char *from = path_of(rig, name);
    name[strlen("lease-00000000000000000001-0000000000000000000")] = '9';
    g_autofree char *to = path_of(rig, name);
    g_assert_cmpint(g_rename(from, to), ==, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    g_assert_cmpuint(lease_rig_view(rig, 0)->own_fence, ==, 1);
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_HELD);
}

/* --- A store that goes away ------------------------------------------------------------------- */

static void test_store_gone_and_back(void)
{
    autoptr(lease_rig) rig = held_rig();
    g_autofree char *away = g_strconcat(rig->dir, ".away", NULL);
    lease_core_want(rig->seats[1].core, 0);
    g_assert_cmpint(g_rename(rig->dir, away), ==, 0);
    lease_rig_run(rig, 3 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0)); /* still, by its clock */
    lease_rig_run(rig, 30 * SECOND_US);
    g_assert_false(lease_rig_may_act(rig, 0));
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_MINE);
    assert_trouble(rig, 0, rig->lease);
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_TROUBLE);
    assert_trouble(rig, 1, "still mounted");
    g_assert_false(g_file_test(rig->dir, G_FILE_TEST_EXISTS)); /* nobody made it anew */
    g_assert_cmpint(g_rename(away, rig->dir), ==, 0);
    lease_rig_run(rig, 3 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    g_assert_cmpuint(lease_rig_view(rig, 0)->own_fence, ==, 1);
    g_assert_null(lease_rig_view(rig, 0)->trouble);
    g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_HELD);
    g_assert_null(lease_rig_view(rig, 1)->trouble);
}

static void test_store_that_is_no_directory(void)
{
    autoptr(lease_rig) rig = lease_rig_new(1);
    g_assert_true(g_file_set_contents(rig->lease, "", 0, NULL));
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_TROUBLE);
    assert_trouble(rig, 0, "is no directory");
    /* A link elsewhere is not followed. */
    (void)g_remove(rig->lease);
    g_assert_cmpint(symlink("/tmp", rig->lease), ==, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_TROUBLE);
    assert_trouble(rig, 0, "is no directory");
}

static void test_something_else_in_the_way(void)
{
    autoptr(lease_rig) rig = lease_rig_new(1);
    g_autofree char *path = path_of(rig, "notes\n.txt");
    g_assert_cmpint(g_mkdir(rig->lease, 0777), ==, 0);
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    assert_trouble(rig, 0, "notes\\x0a.txt");
    g_assert_null(strchr(lease_rig_view(rig, 0)->trouble, '\n'));
    (void)g_remove(path);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_true(lease_rig_may_act(rig, 0));
    g_assert_null(lease_rig_view(rig, 0)->trouble);
}

/* --- Hostile files ---------------------------------------------------------------------------- */

static void put_regular(const char *path)
{
    g_autofree char *text = g_strnfill(100000, 'x');
    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void put_garbage(const char *path)
{
    g_assert_true(g_file_set_contents(path, "\xff\0\x1b[2J\n[", 8, NULL));
}

static void put_fifo(const char *path)
{
    g_assert_cmpint(mkfifo(path, 0666), ==, 0);
}

static void put_link(const char *path)
{
    g_assert_cmpint(symlink("/dev/zero", path), ==, 0);
}

static void put_directory(const char *path)
{
    g_assert_cmpint(g_mkdir(path, 0777), ==, 0);
}

static void test_holder_file_is_hostile(void)
{
    static const struct {
        void (*put)(const char *path);
        const char *says;
    } cases[] = {
        {put_regular, "is too large"},         {put_garbage, "does not say who holds"},
        {put_fifo, "is no regular file"},      {put_link, "is no regular file"},
        {put_directory, "is no regular file"},
    };
    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        autoptr(lease_rig) rig = held_rig();
        g_autofree char *name = only_name(rig, "holder-");
        g_autofree char *path = path_of(rig, name);
        (void)g_remove(path);
        cases[i].put(path);
        lease_rig_replace(rig, 1); /* one that has not read it yet */
        lease_rig_run(rig, 5 * SECOND_US);
        g_assert_cmpint(lease_rig_view(rig, 1)->state, ==, LEASE_HELD);
        g_assert_null(lease_rig_view(rig, 1)->host);
        assert_trouble(rig, 1, cases[i].says);
        assert_trouble(rig, 1, name);
        g_assert_true(lease_rig_may_act(rig, 0));
    }
}

/* What stands in the lease's place may be anything: only its name is looked at. */
static void test_lease_itself_is_never_opened(void)
{
    autoptr(lease_rig) rig = lease_rig_new(1);
    g_autofree char *path =
        path_of(rig, "lease-00000000000000000003-00000000000000000000-0123456789abcdef-held");
    g_assert_cmpint(g_mkdir(rig->lease, 0777), ==, 0);
    put_fifo(path);
    lease_core_want(rig->seats[0].core, 0);
    lease_rig_run(rig, 10 * SECOND_US);
    g_assert_cmpuint(lease_rig_view(rig, 0)->own_fence, ==, 4);
}

static void test_endless_directory_is_refused(void)
{
    autoptr(lease_rig) rig = lease_rig_new(1);
    g_assert_cmpint(g_mkdir(rig->lease, 0777), ==, 0);
    for (guint i = 0; i < 4200; i++) {
        g_autofree char *name = g_strdup_printf("holder-%u", i);
        g_autofree char *path = path_of(rig, name);
        int fd = g_creat(path, 0666);
        g_assert_cmpint(fd, >=, 0);
        close(fd);
    }
    lease_rig_step(rig, 0);
    g_assert_cmpint(lease_rig_view(rig, 0)->state, ==, LEASE_TROUBLE);
}

#define ADD(name) g_test_add_func("/store/lease_file/" #name, test_##name)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(one_name_that_grows);
    ADD(old_ones_are_swept);
    ADD(own_file_gone_is_deposed);
    ADD(emptied_directory_keeps_the_number_growing);
    ADD(newcomer_gets_no_number_again);
    ADD(holder_of_an_old_number_is_deposed);
    ADD(old_backup_brings_no_number_back);
    ADD(old_number_beside_it_is_nothing);
    ADD(greater_number_deposes);
    ADD(number_that_cannot_grow_is_told);
    ADD(beat_whose_answer_was_lost);
    ADD(store_gone_and_back);
    ADD(store_that_is_no_directory);
    ADD(something_else_in_the_way);
    ADD(holder_file_is_hostile);
    ADD(lease_itself_is_never_opened);
    ADD(endless_directory_is_refused);
    return g_test_run();
}
