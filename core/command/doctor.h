/*
 * doctor.h - examines hosts, and tells what is wrong with each and the command that mends it.
 *
 * All hosts at once, twice: what each knows by itself, then what only shows beside the others. A
 * host that is off, hangs, or lets nobody in is a finding, and costs its own time-out only.
 * Thread: main.
 */
#ifndef ROOST_COMMAND_DOCTOR_H
#define ROOST_COMMAND_DOCTOR_H

#include <glib.h>

#include "core/command/output.h"
#include "core/command/session.h"

/*
 * Examines all hosts of the cluster and prints, for those named (names or addresses, up to NULL;
 * NULL itself for all), a line each, and what is wrong or worth a note. `every` prints what is
 * right as well. *wrong (may be NULL) is how many things are wrong with those that were printed.
 * FALSE when it was interrupted, or a name is not in the cluster. Runs the main loop; nothing may
 * be observing the session.
 */
gboolean doctor_examine(struct session *session, const char *const *hosts, gboolean every,
                        const struct output *output, guint *wrong, GError **error);

#endif
