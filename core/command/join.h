/*
 * join.h - a session that takes its place among others on the same store: it follows the manager,
 * or leads. Thread: main.
 */
#ifndef ROOST_COMMAND_JOIN_H
#define ROOST_COMMAND_JOIN_H

#include <glib.h>

#include "core/command/session.h"
#include "core/manager/standing.h"

/*
 * Makes the engine and looks for a manager: with one the engine follows it; without, it observes
 * and keeps as session_observe has it, which this is on a simulated lab. From then on it switches
 * by itself as managers come and go (session->place). Waits for as long as it takes to tell: at
 * once where the lease was given back, a beat or two where it is held, up to its expiry where a
 * manager died; a console (`patient` FALSE) not as long.
 */
gboolean session_join(struct session *session, gboolean patient, GError **error);

/*
 * A word for the operator on why nothing comes of an action, or TRUE: there must be a manager that
 * takes orders. For verbs that steer it.
 */
gboolean join_needs_manager(const struct session *session, GError **error);

/*
 * Waits until the order that was sent last is answered and its effect is to be seen; TRUE at once
 * when the engine leads. FALSE with the manager's reason when it was refused.
 */
gboolean join_await_order(struct session *session, GError **error);

/*
 * Before something automatic: waits until this process holds the lease, when there is one to hold
 * and nobody else does. FALSE with the reason when it cannot be had.
 */
gboolean join_take_lead(struct session *session, GError **error);

#endif
