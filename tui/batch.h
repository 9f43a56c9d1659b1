/*
 * batch.h - the console's screen without a terminal: frames for scripts, and the verb snapshot.
 * Nobody can press a key there, so nothing is done. Thread: main.
 */
#ifndef ROOST_TUI_BATCH_H
#define ROOST_TUI_BATCH_H

#include <glib.h>

#include "core/command/command.h"

/*
 * Prints --frames frames once every host has answered or was silent for long. Blocks. FALSE with
 * the reason when an option makes no sense, or the theme cannot be used.
 */
gboolean batch_run(const struct command *command, GError **error);

/* One frame into the file of the command line. FALSE as well when it is there already. */
gboolean batch_snapshot(const struct command *command, GError **error);

#endif
