#include "core/store/metrics.h"

#include <gio/gio.h>
#include <string.h>

#include "core/store/rotate.h"
#include "tests/support/engine_lab.h"
#include "tests/support/history_lab.h"
#include "tests/support/sim_rig.h"

/* --- A strict reader of the text format: what it refuses, Prometheus may too -------------------
 */

struct exposition {
    GHashTable *values; /* "name{label=\"v\"}" -> char *, the number */
    GHashTable *types;  /* name -> char * */
    GHashTable *closed; /* families that something else came after */
    char *family;
};

static gboolean is_name(const char *text, gsize length)
{
    for (gsize i = 0; i < length; i++) {
        if (!g_ascii_isalpha(text[i]) && text[i] != '_' && text[i] != ':' &&
            (i == 0 || !g_ascii_isdigit(text[i])))
            return FALSE;
    }
    return length > 0;
}

/* One {label="value"}: steps over it. */
static void skip_labels(const char **at)
{
    const char *c = *at;
    if (*c != '{')
        return;
    do {
        c++;
        gsize length = strcspn(c, "=");
        g_assert_true(is_name(c, length));
        g_assert_null(memchr(c, ':', length));
        c += length + 1;
        g_assert_cmpint((guchar)*c, ==, '"');
        for (c++; *c != '"'; c++) {
            g_assert_cmpint((guchar)*c, >=, 0x20);
            if (*c == '\\') {
                c++;
                g_assert_nonnull(strchr("\\\"n", *c));
            }
        }
        c++;
    } while (*c == ',');
    g_assert_cmpint((guchar)*c, ==, '}');
    *at = c + 1;
}

static void begin_family(struct exposition *all, const char *name)
{
    if (g_strcmp0(all->family, name) == 0)
        return;
    g_assert_false(g_hash_table_contains(all->closed, name)); /* a family stands together */
    if (all->family)
        g_hash_table_add(all->closed, g_strdup(all->family));
    g_free(all->family);
    all->family = g_strdup(name);
}

static void take_comment(struct exposition *all, const char *line)
{
    g_auto(GStrv) words = g_strsplit(line, " ", 4);
    g_assert_cmpuint(g_strv_length(words), ==, 4);
    g_assert_cmpstr(words[0], ==, "#");
    g_assert_true(is_name(words[2], strlen(words[2])));
    begin_family(all, words[2]);
    if (strcmp(words[1], "HELP") == 0)
        return;
    g_assert_cmpstr(words[1], ==, "TYPE");
    g_assert_true(strcmp(words[3], "gauge") == 0 || strcmp(words[3], "counter") == 0);
    g_assert_false(g_hash_table_contains(all->types, words[2]));
    g_assert_cmpint(g_str_has_suffix(words[2], "_total"), ==, strcmp(words[3], "counter") == 0);
    g_hash_table_insert(all->types, g_strdup(words[2]), g_strdup(words[3]));
}

static void take_value(struct exposition *all, const char *line)
{
    gsize length = strcspn(line, "{ ");
    g_autofree char *name = g_strndup(line, length);
    const char *at = line + length;
    char *end = NULL;
    g_assert_true(is_name(name, length));
    begin_family(all, name);
    g_assert_true(g_hash_table_contains(all->types, name)); /* TYPE comes first */
    skip_labels(&at);
    g_assert_cmpint((guchar)*at, ==, ' ');
    g_ascii_strtod(at + 1, &end);
    g_assert_true(end != at + 1 && *end == '\0');
    char *series = g_strndup(line, (gsize)(at - line));
    g_assert_true(g_hash_table_insert(all->values, series, g_strdup(at + 1))); /* once each */
}

static struct exposition *parse(const char *text)
{
    struct exposition *all = g_new0(struct exposition, 1);
    all->values = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    all->types = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    all->closed = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_assert_true(g_utf8_validate(text, -1, NULL));
    g_assert_true(g_str_has_suffix(text, "\n"));
    g_auto(GStrv) lines = g_strsplit(text, "\n", -1);
    for (guint i = 0; lines[i + 1]; i++) {
        if (lines[i][0] == '#')
            take_comment(all, lines[i]);
        else
            take_value(all, lines[i]);
    }
    return all;
}

static void exposition_free(struct exposition *all)
{
    g_hash_table_unref(all->values);
    g_hash_table_unref(all->types);
    g_hash_table_unref(all->closed);
    g_free(all->family);
    g_free(all);
}

static void assert_value(const struct exposition *all, const char *series, const char *value)
{
    g_test_message("%s", series);
    g_assert_cmpstr(g_hash_table_lookup(all->values, series), ==, value);
}

/* Prometheus' own judge, where it is installed. */
static void assert_promtool(const char *text)
{
    g_autofree char *promtool = g_find_program_in_path("promtool");
    g_autoptr(GError) error = NULL;
    g_autofree char *said = NULL;
    if (!promtool)
        return;
    g_autoptr(GSubprocess) judge =
        g_subprocess_new(G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_PIPE |
                             G_SUBPROCESS_FLAGS_STDERR_MERGE,
                         &error, promtool, "check", "metrics", NULL);
    g_assert_no_error(error);
    g_assert_true(g_subprocess_communicate_utf8(judge, text, NULL, &said, NULL, &error));
    g_test_message("promtool: %s", said);
    g_assert_true(g_subprocess_get_successful(judge));
}

/* --- What it says ------------------------------------------------------------------------------
 */

static void test_of_a_lab(void)
{
    struct lab *lab = lab_new(3, TRUE);
    struct metrics_facts facts = {
        .totals = {.kwh = 1.25, .kwh_saved = 0.5, .migrations = {54, 1, 2, 3}, .alarms = 4},

        .last_decision_us = G_GINT64_CONSTANT(1782943634500000),
    };
    lab_start(lab);
    g_autofree char *text = metrics_format(lab->engine, &facts);
    struct exposition *all = parse(text);
    assert_promtool(text);
    assert_value(all, "roost_hosts{state=\"on\"}", "3");
    assert_value(all, "roost_hosts{state=\"off\"}", "0");
    assert_value(all, "roost_host_up{host=\"pc1\"}", "1");
    assert_value(all, "roost_host_vms{host=\"pc2\"}", "1");
    assert_value(all, "roost_host_memory_bytes{host=\"pc2\"}", "2147483648");
    assert_value(all, "roost_vms", "3");
    assert_value(all, "roost_migrations_total{result=\"done\"}", "54");
    assert_value(all, "roost_migrations_total{result=\"refused\"}", "3");
    assert_value(all, "roost_alarms_total", "4");
    assert_value(all, "roost_alarms", "0");
    assert_value(all, "roost_kwh_total", "1.25");
    assert_value(all, "roost_saved_kwh_total", "0.5");
    assert_value(all, "roost_mode{mode=\"manual\"}", "1");
    assert_value(all, "roost_mode{mode=\"hours\"}", "0");
    assert_value(all, "roost_manager_fence", "0");
    assert_value(all, "roost_last_decision_timestamp_seconds", "1782943634.5");
    exposition_free(all);
    lab_free(lab);
}

static void test_hostile_names(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct metrics_facts facts = {0};
    struct engine_config config;
    engine_config_init(&config);
    g_assert_nonnull(cluster_add_host(cluster, "p\"c\\9 {x=\"y\"}", "10.0.0.99", NULL));
    g_free(cluster_add_host(cluster, "pc2", "10.0.0.2", NULL)->name);
    ((struct host *)cluster->hosts->pdata[1])->name = g_strdup("a\nroost_vms 7\xff");
    struct sim_rig *rig = sim_rig_new(cluster_copy(cluster), FALSE, 1, NULL, SIM_RIG_CLOSING_US);
    struct engine *engine =
        engine_new(rig->clock, rig->driver, g_steal_pointer(&cluster), NULL, &config, "test");
    g_autofree char *text = metrics_format(engine, &facts);
    struct exposition *all = parse(text);
    assert_promtool(text);
    assert_value(all, "roost_host_up{host=\"p\\\"c\\\\9 {x=\\\"y\\\"}\"}", "0");
    assert_value(all, "roost_host_up{host=\"a\\\\x0aroost_vms 7\\\\xff\"}", "0");
    assert_value(all, "roost_vms", "0");
    assert_value(all, "roost_last_decision_timestamp_seconds", NULL);
    exposition_free(all);
    engine_free(engine);
    sim_rig_free(rig);
}

/* --- The file ----------------------------------------------------------------------------------
 */

struct written {
    struct lab *lab;
    struct history *history;
    struct metrics *metrics;
    char *dir;
    char *path;
};

static void begin(struct written *written, const char *name)
{
    written->dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    written->path = g_build_filename(written->dir, name, NULL);
    written->lab = lab_new(3, TRUE);
    lab_start(written->lab);
    struct rotate *file = rotate_open(written->dir, HISTORY_NAME, NULL, NULL);
    written->history =
        history_new(written->lab->engine, written->dir, journal_queue_new(file, NULL, NULL));
    written->metrics = metrics_new(written->lab->engine, written->history, written->path);
}

static void settle(void)
{
    while (g_main_context_iteration(NULL, FALSE))
        continue;
}

static void end(struct written *written)
{
    metrics_free(written->metrics);
    history_free(written->history);
    lab_free(written->lab);
    history_lab_remove(written->dir);
    g_free(written->dir);
    g_free(written->path);
}

/* Waits for the thread by taking its part away; what was written is then there. */
static char *take_text(struct written *written)
{
    char *text = NULL;
    metrics_free(written->metrics);
    written->metrics = NULL;
    g_file_get_contents(written->path, &text, NULL, NULL);
    return text;
}

static guint64 fence_of_five(G_GNUC_UNUSED gpointer data)
{
    return 5;
}

static void test_file_is_replaced(void)
{
    struct written written;
    begin(&written, "roost.prom");
    engine_set_guard(written.lab->engine, &(struct engine_guard){.fence = fence_of_five});
    lab_run(written.lab, 16 * CLOCK_SECOND_US);
    g_autofree char *text = take_text(&written);
    g_assert_nonnull(text);
    struct exposition *all = parse(text);
    assert_value(all, "roost_manager_fence", "5");
    assert_value(all, "roost_hosts{state=\"on\"}", "3");
    exposition_free(all);
    end(&written);
}

static void test_counters_go_on_after_a_restart(void)
{
    struct written written;
    begin(&written, "roost.prom");
    guint id = engine_migrate(written.lab->engine, "vm1", "pc2", FALSE, NULL);
    g_assert_cmpuint(id, >, 0);
    lab_run_jobs(written.lab);
    lab_run(written.lab, 2 * CLOCK_MINUTE_US);
    metrics_free(written.metrics);
    history_free(written.history);
    struct rotate *file = rotate_open(written.dir, HISTORY_NAME, NULL, NULL);
    written.history =
        history_new(written.lab->engine, written.dir, journal_queue_new(file, NULL, NULL));
    written.metrics = metrics_new(written.lab->engine, written.history, written.path);
    lab_run(written.lab, 16 * CLOCK_SECOND_US);
    g_autofree char *text = take_text(&written);
    struct exposition *all = parse(text);
    assert_value(all, "roost_migrations_total{result=\"done\"}", "1");
    double kwh = g_ascii_strtod(g_hash_table_lookup(all->values, "roost_kwh_total"), NULL);
    g_assert_cmpfloat(kwh, >, 0);
    exposition_free(all);
    end(&written);
}

static void test_no_place_is_told_once(void)
{
    struct written written;
    begin(&written, "nowhere/roost.prom");
    for (guint i = 0; i < 20; i++) {
        lab_run(written.lab, CLOCK_MINUTE_US);
        settle();
    }
    g_autofree char *text = take_text(&written);
    g_assert_null(text);
    g_assert_cmpuint(lab_journal_has(written.lab, "the metrics are not written"), ==, 1);
    end(&written);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/metrics/of_a_lab", test_of_a_lab);
    g_test_add_func("/store/metrics/hostile_names", test_hostile_names);
    g_test_add_func("/store/metrics/file_is_replaced", test_file_is_replaced);
    g_test_add_func("/store/metrics/counters_go_on_after_a_restart",
                    test_counters_go_on_after_a_restart);
    g_test_add_func("/store/metrics/no_place_is_told_once", test_no_place_is_told_once);
    return g_test_run();
}
