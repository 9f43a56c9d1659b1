/*
 * run_reload.h - the configuration read again, while a manager runs. Thread: main.
 *
 * A file that is wrong is told with its line, and the old one stays in force. What takes effect at
 * once, and what at the next start, docs/manager.md says.
 */
#ifndef ROOST_COMMAND_RUN_RELOAD_H
#define ROOST_COMMAND_RUN_RELOAD_H

#include "core/command/session.h"

struct reload;

/* Borrows both. */
struct reload *reload_new(struct session *session, const struct output *output);

/* To be called when the session's engine is gone: what was replaced is freed only now. */
void reload_free(struct reload *reload);

/* FALSE when the old one stays; told on output->err. */
gboolean reload_configuration(struct reload *reload);

#endif
