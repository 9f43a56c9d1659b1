/* view_host.c - everything known of the selected host, and its VMs. */
#include "tui/view.h"

#include "tui/about.h"
#include "tui/action.h"
#include "tui/host_facts.h"
#include "tui/job_line.h"
#include "tui/neighbour.h"
#include "tui/vm_table.h"
#include "tui/wrap.h"

#define SAID_LINES       4 /* what is wrong, and why it is in its list */
#define JOURNAL_LINES    3
#define VM_ROWS_LEAST    3
#define VM_ROWS_WANTED   5
#define HEIGHT_JOURNAL   18 /* under this there is no room for the journal */
#define JOB_LINES_NARROW 1
#define JOB_LINES_WIDE   4
#define MORE_CELLS       10

/* --- Its VMs --------------------------------------------------------------------------------- */

static const struct vm *vm_at(const struct host *host, int row)
{
    return row >= 0 && row < (int)host->vms->len ? g_ptr_array_index(host->vms, (guint)row) : NULL;
}

/* The row of the selected VM; -1 = none is. */
static int selected_row(const struct app *app, const struct host *host)
{
    guint place;

    return app_vm(app) != NULL && g_ptr_array_find(host->vms, app_vm(app), &place) ? (int)place
                                                                                   : -1;
}

/* Under its rule; rect holds all of it. */
static void draw_vms(struct app *app, struct surface *surface, struct rect rect,
                     const struct host *host)
{
    const struct scene_host *facts = scene_facts(&app->scene, host);
    struct list *list = &app->host_vms;
    int row = selected_row(app, host);
    g_autofree char *note = g_strdup_printf("%u run, %u known", facts->active, facts->present);

    about_draw_rule(app, surface, (struct rect){rect.x, rect.y, rect.width, 1}, "VMs", note);
    list->has_cursor = TRUE;
    list->y = rect.y + 2;
    list->cursor = MAX(0, row);
    list_fit(list, (int)host->vms->len, rect.height - 2);
    if (host->vms->len == 0) {
        surface_text(surface, rect.x + 1, rect.y + 1, rect.width - 2, "It has no VM.", ROLE_MUTED,
                     0);
        return;
    }
    vm_table_draw(app, surface,
                  (struct rect){rect.x + 1, rect.y + 1, rect.width - 2, list->height + 1}, host,
                  (guint)list->top);
}

/* --- What is said of it in sentences --------------------------------------------------------- */

/* Why it is in its list, and what is wrong with it. Returns the lines used. */
static int draw_said(const struct app *app, struct surface *surface, struct rect rect,
                     const struct host *host)
{
    g_autofree char *why = host_facts_why(&app->scene, host);
    g_autofree char *trouble = g_strdup_printf("trouble: %s", host->trouble);
    enum role role;
    int used;

    host_facts_state(&app->scene, host, &role);
    used = wrap_draw(surface, rect, role, why);
    rect.y += used;
    rect.height -= used;
    if (host->trouble != NULL)
        used += wrap_draw(surface, rect, ROLE_WARNING, trouble);
    return used;
}

/* --- The rest -------------------------------------------------------------------------------- */

static int draw_jobs(const struct app *app, struct surface *surface, struct rect rect,
                     const struct host *host, guint most)
{
    g_autoptr(GPtrArray) jobs = about_host_jobs(&app->scene, host);
    guint shown = MIN(MIN(jobs->len, most), (guint)MAX(0, rect.height));

    for (guint i = 0; i < shown; i++) {
        struct rect row = {rect.x, rect.y + (int)i, rect.width, 1};

        if (i + 1 == shown && jobs->len > shown) {
            row.width -= MORE_CELLS;
            surface_printf(surface, row.x + row.width, row.y, MORE_CELLS, ROLE_MUTED, 0,
                           " %4u more", jobs->len - shown);
        }
        job_line_draw(app, surface, row, g_ptr_array_index(jobs, i));
    }
    return (int)shown;
}

static void draw_journal(const struct app *app, struct surface *surface, struct rect rect,
                         const struct host *host)
{
    const struct about about = {.kind = "host", .name = host->name};

    about_draw_part(app, surface, rect, &about);
}

/* Facts on the left; VMs, and below them the journal, on the right. */
static void draw_wide(struct app *app, struct surface *surface, struct rect rect,
                      const struct host *host, struct sheet *sheet)
{
    struct rect right = sheet_draw_beside(sheet, surface, rect, app->ascii, NULL);
    int vms = CLAMP((int)host->vms->len + 3, 4, MAX(4, rect.height - 8));

    right.height = vms;
    draw_vms(app, surface, right, host);
    right.y += vms;
    right.height = rect.height - vms;
    draw_journal(app, surface, right, host);
}

/* Facts, VMs and journal under each other; the VMs keep some rows whatever there is to tell. */
static void draw_narrow(struct app *app, struct surface *surface, struct rect rect,
                        const struct host *host, struct sheet *sheet)
{
    guint columns = sheet_columns(rect.width - 2, 3);
    int wanted = CLAMP((int)host->vms->len, 1, VM_ROWS_WANTED) + 2;
    int journal = rect.height >= HEIGHT_JOURNAL ? JOURNAL_LINES + 1 : 0;
    int room = rect.height - journal;
    int facts = MIN(sheet_height(sheet, rect.width - 2, columns), MAX(0, room - wanted));

    facts = MAX(facts, MIN(room - VM_ROWS_LEAST - 2, sheet_height(sheet, rect.width - 2, columns)));
    facts = MAX(0, facts);
    sheet_draw(sheet, surface, (struct rect){rect.x + 1, rect.y, rect.width - 2, facts}, columns,
               app->ascii);
    wanted = MIN((int)host->vms->len + 2, room - facts);
    wanted = MAX(wanted, MIN(3, room - facts));
    draw_vms(app, surface, (struct rect){rect.x, rect.y + facts, rect.width, wanted}, host);
    rect.y += facts + wanted;
    rect.height -= facts + wanted;
    draw_journal(app, surface, rect, host);
}

static void draw_host(struct app *app, struct surface *surface, struct rect rect,
                      const struct host *host)
{
    autoptr(sheet) sheet = sheet_new();
    gboolean wide = rect.width >= SHEET_BESIDE_LEAST;
    struct rect said = {rect.x + 1, rect.y, rect.width - 2, MIN(SAID_LINES, rect.height)};
    int used = draw_said(app, surface, said, host);

    said.y += used;
    said.height = MAX(0, rect.height - used);
    used += draw_jobs(app, surface, said, host, wide ? JOB_LINES_WIDE : JOB_LINES_NARROW);
    if (wide && used < rect.height)
        used++;
    rect.y += used;
    rect.height = MAX(0, rect.height - used);
    host_facts_add(sheet, app, host);
    if (wide)
        draw_wide(app, surface, rect, host, sheet);
    else
        draw_narrow(app, surface, rect, host, sheet);
}

/* NULL and a word when there is nothing to show: the one that was looked at may be gone. */
static const struct host *host_shown(const struct app *app, char **why)
{
    *why = NULL;
    if (app->scene.cluster->hosts->len == 0)
        *why = g_strdup("No host is in the cluster yet: add-node adds them.");
    else if (app->host != NULL && cluster_find_host(app->scene.cluster, app->host) == NULL)
        *why = g_strdup_printf("Host %s is no longer in the cluster.", app->host);
    return *why == NULL ? app_host(app) : NULL;
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    g_autofree char *why = NULL;
    const struct host *host = host_shown(app, &why);
    g_autofree char *title = g_strdup_printf("Host %s", host != NULL ? host->name : "");
    g_autofree char *place = host != NULL ? neighbour_place(app, host) : NULL;
    struct rect inside = view_frame(app, surface, area, g_strchomp(title), place);

    if (host == NULL)
        surface_text(surface, inside.x + 1, inside.y, inside.width - 2, why, ROLE_MUTED, 0);
    else
        draw_host(app, surface, inside, host);
}

/* --- Keys and mouse -------------------------------------------------------------------------- */

/* Above the first there is the host itself: no VM is selected then. */
static gboolean move_cursor(struct app *app, const struct host *host, enum action action)
{
    struct list *list = &app->host_vms;
    int row = selected_row(app, host);

    list->cursor = MAX(0, row);
    list->n = (int)host->vms->len;
    if (row <= 0 && action == ACTION_CURSOR_UP) {
        g_clear_pointer(&app->vm, g_free);
        return TRUE;
    }
    if (row < 0 && (action == ACTION_CURSOR_DOWN || action == ACTION_NEXT_VM))
        list->cursor = 0;
    else if (action == ACTION_NEXT_VM || action == ACTION_PREVIOUS_VM)
        list->cursor =
            (MAX(0, row) + (action == ACTION_NEXT_VM ? 1 : list->n - 1)) % MAX(1, list->n);
    else if (!list_key(list, action))
        return FALSE;
    if (vm_at(host, list->cursor) != NULL)
        app_select_vm(app, vm_at(host, list->cursor));
    return TRUE;
}

static void go_in(struct app *app, const struct host *host)
{
    const struct vm *vm = app_vm(app) != NULL ? app_vm(app) : vm_at(host, 0);

    if (vm == NULL) {
        app_say(app, ROLE_FOOTER, "%s has no VM to look at", host->name);
        return;
    }
    app_open(app, &view_vm);
    app_select_vm(app, vm);
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    g_autofree char *why = NULL;
    const struct host *host = host_shown(app, &why);

    (void)input;
    if (action == ACTION_CANCEL || action == ACTION_QUIT)
        return app_back(app);
    if (host == NULL)
        return FALSE;
    if (action_refuse(app, action))
        return TRUE;
    app_select_host(app, host);
    switch (action) {
    case ACTION_CURSOR_LEFT:
    case ACTION_CURSOR_RIGHT:
        app_select_host(app, neighbour_host(app, host, action == ACTION_CURSOR_RIGHT ? 1 : -1));
        return TRUE;
    case ACTION_CONFIRM:
        go_in(app, host);
        return TRUE;
    case ACTION_MENU:
        menu_open(app);
        return TRUE;
    case ACTION_MIGRATE:
        action_pick_up(app);
        return TRUE;
    default:
        return move_cursor(app, host, action);
    }
}

/* A click selects; one on what is selected goes in. */
static void mouse(struct app *app, const struct input *input)
{
    g_autofree char *why = NULL;
    const struct host *host = host_shown(app, &why);
    struct list *list = &app->host_vms;
    int row = list->top + input->y - list->y;

    if (host == NULL)
        return;
    if (input->kind == INPUT_WHEEL_UP || input->kind == INPUT_WHEEL_DOWN) {
        move_cursor(app, host,
                    input->kind == INPUT_WHEEL_UP ? ACTION_CURSOR_UP : ACTION_CURSOR_DOWN);
        return;
    }
    if (input->kind != INPUT_PRESS || input->y < list->y || input->y >= list->y + list->height ||
        vm_at(host, row) == NULL)
        return;
    if (selected_row(app, host) == row && input->button == 1) {
        go_in(app, host);
        return;
    }
    app_select_vm(app, vm_at(host, row));
    if (input->button == 3)
        menu_open(app);
}

static const struct view_key keys[] = {
    {ACTION_CONFIRM, "into the VM", "go into the chosen VM, or the first"},
    {ACTION_CURSOR_RIGHT, "next host", "the host beside it"},
    {ACTION_CURSOR_LEFT, "", "the host on the other side"},
    {ACTION_CURSOR_DOWN, "", "choose the next VM"},
    {ACTION_CURSOR_UP, "", "choose the VM above; above the first, the host itself"},
    {ACTION_MIGRATE, "pick up", "pick the chosen VM up, and back to the grid with it"},
    {ACTION_MENU, "menu", "what can be done with the chosen VM, or the host"},
    {ACTION_WAKE, "wake", "wake the host"},
    {ACTION_POWER_OFF, "off", "switch the host off, after asking"},
    {ACTION_DRAIN, "drain", "move every VM off the host"},
    {ACTION_CANCEL, "", "back"},
    {ACTION_NONE, NULL, NULL},
};

static gboolean offers(const struct app *app, enum action action)
{
    const struct host *host = app_host(app);
    gboolean of_vm = action == ACTION_CONFIRM || action == ACTION_MIGRATE;

    return host != NULL && (!of_vm || host->vms->len > 0);
}

const struct view view_host = {"Host", draw, key, mouse, NULL, keys, offers};
