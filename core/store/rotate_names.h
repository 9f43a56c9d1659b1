/*
 * rotate_names.h - how the files of a rotated log are called, and which there are. Thread: any.
 */
#ifndef ROOST_STORE_ROTATE_NAMES_H
#define ROOST_STORE_ROTATE_NAMES_H

#include <glib.h>

/* One that was put aside. Both may be there: then a compression was cut short, and plain counts. */
struct rotate_aside {
    guint64 number;
    gboolean plain;
    gboolean compressed;
};

/* DIR/NAME.log. Free with g_free. */
char *rotate_path(const char *dir, const char *name);

/* DIR/NAME-000017.log, or the same .gz. Free with g_free. */
char *rotate_aside_path(const char *dir, const char *name, guint64 number, gboolean compressed);

/* struct rotate_aside, the oldest first; empty when DIR cannot be read. Free it. */
GArray *rotate_list(const char *dir, const char *name);

#endif
