/*
 * tcp_connect.h - a TCP connection within a deadline, and what its failure tells about the host.
 */
#ifndef ROOST_DRIVER_LIBVIRT_TCP_CONNECT_H
#define ROOST_DRIVER_LIBVIRT_TCP_CONNECT_H

#include <glib.h>

/*
 * Connects to a numeric address. deadline_us is g_get_monotonic_time's. Returns a socket (blocking,
 * close-on-exec) that the caller closes, or -1 with error:
 *   ABSENT       no route, or nobody answers for the address on its segment (ARP, neighbour)
 *   UNREACHABLE  refused or reset: something lives there
 *   TIMEOUT      no answer before the deadline
 * Blocks until then. Thread: any.
 */
int tcp_connect(const char *address, guint port, gint64 deadline_us, GError **error);

/*
 * Begins to connect, and returns at once: a socket (non-blocking, close-on-exec) that the caller
 * awaits and closes, or -1 and *code, an errno. tcp_connect_set_error makes an error of one.
 */
int tcp_connect_begin(const char *address, guint port, int *code);
void tcp_connect_set_error(int code, const char *address, guint port, GError **error);

#endif
