/*
 * migration_internal.h - one simulated migration, shared by migration.c (how it goes) and
 * migration_end.c (how it ends, or is made to go otherwise). Private to these two. Thread: main.
 */
#ifndef ROOST_DRIVER_SIM_MIGRATION_INTERNAL_H
#define ROOST_DRIVER_SIM_MIGRATION_INTERNAL_H

#include "core/driver/sim/world.h"

#define SIM_STEP_US      G_GINT64_CONSTANT(500000)
#define SIM_KEEPALIVE_US (30 * CLOCK_SECOND_US) /* a silent end is given up after that */

enum sim_phase {
    PHASE_PREPARE,
    PHASE_COPY,
    PHASE_SWITCH, /* the guest stands still; it cannot be called off any more */
    PHASE_PULL,   /* post-copy: it runs on the target, its RAM follows */
    PHASE_OVER,   /* holds nothing any more; done is to be told */
};

struct sim_migration {
    struct sim_world *world;
    struct sim_vm *vm;
    struct sim_host *from;
    struct sim_host *to;
    enum migrate_mode mode;
    gboolean auto_converge;
    double bandwidth_bytes_per_s; /* 0 = no limit */
    gint64 timeout_at_us;
    gint64 pause_most_us;
    enum migrate_late late;
    guint steers;    /* 1 << enum migrate_steer, of all that were given */
    gboolean paused; /* by us, on the way */
    driver_progress_func progress;
    gpointer progress_data;
    driver_done_func done;
    gpointer done_data;
    enum sim_phase phase;
    guint timer;
    gboolean was_paused; /* by somebody, before it began */
    gboolean cancel_asked;
    gboolean breaks;
    gboolean moved_but_error;
    gboolean never_converges;
    double breaks_at_bytes;
    gint64 started_at_us;
    gint64 stepped_at_us;
    gint64 silent_since_us; /* 0 = both ends answer */
    double speed_bytes_per_s;
    double total_bytes;
    double sent_bytes;
    double left_bytes;
    double dirtied_bytes;
    double last_pass_bytes;
    guint throttle_percent;
    guint pass;
    GError *error;
};

/* --- migration.c --- */

/* What its timer calls. */
void sim_migration_step(gpointer data);

/* --- migration_end.c --- */

void sim_migration_step_after(struct sim_migration *migration, gint64 after_us);
gint64 sim_migration_draw_us(struct sim_migration *migration, gint64 low_us, gint64 high_us);

/* It begins (1) or ends (-1) to use the network. */
void sim_migration_count(struct sim_migration *migration, gint one);

/* The VM stays where it is; done is told after that time. */
void sim_migration_fail(struct sim_migration *migration, enum roost_error code, const char *why,
                        gint64 tell_after_us);
void sim_migration_succeed(struct sim_migration *migration);
void sim_migration_move(struct sim_migration *migration);
void sim_migration_free(struct sim_migration *migration);

/* TRUE when it was ended because somebody asked or it took too long, or goes on otherwise. */
gboolean sim_migration_is_ended(struct sim_migration *migration, gint64 now_us);

/* TRUE while an end says nothing: nothing moves on, and after a while it is given up. */
gboolean sim_migration_stands_still(struct sim_migration *migration, gint64 now_us);

/* It was told that, some time. */
gboolean sim_migration_is_told(const struct sim_migration *migration, enum migrate_steer steer);

#endif
