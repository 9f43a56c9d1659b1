#include "core/model/vm.h"

#include "core/model/host.h"

gboolean vm_is_active(const struct vm *vm)
{
    return vm->state == VM_RUNNING || vm->state == VM_PAUSED || vm->state == VM_UNKNOWN;
}

gboolean vm_is_frozen(const struct vm *vm)
{
    return vm->also_on != NULL || vm->state == VM_LOST;
}

guint vm_cpu_permille(const struct vm *vm)
{
    guint sharers;

    if (vm->cpu_permille >= 0)
        return (guint)vm->cpu_permille;
    if (!vm->host || vm->host->load15_permille < 0)
        return 0;
    sharers = MAX(host_active_vms(vm->host), 1);
    return MIN((guint)vm->host->load15_permille / sharers, MAX(vm->vcpus, 1) * 1000);
}

const char *vm_state_name(enum vm_state state)
{
    static const char *const names[] = {
        [VM_OFF] = "off",         [VM_RUNNING] = "running", [VM_PAUSED] = "paused",
        [VM_UNKNOWN] = "unknown", [VM_LOST] = "lost",
    };

    return names[state];
}

/* What a console that died in the last moment of a migration leaves: one copy runs, one is paused.
 */
static char *explain_left(const struct vm *vm, const struct host *runs, const struct host *paused)
{
    return g_strdup_printf("runs on %s, and a paused copy of it is on %s: most likely what a "
                           "migration left that broke off; take the copy away there, and never "
                           "resume it: virsh destroy %s, then virsh undefine %s",
                           runs->name, paused->name, vm->name, vm->name);
}

char *vm_explain_double(const struct vm *vm)
{
    gboolean paused = vm->state == VM_PAUSED;

    if (paused && vm->also_paused)
        return g_strdup_printf(
            "is paused on %s and on %s at once: resume one of them (virsh resume "
            "%s), and only after the other is gone (virsh destroy %s)",
            vm->host->name, vm->also_on->name, vm->name, vm->name);
    if (paused)
        return explain_left(vm, vm->also_on, vm->host);
    if (vm->also_paused)
        return explain_left(vm, vm->host, vm->also_on);
    return g_strdup_printf("runs on %s and on %s at once: shut one of them down at once (virsh "
                           "destroy %s there), its disk may be damaged",
                           vm->host->name, vm->also_on->name, vm->name);
}
