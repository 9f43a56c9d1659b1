/* retry.c - what failed or was cancelled, once more, as if it were asked for afresh. */
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

static gboolean may_retry(const struct task *task, gboolean force, GError **error)
{
    const struct job *job = &task->job;
    g_autofree char *what = job_describe(job);

    if (!job_is_over(job)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "job %u, %s: it is under way (%s)",
                    job->id, what, job_state_name(job->state));
        return FALSE;
    }
    if (job->state == JOB_DONE) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "job %u, %s: it was done: there is nothing to do again", job->id, what);
        return FALSE;
    }
    if (job->force && !force) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "job %u, %s: it was forced, which is not repeated by itself (force does)",
                    job->id, what);
        return FALSE;
    }
    return TRUE;
}

/* Through the same doors as the first time: what they check is checked again. */
static guint ask_again(struct engine *engine, const struct task *task, gboolean force,
                       GError **error)
{
    const struct job *job = &task->job;

    switch (job->kind) {
    case JOB_MIGRATE:
        return engine_migrate_as(engine, job->vm, job->to, force, task->options, error);
    case JOB_WAKE:
        return engine_wake(engine, job->from, error);
    case JOB_OFF:
        return engine_power_off(engine, job->from, force, error);
    case JOB_START:
        return engine_start_vm(engine, job->vm, job->from, force, error);
    case JOB_STOP:
        return engine_stop_vm(engine, job->vm, force, error);
    case JOB_CONTROL:
        return engine_control_vm(engine, job->vm, job->action, force, error);
    case JOB_DEFINE:
        return engine_define_vm(engine, job->from, task->xml, task->fresh, error);
    case JOB_FORGET:
        return engine_forget_vm(engine, job->vm, job->from, force, error);
    }
    return 0;
}

guint engine_retry_job(struct engine *engine, guint id, gboolean force, GError **error)
{
    const struct task *task = task_find(engine, id);

    if (guard_refuses(engine, error))
        return 0;
    if (!task) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no job %u", id);
        return 0;
    }
    if (!may_retry(task, force, error))
        return 0;
    if (engine->follow)
        return follow_order(engine, &(const struct order){
                                        .kind = ORDER_RETRY, .job = task->job.id, .force = force});
    return ask_again(engine, task, force, error);
}
