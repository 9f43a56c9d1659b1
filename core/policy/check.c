#include "core/policy/check.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"
#include "core/policy/load.h"

guint64 check_vm_room_kib(const struct host *host, const struct policy_config *config)
{
    return host->mem_kib > config->host_reserve_kib ? host->mem_kib - config->host_reserve_kib : 0;
}

/* TRUE when both models are known and differ. */
static gboolean cpu_models_differ(const struct host *from, const struct host *to)
{
    return from && from->cpu_model && to->cpu_model && !g_str_equal(from->cpu_model, to->cpu_model);
}

static gboolean fits_in_ram(guint64 used_kib, guint64 reserved_kib, guint64 vm_kib,
                            guint64 room_kib)
{
    return used_kib <= room_kib && reserved_kib <= room_kib - used_kib &&
           vm_kib <= room_kib - used_kib - reserved_kib;
}

const struct vm *check_find_apart(const struct vm *vm, const struct host *to)
{
    if (!vm->group)
        return NULL;
    for (guint i = 0; i < to->vms->len; i++) {
        const struct vm *other = g_ptr_array_index(to->vms, i);
        if (other != vm && vm_is_active(other) && g_strcmp0(other->group, vm->group) == 0)
            return other;
    }
    return NULL;
}

/* R10 calls no host over that runs one VM only, so that one is never refused for its load. */
static gboolean would_be_over(const struct vm *vm, const struct host *to,
                              const struct policy_config *config, const struct check_load *load)
{
    gint64 cpu;

    if (to->cpus == 0 || load->sum.vms + load->reserved_vms + load->joined_vms == 0)
        return FALSE;
    cpu = load_base(to, load->sum.cpu_permille) + load->joined_cpu_permille + vm_cpu_permille(vm);
    return cpu / to->cpus > config->load_max_permille;
}

/* What the VM itself, and the state of the target, forbid. */
enum check_reason check_ends(const struct vm *vm, const struct host *to,
                             const struct policy_config *config, gint64 now_us)
{
    if (to == vm->also_on)
        return CHECK_NAME_TAKEN;
    if (vm_is_frozen(vm))
        return CHECK_VM_FROZEN;
    if (vm->state != VM_RUNNING && vm->state != VM_PAUSED)
        return CHECK_VM_NOT_RUNNING;
    if (to == vm->host)
        return CHECK_SAME_HOST;
    if (!host_may_migrate(vm->host) || !host_may_migrate(to))
        return CHECK_NO_MIGRATION;
    if (host_hypervisors_differ(vm->host, to))
        return CHECK_OTHER_HYPERVISOR;
    if (to->state != HOST_ON)
        return CHECK_HOST_NOT_ON;
    if (host_is_stale(to, now_us, config->stale_after_us))
        return CHECK_HOST_STALE;
    return CHECK_OK;
}

/* What a VM may want of its host and an operator may overrule. */
static enum check_reason check_wishes(const struct vm *vm, const struct host *host)
{
    if (vm->pin && !g_str_equal(vm->pin, host->name))
        return CHECK_PINNED;
    if (check_find_apart(vm, host))
        return CHECK_APART;
    return host->maintenance ? CHECK_MAINTENANCE : CHECK_OK;
}

static enum check_reason check_room(const struct vm *vm, const struct host *host,
                                    const struct policy_config *config,
                                    const struct check_load *load)
{
    guint64 promised_kib = load->reserved_kib + load->joined_kib;

    if (!fits_in_ram(load->sum.mem_kib, promised_kib, vm->mem_kib,
                     check_vm_room_kib(host, config)) ||
        (host->mem_available_kib > 0 &&
         !fits_in_ram(load->joined_kib, 0, vm->mem_kib, host->mem_available_kib)))
        return CHECK_NO_MEMORY;
    if ((guint64)load->sum.vms + load->reserved_vms + load->joined_vms >=
        host_most_vms(host, config->vm_min_kib))
        return CHECK_TOO_MANY_VMS;
    return CHECK_OK;
}

enum check_reason check_join(const struct vm *vm, const struct host *to,
                             const struct policy_config *config, const struct check_load *load)
{
    enum check_reason reason = check_room(vm, to, config, load);

    if (reason == CHECK_OK)
        reason = check_wishes(vm, to);
    if (reason != CHECK_OK)
        return reason;
    if (cpu_models_differ(vm->host, to))
        return CHECK_CPU_MODEL;
    return would_be_over(vm, to, config, load) ? CHECK_WOULD_BE_OVER : CHECK_OK;
}

enum check_reason check_migrate(const struct vm *vm, const struct host *to,
                                const struct policy_config *config, gint64 now_us,
                                guint64 reserved_kib, guint reserved_vms)
{
    enum check_reason reason = check_ends(vm, to, config, now_us);
    struct check_load load = {.reserved_kib = reserved_kib, .reserved_vms = reserved_vms};

    if (reason != CHECK_OK)
        return reason;
    load.sum = load_sum_vms(to);
    return check_join(vm, to, config, &load);
}

enum check_reason check_start(const struct vm *vm, const struct host *host,
                              const struct policy_config *config, gint64 now_us,
                              guint64 reserved_kib, guint reserved_vms)
{
    struct check_load load = {
        .sum = load_sum_vms(host), .reserved_kib = reserved_kib, .reserved_vms = reserved_vms};
    enum check_reason reason;

    if (vm->also_on)
        return CHECK_VM_FROZEN;
    /* Its host has answered without it: then it is not there, and others are asked. */
    if (vm_is_active(vm) && vm->missing_since_us == 0)
        return vm->state == VM_UNKNOWN ? CHECK_VM_IN_DOUBT : CHECK_VM_RUNS;
    if (host->state != HOST_ON)
        return CHECK_HOST_NOT_ON;
    if (host_is_stale(host, now_us, config->stale_after_us))
        return CHECK_HOST_STALE;
    reason = check_room(vm, host, config, &load);
    return reason == CHECK_OK ? check_wishes(vm, host) : reason;
}

enum check_reason check_stop(const struct vm *vm)
{
    if (vm_is_frozen(vm))
        return CHECK_VM_FROZEN;
    if (vm->host->state != HOST_ON)
        return CHECK_HOST_NOT_ON;
    if (vm->state != VM_RUNNING && vm->state != VM_PAUSED)
        return CHECK_VM_NOT_RUNNING;
    if (!vm->persistent)
        return CHECK_TRANSIENT;
    return vm->state == VM_PAUSED ? CHECK_VM_PAUSED : CHECK_OK;
}

/* A VM that was lost here may yet be found here: what touches it is left as it is. */
static gboolean lost_a_vm(const struct host *host)
{
    for (guint i = 0; i < host->vms->len; i++)
        if (((const struct vm *)g_ptr_array_index(host->vms, i))->state == VM_LOST)
            return TRUE;
    return FALSE;
}

static enum check_reason check_power_off_by_itself(const struct host *host,
                                                   const struct policy_config *config,
                                                   gint64 now_us)
{
    if (host_is_stale(host, now_us, config->stale_after_us))
        return CHECK_HOST_STALE;
    if (host->maintenance)
        return CHECK_MAINTENANCE;
    if (lost_a_vm(host))
        return CHECK_VM_FROZEN;
    if (host->woken_at_us != 0 && now_us - host->woken_at_us < config->host_grace_us)
        return CHECK_JUST_WOKEN;
    return CHECK_OK;
}

static enum check_reason check_power_off_state(const struct host *host)
{
    if (host->state == HOST_OFF)
        return CHECK_ALREADY_OFF;
    return host->state == HOST_ON ? CHECK_OK : CHECK_HOST_NOT_ON;
}

enum check_reason check_power_off_emptied(const struct host *host,
                                          const struct policy_config *config, gint64 now_us,
                                          gboolean automatic)
{
    enum check_reason reason = check_power_off_state(host);

    if (reason != CHECK_OK)
        return reason;
    if (host->role == HOST_MANAGER)
        return CHECK_IS_MANAGER;
    if (!host_can_wake(host))
        return CHECK_CANNOT_WAKE;
    if (!host->users)
        return CHECK_USERS_UNKNOWN;
    if (host->users[0])
        return CHECK_LOGGED_IN;
    return automatic ? check_power_off_by_itself(host, config, now_us) : CHECK_OK;
}

enum check_reason check_power_off(const struct host *host, const struct policy_config *config,
                                  gint64 now_us, gboolean automatic)
{
    enum check_reason reason = check_power_off_state(host);

    if (reason == CHECK_OK && host_active_vms(host) > 0)
        return CHECK_RUNS_VMS;
    return reason == CHECK_OK ? check_power_off_emptied(host, config, now_us, automatic) : reason;
}

enum check_reason check_wake(const struct host *host)
{
    if (host->state == HOST_ON || host->state == HOST_STOPPING)
        return CHECK_ALREADY_ON;
    return host->mac || host->wake == HOST_WAKE_COMMAND ? CHECK_OK : CHECK_NO_MAC;
}

gboolean check_can_force(enum check_reason reason)
{
    switch (reason) {
    case CHECK_PINNED:
    case CHECK_APART:
    case CHECK_MAINTENANCE:
    case CHECK_CPU_MODEL:
    case CHECK_WOULD_BE_OVER:
    case CHECK_VM_PAUSED:
    case CHECK_TRANSIENT:
    case CHECK_CANNOT_WAKE:
    case CHECK_LOGGED_IN:
    case CHECK_USERS_UNKNOWN:
    case CHECK_JUST_WOKEN:
        return TRUE;
    default:
        return FALSE;
    }
}
