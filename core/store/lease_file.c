/*
 * lease_file.c - a lease in files that every host shares: DIR/Lease, which holds one empty file
 * whose name is the record.
 *
 * Each change is one rename(2) of that file from its old name to its new one. A name is never used
 * twice, so of several who rename one name, one succeeds and the others hear ENOENT from the
 * server, whatever their caches believe: a beat, a take-over and a give-back exclude each other
 * without locks. Renaming needs no room on a full disk, and nothing of what others wrote is opened.
 * A rename that the server carries out late, or twice, finds its old name gone.
 *
 * The first file comes into being with its directory: Lease.new-MARK is made beside, and renamed to
 * Lease, which works only where that is missing or empty. Who holds the lease stands in a file of
 * its own, holder-NUMBER-MARK, that only helps people and consoles.
 *
 * DIR and Lease are opened anew each time: on NFS that has the client ask for their attributes, so
 * that a store which was moved, mounted or emptied meanwhile is noticed.
 */
#include "core/store/lease_kind.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/lease_file_holder.h"
#include "core/store/lease_identity.h"

#define FOLDER       "Lease"
#define ENTRIES_MOST 4096
#define LISTS_MOST   3 /* a list that is read while a name changes may miss both */

struct lease_file {
    char *dir;
    gboolean met;              /* there was a lease here before */
    struct lease_record known; /* whose `identity` is */
    struct lease_identity *identity;
};

/* What is in Lease. */
struct listing {
    gboolean any;
    struct lease_record greatest;
    gboolean any_own; /* of the holding that was asked for */
    struct lease_record own;
    char *oddity; /* owned */
    char *other;  /* a name that is none of ours; owned */
};

static void listing_clear(struct listing *listing)
{
    g_free(listing->oddity);
    g_free(listing->other);
    *listing = (struct listing){0};
}

gpointer lease_file_new(const char *dir)
{
    struct lease_file *file = g_new0(struct lease_file, 1);
    file->dir = g_strdup(dir);
    return file;
}

static void file_free(gpointer keeper)
{
    struct lease_file *file = keeper;
    lease_identity_free(file->identity);
    g_free(file->dir);
    g_free(file);
}

/* errno into a sentence. */
static void fail(const struct lease_file *file, const char *name, int code, GError **error)
{
    g_autofree char *shown = text_escape(name);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s/%s%s%s: %s", file->dir, FOLDER,
                name ? "/" : "", shown,
                code == ELOOP || code == ENOTDIR ? "is no directory; move it out of the way"
                                                 : g_strerror(code));
}

/* --- Looking ---------------------------------------------------------------------------------- */

/* The directory Lease, or -1 with errno. */
static int open_folder(const struct lease_file *file)
{
    int root = open(file->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return -1;
    int fd = openat(root, FOLDER, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int code = errno;
    close(root);
    errno = code;
    return fd;
}

static void list_name(struct listing *listing, const char *name, const struct lease_record *own)
{
    struct lease_record record;
    if (lease_record_parse(name, &record)) {
        if (own && lease_record_same_holder(&record, own) &&
            (!listing->any_own || lease_record_compare(&record, &listing->own) > 0)) {
            listing->own = record;
            listing->any_own = TRUE;
        }
        if (!listing->any || lease_record_compare(&record, &listing->greatest) > 0)
            listing->greatest = record;
        listing->any = TRUE;
        return;
    }
    if (lease_file_is_holder(name) || g_str_has_prefix(name, ".nfs"))
        return;
    if (!listing->other)
        listing->other = g_strdup(name);
    if (!listing->oddity && g_str_has_prefix(name, LEASE_PREFIX))
        listing->oddity = g_strdup(name);
}

static gboolean list_once(int fd, struct listing *listing, const struct lease_record *own)
{
    int again = openat(fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *stream = again < 0 ? NULL : fdopendir(again);
    guint entries = 0;
    if (!stream) {
        if (again >= 0)
            close(again);
        return FALSE;
    }
    errno = 0;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL; errno = 0) {
        if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
            continue;
        if (++entries > ENTRIES_MOST) {
            errno = EFBIG;
            break;
        }
        list_name(listing, entry->d_name, own);
    }
    int code = errno;
    closedir(stream);
    errno = code;
    return code == 0;
}

/* FALSE with errno. `own` may be NULL. */
static gboolean list(int fd, struct listing *listing, const struct lease_record *own)
{
    for (guint i = 0; i < LISTS_MOST; i++) {
        listing_clear(listing);
        if (!list_once(fd, listing, own))
            return FALSE;
        if (listing->any && (!own || listing->any_own))
            break;
    }
    return TRUE;
}

static void note_oddity(const struct lease_file *file, const char *name, const char *what,
                        char **oddity)
{
    g_autofree char *shown = text_escape(name);
    if (!*oddity)
        *oddity = g_strdup_printf("%s/%s/%s: %s", file->dir, FOLDER, shown, what);
}

/* Who that is; read once for each holding. */
static void look_at_holder(struct lease_file *file, int fd, struct lease_found *found)
{
    g_autoptr(GError) error = NULL;
    if (found->record.hold == LEASE_HOLD_SEED)
        return;
    if (!file->identity || !lease_record_same_holder(&file->known, &found->record)) {
        g_clear_pointer(&file->identity, lease_identity_free);
        file->identity = lease_file_read_holder(fd, &found->record, &error);
        file->known = found->record;
    }
    if (file->identity)
        found->identity = lease_identity_copy(file->identity);
    else if (error)
        note_oddity(file, error->message, "who holds the lease is not known", &found->oddity);
}

static gboolean file_look(gpointer keeper, struct lease_found *found, GError **error)
{
    struct lease_file *file = keeper;
    struct listing listing = {0};
    int fd = open_folder(file);
    if (fd < 0 && errno == ENOENT && !file->met)
        return TRUE;
    if (fd < 0 && errno == ENOENT) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "%s/%s was there and is gone: is the store still mounted? If it was removed, "
                    "make it again: mkdir %s/%s",
                    file->dir, FOLDER, file->dir, FOLDER);
        return FALSE;
    }
    gboolean listed = fd >= 0 && list(fd, &listing, NULL);
    if (!listed) {
        fail(file, NULL, errno, error);
    } else {
        found->exists = listing.any;
        found->record = listing.greatest;
        file->met = file->met || listing.any;
        if (listing.oddity)
            note_oddity(file, listing.oddity, "is no lease: not looked at; remove it",
                        &found->oddity);
        if (listing.any)
            look_at_holder(file, fd, found);
    }
    listing_clear(&listing);
    if (fd >= 0)
        close(fd);
    return listed;
}

/* --- Changing --------------------------------------------------------------------------------- */

/* One record for another, if that is still there. 0, or errno. */
static int exchange(int fd, const struct lease_record *from, const struct lease_record *to)
{
    char before[LEASE_NAME_BYTES];
    char after[LEASE_NAME_BYTES];
    lease_record_format(from, before);
    lease_record_format(to, after);
    return renameat(fd, before, fd, after) == 0 ? 0 : errno;
}

/*
 * What became of a rename that failed, or of one that did not: `to` is the last word about it.
 * Others' greater numbers depose it.
 */
static enum lease_outcome judge(struct lease_file *file, int fd, const struct lease_record *to,
                                int code, struct listing *listing, GError **error)
{
    if (!list(fd, listing, to)) {
        fail(file, NULL, errno, error);
        return LEASE_FAILED;
    }
    if (listing->any && listing->greatest.fence > to->fence)
        return LEASE_LOST;
    if (listing->any_own && lease_record_equal(&listing->own, to))
        return LEASE_DONE;
    if (code == 0 || code == ENOENT)
        return LEASE_LOST;
    char name[LEASE_NAME_BYTES];
    lease_record_format(to, name);
    fail(file, name, code, error);
    return LEASE_FAILED;
}

static enum lease_outcome file_take(gpointer keeper, const struct lease_record *from,
                                    const struct lease_record *to,
                                    const struct lease_identity *identity, GError **error)
{
    struct lease_file *file = keeper;
    struct listing listing = {0};
    int fd = open_folder(file);
    if (fd < 0) {
        fail(file, NULL, errno, error);
        return LEASE_FAILED;
    }
    enum lease_outcome outcome = LEASE_FAILED;
    if (lease_file_write_holder(fd, to, identity, error)) {
        int code = exchange(fd, from, to);
        outcome = judge(file, fd, to, code, &listing, error);
    } else {
        g_prefix_error(error, "%s/%s/", file->dir, FOLDER);
    }
    if (outcome == LEASE_DONE) {
        (void)fsync(fd); /* the number must not come back after a power cut */
        lease_file_sweep(file->dir, fd, to);
    } else {
        lease_file_remove_holder(fd, to);
    }
    listing_clear(&listing);
    close(fd);
    return outcome;
}

static enum lease_outcome file_beat(gpointer keeper, struct lease_record *own, enum lease_hold hold,
                                    const struct lease_identity *identity, GError **error)
{
    struct lease_file *file = keeper;
    struct listing listing = {0};
    struct lease_record to = *own;
    int fd = open_folder(file);
    (void)identity; /* its file stays as it is */
    if (fd < 0) {
        fail(file, NULL, errno, error);
        return LEASE_FAILED;
    }
    to.counter++;
    to.hold = hold;
    int code = exchange(fd, own, &to);
    enum lease_outcome outcome = judge(file, fd, &to, code, &listing, error);
    if (outcome == LEASE_LOST && listing.any_own && listing.greatest.fence == own->fence) {
        /* It is ours, at another count: a beat of which no answer came, or a server set back. */
        to.counter = MAX(listing.own.counter, own->counter) + 2;
        code = exchange(fd, &listing.own, &to);
        outcome = judge(file, fd, &to, code, &listing, error);
    }
    if (outcome == LEASE_DONE)
        *own = to;
    listing_clear(&listing);
    close(fd);
    return outcome;
}

/* --- The first one ---------------------------------------------------------------------------- */

/* Lease.new-MARK with a seed in it. */
static gboolean make_new(int root, const char *name, const struct lease_record *seed)
{
    char record[LEASE_NAME_BYTES];
    lease_record_format(seed, record);
    if (mkdirat(root, name, 0777) != 0)
        return FALSE;
    int fd = openat(root, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    int made = fd < 0
                   ? -1
                   : openat(fd, record, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
    int code = errno;
    if (made >= 0)
        close(made);
    if (fd >= 0) {
        (void)fsync(fd);
        close(fd);
    }
    errno = code;
    return made >= 0;
}

/* Why the new directory could not take its place. TRUE when somebody else's has. */
static gboolean explain_seed(struct lease_file *file, int code, GError **error)
{
    struct listing listing = {0};
    int fd = open_folder(file);
    gboolean there = fd >= 0 && list(fd, &listing, NULL) && listing.any;
    if (!there && listing.other)
        fail(file, listing.other, code, error);
    else if (!there)
        fail(file, NULL, code, error);
    if (!there && listing.other)
        g_prefix_error(error, "no lease can be made while something else is there; remove it: ");
    listing_clear(&listing);
    if (fd >= 0)
        close(fd);
    return there;
}

static gboolean file_seed(gpointer keeper, GError **error)
{
    struct lease_file *file = keeper;
    struct lease_record seed = {.hold = LEASE_HOLD_SEED};
    lease_record_new_mark(&seed);
    g_autofree char *name = g_strconcat(LEASE_FILE_NEW_PREFIX, seed.mark, NULL);
    int old = open_folder(file);
    if (old >= 0) {
        /* Without a lease they belong to nobody, and the directory must be empty. */
        lease_file_sweep_holders(old, NULL);
        close(old);
    }
    (void)g_mkdir_with_parents(file->dir, 0777);
    int root = open(file->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    gboolean done =
        root >= 0 && make_new(root, name, &seed) && renameat(root, name, root, FOLDER) == 0;
    int code = errno;
    if (done)
        (void)fsync(root);
    else if (root >= 0)
        lease_file_remove_new(root, name);
    if (root >= 0)
        close(root);
    return done || explain_seed(file, code, error);
}

const struct lease_kind lease_file_kind = {
    .look = file_look,
    .seed = file_seed,
    .take = file_take,
    .beat = file_beat,
    .free = file_free,
};
