/*
 * accept.c - a plan, or some of its steps, that an operator accepts: ordinary jobs of his.
 *
 * A plan ages while it is read. What it was made from is looked at again before anything is queued,
 * so that all of what was accepted is queued or nothing; later each step is checked by itself when
 * its turn comes, as every job is.
 */
#include <string.h>

#include "core/base/text.h"
#include "core/engine/act.h"
#include "core/engine/follow.h"
#include "core/policy/plan_use.h"

/* What fits into one order to another manager, with room for how it is wrapped. */
#define ORDER_TEXT_MOST (384u << 10)

/* --- What is in the way ----------------------------------------------------------------------- */

static const struct task *busy_with_host(const struct engine *engine, const char *name)
{
    const struct watch *watch = watch_find(engine, name);
    const struct task *task = watch ? task_find_for_power(watch) : NULL;

    return task && !act_gives_way(task) ? task : NULL;
}

static const struct task *busy_with_vm(const struct engine *engine, const char *name)
{
    const struct task *task = g_hash_table_lookup(engine->vm_tasks, name);

    return task && !act_gives_way(task) ? task : NULL;
}

static char *explain_busy(const struct engine *engine, const struct plan_step *step)
{
    const struct task *task = busy_with_host(engine, step->from);

    if (!task && step->to)
        task = busy_with_host(engine, step->to);
    if (!task && step->vm)
        task = busy_with_vm(engine, step->vm);
    if (!task)
        return NULL;
    g_autofree char *what = job_describe(&task->job);
    return g_strdup_printf("job %u, %s, is under way", task->job.id, what);
}

/* What speaks against following it now; NULL when nothing does. Free with g_free. */
static char *explain_plan(const struct engine *engine, const struct plan *plan,
                          const gboolean *chosen)
{
    char *why = plan_explain_outdated(plan, engine->cluster, chosen);

    for (guint i = 0; i < plan->steps->len && !why; i++) {
        if (!chosen || chosen[i])
            why = explain_busy(engine, plan_step(plan, i));
    }
    return why;
}

/* What the autopilot has only queued for the same VMs and hosts gives way. */
static void push_aside(struct engine *engine, const struct plan_step *step)
{
    const char *const hosts[] = {step->from, step->to};
    struct task *task = step->vm ? g_hash_table_lookup(engine->vm_tasks, step->vm) : NULL;

    if (task)
        act_push_aside(task);
    for (guint i = 0; i < G_N_ELEMENTS(hosts); i++) {
        struct watch *watch = hosts[i] ? watch_find(engine, hosts[i]) : NULL;

        task = watch ? task_find_for_power(watch) : NULL;
        if (task)
            act_push_aside(task);
    }
}

/* --- Following it ----------------------------------------------------------------------------- */

static guint count(const struct plan *plan, const gboolean *chosen)
{
    guint n = 0;

    for (guint i = 0; i < plan->steps->len; i++)
        n += chosen[i] ? 1 : 0;
    return n;
}

static guint send(struct engine *engine, const struct plan *plan, const gboolean *chosen,
                  GError **error)
{
    g_autofree char *text = plan_format_steps(plan, chosen);

    if (strlen(text) > ORDER_TEXT_MOST) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "%u steps are more than one order to the manager holds; mark fewer",
                    count(plan, chosen));
        return 0;
    }
    follow_order(
        engine, &(const struct order){.kind = ORDER_PLAN, .value = (gint)plan->kind, .text = text});
    return count(plan, chosen);
}

static void note_accepted(struct engine *engine, const struct plan *plan, guint jobs)
{
    note(engine, "plan", "", engine->who, "", FALSE, "accepted: %u of %u step%s of the plan (%s)",
         jobs, plan->steps->len, plan->steps->len == 1 ? "" : "s", plan_kind_name(plan->kind));
}

guint engine_follow_plan(struct engine *engine, const struct plan *plan, const gboolean *chosen,
                         GError **error)
{
    g_autofree gboolean *wanted = g_new(gboolean, plan->steps->len + 1);
    g_autofree char *why = NULL;

    if (guard_refuses(engine, error))
        return 0;
    for (guint i = 0; i < plan->steps->len; i++)
        wanted[i] = !chosen || chosen[i];
    plan_choose_needed(plan, wanted);
    if (count(plan, wanted) == 0) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                            "there is nothing to do in it");
        return 0;
    }
    why = explain_plan(engine, plan, wanted);
    if (why) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "the plan is out of date: %s", why);
        return 0;
    }
    if (engine->follow)
        return send(engine, plan, wanted, error);
    for (guint i = 0; i < plan->steps->len; i++) {
        if (wanted[i])
            push_aside(engine, plan_step(plan, i));
    }
    note_accepted(engine, plan, count(plan, wanted));
    return planning_submit_chosen(engine, plan, wanted);
}
