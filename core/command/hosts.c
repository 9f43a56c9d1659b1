#include "core/command/hosts.h"

#include "core/base/error.h"
#include "core/base/host_range.h"
#include "core/command/command_line.h"
#include "core/command/session.h"

#define HOSTS_MOST 65536

/* A host that is really called "pc[1]" is meant before the range. */
static gboolean expand(const struct cluster *cluster, const char *word, GPtrArray *into,
                       GError **error)
{
    if (!cluster_find_host(cluster, word))
        return host_range_expand(word, HOSTS_MOST, into, error);
    g_ptr_array_add(into, g_strdup(word));
    return TRUE;
}

GPtrArray *hosts_named(const struct command *command, GError **error)
{
    return hosts_of_words(command, command->line->arguments, error);
}

GPtrArray *hosts_of_words(const struct command *command, char **all, GError **error)
{
    const struct cluster *cluster = session_cluster(command->session);
    g_autoptr(GPtrArray) words = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    for (char **word = all; *word; word++) {
        if (!expand(cluster, *word, words, error))
            return NULL;
    }
    for (guint i = 0; i < words->len; i++) {
        const struct host *host = cluster_find_host(cluster, words->pdata[i]);
        if (!host) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                        "host %s: there is no such host in the cluster",
                        (const char *)words->pdata[i]);
            return NULL;
        }
        if (!g_ptr_array_find_with_equal_func(names, host->name, g_str_equal, NULL))
            g_ptr_array_add(names, g_strdup(host->name));
    }
    return g_steal_pointer(&names);
}
