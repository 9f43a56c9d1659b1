/*
 * surface.h - what views draw into: a grid of cells {UTF-8, width, role, attributes}.
 *
 * A view says what a cell is (a role), never what colour it has; the theme knows that. Text is
 * escaped and measured here, so a hostile name can neither move the cursor nor break a column.
 * Everything outside the surface or the current clip is silently left out. Thread: main.
 */
#ifndef ROOST_TUI_SURFACE_H
#define ROOST_TUI_SURFACE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "tui/role.h"

#define CELL_BYTES_MOST 15

/* A terminal may claim any size; larger surfaces than this are cut. */
#define SURFACE_WIDTH_MOST  2048
#define SURFACE_HEIGHT_MOST 1024

enum cell_attribute {
    CELL_PLAIN = 0,
    CELL_BOLD = 1 << 0,
    CELL_DIM = 1 << 1,
    CELL_UNDERLINE = 1 << 2,
    CELL_REVERSE = 1 << 3,
};

struct cell {
    char text[CELL_BYTES_MOST + 1]; /* one grapheme, UTF-8; "" = the right half of a wide one */
    guint8 width;                   /* 1 or 2; 0 for the right half */
    guint8 role;                    /* enum role */
    guint8 attributes;
};

struct rect {
    int x, y, width, height;
};

struct surface {
    int width, height;
    struct rect clip;
    struct cell *cells;     /* row by row */
    int cursor_x, cursor_y; /* where the cursor is shown; -1 = hidden */
};

/* Blank, in ROLE_TEXT. Sides below 0 count as 0; 0 x 0 is a surface too. Never NULL. */
struct surface *surface_new(int width, int height);
void surface_free(struct surface *surface); /* NULL is allowed */
AUTOPTR_DEFINE(surface)

/* Gives it another size and blanks it, as surface_clear does. */
void surface_resize(struct surface *surface, int width, int height);

/* Blanks everything in ROLE_TEXT, hides the cursor and lifts the clip. */
void surface_clear(struct surface *surface);

/* Narrows drawing to a rectangle (cut to the surface); returns the clip there was, to put back. */
struct rect surface_clip(struct surface *surface, struct rect clip);

/* Fills a rectangle with the first grapheme of a text (blanks when there is none). */
void surface_fill(struct surface *surface, struct rect rect, const char *grapheme, enum role role,
                  guint attributes);

/*
 * Writes text (escaped; NULL = "") from x on, at most `cells` wide (negative = to the right edge
 * of the clip), ending in an ellipsis when it had to be cut. Returns the cells used, those that
 * fell outside the clip included. A wide character that is cut in half by the clip is left blank.
 */
int surface_text(struct surface *surface, int x, int y, int cells, const char *text, enum role role,
                 guint attributes);
int surface_printf(struct surface *surface, int x, int y, int cells, enum role role,
                   guint attributes, const char *format, ...) G_GNUC_PRINTF(7, 8);

/* Changes the role and attributes of what is already there (a cursor bar, a lit target). */
void surface_recolour(struct surface *surface, struct rect rect, enum role role, guint attributes);

/* The cell there; NULL outside the surface. Borrowed until the surface is resized or freed. */
const struct cell *surface_cell(const struct surface *surface, int x, int y);

gboolean rect_contains(struct rect rect, int x, int y);

/*
 * A frame with a title (NULL = none), in line characters (or ASCII ones when ascii is TRUE). What
 * is inside stays as it is. Nothing when the rectangle is under 2 x 2.
 */
void surface_box(struct surface *surface, struct rect rect, const char *title, enum role role,
                 gboolean ascii);

/*
 * Golden form: the text rows without the blanks at their ends, a line "--", the plane of role
 * letters, and a line "cursor X,Y" when it is shown. Free with g_free.
 */
char *surface_dump(const struct surface *surface);

#endif
