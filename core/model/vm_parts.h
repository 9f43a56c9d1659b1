/*
 * vm_parts.h - what one VM has of its own and of its host's: disks, interfaces, screens, and what
 * ties it to the host. Plain data.
 *
 * Told by a host about one VM, when it is asked for that (manage.h); nobody keeps it in a cluster.
 * Names and paths are as the host told them, hostile: they are escaped where they are shown. Lists
 * are bounded by VM_PARTS_MOST each, texts by VM_PARTS_TEXT_MOST. Thread: none.
 */
#ifndef ROOST_MODEL_VM_PARTS_H
#define ROOST_MODEL_VM_PARTS_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/model/cluster.h"

#define VM_PARTS_MOST      64   /* of a kind; what an image builds upon is bounded by it too */
#define VM_PARTS_TEXT_MOST 4096 /* bytes of a name or path; the rest is cut off */

/* Where a disk lies, the later the worse for a migration. */
enum vm_disk_place {
    VM_DISK_EMPTY,   /* a drive without a medium: nowhere */
    VM_DISK_SHARED,  /* on a file system or service of the network */
    VM_DISK_UNKNOWN, /* whoever was asked could not tell */
    VM_DISK_LOCAL,   /* on a file system of its host */
};

struct vm_disk {
    char *target; /* "vda": what the guest may call it; never NULL */
    char *device; /* "disk", "cdrom", "floppy", "lun"; never NULL */
    char *format; /* "qcow2"; NULL = not told */
    char *source; /* "/srv/vms/web.qcow2", "pool fast, volume web"; NULL when empty */
    char *path;   /* the same as an absolute path of its host; NULL = it has none */
    char *pool;   /* of libvirt, that it is a volume of; NULL = of none, and so the next */
    char *volume;
    char *storage; /* what `place` follows from: "nfs4", "ext4", "rbd"; NULL = not told */
    enum vm_disk_place place;
    gint64 size_bytes; /* as the guest sees it; -1 = not told */
    gint64 used_bytes; /* what it takes where it lies; -1 = not told */
    GPtrArray *below;  /* char *: the images that it builds upon, the nearest first */
    gboolean readonly;
};

struct vm_nic {
    char *mac;     /* NULL = not told */
    char *kind;    /* "network", "bridge", "direct", "hostdev"; never NULL */
    char *network; /* the network, bridge or interface of its host; NULL = none */
    char *model;   /* "virtio"; NULL = not told */
    char *target;  /* "vnet3": its end on the host; NULL while there is none */
};

struct vm_screen {
    char *kind;     /* "vnc", "spice"; never NULL */
    char *listen;   /* address, or path of a socket; NULL = not told */
    guint port;     /* 0 = none, or not given yet */
    guint tls_port; /* likewise */
};

struct vm_parts {
    GPtrArray *disks;     /* struct vm_disk * */
    GPtrArray *nics;      /* struct vm_nic * */
    GPtrArray *screens;   /* struct vm_screen * */
    GPtrArray *immovable; /* char *, safe to show: "a device of its host (hostdev, pci)" */
    char *trouble;        /* what could not be found out, and why; NULL = nothing */
    gboolean cut;         /* it has more than these */
};

struct vm_parts *vm_parts_new(void);
void vm_parts_free(struct vm_parts *parts);
AUTOPTR_DEFINE(vm_parts)

/* Each adds one, with nothing known; borrowed. NULL, and parts->cut, when there are too many. */
struct vm_disk *vm_parts_add_disk(struct vm_parts *parts);
struct vm_nic *vm_parts_add_nic(struct vm_parts *parts);
struct vm_screen *vm_parts_add_screen(struct vm_parts *parts);

/* FALSE, and parts->cut, when there are too many. Copies the path. */
gboolean vm_parts_add_below(struct vm_parts *parts, struct vm_disk *disk, const char *path);

/* Frees `text`, and returns as much of it as may be kept; NULL for NULL or nothing. */
char *vm_parts_take_text(char *text);

/* The first trouble stays. A printf format. */
void vm_parts_complain(struct vm_parts *parts, const char *format, ...) G_GNUC_PRINTF(2, 3);

/*
 * The disk, or an image that it builds upon, lies on a file system of this type, as findmnt or
 * stat -f names it, or is reached so ("rbd", "iscsi"). The worst place that is told stands.
 */
void vm_disk_tell_storage(struct vm_disk *disk, const char *storage);

const char *vm_disk_place_name(enum vm_disk_place place); /* "shared"; for words and records */

/* --- In words: safe to show; free with g_free --- */

/* Why its host cannot be asked for them now; NULL when it can. */
char *vm_parts_why_not(const struct vm *vm);

/* "qcow2, 4.0 GiB, 1.2 GiB on disk, shared (nfs4): /srv/vms/web.qcow2" */
char *vm_disk_say(const struct vm_disk *disk);

/* "52:54:00:00:00:01, network default, virtio, vnet3 on its host" */
char *vm_nic_say(const struct vm_nic *nic);

/* "127.0.0.1, port 5900" */
char *vm_screen_say(const struct vm_screen *screen);

/* "2 disks, 24.0 GiB, 3.1 GiB on disk" */
char *vm_parts_sum(const struct vm_parts *parts);

/*
 * What stands against a live migration, as a sentence about "it"; NULL = nothing that is known of
 * here. *never (may be NULL): TRUE when no target would do.
 */
char *vm_parts_obstacle(const struct vm_parts *parts, gboolean *never);

#endif
