#include "core/driver/libvirt/node_load.h"

#include <libvirt/virterror.h>
#include <math.h>
#include <string.h>

#define LOAD15_US       (15.0 * 60 * 1e6)
#define PARAMETERS_MOST 64

static gboolean is_busy(const char *field)
{
    return strcmp(field, VIR_NODE_CPU_STATS_KERNEL) == 0 ||
           strcmp(field, VIR_NODE_CPU_STATS_USER) == 0 ||
           strcmp(field, VIR_NODE_CPU_STATS_INTR) == 0;
}

static gboolean is_idle(const char *field)
{
    return strcmp(field, VIR_NODE_CPU_STATS_IDLE) == 0 ||
           strcmp(field, VIR_NODE_CPU_STATS_IOWAIT) == 0;
}

/* Asks how many there are, then for them. -1 when it does not tell. */
static int get_cpu_stats(virConnectPtr connection, virNodeCPUStatsPtr stats)
{
    int n = 0;

    if (virNodeGetCPUStats(connection, VIR_NODE_CPU_STATS_ALL_CPUS, NULL, &n, 0) < 0 || n <= 0 ||
        n > PARAMETERS_MOST)
        return -1;
    return virNodeGetCPUStats(connection, VIR_NODE_CPU_STATS_ALL_CPUS, stats, &n, 0) < 0 ? -1 : n;
}

void node_load_measure(struct node_load *load, guint64 busy_ns, guint64 total_ns, gint64 now_us,
                       struct host_report *report)
{
    gint64 elapsed_us = now_us - load->at_us;
    gboolean comparable = load->at_us != 0 && elapsed_us > 0 && total_ns > load->total_ns &&
                          busy_ns >= load->busy_ns &&
                          busy_ns - load->busy_ns <= total_ns - load->total_ns;
    double share =
        comparable ? (double)(busy_ns - load->busy_ns) / (double)(total_ns - load->total_ns) : 0;
    double cpus = share * report->cpus;

    load->busy_ns = busy_ns;
    load->total_ns = total_ns;
    load->at_us = now_us;
    if (comparable) {
        report->cpu_permille = (gint)(share * 1000 + 0.5);
        load->busy_cpus = load->averaged
                              ? load->busy_cpus + (cpus - load->busy_cpus) *
                                                      -expm1(-(double)elapsed_us / LOAD15_US)
                              : cpus;
        load->averaged = TRUE;
    }
    if (load->averaged)
        report->load15_permille = (gint)(load->busy_cpus * 1000 + 0.5);
}

static void look_at_cpus(struct node_load *load, virConnectPtr connection,
                         struct host_report *report)
{
    virNodeCPUStats stats[PARAMETERS_MOST];
    int n = get_cpu_stats(connection, stats);
    guint64 busy_ns = 0, idle_ns = 0;

    for (int i = 0; i < n; i++) {
        busy_ns += is_busy(stats[i].field) ? stats[i].value : 0;
        idle_ns += is_idle(stats[i].field) ? stats[i].value : 0;
    }
    if (n > 0 && busy_ns + idle_ns > 0)
        node_load_measure(load, busy_ns, busy_ns + idle_ns, g_get_monotonic_time(), report);
}

static guint64 free_kib(virConnectPtr connection)
{
    virNodeMemoryStats stats[PARAMETERS_MOST];
    guint64 sum = 0;
    int n = 0;

    if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &n, 0) == 0 &&
        n > 0 && n <= PARAMETERS_MOST &&
        virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0) == 0) {
        for (int i = 0; i < n; i++)
            if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_TOTAL) != 0)
                sum += stats[i].value; /* free, buffers, cached */
    }
    return sum > 0 ? sum : virNodeGetFreeMemory(connection) / 1024;
}

void node_load_look(struct node_load *load, virConnectPtr connection, struct host_report *report)
{
    if (report->load15_permille < 0 && report->cpus > 0)
        look_at_cpus(load, connection, report);
    if (report->mem_available_kib == 0)
        report->mem_available_kib = free_kib(connection);
    virResetLastError();
}
