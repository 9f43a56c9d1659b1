#include "tui/view.h"

#include "core/base/text.h"
#include "tui/action.h"
#include "tui/tile.h"

static struct tile_look look_at(const struct app *app, const struct host *host)
{
    gboolean held = app->drag.by != DRAG_NONE;
    gboolean selected = held ? app->drag.target == (int)host->index : host == app_host(app);

    return (struct tile_look){.scene = &app->scene,
                              .drag = &app->drag,
                              .style = app->grid.style,
                              .name_cells = app->name_cells,
                              .vm = selected && !held ? app->vm : NULL,
                              .selected = selected,
                              .ascii = app->ascii};
}

/* --- Drawing --------------------------------------------------------------------------------- */

static void draw_empty(const struct app *app, struct surface *surface, struct rect rect)
{
    int y = rect.y + MAX(1, rect.height / 2 - 2);
    static const char *const lines[] = {
        "No hosts here yet.",
        "",
        "Add them from a shell, by address, each with its VMs as they are:",
        "",
        "    roost -c FILE add-node ADDRESS...",
        "",
        "or look around first, on the simulated lab:  roost --lab ercolani",
    };

    (void)app;
    for (guint i = 0; i < G_N_ELEMENTS(lines) && y < rect.y + rect.height; i++, y++)
        surface_text(surface, rect.x + 4, y, rect.width - 4, lines[i],
                     i == 0 ? ROLE_STRONG : ROLE_TEXT, i == 0 ? CELL_BOLD : 0);
}

/* The longest name that shows, so that the letters stand in one column close behind the names. */
static int longest_name(const struct app *app, guint first, guint end)
{
    int most = app->grid.tile_width - 2, longest = 0;

    for (guint i = first; i < end && longest < most; i++) {
        g_autofree char *name = tile_fit_name(scene_host_at(&app->scene, i)->name, most);

        longest = MAX(longest, (int)text_width(name));
    }
    return longest;
}

void grid_draw(struct app *app, struct surface *surface, struct rect rect)
{
    const struct host *selected = app_host(app);
    guint first, end;

    grid_layout_fit(&app->grid, rect, app->scene.cluster->hosts->len, app->zoomed);
    if (selected == NULL) {
        draw_empty(app, surface, rect);
        return;
    }
    if (app->host == NULL)
        app->host = g_strdup(selected->name);
    app->host_index = selected->index;
    if (app->grid_follows)
        grid_layout_reveal(&app->grid, app->drag.by == DRAG_BY_KEYS && app->drag.target >= 0
                                           ? (guint)app->drag.target
                                           : selected->index);
    grid_layout_visible(&app->grid, &first, &end);
    if (app->grid.style == GRID_TILES)
        app->name_cells = longest_name(app, first, end);
    for (guint i = first; i < end; i++) {
        const struct host *host = scene_host_at(&app->scene, i);
        struct tile_look look = look_at(app, host);

        tile_draw(&look, surface, grid_layout_tile(&app->grid, i), host);
    }
}

/* --- Mouse ----------------------------------------------------------------------------------- */

const struct host *grid_host_at(const struct app *app, int x, int y)
{
    guint index;

    if (!grid_layout_at(&app->grid, x, y, &index))
        return NULL;
    return scene_host_at(&app->scene, index);
}

/* The VM whose mark or name is there; NULL for none, and where tiles show no VMs. */
static const struct vm *vm_at(const struct app *app, const struct host *host,
                              const struct input *input)
{
    struct tile_look look = look_at(app, host);

    return tile_vm_at(&look, grid_layout_tile(&app->grid, host->index), host, input->x, input->y);
}

void grid_mouse(struct app *app, const struct input *input)
{
    const struct host *host = grid_host_at(app, input->x, input->y);

    switch (input->kind) {
    case INPUT_PRESS:
        hand_press(app, input, host, host != NULL ? vm_at(app, host, input) : NULL);
        break;
    case INPUT_DRAG:
        hand_move(app, input, host);
        break;
    case INPUT_RELEASE:
        hand_release(app, input, host);
        break;
    case INPUT_WHEEL_UP:
    case INPUT_WHEEL_DOWN:
        app->grid_follows = FALSE;
        grid_layout_scroll(&app->grid, input->kind == INPUT_WHEEL_UP ? -1 : 1);
        break;
    default:
        break;
    }
}

/* --- Keys ------------------------------------------------------------------------------------ */

static gboolean cursor_step(const struct app *app, enum action action, int *step)
{
    int columns = (int)MAX(1, app->grid.columns);
    int n_hosts = (int)app->scene.cluster->hosts->len;

    switch (action) {
    case ACTION_CURSOR_LEFT:
        *step = -1;
        return TRUE;
    case ACTION_CURSOR_RIGHT:
        *step = 1;
        return TRUE;
    case ACTION_CURSOR_UP:
        *step = -columns;
        return TRUE;
    case ACTION_CURSOR_DOWN:
        *step = columns;
        return TRUE;
    case ACTION_PAGE_UP:
        *step = -columns * (int)MAX(1, app->grid.rows_shown);
        return TRUE;
    case ACTION_PAGE_DOWN:
        *step = columns * (int)MAX(1, app->grid.rows_shown);
        return TRUE;
    case ACTION_CURSOR_FIRST:
        *step = -n_hosts;
        return TRUE;
    case ACTION_CURSOR_LAST:
        *step = n_hosts;
        return TRUE;
    default:
        return FALSE;
    }
}

/* One row up or down stays where it is at the edge; a page goes as far as there is. */
static int step_from(const struct app *app, enum action action, int from, int step)
{
    int n_hosts = (int)app->scene.cluster->hosts->len;
    int to = from + step;

    if ((action == ACTION_CURSOR_UP || action == ACTION_CURSOR_DOWN) && (to < 0 || to >= n_hosts)) {
        /* The last row may be shorter than the one above: down then goes to its end. */
        int columns = (int)MAX(1, app->grid.columns);

        if (to >= n_hosts && from / columns < (n_hosts - 1) / columns)
            return n_hosts - 1;
        return from;
    }
    return CLAMP(to, 0, n_hosts - 1);
}

static void step_vm(struct app *app, int step)
{
    const struct host *host = app_host(app);
    const struct vm *vm = app_vm(app);
    guint index = 0, n;

    if (host == NULL || host->vms->len == 0) {
        app_say(app, ROLE_FOOTER, "no VM there");
        return;
    }
    n = host->vms->len;
    if (vm == NULL || !g_ptr_array_find(host->vms, vm, &index))
        index = step > 0 ? 0 : n - 1;
    else
        index = (index + n + (guint)step) % n;
    app_select_vm(app, g_ptr_array_index(host->vms, index));
}

/* With a VM in hand: on to the next host that would take it. */
static void step_target(struct app *app, int step)
{
    int n = (int)app->scene.cluster->hosts->len;
    int target = app->drag.target >= 0 ? app->drag.target : 0;

    for (int i = 1; i <= n; i++) {
        int next = (target + n + step * i % n) % n;

        if (drag_reason(&app->drag, (guint)next) == CHECK_OK) {
            drag_aim(&app->drag, next);
            app->grid_follows = TRUE;
            return;
        }
    }
}

gboolean grid_key(struct app *app, enum action action)
{
    gboolean held = app->drag.by == DRAG_BY_KEYS;
    int step, from;

    if (action == ACTION_NEXT_VM || action == ACTION_PREVIOUS_VM) {
        step = action == ACTION_NEXT_VM ? 1 : -1;
        if (held)
            step_target(app, step);
        else if (app->drag.by == DRAG_NONE)
            step_vm(app, step);
        return TRUE;
    }
    if (!cursor_step(app, action, &step))
        return FALSE;
    app->grid_follows = TRUE;
    if (app_host(app) == NULL)
        return TRUE;
    from = held && app->drag.target >= 0 ? app->drag.target : (int)app_host(app)->index;
    from = step_from(app, action, from, step);
    if (held)
        drag_aim(&app->drag, from);
    else
        app_select_host(app, scene_host_at(&app->scene, (guint)from));
    return TRUE;
}
