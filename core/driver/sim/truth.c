/* truth.c - what is really so in a simulated lab, for nights, tests and benches. */
#include "core/driver/sim/world.h"

guint sim_hosts_on(const struct driver *driver)
{
    return sim_driver_world(driver)->hosts_on;
}

guint sim_vms_running(const struct driver *driver)
{
    return sim_driver_world(driver)->vms_running;
}

guint sim_vms_at_home(const struct driver *driver)
{
    return sim_driver_world(driver)->vms_at_home;
}

guint sim_moves(const struct driver *driver)
{
    return sim_driver_world(driver)->moves;
}

guint sim_moves_failed(const struct driver *driver)
{
    return sim_driver_world(driver)->moves_failed;
}

double sim_joules(const struct driver *driver)
{
    const struct sim_world *world = sim_driver_world(driver);
    double joules = 0;

    for (guint i = 0; i < world->hosts->len; i++) {
        struct sim_host *host = g_ptr_array_index(world->hosts, i);

        sim_host_advance(host);
        joules += host->joules;
    }
    return joules;
}

double sim_joules_all_on(const struct driver *driver)
{
    const struct sim_world *world = sim_driver_world(driver);
    double joules = 0;

    for (guint i = 0; i < world->hosts->len; i++) {
        struct sim_host *host = g_ptr_array_index(world->hosts, i);

        sim_host_advance(host);
        joules += host->joules_all_on;
    }
    return joules;
}

guint sim_sins(const struct driver *driver, const char **what)
{
    const struct sim_world *world = sim_driver_world(driver);

    if (what)
        *what = world->first_sin;
    return world->sins;
}
