/* normalize_room.c - the harder parts of bringing everything home: circles, and the homeless. */
#include "core/policy/normalize.h"

/* So many of the VMs that wait for one host are tried in a round, the last to come first. */
#define WAITERS_MOST 16

/* --- Circles --- */

/* Hosts nobody waits for come first: what is put aside is then in nobody's way. */
static struct rooms *list_rooms(const struct homing *homing, gboolean only_empty)
{
    const struct work *work = homing->work;
    g_autoptr(GArray) order = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint pass = 0; pass < 2; pass++)
        for (guint i = 0; i < work->n_hosts; i++)
            if (homing_may_receive(homing, i) && (homing->waiting[i] != WORK_NONE) == (pass == 1) &&
                (!only_empty || work->hosts[i].n_vms == 0))
                g_array_append_val(order, i);
    return rooms_new(work, (const guint *)(gpointer)order->data, order->len, TRUE);
}

/* A VM that is not where it belongs anyway, and that may move. */
static gboolean may_go_aside(const struct homing *homing, guint vm)
{
    const struct work_vm *moved = &homing->work->vms[vm];
    gboolean is_home =
        moved->vm->home && g_str_equal(moved->vm->home, homing->work->hosts[moved->at].host->name);

    return work_may_move(homing->work, vm) && !is_home && !homing->aside[vm] &&
           work_is_at_hand(homing->work, moved->origin);
}

/* The candidates on the host, those that stand still latest: largest first. */
static GArray *list_aside(const struct homing *homing, guint host)
{
    struct work *work = homing->work;
    GArray *vms = g_array_new(FALSE, FALSE, sizeof(guint));

    for (guint i = work->hosts[host].first_vm; i != WORK_NONE; i = work->vms[i].next)
        if (may_go_aside(homing, i))
            g_array_append_val(vms, i);
    g_array_sort_with_data(vms, work_compare_large, work);
    return vms;
}

/* Tries the VM elsewhere; TRUE leaves it there, on trial. */
static gboolean put_aside(struct homing *homing, struct rooms *rooms, guint vm)
{
    struct work *work = homing->work;
    guint from = work->vms[vm].at;
    guint to;

    rooms_shut(rooms, from, TRUE);
    to = rooms_find(rooms, vm);
    rooms_shut(rooms, from, FALSE);
    if (to == WORK_NONE)
        return FALSE;
    work_place(work, vm, to);
    rooms_update(rooms, from);
    rooms_update(rooms, to);
    return TRUE;
}

/*
 * Finds VMs of the host whose leaving lets `waiter` in, with the hosts that take them meanwhile,
 * into two arrays; TRUE when there are such. The smallest that suffices alone is best.
 */
static gboolean find_asides(struct homing *homing, guint host, guint waiter, GArray *vms,
                            GArray *hosts)
{
    struct rooms *rooms = homing->rooms;
    struct work *work = homing->work;
    g_autoptr(GArray) candidates = list_aside(homing, host);

    for (guint i = candidates->len; i > 0; i--) {
        guint vm = g_array_index(candidates, guint, i - 1);
        if (!put_aside(homing, rooms, vm))
            continue;
        if (work_fit(work, waiter, host, FALSE) == CHECK_OK) {
            g_array_append_val(vms, vm);
            g_array_append_val(hosts, work->vms[vm].at);
            return TRUE;
        }
        guint to = work->vms[vm].at;
        work_place(work, vm, host);
        rooms_update(rooms, to);
        rooms_update(rooms, host);
    }
    for (guint i = 0; i < candidates->len; i++) {
        guint vm = g_array_index(candidates, guint, i);
        if (!put_aside(homing, rooms, vm))
            continue;
        g_array_append_val(vms, vm);
        g_array_append_val(hosts, work->vms[vm].at);
        if (work_fit(work, waiter, host, FALSE) == CHECK_OK)
            return TRUE;
    }
    return FALSE;
}

static gboolean make_room_for(struct homing *homing, guint host, guint waiter)
{
    struct work *work = homing->work;
    g_autoptr(GArray) vms = g_array_new(FALSE, FALSE, sizeof(guint));
    g_autoptr(GArray) hosts = g_array_new(FALSE, FALSE, sizeof(guint));
    gboolean found = find_asides(homing, host, waiter, vms, hosts);

    for (guint i = 0; i < vms->len; i++) {
        work_place(work, g_array_index(vms, guint, i), host);
        rooms_update(homing->rooms, g_array_index(hosts, guint, i));
    }
    rooms_update(homing->rooms, host);
    if (!found)
        return FALSE;
    for (guint i = 0; i < vms->len; i++) {
        guint vm = g_array_index(vms, guint, i);
        homing->aside[vm] = TRUE;
        homing_move(homing, vm, g_array_index(hosts, guint, i), PLAN_REASON_MAKE_ROOM);
    }
    return TRUE;
}

/* The first VM waiting for the host that room can be made for; TRUE when moves were made. */
static gboolean make_room_on(struct homing *homing, guint host)
{
    guint tried = 0;

    for (guint vm = homing->waiting[host]; vm != WORK_NONE && tried < WAITERS_MOST; tried++) {
        if (make_room_for(homing, host, vm))
            return TRUE;
        vm = homing->next_waiting[vm];
    }
    return FALSE;
}

void homing_make_room(struct homing *homing)
{
    gboolean any = TRUE;

    if (homing->n_waiting > 0)
        homing->rooms = list_rooms(homing, FALSE);
    /* Each round puts a VM aside that never was before, so the rounds come to an end. */
    while (any && homing->n_waiting > 0) {
        any = FALSE;
        for (guint i = 0; i < homing->work->n_hosts; i++)
            while (homing->waiting[i] != WORK_NONE && make_room_on(homing, i))
                any = TRUE;
    }
}

/* --- The homeless --- */

struct donor {
    guint host;
    guint n_vms;
    gboolean done; /* has nothing to give, or nothing that fits */
};

static gint compare_donors(gconstpointer a, gconstpointer b, gpointer data)
{
    const struct work *work = data;
    const struct donor *left = a;
    const struct donor *right = b;

    if (left->n_vms != right->n_vms)
        return left->n_vms > right->n_vms ? -1 : 1;
    return work->hosts[left->host].rank < work->hosts[right->host].rank ? -1 : 1;
}

/* Hosts that run two or more, the fullest first. */
static GArray *list_donors(struct work *work)
{
    GArray *donors = g_array_new(FALSE, FALSE, sizeof(struct donor));

    for (guint i = 0; i < work->n_hosts; i++) {
        struct donor donor = {i, work->hosts[i].n_vms, FALSE};
        if (donor.n_vms > 1 && work_is_at_hand(work, i))
            g_array_append_val(donors, donor);
    }
    g_array_sort_with_data(donors, compare_donors, work);
    return donors;
}

static gboolean may_be_spread(const struct work *work, guint vm)
{
    return !work->vms[vm].vm->home && !work->vms[vm].vm->pin && work_may_move(work, vm);
}

/* Gives away one VM without a home, the smallest that fits an empty host; FALSE when none does. */
static gboolean give_one(struct homing *homing, struct rooms *empty, guint host)
{
    struct work *work = homing->work;
    g_autoptr(GArray) vms = g_array_new(FALSE, FALSE, sizeof(guint));

    work_list_vms(work, host, vms);
    g_array_sort_with_data(vms, work_compare_large, work);
    for (guint i = vms->len; i > 0; i--) {
        guint vm = g_array_index(vms, guint, i - 1);
        guint to = may_be_spread(work, vm) ? rooms_find(empty, vm) : WORK_NONE;
        if (to == WORK_NONE)
            continue;
        rooms_shut(empty, to, TRUE);
        homing_move(homing, vm, to, PLAN_REASON_SPREAD);
        return TRUE;
    }
    return FALSE;
}

/* Round after round, so that the fullest hosts give most and no host gives its last one. */
void homing_spread(struct homing *homing)
{
    struct work *work = homing->work;
    autoptr(rooms) empty = list_rooms(homing, TRUE);
    g_autoptr(GArray) donors = list_donors(work);
    guint floor = donors->len > 0 ? g_array_index(donors, struct donor, 0).n_vms : 0;

    for (; floor > 1; floor--) {
        for (guint i = 0; i < donors->len; i++) {
            struct donor *donor = &g_array_index(donors, struct donor, i);
            if (donor->n_vms < floor)
                break;
            if (!donor->done && work->hosts[donor->host].n_vms >= floor)
                donor->done = !give_one(homing, empty, donor->host);
        }
    }
}
