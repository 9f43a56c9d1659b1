/*
 * replace_file.h - a file that is replaced whole or not at all, also by a program that is killed, a
 * disk that is full and a file server that goes away. Private to core/store. Thread: any.
 */
#ifndef ROOST_STORE_REPLACE_FILE_H
#define ROOST_STORE_REPLACE_FILE_H

#include <glib.h>
#include <sys/stat.h>

/* Asked once the new text is safe on disk, right before it takes the old one's place: FALSE with
 * the reason, and the old one stays. */
typedef gboolean (*replace_ask_func)(gpointer data, GError **error);

/*
 * Writes text to a temporary file beside path (mode as of open), fsync, asks (`ask` may be NULL),
 * rename, fsync of the directory. Through a link, not over it. *now (may be NULL) receives what
 * stat says of the new file. FALSE and ROOST_ERROR_FAILED, "FILE: not written: ...", or what ask
 * said, with the old file as it was. Blocks on the file system.
 */
gboolean replace_file(const char *path, const char *text, int mode, replace_ask_func ask,
                      gpointer data, struct stat *now, GError **error);

/*
 * Gives a damaged file, or one of which something is about to be lost, a second name beside it:
 * PATH.WORD-DATE, or PATH.WORD-DATE-2... By a hard link, so that path itself is never missing;
 * where there are none by a copy, and what is too large for one, or no file, is moved. NULL with
 * the reason; else the new name, to be freed with g_free. Blocks.
 */
char *file_put_aside(const char *path, const char *word, gint64 wall_us, gsize bytes_most,
                     GError **error);

#endif
