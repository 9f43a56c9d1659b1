/* test_view_main.c - what the operator sees of a lab, at the sizes that matter. */
#include "tests/support/stage.h"

#include "tests/support/golden.h"
#include "tui/view.h"

static void check_sizes(struct stage *stage, const char *name)
{
    stage_check(stage, name, 80, 24);
    stage_check(stage, name, 100, 30);
    stage_check(stage, name, 132, 43);
    stage_check(stage, name, 200, 50);
}

static void test_calm(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_add_entry(stage, 40, "host", "host pc01", "seen, 2 CPUs, 2.0 GiB", "");
    stage_add_entry(stage, 12, "mode", "", "automatic mode by hours, policy pack", "done");
    check_sizes(stage, "main-calm");
}

/* In the midst of it: some hosts empty, some off, some on their way; jobs of every kind. */
static struct stage *compacting(void)
{
    struct stage *stage = stage_new(62);

    for (guint number = 40; number <= 62; number++) {
        cluster_move_vm(stage->cluster, stage_vm(stage, number), stage_host(stage, number % 5 + 1),
                        STAGE_NOW_US - 30 * CLOCK_SECOND_US);
        if (number >= 46)
            stage_switch_off(stage, number);
    }
    host_set_state(stage_host(stage, 45), HOST_STOPPING, STAGE_NOW_US - 4 * CLOCK_SECOND_US);
    host_set_state(stage_host(stage, 58), HOST_WAKING, STAGE_NOW_US - 40 * CLOCK_SECOND_US);
    stage_host(stage, 30)->maintenance = TRUE;
    stage_host(stage, 7)->load15_permille = 2400;
    stage_host(stage, 7)->users =
        (g_strfreev(stage_host(stage, 7)->users), g_strsplit("ana bob", " ", -1));
    stage_set_halfway(stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 39, 39, 6));
    stage_set_halfway(stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 38, 38, 1));
    stage_add_job(stage, JOB_MIGRATE, JOB_VERIFYING, 37, 37, 2);
    stage_add_job(stage, JOB_OFF, JOB_RUNNING, 0, 45, 0);
    stage_add_job(stage, JOB_WAKE, JOB_RUNNING, 0, 58, 0);
    for (guint number = 20; number < 30; number++)
        stage_add_job(stage, JOB_MIGRATE, JOB_QUEUED, number, number, 6);
    stage_add_entry(stage, 20, "migrate", "vm pc40", "from pc40 to pc01: pc40 can then go off",
                    "done");
    stage_add_entry(stage, 9, "off", "host pc46", "runs nothing", "done");
    stage_add_entry(stage, 4, "off", "host pc45", "runs nothing", "");
    stage_add_entry(stage, 3, "migrate", "vm pc39",
                    "from pc39 to pc06: pc39 can then go off; pc06 becomes 2 VMs, load 0.09", "");
    return stage;
}

static void test_compacting(void)
{
    autoptr(stage) stage = compacting();

    check_sizes(stage, "main-compacting");
}

static void test_night(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_pack(stage, 8);
    stage_add_entry(stage, 200, "plan", "", "8 hosts carry 62 VMs; nothing beneficial is left", "");
    app_select_vm(stage->app, stage_vm(stage, 10));
    check_sizes(stage, "main-night");
}

static void test_every_host_and_vm_shows(void)
{
    autoptr(stage) stage = stage_new(62);
    g_autofree char *dump = surface_dump(stage_draw(stage, 80, 24));
    guint marks = 0;

    for (guint number = 1; number <= 62; number++) {
        g_autofree char *name = g_strdup_printf("pc%02u", number);

        g_assert_nonnull(strstr(dump, name));
    }
    for (const char *mark = strstr(dump, "■"); mark != NULL; mark = strstr(mark + 1, "■"))
        marks++;
    g_assert_cmpuint(marks, ==, 62);
}

static void test_alarm(void)
{
    autoptr(stage) stage = compacting();
    struct vm *vm = stage_vm(stage, 12);

    vm->also_on = stage_host(stage, 30);
    vm->also_on_at_us = STAGE_NOW_US - 2 * CLOCK_SECOND_US;
    stage_vm(stage, 14)->state = VM_LOST;
    app_select_vm(stage->app, vm);
    stage_check(stage, "main-alarm", 80, 24);
    stage_check(stage, "main-alarm", 200, 50);
}

static void test_claimed_twice_under_way_is_no_alarm(void)
{
    autoptr(stage) stage = compacting();
    struct vm *vm = stage_vm(stage, 39);

    vm->also_on = stage_host(stage, 6);
    vm->also_on_at_us = STAGE_NOW_US - 2 * CLOCK_SECOND_US;
    stage_draw(stage, 80, 24);
    g_assert_cmpuint(stage->app->scene.n_alarms, ==, 0);
}

static void test_stale(void)
{
    autoptr(stage) stage = stage_new(62);

    for (guint number = 11; number < 14; number++)
        stage_host(stage, number)->seen_at_us = STAGE_NOW_US - 90 * CLOCK_SECOND_US;
    host_set_state(stage_host(stage, 20), HOST_UNREACHABLE, STAGE_NOW_US - 5 * CLOCK_MINUTE_US);
    stage_host(stage, 20)->trouble = g_strdup("libvirtd does not answer (10 s)");
    stage_vm(stage, 20)->state = VM_UNKNOWN;
    app_select_host(stage->app, stage_host(stage, 20));
    stage_check(stage, "main-unreachable", 80, 24);
    app_select_host(stage->app, stage_host(stage, 12));
    stage_check(stage, "main-stale", 80, 24);
}

static void test_hostile_names(void)
{
    autoptr(stage) stage = stage_new(4);
    g_autofree char *long_name = g_strnfill(200, 'w');
    struct host *wide = cluster_add_host(stage->cluster, "教室の計算機一号", "10.9.0.1", NULL);
    struct host *lengthy =
        cluster_add_host(stage->cluster, "laboratory-computer-0017.cs.unibo.it", "10.9.0.2", NULL);
    struct vm *vm;

    wide->state = lengthy->state = HOST_ON;
    vm = cluster_add_vm(stage->cluster, wide, long_name, NULL);
    vm->state = VM_RUNNING;
    vm = cluster_add_vm(stage->cluster, lengthy, "日本語の仮想機械", NULL);
    vm->state = VM_RUNNING;
    vm = cluster_find_vm(stage->cluster, "pc01");
    g_free(vm->home);
    vm->home = g_strdup("\x1b[31mred\x07");
    stage_host(stage, 1)->trouble = g_strdup("\x1b]0;title\x07 and\nnew lines");
    stage_add_entry(stage, 1, "vm", "vm \x1b[2J", "a name with \x9f control characters", "failed");
    app_select_vm(stage->app, vm);
    stage_check(stage, "main-hostile", 80, 24);
    app_select_host(stage->app, wide);
    stage_check(stage, "main-wide", 100, 30);
}

static void test_empty(void)
{
    autoptr(stage) stage = stage_new(0);

    stage->app->scene.simulated = FALSE;
    stage_check(stage, "main-empty", 80, 24);
}

static void test_few_hosts(void)
{
    autoptr(stage) stage = stage_new(8);

    stage->app->scene.simulated = FALSE;
    stage_check(stage, "main-eight", 80, 24);
    stage_check(stage, "main-eight", 200, 50);
}

static void test_thousand(void)
{
    autoptr(stage) stage = stage_new(1000);

    stage_pack(stage, 400);
    app_select_host(stage->app, stage_host(stage, 777));
    stage_check(stage, "main-thousand", 80, 24);
    stage_check(stage, "main-thousand", 200, 50);
}

static void test_ten_thousand_scroll(void)
{
    autoptr(stage) stage = stage_new(10000);
    struct rect tile;

    app_select_host(stage->app, stage_host(stage, 9000));
    stage_draw(stage, 80, 24);
    tile = grid_layout_tile(&stage->app->grid, 8999);
    g_assert_cmpint(tile.width, ==, 1);
    stage_press(stage, "End");
    stage_draw(stage, 80, 24);
    g_assert_cmpint(grid_layout_tile(&stage->app->grid, 9999).width, ==, 1);
}

static void test_too_small(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_check(stage, "main-small", 40, 12);
    stage_check(stage, "main-too-small", 39, 12);
    stage_check(stage, "main-too-small", 80, 11);
    for (int width = 0; width < 60; width++) {
        for (int height = 0; height < 20; height++)
            stage_draw(stage, width, height);
    }
}

/* Where nothing can be seen, keys and clicks change nothing either. */
static void test_unseen_does_nothing(void)
{
    autoptr(stage) stage = stage_new(62);
    const struct input press = {.kind = INPUT_PRESS, .button = 1, .x = 10, .y = 1};

    app_select_host(stage->app, stage_host(stage, 3));
    stage_draw(stage, 80, 24);
    stage_draw(stage, 30, 8);
    stage_press(stage, "Right");
    stage_press(stage, "?");
    stage_press(stage, "/");
    app_input(stage->app, &press);
    stage_draw(stage, 80, 24);
    g_assert_cmpstr(stage->app->host, ==, "pc03");
    g_assert_true(stage->app->view == &view_main);
    g_assert_false(stage->app->prompt.open);
    stage_draw(stage, 30, 8);
    stage_press(stage, "q");
    g_assert_cmpint(stage->app->leaving, ==, APP_LEAVES);
}

static void test_name_beside_the_marks_can_be_clicked(void)
{
    autoptr(stage) stage = stage_new(62);
    struct input click = {.kind = INPUT_PRESS, .button = 1, .x = 24, .y = 2};

    stage_draw(stage, 200, 50);
    app_input(stage->app, &click);
    click.kind = INPUT_RELEASE;
    app_input(stage->app, &click);
    g_assert_cmpstr(stage->app->vm, ==, "pc02");
}

/* Lines that are to spare below go to the grid where that lets it name its hosts. */
static void test_names_hosts_where_it_can(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_check(stage, "main-low", 60, 20);
}

static void test_ascii(void)
{
    autoptr(stage) stage = compacting();

    stage->app->ascii = TRUE;
    stage_check(stage, "main-ascii", 100, 30);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/main/calm", test_calm);
    g_test_add_func("/view/main/compacting", test_compacting);
    g_test_add_func("/view/main/night", test_night);
    g_test_add_func("/view/main/every_host_and_vm_shows_at_80x24", test_every_host_and_vm_shows);
    g_test_add_func("/view/main/alarm", test_alarm);
    g_test_add_func("/view/main/claimed_twice_under_way_is_no_alarm",
                    test_claimed_twice_under_way_is_no_alarm);
    g_test_add_func("/view/main/stale_and_unreachable", test_stale);
    g_test_add_func("/view/main/hostile_names", test_hostile_names);
    g_test_add_func("/view/main/empty", test_empty);
    g_test_add_func("/view/main/few_hosts", test_few_hosts);
    g_test_add_func("/view/main/thousand_hosts", test_thousand);
    g_test_add_func("/view/main/ten_thousand_scroll", test_ten_thousand_scroll);
    g_test_add_func("/view/main/too_small", test_too_small);
    g_test_add_func("/view/main/unseen_does_nothing", test_unseen_does_nothing);
    g_test_add_func("/view/main/name_beside_the_marks_can_be_clicked",
                    test_name_beside_the_marks_can_be_clicked);
    g_test_add_func("/view/main/names_hosts_where_it_can", test_names_hosts_where_it_can);
    g_test_add_func("/view/main/ascii", test_ascii);
    return g_test_run();
}
