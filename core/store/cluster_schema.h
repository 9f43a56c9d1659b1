/*
 * cluster_schema.h - the attributes of <host> and <vm>, in one table each, for the reader and the
 * writer of ClusterInfo.xml. Private to core/store. Thread: any; the tables are constant.
 */
#ifndef ROOST_STORE_CLUSTER_SCHEMA_H
#define ROOST_STORE_CLUSTER_SCHEMA_H

#include <glib.h>

#define SCHEMA_VERSION         1
#define SCHEMA_TEXT_BYTES_MOST 1024

/* Digits that a number may have, leading zeros and all. */
#define SCHEMA_DIGITS_MOST 18

enum field_kind {
    FIELD_NAME,    /* char *, of a host or VM: read before all else, as text_check_name has it */
    FIELD_ADDRESS, /* char *, numeric: likewise */
    FIELD_TEXT,    /* char *; NULL = not written */
    FIELD_MAC,     /* char *, lower case aa:bb:cc:dd:ee:ff */
    FIELD_IP,      /* char *, a numeric address */
    FIELD_LIST,    /* char **, words between blanks */
    FIELD_COUNT,   /* guint; 0 = not written */
    FIELD_MIB,     /* guint64 in KiB, written in MiB when that is exact; 0 = not written */
    FIELD_KIB,     /* the same, in KiB */
    FIELD_THOUSANDTHS, /* gint, written as a decimal; -1 = not written */
    FIELD_FLAG,        /* gboolean, "yes" or "no"; not written when it is `most`, its default */
    FIELD_WORD,        /* an enum; its words in the order of its values */
    FIELD_IGNORED,     /* known, but of no use to a reader */
};

enum field_use {
    FIELD_KEPT, /* belongs to the host or VM */
    FIELD_LIVE, /* true for a moment only: not in Nodes/ADDRESS.xml */
    FIELD_READ, /* read, never written */
};

struct field {
    const char *name;
    enum field_kind kind;
    enum field_use use;
    gsize offset;             /* in struct host or struct vm */
    guint64 most;             /* greatest value, in the unit it is kept in */
    const char *const *words; /* FIELD_WORD: NULL-terminated */
    gboolean always;          /* FIELD_WORD: written even when it is the first word */
};

/* Both end with a field whose name is NULL. The first ones are `name` (and `address`). */
extern const struct field schema_host_fields[];
extern const struct field schema_vm_fields[];

/*
 * The published schema, XML Schema, made from these tables: what it forbids, the reader refuses or
 * leaves out with a warning. Free with g_free.
 */
char *schema_format_xsd(void);

/* The field of that name, or NULL. */
const struct field *schema_find(const struct field *fields, const char *name);

/*
 * Puts a value into the field of object. FALSE, and a sentence without the file or the name in
 * ROOST_ERROR_INPUT, when the value cannot be used; the object is as before.
 */
gboolean schema_read(const struct field *field, gpointer object, const char *value, GError **error);

/* Appends ' name="value"', escaped for XML, unless the field has nothing to say. */
void schema_write(const struct field *field, gconstpointer object, GString *out);

/* Appends text as the inside of an attribute; what XML 1.0 cannot carry becomes \u{NNNN}. */
void schema_append_escaped(GString *out, const char *text);

#endif
