/* What the autopilot promises: by the hours, home in time, and never more than it was asked. */
#include "tests/support/engine_lab.h"

static struct lab *lab_by_hours(guint n_hosts)
{
    struct lab *lab = lab_new(n_hosts, TRUE);

    lab->hours = hours_new(LAB_HOURS, NULL, "UTC", NULL);
    lab_start(lab);
    engine_set_mode(lab->engine, ENGINE_BY_HOURS);
    return lab;
}

static guint at_home(struct lab *lab)
{
    guint home = 0;

    for (guint i = 1; i <= lab->n_hosts; i++) {
        g_autofree char *vm = g_strdup_printf("vm%u", i);
        home += fake_vm_runs_on(lab->fake, vm, lab_host(lab, i)->name);
    }
    return home;
}

static guint power_offs(struct lab *lab)
{
    guint total = 0;

    for (guint i = 1; i <= lab->n_hosts; i++)
        total += lab_host(lab, i)->power_offs;
    return total;
}

static guint packets(struct lab *lab)
{
    guint total = 0;

    for (guint i = 1; i <= lab->n_hosts; i++)
        total += lab_host(lab, i)->packets;
    return total;
}

static void test_manual_never_acts(void)
{
    struct lab *lab = lab_new(6, TRUE);

    lab->hours = hours_new(LAB_HOURS, NULL, "UTC", NULL);
    lab_host(lab, 5)->on = FALSE;
    g_ptr_array_set_size(lab_host(lab, 5)->vms, 0);
    lab_start(lab);
    lab_run(lab, 24 * CLOCK_HOUR_US);
    g_assert_cmpuint(lab->fake->migrations + power_offs(lab) + packets(lab), ==, 0);
    g_assert_cmpuint(engine_jobs(lab->engine)->len, ==, 0);
    lab_free(lab);
}

static void test_rests_while_the_lab_is_open(void)
{
    struct lab *lab = lab_by_hours(6);

    g_assert_cmpint(engine_phase(lab->engine), ==, HOURS_OPEN);
    lab_run_until(lab, 19, 44);
    g_assert_cmpuint(lab->fake->migrations + power_offs(lab) + packets(lab), ==, 0);
    lab_free(lab);
}

static void test_a_night_packs_and_brings_everything_home(void)
{
    struct lab *lab = lab_by_hours(10);

    lab_run_until(lab, 22, 0);
    g_assert_cmpint(engine_phase(lab->engine), ==, HOURS_CLOSED);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 2);
    g_assert_cmpuint(lab->fake->migrations, ==, 8);
    lab_run_until(lab, 8, 29);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 2);
    lab_run_until(lab, 8, 45);
    g_assert_cmpint(engine_phase(lab->engine), ==, HOURS_PREPARING);
    lab_run_until(lab, 9, 0);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 10);
    g_assert_cmpuint(at_home(lab), ==, 10);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), ==, 0);
    lab_run_until(lab, 12, 0);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 10);
    g_assert_cmpuint(lab_alarms(lab), ==, 0);
    lab_free(lab);
}

static void test_keeps_the_limits_all_night(void)
{
    struct lab *lab = lab_by_hours(20);

    lab_run_until(lab, 9, 0);
    g_assert_cmpuint(lab->fake->migrating_most, <=, lab->config.migrations_most);
    g_assert_cmpuint(lab->fake->in_most, <=, lab->config.migrations_in_most);
    g_assert_cmpuint(lab->fake->out_most, <=, lab->config.migrations_out_most);
    g_assert_cmpint(lab->fake->wake_gap_least_us, >=, lab->config.wake_stagger_us);
    g_assert_cmpuint(at_home(lab), ==, 20);
    lab_free(lab);
}

static void test_always_packs_while_open(void)
{
    struct lab *lab = lab_by_hours(6);

    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 10 * CLOCK_MINUTE_US);
    g_assert_cmpint(engine_phase(lab->engine), ==, HOURS_OPEN);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 1);
    lab_free(lab);
}

/* The lab opens in the middle of packing: what runs ends, nothing new begins. */
static void test_opening_takes_back_what_is_queued(void)
{
    struct lab *lab = lab_new(20, TRUE);

    lab->hours = hours_new(LAB_HOURS, NULL, "UTC", NULL);
    lab->config.normalize_lead_us = 0;
    lab->config.policy.off_worth_us = 0;
    lab->config.migrations_most = 1;
    lab->fake->migrate_us = 5 * CLOCK_MINUTE_US;
    lab_start(lab);
    lab_run_until(lab, 8, 52);
    engine_set_mode(lab->engine, ENGINE_BY_HOURS);
    lab_run_until(lab, 8, 59);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), >, 5);
    lab_run_until(lab, 9, 1);
    for (guint i = 0; i < engine_jobs(lab->engine)->len; i++) {
        const struct job *job = g_ptr_array_index(engine_jobs(lab->engine), i);
        if (!job_is_over(job) && job->state == JOB_QUEUED)
            g_assert_cmpstr(job->why, !=, "because");
    }
    lab_run_until(lab, 12, 0);
    g_assert_cmpuint(at_home(lab), ==, 20);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 20);
    lab_free(lab);
}

static void test_going_manual_takes_back_what_is_queued(void)
{
    struct lab *lab = lab_new(10, TRUE);
    guint done;

    lab->config.migrations_most = 1;
    lab_start(lab);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 6 * CLOCK_SECOND_US);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), >, 2);
    engine_set_mode(lab->engine, ENGINE_MANUAL);
    lab_run(lab, 10 * CLOCK_SECOND_US);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), ==, 0);
    done = lab->fake->migrations;
    g_assert_cmpuint(done, <=, 2);
    lab_run(lab, CLOCK_HOUR_US);
    g_assert_cmpuint(lab->fake->migrations, ==, done);
    g_assert_cmpuint(power_offs(lab), <=, 1);
    lab_free(lab);
}

static void test_keeps_trying_a_host_that_will_not_wake(void)
{
    struct lab *lab = lab_by_hours(4);

    lab_run_until(lab, 22, 0);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 1);
    lab_host(lab, 3)->boots = FALSE;
    lab_run_until(lab, 9, 0);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 3);
    g_assert_cmpuint(lab_host(lab, 3)->packets, >=, 6);
    g_assert_cmpuint(lab_alarms(lab), >=, 2);
    /* Its cable is found at ten: it still comes on, and its VM goes home. */
    lab_run_until(lab, 10, 0);
    lab_host(lab, 3)->boots = TRUE;
    lab_run_until(lab, 11, 0);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 4);
    g_assert_cmpuint(at_home(lab), ==, 4);
    lab_free(lab);
}

static void test_a_relief_comes_before_packing(void)
{
    struct lab *lab = lab_new(12, TRUE);

    fake_vm_add(lab_host(lab, 2), "more", 256);
    lab->config.migrations_most = 1;
    lab_start(lab);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 5 * CLOCK_SECOND_US);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), >, 2);
    lab_host(lab, 2)->load15_permille = 3000;
    lab_run(lab, 30 * CLOCK_SECOND_US);
    g_assert_cmpuint(lab_journal_has(lab, "has too much load"), >=, 1);
    g_assert_cmpuint(lab_host(lab, 2)->vms->len, <, 2 + lab->fake->migrations);
    lab_free(lab);
}

/* The first host taken does not wake: another is. */
static void test_a_relief_takes_another_host_when_one_does_not_wake(void)
{
    struct lab *lab = lab_new(4, FALSE);

    fake_vm_add(lab_host(lab, 1), "a", 256)->cpu_permille = 1300;
    fake_vm_add(lab_host(lab, 1), "b", 256)->cpu_permille = 1300;
    lab_host(lab, 1)->load15_permille = 3000;
    lab_host(lab, 2)->load15_permille = 1200;
    fake_vm_add(lab_host(lab, 2), "c", 256)->cpu_permille = 1200;
    lab_start(lab);
    lab_host(lab, 3)->on = lab_host(lab, 4)->on = FALSE;
    lab_host(lab, 3)->boots = FALSE;
    lab_run(lab, 30 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_host(lab, 3)->packets, >=, 3);
    g_assert_cmpuint(lab_host(lab, 4)->vms->len, ==, 1);
    lab_free(lab);
}

static void comes_back(struct lab *lab, guint number)
{
    g_assert_true(lab_host(lab, number)->on);
    g_assert_cmpint(lab_seen(lab, number)->state, ==, HOST_ON);
}

static void test_wakes_a_host_that_died_with_its_vms(void)
{
    struct lab *lab = lab_by_hours(3);

    for (guint i = 2; i <= 3; i++)
        lab_host(lab, i)->load15_permille = 1000; /* nothing to pack */
    lab_host(lab, 1)->load15_permille = 1000;
    lab_run_until(lab, 22, 0);
    lab_host(lab, 2)->on = FALSE;
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    comes_back(lab, 2);
    g_assert_cmpuint(lab_journal_has(lab, "trying to wake it"), ==, 1);
    g_assert_cmpuint(fake_vm_copies(lab->fake, "vm2"), ==, 1);
    lab_free(lab);
}

static void test_never_starts_the_vms_of_a_dead_host_elsewhere(void)
{
    struct lab *lab = lab_by_hours(3);

    lab_run_until(lab, 19, 44);
    lab_host(lab, 2)->silent = TRUE;
    lab_run_until(lab, 8, 0);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm2", "pc2"));
    g_assert_cmpint(lab_seen_vm(lab, "vm2")->state, ==, VM_UNKNOWN);
    g_assert_cmpuint(lab_host(lab, 2)->power_offs, ==, 0);
    lab_free(lab);
}

static void test_leaves_hosts_in_maintenance_alone(void)
{
    struct lab *lab = lab_by_hours(5);

    engine_set_maintenance(lab->engine, "pc4", TRUE);
    lab_run_until(lab, 23, 0);
    g_assert_true(lab_host(lab, 4)->on);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm4", "pc4"));
    g_assert_cmpuint(lab_host(lab, 4)->vms->len, ==, 1);
    lab_free(lab);
}

static void test_the_hand_goes_before_the_autopilot(void)
{
    struct lab *lab = lab_new(10, TRUE);
    guint id;

    lab->config.migrations_most = 1;
    lab_start(lab);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 2 * CLOCK_SECOND_US);
    g_assert_nonnull(engine_job_of_vm(lab->engine, "vm5"));
    id = engine_migrate(lab->engine, "vm5", "pc6", FALSE, NULL);
    g_assert_cmpuint(id, !=, 0);
    g_assert_cmpuint(engine_job_of_vm(lab->engine, "vm5")->id, ==, id);
    while (!job_is_over(lab_job(lab, id)))
        g_assert_true(clock_step(lab->clock));
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    lab_free(lab);
}

static void test_what_the_operator_took_back_is_left_alone(void)
{
    struct lab *lab = lab_new(10, TRUE);
    const struct job *job;

    lab->config.migrations_most = 1;
    lab_start(lab);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 2 * CLOCK_SECOND_US);
    job = engine_job_of_vm(lab->engine, "vm5");
    g_assert_nonnull(job);
    g_assert_true(engine_cancel_job(lab->engine, job->id, NULL));
    lab_run(lab, 10 * CLOCK_MINUTE_US);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm5", "pc5"));
    g_assert_true(lab_host(lab, 5)->on);
    lab_free(lab);
}

static const char *refusal_of(const struct plan *plan, const char *subject)
{
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        if (g_str_equal(refusal->subject, subject))
            return refusal->why;
    }
    return "";
}

static void test_a_plan_says_why_it_leaves_something_alone(void)
{
    struct lab *lab = lab_new(4, TRUE);
    g_autofree char *under_way = NULL;
    autoptr(plan) before = NULL;
    autoptr(plan) after = NULL;
    guint id;

    lab_host(lab, 4)->obeys = FALSE;
    g_ptr_array_set_size(lab_host(lab, 4)->vms, 0);
    lab_start(lab);
    id = engine_power_off(lab->engine, "pc4", FALSE, NULL);
    g_assert_cmpuint(id, !=, 0);
    lab_run(lab, CLOCK_SECOND_US / 100);
    under_way = g_strdup_printf("pc4 is left alone: job %u is under way there", id);
    before = engine_plan(lab->engine, FALSE);
    g_assert_cmpstr(refusal_of(before, "host pc4"), ==, under_way);
    lab_run_jobs(lab);
    after = engine_plan(lab->engine, FALSE);
    g_assert_true(
        g_str_has_prefix(refusal_of(after, "host pc4"),
                         "pc4 is left alone: a job failed lately; it is tried again in "));
    lab_free(lab);
}

static void test_a_plan_says_what_was_cancelled(void)
{
    struct lab *lab = lab_new(2, TRUE);
    autoptr(plan) plan = NULL;

    lab_start(lab);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 2 * CLOCK_SECOND_US);
    g_assert_cmpuint(engine_cancel_all(lab->engine, TRUE), >, 0);
    lab_run_jobs(lab);
    plan = engine_plan(lab->engine, FALSE);
    g_assert_cmpuint(plan->steps->len, ==, 0);
    g_assert_true(
        g_str_has_prefix(refusal_of(plan, "host pc2"),

                         "pc2 is left alone: a job was taken back; it is tried again in "));
    lab_free(lab);
}

static void test_tells_its_plans_only_when_they_differ(void)
{
    struct lab *lab = lab_new(3, TRUE);
    guint told = 0;

    for (guint i = 1; i <= 3; i++)
        lab_host(lab, i)->load15_permille = 1000;
    lab_start(lab);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 3 * CLOCK_HOUR_US);
    for (guint i = 0; i < engine_journal(lab->engine)->len; i++) {
        const struct journal_entry *entry = g_ptr_array_index(engine_journal(lab->engine), i);
        told += g_str_equal(entry->what, "plan");
    }
    g_assert_cmpuint(told, ==, 1);
    lab_free(lab);
}

static void test_a_plan_can_be_looked_at_without_acting(void)
{
    struct lab *lab = lab_new(4, TRUE);
    autoptr(plan) plan = NULL;
    autoptr(plan) home = NULL;

    lab_start(lab);
    plan = engine_plan(lab->engine, FALSE);
    home = engine_plan(lab->engine, TRUE);
    g_assert_cmpuint(plan->steps->len, ==, 6);
    g_assert_cmpuint(home->steps->len, ==, 0);
    lab_run(lab, CLOCK_HOUR_US);
    g_assert_cmpuint(engine_jobs(lab->engine)->len, ==, 0);
    for (guint i = 1; i <= 4; i++)
        g_assert_false(lab_seen(lab, i)->maintenance);
    lab_free(lab);
}

static void test_names_of_modes(void)
{
    enum engine_mode mode;

    for (guint i = ENGINE_MANUAL; i <= ENGINE_ALWAYS; i++) {
        g_assert_true(engine_mode_parse(engine_mode_name((enum engine_mode)i), &mode));
        g_assert_cmpint(mode, ==, i);
    }
    g_assert_false(engine_mode_parse("autumn", &mode));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/automatic/manual_never_acts", test_manual_never_acts);
    g_test_add_func("/engine/automatic/rests_while_the_lab_is_open",
                    test_rests_while_the_lab_is_open);
    g_test_add_func("/engine/automatic/a_night_packs_and_brings_everything_home",
                    test_a_night_packs_and_brings_everything_home);
    g_test_add_func("/engine/automatic/keeps_the_limits_all_night",
                    test_keeps_the_limits_all_night);
    g_test_add_func("/engine/automatic/always_packs_while_open", test_always_packs_while_open);
    g_test_add_func("/engine/automatic/opening_takes_back_what_is_queued",
                    test_opening_takes_back_what_is_queued);
    g_test_add_func("/engine/automatic/going_manual_takes_back_what_is_queued",
                    test_going_manual_takes_back_what_is_queued);
    g_test_add_func("/engine/automatic/keeps_trying_a_host_that_will_not_wake",
                    test_keeps_trying_a_host_that_will_not_wake);
    g_test_add_func("/engine/automatic/a_relief_comes_before_packing",
                    test_a_relief_comes_before_packing);
    g_test_add_func("/engine/automatic/a_relief_takes_another_host_when_one_does_not_wake",
                    test_a_relief_takes_another_host_when_one_does_not_wake);
    g_test_add_func("/engine/automatic/wakes_a_host_that_died_with_its_vms",
                    test_wakes_a_host_that_died_with_its_vms);
    g_test_add_func("/engine/automatic/never_starts_the_vms_of_a_dead_host_elsewhere",
                    test_never_starts_the_vms_of_a_dead_host_elsewhere);
    g_test_add_func("/engine/automatic/leaves_hosts_in_maintenance_alone",
                    test_leaves_hosts_in_maintenance_alone);
    g_test_add_func("/engine/automatic/the_hand_goes_before_the_autopilot",
                    test_the_hand_goes_before_the_autopilot);
    g_test_add_func("/engine/automatic/what_the_operator_took_back_is_left_alone",
                    test_what_the_operator_took_back_is_left_alone);
    g_test_add_func("/engine/automatic/tells_its_plans_only_when_they_differ",
                    test_tells_its_plans_only_when_they_differ);
    g_test_add_func("/engine/automatic/a_plan_can_be_looked_at_without_acting",
                    test_a_plan_can_be_looked_at_without_acting);
    g_test_add_func("/engine/automatic/a_plan_says_why_it_leaves_something_alone",
                    test_a_plan_says_why_it_leaves_something_alone);
    g_test_add_func("/engine/automatic/a_plan_says_what_was_cancelled",
                    test_a_plan_says_what_was_cancelled);
    g_test_add_func("/engine/automatic/names_of_modes", test_names_of_modes);
    return g_test_run();
}
