/* pack beside the best there is, found by trying everything on small clusters. */
#include "core/policy/check.h"
#include "core/policy/policy.h"
#include "tests/support/policy_lab.h"
#include "tests/support/policy_random.h"

#define CLUSTERS   4000
#define HOSTS_MOST 7
#define VMS_MOST   14

struct spot {
    const struct host *host;
    gboolean takes;
    gboolean may_close;
    gboolean closed;
    guint64 free_kib;
    gint64 free_vms;
    gint64 free_cpu;
    GPtrArray *vms;
};

struct brute {
    struct spot spots[HOSTS_MOST];
    guint n;
    guint best;
};

static gboolean is_claimed(const struct cluster *cluster, const struct host *host)
{
    for (guint i = 0; i < cluster->claimed->len; i++)
        if (((struct vm *)g_ptr_array_index(cluster->claimed, i))->also_on == host)
            return TRUE;
    return FALSE;
}

static gboolean holds_a_held_vm(const struct host *host)
{
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);
        if (vm->state == VM_LOST || vm->state == VM_UNKNOWN)
            return TRUE;
        if (vm_is_active(vm) && (vm->also_on || vm->pin || vm->missing_since_us))
            return TRUE;
    }
    return FALSE;
}

static gboolean may_go_off(const struct host *host)
{
    return host->role != HOST_MANAGER && host_can_wake(host) && host->users && !host->users[0];
}

static void take_spot(struct spot *spot, const struct cluster *cluster, struct host *host,
                      const struct policy_config *config)
{
    enum host_class class = policy_classify(host, config, LAB_NOW_US);
    gboolean at_hand = host->state == HOST_ON && class != CLASS_DOUBT && class != CLASS_OVER &&
                       !host->maintenance && !is_claimed(cluster, host);
    gboolean idle = class == CLASS_OFF;

    *spot = (struct spot){.host = host, .vms = g_ptr_array_new()};
    spot->may_close = at_hand && class == CLASS_UNDER && may_go_off(host) && !holds_a_held_vm(host);
    spot->takes = at_hand && !(idle && may_go_off(host) && !holds_a_held_vm(host));
    spot->free_kib = host->mem_kib - host_active_mem_kib(host);
    spot->free_vms =
        (gint64)host_most_vms(host, config->vm_min_kib) - (gint64)host_active_vms(host);
    spot->free_cpu = (gint64)host->cpus * 810 - host->load15_permille;
    for (guint i = 0; i < host->vms->len; i++)
        if (vm_is_active(g_ptr_array_index(host->vms, i)))
            g_ptr_array_add(spot->vms, g_ptr_array_index(host->vms, i));
}

static gboolean fits(const struct spot *spot, const struct vm *vm)
{
    const char *from = vm->host->cpu_model;

    if (!spot->takes || spot->closed || spot->free_kib < vm->mem_kib || spot->free_vms < 1 ||
        spot->free_cpu < vm->cpu_permille ||
        (spot->host->mem_available_kib && spot->host->mem_available_kib < vm->mem_kib) ||
        !host_may_migrate(vm->host) || host_hypervisors_differ(vm->host, spot->host) ||
        (from && spot->host->cpu_model && !g_str_equal(from, spot->host->cpu_model)))
        return FALSE;
    for (guint i = 0; vm->group && i < spot->vms->len; i++)
        if (g_strcmp0(((struct vm *)g_ptr_array_index(spot->vms, i))->group, vm->group) == 0)
            return FALSE;
    return TRUE;
}

static gboolean place(struct brute *brute, GPtrArray *moving, guint from)
{
    struct vm *vm;

    if (from == moving->len)
        return TRUE;
    vm = g_ptr_array_index(moving, from);
    for (guint i = 0; i < brute->n; i++) {
        struct spot *spot = &brute->spots[i];
        gboolean done;
        if (!fits(spot, vm))
            continue;
        spot->free_kib -= vm->mem_kib;
        spot->free_vms--;
        spot->free_cpu -= vm->cpu_permille;
        g_ptr_array_add(spot->vms, vm);
        done = place(brute, moving, from + 1);
        g_ptr_array_remove_index(spot->vms, spot->vms->len - 1);
        spot->free_kib += vm->mem_kib;
        spot->free_vms++;
        spot->free_cpu += vm->cpu_permille;
        if (done)
            return TRUE;
    }
    return FALSE;
}

static void try_set(struct brute *brute, guint set)
{
    g_autoptr(GPtrArray) moving = g_ptr_array_new();
    guint size = (guint)__builtin_popcount(set);

    for (guint i = 0; i < brute->n; i++) {
        gboolean closed = (set & 1u << i) != 0;
        brute->spots[i].closed = closed;
        if (closed && !brute->spots[i].may_close)
            return;
        for (guint j = 0; closed && j < brute->spots[i].vms->len; j++)
            g_ptr_array_add(moving, g_ptr_array_index(brute->spots[i].vms, j));
    }
    if (size > brute->best && place(brute, moving, 0))
        brute->best = size;
}

/* The greatest number of hosts that can be emptied. */
static guint find_best(const struct cluster *cluster, const struct policy_config *config)
{
    struct brute brute = {.n = cluster->hosts->len};

    for (guint i = 0; i < brute.n; i++)
        take_spot(&brute.spots[i], cluster, g_ptr_array_index(cluster->hosts, i), config);
    for (guint set = 1; set < 1u << brute.n; set++)
        try_set(&brute, set);
    for (guint i = 0; i < brute.n; i++)
        g_ptr_array_unref(brute.spots[i].vms);
    return brute.best;
}

static guint count_emptied(const struct plan *plan)
{
    guint count = 0;

    for (guint i = 0; i < plan->steps->len; i++)
        count += plan_step(plan, i)->action == PLAN_OFF && plan_step(plan, i)->after != PLAN_NO_STEP
                     ? 1
                     : 0;
    return count;
}

static gboolean any_over(const struct cluster *cluster, const struct policy_config *config)
{
    autoptr(policy_lists) lists = policy_lists_new(cluster, config, LAB_NOW_US);

    return lists->of[CLASS_OVER]->len > 0;
}

static void near_the_best(void)
{
    guint tried = 0, best = 0, emptied = 0;
    struct policy_config config;

    policy_config_init(&config);
    for (guint seed = 0; seed < CLUSTERS; seed++) {
        g_autoptr(GRand) random = g_rand_new_with_seed(seed + 100000);
        autoptr(cluster) cluster = random_cluster(random, HOSTS_MOST, VMS_MOST);
        struct policy_moment moment = lab_moment(LAB_NOW_US);
        guint most, found;

        if (any_over(cluster, &config))
            continue;
        autoptr(plan) plan = policy_decide(cluster, &config, &moment);
        most = find_best(cluster, &config);
        found = count_emptied(plan);
        tried++;
        best += found == most ? 1 : 0;
        emptied += found;
        if (found != most)
            g_test_message("seed %u: %u of %u", seed, found, most);
        /* More than the best would mean that a rule was broken. */
        g_assert_cmpuint(found, <=, most);
        g_assert_cmpuint(found + 1, >=, most);
    }
    g_test_message("%u of %u as good as can be, %u hosts emptied", best, tried, emptied);
    g_assert_cmpuint(best * 100, >=, tried * 95);
    g_assert_cmpuint(emptied, >, tried / 3);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/policy/pack/is_as_good_as_trying_everything", near_the_best);
    return g_test_run();
}
