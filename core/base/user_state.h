/* user_state.h - where a user's own state is kept, apart from configuration. Thread: main. */
#ifndef ROOST_BASE_USER_STATE_H
#define ROOST_BASE_USER_STATE_H

#include <glib.h>

/*
 * The path of a file of that name in $XDG_STATE_HOME/roost (~/.local/state/roost); NULL when the
 * user has no home to keep it in: it would otherwise go wherever roost was started. name NULL = the
 * directory. Free with g_free.
 */
char *user_state_path(const char *name);

#endif
