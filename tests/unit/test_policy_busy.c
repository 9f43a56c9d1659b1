/*
 * What is decided where hosts show a load that their VMs do not cause: a machine that several
 * hosts share, or one that works for itself.
 */
#include "core/base/clock.h"
#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"

/* n hosts of 2 CPUs with that loadavg15 each, and so many idle VMs of 5 thousandths of a core. */
static struct cluster *busy_lab(guint n, gint load15_permille, guint vms)
{
    struct cluster *cluster = cluster_new("busy");

    for (guint i = 1; i <= n; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);
        struct host *host = lab_add_host(cluster, name, 2048);
        for (guint j = 1; j <= vms; j++) {
            g_autofree char *vm = g_strdup_printf("%s-%u", name, j);
            lab_add_vm(host, cluster, vm, 256, 5);
        }
        host->load15_permille = load15_permille;
        host->cpu_permille = 1000; /* all of them show the whole machine's */
    }
    return cluster;
}

static struct plan *decide(const struct cluster *cluster)
{
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    return policy_decide(cluster, &config, &moment);
}

/* R10: below min (0.4 of a CPU) a host is under, whoever makes its load. */
static void load_below_min_packs_all(void)
{
    static const gint loads[] = {100, 500, 600, 790};

    for (guint i = 0; i < G_N_ELEMENTS(loads); i++) {
        autoptr(cluster) cluster = busy_lab(8, loads[i], 1);
        autoptr(plan) plan = decide(cluster);
        g_assert_cmpint(plan->kind, ==, PLAN_COMPACT);
        g_assert_cmpuint(plan->migrations, ==, 7);
        g_assert_cmpuint(plan->hosts_on_after, ==, 1);
    }
}

static void whole_lab_below_min_packs_to_eight(void)
{
    autoptr(cluster) cluster = busy_lab(62, 700, 1);
    autoptr(plan) plan = decide(cluster);

    g_assert_cmpuint(plan->migrations, ==, 54);
    g_assert_cmpuint(plan->hosts_on_after, ==, 8);
}

/* R10: from min on hosts are regular, and are left alone; the reason names the numbers. */
static void load_from_min_on_is_left_alone(void)
{
    static const gint loads[] = {1000, 2000, 4000};

    for (guint i = 0; i < G_N_ELEMENTS(loads); i++) {
        autoptr(cluster) cluster = busy_lab(8, loads[i], 1);
        autoptr(plan) plan = decide(cluster);
        g_assert_cmpint(plan->kind, ==, PLAN_NOTHING);
        g_assert_true(g_str_has_prefix(plan->summary, "nothing to do: no host is under"));
        g_assert_nonnull(strstr(plan->summary, i == 0 ? "0.50" : i == 1 ? "1.00" : "2.00"));
    }
}

/* R13 asks for no reason: a host that is over gives its lightest VM away, idle or not. */
static void idle_vms_relieve_all_the_same(void)
{
    autoptr(cluster) cluster = busy_lab(3, 100, 2);
    autoptr(plan) plan = NULL;

    ((struct host *)g_ptr_array_index(cluster->hosts, 2))->load15_permille = 4000;
    plan = decide(cluster);
    g_assert_cmpint(plan->kind, ==, PLAN_RELIEF);
    g_assert_cmpuint(plan->migrations, ==, 1);
    g_assert_cmpstr(plan_step(plan, 0)->from, ==, "pc03");
}

/* The load that VMs do make is still taken from the host. */
static void working_vms_are_relieved(void)
{
    autoptr(cluster) cluster = busy_lab(2, 100, 2);
    struct host *host = g_ptr_array_index(cluster->hosts, 1);

    host->load15_permille = 2400;
    ((struct vm *)g_ptr_array_index(host->vms, 0))->cpu_permille = 200;
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpint(plan->kind, ==, PLAN_RELIEF);
    g_assert_cmpuint(plan->migrations, ==, 1);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/busy/load_below_min_packs_all", load_below_min_packs_all);
    g_test_add_func("/policy/busy/whole_lab_below_min_packs_to_eight",
                    whole_lab_below_min_packs_to_eight);
    g_test_add_func("/policy/busy/load_from_min_on_is_left_alone", load_from_min_on_is_left_alone);
    g_test_add_func("/policy/busy/idle_vms_relieve_all_the_same", idle_vms_relieve_all_the_same);
    g_test_add_func("/policy/busy/working_vms_are_relieved", working_vms_are_relieved);
    return g_test_run();
}
