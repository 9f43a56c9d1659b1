/* What goals promise: the loop until nothing is left, and always an end. */
#include "tests/support/engine_lab.h"

static void test_compacts_until_nothing_is_left(void)
{
    struct lab *lab = lab_new(10, TRUE);

    lab_start(lab);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 2);
    g_assert_cmpuint(engine_goal_failures(lab->engine), ==, 0);
    g_assert_nonnull(strstr(engine_goal_summary(lab->engine), "on: 2 of 10"));
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), ==, 0);
    lab_free(lab);
}

/* On a machine with a load of its own, an even share of that is far more than idle VMs take. */
static void test_looks_twice_before_it_plans(void)
{
    struct lab *lab = lab_new(8, TRUE);

    for (guint i = 1; i <= 8; i++) {
        struct fake_vm *vm = g_ptr_array_index(lab_host(lab, i)->vms, 0);
        lab_host(lab, i)->load15_permille = 600;
        vm->cpu_permille = 5;
        vm->cpu_after = 1;
    }
    lab_start(lab);
    g_assert_cmpuint(engine_count_unmeasured(lab->engine), ==, 8);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 1);
    g_assert_cmpuint(lab->fake->migrations, ==, 7);
    lab_free(lab);
}

static void test_plans_although_no_cpu_is_told(void)
{
    struct lab *lab = lab_new(3, TRUE);

    for (guint i = 1; i <= 3; i++)
        ((struct fake_vm *)g_ptr_array_index(lab_host(lab, i)->vms, 0))->cpu_after = G_MAXUINT;
    lab_start(lab);
    lab_run(lab, 2 * CLOCK_SECOND_US);
    g_assert_cmpuint(engine_count_unmeasured(lab->engine), ==, 0);
    g_assert_cmpuint(lab_host(lab, 1)->refreshes, ==, 2);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 1);
    lab_free(lab);
}

/* pc1 is over, and no other host is on. */
static struct lab *lab_with_one_over(guint n_hosts)
{
    struct lab *lab = lab_new(n_hosts, FALSE);

    fake_vm_add(lab_host(lab, 1), "light", 256)->cpu_permille = 50;
    fake_vm_add(lab_host(lab, 1), "heavy", 256)->cpu_permille = 1800;
    lab_host(lab, 1)->load15_permille = 1900;
    for (guint i = 2; i <= n_hosts; i++)
        lab_host(lab, i)->on = FALSE;
    lab_start(lab);
    lab_run(lab, CLOCK_SECOND_US);
    for (guint i = 2; i <= n_hosts; i++) {
        struct host *host = (struct host *)lab_seen(lab, i);
        host->cpus = 2;
        host->mem_kib = 2 * 1024 * 1024;
    }
    return lab;
}

static void test_what_relief_woke_stays_on(void)
{
    struct lab *lab = lab_with_one_over(3);

    engine_set_goal(lab->engine, ENGINE_GOAL_COMPACT);
    lab_run(lab, 5 * CLOCK_SECOND_US);
    g_assert_cmpuint(lab_host(lab, 2)->packets, ==, 1);
    /* While it boots the load goes by itself: there would be room for both on pc1 again. */
    lab_host(lab, 1)->load15_permille = 1000;
    ((struct fake_vm *)g_ptr_array_index(lab_host(lab, 1)->vms, 1))->cpu_permille = 100;
    lab_run(lab, 2 * CLOCK_MINUTE_US);
    g_assert_cmpint(engine_goal(lab->engine), ==, ENGINE_GOAL_NONE);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 2);
    g_assert_cmpuint(lab_host(lab, 2)->power_offs + lab_host(lab, 3)->power_offs, ==, 0);
    lab_free(lab);
}

static void test_relief_waits_for_a_wake_by_hand(void)
{
    struct lab *lab = lab_with_one_over(3);

    g_assert_cmpuint(engine_wake(lab->engine, "pc3", NULL), !=, 0);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(lab_host(lab, 2)->packets, ==, 0);
    g_assert_true(fake_vm_runs_on(lab->fake, "light", "pc3"));
    lab_free(lab);
}

static void test_normalizes_right_after(void)
{
    struct lab *lab = lab_new(10, TRUE);

    lab_start(lab);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    lab_run_goal(lab, ENGINE_GOAL_NORMALIZE);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 10);
    for (guint i = 1; i <= 10; i++) {
        g_autofree char *vm = g_strdup_printf("vm%u", i);
        g_assert_true(fake_vm_runs_on(lab->fake, vm, lab_host(lab, i)->name));
    }
    g_assert_cmpuint(engine_goal_failures(lab->engine), ==, 0);
    /* And back: what was just woken and moved does not rest when the operator asks. */
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 2);
    lab_free(lab);
}

/* A VM that was shut down in the evening is not waited for in the morning. */
static void test_waits_for_no_vm_that_is_off_on_purpose(void)
{
    struct lab *lab = lab_new(3, TRUE);
    gint64 begun_us;

    fake_vm_add(lab_host(lab, 3), "off", 256)->state = VM_REPORT_OFF;
    lab_start(lab);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 1);
    begun_us = clock_mono_us(lab->clock);
    lab_run_goal(lab, ENGINE_GOAL_NORMALIZE);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 3);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm3", "pc3"));
    /* 40 s to boot, 4 s for each of two moves */
    g_assert_cmpint(clock_mono_us(lab->clock) - begun_us, <, CLOCK_MINUTE_US);
    lab_free(lab);
}

static void test_ends_although_a_vm_will_not_move(void)
{
    struct lab *lab = lab_new(3, TRUE);

    for (guint i = 0; i < 100; i++)
        fake_next(lab->fake, FAKE_FAILS);
    lab_start(lab);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(engine_goal_failures(lab->engine), >=, 1);
    g_assert_cmpuint(lab->fake->migrations, <=, 3 * lab->config.migration_tries);
    g_assert_nonnull(strstr(engine_goal_summary(lab->engine), "not done"));
    lab_free(lab);
}

static void test_ends_although_a_host_will_not_wake(void)
{
    struct lab *lab = lab_new(4, TRUE);

    lab_start(lab);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    lab_host(lab, 3)->boots = FALSE;
    lab_run_goal(lab, ENGINE_GOAL_NORMALIZE);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 3);
    g_assert_cmpuint(engine_goal_failures(lab->engine), >=, 1);
    g_assert_cmpuint(lab_host(lab, 3)->packets, ==, 3);
    lab_free(lab);
}

static void test_ends_although_a_host_stays_on(void)
{
    struct lab *lab = lab_new(4, TRUE);

    lab_host(lab, 4)->obeys = FALSE;
    lab_start(lab);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 2);
    g_assert_cmpuint(engine_goal_failures(lab->engine), ==, 1);
    lab_free(lab);
}

static void test_ends_although_a_host_hangs(void)
{
    struct lab *lab = lab_new(4, TRUE);

    lab_host(lab, 4)->hangs = TRUE;
    lab_start(lab);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 2);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm4", "pc4"));
    g_assert_cmpint(clock_mono_us(lab->clock), <, 5 * CLOCK_MINUTE_US);
    lab_free(lab);
}

static void test_waits_for_what_is_done_by_hand(void)
{
    struct lab *lab = lab_new(4, TRUE);

    lab_start(lab);
    lab->fake->migrate_us = CLOCK_MINUTE_US;
    g_assert_cmpuint(engine_migrate(lab->engine, "vm4", "pc3", FALSE, NULL), !=, 0);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 1);
    lab_free(lab);
}

static void test_can_be_given_up(void)
{
    struct lab *lab = lab_new(10, TRUE);

    lab->config.migrations_most = 1;
    lab_start(lab);
    engine_set_goal(lab->engine, ENGINE_GOAL_COMPACT);
    lab_run(lab, 6 * CLOCK_SECOND_US);
    engine_set_goal(lab->engine, ENGINE_GOAL_NONE);
    lab_run_jobs(lab);
    g_assert_cmpuint(lab->fake->migrations, <=, 2);
    g_assert_nonnull(strstr(engine_goal_summary(lab->engine), "given up"));
    lab_run(lab, CLOCK_HOUR_US);
    g_assert_cmpuint(lab->fake->migrations, <=, 2);
    lab_free(lab);
}

static void test_an_empty_cluster_is_soon_done(void)
{
    struct lab *lab = lab_new(0, FALSE);

    lab_start(lab);
    lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    lab_run_goal(lab, ENGINE_GOAL_NORMALIZE);
    g_assert_cmpuint(engine_goal_failures(lab->engine), ==, 0);
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/goal/compacts_until_nothing_is_left",
                    test_compacts_until_nothing_is_left);
    g_test_add_func("/engine/goal/looks_twice_before_it_plans", test_looks_twice_before_it_plans);
    g_test_add_func("/engine/goal/plans_although_no_cpu_is_told",
                    test_plans_although_no_cpu_is_told);
    g_test_add_func("/engine/goal/what_relief_woke_stays_on", test_what_relief_woke_stays_on);
    g_test_add_func("/engine/goal/relief_waits_for_a_wake_by_hand",
                    test_relief_waits_for_a_wake_by_hand);
    g_test_add_func("/engine/goal/normalizes_right_after", test_normalizes_right_after);
    g_test_add_func("/engine/goal/waits_for_no_vm_that_is_off_on_purpose",
                    test_waits_for_no_vm_that_is_off_on_purpose);
    g_test_add_func("/engine/goal/ends_although_a_vm_will_not_move",
                    test_ends_although_a_vm_will_not_move);
    g_test_add_func("/engine/goal/ends_although_a_host_will_not_wake",
                    test_ends_although_a_host_will_not_wake);
    g_test_add_func("/engine/goal/ends_although_a_host_stays_on",
                    test_ends_although_a_host_stays_on);
    g_test_add_func("/engine/goal/ends_although_a_host_hangs", test_ends_although_a_host_hangs);
    g_test_add_func("/engine/goal/waits_for_what_is_done_by_hand",
                    test_waits_for_what_is_done_by_hand);
    g_test_add_func("/engine/goal/can_be_given_up", test_can_be_given_up);
    g_test_add_func("/engine/goal/an_empty_cluster_is_soon_done",
                    test_an_empty_cluster_is_soon_done);
    return g_test_run();
}
