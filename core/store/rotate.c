#include "core/store/rotate.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/clock.h"
#include "core/base/error.h"
#include "core/base/logfmt.h"
#include "core/store/rotate_internal.h"
#include "core/store/rotate_names.h"

#define KIB             1024
#define PATIENCE_US     (2 * G_USEC_PER_SEC) /* whoever writes holds the lock for milliseconds */
#define NAP_FIRST_US    1000
#define NAP_MOST_US     50000
#define TRIES           16
#define RESERVE_TRIES   100
#define FIRST_LINE_MOST 64

void rotate_settings_init(struct rotate_settings *settings)
{
    *settings = (struct rotate_settings){
        .max_kib = 16 * KIB,
        .max_age_us = 31 * 24 * CLOCK_HOUR_US,
        .keep = 24,
        .compress = TRUE,
    };
}

static int open_file(const char *path)
{
    return open(path, O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
}

static gboolean fail(const struct rotate *file, const char *what, int reason, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s: %s", file->path, what,
                g_strerror(reason));
    return FALSE;
}

struct rotate *rotate_open(const char *dir, const char *name,
                           const struct rotate_settings *settings, GError **error)
{
    autoptr(rotate) file = g_new0(struct rotate, 1);
    file->dir = g_strdup(dir);
    file->name = g_strdup(name);
    file->path = rotate_path(dir, name);
    file->untidy = TRUE;
    rotate_settings_init(&file->settings);
    if (settings)
        file->settings = *settings;
    int fd = g_mkdir_with_parents(dir, 0755) == 0 ? open_file(file->path) : -1;
    if (fd < 0) {
        fail(file, "cannot be written", errno, error);
        return NULL;
    }
    close(fd);
    return g_steal_pointer(&file);
}

void rotate_free(struct rotate *file)
{
    if (!file)
        return;
    g_free(file->dir);
    g_free(file->name);
    g_free(file->path);
    g_free(file);
}

gboolean rotate_wants_tidy(struct rotate *file)
{
    gboolean untidy = file->untidy;
    file->untidy = FALSE;
    return untidy;
}

/* --- The lock --------------------------------------------------------------------------------- */

enum rotate_lock rotate_take_lock(int fd, gint64 patience_us)
{
    gint64 until_us = g_get_monotonic_time() + patience_us;
    gulong nap_us = NAP_FIRST_US;
    while (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK && errno != EINTR)
            return ROTATE_LOCKLESS;
        if (g_get_monotonic_time() >= until_us)
            return ROTATE_BUSY;
        g_usleep(nap_us);
        nap_us = MIN(nap_us * 2, NAP_MOST_US);
    }
    return ROTATE_LOCKED;
}

/* An open asks the server; a stat may be answered from what an NFS client remembers. */
gboolean rotate_has_name(int fd, const char *path)
{
    struct stat ours;
    struct stat there;
    int other = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    if (other < 0)
        return FALSE;
    gboolean same = fstat(fd, &ours) == 0 && fstat(other, &there) == 0 &&
                    ours.st_ino == there.st_ino && ours.st_dev == there.st_dev;
    /* flock belongs to the open file: closing another one of it does not give it up. */
    close(other);
    return same;
}

/* --- Putting aside ---------------------------------------------------------------------------- */

static gint64 first_time_us(int fd)
{
    char head[FIRST_LINE_MOST + 1];
    ssize_t length = pread(fd, head, FIRST_LINE_MOST, 0);
    if (length <= 0)
        return -1;
    head[length] = '\0';
    return logfmt_line_time_us(head);
}

static gboolean is_due(const struct rotate *file, int fd, gint64 size, const char *lines)
{
    const struct rotate_settings *settings = &file->settings;
    if (size == 0)
        return FALSE;
    if (settings->max_kib > 0 && (guint64)size + strlen(lines) > settings->max_kib * KIB)
        return TRUE;
    gint64 first_us = settings->max_age_us > 0 ? first_time_us(fd) : -1;
    gint64 now_us = logfmt_line_time_us(lines);
    return first_us >= 0 && now_us >= 0 && now_us - first_us > settings->max_age_us;
}

/* A number of our own, which is greater than all: its file, empty. NULL when it cannot be made. */
static char *reserve(const struct rotate *file)
{
    g_autoptr(GArray) list = rotate_list(file->dir, file->name);
    guint64 number = 0;
    if (list->len > 0)
        number = g_array_index(list, struct rotate_aside, list->len - 1).number;
    for (guint i = 0; i < RESERVE_TRIES; i++) {
        g_autofree char *path = rotate_aside_path(file->dir, file->name, ++number, FALSE);
        int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
        if (fd >= 0) {
            close(fd);
            return g_steal_pointer(&path);
        }
        if (errno != EEXIST)
            return NULL;
    }
    return NULL;
}

/* FALSE when it stays where it is: then it goes on growing, and is tried again. */
static gboolean put_aside(struct rotate *file)
{
    g_autofree char *aside = reserve(file);
    if (!aside)
        return FALSE;
    if (rename(file->path, aside) != 0) {
        unlink(aside);
        return FALSE;
    }
    file->untidy = TRUE;
    return TRUE;
}

/* --- Appending -------------------------------------------------------------------------------- */

static ssize_t write_once(int fd, const char *bytes, gsize length)
{
    ssize_t written;
    do {
        written = write(fd, bytes, length);
    } while (written < 0 && errno == EINTR);
    return written;
}

/* TRUE when the last line does not end: of one who was killed, or met a full disk. */
static gboolean is_torn(int fd, gint64 size)
{
    char last;
    return size > 0 && pread(fd, &last, 1, size - 1) == 1 && last != '\n';
}

/* Part of the lines is there: take it back, or at least end it so that the next ones are whole. */
static void take_back(int fd, gint64 size, ssize_t written)
{
    struct stat now;
    if (fstat(fd, &now) == 0 && now.st_size == size + written && ftruncate(fd, size) == 0)
        return;
    (void)!write_once(fd, "\n", 1);
}

static gboolean write_lines(const struct rotate *file, int fd, const struct stat *status,
                            const char *lines, GError **error)
{
    gint64 size = S_ISREG(status->st_mode) ? status->st_size : 0;
    g_autofree char *text = is_torn(fd, size) ? g_strconcat("\n", lines, NULL) : g_strdup(lines);
    gsize length = strlen(text);
    ssize_t written = write_once(fd, text, length);
    if (written == (ssize_t)length)
        return TRUE;
    int reason = written < 0 ? errno : ENOSPC;
    if (written > 0)
        take_back(fd, size, written);
    return fail(file, "a line was not written", reason, error);
}

/* Gone since, so that perhaps nobody reads it again: only without a lock can that be. */
static gboolean is_gone(int fd)
{
    struct stat status;
    return fstat(fd, &status) != 0 || status.st_nlink == 0;
}

enum outcome {
    OUTCOME_DONE,
    OUTCOME_FAILED,
    OUTCOME_AGAIN, /* the file was put aside meanwhile */
};

static enum outcome append_to(struct rotate *file, int fd, const char *lines, gboolean may_rotate,
                              GError **error)
{
    struct stat status;
    if (fstat(fd, &status) == 0 && !S_ISREG(status.st_mode))
        return write_lines(file, fd, &status, lines, error) ? OUTCOME_DONE : OUTCOME_FAILED;
    enum rotate_lock lock = rotate_take_lock(fd, PATIENCE_US);
    if (!rotate_has_name(fd, file->path))
        return OUTCOME_AGAIN;
    if (fstat(fd, &status) != 0) {
        fail(file, "cannot be looked at", errno, error);
        return OUTCOME_FAILED;
    }
    gboolean due = may_rotate && lock != ROTATE_BUSY && is_due(file, fd, status.st_size, lines);
    if (due && put_aside(file))
        return OUTCOME_AGAIN;
    if (!write_lines(file, fd, &status, lines, error))
        return OUTCOME_FAILED;
    return lock != ROTATE_LOCKED && is_gone(fd) ? OUTCOME_AGAIN : OUTCOME_DONE;
}

gboolean rotate_append(struct rotate *file, const char *lines, GError **error)
{
    for (guint i = 0; i < TRIES; i++) {
        int fd = open_file(file->path);
        if (fd < 0 && errno == ENOENT && g_mkdir_with_parents(file->dir, 0755) == 0)
            fd = open_file(file->path);
        if (fd < 0)
            return fail(file, "cannot be written", errno, error);
        enum outcome outcome = append_to(file, fd, lines, i < TRIES / 2, error);
        /* NFS tells only now that the disk of its server is full. */
        if (close(fd) != 0 && outcome == OUTCOME_DONE)
            return fail(file, "a line was not written", errno, error);
        if (outcome != OUTCOME_AGAIN)
            return outcome == OUTCOME_DONE;
    }
    return fail(file, "a line was not written", EAGAIN, error);
}
