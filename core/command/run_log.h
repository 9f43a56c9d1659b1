/*
 * run_log.h - what a manager without a screen says: a line on stderr for each thing.
 *
 * Under systemd each line begins with its priority, "<6>", and the journal has the time; elsewhere
 * it begins with the time. Names are escaped. Thread: main.
 */
#ifndef ROOST_COMMAND_RUN_LOG_H
#define ROOST_COMMAND_RUN_LOG_H

#include <glib.h>

#include "core/command/output.h"
#include "core/engine/engine.h"

enum run_log_level { /* as syslog(3) has them */
    RUN_LOG_ERROR = 3,
    RUN_LOG_WARNING = 4,
    RUN_LOG_NOTICE = 5,
    RUN_LOG_INFO = 6,
};

void run_log(const struct output *output, enum run_log_level level, const char *format, ...)
    G_GNUC_PRINTF(3, 4);

/* An entry of the journal; alarms and failures stand out. */
void run_log_entry(const struct output *output, const struct journal_entry *entry);

#endif
