/*
 * run.c - the manager without a screen: watches the lease, takes it in its turn, and then runs the
 * engine until somebody else has it, or it is told to end.
 *
 * While another holds the lease nothing is asked of any host. Once it is ours the cluster is read
 * again, since others may have worked on it, and every host is asked before anything is decided.
 * A manager that is deposed lets go of its engine: what its driver is at ends by itself, and the
 * new manager finds out how. See docs/manager.md.
 */
#include <gio/gio.h>
#include <glib-unix.h>
#include <signal.h>

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/run_internal.h"
#include "core/command/verb.h"
#include "core/manager/notify.h"

#define TICK_MS    500
#define LOOK_S     30                     /* how often a watcher looks at the stored cluster */
#define VERIFY_US  (25 * CLOCK_SECOND_US) /* the most that a hand-over waits for migrations */
#define UNKNOWN_US (60 * CLOCK_SECOND_US) /* --once: the most that it waits for its turn */

#define STATUS_LEFT 3 /* ended at once, in the middle of something */

void run_end(struct runner *runner, int status, GError *error)
{
    runner->stage = STAGE_OVER;
    runner->status = status;
    if (error && !runner->error)
        runner->error = error;
    else
        g_clear_error(&error);
}

/* --- What is told ----------------------------------------------------------------------------- */

guint64 run_fence(const struct runner *runner)
{
    return runner->lease ? lease_look(runner->lease).own_fence : 0;
}

/* To the service manager, the pid file and, when it is news, the log. */
void run_tell(struct runner *runner, enum run_log_level level, const char *text)
{
    static const char *const words[] = {"waiting", "manager", "ending", "ending", "ending"};
    if (runner->pid_file)
        pid_file_write(runner->pid_file, words[runner->stage], run_fence(runner));
    if (g_strcmp0(text, runner->told) == 0)
        return;
    g_free(runner->told);
    runner->told = g_strdup(text);
    notify_status(text);
    run_log(runner->output, level, "%s", text);
}

static void tell_watching(struct runner *runner)
{
    const struct lease_view view = lease_look(runner->lease);
    g_autofree char *text = NULL;
    if (view.state == LEASE_HELD)
        text = g_strdup_printf("waiting: the manager is %s (%s, pid %u), fence %" G_GUINT64_FORMAT,
                               view.host ? view.host : "not known", view.what ? view.what : "?",
                               view.pid, view.fence);
    else if (view.state == LEASE_TROUBLE)
        text = g_strdup_printf("waiting: the lease cannot be looked at: %s",
                               view.trouble ? view.trouble : "no reason is known");
    else if (view.state == LEASE_FREE)
        text = g_strdup("waiting: there is no manager; this one waits for its turn");
    else
        text = g_strdup("waiting: whether there is a manager is not known yet");
    run_tell(runner, view.state == LEASE_TROUBLE ? RUN_LOG_ERROR : RUN_LOG_NOTICE, text);
}

/* --- Whose turn it is ---------------------------------------------------------------------- */

static const struct host *own_host(const struct runner *runner)
{
    const struct cluster *cluster = session_cluster(runner->session);
    return cluster ? takeover_find_host(cluster, &runner->machine) : NULL;
}

static void want(struct runner *runner)
{
    const struct cluster *cluster = session_cluster(runner->session);
    gint64 step_us = runner->session->config->takeover_step_us;
    runner->again_us = 0;
    if (runner->session->simulated)
        cluster = NULL; /* no machine is a host of it */
    lease_want(runner->lease, cluster ? takeover_delay_us(cluster, own_host(runner), step_us) : 0);
}

static void be_deposed(struct runner *runner)
{
    engine_hold(runner->session->engine, TRUE);
    engine_step_down(runner->session->engine, "another manager has taken over");
    run_note_left(runner);
    run_let_go(runner);
    g_autoptr(GError) error = NULL;
    if (!session_load(runner->session, &error))
        run_log(runner->output, RUN_LOG_WARNING, "%s", error->message);
    if (runner->stage != STAGE_LEADING || runner->once) {
        run_end(runner, runner->once ? COMMAND_FAILED : COMMAND_DONE,
                runner->once ? g_error_new(ROOST_ERROR, ROOST_ERROR_REFUSED,
                                           "another manager has taken over in the middle of it")
                             : NULL);
        return;
    }
    runner->stage = STAGE_WATCHING;
    tell_watching(runner);
    want(runner);
}

static void on_lease(struct lease *lease, gpointer data)
{
    struct runner *runner = data;
    const struct lease_view view = lease_look(lease);
    gboolean leads = runner->session->engine != NULL;
    if (runner->stage == STAGE_OVER)
        return;
    if (view.state == LEASE_MINE && !leads && runner->stage == STAGE_WATCHING)
        run_take_lead(runner);
    else if (leads && view.own_fence == 0 && view.state != LEASE_MINE)
        be_deposed(runner);
    else if (!leads)
        tell_watching(runner);
    if (runner->once && view.state == LEASE_HELD && runner->stage == STAGE_WATCHING)
        run_end(runner, COMMAND_DONE, NULL); /* that one does what the hour demands */
}

/* --- Ending ----------------------------------------------------------------------------------- */

/* It dies with this process, unless its hosts do it among themselves. */
static gboolean would_die(const struct runner *runner, const struct job *job)
{
    return job->kind == JOB_MIGRATE &&
           (job->state == JOB_VERIFYING ||
            (job->state == JOB_RUNNING &&
             runner->session->config->engine.migration_control != MIGRATE_PEER));
}

static guint count_dying(const struct runner *runner)
{
    const GPtrArray *jobs = engine_jobs(runner->session->engine);
    guint dying = 0;
    for (guint i = 0; i < jobs->len; i++)
        dying += would_die(runner, g_ptr_array_index(jobs, i)) ? 1 : 0;
    return dying;
}

static void cancel_dying(const struct runner *runner)
{
    struct engine *engine = runner->session->engine;
    const GPtrArray *jobs = engine_jobs(engine);
    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = g_ptr_array_index(jobs, i);
        if (would_die(runner, job) && job->state == JOB_RUNNING)
            engine_cancel_job(engine, job->id, NULL); /* too late: it is waited for */
    }
}

static void start_no_more(struct runner *runner)
{
    struct engine *engine = runner->session->engine;
    engine_hold(engine, TRUE);
    engine_set_goal(engine, ENGINE_GOAL_NONE);
    engine_cancel_all(engine, FALSE);
    notify_send("STOPPING=1");
}

static gboolean on_sigterm(gpointer data)
{
    struct runner *runner = data;
    if (!runner->session->engine) {
        run_end(runner, COMMAND_DONE, NULL);
        return G_SOURCE_CONTINUE;
    }
    if (runner->stage == STAGE_HANDING)
        return G_SOURCE_CONTINUE;
    runner->stage = STAGE_HANDING;
    runner->until_us = g_get_monotonic_time() + VERIFY_US;
    start_no_more(runner);
    cancel_dying(runner);
    run_tell(runner, RUN_LOG_NOTICE, "SIGTERM: hands over");
    return G_SOURCE_CONTINUE;
}

static gboolean on_sigint(gpointer data)
{
    struct runner *runner = data;
    runner->interrupts++;
    if (!runner->session->engine) {
        run_end(runner, COMMAND_DONE, NULL);
    } else if (runner->interrupts > 1) {
        run_end(runner, STATUS_LEFT,
                g_error_new(ROOST_ERROR, ROOST_ERROR_CANCELLED,
                            "interrupted twice: what was under way is left to itself"));
    } else if (runner->stage == STAGE_LEADING) {
        runner->stage = STAGE_FINISHING;
        start_no_more(runner);
        run_tell(runner, RUN_LOG_NOTICE,
                 "SIGINT: ends after the running jobs; once more, and it ends at once");
    }
    return G_SOURCE_CONTINUE;
}

static gboolean on_sighup(gpointer data)
{
    struct runner *runner = data;
    notify_reloading();
    reload_configuration(runner->reload);
    notify_send("READY=1");
    g_clear_pointer(&runner->told, g_free);
    if (runner->session->engine)
        run_tell(runner, RUN_LOG_NOTICE, "this is the manager");
    else if (runner->lease)
        tell_watching(runner);
    return G_SOURCE_CONTINUE;
}

/* --- The clock -------------------------------------------------------------------------------- */

static void check_once(struct runner *runner)
{
    struct engine *engine = runner->session->engine;
    gint64 waited_us = g_get_monotonic_time() - runner->begun_us;
    if (!engine && waited_us > UNKNOWN_US)
        run_end(runner, COMMAND_FAILED,
                g_error_new(ROOST_ERROR, ROOST_ERROR_TIMEOUT, "%s",
                            runner->told ? runner->told : "the lease was not to be had"));
    if (!engine || !runner->aimed || engine_has_stepped_down(engine) ||
        engine_goal(engine) != ENGINE_GOAL_NONE || engine_jobs_under_way(engine) > 0 ||
        runner->stage != STAGE_LEADING)
        return;
    if (engine_goal_failures(engine) > 0)
        run_end(runner, COMMAND_FAILED,
                g_error_new(ROOST_ERROR, ROOST_ERROR_FAILED, "%s", engine_goal_summary(engine)));
    else
        run_end(runner, COMMAND_DONE, NULL);
}

static gboolean has_finished(const struct runner *runner)
{
    if (runner->stage == STAGE_FINISHING)
        return engine_jobs_running(runner->session->engine) == 0;
    return runner->stage == STAGE_HANDING &&
           (count_dying(runner) == 0 || g_get_monotonic_time() >= runner->until_us);
}

static void be_alive(struct runner *runner)
{
    gint64 now_us = g_get_monotonic_time();
    if (runner->pid_file)
        pid_file_touch(runner->pid_file);
    if (runner->watchdog_us > 0 && now_us - runner->told_alive_us >= runner->watchdog_us) {
        runner->told_alive_us = now_us;
        notify_send("WATCHDOG=1");
    }
}

static gboolean on_tick(gpointer data)
{
    struct runner *runner = data;
    be_alive(runner);
    if (runner->again_us > 0 && g_get_monotonic_time() >= runner->again_us)
        want(runner);
    if (has_finished(runner))
        run_end(runner, COMMAND_DONE, NULL);
    if (runner->once)
        check_once(runner);
    return G_SOURCE_CONTINUE;
}

/* The order of the list may have changed, and who of it lives. */
static void on_read(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct runner *runner = data;
    autoptr(cluster) cluster = g_task_propagate_pointer(G_TASK(result), NULL);
    if (!cluster || runner->session->engine || runner->stage != STAGE_WATCHING)
        return;
    cluster_free(runner->session->cluster);
    runner->session->cluster = g_steal_pointer(&cluster);
    if (runner->again_us == 0)
        want(runner);
}

static void read_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                           G_GNUC_UNUSED GCancellable *cancellable)
{
    autoptr(store) store = store_new(data);
    g_task_return_pointer(task, store_load(store, "lab", NULL, NULL), (GDestroyNotify)cluster_free);
}

static gboolean on_look(gpointer data)
{
    struct runner *runner = data;
    if (runner->session->engine || runner->stage != STAGE_WATCHING)
        return G_SOURCE_CONTINUE;
    g_autoptr(GTask) task = g_task_new(NULL, NULL, on_read, runner);
    g_task_set_task_data(task, g_strdup(store_dir(runner->session->store)), g_free);
    g_task_run_in_thread(task, read_in_thread);
    return G_SOURCE_CONTINUE;
}

/* --- Its life --------------------------------------------------------------------------------- */

/* One that was stopped in the middle of a save must not write over what came after it. */
static gboolean may_write(gpointer data)
{
    return lease_may_act(data);
}

static gboolean open_lease(struct runner *runner, GError **error)
{
    if (!runner->session->store)
        return TRUE;
    runner->lease = session_lease_new(runner->session, "run", error);
    if (!runner->lease)
        return FALSE;
    lease_set_changed_func(runner->lease, on_lease, runner);
    store_set_guard(runner->session->store, may_write, runner->lease);
    return TRUE;
}

static gboolean begin(struct runner *runner, GError **error)
{
    const struct command_line *line = runner->command->line;
    if (line->pid_file && !(runner->pid_file = pid_file_new(line->pid_file, error)))
        return FALSE;
    takeover_machine_init(&runner->machine);
    runner->reload = reload_new(runner->session, runner->output);
    if (!open_lease(runner, error))
        return FALSE;
    runner->begun_us = g_get_monotonic_time();
    runner->watchdog_us = notify_watchdog_us();
    runner->sources[0] = g_unix_signal_add(SIGTERM, on_sigterm, runner);
    runner->sources[1] = g_unix_signal_add(SIGINT, on_sigint, runner);
    runner->sources[2] = g_unix_signal_add(SIGHUP, on_sighup, runner);
    runner->sources[3] = g_timeout_add(TICK_MS, on_tick, runner);
    if (runner->lease)
        runner->sources[4] = g_timeout_add_seconds(LOOK_S, on_look, runner);
    notify_send("READY=1"); /* one that waits for its turn is as ready as can be */
    if (!runner->lease) {
        run_take_lead(runner);
        return TRUE;
    }
    tell_watching(runner);
    want(runner);
    on_lease(runner->lease, runner);
    return TRUE;
}

/* What is known is written before the next one may read it. */
static gboolean finish(struct runner *runner, GError **error)
{
    gboolean saved = TRUE;
    struct session *session = runner->session;
    for (guint i = 0; i < G_N_ELEMENTS(runner->sources); i++) {
        if (runner->sources[i])
            g_source_remove(runner->sources[i]);
    }
    if (session->engine) {
        run_note_left(runner);
        engine_note(session->engine, "mode", "done", FALSE, "this manager ends");
        saved = session_save(session, error);
        engine_unlisten(session->engine, runner->listener);
        run_let_go(runner);
    }
    if (runner->lease)
        lease_set_changed_func(runner->lease, NULL, NULL);
    return saved;
}

static void runner_clear(struct runner *runner)
{
    pid_file_free(runner->pid_file);
    takeover_machine_clear(&runner->machine);
    reload_free(runner->reload);
    g_free(runner->told);
}

gboolean run_run(const struct command *command, GError **error)
{
    struct runner runner = {
        .command = command,
        .session = command->session,
        .output = command->output,
        .once = (command->line->given & OPTION_ONCE) != 0,
    };
    gboolean done = begin(&runner, error);
    while (done && runner.stage != STAGE_OVER)
        g_main_context_iteration(NULL, TRUE);
    GError *unsaved = NULL;
    if (!finish(&runner, &unsaved) && !runner.error)
        runner.error = g_steal_pointer(&unsaved);
    g_clear_error(&unsaved);
    command->session->lease = runner.lease; /* given back once the driver is gone */
    runner_clear(&runner);
    command->session->exit_status = runner.status;
    if (runner.error) {
        g_propagate_error(error, runner.error);
        return FALSE;
    }
    return done;
}
