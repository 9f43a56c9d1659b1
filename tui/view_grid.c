#include "tui/view.h"

#include "core/base/text.h"
#include "tui/action.h"
#include "tui/grid_parts.h"
#include "tui/tile.h"

static struct tile_look look_at(const struct app *app, const struct host *host)
{
    gboolean held = app->drag.by != DRAG_NONE;
    gboolean selected = held ? app->drag.target == (int)host->index : host == app_host(app);

    return (struct tile_look){.scene = &app->scene,
                              .drag = &app->drag,
                              .marks = &app->marks,
                              .trend = app->trend,
                              .style = app->grid.style,
                              .card = app->grid.zoom == GRID_ZOOM_CARDS,
                              .name_cells = app->name_cells,
                              .vm = selected && !held ? app->vm : NULL,
                              .selected = selected,
                              .ascii = app->ascii};
}

/* --- Drawing --------------------------------------------------------------------------------- */

static guint most_vms(const struct app *app)
{
    guint most = 0;

    for (guint i = 0; i < app->scene.hosts->len; i++)
        most = MAX(most, g_array_index(app->scene.hosts, struct scene_host, i).present);
    return most;
}

#define LABEL_CELLS_MOST 10

/* Names of a lab are of a length, mostly: a few are looked at, and longer ones are cut. */
static int label_cells(const struct app *app)
{
    guint n = arrangement_n(&app->arrangement);
    const guint slots[] = {0, n / 2, n > 0 ? n - 1 : 0};
    int longest = 0;

    for (guint i = 0; n > 0 && i < G_N_ELEMENTS(slots); i++) {
        g_autofree char *name = tile_fit_name(
            arrangement_host(&app->arrangement, &app->scene, slots[i])->name, LABEL_CELLS_MOST);

        longest = MAX(longest, (int)text_width(name));
    }
    return longest;
}

void grid_fit(const struct app *app, struct grid_layout *layout, struct rect rect)
{
    struct grid_wish wish = {app->zoom, 0, label_cells(app)};

    if (wish.zoom == GRID_ZOOM_CARDS)
        wish.most_vms = most_vms(app);
    grid_layout_fit(layout, rect, &app->arrangement, wish);
}

static void draw_lines(struct surface *surface, struct rect rect, const char *const *lines, guint n)
{
    int y = rect.y + MAX(1, rect.height / 2 - 2);

    for (guint i = 0; i < n && y < rect.y + rect.height; i++, y++)
        surface_text(surface, rect.x + 4, y, rect.width - 4, lines[i],
                     i == 0 ? ROLE_STRONG : ROLE_TEXT, i == 0 ? CELL_BOLD : 0);
}

static void draw_no_hosts(struct surface *surface, struct rect rect)
{
    static const char *const lines[] = {
        "No hosts here yet.",
        "",
        "Add them from a shell, by address, each with its VMs as they are:",
        "",
        "    roost -c FILE add-node ADDRESS...",
        "",
        "or look around first, on the simulated lab:  roost --lab ercolani",
    };

    draw_lines(surface, rect, lines, G_N_ELEMENTS(lines));
}

static void draw_no_match(const struct app *app, struct surface *surface, struct rect rect)
{
    g_autofree char *escaped = text_escape(filter_text(app->filter));
    g_autofree char *which = g_strdup_printf("None of the %u hosts matches the filter \"%s\".",
                                             app->scene.cluster->hosts->len, escaped);
    g_autofree char *what = g_strdup_printf("%s shows all of them again, %s changes the filter.",
                                            keymap_first_key(app->keymap, ACTION_CANCEL),
                                            keymap_first_key(app->keymap, ACTION_FIND));
    const char *const lines[] = {which, "", what};

    draw_lines(surface, rect, lines, G_N_ELEMENTS(lines));
}

/* The longest name that shows, so that the letters stand in one column close behind the names. */
static int longest_name(const struct app *app, guint first, guint end)
{
    int most = app->grid.tile_width - 2, longest = 0;

    for (guint slot = first; slot < end && longest < most; slot++) {
        g_autofree char *name =
            tile_fit_name(arrangement_host(&app->arrangement, &app->scene, slot)->name, most);

        longest = MAX(longest, (int)text_width(name));
    }
    return longest;
}

/* The cursor goes to the nearest host that is shown when its own is left out. */
static const struct host *selected_host(struct app *app)
{
    const struct host *selected = app_host(app);

    if (selected != NULL && arrangement_slot(&app->arrangement, selected) == ARRANGE_NO_SLOT)
        selected = arrangement_nearest(&app->arrangement, &app->scene, selected);
    if (selected == NULL)
        return NULL;
    if (app->host == NULL)
        app->host = g_strdup(selected->name);
    else if (!g_str_equal(app->host, selected->name))
        app_select_host(app, selected);
    app->host_index = selected->index;
    return selected;
}

static void reveal(struct app *app, const struct host *selected)
{
    const struct host *shown = selected;

    if (!app->grid_follows)
        return;
    if (app->drag.by == DRAG_BY_KEYS && app->drag.target >= 0)
        shown = scene_host_at(&app->scene, (guint)app->drag.target);
    if (shown != NULL)
        grid_layout_reveal(&app->grid, arrangement_slot(&app->arrangement, shown));
}

static void draw_label(const struct app *app, struct surface *surface, struct grid_row row)
{
    const struct rect *labels = &app->grid.labels;
    g_autofree char *name = tile_fit_name(
        arrangement_host(&app->arrangement, &app->scene, row.first)->name, labels->width);

    surface_text(surface, labels->x, row.y, labels->width, name, ROLE_MUTED, 0);
}

static void draw_row(const struct app *app, struct surface *surface, struct grid_row row)
{
    const struct grid_layout *grid = &app->grid;
    int left = grid->labels.width > 0 ? grid->labels.x : grid->area.x;

    if (row.heading >= 0)
        grid_draw_heading(app, surface,
                          (struct rect){left, row.y, grid->area.x + grid->area.width - left, 1},
                          g_ptr_array_index(app->arrangement.headings, row.heading));
    else if (grid->labels.width > 0 && row.n > 0)
        draw_label(app, surface, row);
    for (guint i = 0; i < row.n; i++) {
        const struct host *host = arrangement_host(&app->arrangement, &app->scene, row.first + i);
        struct rect tile = {grid->area.x + (int)i * grid->step_x, row.y, grid->tile_width,
                            grid->tile_height};
        struct tile_look look = look_at(app, host);

        tile_draw(&look, surface, tile, host);
    }
}

void grid_draw(struct app *app, struct surface *surface, struct rect rect)
{
    const struct host *selected;
    guint first, end;

    grid_fit(app, &app->grid, rect);
    selected = selected_host(app);
    if (selected == NULL) {
        if (app->scene.cluster->hosts->len == 0)
            draw_no_hosts(surface, rect);
        else if (app->filter != NULL)
            draw_no_match(app, surface, rect);
        return;
    }
    reveal(app, selected);
    grid_layout_visible(&app->grid, &first, &end);
    if (app->grid.style == GRID_TILES)
        app->name_cells = longest_name(app, first, end);
    for (guint i = 0; i < app->grid.rows_shown; i++)
        draw_row(app, surface, grid_layout_row(&app->grid, i));
    grid_draw_map(app, surface);
    grid_draw_motion(app, surface);
}

/* --- Mouse ----------------------------------------------------------------------------------- */

const struct host *grid_host_at(const struct app *app, int x, int y)
{
    guint slot;

    if (!grid_layout_at(&app->grid, x, y, &slot))
        return NULL;
    return arrangement_host(&app->arrangement, &app->scene, slot);
}

/* The VM whose mark or name is there; NULL for none, and where tiles show no VMs. */
static const struct vm *vm_at(const struct app *app, const struct host *host,
                              const struct input *input)
{
    struct tile_look look = look_at(app, host);
    guint slot = arrangement_slot(&app->arrangement, host);

    return tile_vm_at(&look, grid_layout_tile(&app->grid, slot), host, input->x, input->y);
}

/* The other button: what can be done with what is there. */
static void open_menu_at(struct app *app, const struct host *host, const struct vm *vm)
{
    app_select_host(app, host);
    if (vm != NULL)
        app_select_vm(app, vm);
    else
        g_clear_pointer(&app->vm, g_free);
    menu_open(app);
}

static void press(struct app *app, const struct input *input, const struct host *host)
{
    const struct vm *vm = host != NULL ? vm_at(app, host, input) : NULL;
    gboolean marks = input->control || input->shift;

    if (app->drag.by == DRAG_NONE && input->button == 3 && host != NULL) {
        open_menu_at(app, host, vm);
        return;
    }
    if (app->drag.by == DRAG_NONE && input->button == 1 &&
        grid_layout_scroll_to(&app->grid, input->x, input->y))
        app->grid_follows = FALSE;
    if (app->drag.by == DRAG_NONE && input->button == 1 && marks && host != NULL)
        action_mark_at(app, host, vm, input->shift);
    else
        hand_press(app, input, host, vm);
}

static void move(struct app *app, const struct input *input, const struct host *host)
{
    hand_move(app, input, host);
    if (app->drag.by == DRAG_NONE)
        grid_layout_scroll_to(&app->grid, input->x, input->y);
}

#define WHEEL_LINES 3

void grid_mouse(struct app *app, const struct input *input)
{
    const struct host *host = grid_host_at(app, input->x, input->y);

    switch (input->kind) {
    case INPUT_PRESS:
        press(app, input, host);
        break;
    case INPUT_DRAG:
        move(app, input, host);
        break;
    case INPUT_RELEASE:
        hand_release(app, input, host);
        break;
    case INPUT_WHEEL_UP:
    case INPUT_WHEEL_DOWN:
        app->grid_follows = FALSE;
        grid_layout_scroll(&app->grid, (input->kind == INPUT_WHEEL_UP ? -1 : 1) *
                                           MAX(1, WHEEL_LINES / app->grid.step_y));
        break;
    default:
        break;
    }
}

/* --- Keys ------------------------------------------------------------------------------------ */

/* Where a movement leads from a slot. FALSE when the action is none. */
static gboolean slot_from(const struct app *app, enum action action, guint slot, guint *to)
{
    const struct grid_layout *grid = &app->grid;
    guint last = MAX(1, arrangement_n(&app->arrangement)) - 1;
    int page = (int)MAX(2, grid->rows_shown) - 1;

    switch (action) {
    case ACTION_CURSOR_LEFT:
        *to = slot > 0 ? slot - 1 : 0;
        return TRUE;
    case ACTION_CURSOR_RIGHT:
        *to = MIN(slot + 1, last);
        return TRUE;
    case ACTION_CURSOR_UP:
    case ACTION_CURSOR_DOWN:
        *to = grid_layout_step(grid, slot, action == ACTION_CURSOR_UP ? -1 : 1);
        return TRUE;
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
        *to = grid_layout_step(grid, slot, action == ACTION_PAGE_UP ? -page : page);
        return TRUE;
    case ACTION_CURSOR_FIRST:
        *to = 0;
        return TRUE;
    case ACTION_CURSOR_LAST:
        *to = app->count > 0 ? MIN(app->count - 1, last) : last;
        return TRUE;
    default:
        return FALSE;
    }
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

/* With a VM in hand: on to the next host that would take it, in the order of the grid. */
static void step_target(struct app *app, int step)
{
    const struct arrangement *arrangement = &app->arrangement;
    const struct host *aimed =
        app->drag.target >= 0 ? scene_host_at(&app->scene, (guint)app->drag.target) : NULL;
    guint from = aimed != NULL ? arrangement_slot(arrangement, aimed) : ARRANGE_NO_SLOT;
    int n = (int)arrangement_n(arrangement), slot = from != ARRANGE_NO_SLOT ? (int)from : 0;

    for (int i = 1; i <= n; i++) {
        const struct host *next =
            arrangement_host(arrangement, &app->scene, (guint)((slot + n + step * i % n) % n));

        if (drag_reason(&app->drag, next->index) == CHECK_OK) {
            drag_aim(&app->drag, (int)next->index);
            app->grid_follows = TRUE;
            return;
        }
    }
}

/* The slot the cursor is at: that of the host a VM is held over, or of the selected one. */
static guint cursor_slot(const struct app *app)
{
    const struct host *host = app_host(app);
    guint slot;

    if (app->drag.by == DRAG_BY_KEYS && app->drag.target >= 0)
        host = scene_host_at(&app->scene, (guint)app->drag.target);
    slot = host != NULL ? arrangement_slot(&app->arrangement, host) : ARRANGE_NO_SLOT;
    return slot != ARRANGE_NO_SLOT ? slot : 0;
}

gboolean grid_key(struct app *app, enum action action)
{
    gboolean held = app->drag.by == DRAG_BY_KEYS;
    const struct host *host;
    guint to;

    if (action == ACTION_NEXT_VM || action == ACTION_PREVIOUS_VM) {
        int step = action == ACTION_NEXT_VM ? 1 : -1;

        if (held)
            step_target(app, step);
        else if (app->drag.by == DRAG_NONE)
            step_vm(app, step);
        return TRUE;
    }
    if (!slot_from(app, action, cursor_slot(app), &to))
        return FALSE;
    app->grid_follows = TRUE;
    host = arrangement_host(&app->arrangement, &app->scene, to);
    if (host == NULL)
        return TRUE;
    if (held)
        drag_aim(&app->drag, (int)host->index);
    else
        app_select_host(app, host);
    return TRUE;
}
