#include "core/command/output.h"

#include <string.h>

#include "core/base/text.h"
#include "core/command/document.h"

#define GAP            "  "
#define ERASE_LINE     "\r\033[K"
#define PROGRESS_CELLS 78

static void print_escaped(FILE *stream, const char *text)
{
    g_autofree char *escaped = text_escape(text);
    fputs(escaped, stream);
    fputc('\n', stream);
    fflush(stream);
}

void output_line(const struct output *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    output_progress(output, NULL);
    if (!output->document)
        print_escaped(output->out, text);
}

void output_text(const struct output *output, const char *text)
{
    if (!output->document)
        fputs(text, output->out);
}

void output_error(const struct output *output, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    output_progress(output, NULL);
    fflush(output->out);
    fputs("roost: ", output->err);
    print_escaped(output->err, text);
}

void output_errors(const struct output *output, const GPtrArray *texts)
{
    for (guint i = 0; i < texts->len; i++)
        output_error(output, "%s", (const char *)texts->pdata[i]);
}

/* Where such a line stands now. A terminal is not written to for nothing: it may be stopped. */
static const FILE *progress_on;

void output_progress(const struct output *output, const char *text)
{
    if (!output->terminal || (!text && progress_on != output->out))
        return;
    progress_on = text ? output->out : NULL;
    fputs(ERASE_LINE, output->out);
    if (text) {
        g_autofree char *escaped = text_escape(text);
        g_autofree char *fitted = text_fit(escaped, PROGRESS_CELLS, FALSE);
        fputs(fitted, output->out);
    }
    fflush(output->out);
}

void output_begin(struct output *output, enum output_format format)
{
    output->format = format;
    output->document = format == OUTPUT_TEXT ? NULL : document_new(format);
}

void output_end(struct output *output)
{
    g_autofree char *text = output->document ? document_format(output->document) : NULL;
    output_progress(output, NULL);
    if (text)
        fputs(text, output->out);
    g_clear_pointer(&output->document, document_free);
    output->format = OUTPUT_TEXT;
}

/* --- Records ---------------------------------------------------------------------------------- */

struct records {
    const struct record_kind *kind;
    GPtrArray *rows; /* GStrv */
};

struct records *records_new(const struct record_kind *kind)
{
    struct records *records = g_new0(struct records, 1);
    records->kind = kind;
    records->rows = g_ptr_array_new_with_free_func((GDestroyNotify)g_strfreev);
    return records;
}

const char *record_text(const char *text)
{
    return text ? text : "";
}

void records_add(struct records *records, ...)
{
    g_autoptr(GStrvBuilder) row = g_strv_builder_new();
    const char *field;
    va_list fields;
    va_start(fields, records);
    while ((field = va_arg(fields, const char *))) {
        g_autofree char *escaped = text_escape(field);
        g_strv_builder_add(row, escaped);
    }
    va_end(fields);
    g_ptr_array_add(records->rows, g_strv_builder_end(row));
}

/* "-" stands for nothing. */
static const char *cell(char **row, guint column)
{
    return *row[column] ? row[column] : "-";
}

static gboolean is_hidden(const struct record_kind *kind, guint column)
{
    return kind && kind->fields[column].hidden;
}

/* For people: the fields' names, which tell the units too. NULL where the records speak for
 * themselves, or a program reads. */
static char **headings(const struct records *records, const struct output *output)
{
    if (!output->terminal || output->document || !records->kind || records->kind->says_itself ||
        records->rows->len == 0)
        return NULL;
    g_autoptr(GStrvBuilder) names = g_strv_builder_new();
    for (const struct record_field *field = records->kind->fields; field->name; field++) {
        g_autofree char *name = g_ascii_strup(field->heading ? field->heading : field->name, -1);
        g_strv_builder_add(names, name);
    }
    return g_strv_builder_end(names);
}

/* The cells that each column needs, in an array of guint. */
static GArray *measure(const struct records *records)
{
    GArray *widths = g_array_new(FALSE, TRUE, sizeof(guint));
    for (guint i = 0; i < records->rows->len; i++) {
        char **row = records->rows->pdata[i];
        for (guint column = 0; row[column]; column++) {
            if (column >= widths->len)
                g_array_set_size(widths, column + 1);
            guint *width = &g_array_index(widths, guint, column);
            *width = MAX(*width, text_width(cell(row, column)));
        }
    }
    return widths;
}

static void print_row(const struct record_kind *kind, char **row, const GArray *widths,
                      const struct output *output)
{
    guint gap = 0; /* after the cell before */
    for (guint column = 0; row[column]; column++) {
        const char *text = cell(row, column);
        if (is_hidden(kind, column))
            continue;
        if (column > 0 && output->terminal)
            fprintf(output->out, "%*s" GAP, (int)gap, "");
        else if (column > 0)
            fputc('\t', output->out);
        fputs(text, output->out);
        gap = g_array_index(widths, guint, column) - text_width(text);
    }
    fputc('\n', output->out);
}

void records_print_free(struct records *records, const struct output *output)
{
    char **names = headings(records, output);
    if (names)
        g_ptr_array_insert(records->rows, 0, names);
    g_autoptr(GArray) widths = measure(records);
    output_progress(output, NULL);
    for (guint i = 0; !output->document && i < records->rows->len; i++)
        print_row(records->kind, records->rows->pdata[i], widths, output);
    if (output->document && records->kind)
        document_take_rows(output->document, records->kind, g_steal_pointer(&records->rows));
    g_clear_pointer(&records->rows, g_ptr_array_unref);
    g_free(records);
}
