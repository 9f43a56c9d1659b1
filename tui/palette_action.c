/* palette_action.c - the words of the palette that are no verbs, but actions of the keyboard. */
#include "tui/palette.h"

#include "core/base/error.h"
#include "tui/action.h"
#include "tui/app.h"

enum action palette_action(const char *word)
{
    static const struct {
        const char *word;
        enum action action;
    } others[] = {{"q", ACTION_QUIT}, {"exit", ACTION_QUIT}};

    for (guint i = 0; i < G_N_ELEMENTS(others); i++) {
        if (g_str_equal(others[i].word, word))
            return others[i].action;
    }
    for (enum action action = ACTION_NONE + 1; action < ACTION_COUNT; action++) {
        if ((action_info[action].flags & ACTION_TYPED) != 0 &&
            g_str_equal(action_info[action].name, word))
            return action;
    }
    return ACTION_NONE;
}

/* Who types quit means the console, not the view that is open. */
static gboolean act(struct app *app, enum action action)
{
    const struct input input = {.kind = INPUT_NONE};

    return action == ACTION_QUIT ? action_run(app, action) : app_act(app, &input, action);
}

gboolean palette_run_action(struct app *app, const char *line, gboolean *done, GError **error)
{
    g_auto(GStrv) words = NULL;
    enum action action;

    *done = FALSE;
    if (!g_shell_parse_argv(line, NULL, &words, NULL))
        return FALSE;
    action = palette_action(words[0]);
    if (action == ACTION_NONE || g_strcmp0(words[1], "--help") == 0)
        return FALSE;
    if (words[1] != NULL)
        return !error_refuse(error, ROOST_ERROR_USAGE, "%s takes no word behind it here", words[0]);
    app->palette.open = FALSE;
    g_clear_pointer(&app->message, g_free);
    if (action == ACTION_SNAPSHOT) /* of the screen without this line */
        app_draw(app, app->surface->width, app->surface->height);
    *done = act(app, action);
    app->palette.open = !*done;
    return *done || !error_refuse(error, ROOST_ERROR_REFUSED, "%s means nothing here", words[0]);
}
