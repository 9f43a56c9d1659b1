#include "core/engine/progress.h"

#define STUCK_PASSES 4
#define STUCK_US     (10 * G_USEC_PER_SEC)
#define STUCK_ALL_US (60 * G_USEC_PER_SEC) /* where passes are not told */
#define BETTER       0.95

/*
 * QEMU counts a page once a pass, however often it is written to: a guest that writes to all of its
 * RAM shows a rate of about the speed, never more. Where a pass leaves nine tenths of the one
 * before, it takes 22 of them to a tenth: that is no end to wait for either.
 */
#define CONVERGES 0.9
#define MIB       1048576.0

gint64 progress_expected_us(const struct migrate_progress *progress)
{
    double speed = (double)progress->speed_bytes_per_s;
    double dirty = (double)progress->dirty_bytes_per_s;

    if (progress->speed_bytes_per_s == 0)
        return PROGRESS_NOT_KNOWN;
    if (progress->stage != MIGRATE_STAGE_COPYING)
        dirty = 0; /* nobody writes to what is still to be sent */
    if (dirty >= speed * CONVERGES)
        return PROGRESS_NEVER;
    return (gint64)((double)progress->left_bytes / (speed - dirty) * G_USEC_PER_SEC);
}

static void begin_trend(struct progress_trend *trend, const struct migrate_progress *progress,
                        double written)
{
    trend->pass = progress->pass;
    trend->at_us = MAX(progress->elapsed_us, 1);
    trend->written = written;
}

gboolean progress_is_stuck(struct progress_trend *trend, const struct migrate_progress *progress)
{
    double written;

    if (progress_expected_us(progress) != PROGRESS_NEVER) {
        *trend = (struct progress_trend){0};
        return FALSE;
    }
    written = (double)progress->dirty_bytes_per_s / (double)progress->speed_bytes_per_s;
    if (trend->at_us == 0 || written < trend->written * BETTER)
        begin_trend(trend, progress, written);
    if (progress->pass == 0)
        return progress->elapsed_us - trend->at_us >= STUCK_ALL_US;
    return progress->pass >= trend->pass + STUCK_PASSES &&
           progress->elapsed_us - trend->at_us >= STUCK_US;
}

char *progress_format_span(gint64 us)
{
    gint64 seconds = us <= 0 ? 0 : (us - 1) / G_USEC_PER_SEC + 1;

    if (seconds < 100)
        return g_strdup_printf("%d s", (int)seconds);
    return g_strdup_printf("%" G_GINT64_FORMAT ":%02d min", seconds / 60, (int)(seconds % 60));
}

static void add_end(GString *text, const struct migrate_progress *progress)
{
    gint64 expected_us = progress_expected_us(progress);
    g_autofree char *span = progress_format_span(expected_us);

    if (expected_us == PROGRESS_NEVER)
        g_string_append(text, ", does not converge");
    else if (expected_us != PROGRESS_NOT_KNOWN && progress->left_bytes > 0)
        g_string_append_printf(text, ", about %s left", span);
}

char *progress_describe(const struct migrate_progress *progress)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "%.1f MiB left", (double)progress->left_bytes / MIB);
    if (progress->speed_bytes_per_s > 0)
        g_string_append_printf(text, ", %.0f MiB/s", (double)progress->speed_bytes_per_s / MIB);
    if (progress->dirty_bytes_per_s > 0 && progress->stage == MIGRATE_STAGE_COPYING)
        g_string_append_printf(text, ", %.0f MiB/s written",
                               (double)progress->dirty_bytes_per_s / MIB);
    add_end(text, progress);
    if (progress->downtime_us > 0)
        g_string_append_printf(text, ", stands still %.0f ms",
                               (double)progress->downtime_us / 1000);
    if (progress->stage == MIGRATE_STAGE_PAUSED)
        g_string_append(text, ", paused");
    if (progress->stage == MIGRATE_STAGE_FOLLOWING)
        g_string_append(text, ", post-copy");
    return g_string_free(text, FALSE);
}
