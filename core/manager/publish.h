/*
 * publish.h - the manager tells what it is and does, for others to follow.
 *
 * DIR/Manager/state.xml is written anew, whole, when something changed: at most once a second,
 * seldomer when that takes long (a publication may cost a twentieth of the time), and every few
 * seconds in any case, so that its readers see that it lives. Formatting and writing are a
 * thread's; a file server that hangs holds nobody, and listeners (the socket) get the same
 * document before it is written. Thread: main.
 */
#ifndef ROOST_MANAGER_PUBLISH_H
#define ROOST_MANAGER_PUBLISH_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"

struct publisher;

/* Borrows the engine. `dir` is the store's; NULL = nothing is written, only told to the listener.
 */
struct publisher *publisher_new(struct engine *engine, const char *dir, guint64 fence);

/* What is being written is left to its thread. NULL is allowed. */
void publisher_free(struct publisher *publisher);
AUTOPTR_DEFINE(publisher)

/* One listener, given each document as it is made, on the main context. */
typedef void (*publisher_func)(GBytes *document, gpointer data);
void publisher_set_func(struct publisher *publisher, publisher_func func, gpointer data);

/* The last document; NULL while there is none. Borrowed. */
GBytes *publisher_last(const struct publisher *publisher);

/* Publishes within a moment, without waiting for its second: something was asked for. */
void publisher_hurry(struct publisher *publisher);

/* The number of the last publication that was begun: what is done now shows in the next. */
guint64 publisher_number(const struct publisher *publisher);

/* Why it could not be written the last time; NULL = it could. */
const char *publisher_trouble(const struct publisher *publisher);

#endif
