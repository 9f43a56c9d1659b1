#include "core/command/log_time.h"

#include <string.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/text.h"

#define WORDS_MOST 4
#define EXAMPLES   "write it as 2026-11-20, \"20 Nov 22:00\", 22:00, yesterday or 2h"

/* What was typed, as far as it was said; -1 = not. */
struct said {
    gint year, month, day;
    gint hour, minute, second;
};

static GDateTime *local_of(GTimeZone *zone, gint64 time_us)
{
    g_autoptr(GDateTime) utc = g_date_time_new_from_unix_utc(time_us / G_USEC_PER_SEC);
    return utc ? g_date_time_to_timezone(utc, zone) : NULL;
}

static gint64 to_us(GDateTime *date)
{
    return g_date_time_to_unix(date) * G_USEC_PER_SEC + g_date_time_get_microsecond(date);
}

char *log_time_format(GTimeZone *zone, gint64 time_us, const char *format)
{
    g_autoptr(GDateTime) local = local_of(zone, time_us);
    char *text = local ? g_date_time_format(local, format) : NULL;
    return text ? text : g_strdup("?");
}

/* --- Words ------------------------------------------------------------------------------------ */

static gint find_name(const char *const *names, guint count, const char *word)
{
    gsize length = strlen(word);
    for (guint i = 0; length >= 3 && i < count; i++) {
        if (g_ascii_strncasecmp(names[i], word, length) == 0)
            return (gint)i + 1;
    }
    return -1;
}

static gint find_month(const char *word)
{
    static const char *const names[] = {"january",   "february", "march",    "april",
                                        "may",       "june",     "july",     "august",
                                        "september", "october",  "november", "december"};
    return find_name(names, G_N_ELEMENTS(names), word);
}

static gint find_weekday(const char *word)
{
    static const char *const names[] = {"monday", "tuesday",  "wednesday", "thursday",
                                        "friday", "saturday", "sunday"};
    return find_name(names, G_N_ELEMENTS(names), word);
}

/* Digits alone, so many of them at most. */
static gboolean take_number(const char **text, guint most, gint *number)
{
    gsize count = strspn(*text, "0123456789");
    if (count == 0 || count > most)
        return FALSE;
    *number = (gint)g_ascii_strtoll(*text, NULL, 10);
    *text += count;
    return TRUE;
}

/* "22:00", "22:00:30" */
static gboolean take_clock(const char *word, struct said *said)
{
    const char *at = word;
    if (said->hour >= 0 || !take_number(&at, 2, &said->hour) || *at++ != ':' ||
        !take_number(&at, 2, &said->minute))
        return FALSE;
    said->second = 0;
    if (*at == ':' && (at++, !take_number(&at, 2, &said->second)))
        return FALSE;
    return *at == '\0';
}

/* "2026-11-20" */
static gboolean take_iso_day(const char *word, struct said *said)
{
    const char *at = word;
    return take_number(&at, 4, &said->year) && at == word + 4 && *at++ == '-' &&
           take_number(&at, 2, &said->month) && *at++ == '-' && take_number(&at, 2, &said->day) &&
           *at == '\0';
}

static void say_day(struct said *said, GDateTime *day)
{
    g_date_time_get_ymd(day, &said->year, &said->month, &said->day);
}

/* "today", "yesterday", "Mon": the last one that has begun. */
static gboolean take_relative_day(const char *word, GDateTime *now, struct said *said)
{
    gint weekday = find_weekday(word);
    gint back = -1;
    if (g_ascii_strcasecmp(word, "today") == 0)
        back = 0;
    else if (g_ascii_strcasecmp(word, "yesterday") == 0)
        back = 1;
    else if (weekday > 0)
        back = (g_date_time_get_day_of_week(now) - weekday + 7) % 7;
    if (back < 0)
        return FALSE;
    g_autoptr(GDateTime) day = g_date_time_add_days(now, -back);
    say_day(said, day);
    return TRUE;
}

/* "20", "Nov", "2026" */
static gboolean take_part(const char *word, struct said *said)
{
    const char *at = word;
    gint number = 0;
    if (said->month < 0 && (said->month = find_month(word)) > 0)
        return TRUE;
    if (!take_number(&at, 4, &number) || *at)
        return FALSE;
    if (at == word + 4 && said->year < 0)
        said->year = number;
    else if (at <= word + 2 && said->day < 0)
        said->day = number;
    else
        return FALSE;
    return TRUE;
}

static gboolean take_word(const char *word, GDateTime *now, struct said *said)
{
    gboolean no_day = said->year < 0 && said->month < 0 && said->day < 0;
    if (strchr(word, ':'))
        return take_clock(word, said);
    if (strchr(word, '-'))
        return no_day && take_iso_day(word, said);
    return (no_day && take_relative_day(word, now, said)) || take_part(word, said);
}

static gboolean take_words(const char *text, GDateTime *now, struct said *said)
{
    g_auto(GStrv) words = g_strsplit_set(text, " ,", -1);
    guint count = 0;
    *said = (struct said){-1, -1, -1, -1, -1, -1};
    for (guint i = 0; words[i]; i++) {
        if (*words[i] && (++count > WORDS_MOST || !take_word(words[i], now, said)))
            return FALSE;
    }
    return count > 0;
}

/* --- How long ago ----------------------------------------------------------------------------- */

static gboolean parse_ago(const char *text, gint64 now_us, gint64 *time_us)
{
    static const struct {
        const char *name;
        gint64 us;
    } units[] = {
        {"s", CLOCK_SECOND_US},       {"m", CLOCK_MINUTE_US},        {"min", CLOCK_MINUTE_US},
        {"h", CLOCK_HOUR_US},         {"d", 24 * CLOCK_HOUR_US},     {"day", 24 * CLOCK_HOUR_US},
        {"days", 24 * CLOCK_HOUR_US}, {"w", 7 * 24 * CLOCK_HOUR_US},
    };
    gint number = 0;
    if (!take_number(&text, 6, &number))
        return FALSE;
    while (*text == ' ')
        text++;
    for (guint i = 0; i < G_N_ELEMENTS(units); i++) {
        gsize length = strlen(units[i].name);
        if (strncmp(text, units[i].name, length) != 0)
            continue;
        if (text[length] == '\0' || strcmp(text + length, " ago") == 0) {
            *time_us = now_us - number * units[i].us;
            return TRUE;
        }
    }
    return FALSE;
}

/* --- Together --------------------------------------------------------------------------------- */

static gboolean refuse(const char *text, const char *what, GError **error)
{
    g_autofree char *shown = text_escape(text);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "\"%s\" is no %s: %s", shown, what,
                EXAMPLES);
    return FALSE;
}

/* A day without its year is the last one that has begun. */
static GDateTime *make(const struct said *said, GTimeZone *zone, GDateTime *now)
{
    gint year = said->year >= 0 ? said->year : g_date_time_get_year(now);
    gint hour = said->hour >= 0 ? said->hour : 0;
    gint minute = said->hour >= 0 ? said->minute : 0;
    gdouble second = said->hour >= 0 ? said->second : 0;
    g_autoptr(GDateTime) date =
        g_date_time_new(zone, year, said->month, said->day, hour, minute, second);
    if (!date || said->year >= 0 || g_date_time_compare(date, now) <= 0)
        return g_steal_pointer(&date);
    return g_date_time_new(zone, year - 1, said->month, said->day, hour, minute, second);
}

gint64 log_day_begin_us(GTimeZone *zone, gint64 time_us, gint days_on)
{
    g_autoptr(GDateTime) local = local_of(zone, time_us);
    g_autoptr(GDateTime) day = local ? g_date_time_add_days(local, days_on) : NULL;
    gint year, month, of_month;
    if (!day)
        return time_us;
    g_date_time_get_ymd(day, &year, &month, &of_month);
    g_autoptr(GDateTime) begin = g_date_time_new(zone, year, month, of_month, 0, 0, 0);
    return begin ? to_us(begin) : time_us;
}

static gboolean parse_words(const char *text, GTimeZone *zone, gint64 now_us, gboolean end,
                            gint64 *time_us)
{
    g_autoptr(GDateTime) now = local_of(zone, now_us);
    struct said said;
    if (!now || !take_words(text, now, &said))
        return FALSE;
    gboolean clock_alone = said.year < 0 && said.month < 0 && said.day < 0;
    if (clock_alone)
        say_day(&said, now);
    g_autoptr(GDateTime) date = said.month > 0 && said.day > 0 ? make(&said, zone, now) : NULL;
    if (!date)
        return FALSE;
    *time_us = to_us(date);
    if (clock_alone && *time_us > now_us) {
        g_autoptr(GDateTime) before = g_date_time_add_days(date, -1);
        *time_us = to_us(before);
    }
    if (end && said.hour < 0)
        *time_us = log_day_begin_us(zone, *time_us, 1) - 1;
    return TRUE;
}

gboolean log_time_parse(const char *text, GTimeZone *zone, gint64 now_us, gboolean end,
                        gint64 *time_us, GError **error)
{
    if (!g_utf8_validate(text, -1, NULL))
        return refuse(text, "time", error);
    if (g_ascii_strcasecmp(text, "now") == 0) {
        *time_us = now_us;
        return TRUE;
    }
    if (strpbrk(text, "Tt") && strchr(text, ':')) {
        g_autoptr(GDateTime) date = g_date_time_new_from_iso8601(text, zone);
        if (date) {
            *time_us = to_us(date);
            return TRUE;
        }
    }
    return parse_ago(text, now_us, time_us) || parse_words(text, zone, now_us, end, time_us) ||
           refuse(text, "time", error);
}

gboolean log_day_parse(const char *text, GTimeZone *zone, gint64 now_us, gint64 *day_us,
                       GError **error)
{
    g_autoptr(GDateTime) now = local_of(zone, now_us);
    struct said said;
    if (!g_utf8_validate(text, -1, NULL) || !now || !take_words(text, now, &said) ||
        said.hour >= 0 || !parse_words(text, zone, now_us, FALSE, day_us))
        return refuse(text, "day", error);
    return TRUE;
}

/* "2026-11", "Nov", "Nov 2026" */
static gboolean take_month(const char *text, GDateTime *now, struct said *said)
{
    const char *at = text;
    *said = (struct said){-1, -1, -1, -1, -1, -1};
    if (take_number(&at, 4, &said->year) && at == text + 4 && *at == '-') {
        at++;
        return take_number(&at, 2, &said->month) && *at == '\0';
    }
    return take_words(text, now, said) && said->month > 0 && said->day < 0 && said->hour < 0;
}

gboolean log_month_parse(const char *text, GTimeZone *zone, gint64 now_us, gint64 *from_us,
                         gint64 *until_us, GError **error)
{
    g_autoptr(GDateTime) now = local_of(zone, now_us);
    struct said said;
    if (!g_utf8_validate(text, -1, NULL) || !now || !take_month(text, now, &said)) {
        g_autofree char *shown = text_escape(text);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "\"%s\" is no month: write it as 2026-11 or \"Nov 2026\"", shown);
        return FALSE;
    }
    said.day = 1;
    g_autoptr(GDateTime) from = make(&said, zone, now);
    g_autoptr(GDateTime) until = from ? g_date_time_add_months(from, 1) : NULL;
    if (!until)
        return refuse(text, "month", error);
    *from_us = to_us(from);
    *until_us = to_us(until);
    return TRUE;
}
