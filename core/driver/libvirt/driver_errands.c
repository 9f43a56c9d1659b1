/*
 * driver_errands.c - what is asked of hosts before they are in a cluster, and beside it (enrol.h).
 */
#include "core/base/error.h"
#include "core/driver/libvirt/driver_internal.h"
#include "core/driver/libvirt/enrolment.h"
#include "core/driver/libvirt/known_hosts.h"

#define ENROL_US (30 * G_USEC_PER_SEC)

static void on_errand_over(gpointer owner, gpointer data)
{
    struct libvirt_driver *self = owner;
    struct errand *errand = data;
    struct operation *operation = operations_find(self->operations, errand->operation);

    errand->over = TRUE;
    if (operation && !operation->ending)
        operation_answer(operation, NULL, errand->error);
}

/* Its thread keeps the deadline, unless a library hangs in it. */
static gboolean on_errand_late(gpointer data)
{
    struct operation *operation = data;
    g_autoptr(GError) error =
        g_error_new(ROOST_ERROR, ROOST_ERROR_TIMEOUT, "host %s: %s: no answer in time",
                    operation->address, operation->what);

    operation->timer = 0;
    operation_answer(operation, NULL, error);
    return G_SOURCE_REMOVE;
}

guint libvirt_send_errand(struct libvirt_driver *self, const char *address,
                          const struct errand_kind *kind, gpointer work, void (*done)(void),
                          gpointer data, gint64 allowed_us)
{
    struct operation *operation = operations_add(self->operations, address, kind->what);
    GError *error = NULL;
    const struct access_entry *entry = libvirt_driver_look_up(self, address, &error);

    operation->owner = self;
    operation->data = data;
    operation->errand = errand_new(kind, entry ? entry->access : NULL, address, done, work);
    if (entry) {
        allowed_us += entry->access->connect_us;
        errand_start(operation->errand, operation->id, allowed_us, self->post, on_errand_over,
                     &error);
    }
    if (error)
        operation_answer_later(operation, error);
    else
        operation_set_deadline(operation, allowed_us + LIBVIRT_DRIVER_GRACE_US, on_errand_late);
    return operation->id;
}

guint libvirt_enrol(struct driver *driver, const struct enrol_request *request,
                    driver_enrol_func done, gpointer data)
{
    return libvirt_send_errand(self_of(driver), request->address, &enrolment_meet,
                               enrolment_meet_work(request), (void (*)(void))done, data, ENROL_US);
}

guint libvirt_run(struct driver *driver, const struct run_request *request, driver_run_func done,
                  gpointer data)
{
    return libvirt_send_errand(self_of(driver), request->address, &enrolment_run,
                               enrolment_run_work(request), (void (*)(void))done, data,
                               request->timeout_us);
}

guint libvirt_arm(struct driver *driver, const char *address, driver_done_func done, gpointer data)
{
    return libvirt_send_errand(self_of(driver), address, &enrolment_arm, enrolment_arm_work(),
                               (void (*)(void))done, data, ENROL_US);
}

guint libvirt_share_keys(struct driver *driver, const struct peer_request *request,
                         driver_peer_func done, gpointer data)
{
    return libvirt_send_errand(self_of(driver), request->address, &enrolment_share_keys,
                               enrolment_share_keys_work(request), (void (*)(void))done, data,
                               ENROL_US);
}

gboolean libvirt_trust(struct driver *driver, const char *address, const char *key, GError **error)
{
    struct libvirt_driver *self = self_of(driver);
    const struct access_entry *entry = libvirt_driver_look_up(self, address, error);

    return entry &&
           known_hosts_add(entry->access->known_hosts, address, entry->access->port, key, error);
}
