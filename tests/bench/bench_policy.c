/* Planning times beside their budgets: name, measured, budget, ok or MISSED. */
#include <stdio.h>

#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"

#define RUNS 5

typedef struct plan *(*plan_func)(const struct cluster *cluster, const struct policy_config *config,
                                  const struct policy_moment *moment);

/* Hosts of 16 GiB and 8 CPUs with VMs of many sizes: about a fifth of the hosts is enough. */
static struct cluster *make_mixed(guint hosts, guint vms_each)
{
    g_autoptr(GRand) random = g_rand_new_with_seed(1);
    struct cluster *cluster = cluster_new("bench");

    for (guint i = 0; i < hosts; i++) {
        g_autofree char *name = g_strdup_printf("pc%05u", i + 1);
        struct host *host = lab_add_host(cluster, name, 16 * 1024);
        host->cpus = 8;
        for (guint j = 0; j < vms_each; j++) {
            g_autofree char *vm = g_strdup_printf("%s-%u", name, j + 1);
            guint mib = 64u * (guint)g_rand_int_range(random, 2, 12);
            lab_add_vm(host, cluster, vm, mib, g_rand_int_range(random, 5, 60));
        }
    }
    return cluster;
}

/* The night's end: everything on few hosts, home elsewhere, most hosts off. */
static void apply(struct cluster *cluster, const struct plan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        if (step->action == PLAN_MIGRATE)
            cluster_move_vm(cluster, cluster_find_vm(cluster, step->vm),
                            cluster_find_host(cluster, step->to), LAB_NOW_US);
        else
            host_set_state(cluster_find_host(cluster, step->from), HOST_OFF, LAB_NOW_US);
    }
}

static void measure(const char *name, const struct cluster *cluster, plan_func make_plan,
                    enum policy_kind kind, double budget_ms)
{
    struct policy_config config;
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    double best_ms = G_MAXDOUBLE;

    policy_config_init(&config);
    config.kind = kind;
    for (guint i = 0; i < RUNS; i++) {
        gint64 before_us = g_get_monotonic_time();
        autoptr(plan) plan = make_plan(cluster, &config, &moment);
        best_ms = MIN(best_ms, (double)(g_get_monotonic_time() - before_us) / 1000);
        if (i == 0)
            fprintf(stderr, "# %s: %s\n", name, plan->summary);
    }
    printf("%s\t%.2f ms\t%.0f ms\t%s\n", name, best_ms, budget_ms,
           best_ms < budget_ms ? "ok" : "MISSED");
}

static void measure_size(guint hosts, guint vms_each, double budget_ms)
{
    autoptr(cluster) cluster = make_mixed(hosts, vms_each);
    g_autofree char *pack = g_strdup_printf("plan pack, %u hosts, %u VMs", hosts, hosts * vms_each);
    g_autofree char *pairs =
        g_strdup_printf("plan pairs, %u hosts, %u VMs", hosts, hosts * vms_each);
    g_autofree char *home =
        g_strdup_printf("plan normalize, %u hosts, %u VMs", hosts, hosts * vms_each);
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    measure(pack, cluster, policy_decide, POLICY_PACK, budget_ms);
    measure(pairs, cluster, policy_decide, POLICY_PAIRS, budget_ms);
    autoptr(plan) plan = policy_decide(cluster, &config, &moment);
    apply(cluster, plan);
    measure(home, cluster, policy_normalize, POLICY_PACK, budget_ms);
}

int main(void)
{
    autoptr(cluster) ercolani = lab_ercolani(62);

    measure("plan pack, ercolani", ercolani, policy_decide, POLICY_PACK, 1);
    measure_size(62, 8, 1);
    measure_size(1000, 8, 50);
    measure_size(10000, 8, 1000);
    return 0;
}
