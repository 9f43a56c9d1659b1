#include "core/engine/shadow.h"

void shadow_insert(struct engine *engine, struct task *task)
{
    g_ptr_array_insert(engine->jobs, (gint)task_place(engine, task->job.id), task);
}

struct task *shadow_new(struct engine *engine, guint id)
{
    struct task *task = g_new0(struct task, 1);

    task->engine = engine;
    task->link.data = task;
    task->job.id = task->job.turn = id;
    task->job.attempt = 1;
    return task;
}

static void shadow_set_stage(struct task *task)
{
    static const enum task_stage stages[] = {
        [JOB_QUEUED] = TASK_READY, [JOB_RUNNING] = TASK_ACTING, [JOB_VERIFYING] = TASK_PROVING,
        [JOB_DONE] = TASK_OVER,    [JOB_FAILED] = TASK_OVER,    [JOB_CANCELLED] = TASK_OVER,
    };

    task->stage = stages[task->job.state];
}

void shadows_index(struct engine *engine)
{
    g_hash_table_remove_all(engine->vm_tasks);
    for (guint i = 0; i < engine->watches->len; i++)
        g_ptr_array_set_size(((struct watch *)g_ptr_array_index(engine->watches, i))->tasks, 0);
    engine->under_way = engine->running = engine->over = 0;
    for (guint i = 0; i < engine->jobs->len; i++) {
        struct task *task = g_ptr_array_index(engine->jobs, i);
        shadow_set_stage(task);
        task->from = watch_find(engine, task->job.from);
        task->to = task->job.to ? watch_find(engine, task->job.to) : NULL;
        if (task->stage == TASK_OVER) {
            engine->over++;
            continue;
        }
        engine->under_way++;
        engine->running += task->job.state != JOB_QUEUED ? 1 : 0;
        if (task->from)
            g_ptr_array_add(task->from->tasks, task);
        if (task->to && task->to != task->from)
            g_ptr_array_add(task->to->tasks, task);
        if (task->job.vm)
            g_hash_table_insert(engine->vm_tasks, task->job.vm, task);
    }
}

void shadow_end(struct task *task, enum job_state state, char *result_take)
{
    g_free(task->job.result);
    task->job.result = result_take;
    task->job.state = state;
    task->job.ended_at_us = clock_mono_us(task->engine->clock);
    if (task->job.started_at_us == 0)
        task->job.started_at_us = task->job.ended_at_us;
}

void shadow_tell(struct engine *engine, guint id)
{
    const struct task *task = task_find(engine, id);

    if (task)
        engine_emit(engine, ENGINE_EVENT_JOB, &task->job, NULL);
}

void shadows_drop(struct engine *engine, const char *why)
{
    g_autoptr(GPtrArray) dropped = engine->jobs;

    for (guint i = 0; i < dropped->len; i++) {
        struct task *task = g_ptr_array_index(dropped, i);
        if (job_is_over(&task->job))
            continue;
        shadow_end(task, JOB_FAILED, g_strdup(why));
    }
    shadows_index(engine);
    for (guint i = 0; i < dropped->len; i++) {
        struct task *task = g_ptr_array_index(dropped, i);
        if (g_strcmp0(task->job.result, why) == 0)
            engine_emit(engine, ENGINE_EVENT_JOB, &task->job, NULL);
    }
    engine->jobs = g_ptr_array_new();
    for (guint i = 0; i < dropped->len; i++)
        task_free(g_ptr_array_index(dropped, i));
    shadows_index(engine);
}
