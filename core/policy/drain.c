/* drain.c - one host is emptied by the operator's wish: its VMs go home, or where load is least. */
#include "core/policy/decide.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"
#include "core/policy/targets.h"

static gboolean go_home(struct work *work, guint vm)
{
    const char *home_name = work->vms[vm].vm->home;
    const struct host *home = home_name ? cluster_find_host(work->cluster, home_name) : NULL;

    if (!home || home->index == work->vms[vm].at || !work_is_at_hand(work, home->index) ||
        work_fit(work, vm, home->index, TRUE) != CHECK_OK)
        return FALSE;
    work_emit(work, vm, home->index, PLAN_REASON_DRAIN);
    return TRUE;
}

static void drain_vm(struct work *work, struct targets *targets, guint vm)
{
    guint to;

    if (!work_may_move(work, vm)) {
        work_refuse_vm(work, vm, work_explain_hold(work, vm));
        return;
    }
    switch (targets_move(targets, vm, PLAN_REASON_DRAIN, TRUE, &to)) {
    case TARGETS_WAKING: {
        g_autofree char *name = text_escape(work->hosts[to].host->name);
        work_refuse_vm(work, vm, g_strdup_printf("it waits for %s, which is waking", name));
        break;
    }
    case TARGETS_NONE:
        work_refuse_vm(work, vm,
                       g_strdup("no other host has room for it, and none that is off can be "
                                "woken for it"));
        break;
    default:
        break;
    }
}

/* NULL when its VMs may leave it. A host in maintenance may well be emptied. Free it. */
static char *why_not_emptied(const struct work *work, guint index)
{
    const struct host *host = work->hosts[index].host;
    g_autofree char *name = text_escape(host->name);

    if (host->state != HOST_ON)
        return g_strdup_printf("%s is %s", name, host_state_name(host->state));
    if (!host_is_usable(host, work->moment.now_us, work->config->stale_after_us))
        return g_strdup_printf("%s has not answered lately", name);
    if (!host_may_migrate(host))
        return check_explain_no_migration(host);
    return work->hosts[index].rest ? work_explain_rest(work, index) : NULL;
}

static char *summarize(const struct work *work, guint index)
{
    g_autofree char *name = text_escape(work->hosts[index].host->name);
    g_autofree char *moves = decide_format_moves(work->plan);
    guint left = host_active_vms(work->hosts[index].host) - work->plan->migrations;

    if (work->plan->migrations == 0 && left == 0)
        return g_strdup_printf("nothing to do: %s runs no VM", name);
    if (work->plan->migrations == 0)
        return g_strdup_printf("nothing to do: no VM of %s can leave it", name);
    if (left > 0)
        return g_strdup_printf("%s: %u VM%s on %s", moves, left, left == 1 ? " stays" : "s stay",
                               name);
    return g_strdup_printf("%s: %s is then empty", moves, name);
}

struct plan *policy_drain(const struct cluster *cluster, const struct policy_config *config,
                          const struct policy_moment *moment, const struct host *host)
{
    autoptr(work) work = work_new(cluster, config, moment, PLAN_DRAIN);
    g_autoptr(GArray) vms = g_array_new(FALSE, FALSE, sizeof(guint));
    autoptr(targets) targets = NULL;
    g_autofree char *why = NULL;

    why = why_not_emptied(work, host->index);
    if (why)
        return work_finish(work, g_strdup_printf("nothing to do: %s", why));
    work_list_vms(work, host->index, vms);
    g_array_sort_with_data(vms, work_compare_large, work);
    /* Home first: the heaps of targets are made from what loads are then. */
    for (guint i = 0; i < vms->len; i++) {
        guint vm = g_array_index(vms, guint, i);
        if (work_may_move(work, vm))
            go_home(work, vm);
    }
    targets = targets_new(work, TRUE, host->index);
    for (guint i = 0; i < vms->len; i++) {
        guint vm = g_array_index(vms, guint, i);
        if (work->vms[vm].at == host->index)
            drain_vm(work, targets, vm);
    }
    return work_finish(work, summarize(work, host->index));
}
