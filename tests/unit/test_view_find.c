/* test_view_find.c - the filter, the marks and what is asked about many, as they are drawn. */
#include "tests/support/stage.h"
#include "tui/action.h"
#include "tui/view.h"

static const int sizes[][2] = {{80, 24}, {132, 43}};

static void check_sizes(struct stage *stage, const char *name)
{
    for (guint i = 0; i < G_N_ELEMENTS(sizes); i++)
        stage_check(stage, name, sizes[i][0], sizes[i][1]);
}

/* A lab at night: hosts from pc41 on are off, pc09 has somebody logged in. */
static struct stage *lab(void)
{
    struct stage *stage = stage_new(62);

    for (guint i = 41; i <= 62; i++)
        stage_switch_off(stage, i);
    for (guint i = 30; i <= 40; i++)
        cluster_move_vm(stage->cluster, stage_vm(stage, i), stage_host(stage, i % 5 + 1), 1);
    g_strfreev(stage_host(stage, 31)->users);
    stage_host(stage, 31)->users = g_strsplit("ana", " ", -1);
    stage->app->scene.mode = ENGINE_MANUAL;
    scene_count(&stage->app->scene);
    stage_draw(stage, 80, 24);
    return stage;
}

static void test_prompt(void)
{
    autoptr(stage) stage = lab();

    stage_type(stage, "/");
    stage_check(stage, "filter-empty", 80, 24);
    stage_type(stage, "vm:pc3* away:yes");
    check_sizes(stage, "filter-typed");
    stage_press(stage, "Enter");
    check_sizes(stage, "filter-kept");
}

static void test_prompt_completes(void)
{
    autoptr(stage) stage = lab();

    stage_type(stage, "/!state:");
    stage_press(stage, "Tab");
    stage_check(stage, "filter-words", 80, 24);
}

static void test_prompt_says_what_is_wrong(void)
{
    autoptr(stage) stage = lab();

    stage_type(stage, "/pc1 state:ovr");
    stage_check(stage, "filter-wrong", 80, 24);
    stage_check(stage, "filter-wrong", 40, 12);
}

static void test_nothing_is_meant(void)
{
    autoptr(stage) stage = lab();

    stage_type(stage, "/no-such-host");
    stage_press(stage, "Enter");
    stage_check(stage, "filter-nothing", 80, 24);
}

/* Names come from outside, and so may what is typed. */
static void test_hostile_filter(void)
{
    autoptr(stage) stage = lab();

    stage_type(stage, "/\xc2\x9b\xe2\x80\xae日本語");
    stage_press(stage, "Enter");
    g_clear_pointer(&stage->app->message, g_free);
    stage->app->ascii = TRUE;
    stage_check(stage, "filter-hostile", 80, 24);
}

static void test_marks(void)
{
    autoptr(stage) stage = lab();

    stage_type(stage, "3");
    stage_check(stage, "marks-count", 80, 24);
    stage_press(stage, "Space Tab Space");
    check_sizes(stage, "marks");
    stage_press(stage, "x");
    stage_check(stage, "marks-menu", 80, 24);
}

static void test_bulk_off(void)
{
    autoptr(stage) stage = lab();

    stage_press(stage, "End");
    stage_type(stage, "25G,");
    stage_press(stage, "Home");
    stage_type(stage, "25G18");
    stage_press(stage, "Space");
    action_power_off(stage->app);
    check_sizes(stage, "bulk-off");
    stage_draw(stage, 80, 24);
    stage_press(stage, "PageDown");
    stage_type(stage, "1");
    stage_check(stage, "bulk-off-scrolled", 80, 24);
    stage_check(stage, "bulk-off-scrolled", 40, 12);
}

static void test_bulk_refused(void)
{
    autoptr(stage) stage = lab();

    stage_type(stage, "2");
    stage_press(stage, "Space");
    action_wake(stage->app);
    stage_check(stage, "bulk-refused", 80, 24);
}

/* Names come from outside: wide, combining, long, and made to move the cursor. */
static void test_bulk_hostile(void)
{
    autoptr(stage) stage = lab();
    static const char *const names[] = {"日本語の仮想計算機とても長い名前", "e\xcc\x81te\xcc\x81",
                                        "\xd7\xa9\xd7\x9c\xd7\x95\xd7\x9d",
                                        "a-name-that-goes-on-and-on-and-on"};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        struct vm *vm = cluster_add_vm(stage->cluster, stage_host(stage, i + 6), names[i], NULL);

        g_assert_nonnull(vm);
        vm->state = i < 3 ? VM_RUNNING : VM_OFF;
        vm->persistent = TRUE;
        marks_set_vm(&stage->app->marks, vm, TRUE);
    }
    action_start_stop(stage->app);
    stage_check(stage, "bulk-hostile", 80, 24);
    stage->app->ascii = TRUE;
    stage_check(stage, "bulk-hostile-ascii", 60, 16);
}

static void test_filter_of_a_thousand(void)
{
    autoptr(stage) stage = stage_new(1000);

    stage_draw(stage, 80, 24);
    stage_type(stage, "/pc00 !load:>0.2");
    stage_check(stage, "filter-thousand", 80, 24);
    stage_press(stage, "Enter");
    stage_check(stage, "filter-thousand", 200, 50);
}

static void test_palette_of_marks(void)
{
    autoptr(stage) stage = lab();

    stage_type(stage, "4");
    stage_press(stage, "Space");
    stage_type(stage, ":drain");
    stage_check(stage, "palette-marks", 80, 24);
    stage_type(stage, " ?");
    stage_check(stage, "palette-help", 80, 24);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/find/prompt", test_prompt);
    g_test_add_func("/view/find/completes", test_prompt_completes);
    g_test_add_func("/view/find/says_what_is_wrong", test_prompt_says_what_is_wrong);
    g_test_add_func("/view/find/nothing_is_meant", test_nothing_is_meant);
    g_test_add_func("/view/find/hostile", test_hostile_filter);
    g_test_add_func("/view/find/marks", test_marks);
    g_test_add_func("/view/find/bulk_off", test_bulk_off);
    g_test_add_func("/view/find/bulk_hostile", test_bulk_hostile);
    g_test_add_func("/view/find/filter_of_a_thousand", test_filter_of_a_thousand);
    g_test_add_func("/view/find/bulk_refused", test_bulk_refused);
    g_test_add_func("/view/find/palette_of_marks", test_palette_of_marks);
    return g_test_run();
}
