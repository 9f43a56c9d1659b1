/* The scripts that hosts are sent, run here by sh among stand-ins for the commands they use. */
#include "core/driver/libvirt/host_script.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/driver/libvirt/host_facts.h"
#include "core/driver/libvirt/power_off.h"

struct bench {
    char *directory;
};

static void put_utmp(struct bench *bench)
{
    g_autofree char *path = g_build_filename(bench->directory, "utmp", NULL);

    g_assert_true(g_file_set_contents(path, "x", -1, NULL));
}

static void take_utmp(struct bench *bench)
{
    g_autofree char *path = g_build_filename(bench->directory, "utmp", NULL);

    g_assert_cmpint(g_unlink(path), ==, 0);
}

static void set_up(struct bench *bench, gconstpointer data)
{
    (void)data;
    bench->directory = g_dir_make_tmp("roost-script-XXXXXX", NULL);
    g_assert_nonnull(bench->directory);
    put_utmp(bench);
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
}

static void put_command(struct bench *bench, const char *name, const char *body)
{
    g_autofree char *path = g_build_filename(bench->directory, name, NULL);
    g_autofree char *text = g_strdup_printf("#!/bin/sh\n%s\n", body);

    g_assert_true(g_file_set_contents(path, text, -1, NULL));
    g_chmod(path, 0755);
}

/* Its input is the script and, once its output holds `farewell` (NULL = never), the reply. */
static char *run_replying(struct bench *bench, const char *script, const char *farewell,
                          const char *reply)
{
    g_autofree char *line = g_strdup_printf("%s 2>/dev/null", host_script_command);
    g_autofree char *search = g_strdup_printf("PATH=%s:/usr/bin:/bin", bench->directory);
    char *argv[] = {(char *)"/bin/sh", (char *)"-c", line, NULL};
    char *envp[] = {search, NULL};
    GString *output = g_string_new(NULL);
    g_autoptr(GError) error = NULL;
    g_autoptr(GString) own = g_string_new(script);
    g_autofree char *utmp = g_build_filename(bench->directory, "utmp", NULL);
    char byte;
    int in, out;

    /* What this machine keeps of its own sessions is no concern of the tests. */
    g_string_replace(own, "/run/utmp", utmp, 0);
    g_string_replace(own, "/run/systemd/sessions", bench->directory, 0);
    g_spawn_async_with_pipes(NULL, argv, envp, G_SPAWN_DEFAULT, NULL, NULL, NULL, &in, &out, NULL,
                             &error);
    g_assert_no_error(error);
    g_assert_cmpint(write(in, own->str, own->len), ==, own->len);
    while (farewell && !strstr(output->str, farewell) && read(out, &byte, 1) == 1)
        g_string_append_c(output, byte);
    if (farewell && strstr(output->str, farewell) && reply)
        g_assert_cmpint(write(in, reply, strlen(reply)), ==, strlen(reply));
    close(in);
    while (read(out, &byte, 1) == 1)
        g_string_append_c(output, byte);
    close(out);
    return g_string_free(output, FALSE);
}

/* Runs the script as a host's sh would, and returns what it says. */
static char *run(struct bench *bench, const char *script)
{
    return run_replying(bench, script, NULL, NULL);
}

static void put_links(struct bench *bench)
{
    put_command(bench, "ip",
                "case \"$*\" in\n"
                "'-o address show to 10.0.0.7') echo '2: eth0    inet 10.0.0.7/24 brd 10.0.0.255 "
                "scope global eth0' ;;\n"
                "'-d -o link show') echo '1: lo: <UP> mtu 1\\    link/loopback 00'; echo '2: eth0: "
                "<UP> mtu 1500\\    link/ether 52:54:00:00:00:07 brd ff addrgenmode eui64' ;;\n"
                "*) exit 1 ;;\nesac");
    put_command(bench, "ethtool",
                "[ \"$1\" = eth0 ] || exit 1\n"
                "echo 'Settings for eth0:'; printf '\\tSupports Wake-on: pg\\n\\tWake-on: g\\n'");
}

static void tells_everything(struct bench *bench, gconstpointer data)
{
    g_autofree char *script = host_script_facts("10.0.0.7", TRUE);
    g_autofree char *output = NULL;
    autoptr(host_facts) facts = NULL;

    (void)data;
    put_links(bench);
    put_command(bench, "who", "echo 'ana pts/0 today'; echo 'bob tty1 today'");
    output = run(bench, script);
    facts = host_facts_parse(output, strlen(output), NULL);
    g_assert_nonnull(facts);
    g_assert_null(facts->complaint);
    g_assert_nonnull(facts->hostname);
    g_assert_cmpint(facts->load15_permille, >=, 0);
    g_assert_cmpuint(facts->cpus, >, 0);
    g_assert_cmpuint(facts->mem_total_kib, >, facts->mem_available_kib);
    g_assert_cmpuint(facts->mem_available_kib, >, 0);
    g_assert_cmpuint(facts->cpu_ticks, >, 0);
    g_assert_cmpstr(facts->users[0], ==, "ana (pts/0, since today)");
    g_assert_cmpstr(facts->users[1], ==, "bob (tty1, since today)");
    g_assert_cmpstr(facts->mac, ==, "52:54:00:00:00:07");
    g_assert_cmpstr(facts->broadcast, ==, "10.0.0.255");
    g_assert_cmpint(facts->wake, ==, HOST_WAKE_ARMED);
}

static void tells_nobody(struct bench *bench, gconstpointer data)
{
    g_autofree char *script = host_script_facts("10.0.0.7", FALSE);
    g_autofree char *output = NULL;
    autoptr(host_facts) facts = NULL;

    (void)data;
    put_command(bench, "who", "exit 0");
    output = run(bench, script);
    facts = host_facts_parse(output, strlen(output), NULL);
    g_assert_nonnull(facts->users);
    g_assert_null(facts->users[0]);
    g_assert_false(facts->has_link);
}

/* One shell, asked again and again: each answer is whole, and ends with its own farewell. */
static void stands_and_is_asked_again(struct bench *bench, gconstpointer data)
{
    g_autofree char *setup = host_script_setup("10.0.0.7");
    g_autofree char *first = host_script_look("over-1", TRUE, FALSE);
    g_autofree char *second = host_script_look("over-2", FALSE, FALSE);
    g_autofree char *third = host_script_look("over-3", FALSE, TRUE);
    g_autofree char *script = g_strconcat(setup, first, second, third, NULL);
    g_autofree char *output = NULL;
    const char *answer;

    (void)data;
    put_links(bench);
    put_command(bench, "who", "echo 'ana pts/0 today'");
    output = run(bench, script);
    answer = output;
    for (guint i = 1; i <= 3; i++) {
        g_autofree char *farewell = g_strdup_printf("\nover-%u\n", i);
        const char *next = strstr(answer, farewell);
        autoptr(host_facts) facts = NULL;

        g_assert_nonnull(next);
        g_assert_true(g_str_has_prefix(answer, "roost-begin\n"));
        facts = host_facts_parse(answer, (gsize)(next - answer) + 1, NULL);
        g_assert_nonnull(facts);
        g_assert_null(facts->complaint);
        g_assert_cmpuint(facts->mem_available_kib, >, 0);
        g_assert_cmpuint(facts->cpu_ticks, >, 0);
        g_assert_cmpuint(g_strv_length(facts->users), ==, 1);
        g_assert_cmpint(facts->has_link, ==, i == 1); /* the full one */
        g_assert_cmpint(facts->cpus > 0, ==, i == 1);
        answer = next + strlen(farewell);
    }
    g_assert_cmpstr(answer, ==, "");
}

static void leaves_users_unknown_when_who_fails(struct bench *bench, gconstpointer data)
{
    g_autofree char *script = host_script_facts("10.0.0.7", FALSE);
    g_autofree char *output = NULL;
    autoptr(host_facts) facts = NULL;

    (void)data;
    put_command(bench, "who", "exit 1");
    output = run(bench, script);
    facts = host_facts_parse(output, strlen(output), NULL);
    g_assert_nonnull(facts);
    g_assert_null(facts->users);
}

static void lets_no_user_pass_for_the_end(struct bench *bench, gconstpointer data)
{
    g_autofree char *script = host_script_facts("10.0.0.7", FALSE);
    g_autofree char *output = NULL;
    autoptr(host_facts) facts = NULL;

    (void)data;
    put_command(bench, "who", "echo roost-end; echo 'cpus 99'; echo 'users asked'");
    output = run(bench, script);
    facts = host_facts_parse(output, strlen(output), NULL);
    g_assert_nonnull(facts);
    g_assert_cmpuint(g_strv_length(facts->users), ==, 3);
    g_assert_cmpstr(facts->users[0], ==, "roost-end");
}

/* A host without utmp: what ps and logind's files say of it. */
static void finds_who_sits_at_a_terminal_without_utmp(struct bench *bench, gconstpointer data)
{
    g_autofree char *script = host_script_facts("10.0.0.7", FALSE);
    g_autofree char *output = NULL;
    g_autofree char *seat = g_build_filename(bench->directory, "7", NULL);
    g_autofree char *greeter = g_build_filename(bench->directory, "c1", NULL);
    autoptr(host_facts) facts = NULL;

    (void)data;
    take_utmp(bench);
    put_command(bench, "who", "exit 0");
    put_command(bench, "ps",
                "echo '?        root     systemd'; echo 'tty1     root     agetty'\n"
                "echo 'pts/0    ana      bash'; echo 'pts/0    root     sudo'\n"
                "echo 'pts/3    *        odd name'; echo 'tty7     gdm      gnome-session'\n"
                "echo 'tty2     root     login'; echo 'tty2     bob      sh'");
    g_assert_true(g_file_set_contents(seat,
                                      "# private\nUID=1\nUSER=eva\nACTIVE=1\nSTATE=active\n"
                                      "TYPE=wayland\nCLASS=user\nREMOTE_HOST=$(touch x)\n",
                                      -1, NULL));
    g_assert_true(g_file_set_contents(
        greeter, "USER=gdm\nSTATE=active\nTYPE=wayland\nCLASS=greeter\n", -1, NULL));
    output = run(bench, script);
    facts = host_facts_parse(output, strlen(output), NULL);
    g_assert_nonnull(facts);
    g_assert_cmpuint(g_strv_length(facts->users), ==, 4);
    g_assert_cmpstr(facts->users[0], ==, "ana (pts/0)");
    g_assert_cmpstr(facts->users[1], ==, "* (pts/3)");
    g_assert_cmpstr(facts->users[2], ==, "bob (tty2)");
    g_assert_cmpstr(facts->users[3], ==, "eva (wayland, since ($(touch x)))");
}

static void finds_nobody_without_utmp(struct bench *bench, gconstpointer data)
{
    g_autofree char *script = host_script_facts("10.0.0.7", FALSE);
    g_autofree char *output = NULL;
    autoptr(host_facts) facts = NULL;

    (void)data;
    take_utmp(bench);
    put_command(bench, "ps", "echo '?        root     systemd'; echo 'tty1     root     agetty'");
    output = run(bench, script);
    facts = host_facts_parse(output, strlen(output), NULL);
    g_assert_nonnull(facts->users);
    g_assert_null(facts->users[0]);
}

static void leaves_users_unknown_without_utmp_and_ps(struct bench *bench, gconstpointer data)
{
    g_autofree char *script = host_script_facts("10.0.0.7", FALSE);
    g_autofree char *output = NULL;
    autoptr(host_facts) facts = NULL;

    (void)data;
    take_utmp(bench);
    put_command(bench, "who", "exit 0");
    put_command(bench, "ps", "exit 127");
    output = run(bench, script);
    facts = host_facts_parse(output, strlen(output), NULL);
    g_assert_null(facts->users);
}

static void says_from_where_and_since_when(void)
{
    static const char *const cases[][2] = {
        {"ana pts/0  2026-11-21 08:12 (10.0.0.9)",
         "ana (pts/0, from 10.0.0.9, since 2026-11-21 08:12)"},
        {"bob tty1   Nov 21 08:12", "bob (tty1, since Nov 21 08:12)"},
        {"eva x11 (:0)", "eva (x11, from :0)"},
        {"roost-end", "roost-end"},
        {"x ()", "x (())"},
        {"(a)", "(a)"},
        {"  ", NULL},
        {"", NULL},
    };

    for (guint i = 0; i < G_N_ELEMENTS(cases); i++) {
        g_autofree char *user = host_facts_user(cases[i][0]);

        g_assert_cmpstr(user, ==, cases[i][1]);
    }
}

/* What came of it, and whether the command was run. */
static gboolean power_off_replying(struct bench *bench, gboolean force, const char *reply,
                                   gboolean *ran, GError **error)
{
    g_autofree char *mark = g_build_filename(bench->directory, "ran", NULL);
    g_autofree char *script = host_script_power_off("false || poweroff", force);
    g_autofree char *poweroff = g_strdup_printf("echo x >'%s'", mark);
    g_autofree char *output = NULL;
    autoptr(ssh_answer) answer = ssh_answer_new();
    gboolean told;

    put_command(bench, "poweroff", poweroff);
    output = run_replying(bench, script, "going on\n", reply);
    g_string_assign(answer->output, output);
    told = power_off_read(answer, NULL, "10.0.0.7", error);
    *ran = g_file_test(mark, G_FILE_TEST_EXISTS);
    return told;
}

static gboolean power_off(struct bench *bench, gboolean force, gboolean *ran, GError **error)
{
    return power_off_replying(bench, force, HOST_SCRIPT_GO "\n", ran, error);
}

/* Whoever asked is gone, or says something else: nothing is done that nobody would know of. */
static void stays_on_without_a_reply(struct bench *bench, gconstpointer data)
{
    gboolean ran;

    (void)data;
    put_command(bench, "who", "exit 0");
    power_off_replying(bench, FALSE, NULL, &ran, NULL);
    g_assert_false(ran);
    power_off_replying(bench, FALSE, "roost-end\n", &ran, NULL);
    g_assert_false(ran);
}

static void switches_off_an_empty_host(struct bench *bench, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gboolean ran;

    (void)data;
    put_command(bench, "who", "exit 0");
    g_assert_true(power_off(bench, FALSE, &ran, &error));
    g_assert_no_error(error);
    g_assert_true(ran);
}

static void spares_who_is_logged_in(struct bench *bench, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gboolean ran;

    (void)data;
    put_command(bench, "who", "echo 'ana pts/0'");
    g_assert_false(power_off(bench, FALSE, &ran, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "ana"));
    g_assert_false(ran);
}

static void spares_when_it_cannot_tell(struct bench *bench, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gboolean ran;

    (void)data;
    put_command(bench, "who", "exit 3");
    g_assert_false(power_off(bench, FALSE, &ran, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_false(ran);
}

static void goes_on_when_forced(struct bench *bench, gconstpointer data)
{
    g_autoptr(GError) error = NULL;
    gboolean ran;

    (void)data;
    put_command(bench, "who", "echo 'ana pts/0'");
    g_assert_true(power_off(bench, TRUE, &ran, &error));
    g_assert_no_error(error);
    g_assert_true(ran);
}

static gboolean read_text(const char *text, const char *complaint, const GError *broken,
                          GError **error)
{
    autoptr(ssh_answer) answer = ssh_answer_new();

    g_string_assign(answer->output, text);
    g_string_assign(answer->complaint, complaint);
    return power_off_read(answer, broken, "10.0.0.7", error);
}

static void takes_a_connection_that_drops_for_going(void)
{
    g_autoptr(GError) broken = g_error_new(ROOST_ERROR, ROOST_ERROR_UNREACHABLE, "gone");
    g_autoptr(GError) error = NULL;

    g_assert_true(read_text("roost-begin\ngoing on\n", "", broken, NULL));
    g_assert_true(read_text("roost-begin\ngoing on\n", "", NULL, NULL));
    g_assert_false(read_text("roost-begin\n", "", broken, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
}

static void tells_why_the_command_failed(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(read_text("roost-begin\ngoing on\nstatus 1\nroost-end\n",
                             "Interactive\033 authentication required", NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "authentication required"));
    g_assert_null(strchr(error->message, '\033'));
    g_clear_error(&error);
    g_assert_false(read_text("no shell here", "", NULL, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
}

#define ADD(name) g_test_add("/libvirt/script/" #name, struct bench, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(tells_everything);
    ADD(tells_nobody);
    ADD(stands_and_is_asked_again);
    ADD(leaves_users_unknown_when_who_fails);
    ADD(lets_no_user_pass_for_the_end);
    ADD(finds_who_sits_at_a_terminal_without_utmp);
    ADD(finds_nobody_without_utmp);
    ADD(leaves_users_unknown_without_utmp_and_ps);
    g_test_add_func("/libvirt/facts/says_from_where_and_since_when",
                    says_from_where_and_since_when);
    ADD(switches_off_an_empty_host);
    ADD(stays_on_without_a_reply);
    ADD(spares_who_is_logged_in);
    ADD(spares_when_it_cannot_tell);
    ADD(goes_on_when_forced);
    g_test_add_func("/libvirt/power_off/takes_a_connection_that_drops_for_going",
                    takes_a_connection_that_drops_for_going);
    g_test_add_func("/libvirt/power_off/tells_why_the_command_failed",
                    tells_why_the_command_failed);
    return g_test_run();
}
