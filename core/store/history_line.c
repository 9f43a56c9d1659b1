/* history_line.c - a sample as a line, and back. */
#include "core/store/history.h"

#include <string.h>

#include "core/base/logfmt.h"
#include "core/base/text.h"

#define COUNT_MOST 1e9

const char *const history_end_names[HISTORY_N_ENDS] = {
    [HISTORY_DONE] = "done",
    [HISTORY_FAILED] = "failed",
    [HISTORY_CANCELLED] = "cancelled",
    [HISTORY_REFUSED] = "refused",
};

static const char *const phase_names[] = {
    [HOURS_OPEN] = "open",
    [HOURS_CLOSED] = "closed",
    [HOURS_PREPARING] = "preparing",
};

/* --- Writing ---------------------------------------------------------------------------------- */

/* The same in every locale. */
static void add_real(GString *line, const char *key, double value, guint decimals)
{
    char format[] = "%.0f";
    char digits[64];
    format[2] = (char)('0' + decimals);
    g_string_append_printf(line, " %s=%s", key,
                           g_ascii_formatd(digits, sizeof digits, format, value));
}

/* "migrations=54/1/0/0": done, failed, cancelled, refused. */
static void add_ends(GString *line, const char *key, const guint64 *ends)
{
    g_string_append_printf(line, " %s=", key);
    for (guint i = 0; i < HISTORY_N_ENDS; i++)
        g_string_append_printf(line, "%s%" G_GUINT64_FORMAT, i > 0 ? "/" : "", ends[i]);
}

char *history_format(const struct history_sample *sample)
{
    const struct history_totals *totals = &sample->totals;
    GString *line = g_string_new(NULL);
    logfmt_append_time(line, sample->wall_us);
    g_string_append_printf(line, " run=%08" G_GINT64_MODIFIER "x", sample->run);
    g_string_append_printf(line, " hosts=%u on=%u off=%u waking=%u stopping=%u unreachable=%u",
                           sample->hosts, sample->on, sample->off, sample->waking, sample->stopping,
                           sample->unreachable);
    g_string_append_printf(line, " vms=%u", sample->vms);
    if (sample->load >= 0)
        add_real(line, "load", sample->load, 3);
    add_real(line, "watts", sample->watts, 1);
    add_real(line, "watts-all-on", sample->watts_all_on, 1);
    g_string_append_printf(line, " mode=%s phase=%s", engine_mode_name(sample->mode),
                           phase_names[sample->phase]);
    add_real(line, "kwh", totals->kwh, 6);
    add_real(line, "kwh-all-on", totals->kwh_all_on, 6);
    add_real(line, "kwh-saved", totals->kwh_saved, 6);
    add_ends(line, "migrations", totals->migrations);
    add_ends(line, "wakes", totals->wakes);
    add_ends(line, "offs", totals->offs);
    g_string_append_printf(line, " alarms=%" G_GUINT64_FORMAT, totals->alarms);
    if (sample->missing)
        text_append_logfmt(line, "missing", sample->missing);
    return g_string_free(line, FALSE);
}

/* --- Reading: of what is not there, nothing is known ------------------------------------------ */

static guint read_count(const struct logfmt *fields, const char *key)
{
    double number = logfmt_number(fields, key, 0);
    return number >= 0 && number <= COUNT_MOST ? (guint)number : 0;
}

static double read_real(const struct logfmt *fields, const char *key)
{
    double number = logfmt_number(fields, key, 0);
    return number >= 0 && number <= 1e15 ? number : 0;
}

static void read_ends(const struct logfmt *fields, const char *key, guint64 *ends)
{
    const char *value = logfmt_get(fields, key);
    g_auto(GStrv) words = g_strsplit(value ? value : "", "/", HISTORY_N_ENDS + 1);
    for (guint i = 0; i < HISTORY_N_ENDS && words[i]; i++)
        g_ascii_string_to_unsigned(words[i], 10, 0, G_MAXINT64, &ends[i], NULL);
}

static enum hours_phase read_phase(const struct logfmt *fields)
{
    const char *value = logfmt_get(fields, "phase");
    for (guint i = 0; i < G_N_ELEMENTS(phase_names); i++) {
        if (g_strcmp0(value, phase_names[i]) == 0)
            return i;
    }
    return HOURS_CLOSED;
}

static void read_totals(const struct logfmt *fields, struct history_totals *totals)
{
    totals->kwh = read_real(fields, "kwh");
    totals->kwh_all_on = read_real(fields, "kwh-all-on");
    totals->kwh_saved = read_real(fields, "kwh-saved");
    read_ends(fields, "migrations", totals->migrations);
    read_ends(fields, "wakes", totals->wakes);
    read_ends(fields, "offs", totals->offs);
    totals->alarms = (guint64)read_real(fields, "alarms");
}

gboolean history_parse(const char *line, struct history_sample *sample)
{
    autoptr(logfmt) fields = logfmt_parse(line);
    *sample = (struct history_sample){0};
    if (!fields || !logfmt_get(fields, "hosts") || !logfmt_get(fields, "on"))
        return FALSE;
    sample->wall_us = logfmt_time_us(fields);
    const char *run = logfmt_get(fields, "run");
    if (sample->wall_us < 0 || !run ||
        !g_ascii_string_to_unsigned(run, 16, 0, G_MAXUINT64, &sample->run, NULL))
        return FALSE;
    sample->hosts = read_count(fields, "hosts");
    sample->on = read_count(fields, "on");
    sample->off = read_count(fields, "off");
    sample->waking = read_count(fields, "waking");
    sample->stopping = read_count(fields, "stopping");
    sample->unreachable = read_count(fields, "unreachable");
    sample->vms = read_count(fields, "vms");
    sample->load = logfmt_number(fields, "load", -1);
    sample->watts = read_real(fields, "watts");
    sample->watts_all_on = read_real(fields, "watts-all-on");
    sample->phase = read_phase(fields);
    const char *mode = logfmt_get(fields, "mode");
    if (!mode || !engine_mode_parse(mode, &sample->mode))
        sample->mode = ENGINE_MANUAL;
    read_totals(fields, &sample->totals);
    sample->missing = g_strdup(logfmt_get(fields, "missing"));
    return TRUE;
}
