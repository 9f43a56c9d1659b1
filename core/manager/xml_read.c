#include "core/manager/xml_read.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/cluster_schema.h"

/* Of attributes, in all: many short ones may be as bad as a long one. */
#define DEPTH_MOST 8

struct xml_attributes {
    const xmlChar **items; /* as SAX2 hands them over: five pointers each */
    int count;
};

struct reader {
    const char *label;
    xmlParserCtxtPtr context;
    xml_element_func func;
    gpointer data;
    guint depth;
    gboolean seen_root;
    GError *failure;
};

/* --- Writing ---------------------------------------------------------------------------------- */

void xml_write_text(GString *out, const char *name, const char *value)
{
    g_autofree char *cut = NULL;
    const char *end;
    if (strlen(value) > XML_TEXT_BYTES_MOST) {
        cut = g_strndup(value, XML_TEXT_BYTES_MOST);
        if (!g_utf8_validate(cut, -1, &end))
            cut[end - cut] = '\0';
    }
    g_string_append_printf(out, " %s=\"", name);
    schema_append_escaped(out, cut ? cut : value);
    g_string_append_c(out, '"');
}

static void write_number(GString *out, const struct xml_field *field, gconstpointer member)
{
    if (field->kind == XML_UINT && *(const guint *)member != 0)
        g_string_append_printf(out, " %s=\"%u\"", field->name, *(const guint *)member);
    else if (field->kind == XML_UINT64 && *(const guint64 *)member != 0)
        g_string_append_printf(out, " %s=\"%" G_GUINT64_FORMAT "\"", field->name,
                               *(const guint64 *)member);
    else if (field->kind == XML_INT64 && *(const gint64 *)member != 0)
        g_string_append_printf(out, " %s=\"%" G_GINT64_FORMAT "\"", field->name,
                               *(const gint64 *)member);
    else if (field->kind == XML_INT)
        g_string_append_printf(out, " %s=\"%d\"", field->name, *(const gint *)member);
}

void xml_write_fields(GString *out, const struct xml_field *fields, gconstpointer object)
{
    for (const struct xml_field *field = fields; field->name; field++) {
        gconstpointer member = (const char *)object + field->offset;
        switch (field->kind) {
        case XML_TEXT:
            if (*(char *const *)member)
                xml_write_text(out, field->name, *(char *const *)member);
            break;
        case XML_FLAG:
            if (*(const gboolean *)member)
                g_string_append_printf(out, " %s=\"yes\"", field->name);
            break;
        case XML_WORD:
            g_string_append_printf(out, " %s=\"%s\"", field->name,
                                   field->words[*(const guint *)member]);
            break;
        default:
            write_number(out, field, member);
            break;
        }
    }
}

/* --- Attributes ------------------------------------------------------------------------------- */

/* SAX2 leaves "&" as "&#38;" in a value unless entities are expanded, which we never ask for. */
static char *value_of(const xmlChar **item)
{
    g_autoptr(GString) value = g_string_new_len((const char *)item[3], item[4] - item[3]);
    g_string_replace(value, "&#38;", "&", 0);
    return g_string_free(g_steal_pointer(&value), FALSE);
}

gboolean xml_each(const struct xml_attributes *attributes, xml_attribute_func func, gpointer data)
{
    for (int i = 0; i < attributes->count; i++) {
        const xmlChar **item = attributes->items + (gsize)5 * (gsize)i;
        g_autofree char *value = value_of(item);
        if (!item[1] && !func((const char *)item[0], value, data))
            return FALSE;
    }
    return TRUE;
}

char *xml_find(const struct xml_attributes *attributes, const char *name)
{
    for (int i = 0; i < attributes->count; i++) {
        const xmlChar **item = attributes->items + (gsize)5 * (gsize)i;
        if (!item[1] && strcmp((const char *)item[0], name) == 0)
            return value_of(item);
    }
    return NULL;
}

static gboolean read_word(const char *value, const char *const *words, guint *number)
{
    for (guint i = 0; words[i]; i++) {
        if (strcmp(words[i], value) == 0) {
            *number = i;
            return TRUE;
        }
    }
    return FALSE;
}

static gboolean read_value(const struct xml_field *field, gpointer member, const char *value)
{
    guint64 whole;
    gint64 number;
    switch (field->kind) {
    case XML_TEXT:
        if (strlen(value) > XML_TEXT_BYTES_MOST * 2)
            return FALSE;
        g_free(*(char **)member);
        *(char **)member = g_strdup(value);
        return TRUE;
    case XML_UINT:
        if (!g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT, &whole, NULL))
            return FALSE;
        *(guint *)member = (guint)whole;
        return TRUE;
    case XML_UINT64:
        return g_ascii_string_to_unsigned(value, 10, 0, G_MAXUINT64, member, NULL);
    case XML_INT64:
        /* No time or amount comes near this; sums of two of them stay in range. */
        return g_ascii_string_to_signed(value, 10, G_MININT64 / 4, G_MAXINT64 / 4, member, NULL);
    case XML_INT:
        if (!g_ascii_string_to_signed(value, 10, G_MININT, G_MAXINT, &number, NULL))
            return FALSE;
        *(gint *)member = (gint)number;
        return TRUE;
    case XML_FLAG:
        *(gboolean *)member = strcmp(value, "yes") == 0;
        return *(gboolean *)member || strcmp(value, "no") == 0;
    case XML_WORD:
        return read_word(value, field->words, member);
    }
    return FALSE;
}

gboolean xml_read_fields(const struct xml_attributes *attributes, const struct xml_field *fields,
                         gpointer object, GError **error)
{
    gboolean read = TRUE;
    for (const struct xml_field *field = fields; field->name; field++) {
        g_autofree char *value = xml_find(attributes, field->name);
        if (!value || read_value(field, (char *)object + field->offset, value))
            continue;
        g_autofree char *escaped = text_escape(value);
        g_autofree char *shown = text_fit(escaped, 40, FALSE);
        if (read)
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s=\"%s\" cannot be used",
                        field->name, shown);
        read = FALSE;
    }
    return read;
}

/* --- Documents -------------------------------------------------------------------------------- */

static void fail(struct reader *reader, int line, const char *message)
{
    if (!reader->failure)
        reader->failure =
            g_error_new(ROOST_ERROR, ROOST_ERROR_INPUT, "%s:%d: %s", reader->label, line, message);
    xmlStopParser(reader->context);
}

static int line_of(const struct reader *reader)
{
    return reader->context->input ? reader->context->input->line : 1;
}

static void on_start(void *data, const xmlChar *name, G_GNUC_UNUSED const xmlChar *prefix,
                     G_GNUC_UNUSED const xmlChar *uri, G_GNUC_UNUSED int n_namespaces,
                     G_GNUC_UNUSED const xmlChar **namespaces, int n_attributes,
                     G_GNUC_UNUSED int n_defaulted, const xmlChar **items)
{
    struct reader *reader = data;
    struct xml_attributes attributes = {items, n_attributes};
    g_autoptr(GError) error = NULL;
    if (reader->failure)
        return;
    reader->seen_root = TRUE;
    if (reader->depth >= DEPTH_MOST)
        fail(reader, line_of(reader), "is nested too deep");
    else if (!reader->func((const char *)name, reader->depth, &attributes, reader->data, &error))
        fail(reader, line_of(reader), error->message);
    reader->depth++;
}

static void on_end(void *data, G_GNUC_UNUSED const xmlChar *name,
                   G_GNUC_UNUSED const xmlChar *prefix, G_GNUC_UNUSED const xmlChar *uri)
{
    struct reader *reader = data;
    if (reader->depth > 0)
        reader->depth--;
}

static void on_doctype(void *data, G_GNUC_UNUSED const xmlChar *name,
                       G_GNUC_UNUSED const xmlChar *external, G_GNUC_UNUSED const xmlChar *system)
{
    struct reader *reader = data;
    fail(reader, line_of(reader), "a DOCTYPE (and so any entity) is not allowed here");
}

static void on_error(void *data, xmlErrorPtr problem)
{
    struct reader *reader = data;
    g_autofree char *message = g_strdup(problem->message ? problem->message : "");
    g_autofree char *text = text_escape(g_strchomp(message));
    if (problem->level == XML_ERR_FATAL)
        fail(reader, problem->line, text);
}

gboolean xml_read(const char *label, const char *bytes, gsize length, xml_element_func func,
                  gpointer data, GError **error)
{
    struct reader reader = {.label = label, .func = func, .data = data};
    reader.context = xmlNewParserCtxt();
    *reader.context->sax = (xmlSAXHandler){
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .internalSubset = on_doctype,
        .serror = on_error,
    };
    reader.context->userData = &reader;
    /* No NOENT, no DTDLOAD, no HUGE: what a hostile document could grow by stays off. */
    if (length > 0 && length <= G_MAXINT)
        xmlCtxtReadMemory(reader.context, bytes, (int)length, NULL, NULL, XML_PARSE_NONET);
    if (!reader.failure && !(reader.context->wellFormed && reader.seen_root))
        fail(&reader, line_of(&reader), "is not whole XML");
    xmlFreeParserCtxt(reader.context);
    if (!reader.failure)
        return TRUE;
    g_propagate_error(error, reader.failure);
    return FALSE;
}
