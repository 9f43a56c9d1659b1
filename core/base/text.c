#include "core/base/text.h"

#include <string.h>

#include "core/base/error.h"

#define ELLIPSIS "\xe2\x80\xa6"

/* Characters that change how their neighbours are shown, or show as nothing at all. */
static gboolean is_invisible(gunichar c)
{
    switch (g_unichar_type(c)) {
    case G_UNICODE_CONTROL:
    case G_UNICODE_FORMAT:
    case G_UNICODE_SURROGATE:
    case G_UNICODE_PRIVATE_USE:
    case G_UNICODE_UNASSIGNED:
    case G_UNICODE_LINE_SEPARATOR:
    case G_UNICODE_PARAGRAPH_SEPARATOR:
        return TRUE;
    default:
        return FALSE;
    }
}

static gboolean is_plain_ascii(const char *text)
{
    for (; *text; text++)
        if (*text < 0x20 || *text > 0x7e)
            return FALSE;
    return TRUE;
}

char *text_escape(const char *text)
{
    GString *out;

    if (!text)
        return g_strdup("");
    if (is_plain_ascii(text))
        return g_strdup(text);
    out = g_string_sized_new(strlen(text) + 16);
    while (*text) {
        gunichar c = g_utf8_get_char_validated(text, -1);
        if (c == (gunichar)-1 || c == (gunichar)-2) {
            g_string_append_printf(out, "\\x%02x", (guint)(guchar)*text);
            text++;
            continue;
        }
        if (c < 0x80 && is_invisible(c))
            g_string_append_printf(out, "\\x%02x", (guint)c);
        else if (is_invisible(c))
            g_string_append_printf(out, "\\u{%04x}", (guint)c);
        else
            g_string_append_unichar(out, c);
        text = g_utf8_next_char(text);
    }
    return g_string_free(out, FALSE);
}

static guint unichar_cells(gunichar c)
{
    if (g_unichar_iszerowidth(c))
        return 0;
    return g_unichar_iswide(c) ? 2 : 1;
}

guint text_width(const char *text)
{
    guint cells = 0;

    for (; *text; text = g_utf8_next_char(text))
        cells += unichar_cells(g_utf8_get_char(text));
    return cells;
}

char *text_fit(const char *text, guint cells, gboolean pad)
{
    GString *out = g_string_new(NULL);
    gboolean cut = text_width(text) > cells;
    guint most = cut && cells > 0 ? cells - 1 : cells;
    guint used = 0;

    for (; *text; text = g_utf8_next_char(text)) {
        gunichar c = g_utf8_get_char(text);
        if (used + unichar_cells(c) > most)
            break;
        used += unichar_cells(c);
        g_string_append_unichar(out, c);
    }
    if (cut && cells > 0) {
        g_string_append(out, ELLIPSIS);
        used++;
    }
    for (; pad && used < cells; used++)
        g_string_append_c(out, ' ');
    return g_string_free(out, FALSE);
}

gboolean text_check_name(const char *name, GError **error)
{
    const char *why = NULL;

    if (!name || !*name)
        why = "is empty";
    else if (strlen(name) > TEXT_NAME_BYTES_MOST)
        why = "is longer than 255 bytes";
    else if (!g_utf8_validate(name, -1, NULL))
        why = "is not valid UTF-8";
    else if (strchr(name, '/'))
        why = "contains '/'";
    else if (g_str_equal(name, ".") || g_str_equal(name, ".."))
        why = "would be a directory";
    for (const char *at = name; !why && *at; at = g_utf8_next_char(at))
        if (is_invisible(g_utf8_get_char(at)))
            why = "contains a control or invisible character";
    if (why) {
        g_autofree char *shown = text_escape(name);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "name \"%s\" %s", shown, why);
    }
    return why == NULL;
}

void text_append_logfmt(GString *line, const char *key, const char *value)
{
    g_autofree char *shown = text_escape(value);

    if (line->len > 0)
        g_string_append_c(line, ' ');
    g_string_append_printf(line, "%s=", key);
    if (*shown && !strpbrk(shown, " \"=\\")) {
        g_string_append(line, shown);
        return;
    }
    g_string_append_c(line, '"');
    for (const char *at = shown; *at; at++) {
        if (*at == '"' || *at == '\\')
            g_string_append_c(line, '\\');
        g_string_append_c(line, *at);
    }
    g_string_append_c(line, '"');
}

/* Compares two runs of digits by value, whatever their length, and steps over both. */
static int compare_digits(const char **a, const char **b)
{
    gsize length_a, length_b;
    int order;

    while (**a == '0')
        (*a)++;
    while (**b == '0')
        (*b)++;
    length_a = strspn(*a, "0123456789");
    length_b = strspn(*b, "0123456789");
    if (length_a != length_b)
        order = length_a < length_b ? -1 : 1;
    else
        order = strncmp(*a, *b, length_a);
    *a += length_a;
    *b += length_b;
    return order;
}

int text_compare_names(const char *a, const char *b)
{
    const char *left = a;
    const char *right = b;

    while (*left && *right) {
        int order;
        if (g_ascii_isdigit(*left) && g_ascii_isdigit(*right))
            order = compare_digits(&left, &right);
        else
            order = (int)(guchar)*left++ - (int)(guchar)*right++;
        if (order != 0)
            return order;
    }
    if (*left || *right)
        return *left ? 1 : -1;
    return strcmp(a, b);
}
