#include "core/command/command.h"

#include <errno.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/command/join.h"
#include "core/command/kiosk.h"
#include "core/command/limits.h"
#include "core/command/lines.h"
#include "core/engine/follow.h"

static int status_of(const GError *error)
{
    return error->domain == ROOST_ERROR && error->code == ROOST_ERROR_USAGE ? COMMAND_USAGE
                                                                            : COMMAND_FAILED;
}

static int tell(const struct output *output, const GError *error)
{
    int status = status_of(error);
    output_error(output, "%s", error->message);
    if (status == COMMAND_USAGE)
        output_error(output, "see roost help");
    return status;
}

/* A frame for somebody who cannot press a key: nothing is to come of it. */
static gboolean is_picture(const struct command_line *line)
{
    return line->verb ? line->verb->run == snapshot_run : (line->given & OPTION_BATCH) != 0;
}

/* Only looks: what cannot be written down is no obstacle. */
static gboolean is_looking(const struct command_line *line)
{
    if (!line->verb)
        return (line->given & (OPTION_READONLY | OPTION_BATCH)) != 0;
    return line->verb->needs == NEEDS_SIGHT || line->given & OPTION_DRY_RUN;
}

/* The console without a word about a lab shows the built-in one. */
static void fill_request(struct session_request *request, const struct command_line *line,
                         enum kiosk kiosk)
{
    gboolean console = line->verb == NULL;
    gboolean lives = line->verb && line->verb->run == run_run && !(line->given & OPTION_ONCE);
    gboolean watched = line->verb && line->verb->run == shell_run &&
                       (line->given & OPTION_SPEED || isatty(STDIN_FILENO));
    gboolean simulated_only = line->given & (OPTION_SEED | OPTION_FAULTS | OPTION_SPEED);
    *request = (struct session_request){
        .config = line->config,
        .lab = line->lab,
        .policy = line->policy,
        .faults = line->faults,
        .seed = line->seed,
        .paced = (console && !(line->given & OPTION_BATCH)) || lives || watched,
        .speed = line->speed,
        .looks = is_looking(line),
        .bare = line->verb && line->verb->needs == NEEDS_CLUSTER,
        .readonly = (line->given & OPTION_READONLY) != 0 || (is_picture(line) && !line->at),
        .console = console,
    };
    if (kiosk != KIOSK_NONE && !line->config && !line->lab)
        request->config = kiosk_config();
    if (console && !request->config && !line->lab && !line->config &&
        (simulated_only || !session_has_config()))
        request->lab = "ercolani";
    /* --at is refused for a real lab, but only once it is open. */
    request->readonly |= is_picture(line) && !request->lab;
}

/* What a console begins with, be it a screen or lines. */
static void begin_mode(const struct session *session)
{
    /* A lab that is only shown may show the night; a real one waits to be told. */
    gboolean show = session->simulated && !session->config->path;
    /* A manager that is followed has its own, which nobody changes by looking at it. */
    if (!engine_follows(session->engine))
        engine_set_mode(session->engine, show ? ENGINE_BY_HOURS : session->config->mode);
}

static gboolean run_observing(const struct command *command, GError **error)
{
    const struct command_line *line = command->line;
    gboolean observes = !line->verb || line->verb->needs >= NEEDS_SIGHT;
    gboolean patient = line->verb || line->given & OPTION_BATCH;
    if (observes && !session_join(command->session, patient, error))
        return FALSE;
    if (line->verb)
        return line->verb->run(command, error);
    if (!(line->given & OPTION_BATCH))
        begin_mode(command->session);
    if (line->given & OPTION_LINE_MODE)
        return lines_run(command->session, command->output, command->hooks, error);
    return command->hooks->console(command, error);
}

static gboolean run_in_session(const struct command_line *line, const struct output *output,
                               const struct command_hooks *hooks, enum kiosk kiosk, int *status,
                               GError **error)
{
    struct session_request request;
    fill_request(&request, line, kiosk);
    struct session *session = session_open(&request, output, error);
    if (!session)
        return FALSE;
    struct command command = {line->verb, line, output, hooks, session};
    session->limits.kiosk = kiosk != KIOSK_NONE;
    gboolean done = limits_check(session->limits, line, error) && run_observing(&command, error);
    if (!done && session->exit_status > 0)
        *status = session->exit_status;
    /* What failed first is the reason; what else failed is only told. */
    g_autoptr(GError) unsaved = NULL;
    if (!session_close(session, &unsaved)) {
        if (done)
            g_propagate_error(error, g_steal_pointer(&unsaved));
        else
            output_error(output, "%s", unsaved->message);
        done = FALSE;
    }
    return done;
}

/* *status is set only by a verb that says itself how it failed. */
static gboolean run(const struct command_line *line, const struct output *output,
                    const struct command_hooks *hooks, enum kiosk kiosk, int *status,
                    GError **error)
{
    struct output formatted = *output;
    struct command command = {line->verb, line, &formatted, hooks, NULL};
    if (line->version)
        return version_run(&command, error);
    if (line->help)
        return help_show(output, line->verb);
    output_begin(&formatted, line->format);
    gboolean done = line->verb && line->verb->needs == NEEDS_NOTHING
                        ? line->verb->run(&command, error)
                        : run_in_session(line, &formatted, hooks, kiosk, status, error);
    output_end(&formatted);
    return done;
}

/* A full disk or a closed pipe is a failure like any other. */
static gboolean flush(const struct output *output)
{
    if (fflush(output->out) == 0 && !ferror(output->out))
        return TRUE;
    if (errno != EPIPE)
        output_error(output, "the output could not be written: %s", g_strerror(errno));
    return FALSE;
}

int command_main(int argc, char **argv, const struct output *output,
                 const struct command_hooks *hooks)
{
    g_autoptr(GError) error = NULL;
    int status = COMMAND_DONE;
    int own_status = COMMAND_DONE;
    enum kiosk kiosk = kiosk_find(argc, argv);
    autoptr(command_line) line =
        kiosk_check(kiosk, argc, argv, &error) ? command_line_parse(argc, argv, &error) : NULL;
    if (!line || !run(line, output, hooks, kiosk, &own_status, &error)) {
        status = tell(output, error);
        status = own_status != COMMAND_DONE ? own_status : status;
    }
    if (!flush(output) && status == COMMAND_DONE)
        status = COMMAND_FAILED;
    return status;
}

/* --- A line in a session that stands ---------------------------------------------------------- */

/* TRUE with *line NULL when there is nothing on it. */
static gboolean read_line(const char *text, struct command_line **line, GError **error)
{
    g_auto(GStrv) words = NULL;
    g_autoptr(GError) cause = NULL;
    if (!g_utf8_validate(text, -1, NULL))
        return error_refuse(error, ROOST_ERROR_USAGE, "this is no UTF-8 text");
    if (!g_shell_parse_argv(text, NULL, &words, &cause))
        return g_error_matches(cause, G_SHELL_ERROR, G_SHELL_ERROR_EMPTY_STRING) ||
               error_refuse(error, ROOST_ERROR_USAGE, "%s", cause->message);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_strv_builder_add(builder, "roost");
    for (char **word = words; *word; word++)
        g_strv_builder_add(builder, *word);
    g_auto(GStrv) argv = g_strv_builder_end(builder);
    *line = command_line_parse((int)g_strv_length(argv), argv, error);
    return *line != NULL;
}

static gboolean check_standing(const struct session *session, const struct command_line *line,
                               GError **error)
{
    guint64 chosen = line->given & (OPTION_SEED | OPTION_FAULTS);
    const struct verb *verb = line->verb;
    if (!verb && !line->version && !line->help)
        return error_refuse(error, ROOST_ERROR_USAGE, "which verb?");
    if (verb && verb->flags & VERB_ALONE && !line->help)
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "%s: is a session of its own: leave this one first", verb->name);
    if (!limits_check(session->limits, line, error))
        return FALSE;
    if (!verb || line->help || line->version || verb->needs == NEEDS_NOTHING)
        return TRUE;
    if (line->config || line->lab || chosen & ~verb->options)
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "the lab was chosen already: -c, --lab, --seed and --faults are for "
                            "another run of roost");
    if (line->policy && session->detached && verb->needs == NEEDS_ENGINE &&
        !(line->given & OPTION_DRY_RUN))
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "--policy: is not for what goes on by itself: set the policy first");
    if (verb->needs == NEEDS_ENGINE && session->store && !session->keeper &&
        !engine_follows(session->engine) && !(line->given & OPTION_DRY_RUN)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "%s: nothing is done that cannot be written down, and the journal in %s "
                    "cannot be written",
                    verb->name, store_dir(session->store));
        return FALSE;
    }
    return TRUE;
}

/* With --policy, for as long as the verb runs. */
static gboolean run_with_policy(const struct command *command, GError **error)
{
    const struct command_line *line = command->line;
    struct engine *engine = command->session->engine;
    if (!line->policy || line->verb->needs == NEEDS_NOTHING)
        return line->verb->run(command, error);
    enum policy_kind before = engine_settings(engine)->policy.kind;
    enum policy_kind kind;
    if (!policy_kind_parse(line->policy, &kind))
        return error_refuse(error, ROOST_ERROR_USAGE,
                            "--policy %s: there is no such policy, only pack and pairs",
                            line->policy);
    engine_set_policy(engine, kind);
    gboolean done = line->verb->run(command, error);
    engine_set_policy(engine, before);
    return done;
}

static gboolean run_standing(const struct command *command, struct output *output, GError **error)
{
    if (command->line->version)
        return version_run(command, error);
    if (command->line->help)
        return help_show(output, command->verb);
    output_begin(output, command->line->format);
    gboolean done = run_with_policy(command, error);
    output_end(output);
    return done;
}

static gboolean run_line(struct session *session, const struct command_line *line,
                         const struct output *output, const struct command_hooks *hooks,
                         GError **error)
{
    struct output formatted = *output;
    const struct command command = {line->verb, line, &formatted, hooks, session};
    session->running = line->verb;
    gboolean done = run_standing(&command, &formatted, error);
    session->running = NULL;
    return done;
}

int command_run_line(struct session *session, const char *text, const struct output *output,
                     const struct command_hooks *hooks)
{
    g_autoptr(GError) error = NULL;
    autoptr(command_line) line = NULL;
    if (session->running) {
        output_error(output, "%s is not done yet", session->running->name);
        return COMMAND_FAILED;
    }
    session->standing = TRUE;
    session->interrupts = 0;
    session->exit_status = COMMAND_DONE;
    gboolean done = read_line(text, &line, &error) &&
                    (!line || (check_standing(session, line, &error) &&
                               run_line(session, line, output, hooks, &error)));
    int status = done ? COMMAND_DONE : tell(output, error);
    if (!done && session->exit_status > 0)
        status = session->exit_status;
    fflush(output->out);
    return status;
}
