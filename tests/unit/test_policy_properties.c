/* What holds of every plan, tried on thousands of random clusters. */
#include "core/base/clock.h"
#include "core/policy/check.h"
#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"
#include "tests/support/policy_random.h"

#define CLUSTERS   3000
#define HOSTS_MOST 10
#define VMS_MOST   40

typedef struct plan *(*plan_func)(const struct cluster *cluster, const struct policy_config *config,
                                  const struct policy_moment *moment);

static struct policy_config make_config(GRand *random, enum policy_kind kind)
{
    struct policy_config config;

    policy_config_init(&config);
    config.kind = kind;
    if (g_rand_int_range(random, 0, 5) == 0)
        config.spare_hosts = (guint)g_rand_int_range(random, 1, 3);
    return config;
}

/* --- What may never be touched --- */

static gboolean shares_group(const struct host *host, const struct vm *vm)
{
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *other = g_ptr_array_index(host->vms, i);
        if (other != vm && vm_is_active(other) && vm->group &&
            g_strcmp0(vm->group, other->group) == 0)
            return TRUE;
    }
    return FALSE;
}

static void check_host_at_hand(const struct cluster *cluster, const struct host *host,
                               const struct policy_config *config)
{
    g_assert_false(host->maintenance);
    g_assert_cmpint(policy_classify(host, config, LAB_NOW_US), !=, CLASS_DOUBT);
    for (guint i = 0; i < cluster->claimed->len; i++)
        g_assert_true(((struct vm *)g_ptr_array_index(cluster->claimed, i))->also_on != host);
}

/* On a copy that is moved along, so that each step is judged as things are then. */
static void check_step(struct cluster *now, const struct cluster *before,
                       const struct plan_step *step, const struct policy_config *config)
{
    struct vm *vm = cluster_find_vm(now, step->vm);
    struct host *to = cluster_find_host(now, step->to);
    const struct host *from_before = cluster_find_host(before, step->from);
    const struct host *to_before = cluster_find_host(before, step->to);
    const struct host *origin = cluster_find_vm(before, step->vm)->host;

    g_assert_true(vm->state == VM_RUNNING || vm->state == VM_PAUSED);
    g_assert_null(vm->also_on);
    g_assert_cmpint(vm->missing_since_us, ==, 0);
    g_assert_true(!vm->pin || g_str_equal(vm->pin, step->to));
    check_host_at_hand(before, from_before, config);
    check_host_at_hand(before, to_before, config);
    g_assert_true(!origin->cpu_model || !to->cpu_model ||
                  g_str_equal(origin->cpu_model, to->cpu_model));
    g_assert_cmpint(from_before->can_migrate, !=, HOST_MIGRATION_UNABLE);
    g_assert_cmpint(to_before->can_migrate, !=, HOST_MIGRATION_UNABLE);
    g_assert_false(host_hypervisors_differ(origin, to));
    g_assert_false(shares_group(to, vm));
    cluster_move_vm(now, vm, to, LAB_NOW_US);
}

/* A source that an operator names may be in maintenance; a target may not, nor be in doubt. */
static void check_spread(const struct cluster *before, const struct plan *plan,
                         const struct policy_config *config)
{
    autoptr(cluster) now = cluster_copy(before);

    g_assert_nonnull(plan->summary);
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        struct vm *vm = cluster_find_vm(now, step->vm);
        struct host *to = cluster_find_host(now, step->to);
        g_assert_true(vm->state == VM_RUNNING || vm->state == VM_PAUSED);
        g_assert_null(vm->also_on);
        g_assert_true(!vm->pin || g_str_equal(vm->pin, step->to));
        check_host_at_hand(before, cluster_find_host(before, step->to), config);
        g_assert_false(shares_group(to, vm));
        g_assert_cmpint(to->can_migrate, !=, HOST_MIGRATION_UNABLE);
        cluster_move_vm(now, vm, to, LAB_NOW_US);
    }
}

static void check_steps(const struct cluster *cluster, const struct plan *plan,
                        const struct policy_config *config)
{
    autoptr(cluster) now = cluster_copy(cluster);

    for (guint i = 0; i < plan->steps->len; i++)
        if (plan_step(plan, i)->action == PLAN_MIGRATE)
            check_step(now, cluster, plan_step(plan, i), config);
}

static void check_offs(const struct cluster *cluster, const struct plan *plan)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        const struct host *host = cluster_find_host(cluster, step->from);
        if (step->action == PLAN_OFF) {
            g_assert_true(host_can_wake(host));
            g_assert_nonnull(host->users);
            g_assert_null(host->users[0]);
            g_assert_false(host->maintenance);
        } else if (step->action == PLAN_WAKE) {
            g_assert_true(host_can_wake(host));
            g_assert_false(host->maintenance);
        }
    }
}

static void check_once(const struct plan *plan)
{
    g_autoptr(GHashTable) moved = g_hash_table_new(g_str_hash, g_str_equal);

    for (guint i = 0; i < plan->steps->len; i++)
        if (plan_step(plan, i)->action == PLAN_MIGRATE)
            g_assert_true(g_hash_table_add(moved, (gpointer)plan_step(plan, i)->vm));
}

static void check_plan(const struct cluster *cluster, const struct plan *plan,
                       const struct policy_config *config)
{
    g_assert_nonnull(plan->summary);
    g_assert_true((plan->kind == PLAN_NOTHING) == (plan->steps->len == 0));
    check_steps(cluster, plan, config);
    check_offs(cluster, plan);
    if (plan->kind == PLAN_COMPACT)
        check_once(plan);
}

/* --- One decision --- */

static void each_plan_is_safe(plan_func make_plan, enum policy_kind kind)
{
    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        struct policy_config config = make_config(random, kind);
        struct policy_moment moment = lab_moment(LAB_NOW_US);
        autoptr(plan) plan = make_plan(cluster, &config, &moment);

        check_plan(cluster, plan, &config);
        lab_apply(cluster, plan, &config, LAB_NOW_US);
    }
}

static void pack_is_safe(void)
{
    each_plan_is_safe(policy_decide, POLICY_PACK);
}

static void pairs_is_safe(void)
{
    each_plan_is_safe(policy_decide, POLICY_PAIRS);
}

static void normalize_is_safe(void)
{
    each_plan_is_safe(policy_normalize, POLICY_PACK);
}

static void drain_is_safe(void)
{
    guint drained = 0;

    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        struct policy_config config = make_config(random, POLICY_PACK);
        struct policy_moment moment = lab_moment(LAB_NOW_US);
        struct host *host = g_ptr_array_index(cluster->hosts, 0);
        autoptr(plan) plan = policy_drain(cluster, &config, &moment, host);

        for (guint i = 0; i < plan->steps->len; i++)
            if (plan_step(plan, i)->action == PLAN_MIGRATE)
                g_assert_cmpstr(plan_step(plan, i)->from, ==, host->name);
        drained += plan->migrations;
        lab_apply(cluster, plan, &config, LAB_NOW_US);
    }
    g_assert_cmpuint(drained, >, CLUSTERS / 2);
}

/* --- Spread --- */

static void check_same_steps(const struct plan *a, const struct plan *b)
{
    g_assert_cmpstr(a->summary, ==, b->summary);
    g_assert_cmpuint(a->steps->len, ==, b->steps->len);
    for (guint i = 0; i < a->steps->len; i++) {
        g_autofree char *left = plan_step_explain(plan_step(a, i));
        g_autofree char *right = plan_step_explain(plan_step(b, i));
        g_assert_cmpstr(left, ==, right);
        g_assert_cmpuint(plan_step(a, i)->after, ==, plan_step(b, i)->after);
    }
}

/* Some VMs and, mostly, some hosts; now and then one twice. */
static void pick(GRand *random, const struct cluster *cluster, GPtrArray *vms, GPtrArray *hosts)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (g_rand_int_range(random, 0, 2) == 0)
            g_ptr_array_add(hosts, (gpointer)host);
        for (guint j = 0; j < host->vms->len; j++)
            for (guint times = (guint)g_rand_int_range(random, 0, 3); times > 0; times--)
                g_ptr_array_add(vms, g_ptr_array_index(host->vms, j));
    }
}

static void check_targets(const struct plan *plan, GPtrArray *vms, GPtrArray *hosts,
                          const struct cluster *cluster)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        g_assert_cmpint(step->action, ==, PLAN_MIGRATE);
        g_assert_true(g_ptr_array_find(vms, cluster_find_vm(cluster, step->vm), NULL));
        g_assert_true(!hosts ||
                      g_ptr_array_find(hosts, cluster_find_host(cluster, step->to), NULL));
    }
}

/* The steps can be done in any order, as the console asks for them one by one. */
static void check_any_order(GRand *random, const struct cluster *cluster, const struct plan *plan,
                            const struct policy_config *config)
{
    autoptr(cluster) now = cluster_copy(cluster);
    g_autofree guint *order = g_new(guint, plan->steps->len + 1);

    for (guint i = 0; i < plan->steps->len; i++) {
        guint other = (guint)g_rand_int_range(random, 0, (gint)i + 1);
        order[i] = order[other];
        order[other] = i;
    }
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, order[i]);
        struct vm *vm = cluster_find_vm(now, step->vm);
        struct host *to = cluster_find_host(now, step->to);
        enum check_reason reason = check_migrate(vm, to, config, LAB_NOW_US, 0, 0);
        g_assert_cmpint(reason, ==, CHECK_OK);
        cluster_move_vm(now, vm, to, LAB_NOW_US);
        /* What it took with it is no longer the busy CPU of where it was. */
        lab_add_load(cluster_find_host(now, step->from), -vm->cpu_permille);
        lab_add_load(to, vm->cpu_permille);
    }
}

static void spread_is_safe(void)
{
    guint moved = 0;

    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        struct policy_config config = make_config(random, POLICY_PACK);
        struct policy_moment moment = lab_moment(LAB_NOW_US);
        g_autoptr(GPtrArray) vms = g_ptr_array_new();
        g_autoptr(GPtrArray) hosts = g_ptr_array_new();
        pick(random, cluster, vms, hosts);
        const struct spread spread = {vms, seed % 3 ? hosts : NULL, NULL};
        autoptr(plan) plan = policy_spread(cluster, &config, &moment, &spread);

        check_spread(cluster, plan, &config);
        check_targets(plan, vms, seed % 3 ? hosts : NULL, cluster);
        check_any_order(random, cluster, plan, &config);
        moved += plan->migrations;
        lab_apply(cluster, plan, &config, LAB_NOW_US);
    }
    g_test_message("%u moves", moved);
    g_assert_cmpuint(moved, >, CLUSTERS);
}

static void shuffle(GRand *random, GPtrArray *array)
{
    for (guint i = array->len; i > 1; i--) {
        guint other = (guint)g_rand_int_range(random, 0, (gint)i);
        gpointer kept = array->pdata[i - 1];
        array->pdata[i - 1] = array->pdata[other];
        array->pdata[other] = kept;
    }
}

/* The same by name in another cluster. */
static GPtrArray *same_vms(const GPtrArray *vms, const struct cluster *other)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < vms->len; i++)
        g_ptr_array_add(found, cluster_find_vm(other, ((struct vm *)vms->pdata[i])->name));
    return found;
}

static GPtrArray *same_hosts(const GPtrArray *hosts, const struct cluster *other)
{
    GPtrArray *found = g_ptr_array_new();

    for (guint i = 0; i < hosts->len; i++)
        g_ptr_array_add(found, cluster_find_host(other, ((struct host *)hosts->pdata[i])->name));
    return found;
}

/* Of hosts, of VMs, and of the lists it is asked with. */
static void order_is_nothing_to_spread(void)
{
    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        autoptr(cluster) shuffled = cluster_copy(cluster);
        struct policy_config config = make_config(random, POLICY_PACK);
        struct policy_moment moment = lab_moment(LAB_NOW_US);
        g_autoptr(GPtrArray) vms = g_ptr_array_new();
        g_autoptr(GPtrArray) hosts = g_ptr_array_new();
        pick(random, cluster, vms, hosts);
        random_shuffle_vms(random, shuffled);
        random_shuffle_hosts(random, shuffled);
        g_autoptr(GPtrArray) other_vms = same_vms(vms, shuffled);
        g_autoptr(GPtrArray) other_hosts = same_hosts(hosts, shuffled);
        shuffle(random, other_vms);
        shuffle(random, other_hosts);
        const struct spread spread = {vms, seed % 3 ? hosts : NULL, NULL};
        const struct spread other = {other_vms, seed % 3 ? other_hosts : NULL, NULL};
        autoptr(plan) plan = policy_spread(cluster, &config, &moment, &spread);
        autoptr(plan) again = policy_spread(shuffled, &config, &moment, &other);
        check_same_steps(plan, again);
    }
}

/* --- One after another --- */

static gint64 settle(struct cluster *cluster, gint64 now_us)
{
    now_us += CLOCK_HOUR_US;
    lab_freshen(cluster, now_us);
    return now_us;
}

static void comes_to_rest(enum policy_kind kind)
{
    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        struct policy_config config = make_config(random, kind);
        gint64 now_us = LAB_NOW_US;
        guint cycle;

        for (cycle = 0; cycle < 200; cycle++) {
            struct policy_moment moment = lab_moment(now_us);
            autoptr(plan) plan = policy_decide(cluster, &config, &moment);
            if (plan->steps->len == 0)
                break;
            lab_apply(cluster, plan, &config, now_us);
            now_us = settle(cluster, now_us);
        }
        g_assert_cmpuint(cycle, <, 200);
    }
}

static void pack_comes_to_rest(void)
{
    comes_to_rest(POLICY_PACK);
}

static void pairs_comes_to_rest(void)
{
    comes_to_rest(POLICY_PAIRS);
}

static gboolean any_over(const struct cluster *cluster, const struct policy_config *config)
{
    autoptr(policy_lists) lists = policy_lists_new(cluster, config, LAB_NOW_US);

    return lists->of[CLASS_OVER]->len > 0;
}

static void pack_is_done_at_once(void)
{
    guint compacted = 0;

    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster =
            random_cluster(random, seed % 10 ? HOSTS_MOST : 40, seed % 10 ? VMS_MOST : 200);
        struct policy_config config = make_config(random, POLICY_PACK);
        struct policy_moment moment = lab_moment(LAB_NOW_US);
        autoptr(plan) plan = policy_decide(cluster, &config, &moment);

        /* With a host over that cannot be helped yet, compaction may make room to help it. */
        if (plan->kind != PLAN_COMPACT || any_over(cluster, &config))
            continue;
        compacted += plan->migrations > 0 ? 1 : 0;
        lab_apply(cluster, plan, &config, LAB_NOW_US);
        moment.now_us = settle(cluster, LAB_NOW_US);
        autoptr(plan) again = policy_decide(cluster, &config, &moment);
        if (again->migrations > 0)
            g_test_message("seed %u: %s, then %s", seed, plan->summary, again->summary);
        g_assert_cmpuint(again->migrations, ==, 0);
    }
    g_test_message("%u plans with moves", compacted);
    g_assert_cmpuint(compacted, >, CLUSTERS / 10);
}

static void normalize_is_done_at_once(void)
{
    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        struct policy_config config = make_config(random, POLICY_PACK);
        struct policy_moment moment = lab_moment(LAB_NOW_US);
        autoptr(plan) plan = policy_normalize(cluster, &config, &moment);

        lab_apply(cluster, plan, &config, LAB_NOW_US);
        moment.now_us = settle(cluster, LAB_NOW_US);
        autoptr(plan) again = policy_normalize(cluster, &config, &moment);
        for (guint i = 0; i < again->steps->len; i++)
            if (plan_step(again, i)->action == PLAN_WAKE)
                g_assert_not_reached();
    }
}

/* --- Order --- */

static void order_of_vms(plan_func make_plan, enum policy_kind kind)
{
    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        autoptr(cluster) shuffled = cluster_copy(cluster);
        struct policy_config config = make_config(random, kind);
        struct policy_moment moment = lab_moment(LAB_NOW_US);

        random_shuffle_vms(random, shuffled);
        autoptr(plan) plan = make_plan(cluster, &config, &moment);
        autoptr(plan) other = make_plan(shuffled, &config, &moment);
        check_same_steps(plan, other);
    }
}

static void order_of_vms_is_nothing(void)
{
    order_of_vms(policy_decide, POLICY_PACK);
    order_of_vms(policy_decide, POLICY_PAIRS);
    order_of_vms(policy_normalize, POLICY_PACK);
}

static void order_of_hosts_keeps_count(void)
{
    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        autoptr(cluster) shuffled = cluster_copy(cluster);
        struct policy_config config = make_config(random, POLICY_PACK);
        struct policy_moment moment = lab_moment(LAB_NOW_US);

        random_shuffle_hosts(random, shuffled);
        autoptr(plan) plan = policy_decide(cluster, &config, &moment);
        autoptr(plan) other = policy_decide(shuffled, &config, &moment);
        g_assert_cmpuint(plan->hosts_on_after, ==, other->hosts_on_after);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/properties/pack_never_exceeds_memory_nor_touches_what_it_must_not",
                    pack_is_safe);
    g_test_add_func("/policy/properties/pairs_never_exceeds_memory_nor_touches_what_it_must_not",
                    pairs_is_safe);
    g_test_add_func(
        "/policy/properties/normalize_never_exceeds_memory_nor_touches_what_it_must_not",
        normalize_is_safe);
    g_test_add_func("/policy/properties/drain_moves_from_that_host_only", drain_is_safe);
    g_test_add_func("/policy/properties/spread_never_exceeds_memory_in_any_order", spread_is_safe);
    g_test_add_func("/policy/properties/spread_is_the_same_in_any_order",
                    order_is_nothing_to_spread);
    g_test_add_func("/policy/properties/pack_comes_to_rest", pack_comes_to_rest);
    g_test_add_func("/policy/properties/pairs_comes_to_rest", pairs_comes_to_rest);
    g_test_add_func("/policy/properties/pack_finds_nothing_more_afterwards", pack_is_done_at_once);
    g_test_add_func("/policy/properties/normalize_wakes_nothing_more_afterwards",
                    normalize_is_done_at_once);
    g_test_add_func("/policy/properties/order_of_vms_changes_nothing", order_of_vms_is_nothing);
    g_test_add_func("/policy/properties/order_of_hosts_keeps_their_number",
                    order_of_hosts_keeps_count);
    return g_test_run();
}
