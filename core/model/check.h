/*
 * check.h - what was found when a host was examined: one finding for each thing that must be right
 * before the autopilot may count on it, and the command that mends it.
 *
 * Plain values. Drivers fill them, commands compare and show them. Texts may come from a host:
 * they are escaped where they are shown. Thread: none; a report is handed over.
 */
#ifndef ROOST_MODEL_CHECK_H
#define ROOST_MODEL_CHECK_H

#include <glib.h>

#include "core/base/cleanup.h"

/* In the order in which they are shown; check_subject_name gives the words. */
enum check_subject {
    CHECK_SSH,        /* sshd answers, and lets roost in by its key */
    CHECK_HOST_KEY,   /* the host key is the one in known_hosts */
    CHECK_LIBVIRT,    /* libvirtd answers; its version */
    CHECK_HYPERVISOR, /* what it can run: kvm or emulation only; can it migrate */
    CHECK_CPU,        /* CPU model; whether guests can move to and from the others */
    CHECK_RAM,        /* total and available; whether a VM fits; short beside the others */
    CHECK_INTERFACE,  /* the interface and MAC address that really lead to the lab */
    CHECK_WAKE,       /* wake-on-LAN: supported, armed, armed again after a reboot */
    CHECK_STORE,      /* the cluster's directory: the same one that the console sees */
    CHECK_DISKS,      /* the disks of all VMs: the same files on every host */
    CHECK_MIGRATION,  /* the other hosts' migration ports can be reached from here */
    CHECK_PEER_KEYS,  /* this host can log in to the others, for peer-to-peer migration */
    CHECK_CLOCK,      /* the clock agrees with the console's */
    CHECK_SUBJECTS,
};

enum check_verdict {
    CHECK_RIGHT,
    CHECK_NOTE, /* works, and is worth knowing: an assumption, a limit */
    CHECK_WRONG,
    CHECK_UNASKED, /* could not be asked, because something before it is wrong */
};

struct check_finding {
    enum check_subject subject;
    enum check_verdict verdict;
    char *found; /* one phrase: "armed (g), not kept across reboots"; never NULL */
    char *mend;  /* a shell command, or what to do; NULL when nothing has to be done */
};

/* Whether the store's token was found at its path. */
enum check_token {
    CHECK_TOKEN_UNASKED,
    CHECK_TOKEN_SEEN,
    CHECK_TOKEN_ABSENT, /* the directory is there, and another one */
    CHECK_TOKEN_NO_DIRECTORY,
    CHECK_TOKEN_HANGS, /* looking for it gets no answer */
};

/* A VM that runs on a host, as far as it matters to another one. */
struct check_guest {
    char *name;
    char *type;        /* "kvm", "qemu", "lxc"; never NULL */
    char *cpu;         /* libvirt's XML of its CPU; NULL when it has none of its own */
    gboolean host_cpu; /* it has the CPU of its host, whatever that is */
};

/* What was found of the way from the host to another one. */
struct check_peer {
    char *address;
    char *device; /* the interface that the way leaves by; NULL when there is no way */
    char *source; /* the address that it leaves with; NULL when not told */
    /* NULL when it works, or was not asked: */
    char *port_trouble; /* why its migration port cannot be reached */
    char *key_trouble;  /* why the host cannot log in there */
    gboolean here;      /* the trouble with the port is the host's own: nothing was sent */
};

/* What is compared over the hosts; the comparing adds findings. */
struct check_report {
    GPtrArray *findings;    /* struct check_finding *, at most one a subject, in their order */
    GHashTable *files;      /* path -> identity, of those asked for that exist */
    GHashTable *mounts;     /* path -> "SOURCE TYPE MOUNTPOINT" of where it lies, where told */
    GHashTable *disks;      /* path -> VM: the disks of the host's VMs */
    GPtrArray *guests;      /* struct check_guest *: the VMs that run on it */
    GPtrArray *misfits;     /* char *: of the guests asked about, those whose CPU it has not */
    GPtrArray *peers;       /* struct check_peer *: of those asked about */
    char *shell;            /* how to run a command on it by hand, "ssh root@10.0.0.7"; or NULL */
    gboolean sudo;          /* ... as another user than root */
    char *cpu_model;        /* as the hypervisor names it; NULL when not told */
    char *device;           /* the interface that has the address; NULL when none has */
    char *mac;              /* of the card that wakes it; NULL when not told */
    char *firewall;         /* a command, run there, that opens its migration ports; or NULL */
    enum check_token token; /* of the store */
    gint64 clock_ahead_us;  /* of the console's; 0 when not told */
    gboolean told_files;    /* all files asked for were looked for */
    gboolean migrates;      /* it says that VMs can migrate from it and to it */
    gboolean has_kvm;       /* it runs VMs on the processor itself */
    gboolean told_kvm;      /* ... was told at all: it is one that could */
    guint64 mem_kib;        /* 0 = not told, and so the next */
    guint64 mem_available_kib;
    guint64 mem_vms_kib; /* of the VMs that run */
};

struct check_report *check_report_new(void);
void check_report_free(struct check_report *report);
AUTOPTR_DEFINE(check_report)

/* Copies. The strings may be NULL where the struct says so. */
struct check_guest *check_guest_new(const char *name, const char *type, const char *cpu,
                                    gboolean host_cpu);
void check_guest_free(struct check_guest *guest);

/* Takes over what the second look at a host found: files, mounts, peers, misfits. Frees `second`.
 */
void check_report_absorb(struct check_report *report, struct check_report *second);

/* The peer of that address in the report, added when it is not there yet. Borrowed. */
struct check_peer *check_report_peer(struct check_report *report, const char *address);

/* Adds, or replaces, the finding on a subject. `mend` may be NULL. */
G_GNUC_PRINTF(5, 6)
void check_report_add(struct check_report *report, enum check_subject subject,
                      enum check_verdict verdict, const char *mend, const char *format, ...);

/*
 * The line to paste that runs `command`, one for sh, on the host as root: "ssh root@10.0.0.7
 * command", quoted where it must be. The command itself where no shell is known. Free with g_free.
 */
char *check_report_command(const struct check_report *report, const char *command);

/* Borrowed; NULL when there is none on it. */
const struct check_finding *check_report_find(const struct check_report *report,
                                              enum check_subject subject);

/* How many findings have the verdict. */
guint check_report_count(const struct check_report *report, enum check_verdict verdict);

const char *check_subject_name(enum check_subject subject); /* "wake-on-LAN" */
const char *check_verdict_name(enum check_verdict verdict); /* "ok", "note", "wrong", "not asked" */

#endif
