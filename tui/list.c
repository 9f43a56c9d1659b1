#include "tui/view.h"

#include "core/base/text.h"
#include "tui/wrap.h"

#define WHEEL_LINES 3

/* The name of a view that was come through, as its own title has it. Free with g_free. */
static char *crumb(const struct app *app, const struct view *view)
{
    if (view == &view_host && app->host != NULL)
        return g_strdup_printf("Host %s", app->host);
    if (view == &view_vm && app->vm != NULL)
        return g_strdup_printf("VM %s", app->vm);
    if (view == &view_job)
        return g_strdup_printf("Job %u", app->chosen_job);
    return g_strdup(view->title);
}

/*
 * The way to the view that is drawn, each step with " > " behind it: what Escape comes back to.
 * Where it takes more than width cells the first steps are left out.
 */
static char *way_here(const struct app *app, int width)
{
    GString *way = g_string_new(NULL);
    int used = 0;

    for (guint i = app->n_views; i > 2; i--) {
        g_autofree char *name = crumb(app, app->views[i - 2]);
        g_autofree char *escaped = text_escape(name);
        int step = (int)text_width(escaped) + 3;

        if (used + step > width)
            break;
        used += step;
        g_string_prepend(way, " > ");
        g_string_prepend(way, escaped);
    }
    return g_string_free(way, FALSE);
}

struct rect view_frame(const struct app *app, struct surface *surface, struct rect area,
                       const char *title, const char *note)
{
    struct rect rule = {area.x, area.y, area.width, 1};
    g_autofree char *escaped = text_escape(title);
    int room =
        area.width - 8 - (int)text_width(escaped) - (note != NULL ? (int)text_width(note) : 0);
    g_autofree char *way = way_here(app, room);
    int x = rule.x + 2;

    surface_fill(surface, rule, app->ascii ? "-" : "─", ROLE_MUTED, 0);
    if (*way != '\0') {
        x += surface_printf(surface, x, rule.y, rule.width - 4, ROLE_MUTED, 0, " %s", way);
        x += surface_printf(surface, x, rule.y, rule.x + rule.width - 2 - x, ROLE_STRONG, CELL_BOLD,
                            "%s ", title);
    } else {
        x += surface_printf(surface, x, rule.y, rule.width - 4, ROLE_STRONG, CELL_BOLD, " %s ",
                            title);
    }
    if (note != NULL && *note != '\0')
        surface_printf(surface, x + 1, rule.y, rule.x + rule.width - x - 3, ROLE_MUTED, 0, " %s ",
                       note);
    return (struct rect){area.x, area.y + 1, area.width, area.height - 1};
}

void list_say_chosen(struct surface *surface, struct rect rect, const char *text)
{
    wrap_draw(surface, (struct rect){rect.x + 1, rect.y, rect.width - 2, rect.height}, ROLE_TEXT,
              text);
}

static int list_last_top(const struct list *list)
{
    return MAX(0, list->n - list->height);
}

/* Where an action takes a cursor, or the top of a list that has none. */
static gboolean moved(const struct list *list, enum action action, int *position)
{
    int page = MAX(1, list->height - 1);

    switch (action) {
    case ACTION_CURSOR_UP:
        *position -= 1;
        return TRUE;
    case ACTION_CURSOR_DOWN:
        *position += 1;
        return TRUE;
    case ACTION_PAGE_UP:
        *position -= page;
        return TRUE;
    case ACTION_PAGE_DOWN:
        *position += page;
        return TRUE;
    case ACTION_CURSOR_FIRST:
        *position = 0;
        return TRUE;
    case ACTION_CURSOR_LAST:
        *position = list->n;
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean list_key(struct list *list, enum action action)
{
    if (!moved(list, action, list->has_cursor ? &list->cursor : &list->top))
        return FALSE;
    list_fit(list, list->n, list->height);
    return TRUE;
}

/* A click on a line chooses it. */
static gboolean list_click(struct list *list, const struct input *input)
{
    int line = input->y - list->y;

    if (!list->has_cursor || line < 0 || line >= list->height || list->top + line >= list->n)
        return FALSE;
    list->cursor = list->top + line;
    return TRUE;
}

gboolean list_mouse(struct list *list, const struct input *input)
{
    int step = input->kind == INPUT_WHEEL_UP ? -WHEEL_LINES : WHEEL_LINES;

    if (input->kind == INPUT_PRESS && input->button == 1)
        return list_click(list, input);
    if (input->kind != INPUT_WHEEL_UP && input->kind != INPUT_WHEEL_DOWN)
        return FALSE;
    if (list->has_cursor)
        list->cursor += step;
    else
        list->top += step;
    list_fit(list, list->n, list->height);
    return TRUE;
}

void list_fit(struct list *list, int n, int height)
{
    list->n = n;
    list->height = MAX(0, height);
    if (list->has_cursor) {
        list->cursor = CLAMP(list->cursor, 0, MAX(0, n - 1));
        if (list->cursor < list->top)
            list->top = list->cursor;
        if (list->cursor >= list->top + list->height)
            list->top = list->cursor - list->height + 1;
    }
    list->top = CLAMP(list->top, 0, list_last_top(list));
}
