/*
 * definitions.h - keeps VM/NAME.xml up to date: each VM's definition as the host that has it gives
 * it (R4, R8).
 *
 * A host is asked for all its definitions at once: when one of its VMs is new there, or is not what
 * it was (RAM, CPUs, MAC address, UUID), and otherwise now and then, since not all that can change
 * shows in a report. Writing is a thread's. What is another host's, was left behind there, or is no
 * XML of a domain of that name, is not taken. Thread: main.
 */
#ifndef ROOST_COMMAND_DEFINITIONS_H
#define ROOST_COMMAND_DEFINITIONS_H

#include <glib.h>

#include "core/command/verb.h"
#include "core/driver/driver.h"
#include "core/engine/engine.h"
#include "core/store/store.h"

struct definitions;

/* Begins to keep them, for as long as a session lasts. Borrows all. */
struct definitions *definitions_new(struct engine *engine, struct driver *driver,
                                    struct store *store);

/* Answers under way lead nowhere from then on; what is being written is waited for. NULL is
 * allowed. */
void definitions_free(struct definitions *definitions);

/*
 * Asks every host that is on at once, waits, and prints a line for each definition that is new,
 * that changed, or that could not be had. Returns how many are new or changed. FALSE in *waited
 * when interrupted. For the verb refresh.
 */
guint definitions_refresh(const struct command *command, gboolean *waited, GError **error);

#endif
