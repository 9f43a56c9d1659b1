/*
 * report.h - what a stretch of time came to, by the journal and the history of a store.
 *
 * Of time that nothing was recorded in, nothing is known: it is a gap, and neither draws nor saves.
 * Where two processes recorded the same time it counts once. Thread: any, one at a time.
 */
#ifndef ROOST_COMMAND_REPORT_H
#define ROOST_COMMAND_REPORT_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/command/output.h"
#include "core/policy/energy.h"
#include "core/store/history.h"

#define REPORT_ALARMS_SHOWN 20

/* What was so from one sample to the next. */
struct report_part {
    gint64 from_us;
    gint64 until_us;
    guint hosts;
    guint drawing; /* hosts that are not off */
    guint vms;
    double kwh;
    double kwh_all_on;
};

struct report_gap {
    gint64 from_us;
    gint64 until_us;
};

struct report {
    gint64 from_us;
    gint64 until_us; /* no later than now */
    gint64 ends_us;  /* when the night ends, or will */
    gboolean night;  /* it ends with an opening */
    GArray *parts;   /* struct report_part, one after the other */
    GArray *gaps;    /* struct report_gap, of some minutes at least */
    gint64 covered_us;
    guint hosts;  /* the most */
    guint lowest; /* hosts that were not off, at the fewest; and when that was first so */
    gint64 lowest_at_us;
    double kwh;
    double kwh_all_on;
    guint migrations[HISTORY_N_ENDS];
    guint wakes[HISTORY_N_ENDS];
    guint offs[HISTORY_N_ENDS];
    guint alarms;
    GPtrArray *alarm_lines; /* char *, the first of them, as in the journal */

    gboolean opening_known; /* somebody looked when it ended */
    guint opening_hosts;
    guint opening_on;
    char *opening_missing; /* NULL = none */
};

struct report *report_new(gint64 from_us, gint64 until_us, gint64 ends_us, gboolean night);
void report_free(struct report *report);
AUTOPTR_DEFINE(report)

/* Fills them all in (struct report *) in one reading of the store. `notes` as of rotate_read. */
gboolean reports_read(const GPtrArray *reports, const char *dir, GPtrArray *notes, GError **error);

/* `count` values over its time: hosts that were not off, NAN in gaps and in what is to come. */
void report_resample(const struct report *report, double *values, guint count);

/* --- Telling ---------------------------------------------------------------------------------- */

struct report_manner {
    GTimeZone *zone;
    const char *cluster;
    const struct energy_tariff *tariff;
    const char *currency; /* NULL = none is named */
    guint width;          /* of the terminal */
    gboolean ascii;
    gboolean colour;
};

/* One night, in full; and many, one a line with their sum. */
void report_append_one(GString *out, const struct report *report,
                       const struct report_manner *manner);
void report_append_many(GString *out, const GPtrArray *reports, const struct report_manner *manner);

/* As records, for XML and JSON. */
struct records *report_records(const GPtrArray *reports, const struct report_manner *manner);

#endif
