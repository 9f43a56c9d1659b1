/*
 * life.c - who is at work in the lab, and what that makes of loads and watts.
 *
 * Each VM lives in spells: idle ones and sessions, during which one user keeps it busy and dirties
 * its RAM. How often sessions begin follows the hour.
 */
#include "core/driver/sim/world.h"

#include <math.h>

/* /proc/loadavg's third number: an average that forgets with a time constant of 15 minutes. */
#define LOAD15_US (15.0 * 60 * 1e6)

#define IDLE_PERMILLE_LEAST    15
#define IDLE_PERMILLE_MOST     30
#define SESSION_PERMILLE_LEAST 200
#define SESSION_PERMILLE_MOST  900
#define SESSION_LEAST_US       (5 * CLOCK_MINUTE_US)
#define SESSION_MOST_US        (90 * CLOCK_MINUTE_US)
#define SESSION_MEAN_HOURS     0.55
#define SPELL_MOST_US          (30 * CLOCK_MINUTE_US) /* then look at the hour again */
#define MIB                    (1024 * 1024)

#define HOST_PERMILLE     15   /* the host's own overhead */
#define LOGIN_PERMILLE    150  /* somebody logged in to the host itself */
#define TRANSFER_PERMILLE 200  /* sending or receiving a VM */
#define LOGIN_SHARE       0.04 /* logins to a host for each session in a VM */
#define LOAD15_AFTER_BOOT 0.05

/* Sessions that begin in an idle VM in an hour, while the lab is closed, by local hour. */
static const double CLOSED_RATES[24] = {
    0.060, 0.030, 0.010, 0.002, 0.002, 0.004, 0.015, 0.040, /*  0 -  7 */
    0.100, 0.120, 0.120, 0.120, 0.120, 0.120, 0.120, 0.120, /*  8 - 15 */
    0.120, 0.120, 0.120, 0.140, 0.140, 0.130, 0.110, 0.080, /* 16 - 23 */
};
#define OPEN_RATE     0.350
#define NO_HOURS_RATE 0.120

static const char *const USERS[] = {"ana", "bruno", "chiara", "dario", "elisa", "fabio", "giulia"};

static double look_up_rate(const struct sim_world *world, gint64 wall_us)
{
    g_autofree char *hour = NULL;

    if (!world->hours)
        return NO_HOURS_RATE;
    if (hours_phase_at(world->hours, wall_us, 0) == HOURS_OPEN)
        return OPEN_RATE;
    hour = hours_format(world->hours, wall_us, "%H");
    return CLOSED_RATES[g_ascii_strtoull(hour, NULL, 10) % G_N_ELEMENTS(CLOSED_RATES)];
}

static double session_rate(struct sim_world *world, gint64 at_us)
{
    gint64 wall_us = at_us + clock_wall_us(world->clock) - sim_now_us(world);
    gint64 bucket = wall_us / (15 * CLOCK_MINUTE_US);

    if (world->rate_bucket != bucket) {
        world->rate_bucket = bucket;
        world->session_rate = look_up_rate(world, wall_us);
    }
    return world->session_rate;
}

/* Draws how long until something that happens `rate` times an hour. */
static gint64 draw_wait_us(struct sim_random *random, double rate)
{
    return (gint64)(-log(1 - sim_random_unit(random)) / rate * CLOCK_HOUR_US);
}

/* Many short sessions, few long ones; the mean is SESSION_MEAN_HOURS. */
static gint64 draw_session_us(struct sim_random *random)
{
    double u = sim_random_unit(random);

    return SESSION_LEAST_US + (gint64)(u * u * (SESSION_MOST_US - SESSION_LEAST_US));
}

/* --- Spells of a VM --- */

static void begin_session(struct sim_vm *vm, gint64 at_us, gint64 length_us)
{
    vm->in_session = TRUE;
    vm->session_next = FALSE;
    vm->want_permille =
        (guint)sim_random_between(&vm->random, SESSION_PERMILLE_LEAST, SESSION_PERMILLE_MOST);
    vm->dirty_bytes_per_s = (guint64)sim_random_between(&vm->random, 4 * MIB, 40 * MIB);
    vm->spell_ends_us = at_us + length_us;
}

static void begin_idle(struct sim_vm *vm, gint64 at_us)
{
    gint64 wait_us = draw_wait_us(&vm->random, session_rate(vm->host->world, at_us));

    vm->in_session = FALSE;
    vm->session_next = wait_us <= SPELL_MOST_US;
    vm->want_permille =
        (guint)sim_random_between(&vm->random, IDLE_PERMILLE_LEAST, IDLE_PERMILLE_MOST);
    vm->dirty_bytes_per_s = (guint64)sim_random_between(&vm->random, MIB / 4, 2 * MIB);
    vm->spell_ends_us = at_us + MIN(wait_us, SPELL_MOST_US);
}

void sim_vm_begin_idle(struct sim_vm *vm)
{
    if (vm->host->world->options.steady)
        return;
    begin_idle(vm, sim_now_us(vm->host->world));
}

static void end_vm_spell(struct sim_vm *vm, gint64 at_us)
{
    if (vm->session_next)
        begin_session(vm, at_us, draw_session_us(&vm->random));
    else
        begin_idle(vm, at_us);
}

/* --- Logins to a host --- */

static void begin_no_login(struct sim_host *host, gint64 at_us)
{
    double rate = session_rate(host->world, at_us) * LOGIN_SHARE;
    gint64 wait_us = draw_wait_us(&host->random, rate);

    host->user = NULL;
    host->login_next = wait_us <= SPELL_MOST_US;
    host->login_spell_ends_us = at_us + MIN(wait_us, SPELL_MOST_US);
}

void sim_host_begin_logins(struct sim_host *host)
{
    host->load15 = LOAD15_AFTER_BOOT;
    if (host->world->options.steady)
        return;
    begin_no_login(host, sim_now_us(host->world));
}

static void end_login_spell(struct sim_host *host, gint64 at_us)
{
    if (!host->login_next) {
        begin_no_login(host, at_us);
        return;
    }
    host->login_next = FALSE;
    host->user = USERS[sim_random_between(&host->random, 0, G_N_ELEMENTS(USERS) - 1)];
    host->login_spell_ends_us = at_us + draw_session_us(&host->random);
}

/* --- Bringing a host up to now --- */

void sim_host_recount(struct sim_host *host)
{
    sim_report_forget(host);
    host->want_permille = 0;
    host->next_change_us = G_MAXINT64;
    if (host->power != SIM_ON)
        return;
    host->want_permille = HOST_PERMILLE + (host->user ? LOGIN_PERMILLE : 0);
    if (host->world->options.steady)
        host->want_permille = host->own_permille;
    host->want_permille += TRANSFER_PERMILLE * (host->transfers_in + host->transfers_out);
    host->next_change_us = host->login_spell_ends_us;
    for (guint i = 0; i < host->vms->len; i++) {
        const struct sim_vm *vm = g_ptr_array_index(host->vms, i);

        if (!vm->running)
            continue;
        host->next_change_us = MIN(host->next_change_us, vm->spell_ends_us);
        if (!vm->paused)
            host->want_permille += vm->want_permille;
    }
}

static void draw_energy(struct sim_host *host, double seconds, double share)
{
    const struct energy_config *energy = &host->world->options.energy;
    double busy_more_watts = energy->busy_watts - energy->idle_watts;
    double on_watts = energy->idle_watts + busy_more_watts * share;
    double watts = on_watts;

    if (host->power == SIM_OFF)
        watts = energy->off_watts;
    else if (host->power != SIM_ON)
        watts = energy->busy_watts;
    host->joules += watts * seconds;
    host->joules_all_on += on_watts * seconds;
}

/* The part of what is wanted that its CPUs can give. */
static double granted_share(const struct sim_host *host)
{
    double most = (double)host->cpus * SIM_CORE_PERMILLE;

    return host->want_permille > most ? most / host->want_permille : 1;
}

/* Nothing changed on the host from its last look until at_us. */
static void integrate(struct sim_host *host, gint64 at_us)
{
    double elapsed_us = (double)(at_us - host->advanced_at_us);
    double most = (double)host->cpus * SIM_CORE_PERMILLE;
    double granted = granted_share(host);

    host->advanced_at_us = at_us;
    draw_energy(host, elapsed_us / 1e6, host->want_permille * granted / most);
    if (host->power != SIM_ON)
        return;
    host->load15 += (host->want_permille / 1000.0 - host->load15) * -expm1(-elapsed_us / LOAD15_US);
    host->unsettled_us += elapsed_us;
}

static void settle_vm(const struct sim_host *host, struct sim_vm *vm, double granted)
{
    double cores = vm->paused ? 0 : vm->want_permille / 1000.0 * granted;

    if (host->looked_at_us == 0) {
        vm->cpu_used += cores * host->unsettled_us;
        return;
    }
    vm->cpu_used += cores * host->unsettled_told_us;
    vm->cpu_told = vm->cpu_used;
    vm->told_at_us = host->looked_at_us;
    vm->cpu_used += cores * (host->unsettled_us - host->unsettled_told_us);
}

/* What its VMs have used since they were settled last; nothing changed on the host since. */
static void settle(struct sim_host *host)
{
    double granted = granted_share(host);

    for (guint i = 0; i < host->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(host->vms, i);

        if (vm->running)
            settle_vm(host, vm, granted);
    }
    host->looked_at_us = 0;
    host->unsettled_us = host->unsettled_told_us = 0;
}

static void end_spells(struct sim_host *host, gint64 at_us)
{
    if (host->login_spell_ends_us <= at_us)
        end_login_spell(host, at_us);
    for (guint i = 0; i < host->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(host->vms, i);

        if (vm->running && vm->spell_ends_us <= at_us)
            end_vm_spell(vm, at_us);
    }
}

void sim_host_advance_lazily(struct sim_host *host)
{
    gint64 now_us = sim_now_us(host->world);

    while (host->next_change_us <= now_us) {
        gint64 at_us = MAX(host->next_change_us, host->advanced_at_us);

        integrate(host, at_us);
        settle(host);
        end_spells(host, at_us);
        sim_host_recount(host);
    }
    /* A paced clock shows each timer its own time, which can be a little before an earlier look. */
    if (now_us > host->advanced_at_us)
        integrate(host, now_us);
}

void sim_host_advance(struct sim_host *host)
{
    sim_host_advance_lazily(host);
    if (host->unsettled_us > 0)
        settle(host);
}

/* --- The beginning --- */

/* As if all had gone on for long: some VMs are in the middle of a session. */
static void begin_vm_life(struct sim_vm *vm, gint64 now_us)
{
    double busy = session_rate(vm->host->world, now_us) * SESSION_MEAN_HOURS;

    if (sim_random_chance(&vm->random, busy / (1 + busy))) {
        double left = sim_random_unit(&vm->random);

        begin_session(vm, now_us, (gint64)(left * (double)draw_session_us(&vm->random)) + 1);
    } else {
        begin_idle(vm, now_us);
    }
}

void sim_life_begin(struct sim_world *world)
{
    gint64 now_us = sim_now_us(world);

    for (guint i = 0; world->options.steady && i < world->hosts->len; i++)
        sim_host_recount(g_ptr_array_index(world->hosts, i));
    if (world->options.steady)
        return;
    for (guint i = 0; i < world->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(world->vms, i);

        if (vm->running)
            begin_vm_life(vm, now_us);
    }
    for (guint i = 0; i < world->hosts->len; i++) {
        struct sim_host *host = g_ptr_array_index(world->hosts, i);

        if (host->power != SIM_ON)
            continue;
        if (host->user)
            host->login_spell_ends_us = now_us + draw_session_us(&host->random);
        else
            begin_no_login(host, now_us);
        sim_host_recount(host);
        host->load15 = host->want_permille / 1000.0;
    }
}
