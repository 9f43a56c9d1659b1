#include "core/command/shell_history.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/store/read_file.h"

#define LINES_KEPT 1000
#define BYTES_MOST (4 * 1024 * 1024)

/* Twice as long as it has to be: written anew, whole or not at all. */
static void shorten(const char *path, const GPtrArray *lines)
{
    g_autoptr(GString) text = g_string_new(NULL);
    for (guint i = 0; i < lines->len; i++)
        g_string_append_printf(text, "%s\n", (const char *)lines->pdata[i]);
    g_file_set_contents_full(path, text->str, (gssize)text->len, G_FILE_SET_CONTENTS_CONSISTENT,
                             0600, NULL);
}

GPtrArray *shell_history_load(const char *path)
{
    GPtrArray *lines = g_ptr_array_new_with_free_func(g_free);
    g_autofree char *text = NULL;
    gsize size = 0;
    text = path ? read_file(path, BYTES_MOST, &size, NULL) : NULL;
    if (!text)
        return lines;
    g_auto(GStrv) all = g_strsplit(text, "\n", -1);
    guint count = g_strv_length(all);
    for (guint i = count > LINES_KEPT ? count - LINES_KEPT : 0; i < count; i++) {
        if (*all[i] && g_utf8_validate(all[i], -1, NULL))
            g_ptr_array_add(lines, g_strdup(all[i]));
    }
    if (count > 2 * LINES_KEPT)
        shorten(path, lines);
    return lines;
}

gboolean shell_history_takes(const char *line)
{
    return *line && !g_ascii_isspace(*line) && !strchr(line, '\n') &&
           g_utf8_validate(line, -1, NULL);
}

static gboolean fail(const char *path, GError **error)
{
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: %s", path, g_strerror(errno));
    return FALSE;
}

gboolean shell_history_add(const char *path, const char *line, GError **error)
{
    if (!shell_history_takes(line))
        return TRUE;
    g_autofree char *dir = g_path_get_dirname(path);
    g_autofree char *text = g_strconcat(line, "\n", NULL);
    g_mkdir_with_parents(dir, 0700);
    int fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
    if (fd < 0)
        return fail(path, error);
    gboolean kept = write(fd, text, strlen(text)) == (ssize_t)strlen(text) || fail(path, error);
    close(fd);
    return kept;
}
