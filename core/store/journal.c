#include "core/store/journal.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define JOURNAL_NAME "journal.log"

struct journal {
    char *path;
    int fd;
    gboolean torn; /* part of a line stands at the end, and could not be ended */
};

struct journal *journal_open(const char *dir, GError **error)
{
    g_autofree char *path = g_build_filename(dir, JOURNAL_NAME, NULL);
    int fd = -1;
    if (g_mkdir_with_parents(dir, 0755) == 0)
        fd = open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK, 0644);
    if (fd < 0) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: cannot be written: %s", path,
                    g_strerror(errno));
        return NULL;
    }
    struct journal *journal = g_new0(struct journal, 1);
    journal->path = g_steal_pointer(&path);
    journal->fd = fd;
    return journal;
}

void journal_free(struct journal *journal)
{
    if (!journal)
        return;
    close(journal->fd);
    g_free(journal->path);
    g_free(journal);
}

static void append_stamp(GString *line, gint64 wall_us)
{
    g_autoptr(GDateTime) date = g_date_time_new_from_unix_utc(wall_us / G_USEC_PER_SEC);
    g_autofree char *stamp = date ? g_date_time_format(date, "%Y-%m-%dT%H:%M:%SZ") : NULL;
    text_append_logfmt(line, "time", stamp ? stamp : "unknown");
}

char *journal_format(const struct journal_entry *entry)
{
    GString *line = g_string_new(NULL);
    append_stamp(line, entry->wall_us);
    text_append_logfmt(line, "who", entry->who);
    text_append_logfmt(line, "what", entry->what);
    if (entry->object && *entry->object)
        text_append_logfmt(line, "object", entry->object);
    if (entry->job > 0)
        g_string_append_printf(line, " job=%u", entry->job);
    if (entry->fence > 0)
        g_string_append_printf(line, " fence=%" G_GUINT64_FORMAT, entry->fence);
    if (entry->result && *entry->result)
        text_append_logfmt(line, "result", entry->result);
    if (entry->alarm)
        g_string_append(line, " alarm=yes");
    text_append_logfmt(line, "text", entry->text);
    return g_string_free(line, FALSE);
}

/* Less than length bytes, or -1 with errno: not all of it was written. */
static ssize_t write_once(const struct journal *journal, const char *bytes, gsize length)
{
    ssize_t written;
    do {
        written = write(journal->fd, bytes, length);
    } while (written < 0 && errno == EINTR);
    return written;
}

gboolean journal_write(struct journal *journal, const char *line, GError **error)
{
    g_autofree char *text = g_strdup_printf("%s%s\n", journal->torn ? "\n" : "", line);
    gsize length = strlen(text);
    ssize_t written = write_once(journal, text, length);
    if (written == (ssize_t)length) {
        journal->torn = FALSE;
        return TRUE;
    }
    int reason = written < 0 ? errno : ENOSPC;
    /* Part of a line is there: end it, so that the next one is whole again. */
    if (written > 0)
        journal->torn = write_once(journal, "\n", 1) != 1;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "%s: a line was not written: %s",
                journal->path, g_strerror(reason));
    return FALSE;
}
