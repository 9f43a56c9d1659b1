/*
 * tonight.h - the rest of the night in advance: the same loop as the manager's, on a simulated twin
 * of the lab as it is now, until the next opening.
 *
 * The twin has the hosts, VMs, states, readiness to wake, pins, hours and settings of the lab.
 * Loads and logins stay as they are now; nothing fails but what is known to. While the lab is open
 * the night begins at closing. An autopilot that is off is taken as if it followed the hours.
 * Thread: any; one request is for one thread.
 */
#ifndef ROOST_COMMAND_TONIGHT_H
#define ROOST_COMMAND_TONIGHT_H

#include <gio/gio.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"

struct tonight_sample {
    gint64 wall_us;
    guint on; /* hosts that draw power: on, waking or stopping */
    guint vms;
    guint migrations; /* so far */
    double load;      /* mean of the hosts that are on; -1 = not known */
    double watts;     /* from here to the next one */
    double kwh;       /* so far */
    double kwh_all_on;
};

struct tonight_event {
    gint64 wall_us;
    char *what; /* "migrate", "wake", "off", "plan", "alarm" */
    char *text;
    gboolean trouble;
};

struct tonight {
    gint64 from_us, until_us; /* wall */
    gboolean opens;           /* it ends with an opening; else after half a day */
    gboolean as_if;           /* the autopilot is off */
    guint hosts, vms;
    guint on_now, lowest, on_at_end, home_at_end;
    gint64 lowest_at_us;
    guint migrations, failed;
    double kwh, kwh_all_on;
    GArray *samples;     /* struct tonight_sample, by time; at least one */
    GPtrArray *events;   /* struct tonight_event *, by time; so many at most */
    guint events_left;   /* that were too many to keep */
    GPtrArray *troubles; /* char *: what is foreseen to go wrong; empty = nothing */
};

struct tonight_request;

/* Copies all it needs. To be called where the engine lives. */
struct tonight_request *tonight_request_new(const struct engine *engine);
void tonight_request_free(struct tonight_request *request);
AUTOPTR_DEFINE(tonight_request)

/*
 * Runs it: for long with many hosts. permille (may be NULL) is set, atomically, to how far it is.
 * NULL and ROOST_ERROR_CANCELLED when cancelled; ROOST_ERROR_INPUT when there is no host.
 */
struct tonight *tonight_run(struct tonight_request *request, GCancellable *cancellable,
                            gint *permille, GError **error);
void tonight_free(struct tonight *tonight);
AUTOPTR_DEFINE(tonight)

/* What the hosts drew or did at that moment. Borrowed. */
const struct tonight_sample *tonight_at(const struct tonight *tonight, gint64 wall_us);

#endif
