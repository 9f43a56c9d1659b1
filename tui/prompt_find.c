/* prompt_find.c - from one host or VM that the filter means to the next, in the order of the grid.
 */
#include "tui/action.h"
#include "tui/view.h"

/* A place in the grid: a host, or one of its VMs. */
struct place {
    guint slot;
    gint vm; /* -1 = the host itself */
};

static const struct host *host_at(const struct app *app, guint slot)
{
    return arrangement_host(&app->arrangement, &app->scene, slot);
}

static gboolean is_meant(const struct app *app, struct place place)
{
    const struct host *host = host_at(app, place.slot);

    if (place.vm < 0)
        return filter_has_host_alone(app->filter, &app->scene, host);
    return filter_speaks_of_vms(app->filter) &&
           filter_has_vm(app->filter, &app->scene, g_ptr_array_index(host->vms, (guint)place.vm));
}

static struct place step_place(const struct app *app, struct place place, int step)
{
    guint n = arrangement_n(&app->arrangement);
    gint n_vms = (gint)host_at(app, place.slot)->vms->len;

    place.vm += step;
    if (place.vm >= n_vms) {
        place.slot = (place.slot + 1) % n;
        place.vm = -1;
    } else if (place.vm < -1) {
        place.slot = (place.slot + n - 1) % n;
        place.vm = (gint)host_at(app, place.slot)->vms->len - 1;
    }
    return place;
}

static struct place place_now(const struct app *app)
{
    const struct host *host = app_host(app);
    const struct vm *vm = app_vm(app);
    guint slot = host != NULL ? arrangement_slot(&app->arrangement, host) : ARRANGE_NO_SLOT;
    struct place place = {slot == ARRANGE_NO_SLOT ? 0 : slot, -1};
    guint index;

    if (slot != ARRANGE_NO_SLOT && vm != NULL && g_ptr_array_find(host->vms, vm, &index))
        place.vm = (gint)index;
    return place;
}

static void show(struct app *app, struct place place)
{
    const struct host *host = host_at(app, place.slot);

    if (place.vm >= 0) {
        app_select_vm(app, g_ptr_array_index(host->vms, (guint)place.vm));
    } else {
        app_select_host(app, host);
        g_clear_pointer(&app->vm, g_free);
    }
}

gboolean prompt_find(struct app *app, int step, gboolean here)
{
    struct place place, first;

    if (arrangement_n(&app->arrangement) == 0)
        return FALSE;
    place = first = place_now(app);
    if (!here)
        place = step_place(app, place, step);
    do {
        if (is_meant(app, place)) {
            show(app, place);
            return TRUE;
        }
        place = step_place(app, place, step);
    } while (place.slot != first.slot || place.vm != first.vm);
    return !here && is_meant(app, first);
}

static void go(struct app *app, int step)
{
    if (app->view != &view_main)
        return;
    if (app->filter == NULL) {
        prompt_open(app);
        return;
    }
    if (!prompt_find(app, step, FALSE))
        app_say(app, ROLE_WARNING, "nothing here is meant by %s", filter_text(app->filter));
}

void prompt_find_next(struct app *app)
{
    go(app, 1);
}

void prompt_find_previous(struct app *app)
{
    go(app, -1);
}
