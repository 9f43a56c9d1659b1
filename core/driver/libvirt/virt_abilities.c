#include "core/driver/libvirt/virt_abilities.h"

#include <libvirt/virterror.h>
#include <stdlib.h>

#include "core/driver/libvirt/domain_xml.h"

/*
 * Drivers that migrate although their capabilities have no migration_features (libvirt 9.0:
 * src/vz, src/openvz). Of them nothing is claimed: what is asked for is tried, and their own error
 * told.
 */
static const char *const silent_about_migration[] = {"Virtuozzo", "Parallels", "vz", "OpenVZ",
                                                     NULL};

enum host_migration virt_abilities_judge(const char *hypervisor, const char *capabilities)
{
    if (!capabilities)
        return HOST_MIGRATION_UNKNOWN;
    switch (capabilities_xml_migration(capabilities)) {
    case CAPABILITIES_UNREADABLE:
        return HOST_MIGRATION_UNKNOWN;
    case CAPABILITIES_WITH:
        return HOST_MIGRATION_ABLE;
    case CAPABILITIES_WITHOUT:
        break;
    }
    if (hypervisor && g_strv_contains(silent_about_migration, hypervisor))
        return HOST_MIGRATION_UNKNOWN;
    return HOST_MIGRATION_UNABLE;
}

struct virt_abilities *virt_abilities_ask(virConnectPtr connection)
{
    struct virt_abilities *abilities = g_new0(struct virt_abilities, 1);
    char *capabilities = virConnectGetCapabilities(connection);

    abilities->hypervisor = g_strdup(virConnectGetType(connection));
    abilities->can_migrate = virt_abilities_judge(abilities->hypervisor, capabilities);
    if (capabilities)
        abilities->cpu_model = capabilities_xml_cpu_model(capabilities);
    free(capabilities);
    virResetLastError();
    return abilities;
}

void virt_abilities_free(struct virt_abilities *abilities)
{
    if (!abilities)
        return;
    g_free(abilities->hypervisor);
    g_free(abilities->cpu_model);
    g_free(abilities);
}
