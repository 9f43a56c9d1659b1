/* driver_power.c - waking simulated hosts, and switching them off. */
#include "core/driver/sim/driver_internal.h"

#define PACKET_US         2000
#define TELL_OFF_LEAST_US 50000
#define TELL_OFF_MOST_US  300000

static void end_wake(gpointer data)
{
    struct sim_operation *operation = data;
    struct sim_world *world = operation->sim->world;

    operation->timer = 0;
    operation->error = sim_operation_refusal(operation);
    if (!operation->error &&
        !sim_random_chance(&world->network_random, world->options.faults.wake_fails) &&
        operation->host)
        sim_host_wake(operation->host);
    sim_operation_end(operation);
}

static void tell_wake(struct sim_operation *operation)
{
    operation->woken(operation->ways, operation->error, operation->data);
}

guint sim_wake(struct driver *driver, const struct wake_request *request, driver_wake_func done,
               gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_host *host = sim_world_find_listener(sim->world, request);
    struct sim_operation *operation = sim_operation_new(sim, tell_wake, host, data);

    operation->address = g_strdup(request->address);
    operation->ways =
        host && host->wake == HOST_WAKE_COMMAND ? "wake_command" : "magic packet from here";
    operation->woken = done;
    sim_operation_after(operation, PACKET_US, end_wake);
    return operation->id;
}

static GError *power_off_error(const struct sim_operation *operation)
{
    const struct sim_host *host = operation->host;
    enum sim_answer answer = sim_operation_answer(operation);

    if (answer != SIM_ANSWERS)
        return sim_operation_answer_error(operation, answer);
    if (host->running > 0)
        return sim_operation_error(operation, ROOST_ERROR_REFUSED,
                                   "a VM runs on it; not switched off");
    if (host->incoming > 0 || host->transfers_out > 0)
        return sim_operation_error(operation, ROOST_ERROR_REFUSED,
                                   "a VM is moving; not switched off");
    if (host->user && !operation->force)
        return sim_operation_error(operation, ROOST_ERROR_REFUSED,
                                   "somebody is logged in; not switched off");
    return sim_operation_refusal(operation);
}

static void end_power_off(gpointer data)
{
    struct sim_operation *operation = data;

    operation->timer = 0;
    if (sim_operation_waits(operation, end_power_off))
        return;
    if (operation->host)
        sim_host_advance(operation->host);
    operation->error = power_off_error(operation);
    if (!operation->error)
        sim_host_power_off(operation->host, operation->force);
    sim_operation_end(operation);
}

guint sim_power_off(struct driver *driver, const char *address, gboolean force,
                    driver_done_func done, gpointer data)
{
    struct sim *sim = (struct sim *)driver;
    struct sim_operation *operation = sim_operation_to(sim, NULL, address, data);

    operation->force = force;
    operation->done = done;
    sim_operation_after(
        operation,
        sim_operation_answer_us(operation) +
            sim_random_between(&sim->world->latency_random, TELL_OFF_LEAST_US, TELL_OFF_MOST_US),
        end_power_off);
    return operation->id;
}

/* In this world nobody has wired anything up that could take the power away. */
gboolean sim_can_cut(G_GNUC_UNUSED struct driver *driver, G_GNUC_UNUSED const char *address)
{
    return FALSE;
}

guint sim_cut(struct driver *driver, const char *address, driver_done_func done, gpointer data)
{
    struct sim_operation *operation = sim_operation_to((struct sim *)driver, NULL, address, data);

    operation->done = done;
    operation->error =
        sim_operation_error(operation, ROOST_ERROR_REFUSED, "no cut_command is configured for it");
    sim_operation_end_after(operation, 0);
    return operation->id;
}
