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

/* --- What is more than a call ---------------------------------------------------------------- */

static void compact(struct app *app)
{
    action_goal(app, ENGINE_GOAL_COMPACT);
}

static void normalize(struct app *app)
{
    action_goal(app, ENGINE_GOAL_NORMALIZE);
}

static void postcopy(struct app *app)
{
    action_postcopy(app, NULL);
}

static void open_plan(struct app *app)
{
    plan_open(app, FALSE);
}

static void open_jobs(struct app *app)
{
    app->jobs = (struct list){0};
    app->chosen_job = 0;
    app_open(app, &view_jobs);
}

static void open_journal(struct app *app)
{
    app_open(app, &view_journal);
}

static void open_help(struct app *app)
{
    app->help = (struct list){0};
    app_open(app, &view_help);
}

static void open_output(struct app *app)
{
    app_open(app, &view_output);
}

static void open_palette(struct app *app)
{
    action_put_back(app);
    palette_open(app, NULL);
}

static void open_menu(struct app *app)
{
    app_open(app, &view_main);
    action_put_back(app);
    menu_open(app);
}

static void come_out(struct app *app)
{
    if (!prompt_drop_filter(app))
        app_back(app);
}

static void clock_faster(struct app *app)
{
    action_speed(app, 1);
}

static void clock_slower(struct app *app)
{
    action_speed(app, -1);
}

static void zoom_in(struct app *app)
{
    action_zoom(app, 1);
}

static void zoom_out(struct app *app)
{
    action_zoom(app, -1);
}

static void redraw(struct app *app)
{
    screen_redraw(app->screen);
}

static void suspend(struct app *app)
{
    action_put_back(app);
    screen_suspend(app->screen);
}

/* What works in every view; the others are a view's own. */
static void (*const runs[ACTION_COUNT])(struct app *app) = {
    /* to a VM, a host, the lab */
    [ACTION_WAKE] = action_wake,
    [ACTION_POWER_OFF] = action_power_off,
    [ACTION_PICK_ALL] = action_pick_all,
    [ACTION_SPREAD] = action_spread,
    [ACTION_UNDO] = action_undo,
    [ACTION_START_STOP] = action_start_stop,
    [ACTION_DRAIN] = action_drain,
    [ACTION_MAINTENANCE] = action_maintenance,
    [ACTION_AUTOMATIC] = action_automatic,
    [ACTION_MANAGE] = action_manage,
    [ACTION_POLICY] = action_policy,
    [ACTION_COMPACT] = compact,
    [ACTION_NORMALIZE] = normalize,
    [ACTION_CANCEL_JOBS] = action_cancel_jobs,
    [ACTION_POSTCOPY] = postcopy,
    [ACTION_REFRESH] = refresh,
    /* opens or finds something */
    [ACTION_PLAN] = open_plan,
    [ACTION_TONIGHT] = tonight_open,
    [ACTION_NIGHT] = night_open,
    [ACTION_ROWS] = table_open,
    [ACTION_DOCTOR] = doctor_open,
    [ACTION_JOBS] = open_jobs,
    [ACTION_JOURNAL] = open_journal,
    [ACTION_HELP] = open_help,
    [ACTION_OUTPUT] = open_output,
    [ACTION_PALETTE] = open_palette,
    [ACTION_MENU] = open_menu,
    [ACTION_FIND] = prompt_open,
    [ACTION_FIND_NEXT] = prompt_find_next,
    [ACTION_FIND_PREVIOUS] = prompt_find_previous,
    [ACTION_NEXT_TROUBLE] = action_next_trouble,
    [ACTION_CANCEL] = come_out,
    /* changes the console itself */
    [ACTION_FASTER] = clock_faster,
    [ACTION_SLOWER] = clock_slower,
    [ACTION_PAUSE] = action_pause,
    [ACTION_SKIP] = action_skip,
    [ACTION_ZOOM_IN] = zoom_in,
    [ACTION_ZOOM_OUT] = zoom_out,
    [ACTION_ORDER] = action_order,
    [ACTION_GROUP] = action_group,
    [ACTION_SNAPSHOT] = action_snapshot,
    [ACTION_THEME] = look_next_theme,
    [ACTION_MOUSE] = toggle_mouse,
    [ACTION_REDRAW] = redraw,
    [ACTION_SUSPEND] = suspend,
    [ACTION_QUIT] = quit_ask,
};

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
    switch (action) {
    case ACTION_MARK:
    case ACTION_MARK_RANGE:
    case ACTION_MARK_ALL:
    case ACTION_MARK_INVERT:
    case ACTION_UNMARK:
        action_mark(app, action);
        return TRUE;
    default:
        if (runs[action] == NULL)
            return FALSE;
        runs[action](app);
        return TRUE;
    }
}
