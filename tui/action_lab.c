#include "tui/action.h"

#include "tui/view.h"

enum lab_answer {
    LAB_DO,
    LAB_RUNNING_TOO,
    LAB_SHOW,
    LAB_NOT
};

/* What a plan comes to, in the dialog that asks for it. */
static void describe_plan(const struct app *app, struct dialog *dialog, gboolean normalize)
{
    autoptr(plan) plan = engine_plan(app->engine, normalize);

    dialog_add_text(dialog, ROLE_DIALOG, "%s", plan->summary);
    if (plan->refusals->len > 0)
        dialog_add_text(dialog, ROLE_DIALOG, "%u left alone; the plan says why.",
                        plan->refusals->len);
}

/* --- Automatic mode -------------------------------------------------------------------------- */

static void answered_mode(struct app *app, int answer, const char *subject)
{
    (void)subject;
    if (answer <= ENGINE_ALWAYS)
        engine_set_mode(app->engine, (enum engine_mode)answer);
}

void action_automatic(struct app *app)
{
    struct dialog *dialog = dialog_new("Automatic mode", answered_mode, NULL);
    const struct scene *scene = &app->scene;
    /* A simulated hour may pass while the question stands. */
    g_autofree char *now = scene_time(scene, scene->wall_us, "%H:%M");

    dialog_add_text(dialog, ROLE_DIALOG, "Manual: watch and list; nothing happens by itself.");
    dialog_add_text(dialog, ROLE_DIALOG,
                    "By hours: while the lab is closed, pack the VMs onto few hosts and switch the "
                    "others off; before it opens, everything on and home.");
    dialog_add_text(dialog, ROLE_DIALOG, "Always: pack whatever the hour.");
    dialog_add_text(dialog, ROLE_DIALOG, " ");
    if (scene->hours == NULL)
        dialog_add_text(dialog, ROLE_WARNING,
                        "No opening hours are configured: by hours then is "
                        "the same as always.");
    else
        dialog_add_text(dialog, ROLE_DIALOG, "At %s the lab is %s.", now,
                        scene->phase == HOURS_OPEN     ? "open: by hours would rest"
                        : scene->phase == HOURS_CLOSED ? "closed: by hours would begin at once"
                                                       : "about to open: by hours would bring "
                                                         "everything home");
    describe_plan(app, dialog, scene->phase == HOURS_PREPARING);
    dialog_add_button(dialog, ENGINE_MANUAL, 'M', "Manual");
    dialog_add_button(dialog, ENGINE_BY_HOURS, 'h', "By hours");
    dialog_add_button(dialog, ENGINE_ALWAYS, 'A', "Always");
    dialog_add_button(dialog, ENGINE_ALWAYS + 1, 'L', "Leave it");
    dialog_choose(dialog, (int)scene->mode);
    app_ask(app, dialog);
}

/* --- Policy ---------------------------------------------------------------------------------- */

static void answered_policy(struct app *app, int answer, const char *subject)
{
    (void)subject;
    if (answer == POLICY_PACK || answer == POLICY_PAIRS)
        engine_set_policy(app->engine, (enum policy_kind)answer);
}

void action_policy(struct app *app)
{
    struct dialog *dialog = dialog_new("Policy", answered_policy, NULL);

    dialog_add_text(dialog, ROLE_DIALOG,
                    "Pack: fewest hosts on, then least RAM moved, then evenest load; each VM moves "
                    "at most once.");
    dialog_add_text(dialog, ROLE_DIALOG,
                    "Pairs: the thesis's own; the last of the under list gives to the first, cycle "
                    "after cycle.");
    dialog_add_button(dialog, POLICY_PACK, 'P', "Pack");
    dialog_add_button(dialog, POLICY_PAIRS, 'i', "Pairs");
    dialog_add_button(dialog, POLICY_PACK + POLICY_PAIRS + 1, 'L', "Leave it");
    dialog_choose(dialog, (int)app->scene.settings->policy.kind);
    app_ask(app, dialog);
}

/* --- Goals ----------------------------------------------------------------------------------- */

static void answered_stop(struct app *app, int answer, const char *subject)
{
    (void)subject;
    if (answer == LAB_DO)
        engine_set_goal(app->engine, ENGINE_GOAL_NONE);
}

static void ask_to_stop(struct app *app)
{
    struct dialog *dialog = dialog_new("Stop here?", answered_stop, NULL);

    dialog_add_text(dialog, ROLE_DIALOG,
                    "The lab is being %s. What runs is ended properly; nothing "
                    "new is begun.",
                    app->scene.goal == ENGINE_GOAL_COMPACT ? "compacted" : "normalized");
    dialog_add_button(dialog, LAB_DO, 'S', "Stop");
    dialog_add_button(dialog, LAB_NOT, 'G', "Go on");
    dialog_choose(dialog, LAB_NOT);
    app_ask(app, dialog);
}

static void answered_goal(struct app *app, int answer, const char *subject)
{
    gboolean normalize = g_strcmp0(subject, "normalize") == 0;

    if (answer == LAB_DO)
        engine_set_goal(app->engine, normalize ? ENGINE_GOAL_NORMALIZE : ENGINE_GOAL_COMPACT);
    else if (answer == LAB_SHOW)
        plan_open(app, normalize);
}

void action_goal(struct app *app, enum engine_goal goal)
{
    gboolean normalize = goal == ENGINE_GOAL_NORMALIZE;
    struct dialog *dialog;

    if (action_refuse(app, normalize ? ACTION_NORMALIZE : ACTION_COMPACT))
        return;
    if (app->scene.goal != ENGINE_GOAL_NONE) {
        ask_to_stop(app);
        return;
    }
    dialog = dialog_new(normalize ? "Bring everything home now?" : "Compact the lab now?",
                        answered_goal, normalize ? "normalize" : "compact");
    describe_plan(app, dialog, normalize);
    dialog_add_text(dialog, ROLE_DIALOG,
                    "It is done once, whatever the hour, and decided afresh as "
                    "it goes.");
    dialog_add_button(dialog, LAB_DO, normalize ? 'B' : 'C', normalize ? "Bring home" : "Compact");
    dialog_add_button(dialog, LAB_SHOW, 'p', "Show the plan");
    dialog_add_button(dialog, LAB_NOT, 'N', "Not now");
    dialog_choose(dialog, LAB_NOT);
    app_ask(app, dialog);
}

/* --- Jobs ------------------------------------------------------------------------------------ */

static void answered_cancel_all(struct app *app, int answer, const char *subject)
{
    guint n;

    (void)subject;
    if (answer == LAB_NOT)
        return;
    n = engine_cancel_all(app->engine, answer == LAB_RUNNING_TOO);
    app_say(app, ROLE_FOOTER, "%u job%s cancelled", n, n == 1 ? "" : "s");
}

void action_cancel_jobs(struct app *app)
{
    const struct scene *scene = &app->scene;
    struct dialog *dialog;

    if (scene->n_queued + scene->n_running == 0) {
        app_say(app, ROLE_FOOTER, "no job is under way");
        return;
    }
    if (scene->n_running == 0) {
        answered_cancel_all(app, LAB_DO, NULL);
        return;
    }
    dialog = dialog_new("Cancel jobs?", answered_cancel_all, NULL);
    dialog_add_text(dialog, ROLE_DIALOG,
                    "%u wait%s, %u run%s. A migration that is cancelled leaves "
                    "its VM where it is.",
                    scene->n_queued, scene->n_queued == 1 ? "s" : "", scene->n_running,
                    scene->n_running == 1 ? "s" : "");
    dialog_add_button(dialog, LAB_DO, 'W', "Waiting ones");
    dialog_add_button(dialog, LAB_RUNNING_TOO, 'A', "All of them");
    dialog_add_button(dialog, LAB_NOT, 'N', "None");
    dialog_choose(dialog, LAB_NOT);
    app_ask(app, dialog);
}

static void cancel_job(struct app *app, guint id)
{
    g_autoptr(GError) error = NULL;

    if (!engine_cancel_job(app->engine, id, &error))
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
}

static void answered_cancel(struct app *app, int answer, const char *subject)
{
    if (answer == LAB_DO)
        cancel_job(app, (guint)g_ascii_strtoull(subject, NULL, 10));
}

void action_cancel_job(struct app *app, const struct job *job)
{
    g_autofree char *id = g_strdup_printf("%u", job->id);
    g_autofree char *what = job_describe(job);
    struct dialog *dialog;

    if (action_refuse(app, ACTION_CANCEL_JOBS))
        return;
    if (job_is_over(job)) {
        app_say(app, ROLE_FOOTER, "job %u is over", job->id);
        return;
    }
    if (job->state == JOB_QUEUED) {
        cancel_job(app, job->id);
        return;
    }
    dialog = dialog_new("Cancel this job?", answered_cancel, id);
    dialog_add_text(dialog, ROLE_DIALOG, "%s", what);
    dialog_add_button(dialog, LAB_DO, 'C', "Cancel it");
    dialog_add_button(dialog, LAB_NOT, 'G', "Let it go on");
    dialog_choose(dialog, LAB_NOT);
    app_ask(app, dialog);
}
