#include "core/store/cluster_file.h"

#include "core/store/cluster_schema.h"

static void append_fields(GString *out, const struct field *fields, gconstpointer object,
                          gboolean live)
{
    for (const struct field *field = fields; field->name; field++) {
        if (field->use == FIELD_KEPT || (field->use == FIELD_LIVE && live))
            schema_write(field, object, out);
    }
}

/* One that is a file of its own has a version, and no loads. */
static void append_host(GString *out, const struct host *host, const char *indent, gboolean own)
{
    gboolean live = !own;
    g_string_append_printf(out, "%s<host", indent);
    if (own)
        g_string_append_printf(out, " version=\"%d\"", SCHEMA_VERSION);
    append_fields(out, schema_host_fields, host, live);
    if (host->vms->len == 0) {
        g_string_append(out, "/>\n");
        return;
    }
    g_string_append(out, ">\n");
    for (guint i = 0; i < host->vms->len; i++) {
        g_string_append_printf(out, "%s  <vm", indent);
        append_fields(out, schema_vm_fields, host->vms->pdata[i], live);
        g_string_append(out, "/>\n");
    }
    g_string_append_printf(out, "%s</host>\n", indent);
}

#define XML_DECLARATION "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"

char *cluster_file_format(const struct cluster *cluster, gint64 wall_us)
{
    GString *out = g_string_new(XML_DECLARATION "<cluster name=\"");
    schema_append_escaped(out, cluster->name);
    g_string_append_printf(out, "\" version=\"%d\"", SCHEMA_VERSION);
    g_autoptr(GDateTime) written = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
    g_autofree char *stamp = written ? g_date_time_format(written, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    if (stamp)
        g_string_append_printf(out, " written=\"%s\"", stamp);
    g_string_append(out, ">\n");
    for (guint i = 0; i < cluster->hosts->len; i++)
        append_host(out, cluster->hosts->pdata[i], "  ", FALSE);
    g_string_append(out, "</cluster>\n");
    return g_string_free(out, FALSE);
}

char *cluster_file_format_host(const struct host *host)
{
    GString *out = g_string_new(XML_DECLARATION);
    append_host(out, host, "", TRUE);
    return g_string_free(out, FALSE);
}
