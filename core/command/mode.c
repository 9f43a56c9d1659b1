/* mode.c - the manager's mode and policy: what they are, and others. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/join.h"

gboolean mode_run(const struct command *command, GError **error)
{
    struct session *session = command->session;
    const char *name = command->line->arguments[0];
    enum engine_mode mode;
    if (name && !engine_mode_parse(name, &mode)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "mode %s: there is no such mode, only manual, hours and always", name);
        return FALSE;
    }
    if (!session->simulated && !join_needs_manager(session, error))
        return FALSE;
    if (name) {
        engine_set_mode(session->engine, mode);
        if (!join_await_order(session, error))
            return FALSE;
    }
    output_line(command->output, "%s", engine_mode_name(engine_mode(session->engine)));
    return TRUE;
}

gboolean policy_run(const struct command *command, GError **error)
{
    struct session *session = command->session;
    const char *name = command->line->arguments[0];
    enum policy_kind kind;
    if (name && !policy_kind_parse(name, &kind)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_USAGE,
                    "policy %s: there is no such policy, only pack and pairs", name);
        return FALSE;
    }
    if (!session->simulated && !join_needs_manager(session, error))
        return FALSE;
    if (name) {
        engine_set_policy(session->engine, kind);
        if (!join_await_order(session, error))
            return FALSE;
    }
    output_line(command->output, "%s",
                policy_kind_name(engine_settings(session->engine)->policy.kind));
    return TRUE;
}
