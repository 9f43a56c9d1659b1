/*
 * limits.h - what a session that is read-only, or a kiosk, does not do. What is not said in the
 * table of verbs (VERB_LOOKS, VERB_LOOKS_BARE, VERB_KIOSK) is refused. Thread: main.
 */
#ifndef ROOST_COMMAND_LIMITS_H
#define ROOST_COMMAND_LIMITS_H

#include <glib.h>

#include "core/command/command_line.h"

struct limits {
    gboolean readonly; /* nothing acts, nothing is written to the store */
    gboolean kiosk;    /* nothing leads to a shell, an editor or a file */
};

/*
 * FALSE with ROOST_ERROR_REFUSED, a calm sentence, when the line cannot be run there. A line
 * without a verb can.
 */
gboolean limits_check(struct limits limits, const struct command_line *line, GError **error);

/* TRUE when the verb is offered there: what only looks with --dry-run must be known. */
gboolean limits_offer(struct limits limits, const struct verb *verb);

#endif
