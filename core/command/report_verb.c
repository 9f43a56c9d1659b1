#include "core/command/verb.h"
gboolean report_run(G_GNUC_UNUSED const struct command *command, G_GNUC_UNUSED GError **error)
{
    return TRUE;
}
