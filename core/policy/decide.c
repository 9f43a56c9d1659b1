/*
 * decide.c - what to do now: relief before compaction, then what is idle goes off (R12, R13, R15).
 */
#include "core/policy/decide.h"

#include "core/base/clock.h"

char *decide_format_moves(const struct plan *plan)
{
    const char *plural = plan->migrations == 1 ? "" : "s";

    if (plan->moved_kib < 1024 * 1024)
        return g_strdup_printf("%u move%s, %" G_GUINT64_FORMAT " MiB", plan->migrations, plural,
                               plan->moved_kib / 1024);
    return g_strdup_printf("%u move%s, %.1f GiB", plan->migrations, plural,
                           (double)plan->moved_kib / (1024 * 1024));
}

static guint count_class(const struct work *work, enum host_class class)
{
    guint count = 0;

    for (guint i = 0; i < work->n_hosts; i++)
        count += work->hosts[i].class == class ? 1 : 0;
    return count;
}

/* With the least load there is, so that a host that works for itself is told from a threshold. */
static char *explain_none_under(const struct work *work)
{
    gint least = G_MAXINT;

    for (guint i = 0; i < work->n_hosts; i++) {
        const struct work_host *host = &work->hosts[i];
        if (host->class == CLASS_REGULAR || host->class == CLASS_OVER)
            least = MIN(least,
                        policy_host_load_permille(host->host, work->config, work->moment.now_us));
    }
    if (least < (gint)work->config->load_min_permille || least == G_MAXINT)
        return g_strdup("nothing to do: no host is under");
    return g_strdup_printf("nothing to do: no host is under: the least load is %.2f, and under "
                           "is below %.2f",
                           least / 1000.0, work->config->load_min_permille / 1000.0);
}

static char *explain_nothing(const struct work *work)
{
    guint under = count_class(work, CLASS_UNDER);
    guint doubt = count_class(work, CLASS_DOUBT);

    if (work->n_hosts == 0)
        return g_strdup("nothing to do: the cluster has no hosts");
    if (doubt == work->n_hosts)
        return g_strdup("nothing to do: no host is known well enough now");
    if (under == 0)
        return explain_none_under(work);
    if (under == 1 && work->config->kind == POLICY_PAIRS)
        return g_strdup("nothing to do: one host only is under");
    if (under == 1)
        return g_strdup("nothing to do: the one host that is under cannot be emptied into others");
    return g_strdup_printf("nothing to do: %u hosts are under, and none can be emptied into others",
                           under);
}

static char *summarize_compaction(const struct work *work)
{
    const struct plan *plan = work->plan;
    guint offs = plan->hosts_on_before - plan->hosts_on_after;
    g_autofree char *moves = decide_format_moves(plan);

    if (plan->steps->len == 0)
        return plan->summary ? g_strdup(plan->summary) : explain_nothing(work);
    if (plan->migrations == 0)
        return g_strdup_printf("%u host%s nothing and can go off", offs,
                               offs == 1 ? " runs" : "s run");
    return g_strdup_printf("%s: %u of %u hosts can go off", moves, offs, plan->hosts_on_before);
}

/* A host must stay off long enough for that to be worth the moves there and back. */
static gboolean is_too_late(const struct work *work)
{
    return work->moment.until_normal_us < work->config->off_worth_us;
}

static char *explain_too_late(const struct work *work)
{
    gint64 left = MAX(work->moment.until_normal_us, 0) / CLOCK_MINUTE_US;
    gint64 wanted = work->config->off_worth_us / CLOCK_MINUTE_US;

    return g_strdup_printf("nothing to do: all must be home in %" G_GINT64_FORMAT " min, and a "
                           "host has to stay off %" G_GINT64_FORMAT " min to be worth it",
                           left, wanted);
}

struct plan *policy_decide(const struct cluster *cluster, const struct policy_config *config,
                           const struct policy_moment *moment)
{
    autoptr(work) work = work_new(cluster, config, moment, PLAN_COMPACT);
    enum relief_outcome relief = relief_run(work);

    if (relief == RELIEF_MOVES)
        return work_finish(work, g_steal_pointer(&work->plan->summary));
    if (relief == RELIEF_WAITS)
        return work_finish(work, g_strdup("nothing to do yet: help for a host that is over is on "
                                          "its way"));
    if (is_too_late(work))
        return work_finish(work, explain_too_late(work));
    if (config->kind == POLICY_PACK)
        pack_run(work);
    else if (relief == RELIEF_NOBODY)
        pairs_run(work);
    work_emit_offs(work);
    return work_finish(work, summarize_compaction(work));
}
