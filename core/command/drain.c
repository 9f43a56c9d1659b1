/* drain.c - the verbs of maintenance: a host is emptied, and left alone until it is back. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/base/host_range.h"
#include "core/command/command_line.h"
#include "core/command/hosts.h"
#include "core/command/order.h"
#include "core/command/session.h"
#include "core/engine/follow.h"
#include "core/policy/plan.h"

/* A drain that waits for a host to wake is decided again; not for ever. */
#define ROUNDS_MOST 20

struct draining {
    const struct command *command;
    GPtrArray *names;    /* char *, of hosts */
    GHashTable *told;    /* job id -> last told state + 1, as pointers */
    GHashTable *refused; /* of VMs that must stay, "vm web: ..." as it was told last */
    gboolean cancelled;
};

static gboolean is_ours(const struct draining *draining, const struct job *job)
{
    return job->id >= FOLLOW_ORDER_FIRST || job->kind == JOB_WAKE ||
           (job->kind == JOB_MIGRATE &&
            g_ptr_array_find_with_equal_func(draining->names, job->from, g_str_equal, NULL));
}

static void on_event(const struct engine_event *event, gpointer data)
{
    struct draining *draining = data;
    const struct output *output = draining->command->output;
    const struct job *job = event->job;
    if (event->kind == ENGINE_EVENT_JOURNAL && g_str_equal(event->entry->what, "plan") &&
        g_str_equal(event->entry->result, "refused") &&
        g_hash_table_add(draining->refused, g_strdup(event->entry->text)))
        output_line(output, "left: %s", event->entry->text);
    if (event->kind != ENGINE_EVENT_JOB || !is_ours(draining, job) ||
        job->id >= FOLLOW_ORDER_FIRST || job->state == JOB_QUEUED || job->state == JOB_VERIFYING)
        return;
    gpointer state = GUINT_TO_POINTER(job->state + 1u);
    if (g_hash_table_lookup(draining->told, GUINT_TO_POINTER(job->id)) == state)
        return;
    g_hash_table_insert(draining->told, GUINT_TO_POINTER(job->id), state);
    g_autofree char *what = job_describe(job);
    output_line(output, "%s: %s%s%s", what, job_state_name(job->state),
                job_is_over(job) && job->result ? ": " : "",
                job_is_over(job) && job->result ? job->result : "");
}

static gboolean is_over(gpointer data)
{
    const struct draining *draining = data;
    const GPtrArray *jobs = engine_jobs(draining->command->session->engine);
    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = jobs->pdata[i];
        if (!job_is_over(job) && is_ours(draining, job))
            return FALSE;
    }
    return TRUE;
}

static void cancel(gpointer data)
{
    struct draining *draining = data;
    struct engine *engine = draining->command->session->engine;
    const GPtrArray *jobs = engine_jobs(engine);
    draining->cancelled = TRUE;
    for (guint i = jobs->len; i > 0; i--) {
        const struct job *job = jobs->pdata[i - 1];
        if (!job_is_over(job) && is_ours(draining, job))
            engine_cancel_job(engine, job->id, NULL);
    }
}

static guint count_left(const struct draining *draining)
{
    const struct cluster *cluster = session_cluster(draining->command->session);
    guint left = 0;
    for (guint i = 0; i < draining->names->len; i++) {
        const struct host *host = cluster_find_host(cluster, draining->names->pdata[i]);
        left += host ? host_active_vms(host) : 0;
    }
    return left;
}

/* One round: what can leave now does. FALSE when interrupted. *stuck: nothing could. */
static gboolean drain_once(struct draining *draining, gboolean *stuck, GError **error)
{
    struct engine *engine = draining->command->session->engine;
    *stuck = TRUE;
    for (guint i = 0; i < draining->names->len; i++) {
        const char *name = draining->names->pdata[i];
        const struct host *host = cluster_find_host(engine_cluster(engine), name);
        g_autoptr(GError) refusal = NULL;
        if (host && engine_drain(engine, name, &refusal))
            *stuck = *stuck && host_active_vms(host) == 0;
        else if (refusal && g_hash_table_add(draining->refused, g_strdup(refusal->message)))
            output_error(draining->command->output, "%s", refusal->message);
    }
    return session_wait(draining->command->session, is_over, cancel, draining, error);
}

static gboolean judge(const struct draining *draining, GError **error)
{
    const struct cluster *cluster = session_cluster(draining->command->session);
    for (guint i = 0; i < draining->names->len; i++) {
        const struct host *host = cluster_find_host(cluster, draining->names->pdata[i]);
        guint left = host ? host_active_vms(host) : 0;
        if (host && left == 0)
            output_line(draining->command->output, "host %s: empty, in maintenance", host->name);
        else if (host)
            output_line(draining->command->output, "host %s: %u VM%s left, in maintenance",
                        host->name, left, left == 1 ? "" : "s");
    }
    guint left = count_left(draining);
    if (left == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR,
                draining->cancelled ? ROOST_ERROR_CANCELLED : ROOST_ERROR_FAILED,
                "drain%s: %u VM%s still there; roost undrain takes the maintenance back",
                draining->cancelled ? " cancelled" : "", left, left == 1 ? " is" : "s are");
    return FALSE;
}

static gboolean show_plans(const struct command *command, const GPtrArray *names)
{
    for (guint i = 0; i < names->len; i++) {
        autoptr(plan) plan = engine_plan_drain(command->session->engine, names->pdata[i]);
        for (guint j = 0; plan && j < plan->steps->len; j++) {
            g_autofree char *text = plan_step_explain(plan_step(plan, j));
            output_line(command->output, "%u. %s", j + 1, text);
        }
        if (plan && plan->summary)
            output_line(command->output, "%s", plan->summary);
    }
    return TRUE;
}

gboolean drain_run(const struct command *command, GError **error)
{
    g_autoptr(GPtrArray) names = hosts_named(command, error);
    if (!names || !session_wait_measured(command->session, error))
        return FALSE;
    if (command->line->given & OPTION_DRY_RUN)
        return show_plans(command, names);
    struct draining draining = {.command = command, .names = names};
    draining.told = g_hash_table_new(NULL, NULL);
    draining.refused = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    guint listener = engine_listen(command->session->engine, on_event, &draining);
    gboolean waited = TRUE, stuck = FALSE;
    guint before = G_MAXUINT;
    for (guint i = 0; i < ROUNDS_MOST && waited && !stuck && !draining.cancelled; i++) {
        waited = drain_once(&draining, &stuck, error);
        guint left = count_left(&draining);
        stuck = stuck || left == 0 || left == before;
        before = left;
    }
    engine_unlisten(command->session->engine, listener);
    g_hash_table_unref(draining.told);
    g_hash_table_unref(draining.refused);
    return waited && judge(&draining, error);
}

gboolean undrain_run(const struct command *command, GError **error)
{
    struct engine *engine = command->session->engine;
    g_autoptr(GPtrArray) names = hosts_named(command, error);
    struct orders orders;
    if (!names)
        return FALSE;
    orders_begin(&orders, command);
    for (guint i = 0; i < names->len; i++) {
        const char *name = names->pdata[i];
        gboolean was = cluster_find_host(engine_cluster(engine), name)->maintenance;
        engine_set_maintenance(engine, name, FALSE);
        output_line(command->output, "host %s: %s of maintenance", name,
                    was ? "out" : "already out");
    }
    return orders_finish(&orders, error);
}
