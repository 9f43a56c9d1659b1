#include "core/manager/shared_dir.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <time.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/write_all.h"

#define NFS_MAGIC 0x6969
#define OLD_S     3600
#define DIR_MODE  0770
#define FILE_MODE 0660

static gboolean fail(GError **error, const char *path)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

char *shared_path(const char *store, const char *place, const char *name)
{
    return g_build_filename(store, SHARED_DIR, place, name, NULL);
}

gboolean shared_dir_make(const char *path, GError **error)
{
    return g_mkdir_with_parents(path, DIR_MODE) == 0 || fail(error, path);
}

gboolean shared_file_put(const char *path, const char *text, gsize length, GError **error)
{
    g_autofree char *draft = g_strdup_printf("%s.XXXXXX", path);
    int fd = g_mkstemp_full(draft, O_RDWR | O_CLOEXEC, FILE_MODE);
    if (fd < 0)
        return fail(error, path);
    /* Some file servers tell that a disk is full only when the file is closed. */
    gboolean written = write_all(fd, text, length);
    written = close(fd) == 0 && written;
    if (written && g_rename(draft, path) == 0)
        return TRUE;
    fail(error, path);
    g_unlink(draft);
    return FALSE;
}

static void take_mark(const struct stat *status, struct file_mark *mark)
{
    *mark = (struct file_mark){
        .device = status->st_dev,
        .inode = status->st_ino,
        .changed_ns = (gint64)status->st_mtim.tv_sec * G_GINT64_CONSTANT(1000000000) +
                      status->st_mtim.tv_nsec,
        .size = status->st_size,
    };
}

static gboolean is_marked(const struct stat *status, const struct file_mark *mark)
{
    struct file_mark now;
    take_mark(status, &now);
    return now.device == mark->device && now.inode == mark->inode &&
           now.changed_ns == mark->changed_ns && now.size == mark->size;
}

/* Opened, not only looked at: it is opening that makes a client of NFS ask the server. */
static int open_plain(const char *path, struct stat *status)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
    if (fd >= 0 && fstat(fd, status) == 0 && S_ISREG(status->st_mode))
        return fd;
    if (fd >= 0) {
        close(fd);
        errno = EINVAL;
    }
    return -1;
}

gboolean shared_file_is(const char *path, const struct file_mark *mark)
{
    struct stat status;
    int fd = open_plain(path, &status);
    if (fd < 0)
        return FALSE;
    close(fd);
    return is_marked(&status, mark);
}

static gssize read_all(int fd, char *bytes, gsize room)
{
    gsize length = 0;
    while (length < room) {
        ssize_t got = read(fd, bytes + length, room - length);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return -1;
        if (got == 0)
            break;
        length += (gsize)got;
    }
    return (gssize)length;
}

char *shared_file_get(const char *path, gsize bytes_most, gsize *length, guint *owner,
                      struct file_mark *mark, GError **error)
{
    struct stat status;
    int fd = open_plain(path, &status);
    if (fd < 0) {
        if (errno != ENOENT && errno != ENOTDIR)
            fail(error, path);
        return NULL;
    }
    if (owner)
        *owner = status.st_uid;
    if (mark)
        take_mark(&status, mark);
    gsize room = MIN((gsize)status.st_size, bytes_most) + 1;
    g_autofree char *bytes = g_malloc(room + 1);
    gssize got = read_all(fd, bytes, room);
    close(fd);
    if (got < 0) {
        fail(error, path);
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

/* What changes a directory makes the client forget what it knows of it. */
void shared_dir_look_afresh(const char *path)
{
    struct statfs status;
    if (statfs(path, &status) != 0 || status.f_type != NFS_MAGIC)
        return;
    g_autofree char *draft = g_build_filename(path, ".look.XXXXXX", NULL);
    if (g_mkdtemp(draft))
        g_rmdir(draft);
}

static gint compare(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

GPtrArray *shared_dir_list(const char *path, guint most)
{
    GPtrArray *found = g_ptr_array_new_with_free_func(g_free);
    g_autoptr(GDir) names = g_dir_open(path, 0, NULL);
    const char *name;
    while (names && found->len < most && (name = g_dir_read_name(names))) {
        if (g_str_has_suffix(name, ".xml") && name[0] != '.')
            g_ptr_array_add(found, g_strdup(name));
    }
    g_ptr_array_sort(found, compare);
    return found;
}

void shared_dir_sweep(const char *path)
{
    g_autoptr(GDir) names = g_dir_open(path, 0, NULL);
    const char *name;
    while (names && (name = g_dir_read_name(names))) {
        g_autofree char *file = g_build_filename(path, name, NULL);
        struct stat status;
        if (lstat(file, &status) == 0 && S_ISREG(status.st_mode) &&
            ABS(time(NULL) - status.st_mtim.tv_sec) >= OLD_S)
            g_unlink(file);
    }
}
