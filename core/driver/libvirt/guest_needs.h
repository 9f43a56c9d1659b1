/*
 * guest_needs.h - what a running VM needs of a host that it shall move to, read from its XML.
 *
 * Pure. Names and paths are as the XML has them, hostile: escape them where they are shown.
 * Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_GUEST_NEEDS_H
#define ROOST_DRIVER_LIBVIRT_GUEST_NEEDS_H

#include <glib.h>

#include "core/base/cleanup.h"

struct guest_disk {
    char *path;   /* absolute, on the host */
    gboolean raw; /* its size never changes */
};

struct guest_needs {
    char *cpu;         /* the <cpu> element a target must be able to give; NULL = any will do */
    gboolean host_cpu; /* it was given the CPU of its host, whatever that is */
    char *emulator;    /* NULL where not told, as the next three */
    char *arch;
    char *machine;
    char *virt_type;      /* "kvm"; a "qemu" guest has an emulated CPU, which every host can give */
    gint cpu_highest;     /* number of a CPU it is pinned to; -1 = none */
    gint node_highest;    /* likewise of a NUMA node its RAM is bound to */
    GPtrArray *disks;     /* struct guest_disk *, of files and block devices */
    GPtrArray *links;     /* char *: bridges and interfaces of the host */
    GPtrArray *networks;  /* char *: libvirt's */
    GPtrArray *immovable; /* char *: what cannot move, escaped: "the PCI device ... of its host" */
};

/* NULL when the text is no domain. */
struct guest_needs *guest_needs_read(const char *domain_xml);
void guest_needs_free(struct guest_needs *needs);
AUTOPTR_DEFINE(guest_needs)

/* From a domain capabilities document: the host's CPU as a <cpu> element. NULL when not told. */
char *guest_needs_host_cpu(const char *domain_capabilities_xml);

/* The highest number in a set as libvirt writes it, "0-3,^2,8"; -1 for none. */
gint guest_needs_highest(const char *cpuset);

#endif
