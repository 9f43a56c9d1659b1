#include "core/driver/libvirt/check_facts.h"

#include <string.h>

#include "core/driver/libvirt/host_facts.h"

#define WORDS_MOST 64
#define LINES_MOST 4096

struct reader {
    struct check_facts *facts;
    struct check_report *report; /* may be NULL */
};

static void add_word(GPtrArray *words, const char *word, guint most)
{
    if (*word && words->len < most)
        g_ptr_array_add(words, g_strdup(word));
}

gboolean check_facts_has(const GPtrArray *words, const char *word)
{
    return g_ptr_array_find_with_equal_func((GPtrArray *)words, word, g_str_equal, NULL);
}

static void set_once(char **text, const char *value)
{
    if (!*text && *value)
        *text = g_strdup(value);
}

static void read_init(struct reader *reader, char *value)
{
    set_once(&reader->facts->init, value);
}

static void read_installed(struct reader *reader, char *value)
{
    add_word(reader->facts->installed, value, WORDS_MOST);
}

static void read_runs(struct reader *reader, char *value)
{
    if (!check_facts_has(reader->facts->runs, value))
        add_word(reader->facts->runs, value, WORDS_MOST);
}

static void read_tool(struct reader *reader, char *value)
{
    add_word(reader->facts->tools, value, WORDS_MOST);
}

static void read_mark(struct reader *reader, char *value)
{
    add_word(reader->facts->marks, value, WORDS_MOST);
}

/* "Supports Wake-on: pumbg" or "Wake-on: g". */
static void read_ethtool(struct reader *reader, char *value)
{
    char *letters = strchr(value, ':');
    gboolean supports = g_ascii_strncasecmp(value, "supports ", 9) == 0;

    if (letters)
        set_once(supports ? &reader->facts->wake_supports : &reader->facts->wake,
                 g_strstrip(letters + 1));
}

static void read_connection(struct reader *reader, char *value)
{
    set_once(&reader->facts->connection, value);
}

static void read_conf(struct reader *reader, char *value)
{
    add_word(reader->facts->lines, value, LINES_MOST);
}

static void read_token(struct reader *reader, char *value)
{
    reader->facts->token_asked = TRUE;
    reader->facts->has_directory = TRUE;
    if (!reader->facts->token)
        reader->facts->token = g_strdup(value);
}

static void read_token_absent(struct reader *reader, char *value)
{
    reader->facts->token_asked = TRUE;
    reader->facts->has_directory = strcmp(value, "file") == 0;
}

/* "1767787200.123456789", or without the fraction. */
static void read_clock(struct reader *reader, char *value)
{
    char *dot = strchr(value, '.');
    guint64 seconds;
    guint64 fraction = 0;
    g_autofree char *digits = NULL;

    if (dot)
        *dot++ = '\0';
    digits = g_strdup_printf("%.6s000000", dot ? dot : "");
    digits[6] = '\0';
    if (!g_ascii_string_to_unsigned(value, 10, 1, G_MAXINT64 / G_USEC_PER_SEC - 1, &seconds,
                                    NULL) ||
        !g_ascii_string_to_unsigned(digits, 10, 0, 999999, &fraction, NULL))
        return;
    reader->facts->clock_us = (gint64)(seconds * G_USEC_PER_SEC + fraction);
    reader->facts->clock_whole = !dot;
}

/* Cuts n words off the front; FALSE when nothing is left behind them. */
static gboolean split(char *value, guint n, char **words, char **rest)
{
    for (guint i = 0; i < n; i++) {
        words[i] = value;
        value = strchr(value, ' ');
        if (!value)
            return FALSE;
        *value++ = '\0';
    }
    *rest = value;
    return TRUE;
}

static gboolean is_number(const char *text)
{
    return *text && strspn(text, "0123456789") == strlen(text) && strlen(text) <= 20;
}

/* "INODE SIZE MTIME PATH" */
static void read_file(struct reader *reader, char *value)
{
    char *words[3];
    char *path;

    if (!reader->report || !split(value, 3, words, &path) || *path != '/' || !is_number(words[0]) ||
        !is_number(words[1]) || !is_number(words[2]))
        return;
    if (!g_hash_table_contains(reader->report->files, path))
        g_hash_table_insert(reader->report->files, g_strdup(path),
                            g_strdup_printf("%s %s %s", words[0], words[1], words[2]));
}

/* "SIZE PATH": nodes of /dev differ from host to host, what is behind them need not. */
static void read_block(struct reader *reader, char *value)
{
    char *words[1];
    char *path;

    if (!reader->report || !split(value, 1, words, &path) || *path != '/')
        return;
    g_hash_table_insert(reader->report->files, g_strdup(path),
                        g_strdup_printf("block %s 0", is_number(words[0]) ? words[0] : "0"));
}

/* "SOURCE TYPE MOUNTPOINT PATH" */
static void read_mount(struct reader *reader, char *value)
{
    char *words[3];
    char *path;

    if (reader->report && split(value, 3, words, &path) && *path == '/')
        g_hash_table_insert(reader->report->mounts, g_strdup(path),
                            g_strdup_printf("%s %s %s", words[0], words[1], words[2]));
}

static char *word_after(char **words, const char *key)
{
    for (; *words && words[1]; words++)
        if (strcmp(*words, key) == 0)
            return g_strdup(words[1]);
    return NULL;
}

/* "PEER STATUS LINE" with "10.0.0.2 dev eth0 src 10.0.0.1 uid 0", or why there is no way. */
static void read_route(struct reader *reader, char *value)
{
    char *words[2];
    char *line;
    struct check_peer *peer;

    if (!reader->report || !split(value, 2, words, &line))
        return;
    peer = check_report_peer(reader->report, words[0]);
    if (strcmp(words[1], "0") != 0 || peer->device)
        return;
    g_auto(GStrv) parts = g_strsplit_set(line, " \t\\", -1);
    peer->device = word_after(parts, "dev");
    peer->source = word_after(parts, "src");
}

/*
 * "PEER STATUS WHAT BASH SAID": 0 when somebody listens, "refused" when nobody does. 124 is
 * timeout's own. What the own kernel refuses to send at all is the host's own trouble.
 */
static void read_port(struct reader *reader, char *value)
{
    static const char *const own[] = {"Invalid argument", "Network is unreachable",
                                      "Permission denied", "Operation not permitted", NULL};
    char *words[2];
    char *said;
    struct check_peer *peer;

    if (!reader->report || !split(value, 2, words, &said))
        return;
    peer = check_report_peer(reader->report, words[0]);
    if (strcmp(words[1], "0") == 0 || strstr(said, "refused") || peer->port_trouble)
        return;
    if (strcmp(words[1], "126") == 0 || strcmp(words[1], "127") == 0)
        return; /* neither bash nor nc: it could not be asked */
    if (strcmp(words[1], "124") == 0 || strstr(said, "timed out")) {
        peer->port_trouble = g_strdup("no answer");
        return;
    }
    const char *colon = strrchr(said, ':');
    peer->port_trouble = g_strdup(colon ? g_strchug((char *)colon + 1) : said);
    for (guint i = 0; own[i]; i++)
        peer->here = peer->here || strstr(said, own[i]);
}

/* The gist of what ssh or virsh said, which may be much. Free with g_free. */
static char *key_trouble(char *said)
{
    static const char *const gists[] = {"Host key verification failed", "Permission denied",
                                        "Connection refused", "No route to host", NULL};

    for (guint i = 0; gists[i]; i++)
        if (strstr(said, gists[i]))
            return g_strdup(gists[i]);
    g_strstrip(said);
    return g_strndup(*said ? said : "no answer", 120);
}

/* "PEER STATUS WHAT SSH OR VIRSH SAID" */
static void read_key(struct reader *reader, char *value)
{
    char *words[2];
    char *said;
    struct check_peer *peer;

    if (!reader->report || !split(value, 2, words, &said))
        return;
    peer = check_report_peer(reader->report, words[0]);
    if (strcmp(words[1], "0") != 0 && !peer->key_trouble)
        peer->key_trouble = key_trouble(said);
}

static const struct {
    const char *key;
    void (*read)(struct reader *reader, char *value);
} keys[] = {
    {"init", read_init},
    {"installed", read_installed},
    {"runs", read_runs},
    {"tool", read_tool},
    {"mark", read_mark},
    {"ethtool", read_ethtool},
    {"connection", read_connection},
    {"conf", read_conf},
    {"token", read_token},
    {"token-absent", read_token_absent},
    {"clock", read_clock},
    {"file", read_file},
    {"block", read_block},
    {"mount", read_mount},
    {"route", read_route},
    {"port", read_port},
    {"key", read_key},
};

static void read_line(struct reader *reader, char *line)
{
    char *value = strchr(line, ' ');

    if (!value)
        return;
    *value++ = '\0';
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        if (strcmp(line, keys[i].key) == 0)
            keys[i].read(reader, value);
}

struct check_facts *check_facts_parse(const char *text, gsize size, struct check_report *report)
{
    struct check_facts *facts = g_new0(struct check_facts, 1);
    struct reader reader = {facts, report};
    gboolean whole = FALSE;
    g_auto(GStrv) lines = host_facts_lines(text, size, &whole);

    facts->whole = lines && whole;
    facts->installed = g_ptr_array_new_with_free_func(g_free);
    facts->runs = g_ptr_array_new_with_free_func(g_free);
    facts->tools = g_ptr_array_new_with_free_func(g_free);
    facts->marks = g_ptr_array_new_with_free_func(g_free);
    facts->lines = g_ptr_array_new_with_free_func(g_free);
    for (char **line = lines; line && *line; line++)
        read_line(&reader, *line);
    return facts;
}

void check_facts_free(struct check_facts *facts)
{
    if (!facts)
        return;
    g_free(facts->init);
    g_ptr_array_unref(facts->installed);
    g_ptr_array_unref(facts->runs);
    g_ptr_array_unref(facts->tools);
    g_ptr_array_unref(facts->marks);
    g_free(facts->wake_supports);
    g_free(facts->wake);
    g_free(facts->connection);
    g_ptr_array_unref(facts->lines);
    g_free(facts->token);
    g_free(facts);
}
