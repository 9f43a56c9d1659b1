#include "core/policy/hours.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/policy/hours_parse.h"

#define SECONDS_A_DAY 86400
#define DAYS_AHEAD    400
#define DAYS_BACK     60
#define EPOCH_JULIAN  719163 /* g_date_get_julian of 1970-01-01 */

struct hours {
    GArray *ranges;   /* struct hours_range */
    GArray *holidays; /* struct hours_holiday */
    GTimeZone *zone;
};

struct hours *hours_new(const char *weekly, const char *holidays, const char *timezone,
                        GError **error)
{
    autoptr(hours) hours = g_new0(struct hours, 1);

    hours->ranges = g_array_new(FALSE, FALSE, sizeof(struct hours_range));
    hours->holidays = g_array_new(FALSE, FALSE, sizeof(struct hours_holiday));
    if (!hours_parse_weekly(weekly, hours->ranges, error) ||
        !hours_parse_holidays(holidays, hours->holidays, error))
        return NULL;
    hours->zone =
        timezone && *timezone ? g_time_zone_new_identifier(timezone) : g_time_zone_new_local();
    if (!hours->zone) {
        g_autofree char *shown = text_escape(timezone);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "time zone: \"%s\" is not known here; write one such as Europe/Rome", shown);
        return NULL;
    }
    return g_steal_pointer(&hours);
}

/* Nothing in it ever changes: its parts are shared, and counted atomically. */
struct hours *hours_copy(const struct hours *hours)
{
    struct hours *copy;

    if (!hours)
        return NULL;
    copy = g_new0(struct hours, 1);
    copy->ranges = g_array_ref(hours->ranges);
    copy->holidays = g_array_ref(hours->holidays);
    copy->zone = g_time_zone_ref(hours->zone);
    return copy;
}

void hours_free(struct hours *hours)
{
    if (!hours)
        return;
    g_array_unref(hours->ranges);
    g_array_unref(hours->holidays);
    g_clear_pointer(&hours->zone, g_time_zone_unref);
    g_free(hours);
}

/* --- Between local days and instants --- */

static gint64 floor_divide(gint64 value, gint64 by)
{
    return value / by - (value % by < 0 ? 1 : 0);
}

/* The local day of an instant, counted from 1970-01-01. */
static gint64 local_day(const struct hours *hours, gint64 wall_us)
{
    gint64 seconds = floor_divide(wall_us, G_USEC_PER_SEC);
    gint interval = g_time_zone_find_interval(hours->zone, G_TIME_TYPE_UNIVERSAL, seconds);

    return floor_divide(seconds + g_time_zone_get_offset(hours->zone, interval), SECONDS_A_DAY);
}

/*
 * The instant of a local time. One that a change of the clocks leaves out is the end of the gap. Of
 * one that comes twice, an opening is the first and a closing the last: rather open too long.
 */
static gint64 instant_us(const struct hours *hours, gint64 day, gint minutes, GTimeType type)
{
    gint64 seconds = day * SECONDS_A_DAY + (gint64)minutes * 60;
    gint interval = g_time_zone_adjust_time(hours->zone, type, &seconds);

    return (seconds - g_time_zone_get_offset(hours->zone, interval)) * G_USEC_PER_SEC;
}

static gint64 opening_us(const struct hours *hours, gint64 day, const struct hours_range *range)
{
    return instant_us(hours, day, range->from_min, G_TIME_TYPE_DAYLIGHT);
}

static gint64 closing_us(const struct hours *hours, gint64 day, const struct hours_range *range)
{
    return instant_us(hours, day, range->to_min, G_TIME_TYPE_STANDARD);
}

static gboolean is_holiday(const struct hours *hours, gint64 day)
{
    GDate date;

    if (hours->holidays->len == 0)
        return FALSE;
    g_date_clear(&date, 1);
    g_date_set_julian(&date, (guint32)(day + EPOCH_JULIAN));
    for (guint i = 0; i < hours->holidays->len; i++) {
        const struct hours_holiday *holiday =
            &g_array_index(hours->holidays, struct hours_holiday, i);
        if (holiday->day == g_date_get_day(&date) &&
            holiday->month == (guint)g_date_get_month(&date) &&
            (holiday->year == 0 || holiday->year == g_date_get_year(&date)))
            return TRUE;
    }
    return FALSE;
}

/* TRUE when this range begins on that day. */
static gboolean range_applies(const struct hours *hours, gint64 day,
                              const struct hours_range *range)
{
    /* 1970-01-01 was a Thursday. */
    gint64 weekday = ((day + 3) % 7 + 7) % 7;

    return weekday == range->weekday && !is_holiday(hours, day);
}

static gboolean is_open(const struct hours *hours, gint64 wall_us)
{
    gint64 today = local_day(hours, wall_us);

    /* A range lasts a day at most, so one that began before yesterday is over. */
    for (gint64 day = today - 1; day <= today; day++) {
        for (guint i = 0; i < hours->ranges->len; i++) {
            const struct hours_range *range = &g_array_index(hours->ranges, struct hours_range, i);
            if (range_applies(hours, day, range) && opening_us(hours, day, range) <= wall_us &&
                wall_us < closing_us(hours, day, range))
                return TRUE;
        }
    }
    return FALSE;
}

/* --- What is asked --- */

/* The first change to open (or to closed) on ranges that begin on that day; G_MAXINT64 if none. */
static gint64 next_on_day(const struct hours *hours, gint64 day, gint64 after_us, gboolean to_open)
{
    gint64 next = G_MAXINT64;

    for (guint i = 0; i < hours->ranges->len; i++) {
        const struct hours_range *range = &g_array_index(hours->ranges, struct hours_range, i);
        gint64 at;
        if (!range_applies(hours, day, range))
            continue;
        at = to_open ? opening_us(hours, day, range) : closing_us(hours, day, range);
        /* Where ranges touch or overlap, nothing opens or closes. */
        if (at > after_us && at < next && is_open(hours, at) == to_open &&
            is_open(hours, at - 1) != to_open)
            next = at;
    }
    return next;
}

static gint64 next_change_us(const struct hours *hours, gint64 wall_us, gboolean to_open)
{
    gint64 today = local_day(hours, wall_us);
    gint64 next = G_MAXINT64;

    if (hours->ranges->len == 0)
        return next;
    for (gint64 day = today - 1; day <= today + DAYS_AHEAD; day++) {
        gint64 found = next_on_day(hours, day, wall_us, to_open);
        if (next != G_MAXINT64)
            return MIN(next, found); /* a range of the day before may end later than one of this */
        next = found;
    }
    return next;
}

gint64 hours_next_opening_us(const struct hours *hours, gint64 wall_us)
{
    return next_change_us(hours, wall_us, TRUE);
}

gint64 hours_next_closing_us(const struct hours *hours, gint64 wall_us)
{
    return next_change_us(hours, wall_us, FALSE);
}

/* The same rules backwards: of what is found going ahead from some days ago, the last. */
static gint64 last_change_us(const struct hours *hours, gint64 wall_us, gboolean to_open)
{
    for (gint64 days = 2; days <= DAYS_BACK * 2; days *= 2) {
        gint64 last = G_MININT64;
        gint64 next =
            next_change_us(hours, wall_us - days * SECONDS_A_DAY * G_USEC_PER_SEC, to_open);
        for (; next <= wall_us; next = next_change_us(hours, next, to_open))
            last = next;
        if (last != G_MININT64)
            return last;
    }
    return G_MININT64;
}

gint64 hours_last_opening_us(const struct hours *hours, gint64 wall_us)
{
    return last_change_us(hours, wall_us, TRUE);
}

gint64 hours_last_closing_us(const struct hours *hours, gint64 wall_us)
{
    return last_change_us(hours, wall_us, FALSE);
}

GTimeZone *hours_zone(const struct hours *hours)
{
    return hours->zone;
}

enum hours_phase hours_phase_at(const struct hours *hours, gint64 wall_us, gint64 lead_us)
{
    gint64 opening;

    if (is_open(hours, wall_us))
        return HOURS_OPEN;
    opening = hours_next_opening_us(hours, wall_us);
    return opening != G_MAXINT64 && opening - wall_us <= lead_us ? HOURS_PREPARING : HOURS_CLOSED;
}

char *hours_format(const struct hours *hours, gint64 wall_us, const char *g_date_format)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(floor_divide(wall_us, G_USEC_PER_SEC));
    g_autoptr(GDateTime) local = utc ? g_date_time_to_timezone(utc, hours->zone) : NULL;
    char *text = local ? g_date_time_format(local, g_date_format) : NULL;

    return text ? text : g_strdup("");
}
