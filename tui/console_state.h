/*
 * console_state.h - what the operator left the console as, kept apart from the configuration that
 * people write: $XDG_STATE_HOME/roost/console.state. Nothing in it acts on the lab. Thread: main.
 *
 *     [console]
 *     theme=light
 *     theme_instead_of=default
 *     mouse=false
 *     order=load
 *     group=rack
 *     zoom=cards
 *     journal_follows=false
 *
 * A theme stands back once another is configured than the one it was chosen instead of. What cannot
 * be understood is passed over; a file that cannot be read at all is told of once, and replaced
 * when something is changed.
 */
#ifndef ROOST_TUI_CONSOLE_STATE_H
#define ROOST_TUI_CONSOLE_STATE_H

#include "tui/app.h"

struct console_state;

/*
 * Reads the file. NULL for path: nothing is read, and nothing kept (a kiosk). `configured` is the
 * theme of the configuration, NULL as "default". warnings: char *, may be NULL. Never NULL.
 */
struct console_state *console_state_new(const char *path, const char *configured,
                                        GPtrArray *warnings);
void console_state_free(struct console_state *state);
AUTOPTR_DEFINE(console_state)

#define CONSOLE_STATE_NAME "console.state" /* of user_state_path */

/* The theme to begin with. Borrowed. console_state_mouse: FALSE when it was turned off. */
const char *console_state_theme(const struct console_state *state);
gboolean console_state_mouse(const struct console_state *state);

/* Puts the rest where it belongs. */
void console_state_apply(const struct console_state *state, struct app *app);

/*
 * Once a second: writes the file when something has changed, but not while it still changes; `now`:
 * at once, for the end. A file that cannot be written is no matter for the operator of a lab.
 */
void console_state_keep(struct console_state *state, const struct app *app, gboolean now);

#endif
