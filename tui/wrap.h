/*
 * wrap.h - breaks text into lines of so many cells, at blanks where it can. Thread: any.
 */
#ifndef ROOST_TUI_WRAP_H
#define ROOST_TUI_WRAP_H

#include "tui/surface.h"

/* Appends the lines of text (escaped here) to `lines` (char *, with g_free as its free function).
 */
void wrap_text(const char *text, int cells, GPtrArray *lines);

/* Draws text into rect, as much of it as it has lines for. Returns the lines used. */
int wrap_draw(struct surface *surface, struct rect rect, enum role role, const char *text);

#endif
