/* What the engine promises about migrations, their limits, their ends and their cancelling. */
#include <string.h>

#include "tests/support/engine_lab.h"

static guint migrate(struct lab *lab, const char *vm, const char *to)
{
    g_autoptr(GError) error = NULL;
    guint id = engine_migrate(lab->engine, vm, to, FALSE, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(id, !=, 0);
    return id;
}

static struct lab *lab_with(enum fake_outcome outcome)
{
    struct lab *lab = lab_new(3, TRUE);

    fake_next(lab->fake, outcome);
    lab_start(lab);
    return lab;
}

static void assert_refused(struct lab *lab, const char *vm, const char *to)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(engine_migrate(lab->engine, vm, to, FALSE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
}

static void test_moves_a_vm_and_says_so(void)
{
    struct lab *lab = lab_with(FAKE_WORKS);
    guint id = migrate(lab, "vm1", "pc2");

    g_assert_nonnull(engine_job_of_vm(lab->engine, "vm1"));
    g_assert_nonnull(engine_job_of_host(lab->engine, "pc2"));
    lab_run(lab, 3 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_RUNNING);
    g_assert_cmpuint(job_progress_permille(lab_job(lab, id)), ==, 500);
    g_assert_cmpuint(engine_jobs_running(lab->engine), ==, 1);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(job_progress_permille(lab_job(lab, id)), ==, 1000);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc2");
    g_assert_cmpuint(engine_jobs_running(lab->engine), ==, 0);
    g_assert_null(engine_job_of_vm(lab->engine, "vm1"));
    g_assert_cmpuint(lab_journal_has(lab, "done"), >=, 1);
    lab_free(lab);
}

static void test_refuses_what_must_not_be(void)
{
    struct lab *lab = lab_with(FAKE_WORKS);
    g_autoptr(GError) error = NULL;

    assert_refused(lab, "vm1", "pc1");
    g_assert_cmpuint(engine_migrate(lab->engine, "nobody", "pc1", FALSE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_clear_error(&error);
    g_assert_cmpuint(engine_migrate(lab->engine, "vm1", "nowhere", FALSE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    lab_host(lab, 2)->silent = TRUE;
    lab_run(lab, 11 * CLOCK_SECOND_US);
    assert_refused(lab, "vm1", "pc2");
    lab_free(lab);
}

static void test_one_action_at_a_time_touches_a_vm(void)
{
    struct lab *lab = lab_with(FAKE_WORKS);

    migrate(lab, "vm1", "pc2");
    assert_refused(lab, "vm1", "pc3");
    lab_run_jobs(lab);
    migrate(lab, "vm1", "pc3");
    lab_run_jobs(lab);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm1", "pc3"));
    lab_free(lab);
}

static void run_many(guint in, guint out, guint most)
{
    struct lab *lab = lab_new(12, TRUE);

    lab->config.migrations_in_most = in;
    lab->config.migrations_out_most = out;
    lab->config.migrations_most = most;
    lab_start(lab);
    for (guint i = 1; i <= 6; i++) {
        g_autofree char *vm = g_strdup_printf("vm%u", i);
        g_autofree char *to = g_strdup_printf("pc%u", 7 + i % 3);
        migrate(lab, vm, to);
    }
    for (guint i = 7; i <= 9; i++) {
        g_autofree char *vm = g_strdup_printf("vm%u", i);
        migrate(lab, vm, "pc12");
    }
    lab_run_jobs(lab);
    g_assert_cmpuint(lab->fake->migrations, ==, 9);
    g_assert_cmpuint(lab->fake->migrating_most, ==, most);
    g_assert_cmpuint(lab->fake->in_most, <=, in);
    g_assert_cmpuint(lab->fake->out_most, <=, out);
    lab_free(lab);
}

static void test_keeps_its_limits_and_uses_them(void)
{
    run_many(1, 1, 4);
    run_many(2, 2, 3);
    run_many(1, 1, 1);
}

/* One slow migration holds its own place and nobody else's: no rounds. */
static void test_streams(void)
{
    struct lab *lab = lab_new(8, TRUE);

    lab->config.migrations_most = 2;
    fake_next(lab->fake, FAKE_NEVER_ANSWERS);
    lab_start(lab);
    migrate(lab, "vm1", "pc2");
    migrate(lab, "vm3", "pc4");
    migrate(lab, "vm5", "pc6");
    migrate(lab, "vm7", "pc8");
    lab_run(lab, 20 * CLOCK_SECOND_US);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm7", "pc8"));
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), ==, 1);
    lab_free(lab);
}

static void test_counts_what_is_under_way_into_the_target(void)
{
    struct lab *lab = lab_new(4, TRUE);

    lab_host(lab, 1)->mem_kib = 3 * 256 * 1024;
    lab_start(lab);
    migrate(lab, "vm2", "pc1");
    g_assert_cmpint(engine_check_migrate(lab->engine, lab_seen_vm(lab, "vm3"), lab_seen(lab, 1)),
                    ==, CHECK_OK);
    migrate(lab, "vm3", "pc1");
    g_assert_cmpint(engine_check_migrate(lab->engine, lab_seen_vm(lab, "vm4"), lab_seen(lab, 1)),
                    !=, CHECK_OK);
    g_assert_cmpint(engine_check_migrate(lab->engine, lab_seen_vm(lab, "vm3"), lab_seen(lab, 1)),
                    ==, CHECK_OK);
    assert_refused(lab, "vm4", "pc1");
    lab_run_jobs(lab);
    g_assert_cmpuint(lab_host(lab, 1)->vms->len, ==, 3);
    lab_free(lab);
}

static void test_checks_again_right_before_it_starts(void)
{
    struct lab *lab = lab_new(4, TRUE);
    guint id;

    lab->config.migrations_most = 1;
    lab_start(lab);
    migrate(lab, "vm1", "pc2");
    id = migrate(lab, "vm3", "pc4");
    /* Meanwhile somebody fills pc4, which the model has not seen yet. */
    fake_vm_add(lab_host(lab, 4), "big", 1700);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_true(g_str_has_prefix(lab_job(lab, id)->result, "refused: "));
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    lab_free(lab);
}

static void test_what_the_hosts_say_counts(enum fake_outcome outcome, enum job_state state,
                                           guint tries)
{
    struct lab *lab = lab_with(outcome);
    guint id;

    lab->fake->migrations = 0;
    for (guint i = 1; i < 5; i++)
        fake_next(lab->fake, outcome);
    id = migrate(lab, "vm1", "pc2");
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, state);
    g_assert_cmpuint(lab->fake->migrations, ==, tries);
    g_assert_cmpuint(fake_vm_copies(lab->fake, "vm1"), ==, 1);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm1", lab_seen_vm(lab, "vm1")->host->name));
    lab_free(lab);
}

static void test_an_error_after_it_arrived_is_no_failure(void)
{
    test_what_the_hosts_say_counts(FAKE_FAILS_ARRIVED, JOB_DONE, 1);
}

static void test_a_success_that_did_not_happen_is_one(void)
{
    test_what_the_hosts_say_counts(FAKE_LIES, JOB_FAILED, 3);
}

static void test_tries_again_and_then_gives_up(void)
{
    test_what_the_hosts_say_counts(FAKE_FAILS, JOB_FAILED, 3);
}

static void test_keeps_why_the_first_try_failed(void)
{
    struct lab *lab = lab_with(FAKE_TIMES_OUT);
    guint id = migrate(lab, "vm1", "pc2");

    lab_run(lab, 6 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_QUEUED);
    /* Meanwhile somebody fills pc2: that is why the second is refused, and not the whole story. */
    fake_vm_add(lab_host(lab, 2), "big", 1700);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_true(g_str_has_prefix(lab_job(lab, id)->result, "refused: "));
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "the first try: "));
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "it never converged"));
    lab_free(lab);
}

static void test_a_refusal_is_not_tried_again(void)
{
    test_what_the_hosts_say_counts(FAKE_REFUSED, JOB_FAILED, 1);
}

static void test_backs_off_between_tries(void)
{
    struct lab *lab = lab_with(FAKE_FAILS);
    guint id = migrate(lab, "vm1", "pc2");

    fake_next(lab->fake, FAKE_FAILS);
    lab_run(lab, 6 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_QUEUED);
    g_assert_cmpint(lab_job(lab, id)->not_before_us, >, clock_mono_us(lab->clock));
    lab_run(lab, 10 * CLOCK_SECOND_US);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    lab_run(lab, 10 * CLOCK_SECOND_US);
    g_assert_cmpuint(lab->fake->migrations, ==, 2);
    lab_run(lab, 20 * CLOCK_SECOND_US);
    g_assert_cmpuint(lab->fake->migrations, ==, 2);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(lab_job(lab, id)->attempt, ==, 3);
    lab_free(lab);
}

static void test_slows_the_guest_down_after_a_time_out(void)
{
    struct lab *lab = lab_new(2, TRUE);

    lab->config.auto_converge = FALSE;
    fake_next(lab->fake, FAKE_TIMES_OUT);
    lab_start(lab);
    migrate(lab, "vm1", "pc2");
    lab_run(lab, 5 * CLOCK_SECOND_US);
    g_assert_false(lab->fake->auto_converge);
    lab_run_jobs(lab);
    g_assert_true(lab->fake->auto_converge);
    lab_free(lab);
}

/* The driver promises an answer; should it not keep that, the hosts are asked all the same. */
static void test_does_not_wait_for_ever(void)
{
    struct lab *lab = lab_new(3, TRUE);
    guint id;

    lab->config.migration_tries = 1;
    lab->config.migration_timeout_us = CLOCK_MINUTE_US;
    fake_next(lab->fake, FAKE_DEAF);
    lab_start(lab);
    id = migrate(lab, "vm1", "pc2");
    lab_run(lab, 3 * CLOCK_MINUTE_US);
    g_assert_cmpuint(lab->fake->cancels, ==, 1);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), ==, 0);
    lab_free(lab);
}

static void test_a_queued_job_is_cancelled_at_once(void)
{
    struct lab *lab = lab_new(4, TRUE);
    guint id;

    lab->config.migrations_most = 1;
    lab_start(lab);
    migrate(lab, "vm1", "pc2");
    id = migrate(lab, "vm3", "pc4");
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_true(engine_cancel_job(lab->engine, id, NULL));
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_CANCELLED);
    g_assert_false(engine_cancel_job(lab->engine, id, NULL));
    g_assert_false(engine_cancel_job(lab->engine, 999, NULL));
    lab_run_jobs(lab);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    lab_free(lab);
}

static void test_a_running_job_is_cancelled_and_verified(void)
{
    struct lab *lab = lab_with(FAKE_NEVER_ANSWERS);
    guint id = migrate(lab, "vm1", "pc2");

    lab_run(lab, 30 * CLOCK_SECOND_US);
    g_assert_true(engine_cancel_job(lab->engine, id, NULL));
    g_assert_true(lab_job(lab, id)->cancel_asked);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_RUNNING);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_CANCELLED);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm1", "pc1"));
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    lab_free(lab);
}

static void test_a_cancel_that_comes_too_late_ends_as_done(void)
{
    struct lab *lab = lab_with(FAKE_CANCEL_TOO_LATE);
    guint id = migrate(lab, "vm1", "pc2");

    lab_run(lab, 30 * CLOCK_SECOND_US);
    g_assert_true(engine_cancel_job(lab->engine, id, NULL));
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc2");
    lab_free(lab);
}

static void test_while_verifying_it_is_too_late(void)
{
    struct lab *lab = lab_with(FAKE_WORKS);
    guint id = migrate(lab, "vm1", "pc2");
    g_autoptr(GError) error = NULL;

    lab->fake->answer_us = CLOCK_SECOND_US;
    while (lab_job(lab, id)->state != JOB_VERIFYING)
        g_assert_true(clock_step(lab->clock));
    g_assert_false(engine_cancel_job(lab->engine, id, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    lab_free(lab);
}

static void test_cancels_all(void)
{
    struct lab *lab = lab_new(6, TRUE);

    lab->config.migrations_most = 1;
    fake_next(lab->fake, FAKE_NEVER_ANSWERS);
    lab_start(lab);
    migrate(lab, "vm1", "pc2");
    migrate(lab, "vm3", "pc4");
    migrate(lab, "vm5", "pc6");
    lab_run(lab, 10 * CLOCK_SECOND_US);
    g_assert_cmpuint(engine_cancel_all(lab->engine, FALSE), ==, 2);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), ==, 1);
    g_assert_cmpuint(engine_cancel_all(lab->engine, TRUE), ==, 1);
    lab_run_jobs(lab);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    lab_free(lab);
}

static void test_holds_what_is_queued(void)
{
    struct lab *lab = lab_new(4, TRUE);

    lab->config.migrations_most = 1;
    lab_start(lab);
    migrate(lab, "vm1", "pc2");
    migrate(lab, "vm3", "pc4");
    lab_run(lab, CLOCK_SECOND_US);
    engine_hold(lab->engine, TRUE);
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpuint(engine_jobs_running(lab->engine), ==, 0);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), ==, 1);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    engine_hold(lab->engine, FALSE);
    lab_run_jobs(lab);
    g_assert_cmpuint(lab->fake->migrations, ==, 2);
    lab_free(lab);
}

static void test_a_vm_that_vanished_is_an_alarm(void)
{
    struct lab *lab = lab_with(FAKE_LOSES);
    guint id = migrate(lab, "vm1", "pc2");

    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_LOST);
    g_assert_cmpuint(lab_alarms(lab), >=, 2);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    lab_free(lab);
}

static void test_a_vm_that_runs_twice_is_touched_no_more(void)
{
    struct lab *lab = lab_with(FAKE_DOUBLES);
    guint id = migrate(lab, "vm1", "pc2");

    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpuint(lab_alarms(lab), >=, 2);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    assert_refused(lab, "vm1", "pc3");
    lab_free(lab);
}

/* Both ends fall silent in the middle: the VM stays locked, the operator is told, nothing is tried.
 */
static void test_when_neither_host_answers_it_waits_and_tells(void)
{
    struct lab *lab = lab_with(FAKE_FAILS);
    guint id = migrate(lab, "vm1", "pc2");

    lab_run(lab, 2 * CLOCK_SECOND_US);
    lab_host(lab, 1)->silent = lab_host(lab, 2)->silent = TRUE;
    lab_run(lab, 2 * CLOCK_MINUTE_US);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_VERIFYING);
    g_assert_cmpuint(lab_journal_has(lab, "is not known yet"), ==, 1);
    assert_refused(lab, "vm1", "pc3");
    lab_host(lab, 1)->silent = lab_host(lab, 2)->silent = FALSE;
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(lab_job(lab, id)->attempt, ==, 2);
    lab_free(lab);
}

/* The source would send to it for minutes. */
static void test_a_target_that_dies_ends_the_migration(void)
{
    struct lab *lab = lab_with(FAKE_NEVER_ANSWERS);
    guint id = migrate(lab, "vm1", "pc2");

    lab_run(lab, 2 * CLOCK_SECOND_US);
    lab_host(lab, 2)->silent = TRUE;
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmphex(lab->fake->steers, ==, 1u << MIGRATE_STEER_GIVE_UP);
    g_assert_cmpint(lab_job(lab, id)->state, !=, JOB_RUNNING);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "pc2"));
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc1");
    lab_free(lab);
}

static void test_the_source_dies_after_the_vm_left(void)
{
    struct lab *lab = lab_with(FAKE_FAILS_ARRIVED);
    guint id = migrate(lab, "vm1", "pc2");

    lab_run(lab, 3 * CLOCK_SECOND_US);
    lab->fake->answer_us = CLOCK_SECOND_US;
    while (lab_job(lab, id)->state != JOB_VERIFYING)
        g_assert_true(clock_step(lab->clock));
    lab_host(lab, 1)->on = FALSE;
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc2");
    lab_free(lab);
}

static void test_a_frozen_vm_loses_its_queued_job(void)
{
    struct lab *lab = lab_new(4, TRUE);
    guint id;

    lab->config.migrations_most = 1;
    fake_next(lab->fake, FAKE_NEVER_ANSWERS);
    lab_start(lab);
    migrate(lab, "vm1", "pc2");
    id = migrate(lab, "vm3", "pc4");
    fake_vm_add(lab_host(lab, 2), "vm3", 256);
    lab_run(lab, 30 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_CANCELLED);
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "pc2"));
    lab_free(lab);
}

static void test_a_drain_empties_a_host(void)
{
    struct lab *lab = lab_new(4, TRUE);

    fake_vm_add(lab_host(lab, 1), "extra", 256);
    lab_start(lab);
    g_assert_true(engine_drain(lab->engine, "pc1", NULL));
    g_assert_true(lab_seen(lab, 1)->maintenance);
    lab_run_jobs(lab);
    g_assert_cmpuint(lab_host(lab, 1)->vms->len, ==, 0);
    g_assert_true(engine_drain(lab->engine, "pc1", NULL));
    g_assert_false(engine_drain(lab->engine, "nowhere", NULL));
    lab_free(lab);
}

/* Draining may need a host that is off; one that somebody is waking already is not woken twice. */
static void test_a_drain_leaves_hosts_being_woken_to_that(void)
{
    struct lab *lab = lab_new(3, TRUE);
    guint wakes = 0;

    lab_host(lab, 2)->mem_kib = 256 * 1024;
    g_ptr_array_set_size(lab_host(lab, 3)->vms, 0);
    lab_start(lab);
    lab_host(lab, 3)->on = FALSE;
    lab_run(lab, 30 * CLOCK_SECOND_US);
    engine_hold(lab->engine, TRUE);
    g_assert_cmpuint(engine_wake(lab->engine, "pc3", NULL), !=, 0);
    g_assert_false(engine_drain(lab->engine, "pc1", NULL));
    engine_hold(lab->engine, FALSE);
    lab_run_jobs(lab);
    g_assert_true(engine_drain(lab->engine, "pc1", NULL));
    lab_run_jobs(lab);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm1", "pc3"));
    for (guint i = 0; i < engine_jobs(lab->engine)->len; i++)
        wakes +=
            ((const struct job *)g_ptr_array_index(engine_jobs(lab->engine), i))->kind == JOB_WAKE;
    g_assert_cmpuint(wakes, ==, 1);
    lab_free(lab);
}

static void cancel_the_other(const struct engine_event *event, gpointer data)
{
    struct lab *lab = data;

    if (event->kind == ENGINE_EVENT_JOB && event->job->state == JOB_RUNNING)
        engine_cancel_all(lab->engine, FALSE);
}

static void test_a_listener_may_cancel_what_is_queued(void)
{
    struct lab *lab = lab_new(8, TRUE);

    lab_start(lab);
    engine_listen(lab->engine, cancel_the_other, lab);
    migrate(lab, "vm1", "pc2");
    migrate(lab, "vm3", "pc4");
    migrate(lab, "vm5", "pc6");
    migrate(lab, "vm7", "pc8");
    lab_run_jobs(lab);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    lab_free(lab);
}

static void test_keeps_only_the_last_jobs(void)
{
    struct lab *lab = lab_new(2, TRUE);

    lab->fake->migrate_us = CLOCK_SECOND_US;
    lab_start(lab);
    for (guint i = 0; i < 1500; i++) {
        migrate(lab, "vm1", i % 2 == 0 ? "pc2" : "pc1");
        lab_run_jobs(lab);
    }
    g_assert_cmpuint(engine_jobs(lab->engine)->len, <, 700);
    g_assert_cmpuint(engine_jobs(lab->engine)->len, >, 300);
    g_assert_null(engine_find_job(lab->engine, 1));
    g_assert_nonnull(engine_find_job(lab->engine, 1500));
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/migrate/moves_a_vm_and_says_so", test_moves_a_vm_and_says_so);
    g_test_add_func("/engine/migrate/refuses_what_must_not_be", test_refuses_what_must_not_be);
    g_test_add_func("/engine/migrate/one_action_at_a_time_touches_a_vm",
                    test_one_action_at_a_time_touches_a_vm);
    g_test_add_func("/engine/migrate/keeps_its_limits_and_uses_them",
                    test_keeps_its_limits_and_uses_them);
    g_test_add_func("/engine/migrate/streams", test_streams);
    g_test_add_func("/engine/migrate/counts_what_is_under_way_into_the_target",
                    test_counts_what_is_under_way_into_the_target);
    g_test_add_func("/engine/migrate/checks_again_right_before_it_starts",
                    test_checks_again_right_before_it_starts);
    g_test_add_func("/engine/migrate/an_error_after_it_arrived_is_no_failure",
                    test_an_error_after_it_arrived_is_no_failure);
    g_test_add_func("/engine/migrate/a_success_that_did_not_happen_is_one",
                    test_a_success_that_did_not_happen_is_one);
    g_test_add_func("/engine/migrate/tries_again_and_then_gives_up",
                    test_tries_again_and_then_gives_up);
    g_test_add_func("/engine/migrate/keeps_why_the_first_try_failed",
                    test_keeps_why_the_first_try_failed);
    g_test_add_func("/engine/migrate/a_refusal_is_not_tried_again",
                    test_a_refusal_is_not_tried_again);
    g_test_add_func("/engine/migrate/backs_off_between_tries", test_backs_off_between_tries);
    g_test_add_func("/engine/migrate/slows_the_guest_down_after_a_time_out",
                    test_slows_the_guest_down_after_a_time_out);
    g_test_add_func("/engine/migrate/does_not_wait_for_ever", test_does_not_wait_for_ever);
    g_test_add_func("/engine/cancel/a_queued_job_is_cancelled_at_once",
                    test_a_queued_job_is_cancelled_at_once);
    g_test_add_func("/engine/cancel/a_running_job_is_cancelled_and_verified",
                    test_a_running_job_is_cancelled_and_verified);
    g_test_add_func("/engine/cancel/one_that_comes_too_late_ends_as_done",
                    test_a_cancel_that_comes_too_late_ends_as_done);
    g_test_add_func("/engine/cancel/while_verifying_it_is_too_late",
                    test_while_verifying_it_is_too_late);
    g_test_add_func("/engine/cancel/all", test_cancels_all);
    g_test_add_func("/engine/hold/what_is_queued_waits", test_holds_what_is_queued);
    g_test_add_func("/engine/alarm/a_vm_that_vanished", test_a_vm_that_vanished_is_an_alarm);
    g_test_add_func("/engine/alarm/a_vm_that_runs_twice_is_touched_no_more",
                    test_a_vm_that_runs_twice_is_touched_no_more);
    g_test_add_func("/engine/alarm/when_neither_host_answers_it_waits_and_tells",
                    test_when_neither_host_answers_it_waits_and_tells);
    g_test_add_func("/engine/migrate/a_target_that_dies_ends_the_migration",
                    test_a_target_that_dies_ends_the_migration);
    g_test_add_func("/engine/migrate/the_source_dies_after_the_vm_left",
                    test_the_source_dies_after_the_vm_left);
    g_test_add_func("/engine/alarm/a_frozen_vm_loses_its_queued_job",
                    test_a_frozen_vm_loses_its_queued_job);
    g_test_add_func("/engine/drain/empties_a_host", test_a_drain_empties_a_host);
    g_test_add_func("/engine/drain/leaves_hosts_being_woken_to_that",
                    test_a_drain_leaves_hosts_being_woken_to_that);
    g_test_add_func("/engine/listen/a_listener_may_cancel_what_is_queued",
                    test_a_listener_may_cancel_what_is_queued);
    g_test_add_func("/engine/jobs/keeps_only_the_last", test_keeps_only_the_last_jobs);
    return g_test_run();
}
