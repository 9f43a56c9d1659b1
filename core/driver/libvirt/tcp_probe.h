/*
 * tcp_probe.h - one question to a host's kernel, without a thread: does anybody answer at a port?
 *
 * Thread: main; needs the default main context to run.
 */
#ifndef ROOST_DRIVER_LIBVIRT_TCP_PROBE_H
#define ROOST_DRIVER_LIBVIRT_TCP_PROBE_H

#include <glib.h>

struct tcp_probe;

/*
 * error NULL: it answered, be it by a refusal. FAILED: it could not be asked, for a reason of this
 * machine's own, such as a network that is down. Else as tcp_connect tells it.
 */
typedef void (*tcp_probe_func)(const GError *error, gpointer data);

/*
 * Connects to a numeric address. done comes once, later, within_us at the latest; the probe frees
 * itself after it.
 */
struct tcp_probe *tcp_probe_start(const char *address, guint port, gint64 within_us,
                                  tcp_probe_func done, gpointer data);

/* done does not come. NULL is allowed. */
void tcp_probe_free(struct tcp_probe *probe);

#endif
