#include "core/driver/libvirt/local_end.h"

#include <errno.h>
#include <glib/gstdio.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "core/base/error.h"

struct local_end {
    char *directory; /* NULL = none any more */
    char *path;
    int listener;   /* -1 once libvirt has come */
    int connection; /* -1 until then */
};

static gboolean set_system_error(const char *doing, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", doing, g_strerror(errno));
    return FALSE;
}

/* A new directory that only we may enter. */
static char *make_directory(GError **error)
{
    char *directory = g_build_filename(g_get_user_runtime_dir(), "roost-XXXXXX", NULL);

    if (g_mkdtemp(directory))
        return directory;
    g_free(directory);
    return g_dir_make_tmp("roost-XXXXXX", error);
}

static gboolean listen_here(struct local_end *end, GError **error)
{
    struct sockaddr_un name = {.sun_family = AF_UNIX};

    end->directory = make_directory(error);
    if (!end->directory)
        return FALSE;
    end->path = g_build_filename(end->directory, "libvirt", NULL);
    end->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (end->listener < 0)
        return set_system_error("socket", error);
    if (g_strlcpy(name.sun_path, end->path, sizeof name.sun_path) >= sizeof name.sun_path) {
        errno = ENAMETOOLONG;
        return set_system_error(end->path, error);
    }
    if (bind(end->listener, (const struct sockaddr *)&name, sizeof name) < 0 ||
        listen(end->listener, 1) < 0)
        return set_system_error(end->path, error);
    return TRUE;
}

struct local_end *local_end_new(GError **error)
{
    struct local_end *end = g_new0(struct local_end, 1);

    end->listener = -1;
    end->connection = -1;
    if (listen_here(end, error))
        return end;
    local_end_free(end);
    return NULL;
}

static void stop_listening(struct local_end *end)
{
    if (end->listener >= 0)
        close(end->listener);
    end->listener = -1;
    if (!end->directory)
        return;
    if (end->path)
        g_unlink(end->path);
    g_rmdir(end->directory);
    g_clear_pointer(&end->directory, g_free);
}

void local_end_free(struct local_end *end)
{
    if (!end)
        return;
    stop_listening(end);
    if (end->connection >= 0)
        close(end->connection);
    g_free(end->path);
    g_free(end);
}

const char *local_end_path(const struct local_end *end)
{
    return end->path;
}

int local_end_fd(const struct local_end *end)
{
    return end->connection >= 0 ? end->connection : end->listener;
}

gboolean local_end_is_connected(const struct local_end *end)
{
    return end->connection >= 0;
}

gboolean local_end_accept(struct local_end *end)
{
    end->connection = accept4(end->listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (end->connection < 0)
        return errno == EAGAIN || errno == EINTR || errno == ECONNABORTED;
    stop_listening(end);
    return TRUE;
}
