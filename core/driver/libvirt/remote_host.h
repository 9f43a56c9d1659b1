/*
 * remote_host.h - one host as its worker sees it: a libvirt connection, an ssh session, a memory.
 *
 * Connections are made when needed and kept. Deadlines are g_get_monotonic_time's and hold for
 * everything over ssh; libvirt's own calls may take longer, and whoever waits must not count on
 * them. Errors begin with the host. Thread: its worker's.
 */
#ifndef ROOST_DRIVER_LIBVIRT_REMOTE_HOST_H
#define ROOST_DRIVER_LIBVIRT_REMOTE_HOST_H

#include <glib.h>
#include <libvirt/libvirt.h>

#include "core/driver/driver.h"
#include "core/driver/manage.h"
#include "core/driver/libvirt/access.h"
#include "core/driver/libvirt/ssh_link.h"
#include "core/driver/libvirt/virt_link.h"
#include "core/model/report.h"

struct remote_host;

/*
 * Connects to nothing yet. watch and guard go with each libvirt connection; watch is borrowed, and
 * both may be NULL. post counts the threads of connections.
 */
struct remote_host *remote_host_new(struct access *access, const char *address,
                                    struct main_post *post, const struct virt_watch *watch,
                                    struct virt_guard *guard);
void remote_host_free(struct remote_host *host);

/* TRUE when the next look needs no new connection. */
gboolean remote_host_is_connected(const struct remote_host *host);

/* A login that was refused a moment ago is tried again by the next call that needs one. */
void remote_host_try_login(struct remote_host *host);

/* Everything about the host and its VMs. NULL with error as driver_refresh tells them. */
struct host_report *remote_host_look(struct remote_host *host, gint64 deadline_us, GError **error);

/*
 * Feeds a script to its sh. FALSE with error when it could not be asked; `answer` then holds what
 * came until then.
 */
gboolean remote_host_run(struct remote_host *host, const char *script, gint64 deadline_us,
                         struct ssh_answer *answer, GError **error);

/*
 * Switches it off with `command`, run there, after the last questions (driver_power_off).
 * may_act(data) is asked right before the command goes out: FALSE means that nobody waits for it
 * any more, and nothing is done.
 */
gboolean remote_host_power_off(struct remote_host *host, const char *command, gboolean force,
                               gint64 deadline_us, gboolean (*may_act)(gpointer data),
                               gpointer data, GError **error);

/*
 * The pieces, for an examination: made when needed, as above. A login that was refused a moment ago
 * is tried again. Borrowed until the next call of any function here.
 */
struct ssh_link *remote_host_ssh(struct remote_host *host, gint64 deadline_us, GError **error);
virConnectPtr remote_host_libvirt(struct remote_host *host, gint64 deadline_us, GError **error);
const struct access *remote_host_access(const struct remote_host *host);

/* After an error on the session: the next use makes another. */
void remote_host_drop_ssh(struct remote_host *host);

/*
 * Starts or stops a VM (driver_control). may_act as above; what is asked in vain of a connection
 * that died unnoticed is asked once more on a new one.
 */
gboolean remote_host_control(struct remote_host *host, const char *vm, enum control_action action,
                             gint64 deadline_us, gboolean (*may_act)(gpointer data), gpointer data,
                             GError **error);

/*
 * Carries out what definition.h does; likewise asked once more where a connection died unnoticed.
 */
struct manage_answer *remote_host_manage(struct remote_host *host,
                                         const struct manage_request *request, gint64 deadline_us,
                                         gboolean (*may_act)(gpointer data), gpointer data,
                                         GError **error);

#endif
