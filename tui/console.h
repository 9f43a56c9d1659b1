/*
 * console.h - the full-screen console: the operator's window on an engine.
 *
 * It reads the engine, draws, and turns keys and mouse into the engine's actions; it decides
 * nothing. Thread: main.
 */
#ifndef ROOST_TUI_CONSOLE_H
#define ROOST_TUI_CONSOLE_H

#include <glib.h>

#include "core/command/command.h"
#include "core/engine/engine.h"
#include "tui/colour_depth.h"

struct console_options {
    struct session *session;           /* the engine's, which the palette runs verbs in; borrowed */
    const struct command_hooks *hooks; /* borrowed; what verbs are lent */
    struct engine *engine;     /* borrowed; already started or not: console_run starts none */
    gboolean simulated;        /* the lab is simulated: shown, and its clock can be sped up */
    const char *lab_name;      /* NULL = the cluster's own name */
    const char *theme;         /* name or path, as theme_load; NULL = "default" */
    const char *keymap;        /* name or path, as keymap_load; NULL = "default" */
    const GPtrArray *warnings; /* char *: what was wrong with a file; NULL = nothing */
    gboolean mouse;            /* whether the mouse is on at first */
    gboolean animated;         /* FALSE = nothing moves that need not */
    enum colour_wish colours;
};

/*
 * Takes the terminal, runs the default main context until the operator leaves (or SIGTERM or
 * SIGHUP comes), and gives the terminal back. Blocks. Returns the exit status: 0 when the operator
 * left; 1 with error set when the terminal, the theme or the keymap cannot be used.
 */
int console_run(const struct console_options *options, GError **error);

#endif
