/*
 * local_end.h - a private socket here, for one connection of libvirt's client.
 *
 * It lies in a directory that only we may enter, and that is gone once libvirt has come. Thread:
 * one at a time.
 */
#ifndef ROOST_DRIVER_LIBVIRT_LOCAL_END_H
#define ROOST_DRIVER_LIBVIRT_LOCAL_END_H

#include <glib.h>

struct local_end;

/* NULL with ROOST_ERROR_FAILED. */
struct local_end *local_end_new(GError **error);
void local_end_free(struct local_end *end);

/* Borrowed. */
const char *local_end_path(const struct local_end *end);

/* What to watch: the listener until libvirt has come, then the connection. Never blocking. */
int local_end_fd(const struct local_end *end);

/* TRUE once libvirt has come. */
gboolean local_end_is_connected(const struct local_end *end);

/* Lets libvirt in, if it is there. FALSE when that can never happen any more. */
gboolean local_end_accept(struct local_end *end);

#endif
