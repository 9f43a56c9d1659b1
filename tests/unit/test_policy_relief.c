#include <string.h>

#include "core/base/clock.h"
#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"

static struct plan *decide(const struct cluster *cluster)
{
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    return policy_decide(cluster, &config, &moment);
}

/* Two VMs of 900 and 1000 on two CPUs: over. */
static struct host *add_over(struct cluster *cluster, const char *name)
{
    struct host *host = lab_add_host(cluster, name, 2048);
    g_autofree char *light = g_strdup_printf("%s-light", name);
    g_autofree char *heavy = g_strdup_printf("%s-heavy", name);

    lab_add_vm(host, cluster, light, 256, 900);
    lab_add_vm(host, cluster, heavy, 256, 1000);
    return host;
}

static struct host *add_under(struct cluster *cluster, const char *name)
{
    struct host *host = lab_add_host(cluster, name, 2048);

    lab_add_vm(host, cluster, name, 256, 20);
    return host;
}

static const char *target_of(const struct plan *plan, const char *vm)
{
    for (guint i = 0; i < plan->steps->len; i++)
        if (g_strcmp0(plan_step(plan, i)->vm, vm) == 0)
            return plan_step(plan, i)->to;
    return NULL;
}

static void each_its_own_room(void)
{
    autoptr(cluster) cluster = cluster_new("lab");

    /* Each under host has room for one of the light ones, not for two. */
    for (guint i = 1; i <= 3; i++) {
        g_autofree char *name = g_strdup_printf("over%u", i);
        add_over(cluster, name);
    }
    for (guint i = 1; i <= 3; i++) {
        g_autofree char *name = g_strdup_printf("under%u", i);
        add_under(cluster, name);
    }
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpint(plan->kind, ==, PLAN_RELIEF);
    g_assert_cmpuint(plan->migrations, ==, 3);
    g_assert_cmpstr(target_of(plan, "over1-light"), ==, "under1");
    g_assert_cmpstr(target_of(plan, "over2-light"), ==, "under2");
    g_assert_cmpstr(target_of(plan, "over3-light"), ==, "under3");
    for (guint i = 0; i < plan->steps->len; i++)
        g_assert_cmpint(plan_step(plan, i)->to_load_permille_after, <=, 900);
}

static void idle_before_wake(void)
{
    autoptr(cluster) cluster = cluster_new("lab");

    add_over(cluster, "pc01");
    lab_add_off(cluster, "pc02", 2048);
    lab_add_host(cluster, "pc03", 2048);
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpuint(plan->steps->len, ==, 1);
    g_assert_cmpstr(target_of(plan, "pc01-light"), ==, "pc03");
}

static void in_trouble_last(void)
{
    autoptr(cluster) cluster = cluster_new("lab");

    add_over(cluster, "pc01");
    lab_add_off(cluster, "pc02", 2048)->trouble = g_strdup("did not wake");
    lab_add_off(cluster, "pc03", 2048)->maintenance = TRUE;
    lab_add_off(cluster, "pc04", 2048);
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpuint(plan->steps->len, ==, 2);
    g_assert_cmpint(plan_step(plan, 0)->action, ==, PLAN_WAKE);
    g_assert_cmpint(plan_step(plan, 0)->reason, ==, PLAN_REASON_NEEDED);
    g_assert_cmpstr(plan_step(plan, 0)->from, ==, "pc04");
    g_assert_cmpuint(plan_step(plan, 1)->after, ==, 0);
}

static void settling(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct host *host = add_over(cluster, "pc01");

    add_under(cluster, "pc02");
    /* The heavy one has just left; loadavg15 does not show it yet. */
    cluster_move_vm(cluster, cluster_find_vm(cluster, "pc01-heavy"), host, LAB_NOW_US);
    lab_add_vm(host, cluster, "other", 256, 0);
    cluster_find_vm(cluster, "pc01-heavy")->cpu_permille = 100;
    host->cpu_permille = 500;
    host->changed_at_us = LAB_NOW_US - CLOCK_MINUTE_US;
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpint(plan->kind, !=, PLAN_RELIEF);
    g_assert_nonnull(
        strstr(g_array_index(plan->refusals, struct plan_refusal, 0).why, "time to fall"));
    host->changed_at_us = LAB_NOW_US - CLOCK_HOUR_US;
    autoptr(plan) later = decide(cluster);
    g_assert_cmpint(later->kind, ==, PLAN_RELIEF);
}

static void nothing_helps(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct host *host = lab_add_host(cluster, "pc01", 2048);

    /* The load is the host's own: no VM's leaving would change it. */
    lab_add_vm(host, cluster, "a", 256, 0);
    lab_add_vm(host, cluster, "b", 256, 0);
    lab_add_load(host, 1900);
    add_under(cluster, "pc02");
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpuint(plan->migrations, ==, 0);
    g_assert_cmpstr(g_array_index(plan->refusals, struct plan_refusal, 0).why, ==,
                    "it is over, and none of its VMs may move and would help");
}

static void before_compaction(void)
{
    autoptr(cluster) cluster = lab_ercolani(10);

    add_over(cluster, "pc11");
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpint(plan->kind, ==, PLAN_RELIEF);
    g_assert_cmpuint(plan->migrations, ==, 1);
}

static void resting_vm_relieves(void)
{
    autoptr(cluster) cluster = cluster_new("lab");

    add_over(cluster, "pc01");
    add_under(cluster, "pc02");
    cluster_find_vm(cluster, "pc01-light")->moved_at_us = LAB_NOW_US - 1;
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpstr(target_of(plan, "pc01-light"), ==, "pc02");
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/relief/several_do_not_all_choose_one_target", each_its_own_room);
    g_test_add_func("/policy/relief/idle_host_before_a_wake", idle_before_wake);
    g_test_add_func("/policy/relief/host_in_trouble_is_woken_last", in_trouble_last);
    g_test_add_func("/policy/relief/lagging_load_is_given_time", settling);
    g_test_add_func("/policy/relief/moves_nothing_that_would_not_help", nothing_helps);
    g_test_add_func("/policy/relief/comes_before_compaction", before_compaction);
    g_test_add_func("/policy/relief/rest_is_for_compaction_only", resting_vm_relieves);
    return g_test_run();
}
