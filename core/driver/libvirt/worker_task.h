/*
 * worker_task.h - one piece of work handed to a worker, and back.
 *
 * Made and answered on the main thread, run on a worker. Who may act is settled by its gate: the
 * main thread closes it when the deadline has passed or nobody waits any more, and the worker asks
 * for leave (worker_task_commit) before anything that cannot be taken back. Only one of them wins.
 */
#ifndef ROOST_DRIVER_LIBVIRT_WORKER_TASK_H
#define ROOST_DRIVER_LIBVIRT_WORKER_TASK_H

#include <glib.h>

#include "core/driver/driver.h"
#include "core/driver/libvirt/remote_host.h"
#include "core/driver/manage.h"

struct worker_task;
typedef void (*worker_task_func)(struct worker_task *task, struct remote_host *host);

struct worker_task {
    gint refs;
    gint gate;
    guint operation;
    worker_task_func run;
    gint64 deadline_us;  /* g_get_monotonic_time's */
    struct driver asker; /* a copy: whom to ask for leave (driver_may_act) */
    /* What is asked: */
    char *address;
    char *mac;
    char *broadcast;
    char *command; /* run there, or a script for its sh */
    gboolean force;
    gboolean try_login;          /* although it was refused a moment ago */
    struct check_request *check; /* NULL for all but an examination */
    char *vm;
    enum control_action action;
    struct manage_request *manage;
    /* What came of it: the worker's until posted back, then the main thread's. */
    struct host_report *report;
    char *text;
    struct check_report *found;
    struct manage_answer *managed;
    GError *error;
    GError *refusal; /* no leave was given: it stands before error */
};

struct worker_task *worker_task_new(guint operation, worker_task_func run, const char *address,
                                    gint64 deadline_us);
struct worker_task *worker_task_ref(struct worker_task *task);
void worker_task_unref(struct worker_task *task);

/*
 * Worker: may the irrevocable be done now? Once TRUE, the gate can no longer be closed. FALSE with
 * the task's refusal when this process may not act any more.
 */
gboolean worker_task_commit(struct worker_task *task);

/* Main: FALSE when the worker has committed already. */
gboolean worker_task_close(struct worker_task *task);

/* Any: TRUE once closed. */
gboolean worker_task_is_closed(struct worker_task *task);

#endif
