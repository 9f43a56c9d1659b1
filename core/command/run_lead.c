/*
 * run_lead.c - what `roost run` does while it is the manager, from the moment the lease is its own
 * to the one at which it lets go.
 */
#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/run_internal.h"
#include "core/manager/notify.h"
#include "core/manager/socket.h"

#define AGAIN_US (10 * CLOCK_SECOND_US) /* after a cluster that could not be read */

static void on_event(const struct engine_event *event, gpointer data)
{
    const struct runner *runner = data;
    if (event->kind == ENGINE_EVENT_JOURNAL)
        run_log_entry(runner->output, event->entry);
}

static void place_manager(struct runner *runner)
{
    struct cluster *cluster = runner->session->cluster;
    struct host *host = takeover_find_host(cluster, &runner->machine);
    if (runner->session->simulated)
        return; /* it has its own */
    if (host) {
        cluster_set_manager(cluster, host);
        run_log(runner->output, RUN_LOG_NOTICE,
                "this machine is host %s: it is never switched off while it is the manager",
                host->name);
        return;
    }
    host = cluster_manager(cluster);
    run_log(runner->output, RUN_LOG_NOTICE,
            "this machine is no host of the cluster: host %s keeps the role, and stays on",
            host ? host->name : "none");
}

static void set_aim(struct runner *runner)
{
    struct engine *engine = runner->session->engine;
    static const enum engine_goal goals[] = {
        [HOURS_OPEN] = ENGINE_GOAL_NONE,
        [HOURS_CLOSED] = ENGINE_GOAL_COMPACT,
        [HOURS_PREPARING] = ENGINE_GOAL_NORMALIZE,
    };
    if (!runner->once) {
        engine_set_mode(engine, runner->session->config->mode);
        if (engine_mode(engine) == ENGINE_MANUAL)
            run_log(runner->output, RUN_LOG_WARNING,
                    "[automatic] mode is manual: nothing is done but what is ordered");
        return;
    }
    runner->aimed = TRUE;
    engine_set_goal(engine, goals[engine_phase(engine)]);
    if (engine_goal(engine) == ENGINE_GOAL_NONE)
        run_log(runner->output, RUN_LOG_NOTICE, "the lab is open: nothing is to be done now");
}

static void begin_leader(struct runner *runner)
{
    struct session *session = runner->session;
    g_autofree char *socket = NULL;
    if (!runner->lease)
        return;
    socket = socket_path_for(store_dir(session->store));
    const struct leader_settings settings = {
        .dir = store_dir(session->store),
        .socket = socket,
        .group = session->config->manager_group,
        .fence = run_fence(runner),
    };
    runner->manager = manager_new(session->engine, runner->lease);
    runner->leader = leader_new(session->engine, &settings);
}

static gboolean begin_leading(struct runner *runner, GError **error)
{
    struct session *session = runner->session;
    if (!session_load(session, error))
        return FALSE;
    place_manager(runner);
    if (!session_observe(session, error))
        return FALSE;
    runner->listener = engine_listen(session->engine, on_event, runner);
    runner->stage = STAGE_LEADING;
    begin_leader(runner);
    g_autofree char *text = g_strdup_printf("this is the manager, on %s, fence %" G_GUINT64_FORMAT,
                                            runner->machine.hostname, run_fence(runner));
    engine_note(session->engine, "mode", "", FALSE, text); /* which is logged */
    g_free(runner->told);
    runner->told = g_strdup(text);
    notify_status(text);
    run_tell(runner, RUN_LOG_NOTICE, text);
    set_aim(runner);
    return TRUE;
}

void run_take_lead(struct runner *runner)
{
    g_autoptr(GError) error = NULL;
    if (begin_leading(runner, &error))
        return;
    run_log(runner->output, RUN_LOG_ERROR, "%s", error->message);
    session_unobserve(runner->session);
    if (runner->once || !runner->lease) {
        run_end(runner, COMMAND_FAILED, g_steal_pointer(&error));
        return;
    }
    /* Another may be able to. */
    runner->stage = STAGE_WATCHING;
    lease_give_back(runner->lease);
    runner->again_us = g_get_monotonic_time() + AGAIN_US;
}

void run_let_go(struct runner *runner)
{
    g_clear_pointer(&runner->leader, leader_free);
    g_clear_pointer(&runner->manager, manager_free);
    session_unobserve(runner->session);
}

void run_note_left(const struct runner *runner)
{
    struct engine *engine = runner->session->engine;
    const GPtrArray *jobs = engine_jobs(engine);
    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = g_ptr_array_index(jobs, i);
        if (job->state != JOB_RUNNING && job->state != JOB_VERIFYING)
            continue;
        g_autofree char *what = job_describe(job);
        g_autofree char *text = g_strdup_printf(
            "job %u, %s, is left to end: the new manager asks the hosts what became of it", job->id,
            what);
        engine_note(engine, "mode", "", FALSE, text);
    }
}
