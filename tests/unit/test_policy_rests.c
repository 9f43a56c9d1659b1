/* What a decision is told to leave alone, it leaves alone, and says the reason it was given. */
#include "core/policy/rests.h"

#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"
#include "tests/support/policy_random.h"

#define CLUSTERS 400

typedef struct plan *(*plan_func)(const struct cluster *cluster, const struct policy_config *config,
                                  const struct policy_moment *moment);

static struct plan *make_plan(plan_func func, const struct cluster *cluster, enum policy_kind kind,
                              const struct rests *rests)
{
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    config.kind = kind;
    moment.rests = rests;
    return func(cluster, &config, &moment);
}

static struct plan *drain(const struct cluster *cluster, const char *host,
                          const struct rests *rests)
{
    struct policy_moment moment = lab_moment(LAB_NOW_US);
    struct policy_config config;

    policy_config_init(&config);
    moment.rests = rests;
    return policy_drain(cluster, &config, &moment, cluster_find_host(cluster, host));
}

static void rest_host(struct rests *rests, const struct cluster *cluster, const char *name)
{
    rests_add_host(rests, cluster_find_host(cluster, name), g_strdup("job 7 is under way there"));
}

static void rest_vm(struct rests *rests, const struct cluster *cluster, const char *name)
{
    rests_add_vm(rests, cluster_find_vm(cluster, name), g_strdup("it failed lately"));
}

static void assert_refused(const struct plan *plan, const char *subject, const char *why)
{
    for (guint i = 0; i < plan->refusals->len; i++) {
        const struct plan_refusal *refusal = &g_array_index(plan->refusals, struct plan_refusal, i);
        if (g_str_equal(refusal->subject, subject)) {
            g_assert_cmpstr(refusal->why, ==, why);
            return;
        }
    }
    g_error("nothing is said of %s", subject);
}

static gboolean touches(const struct plan *plan, const char *name)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        if (g_strcmp0(step->from, name) == 0 || g_strcmp0(step->to, name) == 0)
            return TRUE;
    }
    return FALSE;
}

static void no_set(void)
{
    autoptr(cluster) cluster = lab_ercolani(1);
    autoptr(rests) rests = rests_new();
    const struct host *host = cluster_find_host(cluster, "pc01");
    const struct vm *vm = cluster_find_vm(cluster, "pc01");

    g_assert_null(rests_why_host(NULL, host));
    g_assert_null(rests_why_vm(NULL, vm));
    g_assert_cmpuint(rests_count(NULL), ==, 0);
    g_assert_null(rests_why_host(rests, host));
    rest_host(rests, cluster, "pc01");
    rests_add_host(rests, host, g_strdup("another"));
    rest_vm(rests, cluster, "pc01");
    g_assert_cmpuint(rests_count(rests), ==, 2);
    g_assert_cmpstr(rests_why_host(rests, host), ==, "another");
    g_assert_cmpstr(rests_why_vm(rests, vm), ==, "it failed lately");
}

static void pack(void)
{
    autoptr(cluster) cluster = lab_ercolani(6);
    autoptr(rests) rests = rests_new();

    rest_host(rests, cluster, "pc01");
    rest_vm(rests, cluster, "pc04");
    autoptr(plan) plan = make_plan(policy_decide, cluster, POLICY_PACK, rests);
    g_assert_false(touches(plan, "pc01"));
    g_assert_cmpuint(plan->migrations, ==, 4);
    for (guint i = 0; i < plan->steps->len; i++)
        if (plan_step(plan, i)->action == PLAN_MIGRATE)
            g_assert_cmpstr(plan_step(plan, i)->to, ==, "pc04");
    assert_refused(plan, "host pc01", "pc01 is left alone: job 7 is under way there");
    assert_refused(plan, "host pc04", "vm pc04 is left alone: it failed lately");
}

static void idle(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    autoptr(rests) rests = rests_new();

    lab_add_host(cluster, "manager", 2048);
    lab_add_host(cluster, "idle", 2048);
    rest_host(rests, cluster, "idle");
    autoptr(plan) plan = make_plan(policy_decide, cluster, POLICY_PACK, rests);
    g_assert_cmpuint(plan->steps->len, ==, 0);
    assert_refused(plan, "host idle", "idle is left alone: job 7 is under way there");
    autoptr(plan) other = make_plan(policy_decide, cluster, POLICY_PACK, NULL);
    g_assert_true(touches(other, "idle"));
}

static void pairs(void)
{
    autoptr(cluster) cluster = lab_ercolani(4);
    autoptr(rests) rests = rests_new();

    rest_host(rests, cluster, "pc01");
    rest_vm(rests, cluster, "pc04");
    autoptr(plan) plan = make_plan(policy_decide, cluster, POLICY_PAIRS, rests);
    g_assert_cmpuint(plan->steps->len, ==, 0);
    assert_refused(plan, "host pc01", "pc01 is left alone: job 7 is under way there");
    assert_refused(plan, "vm pc04", "vm pc04 is left alone: it failed lately");
}

/* One host over, one under, one off. */
static struct cluster *make_trouble(void)
{
    struct cluster *cluster = cluster_new("lab");
    struct host *over = lab_add_host(cluster, "over", 2048);

    lab_add_vm(over, cluster, "light", 256, 900);
    lab_add_vm(over, cluster, "heavy", 256, 1000);
    lab_add_vm(lab_add_host(cluster, "under", 2048), cluster, "quiet", 256, 20);
    lab_add_off(cluster, "off", 2048);
    return cluster;
}

static void relief_targets(void)
{
    autoptr(cluster) cluster = make_trouble();
    autoptr(rests) rests = rests_new();

    rest_host(rests, cluster, "under");
    rest_vm(rests, cluster, "light");
    autoptr(plan) plan = make_plan(policy_decide, cluster, POLICY_PACK, rests);
    g_assert_cmpint(plan->kind, ==, PLAN_RELIEF);
    g_assert_false(touches(plan, "under"));
    g_assert_cmpstr(plan_step(plan, 1)->vm, ==, "heavy");
    g_assert_cmpstr(plan_step(plan, 1)->to, ==, "off");
    rest_host(rests, cluster, "off");
    autoptr(plan) stuck = make_plan(policy_decide, cluster, POLICY_PACK, rests);
    g_assert_cmpuint(stuck->steps->len, ==, 0);
}

static void relief_source(void)
{
    autoptr(cluster) cluster = make_trouble();
    autoptr(rests) rests = rests_new();

    rest_host(rests, cluster, "over");
    autoptr(plan) plan = make_plan(policy_decide, cluster, POLICY_PACK, rests);
    g_assert_false(touches(plan, "over"));
    assert_refused(plan, "host over", "it is over: over is left alone: job 7 is under way there");
}

static void set_home(const struct cluster *cluster, const char *vm, const char *home)
{
    struct vm *homed = cluster_find_vm(cluster, vm);

    g_free(homed->home);
    homed->home = g_strdup(home);
}

static void normalize(void)
{
    autoptr(cluster) cluster = lab_ercolani(3);
    autoptr(rests) rests = rests_new();

    lab_add_off(cluster, "pc04", 2048);
    lab_add_off(cluster, "pc05", 2048);
    set_home(cluster, "pc01", "pc04");
    set_home(cluster, "pc02", "pc05");
    set_home(cluster, "pc03", "pc05");
    rest_host(rests, cluster, "pc04");
    rest_vm(rests, cluster, "pc02");
    autoptr(plan) plan = make_plan(policy_normalize, cluster, POLICY_PACK, rests);
    g_assert_false(touches(plan, "pc04"));
    g_assert_cmpuint(plan->migrations, ==, 1);
    g_assert_true(touches(plan, "pc03"));
    assert_refused(plan, "host pc04", "pc04 is left alone: job 7 is under way there");
    assert_refused(plan, "vm pc01", "its home: pc04 is left alone: job 7 is under way there");
    assert_refused(plan, "vm pc02", "vm pc02 is left alone: it failed lately");
}

static void pinned_elsewhere(void)
{
    autoptr(cluster) cluster = lab_ercolani(2);
    autoptr(rests) rests = rests_new();

    cluster_find_vm(cluster, "pc02")->pin = g_strdup("pc01");
    rest_vm(rests, cluster, "pc02");
    autoptr(plan) plan = make_plan(policy_normalize, cluster, POLICY_PACK, rests);
    g_assert_cmpuint(plan->steps->len, ==, 0);
    assert_refused(plan, "vm pc02", "vm pc02 is left alone: it failed lately");
}

static void drain_target(void)
{
    autoptr(cluster) cluster = lab_ercolani(3);
    autoptr(rests) rests = rests_new();

    rest_host(rests, cluster, "pc02");
    autoptr(plan) plan = drain(cluster, "pc01", rests);
    g_assert_cmpuint(plan->migrations, ==, 1);
    g_assert_cmpstr(plan_step(plan, 0)->to, ==, "pc03");
    rest_vm(rests, cluster, "pc01");
    autoptr(plan) none = drain(cluster, "pc01", rests);
    assert_refused(none, "vm pc01", "vm pc01 is left alone: it failed lately");
}

static void drain_source(void)
{
    autoptr(cluster) cluster = lab_ercolani(3);
    autoptr(rests) rests = rests_new();

    rest_host(rests, cluster, "pc01");
    autoptr(plan) plan = drain(cluster, "pc01", rests);
    g_assert_cmpint(plan->kind, ==, PLAN_NOTHING);
    g_assert_cmpstr(plan->summary, ==,
                    "nothing to do: pc01 is left alone: job 7 is under way there");
}

/* --- Whatever the cluster --- */

static struct rests *random_rests(GRand *random, const struct cluster *cluster)
{
    struct rests *rests = rests_new();

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (g_rand_int_range(random, 0, 4) == 0)
            rests_add_host(rests, host, g_strdup("so it was said"));
        for (guint j = 0; j < host->vms->len; j++)
            if (g_rand_int_range(random, 0, 4) == 0)
                rests_add_vm(rests, g_ptr_array_index(host->vms, j), g_strdup("so it was said"));
    }
    return rests;
}

static void assert_left_alone(const struct cluster *cluster, const struct plan *plan,
                              const struct rests *rests)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        g_assert_null(rests_why_host(rests, cluster_find_host(cluster, step->from)));
        if (step->action != PLAN_MIGRATE)
            continue;
        g_assert_null(rests_why_host(rests, cluster_find_host(cluster, step->to)));
        g_assert_null(rests_why_vm(rests, cluster_find_vm(cluster, step->vm)));
    }
}

static void any_plan(void)
{
    static const struct {
        plan_func func;
        enum policy_kind kind;
    } ways[] = {
        {policy_decide, POLICY_PACK},
        {policy_decide, POLICY_PAIRS},
        {policy_normalize, POLICY_PACK},
    };
    guint steps = 0;

    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, 12, 40);
        autoptr(rests) rests = random_rests(random, cluster);
        for (guint i = 0; i < G_N_ELEMENTS(ways); i++) {
            autoptr(plan) plan = make_plan(ways[i].func, cluster, ways[i].kind, rests);
            assert_left_alone(cluster, plan, rests);
            steps += plan->steps->len;
        }
        for (guint i = 0; i < cluster->hosts->len; i++) {
            const struct host *host = g_ptr_array_index(cluster->hosts, i);
            autoptr(plan) plan = drain(cluster, host->name, rests);
            assert_left_alone(cluster, plan, rests);
            steps += plan->steps->len;
        }
    }
    g_assert_cmpuint(steps, >, CLUSTERS);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/rests/nothing_rests_without_a_set", no_set);
    g_test_add_func("/policy/rests/pack_leaves_them_alone", pack);
    g_test_add_func("/policy/rests/an_idle_host_at_rest_stays_on", idle);
    g_test_add_func("/policy/rests/pairs_leaves_them_alone", pairs);
    g_test_add_func("/policy/rests/relief_neither_fills_nor_wakes_them", relief_targets);
    g_test_add_func("/policy/rests/relief_waits_for_its_source", relief_source);
    g_test_add_func("/policy/rests/normalize_neither_wakes_nor_moves_them", normalize);
    g_test_add_func("/policy/rests/a_rest_is_stronger_than_a_pin", pinned_elsewhere);
    g_test_add_func("/policy/rests/drain_does_not_fill_them", drain_target);
    g_test_add_func("/policy/rests/drain_does_not_empty_them", drain_source);
    g_test_add_func("/policy/rests/no_plan_ever_touches_them", any_plan);
    return g_test_run();
}
