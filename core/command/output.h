/*
 * output.h - what the verbs print: one record a line, safe whatever names are in it.
 *
 * Records are aligned with spaces on a terminal and have one tab between fields elsewhere, for
 * cut and awk. Fields are escaped here, never empty ("-" stands for nothing), and always in the
 * order that `roost help VERB` tells. The same records are XML or JSON where that was asked for:
 * then a verb prints nothing but them. Thread: main.
 */
#ifndef ROOST_COMMAND_OUTPUT_H
#define ROOST_COMMAND_OUTPUT_H

#include <glib.h>
#include <stdio.h>

enum output_format {
    OUTPUT_TEXT,
    OUTPUT_XML,
    OUTPUT_JSON,
};

struct document;

struct output {
    FILE *out;
    FILE *err;
    gboolean terminal;         /* out is one: align under headings, show progress */
    enum output_format format; /* of records; all else is text */
    struct document *document; /* what records go to, unless they are text */
};

/*
 * From now on, until output_end, records are in this format. output_end prints what there is: a
 * document when a verb printed records, be they none; nothing when it printed none at all.
 */
void output_begin(struct output *output, enum output_format format);
void output_end(struct output *output);

/* A line on out; the text is escaped as a whole. Nothing beside a document. */
void output_line(const struct output *output, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* Many lines on out, made by us, as they are. */
void output_text(const struct output *output, const char *text);

/* "roost: ..." on err, escaped. */
void output_error(const struct output *output, const char *format, ...) G_GNUC_PRINTF(2, 3);

/* The same with each of the texts (char *): warnings of a file, or notes of what was read. */
void output_errors(const struct output *output, const GPtrArray *texts);

/* On a terminal: a line that the next one replaces. Elsewhere nothing. NULL takes it away. */
void output_progress(const struct output *output, const char *text);

/* What a field of a record is, where text is not all there is. */
enum record_type {
    RECORD_TEXT,
    RECORD_NUMBER, /* as it is printed; all else, such as "-", is nothing */
    RECORD_FLAG,   /* "yes" or "no" */
    RECORD_LIST,   /* "a,b"; "" has none; "?" is not known, and nothing */
    RECORD_PAIR,   /* "3/8": two numbers, of which the second has a name of its own */
};

struct record_field {
    const char *name; /* "mem-mib": XML's and JSON's; text has only the order */
    enum record_type type;
    const char *help;    /* a few words, for roost help; NULL = the name says it all */
    const char *second;  /* RECORD_PAIR: the name of the second number */
    gboolean hidden;     /* not in text, where it would be too much */
    const char *heading; /* on a terminal; NULL = the name, in capitals */
};

/* The kinds of records there are; each verb that lists has its own, which is not to change. */
struct record_kind {
    const char *set;                   /* "hosts": the XML element, and JSON member, around them */
    const char *one;                   /* "host": the XML element of one */
    const struct record_field *fields; /* ends with one whose name is NULL */
    gboolean says_itself;              /* its records need no names above their columns */
};

/* Records, kept until they can be aligned. `kind` is static; NULL for what is never but text. */
struct records;
struct records *records_new(const struct record_kind *kind);

/* Adds a record of strings, one for each field in order, hidden ones too, up to NULL; copied. */
void records_add(struct records *records, ...) G_GNUC_NULL_TERMINATED;

/* The text, or "" for NULL, which would end a record. */
const char *record_text(const char *text);

/* Prints them and frees the lot; on a terminal under headings. */
void records_print_free(struct records *records, const struct output *output);

#endif
