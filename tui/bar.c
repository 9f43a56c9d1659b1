#include "tui/bar.h"

void bar_draw(struct surface *surface, int x, int y, int cells, guint permille, gboolean ascii)
{
    int full;

    if (cells <= 0)
        return;
    full = (int)((MIN(permille, 1000) * (guint)cells + 500) / 1000);
    if (full == 0 && permille > 0)
        full = 1;
    surface_fill(surface, (struct rect){x, y, full, 1}, ascii ? "#" : "━", ROLE_BAR_FULL, 0);
    surface_fill(surface, (struct rect){x + full, y, cells - full, 1}, ascii ? "." : "─",
                 ROLE_BAR_EMPTY, 0);
}
