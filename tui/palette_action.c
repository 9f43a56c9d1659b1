/* palette_action.c - what the keys do, typed by its name: ":table", ":zoom-in", ":q". Verbs of the
 * same name come first. */
#include <string.h>

#include "core/base/error.h"
#include "tui/action.h"
#include "tui/palette.h"
#include "tui/view.h"

/* As vi, k9s and others have it. */
static const struct {
    const char *name;
    enum action action;
} short_names[] = {{"q", ACTION_QUIT}, {"exit", ACTION_QUIT}};

/* Answers, and what is typed into already: nothing that a line is for. */
static gboolean can_be_typed(enum action action)
{
    return action != ACTION_NONE && action != ACTION_CONFIRM && action != ACTION_CANCEL &&
           action != ACTION_PALETTE && action != ACTION_REPEAT;
}

/* Movements, and what a list does with its lines, are for keys: they run, but are not offered. */
static gboolean is_offered(const struct app *app, enum action action)
{
    return can_be_typed(action) && (action_info[action].flags & ACTION_COUNTS) == 0 &&
           action != ACTION_CURSOR_FIRST && action != ACTION_CURSOR_LAST &&
           action != ACTION_FOLLOW && action != ACTION_MARK_RANGE &&
           palette_verb(action_info[action].name) == NULL && !action_is_refused(app, action);
}

enum action palette_action(const char *text)
{
    g_autofree char *word = g_strstrip(g_strdup(text));

    if (palette_verb(word) != NULL)
        return ACTION_NONE;
    for (guint i = 0; i < G_N_ELEMENTS(short_names); i++) {
        if (strcmp(word, short_names[i].name) == 0)
            return short_names[i].action;
    }
    for (guint i = 0; i < ACTION_COUNT; i++) {
        if (strcmp(word, action_info[i].name) == 0 && can_be_typed((enum action)i))
            return (enum action)i;
    }
    return ACTION_NONE;
}

gboolean palette_action_at(const struct app *app, const char *begun, guint *index)
{
    for (; *index < ACTION_COUNT; (*index)++) {
        if (g_str_has_prefix(action_info[*index].name, begun) &&
            is_offered(app, (enum action) * index))
            return TRUE;
    }
    return FALSE;
}

gboolean palette_run_action(struct app *app, const char *text, gboolean *done, GError **error)
{
    static const struct input typed = {.kind = INPUT_NONE};
    enum action action = palette_action(text);

    if (action == ACTION_NONE)
        return FALSE;
    /* It is done where the line was typed, as if that were closed already. */
    app->palette.open = FALSE;
    *done = app_act(app, &typed, action);
    if (!*done)
        error_refuse(error, ROOST_ERROR_REFUSED, "%s means nothing here", action_info[action].name);
    app->palette.open = !*done;
    return TRUE;
}
