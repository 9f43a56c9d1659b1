/*
 * act.h - what actions by hand have in common; private to core/engine.
 *
 * act_vm.c has those of VMs, act_host.c those of hosts, act_job.c those of jobs, accept.c plans
 * that an operator accepts. Each is checked, what the autopilot has only queued gives way to it,
 * and it becomes a job, or an order to the manager that is followed. Thread: main.
 */
#ifndef ROOST_ENGINE_ACT_H
#define ROOST_ENGINE_ACT_H

#include "core/engine/engine_internal.h"

/* Borrowed. NULL and ROOST_ERROR_INPUT when there is none of that name, which may be NULL. */
struct watch *act_find_host(const struct engine *engine, const char *name, GError **error);
struct vm *act_find_vm(const struct engine *engine, const char *name, GError **error);

/*
 * TRUE when the check's outcome allows it, by force maybe; else ROOST_ERROR_REFUSED. vm is NULL
 * when the check was about the host alone.
 */
gboolean act_is_allowed(const struct engine *engine, enum check_reason reason, gboolean force,
                        const struct vm *vm, const struct host *host, GError **error);

/*
 * What the autopilot has only queued gives way to the operator; all else is in the way: TRUE and
 * ROOST_ERROR_REFUSED.
 */
gboolean act_gives_way(const struct task *task);
gboolean act_is_in_the_way(const struct task *task, GError **error);

/* Takes back what gives way. A manager that is followed does that, once it has the order. */
void act_push_aside(struct task *task);

/* A job by hand, of that host, to be completed and submitted. */
struct task *act_task_new(struct watch *watch, enum job_kind kind, gboolean force);

#endif
