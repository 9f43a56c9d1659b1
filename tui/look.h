/*
 * look.h - the theme and the keymap of a console: taken by name, gone through, and read again when
 * one of their files changes. What cannot be read is told with its file and line, and the one in
 * use stays. Thread: main.
 */
#ifndef ROOST_TUI_LOOK_H
#define ROOST_TUI_LOOK_H

#include "tui/app.h"

/*
 * Follows the files of the theme and the keymap that the console begins with. keymap_name is a name
 * or a path, as keymap_load takes them; the theme's is app->theme_name. Borrows app, which frees
 * it.
 */
struct look *look_new(struct app *app, const struct theme *theme, const char *keymap_name);
void look_free(struct look *look); /* NULL is allowed */

/* The next theme that can be read, those of the user and the system among them. */
void look_next_theme(struct app *app);

/*
 * "theme NAME" and "keymap NAME" of the palette, which no verb is for: FALSE when the line is
 * neither. Else *done tells whether it was taken; the reason why not is in error. Without a name:
 * says which one is in use. In a kiosk a path is refused: it would be a way to read files.
 */
gboolean look_run_line(struct app *app, const char *line, gboolean *done, GError **error);

#endif
