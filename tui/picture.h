/*
 * picture.h - a surface as a picture (SVG), or as text with the colours of a terminal. Pure.
 * Thread: any.
 */
#ifndef ROOST_TUI_PICTURE_H
#define ROOST_TUI_PICTURE_H

#include <glib.h>

#include "tui/surface.h"
#include "tui/theme.h"

/*
 * SVG in cells of one size, in whichever monospaced font there is, titled for those who hear it.
 * Where the theme leaves colours to the terminal the ground is dark, or light under dark text.
 * Free with g_free.
 */
char *picture_svg(const struct surface *surface, const struct theme *theme, const char *title);

/*
 * Text, a line a row; with the sequences (SGR) of a terminal of n_colours, as theme_paint, or plain
 * for 0. ascii:
 * nothing else, as ascii.h. Blanks at the ends of plain lines are left out. Free with g_free.
 */
char *picture_text(const struct surface *surface, const struct theme *theme, guint n_colours,
                   gboolean ascii);

#endif
