#include "core/driver/libvirt/migration_pilot.h"

#include <string.h>

/* A post-copy of which nothing has moved for so long is taken to stand still. */
#define STALLED_US (5 * G_USEC_PER_SEC)

/* A paused guest is let go on again after so long, unless the request says sooner. */
#define PAUSE_MOST_US (600 * G_USEC_PER_SEC)

/* A switch that libvirt refused so often, in ticks of half a second, will not work any more. */
#define REFUSALS_MOST 20

void migration_pilot_init(struct migration_pilot *pilot, const struct migrate_request *request,
                          gint64 now_us, gboolean resumed)
{
    memset(pilot, 0, sizeof *pilot);
    pilot->request = request;
    pilot->postcopy = resumed;
    pilot->moved_us = now_us;
    pilot->deadline_us = request->timeout_us > 0 ? now_us + request->timeout_us : 0;
    pilot->notes = g_ptr_array_new_with_free_func(g_free);
}

void migration_pilot_clear(struct migration_pilot *pilot)
{
    g_clear_pointer(&pilot->notes, g_ptr_array_unref);
    g_clear_pointer(&pilot->late, g_free);
}

void migration_pilot_see(struct migration_pilot *pilot, const struct migrate_progress *progress,
                         gint64 now_us)
{
    pilot->progress = *progress;
    if (progress->left_bytes != pilot->left_bytes)
        pilot->moved_us = now_us;
    pilot->left_bytes = progress->left_bytes;
    pilot->progress.stage = pilot->postcopy ? MIGRATE_STAGE_FOLLOWING
                            : pilot->paused ? MIGRATE_STAGE_PAUSED
                                            : MIGRATE_STAGE_COPYING;
}

static void add_note(struct migration_pilot *pilot, const char *note)
{
    for (guint i = 0; i < pilot->notes->len; i++)
        if (strcmp(g_ptr_array_index(pilot->notes, i), note) == 0)
            return;
    g_ptr_array_add(pilot->notes, g_strdup(note));
}

static enum pilot_act postcopy_if_able(struct migration_pilot *pilot, enum pilot_act otherwise)
{
    if (pilot->can_postcopy)
        return PILOT_POSTCOPY;
    add_note(pilot, "it cannot go over to post-copy: it did not begin able to do so");
    return otherwise;
}

/* What is left now, and at worst as much again that was written since libvirt looked last. */
static gboolean may_pause(const struct migration_pilot *pilot)
{
    const struct migrate_progress *progress = &pilot->progress;
    gint64 most_us = pilot->request->pause_most_us;

    if (most_us == 0)
        return TRUE;
    return progress->speed_bytes_per_s > 0 && 2.0 * (double)progress->left_bytes /
                                                      (double)progress->speed_bytes_per_s *
                                                      G_USEC_PER_SEC <=
                                                  (double)most_us;
}

static enum pilot_act pause_if_short(struct migration_pilot *pilot, enum pilot_act otherwise)
{
    if (may_pause(pilot))
        return PILOT_PAUSE;
    add_note(pilot, "it is not paused: it would stand still for too long");
    return otherwise;
}

static enum pilot_act end_late(struct migration_pilot *pilot, gint64 now_us)
{
    const struct migrate_request *request = pilot->request;
    enum pilot_act act = PILOT_ABORT;
    const char *why_not = "";

    if (pilot->deadline_us == 0 || now_us < pilot->deadline_us)
        return PILOT_WAIT;
    if (pilot->paused) {
        pilot->late = g_strdup("the rest did not get through while it was paused");
        return PILOT_ABORT;
    }
    if (request->on_timeout == MIGRATE_LATE_POSTCOPY) {
        act = postcopy_if_able(pilot, PILOT_ABORT);
        why_not = ", and it cannot go over to post-copy";
    } else if (request->on_timeout == MIGRATE_LATE_PAUSE) {
        act = pause_if_short(pilot, PILOT_ABORT);
        why_not = ", and paused it would stand still for too long";
    }
    if (act == PILOT_ABORT || pilot->refusals >= REFUSALS_MOST) {
        pilot->late = g_strdup_printf("not done in %" G_GINT64_FORMAT " s%s",
                                      request->timeout_us / G_USEC_PER_SEC, why_not);
        return PILOT_ABORT;
    }
    return act;
}

/* After the first pass over the RAM; sooner, and the guest would wait for nearly every page. */
static gboolean is_ripe(const struct migration_pilot *pilot)
{
    return pilot->request->mode == MIGRATE_POSTCOPY && pilot->progress.pass >= 2;
}

static enum pilot_act follow_steers(struct migration_pilot *pilot, guint steers)
{
    if (steers & (1u << MIGRATE_STEER_POSTCOPY) && pilot->refusals < REFUSALS_MOST)
        return postcopy_if_able(pilot, PILOT_WAIT);
    if (steers & (1u << MIGRATE_STEER_PAUSE) && !pilot->paused && pilot->progress.total_bytes > 0)
        return pause_if_short(pilot, PILOT_WAIT);
    return PILOT_WAIT;
}

enum pilot_act migration_pilot_decide(struct migration_pilot *pilot,
                                      const struct pilot_orders *orders, gint64 now_us)
{
    gboolean lost = orders->target_lost || orders->steers & (1u << MIGRATE_STEER_GIVE_UP);
    enum pilot_act act;

    /* The guest runs at the target: there is no way back, and while something moves all is well. */
    if (pilot->postcopy)
        return lost && now_us - pilot->moved_us >= STALLED_US ? PILOT_BREAK : PILOT_WAIT;
    if (orders->cancelled || lost || pilot->late)
        return PILOT_ABORT;
    act = end_late(pilot, now_us);
    if (act != PILOT_WAIT)
        return act;
    if (is_ripe(pilot) && !pilot->paused)
        return PILOT_POSTCOPY;
    return follow_steers(pilot, orders->steers);
}

void migration_pilot_note(struct migration_pilot *pilot, enum pilot_act act, gboolean done,
                          gint64 now_us)
{
    gint64 most_us = pilot->request->pause_most_us;

    pilot->refusals = done ? 0 : pilot->refusals + 1;
    if (!done)
        return;
    if (act == PILOT_POSTCOPY) {
        pilot->postcopy = TRUE;
        pilot->moved_us = now_us;
    } else if (act == PILOT_PAUSE) {
        pilot->paused = TRUE;
        pilot->deadline_us = now_us + (most_us > 0 ? most_us : PAUSE_MOST_US);
    }
}
