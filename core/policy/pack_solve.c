/*
 * pack_solve.c - fewest hosts on: greedily, in several orders, until nothing more can be closed.
 *
 * In one order the candidates are closed from the front, and their VMs, largest first, go to the
 * first host from the back that has room (bins before all): first fit decreasing, which wastes
 * little, with O(log hosts) for each VM. No single order is best for every cluster, so all are
 * tried while the bound says that more could be had, and small clusters are searched through.
 */
#include "core/policy/pack.h"

#include <string.h>

#include "core/policy/least.h"
#include "core/policy/rooms.h"

enum order {
    ORDER_LEAST_RAM_HELD, /* what costs least to move */
    ORDER_SMALLEST,       /* hosts with little room first */
    ORDER_FEWEST_VMS,
    ORDER_LEAST_CPU_ROOM,
};
#define ORDER_COUNT 4

struct order_key {
    const struct work *work;
    enum order order;
};

/* --- Snapshots --- */

static guint64 count_moved_kib(const struct work *work)
{
    guint64 sum = 0;

    for (guint i = 0; i < work->n_vms; i++)
        sum += work->vms[i].at != work->vms[i].origin ? work->vms[i].mem_kib : 0;
    return sum;
}

struct pack_snapshot *pack_snapshot_new(const struct pack *pack)
{
    const struct work *work = pack->work;
    struct pack_snapshot *snapshot = g_new0(struct pack_snapshot, 1);

    snapshot->at = g_new0(guint, work->n_vms + 1);
    for (guint i = 0; i < work->n_vms; i++)
        snapshot->at[i] = work->vms[i].at;
    snapshot->closed = g_memdup2(pack->closed, (work->n_hosts + 1) * sizeof *pack->closed);
    snapshot->n_closed = pack->n_closed;
    snapshot->moved_kib = count_moved_kib(work);
    return snapshot;
}

void pack_snapshot_restore(const struct pack_snapshot *snapshot, struct pack *pack)
{
    struct work *work = pack->work;

    for (guint i = 0; i < work->n_vms; i++)
        if (work->vms[i].at != snapshot->at[i])
            work_place(work, i, snapshot->at[i]);
    memcpy(pack->closed, snapshot->closed, work->n_hosts * sizeof *pack->closed);
    pack->n_closed = snapshot->n_closed;
}

void pack_snapshot_free(struct pack_snapshot *snapshot)
{
    if (!snapshot)
        return;
    g_free(snapshot->at);
    g_free(snapshot->closed);
    g_free(snapshot);
}

/* --- One pass --- */

static gint compare_numbers(gint64 a, gint64 b)
{
    return (a > b) - (a < b);
}

static gint compare_closing(gconstpointer left, gconstpointer right, gpointer data)
{
    const struct order_key *key = data;
    const struct work_host *a = &key->work->hosts[*(const guint *)left];
    const struct work_host *b = &key->work->hosts[*(const guint *)right];
    gint room = compare_numbers((gint64)a->room_kib, (gint64)b->room_kib);
    gint held = compare_numbers((gint64)a->used_kib, (gint64)b->used_kib);
    gint first = 0;

    switch (key->order) {
    case ORDER_LEAST_RAM_HELD:
        first = held;
        break;
    case ORDER_SMALLEST:
        first = room;
        break;
    case ORDER_FEWEST_VMS:
        first = compare_numbers(a->n_vms, b->n_vms);
        break;
    case ORDER_LEAST_CPU_ROOM:
        first = compare_numbers(a->cpu_limit - a->cpu_used, b->cpu_limit - b->cpu_used);
        break;
    }
    if (first != 0)
        return first;
    if (held != 0 || room != 0)
        return held != 0 ? held : room;
    return compare_numbers(b->rank, a->rank); /* the last of the list goes first (R12) */
}

/* All or nothing: the VMs of the host go elsewhere, or each stays where it was. */
static gboolean try_close(struct pack *pack, struct rooms *rooms, guint host)
{
    struct work *work = pack->work;
    GArray *moving = pack->moving;
    guint placed = 0;

    g_array_set_size(moving, 0);
    work_list_vms(work, host, moving);
    g_array_sort_with_data(moving, work_compare_large, work);
    rooms_shut(rooms, host, TRUE);
    while (placed < moving->len) {
        guint vm = g_array_index(moving, guint, placed);
        guint to = rooms_find(rooms, vm);
        if (to == WORK_NONE)
            break;
        work_place(work, vm, to);
        rooms_update(rooms, to);
        placed++;
    }
    if (placed == moving->len) {
        pack->closed[host] = TRUE;
        pack->n_closed++;
        return TRUE;
    }
    while (placed > 0) {
        guint vm = g_array_index(moving, guint, --placed);
        guint to = work->vms[vm].at;
        work_place(work, vm, host);
        rooms_update(rooms, to);
    }
    rooms_shut(rooms, host, FALSE);
    return FALSE;
}

/* TRUE when it closed any. */
static gboolean close_in_order(struct pack *pack, enum order order)
{
    struct order_key key = {pack->work, order};
    g_autoptr(GArray) closing = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) filling = g_array_new(FALSE, FALSE, sizeof(guint));
    guint before = pack->n_closed;

    for (guint i = 0; i < pack->candidates->len; i++) {
        guint host = g_array_index(pack->candidates, guint, i);
        if (!pack->closed[host])
            g_array_append_val(closing, host);
    }
    g_array_sort_with_data(closing, compare_closing, &key);
    g_array_append_vals(filling, pack->bins->data, pack->bins->len);
    for (guint i = closing->len; i > 0; i--)
        g_array_append_val(filling, g_array_index(closing, guint, i - 1));

    autoptr(rooms) rooms =
        rooms_new(pack->work, (const guint *)(gpointer)filling->data, filling->len, TRUE);
    for (guint i = 0; i < closing->len && pack->n_closed < pack->bound; i++)
        try_close(pack, rooms, g_array_index(closing, guint, i));
    return pack->n_closed > before;
}

/* --- Evenest load --- */

static gint compare_busy(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct work *work = data;
    gint order = compare_numbers(work->vms[*(const guint *)b].cpu_permille,
                                 work->vms[*(const guint *)a].cpu_permille);

    return order != 0 ? order : work_compare_large(a, b, data);
}

/* Back to where they really are: hosts that are closed, so that open ones lose what they gained. */
static GArray *take_back_moved(struct work *work)
{
    GArray *moved = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = 0; i < work->n_vms; i++) {
        if (work->vms[i].at == work->vms[i].origin)
            continue;
        work_place(work, i, work->vms[i].origin);
        g_array_append_val(moved, i);
    }
    return moved;
}

static gboolean spread_by_load(struct pack *pack, GCompareDataFunc order)
{
    struct work *work = pack->work;
    g_autoptr(GArray) moved = take_back_moved(work);
    autoptr(least) least = least_new(work);

    for (guint i = 0; i < work->n_hosts; i++)
        if (pack->role[i] != PACK_LEFT_OUT && !pack->closed[i])
            least_add(least, i);
    g_array_sort_with_data(moved, order, work);
    for (guint i = 0; i < moved->len; i++) {
        guint vm = g_array_index(moved, guint, i);
        guint to = least_take(least, vm);
        if (to == WORK_NONE)
            return FALSE;
        work_place(work, vm, to);
        least_add(least, to);
    }
    return TRUE;
}

/* Places all VMs of closed hosts anew, evenly by load; when it cannot, all stays as it was. */
static void even_out(struct pack *pack)
{
    autoptr(pack_snapshot) tight = pack_snapshot_new(pack);

    /* The busiest first is evenest; the largest first is surer to fit. */
    if (spread_by_load(pack, compare_busy))
        return;
    pack_snapshot_restore(tight, pack);
    if (!spread_by_load(pack, work_compare_large))
        pack_snapshot_restore(tight, pack);
}

/* --- All of it --- */

static gboolean is_better(const struct pack_snapshot *a, const struct pack_snapshot *b)
{
    if (a->n_closed != b->n_closed)
        return a->n_closed > b->n_closed;
    return a->moved_kib < b->moved_kib;
}

/* The best of one pass in each order and of the search, all from the start. */
static void solve_from_start(struct pack *pack)
{
    autoptr(pack_snapshot) start = pack_snapshot_new(pack);
    struct pack_snapshot *best = NULL;

    for (guint i = 0; i <= ORDER_COUNT; i++) {
        struct pack_snapshot *result;
        if (i == ORDER_COUNT)
            pack_search(pack);
        else
            close_in_order(pack, (enum order)i);
        result = pack_snapshot_new(pack);
        if (!best || is_better(result, best)) {
            pack_snapshot_free(best);
            best = g_steal_pointer(&result);
        }
        pack_snapshot_free(result);
        /* The first order moves little RAM: with as many closed as can be, it will do. */
        if (best->n_closed >= pack->bound)
            break;
        pack_snapshot_restore(start, pack);
    }
    pack_snapshot_restore(best, pack);
    pack_snapshot_free(best);
}

/* Whatever a next decision could still find is found in this one: then it is at rest. */
static void improve(struct pack *pack)
{
    gboolean any;

    do {
        any = FALSE;
        for (guint i = 0; i < ORDER_COUNT && pack->n_closed < pack->bound; i++)
            any |= close_in_order(pack, (enum order)i);
        if (!any && pack->n_closed < pack->bound)
            any = pack_search(pack);
    } while (any);
}

void pack_solve(struct pack *pack)
{
    guint before;

    pack->bound = pack_bound(pack);
    solve_from_start(pack);
    improve(pack);
    do {
        before = pack->n_closed;
        even_out(pack);
        improve(pack);
    } while (pack->n_closed > before);
}
