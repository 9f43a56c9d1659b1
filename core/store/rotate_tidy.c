/* rotate_tidy.c - compresses what was put aside, and drops what is too much of it. */
#include "core/store/rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/write_all.h"
#include "core/store/rotate_internal.h"
#include "core/store/rotate_names.h"
#include "core/store/sweep.h"

#define BLOCK       65536
#define PATIENCE_US (2 * G_USEC_PER_SEC)
#define GZIP_LEVEL  6

static gboolean fail(const char *path, const char *what, int reason, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s: %s", path, what,
                g_strerror(reason));
    return FALSE;
}

/* Compresses one block; with length 0 what is left. */
static gboolean compress_block(GConverter *gzip, const char *block, gsize length, int to,
                               GError **error)
{
    char out[BLOCK];
    GConverterFlags flags = length == 0 ? G_CONVERTER_INPUT_AT_END : G_CONVERTER_NO_FLAGS;
    GConverterResult result = G_CONVERTER_CONVERTED;
    while (length > 0 || (flags && result != G_CONVERTER_FINISHED)) {
        gsize taken;
        gsize made;
        result =
            g_converter_convert(gzip, block, length, out, sizeof out, flags, &taken, &made, error);
        if (result == G_CONVERTER_ERROR)
            return FALSE;
        if (!write_all(to, out, made))
            return fail("gzip", "not written", errno, error);
        block += taken;
        length -= taken;
    }
    return TRUE;
}

/* `size` bytes, all that was there when it was locked. */
static gboolean compress_bytes(int from, gint64 size, int to, GError **error)
{
    g_autoptr(GZlibCompressor) gzip =
        g_zlib_compressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP, GZIP_LEVEL);
    char block[BLOCK];
    gint64 at = 0;
    while (at < size) {
        ssize_t length = pread(from, block, sizeof block, at);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            return fail("gzip", "not read", length < 0 ? errno : EIO, error);
        at += length;
        if (!compress_block(G_CONVERTER(gzip), block, (gsize)length, to, error))
            return FALSE;
    }
    return compress_block(G_CONVERTER(gzip), NULL, 0, to, error);
}

/* To a temporary file first, so that what has the name is always whole. */
static gboolean write_compressed(int from, gint64 size, const char *path, GError **error)
{
    g_autofree char *temporary = g_strconcat(path, ".XXXXXX", NULL);
    int to = g_mkstemp_full(temporary, O_WRONLY | O_CLOEXEC, 0644);
    if (to < 0)
        return fail(path, "cannot be made", errno, error);
    gboolean written = compress_bytes(from, size, to, error);
    if (!written)
        g_prefix_error(error, "%s: ", path);
    if (written && fsync(to) != 0)
        written = fail(path, "not written", errno, error);
    if (close(to) != 0 && written)
        written = fail(path, "not written", errno, error);
    if (written && rename(temporary, path) != 0)
        written = fail(path, "not renamed", errno, error);
    if (!written)
        unlink(temporary);
    return written;
}

/*
 * Under the lock, so that nobody writes to it still, and no other process does the same. An empty
 * one may be a number that is being reserved, and is left alone.
 */
static gboolean compress_open(int fd, const char *plain, const char *compressed, GError **error)
{
    struct stat before;
    struct stat after;
    if (rotate_take_lock(fd, PATIENCE_US) == ROTATE_BUSY)
        return TRUE; /* the next time */
    if (!rotate_has_name(fd, plain) || fstat(fd, &before) != 0 || !S_ISREG(before.st_mode) ||
        before.st_size == 0)
        return TRUE;
    if (!write_compressed(fd, before.st_size, compressed, error))
        return FALSE;
    if (fstat(fd, &after) == 0 && after.st_size == before.st_size)
        unlink(plain);
    return TRUE;
}

static gboolean compress_aside(const struct rotate *file, guint64 number, GError **error)
{
    g_autofree char *plain = rotate_aside_path(file->dir, file->name, number, FALSE);
    g_autofree char *compressed = rotate_aside_path(file->dir, file->name, number, TRUE);
    /* For writing, since NFS locks no other. */
    int fd = open(plain, O_RDWR | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);
    if (fd < 0)
        return errno == ENOENT || fail(plain, "cannot be opened", errno, error);
    gboolean done = compress_open(fd, plain, compressed, error);
    close(fd);
    return done;
}

static void drop_oldest(const struct rotate *file, const GArray *list)
{
    guint keep = file->settings.keep;
    for (guint i = 0; keep > 0 && i + keep < list->len; i++) {
        const struct rotate_aside *aside = &g_array_index(list, struct rotate_aside, i);
        g_autofree char *plain = rotate_aside_path(file->dir, file->name, aside->number, FALSE);
        g_autofree char *compressed = rotate_aside_path(file->dir, file->name, aside->number, TRUE);
        if (aside->plain)
            unlink(plain);
        if (aside->compressed)
            unlink(compressed);
    }
}

gboolean rotate_tidy(struct rotate *file, GError **error)
{
    g_autoptr(GArray) before = rotate_list(file->dir, file->name);
    g_autoptr(GError) first = NULL;
    file->untidy = FALSE;
    drop_oldest(file, before);
    g_autoptr(GArray) list = rotate_list(file->dir, file->name);
    for (guint i = 0; file->settings.compress && i < list->len; i++) {
        const struct rotate_aside *aside = &g_array_index(list, struct rotate_aside, i);
        if (aside->plain)
            compress_aside(file, aside->number, first ? NULL : &first);
    }
    sweep_left_over(file->dir, ".log.gz");
    if (!first)
        return TRUE;
    g_propagate_error(error, g_steal_pointer(&first));
    return FALSE;
}
