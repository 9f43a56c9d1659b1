#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/store/cluster_file.h"
#include "core/store/read_file.h"
#include "core/store/sweep.h"

#define NODES_DIRECTORY "Nodes"
#define NODE_BYTES_MOST (16u << 20)

/* Which file was there: enough to notice that another program put its own in place. */
struct identity {
    dev_t device;
    ino_t inode;
    off_t size;
    struct timespec changed;
};

struct store {
    char *dir;
    char *path;      /* DIR/ClusterInfo.xml */
    gboolean broken; /* it is there and could not be read */
    guint n_dropped; /* what had to be left out of it */
    struct identity identity;
    GHashTable *nodes; /* address -> text of its file, as far as this store knows */
    /* Names of the hosts in maintenance, as last read or written: who changed it since is known. */
    GHashTable *maintained;
    gboolean swept;
    int lock; /* the directory, while other programs are kept out; -1 = they are not */
};

struct store *store_new(const char *dir)
{
    struct store *store = g_new0(struct store, 1);
    store->dir = g_strdup(dir);
    store->lock = -1;
    store->path = g_build_filename(dir, CLUSTER_FILE_NAME, NULL);
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
    g_free(store->path);
    g_free(store->dir);
    g_free(store);
}

const char *store_dir(const struct store *store)
{
    return store->dir;
}

static struct identity identify(const char *path)
{
    struct stat status;
    if (stat(path, &status) != 0)
        return (struct identity){0};
    return (struct identity){status.st_dev, status.st_ino, status.st_size, status.st_mtim};
}

static gboolean is_same(const struct identity *a, const struct identity *b)
{
    return a->device == b->device && a->inode == b->inode && a->size == b->size &&
           a->changed.tv_sec == b->changed.tv_sec && a->changed.tv_nsec == b->changed.tv_nsec;
}

/* A set of names, to be freed with g_hash_table_unref. */
static GHashTable *list_maintained(const struct cluster *cluster)
{
    GHashTable *names = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        if (host->maintenance)
            g_hash_table_add(names, g_strdup(host->name));
    }
    return names;
}

static void remember_maintained_take(struct store *store, GHashTable *names)
{
    g_hash_table_unref(store->maintained);
    store->maintained = names;
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

struct cluster *store_load(struct store *store, const char *name, GPtrArray *warnings,
                           GError **error)
{
    store->broken = FALSE;
    store->n_dropped = 0;
    store->identity = identify(store->path);
    /* A link to nowhere is no new cluster: the file server may be away. */
    if (store->identity.inode == 0 && errno == ENOENT &&
        !g_file_test(store->path, G_FILE_TEST_IS_SYMLINK))
        return cluster_new(name);
    struct cluster *cluster =
        cluster_file_load_counting(store->path, warnings, &store->n_dropped, error);
    if (!cluster) {
        store->broken = TRUE;
        g_prefix_error(error,
                       "the cluster cannot be read, and will not be written over; mend it, or move "
                       "it away: ");
        return NULL;
    }
    settle_states(cluster);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        g_hash_table_insert(store->nodes, g_strdup(host->address), NULL);
    }
    remember_maintained_take(store, list_maintained(cluster));
    return cluster;
}

gboolean store_is_changed(const struct store *store)
{
    struct identity now = identify(store->path);
    return now.inode != 0 && !is_same(&now, &store->identity);
}

struct cluster *store_read_changes(struct store *store)
{
    if (!store_is_changed(store))
        return NULL;
    guint n_dropped = 0;
    store->identity = identify(store->path);
    struct cluster *found = cluster_file_load_counting(store->path, NULL, &n_dropped, NULL);
    store->broken = found == NULL;
    store->n_dropped += n_dropped;
    return found;
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
    GHashTable *maintained = list_maintained(changes);
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
    remember_maintained_take(store, maintained);
}

/* --- Saving ----------------------------------------------------------------------------------- */

static gboolean write_whole(const char *path, const char *text, GError **error)
{
    g_autoptr(GError) cause = NULL;
    g_autofree char *target =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? realpath(path, NULL) : NULL;
    /* Through a link, not over it. */
    if (g_file_set_contents_full(target ? target : path, text, -1,
                                 G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644,
                                 &cause))
        return TRUE;
    /* GLib names its temporary file first; the reason is what comes last. */
    const char *reason = strrchr(cause->message, ':');
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: not written: %s", path,
                reason && reason[1] == ' ' ? reason + 2 : cause->message);
    return FALSE;
}

static gboolean make_directories(const struct store *store, GError **error)
{
    g_autofree char *nodes = g_build_filename(store->dir, NODES_DIRECTORY, NULL);
    if (g_mkdir_with_parents(nodes, 0755) == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be made: %s", nodes,
                g_strerror(errno));
    return FALSE;
}

/* What was left out of the file on loading would be lost with it: keep the file beside. */
static gboolean keep_copy(struct store *store, gint64 wall_us, GPtrArray *notes, GError **error)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
    g_autofree char *stamp = date ? g_date_time_format(date, "%Y%m%dT%H%M%SZ") : g_strdup("0");
    g_autofree char *copy = g_strdup_printf("%s.bak-%s", store->path, stamp);
    gsize length;
    for (guint i = 2; g_file_test(copy, G_FILE_TEST_EXISTS); i++) {
        g_free(copy);
        copy = g_strdup_printf("%s.bak-%s-%u", store->path, stamp, i);
    }
    g_autofree char *text = read_file(store->path, CLUSTER_FILE_BYTES_MOST, &length, error);
    if (!text || !write_whole(copy, text, error))
        return FALSE;
    if (notes)
        g_ptr_array_add(notes, g_strdup_printf("%s: %u things in it could not be used; it is kept "
                                               "as %s before it is written anew",
                                               store->path, store->n_dropped, copy));
    store->n_dropped = 0;
    return TRUE;
}

/* The file of a host; NULL when its address, which came from outside, is no safe file name. */
static char *node_path(const struct store *store, const char *address)
{
    g_autoptr(GInetAddress) parsed = g_inet_address_new_from_string(address);
    if (!parsed || strchr(address, '/'))
        return NULL;
    return g_strdup_printf("%s/%s/%s.xml", store->dir, NODES_DIRECTORY, address);
}

/* --- Writing: from here on texts, no cluster, so that any thread may do it ---------------------
 */

/* The new text of a host's file; NULL to remove it. */
struct node_text {
    char *address;
    char *text;
};

struct store_writing {
    struct store *store;
    gint64 wall_us;
    char *text; /* of ClusterInfo.xml */
    GHashTable *maintained;
    GPtrArray *nodes; /* struct node_text *, those that changed */
};

static void node_text_free(gpointer data)
{
    struct node_text *node = data;
    g_free(node->address);
    g_free(node->text);
    g_free(node);
}

static void add_node(struct store_writing *writing, const char *address, char *text_take)
{
    struct node_text *node = g_new(struct node_text, 1);
    node->address = g_strdup(address);
    node->text = text_take;
    g_ptr_array_add(writing->nodes, node);
}

struct store_writing *store_writing_new(struct store *store, const struct cluster *cluster,
                                        gint64 wall_us)
{
    struct store_writing *writing = g_new0(struct store_writing, 1);
    GHashTableIter iter;
    gpointer address;
    writing->store = store;
    writing->wall_us = wall_us;
    writing->text = cluster_file_format(cluster, wall_us);
    writing->maintained = list_maintained(cluster);
    writing->nodes = g_ptr_array_new_with_free_func(node_text_free);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        g_autofree char *text = cluster_file_format_host(host);
        if (g_strcmp0(g_hash_table_lookup(store->nodes, host->address), text) != 0)
            add_node(writing, host->address, g_steal_pointer(&text));
    }
    g_hash_table_iter_init(&iter, store->nodes);
    while (g_hash_table_iter_next(&iter, &address, NULL)) {
        if (!g_hash_table_contains(cluster->hosts_by_address, address))
            add_node(writing, address, NULL);
    }
    return writing;
}

void store_writing_free(struct store_writing *writing)
{
    if (!writing)
        return;
    g_ptr_array_unref(writing->nodes);
    if (writing->maintained)
        g_hash_table_unref(writing->maintained);
    g_free(writing->text);
    g_free(writing);
}

static gboolean write_node(struct store *store, struct node_text *node, GError **error)
{
    g_autofree char *path = node_path(store, node->address);
    g_autofree char *there = NULL;
    gsize length;
    if (!path)
        return TRUE;
    if (!node->text) {
        g_unlink(path);
        g_hash_table_remove(store->nodes, node->address);
        return TRUE;
    }
    /* Nothing is known of a file from an earlier run: it may be right already. */
    if (!g_hash_table_lookup(store->nodes, node->address))
        there = read_file(path, NODE_BYTES_MOST, &length, NULL);
    if (g_strcmp0(there, node->text) != 0 && !write_whole(path, node->text, error))
        return FALSE;
    g_hash_table_insert(store->nodes, g_strdup(node->address), g_steal_pointer(&node->text));
    return TRUE;
}

/* Once is enough: nobody but a program that was killed leaves such files. */
static void sweep(struct store *store)
{
    g_autofree char *nodes = g_build_filename(store->dir, NODES_DIRECTORY, NULL);
    if (store->swept || store->lock < 0)
        return;
    store->swept = TRUE;
    sweep_left_over(store->dir, CLUSTER_FILE_NAME);
    sweep_left_over(nodes, ".xml");
}

static gboolean write_locked(struct store_writing *writing, GPtrArray *notes, GError **error)
{
    struct store *store = writing->store;
    sweep(store);
    if (store->n_dropped > 0 && !keep_copy(store, writing->wall_us, notes, error))
        return FALSE;
    if (!write_whole(store->path, writing->text, error))
        return FALSE;
    store->identity = identify(store->path);
    store->broken = FALSE; /* one that was moved away is ours again */
    remember_maintained_take(store, g_steal_pointer(&writing->maintained));
    for (guint i = 0; i < writing->nodes->len; i++) {
        if (!write_node(store, writing->nodes->pdata[i], error))
            return FALSE;
    }
    return TRUE;
}

/* What is there now must be what this store knows, or it would be lost. */
static gboolean check_unchanged(const struct store *store, GError **error)
{
    struct identity now = identify(store->path);
    if (now.inode == 0)
        return TRUE;
    if (!is_same(&now, &store->identity))
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "%s: not written over, since another program wrote it meanwhile: try again",
                    store->path);
    else if (store->broken)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "%s: not written over, since it could not be read: mend it or move it away",
                    store->path);
    else
        return TRUE;
    return FALSE;
}

void store_lock(struct store *store)
{
    if (store->lock >= 0 || !make_directories(store, NULL))
        return;
    store->lock = open(store->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (store->lock >= 0 && flock(store->lock, LOCK_EX) != 0 && errno == EINTR)
        continue;
}

void store_unlock(struct store *store)
{
    if (store->lock >= 0)
        close(store->lock);
    store->lock = -1;
}

gboolean store_write(struct store_writing *writing, GPtrArray *notes, GError **error)
{
    struct store *store = writing->store;
    gboolean locked_before = store->lock >= 0;
    if (!make_directories(store, error))
        return FALSE;
    store_lock(store);
    gboolean written = check_unchanged(store, error) && write_locked(writing, notes, error);
    if (!locked_before)
        store_unlock(store);
    return written;
}

gboolean store_save(struct store *store, const struct cluster *cluster, gint64 wall_us,
                    GPtrArray *notes, GError **error)
{
    struct store_writing *writing = store_writing_new(store, cluster, wall_us);
    gboolean written = store_write(writing, notes, error);
    store_writing_free(writing);
    return written;
}
