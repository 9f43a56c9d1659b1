/* The scripts of an examination, run here by sh among stand-ins for the commands they use. */
#include "core/driver/libvirt/check_script.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/driver/libvirt/check_facts.h"
#include "core/driver/libvirt/host_script.h"

struct bench {
    char *directory;
    struct access *access;
};

static void set_up(struct bench *bench, gconstpointer data)
{
    static const struct libvirt_settings settings = {.ssh_user = "root", .ssh_port = 2222};

    (void)data;
    bench->directory = g_dir_make_tmp("roost-check-XXXXXX", NULL);
    bench->access = access_new(&settings, NULL);
    g_assert_nonnull(bench->directory);
}

static void tear_down(struct bench *bench, gconstpointer data)
{
    GDir *listing = g_dir_open(bench->directory, 0, NULL);
    const char *name;

    (void)data;
    while ((name = g_dir_read_name(listing))) {
        g_autofree char *path = g_build_filename(bench->directory, name, NULL);

        g_unlink(path);
    }
    g_dir_close(listing);
    g_rmdir(bench->directory);
    g_free(bench->directory);
    access_unref(bench->access);
}

static char *path_of(const struct bench *bench, const char *name)
{
    return g_build_filename(bench->directory, name, NULL);
}

static void put_file(const struct bench *bench, const char *name, const char *text)
{
    g_autofree char *path = path_of(bench, name);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static void put_command(const struct bench *bench, const char *name, const char *body)
{
    g_autofree char *path = path_of(bench, name);
    g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n", body);

    put_file(bench, name, text);
    g_chmod(path, 0755);
}

/* Runs the script as a host's sh would. */
static struct check_facts *run(const struct bench *bench, char *script_take,
                               struct check_report *report)
{
    g_autofree char *script = script_take;
    g_autofree char *path = path_of(bench, "script");
    g_autofree char *quoted = g_shell_quote(path);
    g_autofree char *line = g_strdup_printf("%s <%s", host_script_command, quoted);
    g_autofree char *search = g_strdup_printf("PATH=%s:/usr/bin:/bin", bench->directory);
    char *argv[] = {(char *)"/bin/sh", (char *)"-c", line, NULL};
    char *envp[] = {search, NULL};
    g_autofree char *output = NULL;
    g_autofree char *complaint = NULL;
    g_autoptr(GError) error = NULL;

    g_assert_true(g_file_set_contents(path, script, -1, NULL));
    g_spawn_sync(NULL, argv, envp, G_SPAWN_DEFAULT, NULL, NULL, &output, &complaint, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(complaint, ==, "");
    return check_facts_parse(output, strlen(output), report);
}

static void tells_the_time(struct bench *bench, gconstpointer data)
{
    gint64 before_us = g_get_real_time();
    autoptr(check_facts) facts = run(bench, check_script_clock(), NULL);

    (void)data;
    g_assert_true(facts->whole);
    g_assert_cmpint(facts->clock_us, >=, before_us);
    g_assert_cmpint(facts->clock_us, <=, g_get_real_time());
}

/* Stand-ins and small systems know seconds only. */
static void tells_the_time_of_a_date_without_fractions(struct bench *bench, gconstpointer data)
{
    (void)data;
    put_command(bench, "date", "case $1 in *N*) echo 1767787200.%N ;; *) echo 1767787200 ;; esac");
    autoptr(check_facts) facts = run(bench, check_script_clock(), NULL);
    g_assert_cmpint(facts->clock_us, ==, G_GINT64_CONSTANT(1767787200000000));
    g_assert_true(facts->clock_whole);
}

static void finds_the_token(struct bench *bench, gconstpointer data)
{
    g_autofree char *there = path_of(bench, "to'ken $(x)");
    g_autofree char *missing = path_of(bench, "missing");

    (void)data;
    put_file(bench, "to'ken $(x)", "roost 1234\nanother line\n");
    autoptr(check_facts) found = run(bench, check_script_first(NULL, there), NULL);
    g_assert_true(found->whole);
    g_assert_cmpstr(found->token, ==, "roost 1234");
    autoptr(check_facts) absent = run(bench, check_script_first(NULL, missing), NULL);
    g_assert_true(absent->token_asked && absent->has_directory && !absent->token);
    autoptr(check_facts) nowhere = run(bench, check_script_first(NULL, "/no/such/token"), NULL);
    g_assert_true(nowhere->token_asked && !nowhere->has_directory);
    autoptr(check_facts) unasked = run(bench, check_script_first(NULL, NULL), NULL);
    g_assert_false(unasked->token_asked);
    g_assert_true(unasked->whole);
}

static void reads_the_card(struct bench *bench, gconstpointer data)
{
    (void)data;
    put_command(bench, "ethtool",
                "[ \"$1\" = eth0 ] || exit 1\necho 'Settings for eth0:'\n"
                "printf '\\tSupports Wake-on: pumbg\\n\\tWake-on: d\\n'");
    autoptr(check_facts) facts = run(bench, check_script_first("eth0", NULL), NULL);
    g_assert_cmpstr(facts->wake_supports, ==, "pumbg");
    g_assert_cmpstr(facts->wake, ==, "d");
    g_assert_true(check_facts_has(facts->tools, "ethtool"));
}

static void tells_files_apart(struct bench *bench, gconstpointer data)
{
    g_autofree char *one = path_of(bench, "a disk; rm -rf $HOME");
    g_autofree char *other = path_of(bench, "-b");
    g_autofree char *missing = path_of(bench, "missing");
    const char *const files[] = {one, other, missing, "/tmp/new\nline", NULL};
    const struct check_request request = {.second = TRUE, .files = files};
    autoptr(check_report) report = check_report_new();

    (void)data;
    put_file(bench, "a disk; rm -rf $HOME", "12345");
    put_file(bench, "-b", "1");
    autoptr(check_facts) facts = run(bench, check_script_second(&request, bench->access), report);
    g_assert_true(facts->whole);
    g_assert_cmpuint(g_hash_table_size(report->files), ==, 2);
    g_assert_nonnull(strstr(g_hash_table_lookup(report->files, one), " 5 "));
    g_assert_nonnull(g_hash_table_lookup(report->files, other));
}

/* bash stands in for the network: what it says is what is told of the port. */
static void tries_the_ports_of_all_peers(struct bench *bench, gconstpointer data)
{
    static const char *const peers[] = {"10.0.0.2", "10.0.0.3", "fd00::4", NULL};
    const struct check_request request = {.second = TRUE, .peers = peers};
    autoptr(check_report) report = check_report_new();

    (void)data;
    put_command(bench, "ip",
                "[ \"$4\" != fd00::4 ] || { echo 'RTNETLINK answers: unreachable' >&2; exit 2; }\n"
                "echo \"$4 dev br0 src 10.0.0.1 uid 0 \\\\    cache\"");
    put_command(bench, "timeout",
                "case \"$6 $7\" in\n"
                "'10.0.0.2 49152') echo 'bash: connect: Connection refused' >&2; exit 1 ;;\n"
                "'10.0.0.3 49152') exit 124 ;;\n"
                "*) echo 'bash: connect: Network is unreachable' >&2; exit 1 ;;\nesac");
    autoptr(check_facts) facts = run(bench, check_script_second(&request, bench->access), report);
    g_assert_true(facts->whole);
    g_assert_cmpuint(report->peers->len, ==, 3);
    g_assert_null(check_report_peer(report, "10.0.0.2")->port_trouble);
    g_assert_cmpstr(check_report_peer(report, "10.0.0.2")->device, ==, "br0");
    g_assert_cmpstr(check_report_peer(report, "10.0.0.3")->port_trouble, ==, "no answer");
    g_assert_true(check_report_peer(report, "fd00::4")->here);
    g_assert_null(check_report_peer(report, "fd00::4")->device);
}

static void tries_keys_as_libvirt_would(struct bench *bench, gconstpointer data)
{
    static const char *const peers[] = {"10.0.0.3", "10.0.0.2", NULL};
    const struct check_request request = {.second = TRUE, .peers = peers, .peer_keys = TRUE};
    autoptr(check_report) report = check_report_new();
    g_autofree char *log = path_of(bench, "log");
    g_autofree char *body = g_strdup_printf("[ \"$2\" = ssh ] || exit 0\necho \"$@\" >>'%s'\n"
                                            "case \"$*\" in *10.0.0.3*) echo 'Permission denied "
                                            "(publickey).' >&2; exit 255 ;; esac",
                                            log);
    g_autofree char *asked = NULL;

    (void)data;
    put_command(bench, "timeout", body);
    autoptr(check_facts) facts = run(bench, check_script_second(&request, bench->access), report);
    g_assert_true(facts->whole);
    g_assert_null(check_report_peer(report, "10.0.0.2")->key_trouble);
    g_assert_cmpstr(check_report_peer(report, "10.0.0.3")->key_trouble, ==, "Permission denied");
    g_assert_true(g_file_get_contents(log, &asked, NULL, NULL));
    g_assert_nonnull(strstr(asked, "-p 2222 -l root -- 10.0.0.3 true"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define TEST(name) g_test_add("/check_script/" #name, struct bench, NULL, set_up, name, tear_down)
    TEST(tells_the_time);
    TEST(tells_the_time_of_a_date_without_fractions);
    TEST(finds_the_token);
    TEST(reads_the_card);
    TEST(tells_files_apart);
    TEST(tries_the_ports_of_all_peers);
    TEST(tries_keys_as_libvirt_would);
    return g_test_run();
}
