/* rotate_lines.h - bytes taken apart into lines. Private to core/store. Thread: any. */
#ifndef ROOST_STORE_ROTATE_LINES_H
#define ROOST_STORE_ROTATE_LINES_H

#include <glib.h>

#include "core/store/rotate_read.h"

struct rotate_lines {
    GString *part;     /* of a line whose end has not come yet */
    gboolean too_long; /* that line is left out */
    gboolean stopped;  /* func wants no more */
    guint left_out;
};

void rotate_lines_init(struct rotate_lines *lines);
void rotate_lines_clear(struct rotate_lines *lines);

/* Gives each line that ends in these bytes. */
void rotate_lines_take(struct rotate_lines *lines, const char *bytes, gsize length,
                       rotate_line_func func, gpointer data);

/* Gives what is left at the end of a file: somebody was killed before its newline. */
void rotate_lines_end(struct rotate_lines *lines, rotate_line_func func, gpointer data);

#endif
