/*
 * history.h - samples of the cluster over time (R24), for what the journal's lines do not tell: how
 * many hosts are on, VMs run, watts are drawn. history.log in the store, beside the journal and
 * rotated as it is; one logfmt line a sample.
 *
 * A sample is written at changes, but not oftener than every 10 s, at each change of the phase, and
 * every 5 minutes. Energy is not reckoned from samples but integrated as the engine sees hosts
 * change, and kept as totals, which grow from run to run: what was drawn between two samples of one
 * run is the difference of their totals. Nothing is added for time in which nobody looked.
 *
 * Only a process that keeps the store samples, and one that ends within a minute and saw no change
 * writes none. Thread: main, but for the lines' format, which is any thread's.
 */
#ifndef ROOST_STORE_HISTORY_H
#define ROOST_STORE_HISTORY_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"
#include "core/store/journal_queue.h"

#define HISTORY_NAME "history"

#define HISTORY_PERIOD_US (5 * CLOCK_MINUTE_US)

/* Samples of one run that are farther apart have a gap between them: it was stopped, or slept. */
#define HISTORY_GAP_US (15 * CLOCK_MINUTE_US)

enum history_end {
    HISTORY_DONE,
    HISTORY_FAILED,
    HISTORY_CANCELLED,
    HISTORY_REFUSED,
    HISTORY_N_ENDS,
};
extern const char *const history_end_names[HISTORY_N_ENDS]; /* as `result` of the journal */

/* What only grows. */
struct history_totals {
    double kwh;
    double kwh_all_on; /* had every host been on */
    double kwh_saved;  /* the most that their difference has come to: a wake costs at first */
    guint64 migrations[HISTORY_N_ENDS];
    guint64 wakes[HISTORY_N_ENDS];
    guint64 offs[HISTORY_N_ENDS];
    guint64 alarms;
};

struct history_sample {
    gint64 wall_us;
    guint64 run; /* which process; samples of one are in the order of time */
    guint hosts, on, off, waking, stopping, unreachable;
    guint vms;   /* active */
    double load; /* mean of the hosts that are on; -1 = not known */
    double watts;
    double watts_all_on;
    enum engine_mode mode;
    enum hours_phase phase;
    struct history_totals totals;
    char
        *missing; /* hosts that are not on while they all should be, "pc07 pc12 ..."; NULL = none */
};

/* The line, without its newline. Free with g_free. */
char *history_format(const struct history_sample *sample);

/* FALSE when it is no such line; free sample->missing with g_free. */
gboolean history_parse(const char *line, struct history_sample *sample);

struct history;

/*
 * Begins to sample; borrows the engine, which must outlive it, and takes over the queue. The totals
 * go on from those of the last line that is in `dir`. Blocks on the file system.
 */
struct history *history_new(struct engine *engine, const char *dir,
                            struct journal_queue *queue_take);

/* Writes the last sample, and waits for it. NULL is allowed. */
void history_free(struct history *history);
AUTOPTR_DEFINE(history)

/* Up to now; and as of the last sample, which is as sure as the disk. Borrowed. */
const struct history_totals *history_totals(struct history *history);
const struct history_totals *history_totals_written(const struct history *history);

/* Sees to it that what is so now is on the disk, or fails to be; waits for that. */
void history_flush(struct history *history);

/* What failed to be written is tried again. */
void history_retry(struct history *history);

#endif
