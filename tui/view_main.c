#include "tui/view.h"

#include "core/base/text.h"
#include "tui/action.h"
#include "tui/grid_parts.h"

#define SIDE_BY_SIDE_WIDTH 140

struct main_layout {
    struct rect grid, rule, detail, jobs_rule, jobs, journal_rule, journal;
    gboolean side_by_side;
};

/* --- Dividing the room ----------------------------------------------------------------------- */

static int detail_lines(struct rect area)
{
    if (area.width >= SIDE_BY_SIDE_WIDTH)
        return 2;
    return area.height >= 26 ? 3 : 2;
}

#define LEAST_BELOW 2 /* a job and a line of the journal */

/* Lines for jobs and journal at least: more where the screen has them. */
static int least_below(struct rect area, gboolean side_by_side)
{
    if (area.height < 18)
        return LEAST_BELOW;
    return MAX(side_by_side ? 3 : 4, (area.height - 8) / 5);
}

static void divide_below(struct main_layout *layout, struct rect area, int y)
{
    int height = area.y + area.height - y;

    layout->jobs_rule = (struct rect){area.x, y, area.width, 1};
    if (layout->side_by_side) {
        int half = area.width / 2;

        layout->jobs_rule.width = half;
        layout->journal_rule = (struct rect){area.x + half, y, area.width - half, 1};
        layout->jobs = (struct rect){area.x, y + 1, half, height - 1};
        layout->journal = (struct rect){area.x + half, y + 1, area.width - half, height - 1};
    } else {
        int jobs = (height - 1) / 2;

        layout->jobs = (struct rect){area.x, y + 1, area.width, jobs};
        layout->journal = (struct rect){area.x, y + 1 + jobs, area.width, height - 1 - jobs};
    }
}

/*
 * The lines the grid may take: all but the least of the rest, and some more where that lets it name
 * the hosts, or draw their VMs, and where it has to scroll.
 */
static int grid_lines(const struct app *app, struct rect area, int height, int below)
{
    struct grid_layout tiles = app->grid;
    struct rect least = {area.x, area.y, area.width, MAX(1, height - below)};
    struct rect most = {area.x, area.y, area.width, MAX(1, height - LEAST_BELOW)};
    enum grid_style roomy;

    grid_fit(app, &tiles, least);
    if (tiles.minimap.width > 0)
        return most.height;
    roomy = tiles.style;
    grid_fit(app, &tiles, most);
    return tiles.style < roomy ? most.height : least.height;
}

/* The grid takes what it needs; the rest takes what it leaves. */
static struct main_layout divide(struct app *app, struct rect area)
{
    struct main_layout layout = {.side_by_side = area.width >= SIDE_BY_SIDE_WIDTH};
    int detail = detail_lines(area);
    int grid =
        grid_lines(app, area, area.height - detail - 2, least_below(area, layout.side_by_side));
    struct grid_layout tiles = app->grid;
    int y;

    layout.grid = (struct rect){area.x, area.y, area.width, grid};
    app->grid_room = layout.grid;
    grid_fit(app, &tiles, layout.grid);
    if (arrangement_n(&app->arrangement) > 0)
        layout.grid.height = MIN(layout.grid.height, MAX(1, grid_layout_height(&tiles)));
    y = layout.grid.y + layout.grid.height;
    layout.rule = (struct rect){area.x, y, area.width, 1};
    layout.detail = (struct rect){area.x, y + 1, area.width, detail};
    divide_below(&layout, area, y + 1 + detail);
    return layout;
}

/* --- Rules ----------------------------------------------------------------------------------- */

static void draw_rule(const struct app *app, struct surface *surface, struct rect rect)
{
    surface_fill(surface, rect, app->ascii ? "-" : "─", ROLE_MUTED, 0);
}

/* A list, counted, with its letter; named with its name; explained with its threshold as well. */
static void append_count(const struct app *app, GString *text, guint mark, gboolean named,
                         gboolean explained)
{
    const struct policy_config *policy = &app->scene.settings->policy;
    const struct mark_info *info = &host_mark_info[mark];

    g_string_printf(text, " %s %u ", info->sign, app->scene.n_marks[mark]);
    if (named)
        g_string_append_printf(text, "%s ", info->name);
    if (explained && mark == HOST_MARK_UNDER)
        g_string_append_printf(text, "(load < %.2f) ", policy->load_min_permille / 1000.0);
    if (explained && mark == HOST_MARK_OVER)
        g_string_append_printf(text, "(load > %.2f) ", policy->load_max_permille / 1000.0);
}

/* named is a set of bits, by mark. surface NULL = only measures. Returns the cells it takes. */
static int draw_counts_as(const struct app *app, struct surface *surface, struct rect rect,
                          guint named, gboolean explained)
{
    g_autoptr(GString) text = g_string_new(NULL);
    int x = rect.x + 1;

    for (guint i = 0; i < HOST_MARK_COUNT; i++) {
        if (app->scene.n_marks[i] == 0)
            continue;
        append_count(app, text, i, (named & (1u << i)) != 0, explained);
        if (surface != NULL && x + (int)text->len <= rect.x + rect.width)
            surface_text(surface, x, rect.y, (int)text->len, text->str, host_mark_info[i].role, 0);
        x += (int)text->len + 1;
    }
    return x - rect.x;
}

/*
 * The lists, counted: a legend that says something. All are there; where not all names fit, those
 * met least are named first.
 */
static void draw_counts(const struct app *app, struct surface *surface, struct rect rect)
{
    static const enum host_mark seldom[] = {
        HOST_MARK_STOPPING, HOST_MARK_MAINTENANCE, HOST_MARK_DOUBT,
        HOST_MARK_WAKING,   HOST_MARK_EMPTY,       HOST_MARK_OVER,
        HOST_MARK_REGULAR,  HOST_MARK_UNDER,       HOST_MARK_OFF,
    };
    gboolean cells = app->grid.style == GRID_HEAT || app->grid.style == GRID_PAIRS;
    guint named = 0;

    for (guint i = 0; i < G_N_ELEMENTS(seldom); i++) {
        guint more = named | (1u << seldom[i]);

        if (draw_counts_as(app, NULL, rect, more, FALSE) <= rect.width)
            named = more;
    }
    /* Where hosts are but letters and colours, the legend says what load they stand for. */
    draw_counts_as(app, surface, rect, named,
                   cells && draw_counts_as(app, NULL, rect, named, TRUE) <= rect.width);
}

/* How all are shown again, where that has room. */
static void append_way_back(const struct app *app, GString *text, int room)
{
    const char *key = keymap_first_key(app->keymap, ACTION_CANCEL);
    g_autofree char *way = g_strdup_printf(", %s shows all ", key);

    if (app->filter == NULL || app->prompt.open || text->len == 0 ||
        (int)(text_width(text->str) + text_width(way)) > room)
        return;
    g_string_truncate(text, text->len - 1);
    g_string_append(text, way);
}

/* What of the hosts is in sight, and in what order, where that is not all as it was added. */
static int draw_sight(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct arrangement *arrangement = &app->arrangement;
    g_autoptr(GString) text = g_string_new(NULL);
    guint first, end;
    int width;

    find_append(app, text);
    append_way_back(app, text, rect.width / 2);
    grid_layout_visible(&app->grid, &first, &end);
    if (end - first < app->grid.n_hosts)
        g_string_append_printf(text, " hosts %u to %u of %u ", first + 1, end, app->grid.n_hosts);
    if (arrangement->order != ARRANGE_BY_CLUSTER)
        g_string_append_printf(text, " by %s ", arrange_order_name(arrangement->order));
    width = MIN((int)text_width(text->str), rect.width - 2);
    surface_text(surface, rect.x + rect.width - width - 1, rect.y, width, text->str, ROLE_STRONG,
                 0);
    return width;
}

/* An alarm takes the whole rule: it stands between what is seen and what is told. */
static void draw_main_rule(const struct app *app, struct surface *surface, struct rect rect)
{
    g_autofree char *alarm = scene_alarm_sentence(&app->scene);

    if (alarm != NULL) {
        surface_fill(surface, rect, " ", ROLE_ALARM, 0);
        surface_printf(surface, rect.x + 1, rect.y, rect.width - 2, ROLE_ALARM, CELL_BOLD,
                       "ALARM  %s", alarm);
        return;
    }
    draw_rule(app, surface, rect);
    rect.width -= draw_sight(app, surface, rect) + 1;
    draw_counts(app, surface, rect);
}

/* Who acts, at the right end. */
static void draw_manager(const struct app *app, struct surface *surface, struct rect rect)
{
    enum role role;
    g_autofree char *sentence = manager_sentence(app, &role);
    g_autofree char *escaped = sentence != NULL ? text_escape(sentence) : NULL;
    int width = escaped != NULL ? MIN((int)text_width(escaped) + 2, rect.width) : 0;

    if (width > 2)
        surface_printf(surface, rect.x + rect.width - width, rect.y, width, role, 0, " %s ",
                       sentence);
}

static void draw_jobs_rule(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct scene *scene = &app->scene;
    g_autofree char *text = NULL;
    int used;

    if (scene->n_running + scene->n_queued == 0)
        text = g_strdup("nothing under way");
    else if (scene->n_queued == 0)
        text =
            g_strdup_printf("%u job%s running", scene->n_running, scene->n_running == 1 ? "" : "s");
    else
        text = g_strdup_printf("%u job%s running, %u waiting", scene->n_running,
                               scene->n_running == 1 ? "" : "s", scene->n_queued);
    draw_rule(app, surface, rect);
    used = surface_printf(surface, rect.x + 1, rect.y, rect.width - 2,
                          scene->n_running > 0 ? ROLE_STRONG : ROLE_MUTED, 0, " %s ", text);
    draw_manager(app, surface, (struct rect){rect.x + 2 + used, rect.y, rect.width - used - 3, 1});
}

/* --- The view -------------------------------------------------------------------------------- */

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    struct main_layout layout = divide(app, area);

    grid_draw(app, surface, layout.grid);
    draw_main_rule(app, surface, layout.rule);
    detail_draw(app, surface, layout.detail);
    draw_jobs_rule(app, surface, layout.jobs_rule);
    jobs_part_draw(app, surface, layout.jobs);
    if (layout.side_by_side) {
        draw_rule(app, surface, layout.journal_rule);
        surface_text(surface, layout.journal_rule.x + 1, layout.journal_rule.y,
                     layout.journal_rule.width - 2, " journal ", ROLE_MUTED, 0);
    }
    journal_part_draw(app, surface, layout.journal);
}

/* Enter: drops what is in hand; else goes in to the selected VM, or host. */
static void confirm(struct app *app)
{
    if (app->drag.by != DRAG_NONE)
        action_drop(app, app->drag.target);
    else if (app_vm(app) != NULL)
        app_open(app, &view_vm);
    else if (app_host(app) != NULL)
        app_open(app, &view_host);
}

/* Escape: one step back towards the whole lab, with nothing in hand. */
static void cancel(struct app *app)
{
    if (app->drag.by != DRAG_NONE)
        action_put_back(app);
    else if (app->vm != NULL)
        g_clear_pointer(&app->vm, g_free);
    else
        prompt_drop_filter(app);
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    (void)input;
    switch (action) {
    case ACTION_CONFIRM:
        confirm(app);
        return TRUE;
    case ACTION_CANCEL:
        cancel(app);
        return TRUE;
    case ACTION_MIGRATE:
        if (app->drag.by != DRAG_NONE)
            action_drop(app, app->drag.target);
        else
            action_pick_up(app);
        return TRUE;
    default:
        return grid_key(app, action);
    }
}

static const struct view_filter filter = {FILTER_OF_GRID, find_slot, find_count};

/* Without a host nothing that is done to one, or to how they look. */
static gboolean offers(const struct app *app, enum action action)
{
    static const enum action about_hosts[] = {
        ACTION_NEXT_VM,  ACTION_FIND,      ACTION_MENU,  ACTION_MIGRATE, ACTION_MARK,
        ACTION_WAKE,     ACTION_POWER_OFF, ACTION_DRAIN, ACTION_PLAN,    ACTION_ZOOM_IN,
        ACTION_ZOOM_OUT, ACTION_ORDER,     ACTION_GROUP,
    };

    for (guint i = 0; i < G_N_ELEMENTS(about_hosts); i++) {
        if (about_hosts[i] == action)
            return app->scene.cluster->hosts->len > 0;
    }
    return TRUE;
}

const struct view view_main = {"roost", draw, key, grid_mouse, &filter, NULL, offers};
