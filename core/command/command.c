#include "core/command/command.h"

#include <errno.h>

#include "core/base/error.h"
#include "core/command/join.h"

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

/* The console without a word about a lab shows the built-in one. */
static void fill_request(struct session_request *request, const struct command_line *line)
{
    gboolean console = line->verb == NULL;
    gboolean lives = line->verb && line->verb->run == run_run && !(line->given & OPTION_ONCE);
    gboolean simulated_only = line->given & (OPTION_SEED | OPTION_FAULTS | OPTION_SPEED);
    *request = (struct session_request){
        .config = line->config,
        .lab = line->lab,
        .policy = line->policy,
        .faults = line->faults,
        .seed = line->seed,
        .paced = console || lives,
        .speed = line->speed,
        .looks = line->verb && (line->verb->needs == NEEDS_SIGHT || line->given & OPTION_DRY_RUN),
        .bare = line->verb && line->verb->needs == NEEDS_CLUSTER,
    };
    if (console && !line->lab && !line->config && (simulated_only || !session_has_config()))
        request->lab = "ercolani";
}

static gboolean run_in_session(const struct command_line *line, const struct output *output,
                               const struct command_hooks *hooks, int *status, GError **error)
{
    struct session_request request;
    fill_request(&request, line);
    struct session *session = session_open(&request, output, error);
    if (!session)
        return FALSE;
    struct command command = {line->verb, line, output, hooks, session};
    gboolean observes = !line->verb || line->verb->needs >= NEEDS_SIGHT;
    gboolean done = !observes || session_join(session, line->verb != NULL, error);
    if (done && line->verb)
        done = line->verb->run(&command, error);
    else if (done)
        done = hooks->console(session, error);
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
                    const struct command_hooks *hooks, int *status, GError **error)
{
    struct command command = {line->verb, line, output, hooks, NULL};
    if (line->version)
        return version_run(&command, error);
    if (line->help)
        return help_show(output, line->verb);
    if (line->verb && line->verb->needs == NEEDS_NOTHING)
        return line->verb->run(&command, error);
    return run_in_session(line, output, hooks, status, error);
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
    autoptr(command_line) line = command_line_parse(argc, argv, &error);
    if (!line || !run(line, output, hooks, &own_status, &error)) {
        status = tell(output, error);
        status = own_status != COMMAND_DONE ? own_status : status;
    }
    if (!flush(output) && status == COMMAND_DONE)
        status = COMMAND_FAILED;
    return status;
}
