/*
 * theme_colour.h - colours as written in theme files. Private to theme. Thread: any.
 */
#ifndef ROOST_TUI_THEME_COLOUR_H
#define ROOST_TUI_THEME_COLOUR_H

#include <glib.h>

/*
 * "default", a name, 0..255 or #rrggbb to 0xrrggbb (or THEME_DEFAULT_COLOUR) and the entry of the
 * 256-colour palette that was written or is nearest. FALSE when it is no colour.
 */
gboolean theme_colour_parse(const char *word, gint32 *rgb, guint8 *index);

#endif
