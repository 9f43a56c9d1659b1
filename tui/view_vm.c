/* view_vm.c - everything known of one VM. */
#include "tui/view.h"

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    const struct vm *vm = app_vm(app);
    struct rect inside;

    inside = view_frame(app, surface, area, "VM", vm != NULL ? vm->name : NULL);
    if (vm == NULL)
        surface_text(surface, inside.x + 1, inside.y, inside.width - 2,
                     "No VM is selected.", ROLE_MUTED, 0);
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

const struct view view_vm = {"VM", draw, key, mouse};
