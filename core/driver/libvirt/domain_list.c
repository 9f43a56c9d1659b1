#include "core/driver/libvirt/domain_list.h"

#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "core/driver/libvirt/domain_xml.h"
#include "core/driver/libvirt/virt_error.h"

/* The first two libvirt's daemon knows by itself; for the others it asks each VM's process. */
#define QUICK_STATS (VIR_DOMAIN_STATS_STATE | VIR_DOMAIN_STATS_CPU_TOTAL)
#define WHOLE_STATS (QUICK_STATS | VIR_DOMAIN_STATS_BALLOON | VIR_DOMAIN_STATS_VCPU)

#define CPU_SAMPLE_LEAST_US (3 * G_USEC_PER_SEC / 10)
#define VCPUS_MOST          4096
#define CPU_PERMILLE_MOST   1000000

struct known_domain {
    gboolean has_xml;
    gboolean was_active;
    struct domain_xml xml;
    /* As of the last whole look: */
    gboolean persistent;
    gboolean autostart;
    guint64 mem_kib; /* 0 when not told */
    guint vcpus;     /* 0 when not told */
    int state;
    int reason;
    guint64 cpu_ns; /* 0 = not measured */
    gint64 cpu_at_us;
    guint round; /* of the last look that saw it */
};

struct domain_list {
    GHashTable *known;           /* uuid -> struct known_domain */
    virConnectPtr without_stats; /* the connection that cannot tell of all at once; compared only */
    guint round;
    unsigned int cpu_stats; /* where there is no cpu.time, it is counted from the vCPUs' */
};

/* What the statistics of one domain say. */
struct domain_stats {
    int state; /* -1 when not told */
    int reason;
    guint64 cpu_ns; /* 0 when not told */
    guint64 mem_kib;
    guint vcpus;
    gboolean from_vcpus; /* how cpu_ns was counted */
};

/* What is asked of all domains at once: sets of uuids. */
struct told_sets {
    GHashTable *persistent;
    GHashTable *autostart; /* NULL = not told */
};

static void known_domain_free(gpointer data)
{
    struct known_domain *known = data;

    domain_xml_clear(&known->xml);
    g_free(known);
}

struct domain_list *domain_list_new(void)
{
    struct domain_list *list = g_new0(struct domain_list, 1);

    list->known = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, known_domain_free);
    return list;
}

void domain_list_free(struct domain_list *list)
{
    if (!list)
        return;
    g_hash_table_unref(list->known);
    g_free(list);
}

gint domain_list_cpu_permille(guint64 before_ns, guint64 after_ns, gint64 elapsed_us)
{
    double permille;

    if (before_ns == 0 || after_ns < before_ns || elapsed_us <= 0)
        return -1;
    permille = (double)(after_ns - before_ns) / (double)elapsed_us; /* ns per us = thousandths */
    return permille > CPU_PERMILLE_MOST ? CPU_PERMILLE_MOST : (gint)(permille + 0.5);
}

/* "vcpu.3.time": where there is no cpu.time, the sum of these stands for it. */
static gboolean is_vcpu_time(const char *field)
{
    return g_str_has_prefix(field, "vcpu.") && g_str_has_suffix(field, ".time");
}

static void read_stats(const virDomainStatsRecord *record, struct domain_stats *stats)
{
    guint64 vcpu_ns = 0;

    memset(stats, 0, sizeof *stats);
    stats->state = -1;
    for (int i = 0; i < record->nparams; i++) {
        const virTypedParameter *item = &record->params[i];

        if (item->type == VIR_TYPED_PARAM_INT && strcmp(item->field, "state.state") == 0)
            stats->state = item->value.i;
        else if (item->type == VIR_TYPED_PARAM_INT && strcmp(item->field, "state.reason") == 0)
            stats->reason = item->value.i;
        else if (item->type == VIR_TYPED_PARAM_UINT && strcmp(item->field, "vcpu.current") == 0)
            stats->vcpus = item->value.ui;
        else if (item->type != VIR_TYPED_PARAM_ULLONG)
            continue;
        else if (strcmp(item->field, "cpu.time") == 0)
            stats->cpu_ns = item->value.ul;
        else if (strcmp(item->field, "balloon.maximum") == 0)
            stats->mem_kib = item->value.ul;
        else if (is_vcpu_time(item->field))
            vcpu_ns += item->value.ul;
    }
    stats->from_vcpus = stats->cpu_ns == 0 && vcpu_ns > 0;
    if (stats->from_vcpus)
        stats->cpu_ns = vcpu_ns;
}

/* The end of a migration that a paused domain is. */
enum migration_end {
    END_SOURCE, /* in its last moments */
    END_TARGET, /* waits for the RAM */
    END_NONE,   /* of none any more */
};

/* Only sources have statistics of the job: libvirt refuses them on a target. */
static enum migration_end end_of(virDomainPtr domain)
{
    virTypedParameterPtr params = NULL;
    int n = 0;
    int type = 0;

    if (virDomainGetJobStats(domain, &type, &params, &n, 0) < 0) {
        gboolean target = virGetLastErrorCode() == VIR_ERR_OPERATION_UNSUPPORTED;

        virResetLastError();
        return target ? END_TARGET : END_SOURCE;
    }
    virTypedParamsFree(params, n);
    return type == VIR_DOMAIN_JOB_NONE ? END_NONE : END_SOURCE;
}

/* Whoever moved it is gone, and nobody will let it go on but an operator. */
static gboolean is_stranded(virDomainPtr domain, const struct domain_stats *stats)
{
    return stats->state == VIR_DOMAIN_PAUSED && stats->reason == VIR_DOMAIN_PAUSED_MIGRATION &&
           end_of(domain) == END_NONE;
}

/* Holds RAM without running: arriving, or the shell that post-copy left behind on the source. */
static gboolean is_passing(virDomainPtr domain, int reason)
{
    switch (reason) {
    case VIR_DOMAIN_PAUSED_POSTCOPY:
        return TRUE;
    case VIR_DOMAIN_PAUSED_MIGRATION:
    case VIR_DOMAIN_PAUSED_STARTING_UP:
        return end_of(domain) == END_TARGET;
    default:
        return FALSE;
    }
}

static enum vm_report_state paused_state_of(virDomainPtr domain, int reason)
{
    if (reason == VIR_DOMAIN_PAUSED_POSTCOPY_FAILED)
        return VM_REPORT_BROKEN;
    return is_passing(domain, reason) ? VM_REPORT_INCOMING : VM_REPORT_PAUSED;
}

/*
 * Where a post-copy broke off the VM stands still, with a part of its RAM on either host. It counts
 * as the source's: from there it goes on. The target's libvirt calls its own part running. Where
 * only libvirt's connections broke, QEMU goes on, and the target runs it all along.
 */
static enum vm_report_state state_of(virDomainPtr domain, const struct domain_stats *stats)
{
    switch (stats->state) {
    case VIR_DOMAIN_RUNNING:
        return stats->reason == VIR_DOMAIN_RUNNING_POSTCOPY_FAILED ? VM_REPORT_INCOMING
                                                                   : VM_REPORT_RUNNING;
    case VIR_DOMAIN_BLOCKED:
    case VIR_DOMAIN_SHUTDOWN:
        return VM_REPORT_RUNNING;
    case VIR_DOMAIN_PAUSED:
        return paused_state_of(domain, stats->reason);
    case VIR_DOMAIN_PMSUSPENDED:
    case VIR_DOMAIN_CRASHED: /* libvirt keeps its process, and so its RAM, or it would be off */
        return VM_REPORT_PAUSED;
    case VIR_DOMAIN_SHUTOFF:
        return VM_REPORT_OFF;
    default:
        return virDomainIsActive(domain) == 1 ? VM_REPORT_RUNNING : VM_REPORT_OFF;
    }
}

static struct known_domain *know(struct domain_list *list, const char *uuid)
{
    struct known_domain *known = g_hash_table_lookup(list->known, uuid);

    if (!known) {
        known = g_new0(struct known_domain, 1);
        g_hash_table_insert(list->known, g_strdup(uuid), known);
    }
    known->round = list->round;
    return known;
}

/* Once, and again when it was started or stopped: only then may another definition count. */
static void read_xml(struct known_domain *known, virDomainPtr domain, gboolean active)
{
    char *text;

    if (known->has_xml && known->was_active == active)
        return;
    known->was_active = active;
    domain_xml_clear(&known->xml);
    text = virDomainGetXMLDesc(domain, 0);
    known->has_xml = text && domain_xml_parse(text, &known->xml);
    free(text);
    virResetLastError();
}

/*
 * An answer that was long under way was counted before it came: over a short time that would be
 * most of the result. And a guest has no more CPUs than its own.
 */
static gint measure_cpu(struct known_domain *known, guint64 cpu_ns, guint vcpus)
{
    gint64 now_us = g_get_monotonic_time();
    gint64 elapsed_us = now_us - known->cpu_at_us;
    gint permille = domain_list_cpu_permille(known->cpu_ns, cpu_ns, elapsed_us);

    if (permille >= 0 && elapsed_us < CPU_SAMPLE_LEAST_US)
        return -1;
    known->cpu_ns = cpu_ns;
    known->cpu_at_us = now_us;
    return vcpus > 0 ? MIN(permille, (gint)MIN(vcpus, VCPUS_MOST) * 1000) : permille;
}

/* sets is NULL on a quick look: then all is as it was. */
static void remember(struct known_domain *known, const struct domain_stats *stats, const char *uuid,
                     const struct told_sets *sets)
{
    if (!sets)
        return;
    known->persistent = g_hash_table_contains(sets->persistent, uuid);
    known->autostart = sets->autostart && g_hash_table_contains(sets->autostart, uuid);
    known->mem_kib = stats->mem_kib;
    known->vcpus = stats->vcpus;
    known->state = stats->state;
    known->reason = stats->reason;
}

static void add_domain(struct domain_list *list, virDomainPtr domain,
                       const struct domain_stats *stats, const struct told_sets *sets,
                       struct host_report *report)
{
    const char *name = virDomainGetName(domain);
    char uuid[VIR_UUID_STRING_BUFLEN];
    struct known_domain *known;
    struct vm_report *vm;

    if (!name || virDomainGetUUIDString(domain, uuid) < 0)
        return;
    known = know(list, uuid);
    vm = host_report_add_vm(report, name);
    vm->state = state_of(domain, stats);
    vm->stranded = is_stranded(domain, stats);
    read_xml(known, domain, vm->state != VM_REPORT_OFF);
    remember(known, stats, uuid, sets);
    vm->uuid = g_strdup(uuid);
    vm->mac = g_strdup(known->xml.mac);
    vm->mem_kib = known->mem_kib ? known->mem_kib : known->xml.mem_kib;
    vm->vcpus = known->vcpus ? known->vcpus : known->xml.vcpus;
    vm->persistent = known->persistent;
    vm->autostart = known->autostart;
    if (vm->state == VM_REPORT_OFF)
        known->cpu_ns = 0;
    else
        vm->cpu_permille = measure_cpu(known, stats->cpu_ns, vm->vcpus);
}

/* The uuids of all domains that are so: one question, not one for each. NULL with an error. */
static GHashTable *read_uuids(virConnectPtr connection, unsigned int flag, GError **error)
{
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(connection, &domains, flag);
    GHashTable *uuids;

    if (n < 0) {
        virt_error_take(error);
        return NULL;
    }
    uuids = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    for (int i = 0; i < n; i++) {
        char uuid[VIR_UUID_STRING_BUFLEN];

        if (virDomainGetUUIDString(domains[i], uuid) == 0)
            g_hash_table_add(uuids, g_strdup(uuid));
        virDomainFree(domains[i]);
    }
    free(domains);
    return uuids;
}

/* Without waiting for domains that are busy; hypervisors that do not know the flag, with. */
static int get_all_stats(virConnectPtr connection, unsigned int stats,
                         virDomainStatsRecordPtr **records)
{
    int n = virConnectGetAllDomainStats(connection, stats, records,
                                        VIR_CONNECT_GET_ALL_DOMAINS_STATS_NOWAIT);

    if (n < 0 && virGetLastErrorCode() == VIR_ERR_INVALID_ARG)
        n = virConnectGetAllDomainStats(connection, stats, records, 0);
    return n;
}

static gboolean is_gone(gpointer key, gpointer value, gpointer data)
{
    const struct known_domain *known = value;
    const struct domain_list *list = data;

    (void)key;
    return known->round != list->round;
}

static void add_record(struct domain_list *list, const virDomainStatsRecord *record,
                       const struct told_sets *sets, struct host_report *report)
{
    struct domain_stats stats;

    read_stats(record, &stats);
    if (stats.from_vcpus)
        list->cpu_stats = VIR_DOMAIN_STATS_VCPU;
    add_domain(list, record->dom, &stats, sets, report);
}

static void add_by_info(struct domain_list *list, virDomainPtr domain, const struct told_sets *sets,
                        struct host_report *report)
{
    struct domain_stats stats = {.state = -1};
    virDomainInfo info;

    if (virDomainGetInfo(domain, &info) == 0) {
        stats.state = info.state;
        stats.cpu_ns = info.cpuTime;
        stats.mem_kib = info.maxMem;
        stats.vcpus = info.nrVirtCpu;
    }
    virDomainGetState(domain, &stats.state, &stats.reason, 0);
    add_domain(list, domain, &stats, sets, report);
    virResetLastError();
}

/* For hypervisors that cannot tell about all domains at once. */
static gboolean read_one_by_one(struct domain_list *list, virConnectPtr connection,
                                const struct told_sets *sets, struct host_report *report,
                                GError **error)
{
    virDomainPtr *domains = NULL;
    int n = virConnectListAllDomains(connection, &domains, 0);

    if (n < 0) {
        virt_error_take(error);
        return FALSE;
    }
    for (int i = 0; i < n; i++) {
        add_by_info(list, domains[i], sets, report);
        virDomainFree(domains[i]);
    }
    free(domains);
    return TRUE;
}

static gboolean read_all(struct domain_list *list, virConnectPtr connection,
                         const struct told_sets *sets, struct host_report *report, GError **error)
{
    virDomainStatsRecordPtr *records = NULL;
    int n;

    if (list->without_stats == connection)
        return read_one_by_one(list, connection, sets, report, error);
    n = get_all_stats(connection, WHOLE_STATS, &records);
    if (n < 0 && virGetLastErrorCode() == VIR_ERR_NO_SUPPORT) {
        list->without_stats = connection;
        return read_one_by_one(list, connection, sets, report, error);
    }
    if (n < 0) {
        virt_error_take(error);
        return FALSE;
    }
    for (int i = 0; i < n; i++)
        add_record(list, records[i], sets, report);
    virDomainStatsRecordListFree(records);
    return TRUE;
}

/* TRUE when nothing but CPU times can have changed since the last look. */
static gboolean is_settled(struct domain_list *list, const virDomainStatsRecord *record)
{
    char uuid[VIR_UUID_STRING_BUFLEN];
    const struct known_domain *known;
    struct domain_stats stats;

    if (virDomainGetUUIDString(record->dom, uuid) < 0)
        return FALSE;
    known = g_hash_table_lookup(list->known, uuid);
    read_stats(record, &stats);
    return known && known->state == stats.state && known->reason == stats.reason &&
           (stats.state == VIR_DOMAIN_RUNNING || stats.state == VIR_DOMAIN_SHUTOFF);
}

static gboolean are_settled(struct domain_list *list, virDomainStatsRecordPtr *records, int n)
{
    for (int i = 0; i < n; i++)
        if (!is_settled(list, records[i]))
            return FALSE;
    return TRUE;
}

/* FALSE when this will not do, or fails: then a whole look tells why. */
static gboolean read_quickly(struct domain_list *list, virConnectPtr connection,
                             struct host_report *report)
{
    virDomainStatsRecordPtr *records = NULL;
    gboolean settled;
    int n;

    if (list->without_stats == connection)
        return FALSE;
    n = get_all_stats(connection, QUICK_STATS | list->cpu_stats, &records);
    settled = n >= 0 && are_settled(list, records, n);
    if (settled)
        list->round++;
    for (int i = 0; settled && i < n; i++)
        add_record(list, records[i], NULL, report);
    if (n >= 0)
        virDomainStatsRecordListFree(records);
    virResetLastError();
    return settled;
}

static gboolean read_wholly(struct domain_list *list, virConnectPtr connection,
                            struct host_report *report, GError **error)
{
    g_autoptr(GHashTable) persistent =
        read_uuids(connection, VIR_CONNECT_LIST_DOMAINS_PERSISTENT, error);
    g_autoptr(GHashTable) autostart = NULL;

    if (!persistent)
        return FALSE;
    /* Not every hypervisor starts domains with itself: then none of them does. */
    autostart = read_uuids(connection, VIR_CONNECT_LIST_DOMAINS_AUTOSTART, NULL);
    list->round++;
    return read_all(list, connection, &(const struct told_sets){persistent, autostart}, report,
                    error);
}

gboolean domain_list_read(struct domain_list *list, virConnectPtr connection, gboolean whole,
                          struct host_report *report, GError **error)
{
    if ((whole || !read_quickly(list, connection, report)) &&
        !read_wholly(list, connection, report, error))
        return FALSE;
    g_hash_table_foreach_remove(list->known, is_gone, list);
    return TRUE;
}
