/*
 * cluster_schema_xsd.c - the published schema of ClusterInfo.xml and Nodes/ADDRESS.xml, in XML
 * Schema, made from the tables that the reader and the writer work by, so that it cannot drift.
 *
 * Not RELAX NG: libxml2 tries both ways for each optional attribute, and with twenty of them one
 * host takes it a second.
 *
 * A schema counts characters where the reader counts bytes: of the two the reader is the stricter.
 */
#include "core/store/cluster_schema.h"

#include "core/base/text.h"

/* What a name is made of (text_check_name): no '/', no control characters, neither "." nor "..". */
#define NAME_LETTER  "[^/\\p{Cc}]"
#define NAME_PATTERN "([^./\\p{Cc}]|\\.[^./\\p{Cc}]|\\.\\." NAME_LETTER ")" NAME_LETTER "*"

#define IP_PATTERN  "[0-9]{1,3}(\\.[0-9]{1,3}){3}|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*"
#define MAC_PATTERN "[0-9A-Fa-f]{2}([:\\-][0-9A-Fa-f]{2}){5}"

static const char head[] =
    "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
    "<!--\n"
    "  ClusterInfo.xml and Nodes/ADDRESS.xml of roost, format version %d: see ClusterInfo.md.\n"
    "  Made by roost (help, with its option schema) from what it reads and writes by.\n"
    "-->\n"
    "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" version=\"%d\">\n"
    "  <xs:element name=\"cluster\">\n"
    "    <xs:complexType>\n"
    "      <xs:sequence>\n"
    "        <xs:element name=\"host\" type=\"host\" minOccurs=\"0\" maxOccurs=\"unbounded\"/>\n"
    "      </xs:sequence>\n"
    "      <xs:attribute name=\"name\" type=\"name\"/>\n"
    "      <xs:attribute name=\"version\" type=\"version\"/>\n"
    "      <xs:attribute name=\"written\" type=\"xs:string\"/>\n"
    "    </xs:complexType>\n"
    "  </xs:element>\n"
    "  <xs:element name=\"host\">\n"
    "    <xs:complexType>\n"
    "      <xs:complexContent>\n"
    "        <xs:extension base=\"host\">\n"
    "          <xs:attribute name=\"version\" type=\"version\"/>\n"
    "        </xs:extension>\n"
    "      </xs:complexContent>\n"
    "    </xs:complexType>\n"
    "  </xs:element>\n";

static void begin_type(GString *out, const char *name, const char *base)
{
    g_string_append_printf(out,
                           "  <xs:simpleType name=\"%s\">\n"
                           "    <xs:restriction base=\"xs:%s\">\n",
                           name, base);
}

static void append_facet(GString *out, const char *facet, const char *value)
{
    g_string_append_printf(out, "      <xs:%s value=\"%s\"/>\n", facet, value);
}

static void append_most(GString *out, const char *facet, guint64 most)
{
    g_string_append_printf(out, "      <xs:%s value=\"%" G_GUINT64_FORMAT "\"/>\n", facet, most);
}

static void end_type(GString *out)
{
    g_string_append(out, "    </xs:restriction>\n  </xs:simpleType>\n");
}

static void append_string_type(GString *out, const char *name, guint64 most, const char *pattern)
{
    begin_type(out, name, "string");
    if (most)
        append_most(out, "maxLength", most);
    if (pattern)
        append_facet(out, "pattern", pattern);
    end_type(out);
}

static void append_common_types(GString *out)
{
    g_autofree char *version = g_strdup_printf("%d", SCHEMA_VERSION);
    append_string_type(out, "version", 0, version);
    append_string_type(out, "name", TEXT_NAME_BYTES_MOST, NAME_PATTERN);
    append_string_type(out, "text", SCHEMA_TEXT_BYTES_MOST, NULL);
    append_string_type(out, "ip", 0, IP_PATTERN);
    append_string_type(out, "mac", 0, MAC_PATTERN);
    append_string_type(out, "flag", 0, "yes|no");
    append_string_type(out, "blank", 0, "\\s*");
}

static const char *base_of(const struct field *field)
{
    if (field->kind == FIELD_WORD)
        return "string";
    return field->kind == FIELD_THOUSANDTHS ? "decimal" : "nonNegativeInteger";
}

/* The type of a field that has one of its own; it is called as the field is. */
static void append_own_type(GString *out, const char *owner, const struct field *field)
{
    g_autofree char *name = g_strdup_printf("%s-%s", owner, field->name);
    g_autofree char *digits = g_strdup_printf("[0-9]{1,%d}", SCHEMA_DIGITS_MOST);
    begin_type(out, name, base_of(field));
    if (field->kind == FIELD_WORD) {
        for (const char *const *word = field->words; *word; word++)
            append_facet(out, "enumeration", *word);
    } else if (field->kind == FIELD_THOUSANDTHS) {
        append_most(out, "maxInclusive", field->most / 1000);
        append_facet(out, "pattern", "[0-9]+(\\.[0-9]*)?|\\.[0-9]+");
    } else {
        append_most(out, "maxInclusive",
                    field->kind == FIELD_MIB ? field->most / 1024 : field->most);
        append_facet(out, "pattern", digits);
    }
    end_type(out);
}

/* The name of the type that several fields share; NULL when it has one of its own. */
static const char *shared_type(const struct field *field)
{
    switch (field->kind) {
    case FIELD_NAME:
        return "name";
    case FIELD_ADDRESS:
    case FIELD_IP:
        return "ip";
    case FIELD_TEXT:
    case FIELD_LIST:
        return "text";
    case FIELD_MAC:
        return "mac";
    case FIELD_FLAG:
        return "flag";
    case FIELD_IGNORED:
        return "xs:string";
    case FIELD_COUNT:
    case FIELD_KIB:
    case FIELD_MIB:
    case FIELD_THOUSANDTHS:
    case FIELD_WORD:
        break;
    }
    return NULL;
}

static void append_attributes(GString *out, const char *owner, const struct field *fields,
                              const char *indent)
{
    for (const struct field *field = fields; field->name; field++) {
        const char *shared = shared_type(field);
        gboolean must = field->kind == FIELD_NAME || field->kind == FIELD_ADDRESS;
        g_string_append_printf(out, "%s<xs:attribute name=\"%s\" type=\"", indent, field->name);
        if (shared)
            g_string_append(out, shared);
        else
            g_string_append_printf(out, "%s-%s", owner, field->name);
        g_string_append_printf(out, "\"%s/>\n", must ? " use=\"required\"" : "");
    }
}

static void append_types(GString *out, const char *owner, const struct field *fields)
{
    for (const struct field *field = fields; field->name; field++) {
        if (!shared_type(field))
            append_own_type(out, owner, field);
    }
}

char *schema_format_xsd(void)
{
    GString *out = g_string_new(NULL);
    g_string_append_printf(out, head, SCHEMA_VERSION, SCHEMA_VERSION);
    g_string_append(out, "  <xs:complexType name=\"host\">\n"
                         "    <xs:sequence>\n"
                         "      <xs:element name=\"vm\" type=\"vm\" minOccurs=\"0\" "
                         "maxOccurs=\"unbounded\"/>\n"
                         "    </xs:sequence>\n");
    append_attributes(out, "host", schema_host_fields, "    ");
    g_string_append(out, "  </xs:complexType>\n"
                         "  <xs:complexType name=\"vm\">\n"
                         "    <xs:simpleContent>\n"
                         "      <xs:extension base=\"blank\">\n");
    append_attributes(out, "vm", schema_vm_fields, "        ");
    g_string_append(out, "      </xs:extension>\n"
                         "    </xs:simpleContent>\n"
                         "  </xs:complexType>\n");
    append_common_types(out);
    append_types(out, "host", schema_host_fields);
    append_types(out, "vm", schema_vm_fields);
    g_string_append(out, "</xs:schema>\n");
    return g_string_free(out, FALSE);
}
