#include "core/driver/libvirt/remote_host.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/control.h"
#include "core/driver/libvirt/definition.h"
#include "core/driver/libvirt/domain_list.h"
#include "core/driver/libvirt/host_script.h"
#include "core/driver/libvirt/power_off.h"
#include "core/driver/libvirt/remote_host_internal.h"
#include "core/driver/libvirt/ssh_link.h"
#include "core/driver/libvirt/ssh_trunk.h"

#define AUTH_PAUSE_US (30 * G_USEC_PER_SEC) /* hosts count failed logins, and ban */

struct remote_host *remote_host_new(struct access *access, const char *address,
                                    struct main_post *post, const struct virt_watch *watch,
                                    struct virt_guard *guard)
{
    struct remote_host *host = g_new0(struct remote_host, 1);

    host->access = access_ref(access);
    host->address = g_strdup(address);
    host->post = main_post_ref(post);
    host->watch = watch;
    host->guard = guard ? virt_guard_ref(guard) : NULL;
    host->domains = domain_list_new();
    return host;
}

static void drop_ssh(struct remote_host *host)
{
    g_clear_pointer(&host->ssh, ssh_link_free);
}

static void drop_trunk(struct remote_host *host)
{
    if (!host->trunk)
        return;
    ssh_trunk_hang_up(host->trunk);
    g_clear_pointer(&host->trunk, ssh_trunk_unref);
    host->full_at_us = 0;
    host->logins_at_us = 0;
}

static void drop_virt(struct remote_host *host)
{
    g_clear_pointer(&host->virt, virt_link_free);
    host->whole_list_at_us = 0;
}

void remote_host_free(struct remote_host *host)
{
    if (!host)
        return;
    drop_ssh(host);
    drop_virt(host);
    drop_trunk(host);
    domain_list_free(host->domains);
    g_clear_error(&host->auth_error);
    virt_guard_unref(host->guard);
    main_post_unref(host->post);
    access_unref(host->access);
    g_free(host->hostname);
    g_free(host->mac);
    g_free(host->broadcast);
    g_free(host->address);
    g_free(host);
}

gboolean remote_host_has_trunk(const struct remote_host *host)
{
    return host->trunk && ssh_trunk_is_alive(host->trunk);
}

gboolean remote_host_has_virt(const struct remote_host *host)
{
    return host->virt && virt_link_is_alive(host->virt);
}

gboolean remote_host_is_connected(const struct remote_host *host)
{
    return remote_host_has_trunk(host) && remote_host_has_virt(host);
}

/* --- Connecting --- */

/* TRUE when a login is worth a try: one refused a moment ago is not. */
static gboolean may_log_in(struct remote_host *host, GError **error)
{
    if (host->auth_error && g_get_monotonic_time() - host->auth_error_at_us < AUTH_PAUSE_US) {
        g_propagate_error(error, g_error_copy(host->auth_error));
        return FALSE;
    }
    g_clear_error(&host->auth_error);
    return TRUE;
}

/* Takes failed, and remembers it when it was a refusal. */
static void fail_to_log_in(struct remote_host *host, GError *failed, GError **error)
{
    if (g_error_matches(failed, ROOST_ERROR, ROOST_ERROR_AUTH)) {
        host->auth_error = g_error_copy(failed);
        host->auth_error_at_us = g_get_monotonic_time();
    }
    g_propagate_error(error, failed);
}

static gboolean open_ssh(struct remote_host *host, gint64 deadline_us, GError **error)
{
    GError *failed = NULL;

    if (host->ssh)
        return TRUE;
    if (!may_log_in(host, error))
        return FALSE;
    host->ssh = ssh_link_open(host->access, host->address, deadline_us, &failed);
    if (!host->ssh)
        fail_to_log_in(host, failed, error);
    return host->ssh != NULL;
}

/* Where libvirt goes through the trunk, the two stand and fall together. */
gboolean remote_host_open_trunk(struct remote_host *host, gint64 deadline_us, GError **error)
{
    g_autofree char *setup = host_script_setup(host->address);
    const struct ssh_trunk_options options = {
        .access = host->access,
        .address = host->address,
        .post = host->post,
        .command = host_script_command,
        .setup = setup,
        .libvirt = !host->access->uri,
        .deadline_us = deadline_us,
    };
    GError *failed = NULL;

    if (remote_host_has_trunk(host) &&
        (!options.libvirt || !host->virt || remote_host_has_virt(host)))
        return TRUE;
    if (options.libvirt)
        drop_virt(host);
    drop_trunk(host);
    if (!may_log_in(host, error))
        return FALSE;
    host->trunk = ssh_trunk_open(&options, &failed);
    if (!host->trunk)
        fail_to_log_in(host, failed, error);
    return host->trunk != NULL;
}

gboolean remote_host_open_virt(struct remote_host *host, gint64 deadline_us, GError **error)
{
    if (remote_host_has_virt(host))
        return TRUE;
    if (!host->access->uri && !remote_host_open_trunk(host, deadline_us, error))
        return FALSE;
    drop_virt(host);
    host->virt = virt_link_open(
        &(const struct virt_link_options){
            .access = host->access,
            .address = host->address,
            .post = host->post,
            .watch = host->watch,
            .guard = host->guard,
            .trunk = host->access->uri ? NULL : host->trunk,
            .deadline_us = deadline_us,
        },
        error);
    return host->virt != NULL;
}

gboolean remote_host_run(struct remote_host *host, const char *script, gint64 deadline_us,
                         struct ssh_answer *answer, GError **error)
{
    if (!open_ssh(host, deadline_us, error))
        return FALSE;
    if (ssh_link_run(host->ssh, host_script_command, script, deadline_us, answer, error))
        return TRUE;
    drop_ssh(host);
    return FALSE;
}

gboolean remote_host_power_off(struct remote_host *host, const char *command, gboolean force,
                               gint64 deadline_us, gboolean (*may_act)(gpointer data),
                               gpointer data, GError **error)
{
    gboolean told;

    drop_ssh(host); /* it may have died unnoticed */
    if (!open_ssh(host, deadline_us, error) || !remote_host_open_virt(host, deadline_us, error) ||
        !power_off_check_domains(virt_link_connection(host->virt), host->address, error))
        return FALSE;
    if (!may_act(data)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED,
                    "host %s: not switched off: nobody waits for it any more", host->address);
        return FALSE;
    }
    told = power_off_tell(host->ssh, command, host->address, force, deadline_us, error);
    /* Both end with the host, which may not say so. */
    drop_ssh(host);
    if (told && host->guard)
        virt_guard_interrupt(host->guard);
    return told;
}

void remote_host_try_login(struct remote_host *host)
{
    g_clear_error(&host->auth_error);
}

struct ssh_link *remote_host_ssh(struct remote_host *host, gint64 deadline_us, GError **error)
{
    remote_host_try_login(host);
    return open_ssh(host, deadline_us, error) ? host->ssh : NULL;
}

virConnectPtr remote_host_libvirt(struct remote_host *host, gint64 deadline_us, GError **error)
{
    return remote_host_open_virt(host, deadline_us, error) ? virt_link_connection(host->virt)
                                                           : NULL;
}

const struct access *remote_host_access(const struct remote_host *host)
{
    return host->access;
}

void remote_host_drop_ssh(struct remote_host *host)
{
    drop_ssh(host);
}

gboolean remote_host_control(struct remote_host *host, const char *vm, enum control_action action,
                             gint64 deadline_us, gboolean (*may_act)(gpointer data), gpointer data,
                             GError **error)
{
    gboolean standing = host->virt != NULL;
    virDomainPtr domain;
    GError *failed = NULL;
    gboolean done;

    if (!remote_host_open_virt(host, deadline_us, error))
        return FALSE;
    domain = control_find(virt_link_connection(host->virt), host->address, vm, &failed);
    if (!domain && standing && !virt_link_is_alive(host->virt)) {
        g_clear_error(&failed);
        if (!remote_host_open_virt(host, deadline_us, error))
            return FALSE;
        domain = control_find(virt_link_connection(host->virt), host->address, vm, &failed);
    }
    if (!domain) {
        g_propagate_error(error, failed);
        return FALSE;
    }
    done = control_run(domain, host->address, action, may_act, data, error);
    if (action >= CONTROL_AUTOSTART_ON)
        host->whole_list_at_us = 0; /* libvirt tells nobody of it */
    virDomainFree(domain);
    virResetLastError();
    return done;
}

struct manage_answer *remote_host_manage(struct remote_host *host,
                                         const struct manage_request *request, gint64 deadline_us,
                                         gboolean (*may_act)(gpointer data), gpointer data,
                                         GError **error)
{
    gboolean standing = host->virt != NULL;
    struct manage_answer *answer;
    GError *failed = NULL;

    if (!remote_host_open_virt(host, deadline_us, error))
        return NULL;
    answer = definition_manage(virt_link_connection(host->virt), request, may_act, data, &failed);
    if (!answer && standing && !virt_link_is_alive(host->virt) && request->kind != MANAGE_DEFINE &&
        request->kind != MANAGE_UNDEFINE) {
        g_clear_error(&failed);
        if (!remote_host_open_virt(host, deadline_us, error))
            return NULL;
        answer =
            definition_manage(virt_link_connection(host->virt), request, may_act, data, &failed);
    }
    host->whole_list_at_us = 0;
    if (failed)
        g_propagate_error(error, failed);
    return answer;
}
