#include "tui/recall.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <glib/gstdio.h>

#define FILE_BYTES_MOST (1024 * 1024)

struct recall {
    char *path;
    GPtrArray *lines; /* char * */
};

char *recall_path(void)
{
    const char *state = g_getenv("XDG_STATE_HOME");

    if (state != NULL && g_path_is_absolute(state))
        return g_build_filename(state, "roost", "history", NULL);
    return g_build_filename(g_get_home_dir(), ".local", "state", "roost", "history", NULL);
}

static void append(struct recall *history, const char *line)
{
    g_ptr_array_add(history->lines, g_utf8_make_valid(line, -1));
    if (history->lines->len > RECALL_LINES_MOST)
        g_ptr_array_remove_index(history->lines, 0);
}

/* Written anew, whole, when it has grown far beyond what is read of it. */
static void cut(const struct recall *history)
{
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < history->lines->len; i++)
        g_string_append_printf(text, "%s\n", recall_line(history, i));
    g_file_set_contents_full(history->path, text->str, (gssize)text->len,
                             G_FILE_SET_CONTENTS_CONSISTENT, 0600, NULL);
}

static void read_file(struct recall *history)
{
    g_autofree char *text = NULL;
    g_auto(GStrv) lines = NULL;
    GStatBuf about;
    guint n = 0;

    /* It may be anything by now, a device or a disk image too. */
    if (g_stat(history->path, &about) != 0 || !S_ISREG(about.st_mode) ||
        about.st_size > FILE_BYTES_MOST || !g_file_get_contents(history->path, &text, NULL, NULL))
        return;
    lines = g_strsplit(text, "\n", -1);
    for (; lines[n] != NULL; n++) {
        if (*lines[n] != '\0' && *lines[n] != '#')
            append(history, lines[n]);
    }
    if (n > 2 * RECALL_LINES_MOST)
        cut(history);
}

struct recall *recall_new(const char *path)
{
    struct recall *history = g_new0(struct recall, 1);

    history->path = g_strdup(path);
    history->lines = g_ptr_array_new_with_free_func(g_free);
    if (path != NULL)
        read_file(history);
    return history;
}

void recall_free(struct recall *history)
{
    if (history == NULL)
        return;
    g_ptr_array_unref(history->lines);
    g_free(history->path);
    g_free(history);
}

static void write_line(const struct recall *history, const char *line)
{
    g_autofree char *dir = g_path_get_dirname(history->path);
    g_autofree char *whole = g_strconcat(line, "\n", NULL);
    gsize length = strlen(whole);
    int fd;

    if (g_mkdir_with_parents(dir, 0700) != 0)
        return;
    fd = open(history->path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0600);
    if (fd < 0)
        return;
    if (write(fd, whole, length) != (gssize)length)
        g_debug("%s: not all of a line was kept", history->path);
    close(fd);
}

void recall_add(struct recall *history, const char *line)
{
    guint n = history->lines->len;

    if (*line == '\0' || *line == ' ' || (n > 0 && strcmp(recall_line(history, n - 1), line) == 0))
        return;
    append(history, line);
    if (history->path != NULL)
        write_line(history, line);
}

guint recall_count(const struct recall *history)
{
    return history->lines->len;
}

const char *recall_line(const struct recall *history, guint index)
{
    return g_ptr_array_index(history->lines, index);
}

gint recall_search(const struct recall *history, guint before, const char *text)
{
    for (guint i = MIN(before, history->lines->len); i > 0; i--) {
        if (strstr(recall_line(history, i - 1), text) != NULL)
            return (gint)i - 1;
    }
    return -1;
}
