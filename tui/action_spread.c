/* action_spread.c - VMs over many hosts at once, by the policy's judgement. */
#include "tui/action.h"

/*
 * What is in hand; else the VMs marked; else the selected one; else all of the selected host.
 * *whole: hosts are to be emptied.
 */
static GPtrArray *list_vms(const struct app *app, gboolean *whole)
{
    const struct host *host = app_host(app);
    GPtrArray *vms;

    *whole = app->drag.by != DRAG_NONE && app->drag.whole;
    if (app->drag.by == DRAG_NONE && marks_n_vms(&app->marks) > 0)
        return marks_list_vms(&app->marks, app->scene.cluster);
    vms = g_ptr_array_new();
    if (app->drag.by != DRAG_NONE) {
        g_ptr_array_extend(vms, app->drag.here, NULL, NULL);
    } else if (app_vm(app) != NULL) {
        g_ptr_array_add(vms, (gpointer)app_vm(app));
    } else if (host != NULL) {
        *whole = TRUE;
        for (guint i = 0; i < host->vms->len; i++) {
            if (vm_is_active(g_ptr_array_index(host->vms, i)))
                g_ptr_array_add(vms, g_ptr_array_index(host->vms, i));
        }
    }
    return vms;
}

/* The hosts marked, but for those that are to be emptied; NULL = all that accept. */
static GPtrArray *list_hosts(const struct app *app, const GPtrArray *vms, gboolean whole)
{
    GPtrArray *hosts;

    if (marks_n_hosts(&app->marks) == 0)
        return NULL;
    hosts = marks_list_hosts(&app->marks, app->scene.cluster);
    for (guint i = 0; whole && i < vms->len; i++)
        g_ptr_array_remove(hosts, ((const struct vm *)g_ptr_array_index(vms, i))->host);
    if (hosts->len == 0)
        g_clear_pointer(&hosts, g_ptr_array_unref);
    return hosts;
}

static void ask(struct app *app, const struct plan *plan)
{
    struct moves *moves = moves_new();
    g_autoptr(GPtrArray) remarks = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *title = NULL;

    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);

        moves_add(moves, step->vm, step->from, step->to, FALSE);
    }
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);

        g_ptr_array_add(remarks, g_strdup_printf("%s: %s", refusal->subject, refusal->why));
    }
    title = g_strdup_printf("Spread %u VM%s?", moves->list->len, moves->list->len == 1 ? "" : "s");
    moves_ask(app, moves, title, "Spread", remarks);
}

void action_spread(struct app *app)
{
    g_autoptr(GPtrArray) vms = NULL;
    g_autoptr(GPtrArray) hosts = NULL;
    autoptr(plan) plan = NULL;
    gboolean whole;

    if (app->engine == NULL || app_host(app) == NULL || action_refuse(app, ACTION_SPREAD))
        return;
    vms = list_vms(app, &whole);
    if (vms->len == 0) {
        app_say(app, ROLE_WARNING, "refused: %s runs no VM to spread", app_host(app)->name);
        return;
    }
    hosts = list_hosts(app, vms, whole);
    plan = engine_plan_spread(app->engine, vms, hosts);
    action_put_back(app);
    if (plan->steps->len > 0) {
        ask(app, plan);
    } else if (plan->refusals->len > 0) {
        const struct plan_refusal *first = &g_array_index(plan->refusals, struct plan_refusal, 0);

        app_say(app, ROLE_WARNING, "refused: %s: %s", first->subject, first->why);
    } else {
        app_say(app, ROLE_FOOTER, "%s", plan->summary);
    }
}
