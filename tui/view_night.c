/*
 * view_night.c - the night so far, and those before: hosts on, load, power, VMs and migrations over
 * time. From the store where there is one, read in a thread; else what this console has seen.
 */
#include "tui/view.h"

#include "core/command/session.h"
#include "core/store/history.h"
#include "core/store/store.h"
#include "tui/night_axis.h"
#include "tui/night_parts.h"
#include "tui/night_read.h"

#define REREAD_US (5 * CLOCK_MINUTE_US)

/* --- Which night ----------------------------------------------------------------------------- */

/* The night that `wall_us` lies in, or the last before it. Without hours: a day back from then. */
static void choose_night(const struct hours *hours, gint64 wall_us, gint64 *from_us,
                         gint64 *until_us)
{
    gint64 closing_us = hours != NULL ? hours_last_closing_us(hours, wall_us) : G_MININT64;
    gint64 opening_us =
        closing_us != G_MININT64 ? hours_next_opening_us(hours, closing_us) : G_MAXINT64;

    *from_us = closing_us;
    *until_us = opening_us;
    if (closing_us != G_MININT64 && opening_us != G_MAXINT64)
        return;
    *from_us = wall_us - CLOCK_DAY_US;
    *until_us = wall_us;
}

static void read_store(struct app *app);

static struct night_view *view_of(struct app *app)
{
    if (app->night == NULL) {
        app->night = g_new0(struct night_view, 1);
        app->night->cursor = -1;
    }
    return app->night;
}

static gboolean is_newest(const struct app *app)
{
    gint64 newest_us, ends_us;

    choose_night(app->scene.hours, app->scene.wall_us, &newest_us, &ends_us);
    return app->night->from_us >= newest_us;
}

static void choose(struct app *app, gint64 wall_us)
{
    struct night_view *view = view_of(app);
    const struct hours *hours = app->scene.hours;
    gint64 now_us = app->scene.wall_us;

    choose_night(hours, wall_us, &view->from_us, &view->until_us);
    /* While the lab is open, the day since the last night is shown with it. */
    if (is_newest(app) && hours != NULL && now_us >= view->until_us &&
        hours_next_closing_us(hours, now_us) != G_MAXINT64)
        view->until_us = hours_next_closing_us(hours, now_us);
    view->cursor = -1;
    g_clear_pointer(&view->kept, g_array_unref);
    g_clear_pointer(&view->failure, g_free);
    read_store(app);
}

static void go_before(struct app *app)
{
    choose(app, app->night->from_us - 1);
}

static void go_after(struct app *app)
{
    gint64 closing_us = app->scene.hours != NULL
                            ? hours_next_closing_us(app->scene.hours, app->night->from_us)
                            : G_MAXINT64;

    if (is_newest(app)) {
        app_say(app, ROLE_FOOTER, "this is the newest night");
        return;
    }
    choose(app, closing_us != G_MAXINT64
                    ? MIN(closing_us, app->scene.wall_us)
                    : MIN(app->night->until_us + CLOCK_DAY_US, app->scene.wall_us));
}

/* --- The store ------------------------------------------------------------------------------- */

static void take_kept(GArray *list_take, const GError *error, gpointer data)
{
    struct app *app = data;
    struct night_view *view = app->night;

    g_clear_pointer(&view->read, night_read_free);
    g_clear_pointer(&view->kept, g_array_unref);
    g_clear_pointer(&view->failure, g_free);
    view->kept = list_take;
    view->kept_at_us = app->scene.wall_us;
    view->failure = error != NULL ? g_strdup(error->message) : NULL;
    app_changed(app);
}

static void read_store(struct app *app)
{
    struct night_view *view = app->night;

    g_clear_pointer(&view->read, night_read_free);
    if (app->session == NULL || app->session->store == NULL)
        return;
    view->read = night_read_start(store_dir(app->session->store), view->from_us - HISTORY_GAP_US,
                                  view->until_us, take_kept, app);
}

void night_open(struct app *app)
{
    view_of(app);
    choose(app, app->scene.wall_us);
    app_open(app, &view_night);
}

void night_clear(struct app *app)
{
    struct night_view *view = g_steal_pointer(&app->night);

    if (view == NULL)
        return;
    g_clear_pointer(&view->read, night_read_free);
    g_clear_pointer(&view->kept, g_array_unref);
    g_free(view->failure);
    g_free(view);
}

/* Of those before the night only the last tells of it: how it began. */
static void drop_day_before(GArray *list, gint64 from_us)
{
    guint n = 0;

    while (n + 1 < list->len && g_array_index(list, struct night_sample, n + 1).wall_us <= from_us)
        n++;
    if (n > 0)
        g_array_remove_range(list, 0, n);
}

/* What is kept, and what this console has seen since. Free with g_array_unref. */
static GArray *list_samples(const struct app *app)
{
    const struct night_view *view = app->night;
    GArray *list = g_array_new(FALSE, FALSE, sizeof(struct night_sample));
    gint64 since_us = view->from_us - HISTORY_GAP_US;
    g_autoptr(GArray) seen = NULL;

    if (view->kept != NULL && view->kept->len > 0) {
        g_array_append_vals(list, view->kept->data, view->kept->len);
        since_us = g_array_index(list, struct night_sample, list->len - 1).wall_us + 1;
    }
    seen = night_samples_list(app->night_samples, since_us, view->until_us);
    if (seen->len > 0)
        g_array_append_vals(list, seen->data, seen->len);
    drop_day_before(list, view->from_us);
    return list;
}

/* --- Drawing -------------------------------------------------------------------------------- */

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    struct night_view *view = view_of(app);
    g_autofree char *from = night_axis_time(app->scene.hours, view->from_us, "%a %d %b %H:%M");
    g_autofree char *until = night_axis_time(app->scene.hours, view->until_us, "%a %H:%M");
    g_autofree char *title = g_strdup_printf("Night: %s to %s", from, until);
    g_autoptr(GArray) list = list_samples(app);
    gboolean goes_on = is_newest(app) && app->scene.wall_us < view->until_us;
    struct rect inside =
        view_frame(app, surface, area, title,
                   app->session == NULL || app->session->store == NULL ? "seen by this console"
                   : goes_on                                           ? "so far"
                                                                       : "from the store");

    inside.x++;
    inside.width -= 2;
    if (list->len == 0) {
        night_draw_empty(app, surface, inside);
        return;
    }
    night_draw_sum(app, surface, (struct rect){inside.x, inside.y, inside.width, 1}, list);
    night_draw_charts(app, surface,
                      (struct rect){inside.x, inside.y + 1, inside.width, inside.height - 2}, list);
    night_draw_values(
        app, surface,
        (struct rect){inside.x - 1, inside.y + inside.height - 1, inside.width + 2, 1}, list);
    if (goes_on && view->read == NULL && view->kept != NULL &&
        app->scene.wall_us - view->kept_at_us > REREAD_US)
        read_store(app);
}

/* --- Keys ------------------------------------------------------------------------------------ */

/* Over the edge is the night before, or after. */
static void scrub(struct app *app, int by)
{
    struct night_view *view = app->night;
    double step = 1.0 / MAX(1, view->plot.width - 1);
    double span_us = (double)(view->until_us - view->from_us);
    double cursor = (double)(night_cursor_us(app) - view->from_us) / span_us + by * step;

    if (cursor < 0) {
        go_before(app);
        app->night->cursor = 1;
    } else if (cursor > 1) {
        go_after(app);
        app->night->cursor = is_newest(app) && view->cursor > 0 ? 1 : 0;
    } else {
        view->cursor = cursor;
    }
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    struct night_view *view = view_of(app);

    (void)input;
    switch (action) {
    case ACTION_CURSOR_LEFT:
    case ACTION_CURSOR_RIGHT:
        scrub(app, action == ACTION_CURSOR_LEFT ? -1 : 1);
        return TRUE;
    case ACTION_CURSOR_FIRST:
        view->cursor = 0;
        return TRUE;
    case ACTION_CURSOR_LAST:
        view->cursor = -1;
        return TRUE;
    case ACTION_PAGE_UP:
        go_before(app);
        return TRUE;
    case ACTION_PAGE_DOWN:
        go_after(app);
        return TRUE;
    case ACTION_CURSOR_UP:
    case ACTION_PREVIOUS_VM:
        view->first--;
        return TRUE;
    case ACTION_CURSOR_DOWN:
    case ACTION_NEXT_VM:
        view->first++;
        return TRUE;
    case ACTION_CANCEL:
    case ACTION_NIGHT:
    case ACTION_QUIT:
        app_back(app);
        return TRUE;
    default:
        return FALSE;
    }
}

static void mouse(struct app *app, const struct input *input)
{
    struct night_view *view = view_of(app);

    if (input->kind == INPUT_WHEEL_UP)
        view->first--;
    else if (input->kind == INPUT_WHEEL_DOWN)
        view->first++;
    else if ((input->kind == INPUT_PRESS || input->kind == INPUT_DRAG) && input->button == 1 &&
             input->x >= view->plot.x && input->x < view->plot.x + view->plot.width)
        view->cursor = (double)(input->x - view->plot.x) / MAX(1, view->plot.width - 1);
}

static const struct view_key keys[] = {
    {ACTION_CURSOR_LEFT, "earlier", "to an earlier moment; over the edge, the night before"},
    {ACTION_CURSOR_RIGHT, "later", "to a later moment; over the edge, the night after"},
    {ACTION_PAGE_UP, "night before", "the night before"},
    {ACTION_PAGE_DOWN, "night after", "the night after"},
    {ACTION_CURSOR_DOWN, "charts", "other charts, where they do not all fit"},
    {ACTION_CURSOR_UP, "", "the charts before"},
    {ACTION_CURSOR_FIRST, "", "to the beginning of the night"},
    {ACTION_CURSOR_LAST, "", "to its end, or to now"},
    {ACTION_NONE, NULL, NULL},
};

const struct view view_night = {"Night", draw, key, mouse, NULL, keys};
