/*
 * logfmt.h - lines of key=value, as text_append_logfmt writes them, read again.
 *
 * The lines come from files that others can write: anything may be in them. Thread: any.
 */
#ifndef ROOST_BASE_LOGFMT_H
#define ROOST_BASE_LOGFMT_H

#include <glib.h>

#include "core/base/cleanup.h"

struct logfmt;

/* Takes a line apart; NULL when it is not of this form. Of a key that comes twice, the first. */
struct logfmt *logfmt_parse(const char *line);
void logfmt_free(struct logfmt *fields);
AUTOPTR_DEFINE(logfmt)

/* The value, or NULL. Borrowed from `fields`. */
const char *logfmt_get(const struct logfmt *fields, const char *key);

/* The value as a number; `otherwise` when there is none, or it is no finite number. */
double logfmt_number(const struct logfmt *fields, const char *key, double otherwise);

/* Its time= in microseconds since the epoch; -1 when it has none that can be read. */
gint64 logfmt_time_us(const struct logfmt *fields);

/* The same of a line, without taking all of it apart. */
gint64 logfmt_line_time_us(const char *line);

/* Appends time=..., in UTC to the second. */
void logfmt_append_time(GString *line, gint64 wall_us);

#endif
