/* test_view_jobs.c - the table of jobs and one of them in full, and what their keys do. */
#include <string.h>

#include "tests/support/console_rig.h"
#include "tests/support/stage.h"
#include "tui/jobs_list.h"
#include "tui/view.h"

/* --- On a stage ------------------------------------------------------------------------------ */

/* Of each kind and state, some of them moved. */
static struct stage *many(void)
{
    struct stage *stage = stage_new(62);
    struct job *job;

    job = stage_add_job(stage, JOB_OFF, JOB_DONE, 0, 50, 0);
    job->ended_at_us = STAGE_NOW_US - CLOCK_MINUTE_US;
    job->started_at_us = STAGE_NOW_US - 2 * CLOCK_MINUTE_US;
    job->result = g_strdup("it is silent");
    job = stage_add_job(stage, JOB_MIGRATE, JOB_FAILED, 20, 20, 6);
    job->ended_at_us = STAGE_NOW_US - CLOCK_SECOND_US;
    job->attempt = 3;
    job->result =
        g_strdup("vm pc20: migrate to pc06: connection refused by the firewall of pc06, "
                 "port 49152; the first try: operation failed: migration job: unexpectedly "
                 "failed");
    job = stage_add_job(stage, JOB_MIGRATE, JOB_CANCELLED, 22, 22, 6);
    job->ended_at_us = STAGE_NOW_US - 2 * CLOCK_SECOND_US;
    job->result = g_strdup("taken back by ana");
    job->force = TRUE;
    job->origin = JOB_BY_HAND;
    stage_set_halfway(stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 39, 39, 6));
    stage_add_job(stage, JOB_WAKE, JOB_VERIFYING, 0, 58, 0);
    for (guint number = 25; number < 30; number++)
        stage_add_job(stage, JOB_MIGRATE, JOB_QUEUED, number, number, 6);
    ((struct job *)g_ptr_array_index(stage->jobs, 8))->turn = 6; /* 9 passed 6, 7 and 8 */
    for (guint id = 6; id <= 8; id++)
        ((struct job *)g_ptr_array_index(stage->jobs, id - 1))->turn = id + 1;
    stage_add_entry(stage, 10, "migrate", "vm pc20", "vm pc20 from pc20 to pc06", "queued");
    stage_add_entry(stage, 1, "migrate", "vm pc20",
                    "vm pc20 from pc20 to pc06: vm pc20: migrate to pc06: connection refused",
                    "failed");
    for (guint i = 0; i < 2; i++)
        ((struct journal_entry *)g_ptr_array_index(stage->journal, i))->job = 2;
    return stage;
}

static void test_table(void)
{
    autoptr(stage) stage = many();

    stage_press(stage, "J");
    stage_check(stage, "jobs-table", 40, 12);
    stage_check(stage, "jobs-table", 80, 24);
    stage_check(stage, "jobs-table", 100, 30);
    stage_check(stage, "jobs-table", 132, 43);
    stage_check(stage, "jobs-table", 200, 50);
    stage_press(stage, "Tab");
    stage_check(stage, "jobs-under-way", 80, 24);
    stage_press(stage, "Tab");
    stage_check(stage, "jobs-failed", 80, 24);
    stage->app->ascii = TRUE;
    stage_press(stage, "Tab");
    stage_check(stage, "jobs-ascii", 100, 30);
}

/* "/" narrows the table down, Escape takes that away before it comes out. */
static void test_filter(void)
{
    autoptr(stage) stage = many();

    stage_press(stage, "J");
    stage_draw(stage, 80, 24);
    stage_press(stage, "/");
    for (const char *key = "pc2"; *key != '\0'; key++)
        stage_press(stage, (const char[]){*key, '\0'});
    stage_press(stage, "Enter");
    g_assert_nonnull(stage->app->jobs_filter);
    stage_check(stage, "jobs-filter", 80, 24);
    stage_press(stage, "Escape");
    g_assert_null(stage->app->jobs_filter);
    g_assert_true(stage->app->view == &view_jobs);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

static void test_empty(void)
{
    autoptr(stage) stage = stage_new(3);

    stage_press(stage, "J");
    stage_check(stage, "jobs-none", 80, 24);
    stage_press(stage, "Enter");
    g_assert_true(stage->app->view == &view_jobs);
    stage_press(stage, "R");
    stage_press(stage, "X");
    stage_add_job(stage, JOB_OFF, JOB_DONE, 0, 2, 0)->ended_at_us = STAGE_NOW_US;
    stage_press(stage, "Tab");
    stage_check(stage, "jobs-none-shown", 80, 24);
}

static guint id_at(const GPtrArray *jobs, guint i)
{
    return ((const struct job *)g_ptr_array_index(jobs, i))->id;
}

/* What runs, what waits by its turn, what is over with the latest first. */
static void test_order(void)
{
    static const guint expected[] = {4, 5, 9, 6, 7, 8, 10, 2, 3, 1};
    autoptr(stage) stage = many();
    g_autoptr(GPtrArray) jobs = jobs_list(stage->app);

    g_assert_cmpuint(jobs->len, ==, G_N_ELEMENTS(expected));
    for (guint i = 0; i < jobs->len; i++)
        g_assert_cmpuint(id_at(jobs, i), ==, expected[i]);
}

static void test_one(void)
{
    autoptr(stage) stage = many();
    struct job *moving = g_ptr_array_index(stage->jobs, 3);

    moving->progress.dirty_bytes_per_s = 9 * 1048576;
    moving->progress.downtime_us = 250000;
    moving->note = g_strdup("memory is not compressed: one of the two hosts cannot");
    stage_press(stage, "J");
    stage_draw(stage, 80, 24);
    stage_press(stage, "Enter");
    g_assert_true(stage->app->view == &view_job);
    stage_check(stage, "job-moving", 80, 24);
    stage_check(stage, "job-moving", 200, 50);
    stage->app->chosen_job = 2;
    stage_check(stage, "job-failed", 80, 24);
    stage_check(stage, "job-failed", 132, 43);
    stage_press(stage, "R");
    stage_check(stage, "dialog-retry", 80, 24);
    stage_press(stage, "Escape");
    stage->app->chosen_job = 3;
    stage_check(stage, "job-forced", 80, 24);
    stage_press(stage, "R");
    stage_check(stage, "dialog-retry-forced", 80, 24);
    stage_press(stage, "Escape");
    stage->app->chosen_job = 9;
    stage_check(stage, "job-queued", 80, 24);
    stage_check(stage, "job-queued", 40, 12);
    stage->app->chosen_job = 999;
    stage_check(stage, "job-gone", 80, 24);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_jobs);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

static void test_hostile(void)
{
    autoptr(stage) stage = stage_new(3);
    struct job *job = stage_add_job(stage, JOB_MIGRATE, JOB_FAILED, 2, 2, 3);

    g_free(job->vm);
    job->vm = g_strdup("机器\x1b[31m e\xcc\x81\xe2\x80\xae");
    job->who = (g_free(job->who), g_strdup("ana\x07\nroot"));
    job->result = g_strdup("\x1b]0;owned\x07: no");
    job->ended_at_us = STAGE_NOW_US;
    stage_press(stage, "J");
    stage_check(stage, "jobs-hostile", 80, 24);
    stage_press(stage, "Enter");
    stage_check(stage, "job-hostile", 80, 24);
    stage_press(stage, "Enter"); /* the VM is in no cluster: the host is */
    g_assert_true(stage->app->view == &view_host);
}

/* A click chooses, another goes in; the neighbours are gone through there. */
static void test_mouse_and_neighbours(void)
{
    autoptr(stage) stage = many();
    struct input click = {.kind = INPUT_PRESS, .x = 10, .button = 1};

    stage_press(stage, "J");
    stage_draw(stage, 80, 24);
    click.y = stage->app->jobs.y + 2;
    app_input(stage->app, &click);
    g_assert_cmpuint(stage->app->chosen_job, ==, 9);
    g_assert_true(stage->app->view == &view_jobs);
    app_input(stage->app, &click);
    g_assert_true(stage->app->view == &view_job);
    stage_press(stage, "Right");
    g_assert_cmpuint(stage->app->chosen_job, ==, 6);
    stage_press(stage, "Left");
    stage_press(stage, "Left");
    g_assert_cmpuint(stage->app->chosen_job, ==, 5);
}

static void test_read_only(void)
{
    static const char *const keys[] = {"R", "X", "Delete", "x", "{", "}", "S"};
    autoptr(stage) stage = many();

    stage->app->readonly = TRUE;
    stage_press(stage, "J");
    stage_draw(stage, 80, 24);
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++) {
        stage_press(stage, keys[i]);
        g_assert_null(stage->app->dialog);
        g_assert_null(stage->app->menu);
        g_assert_nonnull(strstr(stage->app->message, "read-only"));
    }
}

/* --- On the simulated lab -------------------------------------------------------------------- */

static const struct job *job_of(const struct rig *rig, guint id)
{
    const struct job *job = engine_find_job(rig->engine, id);

    g_assert_nonnull(job);
    return job;
}

static void test_cancel_and_again(void)
{
    autoptr(rig) rig = rig_new();
    guint again;

    engine_hold(rig->engine, TRUE);
    g_assert_cmpuint(engine_migrate(rig->engine, "pc01", "pc05", FALSE, NULL), ==, 1);
    rig_press(rig, "J X"); /* what waits ends at once */
    g_assert_null(rig->app->dialog);
    g_assert_cmpint(job_of(rig, 1)->state, ==, JOB_CANCELLED);
    rig_press(rig, "R");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "d");
    again = rig->app->chosen_job; /* the cursor goes along with the new one */
    g_assert_cmpuint(again, ==, 2);
    rig_press(rig, "R");
    g_assert_nonnull(strstr(rig->app->message, "under way"));
    engine_hold(rig->engine, FALSE);
    rig_run_idle(rig);
    g_assert_cmpint(job_of(rig, again)->state, ==, JOB_DONE);
    rig_press(rig, "R");
    g_assert_nonnull(strstr(rig->app->message, "it was done"));
}

static void test_what_runs_is_asked_about(void)
{
    autoptr(rig) rig = rig_new();

    engine_migrate(rig->engine, "pc01", "pc05", FALSE, NULL);
    rig_run_to_work(rig);
    rig_press(rig, "J Delete");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "Escape");
    g_assert_false(job_of(rig, 1)->cancel_asked);
    rig_press(rig, "x c");
    g_assert_true(job_of(rig, 1)->cancel_asked);
}

static void test_force_is_asked_about(void)
{
    autoptr(rig) rig = rig_new();

    engine_set_maintenance(rig->engine, "pc05", TRUE);
    engine_hold(rig->engine, TRUE);
    engine_migrate(rig->engine, "pc01", "pc05", TRUE, NULL);
    rig_press(rig, "J X R");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "Escape");
    g_assert_null(engine_find_job(rig->engine, 2));
    rig_press(rig, "R f");
    g_assert_true(job_of(rig, 2)->force);
}

static void test_in_another_order(void)
{
    autoptr(rig) rig = rig_new();

    engine_hold(rig->engine, TRUE);
    engine_migrate(rig->engine, "pc01", "pc05", FALSE, NULL);
    engine_migrate(rig->engine, "pc02", "pc05", FALSE, NULL);
    engine_migrate(rig->engine, "pc03", "pc05", FALSE, NULL);
    rig_press(rig, "J } }");
    g_assert_cmpuint(rig->app->chosen_job, ==, 1);
    g_assert_cmpint(rig->app->jobs.cursor, ==, 2); /* the cursor goes along */
    rig_press(rig, "}");
    g_assert_nonnull(strstr(rig->app->message, "it is the last"));
    rig_press(rig, "Up {");
    engine_hold(rig->engine, FALSE);
    rig_run_idle(rig);
    g_assert_cmpint(job_of(rig, 3)->started_at_us, <, job_of(rig, 2)->started_at_us);
    g_assert_cmpint(job_of(rig, 2)->started_at_us, <, job_of(rig, 1)->started_at_us);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/jobs/table", test_table);
    g_test_add_func("/view/jobs/filter", test_filter);
    g_test_add_func("/view/jobs/empty", test_empty);
    g_test_add_func("/view/jobs/order", test_order);
    g_test_add_func("/view/jobs/one", test_one);
    g_test_add_func("/view/jobs/hostile", test_hostile);
    g_test_add_func("/view/jobs/mouse_and_neighbours", test_mouse_and_neighbours);
    g_test_add_func("/view/jobs/read_only", test_read_only);
    g_test_add_func("/view/jobs/cancel_and_again", test_cancel_and_again);
    g_test_add_func("/view/jobs/what_runs_is_asked_about", test_what_runs_is_asked_about);
    g_test_add_func("/view/jobs/force_is_asked_about", test_force_is_asked_about);
    g_test_add_func("/view/jobs/in_another_order", test_in_another_order);
    return g_test_run();
}
