/*
 * mac.h - MAC addresses as text. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_MAC_H
#define ROOST_DRIVER_LIBVIRT_MAC_H

#include <glib.h>

#define MAC_BYTES 6

/* Reads aa:bb:cc:dd:ee:ff, in either case, nothing before or after. NULL text is not one. */
gboolean mac_parse(const char *text, guint8 bytes[MAC_BYTES]);

/* The same in lower case; NULL when it is not a MAC address. Free with g_free. */
char *mac_normalize(const char *text);

#endif
