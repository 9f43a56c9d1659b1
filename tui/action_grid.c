#include "tui/action.h"

#include "tui/grid_parts.h"
#include "tui/view.h"

/* What the grid would take by itself, in the room it has now. */
static enum grid_zoom automatic_zoom(const struct app *app)
{
    struct rect area = app->grid_room;
    struct grid_layout layout;
    enum grid_zoom zoom;

    grid_layout_init(&layout);
    grid_layout_fit(&layout, area, &app->arrangement,
                    (struct grid_wish){.zoom = GRID_ZOOM_AUTOMATIC});
    zoom = layout.zoom;
    grid_layout_clear(&layout);
    return zoom;
}

/*
 * A zoom by hand lasts until it is back at what the grid takes by itself. Several keys may come
 * before the next frame, so what was drawn last does not count.
 */
void action_zoom(struct app *app, int step)
{
    enum grid_zoom automatic = automatic_zoom(app);
    enum grid_zoom now = app->zoom != GRID_ZOOM_AUTOMATIC ? app->zoom : automatic;
    int next = (int)now + (step > 0 ? 1 : -1);

    app_open(app, &view_main);
    if (arrangement_n(&app->arrangement) == 0)
        return;
    if (next <= GRID_ZOOM_AUTOMATIC || next >= GRID_ZOOM_COUNT) {
        app_say(app, ROLE_FOOTER, "%s: that is the %s the grid shows of each host",
                grid_zoom_name(now), step > 0 ? "most" : "least");
        return;
    }
    app->zoom = next != (int)automatic ? (enum grid_zoom)next : GRID_ZOOM_AUTOMATIC;
    app->grid_follows = TRUE;
    if (app->zoom == GRID_ZOOM_AUTOMATIC)
        app_say(app, ROLE_FOOTER, "%s, as the room allows", grid_zoom_name(automatic));
    else
        app_say(app, ROLE_FOOTER, "%s, until you zoom back with %s", grid_zoom_name(app->zoom),
                keymap_first_key(app->keymap,
                                 app->zoom > automatic ? ACTION_ZOOM_OUT : ACTION_ZOOM_IN));
}

void action_order(struct app *app)
{
    static const char *const said[ARRANGE_N_ORDERS] = {
        "as they were added to the cluster", "by name", "by load, the highest first",
        "by VMs, the most first", "by RAM that VMs hold, the most first"};
    struct arrangement *arrangement = &app->arrangement;

    app_open(app, &view_main);
    arrangement->order = (enum arrange_order)((arrangement->order + 1) % ARRANGE_N_ORDERS);
    app->grid_follows = TRUE;
    app_say(app, ROLE_FOOTER, "order: %s", said[arrangement->order]);
}

/* TRUE when a grouping would part the hosts at all. */
static gboolean parts_hosts(const struct app *app, enum arrange_group group)
{
    for (guint i = 0; i < app->scene.cluster->hosts->len; i++) {
        const struct host *host = scene_host_at(&app->scene, i);

        if ((group == ARRANGE_BY_RACK && host->rack != NULL) ||
            (group == ARRANGE_BY_ROOM && host->room != NULL) ||
            (group == ARRANGE_BY_LAB && host->lab != NULL))
            return TRUE;
    }
    return group == ARRANGE_UNGROUPED || group == ARRANGE_BY_STATE;
}

/* Where no host says in which rack it stands, there is nothing to be seen by rack. */
void action_group(struct app *app)
{
    struct arrangement *arrangement = &app->arrangement;
    guint left_out = 0;

    app_open(app, &view_main);
    do {
        arrangement->group = (enum arrange_group)((arrangement->group + 1) % ARRANGE_N_GROUPS);
        left_out += parts_hosts(app, arrangement->group) ? 0 : 1;
    } while (!parts_hosts(app, arrangement->group));
    app->grid_follows = TRUE;
    if (arrangement->group != ARRANGE_UNGROUPED)
        app_say(app, ROLE_FOOTER, "grouped by %s", arrange_group_name(arrangement->group));
    else if (left_out > 0)
        app_say(app, ROLE_FOOTER,
                "not grouped; :place HOST rack=NAME room=NAME lab=NAME says where a host stands");
    else
        app_say(app, ROLE_FOOTER, "not grouped");
}
