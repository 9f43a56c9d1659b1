/*
 * xml_read.h - the small XML documents that managers and their followers exchange, read and
 * written by tables of attributes.
 *
 * What is read was written by another process, perhaps another version, perhaps an enemy of this
 * one: parsed by libxml2 as a stream, without network, entities, DTDs or huge nodes, and taken for
 * no more than its attributes say. Thread: any.
 */
#ifndef ROOST_MANAGER_XML_READ_H
#define ROOST_MANAGER_XML_READ_H

#include <glib.h>

#define XML_TEXT_BYTES_MOST 4096 /* of one attribute; longer ones are cut when written */

enum xml_kind {
    XML_TEXT,   /* char *; NULL = not written */
    XML_UINT,   /* guint; 0 = not written, as for the rest */
    XML_UINT64, /* guint64 */
    XML_INT64,  /* gint64 */
    XML_INT,    /* gint, always written */
    XML_FLAG,   /* gboolean, "yes" */
    XML_WORD,   /* an enum, always written; its words in the order of its values */
};

struct xml_field {
    const char *name;
    enum xml_kind kind;
    gsize offset;
    const char *const *words; /* NULL-terminated */
};

/* Appends ' name="value"' for each field of object. The table ends with one without a name. */
void xml_write_fields(GString *out, const struct xml_field *fields, gconstpointer object);

/* Appends ' name="value"', escaped. */
void xml_write_text(GString *out, const char *name, const char *value);

/* The attributes of one start tag; to be read while the callback runs. */
struct xml_attributes;

/* The value of an attribute, or NULL. Free with g_free. */
char *xml_find(const struct xml_attributes *attributes, const char *name);

/* Calls func(name, value) for each; FALSE as soon as it returns FALSE. */
typedef gboolean (*xml_attribute_func)(const char *name, const char *value, gpointer data);
gboolean xml_each(const struct xml_attributes *attributes, xml_attribute_func func, gpointer data);

/*
 * Fills object from those attributes that the table has. FALSE and ROOST_ERROR_INPUT, a sentence
 * with the attribute's name, when one of them cannot be read; it is left as it was, the others are
 * read.
 */
gboolean xml_read_fields(const struct xml_attributes *attributes, const struct xml_field *fields,
                         gpointer object, GError **error);

/*
 * Is told each start tag (depth 0 = the root). FALSE with an error ends the reading; so do a root
 * that it refuses, and whatever libxml2 finds wrong. Elements below one it does not know are told
 * as well, with their depth.
 */
typedef gboolean (*xml_element_func)(const char *name, guint depth,
                                     const struct xml_attributes *attributes, gpointer data,
                                     GError **error);

/* `label` names the document in errors: "LABEL:LINE: ...". */
gboolean xml_read(const char *label, const char *bytes, gsize length, xml_element_func func,
                  gpointer data, GError **error);

#endif
