#include "core/manager/pid_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"

struct pid_file {
    char *path;
    int fd;
};

static gboolean lock(int fd, const char *path, GError **error)
{
    char text[32] = "";

    if (flock(fd, LOCK_EX | LOCK_NB) == 0)
        return TRUE;
    if (errno != EWOULDBLOCK) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be locked: %s", path,
                    g_strerror(errno));
        return FALSE;
    }
    if (pread(fd, text, sizeof text - 1, 0) <= 0)
        text[0] = '\0';
    text[strspn(text, "0123456789")] = '\0';
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "%s: another roost run has it, process %s: end that one first", path,
                *text ? text : "?");
    return FALSE;
}

/* One that ended meanwhile took the file's name away: what we have locked is nobody's. */
static gboolean is_at(int fd, const char *path)
{
    struct stat ours;
    struct stat there;

    return fstat(fd, &ours) == 0 && stat(path, &there) == 0 && ours.st_ino == there.st_ino &&
           ours.st_dev == there.st_dev;
}

struct pid_file *pid_file_new(const char *path, GError **error)
{
    struct pid_file *file;
    int fd = -1;

    do {
        if (fd >= 0)
            close(fd);
        fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0644);
        if (fd < 0) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be made: %s", path,
                        g_strerror(errno));
            return NULL;
        }
        if (!lock(fd, path, error)) {
            close(fd);
            return NULL;
        }
    } while (!is_at(fd, path));
    file = g_new0(struct pid_file, 1);
    file->path = g_strdup(path);
    file->fd = fd;
    pid_file_write(file, "waiting", 0);
    return file;
}

void pid_file_free(struct pid_file *file)
{
    if (!file)
        return;
    unlink(file->path);
    close(file->fd);
    g_free(file->path);
    g_free(file);
}

void pid_file_write(struct pid_file *file, const char *state, guint64 fence)
{
    g_autofree char *text =
        g_strdup_printf("%d\n%s\n%" G_GUINT64_FORMAT "\n", (int)getpid(), state, fence);
    ssize_t length = (ssize_t)strlen(text);

    /* A disk that is full is no reason to end: who reads it sees that it is old. */
    if (pwrite(file->fd, text, (gsize)length, 0) != length || ftruncate(file->fd, length) != 0)
        g_debug("%s: not written", file->path);
}

void pid_file_touch(struct pid_file *file)
{
    if (futimens(file->fd, NULL) != 0)
        g_debug("%s: not touched", file->path);
}
