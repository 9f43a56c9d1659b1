/* Enrolment and commands, in the simulated lab. */
#include "core/driver/enrol.h"

#include <string.h>

#include "tests/support/sim_rig.h"

static struct sim_rig *rig_new(void)
{
    return sim_rig_new(sim_lab_ercolani(), FALSE, 1, NULL, SIM_RIG_CLOSING_US);
}

struct heard {
    guint calls;
    struct enrol_answer *answer;
    struct run_answer *ran;
    char *key;
    gint code; /* of the error; -1 = none */
};

static void hear(struct heard *heard, const GError *error)
{
    heard->calls++;
    heard->code = error ? error->code : -1;
}

static void on_enrolled(struct enrol_answer *answer, const GError *error, gpointer data)
{
    struct heard *heard = data;

    heard->answer = answer;
    hear(heard, error);
}

static void on_ran(struct run_answer *answer, const GError *error, gpointer data)
{
    struct heard *heard = data;

    heard->ran = answer;
    hear(heard, error);
}

static void on_done(const GError *error, gpointer data)
{
    hear(data, error);
}

static void on_key(const char *public_key, const GError *error, gpointer data)
{
    struct heard *heard = data;

    heard->key = g_strdup(public_key);
    hear(heard, error);
}

static void heard_clear(struct heard *heard)
{
    enrol_answer_free(heard->answer);
    run_answer_free(heard->ran);
    g_free(heard->key);
}

static void await(struct sim_rig *rig, const struct heard *heard)
{
    g_assert_cmpuint(heard->calls, ==, 0); /* never from inside the call */
    sim_rig_run(rig, 30 * CLOCK_SECOND_US);
    g_assert_cmpuint(heard->calls, ==, 1);
}

static void test_hosts_are_known_and_let_us_in(void)
{
    autoptr(sim_rig) rig = rig_new();
    const struct enrol_request request = {.address = "10.0.0.7"};
    struct heard heard = {0};

    driver_enrol(rig->driver, &request, on_enrolled, &heard);
    await(rig, &heard);
    g_assert_cmpint(heard.code, ==, -1);
    g_assert_cmpint(heard.answer->host_key, ==, ENROL_HOST_KEY_KNOWN);
    g_assert_cmpint(heard.answer->entry, ==, ENROL_ENTRY_KEY);
    g_assert_true(driver_trust(rig->driver, "10.0.0.7", heard.answer->key, NULL));
    heard_clear(&heard);
}

static void test_commands_run_there(void)
{
    autoptr(sim_rig) rig = rig_new();
    struct run_request request = {.address = "10.0.0.7", .command = "hostname"};
    struct heard heard = {0};
    struct heard other = {0};

    driver_run(rig->driver, &request, on_ran, &heard);
    await(rig, &heard);
    g_assert_cmpstr(heard.ran->output->str, ==, "pc07\n");
    g_assert_cmpint(heard.ran->status, ==, 0);
    request.command = "rm -rf /";
    driver_run(rig->driver, &request, on_ran, &other);
    await(rig, &other);
    g_assert_cmpint(other.ran->status, ==, 127);
    g_assert_nonnull(strstr(other.ran->complaint->str, "not found"));
    heard_clear(&heard);
    heard_clear(&other);
}

static void test_a_disarmed_host_is_armed(void)
{
    struct cluster *lab = sim_lab_ercolani();
    g_autoptr(GError) error = NULL;
    struct host_report *report;
    struct heard heard = {0};

    cluster_find_host(lab, "pc07")->wake = HOST_WAKE_DISARMED;
    autoptr(sim_rig) rig = sim_rig_new(lab, FALSE, 1, NULL, SIM_RIG_CLOSING_US);
    report = sim_rig_refresh(rig, "10.0.0.7", &error);
    g_assert_no_error(error);
    g_assert_cmpint(report->wake, ==, HOST_WAKE_DISARMED);
    host_report_free(report);
    driver_arm(rig->driver, "10.0.0.7", on_done, &heard);
    await(rig, &heard);
    g_assert_cmpint(heard.code, ==, -1);
    report = sim_rig_refresh(rig, "10.0.0.7", &error);
    g_assert_cmpint(report->wake, ==, HOST_WAKE_ARMED);
    host_report_free(report);
}

static void test_each_host_has_a_key_of_its_own(void)
{
    autoptr(sim_rig) rig = rig_new();
    struct peer_request request = {.address = "10.0.0.7"};
    struct heard one = {0};
    struct heard other = {0};

    driver_share_keys(rig->driver, &request, on_key, &one);
    await(rig, &one);
    request.address = "10.0.0.8";
    driver_share_keys(rig->driver, &request, on_key, &other);
    await(rig, &other);
    g_assert_nonnull(one.key);
    g_assert_cmpstr(one.key, !=, other.key);
    heard_clear(&one);
    heard_clear(&other);
}

static void test_nothing_is_done_where_nobody_answers(void)
{
    autoptr(sim_rig) rig = rig_new();
    const struct enrol_request request = {.address = "10.9.9.9"};
    struct heard heard = {0};
    struct heard cancelled = {0};
    guint operation;

    driver_enrol(rig->driver, &request, on_enrolled, &heard);
    await(rig, &heard);
    g_assert_cmpint(heard.code, ==, ROOST_ERROR_ABSENT);
    g_assert_null(heard.answer);
    operation = driver_arm(rig->driver, "10.0.0.7", on_done, &cancelled);
    driver_cancel(rig->driver, operation);
    await(rig, &cancelled);
    g_assert_cmpint(cancelled.code, ==, ROOST_ERROR_CANCELLED);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/driver/sim/hosts_are_known_and_let_us_in",
                    test_hosts_are_known_and_let_us_in);
    g_test_add_func("/driver/sim/commands_run_there", test_commands_run_there);
    g_test_add_func("/driver/sim/a_disarmed_host_is_armed", test_a_disarmed_host_is_armed);
    g_test_add_func("/driver/sim/each_host_has_a_key_of_its_own",
                    test_each_host_has_a_key_of_its_own);
    g_test_add_func("/driver/sim/nothing_is_done_where_nobody_answers",
                    test_nothing_is_done_where_nobody_answers);
    return g_test_run();
}
