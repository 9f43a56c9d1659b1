#include "tui/vm_table.h"

#include <string.h>

#include "tui/sheet.h"

#define TREND_LAST 16

const struct column vm_columns[VM_COLUMNS] = {
    [VM_MARKED] = {"", 1, 1, 1, FALSE},
    [VM_SIGN] = {"", 1, 1, 1, FALSE},
    [VM_NAME] = {"VM", 8, 24, 1, FALSE},
    [VM_STATE] = {"state", 7, 8, 2, FALSE},
    [VM_ON] = {"on", 8, 20, 2, FALSE},
    [VM_HOME] = {"home", 8, 20, 3, FALSE},
    [VM_CPU] = {"CPU", 5, 5, 2, TRUE},
    [VM_TREND] = {"", 6, TREND_LAST, 5, FALSE},
    [VM_RAM] = {"RAM", 9, 10, 3, TRUE},
    [VM_VCPUS] = {"vCPUs", 5, 5, 6, TRUE},
    [VM_TELLS] = {"under way", 12, 40, 4, FALSE},
};

/* What keeps it where it is, or starts it. Free with g_free. */
static char *format_kept(const struct vm *vm)
{
    g_autoptr(GString) text = g_string_new(NULL);

    if (vm->pin != NULL)
        g_string_append_printf(text, "pin %s", vm->pin);
    if (vm->group != NULL)
        g_string_append_printf(text, "%sapart %s", text->len > 0 ? ", " : "", vm->group);
    if (vm->autostart)
        g_string_append(text, text->len > 0 ? ", autostart" : "autostart");
    return g_string_free(g_steal_pointer(&text), FALSE);
}

/* What is under way with it; else what keeps it. */
static void draw_tells(const struct app *app, const struct columns *columns,
                       struct surface *surface, struct rect row, const struct vm *vm)
{
    const struct job *job = scene_job_of_vm(&app->scene, vm);
    g_autofree char *kept = format_kept(vm);

    if (job == NULL)
        columns_text(columns, VM_TELLS, surface, row.x, row.y, ROLE_MUTED, 0, "%s", kept);
    else if (job->state == JOB_RUNNING)
        columns_text(columns, VM_TELLS, surface, row.x, row.y, ROLE_VM_MOVING, 0, "%u %% to %s",
                     job_progress_permille(job) / 10, job->to);
    else
        columns_text(columns, VM_TELLS, surface, row.x, row.y, ROLE_MUTED, 0, "%s to %s",
                     job_state_name(job->state), job->to);
}

static void draw_numbers(const struct app *app, const struct columns *columns,
                         struct surface *surface, struct rect row, const struct vm *vm)
{
    gint values[TREND_LAST];
    guint n = trend_vm(app->trend, vm, values, TREND_LAST);

    if (!vm_is_active(vm))
        columns_text(columns, VM_CPU, surface, row.x, row.y, ROLE_MUTED, 0, "-");
    else if (vm->cpu_permille < 0)
        columns_text(columns, VM_CPU, surface, row.x, row.y, ROLE_MUTED, 0, "?");
    else
        columns_text(columns, VM_CPU, surface, row.x, row.y, ROLE_TEXT, 0, "%d %%",
                     (vm->cpu_permille + 5) / 10);
    trend_draw(surface, columns_cell(columns, VM_TREND, row.x, row.y), values, n,
               (gint)MAX(1, vm->vcpus) * 1000, ROLE_MUTED, app->ascii);
    if (vm->mem_kib > 0)
        columns_text(columns, VM_RAM, surface, row.x, row.y, ROLE_TEXT, 0,
                     "%" G_GUINT64_FORMAT " MiB", vm->mem_kib / 1024);
    if (vm->vcpus > 0)
        columns_text(columns, VM_VCPUS, surface, row.x, row.y, ROLE_TEXT, 0, "%u", vm->vcpus);
}

void vm_table_draw_row(const struct app *app, const struct columns *columns,
                       struct surface *surface, struct rect row, const struct vm *vm)
{
    const struct mark_info *mark = &vm_mark_info[scene_vm_mark(&app->scene, vm)];
    gboolean home = g_strcmp0(vm->home, vm->host->name) == 0;

    if (marks_has_vm(&app->marks, vm))
        columns_text(columns, VM_MARKED, surface, row.x, row.y, ROLE_STRONG, CELL_BOLD, "*");
    columns_text(columns, VM_SIGN, surface, row.x, row.y, mark->role, 0, "%s",
                 mark_sign(mark, app->ascii));
    columns_text(columns, VM_NAME, surface, row.x, row.y, ROLE_STRONG, 0, "%s", vm->name);
    columns_text(columns, VM_STATE, surface, row.x, row.y, mark->role, 0, "%s",
                 vm->also_on != NULL ? "on two" : vm_state_name(vm->state));
    columns_text(columns, VM_ON, surface, row.x, row.y,
                 host_mark_info[scene_facts(&app->scene, vm->host)->mark].role, 0, "%s",
                 vm->host->name);
    columns_text(columns, VM_HOME, surface, row.x, row.y, home ? ROLE_MUTED : ROLE_VM_AWAY, 0, "%s",
                 home               ? "here"
                 : vm->home != NULL ? vm->home
                                    : "none");
    draw_numbers(app, columns, surface, row, vm);
    draw_tells(app, columns, surface, row, vm);
}

void vm_table_draw(const struct app *app, struct surface *surface, struct rect rect,
                   const struct host *host, guint top)
{
    struct column list[VM_COLUMNS];
    struct columns columns;

    memcpy(list, vm_columns, sizeof list);
    list[VM_MARKED] = list[VM_ON] = (struct column){.title = ""};
    columns_fit(&columns, list, VM_COLUMNS, rect.width);
    columns_draw_titles(&columns, surface, rect.x, rect.y);
    for (guint i = top; i < host->vms->len && (int)(i - top) < rect.height - 1; i++) {
        struct rect row = {rect.x, rect.y + 1 + (int)(i - top), rect.width, 1};
        const struct vm *vm = g_ptr_array_index(host->vms, i);

        vm_table_draw_row(app, &columns, surface, row, vm);
        if (vm == app_vm(app))
            surface_recolour(surface, row, ROLE_SELECTED, 0);
    }
}
