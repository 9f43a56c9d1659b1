/*
 * view_night.c - the night so far, and those before: hosts on, load, power, VMs and migrations over
 * time. From the store where there is one, read in a thread; else what this console has seen.
 */
#include "tui/view.h"

#include <math.h>

#include "core/command/session.h"
#include "core/store/history.h"
#include "core/store/store.h"
#include "tui/chart.h"
#include "tui/list.h"
#include "tui/night_axis.h"
#include "tui/night_read.h"
#include "tui/night_samples.h"

#define CHART_ROWS   8 /* of one chart, at least, before another is shown */
#define COLUMNS_FROM 130
#define MOVES_US     (15 * CLOCK_MINUTE_US)
#define REREAD_US    (5 * CLOCK_MINUTE_US)
#define VALUE_SERIES 2

enum chart_kind {
    CHART_HOSTS,
    CHART_LOAD,
    CHART_POWER,
    CHART_VMS,
    CHART_MOVES,
    CHART_KINDS,
};

struct night_view {
    gint64 from_us, until_us; /* of the night, wall */
    struct night_read *read;  /* NULL = nothing is being read */
    GArray *kept;             /* struct night_sample, of the store; NULL = none */
    gint64 kept_at_us;
    char *failure;
    double cursor; /* 0..1; below 0 = it goes with the time */
    int first;     /* chart that is shown on top */
    struct rect plot;
};

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

/* --- Charts ---------------------------------------------------------------------------------- */

struct night_chart {
    const struct app *app;
    const GArray *list;
    enum chart_kind kind;
};

static double value_of(const struct night_chart *chart, gint64 at_us, guint series)
{
    const struct night_sample *sample =
        at_us <= chart->app->scene.wall_us ? night_samples_at(chart->list, at_us) : NULL;

    if (sample == NULL)
        return NAN;
    switch (chart->kind) {
    case CHART_HOSTS:
        return series == 0 ? sample->on : sample->hosts;
    case CHART_LOAD:
        return sample->load < 0 ? NAN : sample->load;
    case CHART_POWER:
        return (series == 0 ? sample->watts : sample->watts_all_on) / 1000;
    case CHART_VMS:
        return sample->vms;
    case CHART_MOVES:
    case CHART_KINDS:
        break;
    }
    return night_samples_moves(chart->list, at_us - MOVES_US, at_us);
}

static const struct {
    const char *title;
    guint n_series;
    struct chart_series series[VALUE_SERIES];
    double top_least;
} looks[CHART_KINDS] = {
    [CHART_HOSTS] = {"hosts on",
                     2,
                     {{"on", NULL, CHART_FILL, ROLE_REGULAR},
                      {"all there are", NULL, CHART_DOTTED, ROLE_MUTED}},
                     8},
    [CHART_LOAD] = {"mean load of a CPU", 1, {{"of hosts on", NULL, CHART_LINE, ROLE_UNDER}}, 1},
    [CHART_POWER] = {"power, kW",
                     2,
                     {{"drawn", NULL, CHART_FILL, ROLE_WAKING},
                      {"with all on", NULL, CHART_DOTTED, ROLE_MUTED}},
                     0.1},
    [CHART_VMS] = {"VMs running", 1, {{"running", NULL, CHART_LINE, ROLE_VM}}, 8},
    [CHART_MOVES] = {"migrations in 15 min", 1, {{"done", NULL, CHART_FILL, ROLE_VM_MOVING}}, 4},
};

/* The moment a column tells of: its middle, but now in the one that now is in. */
static gint64 column_us(const struct night_chart *night, guint column, guint columns)
{
    const struct night_view *view = night->app->night;
    double step_us = (double)(view->until_us - view->from_us) / columns;
    gint64 begin_us = view->from_us + (gint64)(column * step_us);
    gint64 middle_us = view->from_us + (gint64)((column + 0.5) * step_us);
    gint64 now_us = night->app->scene.wall_us;

    return begin_us <= now_us && now_us < middle_us ? now_us : middle_us;
}

static struct rect draw_chart(const struct night_chart *night, struct surface *surface,
                              struct rect rect)
{
    const struct app *app = night->app;
    const struct night_view *view = app->night;
    const struct policy_config *policy = &app->scene.settings->policy;
    int cells = rect.width - 6;
    guint columns = chart_columns(cells, app->ascii);
    g_autofree double *values = g_new(double, (gsize)(columns + 1) * VALUE_SERIES);
    g_autoptr(GArray) ticks =
        night_axis_ticks(app->scene.hours, view->from_us, view->until_us, cells);
    g_autoptr(GArray) spans = night_axis_open(app->scene.hours, view->from_us, view->until_us);
    struct chart_series series[VALUE_SERIES];
    const struct chart_level levels[] = {{"over", policy->load_max_permille / 1000.0},
                                         {"under", policy->load_min_permille / 1000.0}};
    struct chart chart = {
        .title = looks[night->kind].title,
        .series = series,
        .n_series = looks[night->kind].n_series,
        .levels = levels,
        .n_levels = night->kind == CHART_LOAD ? G_N_ELEMENTS(levels) : 0,
        .ticks = (const struct chart_tick *)(gpointer)ticks->data,
        .n_ticks = ticks->len,
        .spans = (const struct chart_span *)(gpointer)spans->data,
        .n_spans = spans->len,
        .top_least = looks[night->kind].top_least,
        .cursor = view->cursor,
        .margin = 6,
        .ascii = app->ascii,
    };

    for (guint i = 0; i < chart.n_series; i++) {
        series[i] = looks[night->kind].series[i];
        series[i].values = values + (gsize)i * columns;
        for (guint j = 0; j < columns; j++)
            values[(gsize)i * columns + j] = value_of(night, column_us(night, j, columns), i);
    }
    chart_draw(surface, rect, &chart);
    return chart_plot_rect(&chart, rect);
}

/* As many as there is room for, the first chosen with the arrows; two abreast on a wide screen. */
static void draw_charts(struct app *app, struct surface *surface, struct rect rect,
                        const GArray *list)
{
    int abreast = rect.width >= COLUMNS_FROM ? 2 : 1;
    int rows = CLAMP(rect.height / CHART_ROWS, 1, (CHART_KINDS + abreast - 1) / abreast);
    int height = rect.height / rows, width = rect.width / abreast;

    app->night->first = CLAMP(app->night->first, 0, MAX(0, CHART_KINDS - rows * abreast));
    for (int i = 0; i < rows * abreast && app->night->first + i < CHART_KINDS; i++) {
        const struct night_chart chart = {app, list, (enum chart_kind)(app->night->first + i)};
        struct rect place = {rect.x + i % abreast * width, rect.y + i / abreast * height,
                             width - (abreast > 1 ? 2 : 0), height};
        struct rect plot = draw_chart(&chart, surface, place);

        if (i == 0)
            app->night->plot = plot;
    }
}

/* --- In words -------------------------------------------------------------------------------- */

static gint64 cursor_us(const struct app *app)
{
    const struct night_view *view = app->night;

    if (view->cursor < 0)
        return MIN(app->scene.wall_us, view->until_us);
    return view->from_us + (gint64)(view->cursor * (double)(view->until_us - view->from_us));
}

static void draw_sum(const struct app *app, struct surface *surface, struct rect row,
                     const GArray *list)
{
    const struct config *config = app->session != NULL ? app->session->config : NULL;
    const struct night_sample *lowest = NULL;
    g_autofree char *energy = NULL, *at = NULL;
    double kwh, kwh_all_on;

    for (guint i = 0; i < list->len; i++) {
        const struct night_sample *sample = &g_array_index(list, struct night_sample, i);

        if (lowest == NULL || sample->on < lowest->on)
            lowest = sample;
    }
    if (lowest == NULL)
        return;
    night_samples_energy(list, &kwh, &kwh_all_on);
    energy = night_axis_energy(kwh, kwh_all_on, config != NULL ? &config->tariff : NULL,
                               config != NULL ? config->currency : NULL);
    at = night_axis_time(app->scene.hours, lowest->wall_us, "%H:%M");
    surface_printf(surface, row.x, row.y, row.width, ROLE_STRONG, CELL_BOLD,
                   "fewest hosts on: %u (%s); %s", lowest->on, at, energy);
}

static void draw_values(const struct app *app, struct surface *surface, struct rect row,
                        const GArray *list)
{
    gint64 at_us = cursor_us(app);
    const struct night_sample *sample =
        at_us <= app->scene.wall_us ? night_samples_at(list, at_us) : NULL;
    g_autofree char *time = night_axis_time(app->scene.hours, at_us, "%a %H:%M");
    g_autofree char *load = NULL;

    surface_fill(surface, row, " ", ROLE_SELECTED, 0);
    if (sample == NULL) {
        surface_printf(surface, row.x + 1, row.y, row.width - 1, ROLE_SELECTED, 0, "%s  %s", time,
                       at_us > app->scene.wall_us ? "is still to come"
                                                  : "nobody looked at the lab then");
        return;
    }
    load = sample->load < 0 ? g_strdup("load not known")
                            : g_strdup_printf("load %.2f/CPU", sample->load);
    surface_printf(surface, row.x + 1, row.y, row.width - 1, ROLE_SELECTED, 0,
                   "%s  %u of %u on  %u VMs  %s  %.2f of %.2f kW  %u moves/15 min", time,
                   sample->on, sample->hosts, sample->vms, load, sample->watts / 1000,
                   sample->watts_all_on / 1000, night_samples_moves(list, at_us - MOVES_US, at_us));
}

static void draw_empty(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct night_view *view = app->night;

    if (view->read != NULL)
        surface_text(surface, rect.x, rect.y, rect.width, "The history is being read ...",
                     ROLE_MUTED, 0);
    else if (view->failure != NULL)
        surface_text(surface, rect.x, rect.y, rect.width, view->failure, ROLE_WARNING, 0);
    else
        surface_printf(surface, rect.x, rect.y, rect.width, ROLE_MUTED, 0,
                       "Nothing was recorded of this night.%s",
                       app->session == NULL || app->session->store == NULL
                           ? " There is no store, only what was seen here."
                           : "");
}

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
        draw_empty(app, surface, inside);
        return;
    }
    draw_sum(app, surface, (struct rect){inside.x, inside.y, inside.width, 1}, list);
    draw_charts(app, surface,
                (struct rect){inside.x, inside.y + 1, inside.width, inside.height - 2}, list);
    draw_values(app, surface,
                (struct rect){inside.x - 1, inside.y + inside.height - 1, inside.width + 2, 1},
                list);
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
    double cursor = (double)(cursor_us(app) - view->from_us) / span_us + by * step;

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
