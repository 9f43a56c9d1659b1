/*
 * driver_internal.h - what the files of the libvirt driver itself share; nobody else includes it.
 *
 * libvirt_driver.c holds its life, refreshes and examinations; driver_work.c what goes to the
 * workers of hosts and comes back; driver_migrate.c migrations; driver_power.c what wakes hosts and
 * switches them off; driver_errands.c what is asked of hosts that join. Thread: main.
 */
#ifndef ROOST_DRIVER_LIBVIRT_DRIVER_INTERNAL_H
#define ROOST_DRIVER_LIBVIRT_DRIVER_INTERNAL_H

#include "core/driver/enrol.h"
#include "core/driver/libvirt/access_book.h"
#include "core/driver/libvirt/main_post.h"
#include "core/driver/libvirt/operations.h"

/* A thread that keeps its deadline gets so much longer to tell why. */
#define LIBVIRT_DRIVER_GRACE_US (G_USEC_PER_SEC / 2)

struct libvirt_driver {
    struct driver base;
    struct access_book *book;
    struct main_post *post;
    struct operations *operations;
    GHashTable *places; /* address -> struct place * */
};

/* Where one host's operations go. */
struct place {
    struct worker *worker;
    guint left_behind;  /* stuck workers in a row */
    gboolean try_login; /* at the next refresh, although it was refused a moment ago */
};

static inline struct libvirt_driver *self_of(struct driver *driver)
{
    return (struct libvirt_driver *)driver;
}

/* --- driver_work.c --- */

void libvirt_place_free(gpointer data); /* a struct place; its worker is left to end by itself */

/* NULL when it is not to be reached at all: no address, or nothing to reach it by. */
const struct access_entry *libvirt_driver_look_up(struct libvirt_driver *self, const char *address,
                                                  GError **error);

/*
 * Queues the operation's task at `place`, a host's address or another name for a worker, or has the
 * operation fail. Takes the task. Returns the operation's id.
 */
guint libvirt_driver_submit(struct libvirt_driver *self, struct operation *operation,
                            struct worker_task *task, const char *place, gint64 allowed_us);

/* --- libvirt_driver.c --- */

/* Asks an operation to end. */
void libvirt_driver_cancel(struct operation *operation);

/* --- driver_migrate.c --- */
guint libvirt_migrate(struct driver *driver, const struct migrate_request *request,
                      driver_progress_func progress, driver_done_func done, gpointer data);

/* --- driver_power.c --- */
guint libvirt_wake(struct driver *driver, const struct wake_request *request, driver_wake_func done,
                   gpointer data);
guint libvirt_power_off(struct driver *driver, const char *address, gboolean force,
                        driver_done_func done, gpointer data);
gboolean libvirt_can_cut(struct driver *driver, const char *address);
guint libvirt_cut(struct driver *driver, const char *address, driver_done_func done, gpointer data);
guint libvirt_probe(struct driver *driver, const char *address, gint64 within_us,
                    driver_done_func done, gpointer data);

/* --- driver_manage.c --- */
guint libvirt_manage(struct driver *driver, const struct manage_request *request,
                     driver_manage_func done, gpointer data);

/* --- driver_errands.c --- */

/* Takes work. allowed_us is in addition to connecting. */
guint libvirt_send_errand(struct libvirt_driver *self, const char *address,
                          const struct errand_kind *kind, gpointer work, void (*done)(void),
                          gpointer data, gint64 allowed_us);
guint libvirt_enrol(struct driver *driver, const struct enrol_request *request,
                    driver_enrol_func done, gpointer data);
guint libvirt_run(struct driver *driver, const struct run_request *request, driver_run_func done,
                  gpointer data);
guint libvirt_arm(struct driver *driver, const char *address, driver_done_func done, gpointer data);
guint libvirt_share_keys(struct driver *driver, const struct peer_request *request,
                         driver_peer_func done, gpointer data);
gboolean libvirt_trust(struct driver *driver, const char *address, const char *key, GError **error);

#endif
