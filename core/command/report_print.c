/* report_print.c - a report as text, and as records. */
#include "core/command/verb.h"
#include "core/command/report.h"

#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/logfmt.h"
#include "core/base/plot.h"
#include "core/base/text.h"
#include "core/command/log_time.h"

#define PLOT_HEIGHT  8
#define WIDTH_LEAST  20
#define WIDTH_MOST   240
#define TICK_CELLS   8 /* a label of an hour, and room */
#define SPARK_CELLS  24
#define TICKS_MOST   64
#define SHOWN_NIGHTS "%a %d %b"

/* Free with g_free. */
static char *decimal(double value, guint decimals)
{
    char format[] = "%.0f";
    char digits[64];
    format[2] = (char)('0' + decimals);
    return g_strdup(g_ascii_formatd(digits, sizeof digits, format, value));
}

/* Short times come to little. */
static char *kwh_text(double kwh)
{
    return decimal(kwh, kwh < 10 ? 2 : 1);
}

static double saved(const struct report *report)
{
    return report->kwh_all_on - report->kwh;
}

static gboolean is_empty(const struct report *report)
{
    guint done = report->alarms;
    for (guint i = 0; i < HISTORY_N_ENDS; i++)
        done += report->migrations[i] + report->wakes[i] + report->offs[i];
    return report->parts->len == 0 && done == 0;
}

/* --- The plot --------------------------------------------------------------------------------- */

/* Whole hours of the local clock, so far apart that their labels have room. */
static GArray *make_ticks(const struct report *report, const struct report_manner *manner,
                          guint width)
{
    static const guint steps[] = {1, 2, 3, 4, 6, 12, 24, 48, 168};
    GArray *ticks = g_array_new(FALSE, FALSE, sizeof(struct plot_tick));
    gint64 end_us = MAX(report->ends_us, report->until_us);
    gint64 span_us = MAX(end_us - report->from_us, 1);
    guint step = steps[0];
    for (guint i = 0; i < G_N_ELEMENTS(steps); i++) {
        step = steps[i];
        if ((double)span_us / (double)(step * CLOCK_HOUR_US) <= (double)width / TICK_CELLS)
            break;
    }
    /* Half hours are looked at too: there are zones that are so far from UTC. */
    gint64 half_us = CLOCK_HOUR_US / 2;
    for (gint64 at_us = ((report->from_us - 1) / half_us + 1) * half_us;
         at_us < end_us && ticks->len < TICKS_MOST; at_us += half_us) {
        g_autofree char *hour = log_time_format(manner->zone, at_us, "%H");
        g_autofree char *minute = log_time_format(manner->zone, at_us, "%M");
        guint of_day = (guint)g_ascii_strtoull(hour, NULL, 10);
        if (strcmp(minute, "00") != 0 || of_day % MIN(step, 24) != 0)
            continue;
        struct plot_tick tick = {(double)(at_us - report->from_us) / (double)span_us, NULL};
        tick.label = log_time_format(manner->zone, at_us, step >= 24 ? "%-d %b" : "%H:%M");
        g_array_append_val(ticks, tick);
    }
    return ticks;
}

static void append_plot(GString *out, const struct report *report,
                        const struct report_manner *manner)
{
    guint width = CLAMP(manner->width, WIDTH_LEAST, WIDTH_MOST) - plot_margin(report->hosts);
    guint count = plot_values(width, manner->ascii);
    g_autofree double *values = g_new(double, count);
    g_autoptr(GArray) ticks = make_ticks(report, manner, width);
    report_resample(report, values, count);
    struct plot plot = {
        .values = values,
        .width = width,
        .height = PLOT_HEIGHT,
        .top = report->hosts,
        .ticks = (const struct plot_tick *)(gpointer)ticks->data,
        .n_ticks = ticks->len,
        .ascii = manner->ascii,
        .colour = manner->colour,
    };
    g_string_append(out, "hosts on\n");
    plot_append(out, &plot);
    for (guint i = 0; i < ticks->len; i++)
        g_free(g_array_index(ticks, struct plot_tick, i).label);
    g_string_append_c(out, '\n');
}

/* --- One night -------------------------------------------------------------------------------- */

G_GNUC_PRINTF(3, 4)
static void append_fact(GString *out, const char *name, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_autofree char *shown = text_escape(text);
    g_string_append_printf(out, "%-15s  %s\n", name, shown);
}

static void append_ends(GString *out, const char *name, const guint *ends)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < HISTORY_N_ENDS; i++) {
        if (i == HISTORY_DONE || ends[i] > 0)
            g_string_append_printf(text, "%s%u %s", i > 0 ? ", " : "", ends[i],
                                   history_end_names[i]);
    }
    append_fact(out, name, "%s", text->str);
}

static void append_alarms(GString *out, const struct report *report,
                          const struct report_manner *manner)
{
    append_fact(out, "alarms", "%u", report->alarms);
    for (guint i = 0; i < report->alarm_lines->len; i++) {
        autoptr(logfmt) fields = logfmt_parse(report->alarm_lines->pdata[i]);
        g_autofree char *time = log_time_format(manner->zone, logfmt_time_us(fields), "%a %H:%M");
        g_autofree char *text = text_escape(logfmt_get(fields, "text"));
        g_string_append_printf(out, "  %s  %s\n", time, text);
    }
    if (report->alarms > report->alarm_lines->len)
        g_string_append_printf(out, "  and %u more: roost log --alarms\n",
                               report->alarms - report->alarm_lines->len);
}

static void append_hosts(GString *out, const struct report *report,
                         const struct report_manner *manner)
{
    gboolean long_span = report->until_us - report->from_us > 24 * CLOCK_HOUR_US;
    g_autofree char *when = log_time_format(manner->zone, report->lowest_at_us,
                                            long_span ? "%a %-d %b %H:%M" : "%H:%M");
    if (report->parts->len > 0)
        append_fact(out, "fewest on", "%u of %u, first at %s", report->lowest, report->hosts, when);
    if (!report->night)
        return;
    if (report->opening_known)
        append_fact(out, "at opening", "%u of %u on%s%s", report->opening_on, report->opening_hosts,
                    report->opening_missing ? "; not on: " : "",
                    report->opening_missing ? report->opening_missing : "");
    else
        append_fact(out, "at opening", "%s",
                    report->until_us < report->ends_us ? "still to come" : "nobody looked");
}

static void append_energy(GString *out, const struct report *report,
                          const struct report_manner *manner)
{
    const struct energy_tariff *tariff = manner->tariff;
    double share = report->kwh_all_on > 0 ? 100 * saved(report) / report->kwh_all_on : 0;
    g_autofree char *kwh = kwh_text(report->kwh);
    g_autofree char *all_on = kwh_text(report->kwh_all_on);
    g_autofree char *less = kwh_text(saved(report));
    if (report->parts->len == 0)
        return;
    append_fact(out, "energy", "%s kWh; %s kWh with every host on: %s kWh saved (%.0f %%)", kwh,
                all_on, less, share);
    g_autofree char *price = decimal(energy_money(tariff, report->kwh), 2);
    g_autofree char *spared = decimal(energy_money(tariff, saved(report)), 2);
    const char *unit = manner->currency ? manner->currency : "";
    if (tariff->price_per_kwh > 0)
        append_fact(out, "money", "%s%s%s; %s%s%s saved", price, *unit ? " " : "", unit, spared,
                    *unit ? " " : "", unit);
    g_autofree char *co2 = decimal(energy_co2_kg(tariff, report->kwh), 1);
    g_autofree char *less_co2 = decimal(energy_co2_kg(tariff, saved(report)), 1);
    if (tariff->co2_g_per_kwh > 0)
        append_fact(out, "CO2", "%s kg; %s kg saved", co2, less_co2);
}

static void append_gaps(GString *out, const struct report *report,
                        const struct report_manner *manner)
{
    for (guint i = 0; i < report->gaps->len; i++) {
        const struct report_gap *gap = &g_array_index(report->gaps, struct report_gap, i);
        g_autofree char *from = log_time_format(manner->zone, gap->from_us, "%a %H:%M");
        g_autofree char *until = log_time_format(manner->zone, gap->until_us, "%a %H:%M");
        append_fact(out, i == 0 ? "gaps" : "", "%s to %s: nothing was recorded%s", from, until,
                    i == 0 ? ", drawn and saved are not known" : "");
    }
}

static void append_title(GString *out, const struct report *report,
                         const struct report_manner *manner)
{
    g_autofree char *from = log_time_format(manner->zone, report->from_us, "%a %-d %b %Y %H:%M");
    g_autofree char *until = log_time_format(manner->zone, report->until_us, "%a %-d %b %Y %H:%M");
    g_autofree char *name = text_escape(manner->cluster);
    gboolean so_far = report->until_us < report->ends_us;
    g_string_append_printf(out, "%s: %s to %s%s\n\n", name, from, until, so_far ? ", so far" : "");
}

void report_append_one(GString *out, const struct report *report,
                       const struct report_manner *manner)
{
    append_title(out, report, manner);
    if (is_empty(report)) {
        g_string_append(out, "nothing was recorded in that time: no manager ran\n");
        return;
    }
    if (report->hosts > 0)
        append_plot(out, report, manner);
    else if (report->parts->len > 0)
        g_string_append(out, "the cluster had no host\n\n");
    append_hosts(out, report, manner);
    append_ends(out, "migrations", report->migrations);
    append_ends(out, "wakes", report->wakes);
    append_ends(out, "switch-offs", report->offs);
    append_energy(out, report, manner);
    append_alarms(out, report, manner);
    append_gaps(out, report, manner);
}

/* --- Many nights ------------------------------------------------------------------------------ */

static guint not_done(const struct report *report)
{
    return report->migrations[HISTORY_FAILED] + report->wakes[HISTORY_FAILED] +
           report->offs[HISTORY_FAILED];
}

static char *opening_text(const struct report *report)
{
    if (!report->opening_known)
        return g_strdup("-");
    return g_strdup_printf("%u/%u", report->opening_on, report->opening_hosts);
}

static void append_spark(GString *out, const struct report *report, gboolean ascii)
{
    double values[SPARK_CELLS];
    report_resample(report, values, SPARK_CELLS);
    plot_append_sparkline(out, values, SPARK_CELLS, report->hosts, ascii);
}

static void append_row(GString *out, const struct report *report,
                       const struct report_manner *manner)
{
    g_autofree char *day = log_time_format(manner->zone, report->from_us, SHOWN_NIGHTS);
    g_string_append_printf(out, "%-11s", day);
    if (is_empty(report)) {
        g_string_append(out, "nothing was recorded\n");
        return;
    }
    g_autofree char *lowest = report->parts->len > 0
                                  ? g_strdup_printf("%u/%u", report->lowest, report->hosts)
                                  : g_strdup("-");
    g_autofree char *opening = opening_text(report);
    g_autofree char *kwh = kwh_text(report->kwh);
    g_autofree char *less = kwh_text(saved(report));
    append_spark(out, report, manner->ascii);
    g_string_append_printf(out, "  %7s %8s %6u %6u %6u %8s %8s%s\n", lowest, opening,
                           report->migrations[HISTORY_DONE], not_done(report), report->alarms, kwh,
                           less, report->gaps->len > 0 ? "  gaps" : "");
}

static void add_up(struct report *sum, const struct report *report)
{
    sum->kwh += report->kwh;
    sum->kwh_all_on += report->kwh_all_on;
    sum->alarms += report->alarms;
    for (guint i = 0; i < HISTORY_N_ENDS; i++) {
        sum->migrations[i] += report->migrations[i];
        sum->wakes[i] += report->wakes[i];
        sum->offs[i] += report->offs[i];
    }
}

static void append_sum(GString *out, const struct report *sum, const struct report_manner *manner)
{
    const struct energy_tariff *tariff = manner->tariff;
    g_autofree char *kwh = kwh_text(sum->kwh);
    g_autofree char *less = kwh_text(saved(sum));
    g_autofree char *money = decimal(energy_money(tariff, saved(sum)), 2);
    g_autofree char *co2 = decimal(energy_co2_kg(tariff, saved(sum)), 1);
    g_string_append_printf(out, "%-*s  %7s %8s %6u %6u %6u %8s %8s\n", 11 + SPARK_CELLS, "sum", "",
                           "", sum->migrations[HISTORY_DONE], not_done(sum), sum->alarms, kwh,
                           less);
    if (tariff->price_per_kwh > 0)
        append_fact(out, "money saved", "%s %s", money, manner->currency ? manner->currency : "");
    if (tariff->co2_g_per_kwh > 0)
        append_fact(out, "CO2 saved", "%s kg", co2);
}

void report_append_many(GString *out, const GPtrArray *reports, const struct report_manner *manner)
{
    autoptr(report) sum = report_new(0, 0, 0, FALSE);
    guint recorded = 0;
    if (reports->len == 0) {
        g_string_append(out, "no night began in that time\n");
        return;
    }
    g_string_append_printf(out, "%-11s%-*s  %7s %8s %6s %6s %6s %8s %8s\n", "night", SPARK_CELLS,
                           "hosts on", "fewest", "opening", "moves", "failed", "alarms", "kWh",
                           "saved");
    for (guint i = 0; i < reports->len; i++) {
        const struct report *report = reports->pdata[i];
        append_row(out, report, manner);
        add_up(sum, report);
        recorded += is_empty(report) ? 0 : 1;
    }
    if (recorded > 0)
        append_sum(out, sum, manner);
}
