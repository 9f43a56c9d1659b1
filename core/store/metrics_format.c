/* metrics_format.c - the text of metrics.h: each family once, with its HELP and TYPE. */
#include "core/store/metrics.h"

#include "core/base/text.h"
#include "core/policy/energy.h"
#include "core/policy/policy.h"

#define BYTES_PER_KIB 1024.0

static void begin_family(GString *out, const char *name, const char *type, const char *help)
{
    g_string_append_printf(out, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, type);
}

/* As the format wants a label's value: backslash, quote and newline escaped, after our own. */
static void add_label_value(GString *out, const char *value)
{
    g_autofree char *shown = text_escape(value);
    for (const char *at = shown; *at; at++) {
        if (*at == '\\' || *at == '"')
            g_string_append_c(out, '\\');
        g_string_append_c(out, *at);
    }
}

/* label may be NULL. */
static void add(GString *out, const char *name, const char *label, const char *value, double number)
{
    char digits[G_ASCII_DTOSTR_BUF_SIZE];
    g_string_append(out, name);
    if (label) {
        g_string_append_printf(out, "{%s=\"", label);
        add_label_value(out, value);
        g_string_append(out, "\"}");
    }
    g_string_append_printf(out, " %s\n", g_ascii_formatd(digits, sizeof digits, "%.15g", number));
}

static void add_one(GString *out, const char *name, const char *type, const char *help,
                    double number)
{
    begin_family(out, name, type, help);
    add(out, name, NULL, NULL, number);
}

static void add_ends(GString *out, const char *name, const char *help, const guint64 *ends)
{
    begin_family(out, name, "counter", help);
    for (guint i = 0; i < HISTORY_N_ENDS; i++)
        add(out, name, "result", history_end_names[i], (double)ends[i]);
}

/* --- The cluster ------------------------------------------------------------------------------ */

static guint count_frozen(const struct cluster *cluster)
{
    guint count = 0;
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = cluster->hosts->pdata[i];
        count += host->state == HOST_UNREACHABLE ? 1 : 0;
        for (guint j = 0; j < host->vms->len; j++)
            count += vm_is_frozen(host->vms->pdata[j]) ? 1 : 0;
    }
    return count;
}

static void add_states(GString *out, const struct cluster *cluster)
{
    guint counts[HOST_UNREACHABLE + 1] = {0};
    begin_family(out, "roost_hosts", "gauge", "Hosts of the cluster by their state.");
    for (guint i = 0; i < cluster->hosts->len; i++)
        counts[((const struct host *)cluster->hosts->pdata[i])->state]++;
    for (guint i = 0; i < G_N_ELEMENTS(counts); i++)
        add(out, "roost_hosts", "state", host_state_name(i), counts[i]);
}

static double host_up(const struct host *host)
{
    return host->state == HOST_ON ? 1 : 0;
}

static double host_vms(const struct host *host)
{
    return host_active_vms(host);
}

static double host_vm_bytes(const struct host *host)
{
    return (double)host_active_mem_kib(host) * BYTES_PER_KIB;
}

/* -1: not known, or not of now. */
static double host_ram_bytes(const struct host *host)
{
    return host->mem_kib > 0 ? (double)host->mem_kib * BYTES_PER_KIB : -1;
}

static double host_load(const struct host *host)
{
    gint permille = host->state == HOST_ON ? host_load_permille(host) : -1;
    return permille >= 0 ? permille / 1000.0 : -1;
}

static double host_cpu(const struct host *host)
{
    return host->state == HOST_ON && host->cpu_permille >= 0 ? host->cpu_permille / 1000.0 : -1;
}

static void add_hosts(GString *out, const struct cluster *cluster)
{
    static const struct {
        const char *name;
        const char *help;
        double (*value)(const struct host *host);
    } families[] = {
        {"roost_host_up", "1 when the host is on and answers.", host_up},
        {"roost_host_load", "loadavg15 of the host, divided by its CPUs.", host_load},
        {"roost_host_cpu_ratio", "Busy share of the host's CPUs, 0 to 1.", host_cpu},
        {"roost_host_vms", "VMs that run on the host.", host_vms},
        {"roost_host_vm_memory_bytes", "RAM of the VMs that run on the host.", host_vm_bytes},
        {"roost_host_memory_bytes", "RAM of the host.", host_ram_bytes},
    };
    for (guint i = 0; i < G_N_ELEMENTS(families); i++) {
        begin_family(out, families[i].name, "gauge", families[i].help);
        for (guint j = 0; j < cluster->hosts->len; j++) {
            const struct host *host = cluster->hosts->pdata[j];
            double value = families[i].value(host);
            if (value >= 0)
                add(out, families[i].name, "host", host->name, value);
        }
    }
}

static void add_mode(GString *out, const struct engine *engine)
{
    begin_family(out, "roost_mode", "gauge", "1 for the mode of the autopilot.");
    for (enum engine_mode mode = ENGINE_MANUAL; mode <= ENGINE_ALWAYS; mode++)
        add(out, "roost_mode", "mode", engine_mode_name(mode), engine_mode(engine) == mode ? 1 : 0);
}

static void add_energy(GString *out, const struct engine *engine,
                       const struct history_totals *totals)
{
    const struct energy_config *energy = &engine_settings(engine)->energy;
    const struct cluster *cluster = engine_cluster(engine);
    add_one(out, "roost_watts", "gauge", "What the hosts draw now, as configured.",
            energy_cluster_watts(cluster, energy));
    add_one(out, "roost_watts_all_on", "gauge", "What they would draw with every host on.",
            energy_all_on_watts(cluster, energy));
    add_one(out, "roost_kwh_total", "counter", "What they drew while roost looked, in kWh.",
            totals->kwh);
    add_one(out, "roost_saved_kwh_total", "counter",
            "What was saved against every host on, in kWh.", totals->kwh_saved);
}

char *metrics_format(const struct engine *engine, const struct metrics_facts *facts)
{
    const struct cluster *cluster = engine_cluster(engine);
    GString *out = g_string_new(NULL);
    add_states(out, cluster);
    add_hosts(out, cluster);
    add_one(out, "roost_vms", "gauge", "VMs that run.", cluster_count_active_vms(cluster));
    add_ends(out, "roost_migrations_total", "Migrations by how they ended.",
             facts->totals.migrations);
    add_ends(out, "roost_wakes_total", "Wakes by how they ended.", facts->totals.wakes);
    add_ends(out, "roost_offs_total", "Switch-offs by how they ended.", facts->totals.offs);
    add_one(out, "roost_alarms", "gauge",
            "What is wrong now: hosts that do not answer, VMs that are lost or seen twice.",
            count_frozen(cluster));
    add_one(out, "roost_alarms_total", "counter", "Alarms that were told.",
            (double)facts->totals.alarms);
    add_energy(out, engine, &facts->totals);
    add_mode(out, engine);
    add_one(out, "roost_manager_fence", "gauge",
            "The number of the lease under which the manager acts; 0 without one.",
            (double)facts->fence);
    if (facts->last_decision_us > 0)
        add_one(out, "roost_last_decision_timestamp_seconds", "gauge",
                "When the autopilot last decided.",
                (double)facts->last_decision_us / G_USEC_PER_SEC);
    return g_string_free(out, FALSE);
}
