#include "core/command/lines.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/order.h"
#include "core/command/read_line.h"
#include "core/command/slow_writer.h"
#include "core/command/verb.h"
#include "core/engine/follow.h"

struct lines {
    struct session *session;
    const struct command_hooks *hooks;
    struct output output; /* to the writer */
    struct slow_writer *writer;
    enum lines_level level;
    GHashTable *begun; /* ids of jobs that were told to have begun */
    GHashTable *asked; /* job_asked_as of jobs that a line asked for, and that are under way */
    guint listener;
    guint sources[3];
    gboolean warned;  /* that jobs would be left */
    gboolean greeted; /* the summary was told, once all hosts had answered */
    gboolean stop;
};

/* --- What happens ------------------------------------------------------------------------------
 */

static void tell_at(struct lines *lines, gint64 wall_us, const char *sentence, gboolean urgent)
{
    g_autofree char *time = hours_format(lines->session->hours, wall_us, "%H:%M:%S");
    g_autofree char *line = g_strdup_printf("%s %s", time, sentence);

    slow_writer_tell(lines->writer, line, urgent);
}

static void on_job(struct lines *lines, const struct job *job)
{
    gpointer id = GUINT_TO_POINTER(job->id);
    g_autofree char *sentence = NULL;

    if (job_is_over(job)) {
        g_hash_table_remove(lines->asked, GUINT_TO_POINTER(job_asked_as(job)));
        g_hash_table_remove(lines->begun, id);
        return;
    }
    if (job->state != JOB_RUNNING || !g_hash_table_add(lines->begun, id) ||
        lines->level == LINES_QUIET)
        return;
    sentence = lines_say_begun(job);
    tell_at(lines, clock_wall_us(lines->session->clock), sentence, FALSE);
}

static void on_entry(struct lines *lines, const struct journal_entry *entry)
{
    g_autofree char *sentence = lines_say_entry(entry, lines->level);

    if (sentence)
        tell_at(lines, entry->wall_us, sentence, entry->alarm);
}

static void say_all(struct lines *lines, const GPtrArray *sentences)
{
    for (guint i = 0; i < sentences->len; i++)
        output_line(&lines->output, "%s", (const char *)g_ptr_array_index(sentences, i));
}

static void greet(struct lines *lines)
{
    g_autoptr(GPtrArray) sentences = lines_say_summary(lines->session);

    lines->greeted = TRUE;
    say_all(lines, sentences);
}

static void on_event(const struct engine_event *event, gpointer data)
{
    struct lines *lines = data;

    if (event->kind == ENGINE_EVENT_JOURNAL)
        on_entry(lines, event->entry);
    else if (event->kind == ENGINE_EVENT_JOB)
        on_job(lines, event->job);
    lines->stop |= slow_writer_is_broken(lines->writer);
    if (!lines->greeted && engine_has_seen_all(lines->session->engine))
        greet(lines);
}

/* --- Signals ---------------------------------------------------------------------------------- */

/* ^C cancels what a line is at; where none is, it ends the whole. */
static gboolean on_interrupt(gpointer data)
{
    struct lines *lines = data;

    if (lines->session->running)
        session_interrupt(lines->session);
    else
        lines->stop = TRUE;
    return G_SOURCE_CONTINUE;
}

static gboolean on_end(gpointer data)
{
    struct lines *lines = data;

    lines->stop = TRUE;
    if (lines->session->running)
        session_interrupt(lines->session);
    return G_SOURCE_CONTINUE;
}

/* --- Lines that are typed --------------------------------------------------------------------- */

static void show_words(struct lines *lines)
{
    static const char *const words[] = {
        "summary: the lab in some sentences.",
        "where VM: where a VM runs.",
        "host HOST: one host and its VMs.",
        "quiet: only alarms and failures are told; normal: what begins and ends as well; all: "
        "everything.",
        "A verb, such as migrate VM HOST, wake HOST or mode hours: does it; help verbs lists them, "
        "help VERB tells more.",
        "quit, or the end of the input: leaves.",
    };

    for (gsize i = 0; i < G_N_ELEMENTS(words); i++)
        output_line(&lines->output, "%s", words[i]);
}

static void set_level(struct lines *lines, enum lines_level level)
{
    static const char *const told[] = {
        [LINES_QUIET] = "From now on only alarms and failures are told.",
        [LINES_NORMAL] = "From now on it is told what begins and ends.",
        [LINES_ALL] = "From now on everything is told.",
    };

    lines->level = level;
    output_line(&lines->output, "%s", told[level]);
}

static void say_host(struct lines *lines, const char *name)
{
    g_autoptr(GPtrArray) sentences = lines_say_host(lines->session, name);

    if (sentences)
        say_all(lines, sentences);
    else
        output_error(&lines->output, "host %s: there is no such host; list tells which there are",
                     name);
}

static void say_vm(struct lines *lines, const char *name)
{
    g_autofree char *sentence = lines_say_vm(lines->session, name);

    if (sentence)
        output_line(&lines->output, "%s", sentence);
    else
        output_error(&lines->output, "vm %s: there is no such VM; list vm tells which there are",
                     name);
}

/* Who leaves while jobs are under way is told, and leaves by asking once more. Those of a manager
 * that is followed do not end with us. */
static void leave(struct lines *lines)
{
    const struct engine *engine = lines->session->engine;
    guint jobs = engine_follows(engine) ? 0 : engine_jobs_under_way(engine);

    lines->stop = jobs == 0 || lines->warned;
    lines->warned = TRUE;
    if (!lines->stop)
        output_error(&lines->output, "%u job%s under way; quit once more leaves %s to %s", jobs,
                     jobs == 1 ? " is" : "s are", jobs == 1 ? "it" : "them",
                     jobs == 1 ? "itself" : "themselves");
}

/* TRUE when the line was one of our own words. */
static gboolean run_word(struct lines *lines, char **words, guint n)
{
    if (n == 1 && g_str_equal(words[0], "summary"))
        greet(lines);
    else if (n == 1 && g_str_equal(words[0], "help"))
        show_words(lines);
    else if (n == 1 && g_str_equal(words[0], "quiet"))
        set_level(lines, LINES_QUIET);
    else if (n == 1 && g_str_equal(words[0], "normal"))
        set_level(lines, LINES_NORMAL);
    else if (n == 1 && g_str_equal(words[0], "all"))
        set_level(lines, LINES_ALL);
    else if (n == 1 && (g_str_equal(words[0], "quit") || g_str_equal(words[0], "exit")))
        leave(lines);
    else if (n == 2 && g_str_equal(words[0], "where"))
        say_vm(lines, words[1]);
    else if (n == 2 && g_str_equal(words[0], "host"))
        say_host(lines, words[1]);
    else
        return FALSE;
    return TRUE;
}

/* What was asked for and goes on by itself: the end of the input waits for it. */
static void note_asked(struct lines *lines)
{
    const GPtrArray *jobs = engine_jobs(lines->session->engine);

    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = g_ptr_array_index(jobs, i);

        if (order_is_own(lines->session, job))
            g_hash_table_add(lines->asked, GUINT_TO_POINTER(job_asked_as(job)));
    }
}

static void run_line(struct lines *lines, const char *text)
{
    g_auto(GStrv) words = NULL;
    gboolean lists_verbs = g_str_equal(text, "help verbs");
    gint n = 0;

    if (g_utf8_validate(text, -1, NULL))
        g_shell_parse_argv(text, &n, &words, NULL);
    if (words && run_word(lines, words, (guint)n))
        return;
    lines->session->detached = TRUE;
    command_run_line(lines->session, lists_verbs ? "help" : text, &lines->output, lines->hooks);
    lines->session->detached = FALSE;
    note_asked(lines);
}

/* --- The whole -------------------------------------------------------------------------------- */

static gboolean converse(struct lines *lines, GError **error)
{
    while (!lines->stop && !slow_writer_is_broken(lines->writer)) {
        g_autoptr(GError) cause = NULL;
        g_autofree char *line = read_line_stdin(&lines->stop, &cause);

        if (cause && !lines->stop) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FALSE;
        }
        if (!line)
            break;
        run_line(lines, g_strstrip(line));
    }
    return TRUE;
}

/* A manager that ended takes what it was asked for with it: such a job is in no list any more. */
static gboolean is_asked_under_way(const struct lines *lines)
{
    GHashTableIter iter;
    gpointer id;

    g_hash_table_iter_init(&iter, lines->asked);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        const struct job *job = engine_find_job(lines->session->engine, GPOINTER_TO_UINT(id));

        if (job && !job_is_over(job))
            return TRUE;
    }
    return FALSE;
}

/* FALSE for who cannot or will not be waited for any more. */
static gboolean may_wait(const struct lines *lines)
{
    return !lines->stop && !slow_writer_is_broken(lines->writer);
}

/* The end of a script is not the end of what it asked for; ^C is. */
static void wait_for_rest(struct lines *lines)
{
    while (may_wait(lines) && !lines->greeted)
        g_main_context_iteration(NULL, TRUE);
    while (may_wait(lines) && is_asked_under_way(lines))
        g_main_context_iteration(NULL, TRUE);
    lines->stop = FALSE; /* once more leaves what is still to be written unwritten */
    while (may_wait(lines) && !slow_writer_is_done(lines->writer))
        g_main_context_iteration(NULL, TRUE);
}

static void set_up(struct lines *lines)
{
    lines->session->standing = TRUE;
    lines->begun = g_hash_table_new(NULL, NULL);
    lines->asked = g_hash_table_new(NULL, NULL);
    lines->output = (struct output){.out = slow_writer_stream(lines->writer),
                                    .err = slow_writer_stream(lines->writer)};
    lines->sources[0] = g_unix_signal_add(SIGINT, on_interrupt, lines);
    lines->sources[1] = g_unix_signal_add(SIGTERM, on_end, lines);
    lines->sources[2] = g_unix_signal_add(SIGHUP, on_end, lines);
    lines->listener = engine_listen(lines->session->engine, on_event, lines);
}

static void clear(struct lines *lines)
{
    engine_unlisten(lines->session->engine, lines->listener);
    for (guint i = 0; i < G_N_ELEMENTS(lines->sources); i++)
        g_source_remove(lines->sources[i]);
    g_hash_table_unref(lines->begun);
    g_hash_table_unref(lines->asked);
}

gboolean lines_run(struct session *session, const struct output *output,
                   const struct command_hooks *hooks, GError **error)
{
    autoptr(slow_writer) writer = slow_writer_new(fileno(output->out), error);
    struct lines lines = {.session = session, .hooks = hooks, .writer = writer};
    const struct output *before = session->output;

    if (!writer)
        return FALSE;
    fflush(output->out);
    lines.level = LINES_NORMAL;
    set_up(&lines);
    session->output = &lines.output;
    output_line(&lines.output, "roost in lines. help tells what can be typed, quit leaves.");
    if (engine_has_seen_all(session->engine))
        greet(&lines);
    else
        output_line(&lines.output, "Hosts are asked how they are: %u.",
                    session_cluster(session)->hosts->len);
    gboolean done = converse(&lines, error);
    wait_for_rest(&lines);
    session->output = before;
    clear(&lines);
    return done;
}
