#include "tui/host_table.h"

#include "tui/units.h"

#define TREND_LAST 16

const struct column host_columns[HOST_COLUMNS] = {
    [HOST_COLUMN_MARKED] = {"", 1, 1, 1, FALSE},
    [HOST_COLUMN_SIGN] = {"", 1, 1, 1, FALSE},
    [HOST_COLUMN_NAME] = {"host", 8, 24, 1, FALSE},
    [HOST_COLUMN_STATE] = {"list", 11, 11, 2, FALSE},
    [HOST_COLUMN_LOAD] = {"load", 5, 5, 2, TRUE},
    [HOST_COLUMN_TREND] = {"", 6, TREND_LAST, 6, FALSE},
    [HOST_COLUMN_CPU] = {"CPU", 5, 5, 4, TRUE},
    [HOST_COLUMN_VMS] = {"VMs", 8, 9, 2, TRUE},
    [HOST_COLUMN_RAM] = {"RAM", 14, 15, 3, TRUE},
    [HOST_COLUMN_USERS] = {"users", 5, 5, 4, TRUE},
    [HOST_COLUMN_PLACE] = {"place", 10, 24, 7, FALSE},
    [HOST_COLUMN_TELLS] = {"remark", 12, 60, 5, FALSE},
};

char *host_table_place(const struct host *host)
{
    const char *const parts[] = {host->rack, host->room, host->lab};
    GString *text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(parts); i++) {
        if (parts[i] != NULL)
            g_string_append_printf(text, "%s%s", text->len > 0 ? ", " : "", parts[i]);
    }
    return g_string_free(text, FALSE);
}

/* What it bears is of interest while it is there to bear it. */
static void draw_numbers(const struct app *app, const struct columns *columns,
                         struct surface *surface, struct rect row, const struct host *host)
{
    gint values[TREND_LAST];
    guint n = trend_host(app->trend, host, values, TREND_LAST);
    gint load = scene_load_permille(&app->scene, host);
    guint vms = scene_facts(&app->scene, host)->active;
    guint most = host_most_vms(host, app->scene.settings->policy.vm_min_kib);

    if (host->state == HOST_OFF || host->state == HOST_WAKING)
        return;
    if (load < 0)
        columns_text(columns, HOST_COLUMN_LOAD, surface, row.x, row.y, ROLE_MUTED, 0, "?");
    else
        columns_text(columns, HOST_COLUMN_LOAD, surface, row.x, row.y, ROLE_TEXT, 0, "%.2f",
                     load / 1000.0);
    trend_draw(surface, columns_cell(columns, HOST_COLUMN_TREND, row.x, row.y), values, n,
               (gint)app->scene.settings->policy.load_max_permille, ROLE_MUTED, app->ascii);
    if (host->cpu_permille >= 0)
        columns_text(columns, HOST_COLUMN_CPU, surface, row.x, row.y, ROLE_TEXT, 0, "%d %%",
                     (host->cpu_permille + 5) / 10);
    if (most > 0)
        columns_text(columns, HOST_COLUMN_VMS, surface, row.x, row.y,
                     vms > 0 ? ROLE_TEXT : ROLE_MUTED, 0, "%u of %u", vms, most);
    else if (vms > 0) /* not heard of since roost began: how many it may run is not known */
        columns_text(columns, HOST_COLUMN_VMS, surface, row.x, row.y, ROLE_TEXT, 0, "%u", vms);
    if (host->mem_kib > 0)
        columns_text(columns, HOST_COLUMN_RAM, surface, row.x, row.y,
                     vms > 0 ? ROLE_TEXT : ROLE_MUTED, 0, "%.1f of %.1f GiB",
                     UNITS_GIB(host_active_mem_kib(host)), UNITS_GIB(host->mem_kib));
    if (host->users != NULL)
        columns_text(columns, HOST_COLUMN_USERS, surface, row.x, row.y,
                     host->users[0] != NULL ? ROLE_TEXT : ROLE_MUTED, 0, "%u",
                     g_strv_length(host->users));
}

/* What is wrong with it; else what is under way; else what the operator wrote. */
static void draw_tells(const struct app *app, const struct columns *columns,
                       struct surface *surface, struct rect row, const struct host *host)
{
    const struct job *job = scene_job_of_host(&app->scene, host);

    if (host->trouble != NULL)
        columns_text(columns, HOST_COLUMN_TELLS, surface, row.x, row.y, ROLE_WARNING, 0, "%s",
                     host->trouble);
    else if (job != NULL)
        columns_text(columns, HOST_COLUMN_TELLS, surface, row.x, row.y, ROLE_WAKING, 0, "%s: %s",
                     job_kind_name(job->kind), job_state_name(job->state));
    else if (host->note != NULL)
        columns_text(columns, HOST_COLUMN_TELLS, surface, row.x, row.y, ROLE_MUTED, 0, "%s",
                     host->note);
}

void host_table_draw_row(const struct app *app, const struct columns *columns,
                         struct surface *surface, struct rect row, const struct host *host)
{
    const struct mark_info *mark = &host_mark_info[scene_facts(&app->scene, host)->mark];
    g_autofree char *place = host_table_place(host);

    if (marks_has_host(&app->marks, host))
        columns_text(columns, HOST_COLUMN_MARKED, surface, row.x, row.y, ROLE_STRONG, CELL_BOLD,
                     "*");
    columns_text(columns, HOST_COLUMN_SIGN, surface, row.x, row.y, mark->role, 0, "%s",
                 mark_sign(mark, app->ascii));
    columns_text(columns, HOST_COLUMN_NAME, surface, row.x, row.y, ROLE_STRONG, 0, "%s",
                 host->name);
    columns_text(columns, HOST_COLUMN_STATE, surface, row.x, row.y, mark->role, 0, "%s",
                 mark->name);
    draw_numbers(app, columns, surface, row, host);
    columns_text(columns, HOST_COLUMN_PLACE, surface, row.x, row.y, ROLE_MUTED, 0, "%s", place);
    draw_tells(app, columns, surface, row, host);
}
