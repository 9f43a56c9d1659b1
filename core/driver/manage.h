/*
 * manage.h - definitions of VMs, and the images of their disks: what a host's libvirt and its file
 * system are asked for or told beside the running of VMs.
 *
 * Calls work as those of driver.h do: they return at once, and the done function comes once, later,
 * on the main context. Definitions go through the host's worker, in their order; what has to do
 * with images is an errand of its own, which may take minutes and holds nothing up. Errors begin
 * with the VM or host they are about. Nobody but the host itself is asked: what other hosts have to
 * say is the caller's to find out. Thread: main only.
 */
#ifndef ROOST_DRIVER_MANAGE_H
#define ROOST_DRIVER_MANAGE_H

#include "core/driver/driver.h"
#include "core/model/vm_parts.h"

enum manage_kind {
    MANAGE_DEFINITION,  /* vm -> text: its XML as it would start next, secrets included */
    MANAGE_DEFINE,      /* xml: the host knows the VM from now on; it is not started */
    MANAGE_UNDEFINE,    /* vm, which must be off: the host forgets it; its disks stay */
    MANAGE_GROUND,      /* -> ground: what a new VM can be made of there */
    MANAGE_DEFINITIONS, /* -> texts: the XML of every VM that the host knows, running or not */
    MANAGE_CREATE_DISK, /* path, format, bytes, backing, copy: never over a file that is there */
    MANAGE_REMOVE_DISK, /* path: a regular file with no other name */
    MANAGE_TRACE_DISKS, /* paths -> traces: where each really lies, and what it builds upon */
    MANAGE_PARTS,       /* vm -> parts: its disks, interfaces and screens as they are now */
};

struct manage_request {
    enum manage_kind kind;
    const char *address;
    const char *vm;
    const char *xml;
    gboolean fresh;      /* define: REFUSED when the host knows one of that name already */
    gboolean all_state;  /* undefine: saved RAM, NVRAM and what is known of snapshots go as well;
                            without, a VM that has any is REFUSED */
    const char *path;    /* absolute */
    const char *format;  /* "raw" or "qcow2" */
    guint64 bytes;       /* 0 = as large as what it builds upon */
    const char *backing; /* the image that it builds upon, or is copied from; NULL = empty */
    const char *backing_format; /* of that; NULL = found out, for a copy only */
    gboolean copy;              /* of all that is in `backing`, instead of building upon it */
    const char *const *paths;   /* NULL-terminated */
};

/* What a new VM can be made of. */
struct manage_ground {
    char *type;    /* "kvm", "qemu", "xen", "lxc", ...; never NULL */
    char *os;      /* "hvm", "exe", ...; never NULL */
    char *arch;    /* "x86_64"; NULL = not told, and so the next three */
    char *machine; /* "q35" or such */
    char *emulator;
    char *disk_bus;   /* the best that the hypervisor has for disks: "virtio", "xen", "scsi"... */
    guint vcpus_most; /* 0 = not told */
    char **networks;  /* of libvirt, active; never NULL */
};

/* One image. */
struct manage_trace {
    char *path;    /* as asked */
    char *real;    /* without links; NULL when there is no such file */
    char *format;  /* NULL = not told */
    guint64 bytes; /* as the guest sees it; 0 = not told */
    char **below;  /* real paths of all that it builds upon; NULL = could not be told */
};

struct manage_answer {
    char *text;
    GPtrArray *texts;  /* char * */
    GPtrArray *traces; /* struct manage_trace *, one for each path, in their order */
    struct manage_ground *ground;
    struct vm_parts *parts;
};

struct manage_answer *manage_answer_new(void);
void manage_answer_free(struct manage_answer *answer);
AUTOPTR_DEFINE(manage_answer)
void manage_ground_free(struct manage_ground *ground);
void manage_trace_free(struct manage_trace *trace);

/* Deep copies of what outlives the call; all strings are owned by the copy. */
struct manage_request *manage_request_copy(const struct manage_request *request);
void manage_request_free(struct manage_request *request);

const char *manage_kind_name(enum manage_kind kind); /* "define", for messages */

/* answer is NULL when error is set; else it is handed over. */
typedef void (*driver_manage_func)(struct manage_answer *answer, const GError *error,
                                   gpointer data);

guint driver_manage(struct driver *driver, const struct manage_request *request,
                    driver_manage_func done, gpointer data);

/* MANAGE_DEFINITION. REFUSED when the host does not know the VM, or it has no definition. */
guint driver_definition(struct driver *driver, const char *address, const char *vm,
                        driver_manage_func done, gpointer data);

/*
 * MANAGE_PARTS, for somebody who waits to read it: takes seconds at most. What the host could not
 * tell of it is in parts->trouble. REFUSED when the host does not know the VM.
 */
guint driver_parts(struct driver *driver, const char *address, const char *vm,
                   driver_manage_func done, gpointer data);

#endif
