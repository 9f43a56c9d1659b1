/* chore.c - a verb's jobs: what is told of them while they go on, and how they are waited for. */
#include "core/command/chore.h"

#include "core/base/error.h"
#include "core/command/session.h"
#include "core/engine/follow.h"
#include "core/engine/progress.h"

/*
 * How long a migration that ended may keep us waiting for hosts that do not tell where the VM is.
 * The engine goes on asking for longer, for those who stay.
 */
#define DOUBT_MOST_US (20 * CLOCK_SECOND_US)

/* How long after the last answer of a host those are waited for that have not answered at all. */
#define OTHERS_MOST_US CLOCK_SECOND_US

/* --- What is told of them --------------------------------------------------------------------- */

static void tell_progress(struct chore *chore, const struct job *job)
{
    guint permille = job_progress_permille(job);
    g_autofree char *what = job_describe(job);
    g_autofree char *how = progress_describe(&job->progress);
    g_autofree char *text = g_strdup_printf("%s: %u %%, %s", what, permille / 10, how);
    if (permille > 0)
        output_progress(chore->command->output, text);
}

/* What is not as asked or hoped for, each once; scripts find it in the journal. */
static void tell_trouble(struct chore *chore, const struct job *job)
{
    const struct output *output = chore->command->output;
    g_autofree char *what = job_describe(job);
    if (output->terminal && g_strcmp0(job->note, chore->note) != 0)
        output_line(output, "%s: note: %s", what, job->note ? job->note : "");
    g_free(chore->note);
    chore->note = g_strdup(job->note);
    if (job->stuck && !chore->stuck)
        output_line(output, "%s: does not converge: the guest writes faster than it moves", what);
    chore->stuck = job->stuck;
}

/* One reason is the verb's own; of several, each is told when it comes. */
static void chore_fail(struct chore *chore, char *reason_take)
{
    chore->failed++;
    if (chore->asked > 1)
        output_error(chore->command->output, "%s", reason_take);
    g_free(chore->reason);
    chore->reason = reason_take;
}

static void end_job(struct chore *chore, const struct job *job, const char *what)
{
    double seconds = (double)(job->ended_at_us - job->started_at_us) / G_USEC_PER_SEC;
    chore->under_way--;
    if (job->state == JOB_DONE && job->started_at_us == 0) {
        output_line(chore->command->output, "%s: done: %s", what,
                    job->result ? job->result : "nothing had to be done");
        return;
    }
    if (job->state == JOB_DONE) {
        output_line(chore->command->output, "%s: done in %.1f s", what, seconds);
        return;
    }
    const char *result = job->result ? job->result : "no reason given";
    if (g_str_has_prefix(result, "refused: "))
        chore_fail(chore, g_strdup_printf("%s: %s", what, result));
    else
        chore_fail(chore, g_strdup_printf("%s: %s: %s", what, job_state_name(job->state), result));
}

static void on_event(const struct engine_event *event, gpointer data)
{
    struct chore *chore = data;
    const struct job *job = event->job;
    gpointer told;
    if (event->kind != ENGINE_EVENT_JOB)
        return;
    gpointer key = GUINT_TO_POINTER(job_asked_as(job));
    if (!g_hash_table_lookup_extended(chore->jobs, key, NULL, &told))
        return;
    tell_trouble(chore, job);
    if (GPOINTER_TO_UINT(told) == job->state + 1u) {
        tell_progress(chore, job);
        return;
    }
    g_hash_table_replace(chore->jobs, key, GUINT_TO_POINTER(job->state + 1u));
    gboolean doubted = job->kind == JOB_MIGRATE && job->state == JOB_VERIFYING;
    chore->doubted = doubted ? job->id : 0;
    chore->doubt_until_us = clock_mono_us(chore->command->session->clock) + DOUBT_MOST_US;
    g_autofree char *what = job_describe(job);
    if (job_is_over(job))
        end_job(chore, job, what);
    else if (job->attempt > 1 || job->result)
        output_line(chore->command->output, "%s: %s: %s", what, job_state_name(job->state),
                    job->result ? job->result : "again");
    else
        output_line(chore->command->output, "%s: %s", what, job_state_name(job->state));
}

void chore_init(struct chore *chore, const struct command *command, guint asked)
{
    *chore =
        (struct chore){.command = command, .asked = asked, .jobs = g_hash_table_new(NULL, NULL)};
    chore->listener = engine_listen(command->session->engine, on_event, chore);
}

void chore_clear(struct chore *chore)
{
    engine_unlisten(chore->command->session->engine, chore->listener);
    g_hash_table_unref(chore->jobs);
    g_free(chore->reason);
    g_free(chore->note);
}

void chore_add(struct chore *chore, guint id, const GError *refusal)
{
    if (id == 0) {
        chore_fail(chore, g_strdup(refusal->message));
        return;
    }
    g_hash_table_insert(chore->jobs, GUINT_TO_POINTER(id), NULL);
    chore->under_way++;
}

/* --- Waiting for them ------------------------------------------------------------------------- */

static gboolean is_over(gpointer data)
{
    const struct chore *chore = data;
    gint64 now_us = clock_mono_us(chore->command->session->clock);
    return chore->under_way == 0 || (chore->doubted && now_us >= chore->doubt_until_us);
}

/* Returns how many were. */
static guint cancel_jobs(const struct chore *chore)
{
    g_autoptr(GList) ids = g_hash_table_get_keys(chore->jobs);
    guint cancelled = 0;
    for (GList *at = ids; at; at = at->next)
        cancelled +=
            engine_cancel_job(chore->command->session->engine, GPOINTER_TO_UINT(at->data), NULL);
    return cancelled;
}

/* What is over but for the asking cannot be cancelled: then it is not waited for any more. */
static void cancel(gpointer data)
{
    struct chore *chore = data;
    /* Only its own: in a session that stands others act as well. */
    if (cancel_jobs(chore) > 0)
        return;
    chore->doubt_until_us = 0;
    output_error(chore->command->output, "too late to cancel it; another ^C leaves it to itself");
}

/* FALSE, with what is known, when a migration ended and where the VM runs cannot be found out. */
static gboolean check_doubt(const struct chore *chore, GError **error)
{
    const struct engine *engine = chore->command->session->engine;
    const struct job *job = chore->under_way ? engine_find_job(engine, chore->doubted) : NULL;
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
static void leave_jobs(const struct chore *chore)
{
    const struct command *command = chore->command;
    g_autoptr(GList) ids = g_list_sort(g_hash_table_get_keys(chore->jobs), compare_ids);
    for (GList *at = ids; at; at = at->next) {
        const struct job *job =
            engine_find_job(command->session->engine, GPOINTER_TO_UINT(at->data));
        g_autofree char *what = job ? job_describe(job) : NULL;
        if (job && job->id >= FOLLOW_ORDER_FIRST)
            output_line(command->output, "%s: %s", what, job->result); /* it has no number yet */
        else if (job)
            output_line(command->output, "job %u: %s: %s", job->id, what,
                        job_state_name(job->state));
    }
}

static gboolean sum_up(const struct chore *chore, GError **error)
{
    if (chore->failed == 0)
        return TRUE;
    if (chore->asked == 1)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s", chore->reason);
    else
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%u of %u not done", chore->failed,
                    chore->asked);
    return FALSE;
}

gboolean chore_wait(struct chore *chore, GError **error)
{
    return session_wait(chore->command->session, is_over, cancel, chore, error) &&
           check_doubt(chore, error) && sum_up(chore, error);
}

gboolean chore_finish(struct chore *chore, GError **error)
{
    if (!chore->command->session->detached)
        return chore_wait(chore, error);
    leave_jobs(chore);
    return sum_up(chore, error);
}

gboolean chore_finish_one(const struct command *command, guint id, GError **error)
{
    struct chore chore;
    g_assert(id != 0);
    chore_init(&chore, command, 1);
    chore_add(&chore, id, NULL);
    gboolean done = chore_finish(&chore, error);
    chore_clear(&chore);
    return done;
}

/* --- Waiting for what an action needs to know ------------------------------------------------- */

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

gboolean chore_wait_for(const struct command *command, const char *vm, char **hosts, GError **error)
{
    struct awaited awaited = {.session = command->session, .hosts = hosts, .vm = vm};
    return session_wait_answers(command->session, is_seen, &awaited, error);
}

const struct host *chore_find_host(const struct command *command, const char *name, GError **error)
{
    const struct host *host = cluster_find_host(session_cluster(command->session), name);
    if (!host)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "host %s: there is no such host in the cluster", name);
    return host;
}

const struct vm *chore_find_vm(const struct command *command, const char *name, GError **error)
{
    const struct vm *vm = cluster_find_vm(session_cluster(command->session), name);
    if (!vm)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "vm %s: there is no such VM in the cluster", name);
    return vm;
}
