/*
 * lease_core.h - the rules of the lease: when it may be taken, and for how long it is believed in.
 * Private to the lease, and open to its tests, which step it on a clock of their own.
 *
 * Why two never act at once. H holds record r. H reads its clock (t0), replaces r by r+1, and from
 * then on believes until t0 + valid. A watcher that has read r+1 at any moment t1 of its own clock
 * knows t0 <= t1. It replaces r+1 by a record of its own only after t1 + expiry, and succeeds only
 * if r+1 is still there: then no later beat went through, nor will, so H stops at t0 + valid,
 * before t1 + expiry. Nothing else is used: neither what a look shows being fresh, nor anybody's
 * time of day. Clocks may run apart by as much as valid and expiry differ.
 *
 * One thread steps; the others ask.
 */
#ifndef ROOST_STORE_LEASE_CORE_H
#define ROOST_STORE_LEASE_CORE_H

#include "core/store/lease.h"
#include "core/store/lease_kind.h"

struct lease_core;

/* Microseconds that go on while the machine sleeps. Called on any thread. */
typedef gint64 (*lease_clock_func)(gpointer data);

/* CLOCK_BOOTTIME; data is not looked at. */
gint64 lease_clock_boot(gpointer data);

/* Takes the keeper over. Of the settings only the times are used. One reference is the caller's. */
struct lease_core *lease_core_new(const struct lease_settings *settings,
                                  const struct lease_identity *identity,
                                  const struct lease_kind *kind, gpointer keeper,
                                  lease_clock_func clock, gpointer clock_data);
struct lease_core *lease_core_ref(struct lease_core *core);
void lease_core_unref(struct lease_core *core);

/*
 * One turn: beats where the lease is held; else looks, and takes it where that is wanted and
 * allowed. Blocks. Returns when, by the core's clock, the next turn is due; it may come earlier.
 */
gint64 lease_core_step(struct lease_core *core);

/* --- Any thread; none of these waits for a step --- */

void lease_core_want(struct lease_core *core, gint64 delay_us);
void lease_core_want_no_more(struct lease_core *core);
void lease_core_give_back(struct lease_core *core); /* by the next step */
gboolean lease_core_holds(struct lease_core *core);

gboolean lease_core_may_act(const struct lease_core *core);

/* The same; and, when TRUE, the very moment it was true at, and under which number. */
gboolean lease_core_may_act_at(struct lease_core *core, gint64 *now_us, guint64 *fence);

/* A ticket, answered by the first turn that begins after this. */
guint64 lease_core_ask(struct lease_core *core);

/* TRUE when it was answered: *went_through when that beat did. */
gboolean lease_core_answer(struct lease_core *core, guint64 ticket, gboolean *went_through);

/* The last ticket that was answered; 0 = none. */
guint64 lease_core_answered(struct lease_core *core);

/*
 * What is known, when its number is not *number any more; that is then brought up to date. Strings
 * are the caller's: lease_view_clear.
 */
gboolean lease_core_view(struct lease_core *core, guint64 *number, struct lease_view *view);
void lease_view_clear(struct lease_view *view);

#endif
