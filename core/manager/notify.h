/*
 * notify.h - tells the service manager how we are, by the documented protocol of sd_notify(3):
 * datagrams to the socket that $NOTIFY_SOCKET names, a path or an abstract one ("@..."). Without
 * that variable nothing is done. Never blocks. Thread: main.
 */
#ifndef ROOST_MANAGER_NOTIFY_H
#define ROOST_MANAGER_NOTIFY_H

#include <glib.h>

/* "READY=1", or several lines. FALSE when there is nobody to tell, or it could not be told. */
gboolean notify_send(const char *state);

/* STATUS=: one line for people; line breaks become spaces. */
gboolean notify_status(const char *text);

/* RELOADING=1 with the time that it needs; READY=1 ends it. */
gboolean notify_reloading(void);

/*
 * How often the watchdog wants to hear WATCHDOG=1 at least: half of what $WATCHDOG_USEC allows;
 * 0 = it does not, or it watches another process ($WATCHDOG_PID).
 */
gint64 notify_watchdog_us(void);

#endif
