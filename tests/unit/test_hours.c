#include "core/policy/hours.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/error.h"

#define ERCOLANI "Mon-Fri 09:00-19:45; Sat 09:00-13:45"
#define LEAD     (30 * CLOCK_MINUTE_US)

/* "2026-03-29T09:00:00+02" as an instant. */
static gint64 at(const char *iso)
{
    g_autoptr(GTimeZone) utc = g_time_zone_new_utc();
    g_autoptr(GDateTime) time = g_date_time_new_from_iso8601(iso, utc);

    g_assert_nonnull(time);
    return g_date_time_to_unix(time) * G_USEC_PER_SEC;
}

static struct hours *make(const char *weekly, const char *holidays, const char *zone)
{
    g_autoptr(GError) error = NULL;
    struct hours *hours = hours_new(weekly, holidays, zone, &error);

    g_assert_no_error(error);
    return hours;
}

static void assert_phase(const struct hours *hours, const char *iso, enum hours_phase phase)
{
    g_test_message("%s", iso);
    g_assert_cmpint(hours_phase_at(hours, at(iso), LEAD), ==, phase);
}

static void assert_opening(const struct hours *hours, const char *after, const char *opening)
{
    g_test_message("after %s", after);
    g_assert_cmpint(hours_next_opening_us(hours, at(after)), ==, at(opening));
}

static void assert_closing(const struct hours *hours, const char *after, const char *closing)
{
    g_test_message("after %s", after);
    g_assert_cmpint(hours_next_closing_us(hours, at(after)), ==, at(closing));
}

static void reference_hours(void)
{
    autoptr(hours) hours = make(ERCOLANI, NULL, "UTC");

    /* 2026-11-16 is a Monday. */
    assert_phase(hours, "2026-11-16T08:29:59Z", HOURS_CLOSED);
    assert_phase(hours, "2026-11-16T08:30:00Z", HOURS_PREPARING);
    assert_phase(hours, "2026-11-16T08:59:59Z", HOURS_PREPARING);
    assert_phase(hours, "2026-11-16T09:00:00Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-16T19:44:59Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-16T19:45:00Z", HOURS_CLOSED);
    assert_phase(hours, "2026-11-21T13:44:59Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-21T13:45:00Z", HOURS_CLOSED);
    assert_phase(hours, "2026-11-22T12:00:00Z", HOURS_CLOSED);
    assert_opening(hours, "2026-11-16T19:45:00Z", "2026-11-17T09:00:00Z");
    assert_opening(hours, "2026-11-21T13:45:00Z", "2026-11-23T09:00:00Z");
    assert_closing(hours, "2026-11-20T20:00:00Z", "2026-11-21T13:45:00Z");
    /* Strictly after. */
    assert_opening(hours, "2026-11-16T09:00:00Z", "2026-11-17T09:00:00Z");
    assert_closing(hours, "2026-11-16T19:45:00Z", "2026-11-17T19:45:00Z");
}

static void several_ranges(void)
{
    autoptr(hours) hours = make("Mon 09:00-13:00 14:00-18:00, 20:00-21:30", "", "UTC");

    assert_phase(hours, "2026-11-16T12:59:59Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-16T13:10:00Z", HOURS_CLOSED);
    assert_phase(hours, "2026-11-16T13:40:00Z", HOURS_PREPARING);
    assert_phase(hours, "2026-11-16T14:00:00Z", HOURS_OPEN);
    assert_closing(hours, "2026-11-16T14:00:00Z", "2026-11-16T18:00:00Z");
    assert_opening(hours, "2026-11-16T18:00:00Z", "2026-11-16T20:00:00Z");
}

static void past_midnight(void)
{
    autoptr(hours) hours = make("Fri 22:00-02:00", NULL, "UTC");

    assert_phase(hours, "2026-11-20T21:59:00Z", HOURS_PREPARING);
    assert_phase(hours, "2026-11-20T23:59:59Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-21T00:00:00Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-21T01:59:59Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-21T02:00:00Z", HOURS_CLOSED);
    assert_closing(hours, "2026-11-20T22:30:00Z", "2026-11-21T02:00:00Z");
    assert_closing(hours, "2026-11-21T01:00:00Z", "2026-11-21T02:00:00Z");
}

static void touching_ranges(void)
{
    autoptr(hours) hours = make("Mon 09:00-24:00; Tue 00:00-12:00 11:00-13:00", NULL, "UTC");
    autoptr(hours) always = make("Mon-Sun 00:00-24:00", NULL, "UTC");
    autoptr(hours) also_always = make("Mon-Sun 08:00-08:00", NULL, "UTC");

    assert_phase(hours, "2026-11-17T00:00:00Z", HOURS_OPEN);
    assert_closing(hours, "2026-11-16T10:00:00Z", "2026-11-17T13:00:00Z");
    assert_opening(hours, "2026-11-16T10:00:00Z", "2026-11-23T09:00:00Z");
    assert_phase(always, "2026-11-17T00:00:00Z", HOURS_OPEN);
    g_assert_cmpint(hours_next_closing_us(always, at("2026-11-16T10:00:00Z")), ==, G_MAXINT64);
    g_assert_cmpint(hours_next_opening_us(always, at("2026-11-16T10:00:00Z")), ==, G_MAXINT64);
    assert_phase(also_always, "2026-11-17T07:59:59Z", HOURS_OPEN);
    g_assert_cmpint(hours_next_closing_us(also_always, at("2026-11-16T10:00:00Z")), ==, G_MAXINT64);
}

static void closings_in_order(void)
{
    /* What opened on Monday closes after what opened on Tuesday. */
    autoptr(hours) hours = make("Mon 23:00-22:00; Tue 01:00-02:00", NULL, "UTC");

    assert_closing(hours, "2026-11-17T00:30:00Z", "2026-11-17T22:00:00Z");
}

static void never_open(void)
{
    autoptr(hours) hours = make("", NULL, "UTC");
    autoptr(hours) null = make(NULL, NULL, NULL);

    assert_phase(hours, "2026-11-16T12:00:00Z", HOURS_CLOSED);
    assert_phase(null, "2026-11-16T12:00:00Z", HOURS_CLOSED);
    g_assert_cmpint(hours_next_opening_us(hours, at("2026-11-16T12:00:00Z")), ==, G_MAXINT64);
    g_assert_cmpint(hours_next_closing_us(hours, at("2026-11-16T12:00:00Z")), ==, G_MAXINT64);
}

static void holidays(void)
{
    autoptr(hours) hours = make("Mon-Fri 09:00-19:45", "2026-12-25, 01-01 02-29", "UTC");

    assert_phase(hours, "2026-12-25T12:00:00Z", HOURS_CLOSED);
    assert_opening(hours, "2026-12-24T20:00:00Z", "2026-12-28T09:00:00Z");
    assert_phase(hours, "2027-01-01T12:00:00Z", HOURS_CLOSED);
    assert_phase(hours, "2029-01-01T12:00:00Z", HOURS_CLOSED);
    assert_phase(hours, "2028-02-29T12:00:00Z", HOURS_CLOSED);
    assert_phase(hours, "2028-12-25T12:00:00Z", HOURS_OPEN);
}

static void holiday_begins_no_range(void)
{
    autoptr(hours) hours = make("Thu-Fri 22:00-02:00", "2026-12-25", "UTC");

    /* The night before goes on into the holiday; the holiday's own night does not begin. */
    assert_phase(hours, "2026-12-25T01:00:00Z", HOURS_OPEN);
    assert_phase(hours, "2026-12-25T23:00:00Z", HOURS_CLOSED);
}

static void always_holiday(void)
{
    autoptr(hours) hours = make("Mon 09:00-10:00", "2026-11-16 2026-11-23", "UTC");

    assert_opening(hours, "2026-11-15T12:00:00Z", "2026-11-30T09:00:00Z");
}

static void spring_night(void)
{
    autoptr(hours) hours = make("Sat-Mon 09:00-19:45", NULL, "Europe/Rome");
    gint64 closing = at("2026-03-28T19:45:00+01");

    /* 13 h 15 min by the clock on the wall, but one hour is left out. */
    assert_opening(hours, "2026-03-28T19:45:00+01", "2026-03-29T09:00:00+02");
    g_assert_cmpint(hours_next_opening_us(hours, closing) - closing, ==,
                    12 * CLOCK_HOUR_US + 15 * CLOCK_MINUTE_US);
    assert_phase(hours, "2026-03-29T08:29:59+02", HOURS_CLOSED);
    assert_phase(hours, "2026-03-29T08:30:00+02", HOURS_PREPARING);
    assert_phase(hours, "2026-03-29T09:00:00+02", HOURS_OPEN);
    assert_closing(hours, "2026-03-29T12:00:00+02", "2026-03-29T19:45:00+02");
}

static void autumn_night(void)
{
    autoptr(hours) hours = make("Sat-Mon 09:00-19:45", NULL, "Europe/Rome");
    gint64 closing = at("2026-10-24T19:45:00+02");

    assert_opening(hours, "2026-10-24T19:45:00+02", "2026-10-25T09:00:00+01");
    g_assert_cmpint(hours_next_opening_us(hours, closing) - closing, ==,
                    14 * CLOCK_HOUR_US + 15 * CLOCK_MINUTE_US);
    assert_phase(hours, "2026-10-25T08:29:59+01", HOURS_CLOSED);
    assert_phase(hours, "2026-10-25T08:30:00+01", HOURS_PREPARING);
}

static void times_left_out_or_twice(void)
{
    autoptr(hours) spring = make("Sun 02:30-06:00", NULL, "Europe/Rome");
    autoptr(hours) autumn = make("Sun 02:30-06:00; Sat 22:00-02:30", NULL, "Europe/Rome");

    /* 02:30 does not exist: the lab opens as the clocks jump to 03:00. */
    assert_opening(spring, "2026-03-28T12:00:00+01", "2026-03-29T03:00:00+02");
    assert_phase(spring, "2026-03-29T03:00:00+02", HOURS_OPEN);
    assert_phase(spring, "2026-03-29T01:59:59+01", HOURS_PREPARING);
    /* 02:30 comes twice: opening at the first, closing at the last, so open all through. */
    assert_phase(autumn, "2026-10-25T02:30:00+02", HOURS_OPEN);
    assert_phase(autumn, "2026-10-25T02:15:00+01", HOURS_OPEN);
    assert_phase(autumn, "2026-10-25T02:45:00+01", HOURS_OPEN);
    assert_closing(autumn, "2026-10-25T01:00:00+02", "2026-10-25T06:00:00+01");
}

static void days_wrap_and_spelling(void)
{
    autoptr(hours) hours = make(" saturday-MON  9:00-10:00 ;; ", NULL, "UTC");

    assert_phase(hours, "2026-11-21T09:30:00Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-22T09:30:00Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-23T09:30:00Z", HOURS_OPEN);
    assert_phase(hours, "2026-11-24T09:30:00Z", HOURS_CLOSED);
}

static void assert_refused(const char *weekly, const char *dates, const char *zone,
                           const char *word)
{
    g_autoptr(GError) error = NULL;

    g_assert_null(hours_new(weekly, dates, zone, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_INPUT);
    g_test_message("%s", error->message);
    g_assert_nonnull(strstr(error->message, word));
}

static void refusals(void)
{
    assert_refused("Mon-Frx 09:00-10:00", NULL, "UTC", "\"Mon-Frx\"");
    assert_refused("Mon-Fri-Sat 09:00-10:00", NULL, "UTC", "\"Mon-Fri-Sat\"");
    assert_refused("Mon 09:00-25:00", NULL, "UTC", "\"09:00-25:00\"");
    assert_refused("Mon 24:00-25:00", NULL, "UTC", "\"24:00-25:00\"");
    assert_refused("Mon 24:00-08:00", NULL, "UTC", "\"24:00-08:00\"");
    assert_refused("Mon 09:00-24:01", NULL, "UTC", "\"09:00-24:01\"");
    assert_refused("Mon 09:60-10:00", NULL, "UTC", "\"09:60-10:00\"");
    assert_refused("Mon 09.00-10.00", NULL, "UTC", "\"09.00-10.00\"");
    assert_refused("Mon 9-10", NULL, "UTC", "\"9-10\"");
    assert_refused("Mon 09:00-10:00x", NULL, "UTC", "\"09:00-10:00x\"");
    assert_refused("Mon 09:00-10:00 Tue", NULL, "UTC", "\"Tue\"");
    assert_refused("09:00-10:00", NULL, "UTC", "\"09:00-10:00\"");
    assert_refused("Mon-Fri; Sat 09:00-10:00", NULL, "UTC", "\"Mon-Fri\"");
    assert_refused("M\x1b[31mn 09:00-10:00", NULL, "UTC", "\\x1b");
    assert_refused("", "2026-02-29", "UTC", "\"2026-02-29\"");
    assert_refused("", "2026-13-01", "UTC", "\"2026-13-01\"");
    assert_refused("", "2026-1-1", "UTC", "\"2026-1-1\"");
    assert_refused("", "25/12/2026", "UTC", "\"25/12/2026\"");
    assert_refused("", "00-10", "UTC", "\"00-10\"");
    assert_refused("", "12-", "UTC", "\"12-\"");
    assert_refused("", NULL, "Europe/Rom", "\"Europe/Rom\"");
    assert_refused("", NULL, "../../etc/passwd", "passwd");
}

static void format(void)
{
    autoptr(hours) hours = make("", NULL, "Europe/Rome");
    g_autofree char *winter = hours_format(hours, at("2026-01-05T21:07:14Z"), "%H:%M:%S");
    g_autofree char *summer = hours_format(hours, at("2026-07-07T07:00:00Z"), "%a %H:%M");

    g_assert_cmpstr(winter, ==, "22:07:14");
    g_assert_cmpstr(summer, ==, "Tue 09:00");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/hours/reference_lab_opens_and_closes_to_the_second", reference_hours);
    g_test_add_func("/hours/several_ranges_a_day", several_ranges);
    g_test_add_func("/hours/range_goes_on_past_midnight", past_midnight);
    g_test_add_func("/hours/touching_ranges_are_one", touching_ranges);
    g_test_add_func("/hours/closing_is_when_the_last_range_ends", closings_in_order);
    g_test_add_func("/hours/never_open_has_no_next", never_open);
    g_test_add_func("/hours/holidays_do_not_open", holidays);
    g_test_add_func("/hours/holiday_ends_no_night_begun_before", holiday_begins_no_range);
    g_test_add_func("/hours/holidays_in_a_row_are_skipped", always_holiday);
    g_test_add_func("/hours/spring_night_is_an_hour_shorter", spring_night);
    g_test_add_func("/hours/autumn_night_is_an_hour_longer", autumn_night);
    g_test_add_func("/hours/times_left_out_or_twice_keep_it_open", times_left_out_or_twice);
    g_test_add_func("/hours/days_wrap_and_spelling_is_free", days_wrap_and_spelling);
    g_test_add_func("/hours/refusal_names_the_wrong_word", refusals);
    g_test_add_func("/hours/formats_local_time", format);
    return g_test_run();
}
