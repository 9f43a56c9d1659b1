#include "core/policy/targets.h"

#include "core/policy/least.h"
#include "core/policy/rooms.h"

struct targets {
    struct work *work;
    struct least *running; /* hosts that run something, or are the manager */
    struct least *idle;
    struct least *regular; /* a last resort for relief: R10 would leave them alone */
    struct rooms *waking;
    struct rooms *off;
};

static gboolean can_be_woken(const struct work *work, guint index)
{
    const struct work_host *asleep = &work->hosts[index];

    return asleep->host->state == HOST_OFF && !work_is_kept_out(work, index) &&
           asleep->n_vms == 0 && asleep->host->cpus > 0 && host_may_migrate(asleep->host) &&
           host_can_wake(asleep->host);
}

/* Hosts in trouble come last: a wake of theirs may just have failed. */
static struct rooms *list_off(const struct work *work)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < work->n_hosts; i++)
            if (can_be_woken(work, i) && (work->hosts[i].host->trouble != NULL) == pass)
                g_array_append_val(order, i);
    return rooms_new(work, (const guint *)(gpointer)order->data, order->len, TRUE);
}

/* By whatever hand: a host that rests because of its own wake is on its way all the same. */
static gboolean is_waking(const struct work *work, guint index)
{
    const struct work_host *asked = &work->hosts[index];
    gboolean wanted = rests_is_waking(work->moment.rests, asked->host);

    if (asked->host->cpus == 0 || asked->host->maintenance || asked->claimed ||
        !host_may_migrate(asked->host))
        return FALSE;
    return asked->host->state == HOST_WAKING ? wanted || !asked->rest
                                             : asked->host->state == HOST_OFF && wanted;
}

static struct rooms *list_waking(const struct work *work)
{
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < work->n_hosts; i++)
        if (is_waking(work, i))
            g_array_append_val(order, i);
    return rooms_new(work, (const guint *)(gpointer)order->data, order->len, TRUE);
}

struct targets *targets_new(struct work *work, gboolean regular, guint except)
{
    struct targets *targets = g_new0(struct targets, 1);

    targets->work = work;
    targets->running = least_new(work);
    targets->idle = least_new(work);
    targets->regular = least_new(work);
    targets->waking = list_waking(work);
    targets->off = list_off(work);
    for (guint i = 0; i < work->n_hosts; i++) {
        enum host_class class = work->hosts[i].class;
        if (i == except || !work_is_at_hand(work, i))
            continue;
        if (class == CLASS_UNDER || (regular && class == CLASS_REGULAR))
            least_add(targets->running, i);
        else if (class == CLASS_REGULAR)
            least_add(targets->regular, i);
        else if (class == CLASS_OFF)
            least_add(targets->idle, i);
    }
    return targets;
}

void targets_free(struct targets *targets)
{
    if (!targets)
        return;
    least_free(targets->running);
    least_free(targets->idle);
    least_free(targets->regular);
    rooms_free(targets->waking);
    rooms_free(targets->off);
    g_free(targets);
}

static gboolean move_to(struct targets *targets, struct least *hosts, guint vm,
                        enum plan_reason reason, guint *host)
{
    *host = least_take(hosts, vm);
    if (*host == WORK_NONE)
        return FALSE;
    work_emit(targets->work, vm, *host, reason);
    least_add(hosts, *host);
    return TRUE;
}

static gboolean wake_and_move(struct targets *targets, guint vm, enum plan_reason reason,
                              guint *host)
{
    *host = rooms_find(targets->off, vm);
    if (*host == WORK_NONE)
        return FALSE;
    if (targets->work->hosts[*host].wake_step == PLAN_NO_STEP)
        work_emit_wake(targets->work, *host, PLAN_REASON_NEEDED);
    work_emit(targets->work, vm, *host, reason);
    rooms_update(targets->off, *host);
    return TRUE;
}

/* The room is spoken for, so that the next VM does not count on it too. */
static void reserve(struct targets *targets, guint vm, guint host)
{
    struct work_host *to = &targets->work->hosts[host];

    to->used_kib += targets->work->vms[vm].mem_kib;
    to->cpu_used += targets->work->vms[vm].cpu_permille;
    to->n_vms++;
    rooms_update(targets->waking, host);
}

enum targets_found targets_move(struct targets *targets, guint vm, enum plan_reason reason,
                                gboolean wake, guint *host)
{
    if (move_to(targets, targets->running, vm, reason, host) ||
        move_to(targets, targets->idle, vm, reason, host))
        return TARGETS_ON;
    if (!wake)
        return TARGETS_NONE;
    *host = rooms_find(targets->waking, vm);
    if (*host != WORK_NONE) {
        reserve(targets, vm, *host);
        return TARGETS_WAKING;
    }
    if (wake_and_move(targets, vm, reason, host))
        return TARGETS_OFF;
    return move_to(targets, targets->regular, vm, reason, host) ? TARGETS_ON : TARGETS_NONE;
}
