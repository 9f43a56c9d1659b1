#include "core/base/placeholder.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/nearest.h"
#include "core/base/text.h"

#define FAR_MOST 2 /* letters, for a word to be a slip of the finger */

static const struct {
    const char *name;
    const char *variable;
    gsize offset;
} placeholders[] = {
    {"name", "ROOST_NAME", G_STRUCT_OFFSET(struct placeholder_values, name)},
    {"address", "ROOST_ADDRESS", G_STRUCT_OFFSET(struct placeholder_values, address)},
    {"mac", "ROOST_MAC", G_STRUCT_OFFSET(struct placeholder_values, mac)},
    {"user", "ROOST_USER", G_STRUCT_OFFSET(struct placeholder_values, user)},
};

#define NO_PLACEHOLDER G_N_ELEMENTS(placeholders)

/* The length of the word in braces that begins here, without them; 0 when there is none. */
static gsize braced_word(const char *text)
{
    gsize length = 0;

    if (*text != '{')
        return 0;
    while (g_ascii_isalpha(text[1 + length]))
        length++;
    return text[1 + length] == '}' ? length : 0;
}

static guint placeholder_at(const char *text)
{
    gsize length = braced_word(text);

    for (guint i = 0; length > 0 && i < NO_PLACEHOLDER; i++) {
        if (strlen(placeholders[i].name) == length &&
            strncmp(text + 1, placeholders[i].name, length) == 0)
            return i;
    }
    return NO_PLACEHOLDER;
}

gboolean placeholder_check(const char *command, GError **error)
{
    for (const char *at = command; *at; at++) {
        gsize length = braced_word(at);
        guint distance = FAR_MOST + 1;
        const char *meant = NULL;
        g_autofree char *word = g_strndup(at + 1, length);

        if (length == 0 || placeholder_at(at) != NO_PLACEHOLDER ||
            (at > command && at[-1] == '$')) /* a variable of the shell */
            continue;
        for (guint i = 0; i < NO_PLACEHOLDER; i++) {
            if (nearest_offer(word, placeholders[i].name, &distance))
                meant = placeholders[i].name;
        }
        if (meant) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "has {%s} in it: write {%s}", word,
                        meant);
            return FALSE;
        }
    }
    return TRUE;
}

enum quoting {
    QUOTING_NONE,
    QUOTING_SINGLE,
    QUOTING_DOUBLE,
};

/* Commands within commands, each with quotes of its own. */
#define NESTED_MOST 32

/* What the shell thinks of quotes at one place (2.2 and 2.6.3 of its language in POSIX). */
struct nesting {
    enum quoting now;
    enum quoting outer[NESTED_MOST];
    guint depth;
};

/*
 * Steps over one byte. Taken wrongly (a case within $(...), a comment with a quote in it), a value
 * may be split at its blanks, but it is still a value and never a command.
 */
static void step_over(struct nesting *nesting, const char *at)
{
    enum quoting now = nesting->now;

    if (*at == '\'' && now != QUOTING_DOUBLE) {
        nesting->now = now == QUOTING_SINGLE ? QUOTING_NONE : QUOTING_SINGLE;
    } else if (*at == '"' && now != QUOTING_SINGLE) {
        nesting->now = now == QUOTING_DOUBLE ? QUOTING_NONE : QUOTING_DOUBLE;
    } else if (nesting->depth < NESTED_MOST && *at == '(' &&
               (now == QUOTING_NONE || (now == QUOTING_DOUBLE && at[-1] == '$'))) {
        nesting->outer[nesting->depth++] = now;
        nesting->now = QUOTING_NONE;
    } else if (nesting->depth > 0 && *at == ')' && now == QUOTING_NONE) {
        nesting->now = nesting->outer[--nesting->depth];
    }
}

static void append_reference(GString *script, enum quoting quoting, const char *variable)
{
    static const char *const before[] = {"\"", "'\"", ""};
    static const char *const after[] = {"\"", "\"'", ""};

    g_string_append_printf(script, "%s${%s}%s", before[quoting], variable, after[quoting]);
}

static const char *value_of(const struct placeholder_values *values, guint placeholder)
{
    return G_STRUCT_MEMBER(const char *, values, placeholders[placeholder].offset);
}

static gboolean check_value(const struct placeholder_values *values, guint placeholder,
                            GError **error)
{
    const char *value = value_of(values, placeholder);

    if (value && *value && *value != '-')
        return TRUE;
    if (value && *value) {
        g_autofree char *shown = text_escape(value);

        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "its %s \"%.60s\" begins with '-': it is not given to a command",
                    placeholders[placeholder].name, shown);
    } else {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "the command asks for its %s, which is not known",
                    placeholders[placeholder].name);
    }
    return FALSE;
}

/* One byte, a byte with the backslash before it, or a placeholder. Returns how much was read. */
static gssize append_next(GString *script, const char *at, struct nesting *nesting,
                          const struct placeholder_values *values, GError **error)
{
    guint placeholder = placeholder_at(at);

    if (*at == '\\' && at[1] && nesting->now != QUOTING_SINGLE) {
        g_string_append_len(script, at, 2);
        return 2;
    }
    if (placeholder == NO_PLACEHOLDER) {
        step_over(nesting, at);
        g_string_append_c(script, *at);
        return 1;
    }
    if (!check_value(values, placeholder, error))
        return -1;
    append_reference(script, nesting->now, placeholders[placeholder].variable);
    return (gssize)braced_word(at) + 2;
}

char *placeholder_fill(const char *command, const struct placeholder_values *values,
                       char ***environment, GError **error)
{
    g_autoptr(GString) script = g_string_new(NULL);
    struct nesting nesting = {.now = QUOTING_NONE};

    for (const char *at = command; *at;) {
        gssize length = append_next(script, at, &nesting, values, error);

        if (length < 0)
            return NULL;
        at += length;
    }
    *environment = g_get_environ();
    for (guint i = 0; i < NO_PLACEHOLDER; i++) {
        const char *value = value_of(values, i);

        *environment =
            g_environ_setenv(*environment, placeholders[i].variable, value ? value : "", TRUE);
    }
    return g_string_free(g_steal_pointer(&script), FALSE);
}
