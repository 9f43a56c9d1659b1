/*
 * The libvirt driver on real hosts: tests/lab/test_driver.sh makes a lab of three and sets LAB_*.
 * Each test begins and ends with all three on, each with its own VM running.
 */
#include "core/driver/libvirt/libvirt_driver.h"

#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>

#define HOSTS 3

struct answer {
    guint times;
    guint order; /* of all answers of a bench: which came when */
    guint progress;
    struct host_report *report;
    GError *error;
    struct bench *bench;
};

struct bench {
    char **names;
    char **addresses;
    char **macs;
    struct driver *driver;
    struct answer answers[HOSTS];
    struct answer done;
    guint answered;
    guint changed;
};

/* --- The lab --- */

/* Runs the lab's own command. */
static void lab(const char *format, ...) G_GNUC_PRINTF(1, 2);

static void lab(const char *format, ...)
{
    g_autofree char *line = NULL;
    g_autofree char *command = NULL;
    g_autoptr(GError) error = NULL;
    gint status = -1;
    va_list arguments;

    va_start(arguments, format);
    line = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    command = g_strdup_printf("%s %s", g_getenv("LAB"), line);
    g_test_message("%s", command);
    g_spawn_command_line_sync(command, NULL, NULL, &status, &error);
    g_assert_no_error(error);
    g_assert_cmpint(status, ==, 0);
}

static struct libvirt_settings lab_settings(void)
{
    return (struct libvirt_settings){
        .ssh_user = "root",
        .ssh_identity = g_getenv("LAB_KEY"),
        .ssh_known_hosts = g_getenv("LAB_KNOWN_HOSTS"),
        .connect_us = 10 * G_USEC_PER_SEC,
        .refresh_us = 3 * G_USEC_PER_SEC,
    };
}

static void on_changed(const char *address, gpointer data)
{
    struct bench *bench = data;

    (void)address;
    bench->changed++;
}

static void set_up(struct bench *bench, gconstpointer data)
{
    const struct libvirt_settings settings = lab_settings();
    g_autoptr(GError) error = NULL;

    (void)data;
    bench->names = g_strsplit(g_getenv("LAB_HOSTS"), " ", -1);
    bench->addresses = g_strsplit(g_getenv("LAB_ADDRESSES"), " ", -1);
    bench->macs = g_strsplit(g_getenv("LAB_MACS"), " ", -1);
    g_assert_cmpuint(g_strv_length(bench->addresses), ==, HOSTS);
    bench->driver = libvirt_driver_new(&settings, &error);
    g_assert_no_error(error);
    driver_set_changed_func(bench->driver, on_changed, bench);
}

static void clear_answer(struct answer *answer)
{
    host_report_free(answer->report);
    g_clear_error(&answer->error);
    memset(answer, 0, sizeof *answer);
}

static void tear_down(struct bench *bench, gconstpointer data)
{
    (void)data;
    driver_free(bench->driver);
    for (guint i = 0; i < HOSTS; i++)
        clear_answer(&bench->answers[i]);
    clear_answer(&bench->done);
    g_strfreev(bench->names);
    g_strfreev(bench->addresses);
    g_strfreev(bench->macs);
}

/* --- Asking --- */

static void on_report(struct host_report *report, const GError *error, gpointer data)
{
    struct answer *answer = data;

    answer->times++;
    answer->order = ++answer->bench->answered;
    answer->report = report;
    answer->error = error ? g_error_copy(error) : NULL;
    if (error)
        g_test_message("%s", error->message);
}

static void on_done(const GError *error, gpointer data)
{
    on_report(NULL, error, data);
}

static void on_progress(const struct migrate_progress *progress, gpointer data)
{
    struct answer *answer = data;

    g_assert_cmpuint(progress->done_bytes + progress->left_bytes, ==, progress->total_bytes);
    answer->progress++;
}

static void ask(struct bench *bench, guint i)
{
    clear_answer(&bench->answers[i]);
    bench->answers[i].bench = bench;
    driver_refresh(bench->driver, bench->addresses[i], on_report, &bench->answers[i]);
}

static void await(const struct answer *answer)
{
    while (answer->times == 0)
        g_main_context_iteration(NULL, TRUE);
}

static const struct host_report *look(struct bench *bench, guint i)
{
    ask(bench, i);
    await(&bench->answers[i]);
    return bench->answers[i].report;
}

static const struct host_report *look_well(struct bench *bench, guint i)
{
    const struct host_report *report = look(bench, i);

    g_assert_no_error(bench->answers[i].error);
    g_assert_null(report->trouble);
    return report;
}

static const struct vm_report *find(struct bench *bench, guint i, const char *vm)
{
    return host_report_find_vm(look_well(bench, i), vm);
}

static gboolean runs(struct bench *bench, guint i, const char *vm)
{
    const struct vm_report *report = find(bench, i, vm);

    return report && report->state == VM_REPORT_RUNNING;
}

/* The guest is paused some time after the migration has begun. */
static gboolean comes_to_be(struct bench *bench, guint i, const char *vm,
                            enum vm_report_state state)
{
    gint64 until_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

    do {
        const struct vm_report *report = find(bench, i, vm);

        if (report && report->state == state)
            return TRUE;
    } while (g_get_monotonic_time() < until_us);
    return FALSE;
}

static struct migrate_request request(struct bench *bench, const char *vm, guint from, guint to)
{
    return (struct migrate_request){
        .vm = vm,
        .from_address = bench->addresses[from],
        .to_address = bench->addresses[to],
        .timeout_us = 60 * G_USEC_PER_SEC,
    };
}

static guint start(struct bench *bench, const struct migrate_request *request)
{
    clear_answer(&bench->done);
    bench->done.bench = bench;
    return driver_migrate(bench->driver, request, on_progress, on_done, &bench->done);
}

static void move(struct bench *bench, const struct migrate_request *request)
{
    start(bench, request);
    await(&bench->done);
}

static void move_back(struct bench *bench, const char *vm, guint from, guint to)
{
    const struct migrate_request back = request(bench, vm, from, to);

    move(bench, &back);
    g_assert_no_error(bench->done.error);
}

static void power_off(struct bench *bench, guint i, gboolean force)
{
    clear_answer(&bench->done);
    bench->done.bench = bench;
    driver_power_off(bench->driver, bench->addresses[i], force, on_done, &bench->done);
    await(&bench->done);
}

/* --- Looking --- */

static void expect_host(struct bench *bench, guint i)
{
    const struct host_report *report = look_well(bench, i);

    g_assert_cmpstr(report->hostname, ==, bench->names[i]);
    g_assert_cmpstr(report->mac, ==, bench->macs[i]);
    g_assert_cmpstr(report->broadcast, ==, g_getenv("LAB_BROADCAST"));
    g_assert_cmpint(report->wake, ==, HOST_WAKE_ASSUMED);
    g_assert_cmpint(report->load15_permille, ==, 50);
    g_assert_cmpuint(report->cpus, >, 0);
    g_assert_cmpuint(report->mem_kib, >, report->mem_available_kib);
    g_assert_nonnull(report->cpu_model);
    g_assert_nonnull(report->users);
    g_assert_null(report->users[0]);
}

static void expect_vm(const struct vm_report *vm)
{
    g_assert_nonnull(vm);
    g_assert_cmpint(vm->state, ==, VM_REPORT_RUNNING);
    g_assert_cmpuint(vm->mem_kib, ==, 32 * 1024);
    g_assert_cmpuint(vm->vcpus, ==, 1);
    g_assert_true(vm->persistent);
    g_assert_nonnull(vm->uuid);
    g_assert_true(g_str_has_prefix(vm->mac, "52:54:00:"));
}

/* A look right after another measures nothing. */
static void expect_measure(struct bench *bench, guint i)
{
    gint64 until_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

    while (find(bench, i, bench->names[i])->cpu_permille < 0)
        g_assert_cmpint(g_get_monotonic_time(), <, until_us);
}

static void lists_hosts_and_vms(struct bench *bench, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < HOSTS; i++) {
        expect_host(bench, i);
        expect_vm(host_report_find_vm(bench->answers[i].report, bench->names[i]));
        expect_measure(bench, i);
    }
}

static void sees_wake_settings_and_logins(struct bench *bench, gconstpointer data)
{
    const struct host_report *report;

    (void)data;
    lab("wol %s g", bench->names[0]);
    lab("wol %s d", bench->names[1]);
    lab("login %s ana", bench->names[0]);
    lab("load %s 1.75", bench->names[0]);
    report = look_well(bench, 0);
    g_assert_cmpint(report->wake, ==, HOST_WAKE_ARMED);
    g_assert_cmpint(report->load15_permille, ==, 1750);
    g_assert_true(g_str_has_prefix(report->users[0], "ana (pts/0, from lab, since "));
    g_assert_null(report->users[1]);
    g_assert_cmpint(look_well(bench, 1)->wake, ==, HOST_WAKE_DISARMED);
    lab("logout %s ana", bench->names[0]);
    lab("load %s 0.05", bench->names[0]);
    g_assert_null(look_well(bench, 0)->users[0]);
    lab("wol %s none", bench->names[0]);
    lab("wol %s none", bench->names[1]);
}

static void reload_sshd(struct bench *bench, guint i, const char *edit)
{
    gint64 until_us = g_get_monotonic_time() + 10 * G_USEC_PER_SEC;

    lab("exec %s sh -c \"%s /etc/ssh/sshd_config; kill -HUP $(pgrep -o -x sshd)\"", bench->names[i],
        edit);
    /* For a moment it listens nowhere. */
    while (!look(bench, i) && g_get_monotonic_time() < until_us)
        continue;
}

static void asks_libvirt_where_sshd_forwards_nothing(struct bench *bench, gconstpointer data)
{
    (void)data;
    reload_sshd(bench, 0, "sed -i '1i AllowStreamLocalForwarding no'");
    g_assert_true(runs(bench, 0, bench->names[0]));
    reload_sshd(bench, 0, "sed -i 1d");
}

static void asks_libvirt_at_its_newer_socket(struct bench *bench, gconstpointer data)
{
    static const char old_path[] = "/run/libvirt/libvirt-sock";
    static const char new_path[] = "/run/libvirt/virtqemud-sock";

    (void)data;
    lab("exec %s mv %s %s", bench->names[0], old_path, new_path);
    g_assert_true(runs(bench, 0, bench->names[0]));
    lab("exec %s mv %s %s", bench->names[0], new_path, old_path);
}

static void tells_of_changes(struct bench *bench, gconstpointer data)
{
    (void)data;
    g_assert_true(runs(bench, 0, bench->names[0]));
    lab("exec %s virsh -q destroy %s", bench->names[0], bench->names[0]);
    while (bench->changed == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpint(find(bench, 0, bench->names[0])->state, ==, VM_REPORT_OFF);
    bench->changed = 0;
    lab("exec %s virsh -q start %s", bench->names[0], bench->names[0]);
    while (bench->changed == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_true(runs(bench, 0, bench->names[0]));
}

static void lists_many_vms_at_once(struct bench *bench, gconstpointer data)
{
    (void)data;
    for (guint i = 0; i < 20; i++) /* an answer of many packets */
        lab("exec %s sh -c \"virsh dumpxml %s | sed -e '/uuid/d' -e '/mac address/d' "
            "-e 's:<name>.*:<name>many%u</name>:' | virsh -q define /dev/stdin\"",
            bench->names[2], bench->names[2], i);
    g_assert_cmpuint(look_well(bench, 2)->vms->len, ==, 21);
    g_assert_cmpint(find(bench, 2, "many19")->state, ==, VM_REPORT_OFF);
    for (guint i = 0; i < 20; i++)
        lab("exec %s virsh -q undefine many%u", bench->names[2], i);
    g_assert_cmpuint(look_well(bench, 2)->vms->len, ==, 1);
}

/* --- Keys --- */

static void expect_auth(struct bench *bench, struct libvirt_settings settings)
{
    driver_free(bench->driver);
    bench->driver = libvirt_driver_new(&settings, NULL);
    g_assert_null(look(bench, 0));
    g_assert_error(bench->answers[0].error, ROOST_ERROR, ROOST_ERROR_AUTH);
    g_assert_nonnull(strstr(bench->answers[0].error->message, bench->addresses[0]));
}

static void refuses_strange_host_keys(struct bench *bench, gconstpointer data)
{
    struct libvirt_settings settings = lab_settings();
    g_autofree char *directory = g_dir_make_tmp("roost-keys-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "known_hosts", NULL);
    g_autofree char *real = NULL;
    g_autofree char *after = NULL;
    GString *swapped;

    (void)data;
    settings.ssh_known_hosts = path;
    expect_auth(bench, settings); /* no such file */
    g_assert_false(g_file_test(path, G_FILE_TEST_EXISTS));
    g_assert_true(g_file_set_contents(path, "", 0, NULL));
    expect_auth(bench, settings); /* not in it */
    g_assert_true(g_file_get_contents(path, &after, NULL, NULL));
    g_assert_cmpstr(after, ==, "");
    /* The second host's key in the name of the first. */
    g_assert_true(g_file_get_contents(g_getenv("LAB_KNOWN_HOSTS"), &real, NULL, NULL));
    swapped = g_string_new(real);
    g_string_replace(swapped, bench->addresses[0], "192.0.2.1", 0);
    g_string_replace(swapped, bench->addresses[1], bench->addresses[0], 0);
    g_assert_true(g_file_set_contents(path, swapped->str, -1, NULL));
    g_string_free(swapped, TRUE);
    expect_auth(bench, settings);
    g_unlink(path);
    g_rmdir(directory);
}

static void tells_when_its_key_is_refused(struct bench *bench, gconstpointer data)
{
    struct libvirt_settings settings = lab_settings();
    g_autofree char *directory = g_dir_make_tmp("roost-keys-XXXXXX", NULL);
    g_autofree char *path = g_build_filename(directory, "key", NULL);
    g_autofree char *public = g_strconcat(path, ".pub", NULL);
    g_autofree char *command =
        g_strdup_printf("ssh-keygen -q -t ed25519 -N '' -C stranger -f %s", path);

    (void)data;
    g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, NULL, NULL));
    settings.ssh_identity = path;
    expect_auth(bench, settings);
    settings.ssh_identity = "/nonexistent";
    expect_auth(bench, settings);
    g_unlink(path);
    g_unlink(public);
    g_rmdir(directory);
}

/* --- Migrations --- */

static void expect_moved(struct bench *bench, const struct migrate_request *request, guint from,
                         guint to)
{
    move(bench, request);
    g_assert_no_error(bench->done.error);
    g_assert_null(find(bench, from, request->vm)); /* not even defined there any more */
    g_assert_true(runs(bench, to, request->vm));
    g_assert_true(find(bench, to, request->vm)->persistent);
}

static void migrates_there_and_back(struct bench *bench, gconstpointer data)
{
    const char *vm = bench->names[0];
    const struct migrate_request there = request(bench, vm, 0, 1);
    const struct migrate_request back = request(bench, vm, 1, 0);

    (void)data;
    lab("exec %s virsh -q autostart %s", vm, vm);
    expect_moved(bench, &there, 0, 1);
    lab("exec %s test -e /etc/libvirt/qemu/autostart/%s.xml", bench->names[1], vm);
    expect_moved(bench, &back, 1, 0);
    lab("exec %s virsh -q autostart --disable %s", vm, vm);
}

static void migrates_in_every_way(struct bench *bench, gconstpointer data)
{
    struct migrate_request there = request(bench, bench->names[0], 0, 1);

    (void)data;
    there.mode = MIGRATE_STOPANDCOPY;
    expect_moved(bench, &there, 0, 1);
    move_back(bench, bench->names[0], 1, 0);
    there.mode = MIGRATE_PRECOPY;
    there.control = MIGRATE_PEER;
    expect_moved(bench, &there, 0, 1);
    move_back(bench, bench->names[0], 1, 0);
}

static void put_dirty_vm(struct bench *bench)
{
    lab("vm %s dirty --dirty --mem 64", bench->names[0]);
}

static void take_dirty_vm(struct bench *bench, guint i)
{
    lab("exec %s sh -c \"virsh -q destroy dirty; virsh -q undefine dirty\"", bench->names[i]);
}

static void await_progress(struct bench *bench, guint times)
{
    while (bench->done.progress < times && bench->done.times == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(bench->done.times, ==, 0);
}

static void cancels_what_does_not_converge(struct bench *bench, gconstpointer data)
{
    const struct migrate_request there = request(bench, "dirty", 0, 1);
    guint id;

    (void)data;
    put_dirty_vm(bench);
    id = start(bench, &there);
    await_progress(bench, 3);
    g_assert_true(runs(bench, 0, "dirty"));
    g_assert_cmpint(find(bench, 1, "dirty")->state, ==, VM_REPORT_INCOMING);
    driver_cancel(bench->driver, id);
    await(&bench->done);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_CANCELLED);
    g_assert_true(g_str_has_prefix(bench->done.error->message, "vm dirty: migrate to "));
    g_assert_true(runs(bench, 0, "dirty"));
    g_assert_null(find(bench, 1, "dirty"));
    take_dirty_vm(bench, 0);
}

static void aborts_when_time_is_up(struct bench *bench, gconstpointer data)
{
    struct migrate_request there = request(bench, "dirty", 0, 1);

    (void)data;
    put_dirty_vm(bench);
    there.timeout_us = 2 * G_USEC_PER_SEC;
    move(bench, &there);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_TIMEOUT);
    g_assert_true(runs(bench, 0, "dirty"));
    g_assert_null(find(bench, 1, "dirty"));
    take_dirty_vm(bench, 0);
}

static void finishes_by_postcopy_what_does_not_converge(struct bench *bench, gconstpointer data)
{
    struct migrate_request there = request(bench, "dirty", 0, 1);

    (void)data;
    put_dirty_vm(bench);
    there.mode = MIGRATE_POSTCOPY;
    expect_moved(bench, &there, 0, 1);
    take_dirty_vm(bench, 1);
}

static void stopped_guests_are_not_arriving(struct bench *bench, gconstpointer data)
{
    struct migrate_request there = request(bench, "dirty", 0, 1);
    guint id;

    (void)data;
    put_dirty_vm(bench);
    there.mode = MIGRATE_STOPANDCOPY; /* paused for the migration on both ends */
    id = start(bench, &there);
    g_assert_true(comes_to_be(bench, 0, "dirty", VM_REPORT_PAUSED));
    g_assert_true(comes_to_be(bench, 1, "dirty", VM_REPORT_INCOMING));
    driver_cancel(bench->driver, id);
    await(&bench->done);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_CANCELLED);
    g_assert_true(runs(bench, 0, "dirty"));
    take_dirty_vm(bench, 0);
}

static void refuses_what_cannot_be(struct bench *bench, gconstpointer data)
{
    const struct migrate_request nobody = request(bench, "nobody", 0, 1);
    const struct migrate_request taken = request(bench, bench->names[0], 0, 1);

    (void)data;
    move(bench, &nobody);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_FAILED);
    lab("exec %s sh -c \"virsh dumpxml %s | sed -e '/uuid/d' -e '/mac address/d' "
        "-e 's:<name>.*:<name>%s</name>:' | virsh -q define /dev/stdin\"",
        bench->names[1], bench->names[1], bench->names[0]);
    move(bench, &taken);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    lab("exec %s virsh -q undefine %s", bench->names[1], bench->names[0]);
    g_assert_true(runs(bench, 0, bench->names[0]));
}

static void tells_when_the_source_dies(struct bench *bench, gconstpointer data)
{
    const struct migrate_request there = request(bench, "dirty", 0, 1);

    (void)data;
    put_dirty_vm(bench);
    start(bench, &there);
    await_progress(bench, 1);
    lab("kill %s", bench->names[0]);
    await(&bench->done);
    g_assert_nonnull(bench->done.error);
    g_assert_true(runs(bench, 1, bench->names[1]));
    lab("start %s", bench->names[0]);
    lab("exec %s sh -c \"virsh -q undefine dirty; virsh -q start %s\"", bench->names[0],
        bench->names[0]);
    look_well(bench, 0);
}

/*
 * At libvirtd's place is somebody who says nothing: what has a connection goes on, and who wants
 * another would wait for ever, as when a host loses its power at that very moment.
 */
static void make_deaf(struct bench *bench, guint i)
{
    lab("exec %s mv /run/libvirt/libvirt-sock /run/libvirt/kept", bench->names[i]);
    lab("exec %s sh -c \"perl -MSocket -e 'socket S, AF_UNIX, SOCK_STREAM, 0;"
        "bind S, pack_sockaddr_un(shift); listen S, 9; sleep 600' /run/libvirt/libvirt-sock "
        ">/dev/null 2>&1 & until test -S /run/libvirt/libvirt-sock; do sleep 0.02; done\"",
        bench->names[i]);
}

static void tells_when_the_source_dies_as_it_is_asked(struct bench *bench, gconstpointer data)
{
    const struct migrate_request there = request(bench, "dirty", 0, 1);

    (void)data;
    put_dirty_vm(bench);
    start(bench, &there);
    await_progress(bench, 1); /* it is connected, and looks at how it goes in half a second */
    make_deaf(bench, 0);
    g_assert_true(comes_to_be(bench, 1, "dirty", VM_REPORT_INCOMING));
    lab("kill %s", bench->names[0]);
    await(&bench->done);
    g_assert_nonnull(bench->done.error);
    lab("start %s", bench->names[0]);
    lab("exec %s sh -c \"virsh -q undefine dirty; virsh -q start %s\"", bench->names[0],
        bench->names[0]);
    look_well(bench, 0);
}

/* A source told of nothing goes on for minutes: so it is aborted, long before its time is up. */
static void aborts_when_the_target_dies(struct bench *bench, gconstpointer data)
{
    struct migrate_request there = request(bench, "dirty", 0, 1);

    (void)data;
    put_dirty_vm(bench);
    there.timeout_us = 10 * 60 * G_USEC_PER_SEC;
    start(bench, &there);
    await_progress(bench, 1);
    lab("kill %s", bench->names[1]);
    await(&bench->done);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
    g_assert_nonnull(strstr(bench->done.error->message, bench->addresses[1]));
    g_assert_true(runs(bench, 0, "dirty"));
    lab("start %s", bench->names[1]);
    lab("exec %s virsh -q start %s", bench->names[1], bench->names[1]);
    look_well(bench, 1);
    take_dirty_vm(bench, 0);
}

/* --- Power --- */

static void refuses_to_switch_off(struct bench *bench, gconstpointer data)
{
    (void)data;
    power_off(bench, 1, TRUE);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(bench->done.error->message, bench->names[1]));
    move_back(bench, bench->names[1], 1, 0);
    lab("login %s ana", bench->names[1]);
    power_off(bench, 1, FALSE);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(bench->done.error->message, "ana"));
    lab("logout %s ana", bench->names[1]);
    move_back(bench, bench->names[1], 0, 1);
}

static void on_woken(const char *ways, const GError *error, gpointer data)
{
    (void)ways;
    on_done(error, data);
}

static void wake(struct bench *bench, guint i)
{
    const struct wake_request request = {.address = bench->addresses[i], .mac = bench->macs[i]};

    clear_answer(&bench->done);
    bench->done.bench = bench;
    driver_wake(bench->driver, &request, on_woken, &bench->done);
    await(&bench->done);
    g_assert_no_error(bench->done.error);
}

/* Until this machine doubts where it last heard a host, which takes half a minute, it waits. */
static void forget_neighbours(void)
{
    g_autofree char *command = g_strdup_printf("ip neighbour flush dev %s", g_getenv("LAB_BRIDGE"));
    gint status = -1;

    g_assert_true(g_spawn_command_line_sync(command, NULL, NULL, &status, NULL));
    g_assert_cmpint(status, ==, 0);
}

/* A host that has just been switched on answers when its sshd and libvirtd are up. */
static void await_answer(struct bench *bench, guint i)
{
    gint64 deadline_us = g_get_monotonic_time() + 20 * G_USEC_PER_SEC;

    while (!look(bench, i) && g_get_monotonic_time() < deadline_us)
        g_usleep(G_USEC_PER_SEC / 20);
    look_well(bench, i);
}

static void switches_off_and_wakes(struct bench *bench, gconstpointer data)
{
    (void)data;
    move_back(bench, bench->names[1], 1, 0);
    power_off(bench, 1, FALSE);
    g_assert_no_error(bench->done.error);
    lab("wait %s off", bench->names[1]);
    forget_neighbours();
    g_assert_null(look(bench, 1));
    g_assert_error(bench->answers[1].error, ROOST_ERROR, ROOST_ERROR_ABSENT);
    wake(bench, 1);
    lab("wait %s on", bench->names[1]);
    await_answer(bench, 1);
    move_back(bench, bench->names[1], 0, 1);
}

/* --- Hosts that hang --- */

static void hang_and_resume(struct bench *bench, const char *what)
{
    for (guint i = 0; i < HOSTS; i++)
        look_well(bench, i);
    lab("hang %s %s", bench->names[1], what);
    bench->answered = 0;
    ask(bench, 1);
    for (guint round = 0; round < 20; round++) {
        look_well(bench, 0);
        look_well(bench, 2);
    }
    await(&bench->answers[1]);
    g_assert_cmpuint(bench->answers[1].order, ==, 41);
    g_assert_error(bench->answers[1].error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
    look(bench, 1); /* the next one hangs in connecting, and ends too */
    g_assert_error(bench->answers[1].error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
    lab("resume %s", bench->names[1]);
    look_well(bench, 1);
}

static void lets_others_go_on_while_libvirtd_hangs(struct bench *bench, gconstpointer data)
{
    (void)data;
    hang_and_resume(bench, "libvirtd");
}

static void lets_others_go_on_while_a_host_hangs(struct bench *bench, gconstpointer data)
{
    (void)data;
    hang_and_resume(bench, "all");
}

static void frees_while_a_host_hangs(struct bench *bench, gconstpointer data)
{
    (void)data;
    look_well(bench, 1);
    lab("hang %s", bench->names[1]);
    ask(bench, 1);
    ask(bench, 0);
    await(&bench->answers[0]);
    driver_free(bench->driver);
    bench->driver = NULL;
    g_assert_cmpuint(bench->answers[1].times, ==, 0);
    lab("resume %s", bench->names[1]);
}

static void moves_nothing_to_a_host_that_hangs(struct bench *bench, gconstpointer data)
{
    const struct migrate_request there = request(bench, bench->names[0], 0, 1);

    (void)data;
    lab("hang %s", bench->names[1]);
    move(bench, &there);
    g_assert_error(bench->done.error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
    lab("resume %s", bench->names[1]);
    g_assert_true(runs(bench, 0, bench->names[0]));
    g_assert_null(find(bench, 1, bench->names[0]));
}

#define ADD(name) g_test_add("/lab/driver/" #name, struct bench, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(lists_hosts_and_vms);
    ADD(sees_wake_settings_and_logins);
    ADD(asks_libvirt_where_sshd_forwards_nothing);
    ADD(asks_libvirt_at_its_newer_socket);
    ADD(tells_of_changes);
    ADD(lists_many_vms_at_once);
    ADD(refuses_strange_host_keys);
    ADD(tells_when_its_key_is_refused);
    ADD(migrates_there_and_back);
    ADD(migrates_in_every_way);
    ADD(cancels_what_does_not_converge);
    ADD(aborts_when_time_is_up);
    ADD(finishes_by_postcopy_what_does_not_converge);
    ADD(stopped_guests_are_not_arriving);
    ADD(refuses_what_cannot_be);
    ADD(tells_when_the_source_dies);
    ADD(tells_when_the_source_dies_as_it_is_asked);
    ADD(aborts_when_the_target_dies);
    ADD(refuses_to_switch_off);
    ADD(switches_off_and_wakes);
    ADD(lets_others_go_on_while_libvirtd_hangs);
    ADD(lets_others_go_on_while_a_host_hangs);
    ADD(frees_while_a_host_hangs);
    ADD(moves_nothing_to_a_host_that_hangs);
    return g_test_run();
}
