/*
 * store.h - the directory that every host shares (R4): ClusterInfo.xml, and Nodes/ADDRESS.xml with
 * one host each. What the cluster is, between runs and for other programs.
 *
 * A file is replaced whole (temporary file, fsync, rename, fsync of the directory) or stays as it
 * was. A ClusterInfo.xml that could not be read is never written over; one of which something had
 * to be left out is copied aside first. What a program that was killed left beside a file is swept
 * away by the first save. Blocks on the file system. Thread: main, but for store_write and
 * store_read_changes.
 */
#ifndef ROOST_STORE_STORE_H
#define ROOST_STORE_STORE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/model/cluster.h"

struct store;

/* dir is made by the first save when it is missing. */
struct store *store_new(const char *dir);
void store_free(struct store *store);
AUTOPTR_DEFINE(store)

const char *store_dir(const struct store *store);

/*
 * Loads DIR/ClusterInfo.xml, as cluster_file_load; an empty cluster called `name` when there is
 * none yet. Nobody waits any more for what was under way when it was written, so a host that was
 * waking counts as off, and one that was stopping as on, until it is asked.
 */
struct cluster *store_load(struct store *store, const char *name, GPtrArray *warnings,
                           GError **error);

/*
 * What DIR/ClusterInfo.xml holds now, when another program wrote it, or somebody edited it, since
 * this store read or wrote it; NULL when not (then nothing but a stat was done), or when it cannot
 * be read. Free it. On any thread, but nothing else may be done with this store meanwhile.
 */
struct cluster *store_read_changes(struct store *store);

/* TRUE when it could not be read the last time: it will not be written over. */
gboolean store_is_broken(const struct store *store);

/*
 * To be called with what store_read_changes gave before anything is saved. Leaves in `changes` what
 * `cluster` should take over: hosts that it does not have, but for those that it had and that were
 * removed from it; and of the others, with their VMs, what is the operator's (home, pin, group,
 * note, vm-max, and maintenance, where that was changed there rather than here).
 */
void store_settle_changes(struct store *store, struct cluster *changes,
                          const struct cluster *cluster);

/*
 * Keeps other programs from writing to the store, so that what was read stays true until it is
 * saved. Waits for those that write now, and makes DIR. Where locks do not work it does nothing.
 */
void store_lock(struct store *store);
void store_unlock(struct store *store);

/*
 * Writes ClusterInfo.xml, and those Nodes/ADDRESS.xml that changed; removes those of hosts that
 * left. FALSE when something could not be written: ClusterInfo.xml is then whole, old or new.
 * ROOST_ERROR_REFUSED when another program wrote it since this store read or wrote it: read it
 * first, with store_read_changes or store_load; and when it cannot be read.
 * `notes` (char *, may be NULL) receives what the operator should know, such as a copy made.
 */
gboolean store_save(struct store *store, const struct cluster *cluster, gint64 wall_us,
                    GPtrArray *notes, GError **error);

/*
 * The same in two steps, for a console that must not wait for a file server: store_writing_new
 * makes the texts, on the thread that owns the cluster; store_write writes them, on any thread.
 * Until it has come back, nothing else may be done with this store.
 */
struct store_writing;
struct store_writing *store_writing_new(struct store *store, const struct cluster *cluster,
                                        gint64 wall_us);
void store_writing_free(struct store_writing *writing);
gboolean store_write(struct store_writing *writing, GPtrArray *notes, GError **error);

/* TRUE when another program wrote ClusterInfo.xml since this store read or wrote it. Any thread. */
gboolean store_is_changed(const struct store *store);

#endif
