/* grid_motion.c - VMs on their way between two tiles. */
#include "tui/grid_parts.h"

#define PATHS_MOST 8 /* drawn at once: more would be noise */

enum heading_to {
    TO_RIGHT,
    TO_LEFT,
    TO_TOP,
    TO_BOTTOM,
};

struct point {
    int x, y;
    enum heading_to to;
};

/* Not the sign of a VM in a tile: this one is in none. */
static const char *const signs[] = {"►", "◄", "▲", "▼"};
static const char *const ascii_signs[] = {">", "<", "^", "v"};

/* TRUE for a cell of the grid that belongs to no tile, heading or map, and has nothing yet. */
static gboolean is_gap(const struct app *app, const struct surface *surface, int x, int y)
{
    const struct cell *cell = surface_cell(surface, x, y);
    guint slot;

    return cell != NULL && rect_contains(app->grid.area, x, y) && cell->role == ROLE_TEXT &&
           cell->text[0] == ' ' && !grid_layout_at(&app->grid, x, y, &slot);
}

static void add_point(const struct app *app, const struct surface *surface, GArray *path,
                      struct point point)
{
    if (is_gap(app, surface, point.x, point.y))
        g_array_append_val(path, point);
}

/*
 * From the gap beside the source up or down to the line of the target's name, and along that line
 * to the target. The line itself crosses tiles: only the gaps between them are left of it.
 */
static GArray *find_path(const struct app *app, const struct surface *surface, struct rect from,
                         struct rect to)
{
    GArray *path = g_array_new(FALSE, FALSE, sizeof(struct point));
    int x = to.x >= from.x ? from.x + from.width : from.x - 1, y = from.y;

    if (x >= app->grid.area.x + app->grid.area.width)
        x = from.x - 1;
    for (; y < to.y; y++)
        add_point(app, surface, path, (struct point){x, y, TO_BOTTOM});
    for (; y > to.y; y--)
        add_point(app, surface, path, (struct point){x, y, TO_TOP});
    for (; x < to.x; x++)
        add_point(app, surface, path, (struct point){x, y, TO_RIGHT});
    for (; x >= to.x + to.width; x--)
        add_point(app, surface, path, (struct point){x, y, TO_LEFT});
    return path;
}

static gboolean is_looked_at(const struct app *app, const struct job *job)
{
    const struct host *host = app_host(app);

    return host != NULL &&
           (g_strcmp0(job->from, host->name) == 0 || g_strcmp0(job->to, host->name) == 0);
}

/* Where it is, and for what is looked at the way it takes. */
static void draw_path(const struct app *app, struct surface *surface, const GArray *path,
                      const struct job *job)
{
    guint permille = job->state == JOB_VERIFYING ? 1000 : job_progress_permille(job);
    guint at = MIN(permille, 1000) * (path->len - 1) / 1000;
    const struct point *point = &g_array_index(path, struct point, at);
    const char *sign = app->ascii ? ascii_signs[point->to] : signs[point->to];

    for (guint i = 0; is_looked_at(app, job) && i < path->len; i++) {
        const struct point *dot = &g_array_index(path, struct point, i);

        surface_text(surface, dot->x, dot->y, 1, app->ascii ? "." : "·", ROLE_MUTED, 0);
    }
    surface_text(surface, point->x, point->y, 1, sign, ROLE_VM_MOVING, CELL_BOLD);
}

static void draw_job(const struct app *app, struct surface *surface,
                     const struct scene_coming *coming)
{
    const struct arrangement *arrangement = &app->arrangement;
    const struct host *from = cluster_find_host(app->scene.cluster, coming->job->from);
    const struct host *to = scene_host_at(&app->scene, coming->host);
    struct rect source, target;
    g_autoptr(GArray) path = NULL;

    if (from == NULL || to == NULL)
        return;
    source = grid_layout_tile(&app->grid, arrangement_slot(arrangement, from));
    target = grid_layout_tile(&app->grid, arrangement_slot(arrangement, to));
    if (source.width == 0 || target.width == 0)
        return;
    path = find_path(app, surface, source, target);
    if (path->len > 0)
        draw_path(app, surface, path, coming->job);
}

void grid_draw_motion(const struct app *app, struct surface *surface)
{
    if (!app->animated || app->grid.style != GRID_TILES || app->drag.by != DRAG_NONE)
        return;
    for (guint i = 0; i < MIN(app->scene.coming->len, PATHS_MOST); i++)
        draw_job(app, surface, &g_array_index(app->scene.coming, struct scene_coming, i));
}
