/* test_view_table.c - the table of all VMs and hosts: what is in it, in what order, and its keys;
 * and the way from one trouble to the next. */
#include <string.h>

#include "core/policy/policy.h"
#include "tests/support/stage.h"
#include "tui/host_table.h"
#include "tui/table_rows.h"
#include "tui/view.h"
#include "tui/vm_table.h"

/* --- On a stage ------------------------------------------------------------------------------ */

static void set_place(struct host *host, const char *rack, const char *room)
{
    g_free(host->rack);
    g_free(host->room);
    host->rack = g_strdup(rack);
    host->room = g_strdup(room);
}

/* Some of each that a table can tell. */
static struct stage *many(void)
{
    struct stage *stage = stage_new(62);
    struct host *over = stage_host(stage, 5), *silent = stage_host(stage, 20);

    over->load15_permille = (gint)over->cpus * 1900;
    over->cpu_permille = 960;
    host_set_state(silent, HOST_UNREACHABLE, STAGE_NOW_US - 90 * CLOCK_SECOND_US);
    silent->trouble = g_strdup("ssh: connect to 10.0.0.20: no route\x1b[31m to host");
    stage_host(stage, 7)->maintenance = TRUE;
    stage_host(stage, 7)->note = g_strdup("loud fan");
    g_strfreev(stage_host(stage, 8)->users);
    stage_host(stage, 8)->users = g_strsplit("ana ugo", " ", -1);
    cluster_move_vm(stage->cluster, stage_vm(stage, 6), over, STAGE_NOW_US);
    stage_switch_off(stage, 61);
    stage_vm(stage, 61)->state = VM_OFF;
    stage_vm(stage, 11)->cpu_permille = 870;
    stage_vm(stage, 12)->cpu_permille = 400;
    stage_vm(stage, 12)->mem_kib = 1024 * 1024;
    stage_vm(stage, 13)->state = VM_PAUSED;
    stage_vm(stage, 14)->pin = g_strdup("pc14");
    stage_vm(stage, 40)->state = VM_LOST;
    cluster_move_vm(stage->cluster, stage_vm(stage, 15), stage_host(stage, 12), STAGE_NOW_US);
    stage_set_halfway(stage_add_job(stage, JOB_MIGRATE, JOB_RUNNING, 39, 39, 6));
    stage_add_job(stage, JOB_WAKE, JOB_QUEUED, 0, 61, 0);
    for (guint number = 1; number <= 62; number++)
        set_place(stage_host(stage, number), number % 2 == 0 ? "R10" : "R2", "aula 2");
    set_place(stage_host(stage, 3), NULL, NULL);
    return stage;
}

static const char *selected_vm(const struct stage *stage)
{
    return app_vm(stage->app) != NULL ? app_vm(stage->app)->name : "none";
}

static const char *selected_host(const struct stage *stage)
{
    return app_host(stage->app)->name;
}

static void mouse(struct stage *stage, int x, int y, gboolean shift, gboolean control)
{
    const struct input input = {
        .kind = INPUT_PRESS, .x = x, .y = y, .button = 1, .shift = shift, .control = control};

    app_input(stage->app, &input);
    stage_draw(stage, 80, 24);
}

static void press(struct stage *stage, const char *keys)
{
    g_auto(GStrv) names = g_strsplit(keys, " ", -1);

    for (guint i = 0; names[i] != NULL; i++) {
        stage_press(stage, names[i]);
        stage_draw(stage, 80, 24);
    }
}

static void check_sizes(struct stage *stage, const char *name)
{
    stage_check(stage, name, 40, 12);
    stage_check(stage, name, 80, 24);
    stage_check(stage, name, 100, 30);
    stage_check(stage, name, 132, 43);
    stage_check(stage, name, 200, 50);
}

static void test_screens(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    press(stage, "F g Space");
    check_sizes(stage, "table-vms");
    press(stage, "Tab g");
    check_sizes(stage, "table-hosts");
    stage->app->ascii = TRUE;
    press(stage, "B");
    stage_check(stage, "table-ascii", 80, 24);
}

/* How many VMs a host that was never heard of may run is not known: it is not "1 of 0". */
static void test_unheard(void)
{
    autoptr(stage) stage = stage_new(3);
    struct host *host = stage_host(stage, 2);

    host_set_state(host, HOST_UNREACHABLE, STAGE_NOW_US - 90 * CLOCK_SECOND_US);
    host->seen_at_us = 0;
    host->mem_kib = 0;
    host->vm_max = 0;
    stage_draw(stage, 80, 24);
    press(stage, "F Tab");
    stage_check(stage, "table-unheard", 80, 24);
}

/* --- Order ----------------------------------------------------------------------------------- */

static void assert_order(const struct stage *stage, struct table_sort sort, const char *first,
                         const char *second, const char *last)
{
    autoptr(table_names) names = table_names_new();
    g_autoptr(GArray) rows = table_rows(&stage->app->scene, NULL, sort, names);
    const char *const expected[] = {first, second, last};
    const guint at[] = {0, 1, rows->len - 1};

    for (guint i = 0; i < G_N_ELEMENTS(at); i++) {
        const struct table_row *row = &g_array_index(rows, struct table_row, at[i]);

        g_assert_cmpstr(row->vm != NULL ? row->vm->name : row->host->name, ==, expected[i]);
    }
}

static void test_sorts(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    assert_order(stage, (struct table_sort){TABLE_VMS, VM_CPU, FALSE}, "pc11", "pc12", "pc61");
    assert_order(stage, (struct table_sort){TABLE_VMS, VM_NAME, FALSE}, "pc01", "pc02", "pc62");
    assert_order(stage, (struct table_sort){TABLE_VMS, VM_NAME, TRUE}, "pc62", "pc61", "pc01");
    assert_order(stage, (struct table_sort){TABLE_VMS, VM_RAM, FALSE}, "pc12", "pc01", "pc62");
    assert_order(stage, (struct table_sort){TABLE_VMS, VM_STATE, FALSE}, "pc40", "pc39", "pc61");
    assert_order(stage, (struct table_sort){TABLE_VMS, VM_TELLS, FALSE}, "pc39", "pc14", "pc62");
    assert_order(stage, (struct table_sort){TABLE_HOSTS, HOST_COLUMN_LOAD, FALSE}, "pc05", "pc53",
                 "pc61");
    assert_order(stage, (struct table_sort){TABLE_HOSTS, HOST_COLUMN_STATE, FALSE}, "pc40", "pc05",
                 "pc61");
    assert_order(stage, (struct table_sort){TABLE_HOSTS, HOST_COLUMN_USERS, FALSE}, "pc08", "pc01",
                 "pc61");
    assert_order(stage, (struct table_sort){TABLE_HOSTS, HOST_COLUMN_VMS, FALSE}, "pc05", "pc12",
                 "pc61");
    /* R2 before R10; without a place last, and first when turned. */
    assert_order(stage, (struct table_sort){TABLE_HOSTS, HOST_COLUMN_PLACE, FALSE}, "pc01", "pc05",
                 "pc03");
    assert_order(stage, (struct table_sort){TABLE_HOSTS, HOST_COLUMN_PLACE, TRUE}, "pc03", "pc02",
                 "pc61");
}

/* What was found out about names is not kept for other ones. */
static void test_names_change(void)
{
    autoptr(stage) stage = stage_new(3);
    autoptr(table_names) names = table_names_new();
    const struct table_sort sort = {TABLE_HOSTS, HOST_COLUMN_PLACE, FALSE};
    GArray *rows;

    set_place(stage_host(stage, 1), "a", NULL);
    set_place(stage_host(stage, 2), "b", NULL);
    set_place(stage_host(stage, 3), "c", NULL);
    stage_draw(stage, 80, 24);
    rows = table_rows(&stage->app->scene, NULL, sort, names);
    g_assert_true(g_array_index(rows, struct table_row, 0).host == stage_host(stage, 1));
    g_array_unref(rows);
    set_place(stage_host(stage, 1), "d", NULL);
    rows = table_rows(&stage->app->scene, NULL, sort, names);
    g_assert_true(g_array_index(rows, struct table_row, 0).host == stage_host(stage, 2));
    g_assert_true(g_array_index(rows, struct table_row, 2).host == stage_host(stage, 1));
    g_array_unref(rows);
}

/* Left and Right go through the columns in sight, a click takes one; a second turns it round. */
static void test_choosing_the_order(void)
{
    autoptr(stage) stage = many();
    int titles = 2;

    stage_draw(stage, 80, 24);
    press(stage, "F Home");
    g_assert_cmpstr(selected_vm(stage), ==, "pc11");
    press(stage, "Right Home");
    g_assert_cmpstr(selected_vm(stage), ==, "pc12"); /* RAM */
    press(stage, "Left Home");
    g_assert_cmpstr(selected_vm(stage), ==, "pc11");
    press(stage, "B Home");
    g_assert_cmpstr(selected_vm(stage), ==, "pc40");
    mouse(stage, 8, titles, FALSE, FALSE);
    press(stage, "Home");
    g_assert_cmpstr(selected_vm(stage), ==, "pc01"); /* by name */
    mouse(stage, 8, titles, FALSE, FALSE);
    press(stage, "Home");
    g_assert_cmpstr(selected_vm(stage), ==, "pc62");
    /* Above a column that nothing is sorted by, nothing happens. */
    mouse(stage, 2, titles, FALSE, FALSE);
    press(stage, "Home");
    g_assert_cmpstr(selected_vm(stage), ==, "pc62");
    /* It is kept while the console is open. */
    press(stage, "Escape F Home");
    g_assert_cmpstr(selected_vm(stage), ==, "pc62");
}

/* --- Keys ------------------------------------------------------------------------------------ */

/* The chosen line is what is selected in the grid, and stays so when numbers change. */
static void test_selection_is_shared(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    press(stage, "Down Down F");
    g_assert_cmpstr(selected_host(stage), ==, "pc19");
    g_assert_cmpstr(selected_vm(stage), ==, "pc19");
    stage_vm(stage, 19)->cpu_permille = 990;
    stage_draw(stage, 80, 24);
    g_assert_cmpstr(selected_vm(stage), ==, "pc19");
    press(stage, "Down");
    g_assert_cmpstr(selected_vm(stage), ==, "pc11");
    press(stage, "Tab");
    g_assert_cmpstr(selected_host(stage), ==, "pc11");
    g_assert_null(app_vm(stage->app));
    press(stage, "Escape");
    g_assert_true(stage->app->view == &view_main);
    g_assert_cmpstr(selected_host(stage), ==, "pc11");
}

static void test_goes_in(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    press(stage, "F Home Enter");
    g_assert_true(stage->app->view == &view_vm);
    g_assert_cmpstr(selected_vm(stage), ==, "pc11");
    press(stage, "Escape Tab Enter");
    g_assert_true(stage->app->view == &view_host);
    press(stage, "Escape Home");
    mouse(stage, 8, 4, FALSE, FALSE); /* the second line */
    g_assert_true(stage->app->view == &view_table);
    mouse(stage, 8, 4, FALSE, FALSE);
    g_assert_true(stage->app->view == &view_host);
}

static void type(struct stage *stage, const char *text)
{
    for (; *text != '\0'; text++)
        stage_press(stage, (const char[]){*text, '\0'});
    stage_draw(stage, 80, 24);
}

/* One filter for the grid and the table. */
static void test_filter_is_shared(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    press(stage, "F /");
    type(stage, "cpu:>=40");
    press(stage, "Enter");
    stage_check(stage, "table-filter", 80, 24);
    g_assert_cmpstr(filter_text(stage->app->filter), ==, "cpu:>=40");
    press(stage, "End");
    g_assert_cmpstr(selected_vm(stage), !=, "pc01");
    press(stage, "Escape");
    g_assert_null(stage->app->filter);
    g_assert_true(stage->app->view == &view_table);
    press(stage, "/");
    type(stage, "nothing-is-called-so");
    press(stage, "Enter Enter Space , m Down");
    stage_check(stage, "table-none", 80, 24);
    press(stage, "Tab Enter x");
    g_assert_true(stage->app->view == &view_table);
    g_assert_null(stage->app->menu);
    g_assert_cmpuint(marks_n_vms(&stage->app->marks), ==, 0);
}

/* In the order of the table, whatever that of the grid is. */
/* No word for what cannot be done without hosts. */
static void test_no_host(void)
{
    autoptr(stage) stage = stage_new(0);

    press(stage, "F");
    stage_check(stage, "table-no-host", 80, 24);
}

static void test_marks(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    press(stage, "F Home Space");
    g_assert_true(marks_has_vm(&stage->app->marks, stage_vm(stage, 11)));
    g_assert_cmpstr(selected_vm(stage), ==, "pc12");
    press(stage, "Down ,");
    g_assert_cmpuint(marks_n_vms(&stage->app->marks), ==, 3);
    press(stage, "U 5 Space");
    g_assert_cmpuint(marks_n_vms(&stage->app->marks), ==, 5);
    press(stage, "U Home");
    mouse(stage, 8, 5, FALSE, TRUE);
    mouse(stage, 8, 8, TRUE, FALSE);
    g_assert_cmpuint(marks_n_vms(&stage->app->marks), ==, 4);
    press(stage, "Tab *");
    g_assert_cmpuint(marks_n_hosts(&stage->app->marks), ==, 62);
}

/* A great number before a key is many lines, not many tables. */
static void test_counts(void)
{
    autoptr(stage) stage = stage_new(2000);

    stage_draw(stage, 80, 24);
    press(stage, "F Right Right Right Home");
    press(stage, "9 9 9 9 j");
    g_assert_cmpstr(selected_vm(stage), ==, "pc2000");
    press(stage, "1 2 G");
    g_assert_cmpstr(selected_vm(stage), ==, "pc0012");
}

static void test_takes_up(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    press(stage, "F Home m");
    g_assert_true(stage->app->view == &view_main);
    press(stage, "Escape F F");
    g_assert_true(stage->app->view == &view_main);
}

/* --- From one trouble to the next ------------------------------------------------------------- */

static void assert_says(const struct stage *stage, const char *part)
{
    g_assert_nonnull(stage->app->message);
    if (strstr(stage->app->message, part) == NULL)
        g_error("expected \"%s\" to be said, not \"%s\"", part, stage->app->message);
}

static void test_trouble(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    press(stage, "!");
    g_assert_cmpstr(selected_host(stage), ==, "pc05");
    assert_says(stage, "1 of 3: pc05: over");
    press(stage, "!");
    g_assert_cmpstr(selected_host(stage), ==, "pc20");
    assert_says(stage, "no route");
    press(stage, "!");
    g_assert_cmpstr(selected_vm(stage), ==, "pc40");
    assert_says(stage, "3 of 3: vm pc40: lost");
    stage_check(stage, "trouble", 80, 24);
    press(stage, "!");
    g_assert_cmpstr(selected_host(stage), ==, "pc05");
    g_assert_null(app_vm(stage->app));
    press(stage, "2 !");
    g_assert_cmpstr(selected_host(stage), ==, "pc40");
}

/* From any other view it comes back to the grid; the table and the view of a host stay. */
static void test_trouble_from_elsewhere(void)
{
    autoptr(stage) stage = many();

    stage_draw(stage, 80, 24);
    press(stage, "J !");
    g_assert_true(stage->app->view == &view_main);
    press(stage, "F Tab !");
    g_assert_true(stage->app->view == &view_table);
    g_assert_cmpstr(selected_host(stage), ==, "pc20");
    press(stage, "Enter !");
    g_assert_true(stage->app->view == &view_host);
    g_assert_cmpstr(selected_host(stage), ==, "pc40");
}

static void test_no_trouble(void)
{
    autoptr(stage) calm = stage_new(4);
    autoptr(stage) stage = many();

    stage_draw(calm, 80, 24);
    press(calm, "Right !");
    g_assert_cmpstr(selected_host(calm), ==, "pc02");
    assert_says(calm, "no host is over");
    stage_draw(stage, 80, 24);
    press(stage, "/");
    type(stage, "host:pc01");
    press(stage, "Enter !");
    g_assert_cmpstr(selected_host(stage), ==, "pc01");
    assert_says(stage, "hides 3 hosts");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/view/table/no_host", test_no_host);
    g_test_add_func("/view/table/screens", test_screens);
    g_test_add_func("/view/table/unheard", test_unheard);
    g_test_add_func("/view/table/sorts", test_sorts);
    g_test_add_func("/view/table/names_change", test_names_change);
    g_test_add_func("/view/table/choosing_the_order", test_choosing_the_order);
    g_test_add_func("/view/table/selection_is_shared", test_selection_is_shared);
    g_test_add_func("/view/table/goes_in", test_goes_in);
    g_test_add_func("/view/table/filter_is_shared", test_filter_is_shared);
    g_test_add_func("/view/table/marks", test_marks);
    g_test_add_func("/view/table/counts", test_counts);
    g_test_add_func("/view/table/takes_up", test_takes_up);
    g_test_add_func("/view/trouble/next", test_trouble);
    g_test_add_func("/view/trouble/from_elsewhere", test_trouble_from_elsewhere);
    g_test_add_func("/view/trouble/none", test_no_trouble);
    return g_test_run();
}
