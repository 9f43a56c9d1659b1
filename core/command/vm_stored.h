/*
 * vm_stored.h - definitions of VMs, as hosts and the store (VM/NAME.xml) have them.
 *
 * Thread: main.
 */
#ifndef ROOST_COMMAND_VM_STORED_H
#define ROOST_COMMAND_VM_STORED_H

#include <glib.h>

#include "core/command/session.h"
#include "core/command/verb.h"

/* VM/NAME.xml; NULL when there is none, or no store. Free with g_free. */
char *vm_stored_read(const struct session *session, const char *name);

/* The VM's definition: of the host that has it, or of the store. NULL with error. In vm_define.c.
 */
char *vm_definition(const struct command *command, const char *name, GError **error);

#endif
