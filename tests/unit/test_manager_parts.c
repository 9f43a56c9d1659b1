/* What a manager is made of besides its engine: whose turn it is, what it tells, its pid file. */
#include <glib/gstdio.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/manager/notify.h"
#include "core/manager/pid_file.h"
#include "core/manager/takeover.h"

/* --- Whose turn --- */

static struct cluster *four_hosts(void)
{
    static const char *const names[] = {"pc01", "pc02.lab.example", "pc03", "pc04"};
    struct cluster *cluster = cluster_new("lab");

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *address = g_strdup_printf("10.0.0.%u", i + 1);
        struct host *host = cluster_add_host(cluster, names[i], address, NULL);
        host->state = HOST_ON;
    }
    return cluster;
}

static const char *found(const char *hostname, const char *address)
{
    static char name[64];
    autoptr(cluster) cluster = four_hosts();
    char *addresses[] = {(char *)"192.168.7.7", (char *)address, NULL};
    const struct takeover_machine machine = {(char *)hostname, addresses};
    const struct host *host = takeover_find_host(cluster, &machine);

    g_strlcpy(name, host ? host->name : "none", sizeof name);
    return name;
}

static void a_machine_knows_its_host(void)
{
    g_assert_cmpstr(found("elsewhere", "10.0.0.3"), ==, "pc03");
    g_assert_cmpstr(found("pc01", "10.0.0.3"), ==, "pc03"); /* an address says more than a name */
    g_assert_cmpstr(found("PC01", NULL), ==, "pc01");
    g_assert_cmpstr(found("pc02", NULL), ==, "pc02.lab.example");
    g_assert_cmpstr(found("pc01.lab.example", NULL), ==, "pc01");
    g_assert_cmpstr(found("pc02.other.example", NULL), ==, "none");
    g_assert_cmpstr(found("pc0", NULL), ==, "none");
    g_assert_cmpstr(found("pc011", NULL), ==, "none");
    g_assert_cmpstr(found("elsewhere", "10.0.0.30"), ==, "none");
}

static void this_machine_is_something(void)
{
    struct takeover_machine machine;

    takeover_machine_init(&machine);
    g_assert_nonnull(machine.hostname);
    g_assert_nonnull(machine.addresses);
    for (guint i = 0; machine.addresses[i]; i++)
        g_assert_cmpstr(machine.addresses[i], !=, "127.0.0.1");
    takeover_machine_clear(&machine);
}

static gint64 delay_of(const struct cluster *cluster, guint index)
{
    return takeover_delay_us(cluster, g_ptr_array_index(cluster->hosts, index), 1000);
}

static void the_first_living_node_comes_first(void)
{
    autoptr(cluster) cluster = four_hosts();

    g_assert_cmpint(delay_of(cluster, 0), ==, 0);
    g_assert_cmpint(delay_of(cluster, 3), ==, 3000);
    g_assert_cmpint(takeover_delay_us(cluster, NULL, 1000), ==, 5000);
    ((struct host *)g_ptr_array_index(cluster->hosts, 0))->state = HOST_OFF;
    ((struct host *)g_ptr_array_index(cluster->hosts, 1))->state = HOST_UNREACHABLE;
    g_assert_cmpint(delay_of(cluster, 2), ==, 0);
    g_assert_cmpint(delay_of(cluster, 3), ==, 1000);
    for (guint i = 5; i < 100; i++) {
        g_autofree char *name = g_strdup_printf("more%u", i);
        g_autofree char *address = g_strdup_printf("10.0.1.%u", i);
        cluster_add_host(cluster, name, address, NULL)->state = HOST_ON;
    }
    g_assert_cmpint(delay_of(cluster, 90), ==, TAKEOVER_PLACES_MOST * 1000); /* not for minutes */
    g_assert_cmpint(takeover_delay_us(cluster, NULL, 1000), ==, (TAKEOVER_PLACES_MOST + 1) * 1000);
}

/* --- What it tells --- */

static int listen_at(const char *name)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    gsize length = strlen(name);
    int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

    memcpy(address.sun_path, name, length);
    if (name[0] == '@')
        address.sun_path[0] = '\0';
    g_assert_cmpint(bind(fd, (struct sockaddr *)&address,
                         (socklen_t)(offsetof(struct sockaddr_un, sun_path) + length)),
                    ==, 0);
    return fd;
}

static void assert_heard(int fd, const char *text)
{
    char buffer[256] = "";

    g_assert_cmpint(recv(fd, buffer, sizeof buffer - 1, 0), >, 0);
    g_assert_true(g_str_has_prefix(buffer, text));
}

static void tells_at(const char *name)
{
    int fd = listen_at(name);

    g_setenv("NOTIFY_SOCKET", name, TRUE);
    g_assert_true(notify_send("READY=1"));
    assert_heard(fd, "READY=1");
    g_assert_true(notify_status("one\ntwo\rthree"));
    assert_heard(fd, "STATUS=one two three");
    g_assert_true(notify_reloading());
    assert_heard(fd, "RELOADING=1\nMONOTONIC_USEC=");
    close(fd);
    g_assert_false(notify_send("READY=1")); /* nobody listens any more */
    g_unsetenv("NOTIFY_SOCKET");
}

static void tells_a_socket_of_either_kind(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-notify-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "notify", NULL);
    g_autofree char *abstract = g_strdup_printf("@roost-test-notify-%d", (int)getpid());

    tells_at(path);
    tells_at(abstract);
    g_unlink(path);
    g_rmdir(dir);
}

static void tells_nobody_without_a_socket(void)
{
    g_autofree char *long_name = g_strnfill(200, 'x');

    long_name[0] = '/';
    g_unsetenv("NOTIFY_SOCKET");
    g_assert_false(notify_send("READY=1"));
    for (const char *const *name =
             (const char *const[]){"", "/", "@", "relative", "vsock:2:1", NULL};
         *name; name++) {
        g_setenv("NOTIFY_SOCKET", *name, TRUE);
        g_assert_false(notify_send("READY=1"));
    }
    g_setenv("NOTIFY_SOCKET", long_name, TRUE);
    g_assert_false(notify_send("READY=1"));
    g_unsetenv("NOTIFY_SOCKET");
}

static void the_watchdog_hears_at_half_its_time(void)
{
    g_autofree char *own = g_strdup_printf("%d", (int)getpid());

    g_unsetenv("WATCHDOG_USEC");
    g_assert_cmpint(notify_watchdog_us(), ==, 0);
    g_setenv("WATCHDOG_USEC", "30000000", TRUE);
    g_assert_cmpint(notify_watchdog_us(), ==, 15000000);
    g_setenv("WATCHDOG_PID", "1", TRUE);
    g_assert_cmpint(notify_watchdog_us(), ==, 0);
    g_setenv("WATCHDOG_PID", own, TRUE);
    g_assert_cmpint(notify_watchdog_us(), ==, 15000000);
    g_setenv("WATCHDOG_USEC", "1", TRUE);
    g_assert_cmpint(notify_watchdog_us(), ==, 1);
    g_setenv("WATCHDOG_USEC", "-5", TRUE);
    g_assert_cmpint(notify_watchdog_us(), ==, 0);
    g_setenv("WATCHDOG_USEC", "soon", TRUE);
    g_assert_cmpint(notify_watchdog_us(), ==, 0);
    g_unsetenv("WATCHDOG_USEC");
    g_unsetenv("WATCHDOG_PID");
}

/* --- Its pid file --- */

static void assert_says(const char *path, const char *rest)
{
    g_autofree char *text = NULL;
    g_autofree char *wanted = g_strdup_printf("%d\n%s\n", (int)getpid(), rest);

    g_assert_true(g_file_get_contents(path, &text, NULL, NULL));
    g_assert_cmpstr(text, ==, wanted);
}

static void a_pid_file_is_one_process_s(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-pid-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(dir, "run.pid", NULL);
    g_autoptr(GError) error = NULL;
    struct pid_file *file;

    g_assert_true(g_file_set_contents(path, "1\nleft behind by one that was killed\n", -1, NULL));
    file = pid_file_new(path, &error);
    g_assert_no_error(error);
    assert_says(path, "waiting\n0");
    pid_file_write(file, "manager", 12345678901);
    assert_says(path, "manager\n12345678901");
    pid_file_write(file, "ending", 0);
    assert_says(path, "ending\n0");
    g_assert_null(pid_file_new(path, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "another roost run"));
    g_clear_error(&error);
    pid_file_free(file);
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    file = pid_file_new(path, &error);
    g_assert_no_error(error);
    pid_file_free(file);
    g_rmdir(dir);
}

static void a_pid_file_that_cannot_be_is_told(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(pid_file_new("/nowhere/at/all/run.pid", &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
    g_assert_nonnull(strstr(error->message, "/nowhere/at/all/run.pid"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/manager/a_machine_knows_its_host", a_machine_knows_its_host);
    g_test_add_func("/manager/this_machine_is_something", this_machine_is_something);
    g_test_add_func("/manager/the_first_living_node_comes_first",
                    the_first_living_node_comes_first);
    g_test_add_func("/manager/tells_a_socket_of_either_kind", tells_a_socket_of_either_kind);
    g_test_add_func("/manager/tells_nobody_without_a_socket", tells_nobody_without_a_socket);
    g_test_add_func("/manager/the_watchdog_hears_at_half_its_time",
                    the_watchdog_hears_at_half_its_time);
    g_test_add_func("/manager/a_pid_file_is_one_process_s", a_pid_file_is_one_process_s);
    g_test_add_func("/manager/a_pid_file_that_cannot_be_is_told",
                    a_pid_file_that_cannot_be_is_told);
    return g_test_run();
}
