/* test_bulk.c - what is done to many at once: planned, asked about once, and done to no other. */
#include <string.h>

#include "tests/support/console_rig.h"
#include "tests/support/stage.h"
#include "tui/action.h"
#include "tui/bulk.h"
#include "tui/view.h"

/* --- The plan -------------------------------------------------------------------------------- */

static GPtrArray *hosts_of(const struct stage *stage, guint first, guint last)
{
    GPtrArray *hosts = g_ptr_array_new();

    for (guint i = first; i <= last; i++)
        g_ptr_array_add(hosts, stage_host(stage, i));
    return hosts;
}

static const struct bulk_item *item_at(const struct bulk *bulk, guint index)
{
    return g_ptr_array_index(bulk->items, index);
}

static void test_those_refused_come_last(void)
{
    autoptr(stage) stage = stage_new(6);
    g_autoptr(GPtrArray) hosts = hosts_of(stage, 1, 6);
    autoptr(bulk) bulk = NULL;
    g_autofree char *title = NULL;

    stage_switch_off(stage, 3);
    stage_switch_off(stage, 5);
    g_clear_pointer(&stage_host(stage, 5)->mac, g_free);
    bulk = bulk_plan(BULK_WAKE, &stage->app->scene, hosts);
    g_assert_cmpuint(bulk->items->len, ==, 6);
    g_assert_cmpuint(bulk_n_done(bulk), ==, 1);
    g_assert_cmpstr(item_at(bulk, 0)->object, ==, "pc03");
    g_assert_null(item_at(bulk, 0)->refusal);
    for (guint i = 1; i < 6; i++)
        g_assert_nonnull(item_at(bulk, i)->refusal);
    title = bulk_title(bulk);
    g_assert_cmpstr(title, ==, "Wake 1 host?");
}

/* What an operator may insist on by itself is not insisted on for many. */
static void test_off_leaves_out_who_is_logged_in(void)
{
    autoptr(stage) stage = stage_new(8);
    g_autoptr(GPtrArray) hosts = hosts_of(stage, 2, 8);
    autoptr(bulk) bulk = NULL;

    stage_pack(stage, 1);
    for (guint i = 2; i <= 8; i++)
        stage_host(stage, i)->state = HOST_ON;
    g_strfreev(stage_host(stage, 4)->users);
    stage_host(stage, 4)->users = g_strsplit("ana", " ", -1);
    scene_count(&stage->app->scene);
    bulk = bulk_plan(BULK_OFF, &stage->app->scene, hosts);
    g_assert_cmpuint(bulk->n_refused, ==, 1);
    g_assert_cmpstr(item_at(bulk, 6)->object, ==, "pc04");
    g_assert_nonnull(strstr(item_at(bulk, 6)->refusal, "by itself it can be forced"));
    g_assert_true(bulk_is_typed(bulk));
}

static void test_few_are_not_typed(void)
{
    autoptr(stage) stage = stage_new(8);
    g_autoptr(GPtrArray) vms = g_ptr_array_new();

    for (guint i = 1; i <= BULK_UNTYPED_MOST + 1; i++) {
        autoptr(bulk) bulk = NULL;

        stage_vm(stage, i)->persistent = TRUE;
        g_ptr_array_add(vms, stage_vm(stage, i));
        bulk = bulk_plan(BULK_STOP, &stage->app->scene, vms);
        g_assert_cmpuint(bulk_n_done(bulk), ==, i);
        g_assert_cmpint(bulk_is_typed(bulk), ==, i > BULK_UNTYPED_MOST);
    }
}

static void test_a_job_under_way_is_told(void)
{
    autoptr(stage) stage = stage_new(4);
    g_autoptr(GPtrArray) vms = g_ptr_array_new();
    autoptr(bulk) bulk = NULL;

    g_ptr_array_add(vms, stage_vm(stage, 2));
    stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 2, 2, 3);
    scene_count(&stage->app->scene);
    bulk = bulk_plan(BULK_STOP, &stage->app->scene, vms);
    g_assert_cmpuint(bulk_n_done(bulk), ==, 0);
    g_assert_nonnull(strstr(item_at(bulk, 0)->refusal, "under way"));
}

static void test_draining_all_is_warned_of(void)
{
    autoptr(stage) stage = stage_new(4);
    g_autoptr(GPtrArray) some = hosts_of(stage, 1, 2);
    g_autoptr(GPtrArray) all = hosts_of(stage, 1, 4);
    autoptr(bulk) one = bulk_plan(BULK_DRAIN, &stage->app->scene, some);
    autoptr(bulk) two = bulk_plan(BULK_DRAIN, &stage->app->scene, all);

    g_assert_null(one->warning);
    g_assert_nonnull(two->warning);
}

static void test_a_line_names_all(void)
{
    autoptr(stage) stage = stage_new(4);
    g_autoptr(GPtrArray) hosts = hosts_of(stage, 2, 3);
    struct host *odd = cluster_add_host(stage->cluster, "a b;c", "10.9.9.9", NULL);
    autoptr(bulk) bulk = NULL;

    g_ptr_array_add(hosts, odd);
    bulk = bulk_plan_line("doctor", hosts, FALSE);
    g_assert_cmpstr(bulk->line, ==, "doctor pc02 pc03 'a b;c'");
}

/* --- In the console, on the simulated lab ---------------------------------------------------- */

/* The VMs of n hosts, from the second on. */
static void mark_vms(struct rig *rig, guint n)
{
    rig_press(rig, "Home Right Tab");
    for (guint i = 0; i < n; i++)
        rig_press(rig, "Space");
    g_assert_cmpuint(marks_n_vms(&rig->app->marks), ==, n);
}

static void test_stops_many_after_a_typed_number(void)
{
    autoptr(rig) rig = rig_new();

    mark_vms(rig, 5);
    rig_press(rig, "s");
    g_assert_nonnull(rig->app->dialog);
    /* Neither the button's letter, nor the button without the number, nor another number. */
    rig_press(rig, "S Backspace Tab Enter");
    g_assert_nonnull(rig->app->dialog);
    rig_type(rig, "4");
    rig_press(rig, "Enter");
    g_assert_nonnull(rig->app->dialog);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    rig_press(rig, "Backspace");
    rig_type(rig, "5");
    rig_press(rig, "Enter");
    g_assert_null(rig->app->dialog);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 5);
    g_assert_cmpuint(marks_n_vms(&rig->app->marks), ==, 0);
}

static void test_escape_does_nothing(void)
{
    autoptr(rig) rig = rig_new();

    mark_vms(rig, 5);
    rig_press(rig, "s Escape");
    g_assert_null(rig->app->dialog);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
    g_assert_cmpuint(marks_n_vms(&rig->app->marks), ==, 5);
}

/* Pasted text cannot confirm: a number may be pasted, Enter must be pressed. */
static void test_paste_does_not_confirm(void)
{
    autoptr(rig) rig = rig_new();
    char text[] = "5\r\n";
    struct input input = {.kind = INPUT_PASTE, .text = text};

    mark_vms(rig, 5);
    rig_press(rig, "s");
    app_input(rig->app, &input);
    g_assert_nonnull(rig->app->dialog);
    g_assert_cmpuint(engine_jobs_under_way(rig->engine), ==, 0);
}

static void test_maintenance_of_many_and_back(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "Home");
    rig_type(rig, "4");
    rig_press(rig, "Space M m");
    for (guint i = 0; i < 4; i++)
        g_assert_true(scene_host_at(&rig->app->scene, i)->maintenance);
    g_assert_false(scene_host_at(&rig->app->scene, 4)->maintenance);
    rig_press(rig, "Home");
    rig_type(rig, "4");
    rig_press(rig, "Space");
    /* Again, by the key that repeats: it asks again. */
    rig_press(rig, ";");
    g_assert_nonnull(rig->app->dialog);
    g_assert_true(scene_host_at(&rig->app->scene, 0)->maintenance);
    rig_press(rig, "m");
    g_assert_false(scene_host_at(&rig->app->scene, 0)->maintenance);
}

static void test_repeat_asks_again(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, ";");
    g_assert_null(rig->app->dialog);
    rig_press(rig, "Home Right d");
    g_assert_nonnull(rig->app->dialog);
    rig_press(rig, "Escape Right ;");
    g_assert_nonnull(rig->app->dialog);
    g_assert_false(scene_host_at(&rig->app->scene, 2)->maintenance);
    rig_press(rig, "d");
    g_assert_true(scene_host_at(&rig->app->scene, 2)->maintenance);
    g_assert_false(scene_host_at(&rig->app->scene, 1)->maintenance);
}

static void test_palette_acts_on_what_is_marked(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "Home");
    rig_type(rig, "3");
    rig_press(rig, "Space");
    rig_type(rig, ":drain");
    rig_press(rig, "Enter");
    g_assert_nonnull(rig->app->dialog);
    g_assert_nonnull(rig->app->bulk);
    g_assert_cmpuint(bulk_n_done(rig->app->bulk), ==, 3);
    rig_press(rig, "Escape");
    g_assert_false(scene_host_at(&rig->app->scene, 0)->maintenance);
    /* One that takes many and that the console has no way of its own for runs as a line. */
    rig_type(rig, ":off --dry-run");
    rig_press(rig, "Enter");
    g_assert_nonnull(rig->app->bulk);
    g_assert_cmpstr(rig->app->bulk->line, ==, "off --dry-run pc01 pc02 pc03");
    rig_press(rig, "Escape");
    /* One that takes one is about the selection, as ever. */
    rig_type(rig, ":note");
    rig_press(rig, "Enter");
    g_assert_null(rig->app->dialog);
}

static void test_nothing_is_asked_when_read_only(void)
{
    autoptr(rig) rig = rig_new();

    rig_press(rig, "Home");
    rig_type(rig, "3");
    rig_press(rig, "Space");
    rig->app->readonly = TRUE;
    rig_type(rig, ":drain");
    rig_press(rig, "Enter");
    g_assert_null(rig->app->dialog);
    g_assert_null(rig->app->bulk);
    action_drain(rig->app);
    g_assert_null(rig->app->dialog);
}

static void test_palette_explains(void)
{
    autoptr(rig) rig = rig_new();

    rig_type(rig, ":off ?");
    g_assert_true(rig->app->palette.explains);
    g_assert_cmpstr(rig->app->palette.edit.text->str, ==, "off ");
    rig_press(rig, "Escape");
    g_assert_true(rig->app->palette.open);
    rig_press(rig, "F1");
    g_assert_true(rig->app->palette.explains);
    rig_press(rig, "F1");
    g_assert_false(rig->app->palette.explains);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/bulk/those_refused_come_last", test_those_refused_come_last);
    g_test_add_func("/bulk/off_leaves_out_who_is_logged_in", test_off_leaves_out_who_is_logged_in);
    g_test_add_func("/bulk/few_are_not_typed", test_few_are_not_typed);
    g_test_add_func("/bulk/a_job_under_way_is_told", test_a_job_under_way_is_told);
    g_test_add_func("/bulk/draining_all_is_warned_of", test_draining_all_is_warned_of);
    g_test_add_func("/bulk/a_line_names_all", test_a_line_names_all);
    g_test_add_func("/bulk/stops_many_after_a_typed_number", test_stops_many_after_a_typed_number);
    g_test_add_func("/bulk/escape_does_nothing", test_escape_does_nothing);
    g_test_add_func("/bulk/paste_does_not_confirm", test_paste_does_not_confirm);
    g_test_add_func("/bulk/maintenance_of_many_and_back", test_maintenance_of_many_and_back);
    g_test_add_func("/bulk/repeat_asks_again", test_repeat_asks_again);
    g_test_add_func("/bulk/palette_acts_on_what_is_marked", test_palette_acts_on_what_is_marked);
    g_test_add_func("/bulk/read_only", test_nothing_is_asked_when_read_only);
    g_test_add_func("/bulk/palette_explains", test_palette_explains);
    return g_test_run();
}
