/* planning.c - asks the policy for a plan, and makes jobs of it. */
#include "core/engine/engine_internal.h"

/*
 * A goal waits for nothing, but what was woken since it was set, by itself too, stays on: else
 * compaction would switch off again what a host that is over was given.
 */
static struct policy_config config_for(const struct engine *engine, gboolean for_goal)
{
    struct policy_config config = for_goal ? engine->goal_policy : engine->config.policy;

    if (for_goal)
        config.host_grace_us = clock_mono_us(engine->clock) - engine->goal.since_us;
    return config;
}

struct plan *planning_make(const struct engine *engine, gboolean normalize, gboolean for_goal,
                           guint *resting)
{
    const struct policy_config config = config_for(engine, for_goal);
    autoptr(rests) rests =
        rest_list(engine, normalize ? PLAN_NORMALIZE : PLAN_COMPACT, for_goal, NULL);
    const struct policy_moment moment = {
        .now_us = clock_mono_us(engine->clock),
        .until_normal_us = for_goal ? G_MAXINT64 : automatic_until_normal_us(engine),
        .rests = rests,
    };

    if (resting)
        *resting = rests_count(rests);
    return normalize ? policy_normalize(engine->cluster, &config, &moment)
                     : policy_decide(engine->cluster, &config, &moment);
}

struct plan *planning_drain(const struct engine *engine, const struct host *host)
{
    autoptr(rests) rests = rest_list(engine, PLAN_DRAIN, FALSE, host);
    const struct policy_moment moment = {
        .now_us = clock_mono_us(engine->clock),
        .until_normal_us = G_MAXINT64,
        .rests = rests,
    };
    struct plan *plan = policy_drain(engine->cluster, &engine->config.policy, &moment, host);

    plan->kind = PLAN_DRAIN; /* without steps too: it is never the autopilot's plan */
    return plan;
}

/* --- From steps to jobs --- */

struct submission {
    struct engine *engine;
    const struct plan *plan;
    const gboolean *chosen; /* NULL = all */
    const char *who;
    gboolean by_hand;
    gboolean for_goal;
};

static struct task *task_of_step(const struct submission *submission, const struct plan_step *step)
{
    static const enum job_kind kinds[] = {
        [PLAN_MIGRATE] = JOB_MIGRATE, [PLAN_WAKE] = JOB_WAKE, [PLAN_OFF] = JOB_OFF};
    struct engine *engine = submission->engine;
    gboolean by_hand = submission->by_hand;
    struct watch *from = watch_find(engine, step->from);
    struct watch *to = watch_find(engine, step->to);
    struct task *task;

    if (!from || (step->action == PLAN_MIGRATE && (!to || !step->vm)))
        return NULL;
    if (step->action == PLAN_MIGRATE && g_hash_table_contains(engine->vm_tasks, step->vm))
        return NULL;
    if (step->action != PLAN_MIGRATE && task_find_for_power(from))
        return NULL;
    task = task_new(engine, kinds[step->action], by_hand ? JOB_BY_HAND : JOB_AUTOMATIC, from,
                    submission->who, NULL);
    if (step->action == PLAN_MIGRATE) {
        task->to = to;
        task->job.to = g_strdup(to->host->name);
        task->job.vm = g_strdup(step->vm);
        task->job.mem_kib = step->mem_kib;
    }
    task->job.why = plan_step_why(step);
    task->plan = submission->plan->kind;
    task->planned = !by_hand;
    task->for_goal = submission->for_goal;
    return task;
}

static struct task *task_at(const GPtrArray *tasks, guint index)
{
    return index == PLAN_NO_STEP ? NULL : g_ptr_array_index(tasks, index);
}

/* The plan is whole before its first job can end. */
static guint submit(const struct submission *submission)
{
    const struct plan *plan = submission->plan;
    g_autoptr(GPtrArray) tasks = g_ptr_array_sized_new(plan->steps->len); /* NULL: not done */
    guint submitted = 0;

    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        gboolean wanted = !submission->chosen || submission->chosen[i];
        gboolean possible =
            step->after == PLAN_NO_STEP || (step->after < i && task_at(tasks, step->after) != NULL);
        struct task *task = wanted && possible ? task_of_step(submission, step) : NULL;
        g_ptr_array_add(tasks, task);
        if (!task)
            continue;
        submitted++;
        submission->engine->plan_left += task->planned ? 1 : 0;
    }
    for (guint i = 0; i < tasks->len; i++) {
        struct task *task = g_ptr_array_index(tasks, i);
        if (task)
            task_submit(task, task_at(tasks, plan_step(plan, i)->after));
    }
    return submitted;
}

guint planning_submit(struct engine *engine, const struct plan *plan, gboolean for_goal,
                      const char *who)
{
    gboolean by_hand = plan->kind == PLAN_DRAIN;

    if (!by_hand) {
        engine->plan = plan->kind;
        engine->plan_done = 0;
        engine->plan_superseded = FALSE;
    }
    return submit(&(const struct submission){
        .engine = engine, .plan = plan, .who = who, .by_hand = by_hand, .for_goal = for_goal});
}

guint planning_submit_chosen(struct engine *engine, const struct plan *plan, const gboolean *chosen)
{
    return submit(&(const struct submission){
        .engine = engine, .plan = plan, .chosen = chosen, .who = engine->who, .by_hand = TRUE});
}

void planning_cancel(struct engine *engine, const char *why)
{
    if (engine->plan_left == 0)
        return;
    engine->plan_superseded = TRUE;
    for (guint i = 0; i < engine->jobs->len; i++) {
        struct task *task = g_ptr_array_index(engine->jobs, i);
        if (task->planned && task->stage < TASK_ACTING)
            task_end(task, TASK_END_SUPERSEDED, "%s", why);
    }
}

/* --- What follows from how they end --- */

void planning_note_end(struct task *task, enum task_end end)
{
    struct engine *engine = task->engine;

    rest_note_end(task, end);
    if (!task->planned)
        return;
    if (task->for_goal)
        goal_note_end(task, end);
    engine->plan_done += end == TASK_END_DONE ? 1 : 0;
    if (--engine->plan_left == 0)
        automatic_plan_ended(engine);
}
