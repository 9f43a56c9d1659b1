#include "core/driver/libvirt/libvirt_driver.h"

#include <libvirt/libvirt.h>
#include <libxml/parser.h>
#include <malloc.h>
#include <signal.h>

#include "core/driver/libvirt/check_host.h"
#include "core/driver/libvirt/driver_internal.h"
#include "core/driver/libvirt/virt_error.h"

#define CONTROL_US (60 * G_USEC_PER_SEC) /* a start may first restore saved RAM */
#define CHECK_US   (20 * G_USEC_PER_SEC) /* connecting and all */
#define FREE_US    G_USEC_PER_SEC

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

/* --- Its life --- */

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
    self->places = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, libvirt_place_free);
    return &self->base;
}
