#include "core/store/lease_file_holder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/write_all.h"
#include "core/store/lease_identity.h"

#define PREFIX       "holder-"
#define NAME_BYTES   (sizeof PREFIX + 20 + 1 + LEASE_MARK_BYTES)
#define ENTRIES_MOST 4096

static void format_name(const struct lease_record *record, char name[NAME_BYTES])
{
    g_snprintf(name, NAME_BYTES, PREFIX "%020" G_GUINT64_FORMAT "-%s", record->fence, record->mark);
}

gboolean lease_file_is_holder(const char *name)
{
    return g_str_has_prefix(name, PREFIX);
}

static gboolean fail(const char *name, const char *reason, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", name, reason);
    return FALSE;
}

gboolean lease_file_write_holder(int folder, const struct lease_record *record,
                                 const struct lease_identity *identity, GError **error)
{
    char name[NAME_BYTES];
    g_autofree char *text = lease_identity_to_text(identity);
    format_name(record, name);
    int fd = openat(folder, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    if (fd < 0)
        return fail(name, g_strerror(errno), error);
    gboolean written = write_all(fd, text, strlen(text)) && fsync(fd) == 0;
    int code = errno;
    if (close(fd) != 0 && written) { /* NFS tells only here that there is no room */
        code = errno;
        written = FALSE;
    }
    return written || fail(name, g_strerror(code), error);
}

/* The length, or -1: not to be read. */
static gssize read_some(int fd, char *text, gsize room, const char **reason)
{
    struct stat status;
    gsize length = 0;
    *reason = "is no regular file";
    if (fstat(fd, &status) != 0 || !S_ISREG(status.st_mode))
        return -1;
    for (ssize_t got = 1; got != 0 && length < room;) {
        got = read(fd, text + length, room - length);
        if (got < 0 && errno != EINTR) {
            *reason = g_strerror(errno);
            return -1;
        }
        length += got > 0 ? (gsize)got : 0;
    }
    *reason = "is too large";
    return length < room ? (gssize)length : -1;
}

struct lease_identity *lease_file_read_holder(int folder, const struct lease_record *record,
                                              GError **error)
{
    char name[NAME_BYTES];
    char text[LEASE_IDENTITY_BYTES_MOST + 1];
    const char *reason = NULL;
    format_name(record, name);
    int fd = openat(folder, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0 && errno == ENOENT) /* it has just changed hands, or somebody has removed it */
        return NULL;
    if (fd < 0) {
        fail(name, errno == ELOOP ? "is no regular file" : g_strerror(errno), error);
        return NULL;
    }
    gssize length = read_some(fd, text, sizeof text, &reason);
    close(fd);
    if (length < 0) {
        fail(name, reason, error);
        return NULL;
    }
    struct lease_identity *identity = lease_identity_from_text(text, (gsize)length, error);
    if (!identity)
        g_prefix_error(error, "%s: ", name);
    return identity;
}

void lease_file_remove_holder(int folder, const struct lease_record *record)
{
    char name[NAME_BYTES];
    format_name(record, name);
    (void)unlinkat(folder, name, 0);
}

/* --- Sweeping --------------------------------------------------------------------------------- */

/* Calls for each name, of which there may be any number. */
static void each_name(int folder, void (*func)(int folder, const char *name, gconstpointer data),
                      gconstpointer data)
{
    int again = openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = again < 0 ? NULL : fdopendir(again);
    if (!stream) {
        if (again >= 0)
            close(again);
        return;
    }
    const struct dirent *entry;
    for (guint i = 0; i < ENTRIES_MOST && (entry = readdir(stream)) != NULL; i++)
        func(folder, entry->d_name, data);
    closedir(stream);
}

/* Names of one length compare as their numbers do. */
static void sweep_holder(int folder, const char *name, gconstpointer data)
{
    const struct lease_record *keep = data;
    char kept[NAME_BYTES] = "";
    if (keep)
        format_name(keep, kept);
    if (!lease_file_is_holder(name) || strcmp(name, kept) == 0)
        return;
    if (!keep || (strlen(name) == strlen(kept) && memcmp(name, kept, strlen(PREFIX) + 20) <= 0))
        (void)unlinkat(folder, name, 0);
}

void lease_file_sweep_holders(int folder, const struct lease_record *keep)
{
    each_name(folder, sweep_holder, keep);
}

static void sweep_record(int folder, const char *name, gconstpointer data)
{
    const struct lease_record *own = data;
    struct lease_record record;
    if (lease_record_parse(name, &record) && record.fence < own->fence)
        (void)unlinkat(folder, name, 0);
}

void lease_file_remove_new(int root, const char *name)
{
    struct lease_record seed = {.hold = LEASE_HOLD_SEED};
    char record[LEASE_NAME_BYTES];
    g_strlcpy(seed.mark, name + strlen(LEASE_FILE_NEW_PREFIX), sizeof seed.mark);
    lease_record_format(&seed, record);
    int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    (void)unlinkat(fd, record, 0);
    close(fd);
    (void)unlinkat(root, name, AT_REMOVEDIR);
}

static void sweep_new(int root, const char *name, gconstpointer data)
{
    (void)data;
    if (g_str_has_prefix(name, LEASE_FILE_NEW_PREFIX))
        lease_file_remove_new(root, name);
}

void lease_file_sweep(const char *dir, int folder, const struct lease_record *own)
{
    lease_file_sweep_holders(folder, own);
    each_name(folder, sweep_record, own);
    int root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return;
    each_name(root, sweep_new, NULL);
    close(root);
}
