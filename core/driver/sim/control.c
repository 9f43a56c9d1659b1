/* control.c - VMs of a simulated lab started and stopped by hand. */
#include "core/driver/sim/world.h"

#include <string.h>

/* How long a guest takes to shut down, or to start anew. */
#define GOES_DOWN_LEAST_US (2 * CLOCK_SECOND_US)
#define GOES_DOWN_MOST_US  (8 * CLOCK_SECOND_US)

static struct sim_vm *find(const GPtrArray *vms, const char *name)
{
    for (guint i = 0; vms && i < vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(vms, i);

        if (strcmp(vm->name, name) == 0)
            return vm;
    }
    return NULL;
}

struct sim_vm *sim_host_find_vm(const struct sim_host *host, const char *name)
{
    struct sim_vm *vm = find(host->vms, name);

    return vm ? vm : find(host->left_behind, name);
}

/* A definition that was left behind is started like any other: the host cannot know better. */
static void adopt(struct sim_vm *vm, struct sim_host *host)
{
    struct sim_host *from = vm->host;

    if (from == host)
        return;
    sim_vm_set_left_behind(vm, NULL);
    g_ptr_array_remove(from->vms, vm);
    vm->host = host;
    g_ptr_array_add(host->vms, vm);
    sim_report_forget(from);
    sim_report_forget(host);
    sim_vm_set_left_behind(vm, from);
}

static const char *start(struct sim_vm *vm, struct sim_host *host)
{
    if (vm->running && vm->host == host)
        return "it runs already";
    if (vm->running) {
        sim_sin(host->world, "vm %s: started on %s while it ran on %s", vm->name, host->name,
                vm->host->name);
        return "its disk is in use";
    }
    if (host->mem_used_kib + host->mem_incoming_kib + vm->mem_kib > host->mem_kib)
        return "cannot set up guest memory: cannot allocate memory";
    adopt(vm, host);
    sim_vm_start(vm);
    return NULL;
}

static void gone_down(gpointer data)
{
    struct sim_vm *vm = data;

    vm->going_down = 0;
    if (!vm->running || vm->migration)
        return;
    sim_vm_stop(vm);
    sim_tell_changed(vm->host->world, vm->host->address);
}

static void ask_to_shut_down(struct sim_vm *vm)
{
    struct sim_world *world = vm->host->world;
    gint64 after_us =
        sim_random_between(&world->latency_random, GOES_DOWN_LEAST_US, GOES_DOWN_MOST_US);

    if (vm->going_down == 0 && !vm->paused)
        vm->going_down = clock_add_timer(world->clock, after_us, gone_down, vm);
}

static void set_paused(struct sim_vm *vm, gboolean paused)
{
    sim_vm_set_paused(vm, paused);
    sim_tell_changed(vm->host->world, vm->host->address);
}

const char *sim_vm_control(struct sim_vm *vm, struct sim_host *host, enum control_action action)
{
    if (action == CONTROL_START)
        return start(vm, host);
    if (action == CONTROL_AUTOSTART_ON || action == CONTROL_AUTOSTART_OFF) {
        vm->marked = action == CONTROL_AUTOSTART_ON;
        sim_report_forget(vm->host);
        return NULL;
    }
    if (!vm->running || vm->host != host)
        return "it does not run";
    if (vm->migration)
        return "it is being migrated";
    switch (action) {
    case CONTROL_SHUT_DOWN:
        ask_to_shut_down(vm);
        break;
    case CONTROL_FORCE_OFF:
        sim_vm_stop(vm);
        sim_tell_changed(host->world, host->address);
        break;
    case CONTROL_PAUSE:
    case CONTROL_RESUME:
        if (vm->paused == (action == CONTROL_PAUSE))
            return vm->paused ? "it is paused already" : "it is not paused";
        set_paused(vm, action == CONTROL_PAUSE);
        break;
    case CONTROL_START:
    case CONTROL_AUTOSTART_ON:
    case CONTROL_AUTOSTART_OFF:
    case CONTROL_RESET:
    case CONTROL_REBOOT: /* an idle guest, and the same VM as before */
        sim_host_advance(host);
        sim_vm_begin_idle(vm);
        sim_host_recount(host);
        break;
    }
    return NULL;
}
