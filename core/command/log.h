/*
 * log.h - the parts of `roost log`: which lines of the journal, and how they are shown.
 *
 * The journal was written by others: all of it is escaped. Thread: main.
 */
#ifndef ROOST_COMMAND_LOG_H
#define ROOST_COMMAND_LOG_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/command/output.h"
#include "core/command/session.h"
#include "core/command/verb.h"
#include "core/store/rotate_read.h"

struct log_filter {
    GTimeZone *zone; /* borrowed, as the names */
    gint64 since_us;
    gint64 until_us;
    const char *host; /* NULL = all */
    const char *vm;
    GRegex *grep;
    gboolean alarms;
    guint64 lines; /* the last so many */
};

enum log_cell {
    LOG_TIME,
    LOG_WHO,
    LOG_WHAT,
    LOG_OBJECT,
    LOG_JOB,
    LOG_RESULT,
    LOG_ALARM,
    LOG_TEXT,
    LOG_N_CELLS,
};

/* One line as it is shown, NULL-terminated. */
struct log_row {
    char *cells[LOG_N_CELLS + 1];
};

/* NULL when the filter leaves it out. */
struct log_row *log_row_new(const struct log_filter *filter, const char *line, gboolean terminal);
void log_row_free(struct log_row *row);
AUTOPTR_DEFINE(log_row)

/*
 * The time that "now", "2h" and "last night" are reckoned from: that of the session's clock. A
 * simulated one begins anew with each run, so there it is the last that was recorded, if later.
 */
gint64 log_now_us(const struct session *session);

/* Prints rows (struct log_row *) and frees them. */
void log_print(GQueue *rows, const struct output *output);

/* Goes on with what is written, until ^C, SIGTERM, session_interrupt, or until nobody reads it any
 * more. */
void log_follow(const struct session *session, const struct output *output, const char *dir,
                const struct log_filter *filter, struct rotate_follower *follower);

#endif
