/* report_verb.c - `roost report`: of what time, and to whom. */
#include "core/command/report.h"

#include <string.h>
#include <sys/ioctl.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/log.h"
#include "core/command/log_time.h"
#include "core/command/session.h"
#include "core/command/verb.h"
#include "core/store/store.h"

#define WIDTH_UNLESS_KNOWN 80

/* Without hours a night is a day, from noon to noon. */
#define NOON_US (12 * CLOCK_HOUR_US)

struct spans {
    const struct hours *hours;
    GTimeZone *zone;
    gint64 now_us;
    GPtrArray *reports; /* struct report * */
};

static void add(const struct spans *spans, gint64 from_us, gint64 ends_us, gboolean night)
{
    gint64 until_us = MIN(ends_us, MAX(spans->now_us, from_us));
    g_ptr_array_add(spans->reports, report_new(from_us, until_us, ends_us, night));
}

/* --- Nights ----------------------------------------------------------------------------------- */

static gboolean has_hours(const struct spans *spans)
{
    return hours_next_closing_us(spans->hours, spans->now_us) != G_MAXINT64 ||
           hours_last_closing_us(spans->hours, spans->now_us) != G_MININT64;
}

/* A closing, and the opening after it. FALSE when it never opens again: then there is no night. */
static gboolean add_from(const struct spans *spans, gint64 closing_us)
{
    gint64 opening_us = hours_next_opening_us(spans->hours, closing_us);
    if (opening_us == G_MAXINT64)
        return FALSE;
    add(spans, closing_us, opening_us, TRUE);
    return TRUE;
}

static void add_day(const struct spans *spans, gint64 day_us)
{
    gint64 begin_us = log_day_begin_us(spans->zone, day_us, 0);
    add(spans, begin_us + NOON_US, log_day_begin_us(spans->zone, day_us, 1) + NOON_US, FALSE);
}

/* The night under way, or else the last one. */
static void add_last(const struct spans *spans)
{
    gint64 closing_us = hours_last_closing_us(spans->hours, spans->now_us);
    if (!has_hours(spans))
        add_day(spans, spans->now_us - NOON_US);
    else if (closing_us == G_MININT64 || !add_from(spans, closing_us))
        add(spans, spans->now_us - 24 * CLOCK_HOUR_US, spans->now_us, FALSE);
}

/* The night that begins on that day, or that it lies in: a Sunday's is Saturday's. */
static void add_night_of(const struct spans *spans, gint64 day_us)
{
    gint64 end_us = log_day_begin_us(spans->zone, day_us, 1);
    gint64 closing_us = hours_last_closing_us(spans->hours, end_us - 1);
    if (!has_hours(spans) || closing_us == G_MININT64 || !add_from(spans, closing_us))
        add_day(spans, day_us);
}

static void add_month(const struct spans *spans, gint64 from_us, gint64 until_us)
{
    gint64 until = MIN(until_us, spans->now_us);
    if (has_hours(spans)) {
        for (gint64 at_us = hours_next_closing_us(spans->hours, from_us - 1); at_us < until;
             at_us = hours_next_closing_us(spans->hours, at_us)) {
            if (!add_from(spans, at_us))
                return;
        }
        return;
    }
    for (gint64 day_us = from_us; day_us + NOON_US < until;
         day_us = log_day_begin_us(spans->zone, day_us, 1))
        add_day(spans, day_us);
}

/* --- What was asked for ----------------------------------------------------------------------- */

static gboolean refuse(const char *what, GError **error)
{
    g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_USAGE, what);
    return FALSE;
}

static gboolean add_span(const struct spans *spans, const struct command_line *line, GError **error)
{
    gint64 from_us = 0;
    gint64 until_us = spans->now_us;
    if (!line->since)
        return refuse("--until goes with --since", error);
    if (!log_time_parse(line->since, spans->zone, spans->now_us, FALSE, &from_us, error) ||
        (line->until &&
         !log_time_parse(line->until, spans->zone, spans->now_us, TRUE, &until_us, error)))
        return FALSE;
    until_us = MIN(until_us, spans->now_us);
    if (from_us >= until_us)
        return refuse("--since: nothing lies between then and --until, or now", error);
    add(spans, from_us, until_us, FALSE);
    return TRUE;
}

static gboolean read_spans(const struct spans *spans, const struct command_line *line,
                           GError **error)
{
    gint64 from_us;
    gint64 until_us;
    gboolean span = (line->given & (OPTION_SINCE | OPTION_UNTIL)) != 0;
    if ((line->night != NULL) + (line->month != NULL) + span > 1)
        return refuse("--night, --month and --since are three ways to say when: give one", error);
    if (span)
        return add_span(spans, line, error);
    if (line->month) {
        if (!log_month_parse(line->month, spans->zone, spans->now_us, &from_us, &until_us, error))
            return FALSE;
        add_month(spans, from_us, until_us);
    } else if (line->night) {
        if (!log_day_parse(line->night, spans->zone, spans->now_us, &from_us, error))
            return FALSE;
        if (from_us > spans->now_us)
            return refuse("--night: that day is still to come", error);
        add_night_of(spans, from_us);
    } else {
        add_last(spans);
    }
    return TRUE;
}

/* --- To whom ---------------------------------------------------------------------------------- */

static guint terminal_width(const struct output *output)
{
    struct winsize size;
    int fd = output->terminal ? fileno(output->out) : -1;
    if (fd >= 0 && ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return WIDTH_UNLESS_KNOWN;
}

/* See no-color.org: any value but an empty one. */
static gboolean wants_colour(const struct output *output)
{
    const char *none = g_getenv("NO_COLOR");
    const char *terminal = g_getenv("TERM");
    return output->terminal && (!none || !*none) && terminal && strcmp(terminal, "dumb") != 0;
}

static gboolean tell(const struct command *command, const struct spans *spans, GError **error)
{
    const struct session *session = command->session;
    const struct output *output = command->output;
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GString) text = g_string_new(NULL);
    struct report_manner manner = {
        .zone = spans->zone,
        .cluster = session_cluster(session)->name,
        .tariff = &session->config->tariff,
        .currency = session->config->currency,
        .width = terminal_width(output),
        .ascii = !g_get_charset(NULL),
        .colour = wants_colour(output),
    };
    if (!reports_read(spans->reports, store_dir(session->store), notes, error))
        return FALSE;
    output_errors(output, notes);
    if (output->format != OUTPUT_TEXT) {
        records_print_free(report_records(spans->reports, &manner), output);
        return TRUE;
    }
    if (command->line->month)
        report_append_many(text, spans->reports, &manner);
    else
        report_append_one(text, spans->reports->pdata[0], &manner);
    output_text(output, text->str);
    return TRUE;
}

gboolean report_run(const struct command *command, GError **error)
{
    const struct session *session = command->session;
    struct spans spans = {.hours = session->hours, .now_us = log_now_us(session)};
    if (!session->store) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "this simulated lab keeps no record: give it a store, with -c FILE");
        return FALSE;
    }
    spans.now_us += CLOCK_SECOND_US; /* stamps are of whole seconds, and that one is not over */
    spans.zone = hours_zone(session->hours);
    spans.reports = g_ptr_array_new_with_free_func((GDestroyNotify)report_free);
    gboolean told = read_spans(&spans, command->line, error) && tell(command, &spans, error);
    g_ptr_array_unref(spans.reports);
    return told;
}
