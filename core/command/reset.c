/* reset.c - the verb that empties the cluster (R7). Touches no host. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/ask.h"
#include "core/command/command_line.h"
#include "core/command/session.h"
#include "core/store/journal.h"
#include "core/store/rotate.h"

static gboolean ask_name(const struct command *command, char **typed, GError **error)
{
    const struct cluster *cluster = session_cluster(command->session);
    if (command->line->confirm) {
        *typed = g_strdup(command->line->confirm);
        return TRUE;
    }
    struct ask *ask = ask_open(FALSE);
    if (!ask) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "reset: forgets %u hosts and %u VMs: confirm it with --confirm and the "
                    "cluster's name",
                    cluster->hosts->len, cluster_count_vms(cluster));
        return FALSE;
    }
    g_autofree char *name = text_escape(cluster->name);
    g_autofree char *question = g_strdup_printf(
        "Cluster %s: %u hosts and %u VMs are to be forgotten; nothing is done to them.\n"
        "Type the cluster's name to confirm it",
        name, cluster->hosts->len, cluster_count_vms(cluster));
    *typed = ask_text(ask, question, NULL, error);
    ask_free(ask);
    return *typed != NULL;
}

static gboolean confirm(const struct command *command, GError **error)
{
    const struct cluster *cluster = session_cluster(command->session);
    g_autofree char *typed = NULL;
    if (!ask_name(command, &typed, error))
        return FALSE;
    if (g_str_equal(typed, cluster->name))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "reset: the cluster is called \"%s\", not \"%s\": nothing is changed",
                cluster->name, typed);
    return FALSE;
}

static void write_journal(const struct session *session, const char *text)
{
    struct journal_entry entry = {.wall_us = clock_wall_us(session->clock),
                                  .what = (char *)"edit",
                                  .object = (char *)"",
                                  .who = (char *)g_get_user_name(),
                                  .text = (char *)text,
                                  .result = (char *)"done"};
    g_autoptr(GError) error = NULL;
    g_autofree char *formatted = journal_format(&entry);
    g_autofree char *line = g_strconcat(formatted, "\n", NULL);
    struct rotate *file =
        rotate_open(store_dir(session->store), JOURNAL_NAME, &session->config->journal, &error);
    if (!file || !rotate_append(file, line, &error))
        output_error(session->output, "%s", error->message);
    rotate_free(file);
}

static void keep_definitions(const struct command *command, const struct cluster *before)
{
    const struct session *session = command->session;
    for (guint i = 0; i < before->hosts->len; i++) {
        const struct host *host = before->hosts->pdata[i];
        for (guint j = 0; j < host->vms->len; j++) {
            const struct vm *vm = host->vms->pdata[j];
            g_autoptr(GError) error = NULL;
            g_autofree char *kept = store_remove_definition(session->store, vm->name,
                                                            clock_wall_us(session->clock), &error);
            if (!kept && error)
                output_error(command->output, "%s", error->message);
        }
    }
}

static gboolean empty(const struct command *command, GError **error)
{
    struct session *session = command->session;
    g_autoptr(GError) problem = NULL;
    g_autofree char *copy =
        store_keep_copy(session->store, "reset", clock_wall_us(session->clock), &problem);
    if (problem) {
        g_propagate_error(error, g_steal_pointer(&problem));
        return FALSE;
    }
    autoptr(cluster) before = session->cluster;
    session->cluster = cluster_new(before->name);
    if (!session_save(session, error))
        return FALSE;
    keep_definitions(command, before);
    g_autofree char *text =
        g_strdup_printf("cluster %s: reset: %u hosts and %u VMs are forgotten; what it was is kept "
                        "as %s",
                        before->name, before->hosts->len, cluster_count_vms(before),
                        copy ? copy : "nothing: there was no file");
    write_journal(session, text);
    output_line(command->output, "%s", text);
    return TRUE;
}

gboolean reset_run(const struct command *command, GError **error)
{
    struct session *session = command->session;
    if (!session->store) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "reset: this lab is simulated, and nothing of it is kept");
        return FALSE;
    }
    /* What is typed takes its time: what the others wrote meanwhile is read, and they are kept out.
     */
    return confirm(command, error) && session_reread(session, error) && empty(command, error);
}
