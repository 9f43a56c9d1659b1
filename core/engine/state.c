/* state.c - what a manager tells those that follow it. */
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"
#include "core/policy/plan.h"

#define NEXT_MOST 20 /* lines; the summary says how many there are */

/* A plan is made anew after this long, and a second more for each so many hosts. */
#define NEXT_LEAST_US    (5 * CLOCK_SECOND_US)
#define NEXT_HOSTS_SLICE 100

/* --- The next decisions ----------------------------------------------------------------------- */

static void append_plan(GPtrArray *next, const struct plan *plan)
{
    guint shown = MIN(plan->steps->len, NEXT_MOST);

    for (guint i = 0; i < shown; i++)
        g_ptr_array_add(next, plan_step_explain(plan_step(plan, i)));
    if (plan->summary)
        g_ptr_array_add(next, g_strdup(plan->summary));
    shown = MIN(plan->refusals->len, NEXT_MOST);
    for (guint i = 0; i < shown; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        g_ptr_array_add(next,
                        g_strdup_printf("left alone: %s: %s", refusal->subject, refusal->why));
    }
}

static GPtrArray *decide_next(const struct engine *engine)
{
    GPtrArray *next = g_ptr_array_new_with_free_func(g_free);
    gboolean by_hours = engine->mode == ENGINE_BY_HOURS;
    autoptr(plan) plan = NULL;

    if (engine->plan_left > 0 && !engine->plan_superseded)
        g_ptr_array_add(next, g_strdup_printf("to carry out the plan: %u of its jobs are left",
                                              engine->plan_left));
    else if (engine->mode == ENGINE_MANUAL && engine->goal.kind == ENGINE_GOAL_NONE)
        g_ptr_array_add(next, g_strdup("nothing: the autopilot is off"));
    else if (by_hours && engine->phase == HOURS_OPEN && !engine->finishing &&
             engine->goal.kind == ENGINE_GOAL_NONE)
        g_ptr_array_add(next, g_strdup("nothing: the lab is open, the autopilot rests"));
    else if (engine->unseen > 0)
        g_ptr_array_add(next, g_strdup("to wait for the first answers of hosts"));
    else
        plan = engine_plan(engine, engine->goal.kind == ENGINE_GOAL_NORMALIZE ||
                                       (by_hours && engine->phase != HOURS_CLOSED));
    if (plan)
        append_plan(next, plan);
    return next;
}

const GPtrArray *engine_next(struct engine *engine)
{
    gint64 now_us = clock_mono_us(engine->clock);
    gint64 least_us =
        NEXT_LEAST_US + engine->cluster->hosts->len / NEXT_HOSTS_SLICE * CLOCK_SECOND_US;

    if (engine->follow)
        return follow_next(engine);
    if (engine->next &&
        (engine->next_changes == engine->changes || now_us - engine->next_made_at_us < least_us))
        return engine->next;
    g_clear_pointer(&engine->next, g_ptr_array_unref);
    engine->next = decide_next(engine);
    engine->next_changes = engine->changes;
    engine->next_made_at_us = now_us;
    return engine->next;
}

/* --- The whole -------------------------------------------------------------------------------- */

static void job_free(gpointer data)
{
    struct job *job = data;

    g_free(job->vm);
    g_free(job->from);
    g_free(job->to);
    g_free(job->who);
    g_free(job->why);
    g_free(job->result);
    g_free(job->note);
    g_free(job);
}

static struct job *job_copy(const struct job *job)
{
    struct job *copy = g_memdup2(job, sizeof *job);

    copy->vm = g_strdup(job->vm);
    copy->from = g_strdup(job->from);
    copy->to = g_strdup(job->to);
    copy->who = g_strdup(job->who);
    copy->why = g_strdup(job->why);
    copy->result = g_strdup(job->result);
    copy->note = g_strdup(job->note);
    copy->progress.note = NULL;
    return copy;
}

struct manager_state *manager_state_empty(void)
{
    struct manager_state *state = g_new0(struct manager_state, 1);

    state->jobs = g_ptr_array_new_with_free_func(job_free);
    state->journal = g_ptr_array_new_with_free_func(note_entry_free);
    state->next = g_ptr_array_new_with_free_func(g_free);
    return state;
}

void manager_state_free(struct manager_state *state)
{
    if (!state)
        return;
    cluster_free(state->cluster);
    g_ptr_array_unref(state->jobs);
    g_ptr_array_unref(state->journal);
    g_ptr_array_unref(state->next);
    g_free(state->goal_summary);
    g_free(state);
}

static void copy_journal(const struct engine *engine, guint64 after_seq,
                         struct manager_state *state)
{
    guint len = engine->journal->len;

    for (guint i = 0; i < len; i++) {
        if (engine->journal_seq - (len - 1 - i) > after_seq)
            g_ptr_array_add(state->journal, note_entry_copy(g_ptr_array_index(engine->journal, i)));
    }
    state->journal_seq = engine->journal_seq;
}

struct manager_state *manager_state_new(struct engine *engine, guint64 after_seq)
{
    struct manager_state *state = manager_state_empty();
    const GPtrArray *next = engine_next(engine);

    state->cluster = cluster_copy(engine->cluster);
    for (guint i = 0; i < engine->jobs->len; i++)
        g_ptr_array_add(state->jobs, job_copy(g_ptr_array_index(engine->jobs, i)));
    copy_journal(engine, after_seq, state);
    for (guint i = 0; i < next->len; i++)
        g_ptr_array_add(state->next, g_strdup(g_ptr_array_index(next, i)));
    state->mode = engine->mode;
    state->phase = engine->phase;
    state->goal = engine->goal.kind;
    state->policy = engine->config.policy.kind;
    state->goal_summary = g_strdup(engine->goal.summary);
    state->goal_failures = engine->goal.failures;
    state->unseen = engine_count_unseen(engine);
    state->unmeasured = engine_count_unmeasured(engine);
    state->wall_us = clock_wall_us(engine->clock);
    state->mono_us = clock_mono_us(engine->clock);
    return state;
}

guint64 engine_journal_seq(const struct engine *engine)
{
    return engine->journal_seq;
}
