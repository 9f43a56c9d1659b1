/* What the verbs promise that write down what is the operator's, on a simulated lab with a store.
 */
#include <glib.h>
#include <glib/gstdio.h>
#include <string.h>

#include "tests/support/command_run.h"
#include "tests/support/temp_dir.h"

struct fixture {
    char *dir;
    char *config;
    char *lab; /* its store */
};

static void set_up(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    fixture->dir = temp_dir_new();
    fixture->config = g_build_filename(fixture->dir, "roost.conf", NULL);
    fixture->lab = g_build_filename(fixture->dir, "store", "simulated", "small", NULL);
    g_autofree char *text = g_strdup_printf("[cluster]\nstore = %s/store\n", fixture->dir);
    g_assert_true(g_file_set_contents(fixture->config, text, -1, NULL));
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    temp_dir_remove(fixture->dir);
    g_free(fixture->dir);
    g_free(fixture->config);
    g_free(fixture->lab);
}

/* Runs a verb on hosts pc01 to pc08, with a VM of the same name each. */
static int run(const struct fixture *fixture, const char *words, char **out, char **err)
{
    g_autofree char *line = g_strdup_printf("-c %s --lab small %s", fixture->config, words);
    return command_run(line, out, err);
}

static void expect(const struct fixture *fixture, const char *words, int status, const char *says)
{
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    int got = run(fixture, words, &out, &err);
    if (got != status || !strstr(status ? err : out, says))
        g_error("%s: status %d, not %d; %s%s (no \"%s\")", words, got, status, out, err, says);
}

static void expect_journal(const struct fixture *fixture, const char *says)
{
    g_autofree char *path = g_build_filename(fixture->lab, "journal.log", NULL);
    g_autofree char *text = NULL;
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    if (!strstr(text, says))
        g_error("no \"%s\" in\n%s", says, text);
}

static void test_pins_hold(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    expect(fixture, "pin pc03", 0, "vm pc03: pin pc03");
    expect(fixture, "migrate pc03 pc01", 1, "pinned");
    expect(fixture, "drain pc03", 1, "1 VM is still there");
    expect(fixture, "undrain pc03", 0, "out of maintenance");
    expect(fixture, "compact", 0, "");
    expect(fixture, "find pc03", 0, "pc03\tpc03");
    expect(fixture, "unpin pc03", 0, "pin none");
    expect(fixture, "migrate pc03 pc01", 0, "done");
    expect(fixture, "pin pc03 nowhere", 1, "no such host");
    expect(fixture, "pin nobody", 1, "no such VM");
    expect_journal(fixture, "its pin is now pc03");
    expect_journal(fixture, "its pin is now nothing");
}

static void test_groups_are_kept_apart(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    expect(fixture, "apart", 0, "");
    expect(fixture, "apart dns pc01 pc02", 0, "vm pc02: group dns");
    g_assert_cmpint(run(fixture, "apart", &out, &err), ==, 0);
    g_assert_cmpstr(out, ==, "dns\tpc01\tpc01\ndns\tpc02\tpc02\n");
    expect(fixture, "migrate pc02 pc01", 1, "kept apart");
    expect(fixture, "apart --none pc02", 0, "group none");
    expect(fixture, "migrate pc02 pc01", 0, "done");
    expect(fixture, "apart dns pc02", 0, "are both on pc01 now");
    expect(fixture, "apart dns", 2, "which VM?");
    expect(fixture, "apart a/b pc02", 1, "its group");
}

static void test_notes_homes_and_limits_are_kept(struct fixture *fixture,
                                                 G_GNUC_UNUSED gconstpointer data)
{
    expect(fixture, "note pc01", 0, "-");
    expect(fixture, "note pc01 the fan is loud", 0, "");
    expect(fixture, "note pc01", 0, "the fan is loud\n");
    expect(fixture, "note pc01 --none", 0, "note none");
    expect(fixture, "note pc01", 0, "-\n");
    expect(fixture, "vm-max pc02", 0, "8\n");
    expect(fixture, "vm-max pc02 3", 0, "");
    expect(fixture, "vm-max pc02", 0, "3\n");
    expect(fixture, "vm-max pc02 --none", 0, "");
    expect(fixture, "vm-max pc02", 0, "8\n");
    expect(fixture, "vm-max pc02 0", 1, "whole number");
    expect(fixture, "place pc02", 0, "rack R1, room aula 1, lab small");
    expect(fixture, "place pc02 rack=R9 lab=Ercolani", 0, "host pc02: rack R9");
    expect(fixture, "place pc02", 0, "rack R9, room aula 1, lab Ercolani");
    expect(fixture, "place pc02 rack=", 0, "host pc02: rack none");
    expect(fixture, "place pc02", 0, "rack -, room aula 1, lab Ercolani");
    expect(fixture, "place pc02 room=a row=b", 2, "rack=NAME, room=NAME or lab=NAME");
    expect(fixture, "place pc02", 0, "rack -, room aula 1, lab Ercolani"); /* not by halves */
    expect(fixture, "place pc02 --none rack=a", 2, "do not go together");
    expect(fixture, "place pc02 --none", 0, "lab none");
    expect(fixture, "place pc02", 0, "rack -, room -, lab -");
    expect(fixture, "place nowhere rack=a", 1, "no such host");
    expect(fixture, "home pc01", 0, "pc01\n");
    expect(fixture, "home pc01 pc05", 0, "home pc05");
    expect(fixture, "home pc01", 0, "pc05\n");
    expect(fixture, "home pc01 --none", 0, "home none");
    expect(fixture, "home pc01", 0, "-\n");
}

static void test_drain_empties_a_host(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    expect(fixture, "drain --dry-run pc04", 0, "1 move");
    expect(fixture, "drain pc[04-05]", 0, "host pc05: empty, in maintenance");
    expect(fixture, "list pc04", 0, "maintenance");
    expect(fixture, "drain pc04", 0, "host pc04: empty, in maintenance"); /* once more */
    expect(fixture, "undrain pc04 pc05", 0, "host pc05: out of maintenance");
    expect(fixture, "undrain pc04", 0, "already out");
    expect(fixture, "drain nowhere", 1, "no such host");
}

static void test_del_node_takes_hosts_out(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    expect(fixture, "del-node pc01", 1, "runs 1 VM (pc01): drain it first");
    expect(fixture, "del-node --dry-run --force pc01", 0, "would take out");
    expect(fixture, "home pc02 pc01", 0, "");
    expect(fixture, "drain pc01", 0, "empty");
    expect(fixture, "del-node pc01", 0, "host pc02: is the manager now");
    expect(fixture, "home pc02", 0, "-\n");
    expect(fixture, "del-node pc01", 1, "no such host");
    expect(fixture, "refresh", 0, "");
    expect(fixture, "del-node --force pc03", 0, "vm pc03: goes on on pc03");
    g_autofree char *path = g_build_filename(fixture->lab, "VM", "pc03.xml", NULL);
    g_assert_true(g_file_test(path, G_FILE_TEST_EXISTS));
    expect_journal(fixture, "host pc01 was taken out");
}

static void test_reset_is_to_be_confirmed(struct fixture *fixture, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->lab, "ClusterInfo.xml", NULL);
    g_autofree char *text = NULL;
    expect(fixture, "refresh", 0, "0 differences");
    expect(fixture, "reset", 2, "--confirm");
    expect(fixture, "reset --confirm large", 1, "is called \"small\"");
    expect(fixture, "reset --confirm small", 0, "8 hosts and 8 VMs are forgotten");
    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_null(strstr(text, "<host"));
    g_autofree char *removed = g_build_filename(fixture->lab, "VM", "removed", NULL);
    g_assert_cmpuint(temp_dir_count(removed), ==, 8);
    expect_journal(fixture, "reset: 8 hosts");
}

static void test_refresh_says_what_changed(struct fixture *fixture,
                                           G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *vm = g_build_filename(fixture->lab, "VM", "pc03.xml", NULL);
    expect(fixture, "refresh", 0, "vm pc03: its definition was not kept");
    expect(fixture, "refresh", 0, "8 hosts asked, 0 differences");
    g_assert_true(g_file_set_contents(vm, "<domain><name>pc03</name></domain>", -1, NULL));
    expect(fixture, "refresh", 0, "vm pc03: its definition was kept otherwise");
}

static void test_a_damaged_store_is_told_and_mended(struct fixture *fixture,
                                                    G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *path = g_build_filename(fixture->lab, "ClusterInfo.xml", NULL);
    expect(fixture, "note pc01 kept", 0, "");
    g_assert_true(g_file_set_contents(path, "<cluster>\n<host\n", -1, NULL));
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;
    g_assert_cmpint(run(fixture, "note pc01", &out, &err), ==, 0);
    g_assert_cmpstr(out, ==, "kept\n");
    g_assert_nonnull(strstr(err, "ClusterInfo.xml:3:"));
    g_assert_nonnull(strstr(err, "the last good copy"));
    g_assert_nonnull(strstr(err, "it is kept as"));
    g_autofree char *again = NULL;
    g_autofree char *quiet = NULL;
    g_assert_cmpint(run(fixture, "note pc01", &again, &quiet), ==, 0);
    g_assert_cmpstr(quiet, ==, "");
}

#define ADD(name, func)                                                                            \
    g_test_add("/command/store/" name, struct fixture, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("pins_hold", test_pins_hold);
    ADD("groups_are_kept_apart", test_groups_are_kept_apart);
    ADD("notes_homes_and_limits_are_kept", test_notes_homes_and_limits_are_kept);
    ADD("drain_empties_a_host", test_drain_empties_a_host);
    ADD("del_node_takes_hosts_out", test_del_node_takes_hosts_out);
    ADD("reset_is_to_be_confirmed", test_reset_is_to_be_confirmed);
    ADD("refresh_says_what_changed", test_refresh_says_what_changed);
    ADD("a_damaged_store_is_told_and_mended", test_a_damaged_store_is_told_and_mended);
    return g_test_run();
}
