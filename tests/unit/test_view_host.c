/* test_view_host.c - what the operator sees of one host, and how the view is gone through. */
#include "tests/support/golden.h"
#include "tests/support/stage.h"
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
    app_select_host(stage->app, stage_host(stage, number));
    app_open(stage->app, &view_host);
}

static void set_users(struct host *host, const char *names)
{
    g_strfreev(host->users);
    host->users = names != NULL ? g_strsplit(names, " ", -1) : NULL;
}

/* Some minutes of history, each a little busier. */
static void add_history(struct stage *stage)
{
    struct scene *scene = &stage->app->scene;
    struct host *host = stage_host(stage, 3);
    struct vm *vm = stage_vm(stage, 5);
    gint load = host->load15_permille, cpu = vm->cpu_permille;

    for (guint i = 0; i < 12; i++) {
        scene->now_us = STAGE_NOW_US - (12 - i) * CLOCK_MINUTE_US;
        host->load15_permille = load * (gint)(i + 1) / 12;
        vm->cpu_permille = (gint)(i * 80);
        trend_update(stage->app->trend, scene);
    }
    scene->now_us = STAGE_NOW_US;
    host->load15_permille = load;
    vm->cpu_permille = cpu;
}

/* One that has everything: VMs of others, a job each way, a user, a note, a history. */
static struct stage *busy(void)
{
    struct stage *stage = stage_new(12);
    struct host *host = stage_host(stage, 3);

    for (guint number = 5; number <= 9; number++)
        cluster_move_vm(stage->cluster, stage_vm(stage, number), host,
                        STAGE_NOW_US - CLOCK_MINUTE_US);
    set_users(host, "ana bob");
    host->note = g_strdup("fan replaced in March");
    host->room = g_strdup("1.14");
    host->rack = g_strdup("B");
    host->cpu_model = g_strdup("core2duo");
    host->hypervisor = g_strdup("QEMU");
    host->can_migrate = HOST_MIGRATION_ABLE;
    host->wake = HOST_WAKE_PROVEN;
    host->woken_at_us = STAGE_NOW_US - 40 * CLOCK_MINUTE_US;
    host->mem_available_kib = 700 * 1024;
    host->load15_permille = 1260;
    stage_vm(stage, 6)->pin = g_strdup("pc03");
    stage_vm(stage, 7)->group = g_strdup("web");
    stage_vm(stage, 7)->autostart = TRUE;
    stage_vm(stage, 8)->state = VM_PAUSED;
    stage_vm(stage, 9)->state = VM_OFF;
    stage_set_halfway(stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 5, 3, 1));
    stage_add_job(stage, JOB_MIGRATE, JOB_QUEUED, 11, 11, 3);
    stage_add_entry(stage, 130, "host", "host pc03", "host pc03 answers again", "");
    stage_add_entry(stage, 60, "migrate", "vm pc05", "vm pc05 from pc05 to pc03: in 3.2 s", "done");
    stage_add_entry(stage, 50, "migrate", "vm pc04", "vm pc04 from pc04 to pc01: in 3.1 s", "done");
    stage_add_entry(stage, 3, "migrate", "vm pc03", "vm pc03 from pc01 to pc02: in 3.0 s",
                    "failed");
    add_history(stage);
    return stage;
}

static void test_busy(void)
{
    autoptr(stage) stage = busy();

    show(stage, 3);
    check_sizes(stage, "host-busy");
    stage_press(stage, "Down");
    stage_press(stage, "Down");
    g_assert_cmpstr(stage->app->vm, ==, "pc05");
    stage_check(stage, "host-vm-chosen", 80, 24);
    stage_check(stage, "host-vm-chosen", 40, 12);
}

static void test_ascii(void)
{
    autoptr(stage) stage = busy();

    stage->app->ascii = TRUE;
    show(stage, 3);
    stage_check(stage, "host-ascii", 100, 30);
}

static void test_off(void)
{
    autoptr(stage) stage = stage_new(3);

    cluster_move_vm(stage->cluster, stage_vm(stage, 2), stage_host(stage, 1), 1);
    stage_switch_off(stage, 2);
    show(stage, 2);
    stage_check(stage, "host-off", 80, 24);
    stage_check(stage, "host-off", 132, 43);
}

/* What is old, or was never told, says so. */
static void test_stale(void)
{
    autoptr(stage) stage = stage_new(3);
    struct host *host = stage_host(stage, 2);

    host->seen_at_us = STAGE_NOW_US - 10 * CLOCK_MINUTE_US;
    host_set_state(host, HOST_UNREACHABLE, STAGE_NOW_US - 9 * CLOCK_MINUTE_US);
    host->trouble = g_strdup("connection timed out after 10 s: No route to host, and whoever is to "
                             "mend it should look at the switch first");
    set_users(host, NULL);
    stage_vm(stage, 2)->state = VM_UNKNOWN;
    show(stage, 2);
    stage_check(stage, "host-unreachable", 80, 24);
    host = stage_host(stage, 3);
    *host->users = NULL;
    g_clear_pointer(&host->mac, g_free);
    host->cpus = 0;
    host->mem_kib = 0;
    host->load15_permille = host->cpu_permille = -1;
    host->seen_at_us = 0;
    host->wake = HOST_WAKE_UNKNOWN;
    show(stage, 3);
    stage_check(stage, "host-unknown", 80, 24);
}

/* Each of the sentences that say why a host is in its list. */
static void test_why(void)
{
    autoptr(stage) stage = stage_new(10);

    stage_host(stage, 1)->load15_permille = 2400;
    show(stage, 1);
    stage_check(stage, "host-over-alone", 80, 24);
    cluster_move_vm(stage->cluster, stage_vm(stage, 2), stage_host(stage, 1), 1);
    stage_host(stage, 1)->maintenance = TRUE;
    stage_check(stage, "host-over", 80, 24);
    stage_host(stage, 2)->load15_permille = 20;
    show(stage, 2);
    stage_check(stage, "host-idle", 80, 24);
    for (guint number = 4; number <= 10; number++)
        cluster_move_vm(stage->cluster, stage_vm(stage, number), stage_host(stage, 3), 1);
    stage_host(stage, 3)->load15_permille = 100;
    show(stage, 3);
    stage_check(stage, "host-full", 80, 24);
}

static void test_hostile_names(void)
{
    autoptr(stage) stage = stage_new(2);
    struct host *host = stage_host(stage, 2);
    struct vm *vm = cluster_add_vm(stage->cluster, host, "机器 e\xcc\x81t evil", NULL);

    g_assert_nonnull(vm);
    vm->state = VM_RUNNING;
    vm->mem_kib = 512 * 1024;
    vm->home = g_strdup("a-very-long-name-of-a-home.of.a.host.example.org");
    vm->group = g_strdup("\x1b[31mred");
    g_free(host->note);
    host->note = g_strdup("\x1b]0;title\x07 and\nanother line");
    host->cpu_model = g_strdup("a model of a processor with a name that goes on for quite a while");
    host->trouble = g_strdup("\x1b[2Jgone");
    set_users(host, "ana \x1b[1mbob");
    show(stage, 2);
    check_sizes(stage, "host-hostile");
}

static void test_none(void)
{
    autoptr(stage) stage = stage_new(0);

    app_open(stage->app, &view_host);
    stage_check(stage, "host-none", 80, 24);
    for (guint i = 0; i < 3; i++)
        stage_press(stage, i == 0 ? "Enter" : i == 1 ? "Right" : "Down");
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

/* What was looked at has left the cluster: another is not shown in its place. */
static void test_gone(void)
{
    autoptr(stage) stage = stage_new(3);

    show(stage, 2);
    stage_draw(stage, 80, 24);
    cluster_remove_host(stage->cluster, stage_host(stage, 2));
    stage_check(stage, "host-gone", 80, 24);
}

/* --- The way through ------------------------------------------------------------------------- */

static void test_neighbours(void)
{
    autoptr(stage) stage = stage_new(3);

    show(stage, 2);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Right");
    g_assert_cmpstr(stage->app->host, ==, "pc03");
    stage_press(stage, "Right");
    g_assert_cmpstr(stage->app->host, ==, "pc01");
    stage_press(stage, "Left");
    g_assert_cmpstr(stage->app->host, ==, "pc03");
    g_assert_true(stage->app->view == &view_host);
}

static void test_in_and_out(void)
{
    autoptr(stage) stage = stage_new(3);
    struct input click = {.kind = INPUT_PRESS, .x = 6, .button = 1};

    show(stage, 2);
    stage_draw(stage, 80, 24);
    stage_press(stage, "Enter");
    g_assert_true(stage->app->view == &view_vm);
    g_assert_cmpstr(stage->app->vm, ==, "pc02");
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_host);
    stage_press(stage, "Up");
    g_assert_null(stage->app->vm);

    /* The first click on a row selects it, the second goes in. */
    stage_draw(stage, 80, 24);
    click.y = stage->app->host_vms.y;
    app_input(stage->app, &click);
    g_assert_cmpstr(stage->app->vm, ==, "pc02");
    g_assert_true(stage->app->view == &view_host);
    app_input(stage->app, &click);
    g_assert_true(stage->app->view == &view_vm);
    stage_press(stage, "q");
    stage_press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
}

/* Any size, whatever there is to tell: nothing is drawn outside, nothing breaks. */
static void test_any_size(void)
{
    autoptr(stage) stage = busy();

    show(stage, 3);
    for (int width = APP_WIDTH_LEAST; width <= 210; width += 7) {
        for (int height = APP_HEIGHT_LEAST; height <= 60; height += 3)
            g_assert_nonnull(stage_draw(stage, width, height));
    }
}

/* Who stood on a host stands on it again; who stood on a VM, on that VM. */
static void test_comes_back_to_where_it_was(void)
{
    autoptr(stage) stage = busy();
    struct app *app = stage->app;

    app_select_host(app, stage_host(stage, 3));
    stage_draw(stage, 80, 24);
    stage_press(stage, "Enter");
    stage_press(stage, "Enter");
    g_assert_true(app->view == &view_vm);
    g_assert_nonnull(app_vm(app));
    stage_press(stage, "Escape");
    g_assert_true(app->view == &view_host);
    g_assert_null(app->vm);
    stage_press(stage, "Down");
    stage_press(stage, "Escape");
    g_assert_true(app->view == &view_main);
    g_assert_null(app->vm);
    stage_press(stage, "Enter");
    g_assert_true(app->view == &view_host);
    stage_press(stage, "Escape");
    stage_press(stage, "Tab");
    g_assert_nonnull(app_vm(app));
    stage_press(stage, "Enter");
    g_assert_true(app->view == &view_vm);
    stage_press(stage, "Escape");
    g_assert_nonnull(app_vm(app));
}

/* A list of other things only visits them; the host beside it is gone on to. */
static void test_comes_back_from_a_visit(void)
{
    autoptr(stage) stage = busy();
    struct app *app = stage->app;

    app_select_host(app, stage_host(stage, 7));
    stage_draw(stage, 80, 24);
    stage_press(stage, "J");
    stage_draw(stage, 80, 24);
    stage_press(stage, "Enter");
    stage_press(stage, "Enter");
    g_assert_cmpstr(app_host(app)->name, !=, "pc07");
    for (guint i = 0; i < 3; i++)
        stage_press(stage, "Escape");
    g_assert_true(app->view == &view_main);
    g_assert_cmpstr(app_host(app)->name, ==, "pc07");
    g_assert_null(app->vm);
    stage_press(stage, "Enter");
    stage_press(stage, "Right");
    stage_press(stage, "Escape");
    g_assert_cmpstr(app_host(app)->name, ==, "pc08");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/host/busy", test_busy);
    g_test_add_func("/view/host/ascii", test_ascii);
    g_test_add_func("/view/host/off", test_off);
    g_test_add_func("/view/host/stale", test_stale);
    g_test_add_func("/view/host/why", test_why);
    g_test_add_func("/view/host/hostile_names", test_hostile_names);
    g_test_add_func("/view/host/none", test_none);
    g_test_add_func("/view/host/gone", test_gone);
    g_test_add_func("/view/host/neighbours", test_neighbours);
    g_test_add_func("/view/host/in_and_out", test_in_and_out);
    g_test_add_func("/view/host/comes_back_to_where_it_was", test_comes_back_to_where_it_was);
    g_test_add_func("/view/host/comes_back_from_a_visit", test_comes_back_from_a_visit);
    g_test_add_func("/view/host/any_size", test_any_size);
    return g_test_run();
}
