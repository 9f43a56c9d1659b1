/*
 * order.h - verbs whose edits may go to the manager first: an engine that follows sends them, and
 * its answers are waited for. With an engine that leads there is nothing to wait for. Thread: main.
 */
#ifndef ROOST_COMMAND_ORDER_H
#define ROOST_COMMAND_ORDER_H

#include <glib.h>

#include "core/command/verb.h"
#include "core/engine/job.h"

struct orders {
    const struct command *command;
    GHashTable *sent; /* ids of orders, as pointers, that are not answered yet */
    guint listener;
    char *refusal; /* the last one's; NULL = none */
};

/* Listens for the orders that are sent from now on. */
void orders_begin(struct orders *orders, const struct command *command);

/* Waits until each was answered. FALSE with the reason when one was refused, or ^C was pressed.
 * Clears orders in either case. `error` may be set already. */
gboolean orders_finish(struct orders *orders, GError **error);

/* TRUE for a job under way that was asked for by hand in this process; while a manager is followed,
 * what others asked it for is in the list of jobs as well. Known as job_asked_as from then on. */
gboolean order_is_own(const struct session *session, const struct job *job);

#endif
