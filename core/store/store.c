#include "core/store/store_internal.h"

#include <errno.h>
#include <string.h>

#include "core/base/error.h"
#include "core/store/cluster_file.h"
#include "core/store/vm_files.h"

/* An operator who is in the middle of an edit mends it before: then a damaged file is put aside. */
#define DAMAGED_PATIENCE_US (5 * G_TIME_SPAN_MINUTE)

struct store *store_new(const char *dir)
{
    struct store *store = g_new0(struct store, 1);
    store->dir = g_strdup(dir);
    store->lock = -1;
    store->patience_us = DAMAGED_PATIENCE_US;
    store->path = g_build_filename(dir, CLUSTER_FILE_NAME, NULL);
    store->good = g_build_filename(dir, CLUSTER_FILE_NAME GOOD_SUFFIX, NULL);
    store->nodes = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    store->maintained = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    return store;
}

void store_free(struct store *store)
{
    if (!store)
        return;
    store_unlock(store);
    g_hash_table_unref(store->nodes);
    g_hash_table_unref(store->maintained);
    g_free(store->trouble);
    g_free(store->good);
    g_free(store->path);
    g_free(store->dir);
    g_free(store);
}

const char *store_dir(const struct store *store)
{
    return store->dir;
}

void store_set_guard(struct store *store, store_guard_func guard, gpointer data)
{
    store->guard = guard;
    store->guard_data = data;
}

gboolean store_may_write(gpointer data, GError **error)
{
    const struct store *store = data;
    if (!store->guard || store->guard(store->guard_data))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "%s: not written: another manager has taken over", store->path);
    return FALSE;
}

void store_set_patience(struct store *store, gint64 patience_us)
{
    store->patience_us = patience_us;
}

struct identity store_identity_of(const struct stat *status)
{
    return (struct identity){status->st_dev, status->st_ino, status->st_size, status->st_mtim};
}

struct identity store_identify(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? store_identity_of(&status) : (struct identity){0};
}

gboolean store_is_same(const struct identity *a, const struct identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

GHashTable *store_list_maintained(const struct cluster *cluster)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        if (host->maintenance)
            g_hash_table_add(names, g_strdup(host->name));
    }
    return names;
}

void store_remember_maintained_take(struct store *store, GHashTable *names)
{
    g_hash_table_unref(store->maintained);
    store->maintained = names;
}

/* --- VMs' definitions ------------------------------------------------------------------------- */

gboolean store_save_definition(struct store *store, const char *vm, const char *xml,
                               gboolean *changed, GError **error)
{
    return vm_files_save(store->dir, vm, xml, store_may_write, store, changed, error);
}

char *store_remove_definition(struct store *store, const char *vm, gint64 wall_us, GError **error)
{
    return store_may_write(store, error) ? vm_files_remove(store->dir, vm, wall_us, error) : NULL;
}

/* --- Loading ---------------------------------------------------------------------------------- */

static void settle_states(const struct cluster *cluster)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = cluster->hosts->pdata[i];
        if (host->state == HOST_WAKING)
            host->state = HOST_OFF;
        else if (host->state == HOST_STOPPING)
            host->state = HOST_ON;
    }
}

void store_note_trouble(struct store *store, const GError *problem)
{
    gboolean damaged = g_error_matches(problem, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_free(store->trouble);
    store->trouble = problem ? g_strdup(problem->message) : NULL;
    store->broken = problem != NULL;
    store->damaged_since_us = damaged ? g_get_monotonic_time() : 0;
}

void store_note_seen(struct store *store)
{
    struct stat status;
    if (stat(store->dir, &status) == 0)
        store->device = status.st_dev;
}

/* The last good copy, in place of a file that is damaged or gone; NULL when there is none. */
static struct cluster *load_good(struct store *store, const GError *problem, GPtrArray *warnings)
{
    struct cluster *cluster = cluster_file_load(store->good, warnings, NULL);
    if (!cluster || !warnings)
        return cluster;
    if (problem)
        g_ptr_array_add(warnings,
                        g_strdup_printf("%s: it is damaged, and kept aside when the cluster is "
                                        "saved; the last good copy, %s, is used",
                                        problem->message, store->good));
    else
        g_ptr_array_add(warnings,
                        g_strdup_printf("%s: is gone; the last good copy, %s, is used. To begin "
                                        "anew: roost reset",
                                        store->path, store->good));
    return cluster;
}

static void remember_hosts(struct store *store, const struct cluster *cluster)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        g_hash_table_insert(store->nodes, g_strdup(host->address), NULL);
    }
    store_remember_maintained_take(store, store_list_maintained(cluster));
}

struct cluster *store_load(struct store *store, const char *name, GPtrArray *warnings,
                           GError **error)
{
    g_autoptr(GError) problem = NULL;
    struct cluster *cluster;
    store->n_dropped = 0;
    store->identity = store_identify(store->path);
    /* A link to nowhere is no new cluster: the file server may be away. */
    gboolean absent = store->identity.inode == 0 && errno == ENOENT &&
                      !g_file_test(store->path, G_FILE_TEST_IS_SYMLINK);
    if (absent) {
        store_note_trouble(store, NULL);
        cluster = load_good(store, NULL, warnings);
        if (!cluster)
            return cluster_new(name);
    } else {
        cluster = cluster_file_load_counting(store->path, warnings, &store->n_dropped, &problem);
        store_note_trouble(store, problem);
        if (store->damaged_since_us)
            cluster = load_good(store, problem, warnings);
    }
    if (!cluster) {
        store->damaged_since_us = 0; /* nothing stands in for it: it must stay */
        g_propagate_prefixed_error(error, g_steal_pointer(&problem),
                                   "the cluster cannot be read, and will not be written over; mend "
                                   "it, or move it away: ");
        return NULL;
    }
    if (store->broken) /* what replaces it is at hand: no need to wait */
        store->damaged_since_us = -store->patience_us - 1;
    store_note_seen(store);
    settle_states(cluster);
    remember_hosts(store, cluster);
    return cluster;
}

gboolean store_is_changed(const struct store *store)
{
    struct identity now = store_identify(store->path);
    return now.inode != 0 && !store_is_same(&now, &store->identity);
}

struct cluster *store_read_changes(struct store *store)
{
    g_autoptr(GError) problem = NULL;
    if (!store_is_changed(store))
        return NULL;
    guint n_dropped = 0;
    store->identity = store_identify(store->path);
    struct cluster *found = cluster_file_load_counting(store->path, NULL, &n_dropped, &problem);
    store_note_trouble(store, problem);
    store->n_dropped += n_dropped;
    if (found)
        store_note_seen(store);
    return found;
}

const char *store_trouble(const struct store *store)
{
    return store->trouble;
}

gboolean store_is_broken(const struct store *store)
{
    return store->broken;
}

static const struct host *find_same(const struct cluster *cluster, const struct host *host)
{
    const struct host *same = cluster_find_host(cluster, host->address);
    return same ? same : cluster_find_host(cluster, host->name);
}

void store_settle_changes(struct store *store, struct cluster *changes,
                          const struct cluster *cluster)
{
    GHashTable *maintained = store_list_maintained(changes);
    for (guint i = changes->hosts->len; i > 0; i--) {
        struct host *host = changes->hosts->pdata[i - 1];
        const struct host *same = find_same(cluster, host);
        gboolean before = g_hash_table_contains(store->maintained, host->name);
        /* One that this store knows, and the cluster does not, was removed here on purpose. */
        if (!same && g_hash_table_contains(store->nodes, host->address))
            cluster_remove_host(changes, host);
        else if (same && host->maintenance == before)
            host->maintenance = same->maintenance;
    }
    store_remember_maintained_take(store, maintained);
}

GPtrArray *store_list_gone(const struct store *store, const struct cluster *changes,
                           const struct cluster *cluster)
{
    GPtrArray *gone = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < cluster->hosts->len && store->n_dropped == 0; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        if (g_hash_table_contains(store->nodes, host->address) && !find_same(changes, host))
            g_ptr_array_add(gone, g_strdup(host->address));
    }
    return gone;
}
