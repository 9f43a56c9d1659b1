/* check_explain.c - the sentences of the checks, with names and numbers. */
#include "core/policy/check.h"

#include "core/base/text.h"
#include "core/policy/check_rules.h"
#include "core/policy/load.h"

#define MIB(kib) ((kib) / 1024)

static char *explain_memory(const struct vm *vm, const struct host *host, const char *vm_name,
                            const char *host_name, const struct policy_config *config)
{
    guint64 room = check_vm_room_kib(host, config);
    guint64 used = load_sum_vms(host).mem_kib;
    guint64 free_kib = room > used ? room - used : 0;

    if (host->mem_kib == 0)
        return g_strdup_printf("the RAM of %s is not known", host_name);
    if (free_kib >= vm->mem_kib && host->mem_available_kib > 0 &&
        host->mem_available_kib < vm->mem_kib)
        return g_strdup_printf("%s has only %" G_GUINT64_FORMAT " MiB really available now, vm %s "
                               "needs %" G_GUINT64_FORMAT,
                               host_name, MIB(host->mem_available_kib), vm_name, MIB(vm->mem_kib));
    if (free_kib >= vm->mem_kib)
        return g_strdup_printf("the %" G_GUINT64_FORMAT " MiB free on %s are promised to VMs under "
                               "way, vm %s needs %" G_GUINT64_FORMAT,
                               MIB(free_kib), host_name, vm_name, MIB(vm->mem_kib));
    return g_strdup_printf("%s has %" G_GUINT64_FORMAT " MiB free of %" G_GUINT64_FORMAT
                           ", vm %s needs %" G_GUINT64_FORMAT,
                           host_name, MIB(free_kib), MIB(room), vm_name, MIB(vm->mem_kib));
}

static char *explain_frozen(const struct vm *vm, const char *vm_name, const char *host_name)
{
    if (!vm)
        return g_strdup_printf("a vm was lost on %s: find it first", host_name);
    if (vm->also_on) {
        g_autofree char *here = text_escape(vm->host->name);
        g_autofree char *there = text_escape(vm->also_on->name);
        return g_strdup_printf("vm %s is seen on both %s and %s: settle that by hand first",
                               vm_name, here, there);
    }
    return g_strdup_printf("vm %s is lost, no host runs it: find it first", vm_name);
}

static char *explain_apart(const struct vm *vm, const struct host *host, const char *vm_name,
                           const char *host_name)
{
    const struct vm *other = check_find_apart(vm, host);
    g_autofree char *group = text_escape(vm->group);
    g_autofree char *other_name = text_escape(other ? other->name : "another");

    return g_strdup_printf("%s runs vm %s, which vm %s is kept apart from (group %s)", host_name,
                           other_name, vm_name, group);
}

static char *explain_over(const struct vm *vm, const struct host *host, const char *vm_name,
                          const char *host_name, const struct policy_config *config)
{
    gint64 cpu = load_base(host, load_sum_vms(host).cpu_permille) + vm_cpu_permille(vm);
    double load = (double)cpu / (double)MAX(host->cpus, 1) / 1000;

    return g_strdup_printf("with vm %s, the load of %s would be %.2f, above %.2f", vm_name,
                           host_name, load, (double)config->load_max_permille / 1000);
}

char *check_explain_unable(const struct host *host)
{
    g_autofree char *hypervisor = text_escape(host->hypervisor ? host->hypervisor : "unknown");

    return g_strdup_printf("its hypervisor (%s) cannot migrate VMs through libvirt", hypervisor);
}

char *check_explain_no_migration(const struct host *host)
{
    g_autofree char *name = text_escape(host->name);
    g_autofree char *unable = check_explain_unable(host);

    return g_strdup_printf("host %s: %s", name, unable);
}

static char *explain_hypervisor(const struct vm *vm, const struct host *host, const char *vm_name,
                                const char *host_name)
{
    g_autofree char *here = text_escape(vm->host->hypervisor);
    g_autofree char *there = text_escape(host->hypervisor);

    return g_strdup_printf("vm %s is one of %s, %s runs those of %s", vm_name, here, host_name,
                           there);
}

static char *explain_state(enum check_reason reason, const char *vm_name, const char *at_name)
{
    switch (reason) {
    case CHECK_VM_RUNS:
        return g_strdup_printf("vm %s runs on %s already", vm_name, at_name);
    case CHECK_VM_IN_DOUBT:
        return g_strdup_printf("vm %s ran on %s, which does not answer, and may still run there",
                               vm_name, at_name);
    case CHECK_VM_PAUSED:
        return g_strdup_printf("vm %s is paused: its guest cannot hear that it is to shut down",
                               vm_name);
    default:
        return g_strdup_printf("vm %s has no definition on %s but as long as it runs: stopped, it "
                               "would be gone for good",
                               vm_name, at_name);
    }
}

static char *explain_migrate(enum check_reason reason, const struct vm *vm, const struct host *host,
                             const struct policy_config *config)
{
    g_autofree char *v = text_escape(vm->name);
    g_autofree char *h = text_escape(host->name);
    g_autofree char *word = NULL;

    switch (reason) {
    case CHECK_VM_NOT_RUNNING:
        return g_strdup_printf("vm %s is not known to run now (%s)", v, vm_state_name(vm->state));
    case CHECK_SAME_HOST:
        return g_strdup_printf("vm %s is on %s already", v, h);
    case CHECK_NO_MEMORY:
        return explain_memory(vm, host, v, h, config);
    case CHECK_NAME_TAKEN:
        return g_strdup_printf("%s says it runs a vm called %s itself", h, v);
    case CHECK_NO_MIGRATION:
        return check_explain_no_migration(host_may_migrate(vm->host) ? host : vm->host);
    case CHECK_OTHER_HYPERVISOR:
        return explain_hypervisor(vm, host, v, h);
    case CHECK_PINNED:
        word = text_escape(vm->pin);
        return g_strdup_printf("vm %s is pinned to %s", v, word);
    case CHECK_APART:
        return explain_apart(vm, host, v, h);
    case CHECK_CPU_MODEL:
        word = text_escape(vm->host->cpu_model);
        return g_strdup_printf("vm %s runs on CPUs of model %s, %s has others", v, word, h);
    case CHECK_WOULD_BE_OVER:
        return explain_over(vm, host, v, h, config);
    case CHECK_VM_RUNS:
    case CHECK_VM_IN_DOUBT:
    case CHECK_VM_PAUSED:
    case CHECK_TRANSIENT:
        word = text_escape(vm->host->name);
        return explain_state(reason, v, word);
    default:
        return explain_frozen(vm, v, h);
    }
}

static char *explain_users(const struct host *host, const char *host_name)
{
    g_autofree char *first =
        text_escape(host->users && host->users[0] ? host->users[0] : "someone");
    guint users = host->users ? g_strv_length(host->users) : 0;

    if (users <= 1)
        return g_strdup_printf("%s is logged in on %s", first, host_name);
    return g_strdup_printf("%s and %u more are logged in on %s", first, users - 1, host_name);
}

static char *explain_host(enum check_reason reason, const struct host *host,
                          const struct policy_config *config)
{
    g_autofree char *h = text_escape(host->name);
    guint vms = host_active_vms(host);

    switch (reason) {
    case CHECK_HOST_NOT_ON:
        return g_strdup_printf("%s is %s", h, host_state_name(host->state));
    case CHECK_HOST_STALE:
        return g_strdup_printf("what is known of %s is too old: it has not answered lately", h);
    case CHECK_TOO_MANY_VMS:
        return g_strdup_printf("%s runs %u VM%s, it may run %u", h, vms, vms == 1 ? "" : "s",
                               host_most_vms(host, config->vm_min_kib));
    case CHECK_MAINTENANCE:
        return g_strdup_printf("%s is in maintenance", h);
    case CHECK_RUNS_VMS:
        return g_strdup_printf("%s runs %u VM%s", h, vms, vms == 1 ? "" : "s");
    case CHECK_IS_MANAGER:
        return g_strdup_printf("%s is the manager and stays on", h);
    case CHECK_ALREADY_OFF:
        return g_strdup_printf("%s is off already", h);
    case CHECK_CANNOT_WAKE:
        return host->mac ? g_strdup_printf("%s could not be woken again: wake-on-LAN is %s", h,
                                           host_wake_name(host->wake))
                         : g_strdup_printf("%s could not be woken again: no MAC address known", h);
    case CHECK_LOGGED_IN:
        return explain_users(host, h);
    case CHECK_USERS_UNKNOWN:
        return g_strdup_printf("it is not known who is logged in on %s", h);
    case CHECK_JUST_WOKEN:
        return g_strdup_printf("%s was woken a moment ago", h);
    case CHECK_ALREADY_ON:
        return g_strdup_printf(
            host->state == HOST_STOPPING ? "%s is still going off" : "%s is on already", h);
    case CHECK_NO_MAC:
        return g_strdup_printf("%s cannot be woken: its MAC address is not known, and no "
                               "wake_command is configured",
                               h);
    default:
        return explain_frozen(NULL, NULL, h);
    }
}

char *check_explain(enum check_reason reason, const struct vm *vm, const struct host *host,
                    const struct policy_config *config)
{
    switch (reason) {
    case CHECK_OK:
        return g_strdup("nothing speaks against it");
    case CHECK_VM_NOT_RUNNING:
    case CHECK_VM_FROZEN:
    case CHECK_SAME_HOST:
    case CHECK_NO_MEMORY:
    case CHECK_NAME_TAKEN:
    case CHECK_NO_MIGRATION:
    case CHECK_OTHER_HYPERVISOR:
    case CHECK_PINNED:
    case CHECK_APART:
    case CHECK_CPU_MODEL:
    case CHECK_WOULD_BE_OVER:
    case CHECK_VM_RUNS:
    case CHECK_VM_IN_DOUBT:
    case CHECK_VM_PAUSED:
    case CHECK_TRANSIENT:
        if (vm)
            return explain_migrate(reason, vm, host, config);
        G_GNUC_FALLTHROUGH;
    default:
        return explain_host(reason, host, config);
    }
}
