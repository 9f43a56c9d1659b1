#include "core/command/report.h"

#include <math.h>
#include <string.h>

#include "core/base/clock.h"
#include "core/base/logfmt.h"
#include "core/policy/hours.h"
#include "tests/support/command_run.h"
#include "tests/support/history_lab.h"

/* --- A store, written by hand ------------------------------------------------------------------
 */

struct store_dir {
    char *dir;
    GString *history;
    GString *journal;
    double kwh, kwh_all_on; /* so far */
};

static void set_up(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    store->dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    store->history = g_string_new(NULL);
    store->journal = g_string_new(NULL);
}

static void tear_down(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    history_lab_remove(store->dir);
    g_string_free(store->history, TRUE);
    g_string_free(store->journal, TRUE);
    g_free(store->dir);
}

static gint64 at(const char *stamp)
{
    g_autofree char *line = g_strconcat("time=", stamp, NULL);
    gint64 time_us = logfmt_line_time_us(line);
    g_assert_cmpint(time_us, >, 0);
    return time_us;
}

/* Ten hosts of 100 W each, of which `on` are on, every 5 minutes from..until, and at until. */
static void add_samples(struct store_dir *store, guint64 run, gint64 from_us, gint64 until_us,
                        guint on)
{
    struct history_sample sample = {.run = run, .hosts = 10, .on = on, .off = 10 - on, .vms = 10};
    gint64 last_us = from_us;
    for (gint64 now_us = from_us; now_us <= until_us; now_us += HISTORY_PERIOD_US) {
        sample.wall_us = now_us;
        double hours = (double)(now_us - last_us) / (double)CLOCK_HOUR_US;
        sample.totals.kwh = store->kwh += on * 0.1 * hours;
        sample.totals.kwh_all_on = store->kwh_all_on += 10 * 0.1 * hours;
        g_autofree char *line = history_format(&sample);
        g_string_append_printf(store->history, "%s\n", line);
        last_us = now_us;
    }
}

static void add_entry(struct store_dir *store, const char *stamp, const char *rest)
{
    g_string_append_printf(store->journal, "time=%s who=autopilot %s\n", stamp, rest);
}

static void write_out(const struct store_dir *store)
{
    g_autofree char *history = g_build_filename(store->dir, "history.log", NULL);
    g_autofree char *journal = g_build_filename(store->dir, "journal.log", NULL);
    g_assert_true(g_file_set_contents(history, store->history->str, -1, NULL));
    g_assert_true(g_file_set_contents(journal, store->journal->str, -1, NULL));
}

static struct report *read_one(const struct store_dir *store, gint64 from_us, gint64 until_us)
{
    struct report *report = report_new(from_us, until_us, until_us, TRUE);
    g_autoptr(GPtrArray) reports = g_ptr_array_new();
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    g_ptr_array_add(reports, report);
    g_assert_true(reports_read(reports, store->dir, notes, &error));
    g_assert_no_error(error);
    g_assert_cmpuint(notes->len, ==, 0);
    return report;
}

static const struct energy_tariff tariff = {.price_per_kwh = 0.2, .co2_g_per_kwh = 250};

static struct report_manner manner = {
    .cluster = "lab",
    .tariff = &tariff,
    .currency = "EUR",
    .width = 60,
};

static char *print_one(const struct report *report)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    GString *out = g_string_new(NULL);
    manner.zone = utc;
    report_append_one(out, report, &manner);
    return g_string_free(out, FALSE);
}

/* --- Numbers -----------------------------------------------------------------------------------
 */

static void test_known_night(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    gint64 begin_us = at("2026-07-01T20:00:00Z");
    gint64 end_us = at("2026-07-02T08:00:00Z");
    add_samples(store, 1, begin_us - CLOCK_HOUR_US, begin_us, 10);
    add_samples(store, 1, begin_us + HISTORY_PERIOD_US, begin_us + 6 * CLOCK_HOUR_US, 2);
    add_samples(store, 1, begin_us + 6 * CLOCK_HOUR_US + HISTORY_PERIOD_US, end_us, 10);
    add_entry(store, "2026-07-01T20:00:05Z",
              "what=migrate object=\"vm a\" job=1 result=done text=x");
    add_entry(store, "2026-07-01T20:01:05Z",
              "what=migrate object=\"vm b\" job=2 result=failed "
              "alarm=yes text=\"vm b: \\\"no\\\"\"");
    add_entry(store, "2026-07-01T20:01:06Z",
              "what=migrate object=\"vm b\" job=3 result=queued text=x");
    add_entry(store, "2026-07-01T20:02:05Z",
              "what=off object=\"host c\" job=4 result=cancelled text=x");
    add_entry(store, "2026-07-02T07:30:05Z",
              "what=wake object=\"host c\" job=5 result=done text=x");
    add_entry(store, "2026-07-02T08:00:00Z",
              "what=wake object=\"host d\" job=6 result=done text=x");
    add_entry(store, "2026-07-01T19:59:59Z",
              "what=wake object=\"host d\" job=6 result=done text=x");
    write_out(store);
    autoptr(report) report = read_one(store, begin_us, end_us);
    g_assert_cmpuint(report->migrations[HISTORY_DONE], ==, 1);
    g_assert_cmpuint(report->migrations[HISTORY_FAILED], ==, 1);
    g_assert_cmpuint(report->offs[HISTORY_CANCELLED], ==, 1);
    g_assert_cmpuint(report->wakes[HISTORY_DONE], ==, 1);
    g_assert_cmpuint(report->alarms, ==, 1);
    g_assert_cmpuint(report->hosts, ==, 10);
    g_assert_cmpuint(report->lowest, ==, 2);
    g_assert_cmpint(report->lowest_at_us, ==, begin_us + HISTORY_PERIOD_US);
    g_assert_true(report->opening_known);
    g_assert_cmpuint(report->opening_on, ==, 10);
    g_assert_cmpuint(report->gaps->len, ==, 0);
    g_assert_cmpint(report->covered_us, ==, end_us - begin_us);
}

static void test_gaps_save_nothing(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    gint64 begin_us = at("2026-07-01T20:00:00Z");
    gint64 hour_us = CLOCK_HOUR_US;
    /* Killed after an hour; another manager two hours later, for an hour. */
    add_samples(store, 1, begin_us, begin_us + hour_us, 2);
    add_samples(store, 2, begin_us + 3 * hour_us, begin_us + 4 * hour_us, 2);
    write_out(store);
    autoptr(report) report = read_one(store, begin_us, begin_us + 12 * hour_us);
    g_assert_cmpint(report->covered_us, ==, 2 * hour_us);
    g_assert_cmpfloat_with_epsilon(report->kwh, 2 * 0.2, 1e-5);
    g_assert_cmpfloat_with_epsilon(report->kwh_all_on, 2 * 1.0, 1e-5);
    g_assert_cmpuint(report->gaps->len, ==, 2);
    const struct report_gap *gaps = (const struct report_gap *)(gpointer)report->gaps->data;
    g_assert_cmpint(gaps[0].from_us, ==, begin_us + hour_us);
    g_assert_cmpint(gaps[0].until_us, ==, begin_us + 3 * hour_us);
    g_assert_false(report->opening_known);
    double values[12];
    report_resample(report, values, 12);
    for (guint i = 0; i < 12; i++)
        g_assert_cmpint(isnan(values[i]) != 0, ==, i != 0 && i != 3);
}

static void test_one_run_that_was_stopped(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    gint64 begin_us = at("2026-07-01T20:00:00Z");
    add_samples(store, 1, begin_us, begin_us + CLOCK_HOUR_US, 2);
    /* Its totals cannot tell what was drawn meanwhile. */
    add_samples(store, 1, begin_us + 2 * CLOCK_HOUR_US, begin_us + 3 * CLOCK_HOUR_US, 2);
    write_out(store);
    autoptr(report) report = read_one(store, begin_us, begin_us + 3 * CLOCK_HOUR_US);
    g_assert_cmpint(report->covered_us, ==, 2 * CLOCK_HOUR_US);
    g_assert_cmpuint(report->gaps->len, ==, 1);
}

static void test_two_that_record_count_once(struct store_dir *store,
                                            G_GNUC_UNUSED gconstpointer data)
{
    gint64 begin_us = at("2026-07-01T20:00:00Z");
    add_samples(store, 1, begin_us, begin_us + 2 * CLOCK_HOUR_US, 4);
    add_samples(store, 2, begin_us + CLOCK_HOUR_US, begin_us + 3 * CLOCK_HOUR_US, 4);
    write_out(store);
    autoptr(report) report = read_one(store, begin_us, begin_us + 3 * CLOCK_HOUR_US);
    g_assert_cmpint(report->covered_us, ==, 3 * CLOCK_HOUR_US);
    g_assert_cmpfloat_with_epsilon(report->kwh, 3 * 0.4, 1e-5);
}

static void test_hostile_history(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    gint64 begin_us = at("2026-07-01T20:00:00Z");
    add_samples(store, 1, begin_us, begin_us + CLOCK_HOUR_US, 4);
    g_string_append(store->history,
                    "time=2026-07-01T20:30:00Z run=1 hosts=4000000000 on=-5 off=9e99 kwh=1e300\n"
                    "time=2026-07-01T20:31:00Z run=zz hosts=1 on=1\n"
                    "time=9999999-07-01T20:31:00Z run=1 hosts=1 on=1\n"
                    "\x1b[2J garbage \xff\n"
                    "time=2026-07-01T20:32:00Z run=7 hosts=2 on=2 kwh=nan missing=\"\x1b[2J\"\n"
                    "time=2026-07-01T20:33:00Z run=7 hosts=2 on=2 kwh=1e14 missing=x\n");
    write_out(store);
    autoptr(report) report = read_one(store, begin_us, begin_us + CLOCK_HOUR_US);
    g_autofree char *text = print_one(report);
    g_assert_null(strchr(text, '\x1b'));
    g_assert_cmpfloat(report->kwh, <, 1);
    g_assert_true(g_utf8_validate(text, -1, NULL));
}

/* --- As it is told -----------------------------------------------------------------------------
 */

static void test_text_of_a_night(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    gint64 begin_us = at("2026-07-01T20:00:00Z");
    add_samples(store, 1, begin_us, begin_us + 2 * CLOCK_HOUR_US, 10);
    add_samples(store, 1, begin_us + 2 * CLOCK_HOUR_US + HISTORY_PERIOD_US,
                begin_us + 5 * CLOCK_HOUR_US, 2);
    add_entry(store, "2026-07-01T22:30:05Z",
              "what=alarm object=\"host c\" result=\"\" alarm=yes text=\"host c does not answer\"");
    write_out(store);
    autoptr(report) report = read_one(store, begin_us, begin_us + 8 * CLOCK_HOUR_US);
    manner.ascii = TRUE;
    g_autofree char *text = print_one(report);
    manner.ascii = FALSE;
    g_assert_cmpstr(
        text, ==,
        "lab: Wed 1 Jul 2026 20:00 to Thu 2 Jul 2026 04:00\n"
        "\n"
        "hosts on\n"
        "10 +###############\n"
        "   |###############\n"
        "   |###############\n"
        "   |###############\n"
        " 5 +###############\n"
        "   |###############\n"
        "   |###############....................\n"
        "   |###################################\n"
        " 0 ++-------------+-------------+------      +\n"
        "    20:00         22:00         00:00        02:00\n"
        "\n"
        "fewest on        2 of 10, first at 22:05\n"
        "at opening       nobody looked\n"
        "migrations       0 done\n"
        "wakes            0 done\n"
        "switch-offs      0 done\n"
        "energy           2.58 kWh; 4.92 kWh with every host on: 2.33 kWh saved (47 %)\n"
        "money            0.52 EUR; 0.47 EUR saved\n"
        "CO2              0.6 kg; 0.6 kg saved\n"
        "alarms           1\n"
        "  Wed 22:30  host c does not answer\n"
        "gaps             Thu 01:00 to Thu 04:00: nothing was recorded, drawn and saved are not "
        "known\n");
}

/* In Rome the night from 24 to 25 October 2026 has the hour from 02:00 to 03:00 twice. */
static void test_night_when_the_clocks_change(struct store_dir *store,
                                              G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GTimeZone) rome = g_time_zone_new_identifier("Europe/Rome");
    g_autoptr(GString) out = g_string_new(NULL);
    gint64 begin_us = at("2026-10-24T20:00:00Z");
    gint64 end_us = at("2026-10-25T04:00:00Z");
    add_samples(store, 1, begin_us, end_us, 5);
    write_out(store);
    autoptr(report) report = read_one(store, begin_us, end_us);
    g_assert_cmpint(report->covered_us, ==, 8 * CLOCK_HOUR_US);
    g_assert_cmpfloat_with_epsilon(report->kwh, 4.0, 1e-5);
    manner.zone = rome;
    manner.ascii = TRUE;
    manner.width = 84;
    report_append_one(out, report, &manner);
    manner.ascii = FALSE;
    manner.width = 60;
    g_test_message("%s", out->str);
    g_assert_nonnull(strstr(out->str, "22:00 to Sun 25 Oct 2026 05:00\n"));
    g_assert_nonnull(strstr(out->str, "    22:00     23:00     00:00     01:00     02:00    "
                                      "02:00     03:00     04:00\n"));
}

/* One that lies between two samples still knows how many were on. */
static void test_short_span_and_no_hosts(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    gint64 begin_us = at("2026-07-01T20:00:00Z");
    struct history_sample sample = {.run = 2};
    add_samples(store, 1, begin_us, begin_us + CLOCK_HOUR_US, 4);
    for (guint i = 0; i < 3; i++) {
        sample.wall_us = begin_us + (3 * CLOCK_HOUR_US) + i * CLOCK_MINUTE_US;
        g_autofree char *line = history_format(&sample);
        g_string_append_printf(store->history, "%s\n", line);
    }
    write_out(store);
    autoptr(report) report =
        read_one(store, begin_us + CLOCK_MINUTE_US, begin_us + 2 * CLOCK_MINUTE_US);
    g_assert_cmpuint(report->lowest, ==, 4);
    g_assert_cmpfloat_with_epsilon(report->kwh, 0.4 / 60, 1e-6);
    autoptr(report) nothing =
        read_one(store, begin_us + 3 * CLOCK_HOUR_US, begin_us + 4 * CLOCK_HOUR_US);
    g_autofree char *text = print_one(nothing);
    g_assert_nonnull(strstr(text, "the cluster had no host"));
    g_assert_nonnull(strstr(text, "0 of 0"));
}

static void test_empty_night(struct store_dir *store, G_GNUC_UNUSED gconstpointer data)
{
    gint64 begin_us = at("2026-07-01T20:00:00Z");
    autoptr(report) report = read_one(store, begin_us, begin_us + CLOCK_HOUR_US);
    g_autofree char *text = print_one(report);
    g_assert_nonnull(strstr(text, "nothing was recorded"));
}

/* --- A simulated night -------------------------------------------------------------------------
 */

static void assert_near(double found, double truth, double share)
{
    g_test_message("%.4f for %.4f", found, truth);
    g_assert_cmpfloat_with_epsilon(found, truth, truth * share);
}

static void test_simulated_night(struct store_dir *store, gconstpointer faults)
{
    struct history_truth truth;
    history_lab_night(store->dir, 1, faults, &truth);
    autoptr(report) report = read_one(store, truth.from_us, truth.until_us);
    g_autofree char *text = print_one(report);
    g_test_message("%s", text);
    assert_near(report->kwh, truth.kwh, 0.003);
    assert_near(report->kwh_all_on, truth.kwh_all_on, 0.003);
    g_assert_cmpuint(report->migrations[HISTORY_DONE], ==, truth.migrations);
    g_assert_cmpuint(report->lowest, ==, 8);
    g_assert_true(report->opening_known);
    g_assert_cmpuint(report->opening_on, ==, 62);
    g_assert_null(report->opening_missing);
    g_assert_cmpuint(report->gaps->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
#define ADD(name, data, test)                                                                      \
    g_test_add("/command/report/" name, struct store_dir, data, set_up, test, tear_down)
    ADD("known_night", NULL, test_known_night);
    ADD("gaps_save_nothing", NULL, test_gaps_save_nothing);
    ADD("one_run_that_was_stopped", NULL, test_one_run_that_was_stopped);
    ADD("two_that_record_count_once", NULL, test_two_that_record_count_once);
    ADD("hostile_history", NULL, test_hostile_history);
    ADD("text_of_a_night", NULL, test_text_of_a_night);
    ADD("night_when_the_clocks_change", NULL, test_night_when_the_clocks_change);
    ADD("short_span_and_no_hosts", NULL, test_short_span_and_no_hosts);
    ADD("empty_night", NULL, test_empty_night);
    ADD("simulated_night", "none", test_simulated_night);
    ADD("simulated_bad_night", "all", test_simulated_night);
    return g_test_run();
}
