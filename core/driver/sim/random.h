/*
 * random.h - chance in the simulated lab, the same on every machine.
 *
 * Each host and each VM has a stream of its own (splitmix64: 8 bytes of state, passes BigCrush),
 * so that what one of them does never depends on how often another was asked. Thread: any.
 */
#ifndef ROOST_DRIVER_SIM_RANDOM_H
#define ROOST_DRIVER_SIM_RANDOM_H

#include <glib.h>

struct sim_random {
    guint64 state;
};

/* What a stream is for; streams of one seed and different purposes or indexes are unrelated. */
enum sim_stream {
    SIM_STREAM_VM_LIFE,
    SIM_STREAM_HOST,
    SIM_STREAM_HOST_FAULTS,
    SIM_STREAM_NETWORK,
    SIM_STREAM_LATENCY,
};

void sim_random_init(struct sim_random *random, guint64 seed, enum sim_stream stream, guint index);

guint64 sim_random_next(struct sim_random *random);

/* 0 <= x < 1 */
double sim_random_unit(struct sim_random *random);

/* low <= x <= high; low must not be above high. */
gint64 sim_random_between(struct sim_random *random, gint64 low, gint64 high);

/* TRUE with that chance; a chance of 0 or less never is, of 1 or more always. Always draws once. */
gboolean sim_random_chance(struct sim_random *random, double chance);

#endif
