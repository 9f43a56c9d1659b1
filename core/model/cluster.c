#include "core/model/cluster.h"

#include <gio/gio.h>

#include "core/base/error.h"
#include "core/base/text.h"

static void vm_free(gpointer data)
{
    struct vm *vm = data;

    g_free(vm->name);
    g_free(vm->uuid);
    g_free(vm->mac);
    g_free(vm->home);
    g_free(vm->pin);
    g_free(vm->group);
    g_free(vm);
}

static void host_free(gpointer data)
{
    struct host *host = data;

    g_free(host->name);
    g_free(host->address);
    g_free(host->mac);
    g_free(host->broadcast);
    g_free(host->cpu_model);
    g_free(host->hypervisor);
    g_free(host->note);
    g_free(host->rack);
    g_free(host->room);
    g_free(host->lab);
    g_free(host->trouble);
    g_strfreev(host->users);
    g_ptr_array_unref(host->vms);
    g_clear_pointer(&host->told_vms, g_ptr_array_unref);
    g_free(host);
}

struct cluster *cluster_new(const char *name)
{
    struct cluster *cluster = g_new0(struct cluster, 1);

    cluster->name = g_strdup(name);
    cluster->hosts = g_ptr_array_new_with_free_func(host_free);
    cluster->hosts_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    cluster->hosts_by_address = g_hash_table_new(g_str_hash, g_str_equal);
    cluster->vms_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    cluster->claimed = g_ptr_array_new();
    return cluster;
}

void cluster_free(struct cluster *cluster)
{
    if (!cluster)
        return;
    g_hash_table_unref(cluster->hosts_by_name);
    g_hash_table_unref(cluster->hosts_by_address);
    g_hash_table_unref(cluster->vms_by_name);
    g_ptr_array_unref(cluster->claimed);
    g_ptr_array_unref(cluster->hosts);
    g_free(cluster->name);
    g_free(cluster);
}

static void cluster_take_host(struct cluster *cluster, struct host *host)
{
    host->index = cluster->hosts->len;
    g_ptr_array_add(cluster->hosts, host);
    g_hash_table_insert(cluster->hosts_by_name, host->name, host);
    g_hash_table_insert(cluster->hosts_by_address, host->address, host);
}

/* Its VMs are no longer those that the last report named. */
static void vms_change(struct host *host)
{
    g_clear_pointer(&host->told_vms, g_ptr_array_unref);
}

static void cluster_take_vm(struct cluster *cluster, struct host *host, struct vm *vm)
{
    vms_change(host);
    vm->host = host;
    g_ptr_array_add(host->vms, vm);
    g_hash_table_insert(cluster->vms_by_name, vm->name, vm);
}

static struct vm *vm_copy(const struct vm *vm)
{
    struct vm *copy = g_memdup2(vm, sizeof *vm);

    copy->name = g_strdup(vm->name);
    copy->uuid = g_strdup(vm->uuid);
    copy->mac = g_strdup(vm->mac);
    copy->home = g_strdup(vm->home);
    copy->pin = g_strdup(vm->pin);
    copy->group = g_strdup(vm->group);
    return copy;
}

static struct host *host_copy(const struct host *host)
{
    struct host *copy = g_memdup2(host, sizeof *host);

    copy->name = g_strdup(host->name);
    copy->address = g_strdup(host->address);
    copy->mac = g_strdup(host->mac);
    copy->broadcast = g_strdup(host->broadcast);
    copy->cpu_model = g_strdup(host->cpu_model);
    copy->hypervisor = g_strdup(host->hypervisor);
    copy->note = g_strdup(host->note);
    copy->rack = g_strdup(host->rack);
    copy->room = g_strdup(host->room);
    copy->lab = g_strdup(host->lab);
    copy->trouble = g_strdup(host->trouble);
    copy->users = g_strdupv(host->users);
    copy->vms = g_ptr_array_new_with_free_func(vm_free);
    copy->told_vms = NULL;
    return copy;
}

struct cluster *cluster_copy(const struct cluster *cluster)
{
    struct cluster *copy = cluster_new(cluster->name);

    for (guint i = 0; i < cluster->hosts->len; i++)
        cluster_take_host(copy, host_copy(g_ptr_array_index(cluster->hosts, i)));
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        for (guint j = 0; j < host->vms->len; j++) {
            struct vm *vm = vm_copy(g_ptr_array_index(host->vms, j));
            if (vm->also_on) {
                vm->also_on = g_ptr_array_index(copy->hosts, vm->also_on->index);
                g_ptr_array_add(copy->claimed, vm);
            }
            cluster_take_vm(copy, g_ptr_array_index(copy->hosts, i), vm);
        }
    }
    return copy;
}

/* Names and addresses share one space, so that either finds one host only. */
static gboolean host_word_is_free(const struct cluster *cluster, const char *word, const char *what,
                                  GError **error)
{
    const struct host *other = cluster_find_host(cluster, word);

    if (!other)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                "host %s: its %s is already in the cluster: %s (%s)", word, what, other->name,
                other->address);
    return FALSE;
}

struct host *cluster_add_host(struct cluster *cluster, const char *name, const char *address,
                              GError **error)
{
    g_autoptr(GInetAddress) parsed = address ? g_inet_address_new_from_string(address) : NULL;
    g_autofree char *plain = NULL; /* one address can be written in several ways */
    struct host *host;

    if (!text_check_name(name, error)) {
        g_prefix_error(error, "host: ");
        return NULL;
    }
    if (!parsed) {
        g_autofree char *shown = text_escape(address);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "host %s: \"%s\" is not a numeric IPv4 or IPv6 address", name, shown);
        return NULL;
    }
    plain = g_inet_address_to_string(parsed);
    if (!host_word_is_free(cluster, name, "name", error) ||
        !host_word_is_free(cluster, plain, "address", error))
        return NULL;
    host = g_new0(struct host, 1);
    host->name = g_strdup(name);
    host->address = g_steal_pointer(&plain);
    host->state = HOST_OFF;
    host->role = cluster->hosts->len == 0 ? HOST_MANAGER : HOST_NODE;
    host->load15_permille = -1;
    host->cpu_permille = -1;
    host->vms = g_ptr_array_new_with_free_func(vm_free);
    cluster_take_host(cluster, host);
    return host;
}

struct host *cluster_adopt_host(struct cluster *cluster, const struct host *known, GError **error)
{
    struct host *host;

    if (!host_word_is_free(cluster, known->name, "name", error) ||
        !host_word_is_free(cluster, known->address, "address", error))
        return NULL;
    host = host_copy(known);
    host->role = cluster->hosts->len == 0 ? HOST_MANAGER : HOST_NODE;
    cluster_take_host(cluster, host);
    for (guint i = 0; i < known->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(known->vms, i);
        struct vm *copy;
        if (cluster_find_vm(cluster, vm->name))
            continue;
        copy = vm_copy(vm);
        copy->also_on = NULL;
        copy->also_on_at_us = 0;
        cluster_take_vm(cluster, host, copy);
    }
    return host;
}

static void forget_claims(struct cluster *cluster, const struct host *host)
{
    for (guint i = cluster->claimed->len; i > 0; i--) {
        struct vm *vm = g_ptr_array_index(cluster->claimed, i - 1);
        if (vm->also_on == host)
            cluster_set_claim(cluster, vm, NULL, 0);
    }
}

void cluster_remove_host(struct cluster *cluster, struct host *host)
{
    gboolean was_manager = host->role == HOST_MANAGER;

    forget_claims(cluster, host);
    while (host->vms->len > 0)
        cluster_remove_vm(cluster, g_ptr_array_index(host->vms, host->vms->len - 1));
    g_hash_table_remove(cluster->hosts_by_name, host->name);
    g_hash_table_remove(cluster->hosts_by_address, host->address);
    g_ptr_array_remove_index(cluster->hosts, host->index);
    for (guint i = 0; i < cluster->hosts->len; i++)
        ((struct host *)g_ptr_array_index(cluster->hosts, i))->index = i;
    if (was_manager && cluster->hosts->len > 0)
        ((struct host *)g_ptr_array_index(cluster->hosts, 0))->role = HOST_MANAGER;
}

struct host *cluster_find_host(const struct cluster *cluster, const char *name_or_address)
{
    struct host *host = g_hash_table_lookup(cluster->hosts_by_name, name_or_address);

    return host ? host : g_hash_table_lookup(cluster->hosts_by_address, name_or_address);
}

void cluster_set_manager(struct cluster *cluster, struct host *host)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *other = g_ptr_array_index(cluster->hosts, i);
        other->role = other == host ? HOST_MANAGER : HOST_NODE;
    }
}

struct host *cluster_manager(const struct cluster *cluster)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        if (host->role == HOST_MANAGER)
            return host;
    }
    return NULL;
}

struct vm *cluster_add_vm(struct cluster *cluster, struct host *host, const char *name,
                          GError **error)
{
    struct vm *vm;

    if (!text_check_name(name, error)) {
        g_prefix_error(error, "host %s: vm: ", host->name);
        return NULL;
    }
    vm = cluster_find_vm(cluster, name);
    if (vm) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "host %s: vm %s is already in the cluster, on %s", host->name, name,
                    vm->host->name);
        return NULL;
    }
    vm = g_new0(struct vm, 1);
    vm->name = g_strdup(name);
    vm->cpu_permille = -1;
    vm->persistent = TRUE;
    cluster_take_vm(cluster, host, vm);
    return vm;
}

void cluster_remove_vm(struct cluster *cluster, struct vm *vm)
{
    cluster_set_claim(cluster, vm, NULL, 0);
    g_hash_table_remove(cluster->vms_by_name, vm->name);
    vms_change(vm->host);
    g_ptr_array_remove(vm->host->vms, vm);
}

struct vm *cluster_find_vm(const struct cluster *cluster, const char *name)
{
    return g_hash_table_lookup(cluster->vms_by_name, name);
}

void cluster_move_vm(struct cluster *cluster, struct vm *vm, struct host *to, gint64 now_us)
{
    guint place;

    if (vm->host == to || !g_ptr_array_find(vm->host->vms, vm, &place))
        return;
    vms_change(vm->host);
    vms_change(to);
    g_ptr_array_steal_index(vm->host->vms, place);
    vm->host->changed_at_us = now_us;
    g_ptr_array_add(to->vms, vm);
    to->changed_at_us = now_us;
    vm->host = to;
    vm->moved_at_us = now_us;
    vm->missing_since_us = 0;
    vm->cpu_samples = 0;
    cluster_set_claim(cluster, vm, NULL, 0);
}

void cluster_set_claim(struct cluster *cluster, struct vm *vm, struct host *by, gint64 now_us)
{
    if (by && !vm->also_on)
        g_ptr_array_add(cluster->claimed, vm);
    else if (!by && vm->also_on)
        g_ptr_array_remove_fast(cluster->claimed, vm);
    vm->also_on = by;
    vm->also_on_at_us = by ? now_us : 0;
}

guint cluster_count_vms(const struct cluster *cluster)
{
    return g_hash_table_size(cluster->vms_by_name);
}

guint cluster_count_active_vms(const struct cluster *cluster)
{
    guint count = 0;

    for (guint i = 0; i < cluster->hosts->len; i++)
        count += host_active_vms(g_ptr_array_index(cluster->hosts, i));
    return count;
}

double cluster_mean_load(const struct cluster *cluster)
{
    double sum = 0;
    guint n = 0;

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);

        if (host->state != HOST_ON || host_load_permille(host) < 0)
            continue;
        sum += host_load_permille(host) / 1000.0;
        n++;
    }
    return n > 0 ? sum / n : -1;
}
