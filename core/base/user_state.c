#include "core/base/user_state.h"

char *user_state_path(const char *name)
{
    const char *state = g_getenv("XDG_STATE_HOME");

    if (state && g_path_is_absolute(state))
        return g_build_filename(state, "roost", name, NULL);
    if (!g_path_is_absolute(g_get_home_dir()))
        return NULL;
    return g_build_filename(g_get_home_dir(), ".local", "state", "roost", name, NULL);
}
