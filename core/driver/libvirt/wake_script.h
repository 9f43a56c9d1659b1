/*
 * wake_script.h - a magic packet sent by another host, with whatever that host has.
 *
 * No host needs anything installed for it: Debian's perl-base, which every Debian has, can send a
 * broadcast datagram, and so can python3, socat and wakeonlan; etherwake and busybox send frames
 * where roost logs in as root. bash's /dev/udp cannot: it may not broadcast. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_WAKE_SCRIPT_H
#define ROOST_DRIVER_LIBVIRT_WAKE_SCRIPT_H

#include <glib.h>

#include "core/driver/libvirt/mac.h"

/*
 * What to feed to `sh` there, as host_script.h does. address is that of the host to wake; broadcast
 * NULL = 255.255.255.255. Free with g_free.
 */
char *wake_script(const char *address, const guint8 mac[MAC_BYTES], const char *broadcast);

/*
 * What it answered: the tools that sent it, "perl, etherwake", or NULL with FAILED when none did.
 * Free with g_free.
 */
char *wake_script_read(const char *text, gsize size, GError **error);

#endif
