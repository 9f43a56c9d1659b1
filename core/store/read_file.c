#include "core/store/read_file.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"

/* Reads to the end or to one byte past the limit. -1 with errno on failure. */
static gssize read_all(int fd, char *bytes, gsize room)
{
    gsize length = 0;
    while (length < room) {
        ssize_t got = read(fd, bytes + length, room - length);
        if (got == 0)
            break;
        if (got > 0)
            length += (gsize)got;
        else if (errno != EINTR)
            return -1;
    }
    return (gssize)length;
}

static char *read_open(int fd, const char *path, gsize bytes_most, gsize *length, GError **error)
{
    struct stat status;
    if (fd < 0 || fstat(fd, &status) != 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    if (!S_ISREG(status.st_mode)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "%s: is not a regular file", path);
        return NULL;
    }
    gsize room = MIN((gsize)status.st_size, bytes_most) + 1;
    g_autofree char *bytes = g_malloc(room + 1);
    gssize got = read_all(fd, bytes, room);
    if (got < 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
        return NULL;
    }
    if ((gsize)got > bytes_most) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "%s: is larger than %" G_GSIZE_FORMAT " bytes: not read", path, bytes_most);
        return NULL;
    }
    bytes[got] = '\0';
    *length = (gsize)got;
    return g_steal_pointer(&bytes);
}

/* A file that was replaced while it was read is gone from an NFS server: the new one is there. */
#define STALE_MOST 4

char *read_file(const char *path, gsize bytes_most, gsize *length, GError **error)
{
    char *bytes = NULL;
    int reason = ESTALE;
    for (guint i = 0; i < STALE_MOST && !bytes && reason == ESTALE; i++) {
        g_clear_error(error);
        errno = 0;
        int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
        bytes = read_open(fd, path, bytes_most, length, error);
        reason = errno;
        if (fd >= 0)
            close(fd);
    }
    return bytes;
}
