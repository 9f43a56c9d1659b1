/*
 * peer_keys.h - keys of hosts for each other, for peer-to-peer migration (R6). Thread: main.
 */
#ifndef ROOST_COMMAND_PEER_KEYS_H
#define ROOST_COMMAND_PEER_KEYS_H

#include <glib.h>

#include "core/command/verb.h"

/*
 * Sees to it that every host of the cluster that is on has a key of its own, lets in those of all
 * others, and knows their host keys as they are known here. `only` (addresses; NULL = all): the
 * hosts that were just added: nothing is done unless there are any. What does not work is told for
 * each host, and fails nothing. FALSE when interrupted.
 */
gboolean peer_keys_share(const struct command *command, const GPtrArray *only, GError **error);

#endif
