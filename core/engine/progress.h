/*
 * progress.h - what the numbers of a migration under way mean for whoever waits for its end.
 *
 * Pure. Thread: any.
 */
#ifndef ROOST_ENGINE_PROGRESS_H
#define ROOST_ENGINE_PROGRESS_H

#include <glib.h>

#include "core/driver/driver.h"

#define PROGRESS_NOT_KNOWN (-1)
#define PROGRESS_NEVER     G_MAXINT64 /* the guest writes as fast as its RAM moves, or nearly */

/*
 * Microseconds until it ends: each pass leaves what the guest wrote meanwhile, so that with D
 * written and S sent in a second, L bytes need L / S * (1 + D/S + (D/S)^2 + ...) = L / (S - D).
 */
gint64 progress_expected_us(const struct migrate_progress *progress);

/*
 * Whether it converges, watched from outside. Zeroed before the first report. The verdict falls
 * when for some passes, and some seconds, the guest wrote as fast as its RAM moved and it did not
 * get better: a guest that auto-converge is still slowing down is given that time.
 */
struct progress_trend {
    guint pass;     /* at the best ratio so far */
    gint64 at_us;   /* elapsed_us then; 0 = no ratio of 1 or more yet */
    double written; /* for each byte sent, at best */
};
gboolean progress_is_stuck(struct progress_trend *trend, const struct migrate_progress *progress);

/* "38.5 MiB left, 37 MiB/s, 9 MiB/s written, about 2 s" as far as it is known. Free with g_free. */
char *progress_describe(const struct migrate_progress *progress);

/* "3 s", "2:05 min". Free with g_free. */
char *progress_format_span(gint64 us);

#endif
