/*
 * bar.h - a bar of how much. Thread: main.
 */
#ifndef ROOST_TUI_BAR_H
#define ROOST_TUI_BAR_H

#include "tui/surface.h"

/* permille over 1000 fills it. A bar that is not empty shows at least one full cell. */
void bar_draw(struct surface *surface, int x, int y, int cells, guint permille, gboolean ascii);

#endif
