/* test_view_plan.c - how the plan looks: its table, marks, question, and when there is none. */
#include "tests/support/stage.h"
#include "tui/view.h"

/* The last `n` hosts emptied onto the first, two wakes before. */
static struct plan *make_plan(const struct stage *stage, guint n)
{
    struct plan *plan = plan_new(PLAN_COMPACT);
    guint hosts = stage->cluster->hosts->len;

    for (guint i = 0; i < n; i++) {
        const struct vm *vm = g_ptr_array_index(stage_host(stage, hosts - i)->vms, 0);
        const struct plan_step move = {.action = PLAN_MIGRATE,
                                       .reason = PLAN_REASON_EMPTY_HOST,
                                       .vm = vm->name,
                                       .from = stage_host(stage, hosts - i)->name,
                                       .to = stage_host(stage, i / 4 + 1)->name,
                                       .mem_kib = 256 * 1024,
                                       .after = PLAN_NO_STEP,
                                       .to_vms_after = 2 + i % 4,
                                       .from_load_permille_after = 12,
                                       .to_load_permille_after = (gint)(90 + 70 * (i % 4))};
        plan_add_step(plan, &move);
    }
    for (guint i = 0; i < n; i++) {
        const struct plan_step off = {.action = PLAN_OFF,
                                      .reason = PLAN_REASON_IDLE,
                                      .from = stage_host(stage, hosts - i)->name,
                                      .after = i};
        plan_add_step(plan, &off);
    }
    plan_add_refusal(plan, "host pc03", "ana is logged in");
    plan->summary = g_strdup_printf("%u moves: %u of %u hosts can go off", n, n, hosts);
    plan->hosts_on_before = hosts;
    plan->hosts_on_after = hosts - n;
    return plan;
}

static struct stage *stage_with_plan(void)
{
    struct stage *stage = stage_new(62);

    stage->app->plan = make_plan(stage, 12);
    app_open(stage->app, &view_plan);
    return stage;
}

static void test_sizes(void)
{
    autoptr(stage) stage = stage_with_plan();

    stage_check(stage, "view-plan", 80, 24);
    stage_check(stage, "view-plan", 100, 30);
    stage_check(stage, "view-plan", 132, 43);
    stage_check(stage, "view-plan", 200, 50);
    stage_check(stage, "view-plan", 40, 12);
}

static void test_readonly(void)
{
    autoptr(stage) stage = stage_with_plan();

    stage->app->readonly = TRUE;
    stage_check(stage, "readonly-plan", 80, 24);
}

static void test_marks(void)
{
    autoptr(stage) stage = stage_with_plan();

    stage_draw(stage, 80, 24);
    for (guint i = 0; i < 12; i++)
        stage_press(stage, "Down");
    stage_press(stage, "Space");
    stage_check(stage, "view-plan-marked", 80, 24);
    stage_press(stage, "Enter");
    stage_check(stage, "view-plan-accept", 80, 24);
    stage_press(stage, "Escape");
    stage_press(stage, "Enter");
    stage_press(stage, "Escape");
}

static void test_accept_all(void)
{
    autoptr(stage) stage = stage_with_plan();

    stage_draw(stage, 80, 24);
    stage_press(stage, "Enter");
    stage_check(stage, "view-plan-accept-all", 80, 24);
}

static void test_outdated(void)
{
    autoptr(stage) stage = stage_with_plan();

    stage_switch_off(stage, 1);
    stage_check(stage, "view-plan-outdated", 80, 24);
}

static void test_nothing(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->plan = plan_new(PLAN_NOTHING);
    stage->app->plan->summary = g_strdup("nothing to do: no host is under");
    app_open(stage->app, &view_plan);
    stage_check(stage, "view-plan-nothing", 80, 24);
    stage_press(stage, "Enter");
    g_assert_null(stage->app->dialog);
}

static void test_no_host(void)
{
    autoptr(stage) stage = stage_new(0);

    stage->app->plan = plan_new(PLAN_NOTHING);
    app_open(stage->app, &view_plan);
    stage_check(stage, "view-plan-no-host", 80, 24);
}

static void test_odd(void)
{
    autoptr(stage) stage = stage_new(62);

    g_free(stage_host(stage, 62)->name);
    stage_host(stage, 62)->name = g_strdup("データ室\x1b[31m");
    stage->app->plan = make_plan(stage, 3);
    stage->app->ascii = TRUE;
    app_open(stage->app, &view_plan);
    stage_check(stage, "view-plan-odd", 80, 24);
    g_free(stage_host(stage, 62)->name);
    stage_host(stage, 62)->name = g_strdup("pc62");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/plan/sizes", test_sizes);
    g_test_add_func("/view/plan/readonly", test_readonly);
    g_test_add_func("/view/plan/marks", test_marks);
    g_test_add_func("/view/plan/accept_all", test_accept_all);
    g_test_add_func("/view/plan/outdated", test_outdated);
    g_test_add_func("/view/plan/no_host", test_no_host);
    g_test_add_func("/view/plan/nothing", test_nothing);
    g_test_add_func("/view/plan/odd", test_odd);
    return g_test_run();
}
