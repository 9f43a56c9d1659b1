/*
 * check_keep.h - will a card be armed for wake-on-LAN again after a reboot, and by what?
 *
 * Reads what check_script.h gathered of the usual places: systemd's .link files, ifupdown, netplan,
 * NetworkManager, ifcfg files, and commands that call ethtool at boot. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CHECK_KEEP_H
#define ROOST_DRIVER_LIBVIRT_CHECK_KEEP_H

#include <glib.h>

/*
 * lines: char *, "FILE:LINE" in the order of the files. `card` is the interface, `mac` its address
 * (may be NULL). Returns what arms it, "systemd (/etc/systemd/network/50-wol.link)"; NULL when
 * nothing was found. Free with g_free.
 */
char *check_keep_find(const GPtrArray *lines, const char *card, const char *mac);

#endif
