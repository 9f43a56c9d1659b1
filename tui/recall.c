#include "tui/recall.h"

#include <string.h>

#include "core/command/shell_history.h"

struct recall {
    char *path;
    GPtrArray *lines; /* char * */
};

struct recall *recall_new(const char *path)
{
    struct recall *recall = g_new0(struct recall, 1);

    recall->path = g_strdup(path);
    recall->lines =
        path != NULL ? shell_history_load(path) : g_ptr_array_new_with_free_func(g_free);
    return recall;
}

void recall_free(struct recall *recall)
{
    if (recall == NULL)
        return;
    g_ptr_array_unref(recall->lines);
    g_free(recall->path);
    g_free(recall);
}

void recall_add(struct recall *recall, const char *line)
{
    guint n = recall->lines->len;

    if (!shell_history_takes(line) || (n > 0 && strcmp(recall_line(recall, n - 1), line) == 0))
        return;
    g_ptr_array_add(recall->lines, g_strdup(line));
    /* That there is no memory of it tomorrow is no reason to say anything today. */
    if (recall->path != NULL)
        shell_history_add(recall->path, line, NULL);
}

guint recall_count(const struct recall *recall)
{
    return recall->lines->len;
}

const char *recall_line(const struct recall *recall, guint index)
{
    return g_ptr_array_index(recall->lines, index);
}

gint recall_step(const struct recall *recall, gint at, int step)
{
    gint n = (gint)recall->lines->len;

    if (step < 0)
        return at < 0 ? n - 1 : MAX(at - 1, 0);
    return at >= 0 && at + 1 < n ? at + 1 : -1;
}

gint recall_search(const struct recall *recall, guint before, const char *text)
{
    for (guint i = MIN(before, recall->lines->len); i > 0; i--) {
        if (strstr(recall_line(recall, i - 1), text) != NULL)
            return (gint)i - 1;
    }
    return -1;
}
