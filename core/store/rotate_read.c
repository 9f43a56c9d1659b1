#include "core/store/rotate_read.h"

#include <errno.h>
#include <fcntl.h>
#include <gio/gio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/logfmt.h"
#include "core/store/rotate_lines.h"
#include "core/store/rotate_names.h"

#define BLOCK 65536

/* Clocks of several machines write to one file. */
#define CLOCKS_DIFFER_US CLOCK_HOUR_US

struct reading {
    const char *dir;
    const char *name;
    rotate_line_func func;
    gpointer data;
    GPtrArray *notes;
    struct rotate_lines lines;
};

static void note(const struct reading *reading, const char *path, const char *what)
{
    if (reading->notes)
        g_ptr_array_add(reading->notes, g_strdup_printf("%s: %s", path, what));
}

static int open_plain(const char *path)
{
    return open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
}

static gboolean is_same_file(int a, int b)
{
    struct stat left;
    struct stat right;
    return fstat(a, &left) == 0 && fstat(b, &right) == 0 && left.st_ino == right.st_ino &&
           left.st_dev == right.st_dev;
}

static gboolean is_regular(int fd)
{
    struct stat status;
    return fstat(fd, &status) == 0 && S_ISREG(status.st_mode);
}

/* --- One file --------------------------------------------------------------------------------- */

static void read_plain(struct reading *reading, int fd, const char *path)
{
    char block[BLOCK];
    ssize_t length = 0;
    if (!is_regular(fd)) {
        note(reading, path, "is no regular file: left out");
        return;
    }
    while (!reading->lines.stopped) {
        length = read(fd, block, sizeof block);
        if (length < 0 && errno == EINTR)
            continue;
        if (length <= 0)
            break;
        rotate_lines_take(&reading->lines, block, (gsize)length, reading->func, reading->data);
    }
    if (length < 0)
        note(reading, path, g_strerror(errno));
}

static void read_compressed(struct reading *reading, const char *path)
{
    g_autoptr(GFile) file = g_file_new_for_path(path);
    g_autoptr(GError) error = NULL;
    g_autoptr(GFileInputStream) raw = g_file_read(file, NULL, &error);
    if (!raw) {
        note(reading, path, error->message);
        return;
    }
    g_autoptr(GZlibDecompressor) gunzip = g_zlib_decompressor_new(G_ZLIB_COMPRESSOR_FORMAT_GZIP);
    g_autoptr(GInputStream) stream =
        g_converter_input_stream_new(G_INPUT_STREAM(raw), G_CONVERTER(gunzip));
    char block[BLOCK];
    gssize length = 0;
    while (!reading->lines.stopped &&
           (length = g_input_stream_read(stream, block, sizeof block, NULL, &error)) > 0)
        rotate_lines_take(&reading->lines, block, (gsize)length, reading->func, reading->data);
    if (length < 0) {
        g_autofree char *what =
            g_strdup_printf("is damaged, and the rest of it left out: %s", error->message);
        note(reading, path, what);
    }
}

static void end_file(struct reading *reading, const char *path)
{
    rotate_lines_end(&reading->lines, reading->func, reading->data);
    if (reading->lines.left_out > 0)
        note(reading, path, "has lines that are too long: they are left out");
    reading->lines.left_out = 0;
}

/*
 * The plain one first: it may hold what came after a compression that was cut short. FALSE when it
 * is the present file, put aside since that was opened: nothing is read.
 */
static gboolean read_aside(struct reading *reading, const struct rotate_aside *aside, int current)
{
    g_autofree char *plain = rotate_aside_path(reading->dir, reading->name, aside->number, FALSE);
    g_autofree char *packed = rotate_aside_path(reading->dir, reading->name, aside->number, TRUE);
    int fd = aside->plain ? open_plain(plain) : -1;
    if (fd >= 0 && current >= 0 && is_same_file(fd, current)) {
        close(fd);
        return FALSE;
    }
    if (fd >= 0)
        read_plain(reading, fd, plain);
    else if (aside->plain && errno != ENOENT)
        note(reading, plain, g_strerror(errno));
    else
        read_compressed(reading, packed);
    if (fd >= 0)
        close(fd);
    end_file(reading, fd >= 0 ? plain : packed);
    return TRUE;
}

/* --- All of them ------------------------------------------------------------------------------ */

static gboolean take_first(const char *line, gpointer data)
{
    gint64 *time_us = data;
    *time_us = logfmt_line_time_us(line);
    return *time_us < 0; /* a damaged line says nothing: the next */
}

/* G_MAXINT64 when it has none. */
static gint64 first_time_us(const struct reading *reading, const struct rotate_aside *aside)
{
    gint64 time_us = -1;
    struct reading first = {.dir = reading->dir, .name = reading->name};
    first.func = take_first;
    first.data = &time_us;
    rotate_lines_init(&first.lines);
    read_aside(&first, aside, -1);
    rotate_lines_clear(&first.lines);
    return time_us < 0 ? G_MAXINT64 : time_us;
}

/* From the newest back: the one that begins before `since_us` is the first of interest. */
static guint find_first(const struct reading *reading, const GArray *list, gint64 since_us)
{
    guint i = since_us > 0 ? list->len : 0;
    while (i > 0) {
        i--;
        if (first_time_us(reading, &g_array_index(list, struct rotate_aside, i)) <
            since_us - CLOCKS_DIFFER_US)
            break;
    }
    return i;
}

/*
 * Reads all that is there. Gives the present file, opened and read to its end (-1 = there is none),
 * and the number of the newest that was put aside before it.
 */
static gboolean read_present(struct reading *reading, gint64 since_us, int *current,
                             guint64 *newest, GError **error)
{
    g_autofree char *path = rotate_path(reading->dir, reading->name);
    *current = open_plain(path);
    if (*current < 0 && errno != ENOENT) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be read: %s", path,
                    g_strerror(errno));
        return FALSE;
    }
    /* Listed after it was opened: what is put aside in between is known by being the same file. */
    g_autoptr(GArray) list = rotate_list(reading->dir, reading->name);
    for (guint i = find_first(reading, list, since_us); i < list->len; i++) {
        const struct rotate_aside *aside = &g_array_index(list, struct rotate_aside, i);
        if (reading->lines.stopped || !read_aside(reading, aside, *current))
            break;
        *newest = aside->number;
    }
    if (*current >= 0) {
        read_plain(reading, *current, path);
        end_file(reading, path);
    }
    return TRUE;
}

gboolean rotate_read(const char *dir, const char *name, gint64 since_us, rotate_line_func func,
                     gpointer data, GPtrArray *notes, GError **error)
{
    struct reading reading = {.dir = dir, .name = name, .func = func, .data = data, .notes = notes};
    guint64 newest = 0;
    int current;
    rotate_lines_init(&reading.lines);
    gboolean read = read_present(&reading, since_us, &current, &newest, error);
    if (current >= 0)
        close(current);
    rotate_lines_clear(&reading.lines);
    return read;
}

/* --- Following -------------------------------------------------------------------------------- */

struct rotate_follower {
    char *dir;
    char *name;
    char *path;
    int fd;         /* of the file that is read; -1 = there was none */
    guint64 number; /* of the newest that was put aside when it was opened */
    struct rotate_lines lines;
};

struct rotate_follower *rotate_follower_new(const char *dir, const char *name, gint64 since_us,
                                            rotate_line_func func, gpointer data, GPtrArray *notes,
                                            GError **error)
{
    autoptr(rotate_follower) follower = g_new0(struct rotate_follower, 1);
    struct reading reading = {.dir = dir, .name = name, .func = func, .data = data, .notes = notes};
    follower->dir = g_strdup(dir);
    follower->name = g_strdup(name);
    follower->path = rotate_path(dir, name);
    rotate_lines_init(&reading.lines);
    gboolean read = read_present(&reading, since_us, &follower->fd, &follower->number, error);
    follower->lines = reading.lines;
    return read ? g_steal_pointer(&follower) : NULL;
}

void rotate_follower_free(struct rotate_follower *follower)
{
    if (!follower)
        return;
    if (follower->fd >= 0)
        close(follower->fd);
    rotate_lines_clear(&follower->lines);
    g_free(follower->dir);
    g_free(follower->name);
    g_free(follower->path);
    g_free(follower);
}

/*
 * TRUE when it is the file that the follower has read to its end. One that was compressed since
 * cannot be told by its inode: but it is the first of them that is not empty.
 */
static gboolean is_own(const struct rotate_follower *follower, const struct rotate_aside *aside)
{
    g_autofree char *path = rotate_aside_path(follower->dir, follower->name, aside->number, FALSE);
    int fd = aside->plain ? open_plain(path) : -1;
    gboolean own = fd < 0 || is_same_file(fd, follower->fd);
    if (fd >= 0)
        close(fd);
    return own;
}

/* Those between the one that was read and the present one, when it was put aside more than once. */
static void read_between(struct rotate_follower *follower, struct reading *reading, int current)
{
    g_autoptr(GArray) list = rotate_list(follower->dir, follower->name);
    gboolean own_comes = follower->fd >= 0;
    for (guint i = 0; i < list->len; i++) {
        const struct rotate_aside *aside = &g_array_index(list, struct rotate_aside, i);
        if (aside->number <= follower->number)
            continue;
        if (own_comes && is_own(follower, aside))
            own_comes = FALSE;
        else
            read_aside(reading, aside, current);
        follower->number = aside->number;
    }
}

void rotate_follower_read(struct rotate_follower *follower, rotate_line_func func, gpointer data)
{
    struct reading reading = {.dir = follower->dir, .name = follower->name};
    reading.func = func;
    reading.data = data;
    reading.lines = follower->lines;
    /* Opened first: what is written to the old one until its new name shows is read below. */
    int current = open_plain(follower->path);
    if (follower->fd >= 0)
        read_plain(&reading, follower->fd, follower->path);
    if (current >= 0 && (follower->fd < 0 || !is_same_file(current, follower->fd))) {
        rotate_lines_end(&reading.lines, func, data);
        read_between(follower, &reading, current);
        read_plain(&reading, current, follower->path);
        if (follower->fd >= 0)
            close(follower->fd);
        follower->fd = current;
        current = -1;
    }
    if (current >= 0)
        close(current);
    follower->lines = reading.lines;
}
