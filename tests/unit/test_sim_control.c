/* VMs of the simulated lab started and stopped by hand. */
#include <string.h>

#include "tests/support/sim_rig.h"

#define FIRST  "10.0.0.1"
#define SECOND "10.0.0.2"

static struct sim_rig *rig_new(guint hosts, guint vms_each)
{
    return sim_rig_new(sim_lab_make(hosts, vms_each), TRUE, 7, NULL, SIM_RIG_CLOSING_US);
}

static enum vm_report_state state_on(struct sim_rig *rig, const char *address, const char *vm)
{
    autoptr(host_report) report = sim_rig_refresh(rig, address, NULL);
    const struct vm_report *seen = host_report_find_vm(report, vm);

    g_assert_nonnull(seen);
    return seen->state;
}

static void works(struct sim_rig *rig, enum control_action action)
{
    g_autoptr(GError) error = NULL;

    g_assert_true(sim_rig_control(rig, FIRST, "pc01", action, &error));
    g_assert_no_error(error);
}

static void assert_refused(struct sim_rig *rig, const char *address, const char *vm,
                           enum control_action action, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(sim_rig_control(rig, address, vm, action, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, why));
}

static void does_what_it_is_told(void)
{
    autoptr(sim_rig) rig = rig_new(2, 1);

    works(rig, CONTROL_PAUSE);
    g_assert_cmpint(state_on(rig, FIRST, "pc01"), ==, VM_REPORT_PAUSED);
    works(rig, CONTROL_RESUME);
    works(rig, CONTROL_REBOOT);
    g_assert_cmpint(state_on(rig, FIRST, "pc01"), ==, VM_REPORT_RUNNING);
    works(rig, CONTROL_SHUT_DOWN);
    g_assert_cmpint(state_on(rig, FIRST, "pc01"), ==, VM_REPORT_RUNNING); /* it takes its time */
    sim_rig_run(rig, 10 * CLOCK_SECOND_US);
    g_assert_cmpint(state_on(rig, FIRST, "pc01"), ==, VM_REPORT_OFF);
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 1);
    works(rig, CONTROL_START);
    g_assert_cmpint(state_on(rig, FIRST, "pc01"), ==, VM_REPORT_RUNNING);
    works(rig, CONTROL_FORCE_OFF);
    g_assert_cmpint(state_on(rig, FIRST, "pc01"), ==, VM_REPORT_OFF);
    g_assert_cmpuint(sim_sins(rig->driver, NULL), ==, 0);
}

static void refuses_what_makes_no_sense(void)
{
    autoptr(sim_rig) rig = rig_new(2, 1);

    assert_refused(rig, FIRST, "pc01", CONTROL_START, "it runs already");
    assert_refused(rig, SECOND, "pc01", CONTROL_START, "does not know it");
    assert_refused(rig, SECOND, "pc01", CONTROL_FORCE_OFF, "does not know it");
    works(rig, CONTROL_FORCE_OFF);
    assert_refused(rig, FIRST, "pc01", CONTROL_SHUT_DOWN, "it does not run");
}

static void an_absent_host_does_nothing(void)
{
    autoptr(sim_rig) rig = rig_new(2, 1);
    g_autoptr(GError) error = NULL;

    g_assert_false(sim_rig_control(rig, "10.9.9.9", "pc01", CONTROL_START, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_ABSENT);
}

/* One that is cut off in the middle of shutting down leaves nothing behind. */
static void a_world_ends_while_a_guest_goes_down(void)
{
    autoptr(sim_rig) rig = rig_new(1, 8);

    works(rig, CONTROL_SHUT_DOWN);
}

static void containers_do_not_migrate(void)
{
    struct cluster *lab = sim_lab_make(2, 1);
    struct host *host = g_ptr_array_index(lab->hosts, 1);
    autoptr(sim_rig) rig = NULL;
    autoptr(host_report) report = NULL;
    g_autoptr(GError) error = NULL;
    const struct migrate_request request = {
        .vm = "pc01", .from_address = FIRST, .to_address = SECOND};

    host->hypervisor = g_strdup("LXC");
    host->can_migrate = HOST_MIGRATION_UNABLE;
    rig = sim_rig_new(lab, TRUE, 7, NULL, SIM_RIG_CLOSING_US);
    report = sim_rig_refresh(rig, SECOND, NULL);
    g_assert_cmpstr(report->hypervisor, ==, "LXC");
    g_assert_cmpint(report->can_migrate, ==, HOST_MIGRATION_UNABLE);
    g_assert_false(sim_rig_migrate(rig, &request, &error));
    g_assert_nonnull(strstr(error->message, "not supported"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/control/does_what_it_is_told", does_what_it_is_told);
    g_test_add_func("/sim/control/refuses_what_makes_no_sense", refuses_what_makes_no_sense);
    g_test_add_func("/sim/control/an_absent_host_does_nothing", an_absent_host_does_nothing);
    g_test_add_func("/sim/control/a_world_ends_while_a_guest_goes_down",
                    a_world_ends_while_a_guest_goes_down);
    g_test_add_func("/sim/control/containers_do_not_migrate", containers_do_not_migrate);
    return g_test_run();
}
