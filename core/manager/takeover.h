/*
 * takeover.h - which machine this is, and when it is its turn to be the manager (R11, R21).
 *
 * The first living node of the cluster's list takes over first, the next after a delay by its
 * place, and a machine that is none of the cluster's after all of them. Who really holds the lease
 * is settled by the lease alone: the order only spares the others the trouble. Thread: main.
 */
#ifndef ROOST_MANAGER_TAKEOVER_H
#define ROOST_MANAGER_TAKEOVER_H

#include <glib.h>

#include "core/model/cluster.h"

/* By what a machine is known. */
struct takeover_machine {
    char *hostname;
    char **addresses; /* numeric, NULL at the end; without loopback */
};

/* This one's. Does not block. */
void takeover_machine_init(struct takeover_machine *machine);
void takeover_machine_clear(struct takeover_machine *machine);

/*
 * The host of the cluster that is this machine: the one whose address is one of its own, or else
 * the one of its name, with or without the domain. NULL = it is none of them. Borrowed.
 */
struct host *takeover_find_host(const struct cluster *cluster,
                                const struct takeover_machine *machine);

/*
 * How long a machine waits once the lease is free: `step_us` for each host before it in the list
 * that was on when that was last written; `self` NULL = outside the cluster, after all of them.
 */
gint64 takeover_delay_us(const struct cluster *cluster, const struct host *self, gint64 step_us);

#endif
