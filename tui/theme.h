/*
 * theme.h - roles to colours, read from a GKeyFile. Thread: main.
 *
 *     [theme]
 *     name=default
 *     inherits=mono            (optional)
 *     [roles]
 *     over=#ffffff on #b03030 bold
 *
 * A colour is "default", one of the 16 names ("red", "bright-red"), 0..255, or #rrggbb; attributes
 * are bold, dim, underline, reverse. On terminals with fewer colours the nearest one is taken; on
 * those without any, the attributes of the built-in theme "mono" (a theme that itself has no colour
 * keeps its own). A theme inherits from the theme it names (its own name: the one it hides), and
 * in the end from "mono", so that every role has a style.
 */
#ifndef ROOST_TUI_THEME_H
#define ROOST_TUI_THEME_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "tui/role.h"

#define THEME_DEFAULT_COLOUR (-1)

/* What the hue of a role's text is worth where there are but few colours. */
enum theme_tint {
    THEME_TINT_MEANS,  /* it tells a state */
    THEME_TINT_DECOR,  /* plain text: a soft one is grey or white there, and no yellow */
    THEME_TINT_RETIRE, /* the same, and what is to be overlooked is dim at the least */
};

struct theme_style {
    gint32 foreground; /* 0xrrggbb, or THEME_DEFAULT_COLOUR */
    gint32 background;
    guint8 foreground_index; /* the 0..255 palette entry written or nearest */
    guint8 background_index;
    guint attributes;      /* enum cell_attribute */
    guint mono_attributes; /* those of a terminal without colours */
    guint8 tint;           /* enum theme_tint */
};

struct theme {
    char *name;
    char **files; /* on disk, that it was read from: to be watched; NULL-terminated */
    struct theme_style styles[ROLE_COUNT];
};

/*
 * Loads by name ("default", "mono", "colour-blind", ...: the user's ~/.config/roost/themes, then
 * /etc/roost/themes, then built in) or by path (when it has a '/'). NULL with "FILE:LINE: ..." on
 * error. Roles and keys not known go to `warnings` (char *, may be NULL).
 */
struct theme *theme_load(const char *name_or_path, GPtrArray *warnings, GError **error);
void theme_free(struct theme *theme);
AUTOPTR_DEFINE(theme)

/* The built-in names, NULL-terminated; and those of the user and the system as well (g_strfreev).
 */
const char *const *theme_names(void);
char **theme_all_names(void);

/* What a built-in one says of itself, in a sentence without its dot. Free with g_free. */
char *theme_describe(const char *name);

/* The nearest of the first n_colours (8, 16 or 256) palette entries to a colour, 0xrrggbb. */
guint theme_nearest(gint32 rgb, guint n_colours);

/* How far the lightness of two colours, 0xrrggbb, is apart: 1 (not at all) to 21, as WCAG 2.1
 * has it; small text wants 4.5, what is not to be read 3. */
double theme_contrast(gint32 a, gint32 b);

/* Terminals with this many colours take 0xrrggbb in place of a palette entry. */
#define THEME_DIRECT_COLOURS (1 << 24)

struct theme_paint {
    int foreground; /* palette entry, 0xrrggbb, or THEME_DEFAULT_COLOUR */
    int background;
    guint attributes; /* enum cell_attribute */
    guint without;    /* those that a cell of its own must not add */
};

/*
 * How to paint a style on a terminal with n_colours: 0 (none), 8, 16, 256, or at least
 * THEME_DIRECT_COLOURS; others count as the next lower one. Text stays legible: colours that fall
 * together, or into a background that is not known, give way to the terminal's own and to dim.
 */
struct theme_paint theme_paint(const struct theme_style *style, guint n_colours);

/* With those that a cell has of its own. */
guint theme_paint_attributes(const struct theme_paint *paint, guint cell_attributes);

#endif
