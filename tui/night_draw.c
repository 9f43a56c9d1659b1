/* night_draw.c - a night in charts and in words. */
#include "tui/night_parts.h"

#include <math.h>

#include "core/command/session.h"
#include "tui/chart.h"
#include "tui/night_axis.h"

#define CHART_ROWS   8 /* of one chart, at least, before another is shown */
#define COLUMNS_FROM 130
#define MOVES_US     (15 * CLOCK_MINUTE_US)
#define VALUE_SERIES 2

enum chart_kind {
    CHART_HOSTS,
    CHART_LOAD,
    CHART_POWER,
    CHART_VMS,
    CHART_MOVES,
    CHART_KINDS,
};

gint64 night_cursor_us(const struct app *app)
{
    const struct night_view *view = app->night;

    if (view->cursor < 0)
        return MIN(app->scene.wall_us, view->until_us);
    return view->from_us + (gint64)(view->cursor * (double)(view->until_us - view->from_us));
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

/*
 * The moment a column tells of: its end, but now in the one that now is in. What was first seen in
 * the midst of a column is in it from then on, however wide the columns are.
 */
static gint64 column_us(const struct night_chart *night, guint column, guint columns)
{
    const struct night_view *view = night->app->night;
    double step_us = (double)(view->until_us - view->from_us) / columns;
    gint64 begin_us = view->from_us + (gint64)(column * step_us);
    gint64 end_us = view->from_us + (gint64)((column + 1) * step_us);
    gint64 now_us = night->app->scene.wall_us;

    return begin_us <= now_us && now_us < end_us ? now_us : end_us - 1;
}

/* What each line of the chart is, and its values one behind the other. */
static void fill_series(const struct night_chart *night, struct chart_series *series,
                        double *values, guint columns)
{
    for (guint i = 0; i < looks[night->kind].n_series; i++) {
        series[i] = looks[night->kind].series[i];
        series[i].values = values + (gsize)i * columns;
        for (guint j = 0; j < columns; j++)
            values[(gsize)i * columns + j] = value_of(night, column_us(night, j, columns), i);
    }
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

    fill_series(night, series, values, columns);
    chart_draw(surface, rect, &chart);
    return chart_plot_rect(&chart, rect);
}

void night_draw_charts(struct app *app, struct surface *surface, struct rect rect,
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

void night_draw_sum(const struct app *app, struct surface *surface, struct rect row,
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

void night_draw_values(const struct app *app, struct surface *surface, struct rect row,
                       const GArray *list)
{
    gint64 at_us = night_cursor_us(app);
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

void night_draw_empty(const struct app *app, struct surface *surface, struct rect rect)
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
