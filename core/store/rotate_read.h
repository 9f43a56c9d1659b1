/*
 * rotate_read.h - the lines of a rotated log, those that were put aside and compressed too.
 *
 * Others write to it, and put it aside, meanwhile: what was there at the beginning is read, each
 * line once. Nothing is trusted: lines that are too long are left out, and so is the rest of a file
 * that cannot be read or unpacked, which is told. Blocks on the file system. Thread: any.
 */
#ifndef ROOST_STORE_ROTATE_READ_H
#define ROOST_STORE_ROTATE_READ_H

#include <glib.h>

#include "core/base/cleanup.h"

#define ROTATE_LINE_BYTES_MOST 65536

/* A whole line without its newline; what the lines are of, and FALSE to read no more. */
typedef gboolean (*rotate_line_func)(const char *line, gpointer data);

/*
 * Gives every line, the oldest first. Files that end before `since_us` (of the lines' own time=; 0
 * = from the beginning) may be passed over: there is no need to unpack years for an hour. `notes`
 * (char *, may be NULL) receives what could not be read. FALSE when DIR/NAME.log is there and
 * cannot be opened; nothing at all is an empty log.
 */
gboolean rotate_read(const char *dir, const char *name, gint64 since_us, rotate_line_func func,
                     gpointer data, GPtrArray *notes, GError **error);

/* --- Following what is written ---------------------------------------------------------------- */

struct rotate_follower;

/* Gives all that is there, as rotate_read does, and then knows where that ended. */
struct rotate_follower *rotate_follower_new(const char *dir, const char *name, gint64 since_us,
                                            rotate_line_func func, gpointer data, GPtrArray *notes,
                                            GError **error);
void rotate_follower_free(struct rotate_follower *follower);
AUTOPTR_DEFINE(rotate_follower)

/* Gives the lines that were written since, across rotations. Half a line waits for its end. */
void rotate_follower_read(struct rotate_follower *follower, rotate_line_func func, gpointer data);

#endif
