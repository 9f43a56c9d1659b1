/* shell.c - `roost shell`, the thesis's cluster> (R22): one verb a line, in one session. */
#include "core/command/verb.h"

#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/base/user_state.h"
#include "core/command/command.h"
#include "core/command/command_line.h"
#include "core/command/order.h"
#include "core/command/read_line.h"
#include "core/command/shell_editor.h"
#include "core/command/shell_history.h"
#include "core/engine/follow.h"

#define NAME_CELLS 20

struct shell {
    const struct command *command;
    struct session *session;
    struct shell_editor *editor; /* NULL for a script */
    GHashTable *left;            /* id of a job that was not waited for */
    char *history;               /* path; NULL = cannot be kept */
    guint sources[3];            /* of signals */
    gboolean quit;
    gboolean warned;      /* of jobs that would be left */
    gboolean interrupted; /* by ^C, while no verb ran */
};

/* --- What is told between ----------------------------------------------------------------------
 */

static gboolean tells_alarms(const struct verb *verb)
{
    return verb && (verb->run == compact_run || verb->run == normalize_run);
}

static void on_alarm(const struct shell *shell, const struct journal_entry *entry)
{
    if (!tells_alarms(shell->session->running))
        output_error(shell->command->output, "%s%s%s", entry->object, *entry->object ? ": " : "",
                     entry->text);
}

static void on_left_job(const struct shell *shell, const struct job *job)
{
    g_autofree char *what = job_describe(job);
    g_hash_table_remove(shell->left, GUINT_TO_POINTER(job_asked_as(job)));
    output_line(shell->command->output, "job %u: %s: %s%s%s", job->id, what,
                job_state_name(job->state), job->result ? ": " : "",
                job->result ? job->result : "");
}

static void on_event(const struct engine_event *event, gpointer data)
{
    struct shell *shell = data;
    gboolean alarm = event->kind == ENGINE_EVENT_JOURNAL && event->entry->alarm;
    gboolean ended = event->kind == ENGINE_EVENT_JOB && job_is_over(event->job) &&
                     g_hash_table_contains(shell->left, GUINT_TO_POINTER(job_asked_as(event->job)));
    if (!alarm && !ended)
        return;
    if (shell->editor)
        shell_editor_hide(shell->editor);
    if (alarm)
        on_alarm(shell, event->entry);
    else
        on_left_job(shell, event->job);
    if (shell->editor)
        shell_editor_show(shell->editor);
}

/* --- Signals ---------------------------------------------------------------------------------- */

static void interrupt(struct shell *shell)
{
    if (shell->session->running) {
        session_interrupt(shell->session);
        return;
    }
    shell->interrupted = TRUE;
    if (shell->editor)
        shell_editor_interrupt(shell->editor);
}

static gboolean on_interrupt(gpointer data)
{
    interrupt(data);
    return G_SOURCE_CONTINUE;
}

/* SIGTERM and SIGHUP: what runs is cancelled, and then it ends. */
static gboolean on_end(gpointer data)
{
    struct shell *shell = data;
    shell->quit = TRUE;
    interrupt(shell);
    return G_SOURCE_CONTINUE;
}

/* --- One line --------------------------------------------------------------------------------- */

/* Takes a lone & at the end away. */
static gboolean take_ampersand(char *text)
{
    gsize length = strlen(text);
    if (length < 2 || text[length - 1] != '&' || !g_ascii_isspace(text[length - 2]))
        return FALSE;
    text[length - 1] = '\0';
    return TRUE;
}

static void note_left(struct shell *shell)
{
    const GPtrArray *jobs = engine_jobs(shell->session->engine);
    for (guint i = 0; i < jobs->len; i++) {
        const struct job *job = jobs->pdata[i];
        if (order_is_own(shell->session, job))
            g_hash_table_add(shell->left, GUINT_TO_POINTER(job_asked_as(job)));
    }
}

/* The status of a line; that it leaves the shell is in shell->quit. */
static int run_line(struct shell *shell, const char *line)
{
    g_autofree char *text = g_strstrip(g_strdup(line));
    if (strcmp(text, "exit") == 0 || strcmp(text, "quit") == 0) {
        shell->quit = TRUE;
        return COMMAND_DONE;
    }
    gboolean detached = take_ampersand(text);
    shell->session->detached = detached;
    int status =
        command_run_line(shell->session, text, shell->command->output, shell->command->hooks);
    shell->session->detached = FALSE;
    if (detached)
        note_left(shell);
    return status;
}

/* --- At a terminal ---------------------------------------------------------------------------- */

static struct completion *on_complete(const char *line, gsize cursor, gpointer data)
{
    const struct shell *shell = data;
    const struct complete_source source = {
        .verbs = verbs,
        .cluster = session_cluster(shell->session),
        .jobs = engine_jobs(shell->session->engine),
        .standing = TRUE,
    };
    return complete_line(&source, line, cursor);
}

/* "[ercolani manual] cluster> " */
static char *make_prompt(const struct shell *shell)
{
    const struct session *session = shell->session;
    g_autofree char *escaped = text_escape(session_cluster(session)->name);
    g_autofree char *name = text_fit(escaped, NAME_CELLS, FALSE);
    return g_strdup_printf("[%s %s] cluster> ", name,
                           engine_mode_name(engine_mode(session->engine)));
}

static void remember(struct shell *shell, const char *line)
{
    g_autoptr(GError) error = NULL;
    if (!shell_history_takes(line))
        return;
    shell_editor_remember(shell->editor, line);
    if (shell->history && !shell_history_add(shell->history, line, &error)) {
        output_error(shell->command->output, "%s: the history is not kept", error->message);
        g_clear_pointer(&shell->history, g_free);
    }
}

/* Who leaves while jobs run is told, and leaves by asking once more; those of a manager that is
 * followed do not end with us. */
static gboolean may_leave(struct shell *shell)
{
    const struct engine *engine = shell->session->engine;
    guint jobs = engine_follows(engine) ? 0 : engine_jobs_under_way(engine);
    if (jobs == 0 || shell->warned)
        return TRUE;
    output_error(shell->command->output, "%u job%s under way; once more leaves %s to %s", jobs,
                 jobs == 1 ? " is" : "s are", jobs == 1 ? "it" : "them",
                 jobs == 1 ? "itself" : "themselves");
    shell->warned = TRUE;
    return FALSE;
}

/* One line read and run; FALSE when it was the last. */
static gboolean serve(struct shell *shell)
{
    enum shell_end end;
    g_autofree char *prompt = make_prompt(shell);
    g_autofree char *line = shell_editor_read(shell->editor, prompt, &end);
    if (end != SHELL_LINE)
        fputs(end == SHELL_INTERRUPTED ? "^C\n" : "\n", shell->command->output->out);
    if (shell->quit)
        return FALSE;
    if (end == SHELL_INTERRUPTED)
        return TRUE;
    if (end == SHELL_EOF)
        return !may_leave(shell);
    remember(shell, line);
    run_line(shell, line);
    gboolean wants = shell->quit && !may_leave(shell);
    if (wants)
        shell->quit = FALSE;
    else
        shell->warned = FALSE;
    return !shell->quit;
}

static void converse(struct shell *shell)
{
    g_autoptr(GPtrArray) lines = shell_history_load(shell->history);
    for (guint i = 0; i < lines->len; i++)
        shell_editor_remember(shell->editor, lines->pdata[i]);
    output_line(shell->command->output, "help tells the verbs, TAB completes, ^D leaves");
    while (serve(shell))
        ;
}

/* --- A script --------------------------------------------------------------------------------- */

static gboolean follow_script(struct shell *shell, GError **error)
{
    gboolean keep_going = (shell->command->line->given & OPTION_KEEP_GOING) != 0;
    guint failed_line = 0;
    int failed_status = 0;
    for (guint number = 1; !shell->quit && (failed_line == 0 || keep_going); number++) {
        g_autoptr(GError) cause = NULL;
        g_autofree char *line = read_line_stdin(&shell->interrupted, &cause);
        if (cause) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return FALSE;
        }
        if (!line)
            break;
        int status = run_line(shell, line);
        if (status != COMMAND_DONE && failed_line == 0) {
            failed_line = number;
            failed_status = status;
        }
    }
    if (failed_line == 0)
        return TRUE;
    shell->session->exit_status = failed_status;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "line %u failed%s", failed_line,
                keep_going ? "" : ", and those after it were not run (--keep-going runs them)");
    return FALSE;
}

/* --- The whole -------------------------------------------------------------------------------- */

static void set_up(struct shell *shell)
{
    shell->session->standing = TRUE;
    shell->left = g_hash_table_new(NULL, NULL);
    shell->history = user_state_path(SHELL_HISTORY_NAME);
    shell->sources[0] = g_unix_signal_add(SIGINT, on_interrupt, shell);
    shell->sources[1] = g_unix_signal_add(SIGTERM, on_end, shell);
    shell->sources[2] = g_unix_signal_add(SIGHUP, on_end, shell);
}

static void clear(struct shell *shell)
{
    for (guint i = 0; i < G_N_ELEMENTS(shell->sources); i++)
        g_source_remove(shell->sources[i]);
    shell_editor_free(shell->editor);
    g_hash_table_unref(shell->left);
    g_free(shell->history);
}

gboolean shell_run(const struct command *command, GError **error)
{
    struct shell shell = {.command = command, .session = command->session};
    gboolean done = TRUE;
    set_up(&shell);
    if (isatty(STDIN_FILENO) && command->output->terminal)
        shell.editor = shell_editor_new(command->output->out, on_complete, &shell);
    guint listener = engine_listen(command->session->engine, on_event, &shell);
    if (shell.editor)
        converse(&shell);
    else
        done = follow_script(&shell, error);
    engine_unlisten(command->session->engine, listener);
    clear(&shell);
    return done;
}
