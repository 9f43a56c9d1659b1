/*
 * relief.c - some host is over (R13): from each, its lightest VM goes to a host of under, or else
 * to one that is woken for it.
 *
 * One VM a host and decision, as R13 says: what it does to the load is seen before the next. The
 * VM must take some CPU, or its leaving would change nothing.
 */
#include "core/policy/decide.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"
#include "core/policy/load.h"
#include "core/policy/targets.h"

/*
 * loadavg15 stays high for a while after a VM left. While that lasts, what is predicted decides
 * whether another has to go; otherwise a host would be stripped of its VMs one by one.
 */
static gboolean is_settling(const struct work *work, const struct host *host)
{
    return load_is_lagging(host, work->config, work->moment.now_us) &&
           (guint)policy_predict_load_permille(host, 0) <= work->config->load_max_permille;
}

/* The VMs whose leaving would help, lightest first. */
static GArray *list_helpful(struct work *work, guint host)
{
    GArray *vms = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = work->hosts[host].first_vm; i != WORK_NONE; i = work->vms[i].next) {
        if (work_may_move(work, i) && work->vms[i].cpu_permille > 0)
            g_array_append_val(vms, i);
    }
    g_array_sort_with_data(vms, work_compare_light, work);
    return vms;
}

/* First without a wake, the lightest first; then with one, for the lightest that finds a host. */
static enum relief_outcome relieve_host(struct work *work, struct targets *targets, guint index)
{
    g_autoptr(GArray) vms = list_helpful(work, index);

    for (guint pass = 0; pass < 2; pass++) {
        for (guint i = 0; i < vms->len; i++) {
            guint to;
            enum targets_found found = targets_move(targets, g_array_index(vms, guint, i),
                                                    PLAN_REASON_RELIEVE, pass == 1, &to);
            if (found == TARGETS_ON || found == TARGETS_OFF)
                return RELIEF_MOVES;
            if (found == TARGETS_WAKING) {
                g_autofree char *name = text_escape(work->hosts[to].host->name);
                work_refuse_host(
                    work, index,
                    g_strdup_printf("it is over and waits for %s, which is waking", name));
                return RELIEF_WAITS;
            }
        }
    }
    work_refuse_host(work, index,
                     g_strdup(vms->len == 0
                                  ? "it is over, and none of its VMs may move and would help"
                                  : "it is over, no other host can take any of its VMs, and none "
                                    "that is off can be woken for one"));
    return RELIEF_STUCK;
}

static enum relief_outcome relieve(struct work *work, struct targets *targets, guint index)
{
    const struct host *host = work->hosts[index].host;

    if (!work_is_at_hand(work, index)) {
        g_autofree char *why = work_explain_apart(work, index);
        work_refuse_host(work, index, g_strdup_printf("it is over: %s", why));
        return RELIEF_STUCK;
    }
    if (is_settling(work, host)) {
        work_refuse_host(work, index,
                         g_strdup("its load still speaks of before the last move: it is given "
                                  "time to fall"));
        return RELIEF_STUCK;
    }
    return relieve_host(work, targets, index);
}

/* Nobody can ever help it by a move, so it does not keep the others waiting. */
static void refuse_unable(struct work *work, guint index)
{
    g_autofree char *why = check_explain_unable(work->hosts[index].host);

    work_refuse_host(work, index, g_strdup_printf("it is over: %s", why));
}

static char *summarize(const struct plan *plan, guint over)
{
    g_autofree char *moves = decide_format_moves(plan);
    guint wakes = plan->steps->len - plan->migrations;

    if (wakes == 0)
        return g_strdup_printf("%u host%s over: %s", over, over == 1 ? " is" : "s are", moves);
    return g_strdup_printf("%u host%s over: %s, %u host%s to wake", over,
                           over == 1 ? " is" : "s are", moves, wakes, wakes == 1 ? "" : "s");
}

enum relief_outcome relief_run(struct work *work)
{
    autoptr(targets) targets = NULL;
    guint count[RELIEF_STUCK + 1] = {0};
    guint over = 0;

    for (guint i = 0; i < work->n_hosts; i++) {
        if (work->hosts[i].class != CLASS_OVER)
            continue;
        if (!host_may_migrate(work->hosts[i].host)) {
            refuse_unable(work, i);
            continue;
        }
        if (!targets)
            targets = targets_new(work, FALSE, WORK_NONE);
        count[relieve(work, targets, i)]++;
        over++;
    }
    if (over == 0)
        return RELIEF_NOBODY;
    if (count[RELIEF_MOVES] > 0) {
        work->plan->kind = PLAN_RELIEF;
        work->plan->summary = summarize(work->plan, over);
        return RELIEF_MOVES;
    }
    return count[RELIEF_WAITS] > 0 ? RELIEF_WAITS : RELIEF_STUCK;
}
