#include "core/engine/act.h"

#include "core/engine/follow.h"

struct watch *act_find_host(const struct engine *engine, const char *name, GError **error)
{
    struct watch *watch = watch_find(engine, name);

    if (!watch)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no host \"%s\" in the cluster",
                    name ? name : "");
    return watch;
}

struct vm *act_find_vm(const struct engine *engine, const char *name, GError **error)
{
    struct vm *vm = name ? cluster_find_vm(engine->cluster, name) : NULL;

    if (!vm)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no vm \"%s\" in the cluster",
                    name ? name : "");
    return vm;
}

/* Most sentences begin with what they are about: it is said once. Free it. */
static char *say_of(const char *kind, const char *name, const char *sentence)
{
    g_autofree char *object = g_strdup_printf("%s %s ", kind, name);
    g_autofree char *bare = g_strdup_printf("%s ", name);

    if (g_str_has_prefix(sentence, object))
        return g_strdup(sentence);
    if (g_str_has_prefix(sentence, bare))
        return g_strdup_printf("%s %s", kind, sentence);
    return g_strdup_printf("%s %s: %s", kind, name, sentence);
}

gboolean act_is_allowed(const struct engine *engine, enum check_reason reason, gboolean force,
                        const struct vm *vm, const struct host *host, GError **error)
{
    g_autofree char *why = NULL;
    g_autofree char *text = NULL;

    if (reason == CHECK_OK || (force && check_can_force(reason)))
        return TRUE;
    why = check_explain(reason, vm, host, &engine->config.policy);
    text = say_of(vm ? "vm" : "host", vm ? vm->name : host->name, why);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s%s", text,
                check_can_force(reason) ? " (force goes past this)" : "");
    return FALSE;
}

gboolean act_gives_way(const struct task *task)
{
    return task->job.origin == JOB_AUTOMATIC && task->stage < TASK_ACTING;
}

gboolean act_is_in_the_way(const struct task *task, GError **error)
{
    g_autofree char *what = job_describe(&task->job);

    if (act_gives_way(task))
        return FALSE;
    if (task->job.id >= FOLLOW_ORDER_FIRST) /* no number that anybody could look for yet */
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s: %s", what, task->job.result);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "job %u, %s, is under way (%s)",
                    task->job.id, what, job_state_name(task->job.state));
    return TRUE;
}

void act_push_aside(struct task *task)
{
    if (task->engine->follow)
        return;
    task_end(task, TASK_END_SUPERSEDED, "%s does otherwise", task->engine->who);
}

struct task *act_task_new(struct watch *watch, enum job_kind kind, gboolean force)
{
    struct task *task =
        task_new(watch->engine, kind, JOB_BY_HAND, watch, watch->engine->who, "by hand");

    task->job.force = force;
    return task;
}
