/* doctor_verb.c - the verb: what was found, printed. */
#include "core/command/doctor.h"

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/doctor_print.h"
#include "core/command/verb.h"

static gboolean check_names(const struct cluster *cluster, const char *const *names, GError **error)
{
    for (guint i = 0; names && names[i]; i++) {
        if (cluster_find_host(cluster, names[i]))
            continue;
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "host %s: there is no such host in the cluster", names[i]);
        return FALSE;
    }
    return TRUE;
}

/* Those to be printed, in the cluster's order; all of them when none is named. */
static GPtrArray *choose(const struct doctor_result *result, const char *const *names)
{
    g_autoptr(GHashTable) chosen = g_hash_table_new(NULL, NULL);
    GPtrArray *patients = g_ptr_array_new();

    for (guint i = 0; names && names[i]; i++)
        g_hash_table_add(chosen, cluster_find_host(result->cluster, names[i]));
    for (guint i = 0; i < result->count; i++)
        if (!names || !names[0] || g_hash_table_contains(chosen, result->patients[i].host))
            g_ptr_array_add(patients, &result->patients[i]);
    return patients;
}

gboolean doctor_examine(struct session *session, const char *const *hosts, gboolean every,
                        const struct output *output, guint *wrong, GError **error)
{
    if (!check_names(session_cluster(session), hosts, error))
        return FALSE;
    autoptr(doctor_result) result = doctor_look(session, output, NULL, NULL, error);
    if (!result)
        return FALSE;
    g_autoptr(GPtrArray) shown = choose(result, hosts);
    guint found = result->store_wrong;
    doctor_print(shown, every, output);
    for (guint i = 0; i < shown->len; i++)
        found += check_report_count(((struct patient *)g_ptr_array_index(shown, i))->report,
                                    CHECK_WRONG);
    if (wrong)
        *wrong = found;
    return TRUE;
}

gboolean doctor_run(const struct command *command, GError **error)
{
    const char *const *hosts = (const char *const *)command->line->arguments;
    guint wrong = 0;

    if (session_cluster(command->session)->hosts->len == 0) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                            "there is no host in the cluster yet: roost add-node ADDRESS... adds "
                            "them");
        return FALSE;
    }
    if (!doctor_examine(command->session, hosts, hosts[0] != NULL, command->output, &wrong, error))
        return FALSE;
    if (wrong > 0)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%u thing%s wrong", wrong,
                    wrong == 1 ? " is" : "s are");
    return wrong == 0;
}
