#include "tui/action.h"

#include "core/engine/follow.h"

enum quit_answer {
    QUIT_WAIT,
    QUIT_CANCEL_JOBS,
    QUIT_LEAVE,
    QUIT_STAY
};

/* No new job starts; the console leaves when those that run have ended. */
static void wait_for_jobs(struct app *app)
{
    app->leaving = APP_WAITS;
    engine_hold(app->engine, TRUE);
    engine_cancel_all(app->engine, FALSE);
    /* A simulated clock that stands still would never end anything. */
    if (app->scene.simulated && clock_speed(engine_clock(app->engine)) == 0)
        clock_set_speed(engine_clock(app->engine), app->speed_before);
}

static void answered(struct app *app, int answer, const char *subject)
{
    (void)subject;
    switch ((enum quit_answer)answer) {
    case QUIT_WAIT:
        wait_for_jobs(app);
        break;
    case QUIT_CANCEL_JOBS:
        wait_for_jobs(app);
        engine_cancel_all(app->engine, TRUE);
        break;
    case QUIT_LEAVE:
        app->leaving = APP_LEAVES;
        break;
    case QUIT_STAY:
        app->leaving = APP_STAYS;
        engine_hold(app->engine, FALSE);
        break;
    }
    quit_check(app);
}

static void describe(const struct app *app, struct dialog *dialog, gboolean survives)
{
    const struct scene *scene = &app->scene;

    dialog_add_text(dialog, ROLE_DIALOG, "%u migration%s running. Waiting ends %s properly.",
                    scene->n_migrating, scene->n_migrating == 1 ? " is" : "s are",
                    scene->n_migrating == 1 ? "it" : "them");
    if (scene->simulated)
        dialog_add_text(dialog, ROLE_DIALOG, "The lab is simulated: it ends with the console.");
    else if (survives)
        dialog_add_text(dialog, ROLE_DIALOG,
                        "The hosts carry them themselves (peer to peer): they can be left, and go "
                        "on without the console, but nobody then looks how they end.");
    else
        dialog_add_text(dialog, ROLE_DIALOG,
                        "They are direct, so they cannot be left: they would break off with the "
                        "console. Their VMs would stay where they are.");
    if (scene->mode != ENGINE_MANUAL)
        dialog_add_text(dialog, ROLE_DIALOG, "Automatic mode ends with the console as well.");
}

/* Nothing moves, but a real lab is left to itself. */
static void ask_about_autopilot(struct app *app)
{
    struct dialog *dialog = dialog_new("Leave?", answered, NULL);

    dialog_add_text(dialog, ROLE_DIALOG,
                    "Automatic mode ends with the console: the lab stays as it is now until roost "
                    "runs again.");
    dialog_add_button(dialog, QUIT_LEAVE, 'L', "Leave");
    dialog_add_button(dialog, QUIT_STAY, 'S', "Stay");
    app_ask(app, dialog);
}

static void ask_about_migrations(struct app *app)
{
    gboolean survives = app->scene.settings->migration_control == MIGRATE_PEER;
    struct dialog *dialog = dialog_new("Leave while VMs are moving?", answered, NULL);

    describe(app, dialog, survives);
    dialog_add_button(dialog, QUIT_WAIT, 'W', "Wait for them");
    dialog_add_button(dialog, QUIT_CANCEL_JOBS, 'C', "Cancel them");
    if (survives && !app->scene.simulated)
        dialog_add_button(dialog, QUIT_LEAVE, 'L', "Leave them");
    dialog_add_button(dialog, QUIT_STAY, 'S', "Stay");
    app_ask(app, dialog);
}

void quit_ask(struct app *app)
{
    gboolean follows = engine_follows(app->engine); /* nothing ends with us: the manager has it */

    if (!follows && app->scene.n_migrating > 0)
        ask_about_migrations(app);
    else if (!follows && app->scene.mode != ENGINE_MANUAL && !app->scene.simulated)
        ask_about_autopilot(app);
    else
        app->leaving = APP_LEAVES;
}

void quit_now(struct app *app)
{
    if (app->scene.n_migrating == 0 || engine_follows(app->engine)) {
        app->leaving = APP_LEAVES;
        return;
    }
    answered(app, QUIT_CANCEL_JOBS, NULL);
}

void quit_check(struct app *app)
{
    if (app->leaving == APP_WAITS && engine_jobs_running(app->engine) == 0)
        app->leaving = APP_LEAVES;
}
