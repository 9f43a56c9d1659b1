#include "tui/view.h"

#include "tui/action.h"

/* The plan is made when the view opens and stays as it was: it can be read in peace. */
void plan_open(struct app *app, gboolean normalize)
{
    g_clear_pointer(&app->plan, plan_free);
    app->plan = engine_plan(app->engine, normalize);
    app->plan_normalizes = normalize;
    app->plan_list = (struct list){0};
    app_open(app, &view_plan);
}

static const char *action_word(enum plan_action action)
{
    switch (action) {
    case PLAN_MIGRATE:
        return "move";
    case PLAN_WAKE:
        return "wake";
    case PLAN_OFF:
        return "off";
    }
    return "";
}

static enum role action_role(enum plan_action action)
{
    switch (action) {
    case PLAN_OFF:
        return ROLE_OFF;
    case PLAN_WAKE:
        return ROLE_WAKING;
    case PLAN_MIGRATE:
        break;
    }
    return ROLE_VM_MOVING;
}

static const struct plan_refusal *refusal_at(const struct plan *plan, guint line)
{
    return &g_array_index(plan->refusals, struct plan_refusal, line - plan->steps->len);
}

/* A step, or behind them all what was left alone. Free with g_free. */
static char *format_line(const struct plan *plan, guint line)
{
    if (line < plan->steps->len)
        return plan_step_explain(plan_step(plan, line));
    return g_strdup_printf("%s: %s", refusal_at(plan, line)->subject, refusal_at(plan, line)->why);
}

static void draw_line(const struct plan *plan, struct surface *surface, struct rect row, guint line,
                      gboolean chosen)
{
    g_autofree char *sentence = format_line(plan, line);
    gboolean is_step = line < plan->steps->len;
    enum plan_action action = is_step ? plan_step(plan, line)->action : PLAN_MIGRATE;

    if (is_step)
        surface_printf(surface, row.x, row.y, 5, ROLE_MUTED, 0, "%4u", line + 1);
    surface_text(surface, row.x + 6, row.y, 5, is_step ? action_word(action) : "not",
                 is_step ? action_role(action) : ROLE_WARNING, 0);
    surface_text(surface, row.x + 12, row.y, row.width - 12, sentence,
                 is_step ? ROLE_TEXT : ROLE_MUTED, 0);
    if (chosen)
        surface_recolour(surface, row, ROLE_SELECTED, 0);
}

static void draw_lines(struct app *app, struct surface *surface, struct rect rect)
{
    const struct plan *plan = app->plan;
    struct list *list = &app->plan_list;
    struct rect below = {rect.x, rect.y + rect.height - LIST_CHOSEN_LINES, rect.width,
                         LIST_CHOSEN_LINES};
    g_autofree char *chosen = NULL;

    list->has_cursor = TRUE;
    list->y = rect.y;
    list_fit(list, (int)(plan->steps->len + plan->refusals->len),
             rect.height - LIST_CHOSEN_LINES - 1);
    for (int i = 0; i < list->height && list->top + i < list->n; i++) {
        struct rect row = {rect.x, rect.y + i, rect.width, 1};

        draw_line(plan, surface, row, (guint)(list->top + i), list->top + i == list->cursor);
    }
    if (list->n == 0)
        return;
    chosen = format_line(plan, (guint)list->cursor);
    list_say_chosen(surface, below, chosen);
}

/* Below: what the manager that is watched has decided itself. Returns the lines it takes. */
static int draw_next(const struct app *app, struct surface *surface, struct rect rect)
{
    const struct manager_look *look = &app->scene.manager;
    g_autofree char *name = manager_name(look);
    int n, y;

    if (look->lead != MANAGER_FOLLOWS || look->next == NULL || look->next->len == 0)
        return 0;
    n = MIN((int)look->next->len, rect.height / 3);
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

static void draw(struct app *app, struct surface *surface, struct rect area)
{
    const struct plan *plan = app->plan;
    g_autofree char *note = g_strdup_printf("%s, %u step%s", plan_kind_name(plan->kind),
                                            plan->steps->len, plan->steps->len == 1 ? "" : "s");
    struct rect inside = view_frame(app, surface, area,
                                    app->plan_normalizes ? "Plan: everything home"
                                                         : "Plan: what the autopilot would do now",
                                    note);

    surface_text(surface, inside.x + 1, inside.y, inside.width - 2, plan->summary, ROLE_STRONG,
                 CELL_BOLD);
    inside.y += 2;
    inside.height -= 2;
    inside.height -= draw_next(app, surface, inside);
    draw_lines(app, surface, inside);
}

static gboolean key(struct app *app, const struct input *input, enum action action)
{
    (void)input;
    if (list_key(&app->plan_list, action))
        return TRUE;
    if (action == ACTION_NEXT_VM || action == ACTION_PREVIOUS_VM) {
        plan_open(app, !app->plan_normalizes);
        return TRUE;
    }
    if (action == ACTION_CONFIRM) {
        app_open(app, &view_main);
        if (app->plan->steps->len == 0)
            return TRUE;
        action_goal(app, app->plan_normalizes ? ENGINE_GOAL_NORMALIZE : ENGINE_GOAL_COMPACT);
        return TRUE;
    }
    if (action != ACTION_CANCEL && action != ACTION_PLAN && action != ACTION_QUIT)
        return FALSE;
    app_open(app, &view_main);
    return TRUE;
}

static void mouse(struct app *app, const struct input *input)
{
    list_mouse(&app->plan_list, input);
}

const struct view view_plan = {"Plan", draw, key, mouse};
