#include "tui/filter_term.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define PATTERN_BYTES_MOST 200
#define KNOWN_MOST         200000 /* names, and lines of a journal that grows */

/* Goes before every expression: what a match may cost. Whoever types can only lower it further. */
#define LIMITS "(*LIMIT_MATCH=5000)(*LIMIT_DEPTH=500)(*LIMIT_HEAP=1000)"

/* --- Text ------------------------------------------------------------------------------------ */

/* In lower case, as comparisons want it; a string of bytes that is no UTF-8 stays as it is. */
static char *fold(const char *text)
{
    if (text == NULL || g_str_is_ascii(text))
        return g_ascii_strdown(text != NULL ? text : "", -1);
    return g_utf8_validate(text, -1, NULL) ? g_utf8_strdown(text, -1) : g_strdup(text);
}

static const char *next(const char *at)
{
    do
        at++;
    while (((guchar)*at & 0xc0) == 0x80);
    return at;
}

/* Back to the last star only: an earlier one could take no more than that one can. */
gboolean filter_glob(const char *pattern, const char *text)
{
    const char *star = NULL, *resume = NULL;

    while (*text != '\0') {
        if (*pattern == '*') {
            star = ++pattern;
            resume = text;
        } else if (*pattern == '?') {
            pattern++;
            text = next(text);
        } else if (*pattern == g_ascii_tolower(*text)) {
            pattern++;
            text++;
        } else if (star != NULL) {
            pattern = star;
            text = resume = next(resume);
        } else {
            return FALSE;
        }
    }
    return pattern[strspn(pattern, "*")] == '\0';
}

static gboolean match(const struct filter_term *term, const char *text)
{
    g_autofree char *valid = g_utf8_make_valid(text, -1);
    g_autoptr(GError) error = NULL;

    if (g_regex_match_full(term->regex, valid, -1, 0, 0, NULL, &error))
        return TRUE;
    if (error != NULL)
        *term->given_up = TRUE;
    return FALSE;
}

/* The same names come frame after frame: what an expression says of each is kept. */
static gboolean has_pattern(const struct filter_term *term, const char *text)
{
    gpointer known;

    if (*term->given_up)
        return FALSE;
    if (g_hash_table_lookup_extended(term->known, text, NULL, &known))
        return GPOINTER_TO_INT(known);
    if (g_hash_table_size(term->known) >= KNOWN_MOST)
        g_hash_table_remove_all(term->known);
    known = GINT_TO_POINTER(match(term, text));
    g_hash_table_insert(term->known, g_strdup(text), known);
    return GPOINTER_TO_INT(known);
}

gboolean filter_term_has_name(const struct filter_term *term, const char *name)
{
    g_autofree char *folded = NULL;

    if (name == NULL)
        name = "";
    if (term->regex != NULL)
        return has_pattern(term, name);
    if (g_str_is_ascii(name))
        return filter_glob(term->text, name);
    folded = fold(name);
    return filter_glob(term->text, folded);
}

gboolean filter_term_has_text(const struct filter_term *term, const char *text)
{
    g_autofree char *folded = NULL;

    if (text == NULL)
        text = "";
    if (term->regex != NULL)
        return has_pattern(term, text);
    /* What is ASCII, which nearly all is, needs no copy. */
    if (term->ascii && strcasestr(text, term->text) != NULL)
        return TRUE;
    if (g_str_is_ascii(text))
        return FALSE;
    folded = fold(text);
    return strstr(folded, term->text) != NULL;
}

gboolean filter_term_has_number(const struct filter_term *term, double number)
{
    /* Shown with two decimals at most: what looks equal is. */
    gboolean equal = fabs(number - term->number) < 0.005;

    switch (term->compare) {
    case FILTER_EQUAL:
        return equal;
    case FILTER_LESS:
        return !equal && number < term->number;
    case FILTER_LESS_OR_EQUAL:
        return equal || number < term->number;
    case FILTER_MORE:
        return !equal && number > term->number;
    case FILTER_MORE_OR_EQUAL:
        return equal || number > term->number;
    }
    return FALSE;
}

gboolean filter_term_has_choice(const struct filter_term *term, const char *choice)
{
    return g_str_equal(term->text, choice);
}

/* --- Reading a value ------------------------------------------------------------------------- */

static gboolean fail(GError **error, const char *format, ...) G_GNUC_PRINTF(2, 3);
static gboolean fail(GError **error, const char *format, ...)
{
    va_list arguments;
    g_autofree char *text = NULL;
    g_autofree char *escaped = NULL;

    va_start(arguments, format);
    text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    escaped = text_escape(text);
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_INPUT, escaped);
    return FALSE;
}

/* Between slashes; the last one may still be to be typed. */
static gboolean parse_regex(struct filter_term *term, const char *value, GError **error)
{
    gsize length = strlen(value);
    g_autofree char *inner = NULL;
    g_autofree char *limited = NULL;
    g_autoptr(GError) why = NULL;

    if (length > 1 && value[length - 1] == '/' && value[length - 2] != '\\')
        length--;
    if (length <= 1)
        return fail(error, "a regular expression stands between slashes: /^pc1[0-9]/");
    if (length > PATTERN_BYTES_MOST)
        return fail(error, "a regular expression of over %d bytes is too long", PATTERN_BYTES_MOST);
    inner = g_strndup(value + 1, length - 1);
    limited = g_strconcat(LIMITS, inner, NULL);
    term->regex = g_regex_new(limited, G_REGEX_CASELESS, 0, &why);
    if (term->regex != NULL) {
        term->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        return TRUE;
    }
    {
        /* GLib repeats the pattern, with our limits in it: what is wrong stands behind. */
        const char *reason = strrchr(why->message, ':');

        return fail(error, "/%s/ is no regular expression: %s", inner,
                    reason != NULL ? reason + 2 : why->message);
    }
}

static gboolean parse_choice(struct filter_term *term, GError **error)
{
    g_auto(GStrv) choices = g_strsplit(term->key->choices, "|", -1);
    g_autofree char *all = NULL;

    if (g_strv_contains((const char *const *)choices, term->text))
        return TRUE;
    all = g_strjoinv(", ", choices);
    if (*term->text == '\0')
        return fail(error, "%s: one of %s", term->key->name, all);
    return fail(error, "%s: there is no %s; one of %s", term->key->name, term->text, all);
}

static gboolean parse_yes(struct filter_term *term, GError **error)
{
    static const char *const yes[] = {"yes", "true", "on", "1", "y", NULL};
    static const char *const no[] = {"no", "false", "off", "0", "n", NULL};

    term->yes = g_strv_contains(yes, term->text);
    if (term->yes || g_strv_contains(no, term->text))
        return TRUE;
    return fail(error, "%s: yes or no", term->key->name);
}

static const char *parse_compare(struct filter_term *term, const char *text)
{
    gboolean with_equal;

    if (*text == '=')
        return text + 1;
    if (*text != '<' && *text != '>')
        return text;
    with_equal = text[1] == '=';
    if (*text == '<')
        term->compare = with_equal ? FILTER_LESS_OR_EQUAL : FILTER_LESS;
    else
        term->compare = with_equal ? FILTER_MORE_OR_EQUAL : FILTER_MORE;
    return text + 1 + with_equal;
}

/* KiB for each unit; a bare number is MiB, as wherever sizes are typed. */
static double unit_kib(char unit)
{
    switch (unit) {
    case 'k':
        return 1;
    case '\0':
    case 'm':
        return 1024;
    case 'g':
        return 1024.0 * 1024;
    case 't':
        return 1024.0 * 1024 * 1024;
    default:
        return 0;
    }
}

static gboolean parse_number(struct filter_term *term, GError **error)
{
    const char *text = parse_compare(term, term->text);
    gboolean is_size = term->key->value == FILTER_SIZE;
    char *end = NULL;

    /* Neither "inf" nor "0x1": what a person writes. */
    term->number = strspn(text, "0123456789.") > 0 ? g_ascii_strtod(text, &end) : NAN;
    if (end == NULL || isnan(term->number) || text[1] == 'x')
        return fail(error, "%s: %s", term->key->name, filter_key_value(term->key));
    if (is_size) {
        double unit = unit_kib(*end);

        end += *end != '\0';
        if (*end == 'i')
            end++;
        if (*end == 'b')
            end++;
        term->number *= unit;
        if (unit == 0)
            return fail(error, "%s: %s", term->key->name, filter_key_value(term->key));
    } else if (*end == '%') {
        end++;
    }
    if (*end == '\0' && isfinite(term->number))
        return TRUE;
    return fail(error, "%s: %s", term->key->name, filter_key_value(term->key));
}

gboolean filter_term_parse(struct filter_term *term, const char *value, gboolean quoted,
                           GError **error)
{
    enum filter_value kind = term->key != NULL ? term->key->value : FILTER_TEXT;
    gboolean is_text = kind == FILTER_NAME || kind == FILTER_TEXT;

    if (is_text && !quoted && *value == '/')
        return parse_regex(term, value, error);
    term->text = fold(value);
    term->ascii = g_str_is_ascii(term->text);
    switch (kind) {
    case FILTER_CHOICE:
        return parse_choice(term, error);
    case FILTER_YES:
        return parse_yes(term, error);
    case FILTER_NUMBER:
    case FILTER_SIZE:
        return parse_number(term, error);
    default:
        if (*term->text == '\0' && term->key != NULL)
            return fail(error, "%s: %s", term->key->name, filter_key_value(term->key));
        return TRUE;
    }
}

void filter_term_clear(struct filter_term *term)
{
    g_clear_pointer(&term->text, g_free);
    g_clear_pointer(&term->regex, g_regex_unref);
    g_clear_pointer(&term->known, g_hash_table_unref);
}
