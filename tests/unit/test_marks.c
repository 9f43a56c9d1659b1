/* test_marks.c - marks, numbers typed before a key, and the last action again. */
#include "tests/support/stage.h"
#include "tui/view.h"

static struct stage *drawn(guint n_hosts)
{
    struct stage *stage = stage_new(n_hosts);

    stage_draw(stage, 80, 24);
    return stage;
}

/* "1 2 5": the numbers of the hosts that are marked; VMs behind a 'v'. */
static char *marked(const struct stage *stage)
{
    g_autoptr(GPtrArray) hosts = marks_list_hosts(&stage->app->marks, stage->cluster);
    g_autoptr(GPtrArray) vms = marks_list_vms(&stage->app->marks, stage->cluster);
    GString *list = g_string_new(NULL);

    for (guint i = 0; i < hosts->len; i++)
        g_string_append_printf(list, "%s%u", list->len > 0 ? " " : "",
                               ((struct host *)hosts->pdata[i])->index + 1);
    for (guint i = 0; i < vms->len; i++)
        g_string_append_printf(
            list, "%sv%u", list->len > 0 ? " " : "",
            (guint)g_ascii_strtoull(((struct vm *)vms->pdata[i])->name + 2, NULL, 10));
    return g_string_free(list, FALSE);
}

#define check_marked(stage, wanted)                                                                \
    do {                                                                                           \
        g_autofree char *list = marked(stage);                                                     \
        g_assert_cmpstr(list, ==, wanted);                                                         \
    } while (0)

/* --- The set --------------------------------------------------------------------------------- */

static void test_what_is_gone_loses_its_mark(void)
{
    autoptr(stage) stage = drawn(4);
    struct marks *marks = &stage->app->marks;

    marks_set_host(marks, stage_host(stage, 2), TRUE);
    marks_set_vm(marks, stage_vm(stage, 3), TRUE);
    marks_set_vm(marks, stage_vm(stage, 2), TRUE);
    cluster_remove_host(stage->cluster, stage_host(stage, 2));
    marks_prune(marks, stage->cluster);
    g_assert_cmpuint(marks_n_hosts(marks), ==, 0);
    g_assert_cmpuint(marks_n_vms(marks), ==, 1);
}

/* --- Keys ------------------------------------------------------------------------------------ */

static void test_space_marks_and_goes_on(void)
{
    autoptr(stage) stage = drawn(6);

    stage_press(stage, "Space Space");
    check_marked(stage, "1 2");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc03");
    stage_press(stage, "Left Space");
    check_marked(stage, "1");
    stage_type(stage, "U");
    check_marked(stage, "");
}

static void test_a_number_marks_so_many(void)
{
    autoptr(stage) stage = drawn(6);

    stage_press(stage, "Right Space Home");
    stage_type(stage, "3");
    stage_press(stage, "Space");
    check_marked(stage, "1 2 3");
    stage_type(stage, "9999");
    stage_press(stage, "Space");
    check_marked(stage, "1 2 3 4 5 6");
}

static void test_range_all_and_invert(void)
{
    autoptr(stage) stage = drawn(8);

    stage_press(stage, "Right Space");
    stage_type(stage, "2");
    stage_press(stage, "Right");
    stage_type(stage, ",");
    check_marked(stage, "2 3 4 5");
    stage_type(stage, "%");
    check_marked(stage, "1 6 7 8");
    stage_type(stage, "*");
    check_marked(stage, "1 2 3 4 5 6 7 8");
    stage_type(stage, "%");
    check_marked(stage, "");
    stage_type(stage, ",");
    check_marked(stage, "5");
}

static void test_vms_are_marked_while_one_is_selected(void)
{
    autoptr(stage) stage = drawn(4);

    cluster_move_vm(stage->cluster, stage_vm(stage, 3), stage_host(stage, 1), 0);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Tab Space Space Space");
    check_marked(stage, "v1 v3 v2");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc04");
    stage_type(stage, "%");
    check_marked(stage, "v4");
    stage_type(stage, "*");
    check_marked(stage, "v1 v3 v2 v4");
}

static void test_the_filter_bounds_marks(void)
{
    autoptr(stage) stage = drawn(12);

    stage_type(stage, "/host:pc1*");
    stage_press(stage, "Enter");
    stage_draw(stage, 80, 24);
    stage_type(stage, "*");
    check_marked(stage, "10 11 12");
    stage_press(stage, "Escape");
    g_assert_null(stage->app->filter);
    check_marked(stage, "10 11 12");
}

static void test_clicks_with_control_and_shift(void)
{
    autoptr(stage) stage = drawn(62);
    struct rect tile = grid_layout_tile(&stage->app->grid, 4);
    struct rect far = grid_layout_tile(&stage->app->grid, 7);
    struct input input = {.kind = INPUT_PRESS, .button = 1, .x = tile.x, .y = tile.y};

    input.control = TRUE;
    app_input(stage->app, &input);
    check_marked(stage, "5");
    input = (struct input){.kind = INPUT_PRESS, .button = 1, .x = far.x, .y = far.y, .shift = TRUE};
    app_input(stage->app, &input);
    check_marked(stage, "5 6 7 8");
    input.shift = FALSE;
    input.control = TRUE;
    app_input(stage->app, &input);
    check_marked(stage, "5 6 7");
}

/* --- Numbers --------------------------------------------------------------------------------- */

static void test_numbers_count_movements(void)
{
    autoptr(stage) stage = drawn(62);

    stage_type(stage, "12");
    g_assert_cmpuint(stage->app->count, ==, 12);
    stage_press(stage, "l");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc13");
    g_assert_cmpuint(stage->app->count, ==, 0);
    stage_type(stage, "20G");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc20");
    stage_type(stage, "9999999G");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc62");
    stage_type(stage, "G0");
    g_assert_cmpuint(stage->app->count, ==, 0);
}

static void test_numbers_are_bounded_and_forgotten(void)
{
    autoptr(stage) stage = drawn(62);

    stage_type(stage, "123456");
    g_assert_cmpuint(stage->app->count, ==, 9999);
    stage_press(stage, "Escape");
    g_assert_cmpuint(stage->app->count, ==, 0);
    stage_type(stage, "5");
    stage_press(stage, "F12");
    g_assert_cmpuint(stage->app->count, ==, 0);
    stage_type(stage, "7:3");
    g_assert_cmpstr(stage->app->palette.edit.text->str, ==, "3");
}

/* --- The filter's keys ----------------------------------------------------------------------- */

static void test_a_wrong_filter_keeps_the_old(void)
{
    autoptr(stage) stage = drawn(20);

    stage_type(stage, "/host:pc1*");
    stage_press(stage, "Enter");
    stage_type(stage, "/ state:ov");
    g_assert_nonnull(stage->app->prompt.error);
    g_assert_cmpstr(filter_text(stage->app->filter), ==, "host:pc1* state");
    stage_press(stage, "Enter");
    g_assert_true(stage->app->prompt.open);
    stage_press(stage, "Escape");
    g_assert_false(stage->app->prompt.open);
    g_assert_cmpstr(filter_text(stage->app->filter), ==, "host:pc1*");
}

static void test_a_filter_is_completed_and_remembered(void)
{
    autoptr(stage) stage = drawn(20);

    stage_type(stage, "/main");
    stage_press(stage, "Tab");
    g_assert_cmpstr(stage->app->prompt.edit.text->str, ==, "maintenance:");
    stage_press(stage, "Tab Tab");
    g_assert_cmpstr(stage->app->prompt.edit.text->str, ==, "maintenance:no");
    stage_press(stage, "BackTab");
    g_assert_cmpstr(stage->app->prompt.edit.text->str, ==, "maintenance:yes");
    stage_press(stage, "Enter Escape");
    g_assert_null(stage->app->filter);
    stage_type(stage, "/pc");
    stage_press(stage, "Up");
    g_assert_cmpstr(stage->app->prompt.edit.text->str, ==, "maintenance:yes");
    stage_press(stage, "Down");
    g_assert_cmpstr(stage->app->prompt.edit.text->str, ==, "pc");
}

/* Text that is pasted is text: it narrows down, it keeps nothing and does nothing. */
static void test_paste_into_the_filter_does_not_act(void)
{
    autoptr(stage) stage = drawn(20);
    char text[] = "pc07\ro\r";
    struct input input = {.kind = INPUT_PASTE, .text = text};

    stage_type(stage, "/");
    app_input(stage->app, &input);
    g_assert_true(stage->app->prompt.open);
    g_assert_null(stage->app->dialog);
    g_assert_cmpstr(stage->app->prompt.edit.text->str, ==, "pc07 o");
}

static void test_next_goes_through_what_is_meant(void)
{
    autoptr(stage) stage = drawn(20);

    stage_type(stage, "/vm:pc0[3] | x");
    stage_press(stage, "Escape");
    stage_type(stage, "/vm:pc03|pc07");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc03");
    stage_press(stage, "Enter");
    stage_type(stage, "n");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc07");
    stage_type(stage, "n");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc03");
    stage_press(stage, "M-n");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc07");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/marks/what_is_gone_loses_its_mark", test_what_is_gone_loses_its_mark);
    g_test_add_func("/marks/space_marks_and_goes_on", test_space_marks_and_goes_on);
    g_test_add_func("/marks/a_number_marks_so_many", test_a_number_marks_so_many);
    g_test_add_func("/marks/range_all_and_invert", test_range_all_and_invert);
    g_test_add_func("/marks/vms_while_one_is_selected", test_vms_are_marked_while_one_is_selected);
    g_test_add_func("/marks/the_filter_bounds_marks", test_the_filter_bounds_marks);
    g_test_add_func("/marks/clicks_with_control_and_shift", test_clicks_with_control_and_shift);
    g_test_add_func("/count/numbers_count_movements", test_numbers_count_movements);
    g_test_add_func("/count/bounded_and_forgotten", test_numbers_are_bounded_and_forgotten);
    g_test_add_func("/prompt/a_wrong_filter_keeps_the_old", test_a_wrong_filter_keeps_the_old);
    g_test_add_func("/prompt/completed_and_remembered", test_a_filter_is_completed_and_remembered);
    g_test_add_func("/prompt/paste_does_not_act", test_paste_into_the_filter_does_not_act);
    g_test_add_func("/prompt/next_goes_through_what_is_meant",
                    test_next_goes_through_what_is_meant);
    return g_test_run();
}
