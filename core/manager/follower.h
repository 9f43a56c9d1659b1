/*
 * follower.h - the other end: has an engine follow a manager.
 *
 * Reads DIR/Manager/state.xml twice a second, in a thread, and gives the engine what is new; or,
 * on the manager's own machine, is told by its local socket, and falls back on the store when that
 * breaks. Orders go the same way. One that the manager does not take in time is withdrawn, one
 * whose answer does not come is answered as not known: none is sent twice. Thread: main.
 */
#ifndef ROOST_MANAGER_FOLLOWER_H
#define ROOST_MANAGER_FOLLOWER_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"

struct follower;

struct follower_settings {
    const char *dir;    /* of the store */
    const char *socket; /* the manager's, when it is on this machine; NULL = not */
    guint64 fence;      /* the manager's: what others have published is not shown */
    gint64 take_us;     /* an order not taken for so long is withdrawn; 0 = 15 s */
    gint64 answer_us;   /* one taken and not answered for so long is given up; 0 = 60 s */
};

/*
 * Makes the engine follow. NULL when it cannot: it follows already, or jobs of its own are under
 * way. Copies the settings, borrows the engine.
 */
struct follower *follower_new(struct engine *engine, const struct follower_settings *settings);

/* Withdraws what was not taken. The engine still follows: follow_end is the caller's. */
void follower_free(struct follower *follower); /* NULL is allowed */
AUTOPTR_DEFINE(follower)

/* Another manager has taken over: what was asked of the old one is answered as not known. */
void follower_set_manager(struct follower *follower, guint64 fence, const char *socket);

/*
 * What is wrong, a sentence: it cannot be read, or nothing has come for long; NULL = nothing. How
 * long ago the last publication came, or this was made, by the monotonic clock of the system.
 */
const char *follower_trouble(const struct follower *follower);
gint64 follower_silence_us(const struct follower *follower);
gboolean follower_is_local(const struct follower *follower); /* over the socket */

#endif
