#include "core/driver/libvirt/virt_error.h"

#include <libvirt/virterror.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

static enum roost_error code_of_transport(const virError *last)
{
    /* libvirt has no code of its own for a host key that it does not accept. */
    if (strstr(last->message, "HOST KEY") || strstr(last->message, "host key"))
        return ROOST_ERROR_AUTH;
    return ROOST_ERROR_UNREACHABLE;
}

static enum roost_error code_of(const virError *last)
{
    switch (last->code) {
    case VIR_ERR_AUTH_FAILED:
    case VIR_ERR_AUTH_CANCELLED:
    case VIR_ERR_AUTH_UNAVAILABLE:
    case VIR_ERR_OPERATION_DENIED:
    case VIR_ERR_ACCESS_DENIED:
        return ROOST_ERROR_AUTH;
    case VIR_ERR_OPERATION_TIMEOUT:
        return ROOST_ERROR_TIMEOUT;
    case VIR_ERR_OPERATION_ABORTED:
        return ROOST_ERROR_CANCELLED;
    case VIR_ERR_MIGRATE_UNSAFE:
        return ROOST_ERROR_REFUSED;
    case VIR_ERR_LIBSSH:
    case VIR_ERR_SSH:
        return code_of_transport(last);
    case VIR_ERR_NO_CONNECT:
    case VIR_ERR_RPC:
        return ROOST_ERROR_UNREACHABLE;
    default:
        break;
    }
    if (last->domain == VIR_FROM_RPC || last->domain == VIR_FROM_REMOTE)
        return ROOST_ERROR_UNREACHABLE;
    return ROOST_ERROR_FAILED;
}

void virt_error_take(GError **error)
{
    const virError *last = virGetLastError();
    g_autofree char *message = NULL;

    if (!last || last->code == VIR_ERR_OK || !last->message) {
        g_set_error_literal(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                            "libvirt gives no reason for its failure");
        return;
    }
    message = text_escape(last->message);
    g_set_error_literal(error, ROOST_ERROR, (gint)code_of(last), message);
    virResetLastError();
}

static void ignore_error(void *data, virErrorPtr error)
{
    (void)data;
    (void)error;
}

void virt_error_silence(void)
{
    /* Its log goes to our standard error: what matters of it comes back as errors as well. */
    g_setenv("LIBVIRT_DEBUG", "error", FALSE);
    virSetErrorFunc(NULL, ignore_error);
}
