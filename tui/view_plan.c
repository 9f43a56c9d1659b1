/* view_plan.c - what the autopilot would do now, move by move; as a table, with its reasons. */
#include "tui/view_plan.h"

#include "core/base/text.h"
#include "core/engine/progress.h"
#include "core/policy/plan_use.h"
#include "tui/action.h"
#include "tui/fields.h"
#include "tui/plan_sum.h"
#include "tui/units.h"

/* Cells of the columns; the step itself takes what is left, the reason the rest on a wide screen.
 */
#define MARK_CELLS   4
#define NUMBER_CELLS 5
#define ACTION_CELLS 5
#define STEP_LEAST   22
#define STEP_MOST    44
#define THEN_CELLS   21 /* " 2 VMs 0.09  0.5 GiB", of one host */
#define WHY_LEAST    24

/* --- Making it ------------------------------------------------------------------------------- */

void plan_clear(struct app *app)
{
    g_clear_pointer(&app->plan, plan_free);
    g_clear_pointer(&app->plan_marks, g_array_unref);
    g_clear_pointer(&app->plan_ram, g_array_unref);
    g_clear_pointer(&app->plan_drains, g_free);
    app->plan_marked_last = -1;
}

/* drains is the host to be emptied; NULL = it is a plan for the whole lab. */
static void make(struct app *app, gboolean normalize, const char *drains)
{
    g_autofree char *host = g_strdup(drains);

    if (app->engine == NULL)
        return;
    plan_clear(app);
    if (host != NULL)
        app->plan = engine_plan_drain(app->engine, host);
    if (app->plan != NULL)
        app->plan_drains = g_steal_pointer(&host);
    else
        app->plan = engine_plan(app->engine, normalize);
    app->plan_normalizes = normalize && app->plan_drains == NULL;
    app->plan_list = (struct list){.height = app->plan_list.height};
}

/* The plan is made when the view opens and stays as it was: it can be read in peace. */
void plan_open(struct app *app, gboolean normalize)
{
    make(app, normalize, NULL);
    app_open(app, &view_plan);
}

void plan_renew(struct app *app)
{
    make(app, app->plan_normalizes, app->plan_drains);
}

/* Compaction, the way home, the selected host emptied: in this order, or back. */
static void turn(struct app *app, gboolean forward)
{
    const struct host *host = app_host(app);
    gboolean drains = app->plan_drains != NULL;
    gboolean to_drain = forward ? app->plan_normalizes : !app->plan_normalizes && !drains;

    if (to_drain && host != NULL)
        make(app, FALSE, host->name);
    else
        make(app, forward ? !drains && !app->plan_normalizes : drains, NULL);
}

/* --- One line -------------------------------------------------------------------------------- */

struct step_columns {
    int step; /* cells of what is done */
    int thens;
    int why; /* 0 = there is no room for it */
};

static struct step_columns fit_columns(int width)
{
    int left = width - MARK_CELLS - NUMBER_CELLS - ACTION_CELLS - 1;
    struct step_columns columns = {.step = left};

    if (left >= STEP_LEAST + THEN_CELLS)
        columns.thens = left >= STEP_LEAST + 2 * THEN_CELLS ? 2 : 1;
    left -= columns.thens * THEN_CELLS;
    columns.step = left;
    if (columns.thens < 2 || left < STEP_LEAST + 6 + WHY_LEAST)
        return columns;
    columns.step = CLAMP(left / 3, STEP_LEAST + 6, STEP_MOST);
    columns.why = left - columns.step;
    return columns;
}

static const struct {
    const char *word;
    enum role role;
} action_looks[] = {
    [PLAN_MIGRATE] = {"move", ROLE_VM_MOVING},
    [PLAN_WAKE] = {"wake", ROLE_WAKING},
    [PLAN_OFF] = {"off", ROLE_OFF},
};

static const struct plan_refusal *refusal_at(const struct plan *plan, guint line)
{
    return &g_array_index(plan->refusals, struct plan_refusal, line - plan->steps->len);
}

/* Where both names are the same, as of a VM on its home, one is enough. Free with g_free. */
static char *brief(const struct plan_step *step)
{
    g_autofree char *vm = text_escape(step->vm);
    g_autofree char *from = text_escape(step->from);
    g_autofree char *to = text_escape(step->to);

    if (step->action != PLAN_MIGRATE)
        return g_steal_pointer(&from);
    return g_strdup_printf("%s: %s > %s", vm, from, to);
}

static void draw_then(struct surface *surface, int x, int y, guint vms, gint load_permille,
                      guint64 kib)
{
    g_autofree char *load =
        load_permille < 0 ? g_strdup("-") : g_strdup_printf("%.2f", load_permille / 1000.0);

    surface_printf(surface, x, y, THEN_CELLS - 1, ROLE_TEXT, 0, "%2u %s %4s %4.1f GiB", vms,
                   vms == 1 ? "VM " : "VMs", load, UNITS_GIB(kib));
}

static const struct plan_ram *ram_of(const struct app *app, guint line)
{
    return app->plan_ram != NULL && line < app->plan_ram->len
               ? &g_array_index(app->plan_ram, struct plan_ram, line)
               : NULL;
}

static void draw_step(struct app *app, struct surface *surface, struct rect row, guint line)
{
    const struct plan_step *step = plan_step(app->plan, line);
    struct step_columns columns = fit_columns(row.width);
    const struct plan_ram *ram = ram_of(app, line);
    g_autofree char *what = brief(step);
    gboolean marked = plan_marks(app)[line];
    int x = row.x;

    surface_text(surface, x, row.y, 3, marked ? "[x]" : "[ ]", marked ? ROLE_STRONG : ROLE_MUTED,
                 marked ? CELL_BOLD : 0);
    x += MARK_CELLS;
    surface_printf(surface, x, row.y, NUMBER_CELLS - 1, ROLE_MUTED, 0, "%4u", line + 1);
    x += NUMBER_CELLS;
    surface_text(surface, x, row.y, ACTION_CELLS, action_looks[step->action].word,
                 action_looks[step->action].role, 0);
    x += ACTION_CELLS;
    surface_text(surface, x, row.y, columns.step - 1, what, ROLE_TEXT, 0);
    x += columns.step;
    if (columns.thens == 2 && step->action == PLAN_MIGRATE && ram != NULL)
        draw_then(surface, x, row.y, step->from_vms_after, step->from_load_permille_after,
                  ram->from_kib);
    x += columns.thens == 2 ? THEN_CELLS : 0;
    if (columns.thens > 0 && step->action == PLAN_MIGRATE && ram != NULL)
        draw_then(surface, x, row.y, step->to_vms_after, step->to_load_permille_after, ram->to_kib);
    x += columns.thens > 0 ? THEN_CELLS : 0;
    if (columns.why > 0) {
        g_autofree char *why = plan_step_why(step);
        surface_text(surface, x, row.y, columns.why, why, ROLE_MUTED, 0);
    }
}

static void draw_refusal(const struct app *app, struct surface *surface, struct rect row,
                         guint line)
{
    const struct plan_refusal *refusal = refusal_at(app->plan, line);
    int x = row.x + MARK_CELLS + NUMBER_CELLS;

    surface_text(surface, x, row.y, ACTION_CELLS, "not", ROLE_WARNING, 0);
    x += ACTION_CELLS;
    surface_printf(surface, x, row.y, row.x + row.width - x, ROLE_MUTED, 0, "%s: %s",
                   refusal->subject, refusal->why);
}

static void draw_heading(struct surface *surface, struct rect row)
{
    struct step_columns columns = fit_columns(row.width);
    int x = row.x + MARK_CELLS + NUMBER_CELLS;

    surface_text(surface, x, row.y, ACTION_CELLS, "do", ROLE_MUTED, 0);
    x += ACTION_CELLS + columns.step;
    if (columns.thens > 0)
        surface_text(surface, x - 6, row.y, 5, "then:", ROLE_MUTED, 0);
    if (columns.thens == 2) {
        surface_text(surface, x, row.y, THEN_CELLS, "source load      RAM", ROLE_MUTED, 0);
        x += THEN_CELLS;
    }
    if (columns.thens > 0) {
        surface_text(surface, x, row.y, THEN_CELLS, "target load      RAM", ROLE_MUTED, 0);
        x += THEN_CELLS;
    }
    if (columns.why > 0)
        surface_text(surface, x, row.y, columns.why, "why", ROLE_MUTED, 0);
}

/* --- Under the cursor ------------------------------------------------------------------------ */

static void add_host_then(GString *text, const char *name, guint vms, gint load_permille,
                          guint64 kib, guint64 of_kib)
{
    g_autofree char *shown = text_escape(name);

    g_string_append_printf(text, "; %s then: %u VM%s", shown, vms, vms == 1 ? "" : "s");
    if (load_permille >= 0)
        g_string_append_printf(text, ", load %.2f a CPU", load_permille / 1000.0);
    g_string_append_printf(text, ", RAM %.1f of %.1f GiB", UNITS_GIB(kib), UNITS_GIB(of_kib));
}

/* All there is to know of the line under the cursor. Free with g_free. */
static char *say_line(const struct app *app, guint line)
{
    const struct plan *plan = app->plan;
    const struct plan_step *step;
    const struct plan_ram *ram = ram_of(app, line);
    GString *text;

    if (line >= plan->steps->len)
        return g_strdup_printf("left alone: %s: %s", refusal_at(plan, line)->subject,
                               refusal_at(plan, line)->why);
    step = plan_step(plan, line);
    text = g_string_new(NULL);
    g_string_append_printf(text, "%u. ", line + 1);
    if (step->action == PLAN_MIGRATE && ram != NULL) {
        g_autofree char *what = plan_step_explain(step);
        char *becomes = g_strrstr(what, "; ");

        if (becomes != NULL) /* said below, of both, and with the RAM */
            *becomes = '\0';
        g_string_append(text, what);
        add_host_then(text, step->to, step->to_vms_after, step->to_load_permille_after, ram->to_kib,
                      ram->to_of_kib);
        add_host_then(text, step->from, step->from_vms_after, step->from_load_permille_after,
                      ram->from_kib, ram->from_of_kib);
    } else {
        g_autofree char *what = plan_step_explain(step);
        g_string_append(text, what);
    }
    if (step->after != PLAN_NO_STEP)
        g_string_append_printf(text, "; after step %u", step->after + 1);
    return g_string_free(text, FALSE);
}

static void draw_lines(struct app *app, struct surface *surface, struct rect rect)
{
    const struct plan *plan = app->plan;
    struct list *list = &app->plan_list;
    struct rect below = {rect.x, rect.y + rect.height - LIST_CHOSEN_LINES - 1, rect.width,
                         LIST_CHOSEN_LINES + 1};
    g_autofree char *chosen = NULL;

    draw_heading(surface, (struct rect){rect.x, rect.y, rect.width, 1});
    list->has_cursor = TRUE;
    list->y = rect.y + 1;
    list_fit(list, (int)(plan->steps->len + plan->refusals->len),
             rect.height - LIST_CHOSEN_LINES - 2);
    for (int i = 0; i < list->height && list->top + i < list->n; i++) {
        struct rect row = {rect.x, rect.y + 1 + i, rect.width, 1};
        guint line = (guint)(list->top + i);

        if (line < plan->steps->len)
            draw_step(app, surface, row, line);
        else
            draw_refusal(app, surface, row, line);
        if (list->top + i == list->cursor)
            surface_recolour(surface, row, ROLE_SELECTED, 0);
    }
    chosen = say_line(app, (guint)list->cursor);
    list_say_chosen(surface, below, chosen);
}

/* --- The sum --------------------------------------------------------------------------------- */

static void draw_sum(struct app *app, struct surface *surface, struct rect row)
{
    const struct plan *plan = app->plan;
    guint marked = plan_count_marks(app);
    struct plan_sum sum = plan_sum_of(plan, marked > 0 ? plan_marks(app) : NULL, &app->scene);
    g_autofree char *watts = plan_sum_watts(-sum.watts_saved);
    g_autofree char *span = progress_format_span(sum.us);
    g_autofree char *words = plan_sum_words(&sum);
    g_autofree char *ram = plan_sum_ram(sum.moved_kib);
    guint on = plan->hosts_on_before;
    autoptr(fields) fields = fields_new();

    if (marked > 0)
        fields_add(fields, 1, ROLE_STRONG, 0, NULL, "marked: %s", words);
    if (on > 0)
        fields_add(fields, 2, ROLE_TEXT, 0, NULL, "%u hosts on -> %u", on,
                   on + sum.wakes - MIN(sum.offs, on + sum.wakes));
    if (sum.offs != sum.wakes)
        fields_add(fields, 2, ROLE_TEXT, 0, NULL, "%s%s", sum.watts_saved < 0 ? "+" : "", watts);
    if (marked == 0 && sum.moves > 0)
        fields_add(fields, 3, ROLE_TEXT, 0, NULL, "%s moved", ram);
    fields_add(fields, 2, ROLE_TEXT, 0, NULL, "about %s", span);
    if (marked == 0 && !action_is_refused(app, ACTION_MIGRATE))
        fields_add(fields, 4, ROLE_MUTED, 0, "none marked", "none marked: %s accepts all",
                   keymap_first_key(app->keymap, ACTION_CONFIRM));
    fields_draw(fields, surface, row, 3);
}

/* Why it should be made anew; nothing while it holds. Returns the lines it takes. */
static int draw_outdated(const struct app *app, struct surface *surface, struct rect row)
{
    g_autofree char *why = plan_explain_outdated(app->plan, app->scene.cluster, NULL);

    if (why == NULL)
        return 0;
    surface_printf(surface, row.x, row.y, row.width, ROLE_WARNING, 0,
                   "out of date: %s; %s makes it anew", why,
                   keymap_first_key(app->keymap, ACTION_REFRESH));
    return 1;
}

/* Nothing to do is an answer too: it has its reason, and, with hosts, what else could be seen. */
static void draw_nothing(const struct app *app, struct surface *surface, struct rect rect)
{
    if (app->scene.cluster->hosts->len == 0)
        return;
    surface_printf(surface, rect.x, rect.y, rect.width, ROLE_MUTED, 0,
                   "There is nothing to accept. %s shows another plan, %s makes this one anew.",
                   keymap_first_key(app->keymap, ACTION_NEXT_VM),
                   keymap_first_key(app->keymap, ACTION_REFRESH));
}

/* Below: what the manager that is watched has decided itself. Returns the lines it takes. */
static int draw_next(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct manager_look *look = &app->scene.manager;
    g_autofree char *name = manager_name(look);
    int n, y;

    if (look->lead != MANAGER_FOLLOWS || look->next == NULL || look->next->len == 0)
        return 0;
    n = MIN((int)look->next->len, rect.height / 4);
    y = rect.y + rect.height - n - 1;
    surface_fill(surface, (struct rect){rect.x, y, rect.width, 1}, app->ascii ? "-" : "─",
                 ROLE_MUTED, 0);
    surface_printf(surface, rect.x + 1, y, rect.width - 2, ROLE_STRONG, 0,
                   " what %s does next, and why ", name);
    for (int i = 0; i < n; i++)
        surface_text(surface, rect.x + 1, y + 1 + i, rect.width - 2,
                     g_ptr_array_index(look->next, (guint)i), ROLE_TEXT, 0);
    return n + 1;
}

static char *title_of(const struct app *app)
{
    g_autofree char *host = text_escape(app->plan_drains);

    if (app->plan_drains != NULL)
        return g_strdup_printf("Plan: empty %s", host);
    return g_strdup(app->plan_normalizes ? "Plan: everything on and home"
                                         : "Plan: what the autopilot would do now");
}

static char *note_of(const struct app *app)
{
    guint steps = app->plan->steps->len, left = app->plan->refusals->len;
    GString *note = g_string_new(plan_kind_name(app->plan->kind));

    g_string_append_printf(note, ", %u step%s", steps, steps == 1 ? "" : "s");
    if (left > 0)
        g_string_append_printf(note, ", %u left alone", left);
    if (plan_count_marks(app) > 0)
        g_string_append_printf(note, ", %u marked", plan_count_marks(app));
    return g_string_free(note, FALSE);
}

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    const struct plan *plan = app->plan;
    g_autofree char *title = title_of(app);
    g_autofree char *note = note_of(app);
    struct rect inside = view_frame(app, surface, area, title, note);
    struct rect line = {inside.x + 1, inside.y, inside.width - 2, 1};

    if (app->plan_ram == NULL)
        app->plan_ram = plan_predict_ram(plan, app->scene.cluster);
    surface_text(surface, line.x, line.y++, line.width, plan->summary, ROLE_STRONG, CELL_BOLD);
    if (plan->steps->len > 0)
        draw_sum(app, surface, line);
    else
        draw_nothing(app, surface, line);
    line.y++;
    line.y += draw_outdated(app, surface, line);
    inside.height -= line.y - inside.y;
    inside.y = line.y;
    inside.height -= draw_next(app, surface, inside);
    if (plan->steps->len + plan->refusals->len > 0)
        draw_lines(app, surface, inside);
}

/* --- Keys ------------------------------------------------------------------------------------ */

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    (void)input;
    if (list_key(&app->plan_list, action) || plan_act(app, action))
        return TRUE;
    if (action == ACTION_NEXT_VM || action == ACTION_PREVIOUS_VM) {
        turn(app, action == ACTION_NEXT_VM);
        return TRUE;
    }
    if (action != ACTION_CANCEL && action != ACTION_PLAN && action != ACTION_QUIT)
        return FALSE;
    app_back(app);
    return TRUE;
}

/* A click on a mark marks; elsewhere it chooses the line. */
static void mouse(struct app *app, const struct input *input)
{
    gboolean on_line = list_mouse(&app->plan_list, input);

    if (on_line && input->kind == INPUT_PRESS && input->x < MARK_CELLS)
        plan_act(app, ACTION_MARK);
}

/* The words of the footer depend on the plan: they are in view_footer.c. */
static const struct view_key keys[] = {
    {ACTION_CONFIRM, "", "accept the marked steps, or all when none is, after asking",
     ACTION_MIGRATE},
    {ACTION_MARK, "", "mark the step, with what it needs, or unmark it; go on"},
    {ACTION_MARK_RANGE, "", "mark all from the last one marked to here"},
    {ACTION_MARK_ALL, "", "mark every step; or none; or the others"},
    {ACTION_NEXT_VM, "", "another plan: compact, everything home, the selected host emptied"},
    {ACTION_REFRESH, "", "make the plan anew, as things are now"},
    {ACTION_OUTPUT, "", "the plan as a shell script"},
    {ACTION_CANCEL, "", "back"},
    {ACTION_NONE, NULL, NULL},
};

const struct view view_plan = {"Plan", draw, key, mouse, NULL, keys};
