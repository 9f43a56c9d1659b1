/*
 * sheet.h - facts under each other, each with its label, in as many columns as there is room for.
 *
 * They stand in the order they were added in, down the first column and on in the next; what does
 * not fit is left out from the end. Thread: main.
 */
#ifndef ROOST_TUI_SHEET_H
#define ROOST_TUI_SHEET_H

#include "core/base/cleanup.h"
#include "tui/surface.h"

#define SHEET_COLUMN_LEAST 36  /* cells of a column: narrower ones do not stand side by side */
#define SHEET_BESIDE_LEAST 120 /* cells of a rect with room for more than facts */

struct sheet;

struct sheet *sheet_new(void);
void sheet_free(struct sheet *sheet); /* NULL is allowed */
AUTOPTR_DEFINE(sheet)

/* Escaped when drawn, and wrapped into a few lines. An empty text adds nothing. */
void sheet_add(struct sheet *sheet, enum role role, const char *label, const char *format, ...)
    G_GNUC_PRINTF(4, 5);

/* The same with a bar before the text; with what was before behind it: n values of top at most,
 * the oldest first, -1 = not known (copied). */
void sheet_add_bar(struct sheet *sheet, guint permille, const char *label, const char *format, ...)
    G_GNUC_PRINTF(4, 5);
void sheet_add_trend(struct sheet *sheet, const gint *values, guint n, gint top, enum role role,
                     const char *label, const char *format, ...) G_GNUC_PRINTF(7, 8);

/* The columns that a width has room for, at most so many. */
guint sheet_columns(int width, guint most);

/* The lines it takes in so many columns of that width together. */
int sheet_height(struct sheet *sheet, int width, guint columns);

/* Draws it from the top left of rect. Returns the lines used. */
int sheet_draw(struct sheet *sheet, struct surface *surface, struct rect rect, guint columns,
               gboolean ascii);

/*
 * Draws it in one column at the left of rect, which has SHEET_BESIDE_LEAST cells or more. Returns
 * what is left of rect beside it; *below = what is left under it, as wide as its column and the
 * margins of that (NULL is allowed).
 */
struct rect sheet_draw_beside(struct sheet *sheet, struct surface *surface, struct rect rect,
                              gboolean ascii, struct rect *below);

#endif
