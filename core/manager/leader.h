/*
 * leader.h - what a manager does for those that follow it: publishes, takes orders from the store
 * and from its local socket. Made when the lease is ours, freed when it is not any more; the same
 * for `roost run` and for a console that became the manager. Thread: main.
 */
#ifndef ROOST_MANAGER_LEADER_H
#define ROOST_MANAGER_LEADER_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/engine/engine.h"

struct leader;

struct leader_settings {
    const char *dir;    /* of the store */
    const char *socket; /* socket_path_for(dir), as the lease names it; NULL = none */
    const char *group;  /* whose members may use the socket as well; NULL = nobody's */
    guint64 fence;      /* of the lease */
};

/*
 * Borrows the engine, which leads; copies the settings. What cannot be done (no socket, say) is
 * told in the engine's journal, and is no obstacle.
 */
struct leader *leader_new(struct engine *engine, const struct leader_settings *settings);
void leader_free(struct leader *leader); /* NULL is allowed */
AUTOPTR_DEFINE(leader)

#endif
