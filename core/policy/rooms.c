#include "core/policy/rooms.h"

/*
 * A subtree may promise what no single host of it keeps (RAM from one, CPU from another; and
 * keep-apart groups are not in the tree at all). After so many nodes the search gives up, so that
 * no cluster can make it go over every host for every VM. Up to 2,000 hosts it is exact.
 */
#define VISITS_MOST 4096

/* What the best of a subtree offers; each number may come from another host of it. */
struct room {
    guint64 kib;
    gint64 cpu;
    guint64 models; /* a bit for each CPU model (modulo 64); all when one is not known */
    guint vms;
};

struct rooms {
    const struct work *work;
    gboolean with_margin;
    guint n_leaves; /* a power of two */
    guint n;
    guint *order;      /* leaf -> host */
    guint *leaf_of;    /* host -> leaf, or WORK_NONE */
    gboolean *shut_at; /* by leaf */
    struct room *tree; /* node i has children 2i and 2i + 1; leaves begin at n_leaves */
};

struct search {
    const struct rooms *rooms;
    guint vm;
    guint64 models;
    guint visits;
};

static guint64 model_bits(guint model)
{
    return model == 0 ? G_MAXUINT64 : G_GUINT64_CONSTANT(1) << (model % 64);
}

static struct room room_of(const struct rooms *rooms, guint leaf)
{
    const struct work_host *host = &rooms->work->hosts[rooms->order[leaf]];

    if (rooms->shut_at[leaf] || host->n_vms >= host->most_vms || host->used_kib > host->room_kib)
        return (struct room){.cpu = G_MININT64};
    return (struct room){
        .kib = MIN(host->room_kib - host->used_kib, host->available_kib),
        .cpu = rooms->with_margin ? host->cpu_limit - host->cpu_used : G_MAXINT64,
        .models = model_bits(host->cpu_model),
        .vms = host->most_vms - host->n_vms,
    };
}

static void join(struct room *tree, guint node)
{
    const struct room *left = &tree[node * 2];
    const struct room *right = &tree[node * 2 + 1];

    tree[node] = (struct room){
        .kib = MAX(left->kib, right->kib),
        .cpu = MAX(left->cpu, right->cpu),
        .models = left->models | right->models,
        .vms = MAX(left->vms, right->vms),
    };
}

struct rooms *rooms_new(const struct work *work, const guint *order, guint n, gboolean with_margin)
{
    struct rooms *rooms = g_new0(struct rooms, 1);

    rooms->work = work;
    rooms->with_margin = with_margin;
    rooms->n = n;
    rooms->n_leaves = 1;
    while (rooms->n_leaves < n)
        rooms->n_leaves *= 2;
    rooms->order = g_memdup2(order, n * sizeof *order);
    rooms->leaf_of = g_new(guint, work->n_hosts + 1);
    rooms->shut_at = g_new0(gboolean, n + 1);
    rooms->tree = g_new0(struct room, (gsize)rooms->n_leaves * 2);
    for (guint i = 0; i < work->n_hosts; i++)
        rooms->leaf_of[i] = WORK_NONE;
    for (guint i = 0; i < rooms->n_leaves; i++)
        rooms->tree[rooms->n_leaves + i].cpu = G_MININT64;
    for (guint i = 0; i < n; i++) {
        rooms->leaf_of[order[i]] = i;
        rooms->tree[rooms->n_leaves + i] = room_of(rooms, i);
    }
    for (guint i = rooms->n_leaves; i > 1; i--)
        join(rooms->tree, i - 1);
    return rooms;
}

void rooms_free(struct rooms *rooms)
{
    if (!rooms)
        return;
    g_free(rooms->order);
    g_free(rooms->leaf_of);
    g_free(rooms->shut_at);
    g_free(rooms->tree);
    g_free(rooms);
}

void rooms_update(struct rooms *rooms, guint host)
{
    guint leaf = rooms->leaf_of[host];

    if (leaf == WORK_NONE)
        return;
    rooms->tree[rooms->n_leaves + leaf] = room_of(rooms, leaf);
    for (guint node = (rooms->n_leaves + leaf) / 2; node > 0; node /= 2)
        join(rooms->tree, node);
}

void rooms_shut(struct rooms *rooms, guint host, gboolean shut)
{
    if (rooms->leaf_of[host] == WORK_NONE)
        return;
    rooms->shut_at[rooms->leaf_of[host]] = shut;
    rooms_update(rooms, host);
}

static guint find_below(struct search *search, guint node)
{
    const struct rooms *rooms = search->rooms;
    const struct work_vm *vm = &rooms->work->vms[search->vm];
    const struct room *room = &rooms->tree[node];
    guint found;

    if (room->vms == 0 || room->kib < vm->mem_kib || room->cpu < (gint64)vm->cpu_permille ||
        (room->models & search->models) == 0 || search->visits >= VISITS_MOST)
        return WORK_NONE;
    search->visits++;
    if (node >= rooms->n_leaves) {
        guint host = rooms->order[node - rooms->n_leaves];
        gboolean fits = work_fit(rooms->work, search->vm, host, rooms->with_margin) == CHECK_OK;
        return fits ? host : WORK_NONE;
    }
    found = find_below(search, node * 2);
    return found != WORK_NONE ? found : find_below(search, node * 2 + 1);
}

guint rooms_find(const struct rooms *rooms, guint vm)
{
    const struct work *work = rooms->work;
    struct search search = {
        .rooms = rooms,
        .vm = vm,
        .models = model_bits(work->vms[vm].cpu_model),
    };

    return rooms->n == 0 ? WORK_NONE : find_below(&search, 1);
}
