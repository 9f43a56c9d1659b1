/*
 * log_time.h - times as people type them, in the time zone of the hours.
 *
 * A day: "2026-11-20", "20 Nov", "20 November 2026", "today", "yesterday", "Mon" (the last one).
 * A day and a time: any of these and "22:00" or "22:00:30"; "22:00" alone is that of today, or of
 * yesterday when it is still to come. How long ago: "2h", "90 min", "3 d", "1w". And RFC 3339,
 * "2026-11-20T22:00:00+01:00". Pure; thread: any.
 */
#ifndef ROOST_COMMAND_LOG_TIME_H
#define ROOST_COMMAND_LOG_TIME_H

#include <glib.h>

/*
 * Microseconds since the epoch of what is meant, seen from now_us. A day alone is its beginning, or
 * its last microsecond when `end` is TRUE. FALSE and ROOST_ERROR_USAGE when it cannot be read.
 */
gboolean log_time_parse(const char *text, GTimeZone *zone, gint64 now_us, gboolean end,
                        gint64 *time_us, GError **error);

/* A day alone, as above, or (month) "2026-11", "Nov 2026", "November": its first day and time 0. */
gboolean log_day_parse(const char *text, GTimeZone *zone, gint64 now_us, gint64 *day_us,
                       GError **error);
gboolean log_month_parse(const char *text, GTimeZone *zone, gint64 now_us, gint64 *from_us,
                         gint64 *until_us, GError **error);

/* Local noon of that day later or earlier; the beginning of a local day. */
gint64 log_day_begin_us(GTimeZone *zone, gint64 time_us, gint days_on);

/* In that time zone, by g_date_time_format. Free with g_free. */
char *log_time_format(GTimeZone *zone, gint64 time_us, const char *format);

#endif
