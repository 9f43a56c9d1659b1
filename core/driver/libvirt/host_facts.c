#include "core/driver/libvirt/host_facts.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/link_facts.h"

#define LOAD_MOST 1000000.0
#define CPUS_MOST 1000000

#define USER_BYTES_MOST 160

/* What is gathered while the lines go by. */
struct reader {
    struct host_facts *facts;
    struct link_facts *links;
    GPtrArray *users;
    GHashTable *seen_users;
    gboolean users_asked;
};

char **host_facts_lines(const char *text, gsize size, gboolean *whole)
{
    char *copy = g_malloc(size + 1);
    char **all;
    GPtrArray *lines = NULL;

    for (gsize i = 0; i < size; i++)
        copy[i] = text[i] ? text[i] : '?';
    copy[size] = '\0';
    *whole = FALSE;
    all = g_strsplit(copy, "\n", -1);
    g_free(copy);
    for (char **line = all; *line && !*whole; line++) {
        if (!lines && strcmp(*line, "roost-begin") == 0)
            lines = g_ptr_array_new();
        else if (lines && strcmp(*line, "roost-end") == 0)
            *whole = TRUE;
        else if (lines)
            g_ptr_array_add(lines, g_strdup(*line));
    }
    g_strfreev(all);
    if (!lines)
        return NULL;
    g_ptr_array_add(lines, NULL);
    return (char **)g_ptr_array_free(lines, FALSE);
}

static void complain(struct reader *reader, const char *key, const char *value)
{
    g_autofree char *shown = NULL;

    if (reader->facts->complaint)
        return;
    shown = text_escape(value);
    reader->facts->complaint =
        g_strdup_printf("what it tells as %s makes no sense: %.60s", key, shown);
}

static gboolean parse_number(const char *text, guint64 most, guint64 *number)
{
    return g_ascii_string_to_unsigned(text, 10, 0, most, number, NULL);
}

static void read_hostname(struct reader *reader, const char *value)
{
    if (*value)
        reader->facts->hostname = g_strdup(value);
}

/* "0.00 0.01 0.05 1/123 4567": R9 wants the third. */
static void read_loadavg(struct reader *reader, const char *value)
{
    g_auto(GStrv) fields = g_strsplit(value, " ", -1);
    char *end = NULL;
    double load;

    /* strtod would take hexadecimal, infinity and more. */
    if (g_strv_length(fields) < 3 || !*fields[2] ||
        strspn(fields[2], "0123456789.") != strlen(fields[2])) {
        complain(reader, "loadavg", value);
        return;
    }
    load = g_ascii_strtod(fields[2], &end);
    if (*end || !(load >= 0 && load <= LOAD_MOST))
        complain(reader, "loadavg", value);
    else
        reader->facts->load15_permille = (gint)(load * 1000 + 0.5);
}

static void read_mem_total(struct reader *reader, const char *value)
{
    if (!parse_number(value, G_MAXUINT64 / 1024, &reader->facts->mem_total_kib))
        complain(reader, "memory", value);
}

static void read_mem_available(struct reader *reader, const char *value)
{
    if (!parse_number(value, G_MAXUINT64 / 1024, &reader->facts->mem_available_kib))
        complain(reader, "available memory", value);
}

static void read_cpus(struct reader *reader, const char *value)
{
    guint64 cpus = 0;

    if (!parse_number(value, CPUS_MOST, &cpus))
        complain(reader, "cpus", value);
    reader->facts->cpus = (guint)cpus;
}

/*
 * The first line of /proc/stat (proc(5)): user nice system idle iowait irq softirq steal guest
 * guest_nice. The last two are counted in the first two already; idle and iowait are not busy.
 */
static void read_cpu(struct reader *reader, const char *value)
{
    g_auto(GStrv) fields = g_strsplit(value, " ", -1);
    guint64 total = 0;
    guint64 idle = 0;
    guint n = 0;

    for (char **field = fields; *field && n < 8; field++) {
        guint64 ticks;

        if (!**field)
            continue;
        if (!parse_number(*field, G_MAXUINT64 / 16, &ticks)) {
            complain(reader, "cpu", value);
            return;
        }
        total += ticks;
        if (n == 3 || n == 4)
            idle += ticks;
        n++;
    }
    reader->facts->cpu_ticks = n >= 4 ? total : 0;
    reader->facts->cpu_busy_ticks = n >= 4 ? total - idle : 0;
}

/* The words in brackets at the end of a line of who, taken away from it; NULL for none. */
static char *take_origin(GPtrArray *words)
{
    const char *last = words->len > 1 ? words->pdata[words->len - 1] : "";
    gsize length = strlen(last);
    char *origin;

    if (length < 3 || last[0] != '(' || last[length - 1] != ')')
        return NULL;
    origin = g_strndup(last + 1, length - 2);
    g_ptr_array_set_size(words, (gint)words->len - 1);
    return origin;
}

char *host_facts_user(const char *line)
{
    g_autofree char *bounded = g_strndup(line, USER_BYTES_MOST);
    g_auto(GStrv) pieces = g_strsplit_set(bounded, " \t", -1);
    g_autoptr(GPtrArray) words = g_ptr_array_new();
    g_autofree char *origin = NULL;
    g_autofree char *since = NULL;

    for (char **piece = pieces; *piece; piece++)
        if (**piece)
            g_ptr_array_add(words, *piece);
    origin = take_origin(words);
    if (words->len == 0)
        return NULL;
    if (words->len == 1)
        return g_strdup(words->pdata[0]);
    g_ptr_array_add(words, NULL);
    since = g_strjoinv(" ", (char **)words->pdata + 2);
    return g_strdup_printf("%s (%s%s%s%s%s)", (char *)words->pdata[0], (char *)words->pdata[1],
                           origin ? ", from " : "", origin ? origin : "", *since ? ", since " : "",
                           since);
}

static void read_user(struct reader *reader, const char *value)
{
    char *user = host_facts_user(value);

    if (!user || reader->users->len >= HOST_FACTS_USERS_MOST ||
        g_hash_table_contains(reader->seen_users, user)) {
        g_free(user);
        return;
    }
    g_ptr_array_add(reader->users, user);
    g_hash_table_add(reader->seen_users, user);
}

static void read_users_asked(struct reader *reader, const char *value)
{
    (void)value;
    reader->users_asked = TRUE;
}

static void read_address(struct reader *reader, const char *value)
{
    link_facts_add_address(reader->links, value);
}

static void read_link(struct reader *reader, const char *value)
{
    link_facts_add_link(reader->links, value);
}

static void read_wake(struct reader *reader, const char *value)
{
    link_facts_add_wake(reader->links, value);
}

static void read_wakeup(struct reader *reader, const char *value)
{
    link_facts_add_wakeup(reader->links, value);
}

static void read_bus(struct reader *reader, const char *value)
{
    link_facts_add_bus(reader->links, value);
}

static const struct {
    const char *key;
    gboolean repeats;
    void (*read)(struct reader *reader, const char *value);
} keys[] = {
    {"hostname", FALSE, read_hostname},
    {"loadavg", FALSE, read_loadavg},
    {"mem-total", FALSE, read_mem_total},
    {"mem-available", FALSE, read_mem_available},
    {"cpus", FALSE, read_cpus},
    {"cpu", FALSE, read_cpu},
    {"users", FALSE, read_users_asked},
    {"user", TRUE, read_user},
    {"address", TRUE, read_address},
    {"link", TRUE, read_link},
    {"wake", TRUE, read_wake},
    {"wakeup", TRUE, read_wakeup},
    {"bus", TRUE, read_bus},
};

static void read_line(struct reader *reader, char *line, guint32 *seen)
{
    char *value = strchr(line, ' ');

    if (value)
        *value++ = '\0';
    for (guint i = 0; value && i < G_N_ELEMENTS(keys); i++) {
        if (strcmp(line, keys[i].key) != 0)
            continue;
        if (keys[i].repeats || !(*seen & 1u << i))
            keys[i].read(reader, g_strstrip(value));
        *seen |= 1u << i;
        return;
    }
    complain(reader, "answer", line);
}

static void finish(struct reader *reader)
{
    if (reader->users_asked) {
        g_ptr_array_add(reader->users, NULL);
        reader->facts->users = g_strdupv((char **)reader->users->pdata);
    }
    link_facts_resolve(reader->links, reader->facts);
}

struct host_facts *host_facts_parse(const char *text, gsize size, GError **error)
{
    gboolean whole;
    g_auto(GStrv) lines = host_facts_lines(text, size, &whole);
    g_autoptr(GPtrArray) users = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GHashTable) seen_users = g_hash_table_new(g_str_hash, g_str_equal);
    struct reader reader = {.users = users, .seen_users = seen_users};
    guint32 seen = 0;

    if (!lines || !whole) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                            lines ? "its answer over ssh is cut short"
                                  : "its answer over ssh is not the one asked for; is its login "
                                    "shell a shell?");
        return NULL;
    }
    reader.facts = g_new0(struct host_facts, 1);
    reader.facts->load15_permille = -1;
    reader.links = link_facts_new();
    for (char **line = lines; *line; line++)
        read_line(&reader, *line, &seen);
    finish(&reader);
    link_facts_free(reader.links);
    return reader.facts;
}

void host_facts_free(struct host_facts *facts)
{
    if (!facts)
        return;
    g_free(facts->hostname);
    g_strfreev(facts->users);
    g_free(facts->device);
    g_free(facts->card);
    g_free(facts->mac);
    g_free(facts->broadcast);
    g_free(facts->complaint);
    g_free(facts);
}
