/*
 * refusal.h - what a read-only driver answers instead of doing something. Private to core/driver.
 *
 * Comes as any other answer: later, on the main context, and never after driver_free. Thread: main.
 */
#ifndef ROOST_DRIVER_REFUSAL_H
#define ROOST_DRIVER_REFUSAL_H

#include <glib-object.h>

#include "core/driver/driver.h"

/* How a done function is written. */
enum refusal_kind {
    REFUSAL_DONE,   /* driver_done_func */
    REFUSAL_WAKE,   /* driver_wake_func */
    REFUSAL_ENROL,  /* driver_enrol_func */
    REFUSAL_RUN,    /* driver_run_func */
    REFUSAL_PEER,   /* driver_peer_func */
    REFUSAL_MANAGE, /* driver_manage_func */
};

/*
 * Has done(…, ROOST_ERROR_REFUSED, data) called: `done` is of that kind, cast to GCallback. Returns
 * the number of an operation, of which driver_cancel knows nothing.
 */
guint refusal_answer(struct driver *driver, const char *what, enum refusal_kind kind,
                     GCallback done, gpointer data);

/* For driver_free: those that were not called never will be. */
void refusal_drop_all(struct driver *driver);

#endif
