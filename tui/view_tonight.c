/*
 * view_tonight.c - the rest of the night in advance. It is simulated in a thread of its own, on a
 * copy of the lab; the console goes on meanwhile.
 */
#include "tui/view_tonight.h"

#include <math.h>

#include "core/command/session.h"
#include "tui/chart.h"
#include "tui/list.h"
#include "tui/night_axis.h"

#define REDRAW_MS   200
#define EVENT_CELLS 18 /* "22:07:14  migrate  " */

/* One look ahead; it outlives the view when that is left before it ends. */
struct look {
    gint users;      /* the view, and the thread's end */
    struct app *app; /* NULL = nobody waits any more */
    struct tonight_request *request;
    GCancellable *cancellable;
    gint permille;
};

struct tonight_view {
    struct look *look; /* NULL = none is under way */
    guint timer;
    struct tonight *tonight; /* NULL = none yet */
    char *failure;
    double cursor; /* 0..1 of the night */
    struct list list;
    struct rect plot; /* as last drawn */
};

/* --- Running --------------------------------------------------------------------------------- */

static void look_unref(gpointer data)
{
    struct look *look = data;

    if (--look->users > 0)
        return;
    tonight_request_free(look->request);
    g_object_unref(look->cancellable);
    g_free(look);
}

static void look_in_thread(GTask *task, G_GNUC_UNUSED gpointer source, gpointer data,
                           GCancellable *cancellable)
{
    struct look *look = data;
    GError *error = NULL;
    struct tonight *tonight = tonight_run(look->request, cancellable, &look->permille, &error);

    if (tonight != NULL)
        g_task_return_pointer(task, tonight, (GDestroyNotify)tonight_free);
    else
        g_task_return_error(task, error);
}

static struct tonight_view *view_of(struct app *app)
{
    if (app->tonight == NULL)
        app->tonight = g_new0(struct tonight_view, 1);
    return app->tonight;
}

static void drop_look(struct tonight_view *view)
{
    struct look *look = g_steal_pointer(&view->look);

    if (view->timer != 0)
        g_source_remove(view->timer);
    view->timer = 0;
    if (look == NULL)
        return;
    look->app = NULL;
    g_cancellable_cancel(look->cancellable);
    look_unref(look);
}

static void look_ended(G_GNUC_UNUSED GObject *source, GAsyncResult *result, gpointer data)
{
    struct look *look = data;
    struct app *app = look->app;
    g_autoptr(GError) error = NULL;
    struct tonight *tonight = g_task_propagate_pointer(G_TASK(result), &error);

    if (app != NULL) {
        drop_look(app->tonight);
        if (tonight != NULL)
            tonight_show(app, g_steal_pointer(&tonight));
        else
            app->tonight->failure = g_strdup(error->message);
        app_changed(app);
    }
    tonight_free(tonight);
    look_unref(look);
}

static gboolean redraw(gpointer app)
{
    app_changed(app);
    return G_SOURCE_CONTINUE;
}

static void begin(struct app *app)
{
    struct tonight_view *view = view_of(app);
    struct look *look = g_new0(struct look, 1);
    g_autoptr(GTask) task = NULL;

    drop_look(view);
    g_clear_pointer(&view->failure, g_free);
    look->users = 2;
    look->app = app;
    look->request = tonight_request_new(app->engine);
    look->cancellable = g_cancellable_new();
    view->look = look;
    view->timer = g_timeout_add(REDRAW_MS, redraw, app);
    task = g_task_new(NULL, look->cancellable, look_ended, look);
    g_task_set_task_data(task, look, NULL);
    g_task_run_in_thread(task, look_in_thread);
}

void tonight_open(struct app *app)
{
    if (app->engine != NULL)
        begin(app);
    app_open(app, &view_tonight);
}

void tonight_show(struct app *app, struct tonight *tonight_take)
{
    struct tonight_view *view = view_of(app);

    g_clear_pointer(&view->tonight, tonight_free);
    g_clear_pointer(&view->failure, g_free);
    view->tonight = tonight_take;
    view->cursor = 0;
    view->list = (struct list){.has_cursor = TRUE};
}

void tonight_clear(struct app *app)
{
    struct tonight_view *view = g_steal_pointer(&app->tonight);

    if (view == NULL)
        return;
    drop_look(view);
    g_clear_pointer(&view->tonight, tonight_free);
    g_free(view->failure);
    g_free(view);
}

gboolean tonight_is_running(const struct app *app)
{
    return app->tonight != NULL && app->tonight->look != NULL;
}

/* --- Drawing --------------------------------------------------------------------------------- */

static gint64 cursor_us(const struct tonight_view *view)
{
    const struct tonight *tonight = view->tonight;

    return tonight->from_us +
           (gint64)(view->cursor * (double)(tonight->until_us - tonight->from_us));
}

static int draw_sum(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct tonight *tonight = app->tonight->tonight;
    const struct hours *hours = app->scene.hours;
    const struct config *config = app->session != NULL ? app->session->config : NULL;
    g_autofree char *at = night_axis_time(hours, tonight->lowest_at_us, "%H:%M");
    g_autofree char *energy = night_axis_energy(tonight->kwh, tonight->kwh_all_on,
                                                config != NULL ? &config->tariff : NULL,
                                                config != NULL ? config->currency : NULL);
    gboolean trouble = tonight->troubles->len > 0;
    int y = rect.y;

    surface_printf(surface, rect.x, y++, rect.width, ROLE_STRONG, CELL_BOLD,
                   "%u of %u hosts on, %u at the fewest (%s), %u at the end; %u moves",
                   tonight->on_now, tonight->hosts, tonight->lowest, at, tonight->on_at_end,
                   tonight->migrations);
    surface_text(surface, rect.x, y++, rect.width, energy, ROLE_TEXT, 0);
    surface_printf(surface, rect.x, y++, rect.width, trouble ? ROLE_WARNING : ROLE_GOOD, 0,
                   trouble ? "foreseen: %s%s" : "no trouble is foreseen%s%s",
                   trouble ? (const char *)tonight->troubles->pdata[0] : "",
                   tonight->troubles->len > 1 ? " ..." : "");
    for (guint i = 1; i < MIN(tonight->troubles->len, 3) && rect.height > 24; i++)
        surface_printf(surface, rect.x, y++, rect.width, ROLE_WARNING, 0, "foreseen: %s",
                       (const char *)tonight->troubles->pdata[i]);
    return y - rect.y;
}

static void draw_chart(struct app *app, struct surface *surface, struct rect rect)
{
    struct tonight_view *view = app->tonight;
    const struct tonight *tonight = view->tonight;
    int cells = rect.width - chart_margin(tonight->hosts);
    guint columns = chart_columns(cells, app->ascii);
    g_autofree double *on = g_new(double, columns + 1);
    g_autofree double *all = g_new(double, columns + 1);
    g_autoptr(GArray) ticks =
        night_axis_ticks(app->scene.hours, tonight->from_us, tonight->until_us, cells);
    const struct chart_series series[] = {
        {"on", on, CHART_FILL, ROLE_REGULAR},
        {"all of them", all, CHART_DOTTED, ROLE_MUTED},
    };
    const struct chart chart = {
        .title = "hosts on",
        .series = series,
        .n_series = G_N_ELEMENTS(series),
        .ticks = (const struct chart_tick *)(gpointer)ticks->data,
        .n_ticks = ticks->len,
        .top_least = tonight->hosts,
        .cursor = view->cursor,
        .ascii = app->ascii,
    };

    for (guint i = 0; i < columns; i++) {
        double at = (i + 0.5) / columns;

        on[i] =
            tonight_at(tonight, tonight->from_us +
                                    (gint64)(at * (double)(tonight->until_us - tonight->from_us)))
                ->on;
        all[i] = tonight->hosts;
    }
    view->plot = chart_plot_rect(&chart, rect);
    chart_draw(surface, rect, &chart);
}

static void draw_values(const struct app *app, struct surface *surface, struct rect row)
{
    gint64 at_us = cursor_us(app->tonight);
    const struct tonight_sample *sample = tonight_at(app->tonight->tonight, at_us);
    g_autofree char *time = night_axis_time(app->scene.hours, at_us, "%a %H:%M");
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%s  %u hosts on, %u off  %u VMs  %.2f kW  %u moves  ", time,
                           sample->on, app->tonight->tonight->hosts - sample->on, sample->vms,
                           sample->watts / 1000, sample->migrations);
    if (sample->load >= 0)
        g_string_append_printf(text, "load %.2f/CPU", sample->load);
    surface_fill(surface, row, " ", ROLE_SELECTED, 0);
    surface_text(surface, row.x + 1, row.y, row.width - 1, text->str, ROLE_SELECTED, 0);
    g_string_free(text, TRUE);
}

static void draw_events(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct tonight *tonight = app->tonight->tonight;
    struct list *list = &app->tonight->list;

    list->y = rect.y;
    list_fit(list, (int)tonight->events->len, rect.height);
    if (list->n == 0)
        surface_text(surface, rect.x, rect.y, rect.width,
                     "Nothing would happen: the autopilot finds nothing to do.", ROLE_MUTED, 0);
    for (int i = 0; i < list->height && list->top + i < list->n; i++) {
        const struct tonight_event *event = tonight->events->pdata[list->top + i];
        g_autofree char *time = night_axis_time(app->scene.hours, event->wall_us, "%H:%M:%S");
        struct rect row = {rect.x - 1, rect.y + i, rect.width + 2, 1};

        surface_text(surface, rect.x, row.y, 9, time, ROLE_MUTED, 0);
        surface_text(surface, rect.x + 10, row.y, 8, event->what, ROLE_TEXT, 0);
        surface_text(surface, rect.x + EVENT_CELLS, row.y, rect.width - EVENT_CELLS, event->text,
                     event->trouble ? ROLE_WARNING : ROLE_TEXT, 0);
        if (list->top + i == list->cursor)
            surface_recolour(surface, row, ROLE_SELECTED, 0);
    }
}

static void draw_waiting(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct tonight_view *view = app->tonight;

    if (view != NULL && view->failure != NULL)
        surface_printf(surface, rect.x, rect.y, rect.width, ROLE_WARNING, 0, "%s", view->failure);
    else
        surface_printf(surface, rect.x, rect.y, rect.width, ROLE_TEXT, 0,
                       "The night is being simulated: %d %%. Escape gives it up.",
                       tonight_is_running(app) ? g_atomic_int_get(&view->look->permille) / 10 : 0);
}

static char *title_of(const struct app *app)
{
    const struct tonight *tonight = app->tonight != NULL ? app->tonight->tonight : NULL;
    g_autofree char *from = NULL;
    g_autofree char *until = NULL;

    if (tonight == NULL)
        return g_strdup("Tonight");
    from = night_axis_time(app->scene.hours, tonight->from_us, "%a %H:%M");
    until = night_axis_time(app->scene.hours, tonight->until_us, "%a %H:%M");
    return g_strdup_printf("Tonight, simulated: %s to %s", from, until);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    const struct tonight *tonight = app->tonight != NULL ? app->tonight->tonight : NULL;
    g_autofree char *title = title_of(app);
    struct rect inside = view_frame(app, surface, area, title,
                                    tonight == NULL  ? NULL
                                    : tonight->as_if ? "as if automatic; loads as now"
                                                     : "loads as now");
    int chart;

    inside.x++;
    inside.width -= 2;
    if (tonight == NULL || tonight_is_running(app)) {
        draw_waiting(app, surface, inside);
        return;
    }
    chart = draw_sum(app, surface, inside);
    inside.y += chart;
    inside.height -= chart;
    chart = CLAMP(inside.height / 2, 0, 16);
    if (chart < CHART_HEIGHT_LEAST)
        chart = 0;
    draw_chart(app, surface, (struct rect){inside.x, inside.y, inside.width, chart});
    inside.y += chart;
    inside.height -= chart;
    draw_values(app, surface, (struct rect){inside.x - 1, inside.y, inside.width + 2, 1});
    draw_events(app, surface,
                (struct rect){inside.x, inside.y + 1, inside.width, MAX(0, inside.height - 1)});
}

/* --- Keys ------------------------------------------------------------------------------------ */

/* The events go with the time, and the time with the events. */
static void events_follow(struct tonight_view *view)
{
    const GPtrArray *events = view->tonight->events;
    gint64 at_us = cursor_us(view);
    int i = 0;

    while (i + 1 < (int)events->len &&
           ((const struct tonight_event *)events->pdata[i + 1])->wall_us <= at_us)
        i++;
    view->list.cursor = i;
}

static void time_follows(struct tonight_view *view)
{
    const struct tonight *tonight = view->tonight;
    const struct tonight_event *event;

    if (view->list.cursor >= (int)tonight->events->len)
        return;
    event = tonight->events->pdata[view->list.cursor];
    view->cursor = CLAMP((double)(event->wall_us - tonight->from_us) /
                             (double)(tonight->until_us - tonight->from_us),
                         0, 1);
}

static void scrub(struct tonight_view *view, double by)
{
    view->cursor = CLAMP(view->cursor + by, 0, 1);
    events_follow(view);
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    struct tonight_view *view = app->tonight;
    double step = 1.0 / MAX(1, view != NULL ? view->plot.width - 1 : 1);

    (void)input;
    if (action == ACTION_REFRESH && app->engine != NULL) {
        begin(app);
        return TRUE;
    }
    if (view != NULL && view->tonight != NULL && !tonight_is_running(app)) {
        if (action == ACTION_CURSOR_LEFT || action == ACTION_CURSOR_RIGHT) {
            scrub(view, action == ACTION_CURSOR_LEFT ? -step : step);
            return TRUE;
        }
        if (list_key(&view->list, action)) {
            time_follows(view);
            return TRUE;
        }
    }
    if (action != ACTION_CANCEL && action != ACTION_TONIGHT && action != ACTION_QUIT)
        return FALSE;
    if (view != NULL)
        drop_look(view);
    app_back(app);
    return TRUE;
}

static void mouse(struct app *app, const struct input *input)
{
    struct tonight_view *view = app->tonight;

    if (view == NULL || view->tonight == NULL || tonight_is_running(app))
        return;
    if ((input->kind == INPUT_PRESS || input->kind == INPUT_DRAG) && input->button == 1 &&
        rect_contains(view->plot, input->x, input->y)) {
        view->cursor = (double)(input->x - view->plot.x) / MAX(1, view->plot.width - 1);
        events_follow(view);
    } else if (list_mouse(&view->list, input)) {
        time_follows(view);
    }
}

static const struct view_key keys[] = {
    {ACTION_CURSOR_LEFT, "earlier", "to an earlier moment"},
    {ACTION_CURSOR_RIGHT, "later", "to a later moment"},
    {ACTION_CURSOR_UP, "", "to the event before"},
    {ACTION_CURSOR_DOWN, "", "to the next event"},
    {ACTION_REFRESH, "anew", "simulate it again, from how the lab is now"},
    {ACTION_CANCEL, "", "give up the simulation; back"},
    {ACTION_NONE, NULL, NULL},
};

const struct view view_tonight = {"Tonight", draw, key, mouse, NULL, keys};
