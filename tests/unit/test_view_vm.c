/* test_view_vm.c - what the operator sees of one VM, and where it could go. */
#include <string.h>

#include "tests/support/golden.h"
#include "tests/support/stage.h"
#include "tui/targets_list.h"
#include "tui/view.h"

static void check_sizes(struct stage *stage, const char *name)
{
    stage_check(stage, name, 80, 24);
    stage_check(stage, name, 100, 30);
    stage_check(stage, name, 132, 43);
    stage_check(stage, name, 200, 50);
}

static void show(struct stage *stage, guint number)
{
    app_select_vm(stage->app, stage_vm(stage, number));
    app_open(stage->app, &view_vm);
}

/* Some minutes of history, each a little busier. */
static void add_history(struct stage *stage)
{
    struct scene *scene = &stage->app->scene;
    struct vm *vm = stage_vm(stage, 5);
    gint cpu = vm->cpu_permille;

    for (guint i = 0; i < 12; i++) {
        scene->now_us = STAGE_NOW_US - (12 - i) * CLOCK_MINUTE_US;
        vm->cpu_permille = (gint)(i * 80);
        trend_update(stage->app->trend, scene);
    }
    scene->now_us = STAGE_NOW_US;
    vm->cpu_permille = cpu;
}

/* Away from home; some would take it, some not, each for another reason. */
static struct stage *away(void)
{
    struct stage *stage = stage_new(12);
    struct vm *vm = stage_vm(stage, 5);

    cluster_move_vm(stage->cluster, vm, stage_host(stage, 2), STAGE_NOW_US - 12 * CLOCK_MINUTE_US);
    vm->uuid = g_strdup("6f1c4f0e-7a43-4c6e-9d5b-0123456789ab");
    vm->persistent = vm->autostart = TRUE;
    vm->group = g_strdup("web");
    stage_vm(stage, 6)->group = g_strdup("web");
    stage_host(stage, 7)->maintenance = TRUE;
    stage_host(stage, 8)->mem_kib = 300 * 1024;
    stage_host(stage, 9)->can_migrate = HOST_MIGRATION_UNABLE;
    stage_host(stage, 10)->load15_permille = 1780;
    stage_switch_off(stage, 11);
    stage_host(stage, 12)->seen_at_us = STAGE_NOW_US - CLOCK_HOUR_US / 2;
    stage_add_entry(stage, 720, "migrate", "vm pc05", "vm pc05 from pc05 to pc02: in 3.2 s",
                    "done");
    stage_add_entry(stage, 300, "migrate", "vm pc06", "vm pc06 from pc06 to pc05: in 3.2 s",
                    "done");
    stage_add_entry(stage, 100, "migrate", "vm pc05",
                    "vm pc05 from pc02 to pc05: refused: host pc05 is in maintenance", "refused");
    add_history(stage);
    return stage;
}

static void test_away(void)
{
    autoptr(stage) stage = away();

    show(stage, 5);
    check_sizes(stage, "vm-away");
    stage_check(stage, "vm-away", 40, 12);
    stage_press(stage, "End");
    stage_check(stage, "vm-end", 80, 24);
}

static void test_readonly(void)
{
    autoptr(stage) stage = away();

    stage->app->readonly = TRUE;
    show(stage, 5);
    stage_check(stage, "readonly-vm", 80, 24);
}

static void test_moving(void)
{
    autoptr(stage) stage = away();
    struct job *job = stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 5, 2, 1);

    stage_set_halfway(job);
    job->progress.dirty_bytes_per_s = 9000000;
    show(stage, 5);
    stage_check(stage, "vm-moving", 80, 24);
    stage_check(stage, "vm-moving", 200, 50);
}

static void test_alarm(void)
{
    autoptr(stage) stage = stage_new(4);
    struct vm *vm = stage_vm(stage, 2);

    cluster_set_claim(stage->cluster, vm, stage_host(stage, 3),
                      STAGE_NOW_US - 10 * CLOCK_SECOND_US);
    show(stage, 2);
    stage_check(stage, "vm-alarm", 80, 24);
    stage_check(stage, "vm-alarm", 132, 43);
    cluster_set_claim(stage->cluster, vm, NULL, STAGE_NOW_US);
    vm->state = VM_LOST;
    stage_check(stage, "vm-lost", 80, 24);
}

static void test_off(void)
{
    autoptr(stage) stage = stage_new(4);
    struct vm *vm = stage_vm(stage, 2);

    vm->state = VM_OFF;
    vm->cpu_permille = -1;
    g_clear_pointer(&vm->home, g_free);
    g_clear_pointer(&vm->mac, g_free);
    vm->pin = g_strdup("pc02");
    show(stage, 2);
    stage_check(stage, "vm-off", 80, 24);
    stage_press(stage, "Enter");
    g_assert_null(stage->app->dialog);
    g_assert_nonnull(strstr(stage->app->message, "only a running VM"));
}

static void test_hostile_names(void)
{
    autoptr(stage) stage = stage_new(2);
    struct vm *vm =
        cluster_add_vm(stage->cluster, stage_host(stage, 2), "机器 e\xcc\x81t evil", NULL);

    g_assert_nonnull(vm);
    vm->state = VM_RUNNING;
    vm->mem_kib = 512 * 1024;
    vm->home = g_strdup("\x1b[31mred.example.org");
    vm->group = g_strdup("组\x07");
    app_select_vm(stage->app, vm);
    app_open(stage->app, &view_vm);
    stage_check(stage, "vm-hostile", 80, 24);
    stage_check(stage, "vm-hostile", 132, 43);
}

static void test_gone(void)
{
    autoptr(stage) stage = stage_new(3);

    show(stage, 2);
    stage_draw(stage, 80, 24);
    cluster_remove_vm(stage->cluster, stage_vm(stage, 2));
    stage_check(stage, "vm-gone", 80, 24);
    stage_press(stage, "Enter");
    stage_press(stage, "Right");
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

/* The only host there is: nowhere to go. */
static void test_alone(void)
{
    autoptr(stage) stage = stage_new(1);

    show(stage, 1);
    stage_check(stage, "vm-alone", 80, 24);
}

/* --- Where it could go ----------------------------------------------------------------------- */

static const struct target *target_at(const GArray *targets, guint i)
{
    return &g_array_index(targets, struct target, i);
}

static void test_targets(void)
{
    autoptr(stage) stage = away();
    g_autoptr(GArray) targets = NULL;
    g_autofree char *count = NULL;
    g_autofree char *reasons = NULL;

    scene_count(&stage->app->scene);
    targets = targets_list(stage->app, stage_vm(stage, 5));
    count = targets_count(targets);
    g_assert_cmpuint(targets->len, ==, 11);
    g_assert_cmpstr(target_at(targets, 0)->host->name, ==, "pc05"); /* home first */
    for (guint i = 1; i < 4; i++) {
        g_assert_cmpint(target_at(targets, i)->reason, ==, CHECK_OK);
        g_assert_cmpint(target_at(targets, i)->load_permille / 10, <=,
                        target_at(targets, i + 1)->reason == CHECK_OK
                            ? target_at(targets, i + 1)->load_permille / 10
                            : G_MAXINT);
    }
    reasons = targets_reasons(targets);
    g_assert_cmpstr(count, ==, "4 would take it, 3 if you insist, 4 would not");
    g_assert_cmpstr(reasons, ==,
                    "those that would not: 1 not on, 1 in doubt, 1 without the RAM, 1 that cannot "
                    "migrate");
}

/* Loads change and with them the order: the cursor stays with its host. */
static void test_cursor_stays_on_its_host(void)
{
    autoptr(stage) stage = away();
    g_autofree char *chosen = NULL;

    show(stage, 5);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Down");
    stage_press(stage, "Down");
    chosen = g_strdup(stage->app->vm_target);
    g_assert_nonnull(chosen);
    for (guint number = 1; number <= 4; number++)
        stage_host(stage, number)->load15_permille =
            (gint)(number * 10) + (g_str_equal(stage_host(stage, number)->name, chosen) ? 300 : 0);
    stage_draw(stage, 80, 24);
    g_assert_cmpstr(stage->app->vm_target, ==, chosen);
    stage_press(stage, "Enter");
    stage_check(stage, "vm-offer", 80, 24);
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_vm);
}

static void test_what_is_refused_is_said(void)
{
    autoptr(stage) stage = away();

    show(stage, 5);
    stage_draw(stage, 80, 24);
    stage_press(stage, "End");
    stage_press(stage, "Enter");
    g_assert_null(stage->app->dialog);
    g_assert_nonnull(strstr(stage->app->message, "refused: "));
}

static void test_read_only_offers_nothing(void)
{
    autoptr(stage) stage = away();

    show(stage, 5);
    stage->app->readonly = TRUE;
    stage_draw(stage, 80, 24);
    stage_press(stage, "Enter");
    g_assert_null(stage->app->dialog);
    g_assert_nonnull(strstr(stage->app->message, "read-only"));
}

static void test_neighbours(void)
{
    autoptr(stage) stage = away();

    show(stage, 2);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Right"); /* the same host's next */
    g_assert_cmpstr(stage->app->vm, ==, "pc05");
    stage_press(stage, "Right");
    g_assert_cmpstr(stage->app->vm, ==, "pc03");
    stage_press(stage, "Left");
    g_assert_cmpstr(stage->app->vm, ==, "pc05");
    for (guint i = 0; i < 12; i++)
        stage_press(stage, "Right");
    g_assert_cmpstr(stage->app->vm, ==, "pc05"); /* round once, past the host that has none */
}

/* It moved while it was looked at: the view goes along. */
static void test_goes_along(void)
{
    autoptr(stage) stage = away();

    show(stage, 5);
    stage_draw(stage, 80, 24);
    cluster_move_vm(stage->cluster, stage_vm(stage, 5), stage_host(stage, 1), STAGE_NOW_US);
    stage_draw(stage, 80, 24);
    g_assert_cmpstr(stage->app->host, ==, "pc01");
    g_assert_cmpstr(stage->app->vm, ==, "pc05");
}

static void test_any_size(void)
{
    autoptr(stage) stage = away();

    show(stage, 5);
    for (int width = APP_WIDTH_LEAST; width <= 210; width += 7) {
        for (int height = APP_HEIGHT_LEAST; height <= 60; height += 3)
            g_assert_nonnull(stage_draw(stage, width, height));
    }
}

/* What Escape comes back to stands before the title; the first steps go where there is no room. */
static void test_way_here(void)
{
    autoptr(stage) stage = away();

    app_open(stage->app, &view_jobs);
    app_open(stage->app, &view_host);
    show(stage, 5);
    stage_check(stage, "vm-way", 80, 24);
    stage_check(stage, "vm-way", 40, 12);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/vm/away", test_away);
    g_test_add_func("/view/vm/readonly", test_readonly);
    g_test_add_func("/view/vm/moving", test_moving);
    g_test_add_func("/view/vm/alarm", test_alarm);
    g_test_add_func("/view/vm/off", test_off);
    g_test_add_func("/view/vm/hostile_names", test_hostile_names);
    g_test_add_func("/view/vm/gone", test_gone);
    g_test_add_func("/view/vm/alone", test_alone);
    g_test_add_func("/view/vm/targets", test_targets);
    g_test_add_func("/view/vm/cursor_stays_on_its_host", test_cursor_stays_on_its_host);
    g_test_add_func("/view/vm/what_is_refused_is_said", test_what_is_refused_is_said);
    g_test_add_func("/view/vm/read_only_offers_nothing", test_read_only_offers_nothing);
    g_test_add_func("/view/vm/neighbours", test_neighbours);
    g_test_add_func("/view/vm/goes_along", test_goes_along);
    g_test_add_func("/view/vm/way_here", test_way_here);
    g_test_add_func("/view/vm/any_size", test_any_size);
    return g_test_run();
}
