#include "core/driver/libvirt/tcp_probe.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/driver/libvirt/tcp_connect.h"

struct tcp_probe {
    char *address;
    guint port;
    int fd;
    int code;       /* known at once; 0 = it is under way */
    guint watching; /* sources of the main loop; 0 = none */
    guint deadline;
    tcp_probe_func done;
    gpointer data;
};

void tcp_probe_free(struct tcp_probe *probe)
{
    if (!probe)
        return;
    if (probe->watching)
        g_source_remove(probe->watching);
    if (probe->deadline)
        g_source_remove(probe->deadline);
    if (probe->fd >= 0)
        close(probe->fd);
    g_free(probe->address);
    g_free(probe);
}

/* Somebody there said no: a refusal is a sign of life, as an acceptance is. */
static gboolean is_answer(int code)
{
    return code == 0 || code == ECONNREFUSED || code == ECONNRESET;
}

/* What is wrong with this machine says nothing of the host. */
static gboolean is_own_trouble(int code)
{
    switch (code) {
    case ENETUNREACH:
    case ENETDOWN:
    case EADDRNOTAVAIL:
    case EAFNOSUPPORT:
    case EACCES:
    case EPERM:
    case EMFILE:
    case ENFILE:
    case ENOBUFS:
    case ENOMEM:
        return TRUE;
    default:
        return FALSE;
    }
}

static void finish(struct tcp_probe *probe, int code)
{
    g_autoptr(GError) error = NULL;
    tcp_probe_func done = probe->done;
    gpointer data = probe->data;

    if (is_own_trouble(code))
        g_set_error(&error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "host %s: this machine cannot ask it: %s", probe->address, g_strerror(code));
    else if (!is_answer(code))
        tcp_connect_set_error(code, probe->address, probe->port, &error);
    tcp_probe_free(probe);
    done(error, data);
}

static gboolean on_ready(int fd, GIOCondition condition, gpointer data)
{
    struct tcp_probe *probe = data;
    int code = 0;
    socklen_t size = sizeof code;

    (void)condition;
    probe->watching = 0;
    finish(probe, getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0 ? errno : code);
    return G_SOURCE_REMOVE;
}

static gboolean on_deadline(gpointer data)
{
    struct tcp_probe *probe = data;

    probe->deadline = 0;
    finish(probe, probe->code ? probe->code : ETIMEDOUT);
    return G_SOURCE_REMOVE;
}

struct tcp_probe *tcp_probe_start(const char *address, guint port, gint64 within_us,
                                  tcp_probe_func done, gpointer data)
{
    struct tcp_probe *probe = g_new0(struct tcp_probe, 1);

    probe->address = g_strdup(address);
    probe->port = port;
    probe->done = done;
    probe->data = data;
    probe->fd = tcp_connect_begin(address, port, &probe->code);
    if (probe->fd >= 0)
        probe->watching = g_unix_fd_add(probe->fd, G_IO_OUT | G_IO_ERR | G_IO_HUP, on_ready, probe);
    /* What failed at once is told late: whoever asks again and again does not do so for nothing. */
    probe->deadline = g_timeout_add((guint)(within_us / 1000), on_deadline, probe);
    return probe;
}
