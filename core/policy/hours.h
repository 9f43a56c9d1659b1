/*
 * hours.h - when the lab is open (R18, R19): weekly hours, holidays, time zone.
 *
 * Pure: asked about a wall-clock time, it answers. Nights on which the clocks change are as long
 * as they really are. Thread: any.
 */
#ifndef ROOST_POLICY_HOURS_H
#define ROOST_POLICY_HOURS_H

#include <glib.h>

#include "core/base/cleanup.h"

struct hours;

/*
 * weekly: "Mon-Fri 09:00-19:45; Sat 09:00-13:45" (English day names, 24-hour times, several ranges
 * a day allowed, "" = never open, "24:00" as an end); a range that ends at or before its start goes
 * on past midnight. holidays: "2026-12-25, 2026-12-26, 01-01" (a date, or month-day for every year;
 * NULL or "" = none): days on which the lab does not open. timezone: an IANA name; NULL or "" =
 * local. NULL and ROOST_ERROR_INPUT, saying which word is wrong, when something cannot be read.
 */
struct hours *hours_new(const char *weekly, const char *holidays, const char *timezone,
                        GError **error);
void hours_free(struct hours *hours);

/* The same hours, for another thread. NULL gives NULL. */
struct hours *hours_copy(const struct hours *hours);
AUTOPTR_DEFINE(hours)

enum hours_phase {
    HOURS_OPEN,
    HOURS_CLOSED,    /* the cycle runs */
    HOURS_PREPARING, /* closed, but everything is being brought home */
};

/* lead_us: how long before opening normalize begins (R19: 30 min). */
enum hours_phase hours_phase_at(const struct hours *hours, gint64 wall_us, gint64 lead_us);

/* The next opening or closing after wall_us; G_MAXINT64 when there is none within 400 days. */
gint64 hours_next_opening_us(const struct hours *hours, gint64 wall_us);
gint64 hours_next_closing_us(const struct hours *hours, gint64 wall_us);

/* The last opening or closing at or before wall_us; G_MININT64 when there is none in 60 days. */
gint64 hours_last_opening_us(const struct hours *hours, gint64 wall_us);
gint64 hours_last_closing_us(const struct hours *hours, gint64 wall_us);

/* The time zone of the hours. Borrowed. */
GTimeZone *hours_zone(const struct hours *hours);

/* Local time for people, "22:07" or "22:07:14" or "Tue 09:00". Free with g_free. */
char *hours_format(const struct hours *hours, gint64 wall_us, const char *g_date_format);

#endif
