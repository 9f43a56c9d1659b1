/*
 * clock.h - time, injected.
 *
 * Everything in roost that waits or stamps asks a clock, never the system. Two times: monotonic
 * microseconds for intervals (starts anywhere, never goes back) and wall-clock microseconds since
 * the epoch for hours and the journal. Timers are kept here too, so that a simulated night can be
 * stepped through as fast as the machine allows, or shown at sixty times its speed.
 *
 * A clock is one of:
 *   real      the system's clocks; its timers run from the default GMainContext.
 *   stepped   time stands still until clock_step() jumps to the next timer. Deterministic.
 *   paced     simulated time that follows real time at a speed (0 = paused); its timers run from
 *             the default GMainContext, each with the clock showing exactly its own time.
 *
 * Thread: main only.
 */
#ifndef ROOST_BASE_CLOCK_H
#define ROOST_BASE_CLOCK_H

#include <glib.h>

#include "core/base/cleanup.h"

#define CLOCK_SECOND_US  G_GINT64_CONSTANT(1000000)
#define CLOCK_MINUTE_US  (60 * CLOCK_SECOND_US)
#define CLOCK_HOUR_US    (60 * CLOCK_MINUTE_US)
#define CLOCK_DAY_US     (24 * CLOCK_HOUR_US)
#define CLOCK_SPEED_MOST 3600

struct clock;

/* What a timer calls. The timer is gone by then; add it again to repeat it. */
typedef void (*clock_func)(gpointer data);

struct clock *clock_new_real(void);
struct clock *clock_new_stepped(gint64 wall_start_us);
struct clock *clock_new_paced(gint64 wall_start_us, guint speed);

/* Frees the clock; timers still pending are dropped without being called. NULL is allowed. */
void clock_free(struct clock *clock);
AUTOPTR_DEFINE(clock)

gint64 clock_mono_us(const struct clock *clock);
gint64 clock_wall_us(const struct clock *clock);
gboolean clock_is_simulated(const struct clock *clock);

/*
 * Calls func(data) once, after_us from now (0 or less: as soon as the caller has returned to the
 * loop). Timers due at one time run in the order they were added. Returns an id, never 0.
 */
guint clock_add_timer(struct clock *clock, gint64 after_us, clock_func func, gpointer data);

/* Drops a timer that has not run yet. 0 and ids of timers that have run are ignored. */
void clock_cancel_timer(struct clock *clock, guint id);

/* Stepped only: jumps to the next timer and calls it. FALSE when none is left. */
gboolean clock_step(struct clock *clock);

/* Stepped only: when the next timer is due, by clock_mono_us; G_MAXINT64 when none is left. */
gint64 clock_next_us(const struct clock *clock);

/*
 * Stepped only: lets time pass up to that moment without running a timer, as for a process that was
 * stopped; what was due meanwhile runs late, by the next steps.
 */
void clock_pass(struct clock *clock, gint64 until_us);

/* TRUE when only clock_step moves its time. */
gboolean clock_is_stepped(const struct clock *clock);

/* Paced only: simulated seconds per real second, 0 (paused) to CLOCK_SPEED_MOST. */
void clock_set_speed(struct clock *clock, guint speed);

/* The speed of a paced clock; 1 for a real one, 0 for a stepped one. */
guint clock_speed(const struct clock *clock);

#endif
