#include "tui/action.h"

#include "core/base/text.h"

enum switch_answer {
    SWITCH_DO,
    SWITCH_NOT
};

/* subject: the job's number. */
static void answered(struct app *app, int answer, const char *subject)
{
    g_autoptr(GError) error = NULL;
    guint64 id = g_ascii_strtoull(subject, NULL, 10);

    if (answer != SWITCH_DO)
        return;
    if (!engine_switch_postcopy(app->engine, (guint)id, &error))
        app_say(app, ROLE_WARNING, "refused: %s", error->message);
}

static const struct job *job_of_selected(struct app *app)
{
    const struct vm *vm = app_vm(app);

    return vm != NULL ? engine_job_of_vm(app->engine, vm->name) : NULL;
}

void action_postcopy(struct app *app, const struct job *job)
{
    g_autofree char *id = NULL;
    g_autofree char *what = NULL;
    struct dialog *dialog;

    if (action_refuse(app, ACTION_POSTCOPY))
        return;
    if (job == NULL)
        job = job_of_selected(app);
    if (job == NULL || job->kind != JOB_MIGRATE || job->state != JOB_RUNNING) {
        app_say(app, ROLE_WARNING, "refused: select a VM that is moving, or its job");
        return;
    }
    id = g_strdup_printf("%u", job->id);
    what = job_describe(job);
    dialog = dialog_new("Over to post-copy?", answered, id);
    dialog_add_text(dialog, ROLE_DIALOG, "%s", what);
    dialog_add_text(dialog, ROLE_DIALOG,
                    "The VM goes on at its target at once, and its memory follows. That always "
                    "ends, whatever the VM writes, and cannot be cancelled.");
    dialog_add_text(dialog, ROLE_WARNING,
                    "Until all has followed, a host or a network that breaks stops the VM.");
    dialog_add_button(dialog, SWITCH_DO, 'O', "Over to it");
    dialog_add_button(dialog, SWITCH_NOT, 'L', "Leave it");
    dialog_choose(dialog, SWITCH_NOT);
    app_ask(app, dialog);
}
