#include "core/store/key_lines.h"

#include <string.h>

#include "core/base/error.h"

static void key_line_free(gpointer data)
{
    struct key_line *line = data;
    g_free(line->group);
    g_free(line->key);
    g_free(line);
}

static void add(GPtrArray *lines, const char *group, const char *key, guint number)
{
    struct key_line *line = g_new0(struct key_line, 1);
    line->group = g_strdup(group);
    line->key = g_strdup(key);
    line->line = number;
    g_ptr_array_add(lines, line);
}

/* GKeyFile has no line to give for a name that it refuses. */
static gboolean is_group_name(const char *name, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (name[i] == '[' || name[i] == ']' || g_ascii_iscntrl(name[i]))
            return FALSE;
    }
    return length > 0;
}

/* What is wrong with a line, or NULL. Keeps the current group. */
static const char *scan_line(GPtrArray *lines, char *text, guint number, char **group)
{
    char *equals;
    g_strstrip(text);
    if (*text == '\0' || *text == '#')
        return NULL;
    if (*text == '[') {
        gsize length = strlen(text);
        if (length < 3 || text[length - 1] != ']' || !is_group_name(text + 1, length - 2))
            return "a group is written [name]";
        g_free(*group);
        *group = g_strndup(text + 1, length - 2);
        add(lines, *group, NULL, number);
        return NULL;
    }
    equals = strchr(text, '=');
    if (!equals || equals == text)
        return "this is no [group], no key=value and no # comment";
    if (!*group)
        return "a key must stand below a [group]";
    *equals = '\0';
    add(lines, *group, g_strchomp(text), number);
    return NULL;
}

GPtrArray *key_lines_scan(const char *path, const char *text, gsize length, GError **error)
{
    g_autoptr(GPtrArray) lines = g_ptr_array_new_with_free_func(key_line_free);
    g_autofree char *group = NULL;
    const char *end = text + length;
    guint number = 0;
    for (const char *at = text; at < end;) {
        const char *newline = memchr(at, '\n', (gsize)(end - at));
        gsize bytes = (gsize)((newline ? newline : end) - at);
        const char *wrong = "this is not UTF-8 text";
        number++;
        if (g_utf8_validate_len(at, bytes, NULL)) {
            g_autofree char *line = g_strndup(at, bytes);
            wrong = scan_line(lines, line, number, &group);
        }
        if (wrong) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s:%u: %s", path, number, wrong);
            return NULL;
        }
        at += bytes + 1;
    }
    return g_steal_pointer(&lines);
}
