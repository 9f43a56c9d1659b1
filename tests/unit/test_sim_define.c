/* Definitions and disks of the simulated lab, by the same calls as real hosts. */
#include <string.h>

#include "core/driver/manage.h"
#include "core/model/guest_xml.h"
#include "tests/support/sim_rig.h"

#define FIRST  "10.0.0.1"
#define SECOND "10.0.0.2"

static void works(struct sim_rig *rig, const struct manage_request *request)
{
    g_autoptr(GError) error = NULL;
    autoptr(manage_answer) answer = sim_rig_manage(rig, request, &error);

    g_assert_no_error(error);
    g_assert_nonnull(answer);
}

static void refuses(struct sim_rig *rig, const struct manage_request *request, const char *why)
{
    g_autoptr(GError) error = NULL;
    autoptr(manage_answer) answer = sim_rig_manage(rig, request, &error);

    g_assert_null(answer);
    g_assert_nonnull(error);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, why));
}

static struct sim_rig *rig_new(void)
{
    return sim_rig_new(sim_lab_make(2, 1), TRUE, 7, NULL, SIM_RIG_CLOSING_US);
}

static char *definition_of(struct sim_rig *rig, const char *address, const char *vm)
{
    const struct manage_request request = {.kind = MANAGE_DEFINITION, .address = address, .vm = vm};
    autoptr(manage_answer) answer = sim_rig_manage(rig, &request, NULL);

    g_assert_nonnull(answer);
    return g_strdup(answer->text);
}

static struct manage_request define(const char *address, const char *xml, gboolean fresh)
{
    return (struct manage_request){
        .kind = MANAGE_DEFINE, .address = address, .xml = xml, .fresh = fresh};
}

static gboolean shows(struct sim_rig *rig, const char *address, const char *vm)
{
    autoptr(host_report) report = sim_rig_refresh(rig, address, NULL);

    return host_report_find_vm(report, vm) != NULL;
}

static const char web[] = "<domain type='kvm'><name>web</name>"
                          "<uuid>33333333-0000-4000-8000-000000000003</uuid>"
                          "<memory unit='MiB'>128</memory><os><type>hvm</type></os></domain>";

static void a_new_vm_starts_and_goes(void)
{
    autoptr(sim_rig) rig = rig_new();
    const struct manage_request fresh = define(FIRST, web, TRUE);
    const struct manage_request gone = {.kind = MANAGE_UNDEFINE, .address = FIRST, .vm = "web"};
    g_autofree char *text = NULL;

    works(rig, &fresh);
    g_assert_true(shows(rig, FIRST, "web"));
    text = definition_of(rig, FIRST, "web");
    g_assert_cmpstr(text, ==, web);
    refuses(rig, &fresh, "knows a VM of that name");
    g_assert_true(sim_rig_control(rig, FIRST, "web", CONTROL_START, NULL));
    refuses(rig, &gone, "it runs");
    g_assert_true(sim_rig_control(rig, FIRST, "web", CONTROL_FORCE_OFF, NULL));
    works(rig, &gone);
    g_assert_false(shows(rig, FIRST, "web"));
    refuses(rig, &gone, "does not know");
    g_assert_cmpuint(sim_sins(rig->driver, NULL), ==, 0);
}

static void the_same_vm_is_known_on_two_hosts(void)
{
    autoptr(sim_rig) rig = rig_new();
    g_autofree char *xml = definition_of(rig, FIRST, "pc01");
    const struct manage_request also = define(SECOND, xml, FALSE);
    const struct manage_request gone = {.kind = MANAGE_UNDEFINE, .address = SECOND, .vm = "pc01"};

    works(rig, &also);
    g_assert_true(shows(rig, SECOND, "pc01"));
    works(rig, &gone);
    g_assert_false(shows(rig, SECOND, "pc01"));
    g_assert_true(shows(rig, FIRST, "pc01"));
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 2);
}

static void what_is_forgotten_where_it_is_lives_on_elsewhere(void)
{
    autoptr(sim_rig) rig = rig_new();
    g_autofree char *xml = definition_of(rig, FIRST, "pc01");
    const struct manage_request also = define(SECOND, xml, FALSE);
    const struct manage_request gone = {.kind = MANAGE_UNDEFINE, .address = FIRST, .vm = "pc01"};

    works(rig, &also);
    g_assert_true(sim_rig_control(rig, FIRST, "pc01", CONTROL_FORCE_OFF, NULL));
    works(rig, &gone);
    g_assert_false(shows(rig, FIRST, "pc01"));
    g_assert_true(sim_rig_control(rig, SECOND, "pc01", CONTROL_START, NULL));
}

static void another_vm_of_that_name_is_refused(void)
{
    autoptr(sim_rig) rig = rig_new();
    g_autofree char *xml = definition_of(rig, FIRST, "pc01");
    g_autoptr(GString) other = g_string_new(xml);
    struct manage_request request;

    g_string_replace(other, "<uuid>0", "<uuid>9", 1);
    request = define(SECOND, other->str, FALSE);
    refuses(rig, &request, "another VM of this name");
    request = define(FIRST, other->str, FALSE);
    refuses(rig, &request, "knows a VM of that name");
    request = define(FIRST, "<domain><name>../x</name></domain>", TRUE);
    refuses(rig, &request, "cannot be used");
    request = define(FIRST, "<x/>", TRUE);
    refuses(rig, &request, "not the XML");
}

static void disks_are_never_written_over(void)
{
    autoptr(sim_rig) rig = rig_new();
    struct manage_request disk = {.kind = MANAGE_CREATE_DISK,
                                  .address = FIRST,
                                  .path = "/srv/vms/new.qcow2",
                                  .format = "qcow2",
                                  .backing = "/srv/vms/pc01.qcow2"};
    const char *paths[] = {"/srv/vms/new.qcow2", "/srv/vms/none.img", NULL};
    const struct manage_request trace = {
        .kind = MANAGE_TRACE_DISKS, .address = SECOND, .paths = paths};
    autoptr(manage_answer) answer = NULL;
    const struct manage_trace *found;

    works(rig, &disk);
    refuses(rig, &disk, "is there already");
    answer = sim_rig_manage(rig, &trace, NULL);
    found = g_ptr_array_index(answer->traces, 0);
    g_assert_cmpstr(found->real, ==, "/srv/vms/new.qcow2");
    g_assert_cmpstr(found->below[0], ==, "/srv/vms/pc01.qcow2");
    found = g_ptr_array_index(answer->traces, 1);
    g_assert_null(found->real);
    disk.kind = MANAGE_REMOVE_DISK;
    works(rig, &disk);
    refuses(rig, &disk, "no such file");
}

static void a_host_that_is_off_answers_nothing(void)
{
    autoptr(sim_rig) rig = rig_new();
    const struct manage_request fresh = define(FIRST, web, TRUE);

    g_assert_true(sim_rig_control(rig, FIRST, "pc01", CONTROL_FORCE_OFF, NULL));
    g_assert_true(sim_rig_power_off(rig, FIRST, TRUE, NULL));
    sim_rig_await_host(rig, FIRST, FALSE);
    refuses(rig, &fresh, "nothing answers");
}

static void a_mark_starts_it_with_its_host(void)
{
    autoptr(sim_rig) rig = rig_new();
    autoptr(host_report) report = NULL;

    g_assert_true(sim_rig_control(rig, FIRST, "pc01", CONTROL_AUTOSTART_ON, NULL));
    report = sim_rig_refresh(rig, FIRST, NULL);
    g_assert_true(host_report_find_vm(report, "pc01")->autostart);
    g_assert_true(sim_rig_control(rig, FIRST, "pc01", CONTROL_FORCE_OFF, NULL));
    g_assert_true(sim_rig_power_off(rig, FIRST, TRUE, NULL));
    sim_rig_await_host(rig, FIRST, FALSE);
    g_assert_true(sim_rig_wake(rig, report->mac, NULL));
    sim_rig_await_host(rig, FIRST, TRUE);
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 2);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/define/a_new_vm_starts_and_goes", a_new_vm_starts_and_goes);
    g_test_add_func("/sim/define/the_same_vm_is_known_on_two_hosts",
                    the_same_vm_is_known_on_two_hosts);
    g_test_add_func("/sim/define/what_is_forgotten_where_it_is_lives_on_elsewhere",
                    what_is_forgotten_where_it_is_lives_on_elsewhere);
    g_test_add_func("/sim/define/another_vm_of_that_name_is_refused",
                    another_vm_of_that_name_is_refused);
    g_test_add_func("/sim/define/disks_are_never_written_over", disks_are_never_written_over);
    g_test_add_func("/sim/define/a_host_that_is_off_answers_nothing",
                    a_host_that_is_off_answers_nothing);
    g_test_add_func("/sim/define/a_mark_starts_it_with_its_host", a_mark_starts_it_with_its_host);
    return g_test_run();
}
