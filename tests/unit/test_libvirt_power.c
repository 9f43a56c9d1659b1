/* What wakes a host and switches it off besides ssh: commands run here, relays, probes. */
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/placeholder.h"
#include "core/driver/libvirt/libvirt_driver.h"
#include "core/driver/libvirt/local_command.h"
#include "core/driver/libvirt/tcp_probe.h"
#include "core/driver/libvirt/wake_script.h"

/* --- Placeholders --- */

/* What a shell makes of the command, with these values. */
static char *say(const char *command, const struct placeholder_values *values)
{
    g_auto(GStrv) environment = NULL;
    g_autoptr(GError) error = NULL;
    g_autofree char *script = placeholder_fill(command, values, &environment, &error);
    char *argv[] = {(char *)"/bin/sh", (char *)"-c", script, NULL};
    char *output = NULL;

    g_assert_no_error(error);
    g_spawn_sync("/", argv, environment, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, NULL, &error);
    g_assert_no_error(error);
    return output;
}

static void no_name_is_parsed_by_the_shell(void)
{
    static const char *const names[] = {
        "pc01",
        "a b",
        "a'b\"c",
        "$(echo bad)",
        "`echo bad`",
        "; echo bad;",
        "*",
        "a\\b",
        "$HOME",
        "'; echo bad; '",
        "\"; echo bad; \"",
        "} echo bad",
        "a\tb",
        "{mac}",
        "\\",
        "é|&<>",
        "#x",
    };
    static const char *const commands[] = {
        "printf %s {name}",
        "printf %s '{name}'",
        "printf %s \"{name}\"",
        "printf %s \"\"'{name}'",
        "x={name}; printf %s \"$x\"",
        "printf %s \"$ROOST_NAME\"",
        "printf '%s' \"$(printf %s {name})\"",
    };

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        const struct placeholder_values values = {.name = names[i]};

        for (guint j = 0; j < G_N_ELEMENTS(commands); j++) {
            g_autofree char *said = say(commands[j], &values);

            g_test_message("%s with %s", commands[j], names[i]);
            g_assert_cmpstr(said, ==, names[i]);
        }
    }
}

static void other_braces_are_the_commands_own(void)
{
    const struct placeholder_values values = {
        .name = "pc01", .address = "10.0.0.1", .mac = "52:54:00:00:00:01", .user = "root"};
    g_autofree char *said =
        say("printf '%s ' '{\"on\": true}' ${HOME:+x} \"\\{name}\" {address}/{mac} '{user}@{name}'",
            &values);

    g_assert_cmpstr(said, ==, "{\"on\": true} x \\{name} 10.0.0.1/52:54:00:00:00:01 root@pc01 ");
    g_assert_true(placeholder_check("awk '{print $1}' ${mak} {}", NULL));
}

static void what_is_not_known_or_an_option_is_refused(void)
{
    const struct placeholder_values values = {.name = "-oProxyCommand=x", .address = ""};
    static const char *const commands[] = {"x {name}", "x '{address}'", "x {mac}"};

    for (guint i = 0; i < G_N_ELEMENTS(commands); i++) {
        g_auto(GStrv) environment = NULL;
        g_autoptr(GError) error = NULL;

        g_assert_null(placeholder_fill(commands[i], &values, &environment, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
        g_assert_null(environment);
    }
}

/* --- Commands --- */

struct waiting {
    guint times;
    GError *error;
};

static void on_done(const GError *error, gpointer data)
{
    struct waiting *waiting = data;

    waiting->times++;
    g_clear_error(&waiting->error);
    waiting->error = error ? g_error_copy(error) : NULL;
}

static void await(const struct waiting *waiting)
{
    while (waiting->times == 0)
        g_main_context_iteration(NULL, TRUE);
}

static void run(const char *script, gint64 timeout_us, struct waiting *waiting)
{
    g_auto(GStrv) environment = g_get_environ();
    g_autoptr(GError) error = NULL;

    g_assert_nonnull(
        local_command_start(script, environment, timeout_us, on_done, waiting, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(waiting->times, ==, 0);
    await(waiting);
}

static void a_command_has_no_terminal_and_no_input(void)
{
    struct waiting waiting = {0};

    run("[ \"$(readlink /proc/self/fd/0)\" = /dev/null ] && ! true 2>/dev/null </dev/tty &&\n"
        "[ \"$(cut -d ' ' -f 6 /proc/$$/stat)\" = $$ ]",
        10 * G_USEC_PER_SEC, &waiting);
    g_assert_no_error(waiting.error);
}

static void its_failure_is_told_in_its_own_words(void)
{
    struct waiting waiting = {0};

    run("echo first; printf 'no \\033[31msuch plug\\n' >&2; exit 3", 10 * G_USEC_PER_SEC, &waiting);
    g_assert_error(waiting.error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_cmpstr(waiting.error->message, ==, "status 3: no \\x1b[31msuch plug");
    g_clear_error(&waiting.error);
    waiting.times = 0;
    run("kill -TERM $$", 10 * G_USEC_PER_SEC, &waiting);
    g_assert_error(waiting.error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_clear_error(&waiting.error);
}

static void much_that_it_says_does_no_harm(void)
{
    struct waiting waiting = {0};

    run("head -c 3000000 /dev/zero; echo; echo the end; exit 1", 60 * G_USEC_PER_SEC, &waiting);
    g_assert_cmpstr(waiting.error->message, ==, "status 1: the end");
    g_clear_error(&waiting.error);
}

static void what_it_leaves_behind_is_not_waited_for(void)
{
    struct waiting waiting = {0};
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "roost-left-XXXXXX", NULL);
    g_autofree char *script = NULL;
    g_autofree char *pid = NULL;

    close(g_mkstemp(path));
    script = g_strdup_printf("sleep 1000 & echo $! >%s", path);
    run(script, 60 * G_USEC_PER_SEC, &waiting);
    g_assert_no_error(waiting.error);
    g_assert_true(g_file_get_contents(path, &pid, NULL, NULL));
    g_assert_cmpint(kill((pid_t)g_ascii_strtoll(pid, NULL, 10), SIGKILL), ==, 0);
    g_unlink(path);
}

static void one_that_hangs_is_killed_with_all_it_started(void)
{
    struct waiting waiting = {0};
    g_autofree char *path = g_build_filename(g_get_tmp_dir(), "roost-hung-XXXXXX", NULL);
    g_autofree char *script = NULL;
    g_autofree char *pid = NULL;

    close(g_mkstemp(path));
    script = g_strdup_printf("echo waiting; echo $$ >%s; sleep 1000; true", path);
    run(script, G_USEC_PER_SEC / 2, &waiting);
    g_assert_error(waiting.error, ROOST_ERROR, ROOST_ERROR_TIMEOUT);
    g_assert_true(g_file_get_contents(path, &pid, NULL, NULL));
    /* Its group is empty as soon as what was killed is reaped, by whoever has inherited it. */
    while (kill(-(pid_t)g_ascii_strtoll(pid, NULL, 10), 0) == 0)
        g_usleep(1000);
    g_unlink(path);
    g_clear_error(&waiting.error);
}

static void one_can_be_cancelled(void)
{
    struct waiting waiting = {0};
    g_auto(GStrv) environment = g_get_environ();

    local_command_cancel(local_command_start("sleep 1000", environment, 60 * G_USEC_PER_SEC,
                                             on_done, &waiting, NULL));
    await(&waiting);
    g_assert_error(waiting.error, ROOST_ERROR, ROOST_ERROR_CANCELLED);
    g_clear_error(&waiting.error);
    local_command_free(local_command_start("sleep 1000", environment, 60 * G_USEC_PER_SEC, on_done,
                                           &waiting, NULL));
    g_assert_cmpuint(waiting.times, ==, 1);
}

/* --- Probes --- */

static guint open_port(int *fd)
{
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t size = sizeof at;

    *fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    g_assert_cmpint(bind(*fd, (struct sockaddr *)&at, sizeof at), ==, 0);
    g_assert_cmpint(listen(*fd, 1), ==, 0);
    g_assert_cmpint(getsockname(*fd, (struct sockaddr *)&at, &size), ==, 0);
    return ntohs(at.sin_port);
}

static void any_answer_is_a_sign_of_life(void)
{
    struct waiting waiting = {0};
    int fd;
    guint port = open_port(&fd);

    tcp_probe_start("127.0.0.1", port, 10 * G_USEC_PER_SEC, on_done, &waiting);
    g_assert_cmpuint(waiting.times, ==, 0);
    await(&waiting);
    g_assert_no_error(waiting.error);
    close(fd);
    waiting.times = 0;
    tcp_probe_start("127.0.0.1", port, 10 * G_USEC_PER_SEC, on_done, &waiting);
    await(&waiting);
    g_assert_no_error(waiting.error); /* refused: somebody did that */
}

static void silence_is_told_in_time(void)
{
    struct waiting waiting = {0};
    int fd;
    guint port = open_port(&fd);
    struct sockaddr_in at = {.sin_family = AF_INET,
                             .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
                             .sin_port = htons((guint16)port)};
    int fillers[8];

    /* A backlog that is full: the kernel drops what comes then. */
    for (guint i = 0; i < G_N_ELEMENTS(fillers); i++) {
        fillers[i] = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
        (void)!connect(fillers[i], (struct sockaddr *)&at, sizeof at);
    }
    tcp_probe_start("127.0.0.1", port, G_USEC_PER_SEC / 5, on_done, &waiting);
    await(&waiting);
    g_assert_error(waiting.error, ROOST_ERROR, ROOST_ERROR_TIMEOUT);
    g_clear_error(&waiting.error);
    for (guint i = 0; i < G_N_ELEMENTS(fillers); i++)
        close(fillers[i]);
    close(fd);
    waiting.times = 0;
    tcp_probe_start("no address", 22, G_USEC_PER_SEC / 10, on_done, &waiting);
    await(&waiting);
    g_assert_nonnull(waiting.error);
    g_clear_error(&waiting.error);
    tcp_probe_free(tcp_probe_start("127.0.0.1", port, G_USEC_PER_SEC, on_done, &waiting));
}

/* --- Relays --- */

static const guint8 mac[MAC_BYTES] = {0x52, 0x54, 0x00, 0x0a, 0x25, 0xff};

/* What a relay says that has no tools but these, each "NAME BODY". */
static char *relay(const char *const *tools, char **written)
{
    g_autofree char *directory = g_dir_make_tmp("roost-relay-XXXXXX", NULL);
    g_autofree char *script = wake_script("10.0.0.7", mac, "10.0.0.255");
    g_autofree char *input = g_build_filename(directory, "script", NULL);
    g_autofree char *mark = g_build_filename(directory, "mark", NULL);
    g_autofree char *search = g_strdup_printf("PATH=%s", directory);
    g_autofree char *marked = g_strdup_printf("MARK=%s", mark);
    g_autofree char *line = g_strdup_printf("exec /bin/sh <%s", input);
    char *argv[] = {(char *)"/bin/sh", (char *)"-c", line, NULL};
    char *envp[] = {search, marked, NULL};
    char *output = NULL;
    g_autofree char *quoted = g_shell_quote(directory);
    g_autofree char *clean = g_strdup_printf("rm -rf %s", quoted);
    g_autoptr(GString) own = g_string_new(script);

    /* Not what this machine has. */
    g_string_replace(own, "PATH=$PATH:/usr/local/sbin:/usr/sbin:/sbin", "PATH=$PATH", 0);
    g_assert_true(g_file_set_contents(input, own->str, -1, NULL));
    for (guint i = 0; tools[i]; i++) {
        g_auto(GStrv) parts = g_strsplit(tools[i], " ", 2);
        g_autofree char *path = g_build_filename(directory, parts[0], NULL);
        g_autofree char *body = g_strdup_printf("#!/bin/sh\n%s\n", parts[1]);

        g_assert_true(g_file_set_contents(path, body, -1, NULL));
        g_chmod(path, 0755);
    }
    g_assert_true(
        g_spawn_sync("/", argv, envp, G_SPAWN_DEFAULT, NULL, NULL, &output, NULL, NULL, NULL));
    if (written && !g_file_get_contents(mark, written, NULL, NULL))
        *written = NULL;
    g_assert_true(g_spawn_command_line_sync(clean, NULL, NULL, NULL, NULL));
    return output;
}

static void a_relay_uses_what_it_has(void)
{
    static const char *const perl[] = {"perl for a; do last=$a; done; echo \"$# $last\" >\"$MARK\"",
                                       "python3 exit 9", "etherwake exit 1", NULL};
    static const char *const wol[] = {"python3 exit 1", "wakeonlan echo \"$*\" >\"$MARK\"", NULL};
    g_autofree char *written = NULL;
    g_autofree char *said = relay(perl, &written);
    g_autofree char *by = wake_script_read(said, strlen(said), NULL);

    g_assert_cmpstr(by, ==, "perl");
    g_assert_nonnull(written);
    g_assert_nonnull(strstr(written, "255.255.255.255"));
    g_clear_pointer(&said, g_free);
    g_clear_pointer(&by, g_free);
    g_clear_pointer(&written, g_free);
    said = relay(wol, &written);
    by = wake_script_read(said, strlen(said), NULL);
    g_assert_cmpstr(by, ==, "wakeonlan");
    g_assert_cmpstr(written, ==, "-i 10.0.0.255 52:54:00:0a:25:ff\n");
}

static void a_relay_without_tools_says_so(void)
{
    static const char *const nothing[] = {NULL};
    static const char *const broken[] = {"perl exit 1", "busybox exit 1", NULL};
    g_autofree char *bare = relay(nothing, NULL);
    g_autofree char *failed = relay(broken, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(wake_script_read(bare, strlen(bare), &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "perl, python3"));
    g_clear_error(&error);
    g_assert_null(wake_script_read(failed, strlen(failed), &error));
    g_assert_nonnull(strstr(error->message, "tried perl, busybox"));
    g_clear_error(&error);
    g_assert_null(wake_script_read("no shell\n", 9, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
}

/* The real tools of this machine, to its own loopback. */
static void its_packet_is_the_right_one(void)
{
    static const char *const tools[] = {"perl", "python3"};
    g_autofree char *script = wake_script("127.0.0.1", mac, "127.0.0.1");
    struct sockaddr_in at = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct timeval patience = {.tv_sec = 20};
    socklen_t size = sizeof at;
    int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

    g_assert_cmpint(bind(fd, (struct sockaddr *)&at, sizeof at), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&at, &size), ==, 0);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
    for (guint i = 0; i < G_N_ELEMENTS(tools); i++) {
        g_autofree char *path = g_find_program_in_path(tools[i]);
        g_autofree char *port_perl = g_strdup_printf("pack_sockaddr_in(%u,", ntohs(at.sin_port));
        g_autofree char *port_python = g_strdup_printf("(sys.argv[2], %u))", ntohs(at.sin_port));
        g_autofree char *only = g_strdup_printf("for tool in %s; do\n    has", tools[i]);
        g_autoptr(GString) own = g_string_new(script);
        char *argv[] = {(char *)"/bin/sh", (char *)"-c", NULL, NULL};
        guint8 packet[200];
        gboolean seen = FALSE;

        if (!path)
            continue;
        g_string_replace(own, "pack_sockaddr_in(9,", port_perl, 0);
        g_string_replace(own, "(sys.argv[2], 9))", port_python, 0);
        g_string_replace(own, "for tool in perl python3 socat wakeonlan; do\n    has", only, 0);
        g_string_replace(own, "for tool in etherwake busybox;", "for tool in;", 0);
        argv[2] = own->str;
        g_assert_true(g_spawn_sync("/", argv, NULL, G_SPAWN_STDOUT_TO_DEV_NULL, NULL, NULL, NULL,
                                   NULL, NULL, NULL));
        while (!seen && recv(fd, packet, sizeof packet, 0) == 102) {
            seen = TRUE;
            for (guint byte = 0; byte < 102; byte++)
                g_assert_cmpuint(packet[byte], ==, byte < 6 ? 0xff : mac[byte % 6]);
        }
        g_assert_true(seen);
    }
    close(fd);
}

/* --- The driver --- */

struct woken {
    struct waiting waiting;
    char *ways;
};

static void on_woken(const char *ways, const GError *error, gpointer data)
{
    struct woken *woken = data;

    g_free(woken->ways);
    woken->ways = g_strdup(ways);
    on_done(error, &woken->waiting);
}

static void tell(const char *address, struct libvirt_host *into, gpointer data)
{
    (void)data;
    into->name = "pc01";
    if (g_str_has_suffix(address, ".1"))
        into->wake_command = "[ {name}:{address} = pc01:127.0.0.1 ]";
    if (g_str_has_suffix(address, ".2"))
        into->wake_command = "echo {mac}";
    if (g_str_has_suffix(address, ".3"))
        into->cut_command = "exit 5";
}

static void hosts_are_woken_by_command(void)
{
    const struct libvirt_settings settings = {.find_host = tell};
    struct driver *driver = libvirt_driver_new(&settings, NULL);
    struct woken woken = {0};

    driver_wake(driver, &(struct wake_request){.address = "127.0.0.1", .attempt = 1}, on_woken,
                &woken);
    await(&woken.waiting);
    g_assert_no_error(woken.waiting.error);
    g_assert_cmpstr(woken.ways, ==, "wake_command");
    woken.waiting.times = 0;
    driver_wake(driver, &(struct wake_request){.address = "127.0.0.2", .attempt = 1}, on_woken,
                &woken);
    await(&woken.waiting);
    g_assert_nonnull(woken.waiting.error);
    g_assert_nonnull(strstr(woken.ways, "wake_command failed: the command asks for its mac"));
    woken.waiting.times = 0;
    driver_wake(driver, &(struct wake_request){.address = "127.0.0.4", .attempt = 1}, on_woken,
                &woken);
    await(&woken.waiting);
    g_assert_error(woken.waiting.error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_clear_error(&woken.waiting.error);
    g_free(woken.ways);
    driver_free(driver);
}

static void only_what_has_a_command_is_cut(void)
{
    const struct libvirt_settings settings = {.find_host = tell};
    struct driver *driver = libvirt_driver_new(&settings, NULL);
    struct waiting waiting = {0};

    g_assert_false(driver_can_cut(driver, "127.0.0.1"));
    g_assert_true(driver_can_cut(driver, "127.0.0.3"));
    driver_cut(driver, "127.0.0.1", on_done, &waiting);
    await(&waiting);
    g_assert_error(waiting.error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    waiting.times = 0;
    driver_cut(driver, "127.0.0.3", on_done, &waiting);
    await(&waiting);
    g_assert_error(waiting.error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_cmpstr(waiting.error->message, ==, "host 127.0.0.3: cut_command: status 5");
    g_clear_error(&waiting.error);
    driver_free(driver);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/base/placeholder/no_name_is_parsed_by_the_shell",
                    no_name_is_parsed_by_the_shell);
    g_test_add_func("/base/placeholder/other_braces_are_the_commands_own",
                    other_braces_are_the_commands_own);
    g_test_add_func("/base/placeholder/what_is_not_known_or_an_option_is_refused",
                    what_is_not_known_or_an_option_is_refused);
    g_test_add_func("/libvirt/command/a_command_has_no_terminal_and_no_input",
                    a_command_has_no_terminal_and_no_input);
    g_test_add_func("/libvirt/command/its_failure_is_told_in_its_own_words",
                    its_failure_is_told_in_its_own_words);
    g_test_add_func("/libvirt/command/much_that_it_says_does_no_harm",
                    much_that_it_says_does_no_harm);
    g_test_add_func("/libvirt/command/what_it_leaves_behind_is_not_waited_for",
                    what_it_leaves_behind_is_not_waited_for);
    g_test_add_func("/libvirt/command/one_that_hangs_is_killed_with_all_it_started",
                    one_that_hangs_is_killed_with_all_it_started);
    g_test_add_func("/libvirt/command/one_can_be_cancelled", one_can_be_cancelled);
    g_test_add_func("/libvirt/probe/any_answer_is_a_sign_of_life", any_answer_is_a_sign_of_life);
    g_test_add_func("/libvirt/probe/silence_is_told_in_time", silence_is_told_in_time);
    g_test_add_func("/libvirt/relay/a_relay_uses_what_it_has", a_relay_uses_what_it_has);
    g_test_add_func("/libvirt/relay/a_relay_without_tools_says_so", a_relay_without_tools_says_so);
    g_test_add_func("/libvirt/relay/its_packet_is_the_right_one", its_packet_is_the_right_one);
    g_test_add_func("/libvirt/driver/hosts_are_woken_by_command", hosts_are_woken_by_command);
    g_test_add_func("/libvirt/driver/only_what_has_a_command_is_cut",
                    only_what_has_a_command_is_cut);
    return g_test_run();
}
