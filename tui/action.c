#include "tui/action.h"

#include "core/engine/follow.h"

#include "tui/look.h"
#include "tui/view.h"

static void toggle_mouse(struct app *app)
{
    action_put_back(app);
    app->mouse = !app->mouse;
    screen_set_mouse(app->screen, app->mouse);
    app_say(app, ROLE_FOOTER, "mouse %s",
            app->mouse ? "on" : "off: the terminal selects text again");
}

static void refresh(struct app *app)
{
    if (app->readonly && engine_follows(app->engine)) {
        app_say(app, ROLE_FOOTER,
                "this console is read-only: the manager asks its hosts by itself");
        return;
    }
    engine_refresh_all(app->engine);
    app_say(app, ROLE_FOOTER, "asking %u host%s again", app->scene.cluster->hosts->len,
            app->scene.cluster->hosts->len == 1 ? "" : "s");
}

/* What is done to a host or the lab. */
static gboolean run_on_lab(struct app *app, enum action action)
{
    switch (action) {
    case ACTION_WAKE:
        action_wake(app);
        return TRUE;
    case ACTION_POWER_OFF:
        action_power_off(app);
        return TRUE;
    case ACTION_PICK_ALL:
        action_pick_all(app);
        return TRUE;
    case ACTION_SPREAD:
        action_spread(app);
        return TRUE;
    case ACTION_UNDO:
        action_undo(app);
        return TRUE;
    case ACTION_START_STOP:
        action_start_stop(app);
        return TRUE;
    case ACTION_DRAIN:
        action_drain(app);
        return TRUE;
    case ACTION_MAINTENANCE:
        action_maintenance(app);
        return TRUE;
    case ACTION_AUTOMATIC:
        action_automatic(app);
        return TRUE;
    case ACTION_MANAGE:
        action_manage(app);
        return TRUE;
    case ACTION_POLICY:
        action_policy(app);
        return TRUE;
    case ACTION_COMPACT:
        action_goal(app, ENGINE_GOAL_COMPACT);
        return TRUE;
    case ACTION_NORMALIZE:
        action_goal(app, ENGINE_GOAL_NORMALIZE);
        return TRUE;
    case ACTION_CANCEL_JOBS:
        action_cancel_jobs(app);
        return TRUE;
    case ACTION_POSTCOPY:
        action_postcopy(app, NULL);
        return TRUE;
    case ACTION_REFRESH:
        refresh(app);
        return TRUE;
    default:
        return FALSE;
    }
}

/* What opens or finds something. */
static gboolean run_on_views(struct app *app, enum action action)
{
    switch (action) {
    case ACTION_PLAN:
        plan_open(app, FALSE);
        return TRUE;
    case ACTION_TONIGHT:
        tonight_open(app);
        return TRUE;
    case ACTION_NIGHT:
        night_open(app);
        return TRUE;
    case ACTION_DOCTOR:
        doctor_open(app);
        return TRUE;
    case ACTION_JOBS:
        app->jobs = (struct list){0};
        app->chosen_job = 0;
        app_open(app, &view_jobs);
        return TRUE;
    case ACTION_JOURNAL:
        app_open(app, &view_journal);
        return TRUE;
    case ACTION_HELP:
        app->help = (struct list){0};
        app_open(app, &view_help);
        return TRUE;
    case ACTION_FIND:
        prompt_open(app);
        return TRUE;
    case ACTION_FIND_NEXT:
        prompt_find_next(app);
        return TRUE;
    case ACTION_FIND_PREVIOUS:
        prompt_find_previous(app);
        return TRUE;
    case ACTION_MARK:
    case ACTION_MARK_RANGE:
    case ACTION_MARK_ALL:
    case ACTION_MARK_INVERT:
    case ACTION_UNMARK:
        action_mark(app, action);
        return TRUE;
    case ACTION_PALETTE:
        action_put_back(app);
        palette_open(app, NULL);
        return TRUE;
    case ACTION_OUTPUT:
        app_open(app, &view_output);
        return TRUE;
    case ACTION_MENU:
        app_open(app, &view_main);
        action_put_back(app);
        menu_open(app);
        return TRUE;
    case ACTION_CANCEL:
        if (!prompt_drop_filter(app))
            app_back(app);
        return TRUE;
    default:
        return FALSE;
    }
}

/* What changes the console itself. */
static gboolean run_on_console(struct app *app, enum action action)
{
    switch (action) {
    case ACTION_FASTER:
        action_speed(app, 1);
        return TRUE;
    case ACTION_SLOWER:
        action_speed(app, -1);
        return TRUE;
    case ACTION_PAUSE:
        action_pause(app);
        return TRUE;
    case ACTION_SKIP:
        action_skip(app);
        return TRUE;
    case ACTION_ZOOM_IN:
    case ACTION_ZOOM_OUT:
        action_zoom(app, action == ACTION_ZOOM_IN ? 1 : -1);
        return TRUE;
    case ACTION_ORDER:
        action_order(app);
        return TRUE;
    case ACTION_GROUP:
        action_group(app);
        return TRUE;
    case ACTION_SNAPSHOT:
        action_snapshot(app);
        return TRUE;
    case ACTION_THEME:
        look_next_theme(app);
        return TRUE;
    case ACTION_MOUSE:
        toggle_mouse(app);
        return TRUE;
    case ACTION_REDRAW:
        screen_redraw(app->screen);
        return TRUE;
    case ACTION_SUSPEND:
        action_put_back(app);
        screen_suspend(app->screen);
        return TRUE;
    case ACTION_QUIT:
        quit_ask(app);
        return TRUE;
    default:
        return FALSE;
    }
}

gboolean action_is_refused(const struct app *app, enum action action)
{
    return (app->readonly && action_info[action].flags & ACTION_ACTS) ||
           (app->kiosk && action_info[action].flags & ACTION_LEAVES);
}

gboolean action_refuse(struct app *app, enum action action)
{
    if (!action_is_refused(app, action))
        return FALSE;
    if (app->readonly && action_info[action].flags & ACTION_ACTS)
        app_say(app, ROLE_FOOTER, "this console is read-only: it looks, and does nothing (%s)",
                action_info[action].name);
    else
        app_say(app, ROLE_FOOTER, "this console is a kiosk: nothing leads out of it (%s)",
                action_info[action].name);
    return TRUE;
}

gboolean action_run(struct app *app, enum action action)
{
    if (action_refuse(app, action))
        return TRUE;
    return run_on_lab(app, action) || run_on_views(app, action) || run_on_console(app, action);
}
