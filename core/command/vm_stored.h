/*
 * vm_stored.h - definitions of VMs in the store: VM/NAME.xml, and VM/removed of those deleted.
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

/*
 * Keeps the definition of a VM that is about to be deleted, safely on the disk. *path (may be NULL)
 * is where; NULL, and TRUE, without a store. Free it with g_free.
 */
gboolean vm_stored_keep_removed(const struct session *session, const char *name, const char *xml,
                                char **path, GError **error);

/* The VM's definition: of the host that has it, or of the store. NULL with error. In vm_define.c.
 */
char *vm_definition(const struct command *command, const char *name, GError **error);

#endif
