/*
 * check_find.h - what the facts of a host mean: findings on its clock, RAM, interface, wake-on-LAN
 * and daemons, each with the command that mends it. Thread: any.
 *
 * report->shell must be set: commands are made with it.
 */
#ifndef ROOST_DRIVER_LIBVIRT_CHECK_FIND_H
#define ROOST_DRIVER_LIBVIRT_CHECK_FIND_H

#include <glib.h>

#include "core/driver/libvirt/check_facts.h"
#include "core/driver/libvirt/host_facts.h"

/* Between the console's clock and a host's, before it is worth a note, and before it is wrong. */
#define CHECK_FIND_CLOCK_NOTE_US  (G_USEC_PER_SEC / 2)
#define CHECK_FIND_CLOCK_WRONG_US (2 * G_USEC_PER_SEC)

/*
 * The host's clock, asked between two moments of ours (microseconds since the epoch). Half of what
 * lies between them may be an error, and is not held against the host.
 */
void check_find_clock(struct check_report *report, const struct check_facts *answer,
                      const struct check_facts *facts, gint64 asked_us, gint64 answered_us);

void check_find_ram(struct check_report *report, const struct host_facts *facts);
void check_find_interface(struct check_report *report, const struct host_facts *facts);
void check_find_wake(struct check_report *report, const struct host_facts *link,
                     const struct check_facts *facts);

/* Why libvirt cannot be asked; `why` is what the attempt said. */
void check_find_daemon(struct check_report *report, const struct check_facts *facts,
                       const char *why);

/* What became of the store's token, into report->token. */
void check_find_token(struct check_report *report, const struct check_facts *facts,
                      const char *token);

#endif
