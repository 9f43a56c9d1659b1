/* vm_define.c - define and forget: which hosts know a VM. */
#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/manage_many.h"
#include "core/command/session.h"
#include "core/command/vm_stored.h"
#include "core/command/chore.h"
#include "core/model/guest_xml.h"

char *vm_definition(const struct command *command, const char *name, GError **error)
{
    const struct vm *vm = cluster_find_vm(session_cluster(command->session), name);
    struct manage_request request = {.kind = MANAGE_DEFINITION, .vm = name};
    autoptr(manage_answer) answer = NULL;
    g_autoptr(GError) cause = NULL;
    char *stored;

    if (vm && vm->host->state == HOST_ON) {
        request.address = vm->host->address;
        answer = manage_one_run(command, "reading its definition", &request, &cause);
        if (answer)
            return g_steal_pointer(&answer->text);
        if (g_error_matches(cause, ROOST_ERROR, ROOST_ERROR_CANCELLED)) {
            g_propagate_error(error, g_steal_pointer(&cause));
            return NULL;
        }
    }
    stored = vm_stored_read(command->session, name);
    if (stored)
        return stored;
    if (cause)
        g_propagate_error(error, g_steal_pointer(&cause));
    else if (vm)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "vm %s: its host %s is %s, and the store has no definition of it", vm->name,
                    vm->host->name, host_state_name(vm->host->state));
    else
        chore_find_vm(command, name, error);
    return NULL;
}

/* The file of that name may hold anything. */
static struct guest *check_definition(const char *xml, const char *name, GError **error)
{
    g_autofree char *shown = text_escape(name);
    struct guest *guest = guest_xml_read(xml, error);

    if (guest && g_strcmp0(guest->name, name) == 0)
        return guest;
    if (guest)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "it is of another VM");
    g_prefix_error(error, "vm %s: its definition: ", shown);
    guest_free(guest);
    return NULL;
}

gboolean define_run(const struct command *command, GError **error)
{
    const char *name = command->line->arguments[0];
    struct engine *engine = command->session->engine;
    const struct host *host;
    g_autofree char *xml = NULL;
    autoptr(guest) guest = NULL;
    g_autofree char *why = NULL;
    guint id;

    if (!session_wait_seen(command->session, error) ||
        !(host = chore_find_host(command, command->line->arguments[1], error)) ||
        !(xml = vm_definition(command, name, error)) ||
        !(guest = check_definition(xml, name, error)))
        return FALSE;
    if (command->line->given & OPTION_DRY_RUN) {
        why = engine_explain_define(engine, guest, FALSE);
        if (why)
            g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED, why);
        else
            output_line(command->output, "would define vm %s on %s", name, host->name);
        return why == NULL;
    }
    id = engine_define_vm(engine, host->name, xml, FALSE, error);
    return id != 0 && chore_finish_one(command, id, error);
}

gboolean forget_run(const struct command *command, GError **error)
{
    char **words = command->line->arguments;
    struct engine *engine = command->session->engine;
    gboolean force = (command->line->given & OPTION_FORCE) != 0;
    const struct vm *vm;
    const struct host *host;
    g_autofree char *why = NULL;
    guint id;

    if (!session_wait_seen(command->session, error) ||
        !(vm = chore_find_vm(command, words[0], error)) ||
        !(host = chore_find_host(command, words[1], error)))
        return FALSE;
    if (command->line->given & OPTION_DRY_RUN) {
        why = engine_explain_forget(engine, vm, host, force);
        if (why)
            g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED, why);
        else
            output_line(command->output, "would have %s forget vm %s", host->name, vm->name);
        return why == NULL;
    }
    id = engine_forget_vm(engine, vm->name, host->name, force, error);
    return id != 0 && chore_finish_one(command, id, error);
}
