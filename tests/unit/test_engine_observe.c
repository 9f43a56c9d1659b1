/* What the engine promises about looking: every host at its own pace, none delaying another. */
#include "tests/support/engine_lab.h"

static void count_models(const struct engine_event *event, gpointer data)
{
    *(guint *)data += event->kind == ENGINE_EVENT_MODEL;
}

static void test_asks_every_host_at_once_at_the_start(void)
{
    struct lab *lab = lab_new(20, TRUE);

    lab_start(lab);
    g_assert_true(engine_has_seen_all(lab->engine));
    g_assert_cmpint(clock_mono_us(lab->clock), <, CLOCK_SECOND_US);
    g_assert_cmpuint(cluster_count_active_vms(engine_cluster(lab->engine)), ==, 20);
    g_assert_cmpuint(lab_seen_on(lab), ==, 20);
    lab_free(lab);
}

static void test_then_each_at_its_period(void)
{
    struct lab *lab = lab_new(10, TRUE);

    lab_start(lab);
    lab_run(lab, 10 * CLOCK_MINUTE_US);
    for (guint i = 1; i <= 10; i++) {
        g_assert_cmpuint(lab_host(lab, i)->refreshes, >=, 58);
        g_assert_cmpuint(lab_host(lab, i)->refreshes, <=, 63);
        g_assert_cmpuint(lab_host(lab, i)->at_once, ==, 1);
    }
    lab_free(lab);
}

/* In any second, not many more hosts than their share of the period. */
static void test_spreads_its_questions(void)
{
    struct lab *lab = lab_new(100, FALSE);
    guint before = 0;

    lab_start(lab);
    lab_run(lab, CLOCK_MINUTE_US);
    for (guint second = 0; second < 30; second++) {
        guint total = 0;
        for (guint i = 1; i <= 100; i++)
            total += lab_host(lab, i)->refreshes;
        if (second > 0)
            g_assert_cmpuint(total - before, <=, 30);
        before = total;
        lab_run(lab, CLOCK_SECOND_US);
    }
    lab_free(lab);
}

static void test_asks_hosts_that_are_off_seldom(void)
{
    struct lab *lab = lab_new(3, FALSE);
    guint before;

    lab_host(lab, 2)->on = FALSE;
    lab_start(lab);
    g_assert_cmpint(lab_seen(lab, 2)->state, ==, HOST_OFF);
    before = lab_host(lab, 2)->refreshes;
    lab_run(lab, 10 * CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_host(lab, 2)->refreshes - before, <=, 11);
    g_assert_cmpuint(lab_host(lab, 2)->refreshes - before, >=, 9);
    lab_free(lab);
}

/* Sooner than its period at first, and then no oftener than hosts that answer. */
static void test_a_lost_host_is_tried_again_with_back_off(void)
{
    struct lab *lab = lab_new(3, TRUE);
    guint before;

    lab_start(lab);
    lab_host(lab, 2)->silent = TRUE;
    before = lab_host(lab, 2)->refreshes;
    engine_refresh_all(lab->engine);
    lab_run(lab, 10 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_seen(lab, 2)->state, ==, HOST_UNREACHABLE);
    g_assert_cmpuint(lab_host(lab, 2)->refreshes - before, >=, 3);
    lab_run(lab, CLOCK_MINUTE_US);
    before = lab_host(lab, 2)->refreshes;
    lab_run(lab, 10 * CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_host(lab, 2)->refreshes - before, <=, 10 * 60 * 4 / 30 + 1);
    g_assert_cmpuint(lab_host(lab, 2)->refreshes - before, >=, 10 * 60 * 4 / 50 - 1);
    before = lab_host(lab, 2)->refreshes;
    engine_refresh_all(lab->engine);
    g_assert_cmpuint(lab_host(lab, 2)->refreshes, ==, before + 1);
    lab_free(lab);
}

/* In any second, not many more of them than their share. */
static void test_hosts_lost_together_do_not_come_back_together(void)
{
    struct lab *lab = lab_new(100, FALSE);
    guint before = 0;

    lab_start(lab);
    for (guint i = 1; i <= 100; i++)
        lab_host(lab, i)->silent = TRUE;
    engine_refresh_all(lab->engine);
    lab_run(lab, 30 * CLOCK_SECOND_US);
    for (guint second = 0; second < 20; second++) {
        guint total = 0;
        for (guint i = 1; i <= 100; i++)
            total += lab_host(lab, i)->refreshes;
        if (second > 0)
            g_assert_cmpuint(total - before, <=, 35);
        before = total;
        lab_run(lab, CLOCK_SECOND_US);
    }
    lab_free(lab);
}

static void test_a_hung_host_delays_nobody(void)
{
    struct lab *lab = lab_new(4, TRUE);

    lab_start(lab);
    lab_host(lab, 2)->hangs = TRUE;
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_host(lab, 2)->at_once, ==, 1);
    g_assert_true(host_is_stale(lab_seen(lab, 2), clock_mono_us(lab->clock),
                                lab->config.policy.stale_after_us));
    g_assert_cmpuint(lab_host(lab, 1)->refreshes, >=, 28);
    g_assert_cmpuint(engine_migrate(lab->engine, "vm1", "pc3", FALSE, NULL), !=, 0);
    lab_run_jobs(lab);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm1", "pc3"));
    lab_host(lab, 2)->hangs = FALSE;
    fake_release(lab->fake);
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_false(host_is_stale(lab_seen(lab, 2), clock_mono_us(lab->clock),
                                 lab->config.policy.stale_after_us));
    lab_free(lab);
}

static void test_a_silent_host_can_be_doubted_until_it_answers(void)
{
    struct lab *lab = lab_new(3, TRUE);

    lab_host(lab, 2)->hangs = TRUE;
    lab_start(lab);
    g_assert_cmpuint(engine_count_unseen(lab->engine), ==, 1);
    /* As the store would have it. */
    host_set_state((struct host *)lab_seen(lab, 2), HOST_ON, 0);
    engine_doubt_unseen(lab->engine);
    g_assert_cmpint(lab_seen(lab, 2)->state, ==, HOST_UNREACHABLE);
    g_assert_nonnull(lab_seen(lab, 2)->trouble);
    g_assert_null(lab_seen(lab, 1)->trouble);
    lab_host(lab, 2)->hangs = FALSE;
    fake_release(lab->fake);
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_cmpuint(engine_count_unseen(lab->engine), ==, 0);
    g_assert_cmpint(lab_seen(lab, 2)->state, ==, HOST_ON);
    g_assert_null(lab_seen(lab, 2)->trouble);
    lab_free(lab);
}

static void test_a_change_is_looked_at_soon_and_once(void)
{
    struct lab *lab = lab_new(3, TRUE);
    guint before;

    lab_start(lab);
    lab_run(lab, 11 * CLOCK_SECOND_US);
    lab_run(lab, CLOCK_SECOND_US);
    before = lab_host(lab, 1)->refreshes;
    fake_vm_add(lab_host(lab, 1), "new", 128);
    for (guint i = 0; i < 50; i++)
        driver_emit_changed(&lab->fake->base, lab_host(lab, 1)->address);
    driver_emit_changed(&lab->fake->base, "10.9.9.9");
    lab_run(lab, CLOCK_SECOND_US / 2);
    g_assert_nonnull(lab_seen_vm(lab, "new"));
    g_assert_cmpuint(lab_host(lab, 1)->refreshes - before, ==, 1);
    lab_free(lab);
}

static void test_tells_only_what_changed(void)
{
    struct lab *lab = lab_new(3, TRUE);
    guint models = 0;

    lab_start(lab);
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    engine_listen(lab->engine, count_models, &models);
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    g_assert_cmpuint(models, ==, 0);
    lab_host(lab, 2)->load15_permille = 700;
    lab_run(lab, 11 * CLOCK_SECOND_US);
    g_assert_cmpuint(models, ==, 1);
    lab_free(lab);
}

static void test_accepts_a_vm_moved_by_another(void)
{
    struct lab *lab = lab_new(3, TRUE);

    lab_start(lab);
    fake_vm_move(lab->fake, "vm1", "pc3");
    lab_run(lab, 21 * CLOCK_SECOND_US);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc3");
    g_assert_cmpuint(lab_journal_has(lab, "vm vm1 is now on pc3"), ==, 1);
    g_assert_cmpuint(lab_alarms(lab), ==, 0);
    lab_free(lab);
}

static void test_a_vm_on_two_hosts_is_an_alarm(void)
{
    struct lab *lab = lab_new(3, TRUE);

    lab_start(lab);
    fake_vm_add(lab_host(lab, 2), "vm1", 256);
    lab_run(lab, 40 * CLOCK_SECOND_US);
    g_assert_true(vm_is_frozen(lab_seen_vm(lab, "vm1")));
    g_assert_cmpuint(lab_alarms(lab), ==, 1);
    g_assert_cmpuint(engine_migrate(lab->engine, "vm1", "pc3", TRUE, NULL), ==, 0);
    lab_free(lab);
}

static void test_an_unreachable_host_is_an_alarm_told_once(void)
{
    struct lab *lab = lab_new(3, TRUE);

    lab_start(lab);
    lab_host(lab, 3)->silent = TRUE;
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_UNREACHABLE);
    g_assert_cmpuint(lab_alarms(lab), ==, 1);
    g_assert_cmpuint(lab_host(lab, 3)->packets, ==, 0);
    lab_free(lab);
}

static void drop_myself(const struct engine_event *event, gpointer data)
{
    struct lab *lab = data;

    (void)event;
    engine_unlisten(lab->engine, 1);
    engine_unlisten(lab->engine, 2);
}

static void test_listeners_may_come_and_go_while_told(void)
{
    struct lab *lab = lab_new(1, FALSE);
    guint models = 0;

    lab_start(lab);
    g_assert_cmpuint(engine_listen(lab->engine, drop_myself, lab), ==, 1);
    g_assert_cmpuint(engine_listen(lab->engine, count_models, &models), ==, 2);
    g_assert_cmpuint(engine_listen(lab->engine, count_models, &models), ==, 3);
    engine_set_maintenance(lab->engine, "pc1", TRUE);
    g_assert_cmpuint(models, ==, 1);
    engine_set_maintenance(lab->engine, "pc1", FALSE);
    g_assert_cmpuint(models, ==, 2);
    lab_free(lab);
}

static void test_answers_after_it_is_freed_touch_nothing(void)
{
    struct lab *lab = lab_new(3, TRUE);

    fake_next(lab->fake, FAKE_WORKS);
    lab_start(lab);
    lab_host(lab, 3)->on = FALSE;
    engine_migrate(lab->engine, "vm1", "pc2", FALSE, NULL);
    lab_run(lab, CLOCK_SECOND_US);
    engine_refresh_all(lab->engine);
    engine_free(lab->engine);
    lab->engine = NULL;
    while (clock_step(lab->clock))
        continue;
    g_assert_true(fake_vm_runs_on(lab->fake, "vm1", "pc2"));
    lab_free(lab);
}

static void test_hosts_can_be_added_and_taken_out(void)
{
    struct lab *lab = lab_new(2, TRUE);
    g_autoptr(GError) error = NULL;

    lab_start(lab);
    fake_host_add(lab->fake, "pc3", "10.0.0.9");
    g_assert_true(engine_add_host(lab->engine, "pc3", "10.0.0.9", NULL));
    g_assert_false(engine_add_host(lab->engine, "pc3", "10.0.0.10", &error));
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_true(engine_has_seen_all(lab->engine));
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_ON);
    engine_migrate(lab->engine, "vm1", "pc3", FALSE, NULL);
    g_assert_false(engine_remove_host(lab->engine, "pc1", NULL));
    lab_run_jobs(lab);
    g_assert_true(engine_remove_host(lab->engine, "pc1", NULL));
    g_assert_false(engine_remove_host(lab->engine, "pc1", NULL));
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpuint(lab->fake->forgotten, ==, 1);
    g_assert_cmpuint(engine_cluster(lab->engine)->hosts->len, ==, 2);
    g_assert_cmpuint(engine_migrate(lab->engine, "vm1", "pc2", FALSE, NULL), !=, 0);
    lab_run_jobs(lab);
    g_assert_true(fake_vm_runs_on(lab->fake, "vm1", "pc2"));
    lab_free(lab);
}

static void test_the_journal_keeps_the_last_thousand(void)
{
    struct lab *lab = lab_new(1, FALSE);

    lab_start(lab);
    for (guint i = 0; i < 5000; i++)
        engine_set_maintenance(lab->engine, "pc1", i % 2 == 0);
    g_assert_cmpuint(engine_journal(lab->engine)->len, >=, 1000);
    g_assert_cmpuint(engine_journal(lab->engine)->len, <=, 1250);
    lab_free(lab);
}

/* It was silent while it was set up anew, say: what it is now must be heard all the same. */
static void test_another_host_key_is_told_after_silence(void)
{
    struct lab *lab = lab_new(2, TRUE);

    lab_start(lab);
    lab_host(lab, 2)->silent = TRUE;
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_alarms(lab), ==, 1);
    lab_host(lab, 2)->foreign = TRUE;
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_journal_has(lab, "its host key changed"), ==, 1);
    g_assert_cmpuint(lab_alarms(lab), ==, 2);
    lab_free(lab);
}

/* Left to itself the driver answers with the refusal for a while: the operator is past that. */
static void test_asked_by_hand_a_host_that_refused_is_tried_at_once(void)
{
    struct lab *lab = lab_new(2, TRUE);

    lab_start(lab);
    lab_host(lab, 2)->foreign = TRUE;
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpuint(lab_host(lab, 2)->tries, ==, 0);
    lab_host(lab, 2)->foreign = FALSE;
    engine_refresh_all(lab->engine);
    g_assert_cmpuint(lab_host(lab, 2)->tries, ==, 1);
    g_assert_cmpuint(lab_host(lab, 1)->tries, ==, 0);
    lab_run(lab, CLOCK_SECOND_US);
    engine_refresh_all(lab->engine);
    g_assert_cmpuint(lab_host(lab, 2)->tries, ==, 1);
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/observe/asks_every_host_at_once_at_the_start",
                    test_asks_every_host_at_once_at_the_start);
    g_test_add_func("/engine/observe/then_each_at_its_period", test_then_each_at_its_period);
    g_test_add_func("/engine/observe/spreads_its_questions", test_spreads_its_questions);
    g_test_add_func("/engine/observe/asks_hosts_that_are_off_seldom",
                    test_asks_hosts_that_are_off_seldom);
    g_test_add_func("/engine/observe/a_lost_host_is_tried_again_with_back_off",
                    test_a_lost_host_is_tried_again_with_back_off);
    g_test_add_func("/engine/observe/hosts_lost_together_do_not_come_back_together",
                    test_hosts_lost_together_do_not_come_back_together);
    g_test_add_func("/engine/observe/asked_by_hand_a_host_that_refused_is_tried_at_once",
                    test_asked_by_hand_a_host_that_refused_is_tried_at_once);
    g_test_add_func("/engine/observe/a_hung_host_delays_nobody", test_a_hung_host_delays_nobody);
    g_test_add_func("/engine/observe/a_silent_host_can_be_doubted_until_it_answers",
                    test_a_silent_host_can_be_doubted_until_it_answers);
    g_test_add_func("/engine/observe/a_change_is_looked_at_soon_and_once",
                    test_a_change_is_looked_at_soon_and_once);
    g_test_add_func("/engine/observe/tells_only_what_changed", test_tells_only_what_changed);
    g_test_add_func("/engine/observe/accepts_a_vm_moved_by_another",
                    test_accepts_a_vm_moved_by_another);
    g_test_add_func("/engine/observe/a_vm_on_two_hosts_is_an_alarm",
                    test_a_vm_on_two_hosts_is_an_alarm);
    g_test_add_func("/engine/observe/an_unreachable_host_is_an_alarm_told_once",
                    test_an_unreachable_host_is_an_alarm_told_once);
    g_test_add_func("/engine/observe/listeners_may_come_and_go_while_told",
                    test_listeners_may_come_and_go_while_told);
    g_test_add_func("/engine/observe/answers_after_it_is_freed_touch_nothing",
                    test_answers_after_it_is_freed_touch_nothing);
    g_test_add_func("/engine/observe/hosts_can_be_added_and_taken_out",
                    test_hosts_can_be_added_and_taken_out);
    g_test_add_func("/engine/observe/the_journal_keeps_the_last_thousand",
                    test_the_journal_keeps_the_last_thousand);
    g_test_add_func("/engine/observe/another_host_key_is_told_after_silence",
                    test_another_host_key_is_told_after_silence);
    return g_test_run();
}
