/* action_mark.c - marks put on and taken off what is shown, in the order of the grid. */
#include "tui/action.h"

/* VMs are marked while one is selected, hosts else. */
static gboolean marks_vms(const struct app *app)
{
    return app_vm(app) != NULL;
}

static const struct host *host_at(const struct app *app, guint slot)
{
    return arrangement_host(&app->arrangement, &app->scene, slot);
}

static gboolean is_shown(const struct app *app, const struct vm *vm)
{
    return filter_has_vm(app->filter, &app->scene, vm);
}

/* --- On to the next -------------------------------------------------------------------------- */

static void next_host(struct app *app)
{
    guint slot = arrangement_slot(&app->arrangement, app_host(app));
    const struct host *next = slot != ARRANGE_NO_SLOT ? host_at(app, slot + 1) : host_at(app, 0);

    if (next != NULL)
        app_select_host(app, next);
}

/* The first that is shown of a host, from an index on; NULL = none. */
static const struct vm *shown_vm(const struct app *app, const struct host *host, guint from)
{
    for (guint i = from; i < host->vms->len; i++) {
        if (is_shown(app, g_ptr_array_index(host->vms, i)))
            return g_ptr_array_index(host->vms, i);
    }
    return NULL;
}

/* Stays where it is when it is the last. */
static void next_vm(struct app *app)
{
    const struct vm *vm = app_vm(app), *next;
    guint slot = arrangement_slot(&app->arrangement, vm->host), index = 0;

    g_ptr_array_find(vm->host->vms, vm, &index);
    next = shown_vm(app, vm->host, index + 1);
    for (slot = slot == ARRANGE_NO_SLOT ? 0 : slot + 1;
         next == NULL && slot < arrangement_n(&app->arrangement); slot++)
        next = shown_vm(app, host_at(app, slot), 0);
    if (next != NULL)
        app_select_vm(app, next);
}

/* A number typed before marks so many; without one a mark is taken off as well. */
static void mark_one(struct app *app)
{
    const struct vm *vm = app_vm(app);
    const struct host *host = app_host(app);

    if (vm != NULL) {
        marks_set_vm(&app->marks, vm, app->count > 0 || !marks_has_vm(&app->marks, vm));
        next_vm(app);
    } else if (host != NULL) {
        marks_set_host(&app->marks, host, app->count > 0 || !marks_has_host(&app->marks, host));
        next_host(app);
    }
}

/* --- Many ------------------------------------------------------------------------------------ */

enum change {
    CHANGE_ON,
    CHANGE_INVERT,
};

/* All VMs that are shown, in the order of the grid; borrowed. Free the array. */
static GPtrArray *list_shown_vms(const struct app *app)
{
    GPtrArray *vms = g_ptr_array_new();

    for (guint slot = 0; slot < arrangement_n(&app->arrangement); slot++) {
        const struct host *host = host_at(app, slot);

        for (guint i = 0; i < host->vms->len; i++) {
            if (is_shown(app, g_ptr_array_index(host->vms, i)))
                g_ptr_array_add(vms, g_ptr_array_index(host->vms, i));
        }
    }
    return vms;
}

static void change_hosts(struct app *app, guint first, guint last, enum change change)
{
    for (guint slot = first; slot <= last && slot < arrangement_n(&app->arrangement); slot++) {
        const struct host *host = host_at(app, slot);

        marks_set_host(&app->marks, host,
                       change == CHANGE_ON || !marks_has_host(&app->marks, host));
    }
}

static void change_vms(struct app *app, const GPtrArray *vms, guint first, guint last,
                       enum change change)
{
    for (guint i = first; i <= last && i < vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(vms, i);

        marks_set_vm(&app->marks, vm, change == CHANGE_ON || !marks_has_vm(&app->marks, vm));
    }
}

static void change_all(struct app *app, enum change change)
{
    if (marks_vms(app)) {
        g_autoptr(GPtrArray) vms = list_shown_vms(app);

        change_vms(app, vms, 0, G_MAXUINT - 1, change);
    } else {
        change_hosts(app, 0, G_MAXUINT - 1, change);
    }
}

static void range_of_hosts(struct app *app)
{
    const struct host *here = app_host(app);
    const struct host *from = app->marks.last_host != NULL
                                  ? cluster_find_host(app->scene.cluster, app->marks.last_host)
                                  : NULL;
    guint a, b;

    if (here == NULL)
        return;
    a = arrangement_slot(&app->arrangement, from != NULL ? from : here);
    b = arrangement_slot(&app->arrangement, here);
    if (a == ARRANGE_NO_SLOT || (from != NULL && !marks_has_host(&app->marks, from)))
        a = b;
    if (b != ARRANGE_NO_SLOT)
        change_hosts(app, MIN(a, b), MAX(a, b), CHANGE_ON);
    marks_set_host(&app->marks, here, TRUE);
}

static void range_of_vms(struct app *app)
{
    g_autoptr(GPtrArray) vms = list_shown_vms(app);
    const struct vm *here = app_vm(app);
    const struct vm *from =
        app->marks.last_vm != NULL ? cluster_find_vm(app->scene.cluster, app->marks.last_vm) : NULL;
    guint a, b;

    if (g_ptr_array_find(vms, here, &b)) {
        if (from == NULL || !marks_has_vm(&app->marks, from) || !g_ptr_array_find(vms, from, &a))
            a = b;
        change_vms(app, vms, MIN(a, b), MAX(a, b), CHANGE_ON);
    }
    marks_set_vm(&app->marks, here, TRUE);
}

void action_mark_at(struct app *app, const struct host *host, const struct vm *vm, gboolean range)
{
    if (vm != NULL) {
        app_select_vm(app, vm);
    } else {
        app_select_host(app, host);
        g_clear_pointer(&app->vm, g_free);
    }
    if (range)
        action_mark(app, ACTION_MARK_RANGE);
    else if (vm != NULL)
        marks_set_vm(&app->marks, vm, !marks_has_vm(&app->marks, vm));
    else
        marks_set_host(&app->marks, host, !marks_has_host(&app->marks, host));
}

void action_mark(struct app *app, enum action action)
{
    switch (action) {
    case ACTION_MARK:
        mark_one(app);
        break;
    case ACTION_MARK_RANGE:
        if (marks_vms(app))
            range_of_vms(app);
        else
            range_of_hosts(app);
        break;
    case ACTION_MARK_ALL:
        change_all(app, CHANGE_ON);
        break;
    case ACTION_MARK_INVERT:
        change_all(app, CHANGE_INVERT);
        break;
    default:
        if (marks_n_hosts(&app->marks) + marks_n_vms(&app->marks) == 0)
            app_say(app, ROLE_FOOTER, "nothing is marked");
        marks_remove_all(&app->marks);
        break;
    }
}
