/* snapshot.c - the console's screen into a file: what draws it is lent (command.h). */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/command/command.h"

gboolean snapshot_run(const struct command *command, GError **error)
{
    if (command->hooks && command->hooks->snapshot)
        return command->hooks->snapshot(command, error);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "snapshot: there is no console here");
    return FALSE;
}
