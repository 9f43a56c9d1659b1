/* report_records.c - reports as records, for XML and JSON. */
#include "core/command/report.h"

#include "core/base/clock.h"
#include "core/command/log_time.h"
#include "core/command/verb.h"

static double saved(const struct report *report)
{
    return report->kwh_all_on - report->kwh;
}

static const struct record_field night_fields[] = {
    {"from", RECORD_TEXT},
    {"until", RECORD_TEXT},
    {"hosts", RECORD_NUMBER},
    {"fewest-on", RECORD_NUMBER},
    {"fewest-on-at", RECORD_TEXT},
    {"on-at-opening", RECORD_NUMBER},
    {"not-on-at-opening", RECORD_TEXT},
    {"migrations-done", RECORD_NUMBER},
    {"migrations-failed", RECORD_NUMBER},
    {"migrations-cancelled", RECORD_NUMBER},
    {"wakes-done", RECORD_NUMBER},
    {"wakes-failed", RECORD_NUMBER},
    {"offs-done", RECORD_NUMBER},
    {"offs-failed", RECORD_NUMBER},
    {"alarms", RECORD_NUMBER},
    {"recorded-minutes", RECORD_NUMBER},
    {"gaps", RECORD_NUMBER},
    {"kwh", RECORD_NUMBER},
    {"kwh-all-on", RECORD_NUMBER},
    {"kwh-saved", RECORD_NUMBER},
    {"money", RECORD_NUMBER},
    {"money-saved", RECORD_NUMBER},
    {"currency", RECORD_TEXT},
    {"co2-kg", RECORD_NUMBER},
    {"co2-kg-saved", RECORD_NUMBER},
    {NULL, RECORD_TEXT},
};
static const struct record_kind night_kind = {"nights", "night", night_fields};
const struct record_kind *const report_kinds[] = {&night_kind, NULL};

static char *number(gboolean known, gint64 value)
{
    return known ? g_strdup_printf("%" G_GINT64_FORMAT, value) : g_strdup("");
}

static char *real(gboolean known, double value)
{
    char digits[64];
    return g_strdup(known ? g_ascii_formatd(digits, sizeof digits, "%.4f", value) : "");
}

static char *stamp(const struct report_manner *manner, gboolean known, gint64 time_us)
{
    return known ? log_time_format(manner->zone, time_us, "%Y-%m-%dT%H:%M:%S%:z") : g_strdup("");
}

/* Keeps it until the record is made. */
static const char *add_cell(GPtrArray *cells, char *text_take)
{
    g_ptr_array_add(cells, text_take);
    return text_take;
}

static void add_record(struct records *records, const struct report *report,
                       const struct report_manner *manner)
{
    const struct energy_tariff *tariff = manner->tariff;
    gboolean known = report->parts->len > 0;
    gboolean money = known && tariff->price_per_kwh > 0;
    gboolean co2 = known && tariff->co2_g_per_kwh > 0;
    g_autoptr(GPtrArray) cells = g_ptr_array_new_with_free_func(g_free);
#define TEXT(text)           add_cell(cells, g_strdup(text))
#define TIME(is_known, time) add_cell(cells, stamp(manner, is_known, time))
#define COUNT(is_known, n)   add_cell(cells, number(is_known, n))
#define REAL(is_known, x)    add_cell(cells, real(is_known, x))
    records_add(records, TIME(TRUE, report->from_us), TIME(TRUE, report->until_us),
                COUNT(known, report->hosts), COUNT(known, report->lowest),
                TIME(known, report->lowest_at_us), COUNT(report->opening_known, report->opening_on),
                TEXT(report->opening_missing ? report->opening_missing : ""),
                COUNT(TRUE, report->migrations[HISTORY_DONE]),
                COUNT(TRUE, report->migrations[HISTORY_FAILED]),
                COUNT(TRUE, report->migrations[HISTORY_CANCELLED]),
                COUNT(TRUE, report->wakes[HISTORY_DONE]),
                COUNT(TRUE, report->wakes[HISTORY_FAILED]), COUNT(TRUE, report->offs[HISTORY_DONE]),
                COUNT(TRUE, report->offs[HISTORY_FAILED]), COUNT(TRUE, report->alarms),
                COUNT(TRUE, report->covered_us / CLOCK_MINUTE_US), COUNT(TRUE, report->gaps->len),
                REAL(known, report->kwh), REAL(known, report->kwh_all_on),
                REAL(known, saved(report)), REAL(money, energy_money(tariff, report->kwh)),
                REAL(money, energy_money(tariff, saved(report))),
                TEXT(money && manner->currency ? manner->currency : ""),
                REAL(co2, energy_co2_kg(tariff, report->kwh)),
                REAL(co2, energy_co2_kg(tariff, saved(report))), NULL);
#undef TEXT
#undef TIME
#undef COUNT
#undef REAL
}

struct records *report_records(const GPtrArray *reports, const struct report_manner *manner)
{
    struct records *records = records_new(&night_kind);
    for (guint i = 0; i < reports->len; i++)
        add_record(records, reports->pdata[i], manner);
    return records;
}
