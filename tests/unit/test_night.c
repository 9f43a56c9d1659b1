#include "core/command/night.h"

#include <glib/gstdio.h>
#include <string.h>

#include "core/command/command.h"
#include "tests/support/command_run.h"

/* Runs `roost night ARGUMENTS`; gives its status, and what it printed (free both). */
static int night(const char *arguments, char **out, char **err)
{
    g_autofree char *line = g_strdup_printf("night %s", arguments);

    return command_run(line, out, err);
}

static char *night_done(const char *arguments)
{
    g_autofree char *err = NULL;
    char *out;

    g_assert_cmpint(night(arguments, &out, &err), ==, COMMAND_DONE);
    g_assert_cmpstr(err, ==, "");
    return out;
}

static void assert_refused(const char *arguments, int status, const char *word)
{
    g_autofree char *out = NULL;
    g_autofree char *err = NULL;

    g_assert_cmpint(night(arguments, &out, &err), ==, status);
    g_assert_cmpstr(out, ==, "");
    g_assert_nonnull(strstr(err, word));
}

/* valgrind takes as long for one night as the machine for thirty. */
static guint64 seeds_tried(void)
{
    return g_getenv("VALGRIND") ? 1 : 10;
}

static void run(enum policy_kind policy, guint64 seed, const char *faults,
                struct night_result *result)
{
    struct night_options options = {.seed = seed, .policy = policy};
    autoptr(cluster) lab = sim_lab_ercolani();

    g_assert_true(sim_faults_parse(faults, &options.faults, NULL));
    night_run(lab, &options, NULL, result);
    if (result->sin)
        g_test_message("seed %" G_GUINT64_FORMAT ": %s", seed, result->sin);
}

/* What every night must come to, whatever happens in it. */
static void assert_morning(const struct night_result *result)
{
    g_assert_cmpuint(result->vms, ==, 62);
    g_assert_cmpuint(result->hosts_on_lowest, ==, 8);
    g_assert_cmpuint(result->vms_lost, ==, 0);
    g_assert_null(result->sin);
    g_assert_cmpuint(result->hosts_on_at_opening, ==, 62);
    g_assert_cmpuint(result->vms_home_at_opening, ==, 62);
    g_assert_cmpfloat(result->kwh, <, result->kwh_all_on / 2);
}

static void test_quiet_nights(gconstpointer data)
{
    for (guint64 seed = 1; seed <= seeds_tried(); seed++) {
        struct night_result result;

        run(GPOINTER_TO_UINT(data), seed, "none", &result);
        assert_morning(&result);
        g_assert_cmpuint(result.migrations_failed, ==, 0);
        g_assert_cmpuint(result.migrations, >=, 54 + 54); /* away, and home again */
    }
}

static void test_bad_nights(gconstpointer data)
{
    guint failed = 0;

    for (guint64 seed = 1; seed <= seeds_tried(); seed++) {
        struct night_result result;

        run(GPOINTER_TO_UINT(data), seed, "all", &result);
        assert_morning(&result);
        failed += result.migrations_failed;
    }
    g_assert_cmpuint(failed, >, seeds_tried()); /* they were bad */
}

static void test_keys(void)
{
    static const char *const keys[] = {
        "hosts=8",
        "vms=8",
        "hosts_on_lowest=1",
        "seconds_to_lowest=",
        "migrations=",
        "migrations_failed=",
        "vms_lost=0",
        "kwh=",
        "kwh_all_on=",
        "hosts_on_at_opening=8",
        "vms_home_at_opening=8",
    };
    g_autofree char *out = night_done("--lab small");
    g_auto(GStrv) lines = g_strsplit(out, "\n", -1);

    g_assert_cmpuint(g_strv_length(lines), ==, G_N_ELEMENTS(keys) + 1);
    for (guint i = 0; i < G_N_ELEMENTS(keys); i++)
        g_assert_true(g_str_has_prefix(lines[i], keys[i]));
    g_assert_cmpstr(lines[G_N_ELEMENTS(keys)], ==, "");
}

static void test_same_again(void)
{
    g_autofree char *first = night_done("--lab small --seed 5 --faults all --trace");
    g_autofree char *zone = g_strdup(g_getenv("TZ"));
    g_autofree char *second = NULL;
    g_autofree char *other = night_done("--lab small --seed 6 --faults all --trace");

    g_setenv("TZ", "Pacific/Auckland", TRUE);
    second = night_done("--lab small --seed 5 --faults all --trace");
    if (zone)
        g_setenv("TZ", zone, TRUE);
    else
        g_unsetenv("TZ");
    g_assert_cmpstr(first, ==, second);
    g_assert_cmpstr(first, !=, other);
}

static void test_trace(void)
{
    g_autofree char *plain = night_done("--lab small");
    g_autofree char *traced = night_done("--lab small --trace");

    g_assert_true(g_str_has_suffix(traced, plain));
    g_assert_true(g_str_has_prefix(traced, "19:45:"));
    g_assert_nonnull(strstr(traced, "migrate"));
    g_assert_nonnull(strstr(traced, "\n08:3"));
}

static void test_usage(void)
{
    assert_refused("--seed x", COMMAND_USAGE, "--seed x");
    assert_refused("--seed -1", COMMAND_USAGE, "--seed -1");
    assert_refused("--seed 99999999999999999999", COMMAND_USAGE, "99999");
    assert_refused("--policy best", COMMAND_USAGE, "best");
    assert_refused("--faults moon=1", COMMAND_USAGE, "\"moon=1\"");
    assert_refused("--frequency 2", COMMAND_USAGE, "--frequency");
    assert_refused("-c roost.conf", COMMAND_USAGE, "configuration");
    assert_refused("extra", COMMAND_USAGE, "argument");
}

static void test_missing_lab(void)
{
    assert_refused("--lab nowhere", COMMAND_FAILED, "nowhere");
    assert_refused("--lab /no/such/lab.xml", COMMAND_FAILED, "/no/such/lab.xml");
}

static void test_file(void)
{
    static const char xml[] = "<cluster name=\"two\" version=\"1\">"
                              "<host name=\"a\" address=\"192.0.2.1\" state=\"on\"><vm name=\"v\" "
                              "state=\"running\"/></host>"
                              "<host name=\"b\" address=\"192.0.2.2\" state=\"on\"><vm name=\"w\" "
                              "state=\"running\"/></host>"
                              "</cluster>";
    g_autofree char *path = NULL;
    g_autofree char *arguments = NULL;
    g_autofree char *out = NULL;
    int file = g_file_open_tmp("roost-lab-XXXXXX.xml", &path, NULL);

    g_assert_cmpint(file, >=, 0);
    g_close(file, NULL);
    g_assert_true(g_file_set_contents(path, xml, -1, NULL));
    arguments = g_strdup_printf("--lab %s", path);
    out = night_done(arguments);
    g_unlink(path);
    g_assert_true(g_str_has_prefix(out, "hosts=2\nvms=2\nhosts_on_lowest=1\n"));
    g_assert_nonnull(strstr(out, "vms_lost=0\n"));
    g_assert_nonnull(strstr(out, "hosts_on_at_opening=2\nvms_home_at_opening=2\n"));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_data_func("/night/pack/eight_on_at_the_lowest_and_all_home",
                         GUINT_TO_POINTER(POLICY_PACK), test_quiet_nights);
    g_test_add_data_func("/night/pairs/eight_on_at_the_lowest_and_all_home",
                         GUINT_TO_POINTER(POLICY_PAIRS), test_quiet_nights);
    g_test_add_data_func("/night/pack/faults_lose_nothing", GUINT_TO_POINTER(POLICY_PACK),
                         test_bad_nights);
    g_test_add_data_func("/night/pairs/faults_lose_nothing", GUINT_TO_POINTER(POLICY_PAIRS),
                         test_bad_nights);
    g_test_add_func("/night/output/is_its_keys_in_order", test_keys);
    g_test_add_func("/night/output/depends_on_the_seed_alone", test_same_again);
    g_test_add_func("/night/output/trace_comes_first", test_trace);
    g_test_add_func("/night/usage/nonsense_is_refused_by_its_word", test_usage);
    g_test_add_func("/night/usage/a_lab_that_is_not_there_is_told", test_missing_lab);
    g_test_add_func("/night/lab/a_file_is_a_lab", test_file);
    return g_test_run();
}
