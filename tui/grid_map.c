/* grid_map.c - headings between the tiles, and the map of it all beside them. */
#include "tui/grid_parts.h"

#include "core/base/text.h"

/* --- Headings -------------------------------------------------------------------------------- */

static char *heading_counts(const struct arrange_heading *heading)
{
    return g_strdup_printf("  %u host%s, %u on, %u VM%s ", heading->n, heading->n == 1 ? "" : "s",
                           heading->n_on, heading->n_vms, heading->n_vms == 1 ? "" : "s");
}

struct heading_trouble {
    guint n;
    enum role role;
    const char *word;
};

#define TITLE_LEAST 10

void grid_draw_heading(const struct app *app, struct surface *surface, struct rect row,
                       const struct arrange_heading *heading)
{
    const struct heading_trouble troubles[] = {
        {heading->n_alarms, ROLE_VM_ALARM, heading->n_alarms == 1 ? "alarm" : "alarms"},
        {heading->n_over, ROLE_OVER, "over"},
        {heading->n_doubt, ROLE_DOUBT, "in doubt"},
    };
    g_autofree char *counts = heading_counts(heading);
    g_autofree char *title = text_escape(heading->title);
    gboolean by_state = app->arrangement.group == ARRANGE_BY_STATE;
    int right = row.x + row.width, x = row.x + 1;

    surface_fill(surface, row, app->ascii ? "-" : "─", ROLE_MUTED, 0);
    x += surface_text(surface, x, row.y, 1, " ", ROLE_STRONG, 0);
    x += surface_text(surface, x, row.y, MAX(TITLE_LEAST, row.width - 4 - (int)text_width(counts)),
                      title, ROLE_STRONG, CELL_BOLD);
    x += surface_text(surface, x, row.y, MAX(0, right - x), counts, ROLE_MUTED, 0);
    for (guint i = 0; i < G_N_ELEMENTS(troubles); i++) {
        if (troubles[i].n == 0 || (by_state && i > 0) || right - x < 12)
            continue;
        x += surface_printf(surface, x, row.y, right - x, troubles[i].role, CELL_BOLD, " %u %s ",
                            troubles[i].n, troubles[i].word);
    }
}

/* --- The map --------------------------------------------------------------------------------- */

/* What is worst among some slots; HOST_MARK_COUNT = an alarm, REGULAR = nothing to tell. */
static enum host_mark worst(const struct app *app, guint first, guint end)
{
    enum host_mark found = HOST_MARK_REGULAR;

    for (guint slot = first; slot < end; slot++) {
        guint index = g_array_index(app->arrangement.hosts, guint, slot);
        const struct scene_host *facts = &g_array_index(app->scene.hosts, struct scene_host, index);

        if (facts->alarms > 0)
            return HOST_MARK_COUNT;
        if (facts->mark == HOST_MARK_OVER ||
            (facts->mark == HOST_MARK_DOUBT && found == HOST_MARK_REGULAR))
            found = facts->mark;
    }
    return found;
}

static void draw_map_line(const struct app *app, struct surface *surface, int line,
                          guint selected_slot)
{
    const struct grid_layout *grid = &app->grid;
    guint row, end_row, first, end;
    gboolean seen, here;
    enum host_mark mark;
    enum role role;
    const char *sign;

    grid_layout_map_rows(grid, line, &row, &end_row);
    grid_layout_slots(grid, row, end_row, &first, &end);
    seen = row < grid->first_row + grid->rows_shown && end_row > grid->first_row;
    here = selected_slot >= first && selected_slot < end;
    mark = worst(app, first, end);
    if (mark == HOST_MARK_COUNT) {
        role = ROLE_VM_ALARM;
        sign = "!";
    } else if (mark != HOST_MARK_REGULAR) {
        role = host_mark_info[mark].role;
        sign = host_mark_info[mark].sign;
    } else {
        role = seen ? ROLE_STRONG : ROLE_MUTED;
        sign = seen ? (app->ascii ? "#" : "█") : (app->ascii ? "|" : "│");
        if (here)
            sign = app->ascii ? "<" : "◄";
    }
    surface_text(surface, grid->minimap.x, grid->minimap.y + line, 1, sign,
                 here ? ROLE_SELECTED : role, seen ? CELL_BOLD : 0);
}

void grid_draw_map(const struct app *app, struct surface *surface)
{
    const struct host *host = app_host(app);
    guint selected = host != NULL ? arrangement_slot(&app->arrangement, host) : ARRANGE_NO_SLOT;

    for (int line = 0; app->grid.minimap.width > 0 && line < app->grid.minimap.height; line++)
        draw_map_line(app, surface, line, selected);
}
