#include "core/command/run_log.h"

#include <stdlib.h>

#include "core/base/text.h"

static gboolean is_systemd(void)
{
    return getenv("JOURNAL_STREAM") || getenv("INVOCATION_ID");
}

static void print(const struct output *output, enum run_log_level level, const char *text)
{
    g_autofree char *safe = text_escape(text);
    if (is_systemd()) {
        fprintf(output->err, "<%d>%s\n", (int)level, safe);
    } else {
        g_autoptr(GDateTime) now = g_date_time_new_now_local();
        g_autofree char *time = g_date_time_format(now, "%Y-%m-%d %H:%M:%S");
        fprintf(output->err, "%s %s%s\n", time, level <= RUN_LOG_WARNING ? "! " : "", safe);
    }
    fflush(output->err);
}

void run_log(const struct output *output, enum run_log_level level, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    print(output, level, text);
}

static enum run_log_level level_of(const struct journal_entry *entry)
{
    if (entry->alarm)
        return RUN_LOG_ERROR;
    if (g_str_equal(entry->result, "failed"))
        return RUN_LOG_WARNING;
    return *entry->result ? RUN_LOG_INFO : RUN_LOG_NOTICE;
}

void run_log_entry(const struct output *output, const struct journal_entry *entry)
{
    g_autofree char *job = entry->job > 0 ? g_strdup_printf("job %u: ", entry->job) : g_strdup("");
    gboolean told = *entry->result != '\0';
    g_autofree char *text = g_strdup_printf("%s: %s%s%s%s%s", entry->what, job, entry->text,
                                            told ? " (" : "", entry->result, told ? ")" : "");
    print(output, level_of(entry), text);
}
