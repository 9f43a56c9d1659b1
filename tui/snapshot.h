/*
 * snapshot.h - the screen kept in a file. Thread: main.
 */
#ifndef ROOST_TUI_SNAPSHOT_H
#define ROOST_TUI_SNAPSHOT_H

#include "tui/app.h"

/* The surface as a picture, titled by lab, what it shows and when. Free with g_free. */
char *snapshot_svg(const struct app *app, const struct surface *surface, const struct theme *theme);

/*
 * Makes the file; one that is there is replaced only with `over`. FALSE, "FILE: ...", when that
 * cannot be, or must not. Blocks on the file system.
 */
gboolean snapshot_write(const char *path, const char *text, gboolean over, GError **error);

#endif
