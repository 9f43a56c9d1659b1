#include "core/driver/sim/sim.h"

#include <string.h>

#include "core/base/error.h"

static void assert_refused(const char *spec, const char *word)
{
    struct sim_faults faults = {.wake_fails = 0.25};
    g_autoptr(GError) error = NULL;

    g_assert_false(sim_faults_parse(spec, &faults, &error));
    g_assert_error(error, ROOST_ERROR, ROOST_ERROR_USAGE);
    g_assert_nonnull(strstr(error->message, word));
    g_assert_cmpfloat(faults.wake_fails, ==, 0.25); /* untouched */
}

static void test_reads_each(void)
{
    struct sim_faults faults;

    g_assert_true(
        sim_faults_parse("host-dies=0.01, wake-fails=1,never-converges=0", &faults, NULL));
    g_assert_cmpfloat(faults.host_dies, ==, 0.01);
    g_assert_cmpfloat(faults.wake_fails, ==, 1);
    g_assert_cmpfloat(faults.never_converges, ==, 0);
    g_assert_cmpfloat(faults.host_hangs, ==, 0);
}

static void test_all_and_none(void)
{
    struct sim_faults faults;

    g_assert_true(sim_faults_parse("all,host-hangs=0", &faults, NULL));
    g_assert_cmpfloat(faults.host_dies, ==, 0.02);
    g_assert_cmpfloat(faults.host_hangs, ==, 0);
    g_assert_cmpfloat(faults.migration_fails, ==, 0.05);
    g_assert_true(sim_faults_parse("none", &faults, NULL));
    g_assert_cmpfloat(faults.host_dies, ==, 0);
    g_assert_cmpfloat(faults.migration_fails, ==, 0);
}

static void test_refuses_nonsense(void)
{
    assert_refused("", "\"\"");
    assert_refused("host-dis=0.1", "\"host-dis=0.1\"");
    assert_refused("wake-fails", "\"wake-fails\"");
    assert_refused("wake-fails=", "\"wake-fails=\"");
    assert_refused("wake-fails=2", "\"wake-fails=2\"");
    assert_refused("wake-fails=-1", "\"wake-fails=-1\"");
    assert_refused("wake-fails=nan", "nan");
    assert_refused("wake-fails=0.1x", "0.1x");
    assert_refused("all,,none", "\"\"");
    assert_refused("wake=0.1", "\"wake=0.1\"");
    assert_refused("\033[2J=1", "\\x1b[2J");
}

static void test_help_names_all(void)
{
    for (guint i = 0; sim_fault_help[i]; i += 2) {
        g_autofree char *spec = g_strdup_printf("%s=0.5", sim_fault_help[i]);
        struct sim_faults faults;

        g_assert_true(sim_faults_parse(spec, &faults, NULL));
        g_assert_cmpuint(strlen(sim_fault_help[i + 1]), >, 0);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/sim/faults/each_can_be_given_a_chance", test_reads_each);
    g_test_add_func("/sim/faults/all_and_none_set_every_one", test_all_and_none);
    g_test_add_func("/sim/faults/nonsense_is_refused_by_its_word", test_refuses_nonsense);
    g_test_add_func("/sim/faults/help_names_what_can_be_parsed", test_help_names_all);
    return g_test_run();
}
