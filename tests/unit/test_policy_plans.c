/*
 * The text fixtures of tests/plans: NAME.xml is a cluster, NAME.expect asks and answers.
 *
 * A line that begins with "? " asks: "? decide pack", "? decide pairs spare=1", "? normalize",
 * "? drain HOST", "? spread VM,VM,HOST" (a host stands for all its VMs), that optionally with
 * over=HOST,HOST, and each with minutes=N (until all must be home). What follows, up to the next
 * question, is the plan: its kind and summary, its steps (each with the one it waits for) and
 * what was left alone. GOLDEN=write writes the answers anew, to be read in review.
 *
 * Every host that is on counts as just seen; nobody is logged in unless users="..." says so, and a
 * host with the note "users unknown" could not be asked.
 */
#include <string.h>

#include "core/base/clock.h"
#include "core/policy/policy.h"
#include "core/store/cluster_file.h"
#include "tests/support/policy_lab.h"

static struct cluster *load(const char *path)
{
    g_autoptr(GPtrArray) warnings = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GError) error = NULL;
    struct cluster *cluster = cluster_file_load(path, warnings, &error);

    g_assert_no_error(error);
    for (guint i = 0; i < warnings->len; i++)
        g_test_message("%s", (const char *)g_ptr_array_index(warnings, i));
    g_assert_cmpuint(warnings->len, ==, 0);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        host->seen_at_us = host->state == HOST_ON ? LAB_NOW_US : 0;
        if (!host->users && g_strcmp0(host->note, "users unknown") != 0)
            host->users = g_new0(char *, 1);
    }
    return cluster;
}

static void read_setting(const char *word, struct policy_config *config,
                         struct policy_moment *moment)
{
    if (g_str_has_prefix(word, "spare="))
        config->spare_hosts = (guint)g_ascii_strtoull(word + 6, NULL, 10);
    else if (g_str_has_prefix(word, "minutes="))
        moment->until_normal_us = g_ascii_strtoll(word + 8, NULL, 10) * CLOCK_MINUTE_US;
    else
        g_error("a question with \"%s\" is not known", word);
}

static GPtrArray *find_hosts(const struct cluster *cluster, const char *names)
{
    g_auto(GStrv) words = g_strsplit(names, ",", -1);
    GPtrArray *hosts = g_ptr_array_new();

    for (char **word = words; *word; word++) {
        g_assert_nonnull(cluster_find_host(cluster, *word));
        g_ptr_array_add(hosts, cluster_find_host(cluster, *word));
    }
    return hosts;
}

static GPtrArray *find_vms(const struct cluster *cluster, const char *names)
{
    g_auto(GStrv) words = g_strsplit(names, ",", -1);
    GPtrArray *vms = g_ptr_array_new();

    for (char **word = words; *word; word++) {
        const struct host *host = cluster_find_host(cluster, *word);
        struct vm *vm = cluster_find_vm(cluster, *word);
        g_assert_true(host || vm);
        for (guint i = 0; host && i < host->vms->len; i++)
            g_ptr_array_add(vms, g_ptr_array_index(host->vms, i));
        if (!host)
            g_ptr_array_add(vms, vm);
    }
    return vms;
}

/* "spread WHAT [over=WHERE]" */
static struct plan *ask_spread(const struct cluster *cluster, char **words)
{
    g_autoptr(GPtrArray) vms = find_vms(cluster, words[1]);
    g_autoptr(GPtrArray) hosts = words[2] ? find_hosts(cluster, words[2] + strlen("over=")) : NULL;
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    const struct spread spread = {vms, hosts, NULL};
    struct policy_config config;

    policy_config_init(&config);
    return policy_spread(cluster, &config, &moment, &spread);
}

static struct plan *ask(const struct cluster *cluster, const char *question)
{
    g_auto(GStrv) words = g_strsplit(question, " ", -1);
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;
    gboolean normalize = g_str_equal(words[0], "normalize");

    if (g_str_equal(words[0], "spread"))
        return ask_spread(cluster, words);
    policy_config_init(&config);
    for (char **word = words + (normalize ? 1 : 2); *word; word++)
        read_setting(*word, &config, &moment);
    if (normalize)
        return policy_normalize(cluster, &config, &moment);
    if (g_str_equal(words[0], "drain"))
        return policy_drain(cluster, &config, &moment, cluster_find_host(cluster, words[1]));
    g_assert_cmpstr(words[0], ==, "decide");
    g_assert_true(policy_kind_parse(words[1], &config.kind));
    return policy_decide(cluster, &config, &moment);
}

static void append_plan(GString *text, const struct plan *plan)
{
    g_string_append_printf(text, "%s: %s\n", plan_kind_name(plan->kind), plan->summary);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        g_autofree char *why = plan_step_explain(step);
        g_string_append_printf(text, "%u. ", i + 1);
        if (step->after != PLAN_NO_STEP)
            g_string_append_printf(text, "(after %u) ", step->after + 1);
        g_string_append_printf(text, "%s\n", why);
    }
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        g_string_append_printf(text, "- %s: %s\n", refusal->subject, refusal->why);
    }
}

/* The same file as it should be: each question, followed by the answer of today. */
static char *answer_all(const struct cluster *cluster, const char *expected)
{
    g_auto(GStrv) lines = g_strsplit(expected, "\n", -1);
    GString *text = g_string_new(NULL);

    for (char **line = lines; *line; line++) {
        if (!g_str_has_prefix(*line, "? "))
            continue;
        autoptr(plan) plan = ask(cluster, *line + 2);
        g_string_append_printf(text, "%s%s\n", text->len ? "\n" : "", *line);
        append_plan(text, plan);
    }
    return g_string_free(text, FALSE);
}

static void fixture(gconstpointer data)
{
    const char *name = data;
    g_autofree char *xml = g_strdup_printf("tests/plans/%s.xml", name);
    g_autofree char *expect = g_strdup_printf("tests/plans/%s.expect", name);
    g_autofree char *xml_path = g_test_build_filename(G_TEST_DIST, xml, NULL);
    g_autofree char *expect_path = g_test_build_filename(G_TEST_DIST, expect, NULL);
    autoptr(cluster) cluster = load(xml_path);
    g_autofree char *expected = NULL;
    g_autofree char *answered = NULL;

    g_assert_true(g_file_get_contents(expect_path, &expected, NULL, NULL));
    answered = answer_all(cluster, expected);
    g_assert_nonnull(strstr(expected, "? "));
    if (g_strcmp0(g_getenv("GOLDEN"), "write") == 0)
        g_assert_true(g_file_set_contents(expect_path, answered, -1, NULL));
    else
        g_assert_cmpstr(answered, ==, expected);
}

static gint compare_strings(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int main(int argc, char **argv)
{
    g_autoptr(GPtrArray) names = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *dir_path = NULL;
    g_autoptr(GDir) dir = NULL;
    const char *file;

    g_test_init(&argc, &argv, NULL);
    dir_path = g_test_build_filename(G_TEST_DIST, "tests", "plans", NULL);
    dir = g_dir_open(dir_path, 0, NULL);
    g_assert_nonnull(dir);
    while ((file = g_dir_read_name(dir)))
        if (g_str_has_suffix(file, ".expect"))
            g_ptr_array_add(names, g_strndup(file, strlen(file) - strlen(".expect")));
    g_ptr_array_sort(names, compare_strings);
    for (guint i = 0; i < names->len; i++) {
        const char *name = g_ptr_array_index(names, i);
        g_autofree char *path = g_strdup_printf("/policy/plans/%s", name);
        g_test_add_data_func(path, name, fixture);
    }
    return g_test_run();
}
