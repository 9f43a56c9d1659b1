#include "core/driver/sim/sim.h"

#include <string.h>

#include "core/base/error.h"
#include "tests/support/sim_rig.h"

#define FIRST  "10.0.0.1"
#define SECOND "10.0.0.2"
#define MAC(n) "52:54:00:00:00:0" #n

/* At four in the morning hardly anybody is at work. */
#define NIGHT_US (SIM_RIG_CLOSING_US + 8 * CLOCK_HOUR_US + 15 * CLOCK_MINUTE_US)

static struct sim_rig *quiet_rig(guint hosts, const char *faults)
{
    return sim_rig_new(sim_lab_make(hosts, 1), TRUE, 7, faults, NIGHT_US);
}

static struct migrate_request to_second(void)
{
    struct migrate_request request = {
        .vm = "pc01", .from_address = FIRST, .to_address = SECOND, .auto_converge = TRUE};

    return request;
}

static enum vm_report_state state_on(struct sim_rig *rig, const char *address, const char *vm)
{
    autoptr(host_report) report = sim_rig_refresh(rig, address, NULL);
    struct vm_report *seen = host_report_find_vm(report, vm);

    return seen ? seen->state : VM_REPORT_OFF;
}

/* --- Labs --- */

static void test_ercolani(void)
{
    autoptr(cluster) lab = sim_lab_ercolani();
    const struct host *last = g_ptr_array_index(lab->hosts, 61);

    g_assert_cmpuint(lab->hosts->len, ==, 62);
    g_assert_cmpuint(cluster_count_active_vms(lab), ==, 62);
    g_assert_cmpstr(last->name, ==, "pc62");
    g_assert_cmpuint(host_most_vms(last, 256 * 1024), ==, 8);
    g_assert_cmpuint(last->cpus, ==, 2);
    g_assert_true(host_can_wake(last));
    g_assert_cmpstr(cluster_find_vm(lab, "pc62")->home, ==, "pc62");
}

static void test_unknown_lab(void)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(sim_lab_named("erco\nlani", &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_assert_nonnull(strstr(error->message, "erco\\x0alani"));
}

static void test_bare_cluster(void)
{
    struct cluster *lab = cluster_new("bare");
    struct host *host = cluster_add_host(lab, "alpha", "192.0.2.1", NULL);
    autoptr(sim_rig) rig = NULL;
    autoptr(host_report) report = NULL;

    cluster_add_vm(lab, host, "runs", NULL)->state = VM_RUNNING;
    cluster_add_vm(lab, host, "rests", NULL);
    rig = sim_rig_new(lab, FALSE, 1, NULL, 0);
    g_assert_cmpuint(sim_hosts_on(rig->driver), ==, 1); /* it must be on: a VM runs there */
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 1);
    g_assert_cmpuint(sim_vms_at_home(rig->driver), ==, 1);
    report = sim_rig_refresh(rig, "192.0.2.1", NULL);
    g_assert_cmpuint(report->cpus, >, 0);
    g_assert_cmpuint(report->mem_kib, >, 0);
    g_assert_nonnull(report->mac);
    g_assert_cmpint(host_report_find_vm(report, "runs")->state, ==, VM_REPORT_RUNNING);
    g_assert_cmpuint(host_report_find_vm(report, "runs")->mem_kib, >, 0);
    g_assert_cmpint(host_report_find_vm(report, "rests")->state, ==, VM_REPORT_OFF);
}

static void test_homes(void)
{
    struct cluster *lab = cluster_new("homes");
    struct host *host = cluster_add_host(lab, "alpha", "192.0.2.1", NULL);
    autoptr(sim_rig) rig = NULL;
    const struct migrate_request request = {.vm = "roams",
                                            .from_address = "192.0.2.1",
                                            .to_address = "192.0.2.2",
                                            .timeout_us = CLOCK_HOUR_US};

    cluster_add_host(lab, "beta", "192.0.2.2", NULL)->state = HOST_ON;
    cluster_add_vm(lab, host, "roams", NULL)->state = VM_RUNNING;
    cluster_add_vm(lab, host, "exile", NULL)->state = VM_RUNNING;
    cluster_find_vm(lab, "exile")->home = g_strdup("gone");
    rig = sim_rig_new(lab, FALSE, 1, NULL, 0);
    g_assert_cmpuint(sim_vms_at_home(rig->driver), ==, 1);
    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    g_assert_cmpuint(sim_vms_at_home(rig->driver), ==, 1);
}

static void test_written_user(void)
{
    struct cluster *lab = cluster_new("users");
    struct host *host = cluster_add_host(lab, "alpha", "192.0.2.1", NULL);
    autoptr(sim_rig) rig = NULL;
    autoptr(host_report) report = NULL;

    host->state = HOST_ON;
    host->users = g_strsplit("ana", " ", -1);
    rig = sim_rig_new(lab, FALSE, 1, NULL, 0);
    report = sim_rig_refresh(rig, "192.0.2.1", NULL);
    g_assert_cmpstr(report->users[0], ==, "ana");
}

/* --- Looking --- */

static void test_report(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, NULL);
    autoptr(host_report) first = sim_rig_refresh(rig, FIRST, NULL);
    autoptr(host_report) second = NULL;
    struct vm_report *vm = host_report_find_vm(first, "pc01");

    g_assert_cmpstr(first->hostname, ==, "pc01");
    g_assert_cmpstr(first->mac, ==, MAC(1));
    g_assert_cmpstr(vm->mac, ==, "52:54:01:00:00:01");
    g_assert_cmpint(vm->cpu_permille, ==, -1); /* nothing to compare with yet */
    g_assert_nonnull(first->users);
    sim_rig_run(rig, 10 * CLOCK_SECOND_US);
    second = sim_rig_refresh(rig, FIRST, NULL);
    vm = host_report_find_vm(second, "pc01");
    g_assert_cmpint(vm->cpu_permille, >=, 15);
    g_assert_cmpint(vm->cpu_permille, <=, 30);
    g_assert_cmpint(second->load15_permille, >, 0);
    g_assert_cmpint(second->load15_permille, <, 100);
}

static void test_nobody_lives_there(void)
{
    autoptr(sim_rig) rig = quiet_rig(1, NULL);
    g_autoptr(GError) error = NULL;

    g_assert_null(sim_rig_refresh(rig, "203.0.113.9", &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_ABSENT);
    g_assert_nonnull(strstr(error->message, "203.0.113.9"));
    g_clear_error(&error);
    g_assert_false(sim_rig_power_off(rig, "203.0.113.9", FALSE, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_ABSENT);
}

static void test_hang(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, "host-hangs=1");
    gint64 hung_at_us = 0;

    for (guint i = 0; i < 6 * 3600 && hung_at_us == 0; i++) {
        g_autoptr(GError) error = NULL;
        gint64 asked_us = clock_mono_us(rig->clock);
        autoptr(host_report) report = sim_rig_refresh(rig, FIRST, &error);

        if (report) {
            sim_rig_run(rig, CLOCK_SECOND_US);
            continue;
        }
        hung_at_us = asked_us;
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
        g_assert_cmpint(clock_mono_us(rig->clock) - asked_us, ==, 10 * CLOCK_SECOND_US);
    }
    g_assert_cmpint(hung_at_us, >, 0);
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 2);
    sim_rig_await_host(rig, SECOND, TRUE);
    sim_rig_run(rig, 31 * CLOCK_MINUTE_US);
    sim_rig_await_host(rig, FIRST, TRUE);
}

/* --- Power --- */

static void test_off_and_on(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, NULL);
    struct migrate_request request = to_second();
    g_autoptr(GError) error = NULL;
    gint64 told_us;

    g_assert_false(sim_rig_power_off(rig, FIRST, TRUE, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED); /* its VM runs there; forced or not */
    g_assert_nonnull(strstr(error->message, "host pc01"));
    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    g_assert_true(sim_rig_power_off(rig, FIRST, FALSE, NULL));
    told_us = clock_mono_us(rig->clock);
    g_assert_cmpuint(sim_hosts_on(rig->driver), ==, 2); /* told, not off */
    sim_rig_await_host(rig, FIRST, FALSE);
    g_assert_cmpint(clock_mono_us(rig->clock) - told_us, >=, 5 * CLOCK_SECOND_US);
    g_assert_cmpint(clock_mono_us(rig->clock) - told_us, <=, 20 * CLOCK_SECOND_US);
    g_assert_cmpuint(sim_hosts_on(rig->driver), ==, 1);
    told_us = clock_mono_us(rig->clock);
    g_assert_true(sim_rig_wake(rig, MAC(1), NULL));
    sim_rig_await_host(rig, FIRST, TRUE);
    g_assert_cmpint(clock_mono_us(rig->clock) - told_us, >=, 25 * CLOCK_SECOND_US);
    g_assert_cmpint(clock_mono_us(rig->clock) - told_us, <=, 65 * CLOCK_SECOND_US);
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 2);
    g_assert_cmpuint(sim_sins(rig->driver, NULL), ==, 0);
}

static void test_wake_needs_its_mac(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, NULL);
    struct migrate_request request = to_second();

    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    g_assert_true(sim_rig_power_off(rig, FIRST, FALSE, NULL));
    sim_rig_await_host(rig, FIRST, FALSE);
    g_assert_true(sim_rig_wake(rig, "52:54:00:00:ff:ff", NULL)); /* sent; heard by nobody */
    sim_rig_run(rig, 2 * CLOCK_MINUTE_US);
    g_assert_cmpuint(sim_hosts_on(rig->driver), ==, 1);
}

static void test_a_command_wakes_without_a_mac(void)
{
    struct cluster *lab = sim_lab_make(2, 0);
    struct host *host = lab->hosts->pdata[0];
    autoptr(sim_rig) rig = NULL;
    autoptr(host_report) report = NULL;

    host->wake = HOST_WAKE_COMMAND;
    rig = sim_rig_new(lab, FALSE, 1, NULL, 0);
    report = sim_rig_refresh(rig, FIRST, NULL);
    g_assert_cmpint(report->wake, ==, HOST_WAKE_COMMAND);
    g_assert_true(sim_rig_power_off(rig, FIRST, FALSE, NULL));
    sim_rig_await_host(rig, FIRST, FALSE);
    g_assert_true(sim_rig_wake(rig, NULL, NULL));
    sim_rig_await_host(rig, FIRST, TRUE);
}

struct sign {
    guint times;
    gboolean given;
};

static void on_sign(const GError *error, gpointer data)
{
    struct sign *sign = data;

    sign->times++;
    sign->given = error == NULL;
}

static void test_a_probe_finds_signs_of_life(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, NULL);
    struct migrate_request request = to_second();
    struct sign sign = {0};

    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    driver_probe(rig->driver, FIRST, CLOCK_SECOND_US / 2, on_sign, &sign);
    sim_rig_run(rig, CLOCK_SECOND_US);
    g_assert_cmpuint(sign.times, ==, 1);
    g_assert_true(sign.given);
    g_assert_true(sim_rig_power_off(rig, FIRST, FALSE, NULL));
    sim_rig_await_host(rig, FIRST, FALSE);
    driver_probe(rig->driver, FIRST, CLOCK_SECOND_US / 2, on_sign, &sign);
    sim_rig_run(rig, CLOCK_SECOND_US);
    g_assert_cmpuint(sign.times, ==, 2);
    g_assert_false(sign.given);
    g_assert_false(driver_can_cut(rig->driver, FIRST));
}

static void test_wake_fails(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, "wake-fails=1");
    struct migrate_request request = to_second();

    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    g_assert_true(sim_rig_power_off(rig, FIRST, FALSE, NULL));
    sim_rig_await_host(rig, FIRST, FALSE);
    g_assert_true(sim_rig_wake(rig, MAC(1), NULL));
    sim_rig_run(rig, 2 * CLOCK_MINUTE_US);
    g_assert_cmpuint(sim_hosts_on(rig->driver), ==, 1);
}

static void test_death(void)
{
    autoptr(sim_rig) rig = quiet_rig(1, "host-dies=1");

    while (sim_hosts_on(rig->driver) > 0)
        sim_rig_run(rig, CLOCK_MINUTE_US);
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 0);
    sim_rig_await_host(rig, FIRST, FALSE);
    g_assert_true(sim_rig_wake(rig, MAC(1), NULL));
    sim_rig_await_host(rig, FIRST, TRUE);
    g_assert_cmpuint(sim_vms_running(rig->driver), ==, 1);
    g_assert_cmpint(state_on(rig, FIRST, "pc01"), ==, VM_REPORT_RUNNING);
    g_assert_cmpuint(sim_sins(rig->driver, NULL), ==, 0);
}

static void test_login_forbids(void)
{
    /* Open hours: sooner or later somebody logs in to one of many hosts. */
    autoptr(sim_rig) rig =
        sim_rig_new(sim_lab_make(200, 0), TRUE, 3, NULL, SIM_RIG_CLOSING_US - 6 * CLOCK_HOUR_US);

    for (guint i = 1; i <= 200; i++) {
        g_autofree char *address = g_strdup_printf("10.0.0.%u", i);
        autoptr(host_report) report = NULL;
        g_autoptr(GError) error = NULL;

        if (i == 1)
            sim_rig_run(rig, 3 * CLOCK_HOUR_US);
        report = sim_rig_refresh(rig, address, NULL);
        if (!report->users[0])
            continue;
        g_assert_false(sim_rig_power_off(rig, address, FALSE, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
        g_assert_true(sim_rig_power_off(rig, address, TRUE, NULL)); /* the operator insists */
        g_assert_cmpuint(sim_sins(rig->driver, NULL), ==, 0);
        return;
    }
    g_assert_not_reached();
}

static void test_energy(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, NULL);
    struct migrate_request request = to_second();
    double before;

    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    g_assert_true(sim_rig_power_off(rig, FIRST, FALSE, NULL));
    sim_rig_await_host(rig, FIRST, FALSE);
    before = sim_joules(rig->driver);
    sim_rig_run(rig, 1000 * CLOCK_SECOND_US);
    /* One host idles at 70 W and a little, the other listens at 3 W. */
    g_assert_cmpfloat(sim_joules(rig->driver) - before, >, 73000);
    g_assert_cmpfloat(sim_joules(rig->driver) - before, <, 79000);
    g_assert_cmpfloat(sim_joules_all_on(rig->driver), >, sim_joules(rig->driver));
}

/* --- Operations --- */

static void count_call(const GError *error, gpointer data)
{
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED);
    ++*(guint *)data;
}

static void count_report(struct host_report *report, const GError *error, gpointer data)
{
    g_assert_null(report);
    count_call(error, data);
}

static void test_cancel_and_forget(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, NULL);
    struct migrate_request request = to_second();
    guint calls = 0;
    guint id;

    id = driver_refresh(rig->driver, FIRST, count_report, &calls);
    driver_cancel(rig->driver, id);
    driver_cancel(rig->driver, id);
    driver_cancel(rig->driver, 12345);
    g_assert_cmpuint(calls, ==, 0);
    driver_power_off(rig->driver, FIRST, FALSE, count_call, &calls);
    driver_migrate(rig->driver, &request, NULL, count_call, &calls);
    driver_forget(rig->driver, FIRST);
    sim_rig_run(rig, CLOCK_MINUTE_US);
    g_assert_cmpuint(calls, ==, 3);
    g_assert_cmpint(state_on(rig, FIRST, "pc01"), ==, VM_REPORT_RUNNING);
    g_assert_cmpint(state_on(rig, SECOND, "pc01"), ==, VM_REPORT_OFF);
}

static void fail_if_called(const GError *error, gpointer data)
{
    (void)error;
    (void)data;
    g_assert_not_reached();
}

static void fail_if_woken(const char *ways, const GError *error, gpointer data)
{
    (void)ways;
    fail_if_called(error, data);
}

static void fail_if_reported(struct host_report *report, const GError *error, gpointer data)
{
    (void)report;
    fail_if_called(error, data);
}

static void test_free_silences(void)
{
    struct clock *clock = clock_new_stepped(NIGHT_US);
    struct cluster *lab = sim_lab_make(3, 1);
    struct sim_options options = {.faults = {.host_dies = 1, .host_hangs = 1}};
    struct driver *driver = sim_driver_new(clock, lab, NULL, &options);
    struct migrate_request request = to_second();
    struct wake_request wake = {.address = FIRST, .mac = MAC(1)};

    driver_refresh(driver, FIRST, fail_if_reported, NULL);
    driver_refresh(driver, "203.0.113.9", fail_if_reported, NULL);
    driver_migrate(driver, &request, NULL, fail_if_called, NULL);
    driver_wake(driver, &wake, fail_if_woken, NULL);
    driver_power_off(driver, SECOND, FALSE, fail_if_called, NULL);
    driver_free(driver);
    g_assert_false(clock_step(clock)); /* it left no timer */
    cluster_free(lab);
    clock_free(clock);
}

static void note_address(const char *address, gpointer data)
{
    GString *seen = data;

    g_string_append_printf(seen, "%s ", address);
}

static void test_tells_changes(void)
{
    autoptr(sim_rig) rig = quiet_rig(2, NULL);
    struct migrate_request request = to_second();
    g_autoptr(GString) seen = g_string_new(NULL);

    driver_set_changed_func(rig->driver, note_address, seen);
    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    g_assert_cmpstr(seen->str, ==, FIRST " " SECOND " ");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/lab/ercolani_is_the_reference_lab", test_ercolani);
    g_test_add_func("/sim/lab/an_unknown_name_is_refused_and_escaped", test_unknown_lab);
    g_test_add_func("/sim/lab/any_cluster_serves_with_facts_missing", test_bare_cluster);
    g_test_add_func("/sim/lab/a_vm_without_a_home_is_at_home_anywhere", test_homes);
    g_test_add_func("/sim/lab/who_is_written_as_logged_in_is", test_written_user);
    g_test_add_func("/sim/refresh/tells_facts_and_measures_between_looks", test_report);
    g_test_add_func("/sim/refresh/an_empty_address_is_absent", test_nobody_lives_there);
    g_test_add_func("/sim/refresh/a_hung_host_is_unreachable_at_the_deadline", test_hang);
    g_test_add_func("/sim/power/off_takes_seconds_and_wake_a_boot", test_off_and_on);
    g_test_add_func("/sim/power/a_packet_wakes_only_its_own_mac", test_wake_needs_its_mac);
    g_test_add_func("/sim/power/a_failing_wake_wakes_nobody", test_wake_fails);
    g_test_add_func("/sim/power/a_command_wakes_without_a_mac", test_a_command_wakes_without_a_mac);
    g_test_add_func("/sim/power/a_probe_finds_signs_of_life", test_a_probe_finds_signs_of_life);
    g_test_add_func("/sim/power/a_dead_host_restarts_its_vms_once_woken", test_death);
    g_test_add_func("/sim/power/somebody_logged_in_forbids_unless_forced", test_login_forbids);
    g_test_add_func("/sim/power/energy_follows_what_is_on", test_energy);
    g_test_add_func("/sim/operations/each_cancelled_one_ends_once", test_cancel_and_forget);
    g_test_add_func("/sim/operations/none_ends_after_free", test_free_silences);
    g_test_add_func("/sim/operations/a_move_is_told_as_a_change", test_tells_changes);
    return g_test_run();
}
