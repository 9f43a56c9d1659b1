/*
 * rotate.h - a text file that several processes append lines to, on several machines perhaps, and
 * that is put aside when it is big or old: NAME.log, and before it NAME-000001.log and on, which
 * are compressed to NAME-000001.log.gz.
 *
 * No line is lost, torn or written twice: whoever writes opens the file anew, locks it (flock,
 * which NFS carries to its server), makes sure that it still has its name, and writes; what was
 * written in part is taken back. Whoever finds it due under that lock renames it, to a number that
 * was reserved first. So two can rotate at once, and one that is killed leaves at worst an empty
 * number. Where locks do not work, or whoever holds one hangs (SIGSTOP), O_APPEND and the single
 * write(2) must do. A compressed file is whole before the plain one goes.
 *
 * Age is told by the lines' own time=, never by the stamps of a file server.
 * Blocks on the file system. Thread: any, one at a time for each struct.
 */
#ifndef ROOST_STORE_ROTATE_H
#define ROOST_STORE_ROTATE_H

#include <glib.h>

#include "core/base/cleanup.h"

struct rotate_settings {
    guint64 max_kib;   /* put aside before it grows beyond; 0 = however big. 16 MiB */
    gint64 max_age_us; /* or when its first line is older; 0 = however old. 31 days */
    guint keep;        /* how many are kept aside; 0 = all. 24 */
    gboolean compress; /* those. TRUE */
};
void rotate_settings_init(struct rotate_settings *settings);

struct rotate;

/* Of DIR/NAME.log, which is made, and DIR with it. settings is copied; NULL = the defaults. */
struct rotate *rotate_open(const char *dir, const char *name,
                           const struct rotate_settings *settings, GError **error);
void rotate_free(struct rotate *file);
AUTOPTR_DEFINE(rotate)

/*
 * Appends whole lines: `lines` ends with a newline. FALSE when they could not be written (disk
 * full): then none of them is there, but where that could not be helped, and they may be written
 * again later.
 */
gboolean rotate_append(struct rotate *file, const char *lines, GError **error);

/* TRUE once after each rotation by this struct, and at first: rotate_tidy has something to do. */
gboolean rotate_wants_tidy(struct rotate *file);

/*
 * Compresses what was put aside, drops what is too much of it, and what a process that was killed
 * left. May take a while. FALSE with the first thing that failed; the rest was done.
 */
gboolean rotate_tidy(struct rotate *file, GError **error);

#endif
