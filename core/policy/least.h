/*
 * least.h - a heap of hosts by load, to spread VMs evenly: the least loaded first.
 *
 * Private to core/policy.
 */
#ifndef ROOST_POLICY_LEAST_H
#define ROOST_POLICY_LEAST_H

#include "core/policy/work.h"

struct least;

/* An empty heap with place for every host once. Borrows work. */
struct least *least_new(const struct work *work);
void least_free(struct least *least);
AUTOPTR_DEFINE(least)

/* Adds a host that is not in it, by its load with the moves so far. */
void least_add(struct least *least, guint host);

/*
 * The least loaded host where the VM fits (load minded), taken out: add it again once the VM is
 * placed. WORK_NONE when none of the least loaded few does.
 */
guint least_take(struct least *least, guint vm);

#endif
