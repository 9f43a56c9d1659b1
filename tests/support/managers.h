/*
 * managers.h - several managers on one simulated lab, as processes that are killed, stopped and
 * started again: each with its own clock, driver, lease and engine.
 *
 * A process that is stopped (SIGSTOP) runs no timer, while time goes on for all; one that is killed
 * vanishes with all it knows. What was saved last is what the next one begins with. Whoever acts is
 * looked at right then: it must hold the lease, under a fencing number not below any before it.
 */
#ifndef ROOST_TESTS_MANAGERS_H
#define ROOST_TESTS_MANAGERS_H

#include <glib.h>

#include "core/driver/sim/sim.h"
#include "core/engine/engine.h"
#include "tests/support/memory_lease.h"

struct managers_options {
    guint n; /* how many */
    guint64 seed;
    gboolean inside;     /* each runs on a host of its own, the first ones of the list */
    gint64 kill_mean_us; /* between two kills; 0 = none */
    gint64 stop_mean_us;
    gint64 stop_most_us;
    const char *faults; /* of the lab; NULL = none */
    enum migrate_control control;
    gboolean quiet_end; /* none are killed or stopped while everything comes home */
};

struct managers;

/* Takes lab over. The night begins as the lab closes. */
struct managers *managers_new(struct cluster *lab, const struct managers_options *options);
void managers_free(struct managers *managers);

/* One step of whatever comes next. */
void managers_step(struct managers *managers);

gint64 managers_wall_us(const struct managers *managers);
gint64 managers_opening_us(const struct managers *managers);
struct driver *managers_world(const struct managers *managers); /* to look at the truth */

/* The first thing that must never happen; NULL = none did. Borrowed. */
const char *managers_sin(const struct managers *managers);

/* What was seen, to be told. */
guint managers_kills(const struct managers *managers);
guint managers_stops(const struct managers *managers);
guint managers_takeovers(const struct managers *managers);
guint managers_refusals(const struct managers *managers); /* of those that were deposed */

#endif
