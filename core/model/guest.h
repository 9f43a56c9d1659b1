/*
 * guest.h - what a VM is made of: name, RAM, CPUs, disks, networks. Plain data.
 *
 * Made by whoever wants a new VM, or read from a definition (guest_xml.h). Whatever is in one may
 * come from a host or be typed: guest_check says whether a VM can be made of it. Thread: none.
 */
#ifndef ROOST_MODEL_GUEST_H
#define ROOST_MODEL_GUEST_H

#include <glib.h>

#include "core/base/cleanup.h"

#define GUEST_MEM_MIB_MOST (G_GUINT64_CONSTANT(16) * 1024 * 1024)
#define GUEST_VCPUS_MOST   1024
#define GUEST_DISKS_MOST   26 /* vda to vdz */

struct guest_disk {
    char *path;    /* absolute; NULL = an empty drive, or no file at all */
    char *format;  /* "raw", "qcow2"; NULL = not told */
    char *target;  /* "vda": what the guest may call it; NULL = the next that is free */
    char *bus;     /* NULL = the best there is */
    char *backing; /* what the definition says that it builds upon; NULL = nothing said */
    gboolean cdrom;
    gboolean readonly;
    gboolean shareable;
};

struct guest_nic {
    char *mac;     /* lower case; NULL = libvirt makes one */
    char *network; /* of libvirt; else bridge */
    char *bridge;
};

struct guest {
    char *name;
    char *uuid; /* NULL = libvirt makes one */
    guint64 mem_kib;
    guint vcpus;
    char *type; /* "kvm", "qemu", "xen", ... */
    char *os;   /* "hvm", "exe" */
    char *arch; /* NULL = as the hypervisor likes, and so the next two */
    char *machine;
    char *emulator;
    char *boot;       /* "hd", "cdrom,hd": devices in their order; NULL = disk first */
    GPtrArray *disks; /* struct guest_disk * */
    GPtrArray *nics;  /* struct guest_nic * */
};

struct guest *guest_new(void);
void guest_free(struct guest *guest);
AUTOPTR_DEFINE(guest)

/* Adds one with nothing known; borrowed. */
struct guest_disk *guest_add_disk(struct guest *guest);
struct guest_nic *guest_add_nic(struct guest *guest);

/*
 * Each FALSE with ROOST_ERROR_INPUT and what would be right, escaped: for what is typed. Sizes are
 * "10G", "512M", "1.5T"; a bare number is MiB. Words are "network,hd,cdrom".
 */
gboolean guest_check_name(const char *name, GError **error);
gboolean guest_check_path(const char *path, GError **error);
gboolean guest_check_boot(const char *words, GError **error);
gboolean guest_read_mac(const char *text, char **mac, GError **error); /* unicast; lower case */
gboolean guest_read_size(const char *text, guint64 *bytes, GError **error);
gboolean guest_read_mem(const char *text, guint64 *mem_kib, GError **error);
gboolean guest_read_vcpus(const char *text, guint *vcpus, GError **error);

/* "bridge=br0", "NETWORK", or "none": *nic NULL then. Free with guest_nic_free. */
gboolean guest_read_nic(const char *text, struct guest_nic **nic, GError **error);
void guest_nic_free(struct guest_nic *nic);

/* All of the above on the whole. */
gboolean guest_check(const struct guest *guest, GError **error);

/*
 * A MAC address of QEMU's range, 52:54:00, that is not in `taken` (a set of lower-case strings, to
 * which it is added); NULL when there is none left to be found. Free with g_free.
 */
char *guest_make_mac(GHashTable *taken, GRand *chance);

/*
 * The name of copy `number`: `pattern` with one %d, %02d or such replaced. NULL and
 * ROOST_ERROR_INPUT when there is not just one, or the name cannot be used. Free with g_free.
 */
char *guest_copy_name(const char *pattern, guint number, GError **error);

/* "/srv/vms/web-vda.qcow2": beside `beside`, for the disk of that target. Free with g_free. */
char *guest_disk_path(const char *beside, const char *name, const char *target, const char *format);

#endif
