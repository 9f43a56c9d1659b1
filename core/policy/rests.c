#include "core/policy/rests.h"

struct rests {
    GHashTable *hosts;  /* const struct host * -> reason, owned */
    GHashTable *waking; /* const struct host *, a set */
    GHashTable *vms;    /* const struct vm * -> reason, owned */
};

struct rests *rests_new(void)
{
    struct rests *rests = g_new(struct rests, 1);

    rests->hosts = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    rests->waking = g_hash_table_new(NULL, NULL);
    rests->vms = g_hash_table_new_full(NULL, NULL, NULL, g_free);
    return rests;
}

void rests_free(struct rests *rests)
{
    if (!rests)
        return;
    g_hash_table_unref(rests->hosts);
    g_hash_table_unref(rests->waking);
    g_hash_table_unref(rests->vms);
    g_free(rests);
}

void rests_add_host(struct rests *rests, const struct host *host, char *why_take)
{
    g_hash_table_insert(rests->hosts, (gpointer)host, why_take);
}

void rests_add_vm(struct rests *rests, const struct vm *vm, char *why_take)
{
    g_hash_table_insert(rests->vms, (gpointer)vm, why_take);
}

void rests_add_waking(struct rests *rests, const struct host *host)
{
    g_hash_table_add(rests->waking, (gpointer)host);
}

gboolean rests_is_waking(const struct rests *rests, const struct host *host)
{
    return rests && g_hash_table_contains(rests->waking, host);
}

const char *rests_why_host(const struct rests *rests, const struct host *host)
{
    return rests && g_hash_table_size(rests->hosts) > 0 ? g_hash_table_lookup(rests->hosts, host)
                                                        : NULL;
}

const char *rests_why_vm(const struct rests *rests, const struct vm *vm)
{
    return rests && g_hash_table_size(rests->vms) > 0 ? g_hash_table_lookup(rests->vms, vm) : NULL;
}

guint rests_count(const struct rests *rests)
{
    return rests ? g_hash_table_size(rests->hosts) + g_hash_table_size(rests->vms) : 0;
}
