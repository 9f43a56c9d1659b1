#include "core/driver/libvirt/tcp_connect.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/error.h"

union socket_address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

static socklen_t fill_address(const char *address, guint port, union socket_address *to)
{
    memset(to, 0, sizeof *to);
    if (inet_pton(AF_INET, address, &to->v4.sin_addr) == 1) {
        to->v4.sin_family = AF_INET;
        to->v4.sin_port = htons((guint16)port);
        return sizeof to->v4;
    }
    if (inet_pton(AF_INET6, address, &to->v6.sin6_addr) == 1) {
        to->v6.sin6_family = AF_INET6;
        to->v6.sin6_port = htons((guint16)port);
        return sizeof to->v6;
    }
    return 0;
}

void tcp_connect_set_error(int code, const char *address, guint port, GError **error)
{
    switch (code) {
    case EHOSTUNREACH:
    case ENETUNREACH:
    case EHOSTDOWN:
    case ENETDOWN:
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_ABSENT, "host %s: nothing there (%s)", address,
                    g_strerror(code));
        break;
    case ETIMEDOUT: /* whether anything lives there is not known: all else shows that it does */
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_TIMEOUT, "host %s: no answer on port %u",
                    address, port);
        break;
    default:
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE, "host %s: port %u: %s", address,
                    port, g_strerror(code));
        break;
    }
}

/* What became of a connect under way: 0, or an errno. */
static int await_connected(int fd, gint64 deadline_us)
{
    int code = 0;
    socklen_t size = sizeof code;

    for (;;) {
        struct pollfd wait = {.fd = fd, .events = POLLOUT};
        gint64 left_us = deadline_us - g_get_monotonic_time();
        int ready;

        if (left_us <= 0)
            return ETIMEDOUT;
        ready = poll(&wait, 1, (int)MIN(left_us / 1000 + 1, G_MAXINT));
        if (ready > 0)
            break;
        if (ready < 0 && errno != EINTR)
            return errno;
    }
    return getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) < 0 ? errno : code;
}

int tcp_connect_begin(const char *address, guint port, int *code)
{
    union socket_address to;
    socklen_t size = fill_address(address, port, &to);
    int fd = -1;

    *code = EAFNOSUPPORT;
    if (!size)
        return -1;
    fd = socket(to.any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    if (fd < 0) {
        *code = errno;
        return -1;
    }
    *code = 0;
    if (connect(fd, &to.any, size) == 0 || errno == EINPROGRESS)
        return fd;
    *code = errno;
    close(fd);
    return -1;
}

int tcp_connect(const char *address, guint port, gint64 deadline_us, GError **error)
{
    int yes = 1;
    int code;
    int fd = tcp_connect_begin(address, port, &code);

    if (fd >= 0)
        code = await_connected(fd, deadline_us);
    /* Questions and answers are small: none may wait for another to be acknowledged. */
    if (code == 0 && setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes) < 0)
        code = errno;
    if (code == 0 && fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK) < 0)
        code = errno;
    if (code == 0)
        return fd;
    if (fd >= 0)
        close(fd);
    tcp_connect_set_error(code, address, port, error);
    return -1;
}
