/*
 * fan.h - one thing asked of many hosts, some at a time, in their order. Thread: main.
 */
#ifndef ROOST_COMMAND_FAN_H
#define ROOST_COMMAND_FAN_H

#include <glib.h>

#include "core/command/verb.h"

/* So many hosts at once: each may cost two threads and three connections. */
#define FAN_MOST 64

struct fan;

/* One item on its way; borrowed until fan_end. */
struct fan_call {
    struct fan *fan;
    gpointer item;
    guint operation; /* of the driver, to be cancelled; 0 = none, or not known */
};

/*
 * Begins an operation for call->item, whose done function gets the call, as its data, and ends with
 * fan_end. It may begin another operation instead. What it leaves in call->operation is cancelled
 * when the verb is.
 */
typedef void (*fan_start_func)(struct fan_call *call);

/*
 * Starts all items and waits until each has ended. `doing` is what the progress says: "asking".
 * FALSE when interrupted: no more items are started, and those under way cancelled and waited for.
 * A second interruption leaves them: nothing must be freed that the calls use.
 */
gboolean fan_run(const struct command *command, const char *doing, const GPtrArray *items,
                 fan_start_func start, GError **error);

void fan_end(struct fan_call *call);

#endif
