/* app_act.c - what a key means once no question is open: numbers before it, and the last one again.
 */
#include "tui/action.h"
#include "tui/view.h"

#define COUNT_MOST 9999

/* A digit that no keymap gave a meaning, where no text is typed. */
static gboolean is_count(const struct app *app, const struct input *input, enum action action)
{
    gboolean typing = app->view == &view_output && app->output.searching;

    return action == ACTION_NONE && !typing && input->key <= '9' &&
           input->key >= (app->count > 0 ? '0' : '1');
}

gboolean app_count(struct app *app, const struct input *input, enum action action)
{
    if (is_count(app, input, action))
        app->count = MIN(COUNT_MOST, app->count * 10 + (input->key - '0'));
    else if (app->count > 0 && action == ACTION_CANCEL)
        app->count = 0;
    else
        return FALSE;
    return TRUE;
}

static gboolean is_open(const struct app *app)
{
    return app->dialog != NULL || app->menu != NULL || app->palette.open || app->prompt.open;
}

static gboolean act_once(struct app *app, const struct input *input, enum action action)
{
    return app->view->key(app, input, action) || action_run(app, action);
}

/* To the host, or the line, of that number. */
static gboolean go_to(struct app *app, const struct input *input, guint number)
{
    const struct host *host;

    if (app->view != &view_main) {
        if (!app->view->key(app, input, ACTION_CURSOR_FIRST))
            return FALSE;
        for (guint i = 1; i < number; i++)
            app->view->key(app, input, ACTION_CURSOR_DOWN);
        return TRUE;
    }
    number = MIN(number, arrangement_n(&app->arrangement));
    host = number > 0 ? arrangement_host(&app->arrangement, &app->scene, number - 1) : NULL;
    if (host != NULL && app->drag.by == DRAG_BY_KEYS)
        drag_aim(&app->drag, (int)host->index);
    else if (host != NULL)
        app_select_host(app, host);
    return host != NULL;
}

/* As often as the number typed before says, where that means something; but not into what opened
 * meanwhile. */
static gboolean act_counted(struct app *app, const struct input *input, enum action action)
{
    const struct view *view = app->view;
    guint times = (action_info[action].flags & ACTION_COUNTS) != 0 ? MAX(1, app->count) : 1;
    gboolean done = FALSE;

    if (action == ACTION_CURSOR_LAST && app->count > 0)
        return go_to(app, input, app->count);
    for (guint i = 0; i < times && app->view == view && !is_open(app); i++) {
        if (!act_once(app, input, action))
            break;
        done = TRUE;
    }
    return done;
}

/* The same action through the same way: it asks again, wherever it asked before. */
static enum action repeated(struct app *app)
{
    if (app->last == ACTION_NONE)
        app_say(app, ROLE_FOOTER, "nothing to repeat yet");
    return app->last;
}

gboolean app_act(struct app *app, const struct input *input, enum action action)
{
    gboolean done;

    if (action == ACTION_REPEAT && (action = repeated(app)) == ACTION_NONE) {
        app->count = 0;
        return TRUE;
    }
    done = action_refuse(app, action) || act_counted(app, input, action);
    if (done && (action_info[action].flags & ACTION_REPEATS) != 0)
        app->last = action;
    app->count = 0;
    return done;
}
