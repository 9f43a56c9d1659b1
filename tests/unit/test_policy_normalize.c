#include "core/base/clock.h"
#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"

static struct plan *normalize(const struct cluster *cluster)
{
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    return policy_normalize(cluster, &config, &moment);
}

static void carry_out(struct cluster *cluster, const struct plan *plan)
{
    struct policy_config config;

    policy_config_init(&config);
    lab_apply(cluster, plan, &config, LAB_NOW_US);
}

static void assert_all_home(const struct cluster *cluster)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        for (guint j = 0; j < host->vms->len; j++)
            g_assert_cmpstr(((struct vm *)g_ptr_array_index(host->vms, j))->home, ==, host->name);
    }
}

static void the_whole_night(void)
{
    autoptr(cluster) cluster = lab_ercolani(62);
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    autoptr(plan) evening = policy_decide(cluster, &config, &moment);
    carry_out(cluster, evening);
    autoptr(plan) morning = normalize(cluster);
    g_assert_cmpint(morning->kind, ==, PLAN_NORMALIZE);
    g_assert_cmpuint(morning->migrations, ==, 54);
    g_assert_cmpuint(morning->hosts_on_after, ==, 62);
    g_assert_cmpuint(morning->refusals->len, ==, 0);
    carry_out(cluster, morning);
    g_assert_cmpuint(lab_count_on(cluster), ==, 62);
    assert_all_home(cluster);
    autoptr(plan) again = normalize(cluster);
    g_assert_cmpint(again->kind, ==, PLAN_NOTHING);
    g_assert_cmpstr(again->summary, ==, "nothing to do: everything is on and home");
}

/* n full hosts, each with the VM of the next one, and one that is empty. */
static struct cluster *make_circle(guint n, gboolean with_room)
{
    struct cluster *cluster = cluster_new("lab");

    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("pc%u", i);
        lab_add_host(cluster, name, 2048);
    }
    for (guint i = 0; i < n; i++) {
        g_autofree char *name = g_strdup_printf("vm%u", i);
        struct vm *vm = lab_add_vm(g_ptr_array_index(cluster->hosts, i), cluster, name, 2048, 0);
        g_free(vm->home);
        vm->home = g_strdup_printf("pc%u", (i + 1) % n);
    }
    if (with_room)
        lab_add_host(cluster, "room", 2048);
    return cluster;
}

static void circles(void)
{
    for (guint n = 2; n < 9; n++) {
        autoptr(cluster) cluster = make_circle(n, TRUE);
        autoptr(plan) plan = normalize(cluster);
        g_assert_cmpuint(plan->migrations, ==, n + 1);
        g_assert_cmpint(plan_step(plan, 0)->reason, ==, PLAN_REASON_MAKE_ROOM);
        carry_out(cluster, plan);
        assert_all_home(cluster);
    }
}

static void circle_without_room(void)
{
    autoptr(cluster) cluster = make_circle(3, FALSE);
    autoptr(plan) plan = normalize(cluster);

    g_assert_cmpint(plan->kind, ==, PLAN_NOTHING);
    g_assert_cmpuint(plan->refusals->len, ==, 3);
}

static void several_aside(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct host *home = lab_add_host(cluster, "home", 2048);
    struct host *away = lab_add_host(cluster, "away", 4096);

    /* Two small strangers have to go before the large one fits. */
    for (guint i = 0; i < 2; i++) {
        g_autofree char *name = g_strdup_printf("stranger%u", i);
        g_clear_pointer(&lab_add_vm(home, cluster, name, 1024, 0)->home, g_free);
    }
    struct vm *vm = lab_add_vm(away, cluster, "large", 2048, 0);
    g_free(vm->home);
    vm->home = g_strdup("home");
    lab_add_host(cluster, "other", 1024);
    autoptr(plan) plan = normalize(cluster);
    carry_out(cluster, plan);
    g_assert_cmpstr(vm->host->name, ==, "home");
}

static void chain_waits(void)
{
    autoptr(cluster) cluster = make_circle(4, FALSE);
    const struct plan_step *step;

    /* The last one's home is free: all follow, each after the one that makes its room. */
    lab_add_host(cluster, "free", 2048);
    struct vm *vm = cluster_find_vm(cluster, "vm3");
    g_free(vm->home);
    vm->home = g_strdup("free");
    autoptr(plan) plan = normalize(cluster);
    g_assert_cmpuint(plan->migrations, ==, 4);
    for (guint i = 0; i < 4; i++) {
        step = plan_step(plan, i);
        g_assert_cmpint(step->reason, ==, PLAN_REASON_GO_HOME);
        g_assert_cmpuint(step->after, ==, i == 0 ? PLAN_NO_STEP : i - 1);
    }
    carry_out(cluster, plan);
}

static void home_removed(void)
{
    autoptr(cluster) cluster = lab_ercolani(2);
    struct vm *vm = cluster_find_vm(cluster, "pc02");

    g_free(vm->home);
    vm->home = g_strdup("pc99");
    autoptr(plan) plan = normalize(cluster);
    g_assert_cmpuint(plan->steps->len, ==, 0);
    g_assert_cmpstr(g_array_index(plan->refusals, struct plan_refusal, 0).subject, ==, "vm pc02");
    g_assert_cmpstr(g_array_index(plan->refusals, struct plan_refusal, 0).why, ==,
                    "its home pc99 is not in the cluster");
}

static void pin_is_stronger(void)
{
    autoptr(cluster) cluster = lab_ercolani(3);
    struct vm *vm = cluster_find_vm(cluster, "pc03");

    vm->pin = g_strdup("pc02");
    autoptr(plan) plan = normalize(cluster);
    g_assert_cmpuint(plan->migrations, ==, 1);
    g_assert_cmpstr(plan_step(plan, 0)->to, ==, "pc02");
}

static void every_host_runs_one(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct host *first = lab_add_host(cluster, "pc0", 8192);

    for (guint i = 1; i < 8; i++) {
        g_autofree char *name = g_strdup_printf("pc%u", i);
        if (i % 2)
            lab_add_host(cluster, name, 1024);
        else
            lab_add_off(cluster, name, 1024);
    }
    for (guint i = 0; i < 10; i++) {
        g_autofree char *name = g_strdup_printf("vm%u", i);
        g_clear_pointer(&lab_add_vm(first, cluster, name, 256, 0)->home, g_free);
    }
    autoptr(plan) plan = normalize(cluster);
    carry_out(cluster, plan);
    for (guint i = 0; i < cluster->hosts->len; i++)
        g_assert_cmpuint(host_active_vms(g_ptr_array_index(cluster->hosts, i)), >=, 1);
    g_assert_cmpuint(plan->migrations, ==, 7);
}

static void too_few(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct host *first = lab_add_host(cluster, "pc0", 2048);

    g_clear_pointer(&lab_add_vm(first, cluster, "only", 256, 0)->home, g_free);
    lab_add_host(cluster, "pc1", 2048);
    autoptr(plan) plan = normalize(cluster);
    g_assert_cmpuint(plan->steps->len, ==, 0);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/normalize/all_on_and_home_after_the_night", the_whole_night);
    g_test_add_func("/policy/normalize/circles_are_opened_by_a_third_host", circles);
    g_test_add_func("/policy/normalize/circle_without_room_is_told", circle_without_room);
    g_test_add_func("/policy/normalize/several_step_aside_for_one", several_aside);
    g_test_add_func("/policy/normalize/each_waits_for_its_room", chain_waits);
    g_test_add_func("/policy/normalize/home_that_is_gone_is_told", home_removed);
    g_test_add_func("/policy/normalize/pin_is_stronger_than_home", pin_is_stronger);
    g_test_add_func("/policy/normalize/every_host_runs_one_when_there_are_enough",
                    every_host_runs_one);
    g_test_add_func("/policy/normalize/nobody_gives_its_last", too_few);
    return g_test_run();
}
