/*
 * enrol.h - hosts met for the first time: their keys accepted, and roost's own left with them.
 * Thread: main.
 */
#ifndef ROOST_COMMAND_ENROL_H
#define ROOST_COMMAND_ENROL_H

#include "core/command/arrival.h"

/*
 * Meets these (struct arrival *, of `arrivals`). Asks the operator, if there is one at a terminal,
 * once whether unknown host keys are right, and once for a password where no key opens; refuses,
 * with what to do, what could not be settled. One that does not answer over ssh is left as it is:
 * whoever asks it next will hear so. FALSE when interrupted.
 */
gboolean enrol_run(struct arrivals *arrivals, const GPtrArray *met, GError **error);

#endif
