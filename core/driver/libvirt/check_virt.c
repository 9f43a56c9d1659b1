#include "core/driver/libvirt/check_virt.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "core/driver/libvirt/check_xml.h"
#include "core/driver/libvirt/virt_error.h"

/* 7002001 -> "7.2.1" (virConnectGetVersion). Free with g_free. */
static char *version_text(unsigned long version)
{
    return g_strdup_printf("%lu.%lu.%lu", version / 1000000, version / 1000 % 1000, version % 1000);
}

static gboolean find_libvirt(virConnectPtr connection, struct check_report *report, GError **error)
{
    unsigned long version = 0;

    if (virConnectGetLibVersion(connection, &version) < 0) {
        virt_error_take(error);
        return FALSE;
    }
    g_autofree char *text = version_text(version);
    check_report_add(report, CHECK_LIBVIRT, CHECK_RIGHT, NULL, "libvirt %s answers", text);
    return TRUE;
}

/* "QEMU 7.2.0"; without the version where it is not told. */
static char *hypervisor_text(virConnectPtr connection)
{
    const char *type = virConnectGetType(connection);
    unsigned long version = 0;

    if (virConnectGetVersion(connection, &version) < 0 || version == 0)
        return g_strdup(type ? type : "unnamed");
    g_autofree char *text = version_text(version);
    return g_strdup_printf("%s %s", type ? type : "unnamed", text);
}

static void find_hypervisor(virConnectPtr connection, const struct check_capabilities *can,
                            struct check_report *report)
{
    g_autofree char *name = hypervisor_text(connection);
    gboolean qemu = g_str_has_prefix(name, "QEMU");
    g_autofree char *load = check_report_command(report, "modprobe kvm_intel || modprobe kvm_amd");

    report->told_kvm = qemu && can->told_types;

    if (!can->told_types)
        check_report_add(report, CHECK_HYPERVISOR, CHECK_NOTE, NULL,
                         "%s, which does not tell what it can do", name);
    else if (!can->can_migrate)
        check_report_add(report, CHECK_HYPERVISOR, CHECK_NOTE, NULL, "%s: VMs here cannot migrate",
                         name);
    else if (qemu && !can->has_kvm)
        check_report_add(report, CHECK_HYPERVISOR, CHECK_NOTE, load,
                         "%s, emulation only: no KVM (off in the firmware, or not loaded); live "
                         "migration",
                         name);
    else
        check_report_add(report, CHECK_HYPERVISOR, CHECK_RIGHT, NULL, "%s%s, live migration", name,
                         can->has_kvm ? ", KVM" : "");
}

static void read_domain(virDomainPtr domain, struct check_report *report)
{
    char *text = virDomainGetXMLDesc(domain, 0);
    struct check_guest *guest = check_xml_domain(text, report->disks);
    virDomainInfo info;

    free(text);
    if (guest)
        g_ptr_array_add(report->guests, guest);
    if (virDomainGetInfo(domain, &info) == 0)
        report->mem_vms_kib += info.maxMem;
    virResetLastError();
}

static gboolean read_domains(virConnectPtr connection, struct check_report *report, GError **error)
{
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(connection, &domains, VIR_CONNECT_LIST_DOMAINS_ACTIVE);

    if (n < 0) {
        virt_error_take(error);
        return FALSE;
    }
    for (int i = 0; i < n; i++) {
        read_domain(domains[i], report);
        virDomainFree(domains[i]);
    }
    free(domains);
    return TRUE;
}

gboolean check_virt_read(virConnectPtr connection, struct check_report *report, GError **error)
{
    struct check_capabilities can;

    if (!find_libvirt(connection, report, error))
        return FALSE;
    char *text = virConnectGetCapabilities(connection);
    check_xml_capabilities(text, &can);
    free(text);
    find_hypervisor(connection, &can, report);
    report->migrates = can.can_migrate;
    report->has_kvm = can.has_kvm;
    report->cpu_model = g_strdup(can.cpu_model);
    check_capabilities_clear(&can);
    if (report->cpu_model)
        check_report_add(report, CHECK_CPU, CHECK_RIGHT, NULL, "%s", report->cpu_model);
    else
        check_report_add(report, CHECK_CPU, CHECK_NOTE, NULL, "libvirt does not tell its model");
    virResetLastError();
    return read_domains(connection, report, error);
}

/* What cannot be answered is no objection: the migration itself asks again. */
static gboolean runs_here(virConnectPtr connection, const struct check_guest *guest)
{
    int result =
        virConnectCompareHypervisorCPU(connection, NULL, NULL, NULL, guest->type, guest->cpu, 0);

    virResetLastError();
    return result != VIR_CPU_COMPARE_INCOMPATIBLE;
}

void check_virt_compare(virConnectPtr connection, const struct check_guest *const *guests,
                        struct check_report *report)
{
    for (guint i = 0; guests && guests[i]; i++)
        if (guests[i]->cpu && !runs_here(connection, guests[i]))
            g_ptr_array_add(report->misfits, g_strdup(guests[i]->name));
}
