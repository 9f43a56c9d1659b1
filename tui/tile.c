#include "tui/tile.h"

#include <string.h>

#include <gio/gio.h>

#include "core/base/text.h"
#include "tui/bar.h"

/* Lines of a tile, in this order as far as its height goes. */
enum tile_line {
    LINE_NAME,
    LINE_MARKS,
    LINE_LOAD,
    LINE_MEMORY,
    LINE_VMS, /* and all that follow: names of VMs */
};

/* The end of a text that is escaped already: names of a kind differ at their ends. */
static char *fit_end(const char *escaped, int cells)
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

    return fit_end(escaped, cells);
}

static char *fit_vm_name(const struct vm *vm, int cells)
{
    g_autofree char *escaped = text_escape(vm->name);

    return fit_end(escaped, cells);
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

static void draw_name(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    g_autofree char *name = tile_fit_name(host->name, rect.width - 2);
    enum role role = name_role(look, host);
    guint attributes = look->selected ? CELL_BOLD : 0;
    int letter = MIN(look->name_cells + 1, rect.width - 1);

    surface_fill(surface, (struct rect){rect.x, rect.y, rect.width, 1}, " ", role, attributes);
    surface_text(surface, rect.x, rect.y, rect.width - 2, name, role, attributes);
    surface_text(surface, rect.x + letter, rect.y, 1, state_sign(look, host), role, CELL_BOLD);
}

/* --- The marks of VMs ------------------------------------------------------------------------ */

/* Which VMs of a host have a mark in `cells` cells, leaving room for those that come. */
struct mark_window {
    guint first, end; /* of host->vms */
    guint coming;     /* marks of VMs that come, after them */
    guint hidden;     /* VMs and comers without a mark */
};

static gboolean is_selected(const struct tile_look *look, const struct vm *vm)
{
    return look->vm != NULL && g_str_equal(look->vm, vm->name);
}

static guint selected_vm_index(const struct tile_look *look, const struct host *host)
{
    for (guint i = 0; look->vm != NULL && i < host->vms->len; i++) {
        if (is_selected(look, g_ptr_array_index(host->vms, i)))
            return i;
    }
    return 0;
}

static struct mark_window mark_window(const struct tile_look *look, const struct host *host,
                                      int cells)
{
    guint room = (guint)MAX(0, cells), n_vms = host->vms->len, selected;
    guint total = n_vms + scene_facts(look->scene, host)->n_coming;
    struct mark_window window = {0, n_vms, total - n_vms, 0};

    if (total <= room)
        return window;
    room = room > 4 ? room - 4 : 0; /* " +99" */
    window.coming = MIN(window.coming, room > 1 ? 1 : 0);
    room -= window.coming;
    selected = selected_vm_index(look, host);
    window.first = selected >= room && room > 0 ? selected - room + 1 : 0;
    window.end = MIN(n_vms, window.first + room);
    window.hidden = total - (window.end - window.first) - window.coming;
    return window;
}

static void draw_vm_mark(const struct tile_look *look, struct surface *surface, int x, int y,
                         const struct vm *vm)
{
    const struct mark_info *info = &vm_mark_info[scene_vm_mark(look->scene, vm)];
    enum role role = info->role;

    if (is_selected(look, vm))
        role = ROLE_SELECTED;
    surface_text(surface, x, y, 1, mark_sign(info, look->ascii), role, 0);
}

/* Behind the marks, in their order, as many names as fit whole. */
#define INLINE_WIDTH_LEAST 11
#define INLINE_NAMES_MOST  16

struct inline_name {
    const struct vm *vm;
    int x, cells;
};

static int name_width(const struct vm *vm)
{
    g_autofree char *escaped = text_escape(vm->name);

    return (int)text_width(escaped);
}

/*
 * Places names from cell x of a line of `width` on; a lone VM's is cut where it must be. Returns
 * how many, and in *end the cell behind the last one.
 */
static guint place_names(const struct host *host, int x, int width, struct inline_name *names,
                         int *end)
{
    guint n = 0;

    *end = x - 1;
    for (guint i = 0; i < MIN(host->vms->len, INLINE_NAMES_MOST); i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);
        int more = i + 1 < host->vms->len ? 2 : 0; /* " …" */
        int cells = name_width(vm);

        if (host->vms->len == 1)
            cells = MIN(cells, width - x);
        if (cells <= 0 || x + cells + more > width)
            break;
        names[n++] = (struct inline_name){vm, x, cells};
        *end = x + cells;
        x += cells + 1;
    }
    return n;
}

/* The names in the line of marks: none where lines of their own follow, or all room is marks. */
static guint inline_names(const struct host *host, struct rect tile, struct mark_window window,
                          struct inline_name *names, int *end)
{
    int marks = (int)(window.end - window.first + window.coming);

    if (tile.width < INLINE_WIDTH_LEAST || tile.height > LINE_VMS || window.hidden > 0)
        return 0;
    return place_names(host, marks + 1, tile.width, names, end);
}

static void draw_inline_names(const struct tile_look *look, struct surface *surface,
                              struct rect tile, const struct host *host, struct mark_window window)
{
    struct inline_name names[INLINE_NAMES_MOST];
    int end = 0;
    guint n = inline_names(host, tile, window, names, &end);
    int y = tile.y + LINE_MARKS;

    for (guint i = 0; i < n; i++) {
        enum role role = is_selected(look, names[i].vm) ? ROLE_SELECTED : ROLE_MUTED;

        g_autofree char *name = fit_vm_name(names[i].vm, names[i].cells);

        surface_text(surface, tile.x + names[i].x, y, names[i].cells, name, role, 0);
    }
    if (n > 0 && n < host->vms->len)
        surface_text(surface, tile.x + end + 1, y, 1, "…", ROLE_MUTED, 0);
}

static void draw_marks(const struct tile_look *look, struct surface *surface, struct rect tile,
                       const struct host *host)
{
    struct rect rect = {tile.x, tile.y + LINE_MARKS, tile.width, 1};
    struct mark_window window = mark_window(look, host, rect.width);
    const struct mark_info *coming = &vm_mark_info[VM_MARK_MOVING];
    int x = rect.x;

    for (guint i = window.first; i < window.end; i++)
        draw_vm_mark(look, surface, x++, rect.y, g_ptr_array_index(host->vms, i));
    for (guint i = 0; i < window.coming; i++)
        surface_text(surface, x++, rect.y, 1, mark_sign(coming, look->ascii), coming->role, 0);
    if (window.hidden > 0) {
        x += x > rect.x ? 1 : 0;
        surface_printf(surface, x, rect.y, rect.x + rect.width - x, ROLE_VM, 0, "+%u",
                       window.hidden);
    }
    draw_inline_names(look, surface, tile, host, window);
}

/* --- Bars and names, where there is room ----------------------------------------------------- */

/* Its load and RAM say nothing (any more). */
static gboolean is_dark(const struct host *host)
{
    return host->state == HOST_OFF || host->state == HOST_WAKING || host->state == HOST_STOPPING;
}

/* Labels only where there is room for them. */
#define LABEL_WIDTH_LEAST 18

static void draw_load(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    gint load =
        policy_host_load_permille(host, &look->scene->settings->policy, look->scene->now_us);
    int label = rect.width >= LABEL_WIDTH_LEAST ? 5 : 0;
    int number = rect.width >= 12 ? 5 : 0;
    int cells = rect.width - label - number;

    if (is_dark(host))
        return;
    if (load < 0) {
        surface_text(surface, rect.x, rect.y, rect.width, "load ?", ROLE_MUTED, 0);
        return;
    }
    if (label > 0)
        surface_text(surface, rect.x, rect.y, label, "load", ROLE_MUTED, 0);
    bar_draw(surface, rect.x + label, rect.y, cells, (guint)load, look->ascii);
    if (number > 0)
        surface_printf(surface, rect.x + label + cells + 1, rect.y, 4, ROLE_MUTED, 0, "%4.2f",
                       MIN(load, 9990) / 1000.0);
}

static void draw_memory(struct surface *surface, struct rect rect, const struct host *host)
{
    double used = (double)host_active_mem_kib(host) / 1048576.0;
    double all = (double)host->mem_kib / 1048576.0;
    g_autofree char *text = NULL;

    if (is_dark(host) || host->mem_kib == 0)
        return;
    if (rect.width >= LABEL_WIDTH_LEAST)
        text = g_strdup_printf("RAM  %.1f of %.1f GiB", used, all);
    if (text == NULL || (int)strlen(text) > rect.width) {
        g_free(text);
        text = g_strdup_printf("%s%.1f/%.1fG", rect.width >= LABEL_WIDTH_LEAST ? "RAM  " : "", used,
                               all);
    }
    surface_text(surface, rect.x, rect.y, rect.width, text, ROLE_MUTED, 0);
}

/* The VM named on a line of the tile, and how many share the last line when they are too many. */
static const struct vm *named_vm(const struct host *host, int line, int lines, guint *more)
{
    guint index = (guint)line;

    *more = 0;
    if (index >= host->vms->len)
        return NULL;
    if (line == lines - 1 && host->vms->len > (guint)lines) {
        *more = host->vms->len - index;
        return NULL;
    }
    return g_ptr_array_index(host->vms, index);
}

static void draw_vm_name(const struct tile_look *look, struct surface *surface, struct rect rect,
                         const struct host *host, int line, int lines)
{
    guint more;
    const struct vm *vm = named_vm(host, line, lines, &more);
    g_autofree char *cpu = NULL, *name = NULL;
    int width = 0;

    if (more > 0)
        surface_printf(surface, rect.x, rect.y, rect.width, ROLE_MUTED, 0, "and %u more", more);
    if (vm == NULL)
        return;
    draw_vm_mark(look, surface, rect.x, rect.y, vm);
    if (rect.width >= 16 && vm->cpu_permille >= 0 && vm_is_active(vm)) {
        cpu = g_strdup_printf("%d %%", (vm->cpu_permille + 5) / 10);
        width = (int)strlen(cpu) + 1;
        surface_text(surface, rect.x + rect.width - width + 1, rect.y, width, cpu, ROLE_MUTED, 0);
    }
    name = fit_vm_name(vm, rect.width - 2 - width);
    surface_text(surface, rect.x + 2, rect.y, rect.width - 2 - width, name,
                 is_selected(look, vm) ? ROLE_SELECTED : ROLE_TEXT, 0);
}

static void draw_tile(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    for (int line = 0; line < rect.height; line++) {
        struct rect row = {rect.x, rect.y + line, rect.width, 1};

        if (line == LINE_NAME)
            draw_name(look, surface, row, host);
        else if (line == LINE_MARKS)
            draw_marks(look, surface, rect, host);
        else if (line == LINE_LOAD)
            draw_load(look, surface, row, host);
        else if (line == LINE_MEMORY)
            draw_memory(surface, row, host);
        else
            draw_vm_name(look, surface, row, host, line - LINE_VMS, rect.height - LINE_VMS);
    }
}

/* --- Small hosts ----------------------------------------------------------------------------- */

static void draw_line(const struct tile_look *look, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    guint vms = scene_facts(look->scene, host)->active;
    int count_width = vms > 9 ? 2 : 1;
    int name_width = rect.width - count_width - 2;
    g_autofree char *name = tile_fit_name(host->name, name_width);
    enum role role = name_role(look, host);

    surface_fill(surface, rect, " ", role, 0);
    surface_text(surface, rect.x, rect.y, name_width, name, role, look->selected ? CELL_BOLD : 0);
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

    surface_text(surface, rect.x, rect.y, 1, state_sign(look, host), role,
                 look->selected ? CELL_BOLD | CELL_REVERSE : 0);
    if (rect.width < 2 || vms == 0)
        return;
    if (vms > 9)
        surface_text(surface, rect.x + 1, rect.y, 1, "+", role, 0);
    else
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

/* The VM whose mark or name is at cell x of the line of marks. */
static const struct vm *marked_vm(const struct tile_look *look, struct rect tile,
                                  const struct host *host, int x)
{
    struct mark_window window = mark_window(look, host, tile.width);
    struct inline_name names[INLINE_NAMES_MOST];
    int end = 0;
    guint n = inline_names(host, tile, window, names, &end);

    if (window.first + (guint)x < window.end)
        return g_ptr_array_index(host->vms, window.first + (guint)x);
    for (guint i = 0; i < n; i++) {
        if (x >= names[i].x && x < names[i].x + names[i].cells)
            return names[i].vm;
    }
    return NULL;
}

const struct vm *tile_vm_at(const struct tile_look *look, struct rect rect, const struct host *host,
                            int x, int y)
{
    guint more;

    if (look->style != GRID_TILES || !rect_contains(rect, x, y))
        return NULL;
    if (y - rect.y >= LINE_VMS)
        return named_vm(host, y - rect.y - LINE_VMS, rect.height - LINE_VMS, &more);
    return y - rect.y == LINE_MARKS ? marked_vm(look, rect, host, x - rect.x) : NULL;
}
