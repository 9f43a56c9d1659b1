/* test_grid_layout.c - every slot has its cells, and every cell its slot, in any room. */
#include "tests/support/stage.h"

static void group(struct stage *stage, guint each)
{
    for (guint i = 0; i < stage->cluster->hosts->len; i++)
        stage_host(stage, i + 1)->rack = g_strdup_printf("R%u", i / each);
    stage->app->arrangement.group = ARRANGE_BY_RACK;
    arrangement_update(&stage->app->arrangement, &stage->app->scene, NULL);
}

/* Whatever is in sight lies inside, overlaps nothing, and is found again where it is. */
static void check_cells(const struct grid_layout *layout, struct rect area)
{
    g_autoptr(GHashTable) taken = g_hash_table_new(NULL, NULL);
    guint first, end, slot;

    grid_layout_visible(layout, &first, &end);
    g_assert_cmpuint(end, <=, layout->n_hosts);
    for (guint i = first; i < end; i++) {
        struct rect tile = grid_layout_tile(layout, i);

        g_assert_cmpint(tile.width, >, 0);
        g_assert_cmpint(tile.x + tile.width, <=, area.x + area.width);
        g_assert_cmpint(tile.y + tile.height, <=, area.y + area.height);
        g_assert_true(grid_layout_at(layout, tile.x + tile.width - 1, tile.y, &slot));
        g_assert_cmpuint(slot, ==, i);
        for (int y = tile.y; y < tile.y + tile.height; y++) {
            for (int x = tile.x; x < tile.x + tile.width; x++)
                g_assert_true(g_hash_table_add(taken, GINT_TO_POINTER(y * 1000 + x)));
        }
    }
    for (guint i = 0; i < layout->rows_shown; i++) {
        struct grid_row row = grid_layout_row(layout, i);

        g_assert_cmpint(row.y, <, area.y + area.height);
        g_assert_true(row.heading < 0 || !grid_layout_at(layout, area.x, row.y, &slot));
    }
}

/* From the top to the end by scrolling, each slot is in sight at some time. */
static void check_scrolling(struct grid_layout *layout, struct rect area)
{
    guint seen = 0, first, end;

    for (guint i = 0; i <= layout->rows; i++) {
        grid_layout_visible(layout, &first, &end);
        g_assert_cmpuint(first, <=, seen);
        seen = MAX(seen, end);
        grid_layout_scroll(layout, 1);
    }
    g_assert_cmpuint(seen, ==, layout->n_hosts);
    for (guint slot = 0; slot < layout->n_hosts; slot += 7) {
        grid_layout_reveal(layout, slot);
        g_assert_cmpint(grid_layout_tile(layout, slot).width, >, 0);
        check_cells(layout, area);
    }
}

static void check(struct stage *stage, struct rect area)
{
    struct grid_layout layout;

    grid_layout_init(&layout);
    for (guint zoom = 0; zoom < GRID_ZOOM_COUNT; zoom++) {
        layout.first_row = 0;
        grid_layout_fit(&layout, area, &stage->app->arrangement,
                        (struct grid_wish){(enum grid_zoom)zoom, 8, 6});
        g_assert_cmpint(layout.zoom, !=, GRID_ZOOM_AUTOMATIC);
        g_assert_cmpint(grid_layout_height(&layout), <=, area.height);
        check_cells(&layout, area);
        check_scrolling(&layout, area);
    }
    grid_layout_clear(&layout);
}

static const struct rect areas[] = {{0, 1, 80, 14}, {0, 1, 200, 40}, {3, 2, 40, 3}, {0, 0, 61, 9}};

static void test_every_slot_has_cells(void)
{
    static const guint counts[] = {1, 8, 62, 400};

    for (guint i = 0; i < G_N_ELEMENTS(counts); i++) {
        autoptr(stage) stage = stage_new(counts[i]);

        arrangement_update(&stage->app->arrangement, &stage->app->scene, NULL);
        for (guint j = 0; j < G_N_ELEMENTS(areas); j++)
            check(stage, areas[j]);
        group(stage, 8);
        for (guint j = 0; j < G_N_ELEMENTS(areas); j++)
            check(stage, areas[j]);
    }
}

static void test_tiny_rooms_do_no_harm(void)
{
    autoptr(stage) stage = stage_new(30);
    struct grid_layout layout;

    group(stage, 4);
    grid_layout_init(&layout);
    for (int width = 0; width < 20; width++) {
        for (int height = 0; height < 6; height++) {
            for (guint zoom = 0; zoom < GRID_ZOOM_COUNT; zoom++) {
                grid_layout_fit(&layout, (struct rect){0, 0, width, height},
                                &stage->app->arrangement,
                                (struct grid_wish){(enum grid_zoom)zoom, 3, 4});
                grid_layout_reveal(&layout, 29);
                grid_layout_step(&layout, 3, 5);
                grid_layout_height(&layout);
            }
        }
    }
    grid_layout_clear(&layout);
}

static void test_steps_keep_the_column_over_headings(void)
{
    autoptr(stage) stage = stage_new(25);
    struct grid_layout layout;

    group(stage, 10); /* 10, 10, 5 */
    grid_layout_init(&layout);
    grid_layout_fit(&layout, (struct rect){0, 0, 35, 30}, &stage->app->arrangement,
                    (struct grid_wish){.zoom = GRID_ZOOM_SMALL});
    g_assert_cmpuint(layout.columns, ==, 4); /* 4 4 2 | 4 4 2 | 4 1 */
    g_assert_cmpuint(grid_layout_step(&layout, 3, 1), ==, 7);
    g_assert_cmpuint(grid_layout_step(&layout, 7, 1), ==, 9); /* the row is shorter */
    g_assert_cmpuint(grid_layout_step(&layout, 9, 1), ==, 11);
    g_assert_cmpuint(grid_layout_step(&layout, 11, -1), ==, 9);
    g_assert_cmpuint(grid_layout_step(&layout, 2, -1), ==, 2);
    g_assert_cmpuint(grid_layout_step(&layout, 22, 1), ==, 24);
    g_assert_cmpuint(grid_layout_step(&layout, 24, 3), ==, 24);
    g_assert_cmpuint(grid_layout_step(&layout, 1, 100), ==, 24);
    grid_layout_clear(&layout);
}

static void test_the_map_stands_for_all(void)
{
    autoptr(stage) stage = stage_new(5000);
    struct grid_layout layout;
    guint first, end, next = 0;

    arrangement_update(&stage->app->arrangement, &stage->app->scene, NULL);
    grid_layout_init(&layout);
    grid_layout_fit(&layout, (struct rect){0, 0, 80, 14}, &stage->app->arrangement,
                    (struct grid_wish){.zoom = GRID_ZOOM_AUTOMATIC});
    g_assert_cmpint(layout.style, ==, GRID_HEAT);
    g_assert_cmpint(layout.minimap.width, ==, 1);
    for (int line = 0; line < layout.minimap.height; line++) {
        grid_layout_map_rows(&layout, line, &first, &end);
        g_assert_cmpuint(first, ==, next);
        next = end;
    }
    g_assert_cmpuint(next, ==, layout.rows);
    g_assert_false(grid_layout_scroll_to(&layout, 10, 3));
    g_assert_true(grid_layout_scroll_to(&layout, 79, 13));
    g_assert_cmpuint(layout.first_row + layout.rows_shown, ==, layout.rows);
    g_assert_true(grid_layout_scroll_to(&layout, 79, 0));
    g_assert_cmpuint(layout.first_row, ==, 0);
    grid_layout_clear(&layout);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/grid_layout/every_slot_has_cells", test_every_slot_has_cells);
    g_test_add_func("/grid_layout/tiny_rooms_do_no_harm", test_tiny_rooms_do_no_harm);
    g_test_add_func("/grid_layout/steps_keep_the_column_over_headings",
                    test_steps_keep_the_column_over_headings);
    g_test_add_func("/grid_layout/the_map_stands_for_all", test_the_map_stands_for_all);
    return g_test_run();
}
