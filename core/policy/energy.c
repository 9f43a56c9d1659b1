#include "core/policy/energy.h"

void energy_config_init(struct energy_config *config)
{
    *config = (struct energy_config){.idle_watts = 70, .busy_watts = 110, .off_watts = 3};
}

/* A host that is on and whose CPU is not known is taken as idle. */
static double watts_on(const struct host *host, const struct energy_config *config)
{
    double busy = (double)CLAMP(host->cpu_permille, 0, 1000) / 1000;

    return config->idle_watts + (config->busy_watts - config->idle_watts) * busy;
}

double energy_host_watts(const struct host *host, const struct energy_config *config)
{
    switch (host->state) {
    case HOST_OFF:
        return config->off_watts;
    case HOST_WAKING:
    case HOST_STOPPING:
        return config->busy_watts;
    case HOST_ON:
    case HOST_UNREACHABLE:
        break;
    }
    return watts_on(host, config);
}

double energy_cluster_watts(const struct cluster *cluster, const struct energy_config *config)
{
    double watts = 0;

    for (guint i = 0; i < cluster->hosts->len; i++)
        watts += energy_host_watts(g_ptr_array_index(cluster->hosts, i), config);
    return watts;
}

double energy_all_on_watts(const struct cluster *cluster, const struct energy_config *config)
{
    double watts = 0;

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        /* The CPU last seen on a host that is not on says nothing of what it would do now. */
        watts += host->state == HOST_OFF ? config->idle_watts : watts_on(host, config);
    }
    return watts;
}

double energy_money(const struct energy_tariff *tariff, double kwh)
{
    return tariff->price_per_kwh * kwh;
}

double energy_co2_kg(const struct energy_tariff *tariff, double kwh)
{
    return tariff->co2_g_per_kwh * kwh / 1000;
}
