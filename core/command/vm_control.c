/* vm_control.c - pause, resume, reboot, autostart: VMs that stay where they are. */
#include "core/command/verb.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/session.h"
#include "core/command/chore.h"

static void try_one(const struct command *command, struct chore *chore, const struct vm *vm,
                    enum control_action action)
{
    g_autofree char *why = engine_explain_control(command->session->engine, vm, action);
    g_autoptr(GError) refusal = NULL;

    if (!why) {
        output_line(command->output, "would do to vm %s on %s: %s", vm->name, vm->host->name,
                    control_action_name(action));
        return;
    }
    refusal = g_error_new_literal(ROOST_ERROR, ROOST_ERROR_REFUSED, why);
    chore_add(chore, 0, refusal);
}

static gboolean control(const struct command *command, char **names, guint count,
                        enum control_action action, GError **error)
{
    struct chore chore;
    gboolean done;

    if (!session_wait_seen(command->session, error))
        return FALSE;
    for (guint i = 0; i < count; i++)
        if (!chore_find_vm(command, names[i], error))
            return FALSE;
    chore_init(&chore, command, count);
    for (guint i = 0; i < count; i++) {
        const struct vm *vm = chore_find_vm(command, names[i], NULL);
        g_autoptr(GError) refusal = NULL;
        guint id;

        if (command->line->given & OPTION_DRY_RUN) {
            try_one(command, &chore, vm, action);
            continue;
        }
        id = engine_control_vm(command->session->engine, vm->name, action,
                               (command->line->given & OPTION_FORCE) != 0, &refusal);
        chore_add(&chore, id, refusal);
    }
    done = chore_finish(&chore, error);
    chore_clear(&chore);
    return done;
}

static gboolean control_all(const struct command *command, enum control_action action,
                            GError **error)
{
    char **names = command->line->arguments;

    return control(command, names, g_strv_length(names), action, error);
}

gboolean pause_run(const struct command *command, GError **error)
{
    return control_all(command, CONTROL_PAUSE, error);
}

gboolean resume_run(const struct command *command, GError **error)
{
    return control_all(command, CONTROL_RESUME, error);
}

gboolean reboot_run(const struct command *command, GError **error)
{
    gboolean force = (command->line->given & OPTION_FORCE) != 0;

    return control_all(command, force ? CONTROL_RESET : CONTROL_REBOOT, error);
}

gboolean autostart_run(const struct command *command, GError **error)
{
    char **words = command->line->arguments;
    g_autofree char *shown = text_escape(words[1]);

    if (strcmp(words[1], "on") == 0)
        return control(command, words, 1, CONTROL_AUTOSTART_ON, error);
    if (strcmp(words[1], "off") == 0)
        return control(command, words, 1, CONTROL_AUTOSTART_OFF, error);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE, "autostart %s: it is on or off", shown);
    return FALSE;
}
