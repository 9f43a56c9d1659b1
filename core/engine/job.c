#include "core/engine/job.h"

#include "core/base/text.h"

gboolean job_is_power(const struct job *job)
{
    return job->kind == JOB_WAKE || job->kind == JOB_OFF;
}

gboolean job_is_over(const struct job *job)
{
    return job->state >= JOB_DONE;
}

guint job_asked_as(const struct job *job)
{
    return job->order != 0 ? job->order : job->id;
}

guint job_progress_permille(const struct job *job)
{
    if (job->state == JOB_DONE)
        return 1000;
    return job->progress_permille;
}

const char *job_kind_name(enum job_kind kind)
{
    static const char *const names[] = {
        [JOB_MIGRATE] = "migrate", [JOB_WAKE] = "wake",     [JOB_OFF] = "off",
        [JOB_START] = "start",     [JOB_STOP] = "stop",     [JOB_CONTROL] = "control",
        [JOB_DEFINE] = "define",   [JOB_FORGET] = "forget",
    };

    return names[kind];
}

const char *job_state_name(enum job_state state)
{
    static const char *const names[] = {
        [JOB_QUEUED] = "queued", [JOB_RUNNING] = "running", [JOB_VERIFYING] = "verifying",
        [JOB_DONE] = "done",     [JOB_FAILED] = "failed",   [JOB_CANCELLED] = "cancelled",
    };

    return names[state];
}

static char *describe_control(const struct job *job, const char *vm, const char *from)
{
    if (job->action == CONTROL_AUTOSTART_ON || job->action == CONTROL_AUTOSTART_OFF)
        return g_strdup_printf("vm %s on %s: autostart %s", vm, from,
                               job->action == CONTROL_AUTOSTART_ON ? "on" : "off");
    return g_strdup_printf("%s vm %s on %s", control_action_name(job->action), vm, from);
}

char *job_describe(const struct job *job)
{
    g_autofree char *from = text_escape(job->from);
    g_autofree char *vm = job->vm ? text_escape(job->vm) : NULL;
    g_autofree char *to = job->to ? text_escape(job->to) : NULL;

    switch (job->kind) {
    case JOB_MIGRATE:
        return g_strdup_printf("vm %s from %s to %s", vm, from, to);
    case JOB_WAKE:
        return g_strdup_printf("wake %s", from);
    case JOB_OFF:
        return g_strdup_printf("switch off %s", from);
    case JOB_START:
        return g_strdup_printf("start vm %s on %s", vm, from);
    case JOB_CONTROL:
        return describe_control(job, vm, from);
    case JOB_DEFINE:
        return g_strdup_printf("define vm %s on %s", vm, from);
    case JOB_FORGET:
        return g_strdup_printf("forget vm %s on %s", vm, from);
    case JOB_STOP:
        break;
    }
    return g_strdup_printf(job->force ? "force vm %s off on %s" : "stop vm %s on %s", vm, from);
}
