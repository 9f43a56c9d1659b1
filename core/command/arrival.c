#include "core/command/arrival.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/host_range.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/fan.h"
#include "core/command/session.h"

#define FILE_MOST (8 * 1024 * 1024)

static void arrival_free(gpointer data)
{
    struct arrival *arrival = data;

    g_free(arrival->label);
    g_strfreev(arrival->addresses);
    if (arrival->report)
        host_report_free(arrival->report);
    enrol_answer_free(arrival->answer);
    g_clear_error(&arrival->error);
    g_free(arrival);
}

void arrivals_free(struct arrivals *arrivals)
{
    g_ptr_array_unref(arrivals->list);
    g_free(arrivals);
}

/* --- Who is named --- */

static char *read_stream(FILE *stream, const char *shown, GError **error)
{
    GString *text = g_string_new(NULL);
    char buffer[16 * 1024];
    gsize n;

    while (text->len <= FILE_MOST && (n = fread(buffer, 1, sizeof buffer, stream)) > 0)
        g_string_append_len(text, buffer, (gssize)n);
    if (!ferror(stream) && text->len <= FILE_MOST && !memchr(text->str, '\0', text->len))
        return g_string_free(text, FALSE);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: %s", shown,
                ferror(stream) ? g_strerror(errno) : "is no list of hosts");
    g_string_free(text, TRUE);
    return NULL;
}

static char *read_list(const char *path, GError **error)
{
    FILE *stream = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");
    char *text;

    if (!stream) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    text = read_stream(stream, stream == stdin ? "stdin" : path, error);
    if (stream != stdin)
        fclose(stream);
    return text;
}

static gboolean add_lines(const char *path, GPtrArray *labels, GError **error)
{
    const char *shown = strcmp(path, "-") == 0 ? "stdin" : path;
    g_autofree char *text = read_list(path, error);
    g_auto(GStrv) lines = text ? g_strsplit(text, "\n", -1) : NULL;

    for (guint i = 0; lines && lines[i]; i++) {
        char *comment = strchr(lines[i], '#');

        if (comment)
            *comment = '\0';
        g_strstrip(lines[i]);
        if (*lines[i] && strpbrk(lines[i], " \t")) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                        "%s:%u: more than one host on a line", shown, i + 1);
            return FALSE;
        }
        if (*lines[i] && !host_range_expand(lines[i], ARRIVALS_MOST, labels, error)) {
            g_prefix_error(error, "%s:%u: ", shown, i + 1);
            return FALSE;
        }
    }
    return text != NULL;
}

static gboolean add_all(const struct command_line *line, GPtrArray *labels, GError **error)
{
    for (char **word = line->arguments; *word; word++)
        if (!host_range_expand(*word, ARRIVALS_MOST, labels, error))
            return FALSE;
    return !line->file || add_lines(line->file, labels, error);
}

struct arrivals *arrivals_new(const struct command *command, GError **error)
{
    g_autoptr(GPtrArray) labels = g_ptr_array_new_with_free_func(g_free);
    struct arrivals *arrivals;

    if (!add_all(command->line, labels, error))
        return NULL;
    arrivals = g_new0(struct arrivals, 1);
    arrivals->command = command;
    arrivals->list = g_ptr_array_new_with_free_func(arrival_free);
    for (guint i = 0; i < labels->len; i++) {
        struct arrival *arrival = g_new0(struct arrival, 1);

        arrival->all = arrivals;
        arrival->label = g_strdup(g_ptr_array_index(labels, i));
        g_ptr_array_add(arrivals->list, arrival);
    }
    return arrivals;
}

/* --- Of one --- */

const char *arrival_address(const struct arrival *arrival)
{
    return arrival->addresses[arrival->at];
}

char *arrival_name(const struct arrival *arrival)
{
    if (!arrival->addresses || strcmp(arrival->label, arrival_address(arrival)) == 0)
        return g_strdup_printf("host %s", arrival->label);
    return g_strdup_printf("host %s (%s)", arrival->label, arrival_address(arrival));
}

gboolean arrival_try_next(struct arrival *arrival)
{
    gboolean elsewhere = g_error_matches(arrival->error, ROOST_ERROR, ROOST_ERROR_ABSENT) ||
                         g_error_matches(arrival->error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);

    if (!elsewhere || !arrival->addresses[arrival->at + 1])
        return FALSE;
    arrival->at++;
    g_clear_error(&arrival->error);
    return TRUE;
}

void arrival_refuse(struct arrivals *arrivals, struct arrival *arrival, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    arrival->done_with = TRUE;
    arrivals->refused++;
    output_error(arrivals->command->output, "%s: not added", text);
}

GPtrArray *arrivals_pending(const struct arrivals *arrivals)
{
    GPtrArray *pending = g_ptr_array_new();

    for (guint i = 0; i < arrivals->list->len; i++) {
        struct arrival *arrival = g_ptr_array_index(arrivals->list, i);

        if (!arrival->done_with)
            g_ptr_array_add(pending, arrival);
    }
    return pending;
}

/* --- Where they are --- */

/* Of one name often several: by IPv6 and by IPv4. Those that need a zone are of no use later. */
static char **numeric_addresses(const GList *found)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (; found; found = found->next) {
        g_autofree char *text = g_inet_address_to_string(found->data);

        if (!g_inet_address_get_is_link_local(found->data) ||
            g_inet_address_get_family(found->data) == G_SOCKET_FAMILY_IPV4)
            g_strv_builder_add(builder, text);
    }
    return g_strv_builder_end(builder);
}

static void on_resolved(GObject *resolver, GAsyncResult *result, gpointer data)
{
    struct fan_call *call = data;
    struct arrival *arrival = call->item;
    GList *found = g_resolver_lookup_by_name_finish(G_RESOLVER(resolver), result, &arrival->error);

    if (found)
        arrival->addresses = numeric_addresses(found);
    g_resolver_free_addresses(found);
    fan_end(call);
}

static void resolve(struct fan_call *call)
{
    const struct arrival *arrival = call->item;
    g_autoptr(GResolver) resolver = g_resolver_get_default();

    g_resolver_lookup_by_name_async(resolver, arrival->label, NULL, on_resolved, call);
}

/* What has only digits and dots and is no address would be read as octal, or as one number. */
static gboolean may_be_name(const char *label)
{
    return label[strspn(label, "0123456789.")] != '\0' && !strchr(label, ':') &&
           !strchr(label, '/') && *label != '-' && g_utf8_validate(label, -1, NULL);
}

/* Takes those that are addresses; gives the names that are to be looked up. */
static GPtrArray *sort_out(struct arrivals *arrivals)
{
    GPtrArray *names = g_ptr_array_new();

    for (guint i = 0; i < arrivals->list->len; i++) {
        struct arrival *arrival = g_ptr_array_index(arrivals->list, i);
        g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(arrival->label);

        if (parsed) {
            arrival->addresses = g_new0(char *, 2);
            arrival->addresses[0] = g_inet_address_to_string(parsed);
        } else if (may_be_name(arrival->label) && !arrivals->command->session->simulated) {
            g_ptr_array_add(names, arrival);
        }
    }
    return names;
}

static const struct host *find_known(const struct arrivals *arrivals, const struct arrival *arrival)
{
    const struct cluster *cluster = session_cluster(arrivals->command->session);
    const struct host *host = NULL;

    for (char **address = arrival->addresses; *address && !host; address++)
        host = cluster_find_host(cluster, *address);
    return host;
}

static void judge(struct arrivals *arrivals, struct arrival *arrival, GHashTable *seen)
{
    const struct host *host;

    if (!arrival->addresses || !arrival->addresses[0]) {
        g_clear_pointer(&arrival->addresses, g_strfreev);
        arrival_refuse(arrivals, arrival, "host %s: is not a numeric IPv4 or IPv6 address%s%s",
                       arrival->label, arrival->error ? ", and no name that leads to one: " : "",
                       arrival->error ? arrival->error->message : "");
        return;
    }
    g_clear_error(&arrival->error);
    host = find_known(arrivals, arrival);
    if (host) {
        g_autofree char *name = arrival_name(arrival);
        arrival_refuse(arrivals, arrival, "%s: is in the cluster already, as %s", name, host->name);
    } else if (!g_hash_table_add(seen, arrival->addresses[0])) {
        arrival->done_with = TRUE; /* once is enough */
    }
}

gboolean arrivals_resolve(struct arrivals *arrivals, GError **error)
{
    g_autoptr(GPtrArray) names = sort_out(arrivals);
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);

    if (!fan_run(arrivals->command, "looking up", names, resolve, error))
        return FALSE;
    for (guint i = 0; i < arrivals->list->len; i++)
        judge(arrivals, g_ptr_array_index(arrivals->list, i), seen);
    return TRUE;
}
