/* action_spread.c - VMs over many hosts at once, by the policy's judgement. */
#include "tui/action.h"

/* What is in hand; else the VMs marked; else all of the selected host, or of those marked. */
static GPtrArray *list_vms(struct app *app)
{
    GPtrArray *vms = g_ptr_array_new();

    if (app->drag.by == DRAG_NONE) {
        if (marks_n_vms(&app->marks) > 0)
            action_pick_up(app);
        else
            action_pick_all(app);
    }
    for (guint i = 0; i < app->drag.here->len && app->drag.by != DRAG_NONE; i++)
        g_ptr_array_add(vms, g_ptr_array_index(app->drag.here, i));
    return vms;
}

/*
 * Over the hosts marked; but not when they are marked as those whose VMs are in hand. NULL = all
 * that accept.
 */
static GPtrArray *list_hosts(const struct app *app)
{
    GPtrArray *hosts;

    if (marks_n_hosts(&app->marks) == 0)
        return NULL;
    hosts = marks_list_hosts(&app->marks, app->scene.cluster);
    for (guint i = hosts->len; app->drag.whole && i > 0; i--) {
        if (drag_is_from(&app->drag, g_ptr_array_index(hosts, i - 1)))
            g_ptr_array_remove_index(hosts, i - 1);
    }
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

    if (app->engine == NULL)
        return;
    vms = list_vms(app);
    if (vms->len == 0)
        return; /* and why was said */
    hosts = list_hosts(app);
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
