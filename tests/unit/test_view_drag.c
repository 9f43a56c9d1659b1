/* test_view_drag.c - VMs in hand: what every host would become, at every size, and what happens to
 * a hand while the lab changes. */
#include <string.h>
#include <time.h>

#include "tests/support/stage.h"
#include "tui/action.h"
#include "tui/view.h"

/* A full host, some that are off, one in maintenance, one that would be over. */
static struct stage *mixed(void)
{
    struct stage *stage = stage_new(62);

    for (guint number = 2; number <= 8; number++)
        cluster_move_vm(stage->cluster, stage_vm(stage, number), stage_host(stage, 1),
                        STAGE_NOW_US - CLOCK_MINUTE_US);
    for (guint number = 40; number <= 50; number++)
        stage_switch_off(stage, number);
    stage_host(stage, 20)->maintenance = TRUE;
    stage_host(stage, 24)->load15_permille = 1760;
    stage_host(stage, 25)->seen_at_us = STAGE_NOW_US - CLOCK_MINUTE_US;
    return stage;
}

static void update(struct stage *stage)
{
    g_autofree char *why = NULL;

    scene_count(&stage->app->scene);
    g_assert_true(drag_update(&stage->app->drag, &stage->app->scene, NULL, &why));
    g_assert_null(why);
}

static void take(struct stage *stage, enum drag_by by, guint vm)
{
    stage_draw(stage, 80, 24);
    drag_begin(&stage->app->drag, by, stage_vm(stage, vm));
    update(stage);
}

/* Seven VMs of pc01, and that of pc12. */
static void take_many(struct stage *stage, enum drag_by by)
{
    stage_draw(stage, 80, 24);
    drag_begin(&stage->app->drag, by, stage_vm(stage, 2));
    for (guint number = 3; number <= 8; number++)
        drag_add(&stage->app->drag, stage_vm(stage, number));
    drag_add(&stage->app->drag, stage_vm(stage, 12));
    drag_add(&stage->app->drag, stage_vm(stage, 12)); /* not twice */
    g_assert_cmpuint(drag_n(&stage->app->drag), ==, 8);
    update(stage);
}

static void check_sizes(struct stage *stage, const char *name)
{
    stage_check(stage, name, 80, 24);
    stage_check(stage, name, 100, 30);
    stage_check(stage, name, 132, 43);
    stage_check(stage, name, 200, 50);
}

/* --- What is drawn --------------------------------------------------------------------------- */

static void test_over_a_host_that_takes_it(void)
{
    autoptr(stage) stage = mixed();

    take(stage, DRAG_BY_MOUSE, 12);
    drag_aim(&stage->app->drag, 8);
    check_sizes(stage, "drag-yes");
}

static void test_over_hosts_that_do_not(void)
{
    autoptr(stage) stage = mixed();

    take(stage, DRAG_BY_MOUSE, 12);
    drag_aim(&stage->app->drag, 0);
    stage_check(stage, "drag-no", 80, 24);
    drag_aim(&stage->app->drag, 19);
    stage_check(stage, "drag-ask", 80, 24);
    stage_check(stage, "drag-ask", 100, 30);
    drag_aim(&stage->app->drag, DRAG_NOWHERE);
    stage_check(stage, "drag-nowhere", 80, 24);
}

static void test_many(void)
{
    autoptr(stage) stage = mixed();

    take_many(stage, DRAG_BY_MOUSE);
    drag_aim(&stage->app->drag, 29);
    check_sizes(stage, "drag-many");
    drag_aim(&stage->app->drag, 0);
    stage_check(stage, "drag-many-back", 100, 30);
}

static void test_by_keys(void)
{
    autoptr(stage) stage = mixed();

    take(stage, DRAG_BY_KEYS, 12);
    stage_press(stage, "Down");
    g_assert_cmpint(stage->app->drag.target, ==, 20);
    stage_press(stage, "Left");
    g_assert_cmpint(stage->app->drag.target, ==, 19);
    stage_check(stage, "drag-keys", 80, 24);
    stage_press(stage, "Tab");
    g_assert_cmpint(stage->app->drag.target, ==, 20);
    stage_press(stage, "BackTab");
    g_assert_cmpint(stage->app->drag.target, ==, 18);
    stage_press(stage, "Escape");
    g_assert_cmpint(stage->app->drag.by, ==, DRAG_NONE);
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc01");
}

static void test_a_thousand_hosts(void)
{
    autoptr(stage) stage = stage_new(1000);

    for (guint number = 300; number <= 700; number++)
        stage_switch_off(stage, number);
    for (guint number = 10; number <= 200; number += 7)
        stage_host(stage, number)->maintenance = TRUE;
    take(stage, DRAG_BY_MOUSE, 12);
    drag_aim(&stage->app->drag, 8);
    stage_check(stage, "drag-thousand", 80, 24);
    stage_check(stage, "drag-thousand", 200, 50);
}

static void rename_vm(struct vm *vm, const char *group, const char *pin)
{
    g_free(vm->group);
    vm->group = g_strdup(group);
    g_free(vm->pin);
    vm->pin = g_strdup(pin);
}

static void test_hostile_names(void)
{
    autoptr(stage) stage = stage_new(12);
    struct host *wide = cluster_add_host(stage->cluster, "計算機-主機-一", "10.0.9.1", NULL);
    struct vm *vm = cluster_add_vm(stage->cluster, wide, "e\xcc\x81toile-%n\xe7\x99\xbd", NULL);

    g_assert_nonnull(vm);
    wide->state = HOST_ON;
    wide->cpus = 2;
    wide->mem_kib = 2097152;
    wide->load15_permille = 100;
    wide->seen_at_us = STAGE_NOW_US;
    vm->state = VM_RUNNING;
    vm->mem_kib = 262144;
    vm->cpu_permille = 100;
    rename_vm(vm, NULL, "\x1b]0;x\x07");
    stage_draw(stage, 80, 24);
    drag_begin(&stage->app->drag, DRAG_BY_KEYS, vm);
    update(stage);
    drag_aim(&stage->app->drag, 2);
    stage_check(stage, "drag-hostile", 80, 24);
    drag_aim(&stage->app->drag, 12);
    stage_check(stage, "drag-hostile-home", 80, 24);
}

static void test_ascii(void)
{
    autoptr(stage) stage = mixed();

    stage->app->ascii = TRUE;
    take_many(stage, DRAG_BY_KEYS);
    drag_aim(&stage->app->drag, 30);
    stage_check(stage, "drag-ascii", 80, 24);
}

/* --- What each host would become ------------------------------------------------------------- */

static void test_counts_all_of_them(void)
{
    autoptr(stage) stage = mixed();
    const struct drag_becomes *becomes;
    g_autofree char *why = NULL, *home = NULL;

    take_many(stage, DRAG_BY_MOUSE);
    becomes = drag_becomes(&stage->app->drag, 29); /* 1 + 8 VMs where 8 may run */
    g_assert_cmpint(becomes->reason, ==, CHECK_NO_MEMORY);
    g_assert_cmpuint(becomes->set.n, ==, 8);
    g_assert_cmpuint(becomes->vms, ==, 9);
    g_assert_cmpuint(becomes->mem_kib, ==, 9 * 256 * 1024);
    why = drag_explain(&stage->app->drag, 29);
    g_assert_cmpstr(why, ==, "pc30 has 1792 MiB free of 2048, the 8 VMs need 2048");
    /* pc02 runs nothing any more: it has room for all. */
    g_assert_cmpint(drag_mark(&stage->app->drag, 1), ==, TARGET_MARK_YES);
    /* Of those on pc01 none comes: pc12's alone would, and there is no room. */
    becomes = drag_becomes(&stage->app->drag, 0);
    g_assert_cmpuint(becomes->set.n, ==, 1);
    g_assert_false(becomes->leaves);
    home = drag_explain(&stage->app->drag, 0);
    g_assert_nonnull(strstr(home, "vm pc12 needs 256"));
}

static void test_where_they_come_from(void)
{
    autoptr(stage) stage = mixed();
    const struct drag_becomes *becomes;

    take(stage, DRAG_BY_MOUSE, 2);
    drag_add(&stage->app->drag, stage_vm(stage, 3));
    update(stage);
    becomes = drag_becomes(&stage->app->drag, 0);
    g_assert_true(becomes->leaves);
    g_assert_cmpint(becomes->reason, ==, CHECK_SAME_HOST);
    g_assert_cmpuint(becomes->vms_before, ==, 8);
    g_assert_cmpuint(becomes->vms, ==, 6);
}

static void test_kept_apart_from_each_other(void)
{
    autoptr(stage) stage = mixed();
    g_autofree char *why = NULL;

    rename_vm(stage_vm(stage, 2), "db", NULL);
    rename_vm(stage_vm(stage, 3), "db", NULL);
    take(stage, DRAG_BY_MOUSE, 2);
    drag_add(&stage->app->drag, stage_vm(stage, 3));
    update(stage);
    g_assert_cmpint(drag_mark(&stage->app->drag, 29), ==, TARGET_MARK_FORCE);
    why = drag_explain(&stage->app->drag, 29);
    g_assert_cmpstr(why, ==, "vm pc03 is kept apart from another of them (group db)");
}

/* What nobody can go past is told before what force goes past, whichever VM it is about. */
static void test_the_gravest_reason_is_told(void)
{
    autoptr(stage) stage = mixed();

    rename_vm(stage_vm(stage, 2), NULL, "pc01");
    take(stage, DRAG_BY_MOUSE, 2);
    g_assert_cmpint(drag_reason(&stage->app->drag, 29), ==, CHECK_PINNED);
    drag_add(&stage->app->drag, stage_vm(stage, 3));
    stage_vm(stage, 3)->mem_kib = 2000 * 1024;
    update(stage);
    g_assert_cmpint(drag_reason(&stage->app->drag, 29), ==, CHECK_NO_MEMORY);
}

/* --- While the lab changes ------------------------------------------------------------------- */

static void expect_gone(struct stage *stage, gboolean left, const char *sentence)
{
    g_autofree char *why = NULL;

    scene_count(&stage->app->scene);
    g_assert_cmpint(drag_update(&stage->app->drag, &stage->app->scene, NULL, &why), ==, left);
    g_assert_cmpstr(why, ==, sentence);
}

static void test_a_vm_that_moves_is_put_back(void)
{
    autoptr(stage) stage = mixed();

    take(stage, DRAG_BY_KEYS, 12);
    cluster_move_vm(stage->cluster, stage_vm(stage, 12), stage_host(stage, 30), STAGE_NOW_US);
    expect_gone(stage, FALSE, "put back: vm pc12 is on pc30 now");
    g_assert_cmpint(stage->app->drag.by, ==, DRAG_NONE);
}

static void test_a_vm_that_vanishes_is_put_back(void)
{
    autoptr(stage) stage = mixed();

    take(stage, DRAG_BY_KEYS, 12);
    cluster_remove_vm(stage->cluster, stage_vm(stage, 12));
    expect_gone(stage, FALSE, "put back: vm pc12 is no longer there");
}

static void test_one_of_many_leaves_the_hand(void)
{
    autoptr(stage) stage = mixed();

    take_many(stage, DRAG_BY_MOUSE);
    cluster_remove_vm(stage->cluster, stage_vm(stage, 2));
    expect_gone(stage, TRUE, "vm pc02 is no longer there; 7 VMs are still in hand");
    g_assert_cmpstr(stage->app->drag.vm, ==, "pc03");
    cluster_remove_host(stage->cluster, stage_host(stage, 1));
    expect_gone(stage, TRUE, "vm pc03 is no longer there; 1 VM is still in hand");
    stage_draw(stage, 80, 24);
}

/* Hosts behind one that is removed move up: the target stays what it was. */
static void test_the_target_stays_the_same_host(void)
{
    autoptr(stage) stage = mixed();

    take(stage, DRAG_BY_KEYS, 12);
    drag_aim(&stage->app->drag, 29);
    cluster_remove_host(stage->cluster, stage_host(stage, 15));
    expect_gone(stage, TRUE, NULL);
    g_assert_cmpint(stage->app->drag.target, ==, 28);
    cluster_remove_host(stage->cluster, cluster_find_host(stage->cluster, "pc30"));
    expect_gone(stage, TRUE, "pc30 has left the cluster: choose another host");
    g_assert_cmpint(stage->app->drag.target, ==, DRAG_NOWHERE);
    action_drop(stage->app, stage->app->drag.target);
    g_assert_cmpint(stage->app->drag.by, ==, DRAG_NONE);
    g_assert_nonnull(strstr(stage->app->message, "stays where it is"));
}

/* Of this process's CPU: the machine may be busy. */
static double ms_between(clock_t begun, clock_t ended)
{
    return (double)(ended - begun) * 1000.0 / CLOCKS_PER_SEC;
}

/* Ten thousand hosts in sight at once, seven VMs in hand: a figure to look at, not a test. */
static void test_cost(void)
{
    autoptr(stage) stage = stage_new(10000);
    clock_t begun;

    take(stage, DRAG_BY_MOUSE, 2);
    for (guint number = 3; number <= 8; number++)
        drag_add(&stage->app->drag, stage_vm(stage, number));
    begun = clock();
    for (guint round = 0; round < 10; round++) {
        update(stage);
        for (guint i = 0; i < 10000; i++)
            drag_mark(&stage->app->drag, i);
    }
    g_test_message("10,000 hosts, 7 VMs in hand: %.1f ms", ms_between(begun, clock()) / 10.0);
}

/* A cluster of ten thousand hosts, all of it in hand. */
static void test_cost_of_all(void)
{
    autoptr(stage) stage = stage_new(10000);
    clock_t begun, updated;

    take(stage, DRAG_BY_MOUSE, 2);
    for (guint number = 1; number <= 10000; number++)
        drag_add(&stage->app->drag, stage_vm(stage, number));
    update(stage);
    begun = clock();
    update(stage);
    updated = clock();
    for (guint i = 0; i < 10000; i++)
        g_assert_cmpint(drag_mark(&stage->app->drag, i), ==, TARGET_MARK_NO);
    g_test_message("10,000 VMs in hand: %.1f ms to update, %.1f ms for all hosts",
                   ms_between(begun, updated), ms_between(updated, clock()));
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/drag/over_a_host_that_takes_it", test_over_a_host_that_takes_it);
    g_test_add_func("/view/drag/over_hosts_that_do_not", test_over_hosts_that_do_not);
    g_test_add_func("/view/drag/many", test_many);
    g_test_add_func("/view/drag/by_keys", test_by_keys);
    g_test_add_func("/view/drag/a_thousand_hosts", test_a_thousand_hosts);
    g_test_add_func("/view/drag/hostile_names", test_hostile_names);
    g_test_add_func("/view/drag/ascii", test_ascii);
    g_test_add_func("/view/drag/counts_all_of_them", test_counts_all_of_them);
    g_test_add_func("/view/drag/where_they_come_from", test_where_they_come_from);
    g_test_add_func("/view/drag/kept_apart_from_each_other", test_kept_apart_from_each_other);
    g_test_add_func("/view/drag/the_gravest_reason_is_told", test_the_gravest_reason_is_told);
    g_test_add_func("/view/drag/a_vm_that_moves_is_put_back", test_a_vm_that_moves_is_put_back);
    g_test_add_func("/view/drag/a_vm_that_vanishes_is_put_back",
                    test_a_vm_that_vanishes_is_put_back);
    g_test_add_func("/view/drag/one_of_many_leaves_the_hand", test_one_of_many_leaves_the_hand);
    g_test_add_func("/view/drag/the_target_stays_the_same_host",
                    test_the_target_stays_the_same_host);
    g_test_add_func("/view/drag/cost", test_cost);
    g_test_add_func("/view/drag/cost_of_all", test_cost_of_all);
    return g_test_run();
}
