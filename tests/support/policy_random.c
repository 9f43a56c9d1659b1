#include "tests/support/policy_random.h"

#include "tests/support/policy_lab.h"

#define VM_MIN_KIB LAB_MIB(256)

static guint pick(GRand *random, guint n)
{
    return (guint)g_rand_int_range(random, 0, (gint32)n);
}

static gboolean one_in(GRand *random, guint n)
{
    return pick(random, n) == 0;
}

static void make_odd(GRand *random, struct host *host)
{
    static const enum host_state states[] = {HOST_OFF, HOST_WAKING, HOST_STOPPING,
                                             HOST_UNREACHABLE};

    if (one_in(random, 6))
        host->state = states[pick(random, G_N_ELEMENTS(states))];
    if (one_in(random, 15))
        host->seen_at_us = 1;
    host->maintenance = one_in(random, 12);
    if (one_in(random, 10)) {
        g_strfreev(host->users);
        host->users = one_in(random, 2) ? NULL : g_strsplit("ana bo", " ", -1);
    }
    if (one_in(random, 12))
        host->wake = HOST_WAKE_UNKNOWN;
    if (one_in(random, 25))
        g_clear_pointer(&host->mac, g_free);
    if (one_in(random, 6))
        host->vm_max = 1 + pick(random, 6);
    if (one_in(random, 12))
        host->mem_available_kib = LAB_MIB(64 + pick(random, 1024));
    if (one_in(random, 30))
        host->load15_permille = -1;
}

static void add_host(GRand *random, struct cluster *cluster, guint number, gboolean models)
{
    static const guint mem_mib[] = {1024, 2048, 2048, 4096, 8192};
    static const guint cpus[] = {1, 2, 2, 4};
    g_autofree char *name = g_strdup_printf("pc%u", number);
    struct host *host = lab_add_host(cluster, name, mem_mib[pick(random, G_N_ELEMENTS(mem_mib))]);

    host->cpus = cpus[pick(random, G_N_ELEMENTS(cpus))];
    if (one_in(random, 3))
        lab_add_load(host, 40 * (gint)pick(random, 12));
    make_odd(random, host);
    if (models)
        host->cpu_model = g_strdup(one_in(random, 4) ? "old" : "new");
}

static void make_vm_odd(GRand *random, struct cluster *cluster, struct vm *vm)
{
    const struct host *other = g_ptr_array_index(cluster->hosts, pick(random, cluster->hosts->len));

    g_clear_pointer(&vm->home, g_free);
    if (!one_in(random, 5))
        vm->home = g_strdup(one_in(random, 15) ? "gone" : other->name);
    if (one_in(random, 15))
        vm->pin = g_strdup(one_in(random, 2) ? vm->host->name : other->name);
    if (one_in(random, 5))
        vm->group = g_strdup(one_in(random, 2) ? "web" : "db");
    if (vm->host->state == HOST_UNREACHABLE)
        vm->state = VM_UNKNOWN;
    else if (one_in(random, 20))
        vm->state = VM_PAUSED;
    else if (one_in(random, 20))
        vm->state = one_in(random, 2) ? VM_OFF : VM_LOST;
    if (one_in(random, 40))
        vm->missing_since_us = LAB_NOW_US - 1;
    if (one_in(random, 40) && cluster->hosts->len > 1 && other != vm->host)
        cluster_set_claim(cluster, vm, (struct host *)other, LAB_NOW_US);
}

static void add_vm(GRand *random, struct cluster *cluster, guint number)
{
    static const guint mem_mib[] = {128, 256, 256, 256, 512, 512, 768, 1024, 2048};
    struct host *host = g_ptr_array_index(cluster->hosts, pick(random, cluster->hosts->len));
    guint mib = mem_mib[pick(random, G_N_ELEMENTS(mem_mib))];
    gint cpu = 40 * (gint)pick(random, one_in(random, 6) ? 20 : 4);
    g_autofree char *name = g_strdup_printf("vm%u", number);
    gboolean known = host->load15_permille >= 0;
    struct vm *vm;

    if (host->state != HOST_ON && host->state != HOST_UNREACHABLE)
        return;
    if (host_active_vms(host) >= host_most_vms(host, VM_MIN_KIB) ||
        host_active_mem_kib(host) + LAB_MIB(mib) > host->mem_kib)
        return;
    vm = lab_add_vm(host, cluster, name, mib, cpu);
    make_vm_odd(random, cluster, vm);
    if (!known)
        host->load15_permille = -1;
    if (known && !vm_is_active(vm))
        lab_add_load(host, -cpu);
}

/* Containers that nothing moves, and two kinds of VMs; known of all, as CPU models are. */
static void mix_hypervisors(GRand *random, struct cluster *cluster)
{
    static const char *const names[] = {"QEMU", "QEMU", "Xen", "LXC"};

    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        const char *name = names[pick(random, G_N_ELEMENTS(names))];

        host->hypervisor = g_strdup(name);
        host->can_migrate = g_str_equal(name, "LXC") ? HOST_MIGRATION_UNABLE : HOST_MIGRATION_ABLE;
    }
}

struct cluster *random_cluster(GRand *random, guint hosts_most, guint vms_most)
{
    struct cluster *cluster = cluster_new("random");
    guint n_hosts = 1 + pick(random, hosts_most);
    guint n_vms = pick(random, vms_most + 1);
    /* Known of all or of none: a move by way of a host of unknown model would change what fits. */
    gboolean models = one_in(random, 3);

    for (guint i = 1; i <= n_hosts; i++)
        add_host(random, cluster, i, models);
    for (guint i = 1; i <= n_vms; i++)
        add_vm(random, cluster, i);
    if (one_in(random, 4))
        mix_hypervisors(random, cluster);
    return cluster;
}

static void shuffle(GRand *random, GPtrArray *array)
{
    for (guint i = array->len; i > 1; i--) {
        guint other = pick(random, i);
        gpointer kept = array->pdata[i - 1];
        array->pdata[i - 1] = array->pdata[other];
        array->pdata[other] = kept;
    }
}

void random_shuffle_hosts(GRand *random, struct cluster *cluster)
{
    shuffle(random, cluster->hosts);
    for (guint i = 0; i < cluster->hosts->len; i++)
        ((struct host *)g_ptr_array_index(cluster->hosts, i))->index = i;
}

void random_shuffle_vms(GRand *random, struct cluster *cluster)
{
    for (guint i = 0; i < cluster->hosts->len; i++)
        shuffle(random, ((struct host *)g_ptr_array_index(cluster->hosts, i))->vms);
}
