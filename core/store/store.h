/*
 * store.h - the directory that every host shares (R4): ClusterInfo.xml, and Nodes/ADDRESS.xml with
 * one host each. What the cluster is, between runs and for other programs.
 *
 * A file is replaced whole (temporary file, fsync, rename, fsync of the directory) or stays as it
 * was. The last good text is kept as well, in ClusterInfo.xml.good, and stands in for a file that
 * is damaged or gone. A damaged one is never lost: it stays for some minutes, for whoever is
 * editing it, and is then put aside (ClusterInfo.xml.damaged-DATE); one that cannot be read for
 * another reason, or is of a newer version, is never written over; one of which something had to be
 * left out is copied aside first (.bak-DATE). Locks keep programs of one machine apart; across
 * machines, where they may not work, that the file is still the one last seen is looked at right
 * before it is replaced, and so is the guard. What a program that was killed left beside a file is
 * swept away by the first save. Blocks on the file system. Thread: main, but for store_write and
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
 * Asked right before a file is replaced, on whichever thread writes: FALSE, and it stays
 * (ROOST_ERROR_REFUSED). For a manager, whose lease may be gone. NULL takes it away.
 */
typedef gboolean (*store_guard_func)(gpointer data);
void store_set_guard(struct store *store, store_guard_func may_write, gpointer data);

/* How long a file that somebody damaged while it was in use may stay; 5 minutes unless set. */
void store_set_patience(struct store *store, gint64 patience_us);

/*
 * Loads DIR/ClusterInfo.xml, as cluster_file_load; the last good copy, with a warning that says
 * why, when it is damaged or gone; an empty cluster called `name` when there is neither. Nobody
 * waits any more for what was under way when it was written, so a host that was waking counts as
 * off, and one that was stopping as on, until it is asked.
 */
struct cluster *store_load(struct store *store, const char *name, GPtrArray *warnings,
                           GError **error);

/*
 * What DIR/ClusterInfo.xml holds now, when another program wrote it, or somebody edited it, since
 * this store read or wrote it; NULL when not (then nothing but a stat was done), or when it cannot
 * be read. Free it. On any thread, but nothing else may be done with this store meanwhile.
 */
struct cluster *store_read_changes(struct store *store);

/* TRUE when it could not be read the last time: it will not be written over for now. */
gboolean store_is_broken(const struct store *store);

/* Why, "FILE:LINE: ..."; NULL when it could. Borrowed until the next call. */
const char *store_trouble(const struct store *store);

/*
 * To be called with what store_read_changes gave before anything is saved. Leaves in `changes` what
 * `cluster` should take over: hosts that it does not have, but for those that it had and that were
 * removed from it; and of the others, with their VMs, what is the operator's (home, pin, group,
 * note, rack, room, lab, vm-max, and maintenance, where that was changed there rather than here).
 */
void store_settle_changes(struct store *store, struct cluster *changes,
                          const struct cluster *cluster);

/*
 * The addresses (char *) of hosts that `cluster` has and that were in the file, and are not in it
 * any more: somebody took them out there. None while something had to be left out of the file. Free
 * with g_ptr_array_unref.
 */
GPtrArray *store_list_gone(const struct store *store, const struct cluster *changes,
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
 * first, with store_read_changes or store_load; when it cannot be read (what would have been
 * written is in ClusterInfo.xml.good then); and when the guard says no. `notes` (char *, may be
 * NULL) receives what the operator should know, such as a copy made.
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

/*
 * VM/NAME.xml (vm_files.h), behind the guard: keeps a VM's definition; moves that of a VM that is
 * known no more to VM/removed, and gives its new path (NULL without an error: there was none). Any
 * thread, whatever else is done with the store meanwhile.
 */
gboolean store_save_definition(struct store *store, const char *vm, const char *xml,
                               gboolean *changed, GError **error);
char *store_remove_definition(struct store *store, const char *vm, gint64 wall_us, GError **error);

/*
 * Keeps what the cluster's file is now beside it, as ClusterInfo.xml.WORD-DATE. NULL with the
 * reason; NULL without one when there is no file. Free with g_free.
 */
char *store_keep_copy(struct store *store, const char *word, gint64 wall_us, GError **error);

/* TRUE when another program wrote ClusterInfo.xml since this store read or wrote it. Any thread. */
gboolean store_is_changed(const struct store *store);

#endif
