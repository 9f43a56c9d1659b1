/* report.c - what a look at a simulated host shows. */
#include "core/driver/sim/world.h"

#define HOST_SYSTEM_KIB  (150 * 1024) /* what the host itself uses */
#define VM_RESIDENT_PART 0.6          /* of its RAM, what a VM really takes from the host's */

static gint cpu_since_last_look(struct sim_vm *vm, gint64 now_us)
{
    gint cpu_permille = -1;

    if (vm->told_on == vm->host && now_us > vm->told_at_us)
        cpu_permille =
            (gint)((vm->cpu_used - vm->cpu_told) * 1000 / (double)(now_us - vm->told_at_us) + 0.5);
    vm->told_on = vm->host;
    vm->told_at_us = now_us;
    vm->cpu_told = vm->cpu_used;
    return cpu_permille;
}

/* What never changes is told once for each connection and place, as the real driver does. */
static void add_vm(struct host_report *report, struct sim_vm *vm, gboolean tell_facts)
{
    struct vm_report *seen = host_report_add_vm(report, vm->name);

    if (tell_facts || vm->told_on != vm->host) {
        seen->uuid = g_strdup(vm->uuid);
        seen->mac = g_strdup(vm->mac);
    }
    seen->mem_kib = vm->mem_kib;
    seen->vcpus = vm->vcpus;
    seen->persistent = TRUE;
    seen->autostart = vm->marked;
    if (!vm->running)
        return;
    seen->state = vm->paused ? VM_REPORT_PAUSED : VM_REPORT_RUNNING;
    seen->cpu_permille = cpu_since_last_look(vm, vm->host->advanced_at_us);
}

static void add_incoming(struct host_report *report, const struct sim_host *host)
{
    const GPtrArray *migrations = host->world->migrations;

    for (guint i = 0; i < migrations->len; i++) {
        const struct sim_vm *vm = sim_migration_incoming(g_ptr_array_index(migrations, i), host);
        struct vm_report *seen;

        if (!vm)
            continue;
        seen = host_report_add_vm(report, vm->name);
        seen->mem_kib = vm->mem_kib;
        seen->vcpus = vm->vcpus;
        seen->state = VM_REPORT_INCOMING;
    }
}

static void add_left_behind(struct host_report *report, const struct sim_host *host)
{
    for (guint i = 0; i < host->left_behind->len; i++) {
        const struct sim_vm *vm = g_ptr_array_index(host->left_behind, i);
        struct vm_report *seen = host_report_find_vm(report, vm->name);

        if (!seen)
            seen = host_report_add_vm(report, vm->name);
        seen->mem_kib = vm->mem_kib;
        seen->vcpus = vm->vcpus;
        seen->persistent = TRUE;
    }
}

static void add_host_facts(struct host_report *report, const struct sim_host *host)
{
    report->hostname = g_strdup(host->name);
    report->mac = g_strdup(host->mac);
    report->broadcast = g_strdup(host->broadcast);
    report->cpu_model = g_strdup(host->cpu_model);
    report->hypervisor = g_strdup(host->hypervisor);
    report->can_migrate = host->can_migrate;
}

guint64 sim_host_available_kib(const struct sim_host *host)
{
    guint64 taken_kib = HOST_SYSTEM_KIB + (guint64)(VM_RESIDENT_PART * (double)host->mem_used_kib);

    return host->mem_kib > taken_kib ? host->mem_kib - taken_kib : host->mem_kib / 50;
}

void sim_report_forget(struct sim_host *host)
{
    g_clear_pointer(&host->told_vms, g_ptr_array_unref);
    host->looked_at = FALSE;
}

/* While nothing changes, what the VMs use is what they want: the next look says the same. */
static gboolean says_the_same(const struct sim_host *host)
{
    return host->told_vms && host->facts_told && host->incoming == 0 &&
           (!host->left_behind || host->left_behind->len == 0) &&
           host->advanced_at_us > host->told_at_us;
}

static gboolean will_say_the_same(const struct sim_host *host, const struct host_report *report)
{
    if (!host->looked_at || !host->facts_told || host->incoming > 0 ||
        report->vms->len != host->vms->len)
        return FALSE;
    for (guint i = 0; i < report->vms->len; i++) {
        const struct sim_vm *vm = g_ptr_array_index(host->vms, i);
        const struct vm_report *seen = g_ptr_array_index(report->vms, i);
        guint used = vm->paused ? 0 : vm->want_permille;

        if (seen->uuid || seen->mac || (vm->running && seen->cpu_permille != (gint)used))
            return FALSE;
    }
    return host->want_permille <= host->cpus * SIM_CORE_PERMILLE;
}

static struct host_report *repeat_vms(struct sim_host *host)
{
    host->looked_at_us = host->advanced_at_us;
    host->unsettled_told_us = host->unsettled_us;
    return host_report_new_sharing(host->told_vms);
}

static struct host_report *report_vms(struct sim_host *host)
{
    struct host_report *report = host_report_new();

    sim_host_advance(host);
    for (guint i = 0; i < host->vms->len; i++)
        add_vm(report, g_ptr_array_index(host->vms, i), !host->facts_told);
    if (host->incoming > 0)
        add_incoming(report, host);
    if (host->left_behind && host->left_behind->len > 0)
        add_left_behind(report, host);
    g_clear_pointer(&host->told_vms, g_ptr_array_unref);
    if (will_say_the_same(host, report))
        host->told_vms = host_report_share_vms(report);
    host->looked_at = TRUE;
    return report;
}

struct host_report *sim_report_new(struct sim_host *host)
{
    struct host_report *report = says_the_same(host) ? repeat_vms(host) : report_vms(host);

    host->told_at_us = host->advanced_at_us;
    report->users = g_new(char *, 2);
    report->users[0] = g_strdup(host->user);
    report->users[1] = NULL;
    report->wake = host->wake;
    report->cpus = host->cpus;
    report->mem_kib = host->mem_kib;
    report->mem_available_kib = sim_host_available_kib(host);
    report->load15_permille = (gint)(host->load15 * 1000 + 0.5);
    report->cpu_permille = (gint)MIN(1000, host->want_permille / host->cpus);
    if (!host->facts_told)
        add_host_facts(report, host);
    host->facts_told = TRUE;
    return report;
}
