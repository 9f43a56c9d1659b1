/*
 * key_lines.h - where each key of a GKeyFile stands: GLib tells no line numbers, and an operator
 * needs them. Private to core/store. Thread: any.
 */
#ifndef ROOST_STORE_KEY_LINES_H
#define ROOST_STORE_KEY_LINES_H

#include <glib.h>

/* One key, in the order of the file. Groups without keys have one with key NULL. */
struct key_line {
    char *group;
    char *key;
    guint line;
};

/*
 * The keys of a GKeyFile. NULL and "PATH:LINE: ..." when a line is no group, key or comment, or
 * not UTF-8. Free with g_ptr_array_unref.
 */
GPtrArray *key_lines_scan(const char *path, const char *text, gsize length, GError **error);

#endif
