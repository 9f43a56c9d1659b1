/*
 * guard.c - who may act: asked right before each action, and what follows from a no.
 *
 * The answer comes from a file server or another machine, and so later. The job holds its places
 * meanwhile, in a stage of its own; when it comes, every check is made again on what is known then,
 * and where that has grown old the hosts are asked again first.
 */
#include "core/base/error.h"
#include "core/engine/engine_internal.h"

/* How often facts may have grown old over the answer before the job gives its place to others. */
#define CONFIRMS_MOST 3

#define TAKEN_OVER "another manager has taken over"

#define READONLY "this is a read-only session"

void engine_set_readonly(struct engine *engine)
{
    engine->readonly = TRUE;
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
}

gboolean engine_is_readonly(const struct engine *engine)
{
    return engine->readonly;
}

gboolean guard_refuses(const struct engine *engine, GError **error)
{
    /* What was found wrong with what was asked before that was told already. */
    if (engine->readonly && (!error || !*error))
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED, READONLY ": nothing is done");
    return engine->readonly;
}

gboolean engine_may_decide(const struct engine *engine)
{
    const struct engine_guard *guard = &engine->guard;

    if (engine->readonly)
        return FALSE;
    return !guard->confirm || !guard->may_act || guard->may_act(guard->data);
}

guint64 guard_fence(const struct engine *engine)
{
    return engine->guard.fence ? engine->guard.fence(engine->guard.data) : 0;
}

guint64 engine_fence(const struct engine *engine)
{
    return guard_fence(engine);
}

void engine_set_guard(struct engine *engine, const struct engine_guard *guard)
{
    engine->guard = guard ? *guard : (struct engine_guard){0};
    engine_guard_changed(engine);
}

void engine_guard_changed(struct engine *engine)
{
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
    if (!engine->started || !engine_may_decide(engine))
        return;
    automatic_decide_in(engine, 0);
    queue_poke(engine);
}

/* --- Stepping down --- */

static gboolean is_taken_back(const struct task *task)
{
    return task->job.origin == JOB_AUTOMATIC && task->stage < TASK_ACTING;
}

static guint take_back(struct engine *engine, const char *why)
{
    guint taken = 0;

    for (guint i = 0; i < engine->jobs->len; i++) {
        struct task *task = g_ptr_array_index(engine->jobs, i);
        if (!is_taken_back(task))
            continue;
        task_end(task, TASK_END_SUPERSEDED, "%s", why);
        taken++;
    }
    return taken;
}

void engine_step_down(struct engine *engine, const char *why)
{
    enum engine_mode mode = engine->mode;
    enum engine_goal goal = engine->goal.kind;
    gboolean acted = mode != ENGINE_MANUAL || engine->goal.kind != ENGINE_GOAL_NONE;

    engine_set_mode(engine, ENGINE_MANUAL); /* first: else what ends here leads to new decisions */
    engine_set_goal(engine, ENGINE_GOAL_NONE);
    if (mode != ENGINE_MANUAL)
        engine->stepped_from = mode;
    if (goal != ENGINE_GOAL_NONE)
        engine->stepped_goal = goal;
    if (take_back(engine, why) == 0 && !acted)
        return;
    note(engine, "alarm", "", AUTOPILOT, "", TRUE,
         "%s: the autopilot is off here, and what it had queued is taken back", why);
}

void engine_step_up(struct engine *engine)
{
    enum engine_goal goal = engine->stepped_goal;

    if (!engine_has_stepped_down(engine) || !engine_may_decide(engine))
        return;
    if (engine->stepped_from != ENGINE_MANUAL)
        engine_set_mode(engine, engine->stepped_from);
    if (goal != ENGINE_GOAL_NONE)
        engine_set_goal(engine, goal);
}

gboolean engine_has_stepped_down(const struct engine *engine)
{
    return engine->stepped_from != ENGINE_MANUAL || engine->stepped_goal != ENGINE_GOAL_NONE;
}

/* --- Asking --- */

static void begin_again(struct task *task)
{
    task_set_state(task, TASK_ASKING, task->job.state);
    if (task->stage != TASK_ASKING)
        return;
    if (task->ops->takes_facts(task))
        task_arm(task, ASK_PATIENCE_US);
    else
        queue_begin(task);
}

static gboolean is_old(const struct task *task)
{
    return task->confirmed_act == queue_begin && task->confirms < CONFIRMS_MOST &&
           clock_mono_us(task->engine->clock) - task->confirm_asked_at_us > FRESH_US;
}

static void refuse(struct task *task)
{
    task_end(task, TASK_END_REFUSED, TAKEN_OVER ": nothing was done");
    engine_step_down(task->engine, TAKEN_OVER);
}

static void confirmed(gboolean may_act, gpointer asker)
{
    struct task *task = handle_owner(asker);

    if (!task)
        return;
    handle_drop(task->handle);
    task->handle = NULL;
    if (task->stage != TASK_CONFIRMING)
        return;
    task_disarm(task);
    if (!may_act) {
        refuse(task);
    } else if (is_old(task)) {
        begin_again(task);
    } else {
        task->confirmed = TRUE;
        task->confirmed_act(task);
        task->confirmed = FALSE; /* when it was not used: the next time it is asked anew */
    }
}

gboolean guard_gives_leave(struct task *task, void (*act)(struct task *task))
{
    struct engine *engine = task->engine;

    if (engine->readonly) {
        task_end(task, TASK_END_REFUSED, READONLY ": nothing was done");
        return FALSE;
    }
    if (!engine->guard.confirm)
        return TRUE;
    if (task->confirmed) {
        task->confirmed = FALSE;
        task->confirms = 0;
        return TRUE;
    }
    task->confirms++;
    task->confirmed_act = act;
    task->confirm_asked_at_us = clock_mono_us(engine->clock);
    task_set_state(task, TASK_CONFIRMING, task->job.state);
    if (task->stage != TASK_CONFIRMING)
        return FALSE;
    task_arm(task, ASK_PATIENCE_US);
    engine->guard.confirm(engine->guard.data, confirmed, task_new_handle(task));
    return FALSE;
}

void guard_late(struct task *task)
{
    handle_drop(task->handle);
    task->handle = NULL;
    task->confirms = 0;
    if (task->job.attempt >= task->engine->config.migration_tries)
        task_end(task, TASK_END_REFUSED, "the lease cannot be asked: nothing was done");
    else
        task_retry(task, "the lease cannot be asked now");
}
