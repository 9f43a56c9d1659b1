/*
 * driver_manage.c - manage.h on real hosts: definitions and parts by the host's worker, disks by
 * errands.
 */
#include "core/driver/libvirt/definition.h"
#include "core/driver/libvirt/driver_internal.h"
#include "core/driver/libvirt/parts.h"
#include "core/driver/libvirt/storage.h"

#define DEFINITION_US (30 * G_USEC_PER_SEC)
#define PARTS_US      (10 * G_USEC_PER_SEC) /* somebody looks at an empty part of the screen */

static gboolean may_act(gpointer task)
{
    return worker_task_commit(task);
}

static void run_manage(struct worker_task *task, struct remote_host *host)
{
    task->managed =
        remote_host_manage(host, task->manage, task->deadline_us, may_act, task, &task->error);
    if (task->managed && task->managed->parts)
        parts_find_storage(task->managed->parts, host, task->deadline_us);
}

guint libvirt_manage(struct driver *driver, const struct manage_request *request,
                     driver_manage_func done, gpointer data)
{
    struct libvirt_driver *self = self_of(driver);
    struct operation *operation;
    struct worker_task *task;

    if (storage_is_for(request->kind))
        return libvirt_send_errand(self, request->address, &storage_errand, storage_work(request),
                                   (void (*)(void))done, data, storage_allowed_us(request));
    operation = operations_add(self->operations, request->address, manage_kind_name(request->kind));
    task = worker_task_new(operation->id, run_manage, request->address, 0);
    operation->managed = done;
    operation->data = data;
    task->manage = manage_request_copy(request);
    return libvirt_driver_submit(self, operation, task, request->address,
                                 request->kind == MANAGE_PARTS ? PARTS_US : DEFINITION_US);
}
