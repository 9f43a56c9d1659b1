/* driver_work.c - what goes to the workers of hosts, and what comes back from them. */
#include "core/base/error.h"
#include "core/driver/libvirt/driver_internal.h"
#include "core/driver/libvirt/worker.h"

#define LAST_WORDS_US (2 * G_USEC_PER_SEC)  /* of an examination that has had its time */
#define STUCK_US      (60 * G_USEC_PER_SEC) /* then a worker is left behind; doubled each time */
#define STUCK_MOST    6                     /* doublings: at most one thread an hour for a host */

/* --- What comes back --- */

/*
 * What is said of a host here, where it cannot tell itself. What it does tell is left as it is: a
 * configuration may be wrong, and what comes of a report is kept for long.
 */
static void complete_report(struct libvirt_driver *self, const char *address,
                            struct host_report *report)
{
    const struct access_entry *entry = libvirt_driver_look_up(self, address, NULL);

    if (!entry)
        return;
    if (!report->mac)
        report->mac = g_strdup(entry->host.mac);
    if (!report->broadcast)
        report->broadcast = g_strdup(entry->host.broadcast);
    if (entry->host.wake_command)
        report->wake = HOST_WAKE_COMMAND;
}

/* How a host is woken is for the console to know. */
static void answer_check(struct libvirt_driver *self, struct operation *operation,
                         struct worker_task *task)
{
    const struct access_entry *entry = access_book_find(self->book, task->address, NULL);

    if (task->found && !task->check->second && entry && entry->host.wake_command)
        check_report_add(task->found, CHECK_WAKE, CHECK_RIGHT, NULL,
                         "by the configured wake_command");
    operation_answer_check(operation, g_steal_pointer(&task->found), task->error);
}

static void on_finished(gpointer owner, gpointer data)
{
    struct libvirt_driver *self = owner;
    struct worker_task *task = data;
    struct operation *operation = operations_find(self->operations, task->operation);
    struct place *place = g_hash_table_lookup(self->places, task->address);

    if (place)
        place->left_behind = 0;
    if (!operation || operation->ending)
        return;
    if (task->refusal) {
        g_clear_error(&task->error);
        task->error = g_steal_pointer(&task->refusal);
    }
    if (task->report)
        complete_report(self, task->address, task->report);
    if (operation->take)
        operation->take(task, operation->data);
    if (operation->managed)
        operation_answer_managed(operation, g_steal_pointer(&task->managed), task->error);
    else if (operation->checked)
        answer_check(self, operation, task);
    else
        operation_answer(operation, g_steal_pointer(&task->report), task->error);
}

static void on_changed(gpointer owner, gpointer data)
{
    struct libvirt_driver *self = owner;

    driver_emit_changed(&self->base, data);
}

/* --- What does not come back in time --- */

/* Whatever its worker hangs in, this operation or an earlier one, has had its time. */
static void interrupt_worker(struct operation *operation)
{
    struct libvirt_driver *self = operation->owner;
    const struct place *place = g_hash_table_lookup(self->places, operation->address);

    if (place && place->worker)
        worker_interrupt(place->worker);
}

static gboolean on_expired(gpointer data)
{
    struct operation *operation = data;
    gboolean undone = worker_task_close(operation->task);
    g_autoptr(GError) error = NULL;

    operation->timer = 0;
    interrupt_worker(operation);
    if (operation->report)
        error = g_error_new(ROOST_ERROR, ROOST_ERROR_UNREACHABLE,
                            "host %s: no answer in time: its libvirt or ssh hangs, or the network",
                            operation->address);
    else
        error = g_error_new(ROOST_ERROR, ROOST_ERROR_TIMEOUT, "host %s: %s: no answer in time%s",
                            operation->address, operation->what,
                            undone ? "; nothing was done" : "; it may still have been done");
    operation_answer(operation, NULL, error);
    return G_SOURCE_REMOVE;
}

/* What was found until now is worth having: the worker is freed, and has a moment to tell. */
static gboolean on_check_expired(gpointer data)
{
    struct operation *operation = data;

    operation->timer = 0;
    interrupt_worker(operation);
    operation_set_deadline(operation, LAST_WORDS_US, on_expired);
    return G_SOURCE_REMOVE;
}

/* --- What goes out --- */

void libvirt_place_free(gpointer data)
{
    struct place *place = data;

    if (place->worker)
        worker_quit(place->worker);
    g_free(place);
}

/* A worker that has been at one thing for too long is left to itself, and another takes its place.
 */
static void leave_stuck_worker(struct place *place)
{
    guint doublings = MIN(place->left_behind, STUCK_MOST);

    if (!place->worker || worker_busy_us(place->worker) < STUCK_US << doublings)
        return;
    worker_quit(place->worker);
    place->worker = NULL;
    place->left_behind++;
}

static struct worker *worker_for(struct libvirt_driver *self, struct access *access,
                                 const char *address)
{
    struct place *place = g_hash_table_lookup(self->places, address);

    if (!place) {
        place = g_new0(struct place, 1);
        g_hash_table_insert(self->places, g_strdup(address), place);
    }
    leave_stuck_worker(place);
    if (!place->worker)
        place->worker = worker_new(access, address, self->post, on_finished, on_changed);
    return place->worker;
}

const struct access_entry *libvirt_driver_look_up(struct libvirt_driver *self, const char *address,
                                                  GError **error)
{
    const struct access_entry *entry = access_book_find(self->book, address, error);

    /* Its worker still has a connection to where its libvirt was. */
    if (entry && entry->moved)
        g_hash_table_remove(self->places, address);
    return entry;
}

guint libvirt_driver_submit(struct libvirt_driver *self, struct operation *operation,
                            struct worker_task *task, const char *place, gint64 allowed_us)
{
    GError *error = NULL;
    const struct access_entry *entry = libvirt_driver_look_up(self, operation->address, &error);
    struct worker *worker = NULL;

    operation->task = task;
    operation->owner = self;
    task->asker = self->base;
    if (entry)
        worker = worker_for(self, entry->access, place);
    if (worker) {
        if (!worker_is_connected(worker) && !operation->with_connect)
            allowed_us += entry->access->connect_us;
        task->deadline_us = g_get_monotonic_time() + allowed_us;
        worker_push(worker, task, &error);
    }
    if (error)
        operation_answer_later(operation, error);
    else
        operation_set_deadline(operation, allowed_us + LIBVIRT_DRIVER_GRACE_US,
                               operation->checked ? on_check_expired : on_expired);
    return operation->id;
}
