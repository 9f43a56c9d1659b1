/*
 * handle.h - what a callback of the driver is given instead of a pointer.
 *
 * An operation may answer after what asked for it is gone: a job that gave up waiting, a host that
 * was removed, an engine that was freed. So the driver is given a handle, never used twice; once
 * dropped it leads nowhere, and a late answer finds nothing to touch. Thread: main.
 */
#ifndef ROOST_ENGINE_HANDLE_H
#define ROOST_ENGINE_HANDLE_H

#include <glib.h>

/* A handle that leads to owner (borrowed) until it is dropped. Never NULL. */
gpointer handle_new(gpointer owner);

/* The owner, or NULL when the handle was dropped. */
gpointer handle_owner(gpointer handle);

/* NULL is allowed. */
void handle_drop(gpointer handle);

#endif
