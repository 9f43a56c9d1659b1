/* test_arrange.c - which hosts the grid shows, in what order, under what headings. */
#include "tests/support/stage.h"

#include <string.h>

/* The names by slot, with blanks between them. Free with g_free. */
static char *names(const struct stage *stage)
{
    const struct arrangement *arrangement = &stage->app->arrangement;
    GString *text = g_string_new(NULL);

    for (guint slot = 0; slot < arrangement_n(arrangement); slot++)
        g_string_append_printf(text, "%s%s", slot > 0 ? " " : "",
                               arrangement_host(arrangement, &stage->app->scene, slot)->name);
    return g_string_free(text, FALSE);
}

static void arrange(struct stage *stage, enum arrange_order order, enum arrange_group group)
{
    stage->app->arrangement.order = order;
    stage->app->arrangement.group = group;
    scene_count(&stage->app->scene);
    arrangement_update(&stage->app->arrangement, &stage->app->scene, stage->app->filter);
}

static void expect(struct stage *stage, enum arrange_order order, enum arrange_group group,
                   const char *expected)
{
    g_autofree char *found = NULL;

    arrange(stage, order, group);
    found = names(stage);
    g_assert_cmpstr(found, ==, expected);
}

static void expect_heading(const struct stage *stage, guint index, const char *title, guint first,
                           guint n)
{
    const GPtrArray *headings = stage->app->arrangement.headings;
    const struct arrange_heading *heading;

    g_assert_cmpuint(index, <, headings->len);
    heading = g_ptr_array_index(headings, index);
    g_assert_cmpstr(heading->title, ==, title);
    g_assert_cmpuint(heading->first, ==, first);
    g_assert_cmpuint(heading->n, ==, n);
}

static struct stage *named(const char *const *host_names)
{
    struct stage *stage = stage_new(0);

    for (guint i = 0; host_names[i] != NULL; i++) {
        g_autofree char *address = g_strdup_printf("10.0.0.%u", i + 1);
        struct host *host = cluster_add_host(stage->cluster, host_names[i], address, NULL);

        host->state = HOST_ON;
        host->cpus = 1;
        host->load15_permille = 0;
        host->seen_at_us = STAGE_NOW_US;
    }
    return stage;
}

static void test_by_name_is_natural(void)
{
    static const char *const hosts[] = {"pc10", "pc2", "alpha", "pc1", NULL};
    autoptr(stage) stage = named(hosts);

    expect(stage, ARRANGE_BY_CLUSTER, ARRANGE_UNGROUPED, "pc10 pc2 alpha pc1");
    expect(stage, ARRANGE_BY_NAME, ARRANGE_UNGROUPED, "alpha pc1 pc2 pc10");
}

/* What is remembered of names must not outlive them. */
static void test_names_are_looked_at_again(void)
{
    static const char *const hosts[] = {"b", "a", "c", NULL};
    autoptr(stage) stage = named(hosts);

    expect(stage, ARRANGE_BY_NAME, ARRANGE_UNGROUPED, "a b c");
    cluster_remove_host(stage->cluster, stage_host(stage, 2));
    cluster_add_host(stage->cluster, "aa", "10.0.0.9", NULL);
    expect(stage, ARRANGE_BY_NAME, ARRANGE_UNGROUPED, "aa b c");
}

static void test_by_load_vms_and_ram(void)
{
    autoptr(stage) stage = stage_new(4);

    for (guint number = 1; number <= 4; number++) {
        stage_host(stage, number)->load15_permille = (gint)(number % 3 * 400);
        stage_vm(stage, number)->cpu_permille = 0;
    }
    stage_switch_off(stage, 2);
    expect(stage, ARRANGE_BY_LOAD, ARRANGE_UNGROUPED, "pc01 pc04 pc03 pc02");
    cluster_move_vm(stage->cluster, stage_vm(stage, 1), stage_host(stage, 3), 1);
    stage_vm(stage, 2)->state = VM_OFF;
    expect(stage, ARRANGE_BY_VMS, ARRANGE_UNGROUPED, "pc03 pc04 pc01 pc02");
    stage_vm(stage, 4)->mem_kib = 1024 * 1024;
    expect(stage, ARRANGE_BY_RAM, ARRANGE_UNGROUPED, "pc04 pc03 pc01 pc02");
}

static void test_by_state_trouble_comes_first(void)
{
    autoptr(stage) stage = stage_new(5);

    for (guint number = 1; number <= 5; number++)
        stage_host(stage, number)->load15_permille = 100;
    stage_switch_off(stage, 1);
    cluster_move_vm(stage->cluster, stage_vm(stage, 1), stage_host(stage, 4), 1);
    stage_host(stage, 4)->load15_permille = 3000;
    host_set_state(stage_host(stage, 5), HOST_UNREACHABLE, 1);
    expect(stage, ARRANGE_BY_CLUSTER, ARRANGE_BY_STATE, "pc04 pc05 pc02 pc03 pc01");
    g_assert_cmpuint(stage->app->arrangement.headings->len, ==, 4);
    expect_heading(stage, 0, "O over", 0, 1);
    expect_heading(stage, 1, "? in doubt", 1, 1);
    expect_heading(stage, 2, "u under", 2, 2);
    expect_heading(stage, 3, "- off", 4, 1);
}

static void place(struct host *host, const char *lab, const char *room, const char *rack)
{
    g_free(host->lab);
    g_free(host->room);
    g_free(host->rack);
    host->lab = g_strdup(lab);
    host->room = g_strdup(room);
    host->rack = g_strdup(rack);
}

static void test_by_rack(void)
{
    autoptr(stage) stage = stage_new(5);

    place(stage_host(stage, 1), NULL, "B", "R10");
    place(stage_host(stage, 2), NULL, "B", "R2");
    place(stage_host(stage, 4), NULL, "A", "R2");
    place(stage_host(stage, 5), NULL, "B", "R2");
    expect(stage, ARRANGE_BY_CLUSTER, ARRANGE_BY_RACK, "pc04 pc02 pc05 pc01 pc03");
    /* two racks of one name in two rooms are two; who says nothing comes last */
    expect_heading(stage, 0, "rack R2, A", 0, 1);
    expect_heading(stage, 1, "rack R2, B", 1, 2);
    expect_heading(stage, 2, "rack R10, B", 3, 1);
    expect_heading(stage, 3, "no rack", 4, 1);
    expect(stage, ARRANGE_BY_NAME, ARRANGE_BY_ROOM, "pc04 pc01 pc02 pc05 pc03");
    expect_heading(stage, 1, "room B", 1, 3);
}

static void test_headings_count(void)
{
    autoptr(stage) stage = stage_new(4);
    const struct arrange_heading *heading;

    for (guint number = 1; number <= 4; number++)
        place(stage_host(stage, number), "one", NULL, NULL);
    stage_switch_off(stage, 2);
    stage_vm(stage, 2)->state = VM_OFF;
    host_set_state(stage_host(stage, 3), HOST_UNREACHABLE, 1);
    stage_vm(stage, 4)->state = VM_LOST;
    arrange(stage, ARRANGE_BY_CLUSTER, ARRANGE_BY_LAB);
    heading = g_ptr_array_index(stage->app->arrangement.headings, 0);
    g_assert_cmpuint(heading->n, ==, 4);
    g_assert_cmpuint(heading->n_on, ==, 2);
    g_assert_cmpuint(heading->n_doubt, ==, 1);
    g_assert_cmpuint(heading->n_alarms, ==, 1);
    /* what it counts changes though no host takes another place */
    stage_vm(stage, 4)->state = VM_RUNNING;
    arrange(stage, ARRANGE_BY_CLUSTER, ARRANGE_BY_LAB);
    heading = g_ptr_array_index(stage->app->arrangement.headings, 0);
    g_assert_cmpuint(heading->n_alarms, ==, 0);
}

static void test_slots_and_hosts_agree(void)
{
    autoptr(stage) stage = stage_new(62);

    for (guint number = 1; number <= 62; number += 3)
        place(stage_host(stage, number), NULL, NULL, number % 2 ? "odd" : "even");
    for (guint order = 0; order < ARRANGE_N_ORDERS; order++) {
        for (guint group = 0; group < ARRANGE_N_GROUPS; group++) {
            const struct arrangement *arrangement = &stage->app->arrangement;

            arrange(stage, (enum arrange_order)order, (enum arrange_group)group);
            g_assert_cmpuint(arrangement_n(arrangement), ==, 62);
            for (guint slot = 0; slot < 62; slot++) {
                const struct host *host = arrangement_host(arrangement, &stage->app->scene, slot);

                g_assert_cmpuint(arrangement_slot(arrangement, host), ==, slot);
            }
            g_assert_null(arrangement_host(arrangement, &stage->app->scene, 62));
        }
    }
}

/* The cursor goes to the nearest that is shown, by place in the cluster. */
static void test_nearest(void)
{
    autoptr(stage) stage = stage_new(6);
    struct arrangement *arrangement = &stage->app->arrangement;
    const struct host *found;

    arrange(stage, ARRANGE_BY_CLUSTER, ARRANGE_UNGROUPED);
    for (guint i = 1; i < 6; i++)
        g_array_index(arrangement->slots, guint, i) = ARRANGE_NO_SLOT;
    found = arrangement_nearest(arrangement, &stage->app->scene, stage_host(stage, 4));
    g_assert_cmpstr(found->name, ==, "pc01");
    g_array_index(arrangement->slots, guint, 5) = 1;
    found = arrangement_nearest(arrangement, &stage->app->scene, stage_host(stage, 4));
    g_assert_cmpstr(found->name, ==, "pc06");
    g_array_index(arrangement->slots, guint, 0) = ARRANGE_NO_SLOT;
    g_array_index(arrangement->slots, guint, 5) = ARRANGE_NO_SLOT;
    g_assert_null(arrangement_nearest(arrangement, &stage->app->scene, stage_host(stage, 4)));
}

static void test_words(void)
{
    enum arrange_order order;
    enum arrange_group group;

    g_assert_true(arrange_order_parse("LOAD", &order));
    g_assert_cmpint(order, ==, ARRANGE_BY_LOAD);
    g_assert_false(arrange_order_parse("weight", &order));
    g_assert_true(arrange_group_parse("rack", &group));
    g_assert_cmpint(group, ==, ARRANGE_BY_RACK);
    g_assert_false(arrange_group_parse("", &group));
}

static void test_no_hosts(void)
{
    autoptr(stage) stage = stage_new(0);

    expect(stage, ARRANGE_BY_NAME, ARRANGE_BY_RACK, "");
    g_assert_cmpuint(stage->app->arrangement.headings->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/arrange/by_name_is_natural", test_by_name_is_natural);
    g_test_add_func("/arrange/names_are_looked_at_again", test_names_are_looked_at_again);
    g_test_add_func("/arrange/by_load_vms_and_ram", test_by_load_vms_and_ram);
    g_test_add_func("/arrange/by_state_trouble_comes_first", test_by_state_trouble_comes_first);
    g_test_add_func("/arrange/by_rack", test_by_rack);
    g_test_add_func("/arrange/headings_count", test_headings_count);
    g_test_add_func("/arrange/slots_and_hosts_agree", test_slots_and_hosts_agree);
    g_test_add_func("/arrange/nearest", test_nearest);
    g_test_add_func("/arrange/words", test_words);
    g_test_add_func("/arrange/no_hosts", test_no_hosts);
    return g_test_run();
}
