/*
 * metrics.h - what the manager sees and has done, in Prometheus' text format, for the textfile
 * collector of the node exporter.
 *
 * The file is replaced whole, by a thread, each minute, and at changes no oftener than every 15 s.
 * Counters are the totals of history.log, so they go on across restarts. Thread: main.
 */
#ifndef ROOST_STORE_METRICS_H
#define ROOST_STORE_METRICS_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"
#include "core/store/history.h"

/* What the engine itself does not tell. */
struct metrics_facts {
    struct history_totals totals;
    guint64 fence;           /* of the lease; 0 = none is held */
    gint64 last_decision_us; /* wall clock, of the autopilot; 0 = none yet */
};

/* The whole text. Free with g_free. */
char *metrics_format(const struct engine *engine, const struct metrics_facts *facts);

struct metrics;

/* Begins to write `path`. Borrows engine and history, which must outlive it. */
struct metrics *metrics_new(struct engine *engine, struct history *history, const char *path);

/* Waits for a write that is under way; the file stays as it is. NULL is allowed. */
void metrics_free(struct metrics *metrics);
AUTOPTR_DEFINE(metrics)

/* The number of the lease that is held; 0 = none. */
void metrics_set_fence(struct metrics *metrics, guint64 fence);

#endif
