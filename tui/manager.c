#include "tui/manager.h"

#include "core/command/session.h"
#include "core/engine/follow.h"
#include "core/manager/standing.h"
#include "tui/action.h"
#include "tui/app.h"
#include "tui/view.h"

void manager_look_clear(struct manager_look *look)
{
    g_free(look->who);
    g_free(look->host);
    g_free(look->what);
    g_free(look->trouble);
    g_clear_pointer(&look->next, g_ptr_array_unref);
    *look = (struct manager_look){0};
}

/* --- Words ----------------------------------------------------------------------------------- */

char *manager_name(const struct manager_look *look)
{
    if (look->who != NULL && look->host != NULL)
        return g_strdup_printf("%s@%s", look->who, look->host);
    return g_strdup(look->host != NULL ? look->host : "somebody");
}

char *manager_badge(const struct manager_look *look, enum role *role)
{
    *role = ROLE_BADGE;
    switch (look->lead) {
    case MANAGER_FOLLOWS:
        if (look->silent_us == 0)
            return g_strdup(" WATCHING ");
        *role = ROLE_WARNING;
        return g_strdup_printf(" SILENT %d s ", (int)(look->silent_us / G_USEC_PER_SEC));
    case MANAGER_NOBODY:
        *role = ROLE_WARNING;
        return g_strdup(" NO MANAGER ");
    case MANAGER_TROUBLE:
        *role = ROLE_WARNING;
        return g_strdup(" STORE? ");
    case MANAGER_UNKNOWN:
    case MANAGER_ALONE:
    case MANAGER_OURS:
        break;
    }
    return NULL;
}

static char *describe_watched(const struct manager_look *look)
{
    g_autofree char *name = manager_name(look);
    g_autofree char *what = look->what == NULL               ? g_strdup("")
                            : g_str_equal(look->what, "run") ? g_strdup("roost run, ")
                                                             : g_strdup_printf("%s, ", look->what);

    if (look->blind)
        return g_strdup_printf("%s is the manager (%sfence %" G_GUINT64_FORMAT
                               "): waiting for what it publishes",
                               name, what, look->fence);
    if (look->trouble != NULL)
        return g_strdup_printf("%s: %s", name, look->trouble);
    if (look->silent_us > 0)
        return g_strdup_printf("manager %s silent for %d s: what is shown is as old", name,
                               (int)(look->silent_us / G_USEC_PER_SEC));
    return g_strdup_printf("watching %s (%sfence %" G_GUINT64_FORMAT ")", name, what, look->fence);
}

char *manager_sentence(const struct app *app, enum role *role)
{
    const struct manager_look *look = &app->scene.manager;
    const char *key = keymap_first_key(app->keymap, ACTION_MANAGE);

    *role = ROLE_MUTED;
    switch (look->lead) {
    case MANAGER_OURS:
        return g_strdup("manager: this console");
    case MANAGER_FOLLOWS:
        if (look->silent_us > 0 || look->trouble != NULL)
            *role = ROLE_DOUBT;
        return describe_watched(look);
    case MANAGER_NOBODY:
        *role = ROLE_WARNING;
        if (look->jobs_in_way)
            return g_strdup("somebody else is the manager: watched once the jobs here end");
        if (look->wanted)
            return g_strdup("nobody acts: this console is about to");
        return g_strdup_printf("nobody acts: %s makes this console the manager", key);
    case MANAGER_UNKNOWN:
        return g_strdup(look->wanted ? "about to be the manager" : "looking who is the manager");
    case MANAGER_TROUBLE:
        *role = ROLE_WARNING;
        return g_strdup(look->trouble != NULL ? look->trouble : "the store cannot be read");
    case MANAGER_ALONE:
        break;
    }
    return NULL;
}

/* --- Reading --------------------------------------------------------------------------------- */

/* Above so much the manager is said to be silent: it publishes every few seconds if nothing moves.
 */
#define SILENCE_US (10 * G_USEC_PER_SEC)

static enum manager_lead lead_of(const struct standing_view *view)
{
    switch (view->kind) {
    case STANDING_FOLLOWS:
        return MANAGER_FOLLOWS;
    case STANDING_MANAGER:
        return MANAGER_OURS;
    case STANDING_ALONE:
        break;
    }
    if (view->trouble != NULL)
        return MANAGER_TROUBLE;
    return view->decided ? MANAGER_NOBODY : MANAGER_UNKNOWN;
}

static void read_next(struct app *app, struct manager_look *look)
{
    const GPtrArray *next = engine_next(app->engine);

    look->next = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < next->len; i++)
        g_ptr_array_add(look->next, g_strdup(g_ptr_array_index(next, i)));
}

/* A calm line, once: what is shown and done from now on is another one's, or this console's. */
static void tell_change(struct app *app, const struct manager_look *before)
{
    const struct manager_look *now = &app->scene.manager;
    g_autofree char *name = manager_name(now);

    if (before->lead == now->lead && before->fence == now->fence)
        return;
    if (now->lead == MANAGER_OURS)
        app_say(app, ROLE_FOOTER, "this console is the manager now");
    else if (now->lead == MANAGER_FOLLOWS && before->lead == MANAGER_FOLLOWS)
        app_say(app, ROLE_FOOTER, "%s is the manager now, and is watched", name);
    else if (now->lead == MANAGER_FOLLOWS && before->lead != MANAGER_UNKNOWN)
        app_say(app, ROLE_FOOTER, "%s is the manager, and is watched", name);
    else if (now->lead == MANAGER_NOBODY && before->lead != MANAGER_UNKNOWN)
        app_say(app, ROLE_FOOTER, "nobody is the manager any more; %s makes this console it",
                keymap_first_key(app->keymap, ACTION_MANAGE));
}

void manager_read(struct app *app)
{
    struct manager_look *look = &app->scene.manager;
    struct manager_look before = *look;
    struct standing_view view;

    if (app->session == NULL || app->session->place == NULL)
        return;
    view = standing_look(app->session->place);
    *look = (struct manager_look){.lead = lead_of(&view),
                                  .who = g_strdup(view.who),
                                  .host = g_strdup(view.host),
                                  .what = g_strdup(view.what),
                                  .fence = view.fence,
                                  .blind = view.blind,
                                  .jobs_in_way = view.jobs_in_way,
                                  .trouble = g_strdup(view.trouble)};
    if (view.kind == STANDING_FOLLOWS && view.silence_us >= SILENCE_US)
        look->silent_us = view.silence_us;
    look->wanted = before.wanted && look->lead != MANAGER_OURS && look->lead != MANAGER_FOLLOWS;
    if (app->view == &view_plan)
        read_next(app, look);
    if (app->manager_read)
        tell_change(app, &before);
    app->manager_read = TRUE;
    manager_look_clear(&before);
}

/* --- Becoming it, and giving it up ----------------------------------------------------------- */

enum become_answer {
    MANAGE_DO,
    MANAGE_NOT
};

static void answered(struct app *app, int answer, const char *subject)
{
    struct standing *place = app->session != NULL ? app->session->place : NULL;

    if (answer != MANAGE_DO || place == NULL)
        return;
    if (g_str_equal(subject, "become")) {
        app->scene.manager.wanted = TRUE;
        standing_become_manager(place);
    } else {
        engine_set_mode(app->engine, ENGINE_MANUAL);
        standing_step_back(place);
        app_say(app, ROLE_FOOTER, "the lab is given over as soon as what runs has ended");
    }
}

static void ask_to_become(struct app *app)
{
    struct dialog *dialog = dialog_new("Become the manager?", answered, "become");

    dialog_add_text(dialog, ROLE_DIALOG,
                    "Nobody acts on the lab now. This console would: it asks every host, and what "
                    "is done by hand or by itself is done from here.");
    dialog_add_text(dialog, ROLE_DIALOG,
                    "Automatic mode stays off until you put it on. When the console is left, the "
                    "next one may take over at once.");
    dialog_add_button(dialog, MANAGE_DO, 'B', "Become it");
    dialog_add_button(dialog, MANAGE_NOT, 'W', "Watch only");
    dialog_choose(dialog, MANAGE_NOT);
    app_ask(app, dialog);
}

static void ask_to_give_up(struct app *app)
{
    struct dialog *dialog = dialog_new("Give the lab over?", answered, "give");

    dialog_add_text(dialog, ROLE_DIALOG,
                    "Automatic mode ends here, and whoever wants to be the manager takes over at "
                    "once. This console then watches.");
    dialog_add_button(dialog, MANAGE_DO, 'G', "Give it over");
    dialog_add_button(dialog, MANAGE_NOT, 'K', "Keep it");
    dialog_choose(dialog, MANAGE_NOT);
    app_ask(app, dialog);
}

void action_manage(struct app *app)
{
    const struct manager_look *look = &app->scene.manager;
    g_autofree char *name = manager_name(look);

    switch (look->lead) {
    case MANAGER_ALONE:
        app_say(app, ROLE_FOOTER, "there is no store to share: this console acts, and nobody else");
        break;
    case MANAGER_OURS:
        ask_to_give_up(app);
        break;
    case MANAGER_NOBODY:
        ask_to_become(app);
        break;
    case MANAGER_FOLLOWS:
        app_say(app, ROLE_WARNING, "refused: %s is the manager; what you do here is sent to it",
                name);
        break;
    case MANAGER_UNKNOWN:
    case MANAGER_TROUBLE:
        app_say(app, ROLE_WARNING, "refused: %s",
                look->trouble != NULL ? look->trouble : "it is not known yet whether somebody is");
        break;
    }
}
