#include "core/driver/libvirt/migration_checks.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/virt_error.h"

#define GO_PAST " (--force or [migration] allow_unsafe=true goes past this)"

struct checking {
    struct migration_ends *ends;
    const struct migrate_request *request;
    const struct migration_paths *paths;
    virConnectPtr source;
    virConnectPtr target;
    struct guest_needs *needs;
    struct migration_probe *probe;
};

static gboolean refuse_take(char *why, const char *how, GError **error)
{
    if (!why)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s%s", why, how);
    g_free(why);
    return FALSE;
}

/* --- Pure --- */

char *migration_checks_devices(const struct guest_needs *needs)
{
    GString *text;

    if (needs->immovable->len == 0)
        return NULL;
    text = g_string_new("it cannot leave its host: it has ");
    for (guint i = 0; i < needs->immovable->len; i++)
        g_string_append_printf(text, "%s%s", i > 0 ? ", " : "",
                               (const char *)g_ptr_array_index(needs->immovable, i));
    return g_string_free(text, FALSE);
}

char *migration_checks_pins(const struct guest_needs *needs, guint cpus, guint nodes)
{
    if (cpus > 0 && needs->cpu_highest >= (gint)cpus)
        return g_strdup_printf("it is pinned to CPU %d, and the target has CPUs 0 to %u",
                               needs->cpu_highest, cpus - 1);
    if (nodes > 0 && needs->node_highest >= (gint)nodes)
        return g_strdup_printf("its memory is bound to NUMA node %d, and the target has %u",
                               needs->node_highest, nodes);
    return NULL;
}

char *migration_checks_places(const struct guest_needs *needs, const struct migration_probe *probe,
                              const char *target)
{
    if (!probe->answered)
        return NULL;
    for (guint i = 0; i < needs->disks->len; i++) {
        const struct guest_disk *disk = g_ptr_array_index(needs->disks, i);
        g_autofree char *path = text_escape(disk->path);

        if (probe->disk_bytes[i] == MIGRATION_PROBE_MISSING)
            return g_strdup_printf("its disk %s is not on %s: it must be on storage that both "
                                   "hosts share",
                                   path, target);
    }
    for (guint i = 0; i < needs->links->len; i++) {
        g_autofree char *name = text_escape(g_ptr_array_index(needs->links, i));

        if (!probe->has_link[i])
            return g_strdup_printf("%s has no bridge or interface %s, which its network needs",
                                   target, name);
    }
    return NULL;
}

char *migration_checks_size(const struct guest_disk *disk, gint64 source_bytes, gint64 target_bytes,
                            const char *target)
{
    g_autofree char *path = text_escape(disk->path);

    if (!disk->raw || source_bytes <= 0 || target_bytes <= 0 || source_bytes == target_bytes)
        return NULL;
    return g_strdup_printf("its disk %s is another file on %s (%" G_GINT64_FORMAT
                           " bytes, not %" G_GINT64_FORMAT "): it is not shared",
                           path, target, target_bytes, source_bytes);
}

/* --- What libvirt tells --- */

/* The nearest that libvirt can tell: free, and what the kernel could give back. */
static guint64 count_available_kib(virConnectPtr connection)
{
    virNodeMemoryStatsPtr stats;
    guint64 sum_kib = 0;
    int n = 0;

    if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, NULL, &n, 0) < 0 ||
        n <= 0)
        return 0;
    stats = g_new0(virNodeMemoryStats, n);
    if (virNodeGetMemoryStats(connection, VIR_NODE_MEMORY_STATS_ALL_CELLS, stats, &n, 0) == 0)
        for (int i = 0; i < n; i++)
            if (strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_FREE) == 0 ||
                strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_BUFFERS) == 0 ||
                strcmp(stats[i].field, VIR_NODE_MEMORY_STATS_CACHED) == 0)
                sum_kib += stats[i].value;
    g_free(stats);
    return sum_kib;
}

static gboolean check_memory(const struct checking *checking, GError **error)
{
    guint64 needed_kib = virDomainGetMaxMemory(checking->ends->domain);
    guint64 available_kib = checking->probe->answered ? checking->probe->mem_available_kib : 0;

    if (!available_kib)
        available_kib = count_available_kib(checking->target);
    virResetLastError();
    if (available_kib >= needed_kib)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "%s has %" G_GUINT64_FORMAT " MiB available, the VM needs %" G_GUINT64_FORMAT,
                checking->request->to_address, available_kib / 1024, needed_kib / 1024);
    return FALSE;
}

static gboolean check_pins(const struct checking *checking, GError **error)
{
    virNodeInfo info;
    char *why;

    if (virNodeGetInfo(checking->target, &info) < 0) {
        virResetLastError();
        return TRUE;
    }
    why = migration_checks_pins(checking->needs, VIR_NODEINFO_MAXCPUS(info), info.nodes);
    return refuse_take(why, "", error);
}

/* What the guest was given when it was given its host's own CPU. */
static char *read_host_cpu(const struct checking *checking)
{
    const struct guest_needs *needs = checking->needs;
    char *text = virConnectGetDomainCapabilities(checking->source, needs->emulator, needs->arch,
                                                 needs->machine, needs->virt_type, 0);
    char *cpu = text ? guest_needs_host_cpu(text) : NULL;

    free(text);
    return cpu;
}

static gboolean check_cpu(const struct checking *checking, GError **error)
{
    const struct guest_needs *needs = checking->needs;
    g_autofree char *host_cpu = needs->host_cpu ? read_host_cpu(checking) : NULL;
    const char *cpu = host_cpu ? host_cpu : needs->cpu;
    g_autoptr(GError) cause = NULL;
    int verdict;
    int code;

    if (!cpu)
        return TRUE;
    verdict = virConnectCompareHypervisorCPU(checking->target, needs->emulator, needs->arch,
                                             needs->machine, needs->virt_type, cpu,
                                             VIR_CONNECT_COMPARE_CPU_FAIL_INCOMPATIBLE);
    code = virGetLastErrorCode();
    if (verdict > VIR_CPU_COMPARE_INCOMPATIBLE ||
        (verdict < 0 && code != VIR_ERR_CPU_INCOMPATIBLE)) {
        virResetLastError(); /* it fits, or that libvirt cannot compare */
        return TRUE;
    }
    virt_error_take(&cause);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "the CPU of %s cannot stand in for the one it runs on: %s%s",
                checking->request->to_address, cause->message, GO_PAST);
    return FALSE;
}

static gboolean check_networks(const struct checking *checking, GError **error)
{
    const GPtrArray *networks = checking->needs->networks;

    for (guint i = 0; i < networks->len; i++) {
        const char *name = g_ptr_array_index(networks, i);
        virNetworkPtr network = virNetworkLookupByName(checking->target, name);
        gboolean active = network && virNetworkIsActive(network) == 1;
        gboolean missing = !network && virGetLastErrorCode() == VIR_ERR_NO_NETWORK;
        gboolean stopped = network && !active;
        g_autofree char *shown = text_escape(name);

        if (network)
            virNetworkFree(network);
        virResetLastError();
        if (!missing && !stopped)
            continue;
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "the libvirt network %s, which it needs, %s on %s: virsh net-%s %s", shown,
                    missing ? "is not defined" : "is not started", checking->request->to_address,
                    missing ? "define" : "start", shown);
        return FALSE;
    }
    return TRUE;
}

/* --- Where ssh was needed --- */

static gboolean check_sizes(const struct checking *checking, GError **error)
{
    const GPtrArray *disks = checking->needs->disks;

    for (guint i = 0; checking->probe->answered && i < disks->len; i++) {
        const struct guest_disk *disk = g_ptr_array_index(disks, i);
        virDomainBlockInfo info = {0};
        char *why;

        if (!disk->raw || virDomainGetBlockInfo(checking->ends->domain, disk->path, &info, 0) < 0)
            continue;
        why = migration_checks_size(disk, (gint64)info.capacity, checking->probe->disk_bytes[i],
                                    checking->request->to_address);
        if (!refuse_take(why, GO_PAST, error))
            return FALSE;
    }
    virResetLastError();
    return TRUE;
}

static gboolean has_certificates(const struct migration_probe *probe, const char *address,
                                 GError **error)
{
    if (!probe->answered || !probe->lacks)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "%s has no %s: give every host the certificate of one authority (ca-cert.pem), a "
                "certificate of its own in the name of its address (server-cert.pem) and its key "
                "(server-key.pem) there, or set [migration] transport to plain or tunnelled",
                address, probe->lacks);
    return FALSE;
}

static gboolean check_certificates(const struct checking *checking, GError **error)
{
    const struct migrate_request *request = checking->request;
    autoptr(migration_probe) source = NULL;

    if (request->transport != MIGRATE_TLS)
        return TRUE;
    if (!has_certificates(checking->probe, request->to_address, error))
        return FALSE;
    source = migration_probe_ask(checking->paths->from, request->from_address, checking->needs);
    return has_certificates(source, request->from_address, error);
}

static gboolean check_all(const struct checking *checking, GError **error)
{
    const struct migrate_request *request = checking->request;

    if (!check_memory(checking, error) || !check_pins(checking, error) ||
        !refuse_take(migration_checks_places(checking->needs, checking->probe, request->to_address),
                     "", error) ||
        !check_networks(checking, error) || !check_certificates(checking, error))
        return FALSE;
    if (request->allow_unsafe)
        return TRUE;
    return refuse_take(migration_checks_devices(checking->needs), GO_PAST, error) &&
           check_cpu(checking, error) && check_sizes(checking, error);
}

gboolean migration_checks_pass(struct migration_ends *ends, const struct migrate_request *request,
                               const struct migration_paths *paths, GError **error)
{
    char *xml = virDomainGetXMLDesc(ends->domain, 0);
    autoptr(guest_needs) needs = xml ? guest_needs_read(xml) : NULL;
    autoptr(migration_probe) probe = NULL;
    struct checking checking;

    free(xml);
    if (!needs) {
        virt_error_take(error);
        return FALSE;
    }
    probe = migration_probe_ask(paths->to, request->to_address, needs);
    checking = (struct checking){ends,
                                 request,
                                 paths,
                                 virt_link_connection(ends->source),
                                 virt_link_connection(ends->target),
                                 needs,
                                 probe};
    return check_all(&checking, error);
}
