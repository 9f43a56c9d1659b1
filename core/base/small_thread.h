/*
 * small_thread.h - detached threads with a small stack and all signals blocked.
 *
 * Signals are the main thread's; and a library may write to a socket that is gone.
 */
#ifndef ROOST_BASE_SMALL_THREAD_H
#define ROOST_BASE_SMALL_THREAD_H

#include <glib.h>

/* Any thread: runs run(data). FALSE and ROOST_ERROR_FAILED when the system has none left. */
gboolean small_thread_start(void (*run)(gpointer data), gpointer data, GError **error);

#endif
