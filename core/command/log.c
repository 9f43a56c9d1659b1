/* log.c - the verb that shows the journal. */
#include "core/command/log.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/logfmt.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/log_time.h"
#include "core/store/journal.h"

#define FOLLOW_LINES 10
#define LINES_MOST   100000000

static const struct record_field log_fields[] = {
    {"time", RECORD_TEXT},   {"who", RECORD_TEXT},   {"what", RECORD_TEXT},
    {"object", RECORD_TEXT}, {"job", RECORD_NUMBER}, {"result", RECORD_TEXT},
    {"alarm", RECORD_FLAG},  {"text", RECORD_TEXT},  {NULL, RECORD_TEXT},
};
static const struct record_kind log_kind = {"log", "entry", log_fields, TRUE};
const struct record_kind *const log_kinds[] = {&log_kind, NULL};

static gboolean take_latest(const char *line, gpointer data)
{
    gint64 *latest_us = data;
    *latest_us = MAX(*latest_us, logfmt_line_time_us(line));
    return TRUE;
}

gint64 log_now_us(const struct session *session)
{
    gint64 now_us = clock_wall_us(session->clock);
    if (session->simulated && session->store)
        rotate_read(store_dir(session->store), JOURNAL_NAME, G_MAXINT64, take_latest, &now_us, NULL,
                    NULL);
    return now_us;
}

/* --- Which lines ------------------------------------------------------------------------------ */

static gboolean refuse(GError **error, const char *option, const char *value, const char *what)
{
    g_autofree char *shown = text_escape(value);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "%s %s: %s", option, shown, what);
    return FALSE;
}

static gboolean read_span(struct log_filter *filter, const struct command_line *line, gint64 now_us,
                          GError **error)
{
    filter->until_us = G_MAXINT64;
    if (line->since &&
        !log_time_parse(line->since, filter->zone, now_us, FALSE, &filter->since_us, error)) {
        g_prefix_error(error, "--since: ");
        return FALSE;
    }
    if (line->until &&
        !log_time_parse(line->until, filter->zone, now_us, TRUE, &filter->until_us, error)) {
        g_prefix_error(error, "--until: ");
        return FALSE;
    }
    if (filter->since_us > filter->until_us)
        return refuse(error, "--until", line->until, "is before --since");
    return TRUE;
}

static gboolean read_filter(struct log_filter *filter, const struct command *command,
                            GError **error)
{
    const struct command_line *line = command->line;
    g_autoptr(GError) cause = NULL;
    filter->zone = hours_zone(command->session->hours);
    filter->host = line->host;
    filter->vm = line->vm;
    filter->alarms = (line->given & OPTION_ALARMS) != 0;
    filter->lines = (line->given & OPTION_FOLLOW) != 0 ? FOLLOW_LINES : LINES_MOST;
    if (line->lines &&
        !g_ascii_string_to_unsigned(line->lines, 10, 0, LINES_MOST, &filter->lines, NULL))
        return refuse(error, "--lines", line->lines, "is not a whole number");
    if (line->grep && !g_utf8_validate(line->grep, -1, NULL))
        return refuse(error, "--grep", line->grep, "is not UTF-8");
    if (line->grep)
        filter->grep = g_regex_new(line->grep, G_REGEX_OPTIMIZE, 0, &cause);
    if (cause)
        return refuse(error, "--grep", line->grep, cause->message);
    return read_span(filter, line, log_now_us(command->session), error);
}

static gboolean is_word_letter(char c)
{
    return g_ascii_isalnum(c) || c == '-' || c == '_' || (guchar)c >= 0x80;
}

/* TRUE when `word` stands by itself in the text, and `before` right before it or (not) not. */
static gboolean has_word(const char *text, const char *word, const char *before, gboolean wanted)
{
    gsize length = strlen(word);
    for (const char *at = text; length > 0 && (at = strstr(at, word)); at++) {
        gsize place = (gsize)(at - text);
        gboolean follows =
            place >= strlen(before) && strncmp(at - strlen(before), before, strlen(before)) == 0;
        if ((at == text || !is_word_letter(at[-1])) && !is_word_letter(at[length]) &&
            follows == wanted)
            return TRUE;
    }
    return FALSE;
}

static const char *value_of(const struct logfmt *fields, const char *key)
{
    const char *value = fields ? logfmt_get(fields, key) : NULL;
    return value ? value : "";
}

/* A host and its clone may have one name: "vm pc40" is no word about the host pc40. */
static gboolean concerns(const struct log_filter *filter, const struct logfmt *fields)
{
    g_autofree char *vm = filter->vm ? text_escape(filter->vm) : NULL;
    g_autofree char *host = filter->host ? text_escape(filter->host) : NULL;
    g_autofree char *all =
        g_strdup_printf("%s: %s", value_of(fields, "object"), value_of(fields, "text"));
    return (!vm || has_word(all, vm, "vm ", TRUE)) && (!host || has_word(all, host, "vm ", FALSE));
}

/* --- One line --------------------------------------------------------------------------------- */

static char *format_time(const struct log_filter *filter, gint64 time_us, gboolean terminal)
{
    if (time_us < 0)
        return g_strdup("");
    return log_time_format(filter->zone, time_us,
                           terminal ? "%Y-%m-%d %H:%M:%S" : "%Y-%m-%dT%H:%M:%S%:z");
}

struct log_row *log_row_new(const struct log_filter *filter, const char *line, gboolean terminal)
{
    autoptr(logfmt) fields = logfmt_parse(line);
    gint64 time_us = fields ? logfmt_time_us(fields) : -1;
    gboolean alarm = strcmp(value_of(fields, "alarm"), "yes") == 0;
    if (time_us >= 0 && (time_us < filter->since_us || time_us > filter->until_us))
        return NULL;
    if ((filter->alarms && !alarm) || !concerns(filter, fields))
        return NULL;
    autoptr(log_row) row = g_new0(struct log_row, 1);
    row->cells[LOG_TIME] = format_time(filter, time_us, terminal);
    row->cells[LOG_WHO] = text_escape(value_of(fields, "who"));
    row->cells[LOG_WHAT] = text_escape(value_of(fields, "what"));
    row->cells[LOG_OBJECT] = text_escape(value_of(fields, "object"));
    row->cells[LOG_JOB] = text_escape(value_of(fields, "job"));
    row->cells[LOG_RESULT] = text_escape(value_of(fields, "result"));
    row->cells[LOG_ALARM] = g_strdup(alarm ? "yes" : "no");
    /* A damaged line is shown as it is: it may be what is looked for. */
    row->cells[LOG_TEXT] = text_escape(fields ? value_of(fields, "text") : line);
    g_autofree char *whole = g_strjoinv(" ", row->cells);
    if (filter->grep && !g_regex_match(filter->grep, whole, 0, NULL))
        return NULL;
    return g_steal_pointer(&row);
}

void log_row_free(struct log_row *row)
{
    if (!row)
        return;
    for (guint i = 0; i < LOG_N_CELLS; i++)
        g_free(row->cells[i]);
    g_free(row);
}

void log_print(GQueue *rows, const struct output *output)
{
    struct records *records = records_new(&log_kind);
    struct log_row *row;
    while ((row = g_queue_pop_head(rows))) {
        records_add(records, row->cells[0], row->cells[1], row->cells[2], row->cells[3],
                    row->cells[4], row->cells[5], row->cells[6], row->cells[7], NULL);
        log_row_free(row);
    }
    records_print_free(records, output);
}

/* --- All of them ------------------------------------------------------------------------------ */

struct log_reading {
    const struct log_filter *filter;
    gboolean terminal;
    GQueue rows; /* struct log_row *, the last ones */
};

static gboolean take_line(const char *line, gpointer data)
{
    struct log_reading *reading = data;
    struct log_row *row = log_row_new(reading->filter, line, reading->terminal);
    if (!row)
        return TRUE;
    g_queue_push_tail(&reading->rows, row);
    if (reading->rows.length > reading->filter->lines)
        log_row_free(g_queue_pop_head(&reading->rows));
    return TRUE;
}

static void tell_empty(const struct command *command, const char *dir)
{
    if (command->output->terminal && command->output->format == OUTPUT_TEXT)
        output_line(command->output, "nothing of the kind is in %s/" JOURNAL_NAME ".log", dir);
}

static gboolean show(const struct command *command, const struct log_filter *filter, GError **error)
{
    const char *dir = store_dir(command->session->store);
    gboolean follows = (command->line->given & OPTION_FOLLOW) != 0;
    g_autoptr(GPtrArray) notes = g_ptr_array_new_with_free_func(g_free);
    struct log_reading reading = {
        .filter = filter,
        .terminal = command->output->terminal && command->output->format == OUTPUT_TEXT,
    };
    g_queue_init(&reading.rows);
    autoptr(rotate_follower) follower =
        rotate_follower_new(dir, JOURNAL_NAME, filter->since_us, take_line, &reading, notes, error);
    output_errors(command->output, notes);
    if (!follower) {
        g_queue_clear_full(&reading.rows, (GDestroyNotify)log_row_free);
        return FALSE;
    }
    if (reading.rows.length == 0 && !follows)
        tell_empty(command, dir);
    log_print(&reading.rows, command->output);
    if (follows)
        log_follow(command->session, command->output, dir, filter, follower);
    return TRUE;
}

static gboolean check(const struct command *command, GError **error)
{
    if (!command->session->store) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "this simulated lab keeps no journal: give it a store, with -c FILE");
        return FALSE;
    }
    if ((command->line->given & OPTION_FOLLOW) != 0 && command->output->format != OUTPUT_TEXT) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "--follow has no end, and goes with text only");
        return FALSE;
    }
    return TRUE;
}

gboolean log_run(const struct command *command, GError **error)
{
    struct log_filter filter = {0};
    if (command->line->given & OPTION_FOLLOW && command->output->format != OUTPUT_TEXT) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                            "--follow: a document that has no end can only be text");
        return FALSE;
    }
    gboolean shown = check(command, error) && read_filter(&filter, command, error) &&
                     show(command, &filter, error);
    if (filter.grep)
        g_regex_unref(filter.grep);
    return shown;
}
