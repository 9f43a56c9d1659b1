/* act_job.c - what an operator asks of jobs by hand. */
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

const struct job *engine_find_job(const struct engine *engine, guint id)
{
    const struct task *task = task_find(engine, id);

    return task ? &task->job : NULL;
}

static char *taken_back_by(const struct engine *engine)
{
    return g_strdup_printf("taken back by %s", engine->who);
}

gboolean engine_cancel_job(struct engine *engine, guint id, GError **error)
{
    struct task *task = task_find(engine, id);
    g_autofree char *by = taken_back_by(engine);

    if (guard_refuses(engine, error))
        return FALSE;
    if (task && engine->follow)
        return follow_cancel(engine, task, error);
    if (task)
        return task_cancel(task, by, error);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no job %u", id);
    return FALSE;
}

gboolean engine_switch_postcopy(struct engine *engine, guint id, GError **error)
{
    struct task *task = task_find(engine, id);

    if (guard_refuses(engine, error))
        return FALSE;
    if (task && engine->follow)
        return follow_order(
                   engine, &(const struct order){.kind = ORDER_POSTCOPY, .job = task->job.id}) != 0;
    if (task)
        return moving_switch_postcopy(task, error);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no job %u", id);
    return FALSE;
}

guint engine_cancel_all(struct engine *engine, gboolean running)
{
    g_autofree char *by = taken_back_by(engine);
    guint cancelled = 0;

    if (guard_refuses(engine, NULL))
        return 0;
    if (engine->follow) {
        follow_order(engine, &(const struct order){.kind = ORDER_CANCEL_ALL, .on = running});
        return running ? engine->under_way : engine->under_way - engine->running;
    }
    for (guint i = 0; i < engine->jobs->len; i++) {
        struct task *task = g_ptr_array_index(engine->jobs, i);
        if (task->stage >= TASK_PROVING || (task->stage == TASK_ACTING && !running))
            continue;
        cancelled += task_cancel(task, by, NULL) ? 1 : 0;
    }
    return cancelled;
}

void engine_hold(struct engine *engine, gboolean hold)
{
    engine->held = hold;
    if (hold || engine->follow)
        return;
    queue_poke(engine);
    automatic_decide_in(engine, 0);
}
