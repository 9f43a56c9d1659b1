/* world.c - the hosts and VMs of a simulated lab, and the accounts kept of them. */
#include "core/driver/sim/world.h"

#define DEFAULT_CPUS         2
#define DEFAULT_HOST_MEM_KIB (2 * 1024 * 1024)
#define DEFAULT_VM_MEM_KIB   (256 * 1024)

gint64 sim_now_us(const struct sim_world *world)
{
    return clock_mono_us(world->clock);
}

void sim_sin(struct sim_world *world, const char *format, ...)
{
    va_list args;

    world->sins++;
    if (world->first_sin)
        return;
    va_start(args, format);
    world->first_sin = g_strdup_vprintf(format, args);
    va_end(args);
}

/* --- What runs where --- */

static void count_vm(struct sim_vm *vm, gboolean add)
{
    struct sim_host *host = vm->host;
    struct sim_world *world = host->world;
    gint one = add ? 1 : -1;

    host->running += one;
    host->mem_used_kib += add ? vm->mem_kib : -vm->mem_kib;
    world->vms_running += one;
    if (vm->homeless || host == vm->home)
        world->vms_at_home += one;
}

static void check_ram(const struct sim_host *host, const struct sim_vm *arrived)
{
    if (host->mem_used_kib + host->mem_incoming_kib > host->mem_kib)
        sim_sin(host->world,
                "vm %s: host %s has %" G_GUINT64_FORMAT
                " MiB and now runs VMs of %" G_GUINT64_FORMAT " MiB",
                arrived->name, host->name, host->mem_kib / 1024,
                (host->mem_used_kib + host->mem_incoming_kib) / 1024);
}

void sim_vm_start(struct sim_vm *vm)
{
    if (vm->running) {
        sim_sin(vm->host->world, "vm %s: started on %s while it ran", vm->name, vm->host->name);
        return;
    }
    sim_host_advance(vm->host);
    vm->running = TRUE;
    vm->paused = FALSE;
    vm->autostart = FALSE;
    vm->told_on = NULL;
    count_vm(vm, TRUE);
    check_ram(vm->host, vm);
    sim_vm_begin_idle(vm);
    sim_host_recount(vm->host);
    sim_tell_changed(vm->host->world, vm->host->address);
}

void sim_vm_stop(struct sim_vm *vm)
{
    g_assert(vm->running);
    clock_cancel_timer(vm->host->world->clock, vm->going_down);
    vm->going_down = 0;
    sim_host_advance(vm->host);
    count_vm(vm, FALSE);
    vm->running = FALSE;
    vm->paused = FALSE;
    sim_host_recount(vm->host);
}

void sim_vm_move(struct sim_vm *vm, struct sim_host *to)
{
    struct sim_host *from = vm->host;

    g_assert(vm->running && from != to);
    if (to->power != SIM_ON || from->power != SIM_ON)
        sim_sin(to->world, "vm %s: moved from %s to %s with one of them not on", vm->name,
                from->name, to->name);
    sim_host_advance(from);
    sim_host_advance(to);
    count_vm(vm, FALSE);
    g_ptr_array_remove(from->vms, vm);
    vm->host = to;
    g_ptr_array_add(to->vms, vm);
    if (vm->left_behind == to)
        sim_vm_set_left_behind(vm, NULL);
    count_vm(vm, TRUE);
    check_ram(to, vm);
    sim_host_recount(from);
    sim_host_recount(to);
    sim_tell_changed(from->world, from->address);
    sim_tell_changed(to->world, to->address);
}

void sim_vm_set_paused(struct sim_vm *vm, gboolean paused)
{
    if (!vm->running || vm->paused == paused)
        return;
    sim_host_advance(vm->host);
    vm->paused = paused;
    sim_host_recount(vm->host);
}

void sim_vm_set_left_behind(struct sim_vm *vm, struct sim_host *host)
{
    if (vm->left_behind)
        g_ptr_array_remove(vm->left_behind->left_behind, vm);
    vm->left_behind = host;
    if (!host)
        return;
    if (!host->left_behind)
        host->left_behind = g_ptr_array_new();
    g_ptr_array_add(host->left_behind, vm);
}

/* --- From a description to a world --- */

static void free_vm(gpointer data)
{
    struct sim_vm *vm = data;

    clock_cancel_timer(vm->host->world->clock, vm->going_down);
    g_free(vm->name);
    g_free(vm->uuid);
    g_free(vm->mac);
    g_free(vm->xml);
    g_free(vm);
}

static void free_host(gpointer data)
{
    struct sim_host *host = data;

    clock_cancel_timer(host->world->clock, host->power_timer);
    clock_cancel_timer(host->world->clock, host->death_timer);
    clock_cancel_timer(host->world->clock, host->hang_timer);
    g_free(host->name);
    g_free(host->address);
    g_free(host->mac);
    g_free(host->broadcast);
    g_free(host->cpu_model);
    g_free(host->hypervisor);
    g_clear_error(&host->absent_error);
    g_ptr_array_unref(host->vms);
    g_clear_pointer(&host->told_vms, g_ptr_array_unref);
    if (host->left_behind)
        g_ptr_array_unref(host->left_behind);
    g_free(host);
}

static char *mac_or_made(const char *mac, guint kind, guint number)
{
    if (mac)
        return g_ascii_strdown(mac, -1);
    return g_strdup_printf("52:55:%02x:%02x:%02x:%02x", kind, number >> 16 & 0xff,
                           number >> 8 & 0xff, number & 0xff);
}

static struct sim_vm *add_vm(struct sim_world *world, struct sim_host *host, const struct vm *known)
{
    struct sim_vm *vm = g_new0(struct sim_vm, 1);
    guint number = world->vms->len;

    vm->name = g_strdup(known->name);
    vm->uuid = known->uuid ? g_strdup(known->uuid)
                           : g_strdup_printf("00000000-0000-4000-9000-%012x", number);
    vm->mac = mac_or_made(known->mac, 1, number);
    vm->mem_kib = known->mem_kib ? known->mem_kib : DEFAULT_VM_MEM_KIB;
    vm->vcpus = known->vcpus ? known->vcpus : 1;
    vm->host = host;
    vm->running = vm_is_active(known);
    vm->paused = known->state == VM_PAUSED;
    vm->spell_ends_us = G_MAXINT64;
    sim_random_init(&vm->random, world->options.seed, SIM_STREAM_VM_LIFE, number);
    g_ptr_array_add(world->vms, vm);
    g_ptr_array_add(host->vms, vm);
    g_hash_table_insert(world->vms_by_name, vm->name, vm);
    return vm;
}

struct sim_vm *sim_host_add_vm(struct sim_host *host, const struct guest *guest)
{
    const struct guest_nic *nic = guest->nics->len > 0 ? g_ptr_array_index(guest->nics, 0) : NULL;
    g_autofree char *uuid = guest->uuid ? g_strdup(guest->uuid) : g_uuid_string_random();
    const struct vm known = {
        .name = guest->name,
        .uuid = uuid,
        .mac = nic ? nic->mac : NULL,
        .mem_kib = guest->mem_kib,
        .vcpus = guest->vcpus,
        .state = VM_OFF,
    };
    struct sim_vm *vm = add_vm(host->world, host, &known);

    vm->homeless = TRUE;
    sim_report_forget(host);
    sim_tell_changed(host->world, host->address);
    return vm;
}

void sim_host_drop_vm(struct sim_host *host, struct sim_vm *vm)
{
    struct sim_host *other = vm->left_behind;

    sim_report_forget(host);
    g_ptr_array_remove(host->vms, vm);
    if (other) {
        sim_vm_set_left_behind(vm, NULL);
        vm->host = other;
        g_ptr_array_add(other->vms, vm);
        sim_report_forget(other);
        return;
    }
    g_hash_table_remove(host->world->vms_by_name, vm->name);
    g_ptr_array_remove(host->world->vms, vm);
}

/* In a steady world what is not known is not made up. */
static void settle_host(struct sim_host *host, const struct host *known)
{
    gint own = known->cpu_permille * (gint)host->cpus;

    for (guint i = 0; i < host->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(host->vms, i);

        vm->want_permille = vm_cpu_permille(g_ptr_array_index(known->vms, i));
        own -= vm->running ? (gint)vm->want_permille : 0;
    }
    host->own_permille = (guint)CLAMP(own, 0, MAX(known->load15_permille, 0));
    host->load15 = MAX(known->load15_permille, 0) / 1000.0;
    host->wake = host_can_wake(known) ? known->wake : HOST_WAKE_DISARMED;
    if (known->state == HOST_UNREACHABLE)
        host->hung_until_us = G_MAXINT64;
    if (known->state == HOST_STOPPING && host_active_vms(known) == 0)
        host->power = SIM_OFF;
}

static void add_host(struct sim_world *world, const struct host *known)
{
    struct sim_host *host = g_new0(struct sim_host, 1);
    guint number = world->hosts->len;

    host->world = world;
    host->name = g_strdup(known->name);
    host->address = g_strdup(known->address);
    host->mac = mac_or_made(known->mac, 0, number);
    host->broadcast = g_strdup(known->broadcast);
    host->cpu_model = g_strdup(known->cpu_model);
    host->hypervisor = g_strdup(known->hypervisor);
    host->can_migrate = known->can_migrate;
    host->cpus = known->cpus ? known->cpus : DEFAULT_CPUS;
    host->wake = known->wake == HOST_WAKE_UNKNOWN ? HOST_WAKE_ARMED : known->wake;
    if (known->users && known->users[0])
        host->user = g_intern_string(known->users[0]);
    host->vms = g_ptr_array_new();
    host->advanced_at_us = sim_now_us(world);
    host->next_change_us = G_MAXINT64;
    host->login_spell_ends_us = G_MAXINT64;
    sim_random_init(&host->random, world->options.seed, SIM_STREAM_HOST, number);
    sim_random_init(&host->fault_random, world->options.seed, SIM_STREAM_HOST_FAULTS, number);
    g_ptr_array_add(world->hosts, host);
    g_hash_table_insert(world->hosts_by_address, host->address, host);
    g_hash_table_insert(world->hosts_by_mac, host->mac, host);
    for (guint i = 0; i < known->vms->len; i++)
        add_vm(world, host, g_ptr_array_index(known->vms, i));
    /* A VM that runs proves that its host is on, whatever is written of the host. */
    host->power = known->state != HOST_OFF || host_active_vms(known) > 0 ? SIM_ON : SIM_OFF;
    host->mem_kib = known->mem_kib ? known->mem_kib : DEFAULT_HOST_MEM_KIB;
    if (world->options.steady)
        settle_host(host, known);
    world->hosts_on += host->power == SIM_ON;
}

/* Homes may be hosts that come later in the list, so all hosts must be there. */
static void settle_vms(struct sim_world *world, const struct cluster *lab)
{
    for (guint i = 0; i < world->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(world->vms, i);
        const struct vm *known = cluster_find_vm(lab, vm->name);
        const struct host *home = known->home ? cluster_find_host(lab, known->home) : NULL;

        vm->home = home ? g_hash_table_lookup(world->hosts_by_address, home->address) : NULL;
        vm->homeless = known->home == NULL;
        if (vm->running)
            count_vm(vm, TRUE);
    }
    for (guint i = 0; i < world->hosts->len; i++) {
        struct sim_host *host = g_ptr_array_index(world->hosts, i);

        /* RAM that is not known is enough for what runs in it. */
        host->mem_kib = MAX(host->mem_kib, host->mem_used_kib);
    }
}

struct sim_world *sim_world_new(struct clock *clock, const struct cluster *lab,
                                const struct hours *hours, const struct sim_options *options)
{
    struct sim_world *world = g_new0(struct sim_world, 1);

    world->clock = clock;
    world->hours = hours;
    world->options = *options;
    world->hosts = g_ptr_array_new_with_free_func(free_host);
    world->vms = g_ptr_array_new_with_free_func(free_vm);
    world->migrations = g_ptr_array_new();
    world->detached = g_ptr_array_new();
    world->drivers = g_ptr_array_new();
    world->hosts_by_address = g_hash_table_new(g_str_hash, g_str_equal);
    world->hosts_by_mac = g_hash_table_new(g_str_hash, g_str_equal);
    world->vms_by_name = g_hash_table_new(g_str_hash, g_str_equal);
    world->rate_bucket = -1;
    sim_random_init(&world->network_random, options->seed, SIM_STREAM_NETWORK, 0);
    sim_random_init(&world->latency_random, options->seed, SIM_STREAM_LATENCY, 0);
    for (guint i = 0; i < lab->hosts->len; i++)
        add_host(world, g_ptr_array_index(lab->hosts, i));
    settle_vms(world, lab);
    sim_life_begin(world);
    sim_power_begin(world);
    return world;
}

void sim_world_free(struct sim_world *world)
{
    while (world->detached->len > 0)
        sim_migration_abandon(g_ptr_array_index(world->detached, 0));
    g_assert(world->migrations->len == 0);
    g_ptr_array_unref(world->detached);
    g_ptr_array_unref(world->drivers);
    clock_cancel_timer(world->clock, world->night_timer);
    g_ptr_array_unref(world->migrations);
    g_hash_table_unref(world->hosts_by_address);
    g_hash_table_unref(world->hosts_by_mac);
    g_hash_table_unref(world->vms_by_name);
    g_clear_pointer(&world->disks, g_hash_table_unref);
    g_ptr_array_unref(world->vms); /* their timers are on the clock of their hosts' world */
    g_ptr_array_unref(world->hosts);
    g_free(world->first_sin);
    g_free(world);
}
