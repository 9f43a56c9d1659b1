/* action_power.c - a VM is started, or stopped after asking. */
#include "tui/action.h"

enum stop_answer {
    STOP_ASK,
    STOP_FORCE,
    STOP_NOT
};

/* The selected VM; without one, the only VM of the selected host. */
static const struct vm *vm_meant(struct app *app)
{
    const struct host *host = app_host(app);
    const struct vm *vm = app_vm(app);

    if (vm != NULL || host == NULL)
        return vm;
    if (host->vms->len == 1)
        return g_ptr_array_index(host->vms, 0);
    app_say(app, ROLE_WARNING,
            host->vms->len == 0 ? "refused: %s has no VM" : "which VM of %s? select one first",
            host->name);
    return NULL;
}

/* --- Start ----------------------------------------------------------------------------------- */

static void answered_start(struct app *app, int answer, const char *subject)
{
    g_autoptr(GError) error = NULL;

    if (answer == STOP_FORCE && engine_start_vm(app->engine, subject, NULL, TRUE, &error) == 0)
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
}

static void ask_to_force(struct app *app, const struct vm *vm, enum check_reason reason)
{
    g_autofree char *sentence = check_explain(reason, vm, vm->host, &app->scene.settings->policy);
    struct dialog *dialog = dialog_new("Start it all the same?", answered_start, vm->name);

    dialog_add_text(dialog, ROLE_WARNING, "%s", sentence);
    dialog_add_text(dialog, ROLE_DIALOG, "vm %s would be started on %s.", vm->name, vm->host->name);
    dialog_add_button(dialog, STOP_FORCE, 'S', "Start it");
    dialog_add_button(dialog, STOP_NOT, 'L', "Leave it");
    dialog_choose(dialog, STOP_NOT);
    app_ask(app, dialog);
}

static void start(struct app *app, const struct vm *vm)
{
    enum check_reason reason = engine_check_start(app->engine, vm, vm->host);
    g_autoptr(GError) error = NULL;

    if (reason != CHECK_OK && check_can_force(reason))
        ask_to_force(app, vm, reason);
    else if (engine_start_vm(app->engine, vm->name, NULL, FALSE, &error) == 0)
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
    else
        app_say(app, ROLE_FOOTER, "starting vm %s on %s, once every host has been asked", vm->name,
                vm->host->name);
}

/* --- Stop ------------------------------------------------------------------------------------ */

static void answered_stop(struct app *app, int answer, const char *subject)
{
    g_autoptr(GError) error = NULL;

    if (answer != STOP_NOT &&
        engine_stop_vm(app->engine, subject, answer == STOP_FORCE, &error) == 0)
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
}

static void ask_to_stop(struct app *app, const struct vm *vm, enum check_reason reason)
{
    g_autofree char *title = g_strdup_printf("Stop vm %s?", vm->name);
    struct dialog *dialog = dialog_new(title, answered_stop, vm->name);

    dialog_add_text(dialog, ROLE_DIALOG, "It runs on %s. Whoever uses it loses the connection.",
                    vm->host->name);
    if (reason != CHECK_OK) {
        g_autofree char *sentence =
            check_explain(reason, vm, vm->host, &app->scene.settings->policy);
        dialog_add_text(dialog, ROLE_WARNING, "%s", sentence);
    }
    dialog_add_text(dialog, ROLE_DIALOG,
                    "Shutting down asks its guest; forcing it off is as pulling its plug.");
    if (reason == CHECK_OK)
        dialog_add_button(dialog, STOP_ASK, 'S', "Shut down");
    dialog_add_button(dialog, STOP_FORCE, 'F', "Force it off");
    dialog_add_button(dialog, STOP_NOT, 'K', "Keep it running");
    dialog_choose(dialog, STOP_NOT);
    app_ask(app, dialog);
}

static void stop(struct app *app, const struct vm *vm)
{
    enum check_reason reason = check_stop(vm);
    g_autofree char *sentence = NULL;

    if (reason == CHECK_OK || check_can_force(reason)) {
        ask_to_stop(app, vm, reason);
        return;
    }
    sentence = check_explain(reason, vm, vm->host, &app->scene.settings->policy);
    app_say(app, ROLE_WARNING, "refused: %s", sentence);
}

void action_start_stop(struct app *app)
{
    const struct vm *vm;

    if (action_on_marked(app, ACTION_START_STOP))
        return;
    vm = vm_meant(app);
    if (vm == NULL)
        return;
    if (vm_is_active(vm))
        stop(app, vm);
    else
        start(app, vm);
}
