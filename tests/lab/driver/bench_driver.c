/*
 * What the libvirt driver costs on real hosts: tests/bench/lab.sh runs it on a lab of many.
 *
 *   bench_driver [ROUNDS]      LAB_ADDRESSES, LAB_KEY, LAB_KNOWN_HOSTS as `lab env` tells them
 *
 * Connects to all hosts at once from nothing, twice, then asks all of them at once ROUNDS times
 * (200), and prints one line "name value unit budget" for each figure; a budget of - is none.
 */
#include "core/driver/libvirt/libvirt_driver.h"

#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#define ROUNDS_DEFAULT 200

struct bench {
    struct driver *driver;
    char **addresses;
    guint hosts;
    guint pending;
    guint failed;
};

static double cpu_ms(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static double system_ms(void)
{
    struct rusage usage;

    getrusage(RUSAGE_SELF, &usage);
    return (double)usage.ru_stime.tv_sec * 1e3 + (double)usage.ru_stime.tv_usec / 1e3;
}

/* A line "KEY: N kB" of a file of /proc/self, in MiB; -1 when there is none. */
static double memory_mib(const char *file, const char *key)
{
    g_autofree char *text = NULL;
    const char *line;

    if (!g_file_get_contents(file, &text, NULL, NULL))
        return -1;
    line = strstr(text, key);
    return line ? (double)g_ascii_strtoull(line + strlen(key), NULL, 10) / 1024 : -1;
}

static void on_report(struct host_report *report, const GError *error, gpointer data)
{
    struct bench *bench = data;

    bench->pending--;
    if (error || report->trouble) {
        bench->failed++;
        g_printerr("bench_driver: %s\n", error ? error->message : report->trouble);
    }
    host_report_free(report);
}

/* All hosts at once; returns how long until the last has answered. */
static double ask_all_ms(struct bench *bench)
{
    gint64 begin_us = g_get_monotonic_time();

    bench->pending = bench->hosts;
    for (guint i = 0; i < bench->hosts; i++)
        driver_refresh(bench->driver, bench->addresses[i], on_report, bench);
    while (bench->pending > 0)
        g_main_context_iteration(NULL, TRUE);
    return (double)(g_get_monotonic_time() - begin_us) / 1e3;
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a;
    double y = *(const double *)b;

    return (x > y) - (x < y);
}

static void print_memory(void)
{
    g_print("rss %.1f MiB 24\n", memory_mib("/proc/self/status", "VmRSS:"));
    g_print("pss %.1f MiB -\n", memory_mib("/proc/self/smaps_rollup", "Pss:"));
    g_print("private %.1f MiB -\n", memory_mib("/proc/self/smaps_rollup", "Private_Dirty:"));
    g_print("threads %.0f - -\n", memory_mib("/proc/self/status", "Threads:") * 1024);
}

static double connect_ms(struct bench *bench, const struct libvirt_settings *settings)
{
    g_autoptr(GError) error = NULL;

    bench->driver = libvirt_driver_new(settings, &error);
    if (bench->driver)
        return ask_all_ms(bench);
    g_printerr("bench_driver: %s\n", error->message);
    exit(2);
}

static void measure_refresh(struct bench *bench, guint rounds)
{
    g_autofree double *took_ms = g_new(double, rounds);
    double cpu = cpu_ms();
    double system = system_ms();

    for (guint i = 0; i < rounds; i++)
        took_ms[i] = ask_all_ms(bench);
    qsort(took_ms, rounds, sizeof *took_ms, compare);
    g_print("refresh-median %.0f ms 250\n", took_ms[rounds / 2]);
    g_print("refresh-p99 %.0f ms 250\n", took_ms[(rounds * 99 + 99) / 100 - 1]);
    g_print("refresh-best %.0f ms -\n", took_ms[0]);
    g_print("refresh-cpu %.1f ms -\n", (cpu_ms() - cpu) / rounds);
    g_print("refresh-kernel %.1f ms -\n", (system_ms() - system) / rounds);
}

/* A daemon that nobody has asked yet finds out what its host can do, for half a second of CPU. */
static void measure(struct bench *bench, const struct libvirt_settings *settings, guint rounds)
{
    double cpu;

    g_print("connect-first %.0f ms -\n", connect_ms(bench, settings));
    driver_free(bench->driver);
    cpu = cpu_ms();
    g_print("connect %.0f ms -\n", connect_ms(bench, settings));
    g_print("connect-cpu %.0f ms -\n", cpu_ms() - cpu);
    measure_refresh(bench, rounds);
    print_memory();
    driver_free(bench->driver);
}

int main(int argc, char **argv)
{
    const struct libvirt_settings settings = {
        .ssh_user = "root",
        .ssh_identity = g_getenv("LAB_KEY"),
        .ssh_known_hosts = g_getenv("LAB_KNOWN_HOSTS"),
        .connect_us = 60 * G_USEC_PER_SEC,
        .refresh_us = 30 * G_USEC_PER_SEC,
    };
    const char *addresses = g_getenv("LAB_ADDRESSES");
    struct bench bench = {0};

    if (!addresses) {
        g_printerr("bench_driver: LAB_ADDRESSES is not set\n");
        return 2;
    }
    bench.addresses = g_strsplit(addresses, " ", -1);
    bench.hosts = g_strv_length(bench.addresses);
    measure(&bench, &settings, argc > 1 ? (guint)MAX(1, atoi(argv[1])) : ROUNDS_DEFAULT);
    g_strfreev(bench.addresses);
    return bench.failed ? 1 : 0;
}
