/*
 * migration_end.c - how a simulated migration ends: well, badly, called off, or because its time is
 * up; and how one goes on otherwise when it is told to.
 */
#include "core/driver/sim/migration_internal.h"

#define STALLED_US     (5 * CLOCK_SECOND_US) /* given up sooner when the target is known as lost */
#define PAUSED_MOST_US (600 * CLOCK_SECOND_US)

void sim_migration_step_after(struct sim_migration *migration, gint64 after_us)
{
    clock_cancel_timer(migration->world->clock, migration->timer);
    migration->timer =
        clock_add_timer(migration->world->clock, after_us, sim_migration_step, migration);
}

gint64 sim_migration_draw_us(struct sim_migration *migration, gint64 low_us, gint64 high_us)
{
    return sim_random_between(&migration->world->network_random, low_us, high_us);
}

/* --- What it holds --- */

void sim_migration_count(struct sim_migration *migration, gint one)
{
    sim_host_advance(migration->from);
    sim_host_advance(migration->to);
    migration->from->transfers_out += one;
    migration->to->transfers_in += one;
    migration->world->transfers += one;
    sim_host_recount(migration->from);
    sim_host_recount(migration->to);
}

static void release_incoming(struct sim_migration *migration)
{
    migration->to->incoming--;
    migration->to->mem_incoming_kib -= migration->vm->mem_kib;
}

static void release(struct sim_migration *migration)
{
    g_assert(migration->phase != PHASE_OVER);
    if (migration->phase != PHASE_PREPARE)
        sim_migration_count(migration, -1);
    if (migration->vm->host != migration->to)
        release_incoming(migration);
    migration->vm->migration = NULL;
    g_ptr_array_remove_fast(migration->world->migrations, migration);
    migration->phase = PHASE_OVER;
}

void sim_migration_free(struct sim_migration *migration)
{
    clock_cancel_timer(migration->world->clock, migration->timer);
    g_ptr_array_remove_fast(migration->world->detached, migration);
    g_clear_error(&migration->error);
    g_free(migration);
}

void sim_migration_abandon(struct sim_migration *migration)
{
    if (migration->phase != PHASE_OVER)
        release(migration);
    sim_migration_free(migration);
}

/* --- Its ends --- */

static void set_error(struct sim_migration *migration, enum roost_error code, const char *why)
{
    migration->error =
        g_error_new(ROOST_ERROR, code, "vm %s: migrate from %s to %s: %s", migration->vm->name,
                    migration->from->name, migration->to->name, why);
}

void sim_migration_fail(struct sim_migration *migration, enum roost_error code, const char *why,
                        gint64 tell_after_us)
{
    release(migration);
    sim_vm_set_paused(migration->vm, migration->was_paused);
    migration->world->moves_failed++;
    set_error(migration, code, why);
    sim_migration_step_after(migration, tell_after_us);
}

void sim_migration_succeed(struct sim_migration *migration)
{
    release(migration);
    if (migration->moved_but_error) {
        migration->world->moves_failed++;
        sim_vm_set_left_behind(migration->vm, migration->from);
        set_error(migration, ROOST_ERROR_FAILED,
                  "the source lost its connection while the migration was being finished");
    }
    sim_migration_step_after(migration, sim_migration_draw_us(migration, 20000, 120000));
}

void sim_migration_move(struct sim_migration *migration)
{
    release_incoming(migration);
    sim_vm_move(migration->vm, migration->to);
    sim_vm_set_paused(migration->vm, migration->was_paused);
    migration->world->moves++;
}

/* --- Told to go on otherwise --- */

gboolean sim_migration_is_told(const struct sim_migration *migration, enum migrate_steer steer)
{
    return (migration->steers & 1u << steer) != 0;
}

/* The guest goes first; what is left, and what it wrote since, follows. */
static void go_postcopy(struct sim_migration *migration)
{
    double most = (double)migration->vm->mem_kib * 1024;

    migration->mode = MIGRATE_POSTCOPY;
    migration->timeout_at_us = G_MAXINT64;
    migration->left_bytes = MIN(most, migration->left_bytes + migration->dirtied_bytes);
    migration->total_bytes = migration->sent_bytes + migration->left_bytes;
    migration->dirtied_bytes = 0;
    migration->phase = PHASE_SWITCH;
    sim_vm_set_paused(migration->vm, TRUE);
    sim_migration_step_after(migration, sim_migration_draw_us(migration, 100000, 300000));
}

/* FALSE when it would stand still for too long. */
static gboolean pause_for_the_rest(struct sim_migration *migration, gint64 now_us)
{
    double left = migration->left_bytes + migration->dirtied_bytes;
    gint64 most_us = migration->pause_most_us;

    if (most_us > 0 && left / migration->speed_bytes_per_s * 1e6 > (double)most_us)
        return FALSE;
    migration->paused = TRUE;
    migration->timeout_at_us = now_us + (most_us > 0 ? most_us : PAUSED_MOST_US);
    sim_vm_set_paused(migration->vm, TRUE);
    return TRUE;
}

/* TRUE when it was ended, or went over to post-copy, since it took too long. */
static gboolean end_late(struct sim_migration *migration, gint64 now_us)
{
    gboolean copying = migration->phase == PHASE_COPY;

    if (now_us < migration->timeout_at_us)
        return FALSE;
    if (copying && migration->late == MIGRATE_LATE_POSTCOPY) {
        go_postcopy(migration);
        return TRUE;
    }
    if (copying && migration->late == MIGRATE_LATE_PAUSE && !migration->paused &&
        pause_for_the_rest(migration, now_us))
        return FALSE;
    sim_migration_fail(
        migration, ROOST_ERROR_TIMEOUT,
        "took too long and was called off; the guest may be writing faster than the network", 0);
    return TRUE;
}

gboolean sim_migration_is_ended(struct sim_migration *migration, gint64 now_us)
{
    if (migration->cancel_asked) {
        sim_migration_fail(migration, ROOST_ERROR_CANCELLED, "cancelled", 0);
        return TRUE;
    }
    if (sim_migration_is_told(migration, MIGRATE_STEER_GIVE_UP)) {
        sim_migration_fail(migration, ROOST_ERROR_UNREACHABLE, "the target is lost", 0);
        return TRUE;
    }
    if (end_late(migration, now_us))
        return TRUE;
    if (migration->phase != PHASE_COPY || migration->mode != MIGRATE_PRECOPY || migration->paused)
        return FALSE;
    if (sim_migration_is_told(migration, MIGRATE_STEER_POSTCOPY)) {
        go_postcopy(migration);
        return TRUE;
    }
    if (sim_migration_is_told(migration, MIGRATE_STEER_PAUSE))
        pause_for_the_rest(migration, now_us);
    return FALSE;
}

/* A silent end is waited for; in post-copy as long as nobody knows that the target is lost. */
static gboolean is_silent_too_long(const struct sim_migration *migration, gint64 now_us)
{
    gint64 silent_us = now_us - migration->silent_since_us;

    if (sim_migration_is_told(migration, MIGRATE_STEER_GIVE_UP))
        return silent_us >= STALLED_US;
    return silent_us >= SIM_KEEPALIVE_US && migration->phase != PHASE_PULL;
}

gboolean sim_migration_stands_still(struct sim_migration *migration, gint64 now_us)
{
    if (sim_host_answer(migration->from) != SIM_ANSWERS_NOT &&
        sim_host_answer(migration->to) != SIM_ANSWERS_NOT) {
        migration->silent_since_us = 0;
        return FALSE;
    }
    migration->stepped_at_us = now_us;
    if (migration->silent_since_us == 0)
        migration->silent_since_us = now_us;
    if (is_silent_too_long(migration, now_us))
        sim_migration_fail(migration, ROOST_ERROR_UNREACHABLE, "the connection went silent", 0);
    else
        sim_migration_step_after(migration, SIM_STEP_US);
    return TRUE;
}
