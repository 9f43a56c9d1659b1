/*
 * The whole driver against libvirt's own test hypervisor, hosts that hang and hosts that refuse:
 * loopback sockets stand for them.
 */
#include "core/driver/libvirt/libvirt_driver.h"

#include <arpa/inet.h>
#include <glib/gstdio.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LAB                                                                                        \
    "<node><domain type='test'><name>web</name><uuid>4dea22b3-1d52-d8f3-2516-782e98ab3fa0</uuid>"  \
    "<memory unit='KiB'>262144</memory><vcpu>2</vcpu><os><type>hvm</type></os><devices>"           \
    "<interface type='user'><mac address='52:54:00:AA:BB:01'/></interface></devices></domain>"     \
    "<domain type='test'><name>idle&#x1f600;</name><memory unit='KiB'>131072</memory>"             \
    "<vcpu>1</vcpu><os><type>hvm</type></os></domain>"                                             \
    "<cpu><mhz>1</mhz><model>test</model><active>4</active><memory>8388608</memory></cpu></node>"

struct answer {
    guint times;
    struct host_report *report;
    GError *error;
};

struct bench {
    char *directory;
    char *uri;
    struct driver *driver;
    int hanging; /* a listener that never accepts */
    guint port;  /* its port */
    struct answer answer;
};

static int listen_here(guint *port)
{
    struct sockaddr_in name = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_ANY)};
    socklen_t size = sizeof name;
    int fd = socket(AF_INET, SOCK_STREAM, 0);

    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(bind(fd, (struct sockaddr *)&name, size), ==, 0);
    g_assert_cmpint(listen(fd, 16), ==, 0);
    g_assert_cmpint(getsockname(fd, (struct sockaddr *)&name, &size), ==, 0);
    *port = ntohs(name.sin_port);
    return fd;
}

static void write_lab(struct bench *bench)
{
    g_autofree char *path = NULL;

    bench->directory = g_dir_make_tmp("roost-driver-XXXXXX", NULL);
    path = g_build_filename(bench->directory, "lab.xml", NULL);
    g_assert_true(g_file_set_contents(path, LAB, -1, NULL));
    bench->uri = g_strdup_printf("test://%s", path);
}

/* uri NULL = over ssh. */
static void make_patient_driver(struct bench *bench, const char *uri, gint64 deadline_us)
{
    const struct libvirt_settings settings = {
        .uri = uri,
        .ssh_user = "root",
        .ssh_identity = "/nonexistent/key",
        .ssh_known_hosts = "/nonexistent/known_hosts",
        .ssh_port = bench->port,
        .connect_us = deadline_us,
        .refresh_us = deadline_us,
        .power_off_us = deadline_us,
    };
    g_autoptr(GError) error = NULL;

    bench->driver = libvirt_driver_new(&settings, &error);
    g_assert_no_error(error);
}

/* Deadlines are short only where a host hangs, and they are to be seen. */
static void make_driver(struct bench *bench, const char *uri)
{
    make_patient_driver(bench, uri, bench->hanging >= 0 ? G_USEC_PER_SEC / 5 : 60 * G_USEC_PER_SEC);
}

static void set_up(struct bench *bench, gconstpointer data)
{
    (void)data;
    bench->hanging = listen_here(&bench->port);
    write_lab(bench);
}

static void clear_answer(struct answer *answer)
{
    host_report_free(answer->report);
    g_clear_error(&answer->error);
    memset(answer, 0, sizeof *answer);
}

static void tear_down(struct bench *bench, gconstpointer data)
{
    g_autofree char *path = g_build_filename(bench->directory, "lab.xml", NULL);

    (void)data;
    driver_free(bench->driver);
    clear_answer(&bench->answer);
    if (bench->hanging >= 0)
        close(bench->hanging);
    g_unlink(path);
    g_rmdir(bench->directory);
    g_free(bench->directory);
    g_free(bench->uri);
}

static void refuse_connections(struct bench *bench)
{
    close(bench->hanging);
    bench->hanging = -1;
}

static void on_report(struct host_report *report, const GError *error, gpointer data)
{
    struct answer *answer = data;

    host_report_free(answer->report);
    g_clear_error(&answer->error);
    answer->times++;
    answer->report = report;
    answer->error = error ? g_error_copy(error) : NULL;
}

static void on_done(const GError *error, gpointer data)
{
    on_report(NULL, error, data);
}

static void on_woken(const char *ways, const GError *error, gpointer data)
{
    (void)ways;
    on_done(error, data);
}

static void await(const struct answer *answer, guint times)
{
    while (answer->times < times)
        g_main_context_iteration(NULL, TRUE);
}

static void look(struct bench *bench, const char *address)
{
    clear_answer(&bench->answer);
    g_assert_cmpuint(driver_refresh(bench->driver, address, on_report, &bench->answer), !=, 0);
    g_assert_cmpuint(bench->answer.times, ==, 0); /* never from inside the call */
    await(&bench->answer, 1);
}

static void lists_domains_without_ssh(struct bench *bench, gconstpointer data)
{
    const struct vm_report *web;

    (void)data;
    refuse_connections(bench);
    make_driver(bench, bench->uri);
    look(bench, "127.0.0.1");
    g_assert_no_error(bench->answer.error);
    g_assert_cmpuint(bench->answer.report->vms->len, ==, 2);
    web = host_report_find_vm(bench->answer.report, "web");
    g_assert_nonnull(web);
    g_assert_cmpint(web->state, ==, VM_REPORT_RUNNING);
    g_assert_cmpstr(web->uuid, ==, "4dea22b3-1d52-d8f3-2516-782e98ab3fa0");
    g_assert_cmpstr(web->mac, ==, "52:54:00:aa:bb:01");
    g_assert_cmpuint(web->mem_kib, ==, 262144);
    g_assert_cmpuint(web->vcpus, ==, 2);
    g_assert_true(web->persistent);
    g_assert_nonnull(host_report_find_vm(bench->answer.report, "idle\xf0\x9f\x98\x80"));
}

static void tells_what_ssh_could_not(struct bench *bench, gconstpointer data)
{
    const struct host_report *report;

    (void)data;
    refuse_connections(bench);
    make_driver(bench, bench->uri);
    look(bench, "127.0.0.1");
    report = bench->answer.report;
    g_assert_nonnull(report);
    g_assert_nonnull(report->trouble);
    g_assert_nonnull(strstr(report->trouble, "127.0.0.1"));
    g_assert_cmpint(report->load15_permille, ==, -1);
    g_assert_null(report->users);
    g_assert_cmpuint(report->cpus, >, 0);
    g_assert_cmpuint(report->mem_kib, >, 0);
    g_assert_nonnull(report->hostname);
}

static void needs_ssh_to_reach_libvirt(struct bench *bench, gconstpointer data)
{
    (void)data;
    refuse_connections(bench);
    make_driver(bench, NULL);
    look(bench, "127.0.0.1");
    g_assert_null(bench->answer.report);
    g_assert_error(bench->answer.error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
    g_assert_true(g_str_has_prefix(bench->answer.error->message, "host 127.0.0.1: "));
}

static void keeps_deadlines_of_a_host_that_hangs(struct bench *bench, gconstpointer data)
{
    (void)data;
    make_driver(bench, NULL);
    look(bench, "127.0.0.1");
    g_assert_null(bench->answer.report);
    g_assert_error(bench->answer.error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
}

static void answers_every_operation_once(struct bench *bench, gconstpointer data)
{
    (void)data;
    make_driver(bench, NULL);
    for (guint i = 0; i < 100; i++) /* more than its queue takes */
        driver_refresh(bench->driver, "127.0.0.1", on_report, &bench->answer);
    await(&bench->answer, 100);
    look(bench, "127.0.0.1");
    g_assert_cmpuint(bench->answer.times, ==, 1);
}

static void lets_others_go_on_while_one_hangs(struct bench *bench, gconstpointer data)
{
    struct answer hung = {0};
    g_autofree char *uri = g_strdup_printf("%s?{address}", bench->uri);

    (void)data;
    make_patient_driver(bench, uri, 3 * G_USEC_PER_SEC); /* long beside a wake */
    driver_refresh(bench->driver, "127.0.0.1", on_report, &hung);
    /* A wake does not wait behind the host that it is for, whatever that does. */
    driver_wake(bench->driver,
                &(struct wake_request){
                    .address = "127.0.0.1", .mac = "52:54:00:aa:bb:01", .broadcast = "127.0.0.1"},
                on_woken, &bench->answer);
    await(&bench->answer, 1);
    g_assert_no_error(bench->answer.error);
    g_assert_cmpuint(hung.times, ==, 0);
    await(&hung, 1);
    clear_answer(&hung);
}

static void cancels_at_once(struct bench *bench, gconstpointer data)
{
    guint id;

    (void)data;
    make_driver(bench, NULL);
    id = driver_refresh(bench->driver, "127.0.0.1", on_report, &bench->answer);
    driver_cancel(bench->driver, id);
    driver_cancel(bench->driver, id);
    driver_cancel(bench->driver, id + 1000);
    g_assert_cmpuint(bench->answer.times, ==, 0);
    await(&bench->answer, 1);
    g_assert_error(bench->answer.error, ROOST_ERROR, ROOST_ERROR_CANCELLED);
    driver_cancel(bench->driver, id);
}

static void forgets_a_host(struct bench *bench, gconstpointer data)
{
    (void)data;
    refuse_connections(bench);
    make_driver(bench, bench->uri);
    driver_refresh(bench->driver, "127.0.0.1", on_report, &bench->answer);
    driver_forget(bench->driver, "127.0.0.1");
    driver_forget(bench->driver, "127.0.0.2");
    await(&bench->answer, 1);
    g_assert_error(bench->answer.error, ROOST_ERROR, ROOST_ERROR_CANCELLED);
    look(bench, "127.0.0.1"); /* and knows it anew */
    g_assert_no_error(bench->answer.error);
}

static void frees_with_everything_under_way(struct bench *bench, gconstpointer data)
{
    const struct migrate_request move = {
        .vm = "web", .from_address = "127.0.0.1", .to_address = "127.0.0.2"};

    (void)data;
    make_driver(bench, NULL);
    driver_refresh(bench->driver, "127.0.0.1", on_report, &bench->answer);
    driver_power_off(bench->driver, "127.0.0.2", FALSE, on_done, &bench->answer);
    driver_migrate(bench->driver, &move, NULL, on_done, &bench->answer);
    driver_cancel(bench->driver,
                  driver_refresh(bench->driver, "127.0.0.3", on_report, &bench->answer));
    driver_free(bench->driver);
    bench->driver = NULL;
    while (g_main_context_iteration(NULL, FALSE))
        ;
    g_assert_cmpuint(bench->answer.times, ==, 0);
}

static void gives_up_a_migration_that_cannot_begin(struct bench *bench, gconstpointer data)
{
    const struct migrate_request move = {
        .vm = "web", .from_address = "127.0.0.1", .to_address = "127.0.0.2"};

    (void)data;
    make_driver(bench, NULL);
    driver_migrate(bench->driver, &move, NULL, on_done, &bench->answer);
    await(&bench->answer, 1);
    g_assert_error(bench->answer.error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
}

static void refuses_to_switch_off_with_vms(struct bench *bench, gconstpointer data)
{
    (void)data;
    make_driver(bench, bench->uri);
    driver_power_off(bench->driver, "127.0.0.1", TRUE, on_done, &bench->answer);
    await(&bench->answer, 1);
    g_assert_nonnull(bench->answer.error); /* no ssh to it: and so not even asked */
}

static void refuses_names_for_addresses(struct bench *bench, gconstpointer data)
{
    (void)data;
    make_driver(bench, bench->uri);
    look(bench, "pc07; reboot\n");
    g_assert_error(bench->answer.error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_assert_null(strchr(bench->answer.error->message, '\n'));
}

#define ADD(name) g_test_add("/libvirt/driver/" #name, struct bench, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(lists_domains_without_ssh);
    ADD(tells_what_ssh_could_not);
    ADD(needs_ssh_to_reach_libvirt);
    ADD(keeps_deadlines_of_a_host_that_hangs);
    ADD(answers_every_operation_once);
    ADD(lets_others_go_on_while_one_hangs);
    ADD(cancels_at_once);
    ADD(forgets_a_host);
    ADD(frees_with_everything_under_way);
    ADD(gives_up_a_migration_that_cannot_begin);
    ADD(refuses_to_switch_off_with_vms);
    ADD(refuses_names_for_addresses);
    return g_test_run();
}
