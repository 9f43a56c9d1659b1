/* view_vm.c - everything known of the selected VM, and where it could go. */
#include "tui/view.h"

#include "tui/about.h"
#include "tui/action.h"
#include "tui/columns.h"
#include "tui/job_line.h"
#include "tui/neighbour.h"
#include "tui/targets_list.h"
#include "tui/units.h"
#include "tui/vm_facts.h"
#include "tui/vm_pane.h"
#include "tui/wrap.h"

#define SAID_LINES     3
#define OBSTACLE_LINES 2
#define PANE_LEAST     2 /* lines, where it stands beside the list */
#define ROWS_LEAST     4
#define ROWS_WANTED    8
#define MOVES_LINES    3
#define HEIGHT_JOURNAL 18
#define HEIGHT_TOLD    8 /* of the list, where there is room for a sentence below it */

enum target_column {
    TO_SIGN,
    TO_HOST,
    TO_NOW,
    TO_THEN,
    TO_LOAD,
    TO_VMS,
    TO_RAM,
    TO_COLUMNS
};

static const struct column target_columns[TO_COLUMNS] = {
    [TO_SIGN] = {"", 1, 1, 1, FALSE},    [TO_HOST] = {"host", 8, 24, 1, FALSE},
    [TO_NOW] = {"is", 11, 11, 4, FALSE}, [TO_THEN] = {"becomes", 8, 8, 2, FALSE},
    [TO_LOAD] = {"load", 5, 6, 2, TRUE}, [TO_VMS] = {"VMs", 8, 9, 3, TRUE},
    [TO_RAM] = {"RAM", 14, 15, 3, TRUE},
};

/* --- The VM that is shown -------------------------------------------------------------------- */

/* It is gone along with when it moves: the console then selects its new host. */
static const struct vm *follow(struct app *app)
{
    const struct vm *vm = app->vm != NULL ? cluster_find_vm(app->scene.cluster, app->vm) : NULL;

    if (vm != NULL && app_vm(app) != vm)
        app_select_vm(app, vm);
    return vm;
}

/* --- Where it could go ----------------------------------------------------------------------- */

static void draw_refusal(const struct app *app, const struct columns *columns,
                         struct surface *surface, struct rect row, const struct vm *vm,
                         const struct target *target)
{
    g_autofree char *why =
        check_explain(target->reason, vm, target->host, &app->scene.settings->policy);
    int x = columns->at[TO_THEN].width > 0
                ? columns->at[TO_THEN].x
                : columns->at[TO_HOST].x + columns->at[TO_HOST].width + COLUMNS_GAP;

    surface_printf(surface, row.x + x, row.y, MAX(0, row.width - x),
                   check_can_force(target->reason) ? ROLE_WARNING : ROLE_MUTED, 0, "%s%s",
                   check_can_force(target->reason) ? "asks: " : "", why);
}

static void draw_promise(const struct app *app, const struct columns *columns,
                         struct surface *surface, struct rect row, const struct target *target)
{
    const struct mark_info *then = &host_mark_info[target_mark_then(&app->scene, target)];
    guint most = host_most_vms(target->host, app->scene.settings->policy.vm_min_kib);

    if (target->load_permille >= 0) {
        columns_text(columns, TO_THEN, surface, row.x, row.y, then->role, 0, "%s", then->name);
        columns_text(columns, TO_LOAD, surface, row.x, row.y, ROLE_TEXT, 0, "%.2f",
                     target->load_permille / 1000.0);
    }
    columns_text(columns, TO_VMS, surface, row.x, row.y, ROLE_TEXT, 0, "%u of %u", target->vms,
                 most);
    columns_text(columns, TO_RAM, surface, row.x, row.y, ROLE_TEXT, 0, "%.1f of %.1f GiB",
                 UNITS_GIB(target->mem_kib), UNITS_GIB(target->host->mem_kib));
}

static void draw_target(const struct app *app, const struct columns *columns,
                        struct surface *surface, struct rect row, const struct vm *vm,
                        const struct target *target, gboolean selected)
{
    const struct mark_info *now = &host_mark_info[scene_facts(&app->scene, target->host)->mark];
    const struct mark_info *sign =
        &target_mark_info[target->reason == CHECK_OK        ? TARGET_MARK_YES
                          : check_can_force(target->reason) ? TARGET_MARK_FORCE
                                                            : TARGET_MARK_NO];

    columns_text(columns, TO_SIGN, surface, row.x, row.y, sign->role, 0, "%s",
                 mark_sign(sign, app->ascii));
    columns_text(columns, TO_HOST, surface, row.x, row.y,
                 target->reason == CHECK_OK ? ROLE_STRONG : ROLE_TEXT, 0, "%s%s",
                 target->host->name, g_strcmp0(vm->home, target->host->name) == 0 ? " (home)" : "");
    columns_text(columns, TO_NOW, surface, row.x, row.y, now->role, 0, "%s", now->name);
    if (target->reason == CHECK_OK)
        draw_promise(app, columns, surface, row, target);
    else
        draw_refusal(app, columns, surface, row, vm, target);
    if (selected)
        surface_recolour(surface, row, ROLE_SELECTED, 0);
}

/* Puts the cursor back on the host that was chosen: loads change, and with them the order. */
static void find_chosen(struct app *app, const GArray *targets)
{
    for (guint i = 0; app->vm_target != NULL && i < targets->len; i++) {
        if (g_str_equal(g_array_index(targets, struct target, i).host->name, app->vm_target))
            app->vm_targets.cursor = (int)i;
    }
}

static void choose(struct app *app, const GArray *targets)
{
    guint row = (guint)MAX(0, app->vm_targets.cursor);

    g_clear_pointer(&app->vm_target, g_free);
    if (row < targets->len)
        app->vm_target = g_strdup(g_array_index(targets, struct target, row).host->name);
}

/* Why the chosen one refuses, in full; else why others do. */
static void draw_why(const struct app *app, struct surface *surface, struct rect rect,
                     const struct vm *vm, const GArray *targets)
{
    const struct target *target =
        &g_array_index(targets, struct target, (guint)app->vm_targets.cursor);
    g_autofree char *why =
        target->reason != CHECK_OK
            ? check_explain(target->reason, vm, target->host, &app->scene.settings->policy)
            : targets_reasons(targets);

    if (*why != '\0')
        list_say_chosen(surface, rect, why);
}

static void draw_targets(struct app *app, struct surface *surface, struct rect rect,
                         const struct vm *vm)
{
    g_autoptr(GArray) targets = targets_list(app, vm);
    g_autofree char *count = targets_count(targets);
    int told = rect.height >= HEIGHT_TOLD ? LIST_CHOSEN_LINES : 0;
    struct list *list = &app->vm_targets;
    struct columns columns;

    about_draw_rule(app, surface, (struct rect){rect.x, rect.y, rect.width, 1}, "Where it could go",
                    vm_is_active(vm) ? count : NULL);
    list->has_cursor = TRUE;
    list->y = rect.y + 2;
    find_chosen(app, targets);
    list_fit(list, vm_is_active(vm) ? (int)targets->len : 0, rect.height - 2 - told);
    if (list->n == 0) {
        surface_text(surface, rect.x + 1, rect.y + 1, rect.width - 2,
                     vm_is_active(vm) ? "There is no other host."
                                      : "It does not run: only a running VM can move.",
                     ROLE_MUTED, 0);
        return;
    }
    columns_fit(&columns, target_columns, TO_COLUMNS, rect.width - 2);
    columns_draw_titles(&columns, surface, rect.x + 1, rect.y + 1);
    for (int i = 0; i < list->height && list->top + i < list->n; i++)
        draw_target(app, &columns, surface,
                    (struct rect){rect.x + 1, rect.y + 2 + i, rect.width - 2, 1}, vm,
                    &g_array_index(targets, struct target, list->top + i),
                    list->top + i == list->cursor && !vm_pane_has_keys(app));
    rect.y += 2 + MIN(list->height, list->n);
    rect.height = told;
    draw_why(app, surface, rect, vm, targets);
}

/* --- The rest -------------------------------------------------------------------------------- */

static int draw_said(const struct app *app, struct surface *surface, struct rect rect,
                     const struct vm *vm)
{
    enum role role;
    g_autofree char *text = vm_facts_say(&app->scene, vm, &role);

    rect.height = MIN(SAID_LINES, rect.height);
    return wrap_draw(surface, rect, role, text);
}

/* Before anybody chooses a host for it; the pane itself says it too. */
static int draw_obstacle(const struct app *app, struct surface *surface, struct rect rect,
                         const struct vm *vm)
{
    enum role role = ROLE_WARNING;
    g_autofree char *why = vm_pane_obstacle(app, vm, &role);

    rect.height = MIN(OBSTACLE_LINES, rect.height);
    return why != NULL ? wrap_draw(surface, rect, role, why) : 0;
}

static int draw_jobs(const struct app *app, struct surface *surface, struct rect rect,
                     const struct vm *vm)
{
    g_autoptr(GPtrArray) jobs = about_vm_jobs(&app->scene, vm);

    for (guint i = 0; i < jobs->len && (int)i < rect.height; i++)
        job_line_draw(app, surface, (struct rect){rect.x, rect.y + (int)i, rect.width, 1},
                      g_ptr_array_index(jobs, i));
    return MIN((int)jobs->len, MAX(0, rect.height));
}

static void draw_moves(const struct app *app, struct surface *surface, struct rect rect,
                       const struct vm *vm)
{
    const struct about about = {.kind = "vm", .name = vm->name};

    about_draw_part(app, surface, rect, &about);
}

/* In what the facts leave, a line below them. */
static void draw_pane(struct app *app, struct surface *surface, struct rect rect,
                      const struct vm *vm)
{
    rect.y++;
    rect.height--;
    if (rect.height >= PANE_LEAST)
        vm_pane_draw(app, surface, rect, vm);
}

static void draw_wide(struct app *app, struct surface *surface, struct rect rect,
                      const struct vm *vm, struct sheet *sheet)
{
    struct rect below;
    struct rect right = sheet_draw_beside(sheet, surface, rect, app->ascii, &below);
    int most = (int)app->scene.cluster->hosts->len + 2 + LIST_CHOSEN_LINES;
    int rows = CLAMP(most, MIN(ROWS_WANTED, rect.height), MAX(ROWS_WANTED, rect.height * 2 / 3));

    right.height = rows;
    draw_pane(app, surface, below, vm);
    draw_targets(app, surface, right, vm);
    right.y += rows;
    right.height = rect.height - rows;
    draw_moves(app, surface, right, vm);
}

static void draw_narrow(struct app *app, struct surface *surface, struct rect rect,
                        const struct vm *vm, struct sheet *sheet)
{
    guint columns = sheet_columns(rect.width - 2, 3);
    int moves = rect.height >= HEIGHT_JOURNAL ? MOVES_LINES + 1 : 0;
    int facts = MIN(sheet_height(sheet, rect.width - 2, columns),
                    MAX(0, rect.height - moves - ROWS_WANTED));
    struct rect lower = {rect.x, rect.y + facts, rect.width, 0};
    int rows;

    sheet_draw(sheet, surface, (struct rect){rect.x + 1, rect.y, rect.width - 2, facts}, columns,
               app->ascii);
    rows = MAX(rect.height - facts - moves, MIN(ROWS_LEAST, rect.height - facts));
    lower.height = rows;
    if (vm_pane_has_keys(app)) {
        app->vm_targets.n = 0; /* not to be seen, nor to be clicked on */
        vm_pane_draw(app, surface, lower, vm);
    } else {
        draw_targets(app, surface, lower, vm);
    }
    rect.y += facts + rows;
    rect.height -= facts + rows;
    draw_moves(app, surface, rect, vm);
}

static void draw_vm(struct app *app, struct surface *surface, struct rect rect, const struct vm *vm)
{
    autoptr(sheet) sheet = sheet_new();
    struct rect said = {rect.x + 1, rect.y, rect.width - 2, rect.height};
    gboolean wide = rect.width >= SHEET_BESIDE_LEAST;
    int used = draw_said(app, surface, said, vm);

    vm_pane_hide(app);
    said.y += used;
    said.height -= used;
    if (!wide && !vm_pane_has_keys(app)) {
        int obstacle = draw_obstacle(app, surface, said, vm);

        said.y += obstacle;
        said.height -= obstacle;
        used += obstacle;
    }
    used += draw_jobs(app, surface, said, vm);
    if (wide && used < rect.height)
        used++;
    rect.y += used;
    rect.height = MAX(0, rect.height - used);
    vm_facts_add(sheet, app, vm);
    if (wide)
        draw_wide(app, surface, rect, vm, sheet);
    else
        draw_narrow(app, surface, rect, vm, sheet);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    const struct vm *vm = follow(app);
    g_autofree char *title = g_strdup_printf("VM %s", app->vm != NULL ? app->vm : "");
    g_autofree char *note = vm != NULL ? g_strdup_printf("on %s", vm->host->name) : NULL;
    struct rect inside = view_frame(app, surface, area, g_strchomp(title), note);

    if (vm != NULL)
        draw_vm(app, surface, inside, vm);
    else
        surface_text(surface, inside.x + 1, inside.y, inside.width - 2,
                     app->vm != NULL ? "It is no longer in the cluster." : "No VM is selected.",
                     ROLE_MUTED, 0);
}

/* --- Keys and mouse -------------------------------------------------------------------------- */

static void offer(struct app *app, const struct vm *vm)
{
    g_autoptr(GArray) targets = targets_list(app, vm);
    guint row;

    find_chosen(app, targets);
    row = (guint)MAX(0, app->vm_targets.cursor);
    if (!vm_is_active(vm))
        app_say(app, ROLE_FOOTER, "vm %s is %s: only a running VM can move", vm->name,
                vm_state_name(vm->state));
    else if (row < targets->len)
        targets_offer(app, vm, &g_array_index(targets, struct target, row));
}

static void show_neighbour(struct app *app, const struct vm *vm, int step)
{
    app_select_vm(app, neighbour_vm(app, vm, step));
    app->vm_targets = (struct list){.has_cursor = TRUE};
    g_clear_pointer(&app->vm_target, g_free);
}

/* The cursor goes from where its host is by now, and remembers the one it comes to. */
static gboolean move_cursor(struct app *app, const struct vm *vm, enum action action,
                            const struct input *input)
{
    g_autoptr(GArray) targets = targets_list(app, vm);

    find_chosen(app, targets);
    if (input != NULL ? !list_mouse(&app->vm_targets, input) : !list_key(&app->vm_targets, action))
        return FALSE;
    choose(app, targets);
    return TRUE;
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    const struct vm *vm = follow(app);

    (void)input;
    if (action == ACTION_CANCEL || action == ACTION_QUIT)
        return app_back(app);
    if (vm == NULL)
        return FALSE;
    if (action_refuse(app, action))
        return TRUE;
    if (vm_pane_key(app, action))
        return TRUE;
    switch (action) {
    case ACTION_NEXT_VM:
    case ACTION_PREVIOUS_VM:
        vm_pane_toggle(app);
        return TRUE;
    case ACTION_REFRESH:
        vm_pane_again(app);
        return FALSE; /* and every host is asked how it is */
    case ACTION_CURSOR_LEFT:
    case ACTION_CURSOR_RIGHT:
        show_neighbour(app, vm, action == ACTION_CURSOR_RIGHT ? 1 : -1);
        return TRUE;
    case ACTION_CONFIRM:
        offer(app, vm);
        return TRUE;
    case ACTION_MENU:
        menu_open(app);
        return TRUE;
    case ACTION_MIGRATE:
        action_pick_up(app);
        return TRUE;
    default:
        return move_cursor(app, vm, action, NULL);
    }
}

/* A click chooses; one on what is chosen offers the move. What was seen counts, not what is. */
static void mouse(struct app *app, const struct input *input)
{
    const struct vm *vm = follow(app);
    const struct list *list = &app->vm_targets;
    int row = list->top + input->y - list->y;

    if (vm == NULL || vm_pane_mouse(app, input) || list->n == 0)
        return;
    if (input->kind == INPUT_PRESS && vm_pane_has_keys(app))
        vm_pane_toggle(app);
    if (input->kind == INPUT_PRESS && input->button == 1 && app->vm_target != NULL &&
        input->y >= list->y && row == list->cursor)
        offer(app, vm);
    else
        move_cursor(app, vm, ACTION_NONE, input);
}

static const struct view_key keys[] = {
    {ACTION_CONFIRM, "move it there", "offer the move to the chosen host", ACTION_MIGRATE},
    {ACTION_NEXT_VM, "disks", "its disks and network; again, or Enter: where it could go"},
    {ACTION_REFRESH, "", "ask every host again, and its own for its disks"},
    {ACTION_CURSOR_RIGHT, "next VM", "the next VM of its host, or of the next one"},
    {ACTION_CURSOR_LEFT, "", "the VM before it"},
    {ACTION_CURSOR_DOWN, "", "choose the next host"},
    {ACTION_CURSOR_UP, "", "choose the host above"},
    {ACTION_MIGRATE, "pick up", "pick it up, and back to the grid with it"},
    {ACTION_START_STOP, "start, stop", "start it, or shut it down after asking"},
    {ACTION_MENU, "menu", "what can be done with it"},
    {ACTION_POSTCOPY, "", "its migration over to post-copy, after asking"},
    {ACTION_CANCEL, "", "back"},
    {ACTION_NONE, NULL, NULL},
};

const struct view view_vm = {"VM", draw, key, mouse, NULL, keys};
