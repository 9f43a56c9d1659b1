/* tile_vms.c - the VMs of a host in its tile: a mark for each, and names where there is room. */
#include "tui/tile_parts.h"

#include <string.h>

#include "core/base/text.h"

static char *fit_vm_name(const struct vm *vm, int cells)
{
    g_autofree char *escaped = text_escape(vm->name);

    return tile_fit_end(escaped, cells);
}

/* --- The marks ------------------------------------------------------------------------------- */

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

static gboolean is_marked(const struct tile_look *look, const struct vm *vm)
{
    return look->marks != NULL && marks_has_vm(look->marks, vm);
}

/* Marked by the operator: another shape where it is home or away; else underlined. */
static const char *vm_sign(const struct tile_look *look, enum vm_mark mark, gboolean marked)
{
    if (marked && mark == VM_MARK_HOME)
        return look->ascii ? "*" : "◆";
    if (marked && mark == VM_MARK_AWAY)
        return look->ascii ? "*" : "◇";
    return mark_sign(&vm_mark_info[mark], look->ascii);
}

static void draw_vm_mark(const struct tile_look *look, struct surface *surface, int x, int y,
                         const struct vm *vm)
{
    enum vm_mark mark = scene_vm_mark(look->scene, vm);
    gboolean marked = is_marked(look, vm);
    enum role role = vm_mark_info[mark].role;

    if (is_selected(look, vm))
        role = ROLE_SELECTED;
    surface_text(surface, x, y, 1, vm_sign(look, mark, marked), role,
                 marked ? CELL_UNDERLINE | CELL_BOLD : 0);
}

/* --- Names behind the marks, in their order, as many as fit whole ----------------------------- */

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

static guint inline_names(const struct host *host, struct rect row, struct mark_window window,
                          struct inline_name *names, int *end)
{
    int marks = (int)(window.end - window.first + window.coming);

    *end = marks;
    if (row.width < INLINE_WIDTH_LEAST || window.hidden > 0)
        return 0;
    return place_names(host, marks + 1, row.width, names, end);
}

/* Returns the cell behind what it drew. */
static int draw_inline_names(const struct tile_look *look, struct surface *surface, struct rect row,
                             const struct host *host, struct mark_window window)
{
    struct inline_name names[INLINE_NAMES_MOST];
    int end = 0;
    guint n = inline_names(host, row, window, names, &end);

    for (guint i = 0; i < n; i++) {
        enum role role = is_selected(look, names[i].vm) ? ROLE_SELECTED : ROLE_MUTED;
        g_autofree char *name = fit_vm_name(names[i].vm, names[i].cells);

        surface_text(surface, row.x + names[i].x, row.y, names[i].cells, name, role, 0);
    }
    if (n > 0 && n < host->vms->len) {
        surface_text(surface, row.x + end + 1, row.y, 1, "…", ROLE_MUTED, 0);
        end += 2;
    }
    return end;
}

/* --- Migrations under way -------------------------------------------------------------------- */

static guint progress_percent(const struct job *job)
{
    return job->state == JOB_VERIFYING ? 100 : (job_progress_permille(job) + 5) / 10;
}

static const struct job *running_job(const struct tile_look *look, const struct vm *vm)
{
    const struct job *job = scene_job_of_vm(look->scene, vm);

    return job != NULL && job->kind == JOB_MIGRATE && job->state != JOB_QUEUED ? job : NULL;
}

static const struct job *coming_job(const struct tile_look *look, const struct host *host, guint i)
{
    const struct scene_host *facts = scene_facts(look->scene, host);

    return g_array_index(look->scene->coming, struct scene_coming, facts->first_coming + i).job;
}

/* Of those that leave the host the one that is done first. */
static const struct job *first_leaving(const struct tile_look *look, const struct host *host)
{
    const struct job *first = NULL;

    if (look->scene->n_migrating == 0)
        return NULL;
    for (guint i = 0; i < host->vms->len; i++) {
        const struct job *job = running_job(look, g_ptr_array_index(host->vms, i));

        if (job != NULL && (first == NULL || progress_percent(job) > progress_percent(first)))
            first = job;
    }
    return first;
}

static const struct job *first_coming(const struct tile_look *look, const struct host *host)
{
    const struct job *first = NULL;

    for (guint i = 0; i < scene_facts(look->scene, host)->n_coming; i++) {
        const struct job *job = coming_job(look, host, i);

        if (first == NULL || progress_percent(job) > progress_percent(first))
            first = job;
    }
    return first;
}

/* "→50%" comes, "50%→" leaves, at the right end, where marks and names left room. */
static void draw_progress(const struct tile_look *look, struct surface *surface, struct rect row,
                          const struct host *host, int end)
{
    const struct job *coming = first_coming(look, host);
    const struct job *leaving = coming == NULL ? first_leaving(look, host) : NULL;
    const char *arrow = look->ascii ? ">" : "→";
    g_autofree char *text = NULL;
    int width;

    if (coming != NULL)
        text = g_strdup_printf("%s%u%%", arrow, progress_percent(coming));
    else if (leaving != NULL)
        text = g_strdup_printf("%u%%%s", progress_percent(leaving), arrow);
    if (text == NULL)
        return;
    width = (int)text_width(text);
    if (end + 1 + width <= row.width)
        surface_text(surface, row.x + row.width - width, row.y, width, text, ROLE_VM_MOVING, 0);
}

/* --- The line of marks ----------------------------------------------------------------------- */

void tile_draw_marks(const struct tile_look *look, struct surface *surface, struct rect row,
                     const struct host *host, gboolean names)
{
    struct mark_window window = mark_window(look, host, row.width);
    const struct mark_info *coming = &vm_mark_info[VM_MARK_MOVING];
    int x = row.x, end;

    for (guint i = window.first; i < window.end; i++)
        draw_vm_mark(look, surface, x++, row.y, g_ptr_array_index(host->vms, i));
    for (guint i = 0; i < window.coming; i++)
        surface_text(surface, x++, row.y, 1, mark_sign(coming, look->ascii), coming->role, 0);
    if (window.hidden > 0) {
        x += x > row.x ? 1 : 0;
        x += surface_printf(surface, x, row.y, row.x + row.width - x, ROLE_VM, 0, "+%u",
                            window.hidden);
    }
    end = x - row.x;
    if (names)
        end = MAX(end, draw_inline_names(look, surface, row, host, window));
    draw_progress(look, surface, row, host, end);
}

const struct vm *tile_marked_vm(const struct tile_look *look, struct rect row,
                                const struct host *host, gboolean named, int x)
{
    struct mark_window window = mark_window(look, host, row.width);
    struct inline_name names[INLINE_NAMES_MOST];
    int end = 0;
    guint n = named ? inline_names(host, row, window, names, &end) : 0;

    if (window.first + (guint)x < window.end)
        return g_ptr_array_index(host->vms, window.first + (guint)x);
    for (guint i = 0; i < n; i++) {
        if (x >= names[i].x && x < names[i].x + names[i].cells)
            return names[i].vm;
    }
    return NULL;
}

/* --- A line for each VM ---------------------------------------------------------------------- */

/* What is on a line: a VM, one that comes, or how many more there are. */
struct vm_line {
    const struct vm *vm;
    const struct job *coming;
    guint more;
};

static struct vm_line vm_line(const struct tile_look *look, const struct host *host, int line,
                              int lines)
{
    guint index = (guint)line, n_coming = scene_facts(look->scene, host)->n_coming;
    guint total = host->vms->len + n_coming;

    if (index >= total)
        return (struct vm_line){0};
    if (line == lines - 1 && total > (guint)lines)
        return (struct vm_line){.more = total - index};
    if (index < host->vms->len)
        return (struct vm_line){.vm = g_ptr_array_index(host->vms, index)};
    return (struct vm_line){.coming = coming_job(look, host, index - host->vms->len)};
}

/* Its CPU, or where it is going and how far it is. */
static char *vm_remark(const struct tile_look *look, const struct vm *vm, int width)
{
    const struct job *job = running_job(look, vm);

    if (job != NULL) {
        g_autofree char *to = tile_fit_name(job->to, MAX(4, width / 3));

        return g_strdup_printf("%s %s %u %%", look->ascii ? ">" : "→", to, progress_percent(job));
    }
    if (width >= 16 && vm->cpu_permille >= 0 && vm_is_active(vm))
        return g_strdup_printf("%d %%", (vm->cpu_permille + 5) / 10);
    return NULL;
}

static void draw_named(const struct tile_look *look, struct surface *surface, struct rect row,
                       const struct vm *vm)
{
    g_autofree char *remark = vm_remark(look, vm, row.width);
    gboolean moving = running_job(look, vm) != NULL;
    int width = remark != NULL ? (int)text_width(remark) + 1 : 0;
    g_autofree char *name = NULL;

    draw_vm_mark(look, surface, row.x, row.y, vm);
    if (row.width - 2 - width < 4)
        width = 0;
    if (width > 0)
        surface_text(surface, row.x + row.width - width + 1, row.y, width - 1, remark,
                     moving ? ROLE_VM_MOVING : ROLE_MUTED, 0);
    name = fit_vm_name(vm, row.width - 2 - width);
    surface_text(surface, row.x + 2, row.y, row.width - 2 - width, name,
                 is_selected(look, vm) ? ROLE_SELECTED : ROLE_TEXT, 0);
}

static void draw_coming(const struct tile_look *look, struct surface *surface, struct rect row,
                        const struct job *job)
{
    const struct mark_info *info = &vm_mark_info[VM_MARK_MOVING];
    g_autofree char *from = tile_fit_name(job->from, MAX(4, row.width / 3));
    g_autofree char *remark =
        g_strdup_printf("%s %s %u %%", look->ascii ? "<" : "←", from, progress_percent(job));
    g_autofree char *escaped = text_escape(job->vm);
    int width = (int)text_width(remark) + 1;
    g_autofree char *name = NULL;

    if (row.width - 2 - width < 4)
        width = 0;
    name = tile_fit_end(escaped, row.width - 2 - width);
    surface_text(surface, row.x, row.y, 1, mark_sign(info, look->ascii), info->role, 0);
    surface_text(surface, row.x + 2, row.y, row.width - 2 - width, name, ROLE_MUTED, 0);
    if (width > 0)
        surface_text(surface, row.x + row.width - width + 1, row.y, width - 1, remark, info->role,
                     0);
}

/* Those that have no line of their own: by name where that fits, or how many they are. */
static void draw_rest(const struct tile_look *look, struct surface *surface, struct rect row,
                      const struct host *host, guint first)
{
    guint total = host->vms->len + scene_facts(look->scene, host)->n_coming;
    g_autoptr(GString) names = g_string_new(first > 0 ? "and" : "");

    for (guint i = first; i < total && names->len < 4 * (gsize)row.width; i++) {
        const char *name = i < host->vms->len
                               ? ((const struct vm *)g_ptr_array_index(host->vms, i))->name
                               : coming_job(look, host, i - host->vms->len)->vm;
        g_autofree char *escaped = text_escape(name);

        g_string_append_printf(names, "%s%s", names->len > 0 ? " " : "", escaped);
    }
    if ((int)text_width(names->str) > row.width)
        g_string_printf(names, "%s%u %s", first > 0 ? "and " : "", total - first,
                        first > 0 ? "more" : "VMs");
    surface_text(surface, row.x, row.y, row.width, names->str, ROLE_MUTED, 0);
}

void tile_draw_vms(const struct tile_look *look, struct surface *surface, struct rect rect,
                   const struct host *host)
{
    for (int i = 0; i < rect.height; i++) {
        struct vm_line line = vm_line(look, host, i, rect.height);
        struct rect row = {rect.x, rect.y + i, rect.width, 1};

        if (line.vm != NULL)
            draw_named(look, surface, row, line.vm);
        else if (line.coming != NULL)
            draw_coming(look, surface, row, line.coming);
        else if (line.more > 0)
            draw_rest(look, surface, row, host, (guint)i);
    }
}

const struct vm *tile_named_vm(const struct tile_look *look, const struct host *host, int line,
                               int lines)
{
    return vm_line(look, host, line, lines).vm;
}
