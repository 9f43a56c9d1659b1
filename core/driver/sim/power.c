/* power.c - hosts that boot, stop, lose their power or hang. */
#include "core/driver/sim/world.h"

#define BOOT_LEAST_US (25 * CLOCK_SECOND_US)
#define BOOT_MOST_US  (60 * CLOCK_SECOND_US)
#define STOP_LEAST_US (5 * CLOCK_SECOND_US)
#define STOP_MOST_US  (15 * CLOCK_SECOND_US)
#define SERVICES_US   (3 * CLOCK_SECOND_US) /* the kernel answers so much before its services do */
#define LINGER_US     (1 * CLOCK_SECOND_US) /* services still answer so long after the order */
#define HANG_LEAST_US (5 * CLOCK_MINUTE_US)
#define HANG_MOST_US  (30 * CLOCK_MINUTE_US)

/* Closer to opening than that nobody could have all home by then, whatever he did. */
#define CALM_BEFORE_OPENING_US (15 * CLOCK_MINUTE_US)
#define NIGHT_WITHOUT_HOURS_US (24 * CLOCK_HOUR_US)

static void set_power(struct sim_host *host, enum sim_power power)
{
    sim_host_advance(host);
    host->world->hosts_on += (power != SIM_OFF) - (host->power != SIM_OFF);
    host->power = power;
    host->power_since_us = sim_now_us(host->world);
    sim_host_recount(host);
}

static void end_after(struct sim_host *host, gint64 after_us, clock_func func)
{
    struct sim_world *world = host->world;

    clock_cancel_timer(world->clock, host->power_timer);
    host->power_ends_us = sim_now_us(world) + after_us;
    host->power_timer = clock_add_timer(world->clock, after_us, func, host);
}

/* --- Answers --- */

static enum sim_answer answer_unless_hung(const struct sim_host *host, gint64 now_us)
{
    switch (host->power) {
    case SIM_ON:
        return SIM_ANSWERS;
    case SIM_BOOTING:
        return now_us >= host->power_ends_us - SERVICES_US ? SIM_ANSWERS_REFUSED
                                                           : SIM_ANSWERS_ABSENT;
    case SIM_STOPPING:
        return now_us <= host->power_since_us + LINGER_US ? SIM_ANSWERS : SIM_ANSWERS_REFUSED;
    default:
        return SIM_ANSWERS_ABSENT;
    }
}

enum sim_answer sim_host_answer(const struct sim_host *host)
{
    gint64 now_us = sim_now_us(host->world);

    return now_us < host->hung_until_us ? SIM_ANSWERS_NOT : answer_unless_hung(host, now_us);
}

/* --- On --- */

/* libvirt starts the VMs that start with their host before it answers anybody. */
static void boot_ends(gpointer data)
{
    struct sim_host *host = data;

    host->power_timer = 0;
    set_power(host, SIM_ON);
    sim_host_begin_logins(host);
    sim_host_recount(host);
    host->facts_told = FALSE;
    for (guint i = 0; i < host->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(host->vms, i);

        if (vm->autostart || vm->marked)
            sim_vm_start(vm);
    }
}

struct sim_host *sim_world_find_listener(const struct sim_world *world,
                                         const struct wake_request *request)
{
    struct sim_host *host = g_hash_table_lookup(world->hosts_by_address, request->address);
    g_autofree char *mac = g_ascii_strdown(request->mac ? request->mac : "", -1);

    if (host && host->wake == HOST_WAKE_COMMAND)
        return host;
    return g_hash_table_lookup(world->hosts_by_mac, mac);
}

void sim_host_wake(struct sim_host *host)
{
    if (host->power != SIM_OFF || host->wake == HOST_WAKE_DISARMED)
        return;
    set_power(host, SIM_BOOTING);
    end_after(host, sim_random_between(&host->random, BOOT_LEAST_US, BOOT_MOST_US), boot_ends);
}

/* --- Off --- */

static void go_off(struct sim_host *host)
{
    host->user = NULL;
    host->login_spell_ends_us = G_MAXINT64;
    set_power(host, SIM_OFF);
}

static void stop_ends(gpointer data)
{
    struct sim_host *host = data;

    host->power_timer = 0;
    for (guint i = 0; i < host->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(host->vms, i);

        if (!vm->running)
            continue;
        sim_sin(host->world, "vm %s: stopped by the power-off of host %s", vm->name, host->name);
        sim_vm_stop(vm);
        vm->autostart = TRUE;
    }
    sim_migrations_lose_host(host);
    go_off(host);
}

void sim_host_power_off(struct sim_host *host, gboolean force)
{
    if (host->power != SIM_ON)
        return;
    sim_host_advance(host);
    if (host->user && !force)
        sim_sin(host->world, "host %s: %s was logged in when it was told to power off", host->name,
                host->user);
    /* Nobody new can log in to a host that is shutting down. */
    set_power(host, SIM_STOPPING);
    end_after(host, sim_random_between(&host->random, STOP_LEAST_US, STOP_MOST_US), stop_ends);
}

/* --- Faults --- */

static void host_dies(gpointer data)
{
    struct sim_host *host = data;

    host->death_timer = 0;
    if (host->power == SIM_OFF)
        return;
    clock_cancel_timer(host->world->clock, host->power_timer);
    host->power_timer = 0;
    host->hung_until_us = 0;
    for (guint i = 0; i < host->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(host->vms, i);

        if (!vm->running)
            continue;
        sim_vm_stop(vm);
        vm->autostart = TRUE;
    }
    sim_migrations_lose_host(host);
    go_off(host);
}

static void host_hangs(gpointer data)
{
    struct sim_host *host = data;

    host->hang_timer = 0;
    if (host->power == SIM_ON)
        host->hung_until_us = sim_now_us(host->world) +
                              sim_random_between(&host->fault_random, HANG_LEAST_US, HANG_MOST_US);
}

static void draw_faults_of_host(struct sim_host *host, gint64 from_us, gint64 until_us)
{
    const struct sim_faults *faults = &host->world->options.faults;
    gboolean dies = sim_random_chance(&host->fault_random, faults->host_dies);
    gboolean hangs = sim_random_chance(&host->fault_random, faults->host_hangs);
    gint64 dies_after_us = sim_random_between(&host->fault_random, from_us, until_us);
    gint64 hangs_after_us =
        sim_random_between(&host->fault_random, from_us, MAX(from_us, until_us - HANG_MOST_US));

    if (dies && host->death_timer == 0)
        host->death_timer = clock_add_timer(host->world->clock, dies_after_us, host_dies, host);
    if (hangs && host->hang_timer == 0)
        host->hang_timer = clock_add_timer(host->world->clock, hangs_after_us, host_hangs, host);
}

/* The faults of this night, or of the next one while the lab is open. */
static void draw_night(gpointer data)
{
    struct sim_world *world = data;
    gint64 wall_us = clock_wall_us(world->clock);
    gint64 from_us = wall_us;
    gint64 until_us = wall_us + NIGHT_WITHOUT_HOURS_US;
    gint64 again_us = until_us;

    world->night_timer = 0;
    if (world->hours && hours_next_opening_us(world->hours, wall_us) != G_MAXINT64) {
        if (hours_phase_at(world->hours, wall_us, 0) == HOURS_OPEN)
            from_us = hours_next_closing_us(world->hours, wall_us);
        until_us = hours_next_opening_us(world->hours, from_us);
        again_us = until_us;
        until_us -= CALM_BEFORE_OPENING_US;
    }
    if (until_us > from_us && until_us < G_MAXINT64 / 2)
        for (guint i = 0; i < world->hosts->len; i++)
            draw_faults_of_host(g_ptr_array_index(world->hosts, i), from_us - wall_us,
                                until_us - wall_us);
    if (again_us < G_MAXINT64 / 2)
        world->night_timer = clock_add_timer(world->clock, again_us - wall_us, draw_night, world);
}

void sim_power_begin(struct sim_world *world)
{
    const struct sim_faults *faults = &world->options.faults;

    if (faults->host_dies > 0 || faults->host_hangs > 0)
        draw_night(world);
}
