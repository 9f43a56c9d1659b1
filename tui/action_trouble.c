/* action_trouble.c - from one host where something is wrong to the next, in the order of the grid.
 */
#include "tui/action.h"
#include "tui/host_facts.h"
#include "tui/view.h"
#include "tui/vm_facts.h"

/* What a look at the grid would stop at: an alarm, a load over the threshold, silence, a fault. */
static gboolean is_trouble(const struct scene *scene, const struct host *host)
{
    const struct scene_host *facts = scene_facts(scene, host);

    return facts->alarms > 0 || facts->mark == HOST_MARK_OVER || facts->mark == HOST_MARK_DOUBT ||
           host->trouble != NULL;
}

static const struct vm *vm_in_alarm(const struct scene *scene, const struct host *host)
{
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        if (scene_vm_in_alarm(scene, vm))
            return vm;
    }
    return NULL;
}

/* What is wrong there, in a sentence. Free with g_free. */
static char *explain(const struct scene *scene, const struct host *host, const struct vm *vm)
{
    g_autofree char *said = NULL;
    enum role role;

    if (vm != NULL) {
        said = vm_facts_say(scene, vm, &role);
        return g_strdup_printf("vm %s: %s", vm->name, said);
    }
    said = host->trouble != NULL ? g_strdup(host->trouble) : host_facts_why(scene, host);
    return g_strdup_printf("%s: %s", host->name, said);
}

/* The views that show the selected host in their own way stay open. */
static void show(struct app *app, const struct host *host, guint number, guint of)
{
    const struct vm *vm = vm_in_alarm(&app->scene, host);
    g_autofree char *said = explain(&app->scene, host, vm);

    if (app->view != &view_table && app->view != &view_host)
        app_open(app, &view_main);
    app_select_host(app, host);
    g_clear_pointer(&app->vm, g_free);
    if (vm != NULL)
        app_select_vm(app, vm);
    app_say(app, ROLE_WARNING, "%u of %u: %s", number, of, said);
}

static guint count_trouble(const struct scene *scene)
{
    guint n = 0;

    for (guint i = 0; i < scene->cluster->hosts->len; i++)
        n += is_trouble(scene, scene_host_at(scene, i)) ? 1 : 0;
    return n;
}

void action_next_trouble(struct app *app)
{
    guint n = arrangement_n(&app->arrangement), count = 0, number = 0, hidden, slot;
    const struct host *here = app_host(app), *first = NULL, *next = NULL;
    guint from = here != NULL ? arrangement_slot(&app->arrangement, here) : ARRANGE_NO_SLOT;

    for (slot = 0; slot < n; slot++) {
        const struct host *host = arrangement_host(&app->arrangement, &app->scene, slot);

        if (!is_trouble(&app->scene, host))
            continue;
        count++;
        if (first == NULL)
            first = host;
        if (next == NULL && (from == ARRANGE_NO_SLOT || slot > from)) {
            next = host;
            number = count;
        }
    }
    if (first != NULL) {
        show(app, next != NULL ? next : first, next != NULL ? number : 1, count);
        return;
    }
    hidden = app->filter != NULL ? count_trouble(&app->scene) : 0;
    if (hidden > 0)
        app_say(app, ROLE_WARNING, "nothing wrong is shown; the filter hides %u host%s that is",
                hidden, hidden == 1 ? "" : "s");
    else
        app_say(app, ROLE_FOOTER, "no host is over or in doubt, and no VM in alarm");
}
