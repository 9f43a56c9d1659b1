#include "core/base/host_range.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define DIGITS_MOST   9
#define BRACKETS_MOST 16

/* One number or range within a bracket. */
struct span {
    guint first;
    guint last;
    guint width;
};

/* One word being read; why is the first thing that is wrong with it. */
struct reader {
    const char *why;
    GPtrArray *parts; /* alternately char * and GArray of struct span, text first and last */
    guint64 count;
};

static gboolean read_number(const char **at, guint *number, guint *width, struct reader *reader)
{
    const char *begin = *at;

    *number = 0;
    while (g_ascii_isdigit(**at) && *at - begin < DIGITS_MOST)
        *number = *number * 10 + (guint)(*(*at)++ - '0');
    *width = (guint)(*at - begin);
    if (*width == 0)
        reader->why = "numbers, like [01-62] or [1,3,7-9], must stand in its brackets";
    else if (g_ascii_isdigit(**at))
        reader->why = "a number in its brackets is too long";
    return reader->why == NULL;
}

static gboolean read_span(const char **at, struct span *span, struct reader *reader)
{
    guint ignored;

    if (!read_number(at, &span->first, &span->width, reader))
        return FALSE;
    span->last = span->first;
    if (**at != '-')
        return TRUE;
    ++*at;
    if (!read_number(at, &span->last, &ignored, reader))
        return FALSE;
    if (span->last < span->first)
        reader->why = "a range in its brackets goes backwards";
    return reader->why == NULL;
}

/* At the character after "["; leaves *at after "]". */
static gboolean read_bracket(const char **at, struct reader *reader)
{
    GArray *spans = g_array_new(FALSE, FALSE, sizeof(struct span));
    guint64 numbers = 0;

    g_ptr_array_add(reader->parts, spans);
    for (;;) {
        struct span span;

        if (!read_span(at, &span, reader))
            return FALSE;
        g_array_append_val(spans, span);
        numbers += (guint64)(span.last - span.first) + 1;
        if (**at != ',')
            break;
        ++*at;
    }
    reader->count = MIN(reader->count * numbers, G_MAXUINT32);
    if (**at != ']')
        reader->why = "a bracket is not closed, or holds more than numbers";
    else
        ++*at;
    return reader->why == NULL;
}

static void read_word(const char *word, struct reader *reader)
{
    const char *at = word;

    reader->count = 1;
    for (;;) {
        gsize text = strcspn(at, "[]");

        g_ptr_array_add(reader->parts, g_strndup(at, text));
        at += text;
        if (*at == ']')
            reader->why = "a bracket is closed that was never opened";
        if (*at != '[' || reader->why)
            return;
        at++;
        if (reader->parts->len / 2 == BRACKETS_MOST)
            reader->why = "has too many brackets";
        if (reader->why || !read_bracket(&at, reader))
            return;
    }
}

/* Appends every combination of what follows `part` to what `so_far` holds already. */
static void combine(const GPtrArray *parts, guint part, GString *so_far, GPtrArray *into)
{
    gsize length = so_far->len;
    const GArray *spans;

    g_string_append(so_far, g_ptr_array_index(parts, part));
    if (part + 1 == parts->len) {
        g_ptr_array_add(into, g_strdup(so_far->str));
        g_string_truncate(so_far, length);
        return;
    }
    spans = g_ptr_array_index(parts, part + 1);
    for (guint i = 0; i < spans->len; i++) {
        const struct span *span = &g_array_index(spans, struct span, i);

        for (guint number = span->first; number <= span->last; number++) {
            gsize before = so_far->len;

            g_string_append_printf(so_far, "%0*u", (int)span->width, number);
            combine(parts, part + 2, so_far, into);
            g_string_truncate(so_far, before);
        }
    }
    g_string_truncate(so_far, length);
}

static void free_parts(GPtrArray *parts)
{
    for (guint i = 0; i < parts->len; i++) {
        if (i % 2 == 0)
            g_free(g_ptr_array_index(parts, i));
        else
            g_array_unref(g_ptr_array_index(parts, i));
    }
    g_ptr_array_unref(parts);
}

gboolean host_range_expand(const char *word, guint most, GPtrArray *into, GError **error)
{
    struct reader reader = {.parts = g_ptr_array_new()};
    g_autofree char *shown = text_escape(word);
    g_autoptr(GString) so_far = g_string_new(NULL);
    gboolean fits;

    read_word(word, &reader);
    if (*word == '\0')
        reader.why = "is empty";
    fits = reader.count + into->len <= most;
    if (reader.why)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "\"%s\": %s", shown, reader.why);
    else if (!fits)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "\"%s\": that makes more than %u hosts",
                    shown, most);
    else
        combine(reader.parts, 0, so_far, into);
    free_parts(reader.parts);
    return !reader.why && fits;
}
