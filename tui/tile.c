#include "tui/tile.h"

#include <string.h>

#include <gio/gio.h>

#include "core/base/text.h"
#include "tui/tile_parts.h"

/* What the lines of a tile are, in this order as far as its height goes. */
enum tile_line {
    LINE_NAME,
    LINE_MARKS,
    LINE_LOAD,
    LINE_MEMORY,
    LINE_HISTORY, /* only where there is room for VMs as well, and a history */
    LINE_VMS,     /* and all that follow: names of VMs */
};

#define HISTORY_HEIGHT_LEAST 6

char *tile_fit_end(const char *escaped, int cells)
{
    const char *end = escaped;

    if (cells <= 0)
        return g_strdup("");
    if ((int)text_width(escaped) <= cells)
        return g_strdup(escaped);
    while (*end != '\0' && (int)text_width(end) > cells - 1)
        end = g_utf8_next_char(end);
    return g_strconcat("…", end, NULL);
}

char *tile_fit_name(const char *name, int cells)
{
    const char *dot = strchr(name, '.');
    g_autofree char *alone = dot != NULL && dot > name && !g_hostname_is_ip_address(name)
                                 ? g_strndup(name, (gsize)(dot - name))
                                 : g_strdup(name);
    g_autofree char *escaped = text_escape(alone);

    return tile_fit_end(escaped, cells);
}

/* --- The letter and the name ----------------------------------------------------------------- */

static enum role state_role(const struct tile_look *look, const struct host *host)
{
    const struct scene_host *facts = scene_facts(look->scene, host);

    return facts->alarms > 0 ? ROLE_VM_ALARM : host_mark_info[facts->mark].role;
}

static const char *state_sign(const struct tile_look *look, const struct host *host)
{
    const struct scene_host *facts = scene_facts(look->scene, host);

    return facts->alarms > 0 ? "!" : host_mark_info[facts->mark].sign;
}

static enum role name_role(const struct tile_look *look, const struct host *host)
{
    return look->selected ? ROLE_SELECTED : state_role(look, host);
}

/* The operator's mark, which stands between name and letter; one of a VM counts less. */
static const char *mark_of(const struct tile_look *look, const struct host *host)
{
    if (look->marks == NULL)
        return " ";
    if (marks_has_host(look->marks, host))
        return "*";
    if (marks_n_vms(look->marks) == 0 || look->style == GRID_TILES)
        return " ";
    for (guint i = 0; i < host->vms->len; i++) {
        if (marks_has_vm(look->marks, g_ptr_array_index(host->vms, i)))
            return "'";
    }
    return " ";
}

/* What is to be seen from afar. */
static gboolean is_trouble(const struct scene_host *facts)
{
    return facts->alarms > 0 || facts->mark == HOST_MARK_OVER || facts->mark == HOST_MARK_DOUBT;
}

/* A card says its state in a word. */
#define WORD_WIDTH_LEAST 24

/* Beside a name that long, which gives way, any of them is whole. */
static int word_cells(void)
{
    int most = 0;

    for (guint i = 0; i < HOST_MARK_COUNT; i++)
        most = MAX(most, (int)text_width(host_mark_info[i].name));
    return most;
}

static void draw_name(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    const struct scene_host *facts = scene_facts(look->scene, host);
    gboolean has_word = look->card && rect.width >= WORD_WIDTH_LEAST;
    int letter = MIN(look->name_cells + 1, rect.width - 1 - (has_word ? 1 + word_cells() : 0));
    g_autofree char *name = tile_fit_name(host->name, letter - 1);
    enum role role = name_role(look, host);
    guint attributes = look->selected || is_trouble(facts) ? CELL_BOLD : 0;

    surface_fill(surface, (struct rect){rect.x, rect.y, rect.width, 1}, " ", role, attributes);
    surface_text(surface, rect.x, rect.y, letter - 1, name, role, attributes);
    surface_text(surface, rect.x + letter - 1, rect.y, 1, mark_of(look, host), role, CELL_BOLD);
    surface_text(surface, rect.x + letter, rect.y, 1, state_sign(look, host), role, CELL_BOLD);
    if (has_word)
        surface_text(surface, rect.x + letter + 2, rect.y, rect.width - letter - 2,
                     facts->alarms > 0 ? "alarm" : host_mark_info[facts->mark].name, role,
                     attributes);
}

/* --- Tiles ----------------------------------------------------------------------------------- */

/* What stands on a line of a tile so high; for LINE_VMS, *first tells the line they begin at. */
static enum tile_line line_at(const struct tile_look *look, const struct host *host, int height,
                              int line, int *first)
{
    gboolean history = height >= HISTORY_HEIGHT_LEAST && tile_has_history(look, host);

    *first = LINE_VMS - (history ? 0 : 1);
    if (line < LINE_HISTORY || (line == LINE_HISTORY && history))
        return (enum tile_line)line;
    return LINE_VMS;
}

/* Names stand beside the marks where no lines of them follow. */
static gboolean names_marks(struct rect tile)
{
    return tile.height <= LINE_HISTORY;
}

static void draw_tile(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    for (int line = 0; line < rect.height; line++) {
        struct rect row = {rect.x, rect.y + line, rect.width, 1};
        int first;

        switch (line_at(look, host, rect.height, line, &first)) {
        case LINE_NAME:
            draw_name(look, surface, row, host);
            break;
        case LINE_MARKS:
            tile_draw_marks(look, surface, row, host, names_marks(rect));
            if (host->vms->len == 0)
                tile_draw_power(look, surface, row, host);
            break;
        case LINE_LOAD:
            tile_draw_load(look, surface, row, host);
            break;
        case LINE_MEMORY:
            tile_draw_memory(surface, row, host);
            break;
        case LINE_HISTORY:
            tile_draw_history(look, surface, row, host);
            break;
        case LINE_VMS:
            row.height = rect.height - line;
            tile_draw_vms(look, surface, row, host);
            return;
        }
    }
}

/* --- Small hosts ----------------------------------------------------------------------------- */

static guint cell_attributes(const struct tile_look *look, const struct host *host)
{
    const struct scene_host *facts = scene_facts(look->scene, host);

    return look->selected || is_trouble(facts) ? CELL_BOLD : 0;
}

#define LINE_GAP_WIDTH 11

static void draw_line(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    guint vms = scene_facts(look->scene, host)->active;
    int count_width = vms > 9 ? 2 : 1;
    int gap = rect.width >= LINE_GAP_WIDTH ? 1 : 0; /* between number and letter */
    int name_width = rect.width - count_width - gap - 2;
    g_autofree char *name = tile_fit_name(host->name, name_width);
    enum role role = name_role(look, host);

    surface_fill(surface, rect, " ", role, 0);
    surface_text(surface, rect.x, rect.y, name_width, name, role, cell_attributes(look, host));
    surface_text(surface, rect.x + name_width, rect.y, 1, mark_of(look, host), role, CELL_BOLD);
    if (vms > 0)
        surface_printf(surface, rect.x + name_width + 1, rect.y, count_width, role, 0, "%u",
                       MIN(vms, 99));
    surface_text(surface, rect.x + rect.width - 1, rect.y, 1, state_sign(look, host), role,
                 CELL_BOLD);
}

static void draw_cells(const struct tile_look *look, struct surface *surface, struct rect rect,
                       const struct host *host)
{
    guint vms = scene_facts(look->scene, host)->active;
    enum role role = name_role(look, host);
    const char *mark = mark_of(look, host), *sign = state_sign(look, host);

    /* A cell has room for one sign: the mark takes it, the role still tells the state. */
    if (rect.width < 2 && *mark != ' ')
        sign = mark;
    surface_text(surface, rect.x, rect.y, 1, sign, role,
                 cell_attributes(look, host) | (look->selected ? CELL_REVERSE : 0));
    if (rect.width < 2)
        return;
    if (*mark != ' ')
        surface_text(surface, rect.x + 1, rect.y, 1, mark, role, CELL_BOLD);
    else if (vms > 9)
        surface_text(surface, rect.x + 1, rect.y, 1, "+", role, 0);
    else if (vms > 0)
        surface_printf(surface, rect.x + 1, rect.y, 1, role, 0, "%u", vms);
}

void tile_draw(const struct tile_look *look, struct surface *surface, struct rect rect,
               const struct host *host)
{
    if (look->drag->by != DRAG_NONE) {
        tile_draw_held(look, surface, rect, host);
        return;
    }
    switch (look->style) {
    case GRID_TILES:
        draw_tile(look, surface, rect, host);
        break;
    case GRID_LINES:
        draw_line(look, surface, rect, host);
        break;
    case GRID_PAIRS:
    case GRID_HEAT:
        draw_cells(look, surface, rect, host);
        break;
    }
}

const struct vm *tile_vm_at(const struct tile_look *look, struct rect rect, const struct host *host,
                            int x, int y)
{
    struct rect row = {rect.x, y, rect.width, 1};
    int line = y - rect.y, first;

    if (look->style != GRID_TILES || !rect_contains(rect, x, y))
        return NULL;
    switch (line_at(look, host, rect.height, line, &first)) {
    case LINE_VMS:
        return tile_named_vm(look, host, line - first, rect.height - first);
    case LINE_MARKS:
        return tile_marked_vm(look, row, host, names_marks(rect), x - rect.x);
    default:
        return NULL;
    }
}
