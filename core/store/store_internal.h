/*
 * store_internal.h - what reading (store.c) and writing (store_write.c) of the store share.
 * Private to core/store.
 */
#ifndef ROOST_STORE_STORE_INTERNAL_H
#define ROOST_STORE_STORE_INTERNAL_H

#include <sys/stat.h>

#include "core/store/store.h"

#define GOOD_SUFFIX ".good"

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

/* An identity of zeros when there is no file; errno then says why. */
struct identity store_identify(const char *path);
struct identity store_identity_of(const struct stat *status);
gboolean store_is_same(const struct identity *a, const struct identity *b);

/* A set of the names of hosts in maintenance, to be freed with g_hash_table_unref. */
GHashTable *store_list_maintained(const struct cluster *cluster);
void store_remember_maintained_take(struct store *store, GHashTable *names);

/* Why the file could not be read (NULL: it could). Only what is damaged may ever be put aside. */
void store_note_trouble(struct store *store, const GError *problem);

/* Seen where it belongs: a directory without it, on another device, is not the store. */
void store_note_seen(struct store *store);

/* What the guard says; a replace_ask_func, whose data is the store. */
gboolean store_may_write(gpointer data, GError **error);

#endif
