#include "core/manager/notify.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

/* FALSE when it names no socket of this machine. */
static gboolean parse_address(const char *text, struct sockaddr_un *address, socklen_t *length)
{
    gsize bytes = strlen(text);

    memset(address, 0, sizeof *address);
    address->sun_family = AF_UNIX;
    if ((text[0] != '/' && text[0] != '@') || bytes < 2 || bytes >= sizeof address->sun_path)
        return FALSE;
    memcpy(address->sun_path, text, bytes);
    *length = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + bytes);
    if (text[0] == '@')
        address->sun_path[0] = '\0'; /* abstract: its name has no end but its length */
    else
        *length += 1;
    return TRUE;
}

gboolean notify_send(const char *state)
{
    const char *name = g_getenv("NOTIFY_SOCKET");
    struct sockaddr_un address;
    socklen_t length;
    ssize_t sent;
    int fd;

    if (!name || !parse_address(name, &address, &length))
        return FALSE;
    fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (fd < 0)
        return FALSE;
    do {
        sent = sendto(fd, state, strlen(state), MSG_NOSIGNAL, (struct sockaddr *)&address, length);
    } while (sent < 0 && errno == EINTR);
    close(fd);
    return sent == (ssize_t)strlen(state);
}

gboolean notify_status(const char *text)
{
    g_autofree char *line = g_strdup(text);
    g_autofree char *state = g_strconcat("STATUS=", g_strdelimit(line, "\n\r", ' '), NULL);

    return notify_send(state);
}

gboolean notify_reloading(void)
{
    g_autofree char *state =
        g_strdup_printf("RELOADING=1\nMONOTONIC_USEC=%" G_GINT64_FORMAT, g_get_monotonic_time());

    return notify_send(state);
}

gint64 notify_watchdog_us(void)
{
    const char *text = g_getenv("WATCHDOG_USEC");
    const char *pid = g_getenv("WATCHDOG_PID");
    guint64 whole_us;

    if (!text || !g_ascii_string_to_unsigned(text, 10, 1, G_MAXINT64, &whole_us, NULL))
        return 0;
    if (pid && g_ascii_strtoull(pid, NULL, 10) != (guint64)getpid())
        return 0;
    return MAX((gint64)(whole_us / 2), 1);
}
