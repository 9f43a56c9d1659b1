#include "core/store/history.h"

#include <string.h>

#include "core/store/rotate_read.h"
#include "tests/support/history_lab.h"

static const struct history_sample example = {
    .wall_us = G_GINT64_CONSTANT(1782943634000000),
    .run = 0x1234,
    .hosts = 62,
    .on = 8,
    .off = 53,
    .waking = 1,
    .vms = 62,
    .load = 0.25,
    .watts = 1234.5,
    .watts_all_on = 4000,
    .mode = ENGINE_BY_HOURS,
    .phase = HOURS_PREPARING,
    .totals =
        {.kwh = 1.5, .kwh_all_on = 4, .kwh_saved = 2.5, .migrations = {54, 1, 2, 3}, .alarms = 7},
    .missing = (char *)"pc07 p\"c 8",
};

static void test_line_and_back(void)
{
    struct history_sample sample;
    g_autofree char *line = history_format(&example);
    g_assert_cmpstr(line, ==,
                    "time=2026-07-01T22:07:14Z run=00001234 hosts=62 on=8 off=53 waking=1 "
                    "stopping=0 unreachable=0 vms=62 load=0.250 watts=1234.5 watts-all-on=4000.0 "
                    "mode=hours phase=preparing kwh=1.500000 kwh-all-on=4.000000 "
                    "kwh-saved=2.500000 migrations=54/1/2/3 wakes=0/0/0/0 offs=0/0/0/0 alarms=7 "
                    "missing=\"pc07 p\\\"c 8\"");
    g_assert_true(history_parse(line, &sample));
    g_autofree char *again = history_format(&sample);
    g_assert_cmpstr(again, ==, line);
    g_free(sample.missing);
}

static void test_hostile_lines(void)
{
    static const char *const refused[] = {"",
                                          "time=2026-07-01T22:07:14Z",
                                          "time=2026-07-01T22:07:14Z run=1 hosts=1",
                                          "run=1 hosts=1 on=1",
                                          "time=x run=1 hosts=1 on=1",
                                          "time=2026-07-01T22:07:14Z run=1g hosts=1 on=1"};
    struct history_sample sample;
    for (guint i = 0; i < G_N_ELEMENTS(refused); i++)
        g_assert_false(history_parse(refused[i], &sample));
    g_assert_true(history_parse("time=2026-07-01T22:07:14Z run=1 hosts=-4 on=9e99 kwh=-1 "
                                "migrations=x/-1/99999999999999999999/2/3/4 phase=x mode=x",
                                &sample));
    g_assert_cmpuint(sample.hosts, ==, 0);
    g_assert_cmpuint(sample.on, ==, 0);
    g_assert_cmpfloat(sample.totals.kwh, ==, 0);
    g_assert_cmpuint(sample.totals.migrations[HISTORY_FAILED], ==, 0);
    g_assert_cmpuint(sample.totals.migrations[HISTORY_REFUSED], ==, 2);
}

/* --- A simulated night -------------------------------------------------------------------------
 */

struct night {
    guint lines;
    gint64 last_us;
    struct history_totals totals;
    guint runs;
    guint64 run;
};

static gboolean check_line(const char *line, gpointer data)
{
    struct night *night = data;
    struct history_sample sample;
    g_assert_true(history_parse(line, &sample));
    g_assert_cmpuint(sample.hosts, ==, 62);
    g_assert_cmpuint(sample.on + sample.off + sample.waking + sample.stopping + sample.unreachable,
                     ==, 62);
    if (sample.run != night->run) {
        night->runs++;
        night->run = sample.run;
        night->last_us = sample.wall_us;
    }
    g_assert_cmpint(sample.wall_us, >=, night->last_us);
    g_assert_cmpint(sample.wall_us - night->last_us, <=, HISTORY_PERIOD_US + CLOCK_MINUTE_US);
    g_assert_cmpfloat(sample.totals.kwh, >=, night->totals.kwh);
    g_assert_cmpfloat(sample.totals.kwh_saved, >=, night->totals.kwh_saved);
    g_assert_cmpuint(sample.totals.migrations[HISTORY_DONE], >=,
                     night->totals.migrations[HISTORY_DONE]);
    night->last_us = sample.wall_us;
    night->totals = sample.totals;
    night->lines++;
    g_free(sample.missing);
    return TRUE;
}

/* Two nights in one store: totals go on, and never back. */
static void test_totals_go_on_from_run_to_run(void)
{
    g_autofree char *dir = g_dir_make_tmp("roost-test-XXXXXX", NULL);
    struct history_truth truth;
    struct night first = {0};
    struct night both = {0};
    history_lab_night(dir, 1, "none", &truth);
    g_assert_true(rotate_read(dir, HISTORY_NAME, 0, check_line, &first, NULL, NULL));
    g_assert_cmpuint(first.runs, ==, 1);
    g_assert_cmpuint(first.totals.migrations[HISTORY_DONE], ==, truth.migrations);
    g_assert_cmpuint(first.totals.wakes[HISTORY_DONE], ==, 54);
    g_assert_cmpuint(first.totals.offs[HISTORY_DONE], ==, 54);
    g_assert_cmpuint(first.lines, <, 300); /* no more than a night is worth */
    history_lab_night(dir, 1, "none", &truth);
    g_assert_true(rotate_read(dir, HISTORY_NAME, 0, check_line, &both, NULL, NULL));
    g_assert_cmpuint(both.runs, ==, 2);
    g_assert_cmpuint(both.lines, ==, 2 * first.lines);
    g_assert_cmpfloat_with_epsilon(both.totals.kwh, 2 * first.totals.kwh, 1e-4);
    g_assert_cmpuint(both.totals.migrations[HISTORY_DONE], ==, 2 * truth.migrations);
    history_lab_remove(dir);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/store/history/line_and_back", test_line_and_back);
    g_test_add_func("/store/history/hostile_lines", test_hostile_lines);
    g_test_add_func("/store/history/totals_go_on_from_run_to_run",
                    test_totals_go_on_from_run_to_run);
    return g_test_run();
}
