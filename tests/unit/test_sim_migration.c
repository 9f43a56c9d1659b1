#include "core/driver/sim/sim.h"

#include <string.h>

#include "core/base/error.h"
#include "tests/support/sim_rig.h"

#define FIRST    "10.0.0.1"
#define SECOND   "10.0.0.2"
#define NIGHT_US (SIM_RIG_CLOSING_US + 8 * CLOCK_HOUR_US + 15 * CLOCK_MINUTE_US)

static struct sim_rig *rig_of(guint hosts, guint vms_each, const char *faults)
{
    return sim_rig_new(sim_lab_make(hosts, vms_each), TRUE, 5, faults, NIGHT_US);
}

static struct migrate_request request_for(const char *vm, const char *from, const char *to)
{
    struct migrate_request request = {
        .vm = vm, .from_address = from, .to_address = to, .auto_converge = TRUE};

    return request;
}

static gboolean runs_on(struct sim_rig *rig, const char *address, const char *name)
{
    autoptr(host_report) report = sim_rig_refresh(rig, address, NULL);
    struct vm_report *vm = host_report_find_vm(report, name);

    return vm && vm->state == VM_REPORT_RUNNING;
}

static void assert_refused(struct sim_rig *rig, const struct migrate_request *request,
                           enum roost_error code, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(sim_rig_migrate(rig, request, &error));
    g_assert_error(error, ROOST_ERROR, (gint)code);
    g_assert_nonnull(strstr(error->message, why));
    g_assert_true(g_str_has_prefix(error->message, "vm "));
}

static void test_a_few_seconds(void)
{
    autoptr(sim_rig) rig = rig_of(2, 1, NULL);
    struct migrate_request request = request_for("pc01", FIRST, SECOND);
    gint64 begun_us = clock_mono_us(rig->clock);
    gint64 took_us;

    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    took_us = clock_mono_us(rig->clock) - begun_us;
    g_assert_cmpint(took_us, >, 2 * CLOCK_SECOND_US); /* 256 MiB at 117 MB/s */
    g_assert_cmpint(took_us, <, 5 * CLOCK_SECOND_US);
    g_assert_cmpuint(rig->progress_calls, >=, 4);
    g_assert_cmpuint(rig->progress.total_bytes, >=, 256 * 1024 * 1024);
    g_assert_true(runs_on(rig, SECOND, "pc01"));
    g_assert_false(runs_on(rig, FIRST, "pc01"));
    g_assert_cmpuint(sim_moves(rig->driver), ==, 1);
    g_assert_cmpuint(sim_vms_at_home(rig->driver), ==, 1);
}

static void test_refusals(void)
{
    autoptr(sim_rig) rig = rig_of(3, 8, NULL); /* 8 x 256 MiB: all full */
    struct migrate_request full = request_for("pc01", FIRST, SECOND);
    struct migrate_request elsewhere = request_for("pc02", FIRST, SECOND);
    struct migrate_request unknown = request_for("nobody", FIRST, SECOND);
    struct migrate_request nowhere = request_for("pc01", FIRST, "203.0.113.9");
    struct migrate_request same = request_for("pc01", FIRST, FIRST);

    assert_refused(rig, &full, ROOST_ERROR_REFUSED, "RAM");
    assert_refused(rig, &elsewhere, ROOST_ERROR_REFUSED, "does not run on the source");
    assert_refused(rig, &unknown, ROOST_ERROR_REFUSED, "vm nobody");
    assert_refused(rig, &nowhere, ROOST_ERROR_ABSENT, "off");
    assert_refused(rig, &same, ROOST_ERROR_REFUSED, "already");
    g_assert_cmpuint(sim_sins(rig->driver, NULL), ==, 0);
}

static void note_end(const GError *error, gpointer data)
{
    g_assert_no_error(error);
    ++*(guint *)data;
}

static gint64 time_for(guint moves)
{
    autoptr(sim_rig) rig = rig_of(2 * moves, 1, NULL);
    gint64 begun_us = clock_mono_us(rig->clock);
    guint ended = 0;

    for (guint i = 1; i <= moves; i++) {
        g_autofree char *vm = g_strdup_printf("pc%02u", i);
        g_autofree char *from = g_strdup_printf("10.0.0.%u", i);
        g_autofree char *to = g_strdup_printf("10.0.0.%u", moves + i);
        struct migrate_request request = request_for(vm, from, to);

        driver_migrate(rig->driver, &request, NULL, note_end, &ended);
    }
    while (ended < moves)
        g_assert_true(clock_step(rig->clock));
    return clock_mono_us(rig->clock) - begun_us;
}

static void test_network_is_shared(void)
{
    gint64 one_us = time_for(1);
    gint64 four_us = time_for(4);
    gint64 sixteen_us = time_for(16);

    g_assert_cmpint(four_us, <, one_us + CLOCK_SECOND_US); /* the lab carries four at once */
    g_assert_cmpint(sixteen_us, >, 3 * one_us);
}

static void test_ports_are_shared(void)
{
    autoptr(sim_rig) rig = sim_rig_new(sim_lab_make(3, 1), TRUE, 5, NULL, NIGHT_US);
    struct migrate_request one = request_for("pc01", FIRST, "10.0.0.3");
    struct migrate_request two = request_for("pc02", SECOND, "10.0.0.3");
    gint64 begun_us = clock_mono_us(rig->clock);
    guint ended = 0;

    driver_migrate(rig->driver, &one, NULL, note_end, &ended);
    driver_migrate(rig->driver, &two, NULL, note_end, &ended);
    while (ended < 2)
        g_assert_true(clock_step(rig->clock));
    g_assert_cmpint(clock_mono_us(rig->clock) - begun_us, >, 4 * CLOCK_SECOND_US);
}

static void test_bandwidth(void)
{
    autoptr(sim_rig) rig = rig_of(2, 1, NULL);
    struct migrate_request request = request_for("pc01", FIRST, SECOND);
    gint64 begun_us = clock_mono_us(rig->clock);

    request.bandwidth_mib_per_s = 16;
    g_assert_true(sim_rig_migrate(rig, &request, NULL));
    g_assert_cmpint(clock_mono_us(rig->clock) - begun_us, >, 16 * CLOCK_SECOND_US);
}

static void test_incoming_is_shown_and_counted(void)
{
    autoptr(sim_rig) rig = rig_of(2, 1, NULL);
    struct migrate_request request = request_for("pc01", FIRST, SECOND);
    struct migrate_request back = request_for("pc02", SECOND, FIRST);
    g_autoptr(GError) error = NULL;
    guint ended = 0;

    driver_migrate(rig->driver, &request, NULL, note_end, &ended);
    sim_rig_run(rig, CLOCK_SECOND_US);
    {
        autoptr(host_report) report = sim_rig_refresh(rig, SECOND, NULL);

        g_assert_cmpint(host_report_find_vm(report, "pc01")->state, ==, VM_REPORT_INCOMING);
        g_assert_true(runs_on(rig, FIRST, "pc01"));
    }
    assert_refused(rig, &request, ROOST_ERROR_REFUSED, "being migrated");
    g_assert_true(sim_rig_migrate(rig, &back, NULL));
    g_assert_false(sim_rig_power_off(rig, SECOND, TRUE, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_cmpuint(ended, ==, 1);
}

static void test_timeout(void)
{
    autoptr(sim_rig) rig = rig_of(2, 1, "never-converges=1");
    struct migrate_request request = request_for("pc01", FIRST, SECOND);
    gint64 begun_us = clock_mono_us(rig->clock);

    request.timeout_us = CLOCK_MINUTE_US;
    assert_refused(rig, &request, ROOST_ERROR_TIMEOUT, "too long");
    g_assert_cmpint(clock_mono_us(rig->clock) - begun_us, >=, CLOCK_MINUTE_US);
    g_assert_cmpint(clock_mono_us(rig->clock) - begun_us, <, CLOCK_MINUTE_US + CLOCK_SECOND_US);
    g_assert_cmpuint(rig->progress.pass, >, 5);
    g_assert_true(runs_on(rig, FIRST, "pc01"));
    g_assert_cmpuint(sim_moves_failed(rig->driver), ==, 1);
}

static void test_other_modes_always_end(void)
{
    static const enum migrate_mode modes[] = {MIGRATE_POSTCOPY, MIGRATE_STOPANDCOPY};

    for (guint i = 0; i < G_N_ELEMENTS(modes); i++) {
        autoptr(sim_rig) rig = rig_of(2, 1, "never-converges=1");
        struct migrate_request request = request_for("pc01", FIRST, SECOND);

        request.mode = modes[i];
        g_assert_true(sim_rig_migrate(rig, &request, NULL));
        g_assert_true(runs_on(rig, SECOND, "pc01"));
        g_assert_cmpuint(rig->progress.pass, ==, 1);
    }
}

static const char *state_in(const struct host_report *report)
{
    static const char *const names[] = {"off", "running", "paused", "incoming"};
    const struct vm_report *vm = host_report_find_vm(report, "pc01");

    return vm ? names[vm->state] : "none";
}

/* Where and how the VM is two seconds into a migration. */
static char *halfway(enum migrate_mode mode)
{
    autoptr(sim_rig) rig = rig_of(2, 1, NULL);
    struct migrate_request request = request_for("pc01", FIRST, SECOND);
    autoptr(host_report) from = NULL;
    autoptr(host_report) to = NULL;
    guint ended = 0;

    request.mode = mode;
    driver_migrate(rig->driver, &request, NULL, note_end, &ended);
    sim_rig_run(rig, 2 * CLOCK_SECOND_US);
    from = sim_rig_refresh(rig, FIRST, NULL);
    to = sim_rig_refresh(rig, SECOND, NULL);
    g_assert_cmpuint(ended, ==, 0);
    return g_strdup_printf("%s, %s", state_in(from), state_in(to));
}

static void test_modes_differ(void)
{
    g_autofree char *precopy = halfway(MIGRATE_PRECOPY);
    g_autofree char *postcopy = halfway(MIGRATE_POSTCOPY);
    g_autofree char *stopped = halfway(MIGRATE_STOPANDCOPY);

    g_assert_cmpstr(precopy, ==, "running, incoming");
    g_assert_cmpstr(postcopy, ==, "none, running");
    g_assert_cmpstr(stopped, ==, "paused, incoming");
}

static void test_failures_are_honest(void)
{
    guint stayed = 0;
    guint moved = 0;

    for (guint seed = 0; seed < 60; seed++) {
        autoptr(sim_rig) rig =
            sim_rig_new(sim_lab_make(2, 1), TRUE, seed, "migration-fails=1", NIGHT_US);
        struct migrate_request request = request_for("pc01", FIRST, SECOND);
        g_autoptr(GError) error = NULL;

        g_assert_false(sim_rig_migrate(rig, &request, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_FAILED);
        g_assert_true(runs_on(rig, FIRST, "pc01") != runs_on(rig, SECOND, "pc01"));
        g_assert_cmpuint(sim_vms_running(rig->driver), ==, 2);
        if (runs_on(rig, SECOND, "pc01"))
            moved++;
        else
            stayed++;
    }
    g_assert_cmpuint(stayed, >, moved);
    g_assert_cmpuint(moved, >, 3); /* an error although it moved: the nasty case */
}

static void note_error(const GError *error, gpointer data)
{
    g_assert_nonnull(error);
    *(gint *)data = error->code;
}

static void test_cancel(void)
{
    autoptr(sim_rig) rig = rig_of(2, 1, NULL);
    struct migrate_request request = request_for("pc01", FIRST, SECOND);
    gint code = -1;
    guint id = driver_migrate(rig->driver, &request, NULL, note_error, &code);

    sim_rig_run(rig, CLOCK_SECOND_US);
    driver_cancel(rig->driver, id);
    g_assert_cmpint(code, ==, -1);
    sim_rig_run(rig, CLOCK_SECOND_US);
    g_assert_cmpint(code, ==, ROOST_ERROR_CANCELLED);
    g_assert_true(runs_on(rig, FIRST, "pc01"));
    {
        autoptr(host_report) report = sim_rig_refresh(rig, SECOND, NULL);

        g_assert_null(host_report_find_vm(report, "pc01"));
    }
    g_assert_true(sim_rig_migrate(rig, &request, NULL)); /* nothing is left in its way */
}

/* A long migration between two hosts that both lose power some time. */
static void test_death_breaks_off(void)
{
    for (guint seed = 0; seed < 20; seed++) {
        autoptr(sim_rig) rig =
            sim_rig_new(sim_lab_make(2, 1), FALSE, seed, "host-dies=1,never-converges=1", NIGHT_US);
        struct migrate_request request = request_for("pc01", FIRST, SECOND);
        g_autoptr(GError) error = NULL;

        g_assert_false(sim_rig_migrate(rig, &request, &error));
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
        g_assert_cmpuint(sim_hosts_on(rig->driver), ==, 1);
        g_assert_cmpuint(sim_vms_running(rig->driver), ==, 1);
        g_assert_cmpuint(sim_sins(rig->driver, NULL), ==, 0);
    }
}

static struct migrate_request endless(struct sim_rig **rig, enum migrate_late late)
{
    struct migrate_request request = request_for("pc01", FIRST, SECOND);

    *rig = rig_of(2, 1, "never-converges=1");
    request.timeout_us = 30 * CLOCK_SECOND_US;
    request.on_timeout = late;
    return request;
}

static void test_time_out_by_policy(void)
{
    for (enum migrate_late late = MIGRATE_LATE_POSTCOPY; late <= MIGRATE_LATE_PAUSE; late++) {
        autoptr(sim_rig) rig = NULL;
        struct migrate_request request = endless(&rig, late);
        gint64 begun_us = clock_mono_us(rig->clock);
        g_autoptr(GError) error = NULL;

        g_assert_true(sim_rig_migrate(rig, &request, &error));
        g_assert_no_error(error);
        g_assert_cmpint(clock_mono_us(rig->clock) - begun_us, >, 30 * CLOCK_SECOND_US);
        g_assert_cmpint(clock_mono_us(rig->clock) - begun_us, <, 40 * CLOCK_SECOND_US);
        g_assert_cmpint(rig->progress.stage, ==,
                        late == MIGRATE_LATE_PAUSE ? MIGRATE_STAGE_PAUSED
                                                   : MIGRATE_STAGE_FOLLOWING);
        g_assert_true(runs_on(rig, SECOND, "pc01")); /* not paused any more */
        g_assert_false(runs_on(rig, FIRST, "pc01"));
        g_assert_cmpuint(sim_sins(rig->driver, NULL), ==, 0);
    }
}

static void test_too_long_a_pause_is_none(void)
{
    autoptr(sim_rig) rig = NULL;
    struct migrate_request request = endless(&rig, MIGRATE_LATE_PAUSE);
    g_autoptr(GError) error = NULL;

    request.pause_most_us = CLOCK_SECOND_US / 100;
    g_assert_false(sim_rig_migrate(rig, &request, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_TIMEOUT);
    g_assert_true(runs_on(rig, FIRST, "pc01"));
}

static void steer_after(struct sim_rig *rig, enum migrate_steer steer, gint64 after_us)
{
    struct migrate_request request = request_for("pc01", FIRST, SECOND);
    guint ended = 0;
    guint operation = driver_migrate(rig->driver, &request, NULL, note_end, &ended);

    sim_rig_run(rig, after_us);
    g_assert_cmpuint(ended, ==, 0);
    driver_steer(rig->driver, operation, steer);
    driver_steer(rig->driver, operation, steer);
    sim_rig_run(rig, 10 * CLOCK_SECOND_US);
    g_assert_cmpuint(ended, ==, 1);
    driver_steer(rig->driver, operation, steer); /* over: nothing */
    g_assert_true(runs_on(rig, SECOND, "pc01"));
}

static void test_steered_it_ends(void)
{
    static const gint64 after_us[] = {0, CLOCK_SECOND_US, 20 * CLOCK_SECOND_US};

    for (guint i = 0; i < G_N_ELEMENTS(after_us); i++) {
        autoptr(sim_rig) postcopy = rig_of(2, 1, "never-converges=1");
        autoptr(sim_rig) paused = rig_of(2, 1, "never-converges=1");

        steer_after(postcopy, MIGRATE_STEER_POSTCOPY, after_us[i]);
        steer_after(paused, MIGRATE_STEER_PAUSE, after_us[i]);
    }
}

static void note_failure(const GError *error, gpointer data)
{
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
    ++*(guint *)data;
}

static void test_given_up_it_leaves_the_vm_home(void)
{
    autoptr(sim_rig) rig = rig_of(2, 1, "never-converges=1");
    struct migrate_request request = request_for("pc01", FIRST, SECOND);
    guint ended = 0;
    guint operation = driver_migrate(rig->driver, &request, NULL, note_failure, &ended);

    sim_rig_run(rig, 5 * CLOCK_SECOND_US);
    driver_steer(rig->driver, operation, MIGRATE_STEER_GIVE_UP);
    sim_rig_run(rig, CLOCK_SECOND_US);
    g_assert_cmpuint(ended, ==, 1);
    g_assert_true(runs_on(rig, FIRST, "pc01"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/migration/takes_a_few_seconds", test_a_few_seconds);
    g_test_add_func("/sim/migration/what_cannot_be_is_refused", test_refusals);
    g_test_add_func("/sim/migration/the_lab_carries_four_at_once", test_network_is_shared);
    g_test_add_func("/sim/migration/two_into_one_host_share_its_port", test_ports_are_shared);
    g_test_add_func("/sim/migration/a_bandwidth_limit_holds", test_bandwidth);
    g_test_add_func("/sim/migration/incoming_is_shown_and_guarded",
                    test_incoming_is_shown_and_counted);
    g_test_add_func("/sim/migration/one_that_never_converges_times_out", test_timeout);
    g_test_add_func("/sim/migration/other_modes_end_whatever_is_written",
                    test_other_modes_always_end);
    g_test_add_func("/sim/migration/modes_differ_halfway", test_modes_differ);
    g_test_add_func("/sim/migration/a_failure_never_loses_nor_doubles", test_failures_are_honest);
    g_test_add_func("/sim/migration/a_cancelled_one_leaves_the_vm_home", test_cancel);
    g_test_add_func("/sim/migration/a_dying_host_breaks_it_off", test_death_breaks_off);
    g_test_add_func("/sim/migration/its_time_up_it_does_as_asked", test_time_out_by_policy);
    g_test_add_func("/sim/migration/too_long_a_pause_is_none", test_too_long_a_pause_is_none);
    g_test_add_func("/sim/migration/steered_it_ends", test_steered_it_ends);
    g_test_add_func("/sim/migration/given_up_it_leaves_the_vm_home",
                    test_given_up_it_leaves_the_vm_home);
    return g_test_run();
}
