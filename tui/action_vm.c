#include "core/base/text.h"
#include "tui/action.h"

enum move_answer {
    MOVE_FORCE,
    MOVE_NOT
};

void action_take(struct app *app, enum drag_by by, const struct vm *vm)
{
    g_autofree char *why = NULL;

    if (action_refuse(app, ACTION_MIGRATE))
        return;
    if (!vm_is_active(vm)) {
        app_say(app, ROLE_WARNING, "refused: vm %s is %s; only a running VM can move", vm->name,
                vm_state_name(vm->state));
        return;
    }
    drag_begin(&app->drag, by, vm);
    app_select_vm(app, vm);
    if (!drag_update(&app->drag, &app->scene, app_check, app, &why))
        app_say(app, ROLE_WARNING, "%s", why);
}

void action_pick_up(struct app *app)
{
    const struct host *host = app_host(app);
    const struct vm *vm = app_vm(app);

    if (host == NULL)
        return;
    for (guint i = 0; vm == NULL && i < host->vms->len; i++) {
        if (vm_is_active(g_ptr_array_index(host->vms, i)))
            vm = g_ptr_array_index(host->vms, i);
    }
    if (vm == NULL)
        app_say(app, ROLE_WARNING, "refused: %s runs no VM to move", host->name);
    else
        action_take(app, DRAG_BY_KEYS, vm);
}

void action_put_back(struct app *app)
{
    drag_end(&app->drag);
    g_clear_pointer(&app->pressed_vm, g_free);
}

static void migrate(struct app *app, const char *vm, const char *to, gboolean force)
{
    g_autoptr(GError) error = NULL;
    const struct host *host = cluster_find_host(app->scene.cluster, to);

    if (engine_migrate(app->engine, vm, to, force, &error) == 0)
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
    else if (host != NULL)
        app_select_host(app, host);
}

/* subject: the VM's name and the host's, one after the other. '/' is in neither. */
static void answered(struct app *app, int answer, const char *subject)
{
    g_auto(GStrv) names = g_strsplit(subject, "/", 2);

    if (answer == MOVE_FORCE && g_strv_length(names) == 2)
        migrate(app, names[0], names[1], TRUE);
}

static void ask_to_force(struct app *app, const struct vm *vm, const struct host *to,
                         enum check_reason reason)
{
    g_autofree char *subject = g_strdup_printf("%s/%s", vm->name, to->name);
    g_autofree char *sentence = check_explain(reason, vm, to, &app->scene.settings->policy);
    struct dialog *dialog = dialog_new("Move it all the same?", answered, subject);

    dialog_add_text(dialog, ROLE_WARNING, "%s", sentence);
    dialog_add_text(dialog, ROLE_DIALOG, "vm %s would move from %s to %s.", vm->name,
                    vm->host->name, to->name);
    dialog_add_button(dialog, MOVE_FORCE, 'M', "Move it");
    dialog_add_button(dialog, MOVE_NOT, 'L', "Leave it");
    dialog_choose(dialog, MOVE_NOT);
    app_ask(app, dialog);
}

void action_drop(struct app *app, int host_index)
{
    const struct vm *vm = drag_vm(&app->drag, &app->scene);
    const struct host *to = host_index >= 0 ? scene_host_at(&app->scene, (guint)host_index) : NULL;
    enum check_reason reason;

    if (vm == NULL || to == NULL || to == vm->host) {
        action_put_back(app);
        return;
    }
    reason = drag_reason(&app->drag, to->index);
    if (reason == CHECK_OK) {
        migrate(app, vm->name, to->name, FALSE);
    } else if (check_can_force(reason)) {
        ask_to_force(app, vm, to, reason);
    } else {
        g_autofree char *sentence = check_explain(reason, vm, to, &app->scene.settings->policy);

        app_say(app, ROLE_WARNING, "refused: %s", sentence);
    }
    action_put_back(app);
}
