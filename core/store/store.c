#include "core/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/store/cluster_file.h"
#include "core/store/read_file.h"
#include "core/store/replace_file.h"
#include "core/store/sweep.h"
#include "core/store/vm_files.h"

#define NODES_DIRECTORY "Nodes"
#define NODE_BYTES_MOST (16u << 20)
#define GOOD_SUFFIX     ".good"

/* An operator who is in the middle of an edit mends it before: then a damaged file is put aside. */
#define DAMAGED_PATIENCE_US (5 * G_TIME_SPAN_MINUTE)

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
    char *good;      /* DIR/ClusterInfo.xml.good: what was last right, as far as this store knows */
    gboolean broken; /* it is there and could not be read */
    char *trouble;   /* why, "FILE:LINE: ..." */
    gint64 damaged_since_us; /* monotonic; 0 = it is not damaged: right, or only not to be read */
    guint n_dropped;         /* what had to be left out of it */
    struct identity identity;
    dev_t device; /* of DIR when the cluster was last seen there; 0 = never */
    gint64 patience_us;
    store_guard_func guard;
    gpointer guard_data;
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

void store_set_guard(struct store *store, store_guard_func may_write, gpointer data)
{
    store->guard = may_write;
    store->guard_data = data;
}

static gboolean may_write(gpointer data, GError **error)
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

static struct identity identity_of(const struct stat *status)
{
    return (struct identity){status->st_dev, status->st_ino, status->st_size, status->st_mtim};
}

static struct identity identify(const char *path)
{
    struct stat status;
    return stat(path, &status) == 0 ? identity_of(&status) : (struct identity){0};
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

/* --- VMs' definitions ------------------------------------------------------------------------- */

gboolean store_save_definition(struct store *store, const char *vm, const char *xml,
                               gboolean *changed, GError **error)
{
    return vm_files_save(store->dir, vm, xml, may_write, store, changed, error);
}

char *store_remove_definition(struct store *store, const char *vm, gint64 wall_us, GError **error)
{
    return may_write(store, error) ? vm_files_remove(store->dir, vm, wall_us, error) : NULL;
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

/* Why the file could not be read (NULL: it could). Only what is damaged may ever be put aside. */
static void note_trouble(struct store *store, const GError *problem)
{
    gboolean damaged = g_error_matches(problem, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_free(store->trouble);
    store->trouble = problem ? g_strdup(problem->message) : NULL;
    store->broken = problem != NULL;
    store->damaged_since_us = damaged ? g_get_monotonic_time() : 0;
}

/* Seen where it belongs: a directory without it, on another device, is not the store. */
static void note_seen(struct store *store)
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
    remember_maintained_take(store, list_maintained(cluster));
}

struct cluster *store_load(struct store *store, const char *name, GPtrArray *warnings,
                           GError **error)
{
    g_autoptr(GError) problem = NULL;
    struct cluster *cluster;
    store->n_dropped = 0;
    store->identity = identify(store->path);
    /* A link to nowhere is no new cluster: the file server may be away. */
    gboolean absent = store->identity.inode == 0 && errno == ENOENT &&
                      !g_file_test(store->path, G_FILE_TEST_IS_SYMLINK);
    if (absent) {
        note_trouble(store, NULL);
        cluster = load_good(store, NULL, warnings);
        if (!cluster)
            return cluster_new(name);
    } else {
        cluster = cluster_file_load_counting(store->path, warnings, &store->n_dropped, &problem);
        note_trouble(store, problem);
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
    note_seen(store);
    settle_states(cluster);
    remember_hosts(store, cluster);
    return cluster;
}

gboolean store_is_changed(const struct store *store)
{
    struct identity now = identify(store->path);
    return now.inode != 0 && !is_same(&now, &store->identity);
}

struct cluster *store_read_changes(struct store *store)
{
    g_autoptr(GError) problem = NULL;
    if (!store_is_changed(store))
        return NULL;
    guint n_dropped = 0;
    store->identity = identify(store->path);
    struct cluster *found = cluster_file_load_counting(store->path, NULL, &n_dropped, &problem);
    note_trouble(store, problem);
    store->n_dropped += n_dropped;
    if (found)
        note_seen(store);
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

/* --- Saving ----------------------------------------------------------------------------------- */

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
    if (!device || device == store->device || identify(store->path).inode != 0)
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
        g_ptr_array_add(notes, g_strdup_printf("%s: %u things in it could not be used; it is kept "
                                               "as %s before it is written anew",
                                               store->path, store->n_dropped, copy));
    store->n_dropped = 0;
    return TRUE;
}

char *store_keep_copy(struct store *store, const char *word, gint64 wall_us, GError **error)
{
    if (identify(store->path).inode == 0)
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
    note_trouble(store, NULL);
    store->n_dropped = 0;
    store->identity = identify(store->path); /* gone, where it could only be moved */
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
    struct identity now = identify(store->path);
    if (now.inode == 0 || is_same(&now, &store->identity))
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "%s: not written over, since another program wrote it meanwhile: try again",
                store->path);
    return FALSE;
}

static gboolean may_replace(gpointer data, GError **error)
{
    return may_write(data, error) && check_unchanged(data, error);
}

/* One that is right, or gone, or has been damaged for long enough to be put aside. */
static gboolean check_readable(const struct store *store, GError **error)
{
    gint64 since_us = store->damaged_since_us;
    gboolean late = since_us && g_get_monotonic_time() - since_us >= store->patience_us;
    if (!store->broken || late || identify(store->path).inode == 0)
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
    if (g_strcmp0(there, node->text) != 0 &&
        !replace_file(path, node->text, 0644, may_write, store, NULL, error))
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
    replace_file(store->good, text, 0644, may_write, store, NULL, NULL);
}

static gboolean write_locked(struct store_writing *writing, GPtrArray *notes, GError **error)
{
    struct store *store = writing->store;
    gboolean there = identify(store->path).inode != 0;
    struct stat now;
    sweep(store);
    if (there && store->broken && !put_aside_damaged(store, writing->wall_us, notes, error))
        return FALSE;
    if (there && store->n_dropped > 0 && !keep_copy(store, writing->wall_us, notes, error))
        return FALSE;
    if (!replace_file(store->path, writing->text, 0644, may_replace, store, &now, error))
        return FALSE;
    store->identity = identity_of(&now);
    note_trouble(store, NULL); /* one that was moved away is ours again */
    note_seen(store);
    write_good(store, writing->text);
    remember_maintained_take(store, g_steal_pointer(&writing->maintained));
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
