#include "core/store/journal.h"

#include "core/base/logfmt.h"
#include "core/base/text.h"

char *journal_format(const struct journal_entry *entry)
{
    GString *line = g_string_new(NULL);
    logfmt_append_time(line, entry->wall_us);
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
