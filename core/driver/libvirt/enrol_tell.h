/*
 * enrol_tell.h - runs a script of enrol_script.h on a host and reads its answer. Thread: any.
 */
#ifndef ROOST_DRIVER_LIBVIRT_ENROL_TELL_H
#define ROOST_DRIVER_LIBVIRT_ENROL_TELL_H

#include <glib.h>

#include "core/driver/libvirt/ssh_link.h"

/*
 * as_root: through sudo -n when the user is another and may. *key (may be NULL) gets the public key
 * that was told, or NULL; *done (may be NULL) what was said to be done. Both are freed with g_free.
 * FALSE when the host failed to, with its reason, escaped.
 */
gboolean enrol_tell(struct ssh_link *link, gboolean as_root, const char *script, gint64 deadline_us,
                    char **key, char **done, GError **error);

/* The command that such a script is fed to, as_root. */
extern const char enrol_tell_as_root[];

/* The "failed" and "key" lines of an answer, for tests. */
gboolean enrol_tell_read(const char *text, gsize size, char **key, char **done, GError **error);

#endif
