#include "tui/hand.h"

#include "tui/action.h"
#include "tui/view.h"

#define SCROLL_MS 120

void hand_clear(struct app *app)
{
    g_clear_pointer(&app->hand.host, g_free);
    g_clear_pointer(&app->hand.vm, g_free);
    g_clear_handle_id(&app->hand.timer, g_source_remove);
}

/* --- At the edge ----------------------------------------------------------------------------- */

/* -1 held at the upper edge, 1 at the lower one, or right beyond; 0 elsewhere. */
static int edge(const struct app *app)
{
    struct rect area = app->grid.area;
    int below = area.y + area.height;

    if (app->drag.by != DRAG_BY_MOUSE || area.height < 1)
        return 0;
    if (app->hand.y >= area.y - 1 && app->hand.y <= area.y)
        return -1;
    return app->hand.y >= below - 1 && app->hand.y <= below ? 1 : 0;
}

gboolean hand_scroll(struct app *app)
{
    guint row = app->grid.first_row;
    const struct host *host;
    int step = edge(app);

    if (step == 0)
        return FALSE;
    app->grid_follows = FALSE;
    grid_layout_scroll(&app->grid, step);
    if (app->grid.first_row == row)
        return FALSE;
    host = grid_host_at(app, app->hand.x, app->hand.y);
    drag_aim(&app->drag, host != NULL ? (int)host->index : DRAG_NOWHERE);
    return TRUE;
}

static gboolean scroll_due(gpointer data)
{
    struct app *app = data;

    app_read(app); /* the lab may have changed since the last frame */
    if (!hand_scroll(app)) {
        app->hand.timer = 0;
        return G_SOURCE_REMOVE;
    }
    app_changed(app);
    return G_SOURCE_CONTINUE;
}

/* --- Press, move, release -------------------------------------------------------------------- */

/* Something is in hand, and a button goes down. */
static void press_while_held(struct app *app, const struct input *input, const struct host *host)
{
    if (app->drag.by == DRAG_BY_KEYS && input->button == 1 && host != NULL) {
        drag_aim(&app->drag, (int)host->index);
        return;
    }
    action_put_back(app);
    app_say(app, ROLE_FOOTER,
            input->button == 1 ? "put back: nothing was moved" : "put back by the other button");
}

void hand_press(struct app *app, const struct input *input, const struct host *host,
                const struct vm *vm)
{
    if (app->drag.by != DRAG_NONE) {
        press_while_held(app, input, host);
        return;
    }
    hand_clear(app);
    if (host == NULL || input->button != 1)
        return;
    /* Where tiles are too small for VMs it is the selected one, if it is there. */
    if (vm == NULL && app->grid.style != GRID_TILES && app_vm(app) != NULL &&
        app_vm(app)->host == host)
        vm = app_vm(app);
    app_select_host(app, host);
    if (vm != NULL)
        app_select_vm(app, vm);
    app->hand.host = g_strdup(host->name);
    app->hand.vm = vm != NULL ? g_strdup(vm->name) : NULL;
    app->hand.pressed_x = input->x;
    app->hand.pressed_y = input->y;
}

/* The first movement away from where the button went down takes it in hand. */
static void take(struct app *app)
{
    g_autofree char *host_name = g_steal_pointer(&app->hand.host);
    g_autofree char *vm_name = g_steal_pointer(&app->hand.vm);
    const struct host *host = cluster_find_host(app->scene.cluster, host_name);
    const struct vm *vm = vm_name != NULL ? cluster_find_vm(app->scene.cluster, vm_name) : NULL;

    if (host == NULL || (vm_name != NULL && (vm == NULL || vm->host != host)))
        return; /* it has gone meanwhile */
    if (vm != NULL)
        action_take(app, DRAG_BY_MOUSE, vm);
    else
        action_take_host(app, DRAG_BY_MOUSE, host);
}

void hand_move(struct app *app, const struct input *input, const struct host *host)
{
    if (input->button != 1)
        return;
    app->hand.x = input->x;
    app->hand.y = input->y;
    if (app->hand.host != NULL && app->drag.by == DRAG_NONE &&
        (input->x != app->hand.pressed_x || input->y != app->hand.pressed_y))
        take(app);
    if (app->drag.by != DRAG_BY_MOUSE)
        return;
    drag_aim(&app->drag, host != NULL ? (int)host->index : DRAG_NOWHERE);
    if (edge(app) != 0 && app->hand.timer == 0 && app->grid.rows > app->grid.rows_shown)
        app->hand.timer = g_timeout_add(SCROLL_MS, scroll_due, app);
}

void hand_release(struct app *app, const struct input *input, const struct host *host)
{
    gboolean held = app->drag.by == DRAG_BY_MOUSE;

    if (input->button > 1)
        return; /* the other button: what it did, it did as it went down */
    hand_clear(app);
    if (held && input->button == 0) {
        action_put_back(app);
        app_say(app, ROLE_FOOTER, "put back: where the button was let go nobody saw");
    } else if (held) {
        action_drop(app, host != NULL ? (int)host->index : DRAG_NOWHERE);
    }
}
