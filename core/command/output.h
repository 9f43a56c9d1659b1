/*
 * output.h - what the verbs print: one record a line, safe whatever names are in it.
 *
 * Records are aligned with spaces on a terminal and have one tab between fields elsewhere, for
 * cut and awk. Fields are escaped here, never empty ("-" stands for nothing), and always in the
 * order that `roost help VERB` tells. Thread: main.
 */
#ifndef ROOST_COMMAND_OUTPUT_H
#define ROOST_COMMAND_OUTPUT_H

#include <glib.h>
#include <stdio.h>

struct output {
    FILE *out;
    FILE *err;
    gboolean terminal; /* out is one: align, show progress */
};

/* A line on out; the text is escaped as a whole. */
void output_line(const struct output *output, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Many lines on out, made by us, as they are. */
void output_text(const struct output *output, const char *text);

/* "roost: ..." on err, escaped. */
void output_error(const struct output *output, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* On a terminal: a line that the next one replaces. Elsewhere nothing. NULL takes it away. */
void output_progress(const struct output *output, const char *text);

/* Records, kept until they can be aligned. */
struct records;
struct records *records_new(void);

/* Adds a record of strings up to NULL, copied. */
void records_add(struct records *records, ...) G_GNUC_NULL_TERMINATED;

/* Prints them and frees the lot. */
void records_print_free(struct records *records, const struct output *output);

#endif
