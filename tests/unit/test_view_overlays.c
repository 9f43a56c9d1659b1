/* test_view_overlays.c - what opens over the grid: drags, questions, help, plans, lists, finding.
 */
#include "tests/support/stage.h"

#include <string.h>

#include "tests/support/golden.h"
#include "tui/action.h"
#include "tui/view.h"

static struct stage *mixed(void)
{
    struct stage *stage = stage_new(62);

    for (guint number = 2; number <= 8; number++)
        cluster_move_vm(stage->cluster, stage_vm(stage, number), stage_host(stage, 1),
                        STAGE_NOW_US - CLOCK_MINUTE_US);
    for (guint number = 40; number <= 50; number++)
        stage_switch_off(stage, number);
    stage_host(stage, 20)->maintenance = TRUE;
    return stage;
}

/* --- Questions ------------------------------------------------------------------------------- */

static int answered;

static void remember(struct app *app, int answer, const char *subject)
{
    (void)app;
    g_assert_cmpstr(subject, ==, "pc01");
    answered = answer;
}

static void ask(struct stage *stage)
{
    struct dialog *dialog = dialog_new("Switch pc01 off?", remember, "pc01");

    answered = -1;
    dialog_add_text(dialog, ROLE_WARNING, "ana is logged in to pc01.");
    dialog_add_text(dialog, ROLE_DIALOG,
                    "It is asked once more right before; it stays on if that is no longer so, and "
                    "the journal tells why.");
    dialog_add_button(dialog, 1, 'F', "Force it off");
    dialog_add_button(dialog, 2, 'K', "Keep it on");
    dialog_choose(dialog, 2);
    app_ask(stage->app, dialog);
}

static void test_dialog(void)
{
    autoptr(stage) stage = stage_new(62);

    ask(stage);
    stage_check(stage, "dialog-off", 80, 24);
    stage_check(stage, "dialog-off", 40, 12);
}

static void check_answer(struct stage *stage, const char *key, int answer)
{
    ask(stage);
    stage_draw(stage, 80, 24);
    stage_press(stage, key);
    g_assert_cmpint(answered, ==, answer);
    g_assert_true((stage->app->dialog == NULL) == (answer != -1));
}

static void test_dialog_keys(void)
{
    autoptr(stage) stage = stage_new(62);

    check_answer(stage, "Enter", 2);
    check_answer(stage, "Escape", 2);
    check_answer(stage, "f", 1);
    check_answer(stage, "K", 2);
    check_answer(stage, "q", -1);
    check_answer(stage, "Left", -1);
    stage_press(stage, "Enter");
    g_assert_cmpint(answered, ==, 1);
}

static void click(struct stage *stage, int x, int y)
{
    struct input input = {.kind = INPUT_PRESS, .x = x, .y = y, .button = 1};

    app_input(stage->app, &input);
    input.kind = INPUT_RELEASE;
    app_input(stage->app, &input);
}

/* Clicks where a text is on the screen. */
static void click_text(struct stage *stage, const char *text)
{
    g_autofree char *dump = surface_dump(stage_draw(stage, 80, 24));
    g_auto(GStrv) rows = g_strsplit(dump, "\n", 25);

    for (int y = 0; y < 24; y++) {
        const char *found = strstr(rows[y], text);

        if (found != NULL) {
            click(stage, (int)g_utf8_strlen(rows[y], found - rows[y]), y);
            return;
        }
    }
    g_assert_not_reached();
}

static void test_dialog_mouse(void)
{
    autoptr(stage) stage = stage_new(62);

    ask(stage);
    click(stage, 0, 0);
    g_assert_cmpint(answered, ==, -1);
    click_text(stage, "Force it off");
    g_assert_cmpint(answered, ==, 1);
}

/* --- Selecting ------------------------------------------------------------------------------- */

static void test_click_selects(void)
{
    autoptr(stage) stage = stage_new(62);

    click_text(stage, "pc35");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc35");
    g_assert_null(app_vm(stage->app));
    click(stage, 0, 4);
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc10");
    g_assert_nonnull(app_vm(stage->app));
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc10");
    g_assert_cmpint(stage->app->drag.by, ==, DRAG_NONE);
}

static void test_click_between_tiles_selects_nothing(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_draw(stage, 80, 24);
    click(stage, 8, 3);
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc01");
}

static void test_tab_goes_round_the_vms(void)
{
    autoptr(stage) stage = mixed();

    stage_draw(stage, 80, 24);
    for (guint i = 0; i < 8; i++)
        stage_press(stage, "Tab");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc08");
    stage_press(stage, "Tab");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc01");
    stage_press(stage, "BackTab");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc08");
}

static void test_cursor_stays_inside(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_draw(stage, 80, 24);
    stage_press(stage, "Up Left");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc01");
    stage_press(stage, "End");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc62");
    stage_press(stage, "Right Down");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc62");
    app_select_host(stage->app, stage_host(stage, 54));
    stage_press(stage, "j");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc62");
}

static void test_a_removed_host_leaves_the_cursor_near(void)
{
    autoptr(stage) stage = stage_new(62);

    app_select_host(stage->app, stage_host(stage, 62));
    stage_draw(stage, 80, 24);
    cluster_remove_host(stage->cluster, stage_host(stage, 62));
    stage_draw(stage, 80, 24);
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc61");
}

/* --- Finding --------------------------------------------------------------------------------- */

static void test_find(void)
{
    autoptr(stage) stage = mixed();

    stage_draw(stage, 80, 24);
    stage_press(stage, "/");
    stage_type(stage, "PC1");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc10");
    stage_type(stage, "4");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc14");
    stage_check(stage, "find", 80, 24);
    stage_press(stage, "Enter");
    g_assert_null(app_vm(stage->app));
    stage_press(stage, "n");
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc14");
}

static void test_find_a_vm_away(void)
{
    autoptr(stage) stage = mixed();

    stage_draw(stage, 80, 24);
    stage_press(stage, "/");
    stage_type(stage, "pc05");
    stage_press(stage, "Enter");
    /* From pc01 on: its guest pc05 comes before the host pc05. */
    g_assert_cmpstr(app_vm(stage->app)->name, ==, "pc05");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc01");
    stage_press(stage, "n");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc05");
}

static void test_find_nothing_goes_back(void)
{
    autoptr(stage) stage = stage_new(62);

    app_select_host(stage->app, stage_host(stage, 7));
    stage_draw(stage, 80, 24);
    stage_press(stage, "/");
    stage_type(stage, "pc3zz");
    stage_press(stage, "Escape");
    g_assert_cmpstr(app_host(stage->app)->name, ==, "pc07");
    g_assert_false(stage->app->prompt.open);
}

static void test_paste_is_no_command(void)
{
    autoptr(stage) stage = stage_new(62);
    char text[] = "q\r";
    struct input input = {.kind = INPUT_PASTE, .text = text};

    stage_draw(stage, 80, 24);
    app_input(stage->app, &input);
    g_assert_cmpint(stage->app->leaving, ==, APP_STAYS);
}

/* --- Views ----------------------------------------------------------------------------------- */

static struct plan *make_plan(void)
{
    struct plan *plan = plan_new(PLAN_COMPACT);

    for (guint i = 9; i <= 40; i++) {
        g_autofree char *from = g_strdup_printf("pc%02u", i);
        g_autofree char *to = g_strdup_printf("pc%02u", i % 8 + 1);
        struct plan_step move = {.action = PLAN_MIGRATE,
                                 .reason = PLAN_REASON_EMPTY_HOST,
                                 .vm = from,
                                 .from = from,
                                 .to = to,
                                 .mem_kib = 256 * 1024,
                                 .after = PLAN_NO_STEP,
                                 .to_vms_after = i / 8 + 1,
                                 .from_load_permille_after = 20,
                                 .to_load_permille_after = 90};
        struct plan_step off = {.action = PLAN_OFF,
                                .reason = PLAN_REASON_IDLE,
                                .from = from,
                                .after = plan_add_step(plan, &move)};

        plan_add_step(plan, &off);
    }
    plan_add_refusal(plan, "host pc41", "ana is logged in");
    plan->summary = g_strdup("32 migrations empty 32 hosts: 62 on become 30");
    plan->migrations = 32;
    return plan;
}

static void test_plan(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->plan = make_plan();
    app_open(stage->app, &view_plan);
    stage_check(stage, "plan", 80, 24);
    stage_press(stage, "End");
    stage_check(stage, "plan-end", 80, 24);
    stage_press(stage, "q");
    g_assert_true(stage->app->view == &view_main);
    g_assert_cmpint(stage->app->leaving, ==, APP_STAYS);
}

static void test_jobs(void)
{
    autoptr(stage) stage = stage_new(62);
    struct job *failed;

    stage_add_job(stage, JOB_OFF, JOB_DONE, 0, 50, 0)->ended_at_us = STAGE_NOW_US;
    failed = stage_add_job(stage, JOB_MIGRATE, JOB_FAILED, 20, 20, 6);
    failed->ended_at_us = STAGE_NOW_US;
    failed->result = g_strdup("vm pc20: migrate to pc06: connection refused");
    stage_set_halfway(stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 39, 39, 6));
    stage_add_job(stage, JOB_MIGRATE, JOB_QUEUED, 21, 21, 6);
    stage_press(stage, "J Down");
    stage_check(stage, "jobs", 80, 24);
    stage_check(stage, "jobs", 132, 43);
}

/* One of each kind that needs a decision, or has had it. */
static void test_jobs_that_do_not_converge(void)
{
    autoptr(stage) stage = stage_new(62);
    struct job *stuck = stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 39, 39, 6);
    struct job *paused = stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 40, 40, 6);
    struct job *follows = stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 41, 41, 6);

    stage_set_halfway(stuck);
    stage_set_halfway(paused);
    stage_set_halfway(follows);
    stuck->stuck = TRUE;
    stuck->progress.dirty_bytes_per_s = 50 * 1048576;
    stuck->note = g_strdup("memory is not compressed: one of the two hosts cannot");
    paused->progress.stage = MIGRATE_STAGE_PAUSED;
    follows->progress.stage = MIGRATE_STAGE_FOLLOWING;
    stage_press(stage, "J");
    stage_draw(stage, 80, 24);
    stage_press(stage, "End");
    stage_check(stage, "jobs-stuck", 80, 24);
    stage_check(stage, "jobs-stuck", 200, 50);
    stage_press(stage, "S");
    stage_check(stage, "dialog-postcopy", 80, 24);
}

static void test_a_new_job_does_not_move_the_cursor(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_add_job(stage, JOB_MIGRATE, JOB_QUEUED, 20, 20, 6);
    stage_add_job(stage, JOB_MIGRATE, JOB_QUEUED, 21, 21, 6);
    stage_press(stage, "J");
    stage_draw(stage, 80, 24);
    g_assert_cmpuint(stage->app->chosen_job, ==, 1);
    stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 22, 22, 6);
    stage_draw(stage, 80, 24);
    g_assert_cmpuint(stage->app->chosen_job, ==, 1);
    stage_press(stage, "Down");
    g_assert_cmpuint(stage->app->chosen_job, ==, 2);
}

static void test_message(void)
{
    autoptr(stage) stage = stage_new(62);

    app_say(stage->app, ROLE_WARNING, "refused: %s", "pc05 has 128 MiB free, vm web needs 256");
    stage_check(stage, "message", 80, 24);
    for (guint i = 0; i < 8; i++)
        app_tick(stage->app);
    g_assert_null(stage->app->message);
}

static void test_quit_without_migrations(void)
{
    autoptr(stage) stage = stage_new(62);

    stage_draw(stage, 80, 24);
    stage_press(stage, "q");
    g_assert_cmpint(stage->app->leaving, ==, APP_LEAVES);
}

static void test_quit_tells_that_the_autopilot_ends(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->scene.simulated = FALSE;
    stage_draw(stage, 80, 24);
    stage_press(stage, "q");
    g_assert_cmpint(stage->app->leaving, ==, APP_STAYS);
    stage_check(stage, "quit-autopilot", 80, 24);
    stage->app->scene.mode = ENGINE_MANUAL;
    quit_ask(stage->app);
    g_assert_cmpint(stage->app->leaving, ==, APP_LEAVES);
}

static void test_quit_asks(void)
{
    autoptr(stage) stage = stage_new(62);

    stage->app->scene.simulated = FALSE;
    stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 39, 39, 6);
    stage_draw(stage, 80, 24);
    stage_press(stage, "q");
    g_assert_cmpint(stage->app->leaving, ==, APP_STAYS);
    stage_check(stage, "quit", 80, 24);
    stage->settings.migration_control = MIGRATE_PEER;
    quit_ask(stage->app);
    stage_check(stage, "quit-peer", 80, 24);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/dialog/draws", test_dialog);
    g_test_add_func("/view/dialog/keys", test_dialog_keys);
    g_test_add_func("/view/dialog/mouse", test_dialog_mouse);
    g_test_add_func("/view/select/click", test_click_selects);
    g_test_add_func("/view/select/click_between_tiles", test_click_between_tiles_selects_nothing);
    g_test_add_func("/view/select/tab_goes_round_the_vms", test_tab_goes_round_the_vms);
    g_test_add_func("/view/select/cursor_stays_inside", test_cursor_stays_inside);
    g_test_add_func("/view/select/removed_host", test_a_removed_host_leaves_the_cursor_near);
    g_test_add_func("/view/find/host_then_vm", test_find);
    g_test_add_func("/view/find/vm_away", test_find_a_vm_away);
    g_test_add_func("/view/find/escape_goes_back", test_find_nothing_goes_back);
    g_test_add_func("/view/find/paste_is_no_command", test_paste_is_no_command);
    g_test_add_func("/view/plan", test_plan);
    g_test_add_func("/view/jobs", test_jobs);
    g_test_add_func("/view/jobs_that_do_not_converge", test_jobs_that_do_not_converge);
    g_test_add_func("/view/jobs_cursor_stays_on_its_job", test_a_new_job_does_not_move_the_cursor);
    g_test_add_func("/view/message", test_message);
    g_test_add_func("/view/quit/leaves_when_nothing_moves", test_quit_without_migrations);
    g_test_add_func("/view/quit/tells_that_the_autopilot_ends",
                    test_quit_tells_that_the_autopilot_ends);
    g_test_add_func("/view/quit/asks_while_vms_move", test_quit_asks);
    return g_test_run();
}
