/* What the engine promises about waking hosts and switching them off. */
#include <string.h>

#include "tests/support/engine_lab.h"

static struct lab *lab_with_pc3_off(void)
{
    struct lab *lab = lab_new(3, FALSE);

    lab_host(lab, 3)->on = FALSE;
    return lab;
}

static void test_wakes_a_host_and_believes_its_answer(void)
{
    struct lab *lab = lab_with_pc3_off();
    guint id;

    lab_start(lab);
    id = engine_wake(lab->engine, "pc3", NULL);
    lab_run(lab, 10 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_WAKING);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_RUNNING);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_ON);
    g_assert_cmpint(lab_seen(lab, 3)->wake, ==, HOST_WAKE_PROVEN);
    g_assert_cmpint(lab_seen(lab, 3)->woken_at_us, ==, clock_mono_us(lab->clock));
    /* It is asked every few seconds while it boots: the answer is noticed soon. */
    g_assert_cmpint(clock_mono_us(lab->clock), <, 44 * CLOCK_SECOND_US);
    lab_free(lab);
}

static void test_sends_the_packet_again(void)
{
    struct lab *lab = lab_with_pc3_off();
    guint id;

    lab_host(lab, 3)->deaf = 2;
    lab_start(lab);
    id = engine_wake(lab->engine, "pc3", NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(lab_host(lab, 3)->packets, ==, 3);
    g_assert_cmpuint(lab_job(lab, id)->attempt, ==, 3);
    lab_free(lab);
}

static void test_gives_up_aloud(void)
{
    struct lab *lab = lab_with_pc3_off();
    guint id;

    lab_host(lab, 3)->boots = FALSE;
    lab_start(lab);
    id = engine_wake(lab->engine, "pc3", NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpuint(lab_host(lab, 3)->packets, ==, 3);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    g_assert_cmpuint(lab_alarms(lab), ==, 1);
    g_assert_cmpint(clock_mono_us(lab->clock), <=,
                    lab->config.boot_timeout_us + 2 * CLOCK_SECOND_US);
    lab_free(lab);
}

/* It came on, but its libvirt did not: the operator must not be sent to look at plugs. */
static void test_says_what_a_host_that_came_on_lacks(void)
{
    struct lab *lab = lab_with_pc3_off();
    guint id;

    lab_host(lab, 3)->silent = TRUE;
    lab_start(lab);
    id = engine_wake(lab->engine, "pc3", NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_nonnull(
        strstr(lab_job(lab, id)->result, "host pc3 has come on, but cannot be used: "));
    g_assert_null(strstr(lab_job(lab, id)->result, "host pc3: "));
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_UNREACHABLE);
    g_assert_nonnull(lab_seen(lab, 3)->trouble);
    lab_host(lab, 3)->silent = FALSE;
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_ON);
    lab_free(lab);
}

static void test_refuses_to_wake_what_is_on_or_has_no_mac(void)
{
    struct lab *lab = lab_with_pc3_off();
    g_autoptr(GError) error = NULL;

    g_clear_pointer(&lab_host(lab, 3)->mac, g_free);
    lab_start(lab);
    g_assert_cmpuint(engine_wake(lab->engine, "pc1", NULL), ==, 0);
    g_assert_cmpuint(engine_wake(lab->engine, "pc3", &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_cmpuint(engine_wake(lab->engine, "pc9", NULL), ==, 0);
    lab_free(lab);
}

static void test_staggers_wakes(void)
{
    struct lab *lab = lab_new(11, FALSE);

    for (guint i = 2; i <= 11; i++)
        lab_host(lab, i)->on = FALSE;
    lab_start(lab);
    for (guint i = 2; i <= 11; i++)
        g_assert_cmpuint(engine_wake(lab->engine, lab_host(lab, i)->name, NULL), !=, 0);
    lab_run_jobs(lab);
    g_assert_cmpuint(lab_seen_on(lab), ==, 11);
    g_assert_cmpint(lab->fake->wake_gap_least_us, >=, lab->config.wake_stagger_us);
    /* Staggered, not one after the other. */
    g_assert_cmpint(clock_mono_us(lab->clock), <, 60 * CLOCK_SECOND_US);
    lab_free(lab);
}

static void test_a_wake_can_be_cancelled(void)
{
    struct lab *lab = lab_with_pc3_off();
    guint id;

    lab_host(lab, 3)->boots = FALSE;
    lab_start(lab);
    id = engine_wake(lab->engine, "pc3", NULL);
    lab_run(lab, 70 * CLOCK_SECOND_US);
    g_assert_true(engine_cancel_job(lab->engine, id, NULL));
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_CANCELLED);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_host(lab, 3)->packets, ==, 2);
    lab_free(lab);
}

static void test_switches_off_and_believes_the_silence(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run(lab, 2 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_STOPPING);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_VERIFYING);
    g_assert_false(engine_cancel_job(lab->engine, id, NULL));
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    g_assert_cmpint(clock_mono_us(lab->clock), >=, lab->fake->shutdown_us);
    g_assert_cmpuint(lab_alarms(lab), ==, 0);
    lab_free(lab);
}

static void test_silence_of_any_kind_counts_when_it_lasts(void)
{
    struct lab *lab = lab_new(3, FALSE);

    lab_start(lab);
    lab_host(lab, 3)->obeys = FALSE;
    g_assert_cmpuint(engine_power_off(lab->engine, "pc3", FALSE, NULL), !=, 0);
    lab_run(lab, CLOCK_SECOND_US);
    lab_host(lab, 3)->silent = TRUE;
    lab_run(lab, 2 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_STOPPING);
    lab_run(lab, 3 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab_free(lab);
}

static void test_a_host_that_stays_on_is_a_failure(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab_host(lab, 3)->obeys = FALSE;
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_ON);
    g_assert_nonnull(lab_seen(lab, 3)->trouble);
    g_assert_cmpuint(lab_alarms(lab), ==, 1);
    lab_free(lab);
}

static void test_refusals_leave_it_on(void)
{
    struct lab *lab = lab_new(4, FALSE);
    guint id;

    fake_vm_add(lab_host(lab, 2), "vm2", 256);
    fake_host_log_in(lab_host(lab, 3), "eva");
    lab_start(lab);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc1", TRUE, NULL), ==, 0);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc2", TRUE, NULL), ==, 0);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc3", FALSE, NULL), ==, 0);
    lab->fake->power_off_outcome = FAKE_REFUSED;
    id = engine_power_off(lab->engine, "pc4", FALSE, NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_true(g_str_has_prefix(lab_job(lab, id)->result, "refused: "));
    g_assert_cmpint(lab_seen(lab, 4)->state, ==, HOST_ON);
    lab->fake->power_off_outcome = FAKE_WORKS;
    g_assert_cmpuint(engine_power_off(lab->engine, "pc3", TRUE, NULL), !=, 0);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab_free(lab);
}

/* Somebody logs in, or a VM comes, after the last report and before the switch. */
static void test_is_asked_once_more_before_it_goes(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab_start(lab);
    lab_run(lab, CLOCK_SECOND_US);
    fake_host_log_in(lab_host(lab, 2), "eva");
    fake_vm_add(lab_host(lab, 3), "vm3", 256);
    id = engine_power_off(lab->engine, "pc2", FALSE, NULL);
    g_assert_cmpuint(id, !=, 0);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpuint(lab_host(lab, 2)->power_offs, ==, 0);
    lab_free(lab);
}

static void test_a_broken_connection_may_be_the_host_going(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab->fake->power_off_outcome = FAKE_TIMES_OUT;
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab_free(lab);
}

static void test_a_command_that_fails_may_have_worked(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab->fake->power_off_outcome = FAKE_FAILS_ARRIVED;
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab->fake->power_off_outcome = FAKE_FAILS;
    id = engine_power_off(lab->engine, "pc2", FALSE, NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "poweroff: not found"));
    g_assert_cmpint(lab_seen(lab, 2)->state, ==, HOST_ON);
    lab_free(lab);
}

static void test_a_host_in_use_is_not_switched_off(void)
{
    struct lab *lab = lab_new(3, TRUE);
    g_autoptr(GError) error = NULL;

    fake_vm_move(lab->fake, "vm3", "pc1");
    lab_start(lab);
    g_assert_cmpuint(engine_migrate(lab->engine, "vm2", "pc3", FALSE, NULL), !=, 0);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc3", TRUE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    lab_run_jobs(lab);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc2", FALSE, NULL), !=, 0);
    g_clear_error(&error);
    g_assert_cmpuint(engine_migrate(lab->engine, "vm1", "pc2", FALSE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_seen(lab, 2)->state, ==, HOST_OFF);
    lab_free(lab);
}

static void test_lost_packets_do_not_count(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab_host(lab, 3)->obeys = FALSE;
    lab->fake->probes_lost = 5;
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run(lab, 30 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_STOPPING);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_ON);
    lab_free(lab);
}

/* What the console cannot ask it does not take for silent, and never cuts. */
static void test_a_network_that_is_down_is_no_silence(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab_host(lab, 3)->can_cut = TRUE;
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run(lab, lab->fake->shutdown_us + 10 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab->fake->cut_off = TRUE;
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_VERIFYING);
    g_assert_cmpuint(lab_host(lab, 3)->cuts, ==, 0);
    lab->fake->cut_off = FALSE;
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(lab_host(lab, 3)->cuts, ==, 1);
    lab->fake->cut_off = TRUE;
    lab_host(lab, 2)->silent = FALSE;
    id = engine_power_off(lab->engine, "pc2", FALSE, NULL);
    lab_host(lab, 2)->obeys = FALSE;
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "network is unreachable"));
    lab_free(lab);
}

/* It may not have been told at all: a short silence could be the network's. */
static void test_a_quick_silence_proves_nothing_of_who_was_not_told(void)
{
    struct lab *lab = lab_new(3, FALSE);

    lab->fake->power_off_outcome = FAKE_TIMES_OUT;
    lab_host(lab, 3)->obeys = FALSE;
    lab_start(lab);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc3", FALSE, NULL), !=, 0);
    lab_run(lab, CLOCK_SECOND_US);
    lab_host(lab, 3)->silent = TRUE;
    lab_run(lab, 4 * CLOCK_SECOND_US);
    lab_host(lab, 3)->silent = FALSE;
    lab_run_jobs(lab);
    g_assert_cmpuint(lab_host(lab, 3)->probes, ==, 0);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_ON);
    lab_free(lab);
}

static void test_many_go_off_in_the_time_of_one(void)
{
    struct lab *lab = lab_new(8, FALSE);

    lab_start(lab);
    for (guint i = 2; i <= 8; i++)
        g_assert_cmpuint(engine_power_off(lab->engine, lab_host(lab, i)->name, FALSE, NULL), !=, 0);
    lab_run_jobs(lab);
    g_assert_cmpuint(lab_seen_on(lab), ==, 1);
    g_assert_cmpint(clock_mono_us(lab->clock), <, lab->fake->shutdown_us + 6 * CLOCK_SECOND_US);
    lab_free(lab);
}

static void test_its_power_is_cut_once_it_is_silent(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab_host(lab, 3)->can_cut = TRUE;
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run(lab, lab->fake->shutdown_us + 10 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_VERIFYING);
    g_assert_cmpuint(lab_host(lab, 3)->cuts, ==, 0);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(lab_host(lab, 3)->cuts, ==, 1);
    g_assert_cmpint(clock_mono_us(lab->clock), >, lab->config.cut_delay_us);
    g_assert_null(lab->fake->sin);
    lab_free(lab);
}

static void test_what_comes_back_is_not_cut(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab_host(lab, 3)->can_cut = TRUE;
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run(lab, lab->fake->shutdown_us + 10 * CLOCK_SECOND_US);
    lab_host(lab, 3)->on = TRUE;
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpuint(lab_host(lab, 3)->cuts, ==, 0);
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_ON);
    lab_free(lab);
}

static void test_a_plug_that_fails_is_told(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint id;

    lab_host(lab, 3)->can_cut = TRUE;
    lab->fake->cut_outcome = FAKE_FAILS;
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "no such socket"));
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab_free(lab);
}

static void test_only_force_cuts_what_cannot_be_asked(void)
{
    struct lab *lab = lab_new(3, FALSE);
    g_autoptr(GError) error = NULL;
    guint id;

    lab_start(lab);
    lab_host(lab, 2)->silent = TRUE;
    lab_host(lab, 3)->silent = lab_host(lab, 3)->can_cut = TRUE;
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_UNREACHABLE);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc2", TRUE, NULL), ==, 0);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc3", FALSE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "force"));
    id = engine_power_off(lab->engine, "pc3", TRUE, NULL);
    g_assert_cmpuint(id, !=, 0);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(lab_host(lab, 3)->cuts, ==, 1);
    g_assert_cmpuint(lab_host(lab, 3)->power_offs, ==, 0);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab_free(lab);
}

static void test_a_command_wakes_what_has_no_mac(void)
{
    struct lab *lab = lab_with_pc3_off();
    guint id;

    g_clear_pointer(&lab_host(lab, 3)->mac, g_free);
    lab_host(lab, 3)->wake = HOST_WAKE_COMMAND;
    lab_host(lab, 3)->on = TRUE; /* it tells so once */
    lab_start(lab);
    g_assert_cmpuint(engine_power_off(lab->engine, "pc3", FALSE, NULL), !=, 0);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    id = engine_wake(lab->engine, "pc3", NULL);
    g_assert_cmpuint(id, !=, 0);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen(lab, 3)->wake, ==, HOST_WAKE_COMMAND);
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "wake_command"));
    lab_free(lab);
}

static void test_hosts_of_its_segment_relay(void)
{
    struct lab *lab = lab_new(6, FALSE);
    struct fake_host *woken = lab_host(lab, 6);

    lab_host(lab, 2)->silent = TRUE;
    g_free(lab_host(lab, 3)->address);
    lab_host(lab, 3)->address = g_strdup("192.168.7.3");
    woken->on = FALSE;
    woken->deaf = 1;
    lab_start(lab);
    g_assert_cmpuint(engine_wake(lab->engine, "pc6", NULL), !=, 0);
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_nonnull(strstr(woken->relays, lab_host(lab, 1)->address));
    g_assert_nonnull(strstr(woken->relays, lab_host(lab, 4)->address));
    lab_run_jobs(lab);
    /* Others the second time. */
    g_assert_cmpuint(woken->packets, ==, 2);
    g_assert_nonnull(strstr(woken->relays, lab_host(lab, 5)->address));
    g_assert_null(strstr(woken->relays, "192.168.7.3"));
    g_assert_null(strstr(woken->relays, lab_host(lab, 2)->address));
    lab_free(lab);
}

/* A host that is being switched off takes nothing, in the preview as in the drain itself. */
static void test_a_drain_does_what_its_preview_shows(void)
{
    struct lab *lab = lab_new(3, TRUE);

    fake_vm_move(lab->fake, "vm2", "pc3");
    lab_start(lab);
    g_assert_null(engine_plan_drain(lab->engine, "nowhere"));
    g_assert_cmpuint(engine_power_off(lab->engine, "pc2", FALSE, NULL), !=, 0);
    autoptr(plan) plan = engine_plan_drain(lab->engine, "pc1");
    g_assert_cmpuint(plan->migrations, ==, 1);
    g_assert_cmpstr(plan_step(plan, 0)->to, ==, "pc3");
    g_assert_false(lab_seen(lab, 1)->maintenance);
    g_assert_true(engine_drain(lab->engine, "pc1", NULL));
    lab_run_jobs(lab);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm1", "pc3"));
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/wake/believes_its_answer", test_wakes_a_host_and_believes_its_answer);
    g_test_add_func("/engine/wake/sends_the_packet_again", test_sends_the_packet_again);
    g_test_add_func("/engine/wake/gives_up_aloud", test_gives_up_aloud);
    g_test_add_func("/engine/wake/says_what_a_host_that_came_on_lacks",
                    test_says_what_a_host_that_came_on_lacks);
    g_test_add_func("/engine/wake/refuses_what_is_on_or_has_no_mac",
                    test_refuses_to_wake_what_is_on_or_has_no_mac);
    g_test_add_func("/engine/wake/is_staggered", test_staggers_wakes);
    g_test_add_func("/engine/wake/can_be_cancelled", test_a_wake_can_be_cancelled);
    g_test_add_func("/engine/off/believes_the_silence", test_switches_off_and_believes_the_silence);
    g_test_add_func("/engine/off/silence_of_any_kind_counts_when_it_lasts",
                    test_silence_of_any_kind_counts_when_it_lasts);
    g_test_add_func("/engine/off/a_host_that_stays_on_is_a_failure",
                    test_a_host_that_stays_on_is_a_failure);
    g_test_add_func("/engine/off/refusals_leave_it_on", test_refusals_leave_it_on);
    g_test_add_func("/engine/off/is_asked_once_more_before_it_goes",
                    test_is_asked_once_more_before_it_goes);
    g_test_add_func("/engine/off/a_command_that_fails_may_have_worked",
                    test_a_command_that_fails_may_have_worked);
    g_test_add_func("/engine/off/a_broken_connection_may_be_the_host_going",
                    test_a_broken_connection_may_be_the_host_going);
    g_test_add_func("/engine/off/a_host_in_use_is_not_switched_off",
                    test_a_host_in_use_is_not_switched_off);
    g_test_add_func("/engine/off/lost_packets_do_not_count", test_lost_packets_do_not_count);
    g_test_add_func("/engine/off/a_network_that_is_down_is_no_silence",
                    test_a_network_that_is_down_is_no_silence);
    g_test_add_func("/engine/off/a_quick_silence_proves_nothing_of_who_was_not_told",
                    test_a_quick_silence_proves_nothing_of_who_was_not_told);
    g_test_add_func("/engine/off/many_go_off_in_the_time_of_one",
                    test_many_go_off_in_the_time_of_one);
    g_test_add_func("/engine/cut/comes_after_silence", test_its_power_is_cut_once_it_is_silent);
    g_test_add_func("/engine/cut/spares_what_comes_back", test_what_comes_back_is_not_cut);
    g_test_add_func("/engine/cut/failures_are_told", test_a_plug_that_fails_is_told);
    g_test_add_func("/engine/cut/what_cannot_be_asked_needs_force",
                    test_only_force_cuts_what_cannot_be_asked);
    g_test_add_func("/engine/wake/a_command_needs_no_mac", test_a_command_wakes_what_has_no_mac);
    g_test_add_func("/engine/wake/hosts_of_its_segment_relay", test_hosts_of_its_segment_relay);
    g_test_add_func("/engine/drain/does_what_its_preview_shows",
                    test_a_drain_does_what_its_preview_shows);
    return g_test_run();
}
