/* What the engine promises about a migration while it runs: options, the verdict, the switch. */
#include "tests/support/engine_lab.h"

#include <string.h>

#define MIB G_GUINT64_CONSTANT(1048576)

static guint migrate_as(struct lab *lab, const struct migrate_options *options)
{
    g_autoptr(GError) error = NULL;
    guint id = engine_migrate_as(lab->engine, "vm1", "pc2", FALSE, options, &error);

    g_assert_no_error(error);
    return id;
}

static struct lab *lab_with(enum fake_outcome outcome)
{
    struct lab *lab = lab_new(3, TRUE);

    fake_next(lab->fake, outcome);
    lab_start(lab);
    return lab;
}

/* One that runs and goes on running until it is told otherwise. */
static struct lab *lab_running(guint *id)
{
    struct lab *lab = lab_with(FAKE_NEVER_ANSWERS);

    *id = migrate_as(lab, NULL);
    lab_run(lab, 3 * CLOCK_SECOND_US);
    g_assert_cmpint(lab_job(lab, *id)->state, ==, JOB_RUNNING);
    return lab;
}

/* For so long the guest writes as fast as its RAM moves. */
static void never_converge(struct lab *lab, guint seconds)
{
    for (guint i = 1; i <= seconds; i++) {
        const struct migrate_progress progress = {.total_bytes = (256 + 25 * i) * MIB,
                                                  .done_bytes = 25 * i * MIB,
                                                  .left_bytes = 256 * MIB,
                                                  .speed_bytes_per_s = 100 * MIB,
                                                  .dirty_bytes_per_s = 120 * MIB,
                                                  .elapsed_us = i * CLOCK_SECOND_US,
                                                  .pass = i / 2};

        fake_progress(lab->fake, &progress);
        lab_run(lab, CLOCK_SECOND_US);
    }
}

static void test_asks_as_configured(void)
{
    struct lab *lab = lab_new(2, TRUE);
    const struct migrate_request *request = &lab->fake->request;

    lab->config.connections = 4;
    lab->config.compression = MIGRATE_COMPRESSION_XBZRLE;
    lab->config.transport = MIGRATE_TLS;
    lab->config.on_timeout = MIGRATE_LATE_POSTCOPY;
    lab->config.bandwidth_mib_per_s = 50;
    lab->config.pause_most_us = 7 * CLOCK_SECOND_US;
    lab_start(lab);
    migrate_as(lab, NULL);
    lab_run_jobs(lab);
    g_assert_cmpuint(request->connections, ==, 4);
    g_assert_cmpint(request->compression, ==, MIGRATE_COMPRESSION_XBZRLE);
    g_assert_cmpint(request->transport, ==, MIGRATE_TLS);
    g_assert_cmpint(request->on_timeout, ==, MIGRATE_LATE_POSTCOPY);
    g_assert_cmpuint(request->bandwidth_mib_per_s, ==, 50);
    g_assert_cmpint(request->pause_most_us, ==, 7 * CLOCK_SECOND_US);
    lab_free(lab);
}

static void test_options_count_more_than_the_configuration(void)
{
    struct lab *lab = lab_with(FAKE_WORKS);
    const struct migrate_options options = {.mode = MIGRATE_STOPANDCOPY,
                                            .on_timeout = MIGRATE_LATE_PAUSE,
                                            .timeout_us = 5 * CLOCK_SECOND_US,
                                            .bandwidth_mib_per_s = 3};
    const struct migrate_request *request = &lab->fake->request;

    migrate_as(lab, &options);
    lab_run_jobs(lab);
    g_assert_cmpint(request->mode, ==, MIGRATE_STOPANDCOPY);
    g_assert_cmpint(request->on_timeout, ==, MIGRATE_LATE_PAUSE);
    g_assert_cmpint(request->timeout_us, ==, 5 * CLOCK_SECOND_US);
    g_assert_cmpuint(request->bandwidth_mib_per_s, ==, 3);
    lab_free(lab);
}

static void test_what_is_no_option_is_as_configured(void)
{
    struct lab *lab = lab_with(FAKE_WORKS);
    const struct migrate_options options = MIGRATE_OPTIONS_INIT;

    migrate_as(lab, &options);
    lab_run_jobs(lab);
    g_assert_cmpint(lab->fake->request.mode, ==, MIGRATE_PRECOPY);
    g_assert_cmpint(lab->fake->request.on_timeout, ==, MIGRATE_LATE_CANCEL);
    g_assert_cmpint(lab->fake->request.timeout_us, ==, lab->config.migration_timeout_us);
    lab_free(lab);
}

static void test_a_large_vm_is_given_longer(void)
{
    struct lab *lab = lab_new(2, FALSE);

    lab_host(lab, 1)->mem_kib = lab_host(lab, 2)->mem_kib = 64 * 1024 * 1024;
    fake_vm_add(lab_host(lab, 1), "vm1", 16 * 1024 + 500);
    lab_start(lab);
    migrate_as(lab, NULL);
    lab_run_jobs(lab);
    g_assert_cmpint(lab->fake->request.timeout_us, ==,
                    lab->config.migration_timeout_us + 16 * 30 * CLOCK_SECOND_US);
    lab_free(lab);
}

static void test_switches_a_running_one_to_post_copy(void)
{
    guint id;
    struct lab *lab = lab_running(&id);
    g_autoptr(GError) error = NULL;

    g_assert_true(engine_switch_postcopy(lab->engine, id, &error));
    g_assert_no_error(error);
    g_assert_cmphex(lab->fake->steers, ==, 1u << MIGRATE_STEER_POSTCOPY);
    g_assert_cmpuint(lab_journal_has(lab, "post-copy"), ==, 1);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    lab_free(lab);
}

static void assert_no_switch(struct lab *lab, guint id, enum roost_error code)
{
    g_autoptr(GError) error = NULL;

    g_assert_false(engine_switch_postcopy(lab->engine, id, &error));
    g_assert_error(error, ROOST_ERROR, (gint)code);
}

static void test_what_cannot_switch_is_refused(void)
{
    struct lab *lab = lab_with(FAKE_WORKS);
    const struct migrate_options paused = {MIGRATE_STOPANDCOPY, -1, -1, -1};
    guint id = migrate_as(lab, &paused);

    assert_no_switch(lab, 77, ROOST_ERROR_INPUT);
    assert_no_switch(lab, id, ROOST_ERROR_REFUSED); /* not begun */
    lab_run(lab, 3 * CLOCK_SECOND_US);
    assert_no_switch(lab, id, ROOST_ERROR_REFUSED); /* its guest is paused */
    lab_run_jobs(lab);
    assert_no_switch(lab, id, ROOST_ERROR_REFUSED); /* over */
    g_assert_cmphex(lab->fake->steers, ==, 0);
    lab_free(lab);
}

static void test_in_post_copy_it_is_too_late_to_cancel(void)
{
    const struct migrate_progress follows = {
        .total_bytes = 2 * MIB, .left_bytes = MIB, .stage = MIGRATE_STAGE_FOLLOWING};
    guint id;
    struct lab *lab = lab_running(&id);
    g_autoptr(GError) error = NULL;

    fake_progress(lab->fake, &follows);
    g_assert_false(engine_cancel_job(lab->engine, id, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED);
    g_assert_nonnull(strstr(error->message, "runs on pc2 already"));
    g_assert_cmpuint(lab->fake->cancels, ==, 0);
    assert_no_switch(lab, id, ROOST_ERROR_REFUSED);
    lab_free(lab);
}

static void test_an_operator_is_told_that_it_does_not_converge(void)
{
    guint id;
    struct lab *lab = lab_running(&id);

    never_converge(lab, 30);
    g_assert_true(lab_job(lab, id)->stuck);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_RUNNING); /* and decides */
    g_assert_cmphex(lab->fake->steers, ==, 0);
    g_assert_cmpuint(lab->fake->cancels, ==, 0);
    lab_free(lab);
}

/* Packed onto one host in the evening; the first VM brought home does not converge. */
static struct lab *lab_going(enum engine_goal goal)
{
    struct lab *lab = lab_new(3, TRUE);

    lab_start(lab);
    if (goal == ENGINE_GOAL_NORMALIZE)
        lab_run_goal(lab, ENGINE_GOAL_COMPACT);
    fake_next(lab->fake, FAKE_NEVER_ANSWERS);
    engine_set_goal(lab->engine, goal);
    for (guint i = 0; i < 600 && lab->fake->migrating == 0; i++)
        lab_run(lab, CLOCK_SECOND_US);
    g_assert_cmpuint(lab->fake->migrating, >, 0);
    lab_run(lab, 5 * CLOCK_SECOND_US);
    return lab;
}

static void test_on_the_way_home_it_is_paused_for_the_rest(void)
{
    struct lab *lab = lab_going(ENGINE_GOAL_NORMALIZE);

    g_assert_cmpint(lab->fake->request.on_timeout, ==, MIGRATE_LATE_PAUSE);
    never_converge(lab, 30);
    g_assert_cmphex(lab->fake->steers, ==, 1u << MIGRATE_STEER_PAUSE);
    g_assert_cmpuint(lab->fake->cancels, ==, 0);
    lab_run_goal(lab, ENGINE_GOAL_NORMALIZE);
    g_assert_cmpuint(engine_goal_failures(lab->engine), ==, 0);
    lab_free(lab);
}

static void test_when_packing_it_gives_its_place_to_others(void)
{
    struct lab *lab = lab_going(ENGINE_GOAL_COMPACT);

    g_assert_cmpint(lab->fake->request.on_timeout, ==, MIGRATE_LATE_CANCEL);
    never_converge(lab, 30);
    g_assert_cmpuint(lab->fake->cancels, ==, 1);
    g_assert_cmphex(lab->fake->steers, ==, 0);
    lab_run_jobs(lab);
    g_assert_cmpuint(lab_journal_has(lab, "taken back"), ==, 0);
    lab_free(lab);
}

static void test_a_note_is_written_down_once(void)
{
    const struct migrate_progress plain = {.total_bytes = 1, .note = "it is plain"};
    guint id;
    struct lab *lab = lab_running(&id);

    fake_progress(lab->fake, &plain);
    fake_progress(lab->fake, &plain);
    g_assert_cmpstr(lab_job(lab, id)->note, ==, "it is plain");
    g_assert_null(lab_job(lab, id)->progress.note);
    g_assert_cmpuint(lab_journal_has(lab, "it is plain"), ==, 1);
    lab_free(lab);
}

/* Its guest runs at the target: with that gone there is nothing left to wait for. */
static void test_a_dead_target_ends_a_post_copy_too(void)
{
    const struct migrate_progress follows = {
        .total_bytes = 2 * MIB, .left_bytes = MIB, .stage = MIGRATE_STAGE_FOLLOWING};
    guint id;
    struct lab *lab = lab_running(&id);

    fake_progress(lab->fake, &follows);
    lab_host(lab, 2)->silent = TRUE;
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmphex(lab->fake->steers, ==, 1u << MIGRATE_STEER_GIVE_UP);
    g_assert_cmpint(lab_job(lab, id)->state, !=, JOB_RUNNING);
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name) g_test_add_func("/engine/moving/" #name, test_##name)
    ADD(asks_as_configured);
    ADD(options_count_more_than_the_configuration);
    ADD(what_is_no_option_is_as_configured);
    ADD(a_large_vm_is_given_longer);
    ADD(switches_a_running_one_to_post_copy);
    ADD(what_cannot_switch_is_refused);
    ADD(in_post_copy_it_is_too_late_to_cancel);
    ADD(an_operator_is_told_that_it_does_not_converge);
    ADD(on_the_way_home_it_is_paused_for_the_rest);
    ADD(when_packing_it_gives_its_place_to_others);
    ADD(a_note_is_written_down_once);
    ADD(a_dead_target_ends_a_post_copy_too);
    return g_test_run();
}
