/* remote.c - the verb that runs a command on hosts (R23). */
#include "core/command/verb.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/host_range.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/fan.h"
#include "core/command/session.h"
#include "core/driver/enrol.h"

#define HOSTS_MOST 65536
#define TIMEOUT_US (60 * CLOCK_MINUTE_US)

struct errand {
    const struct command *command;
    const struct host *host;
    const char *what; /* the command */
    gboolean alone;   /* one host: its output is plain */
    gint status;
    char *trouble; /* NULL = the command ran */
};

static void errand_free(gpointer data)
{
    struct errand *errand = data;

    g_free(errand->trouble);
    g_free(errand);
}

/* A terminal must not obey what a host says; a file or a pipe gets it as it is. */
static void print_line(const struct errand *errand, FILE *stream, const char *line, gsize size)
{
    g_autofree char *copy = g_strndup(line, size);
    g_autofree char *safe = errand->command->output->terminal ? text_escape(copy) : g_strdup(copy);

    if (!errand->alone) {
        g_autofree char *name = text_escape(errand->host->name);
        fprintf(stream, "%s: ", name);
    }
    fprintf(stream, "%s\n", safe);
}

static void print(const struct errand *errand, FILE *stream, const GString *text)
{
    const char *end = text->str + text->len;

    if (errand->alone && !errand->command->output->terminal) {
        fwrite(text->str, 1, text->len, stream);
        return;
    }
    for (const char *at = text->str; at < end;) {
        const char *stop = memchr(at, '\n', (gsize)(end - at));
        gsize size = (gsize)((stop ? stop : end) - at);

        print_line(errand, stream, at, size);
        at += size + 1;
    }
}

static void on_ran(struct run_answer *answer, const GError *error, gpointer data)
{
    struct fan_call *call = data;
    struct errand *errand = call->item;
    const struct output *output = errand->command->output;

    output_progress(output, NULL);
    if (answer) {
        print(errand, output->out, answer->output);
        fflush(output->out);
        print(errand, output->err, answer->complaint);
        errand->status = answer->status;
    }
    if (error)
        errand->trouble = g_strdup(error->message);
    else if (errand->status < 0)
        errand->trouble = g_strdup_printf("host %s: the command was killed", errand->host->name);
    run_answer_free(answer);
    fan_end(call);
}

static void run(struct fan_call *call)
{
    const struct errand *errand = call->item;
    const struct run_request request = {
        .address = errand->host->address,
        .command = errand->what,
        .timeout_us = TIMEOUT_US,
    };

    call->operation = driver_run(errand->command->session->driver, &request, on_ran, call);
}

static gboolean add_errand(const struct command *command, const char *name, const char *what,
                           GPtrArray *errands, GError **error)
{
    const struct host *host = cluster_find_host(session_cluster(command->session), name);
    struct errand *errand;

    if (!host) {
        g_autofree char *shown = text_escape(name);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "host %s: is not in the cluster", shown);
        return FALSE;
    }
    errand = g_new0(struct errand, 1);
    *errand = (struct errand){.command = command, .host = host, .what = what};
    g_ptr_array_add(errands, errand);
    return TRUE;
}

static gboolean add_errands(const struct command *command, const char *what, GPtrArray *errands,
                            GError **error)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);

    for (char **word = command->line->arguments; *word; word++)
        if (!host_range_expand(*word, HOSTS_MOST, names, error))
            return FALSE;
    for (guint i = 0; i < names->len; i++)
        if (!add_errand(command, g_ptr_array_index(names, i), what, errands, error))
            return FALSE;
    for (guint i = 0; i < errands->len; i++)
        ((struct errand *)g_ptr_array_index(errands, i))->alone = errands->len == 1;
    return TRUE;
}

/* What failed is told last, where it is seen; the worst of all is how it ended. */
static gboolean conclude(const struct command *command, const GPtrArray *errands, GError **error)
{
    guint failed = 0;
    gint worst = 0;

    for (guint i = 0; i < errands->len; i++) {
        const struct errand *errand = g_ptr_array_index(errands, i);

        if (errand->trouble)
            output_error(command->output, "%s", errand->trouble);
        else if (errand->status > 0 && !errand->alone)
            output_error(command->output, "host %s: exit status %d", errand->host->name,
                         errand->status);
        failed += errand->trouble || errand->status != 0;
        worst = MAX(worst, errand->status);
    }
    if (failed == 0)
        return TRUE;
    command->session->exit_status = worst;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "it failed on %u of %u hosts", failed,
                errands->len);
    return FALSE;
}

gboolean remote_run(const struct command *command, GError **error)
{
    char **words = command->line->command;
    g_autofree char *what = NULL;
    g_autoptr(GPtrArray) errands = g_ptr_array_new_with_free_func(errand_free);

    if (!words || !words[0]) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "which command? roost remote HOST... -- COMMAND");
        return FALSE;
    }
    /* As ssh does: the words are put together, and the shell there takes them apart. */
    what = g_strjoinv(" ", words);
    if (!add_errands(command, what, errands, error))
        return FALSE;
    if (fan_run(command, "running on", errands, run, error))
        return conclude(command, errands, error);
    g_ptr_array_ref(errands); /* answers may still be under way to them */
    return FALSE;
}
