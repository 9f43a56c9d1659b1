/* jobs.c - the manager's jobs: which there are, and taking one back. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/chore.h"
#include "core/command/command_line.h"
#include "core/command/join.h"
#include "core/engine/follow.h"
#include "core/engine/progress.h"

static const struct record_field job_fields[] = {
    {"id", RECORD_NUMBER},      {"state", RECORD_TEXT},     {"kind", RECORD_TEXT},
    {"vm", RECORD_TEXT},        {"from", RECORD_TEXT},      {"to", RECORD_TEXT},
    {"percent", RECORD_NUMBER}, {"seconds", RECORD_NUMBER}, {"who", RECORD_TEXT},
    {"why", RECORD_TEXT},       {"result", RECORD_TEXT},    {NULL},
};
static const struct record_kind jobs_kind = {"jobs", "job", job_fields};
const struct record_kind *const jobs_kinds[] = {&jobs_kind, NULL};

/* Since it began, until it ended. */
static char *seconds_of(const struct job *job, gint64 now_us)
{
    gint64 until_us = job->ended_at_us ? job->ended_at_us : now_us;
    if (job->started_at_us == 0)
        return g_strdup("");
    return g_strdup_printf("%.1f", (double)MAX(until_us - job->started_at_us, 0) / G_USEC_PER_SEC);
}

static char *result_of(const struct job *job)
{
    if (job->state == JOB_RUNNING && job->kind == JOB_MIGRATE)
        return progress_describe(&job->progress);
    return g_strdup(job->result ? job->result : "");
}

static void add_job(struct records *records, const struct job *job, gint64 now_us)
{
    g_autofree char *id = g_strdup_printf("%u", job->id);
    g_autofree char *percent = g_strdup_printf("%u", job_progress_permille(job) / 10);
    g_autofree char *seconds = seconds_of(job, now_us);
    g_autofree char *result = result_of(job);
    records_add(records, id, job_state_name(job->state), job_kind_name(job->kind),
                job->vm ? job->vm : "", job->from, job->to ? job->to : "", percent, seconds,
                job->who ? job->who : "", job->why ? job->why : "", result, NULL);
}

/* Without a manager nobody has jobs but this process, which has none. */
gboolean jobs_run(const struct command *command, G_GNUC_UNUSED GError **error)
{
    const struct session *session = command->session;
    const GPtrArray *jobs = engine_jobs(session->engine);
    struct records *records = records_new(&jobs_kind);
    for (guint i = 0; i < jobs->len; i++)
        add_job(records, jobs->pdata[i], clock_mono_us(session->clock));
    records_print_free(records, command->output);
    return TRUE;
}

static gboolean read_id(const struct command *command, const char *text, guint *id, GError **error)
{
    guint64 number;
    if (g_ascii_string_to_unsigned(text, 10, 1, G_MAXUINT, &number, NULL)) {
        *id = (guint)number;
        return TRUE;
    }
    g_autofree char *shown = text_escape(text);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                "%s %s: is not the number of a job: see roost jobs", command->verb->name, shown);
    return FALSE;
}

/* Reads the number of a job that there is. */
static gboolean find_id(const struct command *command, const char *text, guint *id, GError **error)
{
    struct session *session = command->session;
    if (!read_id(command, text, id, error))
        return FALSE;
    if (engine_find_job(session->engine, *id))
        return TRUE;
    if (!session->simulated && !join_needs_manager(session, error))
        return FALSE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no job %u: see roost jobs", *id);
    return FALSE;
}

gboolean cancel_run(const struct command *command, GError **error)
{
    struct session *session = command->session;
    guint id;
    if (!find_id(command, command->line->arguments[0], &id, error) ||
        !engine_cancel_job(session->engine, id, error) || !join_await_order(session, error))
        return FALSE;
    const struct job *job = engine_find_job(session->engine, id);
    g_autofree char *what = job ? job_describe(job) : NULL;
    if (job)
        output_line(command->output, "job %u, %s: %s", id, what,
                    job_is_over(job) ? job_state_name(job->state) : "being cancelled");
    return TRUE;
}

/* --- Once more ------------------------------------------------------------------------------- */

/* All are looked up before the first is done. */
gboolean retry_run(const struct command *command, GError **error)
{
    gboolean force = (command->line->given & OPTION_FORCE) != 0;
    char **words = command->line->arguments;
    guint count = g_strv_length(words);
    g_autoptr(GArray) ids = g_array_new(FALSE, FALSE, sizeof(guint));
    struct chore chore;
    for (guint i = 0; i < count; i++) {
        guint id;
        if (!find_id(command, words[i], &id, error))
            return FALSE;
        g_array_append_val(ids, id);
    }
    chore_init(&chore, command, count);
    for (guint i = 0; i < count; i++) {
        g_autoptr(GError) refusal = NULL;
        guint id = engine_retry_job(command->session->engine, g_array_index(ids, guint, i), force,
                                    &refusal);
        chore_add(&chore, id, refusal);
    }
    gboolean done = chore_finish(&chore, error);
    chore_clear(&chore);
    return done;
}

/* --- In another order ------------------------------------------------------------------------ */

static gboolean read_places(const struct command *command, gint *places, GError **error)
{
    const char *text = command->line->arguments[1];
    guint64 number = 1;
    if (!text || g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT, &number, NULL)) {
        *places = (gint)number;
        return TRUE;
    }
    g_autofree char *shown = text_escape(text);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s: %s is no number of places: 1 or more",
                command->verb->name, shown);
    return FALSE;
}

static gboolean move(const struct command *command, gint step, GError **error)
{
    struct session *session = command->session;
    gint places;
    guint id;
    if (!read_places(command, &places, error) ||
        !find_id(command, command->line->arguments[0], &id, error) ||
        !engine_move_job(session->engine, id, step * places, error) ||
        !join_await_order(session, error))
        return FALSE;
    const struct job *job = engine_find_job(session->engine, id);
    g_autofree char *what = job ? job_describe(job) : NULL;
    if (job)
        output_line(command->output, "job %u, %s: starts %s", id, what,
                    step < 0 ? "earlier" : "later");
    return TRUE;
}

gboolean raise_run(const struct command *command, GError **error)
{
    return move(command, -1, error);
}

gboolean lower_run(const struct command *command, GError **error)
{
    return move(command, 1, error);
}
