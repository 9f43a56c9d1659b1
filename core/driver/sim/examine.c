/* examine.c - what an examination of a simulated host finds: its world shares all that is shared.
 */
#include "core/driver/sim/world.h"

#define KIB_PER_MIB 1024
#define IMAGE_BYTES (G_GUINT64_CONSTANT(4) << 30)

static char *image_path(const struct sim_vm *vm)
{
    return g_strdup_printf("/srv/images/%s.img", vm->name);
}

static void add_guest(struct check_report *report, const struct sim_vm *vm)
{
    if (!vm->running)
        return;
    g_ptr_array_add(report->guests, check_guest_new(vm->name, "kvm", vm->host->cpu_model, FALSE));
    g_hash_table_insert(report->disks, image_path(vm), g_strdup(vm->name));
}

static void find_wake(struct check_report *report, const struct sim_host *host)
{
    g_autofree char *arm = check_report_command(report, "ethtool -s eth0 wol g");

    switch (host->wake) {
    case HOST_WAKE_ARMED:
    case HOST_WAKE_PROVEN:
        check_report_add(report, CHECK_WAKE, CHECK_RIGHT, NULL,
                         "armed (g), and again at boot by its firmware");
        break;
    case HOST_WAKE_DISARMED:
        check_report_add(report, CHECK_WAKE, CHECK_WRONG, arm, "disarmed (d) on eth0");
        break;
    case HOST_WAKE_ASSUMED:
        check_report_add(report, CHECK_WAKE, CHECK_NOTE, NULL,
                         "eth0 is virtual and has no such setting: it is taken to wake");
        break;
    default:
        check_report_add(report, CHECK_WAKE, CHECK_WRONG, NULL, "eth0 tells nothing of it");
        break;
    }
}

static void find_ram(struct check_report *report, const struct sim_host *host)
{
    report->mem_kib = host->mem_kib;
    report->mem_available_kib = sim_host_available_kib(host);
    report->mem_vms_kib = host->mem_used_kib;
    check_report_add(report, CHECK_RAM, CHECK_RIGHT, NULL,
                     "%" G_GUINT64_FORMAT " MiB, %" G_GUINT64_FORMAT " available",
                     report->mem_kib / KIB_PER_MIB, report->mem_available_kib / KIB_PER_MIB);
}

static void first_look(struct check_report *report, const struct sim_host *host,
                       const struct check_request *request)
{
    check_report_add(report, CHECK_SSH, CHECK_RIGHT, NULL, "lets root in");
    check_report_add(report, CHECK_HOST_KEY, CHECK_RIGHT, NULL, "the one that is known");
    check_report_add(report, CHECK_LIBVIRT, CHECK_RIGHT, NULL, "libvirt 9.0.0 answers");
    check_report_add(report, CHECK_HYPERVISOR, CHECK_RIGHT, NULL,
                     "QEMU 7.2.0, KVM, live migration");
    if (host->cpu_model)
        check_report_add(report, CHECK_CPU, CHECK_RIGHT, NULL, "%s", host->cpu_model);
    else
        check_report_add(report, CHECK_CPU, CHECK_NOTE, NULL, "libvirt does not tell its model");
    find_ram(report, host);
    check_report_add(report, CHECK_INTERFACE, CHECK_RIGHT, NULL, "eth0, %s", host->mac);
    find_wake(report, host);
    check_report_add(report, CHECK_CLOCK, CHECK_RIGHT, NULL, "agrees to 0.00 s");
    report->migrates = report->told_kvm = report->has_kvm = TRUE;
    report->cpu_model = g_strdup(host->cpu_model);
    report->device = g_strdup("eth0");
    report->mac = g_strdup(host->mac);
    report->token = request->token_path ? CHECK_TOKEN_SEEN : CHECK_TOKEN_UNASKED;
    for (guint i = 0; i < host->vms->len; i++)
        add_guest(report, g_ptr_array_index(host->vms, i));
}

static void find_peers(struct check_report *report, const struct sim_host *host,
                       const char *const *peers)
{
    for (guint i = 0; peers && peers[i]; i++) {
        const struct sim_host *peer = g_hash_table_lookup(host->world->hosts_by_address, peers[i]);
        struct check_peer *found = check_report_peer(report, peers[i]);

        g_free(found->device);
        g_free(found->source);
        found->device = g_strdup("eth0");
        found->source = g_strdup(host->address);
        if (!found->port_trouble && (!peer || sim_host_answer(peer) != SIM_ANSWERS))
            found->port_trouble = g_strdup("no answer");
    }
}

/* Its storage is one for all hosts: each image is there, and the same. */
static void second_look(struct check_report *report, const struct sim_host *host,
                        const struct check_request *request)
{
    report->told_files = TRUE;
    find_peers(report, host, request->peers);
    for (guint i = 0; request->files && request->files[i]; i++)
        g_hash_table_insert(report->files, g_strdup(request->files[i]),
                            g_strdup_printf("%u %" G_GUINT64_FORMAT " 1767225600",
                                            g_str_hash(request->files[i]), IMAGE_BYTES));
    for (guint i = 0; request->guests && request->guests[i]; i++)
        if (g_strcmp0(request->guests[i]->cpu, host->cpu_model) != 0)
            g_ptr_array_add(report->misfits, g_strdup(request->guests[i]->name));
}

struct check_report *sim_check_new(const struct sim_host *host, const struct check_request *request)
{
    struct check_report *report = check_report_new();

    report->shell = g_strdup_printf("ssh root@%s", host->address);
    if (request->second)
        second_look(report, host, request);
    else
        first_look(report, host, request);
    return report;
}
