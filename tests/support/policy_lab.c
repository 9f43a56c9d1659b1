#include "tests/support/policy_lab.h"

struct policy_moment lab_moment(gint64 now_us)
{
    return (struct policy_moment){.now_us = now_us, .until_normal_us = G_MAXINT64};
}

struct host *lab_add_off(struct cluster *cluster, const char *name, guint mem_mib)
{
    guint n = cluster->hosts->len + 1;
    g_autofree char *address = g_strdup_printf("10.%u.%u.%u", n >> 16 & 255, n >> 8 & 255, n & 255);
    struct host *host = cluster_add_host(cluster, name, address, NULL);

    g_assert_nonnull(host);
    host->mac = g_strdup_printf("52:54:00:%02x:%02x:%02x", n >> 16 & 255, n >> 8 & 255, n & 255);
    host->wake = HOST_WAKE_ARMED;
    host->cpus = 2;
    host->mem_kib = LAB_MIB(mem_mib);
    return host;
}

struct host *lab_add_host(struct cluster *cluster, const char *name, guint mem_mib)
{
    struct host *host = lab_add_off(cluster, name, mem_mib);

    host->state = HOST_ON;
    host->seen_at_us = LAB_NOW_US;
    host->users = g_new0(char *, 1);
    host->load15_permille = 0;
    host->cpu_permille = 0;
    return host;
}

void lab_add_load(struct host *host, gint permille)
{
    host->load15_permille += permille;
    host->cpu_permille += permille / (gint)host->cpus;
}

struct vm *lab_add_vm(struct host *host, struct cluster *cluster, const char *name, guint mem_mib,
                      gint cpu_permille)
{
    struct vm *vm = cluster_add_vm(cluster, host, name, NULL);

    g_assert_nonnull(vm);
    vm->state = VM_RUNNING;
    vm->mem_kib = LAB_MIB(mem_mib);
    vm->vcpus = 1;
    vm->cpu_permille = cpu_permille;
    vm->home = g_strdup(host->name);
    vm->seen_at_us = LAB_NOW_US;
    lab_add_load(host, cpu_permille);
    return vm;
}

struct cluster *lab_ercolani(guint n)
{
    struct cluster *cluster = cluster_new("ercolani");

    for (guint i = 1; i <= n; i++) {
        g_autofree char *name = g_strdup_printf("pc%02u", i);
        struct host *host = lab_add_host(cluster, name, 2048);
        lab_add_load(host, 40);
        lab_add_vm(host, cluster, name, 256, 20);
    }
    return cluster;
}

static void apply_migrate(struct cluster *cluster, const struct plan_step *step,
                          const struct policy_config *config, gint64 now_us)
{
    struct vm *vm = cluster_find_vm(cluster, step->vm);
    struct host *to = cluster_find_host(cluster, step->to);
    struct host *from;

    g_assert_nonnull(vm);
    g_assert_nonnull(to);
    from = vm->host;
    g_assert_true(from != to);
    g_assert_cmpstr(from->name, ==, step->from);
    g_assert_cmpuint(from->state, ==, HOST_ON);
    g_assert_cmpuint(to->state, ==, HOST_ON);
    cluster_move_vm(cluster, vm, to, now_us);
    lab_add_load(from, -vm->cpu_permille);
    lab_add_load(to, vm->cpu_permille);
    g_assert_cmpuint(host_active_mem_kib(to), <=, to->mem_kib - config->host_reserve_kib);
    g_assert_cmpuint(host_active_vms(to), <=, host_most_vms(to, config->vm_min_kib));
    g_assert_cmpuint(host_active_vms(from), ==, step->from_vms_after);
    g_assert_cmpuint(host_active_vms(to), ==, step->to_vms_after);
}

static void apply_power(struct cluster *cluster, const struct plan_step *step, gint64 now_us)
{
    struct host *host = cluster_find_host(cluster, step->from);

    g_assert_nonnull(host);
    if (step->action == PLAN_OFF) {
        g_assert_cmpuint(host->state, ==, HOST_ON);
        g_assert_cmpuint(host_active_vms(host), ==, 0);
        g_assert_cmpint(host->role, !=, HOST_MANAGER);
        host_set_state(host, HOST_OFF, now_us);
        return;
    }
    g_assert_cmpuint(host->state, ==, HOST_OFF);
    host_set_state(host, HOST_ON, now_us);
    host->seen_at_us = now_us;
    host->woken_at_us = now_us;
    host->load15_permille = 0;
    host->cpu_permille = 0;
    if (!host->users)
        host->users = g_new0(char *, 1);
}

void lab_apply(struct cluster *cluster, const struct plan *plan, const struct policy_config *config,
               gint64 now_us)
{
    for (guint i = 0; i < plan->steps->len; i++) {
        const struct plan_step *step = plan_step(plan, i);
        g_assert_true(step->after == PLAN_NO_STEP || step->after < i);
        if (step->action == PLAN_MIGRATE)
            apply_migrate(cluster, step, config, now_us);
        else
            apply_power(cluster, step, now_us);
    }
}

void lab_freshen(struct cluster *cluster, gint64 now_us)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (host->state == HOST_ON && host->seen_at_us >= LAB_NOW_US)
            host->seen_at_us = now_us;
    }
}

guint lab_count_on(const struct cluster *cluster)
{
    guint count = 0;

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        count += host->state == HOST_ON ? 1 : 0;
    }
    return count;
}
