#include "core/policy/least.h"

/* How many hosts are looked at for one VM before it is given up. */
#define TRIES_MOST 64

struct entry {
    gint64 load;
    guint rank;
    guint host;
};

struct least {
    const struct work *work;
    struct entry *entries; /* a binary heap, the least at 0 */
    guint n;
};

struct least *least_new(const struct work *work)
{
    struct least *least = g_new0(struct least, 1);

    least->work = work;
    least->entries = g_new(struct entry, work->n_hosts + 1);
    return least;
}

void least_free(struct least *least)
{
    if (!least)
        return;
    g_free(least->entries);
    g_free(least);
}

static gboolean is_less(const struct entry *a, const struct entry *b)
{
    return a->load != b->load ? a->load < b->load : a->rank < b->rank;
}

static void swap(struct least *least, guint a, guint b)
{
    struct entry kept = least->entries[a];

    least->entries[a] = least->entries[b];
    least->entries[b] = kept;
}

static void add_entry(struct least *least, struct entry entry)
{
    guint place = least->n++;

    least->entries[place] = entry;
    while (place > 0 && is_less(&least->entries[place], &least->entries[(place - 1) / 2])) {
        swap(least, place, (place - 1) / 2);
        place = (place - 1) / 2;
    }
}

void least_add(struct least *least, guint host)
{
    const struct work_host *added = &least->work->hosts[host];

    add_entry(least,
              (struct entry){added->cpu_used / MAX(added->host->cpus, 1), added->rank, host});
}

static struct entry take_first(struct least *least)
{
    struct entry first = least->entries[0];
    guint place = 0;

    least->entries[0] = least->entries[--least->n];
    for (;;) {
        guint child = place * 2 + 1;
        if (child >= least->n)
            return first;
        if (child + 1 < least->n && is_less(&least->entries[child + 1], &least->entries[child]))
            child++;
        if (!is_less(&least->entries[child], &least->entries[place]))
            return first;
        swap(least, place, child);
        place = child;
    }
}

guint least_take(struct least *least, guint vm)
{
    struct entry refused[TRIES_MOST];
    guint n_refused = 0;
    guint found = WORK_NONE;

    while (found == WORK_NONE && least->n > 0 && n_refused < TRIES_MOST) {
        struct entry entry = take_first(least);
        if (work_fit(least->work, vm, entry.host, TRUE) == CHECK_OK)
            found = entry.host;
        else
            refused[n_refused++] = entry;
    }
    while (n_refused > 0)
        add_entry(least, refused[--n_refused]);
    return found;
}
