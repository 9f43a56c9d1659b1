/*
 * read_line.h - lines of standard input that is no terminal to be edited on. Thread: main.
 */
#ifndef ROOST_COMMAND_READ_LINE_H
#define ROOST_COMMAND_READ_LINE_H

#include <glib.h>

/*
 * A line, without its newline, byte by byte, so that what follows is left for a verb that reads it
 * (--file -). Iterates the main context while it is slow to come, and gives up when *stop becomes
 * TRUE (and the context is woken). NULL at the end; NULL and an error (ROOST_ERROR_CANCELLED:
 * *stop) when it cannot be read. Free with g_free.
 */
char *read_line_stdin(const gboolean *stop, GError **error);

#endif
