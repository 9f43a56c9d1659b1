/*
 * migration.c - VMs that move: RAM over a network that all share.
 *
 * Pre-copy sends all RAM while the guest runs, then again what was dirtied meanwhile, and so on
 * until the rest fits in a short pause; stop-and-copy pauses the guest first and sends once;
 * post-copy moves the guest at once and pulls its RAM after it. A pre-copy under way can go over to
 * post-copy, or have its guest paused, when it is told to or its time is up.
 */
#include "core/driver/sim/migration_internal.h"

#define PORT_BYTES_PER_S 117e6 /* 1 Gbit/s, full duplex, less the framing */
#define LAB_BYTES_PER_S  470e6 /* the switch and the storage carry four ports at once */
#define BYTES_PER_MIB    1048576.0

#define PREPARE_LEAST_US 300000
#define PREPARE_MOST_US  900000
#define PAUSE_MOST_S     0.3 /* the guest may stand still so long at the end */
#define WORKING_SET      0.5 /* of its RAM: what a guest writes to again and again */
#define THROTTLE_FIRST   20
#define THROTTLE_MORE    10
#define THROTTLE_MOST    99
#define NEVER_CONVERGES  1.25 /* times faster than the network it dirties RAM */
#define MOVED_BUT_ERROR  0.2  /* of the migrations that fail: the VM did move */

/* --- Whether it may begin --- */

const char *sim_migration_refusal(const struct sim_vm *vm, const struct sim_host *from,
                                  const struct sim_host *to)
{
    if (!vm || vm->host != from || !vm->running)
        return "it does not run on the source";
    if (from == to)
        return "it runs there already";
    if (from->can_migrate == HOST_MIGRATION_UNABLE || to->can_migrate == HOST_MIGRATION_UNABLE)
        return "this function is not supported by the hypervisor";
    if (vm->migration)
        return "it is being migrated already";
    if (sim_host_answer(from) != SIM_ANSWERS || from->power != SIM_ON)
        return "the source does not answer";
    if (to->mem_used_kib + to->mem_incoming_kib + vm->mem_kib > to->mem_kib)
        return "the target has not enough free RAM";
    return NULL;
}

/* --- Sending RAM --- */

static double share_of_network(const struct sim_migration *migration)
{
    double speed = LAB_BYTES_PER_S / migration->world->transfers;

    speed = MIN(speed, PORT_BYTES_PER_S / migration->from->transfers_out);
    speed = MIN(speed, PORT_BYTES_PER_S / migration->to->transfers_in);
    if (migration->bandwidth_bytes_per_s > 0)
        speed = MIN(speed, migration->bandwidth_bytes_per_s);
    return speed;
}

static double dirty_bytes_per_s(const struct sim_migration *migration)
{
    if (migration->mode != MIGRATE_PRECOPY || migration->vm->paused)
        return 0;
    if (migration->never_converges)
        return migration->speed_bytes_per_s * NEVER_CONVERGES;
    return (double)migration->vm->dirty_bytes_per_s * (100 - migration->throttle_percent) / 100;
}

static void send_until(struct sim_migration *migration, gint64 now_us)
{
    double seconds = (double)(now_us - migration->stepped_at_us) / 1e6;
    double sent = MIN(migration->left_bytes, migration->speed_bytes_per_s * seconds);
    double most =
        (double)migration->vm->mem_kib * 1024 * (migration->never_converges ? 1 : WORKING_SET);

    sim_host_advance(migration->from);
    migration->stepped_at_us = now_us;
    migration->sent_bytes += sent;
    migration->left_bytes -= sent;
    if (migration->left_bytes < 1)
        migration->left_bytes = 0;
    migration->dirtied_bytes =
        MIN(most, migration->dirtied_bytes + dirty_bytes_per_s(migration) * seconds);
    migration->speed_bytes_per_s = share_of_network(migration);
}

static void tell_progress(struct sim_migration *migration, gint64 now_us)
{
    struct migrate_progress progress = {
        .total_bytes = (guint64)migration->total_bytes,
        .done_bytes = (guint64)migration->sent_bytes,
        .left_bytes = (guint64)migration->left_bytes,
        .dirty_bytes_per_s = (guint64)dirty_bytes_per_s(migration),
        .speed_bytes_per_s = (guint64)migration->speed_bytes_per_s,
        .elapsed_us = now_us - migration->started_at_us,
        .downtime_us = (gint64)(migration->dirtied_bytes / migration->speed_bytes_per_s * 1e6),
        .pass = migration->pass,
        .stage = migration->phase == PHASE_PULL ? MIGRATE_STAGE_FOLLOWING
                 : migration->paused            ? MIGRATE_STAGE_PAUSED
                                                : MIGRATE_STAGE_COPYING,
    };

    if (migration->progress)
        migration->progress(&progress, migration->progress_data);
}

static void step_on(struct sim_migration *migration)
{
    double left_us = migration->left_bytes / migration->speed_bytes_per_s * 1e6;

    sim_migration_step_after(migration, left_us < SIM_STEP_US ? (gint64)left_us + 1 : SIM_STEP_US);
}

static void begin_sending(struct sim_migration *migration, gint64 now_us)
{
    migration->stepped_at_us = now_us;
    migration->left_bytes = (double)migration->vm->mem_kib * 1024;
    migration->total_bytes = migration->left_bytes;
    migration->last_pass_bytes = migration->left_bytes;
    migration->pass = 1;
    migration->speed_bytes_per_s = share_of_network(migration);
}

/* Slows the guest down when a pass left it hardly less to send than the one before. */
static void converge(struct sim_migration *migration)
{
    if (!migration->auto_converge || migration->dirtied_bytes < migration->last_pass_bytes / 2)
        return;
    migration->throttle_percent =
        migration->throttle_percent == 0
            ? THROTTLE_FIRST
            : MIN(THROTTLE_MOST, migration->throttle_percent + THROTTLE_MORE);
}

static void end_pass(struct sim_migration *migration)
{
    if (migration->dirtied_bytes > migration->speed_bytes_per_s * PAUSE_MOST_S) {
        if (migration->pass > 1)
            converge(migration);
        migration->pass++;
        migration->total_bytes += migration->dirtied_bytes;
        migration->left_bytes = migration->dirtied_bytes;
        migration->last_pass_bytes = migration->dirtied_bytes;
        migration->dirtied_bytes = 0;
        step_on(migration);
        return;
    }
    migration->phase = PHASE_SWITCH;
    sim_vm_set_paused(migration->vm, TRUE);
    sim_migration_step_after(
        migration, (gint64)(migration->dirtied_bytes / migration->speed_bytes_per_s * 1e6) +
                       sim_migration_draw_us(migration, 30000, 80000));
}

/* --- The phases --- */

static void step_prepare(struct sim_migration *migration, gint64 now_us)
{
    migration->phase = PHASE_COPY;
    sim_migration_count(migration, 1);
    begin_sending(migration, now_us);
    if (migration->mode == MIGRATE_STOPANDCOPY)
        sim_vm_set_paused(migration->vm, TRUE);
    if (migration->mode == MIGRATE_POSTCOPY) {
        migration->phase = PHASE_SWITCH;
        sim_vm_set_paused(migration->vm, TRUE);
        sim_migration_step_after(migration, sim_migration_draw_us(migration, 100000, 300000));
        return;
    }
    step_on(migration);
}

static void step_copy(struct sim_migration *migration, gint64 now_us)
{
    send_until(migration, now_us);
    if (migration->breaks && migration->sent_bytes >= migration->breaks_at_bytes) {
        sim_migration_fail(migration, ROOST_ERROR_FAILED, "the connection broke off", 0);
        return;
    }
    tell_progress(migration, now_us);
    if (migration->left_bytes > 0)
        step_on(migration);
    else
        end_pass(migration);
}

static void step_switch(struct sim_migration *migration, gint64 now_us)
{
    if (migration->breaks && migration->mode == MIGRATE_POSTCOPY) {
        sim_migration_fail(migration, ROOST_ERROR_FAILED, "the target could not take over", 0);
        return;
    }
    sim_migration_move(migration);
    if (migration->mode != MIGRATE_POSTCOPY) {
        sim_migration_succeed(migration);
        return;
    }
    migration->phase = PHASE_PULL;
    migration->stepped_at_us = now_us;
    step_on(migration);
}

static void step_pull(struct sim_migration *migration, gint64 now_us)
{
    send_until(migration, now_us);
    tell_progress(migration, now_us);
    if (migration->left_bytes > 0)
        step_on(migration);
    else
        sim_migration_succeed(migration);
}

static void step_over(struct sim_migration *migration)
{
    migration->done(migration->error, migration->done_data);
    sim_migration_free(migration);
}

void sim_migration_step(gpointer data)
{
    struct sim_migration *migration = data;
    gint64 now_us = sim_now_us(migration->world);

    migration->timer = 0;
    if (migration->phase == PHASE_OVER) {
        step_over(migration);
        return;
    }
    if (migration->phase < PHASE_SWITCH && sim_migration_is_ended(migration, now_us))
        return;
    if (migration->phase != PHASE_SWITCH && sim_migration_stands_still(migration, now_us))
        return;
    if (migration->phase == PHASE_PREPARE)
        step_prepare(migration, now_us);
    else if (migration->phase == PHASE_COPY)
        step_copy(migration, now_us);
    else if (migration->phase == PHASE_SWITCH)
        step_switch(migration, now_us);
    else
        step_pull(migration, now_us);
}

/* --- Beginning, cancelling, losing a host --- */

static void draw_faults(struct sim_migration *migration)
{
    struct sim_random *random = &migration->world->network_random;
    const struct sim_faults *faults = &migration->world->options.faults;
    gboolean fails = sim_random_chance(random, faults->migration_fails);
    gboolean moves = sim_random_chance(random, MOVED_BUT_ERROR);
    double where = sim_random_unit(random);

    migration->never_converges = sim_random_chance(random, faults->never_converges);
    migration->breaks = fails && !moves;
    migration->moved_but_error = fails && moves;
    migration->breaks_at_bytes = where * (double)migration->vm->mem_kib * 1024;
}

struct sim_migration *sim_migration_start(struct sim_vm *vm, struct sim_host *to,
                                          const struct migrate_request *request,
                                          driver_progress_func progress, gpointer progress_data,
                                          driver_done_func done, gpointer done_data)
{
    struct sim_migration *migration = g_new0(struct sim_migration, 1);
    struct sim_world *world = to->world;

    migration->world = world;
    migration->vm = vm;
    migration->from = vm->host;
    migration->was_paused = vm->paused;
    migration->to = to;
    migration->mode = request->mode;
    migration->auto_converge = request->auto_converge;
    migration->late = request->on_timeout;
    migration->pause_most_us = request->pause_most_us;
    migration->bandwidth_bytes_per_s = (double)request->bandwidth_mib_per_s * BYTES_PER_MIB;
    migration->progress = progress;
    migration->progress_data = progress_data;
    migration->done = done;
    migration->done_data = done_data;
    migration->started_at_us = sim_now_us(world);
    migration->timeout_at_us =
        request->timeout_us > 0 ? migration->started_at_us + request->timeout_us : G_MAXINT64;
    draw_faults(migration);
    vm->migration = migration;
    to->incoming++;
    to->mem_incoming_kib += vm->mem_kib;
    g_ptr_array_add(world->migrations, migration);
    sim_migration_step_after(migration,
                             sim_migration_draw_us(migration, PREPARE_LEAST_US, PREPARE_MOST_US));
    return migration;
}

void sim_migration_steer(struct sim_migration *migration, enum migrate_steer steer)
{
    if (migration->phase == PHASE_OVER || sim_migration_is_told(migration, steer))
        return;
    migration->steers |= 1u << steer;
    if (migration->phase == PHASE_COPY)
        sim_migration_step_after(migration, sim_migration_draw_us(migration, 50000, 150000));
}

void sim_migration_cancel(struct sim_migration *migration)
{
    if (migration->phase >= PHASE_SWITCH || migration->cancel_asked)
        return;
    migration->cancel_asked = TRUE;
    sim_migration_step_after(migration, sim_migration_draw_us(migration, 50000, 150000));
}

static void tell_nobody(G_GNUC_UNUSED const GError *error, G_GNUC_UNUSED gpointer data)
{
}

void sim_migration_detach(struct sim_migration *migration)
{
    migration->progress = NULL;
    migration->done = tell_nobody;
    g_ptr_array_add(migration->world->detached, migration);
}

void sim_migrations_lose_host(struct sim_host *host)
{
    GPtrArray *migrations = host->world->migrations;

    for (guint i = migrations->len; i > 0; i--) {
        struct sim_migration *migration = g_ptr_array_index(migrations, i - 1);

        if (migration->from != host && migration->to != host)
            continue;
        /* A guest whose RAM has not all followed it cannot go on without the source. */
        if (migration->phase == PHASE_PULL && migration->from == host && migration->vm->running)
            sim_vm_stop(migration->vm);
        sim_migration_fail(migration, ROOST_ERROR_UNREACHABLE, "the connection went silent",
                           sim_migration_draw_us(migration, 5 * CLOCK_SECOND_US, SIM_KEEPALIVE_US));
    }
}

const struct sim_vm *sim_migration_incoming(const struct sim_migration *migration,
                                            const struct sim_host *to)
{
    return migration->to == to && migration->vm->host != to ? migration->vm : NULL;
}
