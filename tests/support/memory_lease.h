/*
 * memory_lease.h - the lease of lease.h, between managers of one test, on stepped clocks.
 *
 * The same rules: a counter that the holder raises, judged by the watcher's own clock; a fencing
 * number that only grows; the holder's belief, that ends before anybody else may begin. What is
 * read and written takes a while, and now and then long, as on a file server that stumbles.
 */
#ifndef ROOST_TESTS_MEMORY_LEASE_H
#define ROOST_TESTS_MEMORY_LEASE_H

#include <glib.h>

#include "core/base/clock.h"
#include "core/driver/sim/random.h"

/* What all share. */
struct lease_register {
    guint64 fence;
    guint64 counter;
    gboolean released; /* the last holder gave it back */
};

struct memory_lease;

/* Told when it was taken (mine) and when it is found lost. */
typedef void (*memory_lease_func)(gboolean mine, gpointer data);

/* Borrows register, clock and random. */
struct memory_lease *memory_lease_new(struct lease_register *shared, struct clock *clock,
                                      struct sim_random *random, memory_lease_func changed,
                                      gpointer data);

/* As when its process is killed: nothing is given back. NULL is allowed. */
void memory_lease_free(struct memory_lease *lease);

void memory_lease_want(struct memory_lease *lease, gint64 delay_us);
void memory_lease_give_back(struct memory_lease *lease);
gboolean memory_lease_may_act(const struct memory_lease *lease);
guint64 memory_lease_fence(const struct memory_lease *lease); /* own; 0 = not held */
void memory_lease_confirm(struct memory_lease *lease,
                          void (*confirmed)(gboolean may_act, gpointer asker), gpointer asker);

#endif
