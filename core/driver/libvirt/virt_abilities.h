/*
 * virt_abilities.h - which hypervisor a connection leads to, and what it says it can do.
 *
 * Asked of libvirt, not assumed from the URI. Blocks as libvirt does. Thread: the link's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_VIRT_ABILITIES_H
#define ROOST_DRIVER_LIBVIRT_VIRT_ABILITIES_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/model/host.h"

struct virt_abilities {
    char *hypervisor; /* "QEMU", "LXC"; NULL when not told */
    char *cpu_model;  /* NULL when not told */
    enum host_migration can_migrate;
};

/* Never NULL. Free with virt_abilities_free, which takes NULL too. */
struct virt_abilities *virt_abilities_ask(virConnectPtr connection);
void virt_abilities_free(struct virt_abilities *abilities);

/*
 * What a hypervisor of that name (NULL = not told) says of migration in its capabilities (NULL =
 * it has none).
 */
enum host_migration virt_abilities_judge(const char *hypervisor, const char *capabilities);

#endif
