/* task.c - a job from the moment it is queued to its end in the journal. */
#include <string.h>

#include "core/engine/engine_internal.h"

static const struct task_ops *const ops_of_kind[JOB_KINDS] = {
    [JOB_MIGRATE] = &migrate_task_ops, [JOB_WAKE] = &wake_task_ops,
    [JOB_OFF] = &off_task_ops,         [JOB_START] = &start_task_ops,
    [JOB_STOP] = &stop_task_ops,       [JOB_CONTROL] = &control_task_ops,
    [JOB_DEFINE] = &define_task_ops,   [JOB_FORGET] = &forget_task_ops,
};

struct task *task_new(struct engine *engine, enum job_kind kind, enum job_origin origin,
                      struct watch *host, const char *who, const char *why)
{
    struct task *task = g_new0(struct task, 1);

    task->engine = engine;
    task->ops = ops_of_kind[kind];
    task->from = host;
    task->link.data = task;
    task->job.kind = kind;
    task->job.origin = origin;
    task->job.from = g_strdup(host->host->name);
    task->job.who = g_strdup(who);
    task->job.why = g_strdup(why);
    task->job.attempt = 1;
    return task;
}

void task_free(struct task *task)
{
    clock_cancel_timer(task->engine->clock, task->timer);
    handle_drop(task->handle);
    g_clear_pointer(&task->dependents, g_ptr_array_unref);
    g_free(task->trouble);
    g_free(task->off_failure);
    g_free(task->ways);
    g_free(task->xml);
    g_free(task->first_why);
    g_free(task->job.vm);
    g_free(task->job.from);
    g_free(task->job.to);
    g_free(task->job.who);
    g_free(task->job.why);
    g_free(task->job.result);
    g_free(task->job.note);
    g_free(task->options);
    g_free(task);
}

static void task_emit(const struct task *task)
{
    engine_emit(task->engine, ENGINE_EVENT_JOB, &task->job, NULL);
}

static void note_queued(const struct task *task)
{
    g_autofree char *what = job_describe(&task->job);
    const char *why = task->job.why;
    g_autofree char *text = why && *why ? g_strdup_printf("%s: %s", what, why) : g_strdup(what);

    note_task(task, text, "queued", FALSE);
}

static void task_doom(struct task *task)
{
    task->doomed = TRUE;
    g_queue_push_tail(&task->engine->doomed, task);
}

void task_submit(struct task *task, struct task *after)
{
    struct engine *engine = task->engine;

    task->job.id = task->job.turn = ++engine->next_job_id;
    task->job.queued_at_us = clock_mono_us(engine->clock);
    g_ptr_array_add(engine->jobs, task);
    g_ptr_array_add(task->from->tasks, task);
    if (task->to)
        g_ptr_array_add(task->to->tasks, task);
    if (task->job.vm)
        g_hash_table_insert(engine->vm_tasks, task->job.vm, task);
    engine->under_way++;
    if (after && after->stage != TASK_OVER) {
        task->stage = TASK_BLOCKED;
        task->after = after;
        task->job.result = g_strdup_printf("waits for job %u", after->job.id);
        if (!after->dependents)
            after->dependents = g_ptr_array_new();
        g_ptr_array_add(after->dependents, task);
    } else if (after && after->job.state != JOB_DONE) {
        task->stage = TASK_BLOCKED;
        task_doom(task);
    } else {
        task->stage = TASK_READY;
        queue_insert(task);
    }
    note_queued(task);
    task_emit(task);
    queue_poke(engine);
}

void task_set_state(struct task *task, enum task_stage stage, enum job_state state)
{
    gboolean ran = task->job.state == JOB_RUNNING || task->job.state == JOB_VERIFYING;
    gboolean runs = state == JOB_RUNNING || state == JOB_VERIFYING;

    task->engine->running += (runs && !ran ? 1 : 0) - (ran && !runs ? 1 : 0);
    task->stage = stage;
    task->rounds = 0;
    if (task->job.state == state)
        return;
    task->job.state = state;
    if (state == JOB_RUNNING) {
        task->job.started_at_us = clock_mono_us(task->engine->clock);
        task->job.progress_permille = 0;
        g_clear_pointer(&task->job.result, g_free);
        memset(&task->job.progress, 0, sizeof task->job.progress);
    }
    task_emit(task);
}

void task_say(struct task *task, const char *format, ...)
{
    g_autofree char *text = NULL;
    va_list args;

    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    if (g_strcmp0(text, task->job.result) == 0)
        return;
    g_free(task->job.result);
    task->job.result = g_steal_pointer(&text);
    task_emit(task);
}

static void task_timer(gpointer data)
{
    struct task *task = data;

    task->timer = 0;
    switch (task->stage) {
    case TASK_DELAYED:
        task->stage = TASK_READY;
        task->job.not_before_us = 0;
        queue_insert(task);
        queue_poke(task->engine);
        break;
    case TASK_ASKING:
        if (task->ops->facts_late)
            task->ops->facts_late(task);
        else
            queue_facts_late(task);
        break;
    case TASK_CONFIRMING:
        guard_late(task);
        break;
    default:
        task->ops->late(task);
        break;
    }
}

void task_arm(struct task *task, gint64 after_us)
{
    task_disarm(task);
    task->timer = clock_add_timer(task->engine->clock, after_us, task_timer, task);
}

void task_disarm(struct task *task)
{
    clock_cancel_timer(task->engine->clock, task->timer);
    task->timer = 0;
}

gpointer task_new_handle(struct task *task)
{
    handle_drop(task->handle);
    task->handle = handle_new(task);
    return task->handle;
}

struct task *task_take_answer(gpointer handle, const GError *error)
{
    struct task *task = handle_owner(handle);

    if (!task)
        return NULL;
    handle_drop(task->handle);
    task->handle = NULL;
    task->operation = 0;
    g_clear_pointer(&task->trouble, g_free);
    if (error) {
        task->trouble = g_strdup(error->message);
        task->trouble_code = error->code;
    }
    return task->stage == TASK_ACTING ? task : NULL;
}

/* What it came before may start now, or never will. */
static void task_release_dependents(struct task *task)
{
    if (!task->dependents)
        return;
    for (guint i = 0; i < task->dependents->len; i++) {
        struct task *dependent = g_ptr_array_index(task->dependents, i);
        dependent->after = NULL;
        if (task->job.state == JOB_DONE) {
            dependent->stage = TASK_READY;
            g_clear_pointer(&dependent->job.result, g_free);
            queue_insert(dependent);
        } else {
            task_doom(dependent);
        }
    }
    g_clear_pointer(&task->dependents, g_ptr_array_unref);
}

static void task_leave(struct task *task)
{
    struct engine *engine = task->engine;

    if (task->stage == TASK_READY)
        queue_remove(task);
    else if (task->stage >= TASK_ASKING)
        queue_give_places(task);
    if (task->job.kind == JOB_START)
        start_leave(task);
    if (task->doomed)
        g_queue_remove(&engine->doomed, task);
    if (task->after)
        g_ptr_array_remove(task->after->dependents, task);
    task->after = NULL;
    task_disarm(task);
    handle_drop(task->handle);
    task->handle = NULL;
    task->operation = 0;
    g_ptr_array_remove(task->from->tasks, task);
    if (task->to)
        g_ptr_array_remove(task->to->tasks, task);
    if (task->job.vm)
        g_hash_table_remove(engine->vm_tasks, task->job.vm);
    engine->under_way--;
    engine->over++;
}

static void note_ended(const struct task *task, enum task_end end)
{
    static const char *const results[] = {
        [TASK_END_DONE] = "done",
        [TASK_END_REFUSED] = "refused",
        [TASK_END_FAILED] = "failed",
        [TASK_END_CANCELLED] = "cancelled",
        [TASK_END_SUPERSEDED] = "cancelled",
    };
    g_autofree char *what = job_describe(&task->job);
    g_autofree char *text =
        task->job.result ? g_strdup_printf("%s: %s", what, task->job.result) : g_strdup(what);

    note_task(task, text, results[end], end == TASK_END_FAILED);
}

/* What the last try met may only follow from what went wrong first. */
static void append_first_why(struct task *task)
{
    char *result = task->job.result;

    if (!task->first_why || strstr(result, task->first_why))
        return;
    task->job.result = g_strdup_printf("%s; the first try: %s", result, task->first_why);
    g_free(result);
}

void task_end(struct task *task, enum task_end end, const char *format, ...)
{
    static const enum job_state states[] = {
        [TASK_END_DONE] = JOB_DONE,
        [TASK_END_REFUSED] = JOB_FAILED,
        [TASK_END_FAILED] = JOB_FAILED,
        [TASK_END_CANCELLED] = JOB_CANCELLED,
        [TASK_END_SUPERSEDED] = JOB_CANCELLED,
    };
    struct engine *engine = task->engine;
    va_list args;
    g_autofree char *text = NULL;

    g_assert(task->stage != TASK_OVER);
    va_start(args, format);
    text = g_strdup_vprintf(format, args);
    va_end(args);
    g_free(task->job.result);
    task->job.result = g_strconcat(end == TASK_END_REFUSED ? "refused: " : "", text, NULL);
    if (end == TASK_END_REFUSED || end == TASK_END_FAILED)
        append_first_why(task);
    task_leave(task);
    task->job.ended_at_us = clock_mono_us(engine->clock);
    task->job.not_before_us = 0;
    task_set_state(task, TASK_OVER, states[end]);
    task_release_dependents(task);
    note_ended(task, end);
    planning_note_end(task, end);
    queue_poke(engine);
}

void task_retry(struct task *task, const char *why)
{
    struct engine *engine = task->engine;
    gint64 wait_us = engine->config.retry_us << MIN(task->job.attempt - 1, 10);

    wait_us = MIN(wait_us, BACKOFF_MOST_US);
    if (!task->first_why)
        task->first_why = g_strdup(why);
    queue_give_places(task);
    task->job.attempt++;
    task->job.not_before_us = clock_mono_us(engine->clock) + wait_us;
    task->told = FALSE;
    task_arm(task, wait_us);
    task_set_state(task, TASK_DELAYED, JOB_QUEUED);
    task_say(task, "%s; try %u of %u in %.0f s", why, task->job.attempt,
             engine->config.migration_tries, (double)wait_us / CLOCK_SECOND_US);
    queue_poke(engine);
}

gboolean task_cancel(struct task *task, const char *by, GError **error)
{
    if (task->stage == TASK_OVER || task->stage == TASK_PROVING) {
        g_autofree char *what = job_describe(&task->job);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "job %u, %s: too late, it is %s",
                    task->job.id, what,
                    task->stage == TASK_OVER ? "over" : "done but for asking the hosts");
        return FALSE;
    }
    if (task->stage < TASK_ACTING) {
        task_end(task, TASK_END_CANCELLED, "%s", by);
        return TRUE;
    }
    if (task->job.kind == JOB_MIGRATE && task->job.progress.stage == MIGRATE_STAGE_FOLLOWING) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "vm %s: too late: it runs on %s already, and its memory follows", task->job.vm,
                    task->job.to);
        return FALSE;
    }
    if (task->job.cancel_asked)
        return TRUE;
    task->job.cancel_asked = TRUE;
    if (task->operation != 0)
        driver_cancel(task->engine->driver, task->operation);
    if (task->job.kind == JOB_WAKE || (task->job.kind == JOB_STOP && task->operation == 0))
        task->ops->late(task);
    else
        task_say(task, "being cancelled");
    return TRUE;
}

const struct policy_config *task_policy(const struct task *task)
{
    return task->for_goal ? &task->engine->goal_policy : &task->engine->config.policy;
}

gboolean task_may_pass(const struct task *task, enum check_reason reason)
{
    return reason == CHECK_OK || (task->job.force && check_can_force(reason));
}

struct task *task_find_for_power(const struct watch *watch)
{
    for (guint i = 0; i < watch->tasks->len; i++) {
        struct task *task = g_ptr_array_index(watch->tasks, i);
        if (job_is_power(&task->job))
            return task;
    }
    return NULL;
}

gboolean task_has_answers(const struct task *task)
{
    return task->from->answered >= task->from_wants &&
           (!task->to || task->to->answered >= task->to_wants);
}

guint task_place(const struct engine *engine, guint id)
{
    guint low = 0;
    guint high = engine->jobs->len;

    while (low < high) {
        guint middle = low + (high - low) / 2;
        const struct task *task = g_ptr_array_index(engine->jobs, middle);
        if (task->job.id == id)
            return middle;
        if (task->job.id < id)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

struct task *task_find(const struct engine *engine, guint id)
{
    guint place = task_place(engine, id);
    struct task *task = place < engine->jobs->len ? g_ptr_array_index(engine->jobs, place) : NULL;

    if (task && task->job.id == id)
        return task;
    id = follow_job_of(engine, id);
    return id != 0 ? task_find(engine, id) : NULL;
}
