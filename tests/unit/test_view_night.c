/* test_view_night.c - the night so far: what is sampled, and how it looks. */
#include "tests/support/stage.h"
#include "tui/night_samples.h"
#include "tui/view.h"

/* The lab as it was, minute by minute from 19:30: packed at 20:00, and `to` the minutes after. */
static void live(struct stage *stage, guint minutes, guint gap_from, guint gap_until)
{
    struct scene *scene = &stage->app->scene;
    gint64 begun_us = STAGE_WALL_US - 157 * CLOCK_MINUTE_US;
    gint64 mono_us = scene->now_us;

    for (guint i = 0; i <= minutes; i++) {
        scene->wall_us = begun_us + i * CLOCK_MINUTE_US;
        scene->now_us = mono_us + i * CLOCK_MINUTE_US;
        if (i == 35)
            stage_pack(stage, 20);
        if (i == 50)
            for (guint host = 9; host <= 20; host++)
                if (stage_host(stage, host)->vms->len == 0)
                    stage_switch_off(stage, host);
        scene_count(scene);
        if (i < gap_from || i > gap_until)
            night_samples_take(stage->app->night_samples, scene);
    }
    scene->now_us = mono_us;
    scene->wall_us = begun_us + minutes * CLOCK_MINUTE_US;
}

static void test_sizes(void)
{
    autoptr(stage) stage = stage_new(62);

    live(stage, 157, 90, 110);
    night_open(stage->app);
    stage_check(stage, "view-night", 80, 24);
    stage_check(stage, "view-night", 100, 30);
    stage_check(stage, "view-night", 132, 43);
    stage_check(stage, "view-night", 200, 50);
    stage_check(stage, "view-night", 40, 12);
}

static void test_cursor(void)
{
    autoptr(stage) stage = stage_new(62);

    live(stage, 157, 1000, 1000);
    night_open(stage->app);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Left");
    stage_press(stage, "Left");
    stage_press(stage, "Down");
    stage_press(stage, "Down");
    stage_check(stage, "view-night-cursor", 80, 24);
    stage_press(stage, "PageUp");
    stage_check(stage, "view-night-before", 80, 24);
    stage_press(stage, "PageDown");
    stage_press(stage, "PageDown");
    g_assert_nonnull(stage->app->message); /* the newest */
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

/* A night a minute old: what there is of it is drawn, however narrow. */
static void test_begun(void)
{
    autoptr(stage) stage = stage_new(62);

    live(stage, 16, 1000, 1000);
    night_open(stage->app);
    stage_check(stage, "view-night-begun", 80, 24);
}

/* Half a cell, or a whole one; the one of the legend has less room before it. */
static gboolean plots(struct stage *stage)
{
    return stage_shows(stage, "⡇") || stage_shows(stage, "⢸") || stage_shows(stage, "    ⣿");
}

/* Begun in the midst of a column's time: drawn at once, and when now is in the next one too. */
static void test_begun_late_in_a_column(void)
{
    autoptr(stage) stage = stage_new(62);
    struct scene *scene = &stage->app->scene;
    gint64 wall_us = scene->wall_us;

    night_open(stage->app);
    stage_draw(stage, 80, 24);
    for (guint i = 1; i < 60; i++) {
        scene->wall_us = wall_us + i * CLOCK_MINUTE_US;
        night_samples_free(stage->app->night_samples);
        stage->app->night_samples = night_samples_new();
        night_samples_take(stage->app->night_samples, scene);
        g_assert_true(plots(stage));
        scene->wall_us += 4 * CLOCK_MINUTE_US;
        g_assert_true(plots(stage));
    }
}

static void test_empty(void)
{
    autoptr(stage) stage = stage_new(62);

    night_open(stage->app);
    stage_check(stage, "view-night-empty", 80, 24);
}

/* While the lab is open: the last night, and the day since, which the axis marks. */
static void test_open(void)
{
    autoptr(stage) stage = stage_new(62);
    struct scene *scene = &stage->app->scene;

    scene->wall_us = STAGE_WALL_US - 3 * CLOCK_HOUR_US; /* Tuesday 19:07 */
    scene_count(scene);
    for (guint i = 0; i < 30; i++) {
        night_samples_take(stage->app->night_samples, scene);
        scene->wall_us += CLOCK_MINUTE_US;
    }
    night_open(stage->app);
    stage_check(stage, "view-night-open", 80, 24);
}

static void test_all_off(void)
{
    autoptr(stage) stage = stage_new(8);

    for (guint i = 1; i <= 8; i++) {
        stage_vm(stage, i)->state = VM_OFF;
        stage_switch_off(stage, i);
    }
    stage->app->ascii = TRUE;
    live(stage, 30, 1000, 1000);
    night_open(stage->app);
    stage_check(stage, "view-night-off", 80, 24);
}

/* One a minute, bounded; energy is that of hosts over time. */
static void test_samples(void)
{
    autoptr(stage) stage = stage_new(4);
    struct scene *scene = &stage->app->scene;
    autoptr(night_samples) samples = night_samples_new();
    double kwh, kwh_all_on;

    for (guint i = 0; i < 9000; i++) {
        night_samples_take(samples, scene);
        scene->wall_us += CLOCK_MINUTE_US / 2;
    }
    g_autoptr(GArray) list = night_samples_list(samples, 0, G_MAXINT64);
    g_assert_cmpuint(list->len, ==, 4500);
    g_autoptr(GArray) hour =
        night_samples_list(samples, STAGE_WALL_US, STAGE_WALL_US + CLOCK_HOUR_US);
    g_assert_cmpuint(hour->len, ==, 61);
    night_samples_energy(hour, &kwh, &kwh_all_on);
    g_assert_cmpfloat_with_epsilon(kwh, scene->watts / 1000, 1e-6);
    g_assert_null(night_samples_at(hour, STAGE_WALL_US - 1));
    g_assert_null(night_samples_at(hour, STAGE_WALL_US + 2 * CLOCK_HOUR_US));
    for (guint i = 0; i < 9000; i++) {
        night_samples_take(samples, scene);
        scene->wall_us += CLOCK_MINUTE_US;
    }
    g_autoptr(GArray) bounded = night_samples_list(samples, 0, G_MAXINT64);
    g_assert_cmpuint(bounded->len, <=, 4 * 24 * 60);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/night/begun", test_begun);
    g_test_add_func("/view/night/begun_late_in_a_column", test_begun_late_in_a_column);
    g_test_add_func("/night/samples", test_samples);
    g_test_add_func("/view/night/sizes", test_sizes);
    g_test_add_func("/view/night/cursor", test_cursor);
    g_test_add_func("/view/night/empty", test_empty);
    g_test_add_func("/view/night/open", test_open);
    g_test_add_func("/view/night/all_off", test_all_off);
    return g_test_run();
}
