/*
 * chore.h - the jobs that one verb has the engine do: told as they go, and waited for.
 *
 * Thread: main.
 */
#ifndef ROOST_COMMAND_CHORE_H
#define ROOST_COMMAND_CHORE_H

#include <glib.h>

#include "core/command/verb.h"
#include "core/engine/engine.h"

/* The jobs one verb has queued, and what was last told of each. */
struct chore {
    const struct command *command;
    GHashTable *jobs; /* id -> last told state + 1, as pointers */
    guint listener;
    guint asked;
    guint under_way;
    guint failed;
    char *reason;          /* of the last failure */
    char *note;            /* of a migration, as last told */
    gboolean stuck;        /* likewise */
    guint doubted;         /* the migration that ended, while it is not known how; 0 = none */
    gint64 doubt_until_us; /* on the session's clock */
};

/* asked: how many things there are to do; of one, the reason why it failed is the verb's own. */
void chore_init(struct chore *chore, const struct command *command, guint asked);
void chore_clear(struct chore *chore);

/* Counts a job that was queued, or (0) keeps why it was not. */
void chore_add(struct chore *chore, guint id, const GError *refusal);

/*
 * Waits until all are over, in a detached session too: for what has to know how they ended before
 * it goes on. FALSE when one failed, or is not known to have worked.
 */
gboolean chore_wait(struct chore *chore, GError **error);

/* The same, but that a detached session only tells what was queued. */
gboolean chore_finish(struct chore *chore, GError **error);

/* All of that for one job, which was queued. */
gboolean chore_finish_one(const struct command *command, guint id, GError **error);

/*
 * Waits until the VM (may be NULL) and the hosts were seen: one host that hangs must not delay what
 * it has nothing to do with.
 */
gboolean chore_wait_for(const struct command *command, const char *vm, char **hosts,
                        GError **error);

/* Borrowed; NULL and ROOST_ERROR_INPUT when there is none. */
const struct host *chore_find_host(const struct command *command, const char *name, GError **error);
const struct vm *chore_find_vm(const struct command *command, const char *name, GError **error);

#endif
