#include "core/command/doctor_disks.h"

#include <string.h>

#define SETTLED_S      120   /* a file changed longer ago than this does not change now */
#define COPIES_APART_S 86400 /* one file has one time, but for what file servers keep back */

/* --- One file or two --- */

struct identity {
    gboolean block;
    guint64 inode;
    guint64 size;
    guint64 mtime_s;
};

static gboolean read_identity(const char *text, struct identity *identity)
{
    g_auto(GStrv) words = g_strsplit(text, " ", 3);

    memset(identity, 0, sizeof *identity);
    if (g_strv_length(words) != 3)
        return FALSE;
    identity->block = strcmp(words[0], "block") == 0;
    if (!identity->block &&
        !g_ascii_string_to_unsigned(words[0], 10, 0, G_MAXUINT64, &identity->inode, NULL))
        return FALSE;
    return g_ascii_string_to_unsigned(words[1], 10, 0, G_MAXUINT64, &identity->size, NULL) &&
           g_ascii_string_to_unsigned(words[2], 10, 0, G_MAXUINT64, &identity->mtime_s, NULL);
}

/*
 * A disk that is written to grows, and is asked about at different moments, through file servers
 * that tell sizes and times late: then its inode speaks for it.
 */
gboolean doctor_same_file(const char *one, const char *other)
{
    struct identity a;
    struct identity b;
    guint64 now_s = (guint64)(g_get_real_time() / G_USEC_PER_SEC);

    if (strcmp(one, other) == 0)
        return TRUE;
    if (!read_identity(one, &a) || !read_identity(other, &b) || a.block != b.block)
        return FALSE;
    if (a.block || a.inode != b.inode)
        return a.block && a.size == b.size;
    guint64 newer_s = MAX(a.mtime_s, b.mtime_s);
    guint64 apart_s = newer_s - MIN(a.mtime_s, b.mtime_s);
    gboolean settled = now_s > newer_s && now_s - newer_s > SETTLED_S;
    return settled ? a.size == b.size && apart_s < COPIES_APART_S : apart_s < COPIES_APART_S;
}

/* --- How to share --- */

/* "SOURCE TYPE MOUNTPOINT" of a directory; NULL when not told. Free with g_strfreev. */
static char **mount_of(const struct check_report *report, const char *directory)
{
    const char *text = report ? g_hash_table_lookup(report->mounts, directory) : NULL;
    char **words = text ? g_strsplit(text, " ", 3) : NULL;

    if (words && g_strv_length(words) == 3)
        return words;
    g_strfreev(words);
    return NULL;
}

static gboolean is_remote(const char *source)
{
    return strchr(source, ':') || g_str_has_prefix(source, "//");
}

/* Something was mounted over what the other host sees there. */
static gboolean is_covered(char **mine, char **theirs)
{
    return strlen(mine[2]) > strlen(theirs[2]) ||
           (strcmp(mine[1], "tmpfs") == 0 && strcmp(theirs[1], "tmpfs") != 0);
}

char *doctor_mend_share(const struct check_report *report, const struct check_report *seer,
                        const char *directory)
{
    g_auto(GStrv) mine = mount_of(report, directory);
    g_auto(GStrv) theirs = mount_of(seer, directory);
    g_autofree char *command = NULL;

    if (mine && theirs && is_covered(mine, theirs)) {
        g_autofree char *quoted = g_shell_quote(mine[2]);

        command =
            g_strdup_printf("umount %s", strpbrk(mine[2], " '\"\\$&;|<>*?()") ? quoted : mine[2]);
    } else if (theirs && is_remote(theirs[0])) {
        g_autofree char *source = g_shell_quote(theirs[0]);
        g_autofree char *target = g_shell_quote(theirs[2]);

        command = g_strdup_printf("mount -t %s %s %s", theirs[1], source, target);
    }
    if (command)
        return check_report_command(report, command);
    return g_strdup_printf("# make %s one directory for all hosts, by NFS or the like", directory);
}

/* --- Comparing --- */

/* What is wrong with the disks of one host. */
struct complaint {
    guint disks; /* of which it is told */
    char *first; /* a phrase about the first of them */
    char *mend;
};

static void complain(struct complaint *complaint, char *phrase_take, char *mend_take)
{
    complaint->disks++;
    if (complaint->first) {
        g_free(phrase_take);
        g_free(mend_take);
        return;
    }
    complaint->first = phrase_take;
    complaint->mend = mend_take;
}

struct comparison {
    struct patient *patients;
    guint count;
    struct complaint *complaints; /* one for each patient */
    guint compared;
};

/* What was not looked for is not missing. */
static gboolean can_see(const struct patient *patient)
{
    return patient->looked_twice && patient->report->told_files;
}

/* Whose disk it is: the first that runs its VM and sees the file. */
static const struct patient *find_owner(const struct comparison *all, const char *path)
{
    for (guint i = 0; i < all->count; i++) {
        const struct patient *patient = &all->patients[i];

        if (can_see(patient) && g_hash_table_contains(patient->report->disks, path) &&
            g_hash_table_contains(patient->report->files, path))
            return patient;
    }
    return NULL;
}

static gboolean agrees(const struct patient *patient, const struct patient *owner, const char *path)
{
    const char *mine = g_hash_table_lookup(patient->report->files, path);
    const char *owners = g_hash_table_lookup(owner->report->files, path);

    return mine && doctor_same_file(mine, owners);
}

static void complain_of_others(struct comparison *all, const struct patient *owner,
                               const char *path)
{
    g_autofree char *directory = g_path_get_dirname(path);
    const char *vm = g_hash_table_lookup(owner->report->disks, path);

    for (guint i = 0; i < all->count; i++) {
        const struct patient *patient = &all->patients[i];

        if (!can_see(patient) || agrees(patient, owner, path))
            continue;
        gboolean there = g_hash_table_contains(patient->report->files, path);
        complain(&all->complaints[i],
                 g_strdup_printf("%s (vm %s) is %s", path, vm,
                                 there ? "another file than on its host" : "not there"),
                 doctor_mend_share(patient->report, owner->report, directory));
    }
}

static void compare_disk(struct comparison *all, const char *path)
{
    const struct patient *owner = find_owner(all, path);
    guint others = 0;
    guint agreeing = 0;

    for (guint i = 0; owner && i < all->count; i++) {
        if (!can_see(&all->patients[i]) || &all->patients[i] == owner)
            continue;
        others++;
        agreeing += agrees(&all->patients[i], owner, path);
    }
    all->compared += others > 0;
    if (agreeing == others)
        return;
    if (agreeing > 0 || others == 1) {
        complain_of_others(all, owner, path);
        return;
    }
    g_autofree char *directory = g_path_get_dirname(path);
    complain(&all->complaints[owner - all->patients],
             g_strdup_printf("%s (vm %s) is on this host only", path,
                             (const char *)g_hash_table_lookup(owner->report->disks, path)),
             g_strdup_printf("# put it into a directory that all hosts share, in place of %s",
                             directory));
}

static void tell(const struct comparison *all, guint i)
{
    struct complaint *complaint = &all->complaints[i];
    struct check_report *report = all->patients[i].report;

    if (!all->patients[i].looked_twice || all->compared == 0)
        return;
    if (!report->told_files)
        check_report_add(report, CHECK_DISKS, CHECK_WRONG, "# is its file server there?",
                         "looking for the disks of VMs gets no answer");
    else if (complaint->disks == 0)
        check_report_add(report, CHECK_DISKS, CHECK_RIGHT, NULL,
                         "%u disk%s of VMs are the same files here", all->compared,
                         all->compared == 1 ? "" : "s");
    else if (complaint->disks == 1)
        check_report_add(report, CHECK_DISKS, CHECK_WRONG, complaint->mend, "%s", complaint->first);
    else
        check_report_add(report, CHECK_DISKS, CHECK_WRONG, complaint->mend, "%s, and so %u more",
                         complaint->first, complaint->disks - 1);
}

void doctor_compare_disks(struct patient *patients, guint count)
{
    g_autofree struct complaint *complaints = g_new0(struct complaint, count);
    struct comparison all = {patients, count, complaints, 0};
    g_autofree const char **paths = doctor_choose_files(patients, count);

    for (guint i = 0; paths[i]; i++)
        compare_disk(&all, paths[i]);
    for (guint i = 0; i < count; i++) {
        tell(&all, i);
        g_free(complaints[i].first);
        g_free(complaints[i].mend);
    }
}

static gint compare_paths(gconstpointer a, gconstpointer b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char **doctor_choose_files(const struct patient *patients, guint count)
{
    g_autoptr(GHashTable) seen = g_hash_table_new(g_str_hash, g_str_equal);
    GPtrArray *paths = g_ptr_array_new();

    for (guint i = 0; i < count; i++) {
        GHashTableIter iter;
        gpointer path;

        if (!patients[i].report)
            continue;
        g_hash_table_iter_init(&iter, patients[i].report->disks);
        while (g_hash_table_iter_next(&iter, &path, NULL))
            if (g_hash_table_add(seen, path))
                g_ptr_array_add(paths, path);
    }
    g_ptr_array_sort(paths, compare_paths);
    g_ptr_array_add(paths, NULL);
    return (const char **)g_ptr_array_free(paths, FALSE);
}
