/*
 * shared_dir.h - files that several machines exchange through one directory.
 *
 * A file comes into being whole, by a rename; what is in it need not outlive a crash of the file
 * server, so nothing is synchronised. On NFS a client may believe for half a minute that it knows
 * what a directory holds: shared_dir_look_afresh makes it ask. All of it blocks. Thread: any.
 */
#ifndef ROOST_MANAGER_SHARED_DIR_H
#define ROOST_MANAGER_SHARED_DIR_H

#include <glib.h>

#define SHARED_DIR        "Manager"
#define SHARED_STATE_FILE "state.xml"
#define SHARED_ORDERS     "orders"
#define SHARED_TAKEN      "taken"
#define SHARED_ANSWERS    "answers"

/* A path below the store's SHARED_DIR; name may be NULL. Free with g_free. */
char *shared_path(const char *store, const char *place, const char *name);

/* Makes the directory for those who may write to the store. FALSE and "DIR: ..." when it fails. */
gboolean shared_dir_make(const char *path, GError **error);

/* Puts a file there whole, in the place of one that may be there. */
gboolean shared_file_put(const char *path, const char *text, gsize length, GError **error);

/*
 * Reads a regular file (never through a link) of at most bytes_most. NULL without an error when
 * there is none. *owner and *mark, which differs for each file that was put there, may be NULL.
 */
struct file_mark {
    guint64 device;
    guint64 inode;
    gint64 changed_ns;
    gint64 size;
};
char *shared_file_get(const char *path, gsize bytes_most, gsize *length, guint *owner,
                      struct file_mark *mark, GError **error);

/* TRUE when the file there is the one that has the mark: then it need not be read again. */
gboolean shared_file_is(const char *path, const struct file_mark *mark);

void shared_dir_look_afresh(const char *path);

/* Names of files there that end with ".xml", sorted; char *. Empty when there is no directory. */
GPtrArray *shared_dir_list(const char *path, guint most);

/* Removes what was left there an hour ago or longer. */
void shared_dir_sweep(const char *path);

#endif
