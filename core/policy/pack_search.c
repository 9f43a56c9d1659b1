/*
 * pack_search.c - what can be proved about a packing: an upper bound, and, for small clusters, the
 * best there is.
 *
 * If a set of hosts can be closed, so can each part of it (its VMs go where they went, the others
 * stay). So sets are tried in order of size, and the first size without any ends the search.
 */
#include "core/policy/pack.h"

#include "core/policy/check_rules.h"

#define SEARCH_HOSTS_MOST 14
#define SEARCH_STEPS_MOST 40000

/* --- The bound --- */

enum dimension {
    DIMENSION_RAM,
    DIMENSION_PLACES,
    DIMENSION_CPU,
};
#define DIMENSION_COUNT 3

static gint64 whole_room(const struct work *work, guint host, gint64 vms_cpu, enum dimension d)
{
    const struct work_host *at = &work->hosts[host];

    switch (d) {
    case DIMENSION_RAM:
        return (gint64)at->room_kib;
    case DIMENSION_PLACES:
        return at->most_vms;
    case DIMENSION_CPU:
        break;
    }
    return MAX(at->cpu_limit - (at->cpu_used - vms_cpu), 0);
}

static gint64 used_room(const struct work *work, guint host, gint64 vms_cpu, enum dimension d)
{
    const struct work_host *at = &work->hosts[host];

    if (d == DIMENSION_CPU)
        return vms_cpu;
    return d == DIMENSION_RAM ? (gint64)at->used_kib : (gint64)at->n_vms;
}

static gint64 vms_cpu_on(const struct work *work, guint host)
{
    gint64 sum = 0;

    for (guint i = work->hosts[host].first_vm; i != WORK_NONE; i = work->vms[i].next)
        sum += work->vms[i].cpu_permille;
    return sum;
}

static gint compare_descending(gconstpointer a, gconstpointer b)
{
    gint64 left = *(const gint64 *)a;
    gint64 right = *(const gint64 *)b;

    return (left < right) - (left > right);
}

/* How many candidates must stay open for this dimension alone, even if VMs could be cut up. */
static guint must_stay_open(const struct pack *pack, enum dimension d)
{
    const struct work *work = pack->work;
    g_autoptr(GArray) rooms = g_array_new(FALSE, FALSE, sizeof(gint64));
    gint64 need = 0;
    guint open = 0;

    for (guint i = 0; i < pack->candidates->len; i++) {
        guint host = g_array_index(pack->candidates, guint, i);
        gint64 cpu = vms_cpu_on(work, host);
        gint64 used = used_room(work, host, cpu, d);
        /* A host may be past its limit already; what it holds it can go on holding. */
        gint64 room = MAX(whole_room(work, host, cpu, d), used);
        need += used;
        g_array_append_val(rooms, room);
    }
    for (guint i = 0; i < pack->bins->len; i++) {
        guint host = g_array_index(pack->bins, guint, i);
        gint64 cpu = vms_cpu_on(work, host);
        need -= MAX(whole_room(work, host, cpu, d) - used_room(work, host, cpu, d), 0);
    }
    g_array_sort(rooms, compare_descending);
    while (need > 0 && open < rooms->len)
        need -= g_array_index(rooms, gint64, open++);
    return open;
}

guint pack_bound(const struct pack *pack)
{
    guint open = 0;

    for (guint d = 0; d < DIMENSION_COUNT; d++)
        open = MAX(open, must_stay_open(pack, (enum dimension)d));
    return pack->candidates->len - open;
}

/* --- The search --- */

struct search {
    struct pack *pack;
    guint hosts[SEARCH_HOSTS_MOST]; /* open candidates, least RAM held first */
    guint n_hosts;
    GArray *vms;     /* guint: to be placed */
    GArray *targets; /* guint: hosts that stay open in this trial, bins included */
    guint steps;
};

/* Two targets that are alike in all that counts: if a VM did no good on one, it will not on both.
 */
static gboolean are_alike(const struct work_host *a, const struct work_host *b)
{
    return a->room_kib - a->used_kib == b->room_kib - b->used_kib &&
           a->most_vms - a->n_vms == b->most_vms - b->n_vms &&
           a->cpu_limit - a->cpu_used == b->cpu_limit - b->cpu_used &&
           a->available_kib == b->available_kib && a->cpu_model == b->cpu_model &&
           a->hypervisor == b->hypervisor;
}

static gboolean was_tried_alike(const struct search *search, guint target)
{
    const struct work *work = search->pack->work;
    const struct work_host *host = &work->hosts[g_array_index(search->targets, guint, target)];

    for (guint i = 0; i < target; i++)
        if (are_alike(&work->hosts[g_array_index(search->targets, guint, i)], host))
            return TRUE;
    return FALSE;
}

/* Places vms[from..]; TRUE leaves them placed, FALSE leaves all as it was. */
static gboolean place_all(struct search *search, guint from, gboolean any_group)
{
    struct work *work = search->pack->work;
    guint vm, origin;

    if (from == search->vms->len)
        return TRUE;
    vm = g_array_index(search->vms, guint, from);
    origin = work->vms[vm].at;
    for (guint i = 0; i < search->targets->len && search->steps < SEARCH_STEPS_MOST; i++) {
        guint to = g_array_index(search->targets, guint, i);
        search->steps++;
        if ((!any_group && was_tried_alike(search, i)) || work_fit(work, vm, to, TRUE) != CHECK_OK)
            continue;
        work_place(work, vm, to);
        if (place_all(search, from + 1, any_group))
            return TRUE;
        work_place(work, vm, origin);
    }
    return FALSE;
}

static void set_up_trial(struct search *search, guint set)
{
    struct pack *pack = search->pack;

    g_array_set_size(search->vms, 0);
    g_array_set_size(search->targets, 0);
    for (guint i = 0; i < search->n_hosts; i++) {
        if (set & 1u << i)
            work_list_vms(pack->work, search->hosts[i], search->vms);
        else
            g_array_append_val(search->targets, search->hosts[i]);
    }
    g_array_append_vals(search->targets, pack->bins->data, pack->bins->len);
    g_array_sort_with_data(search->vms, work_compare_large, pack->work);
}

static gboolean has_room_at_all(const struct search *search)
{
    const struct work *work = search->pack->work;
    guint64 need = 0, room = 0;
    guint places = 0;

    for (guint i = 0; i < search->vms->len; i++)
        need += work->vms[g_array_index(search->vms, guint, i)].mem_kib;
    for (guint i = 0; i < search->targets->len; i++) {
        const struct work_host *to = &work->hosts[g_array_index(search->targets, guint, i)];
        room += to->room_kib > to->used_kib ? to->room_kib - to->used_kib : 0;
        places += to->most_vms > to->n_vms ? to->most_vms - to->n_vms : 0;
    }
    return need <= room && search->vms->len <= places;
}

static gboolean any_vm_in_group(const struct search *search)
{
    for (guint i = 0; i < search->vms->len; i++)
        if (search->pack->work->vms[g_array_index(search->vms, guint, i)].group != 0)
            return TRUE;
    return FALSE;
}

/* TRUE leaves the set closed. */
static gboolean try_set(struct search *search, guint set)
{
    struct pack *pack = search->pack;

    set_up_trial(search, set);
    if (!has_room_at_all(search) || !place_all(search, 0, any_vm_in_group(search)))
        return FALSE;
    for (guint i = 0; i < search->n_hosts; i++) {
        if (!(set & 1u << i))
            continue;
        pack->closed[search->hosts[i]] = TRUE;
        pack->n_closed++;
    }
    return TRUE;
}

static guint64 ram_held(const struct search *search, guint set)
{
    guint64 sum = 0;

    for (guint i = 0; i < search->n_hosts; i++)
        if (set & 1u << i)
            sum += search->pack->work->hosts[search->hosts[i]].used_kib;
    return sum;
}

/* The set of `size` hosts that can be closed and holds least RAM; FALSE when there is none. */
static gboolean close_best_of_size(struct search *search, guint size,
                                   const struct pack_snapshot *start)
{
    struct pack_snapshot *best = NULL;
    guint64 best_kib = G_MAXUINT64;

    for (guint set = 1; set < 1u << search->n_hosts && search->steps < SEARCH_STEPS_MOST; set++) {
        guint64 kib;
        if ((guint)__builtin_popcount(set) != size)
            continue;
        kib = ram_held(search, set);
        if (kib >= best_kib || !try_set(search, set))
            continue;
        best_kib = kib;
        pack_snapshot_free(best);
        best = pack_snapshot_new(search->pack);
        pack_snapshot_restore(start, search->pack);
    }
    if (!best)
        return FALSE;
    pack_snapshot_restore(best, search->pack);
    pack_snapshot_free(best);
    return TRUE;
}

gboolean pack_search(struct pack *pack)
{
    struct search search = {.pack = pack};
    autoptr(pack_snapshot) start = NULL;
    guint n_before = pack->n_closed;

    for (guint i = 0; i < pack->candidates->len; i++) {
        guint host = g_array_index(pack->candidates, guint, i);
        if (pack->closed[host])
            continue;
        if (search.n_hosts == SEARCH_HOSTS_MOST)
            return FALSE;
        search.hosts[search.n_hosts++] = host;
    }
    g_qsort_with_data(search.hosts, (gint)search.n_hosts, sizeof *search.hosts, pack_compare_held,
                      pack->work);
    search.vms = g_array_new(FALSE, FALSE, sizeof(guint));
    search.targets = g_array_new(FALSE, FALSE, sizeof(guint));
    start = pack_snapshot_new(pack);
    for (guint size = 1; size <= search.n_hosts && n_before + size <= pack->bound; size++) {
        autoptr(pack_snapshot) smaller = pack_snapshot_new(pack);
        pack_snapshot_restore(start, pack);
        if (close_best_of_size(&search, size, start))
            continue;
        pack_snapshot_restore(smaller, pack);
        break;
    }
    g_array_unref(search.vms);
    g_array_unref(search.targets);
    return pack->n_closed > n_before;
}
