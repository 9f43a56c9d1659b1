#include "core/command/log_time.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/logfmt.h"
#include "core/policy/hours.h"

static gint64 at(const char *stamp)
{
    g_autofree char *line = g_strconcat("time=", stamp, NULL);
    return logfmt_line_time_us(line);
}

/* Friday 20 November 2026, 22:30 in Rome. */
#define NOW "2026-11-20T21:30:00Z"

static GTimeZone *rome(void)
{
    GTimeZone *zone = g_time_zone_new_identifier("Europe/Rome");
    g_assert_nonnull(zone);
    return zone;
}

static void assert_time(const char *text, gboolean end, const char *stamp)
{
    g_autoptr(GTimeZone) zone = rome();
    g_autoptr(GError) error = NULL;
    gint64 time_us = 0;
    g_assert_true(log_time_parse(text, zone, at(NOW), end, &time_us, &error));
    g_assert_no_error(error);
    g_autoptr(GDateTime) found = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    g_autofree char *shown = g_date_time_format(found, "%Y-%m-%dT%H:%M:%SZ");
    g_assert_cmpstr(shown, ==, stamp);
}

static void test_times(void)
{
    assert_time("now", FALSE, NOW);
    assert_time("2h", FALSE, "2026-11-20T19:30:00Z");
    assert_time("90 min", FALSE, "2026-11-20T20:00:00Z");
    assert_time("3d ago", FALSE, "2026-11-17T21:30:00Z");
    assert_time("1w", FALSE, "2026-11-13T21:30:00Z");
    assert_time("2026-11-20", FALSE, "2026-11-19T23:00:00Z");
    assert_time("2026-11-20", TRUE, "2026-11-20T22:59:59Z");
    assert_time("2026-11-20 08:15", FALSE, "2026-11-20T07:15:00Z");
    assert_time("2026-11-20T08:15:30+05:00", FALSE, "2026-11-20T03:15:30Z");
    assert_time("2026-11-20T08:15:30Z", FALSE, "2026-11-20T08:15:30Z");
    assert_time("2026-11-20T08:15:30", FALSE, "2026-11-20T07:15:30Z");
    assert_time("20 Nov 22:00", FALSE, "2026-11-20T21:00:00Z");
    assert_time("Nov 20 22:00:01", FALSE, "2026-11-20T21:00:01Z");
    assert_time("20 november 2025", FALSE, "2025-11-19T23:00:00Z");
    assert_time("25 Dec", FALSE, "2025-12-24T23:00:00Z"); /* the last one */
    assert_time("1 Jul 22:00", FALSE, "2026-07-01T20:00:00Z");
    assert_time("today", FALSE, "2026-11-19T23:00:00Z");
    assert_time("yesterday", FALSE, "2026-11-18T23:00:00Z");
    assert_time("yesterday 22:00", FALSE, "2026-11-19T21:00:00Z");
    assert_time("yesterday", TRUE, "2026-11-19T22:59:59Z");
    assert_time("Fri", FALSE, "2026-11-19T23:00:00Z");
    assert_time("saturday", FALSE, "2026-11-13T23:00:00Z");
    assert_time("22:00", FALSE, "2026-11-20T21:00:00Z");
    assert_time("23:00", FALSE, "2026-11-19T22:00:00Z"); /* still to come: yesterday's */
}

/* The night from 24 to 25 October 2026 has an hour twice, that of 28 to 29 March one too few. */
static void test_nights_when_the_clocks_change(void)
{
    assert_time("2026-10-25", FALSE, "2026-10-24T22:00:00Z");
    assert_time("2026-10-25", TRUE, "2026-10-25T22:59:59Z");
    assert_time("2026-03-29", FALSE, "2026-03-28T23:00:00Z");
    assert_time("2026-03-29", TRUE, "2026-03-29T21:59:59Z");
}

static void test_what_is_no_time(void)
{
    static const char *const wrong[] = {"",           " ",
                                        "tomorow",    "2026-13-01",
                                        "2026-02-30", "25:00",
                                        "22:00:99",   "h",
                                        "2x",         "-3h",
                                        "20",         "Nov",
                                        "20 20 Nov",  "2026",
                                        "1e9 h",      "\xff",
                                        "\x1b[2J",    "99999999999999 d",
                                        "22:0x",      "2026-11-20 2026-11-21",
                                        "22:00 23:00"};
    g_autoptr(GTimeZone) zone = rome();
    for (guint i = 0; i < G_N_ELEMENTS(wrong); i++) {
        g_autoptr(GError) error = NULL;
        gint64 time_us = 0;
        if (log_time_parse(wrong[i], zone, at(NOW), FALSE, &time_us, &error))
            g_test_message("%s was taken", wrong[i]);
        g_assert_error(error, ROOST_ERROR, ROOST_ERROR_USAGE);
        g_assert_null(strchr(error->message, '\x1b'));
    }
}

static void test_days_and_months(void)
{
    g_autoptr(GTimeZone) zone = rome();
    gint64 from_us;
    gint64 until_us;
    g_assert_true(log_day_parse("20 Nov", zone, at(NOW), &from_us, NULL));
    g_assert_cmpint(from_us, ==, at("2026-11-19T23:00:00Z"));
    g_assert_false(log_day_parse("20 Nov 22:00", zone, at(NOW), &from_us, NULL));
    g_assert_false(log_day_parse("2h", zone, at(NOW), &from_us, NULL));
    g_assert_true(log_month_parse("2026-10", zone, at(NOW), &from_us, &until_us, NULL));
    g_assert_cmpint(from_us, ==, at("2026-09-30T22:00:00Z"));
    g_assert_cmpint(until_us, ==, at("2026-10-31T23:00:00Z"));
    g_assert_true(log_month_parse("Dec", zone, at(NOW), &from_us, &until_us, NULL));
    g_assert_cmpint(until_us, ==, at("2025-12-31T23:00:00Z"));
    g_assert_false(log_month_parse("2026-13", zone, at(NOW), &from_us, &until_us, NULL));
    g_assert_false(log_month_parse("20 Nov", zone, at(NOW), &from_us, &until_us, NULL));
    g_assert_false(log_month_parse("x", zone, at(NOW), &from_us, &until_us, NULL));
}

/* The last change of the hours, found going back. */
static void test_last_closing(void)
{
    struct hours *hours =
        hours_new("Mon-Fri 09:00-19:45; Sat 09:00-13:45", "2026-11-16", "Europe/Rome", NULL);
    gint64 monday_us = at("2026-11-16T12:00:00Z"); /* a holiday */
    g_assert_cmpint(hours_last_closing_us(hours, monday_us), ==, at("2026-11-14T12:45:00Z"));
    g_assert_cmpint(hours_last_opening_us(hours, monday_us), ==, at("2026-11-14T08:00:00Z"));
    g_assert_cmpint(hours_last_closing_us(hours, at("2026-11-17T18:45:00Z")), ==,
                    at("2026-11-17T18:45:00Z"));
    /* The night in which the clocks change is an hour longer. */
    gint64 closing_us = hours_last_closing_us(hours, at("2026-10-25T12:00:00Z"));
    g_assert_cmpint(closing_us, ==, at("2026-10-24T11:45:00Z"));
    g_assert_cmpint(hours_next_opening_us(hours, closing_us), ==, at("2026-10-26T08:00:00Z"));
    hours_free(hours);
    hours = hours_new("", NULL, "UTC", NULL);
    g_assert_cmpint(hours_last_closing_us(hours, monday_us), ==, G_MININT64);
    hours_free(hours);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/command/log_time/times", test_times);
    g_test_add_func("/command/log_time/nights_when_the_clocks_change",
                    test_nights_when_the_clocks_change);
    g_test_add_func("/command/log_time/what_is_no_time", test_what_is_no_time);
    g_test_add_func("/command/log_time/days_and_months", test_days_and_months);
    g_test_add_func("/command/log_time/last_closing", test_last_closing);
    return g_test_run();
}
