/* sim.c - the simulated lab as a driver: its life, and taking back what it was asked for. */
#include "core/driver/sim/sim.h"

#include "core/driver/sim/driver_internal.h"

static void cancel_operation(struct sim_operation *operation)
{
    if (operation->migration) {
        sim_migration_cancel(operation->migration);
        return;
    }
    if (operation->error)
        return; /* its end is decided */
    operation->error = sim_operation_error(operation, ROOST_ERROR_CANCELLED, "cancelled");
    sim_operation_end_after(operation, 0);
}

static struct sim_operation *find_operation(struct sim *sim, guint id)
{
    for (GList *link = sim->operations.head; link; link = link->next) {
        struct sim_operation *operation = link->data;

        if (operation->id == id)
            return operation;
    }
    return NULL;
}

static void sim_steer(struct driver *driver, guint id, enum migrate_steer steer)
{
    struct sim_operation *operation = find_operation((struct sim *)driver, id);

    if (operation && operation->migration)
        sim_migration_steer(operation->migration, steer);
}

static void sim_cancel(struct driver *driver, guint id)
{
    struct sim_operation *operation = find_operation((struct sim *)driver, id);

    if (operation)
        cancel_operation(operation);
}

static void sim_forget(struct driver *driver, const char *address)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_host *host = g_hash_table_lookup(sim->world->hosts_by_address, address);

    if (host)
        host->facts_told = FALSE;
    for (GList *link = sim->operations.head; link; link = link->next) {
        struct sim_operation *operation = link->data;
        gboolean concerned = host ? operation->host == host || operation->to == host
                                  : g_strcmp0(operation->address, address) == 0;

        if (concerned)
            cancel_operation(operation);
    }
}

/* The others see them end, one way or another. */
static void leave_migrations(struct sim *sim)
{
    for (GList *link = sim->operations.head; link; link = link->next) {
        struct sim_operation *operation = link->data;
        if (!operation->migration)
            continue;
        sim_migration_detach(operation->migration);
        if (operation->control == MIGRATE_DIRECT)
            sim_migration_cancel(operation->migration);
        operation->migration = NULL;
    }
}

static void sim_free(struct driver *driver)
{
    struct sim *sim = (struct sim *)driver;
    GList *link;

    g_ptr_array_remove(sim->world->drivers, driver);
    if (sim->world->drivers->len > 0)
        leave_migrations(sim);
    while ((link = g_queue_pop_head_link(&sim->operations)))
        sim_operation_free(link->data);
    while ((link = g_queue_pop_head_link(&sim->spare)))
        g_free(link); /* the first member of the operation */
    if (sim->world->drivers->len == 0)
        sim_world_free(sim->world);
    g_free(sim);
}

static const struct driver_ops SIM_OPS = {
    .name = "simulated",
    .refresh = sim_refresh,
    .migrate = sim_migrate,
    .wake = sim_wake,
    .power_off = sim_power_off,
    .check = sim_check,
    .can_cut = sim_can_cut,
    .cut = sim_cut,
    .probe = sim_probe,
    .control = sim_control,
    .manage = sim_manage,
    .enrol = sim_enrol,
    .trust = sim_trust,
    .run = sim_run,
    .arm = sim_arm,
    .share_keys = sim_share_keys,
    .steer = sim_steer,
    .cancel = sim_cancel,
    .forget = sim_forget,
    .free = sim_free,
};

static struct driver *sim_new(struct sim_world *world, struct clock *clock)
{
    struct sim *sim = g_new0(struct sim, 1);

    sim->driver.ops = &SIM_OPS;
    sim->world = world;
    sim->clock = clock;
    g_queue_init(&sim->operations);
    g_queue_init(&sim->spare);
    g_ptr_array_add(world->drivers, &sim->driver);
    return &sim->driver;
}

struct driver *sim_driver_new(struct clock *clock, const struct cluster *lab,
                              const struct hours *hours, const struct sim_options *options)
{
    return sim_new(sim_world_new(clock, lab, hours, options), clock);
}

struct driver *sim_driver_join(struct driver *driver, struct clock *clock)
{
    return sim_new(sim_driver_world(driver), clock);
}

void sim_tell_changed(const struct sim_world *world, const char *address)
{
    for (guint i = 0; i < world->drivers->len; i++) {
        struct driver *driver = g_ptr_array_index(world->drivers, i);
        if (!sim_is_stopped((const struct sim *)driver))
            driver_emit_changed(driver, address);
    }
}

struct sim_world *sim_driver_world(const struct driver *driver)
{
    g_assert(driver->ops == &SIM_OPS);
    return ((const struct sim *)driver)->world;
}
