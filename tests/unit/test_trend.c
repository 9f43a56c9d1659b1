/* test_trend.c - samples a period apart, whenever the frames come. */
#include "tests/support/stage.h"

static void pass(struct stage *stage, gint64 us)
{
    stage->app->scene.now_us += us;
    for (guint number = 1; number <= stage->cluster->hosts->len; number++)
        stage_host(stage, number)->seen_at_us = stage->app->scene.now_us;
    trend_update(stage->app->trend, &stage->app->scene);
}

static void set_load(const struct stage *stage, gint permille)
{
    stage_host(stage, 1)->load15_permille = permille;
    stage_vm(stage, 1)->cpu_permille = permille / 10;
}

static void test_one_sample_a_period(void)
{
    autoptr(stage) stage = stage_new(2);
    const struct trend *trend = stage->app->trend;
    gint values[TREND_SAMPLES];

    g_assert_cmpuint(trend_host(trend, stage_host(stage, 1), values, TREND_SAMPLES), ==, 0);
    set_load(stage, 1000);
    pass(stage, 0);
    set_load(stage, 400);
    pass(stage, 20 * CLOCK_SECOND_US); /* too early */
    pass(stage, 20 * CLOCK_SECOND_US);
    set_load(stage, 600);
    pass(stage, 30 * CLOCK_SECOND_US);
    g_assert_cmpuint(trend_host(trend, stage_host(stage, 1), values, TREND_SAMPLES), ==, 2);
    g_assert_cmpint(values[0], ==, 500); /* of two CPUs */
    g_assert_cmpint(values[1], ==, 300);
    g_assert_cmpuint(trend_vm(trend, stage_vm(stage, 1), values, TREND_SAMPLES), ==, 2);
    g_assert_cmpint(values[1], ==, 60);
    /* the next is due a period after the second, not after the frame it was taken in */
    pass(stage, 50 * CLOCK_SECOND_US);
    g_assert_cmpuint(trend_host(trend, stage_host(stage, 1), values, TREND_SAMPLES), ==, 3);
}

static void test_keeps_the_last_ones(void)
{
    autoptr(stage) stage = stage_new(1);
    gint values[TREND_SAMPLES];

    for (gint i = 0; i < TREND_SAMPLES + 10; i++) {
        set_load(stage, i * 2);
        pass(stage, CLOCK_MINUTE_US);
    }
    g_assert_cmpuint(trend_host(stage->app->trend, stage_host(stage, 1), values, TREND_SAMPLES), ==,
                     TREND_SAMPLES);
    g_assert_cmpint(values[0], ==, 10);
    g_assert_cmpint(values[TREND_SAMPLES - 1], ==, TREND_SAMPLES + 9);
    g_assert_cmpuint(trend_host(stage->app->trend, stage_host(stage, 1), values, 3), ==, 3);
    g_assert_cmpint(values[2], ==, TREND_SAMPLES + 9);
}

static void test_off_is_not_known(void)
{
    autoptr(stage) stage = stage_new(1);
    gint values[TREND_SAMPLES];

    pass(stage, 0);
    stage_switch_off(stage, 1);
    pass(stage, CLOCK_MINUTE_US);
    g_assert_cmpuint(trend_host(stage->app->trend, stage_host(stage, 1), values, TREND_SAMPLES), ==,
                     2);
    g_assert_cmpint(values[1], ==, -1);
}

/* A clock that runs fast skips periods; one that was away for long leaves a gap. */
static void test_gaps(void)
{
    autoptr(stage) stage = stage_new(1);
    gint values[TREND_SAMPLES];

    set_load(stage, 200);
    pass(stage, 0);
    pass(stage, 3 * CLOCK_MINUTE_US);
    g_assert_cmpuint(trend_host(stage->app->trend, stage_host(stage, 1), values, TREND_SAMPLES), ==,
                     4);
    g_assert_cmpint(values[2], ==, 100);
    pass(stage, 30 * CLOCK_MINUTE_US);
    g_assert_cmpuint(trend_host(stage->app->trend, stage_host(stage, 1), values, TREND_SAMPLES), ==,
                     34);
    g_assert_cmpint(values[20], ==, -1);
    g_assert_cmpint(values[33], ==, 100);
}

static void test_forgets_what_is_gone(void)
{
    autoptr(stage) stage = stage_new(2);
    gint values[TREND_SAMPLES];
    struct host gone = {.name = (char *)"pc02"};

    pass(stage, 0);
    g_assert_cmpuint(trend_host(stage->app->trend, &gone, values, 1), ==, 1);
    cluster_remove_host(stage->cluster, stage_host(stage, 2));
    pass(stage, CLOCK_MINUTE_US);
    g_assert_cmpuint(trend_host(stage->app->trend, &gone, values, 1), ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/trend/one_sample_a_period", test_one_sample_a_period);
    g_test_add_func("/trend/keeps_the_last_ones", test_keeps_the_last_ones);
    g_test_add_func("/trend/off_is_not_known", test_off_is_not_known);
    g_test_add_func("/trend/gaps", test_gaps);
    g_test_add_func("/trend/forgets_what_is_gone", test_forgets_what_is_gone);
    return g_test_run();
}
