/* tile_held.c - what a host would become, in the room of its tile. */
#include "tui/tile.h"

#include "tui/units.h"

#include <string.h>

/* Words beside the numbers only where there is room for them. */
#define LABEL_WIDTH_LEAST 18

static enum role sign_role(const struct tile_look *look, const struct host *host)
{
    if (drag_becomes(look->drag, host->index)->leaves)
        return ROLE_HELD;
    return target_mark_info[drag_mark(look->drag, host->index)].role;
}

/* Where they are there is no target: what leaves it has a sign of its own. */
static const char *sign(const struct tile_look *look, const struct host *host)
{
    if (drag_becomes(look->drag, host->index)->leaves)
        return "<";
    return target_mark_info[drag_mark(look->drag, host->index)].sign;
}

static const struct mark_info *state_after(const struct tile_look *look, const struct host *host)
{
    const struct drag_becomes *becomes = drag_becomes(look->drag, host->index);

    return &host_mark_info[host_mark_of(host, becomes->class)];
}

/* --- Its name, sign and letter --------------------------------------------------------------- */

static void draw_name(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host, int place)
{
    const struct mark_info *state = state_after(look, host);
    enum role role = sign_role(look, host);
    enum role bar = look->selected ? ROLE_SELECTED : role;
    guint bold = look->selected ? CELL_BOLD : 0;
    g_autofree char *name = tile_fit_name(host->name, place - (place < 8 ? 0 : 1));
    int rest = rect.width - place - 4;

    surface_fill(surface, rect, " ", bar, bold);
    surface_text(surface, rect.x, rect.y, place, name, bar, bold);
    surface_text(surface, rect.x + place, rect.y, 1, sign(look, host), bar, CELL_BOLD);
    surface_text(surface, rect.x + place + 1, rect.y, 1, state->sign, bar, bold);
    if (rest >= (int)strlen(state->name))
        surface_text(surface, rect.x + place + 3, rect.y, rest, state->name, bar, bold);
}

/* --- Numbers --------------------------------------------------------------------------------- */

/* ".12", "1.2", "12": three cells at most. */
static char *brief_load(gint permille)
{
    double load = permille / 1000.0;

    if (permille < 995)
        return g_strdup_printf(".%02d", (permille + 5) / 10);
    return g_strdup_printf(load < 9.95 ? "%.1f" : "%.0f", MIN(load, 999.0));
}

static char *load_text(const struct drag_becomes *becomes, int width)
{
    g_autofree char *before = NULL, *after = NULL;

    if (becomes->load_permille < 0 || becomes->load_before_permille < 0)
        return NULL;
    if (width >= LABEL_WIDTH_LEAST)
        return g_strdup_printf("load %.2f > %.2f", becomes->load_before_permille / 1000.0,
                               becomes->load_permille / 1000.0);
    before = brief_load(becomes->load_before_permille);
    after = brief_load(becomes->load_permille);
    return g_strdup_printf(width >= 12 ? "load %s>%s" : "%s>%s", before, after);
}

static char *memory_text(const struct drag_becomes *becomes, int width)
{
    char *text;

    if (becomes->mem_all_kib == 0)
        return NULL;
    text = g_strdup_printf("RAM  %.1f > %.1f of %.1f GiB", UNITS_GIB(becomes->mem_before_kib),
                           UNITS_GIB(becomes->mem_kib), UNITS_GIB(becomes->mem_all_kib));
    if ((int)strlen(text) <= width)
        return text;
    g_free(text);
    text = g_strdup_printf(width >= LABEL_WIDTH_LEAST ? "RAM  %.1f > %.1f GiB" : "RAM %.1f>%.1fG",
                           UNITS_GIB(becomes->mem_before_kib), UNITS_GIB(becomes->mem_kib));
    if ((int)strlen(text) <= width)
        return text;
    g_free(text);
    return g_strdup_printf("%.1f>%.1fG", UNITS_GIB(becomes->mem_before_kib),
                           UNITS_GIB(becomes->mem_kib));
}

static char *vms_text(const struct drag_becomes *becomes, int width)
{
    char *text;

    if (becomes->vms_most == 0)
        return NULL;
    text =
        g_strdup_printf("VMs  %u > %u of %u", becomes->vms_before, becomes->vms, becomes->vms_most);
    if ((int)strlen(text) <= width)
        return text;
    g_free(text);
    text = g_strdup_printf("%u>%u VMs", becomes->vms_before, becomes->vms);
    if ((int)strlen(text) <= width)
        return text;
    g_free(text);
    return g_strdup_printf("%u>%u", becomes->vms_before, becomes->vms);
}

/* --- Tiles ----------------------------------------------------------------------------------- */

static int draw_line(struct surface *surface, struct rect rect, int line, char *text_take,
                     enum role role)
{
    if (text_take == NULL)
        return line;
    if (line < rect.height)
        surface_text(surface, rect.x, rect.y + line, rect.width, text_take, role, 0);
    g_free(text_take);
    return line + 1;
}

/* Not cut in the middle of its second word where tiles are that small. */
static char *why_brief(const struct drag_becomes *becomes, const struct host *host, int width)
{
    const char *word = host_state_word(host);

    if (becomes->reason != CHECK_HOST_NOT_ON)
        return g_strdup(check_brief(becomes->reason));
    return (int)strlen(word) <= width ? g_strdup(word) : g_strndup(word, strcspn(word, " "));
}

static void draw_tile(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    const struct drag_becomes *becomes = drag_becomes(look->drag, host->index);
    gboolean refuses = becomes->reason != CHECK_OK && !becomes->leaves;
    enum role role = refuses ? ROLE_MUTED : ROLE_TEXT;
    int place = CLAMP(look->name_cells + 1, 1, rect.width - 2);
    int line = 1;

    draw_name(look, surface, (struct rect){rect.x, rect.y, rect.width, 1}, host, place);
    if (refuses)
        line = draw_line(surface, rect, line, why_brief(becomes, host, rect.width), ROLE_TARGET_NO);
    if (host->state != HOST_ON)
        return; /* what was last seen of it says nothing of how it would be */
    line = draw_line(surface, rect, line, load_text(becomes, rect.width), role);
    line = draw_line(surface, rect, line, memory_text(becomes, rect.width), role);
    draw_line(surface, rect, line, vms_text(becomes, rect.width), role);
}

/* One line: name, what its load would be where that fits, sign and letter at the end. */
static void draw_one_line(const struct tile_look *look, struct surface *surface, struct rect rect,
                          const struct host *host)
{
    draw_name(look, surface, rect, host, MAX(1, rect.width - 2));
}

static void draw_cells(const struct tile_look *look, struct surface *surface, struct rect rect,
                       const struct host *host)
{
    enum role role = sign_role(look, host);
    guint attributes = look->selected ? CELL_BOLD | CELL_REVERSE : 0;

    surface_text(surface, rect.x, rect.y, 1, sign(look, host), role, attributes);
    if (rect.width > 1)
        surface_text(surface, rect.x + 1, rect.y, 1, state_after(look, host)->sign, role, 0);
}

void tile_draw_held(const struct tile_look *look, struct surface *surface, struct rect rect,
                    const struct host *host)
{
    if (rect.width < 4)
        draw_cells(look, surface, rect, host);
    else if (rect.height < 2)
        draw_one_line(look, surface, rect, host);
    else
        draw_tile(look, surface, rect, host);
}
