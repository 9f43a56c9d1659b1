#include "tui/view.h"

#include "core/base/text.h"
#include "tui/action.h"

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
 * the hosts, or draw their VMs.
 */
static int grid_lines(const struct app *app, struct rect area, int height, int below)
{
    struct grid_layout roomy = app->grid, tight = app->grid;
    struct rect least = {area.x, area.y, area.width, MAX(1, height - below)};
    struct rect most = {area.x, area.y, area.width, MAX(1, height - LEAST_BELOW)};

    grid_layout_fit(&roomy, least, app->scene.cluster->hosts->len, app->zoomed);
    grid_layout_fit(&tight, most, app->scene.cluster->hosts->len, app->zoomed);
    return tight.style < roomy.style ? most.height : least.height;
}

/* The grid takes what it needs; the rest takes what it leaves. */
static struct main_layout divide(const struct app *app, struct rect area)
{
    struct main_layout layout = {.side_by_side = area.width >= SIDE_BY_SIDE_WIDTH};
    int detail = detail_lines(area);
    int grid =
        grid_lines(app, area, area.height - detail - 2, least_below(area, layout.side_by_side));
    struct grid_layout tiles = app->grid;
    int y;

    layout.grid = (struct rect){area.x, area.y, area.width, grid};
    grid_layout_fit(&tiles, layout.grid, app->scene.cluster->hosts->len, app->zoomed);
    if (app->scene.cluster->hosts->len > 0)
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

/* The lists, counted, each with its letter: a legend that says something. */
static void draw_counts(const struct app *app, struct surface *surface, struct rect rect)
{
    int x = rect.x + 1;

    for (guint i = 0; i < HOST_MARK_COUNT; i++) {
        const struct mark_info *mark = &host_mark_info[i];

        if (app->scene.n_marks[i] == 0)
            continue;
        x += surface_printf(surface, x, rect.y, rect.x + rect.width - x, mark->role, 0,
                            " %s %u %s ", mark->sign, app->scene.n_marks[i], mark->name);
        x++;
    }
}

/* Which hosts are in sight when not all are, and how to see more of each when they are small. */
static void draw_scrolled(const struct app *app, struct surface *surface, struct rect rect)
{
    const char *zoom = keymap_first_key(app->keymap, ACTION_CONFIRM);
    g_autoptr(GString) text = g_string_new(NULL);
    guint first, end;
    int width;

    grid_layout_visible(&app->grid, &first, &end);
    if (end - first < app->grid.n_hosts)
        g_string_append_printf(text, " hosts %u to %u of %u ", first + 1, end, app->grid.n_hosts);
    if (app->grid.n_hosts > 0 && (app->zoomed || app->grid.style != GRID_TILES))
        g_string_append_printf(text, " %s zooms %s ", zoom, app->zoomed ? "out" : "in");
    width = (int)text_width(text->str);
    surface_text(surface, rect.x + rect.width - width - 1, rect.y, width, text->str, ROLE_STRONG,
                 0);
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
    draw_counts(app, surface, rect);
    if (!find_rule_draw(app, surface, rect))
        draw_scrolled(app, surface, rect);
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

/* Enter: drops what is in hand; else zooms a grid too small to show VMs, or back out; else the
 * menu. */
static void confirm(struct app *app)
{
    if (app->drag.by != DRAG_NONE) {
        action_drop(app, app->drag.target);
    } else if (app->zoomed) {
        app->zoomed = FALSE;
    } else if (app->grid.style != GRID_TILES) {
        app->zoomed = TRUE;
        app->grid_follows = TRUE;
    } else {
        menu_open(app);
    }
}

static void cancel(struct app *app)
{
    if (app->drag.by != DRAG_NONE)
        action_put_back(app);
    else if (app->vm != NULL)
        g_clear_pointer(&app->vm, g_free);
    else if (app->zoomed)
        app->zoomed = FALSE;
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

const struct view view_main = {"roost", draw, key, grid_mouse, &filter};
