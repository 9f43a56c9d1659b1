/* journal_part.c - the latest lines of the journal, at the foot of the main view. */
#include "tui/view.h"

#include <string.h>

#define TIME_WIDTH 9

static enum role entry_role(const struct journal_entry *entry, gboolean old)
{
    if (entry->alarm)
        return ROLE_ALARM;
    if (g_strcmp0(entry->result, "failed") == 0 || g_strcmp0(entry->result, "refused") == 0)
        return ROLE_WARNING;
    return old ? ROLE_MUTED : ROLE_TEXT;
}

/*
 * "migrate vm web: ", but "host pc05: " for what is told of a host itself, and nothing of what the
 * text says again. Free with g_free.
 */
static char *format_subject(const struct journal_entry *entry)
{
    const char *object = entry->object != NULL ? entry->object : "";
    gsize length = strlen(entry->what);
    gboolean own = strncmp(object, entry->what, length) == 0 && object[length] == ' ';

    if (entry->job != 0)
        return g_strdup(""); /* the text of a job begins with what it is */
    if (*object != '\0' && g_str_has_prefix(entry->text, object))
        return own ? g_strdup("") : g_strdup_printf("%s: ", entry->what);
    if (own)
        return g_strdup_printf("%s: ", object);
    return g_strdup_printf("%s%s%s: ", entry->what, *object != '\0' ? " " : "", object);
}

/* All of a line but its time. Free with g_free. */
static char *format_entry(const struct journal_entry *entry)
{
    g_autofree char *subject = format_subject(entry);
    gboolean has_result = entry->result != NULL && *entry->result != '\0';

    return g_strdup_printf("%s%s%s%s%s", subject, entry->text, has_result ? " [" : "",
                           has_result ? entry->result : "", has_result ? "]" : "");
}

static void draw_entry(const struct app *app, struct surface *surface, struct rect row,
                       const struct journal_entry *entry, gboolean old)
{
    g_autofree char *time = scene_time(&app->scene, entry->wall_us, "%H:%M:%S");
    g_autofree char *text = format_entry(entry);

    surface_text(surface, row.x, row.y, TIME_WIDTH - 1, time, ROLE_MUTED, 0);
    surface_text(surface, row.x + TIME_WIDTH, row.y, row.width - TIME_WIDTH, text,
                 entry_role(entry, old), 0);
}

static const struct journal_entry *entry_at(const struct app *app, int line)
{
    if (line < 0 || line >= (int)app->scene.journal->len)
        return NULL;
    return g_ptr_array_index(app->scene.journal, (guint)line);
}

void journal_part_draw(const struct app *app, struct surface *surface, struct rect rect)
{
    int n = (int)app->scene.journal->len;
    int top = MAX(0, n - rect.height);

    for (int i = 0; i < rect.height && top + i < n; i++)
        draw_entry(app, surface, (struct rect){rect.x + 1, rect.y + i, rect.width - 2, 1},
                   entry_at(app, top + i), top + i < n - 1);
}
