#include "core/command/read_line.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

#include "core/base/error.h"

#define LINE_MOST 65536

static gboolean on_readable(G_GNUC_UNUSED gint fd, G_GNUC_UNUSED GIOCondition condition,
                            gpointer data)
{
    *(gboolean *)data = TRUE;
    return G_SOURCE_REMOVE;
}

/* FALSE when interrupted. The engine goes on while a script is slow to come. */
static gboolean wait_for_input(const gboolean *stop)
{
    gboolean readable = FALSE;
    guint source =
        g_unix_fd_add(STDIN_FILENO, G_IO_IN | G_IO_HUP | G_IO_ERR, on_readable, &readable);
    while (!readable && !*stop)
        g_main_context_iteration(NULL, TRUE);
    if (!readable)
        g_source_remove(source);
    return readable;
}

char *read_line_stdin(const gboolean *stop, GError **error)
{
    g_autoptr(GString) line = g_string_new(NULL);
    for (;;) {
        char byte;
        if (!wait_for_input(stop)) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_CANCELLED, "interrupted");
            return NULL;
        }
        ssize_t count = read(STDIN_FILENO, &byte, 1);
        if (count < 0 && errno == EINTR)
            continue;
        if (count < 0 || line->len > LINE_MOST) {
            g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "standard input: %s",
                        count < 0 ? g_strerror(errno) : "a line is too long");
            return NULL;
        }
        if (count == 0 && line->len == 0)
            return NULL;
        if (count == 0 || byte == '\n')
            return g_string_free(g_steal_pointer(&line), FALSE);
        /* No text: it is refused as such. */
        g_string_append_c(line, byte ? byte : '\xff');
    }
}
