/*
 * background.h - work that threads do for one owner on the main thread, and that the owner can
 * wait for without running the main loop.
 *
 * A GTask's end comes through the main loop alone, so whoever waits for one has to run it; and then
 * timers and events come in the middle of it: they begin the next work, or free who waits.
 *
 * Thread: main, but for the work itself.
 */
#ifndef ROOST_BASE_BACKGROUND_H
#define ROOST_BASE_BACKGROUND_H

#include <glib.h>

#include "core/base/cleanup.h"

struct background;

/* On a thread. What it finds out it leaves in the job. */
typedef void (*background_work_func)(gpointer job);

/* On the main thread, once the work is over: the job is this function's to free. */
typedef void (*background_done_func)(gpointer job_take, gpointer owner);

/* The owner is only passed on. */
struct background *background_new(gpointer owner);

/* Waits for all that runs: each job's done is called first. NULL is allowed. */
void background_free(struct background *background);
AUTOPTR_DEFINE(background)

/*
 * Begins work(job) on a thread; done(job, owner) is called by the main loop, or by
 * background_await. When the system has no thread left the work is done right here.
 */
void background_begin(struct background *background, background_work_func work, gpointer job_take,
                      background_done_func done);

/* TRUE from background_begin until right before done is called. */
gboolean background_is_busy(const struct background *background);

/*
 * Waits for all that runs, and for what is begun by it, and calls each done; the main loop stands
 * still meanwhile.
 */
void background_await(struct background *background);

#endif
