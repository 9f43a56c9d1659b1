/* act.c - the verbs that do one thing: migrate, start, stop, wake, off. Each is a job of the
 * engine. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/session.h"
#include "core/engine/progress.h"
#include "core/policy/check.h"

/*
 * How long a migration that ended may keep us waiting for hosts that do not tell where the VM is.
 * The engine goes on asking for longer, for those who stay.
 */
#define DOUBT_MOST_US (20 * CLOCK_SECOND_US)

/* How long after the last answer of a host those are waited for that have not answered at all. */
#define OTHERS_MOST_US CLOCK_SECOND_US

/* The jobs one verb has queued, and what was last told of each. */
struct work {
    const struct command *command;
    GHashTable *jobs; /* id -> last told state + 1, as pointers */
    guint listener;
    guint asked;
    guint under_way;
    guint failed;
    char *reason;          /* of the last failure */
    char *note;            /* of a migration, as last told */
    gboolean stuck;        /* likewise */
    guint doubted;         /* the migration that ended, while it is not known how; 0 = none */
    gint64 doubt_until_us; /* on the session's clock */
};

static void tell_progress(struct work *work, const struct job *job)
{
    guint permille = job_progress_permille(job);
    g_autofree char *what = job_describe(job);
    g_autofree char *how = progress_describe(&job->progress);
    g_autofree char *text = g_strdup_printf("%s: %u %%, %s", what, permille / 10, how);
    if (permille > 0)
        output_progress(work->command->output, text);
}

/* What is not as asked or hoped for, each once; scripts find it in the journal. */
static void tell_trouble(struct work *work, const struct job *job)
{
    const struct output *output = work->command->output;
    g_autofree char *what = job_describe(job);
    if (output->terminal && g_strcmp0(job->note, work->note) != 0)
        output_line(output, "%s: note: %s", what, job->note ? job->note : "");
    g_free(work->note);
    work->note = g_strdup(job->note);
    if (job->stuck && !work->stuck)
        output_line(output, "%s: does not converge: the guest writes faster than it moves", what);
    work->stuck = job->stuck;
}

/* One reason is the verb's own; of several, each is told when it comes. */
static void work_fail(struct work *work, char *reason_take)
{
    work->failed++;
    if (work->asked > 1)
        output_error(work->command->output, "%s", reason_take);
    g_free(work->reason);
    work->reason = reason_take;
}

static void end_job(struct work *work, const struct job *job, const char *what)
{
    double seconds = (double)(job->ended_at_us - job->started_at_us) / G_USEC_PER_SEC;
    work->under_way--;
    if (job->state == JOB_DONE) {
        output_line(work->command->output, "%s: done in %.1f s", what, seconds);
        return;
    }
    const char *result = job->result ? job->result : "no reason given";
    if (g_str_has_prefix(result, "refused: "))
        work_fail(work, g_strdup_printf("%s: %s", what, result));
    else
        work_fail(work, g_strdup_printf("%s: %s: %s", what, job_state_name(job->state), result));
}

static void on_event(const struct engine_event *event, gpointer data)
{
    struct work *work = data;
    const struct job *job = event->job;
    gpointer told;
    if (event->kind != ENGINE_EVENT_JOB)
        return;
    gpointer key = GUINT_TO_POINTER(job_asked_as(job));
    if (!g_hash_table_lookup_extended(work->jobs, key, NULL, &told))
        return;
    tell_trouble(work, job);
    if (GPOINTER_TO_UINT(told) == job->state + 1u) {
        tell_progress(work, job);
        return;
    }
    g_hash_table_replace(work->jobs, key, GUINT_TO_POINTER(job->state + 1u));
    gboolean doubted = job->kind == JOB_MIGRATE && job->state == JOB_VERIFYING;
    work->doubted = doubted ? job->id : 0;
    work->doubt_until_us = clock_mono_us(work->command->session->clock) + DOUBT_MOST_US;
    g_autofree char *what = job_describe(job);
    if (job_is_over(job))
        end_job(work, job, what);
    else if (job->attempt > 1 || job->result)
        output_line(work->command->output, "%s: %s: %s", what, job_state_name(job->state),
                    job->result ? job->result : "again");
    else
        output_line(work->command->output, "%s: %s", what, job_state_name(job->state));
}

static void work_init(struct work *work, const struct command *command, guint asked)
{
    *work = (struct work){.command = command, .asked = asked, .jobs = g_hash_table_new(NULL, NULL)};
    work->listener = engine_listen(command->session->engine, on_event, work);
}

static void work_clear(struct work *work)
{
    engine_unlisten(work->command->session->engine, work->listener);
    g_hash_table_unref(work->jobs);
    g_free(work->reason);
    g_free(work->note);
}

/* Counts a job that was queued, or keeps why it was not. */
static void work_add(struct work *work, guint id, const GError *refusal)
{
    if (id == 0) {
        work_fail(work, g_strdup(refusal->message));
        return;
    }
    g_hash_table_insert(work->jobs, GUINT_TO_POINTER(id), NULL);
    work->under_way++;
}

static gboolean is_over(gpointer data)
{
    const struct work *work = data;
    gint64 now_us = clock_mono_us(work->command->session->clock);
    return work->under_way == 0 || (work->doubted && now_us >= work->doubt_until_us);
}

/* Returns how many were. */
static guint cancel_jobs(const struct work *work)
{
    g_autoptr(GList) ids = g_hash_table_get_keys(work->jobs);
    guint cancelled = 0;
    for (GList *at = ids; at; at = at->next)
        cancelled +=
            engine_cancel_job(work->command->session->engine, GPOINTER_TO_UINT(at->data), NULL);
    return cancelled;
}

/* What is over but for the asking cannot be cancelled: then it is not waited for any more. */
static void cancel(gpointer data)
{
    struct work *work = data;
    /* Only its own: in a session that stands others act as well. */
    if (cancel_jobs(work) > 0)
        return;
    work->doubt_until_us = 0;
    output_error(work->command->output, "too late to cancel it; another ^C leaves it to itself");
}

/* FALSE, with what is known, when a migration ended and where the VM runs cannot be found out. */
static gboolean check_doubt(const struct work *work, GError **error)
{
    const struct engine *engine = work->command->session->engine;
    const struct job *job = work->under_way ? engine_find_job(engine, work->doubted) : NULL;
    if (!job)
        return TRUE;
    const struct cluster *cluster = engine_cluster(engine);
    const struct host *from = cluster_find_host(cluster, job->from);
    const struct host *to = cluster_find_host(cluster, job->to);
    const struct host *silent = to && to->trouble ? to : from;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                "vm %s from %s to %s: it ended, and where the VM runs is not known yet: %s. Ask "
                "again with: roost find %s",
                job->vm, job->from, job->to,
                silent && silent->trouble ? silent->trouble : "the hosts do not tell", job->vm);
    return FALSE;
}

static gint compare_ids(gconstpointer a, gconstpointer b)
{
    guint one = GPOINTER_TO_UINT(a);
    guint other = GPOINTER_TO_UINT(b);
    return one < other ? -1 : one > other;
}

/* In a session that stands others show how they go on. */
static void leave_jobs(const struct work *work)
{
    const struct command *command = work->command;
    g_autoptr(GList) ids = g_list_sort(g_hash_table_get_keys(work->jobs), compare_ids);
    for (GList *at = ids; at; at = at->next) {
        const struct job *job =
            engine_find_job(command->session->engine, GPOINTER_TO_UINT(at->data));
        g_autofree char *what = job ? job_describe(job) : NULL;
        if (job)
            output_line(command->output, "job %u: %s: %s", job->id, what,
                        job_state_name(job->state));
    }
}

static gboolean work_finish(struct work *work, GError **error)
{
    if (work->command->session->detached)
        leave_jobs(work);
    else if (!session_wait(work->command->session, is_over, cancel, work, error) ||
             !check_doubt(work, error))
        return FALSE;
    if (work->failed == 0)
        return TRUE;
    if (work->asked == 1)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s", work->reason);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%u of %u not done", work->failed,
                    work->asked);
    return FALSE;
}

/* --- Waiting for what an action needs to know --------------------------------------------------
 */

struct awaited {
    const struct session *session;
    char **hosts;
    const char *vm; /* may be NULL */
    guint unseen;
    gint64 since_us; /* the last answer came */
};

/* Any host may run a second copy of the VM: those that are about to answer are waited for. */
static gboolean others_keep_silent(struct awaited *awaited)
{
    guint unseen = engine_count_unseen(awaited->session->engine);
    gint64 now_us = clock_mono_us(awaited->session->clock);
    if (awaited->since_us == 0 || unseen != awaited->unseen)
        awaited->since_us = now_us;
    awaited->unseen = unseen;
    return now_us - awaited->since_us >= OTHERS_MOST_US;
}

static gboolean are_named_seen(const struct awaited *awaited)
{
    const struct cluster *cluster = session_cluster(awaited->session);
    const struct vm *vm = awaited->vm ? cluster_find_vm(cluster, awaited->vm) : NULL;
    /* Where it is off it may only be left behind: another host may yet say that it runs there. */
    if (awaited->vm && (!vm || vm->seen_at_us == 0 || vm->also_on || !vm_is_active(vm)))
        return FALSE;
    for (char **name = awaited->hosts; *name; name++) {
        const struct host *host = cluster_find_host(cluster, *name);
        if (!host || host->seen_at_us == 0)
            return FALSE;
    }
    return TRUE;
}

static gboolean is_seen(gpointer data)
{
    struct awaited *awaited = data;
    if (engine_has_seen_all(awaited->session->engine))
        return TRUE;
    gboolean silent = !awaited->vm || others_keep_silent(awaited);
    return are_named_seen(awaited) && silent;
}

/* One host that hangs must not delay what it has nothing to do with. */
static gboolean wait_for(const struct command *command, const char *vm, char **hosts,
                         GError **error)
{
    struct awaited awaited = {.session = command->session, .hosts = hosts, .vm = vm};
    return session_wait_answers(command->session, is_seen, &awaited, error);
}

static gboolean refuse(const struct command *command, enum check_reason reason, const struct vm *vm,
                       const struct host *host, GError **error)
{
    g_autofree char *why =
        check_explain(reason, vm, host, &command->session->config->engine.policy);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s%s", why,
                check_can_force(reason) ? " (--force goes past this)" : "");
    return FALSE;
}

static gboolean is_refused(const struct command *command, enum check_reason reason)
{
    gboolean force = command->line->given & OPTION_FORCE;
    return reason != CHECK_OK && !(force && check_can_force(reason));
}

static const struct host *find_host(const struct command *command, const char *name, GError **error)
{
    const struct host *host = cluster_find_host(session_cluster(command->session), name);
    if (!host)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "host %s: there is no such host in the cluster", name);
    return host;
}

/* --- migrate ---------------------------------------------------------------------------------- */

/* As the configuration would have it: the same words, ranges and refusals. */
static gboolean read_option(struct config *as, const char *name, const char *key, const char *value,
                            GError **error)
{
    g_autoptr(GError) cause = NULL;
    if (!value || config_set(as, "migration", key, value, &cause))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "--%s %s: %s", name, value, cause->message);
    return FALSE;
}

static gboolean read_options(const struct command_line *line, struct migrate_options *options,
                             GError **error)
{
    autoptr(config) as = config_new();
    if (!read_option(as, "mode", "mode", line->mode, error) ||
        !read_option(as, "bandwidth", "bandwidth_mib", line->bandwidth, error) ||
        !read_option(as, "timeout", "timeout", line->timeout, error) ||
        !read_option(as, "on-timeout", "on_timeout", line->on_timeout, error))
        return FALSE;
    *options = (struct migrate_options)MIGRATE_OPTIONS_INIT;
    if (line->mode)
        options->mode = (gint)as->engine.migration_mode;
    if (line->bandwidth)
        options->bandwidth_mib_per_s = (gint64)as->engine.bandwidth_mib_per_s;
    if (line->timeout)
        options->timeout_us = as->engine.migration_timeout_us;
    if (line->on_timeout)
        options->on_timeout = (gint)as->engine.on_timeout;
    return TRUE;
}

gboolean migrate_run(const struct command *command, GError **error)
{
    struct session *session = command->session;
    const char *name = command->line->arguments[0];
    char **to = command->line->arguments + 1;
    struct migrate_options options;
    struct work work;
    if (!read_options(command->line, &options, error) || !find_host(command, *to, error) ||
        !wait_for(command, name, to, error))
        return FALSE;
    const struct vm *vm = cluster_find_vm(session_cluster(session), name);
    const struct host *host = find_host(command, *to, error);
    if (!vm) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "vm %s: there is no such VM in the cluster", name);
        return FALSE;
    }
    if (command->line->given & OPTION_DRY_RUN) {
        enum check_reason reason = engine_check_migrate(session->engine, vm, host);
        if (is_refused(command, reason))
            return refuse(command, reason, vm, host, error);
        output_line(command->output, "would move vm %s from %s to %s", vm->name, vm->host->name,
                    host->name);
        return TRUE;
    }
    work_init(&work, command, 1);
    guint id = engine_migrate_as(session->engine, name, host->name,
                                 (command->line->given & OPTION_FORCE) != 0, &options, error);
    gboolean done = id != 0;
    if (done) {
        work_add(&work, id, NULL);
        done = work_finish(&work, error);
    }
    work_clear(&work);
    return done;
}

/* --- start and stop --------------------------------------------------------------------------- */

static const struct vm *find_vm(const struct command *command, const char *name, GError **error)
{
    const struct vm *vm = cluster_find_vm(session_cluster(command->session), name);
    if (!vm)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "vm %s: there is no such VM in the cluster", name);
    return vm;
}

/* Waits for the one job. */
static gboolean finish_one(const struct command *command, guint id, GError **error)
{
    struct work work;
    work_init(&work, command, 1);
    work_add(&work, id, NULL);
    gboolean done = work_finish(&work, error);
    work_clear(&work);
    return done;
}

gboolean start_run(const struct command *command, GError **error)
{
    struct engine *engine = command->session->engine;
    char **names = command->line->arguments;
    const struct host *host = NULL;
    if (!session_wait_seen(command->session, error))
        return FALSE;
    const struct vm *vm = find_vm(command, names[0], error);
    if (!vm || (names[1] && !(host = find_host(command, names[1], error))))
        return FALSE;
    if (!host)
        host = vm->host;
    if (command->line->given & OPTION_DRY_RUN) {
        enum check_reason reason = engine_check_start(engine, vm, host);
        if (is_refused(command, reason))
            return refuse(command, reason, vm, host, error);
        output_line(command->output, "would start vm %s on %s", vm->name, host->name);
        return TRUE;
    }
    guint id = engine_start_vm(engine, vm->name, host->name,
                               (command->line->given & OPTION_FORCE) != 0, error);
    return id != 0 && finish_one(command, id, error);
}

gboolean stop_run(const struct command *command, GError **error)
{
    const char *name = command->line->arguments[0];
    char *no_hosts[] = {NULL};
    gboolean force = (command->line->given & OPTION_FORCE) != 0;
    if (!wait_for(command, name, no_hosts, error))
        return FALSE;
    const struct vm *vm = find_vm(command, name, error);
    if (!vm)
        return FALSE;
    if (command->line->given & OPTION_DRY_RUN) {
        enum check_reason reason = check_stop(vm);
        if (is_refused(command, reason))
            return refuse(command, reason, vm, vm->host, error);
        output_line(command->output, "would %s vm %s on %s", force ? "force off" : "stop", vm->name,
                    vm->host->name);
        return TRUE;
    }
    guint id = engine_stop_vm(command->session->engine, vm->name, force, error);
    return id != 0 && finish_one(command, id, error);
}

/* --- wake and off ----------------------------------------------------------------------------- */

struct power {
    const char *word;
    guint (*queue)(struct engine *engine, const char *host, gboolean force, GError **error);
    enum check_reason (*check)(const struct command *command, const struct host *host);
};

static guint queue_wake(struct engine *engine, const char *host, G_GNUC_UNUSED gboolean force,
                        GError **error)
{
    return engine_wake(engine, host, error);
}

static enum check_reason may_wake(G_GNUC_UNUSED const struct command *command,
                                  const struct host *host)
{
    return check_wake(host);
}

static enum check_reason may_switch_off(const struct command *command, const struct host *host)
{
    return check_power_off(host, &command->session->config->engine.policy,
                           clock_mono_us(command->session->clock), FALSE);
}

static gboolean try_one(const struct command *command, const struct power *power,
                        const struct host *host, GError **error)
{
    enum check_reason reason = power->check(command, host);
    if (is_refused(command, reason))
        return refuse(command, reason, NULL, host, error);
    output_line(command->output, "would %s %s", power->word, host->name);
    return TRUE;
}

static gboolean power_run(const struct command *command, const struct power *power, GError **error)
{
    char **names = command->line->arguments;
    struct work work;
    for (char **name = names; *name; name++) {
        if (!find_host(command, *name, error))
            return FALSE;
    }
    if (!wait_for(command, NULL, names, error))
        return FALSE;
    work_init(&work, command, g_strv_length(names));
    for (char **name = names; *name; name++) {
        g_autoptr(GError) refusal = NULL;
        const struct host *host = find_host(command, *name, NULL);
        gboolean dry = command->line->given & OPTION_DRY_RUN;
        guint id = 0;
        if (dry && try_one(command, power, host, &refusal))
            continue;
        if (!dry)
            id = power->queue(command->session->engine, host->name,
                              (command->line->given & OPTION_FORCE) != 0, &refusal);
        work_add(&work, id, refusal);
    }
    gboolean done = work_finish(&work, error);
    work_clear(&work);
    return done;
}

gboolean wake_run(const struct command *command, GError **error)
{
    static const struct power wake = {"wake", queue_wake, may_wake};
    return power_run(command, &wake, error);
}

gboolean off_run(const struct command *command, GError **error)
{
    static const struct power off = {"switch off", engine_power_off, may_switch_off};
    return power_run(command, &off, error);
}
