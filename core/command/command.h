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
    /*
     * Runs the console on an observing session until the operator leaves; with --batch prints its
     * frames instead. FALSE with the reason.
     */
    gboolean (*console)(const struct command *command, GError **error);

    /* Writes the console's screen into a file: the verb snapshot. FALSE with the reason. */
    gboolean (*snapshot)(const struct command *command, GError **error);

    /* Appends the keys to the man page, in roff (see manual.h). */
    void (*append_keys)(GString *man);

    /* Appends a page of help that is no verb's, in Markdown: "themes", "keymaps". FALSE when there
     * is none of that name. NULL = there are no such pages. */
    gboolean (*append_page)(GString *page, const char *name);
};

/*
 * Runs a command line; returns the exit status. What failed is told on output->err, and so is
 * output that could not be written. Blocks until it is done.
 */
int command_main(int argc, char **argv, const struct output *output,
                 const struct command_hooks *hooks);

/*
 * Runs one line, as it would be typed after `roost`, in a session that stands: it observes already
 * and goes on when the line is done. For the shell and the console's palette. Quoting is that of
 * g_shell_parse_argv, # begins a comment, and a line with nothing on it is done at once. Options
 * that choose the lab (-c, --lab, --seed, --faults) are refused: they were the session's.
 *
 * Returns the exit status; what failed is told on output->err. Until the verb is done the main
 * context is iterated, from here: whoever calls this from a source of that context (a key that was
 * read) must not need the very source meanwhile, so use an idle one. One line at a time: another
 * one fails at once. session_interrupt cancels the verb; session->detached keeps it from waiting
 * for what it queued.
 */
int command_run_line(struct session *session, const char *text, const struct output *output,
                     const struct command_hooks *hooks);

#endif
