#include "core/driver/libvirt/libvirt_driver.h"

#include <libvirt/libvirt.h>
#include <libxml/parser.h>
#include <malloc.h>
#include <signal.h>

#include "core/base/error.h"
#include "core/driver/libvirt/check_host.h"
#include "core/driver/libvirt/driver_internal.h"
#include "core/driver/libvirt/virt_error.h"
#include "core/driver/libvirt/worker.h"

#define CONTROL_US    (60 * G_USEC_PER_SEC) /* a start may first restore saved RAM */
#define CHECK_US      (20 * G_USEC_PER_SEC) /* connecting and all */
#define LAST_WORDS_US (2 * G_USEC_PER_SEC)  /* of an examination that has had its time */
#define FREE_US       G_USEC_PER_SEC
#define ABORT_US      (60 * G_USEC_PER_SEC) /* for a migration to end once it was aborted */
#define STUCK_US      (60 * G_USEC_PER_SEC) /* then a worker is left behind; doubled each time */
#define STUCK_MOST    6                     /* doublings: at most one thread an hour for a host */

/* Where one host's operations go. */
struct place {
    struct worker *worker;
    guint left_behind;  /* stuck workers in a row */
    gboolean try_login; /* at the next refresh, although it was refused a moment ago */
};

static void place_free(gpointer data)
{
    struct place *place = data;

    if (place->worker)
        worker_quit(place->worker);
    g_free(place);
}

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

const struct access_entry *libvirt_driver_look_up(struct libvirt_driver *self, const char *address,
                                                  GError **error)
{
    const struct access_entry *entry = access_book_find(self->book, address, error);

    /* Its worker still has a connection to where its libvirt was. */
    if (entry && entry->moved)
        g_hash_table_remove(self->places, address);
    return entry;
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

static void run_refresh(struct worker_task *task, struct remote_host *host)
{
    if (task->try_login)
        remote_host_try_login(host);
    task->report = remote_host_look(host, task->deadline_us, &task->error);
}

static guint libvirt_refresh(struct driver *driver, const char *address, driver_report_func done,
                             gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *operation = operations_add(self->operations, address, "refresh");
    struct worker_task *task = worker_task_new(operation->id, run_refresh, address, 0);
    struct place *place = g_hash_table_lookup(self->places, address);

    operation->report = done;
    operation->data = data;
    if (place) {
        task->try_login = place->try_login;
        place->try_login = FALSE;
    }
    return libvirt_driver_submit(self, operation, task, address,
                                 access_book_all(self->book)->refresh_us);
}

static gboolean may_act(gpointer task)
{
    return worker_task_commit(task);
}

static void run_control(struct worker_task *task, struct remote_host *host)
{
    remote_host_control(host, task->vm, task->action, task->deadline_us, may_act, task,
                        &task->error);
}

static guint libvirt_control(struct driver *driver, const struct control_request *request,
                             driver_done_func done, gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *operation =
        operations_add(self->operations, request->address, control_action_name(request->action));
    struct worker_task *task = worker_task_new(operation->id, run_control, request->address, 0);

    operation->done = done;
    operation->data = data;
    task->vm = g_strdup(request->vm);
    task->action = request->action;
    return libvirt_driver_submit(self, operation, task, request->address, CONTROL_US);
}

/* --- Examinations --- */

static void run_check(struct worker_task *task, struct remote_host *host)
{
    task->found = check_host_examine(host, task->check, task->deadline_us, &task->error);
}

static gboolean check_peers(const struct check_request *request, GError **error)
{
    for (guint i = 0; request->peers && request->peers[i]; i++)
        if (!access_check_address(request->peers[i], error))
            return FALSE;
    return TRUE;
}

static guint libvirt_check(struct driver *driver, const struct check_request *request,
                           driver_check_func done, gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *operation = operations_add(self->operations, request->address, "check");
    struct worker_task *task = worker_task_new(operation->id, run_check, request->address, 0);
    GError *error = NULL;

    task->check = check_request_copy(request);
    operation->checked = done;
    operation->data = data;
    operation->with_connect = TRUE;
    if (check_peers(request, &error))
        return libvirt_driver_submit(self, operation, task, request->address, CHECK_US);
    operation->task = task;
    operation_answer_later(operation, error);
    return operation->id;
}

/* --- Migrations --- */

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

static guint libvirt_migrate(struct driver *driver, const struct migrate_request *request,
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

/* --- Taking back --- */

static void cancel_parts(struct operation *whole)
{
    for (guint i = 0; i < whole->parts->len; i++) {
        struct operation *part = operations_find(whole->all, g_array_index(whole->parts, guint, i));

        if (part)
            libvirt_driver_cancel(part);
    }
}

void libvirt_driver_cancel(struct operation *operation)
{
    if (operation->ending)
        return;
    if (operation->migration)
        migration_cancel(operation->migration);
    else if (operation->command)
        local_command_cancel(operation->command);
    else if (operation->parts)
        cancel_parts(operation);
    else if (!operation->task || worker_task_close(operation->task))
        operation_answer_later(operation, g_error_new(ROOST_ERROR, ROOST_ERROR_CANCELLED,
                                                      "host %s: %s: cancelled", operation->address,
                                                      operation->what));
}

static void libvirt_steer(struct driver *driver, guint id, enum migrate_steer steer)
{
    struct operation *operation = operations_find(self_of(driver)->operations, id);

    if (operation && operation->migration && !operation->ending)
        migration_steer(operation->migration, steer);
}

static void libvirt_cancel(struct driver *driver, guint id)
{
    struct operation *operation = operations_find(self_of(driver)->operations, id);

    if (operation)
        libvirt_driver_cancel(operation);
}

static void libvirt_forget(struct driver *driver, const char *address)
{
    struct libvirt_driver *self = self_of(driver);
    g_autoptr(GPtrArray) touched = operations_at(self->operations, address);

    for (guint i = 0; i < touched->len; i++)
        libvirt_driver_cancel(g_ptr_array_index(touched, i));
    g_hash_table_remove(self->places, address);
}

static void libvirt_try_login(struct driver *driver, const char *address)
{
    struct place *place = g_hash_table_lookup(self_of(driver)->places, address);

    if (place) /* without one nothing was tried yet */
        place->try_login = TRUE;
}

static void close_operation(struct operation *operation)
{
    if (operation->task)
        worker_task_close(operation->task);
    if (operation->migration && !operation->survives)
        migration_cancel(operation->migration);
}

static void libvirt_free(struct driver *driver)
{
    struct libvirt_driver *self = self_of(driver);
    g_autoptr(GPtrArray) left = operations_list(self->operations);

    for (guint i = 0; i < left->len; i++)
        close_operation(g_ptr_array_index(left, i));
    operations_free(self->operations);
    g_hash_table_unref(self->places);
    main_post_close(self->post);
    main_post_wait_threads(self->post, FREE_US);
    main_post_unref(self->post);
    access_book_free(self->book);
    g_free(self);
}

static const struct driver_ops libvirt_ops = {
    .name = "libvirt",
    .refresh = libvirt_refresh,
    .migrate = libvirt_migrate,
    .wake = libvirt_wake,
    .power_off = libvirt_power_off,
    .steer = libvirt_steer,
    .can_cut = libvirt_can_cut,
    .cut = libvirt_cut,
    .probe = libvirt_probe,
    .check = libvirt_check,
    .control = libvirt_control,
    .manage = libvirt_manage,
    .enrol = libvirt_enrol,
    .trust = libvirt_trust,
    .run = libvirt_run,
    .arm = libvirt_arm,
    .share_keys = libvirt_share_keys,
    .cancel = libvirt_cancel,
    .forget = libvirt_forget,
    .try_login = libvirt_try_login,
    .free = libvirt_free,
};

/* Once per process, before the first connection: what the libraries keep for all of it. */
static void prepare_libraries(void)
{
    static gboolean prepared;

    if (prepared)
        return;
    prepared = TRUE;
    virt_error_silence();
    virEventRegisterDefaultImpl();
    virInitialize();
    xmlInitParser();
    /* Threads come and go with each look: what one frees, the next is to use. */
    mallopt(M_ARENA_MAX, 1);
    /* A host that goes away while it is being written to must not take us with it. */
    signal(SIGPIPE, SIG_IGN);
}

struct driver *libvirt_driver_new(const struct libvirt_settings *settings, GError **error)
{
    struct access_book *book = access_book_new(settings, error);
    struct libvirt_driver *self;

    if (!book)
        return NULL;
    prepare_libraries();
    self = g_new0(struct libvirt_driver, 1);
    self->base.ops = &libvirt_ops;
    self->book = book;
    self->post = main_post_new(self);
    self->operations = operations_new();
    self->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, place_free);
    return &self->base;
}
