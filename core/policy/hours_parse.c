#include "core/policy/hours_parse.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define MINUTES_A_DAY 1440

static gboolean refuse(GError **error, const char *what, const char *word, const char *why)
{
    g_autofree char *shown = text_escape(word);

    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: \"%s\" %s", what, shown, why);
    return FALSE;
}

/* --- Days --- */

static gboolean parse_day(const char *word, guint *weekday)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    g_autofree char *lower = g_ascii_strdown(word, -1);

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(lower, names[i]) == 0 ||
            (strlen(lower) == 3 && g_str_has_prefix(names[i], lower))) {
            *weekday = i;
            return TRUE;
        }
    }
    return FALSE;
}

/* "Mon" or "Fri-Mon" into a mask of days. */
static gboolean parse_days(const char *word, guint *mask, GError **error)
{
    g_auto(GStrv) ends = g_strsplit(word, "-", 2);
    guint first, last;

    if (!parse_day(ends[0], &first) || !parse_day(ends[1] ? ends[1] : ends[0], &last))
        return refuse(error, "hours", word, "is not a day, such as Mon or Mon-Fri");
    for (guint day = first;; day = (day + 1) % 7) {
        *mask |= 1u << day;
        if (day == last)
            return TRUE;
    }
}

/* --- Times --- */

static gboolean parse_number(const char **at, guint digits_most, guint most, guint *number)
{
    guint digits = 0;

    for (*number = 0; digits < digits_most && g_ascii_isdigit(**at); digits++)
        *number = *number * 10 + (guint)g_ascii_digit_value(*(*at)++);
    return digits > 0 && *number <= most;
}

static gboolean parse_time(const char **at, gint *minutes)
{
    guint hour, minute;

    if (!parse_number(at, 2, 24, &hour) || *(*at)++ != ':')
        return FALSE;
    if (!g_ascii_isdigit((*at)[0]) || !g_ascii_isdigit((*at)[1]) ||
        !parse_number(at, 2, 59, &minute))
        return FALSE;
    *minutes = (gint)(hour * 60 + minute);
    return *minutes <= MINUTES_A_DAY;
}

static gboolean parse_range(const char *word, struct hours_range *range, GError **error)
{
    const char *at = word;

    if (!parse_time(&at, &range->from_min) || *at++ != '-' || !parse_time(&at, &range->to_min) ||
        *at != '\0' || range->from_min == MINUTES_A_DAY)
        return refuse(error, "hours", word, "is not a range of times, such as 09:00-19:45");
    if (range->to_min <= range->from_min)
        range->to_min += MINUTES_A_DAY;
    return TRUE;
}

/* --- A week --- */

static void append_for_days(GArray *ranges, struct hours_range range, guint mask)
{
    for (range.weekday = 0; range.weekday < 7; range.weekday++)
        if (mask & 1u << range.weekday)
            g_array_append_val(ranges, range);
}

/* One part between semicolons: days, then ranges of times. */
static gboolean parse_part(const char *part, GArray *ranges, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(part, " \t\r\n,", -1);
    guint mask = 0;
    guint n_ranges = 0;

    for (char **word = words; *word; word++) {
        struct hours_range range = {0};
        if (**word == '\0')
            continue;
        if (n_ranges == 0 && !g_ascii_isdigit(**word)) {
            if (!parse_days(*word, &mask, error))
                return FALSE;
            continue;
        }
        if (mask == 0)
            return refuse(error, "hours", *word, "has no day before it, such as Mon-Fri");
        if (!parse_range(*word, &range, error))
            return FALSE;
        append_for_days(ranges, range, mask);
        n_ranges++;
    }
    if (mask != 0 && n_ranges == 0) {
        g_autofree char *days = g_strstrip(g_strdup(part));
        return refuse(error, "hours", days, "has no times after it, such as 09:00-19:45");
    }
    return TRUE;
}

gboolean hours_parse_weekly(const char *weekly, GArray *ranges, GError **error)
{
    g_auto(GStrv) parts = g_strsplit(weekly ? weekly : "", ";", -1);

    for (char **part = parts; *part; part++)
        if (!parse_part(*part, ranges, error))
            return FALSE;
    return TRUE;
}

/* --- Holidays --- */

static gboolean parse_holiday(const char *word, struct hours_holiday *holiday)
{
    const char *at = word;
    gsize length = strlen(word);

    holiday->year = 0;
    if (length == 10 && (!parse_number(&at, 4, 9999, &holiday->year) || holiday->year == 0 ||
                         at != word + 4 || *at++ != '-'))
        return FALSE;
    if ((length != 10 && length != 5) || !parse_number(&at, 2, 12, &holiday->month) || at[0] != '-')
        return FALSE;
    at++;
    if (!parse_number(&at, 2, 31, &holiday->day) || *at != '\0' || holiday->month == 0)
        return FALSE;
    /* Every year may have a 29 February. */
    return g_date_valid_dmy((GDateDay)holiday->day, (GDateMonth)holiday->month,
                            (GDateYear)(holiday->year ? holiday->year : 2000));
}

gboolean hours_parse_holidays(const char *holidays, GArray *parsed, GError **error)
{
    g_auto(GStrv) words = g_strsplit_set(holidays ? holidays : "", " \t\r\n,;", -1);

    for (char **word = words; *word; word++) {
        struct hours_holiday holiday;
        if (**word == '\0')
            continue;
        if (!parse_holiday(*word, &holiday))
            return refuse(error, "holidays", *word,
                          "is not a date, such as 2026-12-25, or 12-25 for every year");
        g_array_append_val(parsed, holiday);
    }
    return TRUE;
}
