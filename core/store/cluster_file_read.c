#include "core/store/cluster_file.h"

#include <libxml/parser.h>
#include <libxml/xmlerror.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/cluster_schema.h"
#include "core/store/read_file.h"

#define WARNINGS_MOST 100

/* One reading. The tree is never built: ten thousand hosts pass through as they are parsed. */
struct reader {
    const char *path;
    xmlParserCtxtPtr context;
    struct cluster *cluster; /* NULL until the root was seen */
    struct host *host;       /* the open <host>; NULL when it had to be left out */
    struct host *manager;
    guint depth;   /* of open elements */
    guint unknown; /* depth within an element nobody knows; 0 = not in one */
    guint n_warnings;
    guint n_dropped; /* what a file written from the cluster would not have any more */
    gboolean text_told;
    GPtrArray *warnings; /* may be NULL */
    GError *failure;     /* what ended the reading */
};

/* The attributes of one start tag, as SAX2 hands them over: five pointers each. */
struct attributes {
    const xmlChar **items;
    int count;
};

static int line_of(const struct reader *reader)
{
    return reader->context->input ? reader->context->input->line : 1;
}

G_GNUC_PRINTF(2, 3)
static void warn(struct reader *reader, const char *format, ...)
{
    if (++reader->n_warnings > WARNINGS_MOST || !reader->warnings)
        return;
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    g_ptr_array_add(reader->warnings,
                    g_strdup_printf("%s:%d: %s", reader->path, line_of(reader), text));
}

static void fail_as(struct reader *reader, enum roost_error code, int line, const char *message)
{
    if (!reader->failure)
        reader->failure =
            g_error_new(ROOST_ERROR, (gint)code, "%s:%d: %s", reader->path, line, message);
    xmlStopParser(reader->context);
}

static void fail(struct reader *reader, int line, const char *message)
{
    fail_as(reader, ROOST_ERROR_INPUT, line, message);
}

/* A value for a message: escaped and short. Free with g_free. */
static char *show(const char *value)
{
    g_autofree char *escaped = text_escape(value);
    return text_fit(escaped, 40, FALSE);
}

/* SAX2 leaves "&" as "&#38;" in a value unless entities are expanded, which we never ask for. */
static char *value_of(const xmlChar **item)
{
    g_autoptr(GString) value = g_string_new_len((const char *)item[3], item[4] - item[3]);
    g_string_replace(value, "&#38;", "&", 0);
    return g_string_free(g_steal_pointer(&value), FALSE);
}

/* The value of an attribute without a prefix, or NULL. Free with g_free. */
static char *find_value(const struct attributes *attributes, const char *name)
{
    for (int i = 0; i < attributes->count; i++) {
        const xmlChar **item = attributes->items + (gsize)5 * (gsize)i;
        if (!item[1] && strcmp((const char *)item[0], name) == 0)
            return value_of(item);
    }
    return NULL;
}

/* Fills object from all attributes but those the caller has read (`done`). */
static void read_fields(struct reader *reader, const struct field *fields, gpointer object,
                        const struct attributes *attributes, const char *subject,
                        const char *const *done)
{
    for (int i = 0; i < attributes->count; i++) {
        const xmlChar **item = attributes->items + (gsize)5 * (gsize)i;
        const char *name = (const char *)item[0];
        if (!item[1] && g_strv_contains(done, name))
            continue;
        const struct field *field = item[1] ? NULL : schema_find(fields, name);
        g_autofree char *value = value_of(item);
        g_autofree char *shown = show(value);
        g_autoptr(GError) error = NULL;
        if (field && schema_read(field, object, value, &error))
            continue;
        reader->n_dropped++;
        if (!field)
            warn(reader, "%s: there is no attribute \"%s\": ignored", subject, name);
        else
            warn(reader, "%s: %s=\"%s\" %s: ignored", subject, name, shown, error->message);
    }
}

/* TRUE when this program can read it. One without a version is from before there were any. */
static gboolean check_version(struct reader *reader, const char *version)
{
    guint64 number;
    g_autofree char *shown = show(version);
    g_autofree char *message = NULL;
    if (!version || (strlen(version) == 1 && version[0] - '0' == SCHEMA_VERSION))
        return TRUE;
    if (g_ascii_string_to_unsigned(version, 10, SCHEMA_VERSION + 1, G_MAXUINT64, &number, NULL)) {
        message = g_strdup_printf("was written by a newer roost, as format version %s; this one "
                                  "reads up to version %d, and will not write over it",
                                  shown, SCHEMA_VERSION);
        fail_as(reader, ROOST_ERROR_REFUSED, line_of(reader), message);
    } else {
        message = g_strdup_printf("version=\"%s\" is no format version; this roost writes %d",
                                  shown, SCHEMA_VERSION);
        fail(reader, line_of(reader), message);
    }
    return FALSE;
}

static void start_cluster(struct reader *reader, const struct attributes *attributes)
{
    static const char *const done[] = {"name", "version", "written", NULL};
    static const struct field none[] = {{NULL}};
    g_autofree char *name = find_value(attributes, "name");
    g_autofree char *version = find_value(attributes, "version");
    if (!check_version(reader, version))
        return;
    g_autoptr(GError) error = NULL;
    if (name && !text_check_name(name, &error)) {
        warn(reader, "cluster: %s: called \"lab\"", error->message);
        g_clear_pointer(&name, g_free);
    }
    read_fields(reader, none, NULL, attributes, "cluster", done);
    reader->cluster = cluster_new(name ? name : "lab");
}

static void start_host(struct reader *reader, const struct attributes *attributes)
{
    static const char *const done[] = {"name", "address", NULL};
    g_autofree char *name = find_value(attributes, "name");
    g_autofree char *address = find_value(attributes, "address");
    g_autofree char *shown = text_escape(name ? name : address);
    g_autofree char *subject = g_strdup_printf("host %s", *shown ? shown : "without a name");
    g_autoptr(GError) error = NULL;
    reader->host = NULL;
    if (name && address)
        reader->host = cluster_add_host(reader->cluster, name, address, &error);
    if (!reader->host) {
        if (error)
            warn(reader, "%s: left out, with its VMs", error->message);
        else
            warn(reader, "%s: has no %s: left out, with its VMs", subject,
                 name ? "address" : "name");
        reader->n_dropped++;
        return;
    }
    read_fields(reader, schema_host_fields, reader->host, attributes, subject, done);
    if (reader->host->role != HOST_MANAGER)
        return;
    g_autofree char *role = find_value(attributes, "role");
    if (!role || strcmp(role, "manager") != 0)
        return; /* first of the list, manager only for want of another */
    if (reader->manager) {
        reader->host->role = HOST_NODE;
        warn(reader, "%s: there can be one manager, and %s is it: taken as a node", subject,
             reader->manager->name);
    } else {
        reader->manager = reader->host;
    }
}

static void start_vm(struct reader *reader, const struct attributes *attributes)
{
    static const char *const done[] = {"name", NULL};
    g_autofree char *name = find_value(attributes, "name");
    g_autofree char *shown = text_escape(name);
    g_autofree char *subject = g_strdup_printf("vm %s", *shown ? shown : "without a name");
    g_autoptr(GError) error = NULL;
    if (!reader->host) {
        if (reader->depth == 1)
            warn(reader, "%s: is in no <host>: left out", subject);
        reader->n_dropped++;
        return;
    }
    struct vm *vm = name ? cluster_add_vm(reader->cluster, reader->host, name, &error) : NULL;
    if (!vm) {
        warn(reader, "%s: left out", error ? error->message : subject);
        reader->n_dropped++;
        return;
    }
    read_fields(reader, schema_vm_fields, vm, attributes, subject, done);
}

/* The one place each element may stand in; TRUE when it was taken. */
static gboolean start_known(struct reader *reader, const char *name,
                            const struct attributes *attributes)
{
    if (!name)
        return FALSE;
    if (reader->depth == 1 && strcmp(name, "host") == 0)
        start_host(reader, attributes);
    else if (reader->depth <= 2 && strcmp(name, "vm") == 0)
        start_vm(reader, attributes);
    else
        return FALSE;
    return TRUE;
}

static void on_start(void *data, const xmlChar *local, G_GNUC_UNUSED const xmlChar *prefix,
                     const xmlChar *uri, G_GNUC_UNUSED int n_namespaces,
                     G_GNUC_UNUSED const xmlChar **namespaces, int n_attributes,
                     G_GNUC_UNUSED int n_defaulted, const xmlChar **items)
{
    struct reader *reader = data;
    struct attributes attributes = {items, n_attributes};
    const char *name = uri ? NULL : (const char *)local; /* none of ours is in a namespace */
    if (reader->failure)
        return;
    if (reader->unknown) {
        reader->unknown++;
    } else if (reader->depth == 0) {
        if (g_strcmp0(name, "cluster") == 0)
            start_cluster(reader, &attributes);
        else
            fail(reader, line_of(reader),
                 "this is not a ClusterInfo.xml: its first element is not <cluster>");
    } else if (!start_known(reader, name, &attributes)) {
        g_autofree char *shown = show((const char *)local);
        warn(reader, "element <%s> is not known here: ignored", shown);
        reader->n_dropped++;
        reader->unknown = 1;
    }
    reader->depth++;
}

static void on_end(void *data, G_GNUC_UNUSED const xmlChar *name,
                   G_GNUC_UNUSED const xmlChar *prefix, G_GNUC_UNUSED const xmlChar *uri)
{
    struct reader *reader = data;
    if (reader->depth > 0)
        reader->depth--;
    if (reader->unknown)
        reader->unknown--;
    else if (reader->depth == 1)
        reader->host = NULL;
}

/* Told once: text between the elements comes in many pieces. */
static void on_text(void *data, const xmlChar *text, int length)
{
    struct reader *reader = data;
    gboolean blank = TRUE;
    for (int i = 0; i < length && blank; i++)
        blank = g_ascii_isspace(text[i]);
    if (blank || reader->unknown || reader->failure)
        return;
    reader->n_dropped++;
    if (!reader->text_told)
        warn(reader, "there is text between the elements: ignored");
    reader->text_told = TRUE;
}

static void on_doctype(void *data, G_GNUC_UNUSED const xmlChar *name,
                       G_GNUC_UNUSED const xmlChar *external, G_GNUC_UNUSED const xmlChar *system)
{
    struct reader *reader = data;
    fail(reader, line_of(reader), "a DOCTYPE (and so any entity) is not allowed here: remove it");
}

static void on_error(void *data, xmlErrorPtr problem)
{
    struct reader *reader = data;
    g_autofree char *message = g_strdup(problem->message ? problem->message : "");
    g_autofree char *text = text_escape(g_strchomp(message));
    if (problem->level == XML_ERR_FATAL)
        fail(reader, problem->line, text);
    else
        warn(reader, "%s", text);
}

/* What can only be judged once every host is known. */
static void check_places(struct reader *reader)
{
    const GPtrArray *hosts = reader->cluster->hosts;
    for (guint i = 0; i < hosts->len; i++) {
        const struct host *host = hosts->pdata[i];
        for (guint j = 0; j < host->vms->len; j++) {
            const struct vm *vm = host->vms->pdata[j];
            const char *missing = vm->home && !cluster_find_host(reader->cluster, vm->home) ? "home"
                                  : vm->pin && !cluster_find_host(reader->cluster, vm->pin) ? "pin"
                                                                                            : NULL;
            if (missing)
                warn(reader, "vm %s: its %s is not a host of this cluster", vm->name, missing);
        }
    }
}

static void settle_manager(struct reader *reader)
{
    const GPtrArray *hosts = reader->cluster->hosts;
    if (!reader->manager && hosts->len)
        reader->manager = hosts->pdata[0];
    for (guint i = 0; i < hosts->len; i++) {
        struct host *host = hosts->pdata[i];
        host->role = host == reader->manager ? HOST_MANAGER : HOST_NODE;
    }
}

static void parse(struct reader *reader, const char *bytes, gsize length)
{
    reader->context = xmlNewParserCtxt();
    *reader->context->sax = (xmlSAXHandler){
        .initialized = XML_SAX2_MAGIC,
        .startElementNs = on_start,
        .endElementNs = on_end,
        .characters = on_text,
        .cdataBlock = on_text,
        .internalSubset = on_doctype,
        .serror = on_error,
    };
    reader->context->userData = reader;
    /* No NOENT, no DTDLOAD, no HUGE: what a hostile file could grow by stays off. */
    xmlCtxtReadMemory(reader->context, bytes, (int)length, NULL, NULL, XML_PARSE_NONET);
    gboolean whole = reader->context->wellFormed && reader->cluster;
    if (!reader->failure && !whole)
        fail(reader, line_of(reader), "is not whole XML");
    if (!reader->failure && reader->cluster) {
        settle_manager(reader);
        check_places(reader);
    }
    xmlFreeParserCtxt(reader->context);
}

struct cluster *cluster_file_load_counting(const char *path, GPtrArray *warnings, guint *n_dropped,
                                           GError **error)
{
    gsize length;
    g_autofree char *bytes = read_file(path, CLUSTER_FILE_BYTES_MOST, &length, error);
    if (!bytes)
        return NULL;
    struct reader reader = {.path = path, .warnings = warnings};
    parse(&reader, bytes, length);
    if (reader.failure) {
        g_propagate_error(error, reader.failure);
        g_clear_pointer(&reader.cluster, cluster_free);
        return NULL;
    }
    if (reader.n_warnings > WARNINGS_MOST && warnings)
        g_ptr_array_add(warnings, g_strdup_printf("%s: and %u more of this kind", path,
                                                  reader.n_warnings - WARNINGS_MOST));
    if (n_dropped)
        *n_dropped = reader.n_dropped;
    return reader.cluster;
}

struct cluster *cluster_file_load(const char *path, GPtrArray *warnings, GError **error)
{
    return cluster_file_load_counting(path, warnings, NULL, error);
}
