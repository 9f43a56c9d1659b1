/* remote_look.c - all there is to know of a host, in one question to its shell and one to libvirt.
 */
#include <libvirt/virterror.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/error.h"
#include "core/driver/libvirt/host_facts.h"
#include "core/driver/libvirt/host_script.h"
#include "core/driver/libvirt/remote_host_internal.h"

#define FULL_LOOK_US  (5 * 60 * G_USEC_PER_SEC) /* interfaces change seldom */
#define LOGINS_US     (60 * G_USEC_PER_SEC)     /* a clock set back hides that they changed */
#define WHOLE_LIST_US (60 * G_USEC_PER_SEC)     /* what VMs are made of, where no event tells */

/* One question over the session that stands. TRUE when it is a full one. */
static gboolean ask_facts(struct remote_host *host, gint64 deadline_us)
{
    gint64 now_us = g_get_monotonic_time();
    gboolean full = host->full_at_us == 0 || now_us - host->full_at_us > FULL_LOOK_US;
    gboolean logins = host->logins_at_us == 0 || now_us - host->logins_at_us > LOGINS_US;
    g_autofree char *farewell =
        g_strdup_printf("roost-over-%08x%08x", g_random_int(), g_random_int());
    g_autofree char *look = host_script_look(farewell, full, logins);

    ssh_trunk_ask(host->trunk, look, farewell, deadline_us);
    if (logins)
        host->logins_at_us = now_us;
    return full;
}

static struct host_facts *take_facts(struct remote_host *host, struct ssh_trunk *trunk,
                                     gboolean full, GError **error)
{
    GString *answer = ssh_trunk_take(trunk, error);
    struct host_facts *facts;

    if (!answer)
        return NULL;
    facts = host_facts_parse(answer->str, answer->len, error);
    g_string_free(answer, TRUE);
    if (!facts)
        g_prefix_error(error, "host %s: ", host->address);
    else if (full)
        host->full_at_us = g_get_monotonic_time();
    return facts;
}

static gint cpu_permille(struct remote_host *host, const struct host_facts *facts)
{
    guint64 ticks = facts->cpu_ticks - host->cpu_ticks;
    guint64 busy = facts->cpu_busy_ticks - host->cpu_busy_ticks;
    gboolean comparable = host->cpu_ticks && facts->cpu_ticks > host->cpu_ticks &&
                          facts->cpu_busy_ticks >= host->cpu_busy_ticks && busy <= ticks;

    host->cpu_ticks = facts->cpu_ticks;
    host->cpu_busy_ticks = facts->cpu_busy_ticks;
    return comparable ? (gint)(busy * 1000 / ticks) : -1;
}

static void replace(char **text, const char *with)
{
    g_free(*text);
    *text = g_strdup(with);
}

static void report_facts(struct remote_host *host, struct host_facts *facts,
                         struct host_report *report)
{
    if (facts->hostname)
        replace(&host->hostname, facts->hostname);
    if (facts->has_link) {
        replace(&host->mac, facts->mac);
        replace(&host->broadcast, facts->broadcast);
        host->wake = facts->wake;
    }
    if (facts->cpus)
        host->cpus = facts->cpus;
    report->cpus = host->cpus;
    report->mem_kib = facts->mem_total_kib;
    report->mem_available_kib = facts->mem_available_kib;
    report->load15_permille = facts->load15_permille;
    report->cpu_permille = cpu_permille(host, facts);
    report->users = g_steal_pointer(&facts->users);
    if (facts->complaint)
        report->trouble = g_strdup_printf("host %s: %s", host->address, facts->complaint);
}

/* What libvirt knows too, for when ssh did not tell. */
static void report_node(struct remote_host *host, struct host_report *report)
{
    virConnectPtr connection = virt_link_connection(host->virt);
    const struct virt_abilities *abilities = virt_link_abilities(host->virt);
    gboolean look_by_libvirt;
    virNodeInfo node;

    report->cpu_model = g_strdup(abilities->cpu_model);
    report->hypervisor = g_strdup(abilities->hypervisor);
    report->can_migrate = abilities->can_migrate;
    report->hostname = g_strdup(host->hostname);
    report->mac = g_strdup(host->mac);
    report->broadcast = g_strdup(host->broadcast);
    report->wake = host->wake;
    if (report->cpus && report->mem_kib && report->hostname)
        return;
    /* It was never asked by ssh with success: libvirt is all there is. */
    look_by_libvirt = host->hostname == NULL;
    if (!report->hostname) {
        char *name = virConnectGetHostname(connection);

        report->hostname = g_strdup(name);
        free(name);
    }
    if (virNodeGetInfo(connection, &node) == 0) {
        report->cpus = report->cpus ? report->cpus : node.cpus;
        report->mem_kib = report->mem_kib ? report->mem_kib : node.memory;
    }
    if (look_by_libvirt)
        node_load_look(&host->node_load, connection, report);
    virResetLastError();
}

static gboolean list_domains(struct remote_host *host, struct host_report *report,
                             gint64 deadline_us, GError **error)
{
    gint64 now_us = g_get_monotonic_time();
    gboolean whole;

    if (!remote_host_open_virt(host, deadline_us, error))
        return FALSE;
    whole = virt_link_take_changes(host->virt) || host->whole_list_at_us == 0 ||
            now_us - host->whole_list_at_us > WHOLE_LIST_US;
    if (!domain_list_read(host->domains, virt_link_connection(host->virt), whole, report, error)) {
        host->whole_list_at_us = 0;
        g_prefix_error(error, "host %s: libvirt: ", host->address);
        return FALSE;
    }
    if (whole)
        host->whole_list_at_us = now_us;
    return TRUE;
}

/* Without ssh: may libvirt still be asked? */
static gboolean is_worth_asking(const struct remote_host *host, const GError *ssh_error)
{
    if (g_error_matches(ssh_error, ROOST_ERROR, ROOST_ERROR_ABSENT))
        return FALSE;
    return !access_needs_ssh(host->access) || remote_host_has_virt(host);
}

/*
 * When the shell must have answered. Where libvirt can be asked without ssh, a host whose ssh hangs
 * must leave time for that; and a session that stood may have died unnoticed, and then a new one
 * must have its time.
 */
static gint64 ssh_deadline(const struct remote_host *host, gboolean stood, gint64 deadline_us)
{
    gint64 now_us = g_get_monotonic_time();

    if (stood)
        return now_us + (deadline_us - now_us) / 2;
    if (access_needs_ssh(host->access) && !remote_host_has_virt(host))
        return deadline_us;
    return now_us + (deadline_us - now_us) * 2 / 3;
}

/* What one look brought. */
struct look {
    struct host_report *report; /* NULL with error */
    struct host_facts *facts;   /* NULL with ssh_error */
    GError *error;
    GError *ssh_error;
};

static void clear_look(struct look *look)
{
    if (look->report)
        host_report_free(look->report);
    host_facts_free(look->facts);
    g_clear_error(&look->error);
    g_clear_error(&look->ssh_error);
    memset(look, 0, sizeof *look);
}

/* Both are asked at once: libvirt is at it while the shell is, or the other way round. */
static void look_once(struct remote_host *host, gboolean stood, gint64 deadline_us,
                      struct look *look)
{
    gint64 ssh_deadline_us = ssh_deadline(host, stood, deadline_us);
    gboolean asked = remote_host_open_trunk(host, ssh_deadline_us, &look->ssh_error);
    struct ssh_trunk *trunk = asked ? ssh_trunk_ref(host->trunk) : NULL;
    gboolean full = FALSE;

    if (!asked && !is_worth_asking(host, look->ssh_error)) {
        g_propagate_error(&look->error, g_error_copy(look->ssh_error));
        return;
    }
    if (asked)
        full = ask_facts(host, ssh_deadline_us);
    look->report = host_report_new();
    if (!list_domains(host, look->report, deadline_us, &look->error)) {
        host_report_free(look->report);
        look->report = NULL;
    }
    if (asked)
        look->facts = take_facts(host, trunk, full, &look->ssh_error);
    ssh_trunk_unref(trunk);
}

/* TRUE when what failed was a connection that had died unnoticed since the last look. */
static gboolean has_broken(const struct remote_host *host, const struct look *look)
{
    if (!look->report)
        return !remote_host_has_virt(host) || (host->trunk && !remote_host_has_trunk(host));
    return g_error_matches(look->ssh_error, ROOST_ERROR, ROOST_ERROR_UNREACHABLE);
}

struct host_report *remote_host_look(struct remote_host *host, gint64 deadline_us, GError **error)
{
    gboolean stood = remote_host_has_trunk(host) || host->virt;
    struct look look = {0};
    struct host_report *report;

    remote_host_drop_ssh(host);
    look_once(host, stood, deadline_us, &look);
    if (stood && has_broken(host, &look)) {
        clear_look(&look);
        look_once(host, FALSE, deadline_us, &look);
    }
    report = g_steal_pointer(&look.report);
    if (report && look.facts)
        report_facts(host, look.facts, report);
    else if (!report)
        g_propagate_error(error, g_steal_pointer(&look.error));
    if (report)
        report_node(host, report);
    if (report && !look.facts)
        report->trouble = g_strdup_printf(
            "%s not known: %s", report->load15_permille < 0 ? "load and users are" : "users are",
            look.ssh_error->message);
    clear_look(&look);
    return report;
}
