/*
 * worker.h - the one thread that talks to one host, and the queue before it.
 *
 * There is a thread only while there is work: between two looks a host costs none, nor what
 * libraries keep for each. Its connections stand all the while.
 *
 * All calls are for the main thread and return at once.
 */
#ifndef ROOST_DRIVER_LIBVIRT_WORKER_H
#define ROOST_DRIVER_LIBVIRT_WORKER_H

#include <glib.h>

#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/main_post.h"
#include "core/driver/libvirt/worker_task.h"

#define WORKER_QUEUE_MOST 32

struct worker;

/*
 * finished(owner of post, task) is called on the main thread for each task that was run;
 * changed(owner of post, address) when libvirt tells of a change.
 */
struct worker *worker_new(struct access *access, const char *address, struct main_post *post,
                          main_post_func finished, main_post_func changed);

/* The thread drops its queue, closes its connections when it can, and ends. Frees our hold on it.
 */
void worker_quit(struct worker *worker);

/*
 * Queues task (a reference is taken). FALSE with UNREACHABLE when the queue is full, with FAILED
 * when the system has no thread left.
 */
gboolean worker_push(struct worker *worker, struct worker_task *task, GError **error);

/* Takes a task back that is not run yet; harmless otherwise. */
void worker_remove(struct worker *worker, struct worker_task *task);

/* Breaks its libvirt connection, so that a call that hangs in it ends. */
void worker_interrupt(struct worker *worker);

/* How long it has been at its present task; 0 when it is waiting for one. */
gint64 worker_busy_us(struct worker *worker);

/* TRUE when, as of its last task, the next needs no new connection. */
gboolean worker_is_connected(struct worker *worker);

#endif
