#include "core/base/logfmt.h"

#include <math.h>
#include <string.h>

#include "core/base/text.h"

#define PAIRS_MOST  64
#define STAMP_BYTES 40

struct logfmt {
    GPtrArray *words; /* char *: key, value, key, value */
};

static gboolean is_key(const char *text, gsize length)
{
    if (length == 0)
        return FALSE;
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalnum(text[i]) && text[i] != '-' && text[i] != '_')
            return FALSE;
    }
    return TRUE;
}

/* The value that begins at *at, which is stepped over; NULL when its quote does not end. */
static char *take_value(const char **at)
{
    GString *value = g_string_new(NULL);
    const char *c = *at;
    gboolean quoted = *c == '"';
    for (c += quoted ? 1 : 0; *c && *c != (quoted ? '"' : ' '); c++) {
        if (quoted && *c == '\\' && c[1])
            c++;
        g_string_append_c(value, *c);
    }
    if (quoted && *c != '"') {
        g_string_free(value, TRUE);
        return NULL;
    }
    *at = c + (quoted ? 1 : 0);
    return g_string_free(value, FALSE);
}

static gboolean take_pair(struct logfmt *fields, const char **at)
{
    gsize length = strcspn(*at, "= ");
    if ((*at)[length] != '=' || !is_key(*at, length))
        return FALSE;
    const char *rest = *at + length + 1;
    char *value = take_value(&rest);
    if (!value)
        return FALSE;
    g_ptr_array_add(fields->words, g_strndup(*at, length));
    g_ptr_array_add(fields->words, value);
    *at = rest;
    return *rest == '\0' || *rest == ' ';
}

struct logfmt *logfmt_parse(const char *line)
{
    autoptr(logfmt) fields = g_new0(struct logfmt, 1);
    fields->words = g_ptr_array_new_with_free_func(g_free);
    for (const char *at = line + strspn(line, " "); *at; at += strspn(at, " ")) {
        if (fields->words->len >= PAIRS_MOST * 2 || !take_pair(fields, &at))
            return NULL;
    }
    return fields->words->len > 0 ? g_steal_pointer(&fields) : NULL;
}

void logfmt_free(struct logfmt *fields)
{
    if (!fields)
        return;
    g_ptr_array_unref(fields->words);
    g_free(fields);
}

const char *logfmt_get(const struct logfmt *fields, const char *key)
{
    for (guint i = 0; i + 1 < fields->words->len; i += 2) {
        if (strcmp(fields->words->pdata[i], key) == 0)
            return fields->words->pdata[i + 1];
    }
    return NULL;
}

double logfmt_number(const struct logfmt *fields, const char *key, double otherwise)
{
    const char *value = logfmt_get(fields, key);
    char *end = NULL;
    double number = value ? g_ascii_strtod(value, &end) : 0;
    return value && end != value && *end == '\0' && isfinite(number) ? number : otherwise;
}

static gint64 parse_stamp(const char *stamp)
{
    g_autoptr(GDateTime) date = stamp ? g_date_time_new_from_iso8601(stamp, NULL) : NULL;
    return date ? g_date_time_to_unix(date) * G_USEC_PER_SEC + g_date_time_get_microsecond(date)
                : -1;
}

gint64 logfmt_time_us(const struct logfmt *fields)
{
    return parse_stamp(logfmt_get(fields, "time"));
}

gint64 logfmt_line_time_us(const char *line)
{
    if (!g_str_has_prefix(line, "time="))
        return -1;
    const char *value = line + strlen("time=");
    g_autofree char *stamp = g_strndup(value, MIN(strcspn(value, " \n"), STAMP_BYTES));
    return parse_stamp(stamp);
}

void logfmt_append_time(GString *line, gint64 wall_us)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
    g_autofree char *stamp = date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    text_append_logfmt(line, "time", stamp ? stamp : "unknown");
}
