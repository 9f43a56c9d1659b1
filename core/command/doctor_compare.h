/*
 * doctor_compare.h - what is only right or wrong beside other hosts. Pure; no I/O.
 *
 * Works on the reports of one examination and adds findings to them. Thread: any.
 */
#ifndef ROOST_COMMAND_DOCTOR_COMPARE_H
#define ROOST_COMMAND_DOCTOR_COMPARE_H

#include <glib.h>

#include "core/model/check.h"
#include "core/model/host.h"

/* One host and what is found on it. */
struct patient {
    const struct host *host;     /* as the cluster has it written; borrowed */
    struct check_report *report; /* owned; NULL until it has answered or failed to */
    gboolean let_in;             /* a script could be run there */
    gboolean off;                /* nothing lives at its address */
    gboolean is_console;         /* its address is this machine's own */
    gboolean looked_twice;       /* the second look came back */
};

/*
 * TRUE when the host is compared with the others as one that VMs may move to: one whose libvirt
 * does not answer now is, one that says it cannot migrate is not.
 */
gboolean patient_takes_part(const struct patient *patient);

struct doctor_rules {
    const char *store_dir; /* NULL = there is none to be seen */
    const char *refresh;   /* the command that writes what is true of a host: "roost refresh" */
    guint64 vm_kib;        /* the RAM of a usual VM: what a host should have room for */
    guint64 host_reserve_kib;
    gboolean peer_keys;
};

/* What the first look alone can tell: store, RAM, clocks, KVM, MAC addresses. */
void doctor_compare_first(struct patient *patients, guint count, const struct doctor_rules *rules);

/* What the second look told: CPUs, disks, ways between the hosts, keys. */
void doctor_compare_second(struct patient *patients, guint count, const struct doctor_rules *rules);

/*
 * Which peers the host at `place` is to try: up to `most` of those let in, in a ring, so that each
 * is somebody's peer. Returns a NULL-terminated list of borrowed addresses; free the list alone.
 */
const char **doctor_choose_peers(const struct patient *patients, guint count, guint place,
                                 guint most);

/* Different CPUs among the VMs of all hosts, one VM for each: borrowed, free the list alone. */
const struct check_guest **doctor_choose_guests(const struct patient *patients, guint count);

/* All disks of all VMs, each once; borrowed, free the list alone. */
const char **doctor_choose_files(const struct patient *patients, guint count);

/* One file, seen from two hosts? By "inode size mtime", with what may change meanwhile let pass. */
gboolean doctor_same_file(const char *one, const char *other);

#endif
