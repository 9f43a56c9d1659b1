/*
 * store_write.c - the store is written: what is asked before, and what is kept aside.
 */
#include "core/store/store_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/store/cluster_file.h"
#include "core/store/read_file.h"
#include "core/store/replace_file.h"
#include "core/store/sweep.h"

#define NODES_DIRECTORY "Nodes"
#define NODE_BYTES_MOST (16u << 20)

/* --- Directories and copies
 * ----------------------------------------------------------------------------------- */

/* The device of a directory, or of what it would be made in; 0 when nobody can say. */
static dev_t device_of(const char *dir)
{
    g_autofree char *at = g_strdup(dir);
    struct stat status;
    while (stat(at, &status) != 0) {
        char *parent = g_path_get_dirname(at);
        gboolean top = g_str_equal(parent, at);
        g_free(at);
        at = parent;
        if (errno != ENOENT || top)
            return 0;
    }
    return status.st_dev;
}

/* A file system that is not mounted leaves its directory behind, or none: nothing belongs there. */
static gboolean check_mounted(const struct store *store, GError **error)
{
    dev_t device = store->device ? device_of(store->dir) : 0;
    if (!device || device == store->device || store_identify(store->path).inode != 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                "%s: not written: the file system that it was on is not there: is it mounted?",
                store->path);
    return FALSE;
}

static gboolean make_directories(const struct store *store, GError **error)
{
    g_autofree char *nodes = g_build_filename(store->dir, NODES_DIRECTORY, NULL);
    if (!check_mounted(store, error))
        return FALSE;
    if (g_mkdir_with_parents(nodes, 0755) == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be made: %s", nodes,
                g_strerror(errno));
    return FALSE;
}

/* What was left out of the file on loading would be lost with it: keep the file beside. */
static gboolean keep_copy(struct store *store, gint64 wall_us, GPtrArray *notes, GError **error)
{
    g_autofree char *copy =
        file_put_aside(store->path, "bak", wall_us, CLUSTER_FILE_BYTES_MOST, error);
    if (!copy)
        return FALSE;
    if (notes)
        g_ptr_array_add(notes, g_strdup_printf("%s: %u thing%s in it could not be used; it is kept "
                                               "as %s before it is written anew",
                                               store->path, store->n_dropped,
                                               store->n_dropped == 1 ? "" : "s", copy));
    store->n_dropped = 0;
    return TRUE;
}

char *store_keep_copy(struct store *store, const char *word, gint64 wall_us, GError **error)
{
    if (store_identify(store->path).inode == 0)
        return NULL;
    return file_put_aside(store->path, word, wall_us, CLUSTER_FILE_BYTES_MOST, error);
}

static gboolean put_aside_damaged(struct store *store, gint64 wall_us, GPtrArray *notes,
                                  GError **error)
{
    g_autofree char *aside =
        file_put_aside(store->path, "damaged", wall_us, CLUSTER_FILE_BYTES_MOST, error);
    if (!aside)
        return FALSE;
    if (notes)
        g_ptr_array_add(notes, g_strdup_printf("%s: damaged: it is kept as %s, and written anew",
                                               store->trouble, aside));
    store_note_trouble(store, NULL);
    store->n_dropped = 0;
    store->identity = store_identify(store->path); /* gone, where it could only be moved */
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

/* --- May it be written? ----------------------------------------------------------------------- */

/* What is there now must be what this store knows, or it would be lost. */
static gboolean check_unchanged(const struct store *store, GError **error)
{
    struct identity now = store_identify(store->path);
    if (now.inode == 0 || store_is_same(&now, &store->identity))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "%s: not written over, since another program wrote it meanwhile: try again",
                store->path);
    return FALSE;
}

static gboolean may_replace(gpointer data, GError **error)
{
    return store_may_write(data, error) && check_unchanged(data, error);
}

/* One that is right, or gone, or has been damaged for long enough to be put aside. */
static gboolean check_readable(const struct store *store, GError **error)
{
    gint64 since_us = store->damaged_since_us;
    gboolean late = since_us && g_get_monotonic_time() - since_us >= store->patience_us;
    if (!store->broken || late || store_identify(store->path).inode == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "%s: not written over, since it could not be read: mend it%s. What is known is "
                "kept in %s",
                store->trouble ? store->trouble : store->path,
                since_us ? " within some minutes, or it is put aside" : " or move it away",
                store->good);
    return FALSE;
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
    writing->maintained = store_list_maintained(cluster);
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
    if (g_strcmp0(there, node->text) != 0 &&
        !replace_file(path, node->text, 0644, store_may_write, store, NULL, error))
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
    sweep_left_over(store->dir, GOOD_SUFFIX);
    sweep_left_over(nodes, ".xml");
}

/* Right after the file itself; that it could not be written is no failure: the file is right. */
static void write_good(struct store *store, const char *text)
{
    replace_file(store->good, text, 0644, store_may_write, store, NULL, NULL);
}

static gboolean write_locked(struct store_writing *writing, GPtrArray *notes, GError **error)
{
    struct store *store = writing->store;
    gboolean there = store_identify(store->path).inode != 0;
    struct stat now;
    sweep(store);
    if (there && store->broken && !put_aside_damaged(store, writing->wall_us, notes, error))
        return FALSE;
    if (there && store->n_dropped > 0 && !keep_copy(store, writing->wall_us, notes, error))
        return FALSE;
    if (!replace_file(store->path, writing->text, 0644, may_replace, store, &now, error))
        return FALSE;
    store->identity = store_identity_of(&now);
    store_note_trouble(store, NULL); /* one that was moved away is ours again */
    store_note_seen(store);
    write_good(store, writing->text);
    store_remember_maintained_take(store, g_steal_pointer(&writing->maintained));
    for (guint i = 0; i < writing->nodes->len; i++) {
        if (!write_node(store, writing->nodes->pdata[i], error))
            return FALSE;
    }
    return TRUE;
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
    gboolean ours = check_unchanged(store, error);
    gboolean free = ours && check_readable(store, error);
    if (ours && !free)
        write_good(store, writing->text); /* the next one that begins may need it */
    gboolean written = free && write_locked(writing, notes, error);
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
