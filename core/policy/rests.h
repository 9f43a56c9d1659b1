/*
 * rests.h - what a decision leaves alone, each with the reason of whoever asks for it.
 *
 * A host that rests is neither source nor target, and neither woken nor switched off; a VM that
 * rests is not moved. Whoever wants a decision fills it beforehand; the policy only reads it. It
 * borrows hosts and VMs, so it must not outlive a change of the cluster. Thread: one fills it;
 * once filled, any.
 */
#ifndef ROOST_POLICY_RESTS_H
#define ROOST_POLICY_RESTS_H

#include <glib.h>

#include "core/base/cleanup.h"

struct host;
struct vm;
struct rests;

struct rests *rests_new(void);
void rests_free(struct rests *rests); /* NULL is allowed */
AUTOPTR_DEFINE(rests)

/*
 * why_take is said in refusals, after "NAME is left alone: ": "job 7 is under way there". It is
 * taken. What is added twice keeps the later reason.
 */
void rests_add_host(struct rests *rests, const struct host *host, char *why_take);
void rests_add_vm(struct rests *rests, const struct vm *vm, char *why_take);

/*
 * The host, which rests, is being woken, or is about to be: whoever needs another host on waits for
 * this one.
 */
void rests_add_waking(struct rests *rests, const struct host *host);
gboolean rests_is_waking(const struct rests *rests, const struct host *host);

/* The reason, borrowed; NULL when it does not rest. NULL for rests: nothing does. */
const char *rests_why_host(const struct rests *rests, const struct host *host);
const char *rests_why_vm(const struct rests *rests, const struct vm *vm);

/* How many hosts and VMs rest. NULL: 0. */
guint rests_count(const struct rests *rests);

#endif
