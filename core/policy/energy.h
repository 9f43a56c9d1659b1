/*
 * energy.h - watts and what is saved. Pure.
 *
 * A host on draws idle_watts + (busy_watts - idle_watts) x its CPU share; one off, off_watts (it
 * listens for its magic packet); one waking or stopping, busy_watts.
 */
#ifndef ROOST_POLICY_ENERGY_H
#define ROOST_POLICY_ENERGY_H

#include "core/model/cluster.h"

struct energy_config {
    double idle_watts; /* 70 */
    double busy_watts; /* 110 */
    double off_watts;  /* 3 */
};

/* What electricity costs and stands for; 0 = not told. */
struct energy_tariff {
    double price_per_kwh;
    double co2_g_per_kwh;
};

void energy_config_init(struct energy_config *config);

double energy_host_watts(const struct host *host, const struct energy_config *config);
double energy_cluster_watts(const struct cluster *cluster, const struct energy_config *config);

/* What the same cluster would draw with every host on and idle or as busy as now. */
double energy_all_on_watts(const struct cluster *cluster, const struct energy_config *config);

#define ENERGY_JOULES_PER_KWH 3.6e6

/* What so many kWh cost, and stand for in kg of CO2; 0 when the tariff does not tell. */
double energy_money(const struct energy_tariff *tariff, double kwh);
double energy_co2_kg(const struct energy_tariff *tariff, double kwh);

#endif
