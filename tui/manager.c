#include "tui/manager.h"

#include "tui/action.h"
#include "tui/app.h"

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
        if (look->silent_us > 0)
            *role = ROLE_DOUBT;
        return describe_watched(look);
    case MANAGER_NOBODY:
        *role = ROLE_WARNING;
        if (look->wanted)
            return g_strdup("nobody acts: this console is about to");
        return g_strdup_printf("nobody acts: %s makes this console the manager", key);
    case MANAGER_UNKNOWN:
        return g_strdup("looking who is the manager");
    case MANAGER_TROUBLE:
        *role = ROLE_WARNING;
        return g_strdup(look->trouble != NULL ? look->trouble : "the store cannot be read");
    case MANAGER_ALONE:
        break;
    }
    return NULL;
}

/* --- Reading --------------------------------------------------------------------------------- */

void manager_read(struct app *app)
{
    (void)app;
}

/* --- Becoming it, and giving it up ----------------------------------------------------------- */

enum become_answer {
    MANAGE_DO,
    MANAGE_NOT
};

static void answered(struct app *app, int answer, const char *subject)
{
    (void)app;
    (void)answer;
    (void)subject;
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
