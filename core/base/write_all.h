/* write_all.h - bytes into a file, all of them. Thread: any. */
#ifndef ROOST_BASE_WRITE_ALL_H
#define ROOST_BASE_WRITE_ALL_H

#include <glib.h>

/*
 * Goes on after signals and short writes; fd must block. FALSE, with errno set, when not all could
 * be written: ENOSPC where the system says no more than that nothing was.
 */
gboolean write_all(int fd, const char *bytes, gsize length);

#endif
