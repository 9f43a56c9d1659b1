#include "core/policy/energy.h"

#include "tests/support/policy_lab.h"

static void host_states(void)
{
    autoptr(cluster) cluster = cluster_new("lab");
    struct host *host = lab_add_host(cluster, "pc01", 2048);
    struct energy_config config;

    energy_config_init(&config);
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 70);
    host->cpu_permille = 500;
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 90);
    host->cpu_permille = 1000;
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 110);
    host->cpu_permille = 5000;
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 110);
    host->cpu_permille = -1;
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 70);
    host->state = HOST_UNREACHABLE;
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 70);
    host->state = HOST_WAKING;
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 110);
    host->state = HOST_STOPPING;
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 110);
    host->state = HOST_OFF;
    g_assert_cmpfloat(energy_host_watts(host, &config), ==, 3);
}

static void saving(void)
{
    autoptr(cluster) cluster = lab_ercolani(62);
    struct energy_config config;
    double all_on;

    energy_config_init(&config);
    all_on = energy_all_on_watts(cluster, &config);
    g_assert_cmpfloat(energy_cluster_watts(cluster, &config), ==, all_on);
    for (guint i = 8; i < 62; i++)
        ((struct host *)g_ptr_array_index(cluster->hosts, i))->state = HOST_OFF;
    /* 54 hosts fall from nearly idle to listening. */
    g_assert_cmpfloat_with_epsilon(all_on - energy_cluster_watts(cluster, &config), 54 * 67, 70);
    g_assert_cmpfloat_with_epsilon(energy_all_on_watts(cluster, &config), all_on, 70);
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/energy/each_state_draws_its_own", host_states);
    g_test_add_func("/energy/what_is_off_is_saved", saving);
    return g_test_run();
}
