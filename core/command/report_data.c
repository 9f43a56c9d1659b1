/* report_data.c - reads journal and history, and adds them up. */
#include "core/command/report.h"

#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/logfmt.h"
#include "core/store/journal.h"
#include "core/store/rotate_read.h"

/* A restart takes moments, and is not worth a word. */
#define GAP_TOLD_US (5 * CLOCK_MINUTE_US)

/* More than any host draws: a line that says so is no line of ours. */
#define KW_A_HOST_MOST 100.0

struct report *report_new(gint64 from_us, gint64 until_us, gint64 ends_us, gboolean night)
{
    struct report *report = g_new0(struct report, 1);
    report->from_us = from_us;
    report->until_us = until_us;
    report->ends_us = ends_us;
    report->night = night;
    report->parts = g_array_new(FALSE, FALSE, sizeof(struct report_part));
    report->gaps = g_array_new(FALSE, FALSE, sizeof(struct report_gap));
    report->alarm_lines = g_ptr_array_new_with_free_func(g_free);
    return report;
}

void report_free(struct report *report)
{
    if (!report)
        return;
    g_array_unref(report->parts);
    g_array_unref(report->gaps);
    g_ptr_array_unref(report->alarm_lines);
    g_free(report->opening_missing);
    g_free(report);
}

/* --- The history: parts, each between two samples of one run ---------------------------------- */

struct history_reading {
    const GPtrArray *reports;
    GHashTable *last; /* run -> struct history_sample *, its latest */
    GArray *parts;    /* struct report_part, of all runs */
};

static void sample_free(gpointer data)
{
    struct history_sample *sample = data;
    g_free(sample->missing);
    g_free(sample);
}

/* FALSE for what cannot have been: a gap, a clock that was set back, a line that somebody made. */
static gboolean make_part(const struct history_sample *from, const struct history_sample *to,
                          struct report_part *part)
{
    gint64 span_us = to->wall_us - from->wall_us;
    *part = (struct report_part){
        .from_us = from->wall_us,
        .until_us = to->wall_us,
        .hosts = from->hosts,
        .drawing = from->hosts - MIN(from->off, from->hosts),
        .vms = from->vms,
        .kwh = to->totals.kwh - from->totals.kwh,
        .kwh_all_on = to->totals.kwh_all_on - from->totals.kwh_all_on,
    };
    double most = MAX(from->hosts, to->hosts) * KW_A_HOST_MOST;
    return span_us > 0 && span_us <= HISTORY_GAP_US && part->kwh >= 0 && part->kwh_all_on >= 0 &&
           part->kwh <= most && part->kwh_all_on <= most;
}

/* The first look after its end says how it ended. */
static void note_opening(struct report *report, const struct history_sample *sample)
{
    gint64 late_us = sample->wall_us - report->ends_us;
    if (!report->night || report->opening_known || late_us < 0 || late_us > HISTORY_GAP_US)
        return;
    report->opening_known = TRUE;
    report->opening_hosts = sample->hosts;
    report->opening_on = sample->on;
    report->opening_missing = g_strdup(sample->missing);
}

static gboolean take_sample(const char *line, gpointer data)
{
    struct history_reading *reading = data;
    struct history_sample sample;
    struct report_part part;
    if (!history_parse(line, &sample))
        return TRUE;
    for (guint i = 0; i < reading->reports->len; i++)
        note_opening(reading->reports->pdata[i], &sample);
    struct history_sample *last = g_hash_table_lookup(reading->last, &sample.run);
    if (last && make_part(last, &sample, &part))
        g_array_append_val(reading->parts, part);
    struct history_sample *kept = g_memdup2(&sample, sizeof sample);
    g_hash_table_replace(reading->last, &kept->run, kept);
    return TRUE;
}

static int compare_parts(gconstpointer a, gconstpointer b)
{
    const struct report_part *left = a;
    const struct report_part *right = b;
    return (left->from_us > right->from_us) - (left->from_us < right->from_us);
}

static void add_gap(struct report *report, gint64 from_us, gint64 until_us)
{
    struct report_gap gap = {from_us, until_us};
    if (until_us - from_us >= GAP_TOLD_US)
        g_array_append_val(report->gaps, gap);
}

/* What of a part lies in `report` and was not covered yet. */
static void add_part(struct report *report, const struct report_part *whole, gint64 *covered_us)
{
    struct report_part part = *whole;
    part.from_us = MAX(whole->from_us, *covered_us);
    part.until_us = MIN(whole->until_us, report->until_us);
    if (part.from_us >= part.until_us)
        return;
    double share =
        (double)(part.until_us - part.from_us) / (double)(whole->until_us - whole->from_us);
    part.kwh *= share;
    part.kwh_all_on *= share;
    add_gap(report, *covered_us, part.from_us);
    *covered_us = part.until_us;
    if (report->parts->len == 0 || part.drawing < report->lowest) {
        report->lowest = part.drawing;
        report->lowest_at_us = part.from_us;
    }
    report->hosts = MAX(report->hosts, part.hosts);
    report->covered_us += part.until_us - part.from_us;
    report->kwh += part.kwh;
    report->kwh_all_on += part.kwh_all_on;
    g_array_append_val(report->parts, part);
}

static void add_parts(struct report *report, const GArray *parts)
{
    gint64 covered_us = report->from_us;
    for (guint i = 0; i < parts->len; i++)
        add_part(report, &g_array_index(parts, struct report_part, i), &covered_us);
    add_gap(report, covered_us, report->until_us);
}

/* --- The journal ------------------------------------------------------------------------------ */

static void count_end(guint *ends, const char *result)
{
    for (guint i = 0; i < HISTORY_N_ENDS; i++) {
        if (g_strcmp0(result, history_end_names[i]) == 0)
            ends[i]++;
    }
}

static void count_job(struct report *report, const struct logfmt *fields)
{
    const char *what = logfmt_get(fields, "what");
    const char *result = logfmt_get(fields, "result");
    if (g_strcmp0(what, job_kind_name(JOB_MIGRATE)) == 0)
        count_end(report->migrations, result);
    else if (g_strcmp0(what, job_kind_name(JOB_WAKE)) == 0)
        count_end(report->wakes, result);
    else if (g_strcmp0(what, job_kind_name(JOB_OFF)) == 0)
        count_end(report->offs, result);
}

static void count_alarm(struct report *report, const char *line)
{
    report->alarms++;
    if (report->alarms <= REPORT_ALARMS_SHOWN)
        g_ptr_array_add(report->alarm_lines, g_strdup(line));
}

static gboolean take_entry(const char *line, gpointer data)
{
    const GPtrArray *reports = data;
    autoptr(logfmt) fields = logfmt_parse(line);
    gint64 time_us = fields ? logfmt_time_us(fields) : -1;
    for (guint i = 0; time_us >= 0 && i < reports->len; i++) {
        struct report *report = reports->pdata[i];
        if (time_us < report->from_us || time_us >= report->until_us)
            continue;
        if (logfmt_get(fields, "job"))
            count_job(report, fields);
        if (g_strcmp0(logfmt_get(fields, "alarm"), "yes") == 0)
            count_alarm(report, line);
    }
    return TRUE;
}

/* --- Both ------------------------------------------------------------------------------------- */

gboolean reports_read(const GPtrArray *reports, const char *dir, GPtrArray *notes, GError **error)
{
    struct history_reading reading = {.reports = reports};
    gint64 since_us = G_MAXINT64;
    for (guint i = 0; i < reports->len; i++)
        since_us = MIN(since_us, ((const struct report *)reports->pdata[i])->from_us);
    reading.last = g_hash_table_new_full(g_int64_hash, g_int64_equal, NULL, sample_free);
    reading.parts = g_array_new(FALSE, FALSE, sizeof(struct report_part));
    gboolean read =
        rotate_read(dir, HISTORY_NAME, since_us, take_sample, &reading, notes, error) &&
        rotate_read(dir, JOURNAL_NAME, since_us, take_entry, (gpointer)reports, notes, error);
    g_array_sort(reading.parts, compare_parts);
    for (guint i = 0; i < reports->len; i++)
        add_parts(reports->pdata[i], reading.parts);
    g_array_unref(reading.parts);
    g_hash_table_unref(reading.last);
    return read;
}

void report_resample(const struct report *report, double *values, guint count)
{
    gint64 span_us = MAX(report->ends_us, report->until_us) - report->from_us;
    guint part = 0;
    for (guint i = 0; i < count; i++) {
        gint64 at_us = report->from_us + (gint64)((double)span_us * (i + 0.5) / count);
        const struct report_part *parts = (const struct report_part *)(gpointer)report->parts->data;
        while (part < report->parts->len && parts[part].until_us <= at_us)
            part++;
        gboolean known = part < report->parts->len && parts[part].from_us <= at_us;
        values[i] = known ? parts[part].drawing : NAN;
    }
}
