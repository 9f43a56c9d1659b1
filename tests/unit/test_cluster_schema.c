/* What the published schema promises: it is what the reader and the writer go by. */
#include "core/store/cluster_schema.h"

#include <glib/gstdio.h>
#include <libxml/parser.h>
#include <libxml/xmlschemas.h>
#include <string.h>

#include "core/store/cluster_file.h"

#define ROUNDS    1500
#define MUTATIONS 6000

struct schema {
    xmlSchemaPtr xsd;
    char *dir;
    char *path;
};

static void ignore(G_GNUC_UNUSED void *data, G_GNUC_UNUSED const char *format, ...)
{
}

static void ignore_error(G_GNUC_UNUSED void *data, G_GNUC_UNUSED xmlErrorPtr problem)
{
}

static void set_up(struct schema *schema, G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *text = schema_format_xsd();
    xmlSchemaParserCtxtPtr parser = xmlSchemaNewMemParserCtxt(text, (int)strlen(text));
    schema->xsd = xmlSchemaParse(parser);
    xmlSchemaFreeParserCtxt(parser);
    g_assert_nonnull(schema->xsd);
    schema->dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    schema->path = g_build_filename(schema->dir, "c.xml", NULL);
}

static void tear_down(struct schema *schema, G_GNUC_UNUSED gconstpointer data)
{
    xmlSchemaFree(schema->xsd);
    g_remove(schema->path);
    g_rmdir(schema->dir);
    g_free(schema->path);
    g_free(schema->dir);
}

/* TRUE when it is XML and the schema allows it. */
static gboolean is_valid(const struct schema *schema, const char *text, gsize length, gboolean tell)
{
    xmlDocPtr document =
        xmlReadMemory(text, (int)length, NULL, NULL,
                      XML_PARSE_NONET | (tell ? 0 : XML_PARSE_NOERROR | XML_PARSE_NOWARNING));
    if (!document)
        return FALSE;
    xmlSchemaValidCtxtPtr context = xmlSchemaNewValidCtxt(schema->xsd);
    if (!tell) {
        xmlSchemaSetValidErrors(context, ignore, ignore, NULL);
        xmlSchemaSetValidStructuredErrors(context, ignore_error, NULL);
    }
    gboolean valid = xmlSchemaValidateDoc(context, document) == 0;
    xmlSchemaFreeValidCtxt(context);
    xmlFreeDoc(document);
    return valid;
}

/* TRUE when the reader takes all of it, without a word. */
static gboolean is_taken(const struct schema *schema, const char *text, gsize length)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    FILE *file = fopen(schema->path, "w"); /* no fsync: there are thousands */
    g_assert_cmpuint(fwrite(text, 1, length, file), ==, length);
    fclose(file);
    autoptr(cluster) cluster = cluster_file_load(schema->path, warnings, NULL);
    return cluster && warnings->len == 0;
}

/* `make docs` writes the file that is published; it must not be left behind. */
static void test_published_file_is_up_to_date(G_GNUC_UNUSED struct schema *schema,
                                              G_GNUC_UNUSED gconstpointer data)
{
    g_autofree char *expected = schema_format_xsd();
    g_autofree char *published = NULL;
    g_autoptr(GError) error = NULL;
    g_file_get_contents("schema/ClusterInfo.xsd", &published, NULL, &error);
    g_assert_no_error(error);
    g_assert_cmpstr(published, ==, expected);
}

/* --- What is written -------------------------------------------------------------------------- */

static char *any_text(GRand *random)
{
    static const char *const texts[] = {"pc07",
                                        "Intel(R) <Xeon> & \"more\"",
                                        "fan is loud\tvery",
                                        "naïve ☃ 名前",
                                        "a  b",
                                        " ",
                                        "\x01\x1b[2J",
                                        "line\nbreak\r\n",
                                        "]]>",
                                        "&#38;",
                                        "'",
                                        "-->",
                                        "\xef\xbf\xbe",
                                        "\xff\xfe"};
    return g_rand_boolean(random)
               ? g_strdup(texts[g_rand_int_range(random, 0, G_N_ELEMENTS(texts))])
               : NULL;
}

/* Any value that the tables allow, member by member: a field that is added is tried as well. */
static void fill(GRand *random, const struct field *fields, gpointer object)
{
    for (const struct field *field = fields; field->name; field++) {
        gpointer member = G_STRUCT_MEMBER_P(object, field->offset);
        guint n_words = field->words ? g_strv_length((char **)field->words) : 1;
        gboolean extreme = g_rand_int_range(random, 0, 4) == 0;
        guint64 number = extreme ? field->most : g_rand_int(random) % (field->most + 1);
        switch (field->kind) {
        case FIELD_TEXT:
            g_free(*(char **)member);
            *(char **)member = any_text(random);
            break;
        case FIELD_MAC:
            g_free(*(char **)member);
            *(char **)member = g_strdup("52:54:00:aB:cd:ef");
            break;
        case FIELD_IP:
            g_free(*(char **)member);
            *(char **)member = g_strdup(extreme ? "fe80::1:2" : "10.255.0.255");
            break;
        case FIELD_COUNT:
            *(guint *)member = (guint)number;
            break;
        case FIELD_MIB:
        case FIELD_KIB:
            *(guint64 *)member = number;
            break;
        case FIELD_THOUSANDTHS:
            *(gint *)member = (gint)number - (g_rand_boolean(random) ? 1 : 0);
            break;
        case FIELD_FLAG:
            *(gboolean *)member = g_rand_boolean(random);
            break;
        case FIELD_WORD:
            *(gint *)member = g_rand_int_range(random, 0, (gint32)n_words);
            break;
        case FIELD_NAME:
        case FIELD_ADDRESS:
        case FIELD_LIST:
        case FIELD_IGNORED:
            break;
        }
    }
}

static struct cluster *any_cluster(GRand *random)
{
    static const char *const stems[] = {"pc", "名前", "a b <&\"'>", "-", "..x", "\xc3\xa9"};
    struct cluster *cluster = cluster_new(stems[g_rand_int_range(random, 0, 6)]);
    for (gint i = g_rand_int_range(random, 0, 6); i > 0; i--) {
        g_autofree char *name = g_strdup_printf("%s%d", stems[g_rand_int_range(random, 0, 6)], i);
        g_autofree char *address =
            g_strdup_printf(g_rand_boolean(random) ? "10.0.0.%d" : "fe80::%d", i);
        struct host *host = cluster_add_host(cluster, name, address, NULL);
        fill(random, schema_host_fields, host);
        for (gint j = g_rand_int_range(random, 0, 4); j > 0; j--) {
            g_autofree char *vm_name =
                g_strdup_printf("%s-%d-%d", stems[g_rand_int_range(random, 0, 6)], i, j);
            fill(random, schema_vm_fields, cluster_add_vm(cluster, host, vm_name, NULL));
        }
    }
    return cluster;
}

static void assert_valid(const struct schema *schema, const char *text)
{
    if (!is_valid(schema, text, strlen(text), TRUE))
        g_error("the schema forbids what was written:\n%s", text);
}

static void test_all_that_is_written_is_valid(struct schema *schema,
                                              G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20260702);
    for (guint round = 0; round < ROUNDS; round++) {
        autoptr(cluster) cluster = any_cluster(random);
        g_autofree char *text = cluster_file_format(cluster, round * G_USEC_PER_SEC);
        assert_valid(schema, text);
        for (guint i = 0; i < cluster->hosts->len; i++) {
            g_autofree char *node = cluster_file_format_host(cluster->hosts->pdata[i]);
            assert_valid(schema, node);
            g_assert_nonnull(strstr(node, "<host version=\"1\""));
        }
    }
}

/* --- What is read ----------------------------------------------------------------------------- */

#define HOST "<host name='a' address='10.0.0.1'"

static void test_what_the_schema_forbids_is_told(struct schema *schema,
                                                 G_GNUC_UNUSED gconstpointer data)
{
    static const char *const forbidden[] = {
        "<lab/>",
        "<cluster version='2'/>",
        "<cluster version='0'/>",
        "<cluster version=' 1'/>",
        "<cluster version=''/>",
        "<cluster name='a/b'/>",
        "<cluster name='..'/>",
        "<cluster name=''/>",
        "<cluster colour='red'/>",
        "<cluster xml:lang='it'/>",
        "<cluster xmlns='urn:x'/>",
        "<x:cluster xmlns:x='urn:x'/>",
        "<cluster>words</cluster>",
        "<cluster><![CDATA[words]]></cluster>",
        "<cluster><printer/></cluster>",
        "<cluster><x:host xmlns:x='urn:x' name='a' address='10.0.0.1'/></cluster>",
        "<cluster><vm name='x'/></cluster>",
        "<cluster><host name='a'/></cluster>",
        "<cluster><host address='10.0.0.1'/></cluster>",
        "<cluster><host name='a' address='10.0.0'/></cluster>",
        "<cluster><host name='a' address='pc01'/></cluster>",
        "<cluster><host name='.' address='10.0.0.1'/></cluster>",
        "<cluster>" HOST ">words</host></cluster>",
        "<cluster>" HOST "><vm/></host></cluster>",
        "<cluster>" HOST "><vm name='v'>words</vm></host></cluster>",
        "<cluster>" HOST "><vm name='v'><disk/></vm></host></cluster>",
        "<cluster>" HOST "><host name='b' address='10.0.0.2'/></host></cluster>",
        "<cluster>" HOST " cpus='-1'/></cluster>",
        "<cluster>" HOST " cpus='+1'/></cluster>",
        "<cluster>" HOST " cpus=''/></cluster>",
        "<cluster>" HOST " cpus='65537'/></cluster>",
        "<cluster>" HOST " cpus='0000000000000000000000001'/></cluster>",
        "<cluster>" HOST " cpu='1.0001'/></cluster>",
        "<cluster>" HOST " cpu='0.0000000000000000000000001'/></cluster>",
        "<cluster>" HOST " load15='1e3'/></cluster>",
        "<cluster>" HOST " load15='.'/></cluster>",
        "<cluster>" HOST " load15='1000001'/></cluster>",
        "<cluster>" HOST " state=' on'/></cluster>",
        "<cluster>" HOST " state='asleep'/></cluster>",
        "<cluster>" HOST " maintenance='1'/></cluster>",
        "<cluster>" HOST " mac='52:54'/></cluster>",
        "<cluster>" HOST " broadcast='all'/></cluster>",
        "<cluster>" HOST " version='1'/></cluster>",
    };
    for (guint i = 0; i < G_N_ELEMENTS(forbidden); i++) {
        gsize length = strlen(forbidden[i]);
        if (is_valid(schema, forbidden[i], length, FALSE))
            g_error("the schema allows %s", forbidden[i]);
        if (is_taken(schema, forbidden[i], length))
            g_error("read without a word: %s", forbidden[i]);
    }
    g_autofree char *longer = g_strnfill(1025, 'x');
    g_autofree char *text = g_strdup_printf("<cluster>" HOST " note='%s'/></cluster>", longer);
    g_assert_false(is_valid(schema, text, strlen(text), FALSE));
    g_assert_false(is_taken(schema, text, strlen(text)));
}

static void mutate(GRand *random, GString *text, const char *from, gsize from_length)
{
    gsize at = (gsize)g_rand_int_range(random, 0, (gint32)text->len - 30);
    gsize many = (gsize)g_rand_int_range(random, 1, 30);
    static const char letters[] = "0123456789.:- <>='\"/xyzAZ\t\n&;\xc3\xa9";
    switch (g_rand_int_range(random, 0, 4)) {
    case 0:
        text->str[at] = letters[g_rand_int_range(random, 0, sizeof letters - 1)];
        break;
    case 1:
        g_string_erase(text, (gssize)at, (gssize)MIN(many, 4));
        break;
    case 2:
        g_string_insert_c(text, (gssize)at, letters[g_rand_int_range(random, 0, 20)]);
        break;
    default:
        g_string_insert_len(text, (gssize)at,
                            from + g_rand_int_range(random, 0, (gint32)(from_length - 31)),
                            (gssize)many);
    }
}

/* Whatever comes: what the reader takes without a word, the schema allows. */
static void test_what_is_read_without_a_word_is_valid(struct schema *schema,
                                                      G_GNUC_UNUSED gconstpointer data)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(20260703);
    guint taken = 0;
    for (guint round = 0; round < MUTATIONS; round++) {
        autoptr(cluster) cluster = any_cluster(random);
        g_autofree char *written = cluster_file_format(cluster, 0);
        g_autoptr(GString) text = g_string_new(written);
        mutate(random, text, written, strlen(written));
        if (!is_taken(schema, text->str, text->len))
            continue;
        taken++;
        if (!is_valid(schema, text->str, text->len, TRUE))
            g_error("read without a word, and yet forbidden:\n%s", text->str);
    }
    g_assert_cmpuint(taken, >, 100);
}

#define ADD(name, func)                                                                            \
    g_test_add("/store/cluster_schema/" name, struct schema, NULL, set_up, func, tear_down)

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    ADD("published_file_is_up_to_date", test_published_file_is_up_to_date);
    ADD("all_that_is_written_is_valid", test_all_that_is_written_is_valid);
    ADD("what_the_schema_forbids_is_told", test_what_the_schema_forbids_is_told);
    ADD("what_is_read_without_a_word_is_valid", test_what_is_read_without_a_word_is_valid);
    return g_test_run();
}
