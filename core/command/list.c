/* list.c - the verbs that only look: list, find. */
#include "core/command/verb.h"

#include <string.h>

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/session.h"
#include "core/policy/policy.h"

#define KIB_PER_MIB 1024

#define USUAL_HYPERVISOR "QEMU"

/* What is added comes at the end; what is here keeps its name, type and sense. */
static const struct record_field host_fields[] = {
    {"name", RECORD_TEXT},
    {"address", RECORD_TEXT},
    {"state", RECORD_TEXT, "off, waking, on, stopping or unreachable"},
    {"class", RECORD_TEXT, "under, regular, over, off or doubt"},
    {"load", RECORD_NUMBER, "loadavg15 / CPUs, or as predicted after moves"},
    {"vms", RECORD_PAIR, "VMs that run / the greatest number", "vms-most"},
    {"vms-mem-mib", RECORD_PAIR, "MiB of those / of RAM", "mem-mib", .heading = "ram-mib"},
    {"users", RECORD_LIST, "who is logged in; ? is not known"},
    {"role", RECORD_TEXT, "manager or node"},
    {"wake", RECORD_TEXT, "what is known of wake-on-LAN"},
    {"remarks", RECORD_TEXT, "what else there is to say"},
    {"cpus", RECORD_NUMBER, .hidden = TRUE},
    {"mac", RECORD_TEXT, .hidden = TRUE},
    {"hypervisor", RECORD_TEXT, .hidden = TRUE},
    {"maintenance", RECORD_FLAG, .hidden = TRUE},
    {"trouble", RECORD_TEXT, "what is wrong with it now", .hidden = TRUE},
    {"note", RECORD_TEXT, "the operator's", .hidden = TRUE},
    {"rack", RECORD_TEXT, "where it stands", .hidden = TRUE},
    {"room", RECORD_TEXT, .hidden = TRUE},
    {"lab", RECORD_TEXT, .hidden = TRUE},
    {NULL},
};

static const struct record_field vm_fields[] = {
    {"name", RECORD_TEXT},
    {"host", RECORD_TEXT, "where it runs, or is known"},
    {"state", RECORD_TEXT},
    {"mem-mib", RECORD_NUMBER},
    {"vcpus", RECORD_NUMBER},
    {"cpu", RECORD_NUMBER, "CPU use in cores"},
    {"home", RECORD_TEXT, "the host it belongs to"},
    {"remarks", RECORD_TEXT, "what else there is to say"},
    {"mac", RECORD_TEXT, .hidden = TRUE},
    {"pin", RECORD_TEXT, "the host that it must not leave", .hidden = TRUE},
    {"group", RECORD_TEXT, "of VMs that are kept apart", .hidden = TRUE},
    {"also-on", RECORD_TEXT, "a second host that says it runs it", .hidden = TRUE},
    {NULL},
};

static const struct record_field found_fields[] = {
    {"name", RECORD_TEXT},
    {"host", RECORD_TEXT, "where it runs, or is known"},
    {"address", RECORD_TEXT, "of the host"},
    {"state", RECORD_TEXT},
    {NULL},
};

static const struct record_kind host_kind = {"hosts", "host", host_fields};
static const struct record_kind vm_kind = {"vms", "vm", vm_fields};
static const struct record_kind found_kind = {"vms", "vm", found_fields, TRUE};

const struct record_kind *const list_kinds[] = {&host_kind, &vm_kind, NULL};
const struct record_kind *const find_kinds[] = {&found_kind, NULL};

static char *decimal(gint permille)
{
    if (permille < 0)
        return g_strdup("-");
    return g_strdup_printf("%d.%02d", permille / 1000, permille % 1000 / 10);
}

static char *users_of(const struct host *host)
{
    if (!host->users)
        return g_strdup("?");
    return g_strjoinv(",", host->users);
}

static void add_remark(GPtrArray *remarks, const char *what, const char *text)
{
    if (text)
        g_ptr_array_add(remarks, g_strconcat(what, text, NULL));
}

static char *join_remarks(GPtrArray *remarks)
{
    g_ptr_array_add(remarks, NULL);
    return g_strjoinv("; ", (char **)remarks->pdata);
}

/* Nothing is said of the usual one. */
static void add_hypervisor(GPtrArray *remarks, const struct host *host)
{
    const char *name = host->hypervisor ? host->hypervisor : "hypervisor";
    if (!host_may_migrate(host))
        add_remark(remarks, name, ": cannot migrate");
    else if (host->hypervisor && strcmp(host->hypervisor, USUAL_HYPERVISOR) != 0)
        add_remark(remarks, name, "");
}

static char *host_remarks(const struct host *host)
{
    g_autoptr(GPtrArray) remarks = g_ptr_array_new_with_free_func(g_free);
    add_remark(remarks, "maintenance", host->maintenance ? "" : NULL);
    add_remark(remarks, "", host->trouble);
    add_hypervisor(remarks, host);
    add_remark(remarks, "note: ", host->note);
    return join_remarks(remarks);
}

static char *vm_remarks(const struct vm *vm)
{
    g_autoptr(GPtrArray) remarks = g_ptr_array_new_with_free_func(g_free);
    add_remark(remarks, "runs on a second host too: ", vm->also_on ? vm->also_on->name : NULL);
    add_remark(remarks, "left paused by a migration that broke off", vm->stranded ? "" : NULL);
    add_remark(remarks, "pinned to ", vm->pin);
    add_remark(remarks, "keeps apart from group ", vm->group);
    return join_remarks(remarks);
}

static void add_host(struct records *records, const struct session *session,
                     const struct host *host)
{
    const struct policy_config *policy = &session->config->engine.policy;
    gint64 now_us = clock_mono_us(session->clock);
    gint load_permille = policy_host_load_permille(host, policy, now_us);
    /* What an absent host once said is no load of now. */
    g_autofree char *load = decimal(host->state == HOST_ON ? load_permille : -1);
    g_autofree char *vms =
        g_strdup_printf("%u/%u", host_active_vms(host), host_most_vms(host, policy->vm_min_kib));
    g_autofree char *mem =
        g_strdup_printf("%" G_GUINT64_FORMAT "/%" G_GUINT64_FORMAT,
                        host_active_mem_kib(host) / KIB_PER_MIB, host->mem_kib / KIB_PER_MIB);
    g_autofree char *users = users_of(host);
    g_autofree char *remarks = host_remarks(host);
    g_autofree char *cpus = host->cpus ? g_strdup_printf("%u", host->cpus) : g_strdup("");
    records_add(records, host->name, host->address, host_state_name(host->state),
                host_class_name(policy_classify(host, policy, now_us)), load, vms, mem, users,
                host->role == HOST_MANAGER ? "manager" : "node", host_wake_name(host->wake),
                remarks, cpus, record_text(host->mac), record_text(host->hypervisor),
                host->maintenance ? "yes" : "no", record_text(host->trouble),
                record_text(host->note), record_text(host->rack), record_text(host->room),
                record_text(host->lab), NULL);
}

static void add_vm(struct records *records, const struct vm *vm)
{
    g_autofree char *mem = g_strdup_printf("%" G_GUINT64_FORMAT, vm->mem_kib / KIB_PER_MIB);
    g_autofree char *vcpus = g_strdup_printf("%u", vm->vcpus);
    g_autofree char *cpu = decimal(vm->cpu_permille);
    g_autofree char *remarks = vm_remarks(vm);
    records_add(records, vm->name, vm->host->name, vm_state_name(vm->state), mem, vcpus, cpu,
                record_text(vm->home), remarks, record_text(vm->mac), record_text(vm->pin),
                record_text(vm->group), vm->also_on ? vm->also_on->name : "", NULL);
}

static void add_vms(struct records *records, const struct host *host)
{
    for (guint i = 0; i < host->vms->len; i++)
        add_vm(records, host->vms->pdata[i]);
}

static void print_all(const struct command *command, gboolean vms, gboolean only_off)
{
    const struct cluster *cluster = session_cluster(command->session);
    struct records *records = records_new(vms ? &vm_kind : &host_kind);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        if (vms)
            add_vms(records, host);
        else if (!only_off || host->state == HOST_OFF)
            add_host(records, command->session, host);
    }
    records_print_free(records, command->output);
}

static gboolean print_host(const struct command *command, const char *name, GError **error)
{
    const struct host *host = cluster_find_host(session_cluster(command->session), name);
    if (!host) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "host %s: there is no such host in the cluster", name);
        return FALSE;
    }
    struct records *itself = records_new(&host_kind);
    struct records *vms = records_new(&vm_kind);
    add_host(itself, command->session, host);
    add_vms(vms, host);
    records_print_free(itself, command->output);
    records_print_free(vms, command->output);
    return TRUE;
}

gboolean list_run(const struct command *command, GError **error)
{
    const char *what = command->line->arguments[0];
    if (!session_wait_seen(command->session, error))
        return FALSE;
    if (!what)
        print_all(command, FALSE, FALSE);
    else if (g_ascii_strcasecmp(what, "vm") == 0)
        print_all(command, TRUE, FALSE);
    else if (g_ascii_strcasecmp(what, "off") == 0)
        print_all(command, FALSE, TRUE);
    else
        return print_host(command, what, error);
    return TRUE;
}

gboolean find_run(const struct command *command, GError **error)
{
    const char *name = command->line->arguments[0];
    if (!session_wait_seen(command->session, error))
        return FALSE;
    const struct vm *vm = cluster_find_vm(session_cluster(command->session), name);
    if (!vm) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "vm %s: there is no such VM in the cluster", name);
        return FALSE;
    }
    struct records *records = records_new(&found_kind);
    records_add(records, vm->name, vm->host->name, vm->host->address, vm_state_name(vm->state),
                NULL);
    records_print_free(records, command->output);
    if (vm->also_on) {
        g_autofree char *what = vm_explain_double(vm);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "vm %s: %s", name, what);
        return FALSE;
    }
    if (vm->state != VM_LOST)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                "vm %s: ran on %s and is nowhere now: " VM_LOST_ADVICE, name, vm->host->name);
    return FALSE;
}
