#include "core/model/vm_parts.h"

#include <string.h>

#include "core/base/text.h"

#define KIB 1024.0

/* --- Life --- */

static void disk_free(gpointer data)
{
    struct vm_disk *disk = data;

    g_free(disk->target);
    g_free(disk->device);
    g_free(disk->format);
    g_free(disk->source);
    g_free(disk->path);
    g_free(disk->pool);
    g_free(disk->volume);
    g_free(disk->storage);
    g_ptr_array_unref(disk->below);
    g_free(disk);
}

static void nic_free(gpointer data)
{
    struct vm_nic *nic = data;

    g_free(nic->mac);
    g_free(nic->kind);
    g_free(nic->network);
    g_free(nic->model);
    g_free(nic->target);
    g_free(nic);
}

static void screen_free(gpointer data)
{
    struct vm_screen *screen = data;

    g_free(screen->kind);
    g_free(screen->listen);
    g_free(screen);
}

struct vm_parts *vm_parts_new(void)
{
    struct vm_parts *parts = g_new0(struct vm_parts, 1);

    parts->disks = g_ptr_array_new_with_free_func(disk_free);
    parts->nics = g_ptr_array_new_with_free_func(nic_free);
    parts->screens = g_ptr_array_new_with_free_func(screen_free);
    parts->immovable = g_ptr_array_new_with_free_func(g_free);
    return parts;
}

void vm_parts_free(struct vm_parts *parts)
{
    if (!parts)
        return;
    g_ptr_array_unref(parts->disks);
    g_ptr_array_unref(parts->nics);
    g_ptr_array_unref(parts->screens);
    g_ptr_array_unref(parts->immovable);
    g_free(parts->trouble);
    g_free(parts);
}

/* --- Filling --- */

static gboolean has_room(struct vm_parts *parts, const GPtrArray *list)
{
    if (list->len < VM_PARTS_MOST)
        return TRUE;
    parts->cut = TRUE;
    return FALSE;
}

struct vm_disk *vm_parts_add_disk(struct vm_parts *parts)
{
    struct vm_disk *disk;

    if (!has_room(parts, parts->disks))
        return NULL;
    disk = g_new0(struct vm_disk, 1);
    disk->size_bytes = disk->used_bytes = -1;
    disk->below = g_ptr_array_new_with_free_func(g_free);
    g_ptr_array_add(parts->disks, disk);
    return disk;
}

struct vm_nic *vm_parts_add_nic(struct vm_parts *parts)
{
    struct vm_nic *nic;

    if (!has_room(parts, parts->nics))
        return NULL;
    nic = g_new0(struct vm_nic, 1);
    g_ptr_array_add(parts->nics, nic);
    return nic;
}

struct vm_screen *vm_parts_add_screen(struct vm_parts *parts)
{
    struct vm_screen *screen;

    if (!has_room(parts, parts->screens))
        return NULL;
    screen = g_new0(struct vm_screen, 1);
    g_ptr_array_add(parts->screens, screen);
    return screen;
}

gboolean vm_parts_add_below(struct vm_parts *parts, struct vm_disk *disk, const char *path)
{
    if (!has_room(parts, disk->below))
        return FALSE;
    g_ptr_array_add(disk->below, g_strdup(path));
    return TRUE;
}

char *vm_parts_take_text(char *text)
{
    if (!text || *text == '\0') {
        g_free(text);
        return NULL;
    }
    if (strlen(text) > VM_PARTS_TEXT_MOST) {
        gsize end = VM_PARTS_TEXT_MOST;

        while (end > 0 && ((guchar)text[end] & 0xC0) == 0x80) /* not within a character */
            end--;
        text[end] = '\0';
    }
    return text;
}

void vm_parts_complain(struct vm_parts *parts, const char *format, ...)
{
    va_list arguments;

    if (parts->trouble)
        return;
    va_start(arguments, format);
    parts->trouble = g_strdup_vprintf(format, arguments);
    va_end(arguments);
}

/* --- Places --- */

/* What libvirt takes for shared, what it does not, and the network's services by its names. */
static const struct storage_kind {
    const char *name;
    enum vm_disk_place place;
} storage_kinds[] = {
    {"nfs", VM_DISK_SHARED},          {"nfs4", VM_DISK_SHARED},
    {"cifs", VM_DISK_SHARED},         {"smb", VM_DISK_SHARED},
    {"smb2", VM_DISK_SHARED},         {"smb3", VM_DISK_SHARED},
    {"ceph", VM_DISK_SHARED},         {"fuse.ceph", VM_DISK_SHARED},
    {"gfs", VM_DISK_SHARED},          {"gfs2", VM_DISK_SHARED},
    {"gfs/gfs2", VM_DISK_SHARED},     {"ocfs2", VM_DISK_SHARED},
    {"afs", VM_DISK_SHARED},          {"gpfs", VM_DISK_SHARED},
    {"lustre", VM_DISK_SHARED},       {"beegfs", VM_DISK_SHARED},
    {"acfs", VM_DISK_SHARED},         {"moosefs", VM_DISK_SHARED},
    {"fuse.mfs", VM_DISK_SHARED},     {"glusterfs", VM_DISK_SHARED},
    {"gluster", VM_DISK_SHARED},      {"fuse.glusterfs", VM_DISK_SHARED},
    {"rbd", VM_DISK_SHARED},          {"iscsi", VM_DISK_SHARED},
    {"iscsi-direct", VM_DISK_SHARED}, {"nbd", VM_DISK_SHARED},
    {"http", VM_DISK_SHARED},         {"https", VM_DISK_SHARED},
    {"ftp", VM_DISK_SHARED},          {"ftps", VM_DISK_SHARED},
    {"tftp", VM_DISK_SHARED},         {"ssh", VM_DISK_SHARED},
    {"sheepdog", VM_DISK_SHARED},     {"vxhs", VM_DISK_SHARED},
    {"netfs", VM_DISK_SHARED},        {"vstorage", VM_DISK_SHARED},
    {"ext2", VM_DISK_LOCAL},          {"ext3", VM_DISK_LOCAL},
    {"ext4", VM_DISK_LOCAL},          {"ext2/ext3", VM_DISK_LOCAL},
    {"xfs", VM_DISK_LOCAL},           {"btrfs", VM_DISK_LOCAL},
    {"zfs", VM_DISK_LOCAL},           {"f2fs", VM_DISK_LOCAL},
    {"jfs", VM_DISK_LOCAL},           {"reiserfs", VM_DISK_LOCAL},
    {"bcachefs", VM_DISK_LOCAL},      {"tmpfs", VM_DISK_LOCAL},
    {"ramfs", VM_DISK_LOCAL},         {"overlay", VM_DISK_LOCAL},
    {"overlayfs", VM_DISK_LOCAL},     {"vfat", VM_DISK_LOCAL},
    {"msdos", VM_DISK_LOCAL},         {"exfat", VM_DISK_LOCAL},
    {"ntfs", VM_DISK_LOCAL},          {"ntfs3", VM_DISK_LOCAL},
    {"iso9660", VM_DISK_LOCAL},       {"isofs", VM_DISK_LOCAL},
    {"squashfs", VM_DISK_LOCAL},      {"logical", VM_DISK_LOCAL},
};

static enum vm_disk_place place_of(const char *storage)
{
    for (guint i = 0; i < G_N_ELEMENTS(storage_kinds); i++)
        if (strcmp(storage, storage_kinds[i].name) == 0)
            return storage_kinds[i].place;
    return VM_DISK_UNKNOWN;
}

void vm_disk_tell_storage(struct vm_disk *disk, const char *storage)
{
    enum vm_disk_place place = place_of(storage);

    if (disk->storage && place <= disk->place)
        return;
    g_free(disk->storage);
    disk->storage = g_strdup(storage);
    disk->place = place;
}

const char *vm_disk_place_name(enum vm_disk_place place)
{
    static const char *const names[] = {
        [VM_DISK_EMPTY] = "empty",
        [VM_DISK_SHARED] = "shared",
        [VM_DISK_UNKNOWN] = "unknown",
        [VM_DISK_LOCAL] = "local",
    };

    return names[place];
}

/* --- In words --- */

G_GNUC_PRINTF(2, 3)
static void add(GString *text, const char *format, ...)
{
    va_list arguments;

    if (text->len > 0)
        g_string_append(text, ", ");
    va_start(arguments, format);
    g_string_append_vprintf(text, format, arguments);
    va_end(arguments);
}

static char *finish(GString *text)
{
    char *safe = text_escape(text->str);

    g_string_free(text, TRUE);
    return safe;
}

/* "1.2 GiB"; free with g_free. */
static char *format_bytes(gint64 bytes)
{
    static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
    double number = (double)bytes / KIB;
    guint unit = 0;

    if (bytes < (gint64)KIB)
        return g_strdup_printf("%" G_GINT64_FORMAT " bytes", bytes);
    for (; number >= KIB && unit + 1 < G_N_ELEMENTS(units); unit++)
        number /= KIB;
    return g_strdup_printf("%.1f %s", number, units[unit]);
}

static void add_sizes(GString *text, gint64 size_bytes, gint64 used_bytes)
{
    g_autofree char *size = format_bytes(MAX(0, size_bytes));
    g_autofree char *used = format_bytes(MAX(0, used_bytes));

    if (size_bytes >= 0)
        add(text, "%s", size);
    if (used_bytes >= 0)
        add(text, "%s on disk", used);
}

static void add_place(GString *text, const struct vm_disk *disk)
{
    static const char *const words[] = {
        [VM_DISK_EMPTY] = "empty",
        [VM_DISK_SHARED] = "shared",
        [VM_DISK_UNKNOWN] = "not known whether shared",
        [VM_DISK_LOCAL] = "local",
    };

    if (disk->storage)
        add(text, "%s (%s)", words[disk->place], disk->storage);
    else
        add(text, "%s", words[disk->place]);
}

char *vm_parts_why_not(const struct vm *vm)
{
    g_autofree char *name = text_escape(vm->host->name);

    if (vm->state == VM_LOST)
        return g_strdup("no host has it: there is nobody to ask");
    if (vm->host->state != HOST_ON)
        return g_strdup_printf("host %s is %s, and cannot be asked", name,
                               host_state_name(vm->host->state));
    return NULL;
}

char *vm_disk_say(const struct vm_disk *disk)
{
    GString *text = g_string_new(NULL);

    if (strcmp(disk->device, "disk") != 0)
        add(text, "%s", disk->device);
    else if (disk->readonly)
        add(text, "read-only");
    if (disk->format && disk->place != VM_DISK_EMPTY)
        add(text, "%s", disk->format);
    if (disk->place != VM_DISK_EMPTY) {
        add_sizes(text, disk->size_bytes, disk->used_bytes);
        if (disk->size_bytes < 0)
            add(text, "size not known");
    }
    add_place(text, disk);
    if (disk->source)
        g_string_append_printf(text, ": %s", disk->source);
    if (disk->below->len > 0)
        add(text, "which builds upon %s", (const char *)g_ptr_array_index(disk->below, 0));
    if (disk->below->len > 1)
        g_string_append_printf(text, " and %u more", disk->below->len - 1);
    return finish(text);
}

char *vm_nic_say(const struct vm_nic *nic)
{
    GString *text = g_string_new(NULL);

    add(text, "%s", nic->mac ? nic->mac : "no MAC address yet");
    add(text, "%s%s%s", nic->kind, nic->network ? " " : "", nic->network ? nic->network : "");
    if (nic->model)
        add(text, "%s", nic->model);
    if (nic->target)
        add(text, "%s on its host", nic->target);
    return finish(text);
}

char *vm_screen_say(const struct vm_screen *screen)
{
    GString *text = g_string_new(NULL);
    gboolean is_socket = screen->listen && *screen->listen == '/';

    if (screen->listen)
        add(text, "%s", screen->listen);
    if (screen->port > 0)
        add(text, "port %u", screen->port);
    if (screen->tls_port > 0)
        add(text, "TLS port %u", screen->tls_port);
    if (screen->port == 0 && screen->tls_port == 0 && !is_socket)
        add(text, "no port now");
    return finish(text);
}

char *vm_parts_sum(const struct vm_parts *parts)
{
    GString *text = g_string_new(NULL);
    gint64 size_bytes = -1;
    gint64 used_bytes = -1;
    guint n = 0;

    for (guint i = 0; i < parts->disks->len; i++) {
        const struct vm_disk *disk = g_ptr_array_index(parts->disks, i);

        if (disk->place == VM_DISK_EMPTY)
            continue;
        n++;
        if (disk->size_bytes >= 0 && disk->size_bytes < G_MAXINT64 - MAX(0, size_bytes))
            size_bytes = MAX(0, size_bytes) + disk->size_bytes;
        if (disk->used_bytes >= 0 && disk->used_bytes < G_MAXINT64 - MAX(0, used_bytes))
            used_bytes = MAX(0, used_bytes) + disk->used_bytes;
    }
    if (n == 0)
        add(text, "no disk");
    else
        add(text, "%u disk%s", n, n == 1 ? "" : "s");
    add_sizes(text, size_bytes, used_bytes);
    return finish(text);
}

/* Drives count too: the file must be there, or the target refuses it. */
static char *say_local(const struct vm_parts *parts)
{
    const struct vm_disk *first = NULL;
    guint n = 0;
    g_autofree char *text = NULL;

    for (guint i = 0; i < parts->disks->len; i++) {
        const struct vm_disk *disk = g_ptr_array_index(parts->disks, i);

        if (disk->place != VM_DISK_LOCAL)
            continue;
        first = first ? first : disk;
        n++;
    }
    if (n == 0)
        return NULL;
    if (n == 1)
        text = g_strdup_printf("its disk %s is on a file system of its host (%s), and a target "
                               "must have the same file",
                               first->target, first->storage);
    else
        text = g_strdup_printf("%u of its disks (%s, ...) are on a file system of its host (%s), "
                               "and a target must have the same files",
                               n, first->target, first->storage);
    return text_escape(text);
}

char *vm_parts_obstacle(const struct vm_parts *parts, gboolean *never)
{
    GString *text;

    if (never)
        *never = parts->immovable->len > 0;
    if (parts->immovable->len == 0)
        return say_local(parts);
    text = g_string_new("it cannot leave its host: it has ");
    for (guint i = 0; i < parts->immovable->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(parts->immovable, i));
    return g_string_free(text, FALSE);
}
