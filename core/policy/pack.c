/*
 * pack.c - compaction by `pack`: who may be emptied, who takes, and the steps of the answer.
 */
#include "core/policy/pack.h"

#include "core/policy/check_rules.h"
#include "core/policy/decide.h"

static guint find_held(const struct work *work, guint host)
{
    for (guint i = work->hosts[host].first_vm; i != WORK_NONE; i = work->vms[i].next)
        if (work->vms[i].hold != WORK_FREE)
            return i;
    return WORK_NONE;
}

/* Why a host of under is not emptied; NULL when it may be. Free it. */
static char *why_kept(const struct work *work, guint index)
{
    const struct host *host = work->hosts[index].host;
    guint held = find_held(work, index);
    enum check_reason reason =
        check_power_off_emptied(host, work->config, work->moment.now_us, TRUE);

    if (work_is_kept_out(work, index))
        return work_explain_kept_out(work, index);
    if (!host_may_migrate(host) && work->hosts[index].n_vms > 0)
        return check_explain_unable(host);
    if (reason != CHECK_OK)
        return check_explain(reason, NULL, host, work->config);
    return held != WORK_NONE ? work_explain_hold(work, held) : NULL;
}

static enum pack_role role_of_under(struct work *work, guint index)
{
    char *why = why_kept(work, index);

    if (!why)
        return PACK_CANDIDATE;
    work_refuse_host(work, index, why);
    return work_is_at_hand(work, index) ? PACK_BIN : PACK_LEFT_OUT;
}

/* Idle hosts go off by themselves; only those that have to stay on for long are of use. */
static enum pack_role role_of_idle(const struct work *work, guint index)
{
    enum check_reason reason =
        check_power_off_emptied(work->hosts[index].host, work->config, work->moment.now_us, TRUE);
    gboolean stays = reason != CHECK_OK && reason != CHECK_JUST_WOKEN;

    return stays && work_is_at_hand(work, index) ? PACK_BIN : PACK_LEFT_OUT;
}

static enum pack_role role_of(struct work *work, guint index)
{
    switch (work->hosts[index].class) {
    case CLASS_UNDER:
        return role_of_under(work, index);
    case CLASS_REGULAR:
        return work_is_at_hand(work, index) ? PACK_BIN : PACK_LEFT_OUT;
    case CLASS_OFF:
        return role_of_idle(work, index);
    default:
        return PACK_LEFT_OUT;
    }
}

static gint compare_ranks(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct work *work = data;
    guint left = work->hosts[*(const guint *)a].rank;
    guint right = work->hosts[*(const guint *)b].rank;

    return (left > right) - (left < right);
}

static void set_up(struct pack *pack, struct work *work)
{
    *pack = (struct pack){
        .work = work,
        .role = g_new0(enum pack_role, work->n_hosts + 1),
        .closed = g_new0(gboolean, work->n_hosts + 1),
        .candidates = g_array_new(FALSE, FALSE, sizeof(guint)),
        .bins = g_array_new(FALSE, FALSE, sizeof(guint)),
        .moving = g_array_new(FALSE, FALSE, sizeof(guint)),
    };
    for (guint i = 0; i < work->n_hosts; i++) {
        pack->role[i] = role_of(work, i);
        if (pack->role[i] == PACK_CANDIDATE)
            g_array_append_val(pack->candidates, i);
        else if (pack->role[i] == PACK_BIN)
            g_array_append_val(pack->bins, i);
    }
    g_array_sort_with_data(pack->bins, compare_ranks, work);
}

static void tear_down(struct pack *pack)
{
    g_free(pack->role);
    g_free(pack->closed);
    g_array_unref(pack->candidates);
    g_array_unref(pack->bins);
    g_array_unref(pack->moving);
}

gint pack_compare_held(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct work *work = data;
    const struct work_host *left = &work->hosts[*(const guint *)a];
    const struct work_host *right = &work->hosts[*(const guint *)b];

    if (left->used_kib != right->used_kib)
        return left->used_kib < right->used_kib ? -1 : 1;
    return left->rank > right->rank ? -1 : 1;
}

/* Host by host, the cheapest to empty first: each can go off as soon as its own VMs are away. */
static void emit_moves(struct pack *pack, const struct pack_snapshot *answer)
{
    struct work *work = pack->work;
    g_autoptr(GArray) hosts = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < pack->candidates->len; i++) {
        guint host = g_array_index(pack->candidates, guint, i);
        if (answer->closed[host])
            g_array_append_val(hosts, host);
    }
    g_array_sort_with_data(hosts, pack_compare_held, work);
    for (guint i = 0; i < hosts->len; i++) {
        g_array_set_size(pack->moving, 0);
        work_list_vms(work, g_array_index(hosts, guint, i), pack->moving);
        g_array_sort_with_data(pack->moving, work_compare_large, work);
        for (guint j = 0; j < pack->moving->len; j++) {
            guint vm = g_array_index(pack->moving, guint, j);
            work_emit(work, vm, answer->at[vm], PLAN_REASON_EMPTY_HOST);
        }
    }
}

static void refuse_left_open(struct pack *pack, const guint *n_vms_before)
{
    struct work *work = pack->work;

    for (guint i = 0; i < pack->candidates->len; i++) {
        guint host = g_array_index(pack->candidates, guint, i);
        guint vms = work->hosts[host].n_vms;
        if (vms > 0 && vms == n_vms_before[host])
            work_refuse_host(work, host,
                             vms == 1 ? g_strdup("its VM can go nowhere else")
                                      : g_strdup_printf("its %u VMs cannot all go elsewhere", vms));
    }
}

void pack_run(struct work *work)
{
    g_autofree guint *n_vms_before = g_new(guint, work->n_hosts + 1);
    struct pack pack;
    guint offs_before = work_count_offs(work);

    for (guint i = 0; i < work->n_hosts; i++)
        n_vms_before[i] = work->hosts[i].n_vms;
    set_up(&pack, work);
    autoptr(pack_snapshot) start = pack_snapshot_new(&pack);
    pack_solve(&pack);
    autoptr(pack_snapshot) answer = pack_snapshot_new(&pack);
    guint offs = work_count_offs(work);
    pack_snapshot_restore(start, &pack);
    if (offs > offs_before) {
        emit_moves(&pack, answer);
        refuse_left_open(&pack, n_vms_before);
    } else if (answer->n_closed > 0) {
        work->plan->summary = g_strdup("nothing to do: what could be emptied would only be left on "
                                       "as spare hosts");
    } else {
        refuse_left_open(&pack, n_vms_before);
    }
    tear_down(&pack);
}
