/* plan_accept.c - steps of a plan are marked, and those that are, or all, are accepted. */
#include <string.h>

#include "core/base/text.h"
#include "core/command/goal.h"
#include "core/engine/progress.h"
#include "core/engine/follow.h"
#include "core/policy/plan_use.h"
#include "tui/action.h"
#include "tui/plan_sum.h"
#include "tui/view_plan.h"

enum answer {
    ANSWER_DO,
    ANSWER_NOT,
};

/* Of the dialog, what is no list: its frame, sum, question and buttons. */
#define DIALOG_LINES 13

/* --- Marks ----------------------------------------------------------------------------------- */

gboolean *plan_marks(struct app *app)
{
    guint n = app->plan->steps->len;

    if (app->plan_marks == NULL || app->plan_marks->len != n) {
        g_clear_pointer(&app->plan_marks, g_array_unref);
        app->plan_marks = g_array_sized_new(TRUE, TRUE, sizeof(gboolean), n + 1);
        g_array_set_size(app->plan_marks, n);
        app->plan_marked_last = -1;
    }
    return (gboolean *)(gpointer)app->plan_marks->data;
}

guint plan_count_marks(const struct app *app)
{
    guint n = 0;

    for (guint i = 0; app->plan_marks != NULL && i < app->plan_marks->len; i++)
        n += g_array_index(app->plan_marks, gboolean, i) ? 1 : 0;
    return n;
}

/* -1 = there is none, such as on a line about what is left alone. */
static int step_at_cursor(const struct app *app)
{
    int cursor = app->plan_list.cursor;

    return cursor >= 0 && cursor < (int)app->plan->steps->len ? cursor : -1;
}

/* "steps 3, 7 and 12 more". Free with g_free. */
static char *name_steps(const gboolean *before, const gboolean *after, guint n)
{
    GString *names = g_string_new(NULL);
    guint found = 0, named = 0;

    for (guint i = 0; i < n; i++) {
        if (before[i] == after[i])
            continue;
        found++;
        if (named == 4)
            continue;
        g_string_append_printf(names, "%s%u", named > 0 ? ", " : "", i + 1);
        named++;
    }
    if (found > named)
        g_string_append_printf(names, " and %u more", found - named);
    g_string_prepend(names, found == 1 ? "step " : "steps ");
    return g_string_free(names, FALSE);
}

/* Marks what is needed beside, or takes away what cannot be without, and says so. */
static void settle_marks(struct app *app, gboolean added)
{
    gboolean *marks = plan_marks(app);
    guint n = app->plan->steps->len;
    g_autofree gboolean *before = g_memdup2(marks, (n + 1) * sizeof *marks);
    guint changed =
        added ? plan_choose_needed(app->plan, marks) : plan_drop_needing(app->plan, marks);
    g_autofree char *names = NULL;

    if (changed == 0)
        return;
    names = name_steps(before, marks, n);
    app_say(app, ROLE_FOOTER,
            added ? "marked too: %s: that has to come first"
                  : "not marked any more: %s: that cannot be without",
            names);
}

static void mark_range(struct app *app, int from, int to)
{
    gboolean *marks = plan_marks(app);

    for (int i = MIN(from, to); i <= MAX(from, to); i++)
        marks[i] = TRUE;
    settle_marks(app, TRUE);
}

static void mark_all(struct app *app, gboolean on)
{
    gboolean *marks = plan_marks(app);

    for (guint i = 0; i < app->plan->steps->len; i++)
        marks[i] = on;
}

static void invert(struct app *app)
{
    gboolean *marks = plan_marks(app);

    for (guint i = 0; i < app->plan->steps->len; i++)
        marks[i] = !marks[i];
    settle_marks(app, TRUE);
}

static void toggle(struct app *app)
{
    gboolean *marks = plan_marks(app);
    int step = step_at_cursor(app);

    if (step < 0) {
        app_say(app, ROLE_FOOTER, "that is left alone: there is nothing to accept in it");
        return;
    }
    marks[step] = !marks[step];
    app->plan_marked_last = marks[step] ? step : -1;
    settle_marks(app, marks[step]);
    list_key(&app->plan_list, ACTION_CURSOR_DOWN);
}

static gboolean mark(struct app *app, enum action action)
{
    int step = step_at_cursor(app);

    switch (action) {
    case ACTION_MARK:
        toggle(app);
        return TRUE;
    case ACTION_MARK_RANGE:
        plan_marks(app);
        if (step >= 0)
            mark_range(app, app->plan_marked_last < 0 ? step : app->plan_marked_last, step);
        return TRUE;
    case ACTION_MARK_ALL:
        mark_all(app, TRUE);
        return TRUE;
    case ACTION_UNMARK:
        mark_all(app, FALSE);
        return TRUE;
    case ACTION_MARK_INVERT:
        invert(app);
        return TRUE;
    default:
        return FALSE;
    }
}

/* --- Accepting ------------------------------------------------------------------------------- */

static void answered(struct app *app, int answer, const char *subject)
{
    gboolean all = plan_count_marks(app) == 0;
    g_autoptr(GError) error = NULL;
    guint jobs;

    (void)subject;
    if (answer != ANSWER_DO)
        return;
    jobs = engine_follow_plan(app->engine, app->plan, all ? NULL : plan_marks(app), &error);
    if (jobs == 0) {
        plan_renew(app);
        app_say(app, ROLE_WARNING, "%s; this is a new one", error->message);
        return;
    }
    if (app->plan_drains != NULL)
        engine_set_maintenance(app->engine, app->plan_drains, TRUE);
    app_back(app);
    app_say(app, ROLE_GOOD,
            engine_follows(app->engine) ? "sent to the manager: %u step%s"
                                        : "accepted: %u job%s queued",
            jobs, jobs == 1 ? "" : "s");
}

/* "move vm pc31 from pc31 to pc02", one line each, as many as there is room for. */
static void list_steps(struct dialog *dialog, const struct plan *plan, const gboolean *chosen,
                       guint n, guint most)
{
    guint listed = 0;

    for (guint i = 0; i < plan->steps->len && listed < most; i++) {
        const struct plan_step *step = plan_step(plan, i);
        g_autofree char *from = text_escape(step->from);
        g_autofree char *vm = text_escape(step->vm);
        g_autofree char *to = text_escape(step->to);

        if (chosen != NULL && !chosen[i])
            continue;
        if (step->action == PLAN_MIGRATE)
            dialog_add_text(dialog, ROLE_DIALOG, "%u. move vm %s from %s to %s", i + 1, vm, from,
                            to);
        else
            dialog_add_text(dialog, ROLE_DIALOG, "%u. %s %s", i + 1,
                            step->action == PLAN_WAKE ? "wake" : "switch off", from);
        listed++;
    }
    if (listed < n)
        dialog_add_text(dialog, ROLE_DIALOG, "... and %u more", n - listed);
}

static void accept_steps(struct app *app)
{
    gboolean all = plan_count_marks(app) == 0;
    const gboolean *chosen = all ? NULL : plan_marks(app);
    struct plan_sum sum = plan_sum_of(app->plan, chosen, &app->scene);
    g_autofree char *words = plan_sum_words(&sum);
    g_autofree char *span = progress_format_span(sum.us);
    struct dialog *dialog;

    if (app->plan->steps->len == 0) {
        app_say(app, ROLE_FOOTER, "there is nothing to accept: %s", app->plan->summary);
        return;
    }
    if (app->readonly) {
        app_say(app, ROLE_WARNING, "read-only: nothing can be accepted here");
        return;
    }
    dialog = dialog_new(all ? "Accept the whole plan?" : "Accept what is marked?", answered, NULL);
    dialog_add_text(dialog, ROLE_DIALOG, "%s: about %s.", words, span);
    dialog_add_text(dialog, ROLE_DIALOG, " ");
    list_steps(dialog, app->plan, chosen, sum.steps,
               (guint)MAX(2, app->surface->height - DIALOG_LINES));
    dialog_add_text(dialog, ROLE_DIALOG, " ");
    if (app->plan_drains != NULL)
        dialog_add_text(dialog, ROLE_DIALOG, "The host is kept in maintenance.");
    else
        dialog_add_text(dialog, ROLE_DIALOG, "Each is checked again when its turn comes.");
    dialog_add_button(dialog, ANSWER_DO, 'A', "Accept");
    dialog_add_button(dialog, ANSWER_NOT, 'L', "Leave it");
    dialog_choose(dialog, ANSWER_NOT);
    app_ask(app, dialog);
}

/* --- As a script ------------------------------------------------------------------------------ */

static void show_script(struct app *app)
{
    const struct plan_access access =
        app->session != NULL ? plan_access_of(app->session) : (struct plan_access){0};
    g_autofree char *script = plan_to_script(app->plan, app->scene.cluster, &access);
    g_auto(GStrv) lines = g_strsplit(script, "\n", -1);
    g_autoptr(GPtrArray) shown = g_ptr_array_new();
    g_autoptr(GPtrArray) errors = g_ptr_array_new();

    for (guint i = 0; lines[i] != NULL; i++)
        g_ptr_array_add(shown, lines[i]);
    output_text_set(&app->output, "this plan as a script", shown, errors);
    app_open(app, &view_output);
}

gboolean plan_act(struct app *app, enum action action)
{
    if (mark(app, action))
        return TRUE;
    switch (action) {
    case ACTION_CONFIRM:
        accept_steps(app);
        return TRUE;
    case ACTION_REFRESH:
        plan_renew(app);
        app_say(app, ROLE_FOOTER, "made anew, as things are now");
        return TRUE;
    case ACTION_OUTPUT:
        show_script(app);
        return TRUE;
    default:
        return FALSE;
    }
}
