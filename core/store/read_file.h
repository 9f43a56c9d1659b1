/*
 * read_file.h - a whole file that others wrote, within a limit.
 */
#ifndef ROOST_STORE_READ_FILE_H
#define ROOST_STORE_READ_FILE_H

#include <glib.h>

/*
 * The bytes of a regular file, with a NUL behind them that *length does not count. NULL and
 * "FILE: ..." when it cannot be read (ROOST_ERROR_FAILED: it may be whole), is no regular file (a
 * pipe would block for ever), or is larger than bytes_most (ROOST_ERROR_INPUT). Blocks on the file
 * system. Free with g_free. Thread: any.
 */
char *read_file(const char *path, gsize bytes_most, gsize *length, GError **error);

#endif
