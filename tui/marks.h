/*
 * marks.h - hosts and VMs that the operator marked, to do something to all of them. By name, so
 * that a mark stays with what it was put on; what is gone loses its mark (marks_prune).
 *
 * Pure. Thread: main.
 */
#ifndef ROOST_TUI_MARKS_H
#define ROOST_TUI_MARKS_H

#include "core/model/cluster.h"

struct marks {
    GHashTable *hosts; /* char * -> itself; a set */
    GHashTable *vms;
    char *last_host; /* marked last: where a range begins; NULL = nowhere */
    char *last_vm;
};

void marks_init(struct marks *marks);
void marks_clear(struct marks *marks);

gboolean marks_has_host(const struct marks *marks, const struct host *host);
gboolean marks_has_vm(const struct marks *marks, const struct vm *vm);
void marks_set_host(struct marks *marks, const struct host *host, gboolean on);
void marks_set_vm(struct marks *marks, const struct vm *vm, gboolean on);
void marks_remove_all(struct marks *marks);
guint marks_n_hosts(const struct marks *marks);
guint marks_n_vms(const struct marks *marks);

/* Takes the marks off what the cluster no longer has. */
void marks_prune(struct marks *marks, const struct cluster *cluster);

/* Those marked, in the cluster's order; borrowed from it. Free the array. */
GPtrArray *marks_list_hosts(const struct marks *marks, const struct cluster *cluster);
GPtrArray *marks_list_vms(const struct marks *marks, const struct cluster *cluster);

#endif
