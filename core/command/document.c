#include "core/command/document.h"

#include <libxml/xmlwriter.h>
#include <string.h>

struct set {
    const struct record_kind *kind;
    GPtrArray *rows; /* GStrv, owned */
};

struct document {
    enum output_format format;
    GArray *sets; /* struct set */
};

gboolean output_format_parse(const char *name, enum output_format *format)
{
    static const char *const names[] = {"text", "xml", "json"};
    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *format = (enum output_format)i;
            return TRUE;
        }
    }
    return FALSE;
}

static void set_clear(gpointer data)
{
    struct set *set = data;
    g_ptr_array_unref(set->rows);
}

struct document *document_new(enum output_format format)
{
    struct document *document = g_new0(struct document, 1);
    document->format = format;
    document->sets = g_array_new(FALSE, FALSE, sizeof(struct set));
    g_array_set_clear_func(document->sets, set_clear);
    return document;
}

void document_free(struct document *document)
{
    if (!document)
        return;
    g_array_unref(document->sets);
    g_free(document);
}

void document_take_rows(struct document *document, const struct record_kind *kind, GPtrArray *rows)
{
    for (guint i = 0; i < document->sets->len; i++) {
        struct set *set = &g_array_index(document->sets, struct set, i);
        if (strcmp(set->kind->set, kind->set) == 0) {
            g_ptr_array_extend_and_steal(set->rows, rows);
            return;
        }
    }
    struct set set = {kind, rows};
    g_array_append_val(document->sets, set);
}

/* --- Fields ----------------------------------------------------------------------------------- */

/* A number as JSON writes it: no other text may pass for one. */
static gboolean is_number(const char *text)
{
    const char *at = text + (*text == '-' ? 1 : 0);
    if (!g_ascii_isdigit(*at) || (at[0] == '0' && g_ascii_isdigit(at[1])))
        return FALSE;
    while (g_ascii_isdigit(*at))
        at++;
    if (*at == '.' && !g_ascii_isdigit(*++at))
        return FALSE;
    while (g_ascii_isdigit(*at))
        at++;
    return *at == '\0';
}

/* Where "3/8" is parted; NULL when it is no pair. */
static const char *find_parting(const char *text)
{
    return strchr(text, '/');
}

typedef void (*value_func)(gpointer into, const char *name, enum record_type type,
                           const char *value);

/* `put` gets each value with its name; NULL for nothing. A pair is two numbers. */
static void each_value(const struct record_kind *kind, char **row, value_func put, gpointer into)
{
    for (guint i = 0; kind->fields[i].name && row[i]; i++) {
        const struct record_field *field = &kind->fields[i];
        const char *parting = field->type == RECORD_PAIR ? find_parting(row[i]) : NULL;
        gboolean nothing = field->type == RECORD_LIST ? strcmp(row[i], "?") == 0 : !*row[i];
        if (field->type != RECORD_PAIR) {
            gboolean number = field->type != RECORD_NUMBER || is_number(row[i]);
            put(into, field->name, field->type, nothing || !number ? NULL : row[i]);
            continue;
        }
        g_autofree char *first =
            parting ? g_strndup(row[i], (gsize)(parting - row[i])) : g_strdup(row[i]);
        const char *second = parting ? parting + 1 : "";
        put(into, field->name, RECORD_NUMBER, is_number(first) ? first : NULL);
        put(into, field->second, RECORD_NUMBER, is_number(second) ? second : NULL);
    }
}

/* --- XML -------------------------------------------------------------------------------------- */

static void put_attribute(gpointer into, const char *name, G_GNUC_UNUSED enum record_type type,
                          const char *value)
{
    if (value)
        xmlTextWriterWriteAttribute(into, BAD_CAST name, BAD_CAST value);
}

static char *format_xml(const struct document *document)
{
    xmlBufferPtr buffer = xmlBufferCreate();
    xmlTextWriterPtr writer = xmlNewTextWriterMemory(buffer, 0);
    xmlTextWriterSetIndent(writer, 1);
    xmlTextWriterSetIndentString(writer, BAD_CAST "  ");
    xmlTextWriterStartDocument(writer, NULL, "UTF-8", NULL);
    xmlTextWriterStartElement(writer, BAD_CAST "roost");
    xmlTextWriterWriteFormatAttribute(writer, BAD_CAST "version", "%d", DOCUMENT_VERSION);
    for (guint i = 0; i < document->sets->len; i++) {
        const struct set *set = &g_array_index(document->sets, struct set, i);
        xmlTextWriterStartElement(writer, BAD_CAST set->kind->set);
        for (guint j = 0; j < set->rows->len; j++) {
            xmlTextWriterStartElement(writer, BAD_CAST set->kind->one);
            each_value(set->kind, set->rows->pdata[j], put_attribute, writer);
            xmlTextWriterEndElement(writer);
        }
        xmlTextWriterEndElement(writer);
    }
    xmlTextWriterEndDocument(writer);
    xmlFreeTextWriter(writer);
    char *text = g_strdup((const char *)xmlBufferContent(buffer));
    xmlBufferFree(buffer);
    return text;
}

/* --- JSON ------------------------------------------------------------------------------------- */

/* Fields were escaped as text is: they are UTF-8 without control characters. */
static void append_string(GString *json, const char *text)
{
    g_string_append_c(json, '"');
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            g_string_append_c(json, '\\');
        g_string_append_c(json, *text);
    }
    g_string_append_c(json, '"');
}

static void append_list(GString *json, const char *text)
{
    g_auto(GStrv) items = g_strsplit(text, ",", -1);
    g_string_append_c(json, '[');
    for (char **item = items; *item; item++) {
        g_string_append(json, item == items ? "" : ", ");
        append_string(json, *item);
    }
    g_string_append_c(json, ']');
}

static void put_member(gpointer into, const char *name, enum record_type type, const char *value)
{
    GString *json = into;
    g_string_append(json, json->str[json->len - 1] == '{' ? "" : ", ");
    append_string(json, name);
    g_string_append(json, ": ");
    if (!value)
        g_string_append(json, "null");
    else if (type == RECORD_NUMBER)
        g_string_append(json, value);
    else if (type == RECORD_FLAG)
        g_string_append(json, strcmp(value, "yes") == 0 ? "true" : "false");
    else if (type == RECORD_LIST)
        append_list(json, value);
    else
        append_string(json, value);
}

static char *format_json(const struct document *document)
{
    GString *json = g_string_new(NULL);
    g_string_append_printf(json, "{\n  \"version\": %d", DOCUMENT_VERSION);
    for (guint i = 0; i < document->sets->len; i++) {
        const struct set *set = &g_array_index(document->sets, struct set, i);
        g_string_append_printf(json, ",\n  \"%s\": [", set->kind->set);
        for (guint j = 0; j < set->rows->len; j++) {
            g_string_append(json, j ? ",\n    {" : "\n    {");
            each_value(set->kind, set->rows->pdata[j], put_member, json);
            g_string_append_c(json, '}');
        }
        g_string_append(json, set->rows->len ? "\n  ]" : "]");
    }
    g_string_append(json, "\n}\n");
    return g_string_free(json, FALSE);
}

char *document_format(const struct document *document)
{
    if (document->sets->len == 0)
        return NULL;
    return document->format == OUTPUT_XML ? format_xml(document) : format_json(document);
}
