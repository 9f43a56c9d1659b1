#include "core/base/clock.h"
#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"

#define LAB_HOSTS 62
#define MOST_VMS  8
#define LAB_MOVES 91

/* The thesis's cycles on bare counts, written apart from the policy: how many moves to rest? */
static guint simulate(guint *vms, guint n)
{
    guint moves = 0;

    for (;;) {
        guint under[LAB_HOSTS];
        guint n_under = 0;
        for (guint i = 0; i < n; i++)
            if ((i == 0 || vms[i] > 0) && vms[i] < MOST_VMS)
                under[n_under++] = i;
        if (n_under < 2)
            return moves;
        for (guint i = 0; i < n_under / 2; i++) {
            vms[under[i]]++;
            vms[under[n_under - 1 - i]]--;
            moves++;
        }
    }
}

static void reference_lab(void)
{
    autoptr(cluster) cluster = lab_ercolani(LAB_HOSTS);
    struct policy_config config;
    gint64 now_us = LAB_NOW_US;
    guint counts[LAB_HOSTS];
    guint moves = 0;

    policy_config_init(&config);
    config.kind = POLICY_PAIRS;
    for (guint i = 0; i < LAB_HOSTS; i++)
        counts[i] = 1;
    for (guint cycle = 0;; cycle++) {
        struct policy_moment moment = lab_moment(now_us);
        autoptr(plan) plan = policy_decide(cluster, &config, &moment);
        if (plan->steps->len == 0)
            break;
        g_assert_cmpuint(cycle, <, 100);
        if (cycle == 0)
            g_assert_cmpuint(plan->migrations, ==, LAB_HOSTS / 2);
        moves += plan->migrations;
        lab_apply(cluster, plan, &config, now_us);
        now_us += 15 * CLOCK_MINUTE_US;
        lab_freshen(cluster, now_us);
    }
    g_assert_cmpuint(lab_count_on(cluster), ==, 8);
    g_assert_cmpuint(moves, ==, simulate(counts, LAB_HOSTS));
    g_assert_cmpuint(moves, ==, LAB_MOVES);
    g_assert_cmpuint(moves, >, 54);
}

static struct plan *decide(const struct cluster *cluster)
{
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    config.kind = POLICY_PAIRS;
    return policy_decide(cluster, &config, &moment);
}

static struct host *host_at(const struct cluster *cluster, guint index)
{
    return g_ptr_array_index(cluster->hosts, index);
}

static void assert_moves(const struct plan *plan, guint index, const char *vm, const char *from,
                         const char *to)
{
    const struct plan_step *step = plan_step(plan, index);

    g_assert_cmpint(step->action, ==, PLAN_MIGRATE);
    g_assert_cmpstr(step->vm, ==, vm);
    g_assert_cmpstr(step->from, ==, from);
    g_assert_cmpstr(step->to, ==, to);
}

static void last_to_first(void)
{
    autoptr(cluster) cluster = lab_ercolani(5);
    autoptr(plan) plan = decide(cluster);

    g_assert_cmpuint(plan->migrations, ==, 2);
    assert_moves(plan, 0, "pc05", "pc05", "pc01");
    assert_moves(plan, 1, "pc04", "pc04", "pc02");
}

static void lightest(void)
{
    autoptr(cluster) cluster = lab_ercolani(2);

    lab_add_vm(host_at(cluster, 1), cluster, "lighter", 512, 10);
    lab_add_vm(host_at(cluster, 1), cluster, "heavier", 128, 90);
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpuint(plan->migrations, ==, 1);
    assert_moves(plan, 0, "lighter", "pc02", "pc01");
    g_assert_cmpuint(plan->hosts_on_after, ==, 2);
}

static void held_lightest(void)
{
    autoptr(cluster) cluster = lab_ercolani(2);

    lab_add_vm(host_at(cluster, 1), cluster, "pinned", 128, 0)->pin = g_strdup("pc02");
    lab_add_vm(host_at(cluster, 1), cluster, "rested", 128, 1)->moved_at_us = LAB_NOW_US - 1;
    autoptr(plan) plan = decide(cluster);
    assert_moves(plan, 0, "pc02", "pc02", "pc01");
}

static void refusal(void)
{
    autoptr(cluster) cluster = lab_ercolani(2);

    host_at(cluster, 0)->mem_kib = LAB_MIB(511);
    host_at(cluster, 0)->vm_max = 9;
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpint(plan->kind, ==, PLAN_NOTHING);
    g_assert_cmpuint(plan->refusals->len, ==, 1);
    g_assert_cmpstr(g_array_index(plan->refusals, struct plan_refusal, 0).subject, ==, "vm pc02");
    g_assert_cmpstr(g_array_index(plan->refusals, struct plan_refusal, 0).why, ==,
                    "pc01 would have 255 MiB free of 511, vm pc02 needs 256");
}

static void not_with_over(void)
{
    autoptr(cluster) cluster = lab_ercolani(4);
    struct host *over = host_at(cluster, 3);

    /* Over, and nothing can be done for it: R12 says that then nothing is compacted. */
    lab_add_vm(over, cluster, "pinned", 256, 1000)->pin = g_strdup("pc04");
    lab_add_load(over, 1000);
    g_free(cluster_find_vm(cluster, "pc04")->pin);
    cluster_find_vm(cluster, "pc04")->pin = g_strdup("pc04");
    autoptr(plan) plan = decide(cluster);
    g_assert_cmpuint(plan->migrations, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/pairs/reference_lab_ends_on_8_hosts", reference_lab);
    g_test_add_func("/policy/pairs/last_goes_to_first_and_so_to_the_middle", last_to_first);
    g_test_add_func("/policy/pairs/lightest_by_cpu_goes", lightest);
    g_test_add_func("/policy/pairs/lightest_that_may_go_goes", held_lightest);
    g_test_add_func("/policy/pairs/refusal_is_explained", refusal);
    g_test_add_func("/policy/pairs/nothing_is_compacted_while_a_host_is_over", not_with_over);
    return g_test_run();
}
