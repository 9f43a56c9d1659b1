/* parts.c - what a simulated VM is made of: as its definition says, on a file server for all. */
#include "core/driver/sim/world.h"

#include "core/model/guest_xml.h"

#define STORAGE        "nfs4"
#define USED_LEAST     (G_GUINT64_CONSTANT(512) << 20)
#define USED_MOST      (SIM_DISK_BYTES / 2)
#define VNC_PORT_FIRST 5900

/* Always the same for one image; an overlay holds less than what it builds upon. */
static gint64 used_bytes(const char *path, gboolean overlay)
{
    guint64 mib = (USED_LEAST + g_str_hash(path) % (USED_MOST - USED_LEAST)) >> 20;

    return (gint64)((overlay ? mib / 8 : mib) << 20);
}

static void add_disk(struct vm_parts *parts, GHashTable *disks, const struct guest_disk *told,
                     guint number)
{
    struct vm_disk *disk = vm_parts_add_disk(parts);
    const char *below = told->path ? g_hash_table_lookup(disks, told->path) : NULL;
    gboolean overlay = below && *below;

    if (!disk)
        return;
    disk->target =
        told->target ? g_strdup(told->target) : g_strdup_printf("vd%c", (char)('a' + number % 26));
    disk->device = g_strdup(told->cdrom ? "cdrom" : "disk");
    disk->format = g_strdup(told->format);
    disk->readonly = told->readonly;
    if (!told->path)
        return;
    disk->source = g_strdup(told->path);
    disk->path = g_strdup(told->path);
    vm_disk_tell_storage(disk, STORAGE);
    if (below) {
        disk->size_bytes = SIM_DISK_BYTES;
        disk->used_bytes = used_bytes(told->path, overlay);
    }
    while (below && *below && vm_parts_add_below(parts, disk, below))
        below = g_hash_table_lookup(disks, below);
}

static void add_nic(struct vm_parts *parts, const struct guest_nic *told, guint number,
                    gboolean running)
{
    struct vm_nic *nic = vm_parts_add_nic(parts);

    if (!nic)
        return;
    nic->mac = g_strdup(told->mac);
    nic->kind = g_strdup(told->bridge ? "bridge" : "network");
    nic->network = g_strdup(told->bridge ? told->bridge : told->network);
    nic->model = g_strdup("virtio");
    if (running)
        nic->target = g_strdup_printf("vnet%u", number);
}

/* Its place among those that run on its host: 0 is the first. */
static guint place_of(const struct sim_vm *vm)
{
    guint place = 0;

    for (guint i = 0; i < vm->host->vms->len; i++) {
        const struct sim_vm *other = g_ptr_array_index(vm->host->vms, i);

        if (other == vm)
            break;
        place += other->running ? 1 : 0;
    }
    return place;
}

static void add_screen(struct vm_parts *parts, const struct sim_vm *vm, gboolean running)
{
    struct vm_screen *screen = vm_parts_add_screen(parts);

    screen->kind = g_strdup("vnc");
    screen->listen = g_strdup("127.0.0.1");
    screen->port = running ? VNC_PORT_FIRST + place_of(vm) : 0;
}

struct vm_parts *sim_vm_parts(const struct sim_vm *vm, const struct sim_host *host,
                              const char *definition, GHashTable *disks)
{
    autoptr(guest) guest = guest_xml_read(definition, NULL);
    struct vm_parts *parts = vm_parts_new();
    gboolean running = vm->running && vm->host == host;
    guint place = place_of(vm);

    for (guint i = 0; guest && i < guest->disks->len; i++)
        add_disk(parts, disks, g_ptr_array_index(guest->disks, i), i);
    for (guint i = 0; guest && i < guest->nics->len; i++)
        add_nic(parts, g_ptr_array_index(guest->nics, i), place + i, running);
    add_screen(parts, vm, running);
    return parts;
}
