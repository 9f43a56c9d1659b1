/*
 * command.h - the program without its screen: runs what was typed and says how it ended.
 *
 * Thread: main.
 */
#ifndef ROOST_COMMAND_COMMAND_H
#define ROOST_COMMAND_COMMAND_H

#include <glib.h>

#include "core/command/command_line.h"
#include "core/command/output.h"
#include "core/command/session.h"

#define COMMAND_DONE   0
#define COMMAND_FAILED 1
#define COMMAND_USAGE  2

/* What the console lends to core, which knows nothing of screens. */
struct command_hooks {
    /* Runs the console on an observing session until the operator leaves. FALSE with the reason. */
    gboolean (*console)(struct session *session, GError **error);

    /* Appends the keys to the man page, in roff (see manual.h). */
    void (*append_keys)(GString *man);
};

/*
 * Runs a command line; returns the exit status. What failed is told on output->err, and so is
 * output that could not be written. Blocks until it is done.
 */
int command_main(int argc, char **argv, const struct output *output,
                 const struct command_hooks *hooks);

#endif
