/*
 * migration_pilot.h - decides, tick by tick, what is done about a migration under way.
 *
 * Pure: it is told what was asked, how far libvirt is and what time it is, and says what to do; the
 * controller does it and tells how that went. Thread: the controller's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MIGRATION_PILOT_H
#define ROOST_DRIVER_LIBVIRT_MIGRATION_PILOT_H

#include <glib.h>

#include "core/driver/driver.h"

enum pilot_act {
    PILOT_WAIT,
    PILOT_ABORT,    /* again each tick: libvirt refuses before its job has begun */
    PILOT_POSTCOPY, /* go over to it */
    PILOT_PAUSE,    /* the guest, so that the rest gets through */
    PILOT_BREAK,    /* end a post-copy that stands still and whose target is lost */
};

/* What is known of the world besides the progress. */
struct pilot_orders {
    gboolean cancelled;
    gboolean target_lost; /* without our connection to it the end cannot be told to it */
    guint steers;         /* 1 << enum migrate_steer, of all that were given */
};

struct migration_pilot {
    const struct migrate_request *request;
    gboolean can_postcopy;
    gboolean postcopy; /* it has gone over */
    gboolean paused;
    gint64 deadline_us;               /* of g_get_monotonic_time; 0 = none */
    char *late;                       /* time is up: what is told of it; NULL = not yet */
    struct migrate_progress progress; /* the last; total_bytes 0 = none yet */
    guint64 left_bytes;               /* when it last changed */
    gint64 moved_us;                  /* then */
    guint refusals;                   /* of an act in a row */
    GPtrArray *notes;                 /* char * */
};

/* request is borrowed. `resumed`: it is post-copy already. */
void migration_pilot_init(struct migration_pilot *pilot, const struct migrate_request *request,
                          gint64 now_us, gboolean resumed);
void migration_pilot_clear(struct migration_pilot *pilot);

/* libvirt told how far it is. */
void migration_pilot_see(struct migration_pilot *pilot, const struct migrate_progress *progress,
                         gint64 now_us);

enum pilot_act migration_pilot_decide(struct migration_pilot *pilot,
                                      const struct pilot_orders *orders, gint64 now_us);

/* libvirt did it, or would not. */
void migration_pilot_note(struct migration_pilot *pilot, enum pilot_act act, gboolean done,
                          gint64 now_us);

#endif
