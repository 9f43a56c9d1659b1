/* view_host.c - everything known of one host. */
#include "tui/view.h"

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    const struct host *host = app_host(app);
    struct rect inside;

    inside = view_frame(app, surface, area, "Host", host != NULL ? host->name : NULL);
    if (host == NULL)
        surface_text(surface, inside.x + 1, inside.y, inside.width - 2,
                     "No host is in the cluster yet.", ROLE_MUTED, 0);
    else
        detail_draw(app, surface, inside);
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    (void)input;
    return action == ACTION_CANCEL && app_back(app);
}

static void mouse(struct app *app, const struct input *input)
{
    (void)app;
    (void)input;
}

const struct view view_host = {"Host", draw, key, mouse};
