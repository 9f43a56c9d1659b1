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

/* --- All of it ------------------------------------------------------------------------------- */

/* Who had it done, and all of what it says. */
static void draw_chosen(struct surface *surface, struct rect rect,
                        const struct journal_entry *entry)
{
    g_autofree char *text = format_entry(entry);
    g_autofree char *whole = g_strdup_printf("%s: %s", entry->who, text);

    list_say_chosen(surface, rect, whole);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    g_autofree char *note = g_strdup_printf("%u lines%s", app->scene.journal->len,
                                            app->journal_follows ? ", following" : "");
    struct rect inside = view_frame(app, surface, area, "Journal", note);
    struct list *list = &app->journal;

    list->has_cursor = TRUE;
    list->y = inside.y;
    if (app->journal_follows)
        list->cursor = (int)app->scene.journal->len;
    list_fit(list, (int)app->scene.journal->len, inside.height - LIST_CHOSEN_LINES - 1);
    if (list->n == 0) {
        surface_text(surface, inside.x + 1, inside.y, inside.width - 1, "Nothing has happened yet.",
                     ROLE_MUTED, 0);
        return;
    }
    for (int i = 0; i < list->height && list->top + i < list->n; i++) {
        struct rect row = {inside.x + 1, inside.y + i, inside.width - 2, 1};

        draw_entry(app, surface, row, entry_at(app, list->top + i), FALSE);
        if (list->top + i == list->cursor)
            surface_recolour(surface, row, ROLE_SELECTED, 0);
    }
    inside.y += inside.height - LIST_CHOSEN_LINES;
    inside.height = LIST_CHOSEN_LINES;
    draw_chosen(surface, inside, entry_at(app, list->cursor));
}

/* At its end the journal follows what is written; anywhere else it stands still. */
static void follow_at_end(struct app *app)
{
    app->journal_follows = app->journal.cursor >= app->journal.n - 1;
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    (void)input;
    if (list_key(&app->journal, action)) {
        follow_at_end(app);
        return TRUE;
    }
    if (action != ACTION_CANCEL && action != ACTION_JOURNAL && action != ACTION_QUIT &&
        action != ACTION_CONFIRM)
        return FALSE;
    app->journal_follows = TRUE;
    app_open(app, &view_main);
    return TRUE;
}

static void mouse(struct app *app, const struct input *input)
{
    if (list_mouse(&app->journal, input))
        follow_at_end(app);
}

const struct view view_journal = {"Journal", draw, key, mouse};
