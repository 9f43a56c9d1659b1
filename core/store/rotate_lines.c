#include "core/store/rotate_lines.h"

#include <string.h>

void rotate_lines_init(struct rotate_lines *lines)
{
    *lines = (struct rotate_lines){.part = g_string_new(NULL)};
}

void rotate_lines_clear(struct rotate_lines *lines)
{
    g_string_free(lines->part, TRUE);
}

/* A machine that lost its power may leave zeroes where a line should be. */
static void give(struct rotate_lines *lines, rotate_line_func func, gpointer data)
{
    if (lines->too_long)
        lines->left_out++;
    for (gsize i = 0; i < lines->part->len; i++) {
        if (lines->part->str[i] == '\0')
            lines->part->str[i] = '?';
    }
    if (lines->part->len > 0 && !lines->too_long && !lines->stopped)
        lines->stopped = !func(lines->part->str, data);
    g_string_truncate(lines->part, 0);
    lines->too_long = FALSE;
}

static void add(struct rotate_lines *lines, const char *bytes, gsize length)
{
    if (lines->too_long || lines->part->len + length > ROTATE_LINE_BYTES_MOST)
        lines->too_long = TRUE;
    else
        g_string_append_len(lines->part, bytes, (gssize)length);
}

void rotate_lines_take(struct rotate_lines *lines, const char *bytes, gsize length,
                       rotate_line_func func, gpointer data)
{
    const char *end = bytes + length;
    while (bytes < end && !lines->stopped) {
        const char *newline = memchr(bytes, '\n', (gsize)(end - bytes));
        add(lines, bytes, (gsize)((newline ? newline : end) - bytes));
        if (!newline)
            return;
        give(lines, func, data);
        bytes = newline + 1;
    }
}

void rotate_lines_end(struct rotate_lines *lines, rotate_line_func func, gpointer data)
{
    give(lines, func, data);
}
