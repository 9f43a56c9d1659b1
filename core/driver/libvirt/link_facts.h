/*
 * link_facts.h - which network card a magic packet must reach, from what `ip` and ethtool print.
 *
 * Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_LINK_FACTS_H
#define ROOST_DRIVER_LIBVIRT_LINK_FACTS_H

#include <glib.h>

#include "core/driver/libvirt/host_facts.h"

struct link_facts;

struct link_facts *link_facts_new(void);
void link_facts_free(struct link_facts *links);

/*
 * One line of `ip -o address`, of `ip -d -o link`; "NAME VALUE" of ethtool's Wake-on, and of sysfs
 * the setting and the bus of the device.
 */
void link_facts_add_address(struct link_facts *links, const char *line);
void link_facts_add_link(struct link_facts *links, const char *line);
void link_facts_add_wake(struct link_facts *links, const char *line);
void link_facts_add_wakeup(struct link_facts *links, const char *line);
void link_facts_add_bus(struct link_facts *links, const char *line);

/* Fills has_link, device, card, mac, broadcast and wake. */
void link_facts_resolve(const struct link_facts *links, struct host_facts *facts);

#endif
