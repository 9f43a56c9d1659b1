/* off.c - which of the hosts that run nothing are switched off (R15), and which stay as spares. */
#include "core/policy/check_rules.h"
#include "core/policy/work.h"

static void emit_off(struct work *work, guint host)
{
    struct plan_step step = {
        .action = PLAN_OFF,
        .reason = PLAN_REASON_IDLE,
        .from = work->hosts[host].host->name,
        .after = work->hosts[host].last_departure,
        .from_load_permille_after = -1,
        .to_load_permille_after = -1,
    };

    plan_add_step(work->plan, &step);
    work->plan->hosts_on_after--;
}

static gboolean runs_nothing(const struct work_host *host)
{
    return host->host->state == HOST_ON && host->class != CLASS_DOUBT && host->n_vms == 0;
}

/* Only R10's off, and under once it is emptied: a user's own work keeps a host on. */
static gboolean is_busy_itself(const struct work_host *host)
{
    return host->class != CLASS_OFF && host->class != CLASS_UNDER;
}

static enum check_reason check_off(const struct work *work, guint index)
{
    return check_power_off_emptied(work->hosts[index].host, work->config, work->moment.now_us,
                                   TRUE);
}

static gboolean may_go_off(const struct work *work, guint index)
{
    return !work_is_kept_out(work, index) && !is_busy_itself(&work->hosts[index]) &&
           check_off(work, index) == CHECK_OK;
}

static char *why_not_off(const struct work *work, guint index)
{
    if (work_is_kept_out(work, index))
        return work_explain_kept_out(work, index);
    if (is_busy_itself(&work->hosts[index]))
        return g_strdup("it runs no VM, but it is busy by itself");
    return check_explain(check_off(work, index), NULL, work->hosts[index].host, work->config);
}

guint work_count_offs(const struct work *work)
{
    guint idle = 0, spare = 0;

    for (guint i = 0; i < work->n_hosts; i++) {
        if (!runs_nothing(&work->hosts[i]))
            continue;
        if (may_go_off(work, i))
            idle++;
        else
            spare += work_is_at_hand(work, i) ? 1 : 0;
    }
    spare = work->config->spare_hosts > spare ? work->config->spare_hosts - spare : 0;
    return idle > spare ? idle - spare : 0;
}

void work_emit_offs(struct work *work)
{
    g_autoptr(GArray) idle = g_array_new(FALSE, FALSE, sizeof(guint));
    guint spare = 0;

    for (guint i = 0; i < work->n_hosts; i++) {
        if (!runs_nothing(&work->hosts[i]))
            continue;
        if (may_go_off(work, i)) {
            g_array_append_val(idle, i);
            continue;
        }
        spare += work_is_at_hand(work, i) ? 1 : 0;
        /* The manager always stays: nothing to tell. */
        if (work->hosts[i].host->role != HOST_MANAGER)
            work_refuse_host(work, i, why_not_off(work, i));
    }
    for (guint i = 0; i < idle->len; i++) {
        guint host = g_array_index(idle, guint, i);
        if (spare < work->config->spare_hosts) {
            spare++;
            work_refuse_host(work, host, g_strdup("it is left on as a spare"));
        } else {
            emit_off(work, host);
        }
    }
}
