/*
 * magic_packet.h - wake-on-LAN over UDP, without any privilege; with one, as frames too.
 *
 * The packet (R16) is 6 bytes FF, then the MAC address 16 times: 102 bytes. A sleeping card looks
 * for it anywhere in a frame, so it travels as a broadcast datagram to port 9 (discard).
 */
#ifndef ROOST_DRIVER_LIBVIRT_MAGIC_PACKET_H
#define ROOST_DRIVER_LIBVIRT_MAGIC_PACKET_H

#include <glib.h>

#include "core/driver/libvirt/mac.h"

#define MAGIC_PACKET_BYTES 102
#define MAGIC_PACKET_PORT  9

void magic_packet_fill(const guint8 mac[MAC_BYTES], guint8 packet[MAGIC_PACKET_BYTES]);

/* TRUE when a local interface is on the segment of that IPv4 address. Thread: any. */
gboolean magic_packet_reaches(const char *address);

/*
 * Sends three copies to each of: the directed broadcast address (may be NULL), and, out of each
 * local interface on the segment of `address`, its own broadcast and 255.255.255.255, and, for
 * root, frames of type 0x0842. When no interface is on that segment, and the broadcast is not known
 * or has no route, out of every interface that can.
 * FALSE and ROOST_ERROR_INPUT for a wrong MAC or broadcast address, ROOST_ERROR_FAILED when none
 * could be sent. Does not block. Thread: any.
 */
gboolean magic_packet_send(const char *address, const char *mac, const char *broadcast, guint port,
                           GError **error);

#endif
