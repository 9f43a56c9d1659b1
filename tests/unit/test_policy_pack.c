#include "core/policy/policy.h"

#include <string.h>

#include "core/base/clock.h"
#include "tests/support/policy_lab.h"

static void reference_lab(void)
{
    autoptr(cluster) cluster = lab_ercolani(62);
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;
    g_autoptr(GHashTable) moved = g_hash_table_new(g_str_hash, g_str_equal);

    policy_config_init(&config);
    autoptr(plan) plan = policy_decide(cluster, &config, &moment);
    g_assert_cmpint(plan->kind, ==, PLAN_COMPACT);
    g_assert_cmpuint(plan->migrations, ==, 54);
    g_assert_cmpuint(plan->moved_kib, ==, 54 * LAB_MIB(256));
    g_assert_cmpuint(plan->hosts_on_before, ==, 62);
    g_assert_cmpuint(plan->hosts_on_after, ==, 8);
    g_assert_cmpstr(plan->summary, ==, "54 moves, 13.5 GiB: 54 of 62 hosts can go off");
    for (guint i = 0; i < plan->steps->len; i++)
        if (plan_step(plan, i)->action == PLAN_MIGRATE)
            g_assert_true(g_hash_table_add(moved, (gpointer)plan_step(plan, i)->vm));
    lab_apply(cluster, plan, &config, LAB_NOW_US);
    g_assert_cmpuint(lab_count_on(cluster), ==, 8);
    g_assert_cmpuint(cluster_manager(cluster)->state, ==, HOST_ON);
}

static struct plan *decide(const struct cluster *cluster, gint64 now_us)
{
    struct policy_moment moment = lab_moment(now_us);
    struct policy_config config;

    policy_config_init(&config);
    return policy_decide(cluster, &config, &moment);
}

static const char *refusal_of(const struct plan *plan, const char *subject)
{
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        if (g_str_equal(refusal->subject, subject))
            return refusal->why;
    }
    return NULL;
}

static void rest(void)
{
    autoptr(cluster) cluster = lab_ercolani(3);
    gint64 later_us = LAB_NOW_US + 4 * CLOCK_MINUTE_US;

    cluster_find_vm(cluster, "pc03")->moved_at_us = LAB_NOW_US;
    lab_freshen(cluster, later_us);
    autoptr(plan) plan = decide(cluster, later_us);
    g_assert_cmpuint(plan->migrations, ==, 1);
    g_assert_cmpstr(refusal_of(plan, "host pc03"), ==, "vm pc03 was moved a moment ago and rests");
    lab_freshen(cluster, later_us + CLOCK_MINUTE_US);
    autoptr(plan) rested = decide(cluster, later_us + CLOCK_MINUTE_US);
    g_assert_cmpuint(rested->migrations, ==, 2);
}

static void grace(void)
{
    autoptr(cluster) cluster = lab_ercolani(3);
    struct host *idle = lab_add_host(cluster, "pc04", 2048);

    idle->woken_at_us = LAB_NOW_US - CLOCK_MINUTE_US;
    autoptr(plan) plan = decide(cluster, LAB_NOW_US);
    g_assert_cmpuint(plan->hosts_on_after, ==, 2);
    g_assert_cmpstr(refusal_of(plan, "host pc04"), ==, "pc04 was woken a moment ago");
    for (guint i = 0; i < plan->steps->len; i++)
        g_assert_cmpstr(plan_step(plan, i)->to, !=, "pc04");
}

static void least_ram(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct host *busy = lab_add_host(cluster, "pc01", 1024);

    /* Either of the two can be emptied into the other: the one that holds less is. */
    lab_add_vm(busy, cluster, "full", 1024, 0);
    lab_add_vm(lab_add_host(cluster, "pc02", 2048), cluster, "small", 512, 0);
    lab_add_vm(lab_add_host(cluster, "pc03", 2048), cluster, "large", 1024, 0);
    autoptr(plan) plan = decide(cluster, LAB_NOW_US);
    g_assert_cmpuint(plan->migrations, ==, 1);
    g_assert_cmpstr(plan_step(plan, 0)->vm, ==, "small");
    g_assert_cmpstr(plan_step(plan, 0)->to, ==, "pc03");
}

static void evenest(void)
{
    autoptr(cluster) cluster = lab_ercolani(16);
    struct policy_config config;
    guint least = G_MAXUINT, most = 0;

    policy_config_init(&config);
    autoptr(plan) plan = decide(cluster, LAB_NOW_US);
    g_assert_cmpuint(plan->hosts_on_after, ==, 2);
    cluster_find_host(cluster, "pc02")->vm_max = 12;
    cluster_find_host(cluster, "pc02")->mem_kib = LAB_MIB(4096);
    autoptr(plan) uneven = decide(cluster, LAB_NOW_US);
    lab_apply(cluster, uneven, &config, LAB_NOW_US);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (host->state != HOST_ON)
            continue;
        least = MIN(least, host_active_vms(host));
        most = MAX(most, host_active_vms(host));
    }
    g_assert_cmpuint(least, ==, 8);
    g_assert_cmpuint(most, ==, 8);
}

static void margin(void)
{
    autoptr(cluster) cluster = cluster_new("lab");

    /* 0.81 of two CPUs is what a target is filled to: 1620. */
    lab_add_load(lab_add_host(cluster, "pc01", 2048), 620);
    lab_add_vm(lab_add_host(cluster, "pc02", 2048), cluster, "a", 256, 780);
    lab_add_vm(lab_add_host(cluster, "pc03", 2048), cluster, "b", 256, 230);
    autoptr(plan) plan = decide(cluster, LAB_NOW_US);
    g_assert_cmpuint(plan->migrations, ==, 1);
    cluster_find_vm(cluster, "b")->cpu_permille = 220;
    cluster_find_host(cluster, "pc03")->load15_permille = 220;
    cluster_find_host(cluster, "pc03")->cpu_permille = 110;
    autoptr(plan) both = decide(cluster, LAB_NOW_US);
    g_assert_cmpuint(both->migrations, ==, 2);
}

static void reserve(void)
{
    autoptr(cluster) cluster = lab_ercolani(8);
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    config.host_reserve_kib = LAB_MIB(1024);
    autoptr(plan) plan = policy_decide(cluster, &config, &moment);
    g_assert_cmpuint(plan->hosts_on_after, ==, 2);
    lab_apply(cluster, plan, &config, LAB_NOW_US);
}

static void lost(void)
{
    autoptr(cluster) cluster = lab_ercolani(3);

    cluster_find_vm(cluster, "pc03")->state = VM_LOST;
    autoptr(plan) plan = decide(cluster, LAB_NOW_US);
    g_assert_cmpuint(plan->hosts_on_after, ==, 2);
    g_assert_cmpstr(refusal_of(plan, "host pc03"), ==, "a vm was lost on pc03: find it first");
}

static void waits_for_departures(void)
{
    autoptr(cluster) cluster = lab_ercolani(3);

    lab_add_vm(cluster_find_host(cluster, "pc03"), cluster, "second", 128, 0);
    autoptr(plan) plan = decide(cluster, LAB_NOW_US);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        guint last = PLAN_NO_STEP;
        if (step->action != PLAN_OFF)
            continue;
        for (guint j = 0; j < i; j++)
            if (plan_step(plan, j)->action == PLAN_MIGRATE &&
                g_str_equal(plan_step(plan, j)->from, step->from))
                last = j;
        g_assert_cmpuint(last, !=, PLAN_NO_STEP);
        g_assert_cmpuint(step->after, ==, last);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/pack/reference_lab_ends_on_8_hosts_after_54_moves", reference_lab);
    g_test_add_func("/policy/pack/vm_just_moved_rests", rest);
    g_test_add_func("/policy/pack/host_just_woken_stays_and_is_not_filled", grace);
    g_test_add_func("/policy/pack/least_ram_is_moved", least_ram);
    g_test_add_func("/policy/pack/load_is_spread_evenly", evenest);
    g_test_add_func("/policy/pack/target_keeps_a_margin_below_over", margin);
    g_test_add_func("/policy/pack/reserve_is_left_to_the_host", reserve);
    g_test_add_func("/policy/pack/host_that_lost_a_vm_stays_on", lost);
    g_test_add_func("/policy/pack/switch_off_waits_for_the_last_departure", waits_for_departures);
    return g_test_run();
}
