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
#include "core/command/command.h"
#include "core/command/command_line.h"
#include "core/command/run_log.h"
#include "core/command/run_reload.h"
#include "core/command/verb.h"
#include "core/manager/leader.h"
#include "core/manager/manager.h"
#include "core/manager/notify.h"
#include "core/manager/pid_file.h"
#include "core/manager/socket.h"
#include "core/manager/takeover.h"
#include "core/store/lease.h"

#define TICK_MS    500
#define LOOK_S     30                     /* how often a watcher looks at the stored cluster */
#define AGAIN_US   (10 * CLOCK_SECOND_US) /* after a cluster that could not be read */
#define VERIFY_US  (25 * CLOCK_SECOND_US) /* the most that a hand-over waits for migrations */
#define UNKNOWN_US (60 * CLOCK_SECOND_US) /* --once: the most that it waits for its turn */

#define STATUS_LEFT 3 /* ended at once, in the middle of something */

enum stage {
    STAGE_WATCHING, /* another has the lease, or nobody yet */
    STAGE_LEADING,
    STAGE_FINISHING, /* SIGINT: what runs is waited for */
    STAGE_HANDING,   /* SIGTERM: what would die with us is being taken back */
    STAGE_OVER,
};

struct runner {
    const struct command *command;
    struct session *session;
    const struct output *output;
    struct lease *lease; /* NULL = a simulated lab without a store */
    struct manager *manager;
    struct leader *leader;
    struct pid_file *pid_file;
    struct takeover_machine machine;
    struct reload *reload;
    enum stage stage;
    gboolean once;
    gboolean aimed; /* --once: its goal is set */
    guint interrupts;
    guint sources[5];
    gint64 begun_us;    /* monotonic of the system, as the next ones */
    gint64 until_us;    /* a hand-over waits no longer */
    gint64 again_us;    /* the lease is wanted again then; 0 = it is wanted */
    gint64 watchdog_us; /* 0 = none */
    gint64 told_alive_us;
    guint listener;
    char *told; /* the last status */
    int status;
    GError *error;
};

static void end(struct runner *runner, int status, GError *error)
{
    runner->stage = STAGE_OVER;
    runner->status = status;
    if (error && !runner->error)
        runner->error = error;
    else
        g_clear_error(&error);
}

/* --- What is told ----------------------------------------------------------------------------- */

static guint64 fence_of(const struct runner *runner)
{
    return runner->lease ? lease_look(runner->lease).own_fence : 0;
}

/* To the service manager, the pid file and, when it is news, the log. */
static void tell(struct runner *runner, enum run_log_level level, const char *text)
{
    static const char *const words[] = {"waiting", "manager", "ending", "ending", "ending"};
    if (runner->pid_file)
        pid_file_write(runner->pid_file, words[runner->stage], fence_of(runner));
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
    tell(runner, view.state == LEASE_TROUBLE ? RUN_LOG_ERROR : RUN_LOG_NOTICE, text);
}

static void on_event(const struct engine_event *event, gpointer data)
{
    const struct runner *runner = data;
    if (event->kind == ENGINE_EVENT_JOURNAL)
        run_log_entry(runner->output, event->entry);
}

/* --- Leading ---------------------------------------------------------------------------------- */

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
    lease_want(runner->lease, cluster ? takeover_delay_us(cluster, own_host(runner), step_us) : 0);
}

static void place_manager(struct runner *runner)
{
    struct cluster *cluster = runner->session->cluster;
    struct host *host = takeover_find_host(cluster, &runner->machine);
    if (!runner->lease)
        return; /* a simulated lab has its own */
    cluster_set_manager(cluster, host);
    if (host)
        run_log(runner->output, RUN_LOG_NOTICE,
                "this machine is host %s: it is never switched off while it is the manager",
                host->name);
    else
        run_log(runner->output, RUN_LOG_NOTICE,
                "this machine is no host of the cluster: any of them may be switched off");
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
        .fence = fence_of(runner),
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
                                            runner->machine.hostname, fence_of(runner));
    engine_note(session->engine, "mode", "", FALSE, text);
    tell(runner, RUN_LOG_NOTICE, text);
    set_aim(runner);
    return TRUE;
}

static void take_lead(struct runner *runner)
{
    g_autoptr(GError) error = NULL;
    if (begin_leading(runner, &error))
        return;
    run_log(runner->output, RUN_LOG_ERROR, "%s", error->message);
    session_unobserve(runner->session);
    if (runner->once || !runner->lease) {
        end(runner, COMMAND_FAILED, g_steal_pointer(&error));
        return;
    }
    /* Another may be able to. */
    runner->stage = STAGE_WATCHING;
    lease_give_back(runner->lease);
    runner->again_us = g_get_monotonic_time() + AGAIN_US;
}

static void let_go(struct runner *runner)
{
    g_clear_pointer(&runner->leader, leader_free);
    g_clear_pointer(&runner->manager, manager_free);
    session_unobserve(runner->session);
}

static void note_left(const struct runner *runner)
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

static void be_deposed(struct runner *runner)
{
    engine_hold(runner->session->engine, TRUE);
    engine_step_down(runner->session->engine, "another manager has taken over");
    note_left(runner);
    let_go(runner);
    g_autoptr(GError) error = NULL;
    if (!session_load(runner->session, &error))
        run_log(runner->output, RUN_LOG_WARNING, "%s", error->message);
    if (runner->stage != STAGE_LEADING || runner->once) {
        end(runner, runner->once ? COMMAND_FAILED : COMMAND_DONE,
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
        take_lead(runner);
    else if (leads && view.own_fence == 0 && view.state != LEASE_MINE)
        be_deposed(runner);
    else if (!leads)
        tell_watching(runner);
    if (runner->once && view.state == LEASE_HELD && runner->stage == STAGE_WATCHING)
        end(runner, COMMAND_DONE, NULL); /* that one does what the hour demands */
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
        end(runner, COMMAND_DONE, NULL);
        return G_SOURCE_CONTINUE;
    }
    if (runner->stage == STAGE_HANDING)
        return G_SOURCE_CONTINUE;
    runner->stage = STAGE_HANDING;
    runner->until_us = g_get_monotonic_time() + VERIFY_US;
    start_no_more(runner);
    cancel_dying(runner);
    tell(runner, RUN_LOG_NOTICE, "SIGTERM: hands over");
    return G_SOURCE_CONTINUE;
}

static gboolean on_sigint(gpointer data)
{
    struct runner *runner = data;
    runner->interrupts++;
    if (!runner->session->engine) {
        end(runner, COMMAND_DONE, NULL);
    } else if (runner->interrupts > 1) {
        end(runner, STATUS_LEFT,
            g_error_new(ROOST_ERROR, ROOST_ERROR_CANCELLED,
                        "interrupted twice: what was under way is left to itself"));
    } else if (runner->stage == STAGE_LEADING) {
        runner->stage = STAGE_FINISHING;
        start_no_more(runner);
        tell(runner, RUN_LOG_NOTICE,
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
        tell(runner, RUN_LOG_NOTICE, "this is the manager");
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
        end(runner, COMMAND_FAILED,
            g_error_new(ROOST_ERROR, ROOST_ERROR_TIMEOUT, "%s",
                        runner->told ? runner->told : "the lease was not to be had"));
    if (!engine || !runner->aimed || engine_goal(engine) != ENGINE_GOAL_NONE ||
        engine_jobs_under_way(engine) > 0 || runner->stage != STAGE_LEADING)
        return;
    if (engine_goal_failures(engine) > 0)
        end(runner, COMMAND_FAILED,
            g_error_new(ROOST_ERROR, ROOST_ERROR_FAILED, "%s", engine_goal_summary(engine)));
    else
        end(runner, COMMAND_DONE, NULL);
}

static void check_end(struct runner *runner)
{
    struct engine *engine = runner->session->engine;
    if (runner->stage == STAGE_FINISHING && engine_jobs_running(engine) == 0)
        end(runner, COMMAND_DONE, NULL);
    else if (runner->stage == STAGE_HANDING &&
             (count_dying(runner) == 0 || g_get_monotonic_time() >= runner->until_us))
        end(runner, COMMAND_DONE, NULL);
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
    check_end(runner);
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

static gboolean open_lease(struct runner *runner, GError **error)
{
    if (!runner->session->store)
        return TRUE;
    runner->lease = session_lease_new(runner->session, "run", error);
    if (!runner->lease)
        return FALSE;
    lease_set_changed_func(runner->lease, on_lease, runner);
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
        take_lead(runner);
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
        note_left(runner);
        engine_note(session->engine, "mode", "done", FALSE, "this manager ends");
        saved = session_save(session, error);
        engine_unlisten(session->engine, runner->listener);
        let_go(runner);
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
