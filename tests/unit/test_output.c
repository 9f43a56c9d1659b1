#include "core/command/output.h"

#include <glib.h>
#include <libxml/parser.h>
#include <string.h>

#include "core/command/verb.h"

/* What the verbs would print, caught in memory. */
struct fixture {
    char *text;
    size_t size;
    struct output output;
};

static void set_up(struct fixture *fixture, gconstpointer terminal)
{
    FILE *stream = open_memstream(&fixture->text, &fixture->size);
    fixture->output = (struct output){.out = stream, .err = stream, .terminal = terminal != NULL};
}

static void tear_down(struct fixture *fixture, G_GNUC_UNUSED gconstpointer terminal)
{
    fclose(fixture->output.out);
    free(fixture->text);
}

static void print_two(struct fixture *fixture)
{
    struct records *records = records_new(NULL);
    records_add(records, "a", "", "long word", NULL);
    records_add(records, "名前", "two", "x\ty\nz\x1b[2J", NULL);
    records_print_free(records, &fixture->output);
    fflush(fixture->output.out);
}

static void test_pipes_get_tabs(struct fixture *fixture, G_GNUC_UNUSED gconstpointer terminal)
{
    print_two(fixture);
    g_assert_cmpstr(fixture->text, ==, "a\t-\tlong word\n名前\ttwo\tx\\x09y\\x0az\\x1b[2J\n");
}

static void test_terminals_get_columns(struct fixture *fixture,
                                       G_GNUC_UNUSED gconstpointer terminal)
{
    print_two(fixture);
    g_assert_true(g_str_has_suffix(fixture->text, "a     -    long word\n"
                                                  "名前  two  x\\x09y\\x0az\\x1b[2J\n"));
}

static void test_lines_are_escaped(struct fixture *fixture, G_GNUC_UNUSED gconstpointer terminal)
{
    output_line(&fixture->output, "vm %s", "a\nb\xff");
    output_error(&fixture->output, "vm %s", "\x1b]0;x\a");
    g_assert_cmpstr(fixture->text, ==, "vm a\\x0ab\\xff\nroost: vm \\x1b]0;x\\x07\n");
}

static void test_progress_is_for_terminals(struct fixture *fixture,
                                           G_GNUC_UNUSED gconstpointer terminal)
{
    output_progress(&fixture->output, "50 %");
    output_progress(&fixture->output, NULL);
    fflush(fixture->output.out);
    g_assert_cmpstr(fixture->text, ==, "");
}

static const struct record_field fields[] = {
    {"name", RECORD_TEXT},
    {"load", RECORD_NUMBER},
    {"on", RECORD_FLAG},
    {"users", RECORD_LIST},
    {"vms", RECORD_PAIR, NULL, "most"},
    {"note", RECORD_TEXT, .hidden = TRUE},
    {NULL},
};
static const struct record_kind kind = {"hosts", "host", fields};

static void print_kinds(struct fixture *fixture, enum output_format format)
{
    struct records *records = records_new(&kind);
    output_begin(&fixture->output, format);
    records_add(records, "a\x01\"\\<&\xff", "0.41", "yes", "ana,bob", "3/8", "x\ty", NULL);
    records_add(records, "b", "-", "no", "", "-/-", "", NULL);
    records_add(records, "c", "1e5;0x1", "", "?", "", "", NULL);
    records_print_free(records, &fixture->output);
    output_line(&fixture->output, "%s", "no text beside a document");
    output_end(&fixture->output);
    fflush(fixture->output.out);
}

static void test_json_has_types(struct fixture *fixture, G_GNUC_UNUSED gconstpointer terminal)
{
    print_kinds(fixture, OUTPUT_JSON);
    g_assert_cmpstr(
        fixture->text, ==,
        "{\n  \"version\": 1,\n  \"hosts\": [\n"
        "    {\"name\": \"a\\\\x01\\\"\\\\<&\\\\xff\", \"load\": 0.41, \"on\": true, "
        "\"users\": [\"ana\", \"bob\"], \"vms\": 3, \"most\": 8, \"note\": \"x\\\\x09y\"},\n"
        "    {\"name\": \"b\", \"load\": null, \"on\": false, \"users\": [], \"vms\": null, "
        "\"most\": null, \"note\": null},\n"
        "    {\"name\": \"c\", \"load\": null, \"on\": null, \"users\": null, \"vms\": null, "
        "\"most\": null, \"note\": null}\n  ]\n}\n");
}

static void test_xml_is_well_formed(struct fixture *fixture, G_GNUC_UNUSED gconstpointer terminal)
{
    print_kinds(fixture, OUTPUT_XML);
    xmlDocPtr document = xmlReadMemory(fixture->text, (int)strlen(fixture->text), NULL, NULL, 0);
    g_assert_nonnull(document);
    xmlNodePtr hosts = xmlFirstElementChild(xmlDocGetRootElement(document));
    xmlNodePtr host = xmlFirstElementChild(hosts);
    g_autofree char *name = (char *)xmlGetProp(host, BAD_CAST "name");
    g_assert_cmpstr((const char *)hosts->name, ==, "hosts");
    g_assert_cmpstr(name, ==, "a\\x01\"\\<&\\xff");
    host = xmlNextElementSibling(host);
    xmlChar *users = xmlGetProp(host, BAD_CAST "users");
    g_assert_cmpstr((const char *)users, ==, "");
    g_assert_null(xmlHasProp(host, BAD_CAST "load"));
    g_assert_null(xmlHasProp(xmlNextElementSibling(host), BAD_CAST "users"));
    g_assert_cmpuint(xmlChildElementCount(hosts), ==, 3);
    xmlFree(users);
    xmlFreeDoc(document);
}

static void test_text_leaves_out_what_is_hidden(struct fixture *fixture,
                                                G_GNUC_UNUSED gconstpointer terminal)
{
    struct records *records = records_new(&kind);
    records_add(records, "a", "0.41", "yes", "", "3/8", "hidden", NULL);
    records_print_free(records, &fixture->output);
    fflush(fixture->output.out);
    g_assert_cmpstr(fixture->text, ==, "a\t0.41\tyes\t-\t3/8\n");
}

static void test_terminals_get_headings(struct fixture *fixture,
                                        G_GNUC_UNUSED gconstpointer terminal)
{
    struct records *records = records_new(&kind);
    records_add(records, "a", "0.41", "yes", "", "3/8", "hidden", NULL);
    records_print_free(records, &fixture->output);
    records_print_free(records_new(&kind), &fixture->output); /* of nothing, none */
    fflush(fixture->output.out);
    g_assert_true(g_str_has_prefix(fixture->text, "NAME  LOAD  ON "));
    g_assert_nonnull(strstr(fixture->text, "\na     0.41  yes  -"));
    g_assert_null(strstr(fixture->text + 1, "NAME"));
}

static void test_no_records_no_document(struct fixture *fixture,
                                        G_GNUC_UNUSED gconstpointer terminal)
{
    output_begin(&fixture->output, OUTPUT_JSON);
    output_end(&fixture->output);
    fflush(fixture->output.out);
    g_assert_cmpstr(fixture->text, ==, "");
    output_begin(&fixture->output, OUTPUT_JSON);
    records_print_free(records_new(&kind), &fixture->output);
    output_end(&fixture->output);
    fflush(fixture->output.out);
    g_assert_cmpstr(fixture->text, ==, "{\n  \"version\": 1,\n  \"hosts\": []\n}\n");
}

/* A name that is there for good must not be written in a way that XML forbids. */
static void test_every_listing_has_names(void)
{
    for (const struct verb *verb = verbs; verb->name; verb++) {
        for (guint i = 0; verb->kinds && verb->kinds[i]; i++) {
            const struct record_kind *one = verb->kinds[i];
            g_assert_true(g_regex_match_simple("^[a-z]+(-[a-z]+)*$", one->set, 0, 0));
            g_assert_true(g_regex_match_simple("^[a-z]+(-[a-z]+)*$", one->one, 0, 0));
            for (const struct record_field *field = one->fields; field->name; field++) {
                g_assert_true(g_regex_match_simple("^[a-z0-9]+(-[a-z0-9]+)*$", field->name, 0, 0));
                g_assert_true((field->type == RECORD_PAIR) == (field->second != NULL));
            }
        }
        g_assert_true((verb->kinds != NULL) == ((verb->options & OPTION_FORMAT) != 0));
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add("/command/output/pipes_get_tabs", struct fixture, NULL, set_up, test_pipes_get_tabs,
               tear_down);
    g_test_add("/command/output/terminals_get_columns", struct fixture, "terminal", set_up,
               test_terminals_get_columns, tear_down);
    g_test_add("/command/output/terminals_get_headings", struct fixture, "terminal", set_up,
               test_terminals_get_headings, tear_down);
    g_test_add("/command/output/lines_are_escaped", struct fixture, NULL, set_up,
               test_lines_are_escaped, tear_down);
    g_test_add("/command/output/progress_is_for_terminals", struct fixture, NULL, set_up,
               test_progress_is_for_terminals, tear_down);
#define TEST(path, function)                                                                       \
    g_test_add("/command/output/" path, struct fixture, NULL, set_up, function, tear_down)
    TEST("json_has_types", test_json_has_types);
    TEST("xml_is_well_formed", test_xml_is_well_formed);
    TEST("text_leaves_out_what_is_hidden", test_text_leaves_out_what_is_hidden);
    TEST("no_records_no_document", test_no_records_no_document);
    g_test_add_func("/command/output/every_listing_has_names", test_every_listing_has_names);
    return g_test_run();
}
