/*
 * keeper.h - writes down what an engine does: each entry to the journal, samples to the history,
 * the cluster to the store.
 *
 * After something of note (an entry of the journal) the cluster is saved within seconds; when only
 * loads change, every few minutes (R21). Reading and writing are a thread's, so that a file server
 * that hangs does not hold the console. What somebody edits in ClusterInfo.xml meanwhile is looked
 * for, and taken over (engine_take_edits).
 *
 * Nothing stops because a disk is full: it is told once, as an alarm, and tried again until there
 * is room; lines of the journal wait in memory until then. What is still not written at the end is
 * told by the last save. Thread: main.
 */
#ifndef ROOST_COMMAND_KEEPER_H
#define ROOST_COMMAND_KEEPER_H

#include <glib.h>

#include "core/engine/engine.h"
#include "core/store/config.h"
#include "core/store/store.h"

struct keeper;

/* Borrows engine and store. NULL when the journal cannot be opened. */
struct keeper *keeper_new(struct engine *engine, struct store *store, const struct config *config,
                          GError **error);

/* The number of the lease under which the engine acts, for the metrics; 0 = none. */
void keeper_set_fence(struct keeper *keeper, guint64 fence);

/* Keeps the definitions of VMs as well (definitions.h), from now on. The driver is borrowed. */
void keeper_keep_definitions(struct keeper *keeper, struct driver *driver);

/* Stops keeping, without a last save. NULL is allowed. */
void keeper_free(struct keeper *keeper);

/*
 * Saves now, and waits for it. What others wrote meanwhile is taken over first. `notes` as in
 * store_save. FALSE when it fails, or when lines of the journal still could not be written.
 */
gboolean keeper_save(struct keeper *keeper, GPtrArray *notes, GError **error);

#endif
