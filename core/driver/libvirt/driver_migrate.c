/* driver_migrate.c - migrations as operations of the libvirt driver: their news and deadlines. */
#include "core/base/error.h"
#include "core/driver/libvirt/driver_internal.h"

#define ABORT_US (60 * G_USEC_PER_SEC) /* for a migration to end once it was aborted */

static void on_moved(gpointer owner, gpointer data)
{
    struct libvirt_driver *self = owner;
    const struct migration_news *news = data;
    struct operation *operation = operations_find(self->operations, news->operation);

    if (operation && !operation->ending)
        operation_answer(operation, NULL, news->error);
}

/* Aborting did not end it either. */
static gboolean on_move_expired(gpointer data)
{
    struct operation *operation = data;
    g_autoptr(GError) error = g_error_new(
        ROOST_ERROR, ROOST_ERROR_TIMEOUT,
        "host %s: migrate to %s: no answer in time, not even to an abort; ask both where the VM is",
        operation->address, operation->to_address);

    operation->timer = 0;
    migration_break(operation->migration);
    operation_answer(operation, NULL, error);
    return G_SOURCE_REMOVE;
}

static void on_progress(gpointer owner, gpointer data)
{
    struct libvirt_driver *self = owner;
    const struct migration_news *news = data;
    struct operation *operation = operations_find(self->operations, news->operation);

    if (!operation || operation->ending)
        return;
    /* Past its time-out it goes on as the request said: as long as it tells how far, it lives. */
    if (news->progress.stage != MIGRATE_STAGE_COPYING)
        operation_set_deadline(operation, ABORT_US, on_move_expired);
    if (operation->progress)
        operation->progress(&news->progress, operation->data);
}

/* Time is up for connecting; when that is done already, the rest of the time counts. */
static gboolean on_connect_expired(gpointer data)
{
    struct operation *operation = data;
    g_autoptr(GError) error = NULL;

    operation->timer = 0;
    if (!migration_abandon(operation->migration)) {
        if (operation->allowed_us > 0)
            operation_set_deadline(operation, operation->allowed_us + ABORT_US, on_move_expired);
        return G_SOURCE_REMOVE;
    }
    error = g_error_new(ROOST_ERROR, ROOST_ERROR_UNREACHABLE,
                        "host %s: migrate to %s: one of the two does not answer; nothing was moved",
                        operation->address, operation->to_address);
    operation_answer(operation, NULL, error);
    return G_SOURCE_REMOVE;
}

guint libvirt_migrate(struct driver *driver, const struct migrate_request *request,
                      driver_progress_func progress, driver_done_func done, gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *operation =
        operations_add(self->operations, request->from_address, "migrate");
    GError *error = NULL;
    const struct access_entry *from = libvirt_driver_look_up(self, request->from_address, &error);
    const struct access_entry *to =
        from ? libvirt_driver_look_up(self, request->to_address, &error) : NULL;

    operation->to_address = g_strdup(request->to_address);
    operation->progress = progress;
    operation->done = done;
    operation->data = data;
    operation->allowed_us = request->timeout_us;
    operation->survives = request->control == MIGRATE_PEER;
    if (from && to)
        operation->migration =
            migration_start(operation->id, request, driver, from->access, to->access, self->post,
                            on_progress, on_moved, &error);
    if (!operation->migration)
        operation_answer_later(operation, error);
    else
        operation_set_deadline(operation, 2 * access_book_all(self->book)->connect_us,
                               on_connect_expired);
    return operation->id;
}
