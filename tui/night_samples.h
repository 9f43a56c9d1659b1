/*
 * night_samples.h - how the lab was over time, for charts: what this console has seen itself, one
 * sample a minute of the lab's clock and four days of them at most; or what a store has kept.
 *
 * Pure but for night_samples_read. Thread: main; night_samples_read: any.
 */
#ifndef ROOST_TUI_NIGHT_SAMPLES_H
#define ROOST_TUI_NIGHT_SAMPLES_H

#include "core/base/cleanup.h"
#include "tui/scene.h"

struct night_sample {
    gint64 wall_us;
    guint64 run;      /* samples of one run follow each other; totals are of a run */
    guint hosts, on;  /* that draw power */
    guint vms;        /* active */
    guint migrations; /* done, in this run */
    double load;      /* mean of the hosts that are on; -1 = not known */
    double watts, watts_all_on;
    double kwh, kwh_all_on; /* in this run */
};

struct night_samples;

struct night_samples *night_samples_new(void);
void night_samples_free(struct night_samples *samples); /* NULL is allowed */
AUTOPTR_DEFINE(night_samples)

/* Adds one when a minute has passed since the last. */
void night_samples_take(struct night_samples *samples, const struct scene *scene);

/* Copies those of a span (struct night_sample), in order. Free with g_array_unref. */
GArray *night_samples_list(const struct night_samples *samples, gint64 from_us, gint64 until_us);

/* Those that the history in a store's directory has of a span. Blocks on the file system. */
GArray *night_samples_read(const char *dir, gint64 from_us, gint64 until_us, GError **error);

/* The latest of list that is not after wall_us and not long before; NULL = it is a gap. */
const struct night_sample *night_samples_at(const GArray *list, gint64 wall_us);

/* kWh drawn in all, and had every host been on; and VMs moved between two moments. */
void night_samples_energy(const GArray *list, double *kwh, double *kwh_all_on);
guint night_samples_moves(const GArray *list, gint64 from_us, gint64 until_us);

#endif
