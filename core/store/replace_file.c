#include "core/store/replace_file.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/write_all.h"
#include "core/store/read_file.h"

#define NAMES_MOST 1000

static gboolean set_unwritten(const char *path, int reason, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: not written: %s", path,
                g_strerror(reason));
    return FALSE;
}

/* A file server may tell only at the close that there was no room. */
static int write_and_close(int fd, const char *text, struct stat *written)
{
    int reason = write_all(fd, text, strlen(text)) && fsync(fd) == 0 ? 0 : errno;
    if (reason == 0 && fstat(fd, written) != 0)
        reason = errno;
    if (close(fd) != 0 && reason == 0 && errno != EINTR)
        reason = errno;
    return reason;
}

/*
 * An NFS server that answers a rename twice, since its first answer was lost, says the second time
 * that there is nothing to rename: what counts is which file is there.
 */
static int rename_sure(const char *from, const char *to, const struct stat *written)
{
    struct stat there;
    if (rename(from, to) == 0)
        return 0;
    int reason = errno;
    gboolean done = reason == ENOENT && stat(to, &there) == 0 && there.st_dev == written->st_dev &&
                    there.st_ino == written->st_ino;
    return done ? 0 : reason;
}

/* Not every file system can, and the file itself is safe: no failure. */
static void sync_directory(const char *path)
{
    g_autofree char *dir = g_path_get_dirname(path);
    int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return;
    fsync(fd);
    close(fd);
}

static gboolean put_in_place(const char *temporary, const char *target, const char *path,
                             const struct stat *written, struct stat *now, GError **error)
{
    struct stat there;
    int reason = rename_sure(temporary, target, written);
    if (reason != 0)
        return set_unwritten(path, reason, error);
    sync_directory(target);
    if (!now)
        return TRUE;
    /* The server may have its own idea of the time: what it says of our file counts. */
    gboolean ours = stat(target, &there) == 0 && there.st_dev == written->st_dev &&
                    there.st_ino == written->st_ino;
    *now = ours ? there : *written;
    return TRUE;
}

gboolean replace_file(const char *path, const char *text, int mode, replace_ask_func ask,
                      gpointer data, struct stat *now, GError **error)
{
    struct stat written;
    g_autofree char *linked =
        g_file_test(path, G_FILE_TEST_IS_SYMLINK) ? realpath(path, NULL) : NULL;
    const char *target = linked ? linked : path;
    g_autofree char *temporary = g_strdup_printf("%s.XXXXXX", target);
    int fd = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, mode);
    if (fd < 0)
        return set_unwritten(path, errno, error);
    int reason = write_and_close(fd, text, &written);
    gboolean done = reason == 0 ? (!ask || ask(data, error)) &&
                                      put_in_place(temporary, target, path, &written, now, error)
                                : set_unwritten(path, reason, error);
    if (!done)
        g_unlink(temporary);
    return done;
}

/* --- Putting aside ---------------------------------------------------------------------------- */

static char *aside_name(const char *path, const char *word, gint64 wall_us, guint number)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
    g_autofree char *stamp = date ? g_date_time_format(date, "%Y%m%dT%H%M%SZ") : g_strdup("0");
    if (number < 2)
        return g_strdup_printf("%s.%s-%s", path, word, stamp);
    return g_strdup_printf("%s.%s-%s-%u", path, word, stamp, number);
}

static gboolean copy_or_move(const char *path, const char *aside, gsize bytes_most, GError **error)
{
    gsize length;
    g_autofree char *bytes = read_file(path, bytes_most, &length, NULL);
    if (bytes && g_file_set_contents_full(
                     aside, bytes, (gssize)length,
                     G_FILE_SET_CONTENTS_CONSISTENT | G_FILE_SET_CONTENTS_DURABLE, 0644, NULL))
        return TRUE;
    if (!bytes && rename(path, aside) == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be kept aside as %s: %s", path,
                aside, g_strerror(errno));
    return FALSE;
}

/* A link would only name the link; and a link that is followed is a file elsewhere. */
static gboolean give_name(const char *path, const char *aside, gsize bytes_most, GError **error)
{
    struct stat status;
    gboolean plain = lstat(path, &status) == 0 && !S_ISLNK(status.st_mode);
    if (plain && link(path, aside) == 0)
        return TRUE;
    return copy_or_move(path, aside, bytes_most, error);
}

char *file_put_aside(const char *path, const char *word, gint64 wall_us, gsize bytes_most,
                     GError **error)
{
    for (guint i = 1; i < NAMES_MOST; i++) {
        g_autofree char *aside = aside_name(path, word, wall_us, i);
        struct stat status;
        if (lstat(aside, &status) == 0)
            continue;
        return give_name(path, aside, bytes_most, error) ? g_steal_pointer(&aside) : NULL;
    }
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: is kept aside too often already",
                path);
    return NULL;
}
