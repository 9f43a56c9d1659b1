#include "core/driver/libvirt/control.h"

#include <libvirt/virterror.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/virt_error.h"

#define HEARS_PIPE_US (2 * G_USEC_PER_SEC) /* what an init that has the pipe needs to begin */
#define LOOK_AGAIN_US (G_USEC_PER_SEC / 10)

static void prefix(GError **error, const char *vm, enum control_action action, const char *address)
{
    g_autofree char *name = text_escape(vm);

    g_prefix_error(error, "vm %s: %s on %s: ", name, control_action_name(action), address);
}

virDomainPtr control_find(virConnectPtr connection, const char *address, const char *vm,
                          GError **error)
{
    virDomainPtr domain = virDomainLookupByName(connection, vm);
    g_autofree char *name = NULL;

    if (domain)
        return domain;
    name = text_escape(vm);
    if (virGetLastErrorCode() == VIR_ERR_NO_DOMAIN) {
        virResetLastError();
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "vm %s: host %s does not know it: its libvirt has no definition of that name",
                    name, address);
        return NULL;
    }
    virt_error_take(error);
    g_prefix_error(error, "vm %s: host %s: libvirt: ", name, address);
    return NULL;
}

/* Why it is in no state for that; NULL when it is, or cannot be asked. */
static const char *why_not(virDomainPtr domain, enum control_action action)
{
    int active = virDomainIsActive(domain);
    int state = VIR_DOMAIN_NOSTATE;
    int reason = 0;

    if (action == CONTROL_START)
        return active == 1 ? "it runs already" : NULL;
    if (action >= CONTROL_AUTOSTART_ON)
        return virDomainIsPersistent(domain) == 0 ? "it has no definition of its own" : NULL;
    if (active == 0)
        return "it does not run";
    if (virDomainGetState(domain, &state, &reason, 0) < 0)
        return NULL;
    if (action == CONTROL_PAUSE && state == VIR_DOMAIN_PAUSED)
        return "it is paused already";
    if (action == CONTROL_RESUME && state == VIR_DOMAIN_RUNNING)
        return "it is not paused";
    /* What a migration has paused is on its way: it would run here and there. */
    if (action == CONTROL_RESUME &&
        (reason == VIR_DOMAIN_PAUSED_MIGRATION || reason == VIR_DOMAIN_PAUSED_POSTCOPY))
        return "a migration has paused it";
    if ((action == CONTROL_SHUT_DOWN || action == CONTROL_REBOOT) && state == VIR_DOMAIN_PAUSED)
        return "it is paused, and its guest cannot hear";
    return NULL;
}

/* FALSE once the time is up. */
static gboolean is_off_within(virDomainPtr domain, gint64 within_us)
{
    gint64 deadline_us = g_get_monotonic_time() + within_us;

    while (virDomainIsActive(domain) == 1) {
        if (g_get_monotonic_time() >= deadline_us)
            return FALSE;
        g_usleep(LOOK_AGAIN_US);
    }
    return TRUE;
}

/*
 * A container's init is told by its control pipe, or by a signal. libvirt (9.0) calls the first
 * done even where there is no such pipe, and then does not send the other: so, both in turn.
 */
static int shut_container_down(virDomainPtr domain)
{
    virDomainShutdownFlags(domain, VIR_DOMAIN_SHUTDOWN_INITCTL);
    virResetLastError();
    if (is_off_within(domain, HEARS_PIPE_US))
        return 0;
    return virDomainShutdownFlags(domain, VIR_DOMAIN_SHUTDOWN_SIGNAL);
}

static int shut_down(virDomainPtr domain)
{
    const char *hypervisor = virConnectGetType(virDomainGetConnect(domain));

    if (g_strcmp0(hypervisor, "LXC") == 0)
        return shut_container_down(domain);
    return virDomainShutdown(domain);
}

static int act(virDomainPtr domain, enum control_action action)
{
    switch (action) {
    case CONTROL_START:
        return virDomainCreate(domain);
    case CONTROL_SHUT_DOWN:
        return shut_down(domain);
    case CONTROL_FORCE_OFF:
        return virDomainDestroy(domain);
    case CONTROL_PAUSE:
        return virDomainSuspend(domain);
    case CONTROL_RESUME:
        return virDomainResume(domain);
    case CONTROL_REBOOT:
        return virDomainReboot(domain, 0);
    case CONTROL_RESET:
        return virDomainReset(domain, 0);
    case CONTROL_AUTOSTART_ON:
    case CONTROL_AUTOSTART_OFF:
        return virDomainSetAutostart(domain, action == CONTROL_AUTOSTART_ON);
    }
    return -1;
}

gboolean control_run(virDomainPtr domain, const char *address, enum control_action action,
                     gboolean (*may_act)(gpointer data), gpointer data, GError **error)
{
    const char *name = virDomainGetName(domain);
    const char *why = why_not(domain, action);
    gboolean done = FALSE;

    if (why)
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_REFUSED, why);
    else if (!may_act(data))
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED, "nobody waits for it any more");
    else if (act(domain, action) < 0)
        virt_error_take(error);
    else
        done = TRUE;
    if (!done)
        prefix(error, name ? name : "", action, address);
    return done;
}
