/* Who may act: asked right before each action, and what follows from a no. */
#include "tests/support/engine_lab.h"

#include <string.h>

#include "core/store/journal.h"

/* A guard of the test's own: it answers when and as it is told to. */
struct sentry {
    struct lab *lab;
    gboolean leave;  /* may_act */
    gboolean yes;    /* what confirm answers */
    gint64 after_us; /* how long that takes; G_MAXINT64 = for ever */
    guint asked;
    struct question *last; /* of those that are never answered by themselves; owned */
};

struct question {
    struct sentry *sentry;
    void (*confirmed)(gboolean may_act, gpointer asker);
    gpointer asker;
};

static void answer(gpointer data)
{
    struct question *question = data;

    question->confirmed(question->sentry->yes, question->asker);
    g_free(question);
}

static void confirm(gpointer data, void (*confirmed)(gboolean may_act, gpointer asker),
                    gpointer asker)
{
    struct sentry *sentry = data;
    struct question *question = g_new(struct question, 1);

    sentry->asked++;
    *question = (struct question){sentry, confirmed, asker};
    if (sentry->after_us != G_MAXINT64) {
        clock_add_timer(sentry->lab->clock, sentry->after_us, answer, question);
        return;
    }
    g_free(sentry->last);
    sentry->last = question;
}

static guint64 fence(gpointer data)
{
    (void)data;
    return 7;
}

static gboolean may_act(gpointer data)
{
    return ((struct sentry *)data)->leave;
}

static void post(struct sentry *sentry, struct lab *lab)
{
    const struct engine_guard guard = {confirm, fence, may_act, sentry};

    *sentry = (struct sentry){lab, TRUE, TRUE, CLOCK_SECOND_US / 20};
    engine_set_guard(lab->engine, &guard);
}

static guint ask_to_migrate(struct lab *lab, const char *vm, const char *to)
{
    g_autoptr(GError) error = NULL;
    guint id = engine_migrate(lab->engine, vm, to, FALSE, &error);

    g_assert_no_error(error);
    return id;
}

static void assert_refused(const struct job *job)
{
    g_assert_cmpint(job->state, ==, JOB_FAILED);
    g_test_message("%s", job->result);
    g_assert_nonnull(strstr(job->result, "another manager has taken over"));
}

static void acts_when_it_is_confirmed(void)
{
    struct lab *lab = lab_new(3, TRUE);
    struct sentry sentry;
    guint id;

    lab_start(lab);
    post(&sentry, lab);
    id = ask_to_migrate(lab, "vm1", "pc2");
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    g_assert_cmpuint(sentry.asked, ==, 1);
    g_assert_cmpuint(lab->fake->migrations, ==, 1);
    lab_free(lab);
}

static void does_nothing_before_it_is_confirmed(void)
{
    struct lab *lab = lab_new(3, TRUE);
    struct sentry sentry;
    guint id;

    lab_start(lab);
    post(&sentry, lab);
    sentry.after_us = 2 * CLOCK_SECOND_US;
    id = ask_to_migrate(lab, "vm1", "pc2");
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_cmpuint(sentry.asked, ==, 1);
    g_assert_cmpuint(lab->fake->migrations, ==, 0);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_QUEUED);
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    lab_free(lab);
}

/* Each kind of action, by hand, ends as refused, and the driver has been told nothing. */
static void refuses_every_kind(void)
{
    struct lab *lab = lab_new(4, TRUE);
    struct fake_vm *off = g_ptr_array_index(lab_host(lab, 2)->vms, 0);
    struct sentry sentry;
    guint ids[5];

    off->state = VM_REPORT_OFF;
    lab_host(lab, 3)->on = FALSE;
    g_ptr_array_set_size(lab_host(lab, 3)->vms, 0);
    g_ptr_array_set_size(lab_host(lab, 4)->vms, 0);
    lab_start(lab);
    lab_run(lab, CLOCK_MINUTE_US);
    post(&sentry, lab);
    sentry.yes = FALSE;
    ids[0] = engine_start_vm(lab->engine, "vm2", NULL, FALSE, NULL);
    ids[1] = engine_wake(lab->engine, "pc3", NULL);
    ids[2] = engine_power_off(lab->engine, "pc4", FALSE, NULL);
    ids[3] = engine_migrate(lab->engine, "vm1", "pc2", FALSE, NULL);
    lab_run_jobs(lab);
    ids[4] = engine_stop_vm(lab->engine, "vm1", FALSE, NULL);
    lab_run_jobs(lab);
    for (guint i = 0; i < G_N_ELEMENTS(ids); i++) {
        g_assert_cmpuint(ids[i], >, 0);
        assert_refused(lab_job(lab, ids[i]));
    }
    g_assert_cmpuint(lab->fake->migrations + lab->fake->controls, ==, 0);
    g_assert_cmpuint(lab_host(lab, 3)->packets + lab_host(lab, 4)->power_offs, ==, 0);
    g_assert_cmpint(lab_seen(lab, 4)->state, ==, HOST_ON);
    lab_free(lab);
}

static void a_refusal_turns_the_autopilot_off(void)
{
    struct lab *lab = lab_new(6, TRUE);
    struct sentry sentry;

    lab_start(lab);
    post(&sentry, lab);
    sentry.yes = FALSE;
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 10 * CLOCK_MINUTE_US);
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_MANUAL);
    g_assert_cmpuint(engine_jobs_under_way(lab->engine), ==, 0);
    g_assert_cmpuint(lab->fake->migrations, ==, 0);
    g_assert_cmpuint(sentry.asked, >, 0);
    g_assert_cmpuint(lab_alarms(lab), ==, 1);
    lab_free(lab);
}

static void a_wish_waits_for_leave(void)
{
    struct lab *lab = lab_new(6, TRUE);
    struct sentry sentry;

    lab_start(lab);
    post(&sentry, lab);
    sentry.leave = FALSE;
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    g_assert_false(engine_may_decide(lab->engine));
    lab_run(lab, 10 * CLOCK_MINUTE_US);
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_ALWAYS);
    g_assert_cmpuint(engine_jobs(lab->engine)->len, ==, 0);
    sentry.leave = TRUE;
    engine_guard_changed(lab->engine);
    lab_run(lab, 5 * CLOCK_SECOND_US);
    g_assert_cmpuint(engine_jobs(lab->engine)->len, >, 0);
    lab_run(lab, 30 * CLOCK_MINUTE_US);
    g_assert_cmpuint(fake_hosts_on(lab->fake), ==, 1);
    lab_free(lab);
}

static void a_goal_waits_for_leave(void)
{
    struct lab *lab = lab_new(4, TRUE);
    struct sentry sentry;

    lab_start(lab);
    post(&sentry, lab);
    sentry.leave = FALSE;
    engine_set_goal(lab->engine, ENGINE_GOAL_COMPACT);
    lab_run(lab, 5 * CLOCK_MINUTE_US);
    g_assert_cmpint(engine_goal(lab->engine), ==, ENGINE_GOAL_COMPACT);
    g_assert_cmpuint(engine_jobs(lab->engine)->len, ==, 0);
    sentry.leave = TRUE;
    engine_guard_changed(lab->engine);
    lab_run(lab, 30 * CLOCK_MINUTE_US);
    g_assert_cmpint(engine_goal(lab->engine), ==, ENGINE_GOAL_NONE);
    g_assert_cmpuint(engine_goal_failures(lab->engine), ==, 0);
    lab_free(lab);
}

/* A yes that took so long that the facts grew old: the hosts are asked again, and it again. */
static void old_facts_are_asked_again(void)
{
    struct lab *lab = lab_new(3, TRUE);
    struct sentry sentry;
    guint id;

    lab_start(lab);
    lab_run(lab, CLOCK_MINUTE_US);
    post(&sentry, lab);
    sentry.after_us = 4 * CLOCK_SECOND_US;
    id = ask_to_migrate(lab, "vm1", "pc2");
    lab_run(lab, 4500 * (CLOCK_SECOND_US / 1000));
    g_assert_cmpuint(sentry.asked, ==, 2);
    g_assert_cmpuint(lab->fake->migrations, ==, 0);
    sentry.after_us = 0;
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_DONE);
    lab_free(lab);
}

static void an_answer_that_never_comes_is_given_up(void)
{
    struct lab *lab = lab_new(3, TRUE);
    struct sentry sentry;
    guint id;

    lab_start(lab);
    post(&sentry, lab);
    sentry.after_us = G_MAXINT64;
    id = ask_to_migrate(lab, "vm1", "pc2");
    lab_run_jobs(lab);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_FAILED);
    g_assert_cmpuint(sentry.asked, ==, lab->config.migration_tries);
    g_assert_nonnull(strstr(lab_job(lab, id)->result, "the lease cannot be asked"));
    g_free(sentry.last);
    lab_free(lab);
}

/* The answer finds a job that was cancelled, and an engine that is gone, and touches neither. */
static void a_late_answer_touches_nothing(void)
{
    struct lab *lab = lab_new(3, TRUE);
    struct sentry sentry;
    guint id;

    lab_start(lab);
    post(&sentry, lab);
    sentry.after_us = G_MAXINT64;
    id = ask_to_migrate(lab, "vm1", "pc2");
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_cmpuint(sentry.asked, ==, 1);
    g_assert_true(engine_cancel_job(lab->engine, id, NULL));
    answer(g_steal_pointer(&sentry.last));
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_cmpint(lab_job(lab, id)->state, ==, JOB_CANCELLED);
    g_assert_cmpuint(lab->fake->migrations, ==, 0);
    ask_to_migrate(lab, "vm1", "pc2");
    lab_run(lab, CLOCK_SECOND_US);
    g_assert_cmpuint(sentry.asked, ==, 2);
    lab_free(lab);
    answer(g_steal_pointer(&sentry.last));
}

static const struct journal_entry *entry_about(struct lab *lab, const char *what, const char *who)
{
    const GPtrArray *journal = engine_journal(lab->engine);

    for (guint i = journal->len; i > 0; i--) {
        const struct journal_entry *entry = g_ptr_array_index(journal, i - 1);
        if (g_str_equal(entry->what, what) && g_str_equal(entry->who, who))
            return entry;
    }
    return NULL;
}

static void the_journal_has_the_fence(void)
{
    struct lab *lab = lab_new(4, TRUE);
    struct sentry sentry;
    g_autofree char *line = NULL;

    lab_start(lab);
    post(&sentry, lab);
    ask_to_migrate(lab, "vm1", "pc2");
    lab_run_jobs(lab);
    g_assert_cmpuint(entry_about(lab, "migrate", "ana")->fence, ==, 0);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, 20 * CLOCK_MINUTE_US);
    g_assert_cmpuint(entry_about(lab, "migrate", "autopilot")->fence, ==, 7);
    line = journal_format(entry_about(lab, "migrate", "autopilot"));
    g_assert_nonnull(strstr(line, " fence=7 "));
    lab_free(lab);
}

static void stepping_down_leaves_what_runs(void)
{
    struct lab *lab = lab_new(6, TRUE);
    struct sentry sentry;

    lab_start(lab);
    post(&sentry, lab);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    while (lab->fake->migrating == 0)
        g_assert_true(clock_step(lab->clock));
    engine_step_down(lab->engine, "another manager has taken over");
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_MANUAL);
    g_assert_cmpuint(engine_jobs_running(lab->engine), >, 0);
    lab_run_jobs(lab);
    g_assert_cmpuint(lab->fake->cancels, ==, 0);
    g_assert_cmpuint(lab_alarms(lab), ==, 1);
    engine_step_down(lab->engine, "another manager has taken over"); /* nothing is left to end */
    g_assert_cmpuint(lab_alarms(lab), ==, 1);
    lab_free(lab);
}

static void stepping_up_takes_the_mode_again(void)
{
    struct lab *lab = lab_new(6, TRUE);
    struct sentry sentry;

    lab_start(lab);
    post(&sentry, lab);
    sentry.yes = FALSE;
    engine_step_up(lab->engine); /* there was nothing to step down from */
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_MANUAL);
    engine_set_mode(lab->engine, ENGINE_ALWAYS);
    lab_run(lab, CLOCK_MINUTE_US);
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_MANUAL);
    sentry.leave = FALSE;
    engine_step_up(lab->engine);
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_MANUAL);
    sentry.leave = sentry.yes = TRUE;
    engine_step_up(lab->engine);
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_ALWAYS);
    engine_step_down(lab->engine, "tried");
    engine_set_mode(lab->engine, ENGINE_MANUAL); /* the operator's own word */
    engine_step_up(lab->engine);
    g_assert_cmpint(engine_mode(lab->engine), ==, ENGINE_MANUAL);
    lab_free(lab);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/engine/guard/acts_when_it_is_confirmed", acts_when_it_is_confirmed);
    g_test_add_func("/engine/guard/does_nothing_before_it_is_confirmed",
                    does_nothing_before_it_is_confirmed);
    g_test_add_func("/engine/guard/refuses_every_kind", refuses_every_kind);
    g_test_add_func("/engine/guard/a_refusal_turns_the_autopilot_off",
                    a_refusal_turns_the_autopilot_off);
    g_test_add_func("/engine/guard/a_wish_waits_for_leave", a_wish_waits_for_leave);
    g_test_add_func("/engine/guard/a_goal_waits_for_leave", a_goal_waits_for_leave);
    g_test_add_func("/engine/guard/old_facts_are_asked_again", old_facts_are_asked_again);
    g_test_add_func("/engine/guard/an_answer_that_never_comes_is_given_up",
                    an_answer_that_never_comes_is_given_up);
    g_test_add_func("/engine/guard/a_late_answer_touches_nothing", a_late_answer_touches_nothing);
    g_test_add_func("/engine/guard/the_journal_has_the_fence", the_journal_has_the_fence);
    g_test_add_func("/engine/guard/stepping_down_leaves_what_runs", stepping_down_leaves_what_runs);
    g_test_add_func("/engine/guard/stepping_up_takes_the_mode_again",
                    stepping_up_takes_the_mode_again);
    return g_test_run();
}
