/*
 * shadow.h - the jobs of the manager, as a following engine has them.
 *
 * They are tasks of which only the job is alive, so that everything that looks at tasks (what is
 * reserved on a host, what is in the way of an action) says here what it says there. Private to
 * core/engine. Thread: main.
 */
#ifndef ROOST_ENGINE_SHADOW_H
#define ROOST_ENGINE_SHADOW_H

#include "core/engine/engine_internal.h"

/* To be inserted in the list, which owns it then. */
struct task *shadow_new(struct engine *engine, guint id);
void shadow_insert(struct engine *engine, struct task *task);

/* Which hosts and VMs the jobs are about, and the counts: all anew. */
void shadows_index(struct engine *engine);

/* It is over, for those who look at it; nobody is told yet. */
void shadow_end(struct task *task, enum job_state state, char *result_take);

/* Tells the listeners of the job with that id, if there is one. */
void shadow_tell(struct engine *engine, guint id);

/* All end as failed; those are told that wait for them; then nothing is left of any. */
void shadows_drop(struct engine *engine, const char *why);

#endif
