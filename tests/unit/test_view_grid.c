/* test_view_grid.c - the grid at its zooms, in its orders, under headings, with what moves. */
#include "tests/support/stage.h"

#include <string.h>

#include "tests/support/golden.h"
#include "tui/view.h"

#define ROOM_HOSTS 32
#define RACK_HOSTS 8

static struct stage *placed(guint n_hosts)
{
    struct stage *stage = stage_new(n_hosts);

    for (guint i = 0; i < n_hosts; i++) {
        stage_host(stage, i + 1)->rack = g_strdup_printf("R%u", i / RACK_HOSTS + 1);
        stage_host(stage, i + 1)->room = g_strdup_printf("aula %u", i / ROOM_HOSTS + 1);
        stage_host(stage, i + 1)->lab = g_strdup("Ercolani");
    }
    return stage;
}

/* In the midst of a night: some packed, some off, one over, one that does not answer. */
static struct stage *busy(guint n_hosts)
{
    struct stage *stage = placed(n_hosts);

    for (guint number = n_hosts / 2; number <= n_hosts; number += 2) {
        cluster_move_vm(stage->cluster, stage_vm(stage, number), stage_host(stage, number % 7 + 1),
                        STAGE_NOW_US - CLOCK_MINUTE_US);
        stage_switch_off(stage, number);
    }
    stage_host(stage, 3)->load15_permille = 2600;
    host_set_state(stage_host(stage, 20), HOST_UNREACHABLE, STAGE_NOW_US - CLOCK_MINUTE_US);
    host_set_state(stage_host(stage, 25), HOST_WAKING, STAGE_NOW_US - 75 * CLOCK_SECOND_US);
    cluster_move_vm(stage->cluster, stage_vm(stage, 25), stage_host(stage, 1), STAGE_NOW_US);
    host_set_state(stage_host(stage, 27), HOST_STOPPING, STAGE_NOW_US - 12 * CLOCK_SECOND_US);
    cluster_move_vm(stage->cluster, stage_vm(stage, 27), stage_host(stage, 2), STAGE_NOW_US);
    return stage;
}

static void remember(struct stage *stage)
{
    gint64 now_us = stage->app->scene.now_us;

    for (gint i = 0; i < 40; i++) {
        for (guint number = 1; number <= stage->cluster->hosts->len; number++)
            stage_host(stage, number)->load15_permille = (gint)((number * 97 + i * i) % 1900);
        stage->app->scene.now_us = now_us + (i - 40) * CLOCK_MINUTE_US;
        trend_update(stage->app->trend, &stage->app->scene);
    }
    stage->app->scene.now_us = now_us;
}

/* --- Groups and orders ----------------------------------------------------------------------- */

static void test_grouped(void)
{
    autoptr(stage) stage = busy(62);

    stage->app->arrangement.group = ARRANGE_BY_STATE;
    stage_check(stage, "grid-by-state", 80, 24);
    stage_check(stage, "grid-by-state", 132, 43);
    stage->app->arrangement.group = ARRANGE_BY_RACK;
    app_select_host(stage->app, stage_host(stage, 42));
    stage_check(stage, "grid-by-rack", 80, 24);
    stage_check(stage, "grid-by-rack", 100, 30);
    stage_check(stage, "grid-by-rack", 200, 50);
    stage->app->ascii = TRUE;
    stage_check(stage, "grid-by-rack-ascii", 80, 24);
}

static void test_ordered(void)
{
    autoptr(stage) stage = busy(62);

    stage->app->arrangement.order = ARRANGE_BY_LOAD;
    stage_check(stage, "grid-by-load", 80, 24);
}

static void test_hostile_places(void)
{
    autoptr(stage) stage = stage_new(4);

    stage_host(stage, 1)->rack = g_strdup("\x1b[2J\x07");
    stage_host(stage, 2)->rack = g_strnfill(300, 'w');
    stage_host(stage, 3)->rack = g_strdup("第三排");
    stage->app->arrangement.group = ARRANGE_BY_RACK;
    stage_check(stage, "grid-hostile-racks", 80, 24);
}

/* The cursor stays on its host whatever the order; what is left out of it has no place. */
static void test_the_cursor_stays_with_its_host(void)
{
    autoptr(stage) stage = busy(62);

    app_select_host(stage->app, stage_host(stage, 30));
    for (guint i = 0; i < ARRANGE_N_ORDERS * ARRANGE_N_GROUPS; i++) {
        guint slot;

        stage_press(stage, i % ARRANGE_N_ORDERS == 0 ? "B" : "b");
        stage_draw(stage, 80, 24);
        g_assert_cmpstr(stage->app->host, ==, "pc30");
        slot = arrangement_slot(&stage->app->arrangement, stage_host(stage, 30));
        g_assert_cmpint(grid_layout_tile(&stage->app->grid, slot).width, >, 0);
    }
}

static void test_the_cursor_walks_in_the_order_shown(void)
{
    autoptr(stage) stage = stage_new(4);

    for (guint number = 1; number <= 4; number++)
        stage_host(stage, number)->load15_permille = (gint)number * 100;
    stage->app->arrangement.order = ARRANGE_BY_LOAD;
    stage_draw(stage, 80, 24);
    stage_press(stage, "Home");
    g_assert_cmpstr(stage->app->host, ==, "pc04");
    stage_press(stage, "Right");
    g_assert_cmpstr(stage->app->host, ==, "pc03");
    stage_press(stage, "End");
    g_assert_cmpstr(stage->app->host, ==, "pc01");
}

/* A click, a press and a drop mean the host that is seen there. */
static void test_the_mouse_means_what_is_seen(void)
{
    autoptr(stage) stage = stage_new(62);
    const struct host *host;
    struct rect tile;

    stage_host(stage, 62)->load15_permille = 1700;
    stage->app->arrangement.order = ARRANGE_BY_LOAD;
    stage_draw(stage, 80, 24);
    for (guint slot = 0; slot < 62; slot += 5) {
        struct input click = {.kind = INPUT_PRESS, .button = 1};

        tile = grid_layout_tile(&stage->app->grid, slot);
        click.x = tile.x;
        click.y = tile.y;
        app_input(stage->app, &click);
        host = arrangement_host(&stage->app->arrangement, &stage->app->scene, slot);
        g_assert_cmpstr(stage->app->host, ==, host->name);
    }
}

static void test_grouping_by_nothing_known_is_left_out(void)
{
    autoptr(stage) stage = stage_new(8);

    stage_draw(stage, 80, 24);
    stage_press(stage, "B");
    g_assert_cmpint(stage->app->arrangement.group, ==, ARRANGE_BY_STATE);
    stage_press(stage, "B");
    g_assert_cmpint(stage->app->arrangement.group, ==, ARRANGE_UNGROUPED);
    g_assert_nonnull(strstr(stage->app->message, ":place"));
}

/* --- Filtered -------------------------------------------------------------------------------- */

static void set_filter(struct stage *stage, const char *text)
{
    g_clear_pointer(&stage->app->filter, filter_free);
    stage->app->filter = filter_parse(text, NULL);
    g_assert_nonnull(stage->app->filter);
}

static void test_filtered(void)
{
    autoptr(stage) stage = busy(62);

    app_select_host(stage->app, stage_host(stage, 30));
    set_filter(stage, "pc4");
    stage_check(stage, "grid-filtered", 80, 24);
    g_assert_cmpuint(arrangement_n(&stage->app->arrangement), >=, 10);
    g_assert_cmpstr(stage->app->host, ==, "pc40"); /* the nearest that is shown */
    stage_press(stage, "Home");
    stage_press(stage, "Left");
    stage_draw(stage, 80, 24);
    g_assert_cmpuint(arrangement_slot(&stage->app->arrangement, app_host(stage->app)), ==, 0);
    stage->app->arrangement.group = ARRANGE_BY_RACK;
    stage_check(stage, "grid-filtered-by-rack", 132, 43);
}

/* What is not shown is not acted on. */
static void test_filtered_to_nothing(void)
{
    autoptr(stage) stage = stage_new(62);

    app_select_host(stage->app, stage_host(stage, 30));
    set_filter(stage, "nothing-of-that-name");
    stage_check(stage, "grid-filtered-to-nothing", 80, 24);
    g_assert_null(app_host(stage->app));
    stage_press(stage, "Down");
    stage_press(stage, "Enter");
    stage_press(stage, "Tab");
    stage_press(stage, "m");
    g_assert_true(stage->app->view == &view_main);
    g_assert_cmpint(stage->app->drag.by, ==, DRAG_NONE);
    stage_press(stage, "Escape");
    stage_draw(stage, 80, 24);
    g_assert_null(stage->app->filter);
    g_assert_cmpuint(arrangement_n(&stage->app->arrangement), ==, 62);
}

/* --- Zooms ----------------------------------------------------------------------------------- */

static void test_zooms(void)
{
    static const char *const names[GRID_ZOOM_COUNT] = {
        NULL, "grid-heat", "grid-pairs", "grid-lines", "grid-small", "grid-tiles", "grid-cards"};
    autoptr(stage) stage = busy(62);

    remember(stage);
    stage_host(stage, 3)->load15_permille = 2600;
    app_select_vm(stage->app, stage_vm(stage, 44));
    marks_set_host(&stage->app->marks, stage_host(stage, 2), TRUE);
    marks_set_host(&stage->app->marks, stage_host(stage, 40), TRUE);
    marks_set_vm(&stage->app->marks, stage_vm(stage, 1), TRUE);
    marks_set_vm(&stage->app->marks, stage_vm(stage, 35), TRUE);
    for (guint zoom = GRID_ZOOM_HEAT; zoom < GRID_ZOOM_COUNT; zoom++) {
        stage->app->zoom = (enum grid_zoom)zoom;
        app_select_vm(stage->app, stage_vm(stage, 44));
        stage_check(stage, names[zoom], 80, 24);
    }
    stage_check(stage, "grid-cards", 200, 50);
    stage->app->arrangement.group = ARRANGE_BY_ROOM;
    stage_check(stage, "grid-cards-by-room", 132, 43);
    stage->app->ascii = TRUE;
    stage_check(stage, "grid-cards-ascii", 100, 30);
}

/* A long name gives way to the word of the state, not the word to it. */
static void test_long_names_leave_the_state(void)
{
    autoptr(stage) stage = stage_new(6);
    struct host *host = stage_host(stage, 1);

    g_free(host->name);
    host->name = g_strnfill(60, 'w');
    stage->app->zoom = GRID_ZOOM_CARDS;
    stage_check(stage, "grid-cards-long-name", 80, 24);
}

static void test_zoom_by_hand_lasts_until_it_is_back(void)
{
    autoptr(stage) stage = stage_new(62);
    enum grid_zoom automatic;

    stage_draw(stage, 80, 24);
    automatic = stage->app->grid.zoom;
    g_assert_cmpint(automatic, ==, GRID_ZOOM_SMALL);
    stage_press(stage, "z");
    g_assert_cmpint(stage->app->zoom, ==, GRID_ZOOM_TILES);
    stage_draw(stage, 80, 24);
    stage_press(stage, "]");
    stage_draw(stage, 80, 24);
    stage_press(stage, "z"); /* there is no more */
    g_assert_cmpint(stage->app->zoom, ==, GRID_ZOOM_CARDS);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Z");
    stage_draw(stage, 80, 24);
    stage_press(stage, "[");
    g_assert_cmpint(stage->app->zoom, ==, GRID_ZOOM_AUTOMATIC);
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->grid.zoom, ==, automatic);
    for (guint i = 0; i < 8; i++)
        stage_press(stage, "Z"); /* typed ahead of any frame */
    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->grid.zoom, ==, GRID_ZOOM_HEAT);
}

static void test_many_hosts(void)
{
    autoptr(stage) stage = busy(10000);

    app_select_host(stage->app, stage_host(stage, 3456));
    stage_host(stage, 7777)->load15_permille = 2600;
    stage_vm(stage, 9001)->state = VM_LOST;
    stage_check(stage, "grid-ten-thousand", 80, 24);
    stage_check(stage, "grid-ten-thousand", 200, 50);
    stage->app->arrangement.group = ARRANGE_BY_ROOM;
    stage_check(stage, "grid-ten-thousand-by-room", 132, 43);
}

static void test_the_map_scrolls(void)
{
    autoptr(stage) stage = stage_new(10000);
    struct input click = {.kind = INPUT_PRESS, .button = 1, .x = 79};
    guint first, end;

    stage_draw(stage, 80, 24);
    click.y = stage->app->grid.minimap.y + stage->app->grid.minimap.height - 1;
    app_input(stage->app, &click);
    stage_draw(stage, 80, 24);
    grid_layout_visible(&stage->app->grid, &first, &end);
    g_assert_cmpuint(end, ==, 10000);
    g_assert_cmpstr(stage->app->host, ==, "pc0001"); /* the cursor stays */
    stage_press(stage, "Right");
    stage_draw(stage, 80, 24);
    grid_layout_visible(&stage->app->grid, &first, &end);
    g_assert_cmpuint(first, ==, 0); /* and shows itself when it moves */
}

static void test_enter_goes_in(void)
{
    autoptr(stage) stage = stage_new(1000);

    stage_draw(stage, 80, 24);
    g_assert_cmpint(stage->app->grid.style, ==, GRID_HEAT);
    stage_press(stage, "Enter");
    g_assert_true(stage->app->view == &view_host);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
    app_select_vm(stage->app, stage_vm(stage, 5));
    stage_press(stage, "Enter");
    g_assert_true(stage->app->view == &view_vm);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

/* --- Motion ---------------------------------------------------------------------------------- */

static struct stage *moving(void)
{
    struct stage *stage = stage_new(62);
    struct job *job = stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 40, 40, 3);

    stage_set_halfway(job);
    job = stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 5, 5, 58);
    stage_set_halfway(job);
    job->progress_permille = 210;
    stage_add_job(stage, JOB_MIGRATE, JOB_VERIFYING, 14, 14, 16);
    return stage;
}

static void test_motion(void)
{
    autoptr(stage) stage = moving();

    app_select_host(stage->app, stage_host(stage, 40));
    stage_check(stage, "grid-moving", 80, 24);
    stage_check(stage, "grid-moving", 200, 50);
    stage->app->zoom = GRID_ZOOM_CARDS;
    stage_check(stage, "grid-moving-cards", 132, 43);
    stage->app->zoom = GRID_ZOOM_AUTOMATIC;
    stage->app->animated = FALSE;
    stage_check(stage, "grid-moving-not-animated", 80, 24);
}

/* Inside a tile stands only what is true of its host. */
static void test_motion_keeps_out_of_tiles(void)
{
    autoptr(stage) stage = moving();
    g_autofree char *still = NULL;
    const struct surface *surface;
    guint slot, differs = 0;
    autoptr(surface) calm = surface_new(80, 24);

    stage->app->animated = FALSE;
    surface = stage_draw(stage, 80, 24);
    memcpy(calm->cells, surface->cells, sizeof(struct cell) * 80 * 24);
    stage->app->animated = TRUE;
    surface = stage_draw(stage, 80, 24);
    for (int y = 0; y < 24; y++) {
        for (int x = 0; x < 80; x++) {
            if (strcmp(surface_cell(surface, x, y)->text, surface_cell(calm, x, y)->text) == 0)
                continue;
            differs++;
            g_assert_false(grid_layout_at(&stage->app->grid, x, y, &slot));
        }
    }
    g_assert_cmpuint(differs, >=, 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/grid/grouped", test_grouped);
    g_test_add_func("/view/grid/ordered", test_ordered);
    g_test_add_func("/view/grid/hostile_places", test_hostile_places);
    g_test_add_func("/view/grid/long_names_leave_the_state", test_long_names_leave_the_state);
    g_test_add_func("/view/grid/the_cursor_stays_with_its_host",
                    test_the_cursor_stays_with_its_host);
    g_test_add_func("/view/grid/the_cursor_walks_in_the_order_shown",
                    test_the_cursor_walks_in_the_order_shown);
    g_test_add_func("/view/grid/the_mouse_means_what_is_seen", test_the_mouse_means_what_is_seen);
    g_test_add_func("/view/grid/grouping_by_nothing_known_is_left_out",
                    test_grouping_by_nothing_known_is_left_out);
    g_test_add_func("/view/grid/filtered", test_filtered);
    g_test_add_func("/view/grid/filtered_to_nothing", test_filtered_to_nothing);
    g_test_add_func("/view/grid/zooms", test_zooms);
    g_test_add_func("/view/grid/zoom_by_hand_lasts_until_it_is_back",
                    test_zoom_by_hand_lasts_until_it_is_back);
    g_test_add_func("/view/grid/many_hosts", test_many_hosts);
    g_test_add_func("/view/grid/the_map_scrolls", test_the_map_scrolls);
    g_test_add_func("/view/grid/enter_goes_in", test_enter_goes_in);
    g_test_add_func("/view/grid/motion", test_motion);
    g_test_add_func("/view/grid/motion_keeps_out_of_tiles", test_motion_keeps_out_of_tiles);
    return g_test_run();
}
