/* Jobs in another order, and once more: the order is really that of starting, no job waits for ever
 * because of it, and nothing is done again without being checked again. */
#include "tests/support/engine_lab.h"

#include <string.h>

#include "core/engine/engine_internal.h"

/* One migration at a time, so that those behind it wait: vm1 to vmN onto the last host. */
static struct lab *lab_of_queue(guint n_hosts)
{
    struct lab *lab = lab_new(n_hosts, TRUE);

    lab->config.migrations_most = 1;
    lab_start(lab);
    return lab;
}

static guint migrate(struct lab *lab, const char *vm, const char *to)
{
    g_autoptr(GError) error = NULL;
    guint id = engine_migrate(lab->engine, vm, to, FALSE, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(id, !=, 0);
    return id;
}

static void move(struct lab *lab, guint id, gint places)
{
    g_autoptr(GError) error = NULL;

    engine_move_job(lab->engine, id, places, &error);
    g_assert_no_error(error);
}

static void assert_no_move(struct lab *lab, guint id, gint places, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(engine_move_job(lab->engine, id, places, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, why));
}

static void assert_before(struct lab *lab, guint one, guint other)
{
    g_assert_cmpint(lab_job(lab, one)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_job(lab, one)->started_at_us, <, lab_job(lab, other)->started_at_us);
}

static void test_the_last_can_be_first(void)
{
    struct lab *lab = lab_of_queue(5);
    guint ids[4];

    engine_hold(lab->engine, TRUE);
    for (guint i = 0; i < 4; i++) {
        g_autofree char *vm = g_strdup_printf("vm%u", i + 1);
        ids[i] = migrate(lab, vm, "pc5");
    }
    move(lab, ids[3], -3);
    move(lab, ids[0], 1);
    engine_hold(lab->engine, FALSE);
    lab_run_jobs(lab);
    assert_before(lab, ids[3], ids[1]);
    assert_before(lab, ids[1], ids[0]);
    assert_before(lab, ids[0], ids[2]);
    g_assert_cmpuint(lab_journal_has(lab, "is let start earlier"), ==, 1);
    lab_free(lab);
}

static void test_it_goes_as_far_as_there_are_places(void)
{
    struct lab *lab = lab_of_queue(4);
    guint first, last;

    engine_hold(lab->engine, TRUE);
    first = migrate(lab, "vm1", "pc4");
    last = migrate(lab, "vm2", "pc4");
    assert_no_move(lab, first, -1, "it is the first");
    assert_no_move(lab, last, 1, "it is the last");
    move(lab, last, G_MININT);
    assert_no_move(lab, last, -1, "it is the first");
    move(lab, last, G_MAXINT);
    assert_no_move(lab, last, 1, "it is the last");
    lab_free(lab);
}

static void test_only_what_waits_moves(void)
{
    struct lab *lab = lab_of_queue(4);
    guint running = migrate(lab, "vm1", "pc4");
    g_autoptr(GError) error = NULL;

    lab_run(lab, 2 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_job(lab, running)->state, ==, JOB_RUNNING);
    migrate(lab, "vm2", "pc4");
    assert_no_move(lab, running, 1, "under way");
    g_assert_true(engine_cancel_job(lab->engine, running, NULL));
    lab_run_jobs(lab);
    assert_no_move(lab, running, 1, "over");
    g_assert_false(engine_move_job(lab->engine, 99, 1, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    lab_free(lab);
}

/* vm2 makes the room for vm1: the other way round vm1 would be refused. */
static void test_who_needs_room_stays_behind_who_makes_it(void)
{
    struct lab *lab = lab_new(3, TRUE);
    guint out, in;

    for (guint i = 0; i < 7; i++) {
        g_autofree char *name = g_strdup_printf("more%u", i);
        fake_vm_add(lab_host(lab, 2), name, 256);
    }
    lab->config.migrations_most = 1;
    lab_start(lab);
    engine_hold(lab->engine, TRUE);
    out = migrate(lab, "vm2", "pc3");
    in = engine_migrate(lab->engine, "vm1", "pc2", FALSE, NULL);
    if (in == 0) { /* asked by hand it is refused at once: as the autopilot has it */
        struct task *task = task_new(lab->engine, JOB_MIGRATE, JOB_AUTOMATIC,
                                     watch_find(lab->engine, "pc1"), AUTOPILOT, "to fill it");
        task->to = watch_find(lab->engine, "pc2");
        task->job.to = g_strdup("pc2");
        task->job.vm = g_strdup("vm1");
        task->job.mem_kib = 256 * 1024;
        task_submit(task, NULL);
        in = task->job.id;
    }
    assert_no_move(lab, in, -1, "needs the room");
    assert_no_move(lab, out, 1, "needs the room");
    engine_hold(lab->engine, FALSE);
    lab_run_jobs(lab);
    assert_before(lab, out, in);
    g_assert_cmpint(lab_job(lab, in)->state, ==, JOB_DONE);
    lab_free(lab);
}

static void test_who_comes_after_stays_after(void)
{
    struct lab *lab = lab_of_queue(4);
    struct task *task;
    guint first, second;

    engine_hold(lab->engine, TRUE);
    first = migrate(lab, "vm1", "pc4");
    task = task_new(lab->engine, JOB_MIGRATE, JOB_AUTOMATIC, watch_find(lab->engine, "pc2"),
                    AUTOPILOT, "then");
    task->to = watch_find(lab->engine, "pc3");
    task->job.to = g_strdup("pc3");
    task->job.vm = g_strdup("vm2");
    task_submit(task, task_find(lab->engine, first));
    second = task->job.id;
    assert_no_move(lab, second, -1, "comes after");
    assert_no_move(lab, first, 1, "comes after");
    engine_hold(lab->engine, FALSE);
    lab_run_jobs(lab);
    assert_before(lab, first, second);
    lab_free(lab);
}

static void test_power_keeps_its_place_at_its_host(void)
{
    struct lab *lab = lab_of_queue(3);
    struct task *task;
    guint move_id;

    engine_hold(lab->engine, TRUE);
    move_id = migrate(lab, "vm1", "pc2");
    task = task_new(lab->engine, JOB_OFF, JOB_AUTOMATIC, watch_find(lab->engine, "pc1"), AUTOPILOT,
                    "empty then");
    task_submit(task, NULL);
    assert_no_move(lab, task->job.id, -1, "power of one host");
    assert_no_move(lab, move_id, 1, "power of one host");
    lab_free(lab);
}

/* Whatever is moved where: everything that was queued ends, and nothing waits for ever. */
static void test_any_order_comes_to_an_end(void)
{
    for (guint seed = 1; seed <= 20; seed++) {
        g_autoptr(GRand) chance = g_rand_new_with_seed(seed);
        struct lab *lab = lab_new(8, TRUE);

        lab->config.migrations_most = 2;
        lab_start(lab);
        engine_hold(lab->engine, TRUE);
        for (guint i = 1; i <= 8; i++) {
            g_autofree char *vm = g_strdup_printf("vm%u", i);
            g_autofree char *to = g_strdup_printf("pc%u", (i + 2) % 8 + 1);
            migrate(lab, vm, to);
        }
        for (guint i = 0; i < 40; i++)
            engine_move_job(lab->engine, (guint)g_rand_int_range(chance, 1, 9),
                            g_rand_int_range(chance, -8, 9), NULL);
        engine_hold(lab->engine, FALSE);
        lab_run_jobs(lab);
        for (guint id = 1; id <= 8; id++)
            g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
        g_assert_null(lab->fake->sin);
        lab_free(lab);
    }
}

/* --- Once more ------------------------------------------------------------------------------- */

static guint retry(struct lab *lab, guint id, gboolean force)
{
    g_autoptr(GError) error = NULL;
    guint again = engine_retry_job(lab->engine, id, force, &error);

    g_assert_no_error(error);
    g_assert_cmpuint(again, >, id);
    return again;
}

static void assert_no_retry(struct lab *lab, guint id, const char *why)
{
    g_autoptr(GError) error = NULL;

    g_assert_cmpuint(engine_retry_job(lab->engine, id, FALSE, &error), ==, 0);
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, why));
}

static void test_a_cancelled_migration_again_with_its_options(void)
{
    struct lab *lab = lab_of_queue(3);
    const struct migrate_options options = {MIGRATE_STOPANDCOPY, -1, -1, 7};
    guint id, again;

    engine_hold(lab->engine, TRUE);
    id = engine_migrate_as(lab->engine, "vm1", "pc2", FALSE, &options, NULL);
    g_assert_true(engine_cancel_job(lab->engine, id, NULL));
    engine_hold(lab->engine, FALSE);
    again = retry(lab, id, FALSE);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_CANCELLED);
    g_assert_cmpint(lab_job(lab, again)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_job(lab, again)->origin, ==, JOB_BY_HAND);
    g_assert_cmpint(lab->fake->request.mode, ==, MIGRATE_STOPANDCOPY);
    g_assert_cmpuint(lab->fake->request.bandwidth_mib_per_s, ==, 7);
    g_assert_cmpstr(lab_seen_vm(lab, "vm1")->host->name, ==, "pc2");
    assert_no_retry(lab, again, "it was done");
    lab_free(lab);
}

static void test_it_is_checked_again(void)
{
    struct lab *lab = lab_of_queue(3);
    guint id;

    engine_hold(lab->engine, TRUE);
    id = migrate(lab, "vm1", "pc2");
    assert_no_retry(lab, id, "under way");
    engine_cancel_job(lab->engine, id, NULL);
    engine_hold(lab->engine, FALSE);
    engine_set_maintenance(lab->engine, "pc2", TRUE);
    assert_no_retry(lab, id, "maintenance");
    engine_set_maintenance(lab->engine, "pc2", FALSE);
    migrate(lab, "vm1", "pc2");
    lab_run_jobs(lab);
    assert_no_retry(lab, id, "pc2");
    lab_free(lab);
}

static void test_force_is_not_repeated_by_itself(void)
{
    struct lab *lab = lab_of_queue(3);
    guint id;

    engine_set_maintenance(lab->engine, "pc2", TRUE);
    engine_hold(lab->engine, TRUE);
    id = engine_migrate(lab->engine, "vm1", "pc2", TRUE, NULL);
    engine_cancel_job(lab->engine, id, NULL);
    engine_hold(lab->engine, FALSE);
    assert_no_retry(lab, id, "it was forced");
    id = retry(lab, id, TRUE);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    lab_free(lab);
}

/* Each kind is done again as what it was. */
static void test_every_kind_again(void)
{
    struct lab *lab = lab_of_queue(3);
    guint stop, pause, off, again;

    engine_hold(lab->engine, TRUE);
    stop = engine_stop_vm(lab->engine, "vm1", FALSE, NULL);
    pause = engine_control_vm(lab->engine, "vm2", CONTROL_PAUSE, FALSE, NULL);
    g_assert_cmpuint(engine_cancel_all(lab->engine, FALSE), ==, 2);
    engine_hold(lab->engine, FALSE);
    again = retry(lab, stop, FALSE);
    g_assert_cmpint(lab_job(lab, again)->kind, ==, JOB_STOP);
    again = retry(lab, pause, FALSE);
    g_assert_cmpint(lab_job(lab, again)->action, ==, CONTROL_PAUSE);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_seen_vm(lab, "vm1")->state, ==, VM_OFF);
    g_assert_cmpint(lab_seen_vm(lab, "vm2")->state, ==, VM_PAUSED);

    engine_hold(lab->engine, TRUE);
    off = engine_migrate(lab->engine, "vm3", "pc2", FALSE, NULL);
    g_assert_cmpuint(off, !=, 0);
    engine_hold(lab->engine, FALSE);
    lab_run_jobs(lab);
    engine_hold(lab->engine, TRUE);
    off = engine_power_off(lab->engine, "pc3", FALSE, NULL);
    g_assert_cmpuint(off, !=, 0);
    engine_cancel_job(lab->engine, off, NULL);
    engine_hold(lab->engine, FALSE);
    again = retry(lab, off, FALSE);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, again)->state, ==, JOB_DONE);
    g_assert_cmpint(lab_seen(lab, 3)->state, ==, HOST_OFF);
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/jobs/the_last_can_be_first", test_the_last_can_be_first);
    g_test_add_func("/engine/jobs/it_goes_as_far_as_there_are_places",
                    test_it_goes_as_far_as_there_are_places);
    g_test_add_func("/engine/jobs/only_what_waits_moves", test_only_what_waits_moves);
    g_test_add_func("/engine/jobs/who_needs_room_stays_behind_who_makes_it",
                    test_who_needs_room_stays_behind_who_makes_it);
    g_test_add_func("/engine/jobs/who_comes_after_stays_after", test_who_comes_after_stays_after);
    g_test_add_func("/engine/jobs/power_keeps_its_place_at_its_host",
                    test_power_keeps_its_place_at_its_host);
    g_test_add_func("/engine/jobs/any_order_comes_to_an_end", test_any_order_comes_to_an_end);
    g_test_add_func("/engine/jobs/a_cancelled_migration_again_with_its_options",
                    test_a_cancelled_migration_again_with_its_options);
    g_test_add_func("/engine/jobs/it_is_checked_again", test_it_is_checked_again);
    g_test_add_func("/engine/jobs/force_is_not_repeated_by_itself",
                    test_force_is_not_repeated_by_itself);
    g_test_add_func("/engine/jobs/every_kind_again", test_every_kind_again);
    return g_test_run();
}
