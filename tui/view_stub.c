/* view_stub.c - until the views of a host and of a VM are there. */
#include "tui/view.h"

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    view_frame(app, surface, area, "not yet", "");
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    (void)app;
    (void)input;
    (void)action;
    return FALSE;
}

static void mouse(struct app *app, const struct input *input)
{
    (void)app;
    (void)input;
}

extern const struct view view_host __attribute__((weak));
const struct view view_host = {"host", draw, key, mouse};
extern const struct view view_vm __attribute__((weak));
const struct view view_vm = {"VM", draw, key, mouse};
