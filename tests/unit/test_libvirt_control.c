/* Starting and stopping VMs, and what a hypervisor can do, against libvirt's own test hypervisor.
 */
#include "core/driver/libvirt/libvirt_driver.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/driver/libvirt/node_load.h"
#include "core/driver/libvirt/virt_abilities.h"

#define ADDRESS "127.0.0.1"

#define LAB                                                                                        \
    "<node><domain type='test'><name>web</name><memory unit='KiB'>262144</memory><vcpu>1</vcpu>"   \
    "<os><type>hvm</type></os></domain></node>"

struct answer {
    guint times;
    struct host_report *report;
    GError *error;
};

struct bench {
    char *path;
    struct driver *driver;
    struct answer answer;
};

static void set_up(struct bench *bench, gconstpointer data)
{
    g_autofree char *uri = NULL;
    struct libvirt_settings settings = {
        .ssh_user = "root",
        .ssh_identity = "/nonexistent/key",
        .ssh_known_hosts = "/nonexistent/known_hosts",
        .ssh_port = 9, /* nobody listens */
    };
    int fd = g_file_open_tmp("roost-control-XXXXXX.xml", &bench->path, NULL);

    (void)data;
    g_assert_cmpint(fd, >=, 0);
    g_close(fd, NULL);
    g_assert_true(g_file_set_contents(bench->path, LAB, -1, NULL));
    uri = g_strdup_printf("test://%s", bench->path);
    settings.uri = uri;
    bench->driver = libvirt_driver_new(&settings, NULL);
    g_assert_nonnull(bench->driver);
}

static void tear_down(struct bench *bench, gconstpointer data)
{
    (void)data;
    driver_free(bench->driver);
    host_report_free(bench->answer.report);
    g_clear_error(&bench->answer.error);
    g_unlink(bench->path);
    g_free(bench->path);
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

static void await(struct bench *bench)
{
    g_assert_cmpuint(bench->answer.times, ==, 0); /* never from inside the call */
    while (bench->answer.times == 0)
        g_main_context_iteration(NULL, TRUE);
    g_assert_cmpuint(bench->answer.times, ==, 1);
    bench->answer.times = 0;
}

static void control(struct bench *bench, const char *vm, enum control_action action)
{
    const struct control_request request = {ADDRESS, vm, action};

    g_assert_cmpuint(driver_control(bench->driver, &request, on_done, &bench->answer), !=, 0);
    await(bench);
}

static const struct host_report *look(struct bench *bench)
{
    driver_refresh(bench->driver, ADDRESS, on_report, &bench->answer);
    await(bench);
    g_assert_no_error(bench->answer.error);
    return bench->answer.report;
}

static enum vm_report_state state_of_web(struct bench *bench)
{
    const struct vm_report *web = host_report_find_vm(look(bench), "web");

    g_assert_nonnull(web);
    return web->state;
}

static void does_what_it_is_told(struct bench *bench, gconstpointer data)
{
    static const struct {
        enum control_action action;
        enum vm_report_state then;
    } steps[] = {
        {CONTROL_PAUSE, VM_REPORT_PAUSED},  {CONTROL_RESUME, VM_REPORT_RUNNING},
        {CONTROL_SHUT_DOWN, VM_REPORT_OFF}, {CONTROL_START, VM_REPORT_RUNNING},
        {CONTROL_FORCE_OFF, VM_REPORT_OFF}, {CONTROL_START, VM_REPORT_RUNNING},
    };

    (void)data;
    g_assert_cmpint(state_of_web(bench), ==, VM_REPORT_RUNNING);
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        control(bench, "web", steps[i].action);
        g_assert_no_error(bench->answer.error);
        g_assert_cmpint(state_of_web(bench), ==, steps[i].then);
    }
}

static void assert_refused(struct bench *bench, const char *vm, enum control_action action,
                           const char *why)
{
    control(bench, vm, action);
    g_assert_error(bench->answer.error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_test_message("%s", bench->answer.error->message);
    g_assert_true(g_str_has_prefix(bench->answer.error->message, "vm "));
    g_assert_nonnull(strstr(bench->answer.error->message, ADDRESS));
    g_assert_nonnull(strstr(bench->answer.error->message, why));
}

static void refuses_what_makes_no_sense(struct bench *bench, gconstpointer data)
{
    (void)data;
    assert_refused(bench, "web", CONTROL_START, "it runs already");
    assert_refused(bench, "web", CONTROL_RESUME, "it is not paused");
    assert_refused(bench, "nobody\x1b[2J", CONTROL_START, "does not know it");
    g_assert_null(strchr(bench->answer.error->message, '\x1b'));
    control(bench, "web", CONTROL_PAUSE);
    assert_refused(bench, "web", CONTROL_PAUSE, "it is paused already");
    assert_refused(bench, "web", CONTROL_SHUT_DOWN, "cannot hear");
    control(bench, "web", CONTROL_FORCE_OFF);
    assert_refused(bench, "web", CONTROL_SHUT_DOWN, "it does not run");
    assert_refused(bench, "web", CONTROL_FORCE_OFF, "it does not run");
}

/* The test hypervisor does not migrate, and its capabilities say so. */
static void tells_what_the_hypervisor_is(struct bench *bench, gconstpointer data)
{
    const struct host_report *report = look(bench);

    (void)data;
    g_assert_cmpstr(report->hypervisor, ==, "TEST");
    g_assert_cmpint(report->can_migrate, ==, HOST_MIGRATION_UNABLE);
}

/* --- Parts --- */

static void capabilities_tell_of_migration(void)
{
    static const char able[] =
        "<capabilities><host><migration_features><live/></migration_features></host>"
        "</capabilities>";
    static const char unable[] = "<capabilities><host><cpu/></host></capabilities>";
    static const char offline[] = "<capabilities><host><migration_features/></host></capabilities>";

    g_assert_cmpint(virt_abilities_judge("QEMU", able), ==, HOST_MIGRATION_ABLE);
    g_assert_cmpint(virt_abilities_judge("LXC", unable), ==, HOST_MIGRATION_UNABLE);
    g_assert_cmpint(virt_abilities_judge("LXC", offline), ==, HOST_MIGRATION_UNABLE);
    g_assert_cmpint(virt_abilities_judge(NULL, unable), ==, HOST_MIGRATION_UNABLE);
    g_assert_cmpint(virt_abilities_judge("Virtuozzo", unable), ==, HOST_MIGRATION_UNKNOWN);
    g_assert_cmpint(virt_abilities_judge("QEMU", NULL), ==, HOST_MIGRATION_UNKNOWN);
    g_assert_cmpint(virt_abilities_judge("QEMU", "<oops"), ==, HOST_MIGRATION_UNKNOWN);
}

static void load_follows_cpu_times(void)
{
    struct node_load load = {0};
    g_autoptr(GPtrArray) reports = g_ptr_array_new_with_free_func((GDestroyNotify)host_report_free);
    struct host_report *report;
    const guint64 second = G_GUINT64_CONSTANT(1000000000);

    for (guint i = 0; i < 4; i++) {
        g_ptr_array_add(reports, host_report_new());
        report = g_ptr_array_index(reports, i);
        report->cpus = 4;
    }
    node_load_measure(&load, 10 * second, 100 * second, 1000000, reports->pdata[0]);
    report = reports->pdata[0];
    g_assert_cmpint(report->load15_permille, ==, -1);
    /* Half of four CPUs for ten seconds. */
    node_load_measure(&load, 30 * second, 140 * second, 11000000, reports->pdata[1]);
    report = reports->pdata[1];
    g_assert_cmpint(report->cpu_permille, ==, 500);
    g_assert_cmpint(report->load15_permille, ==, 2000);
    /* Then nothing for a quarter of an hour: 1/e of it is left. */
    node_load_measure(&load, 30 * second, 3740 * second, 911000000, reports->pdata[2]);
    report = reports->pdata[2];
    g_assert_cmpint(report->cpu_permille, ==, 0);
    g_assert_cmpint(report->load15_permille, ==, 736);
    /* It was booted anew, and counts from nothing: what was known stays. */
    node_load_measure(&load, 1, 2, 912000000, reports->pdata[3]);
    report = reports->pdata[3];
    g_assert_cmpint(report->cpu_permille, ==, -1);
    g_assert_cmpint(report->load15_permille, ==, 736);
}

#define ADD(name) g_test_add("/libvirt/control/" #name, struct bench, NULL, set_up, name, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD(does_what_it_is_told);
    ADD(refuses_what_makes_no_sense);
    ADD(tells_what_the_hypervisor_is);
    g_test_add_func("/libvirt/abilities/capabilities_tell_of_migration",
                    capabilities_tell_of_migration);
    g_test_add_func("/libvirt/node_load/follows_cpu_times", load_follows_cpu_times);
    return g_test_run();
}
