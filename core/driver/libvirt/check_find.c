#include "core/driver/libvirt/check_find.h"

#include <string.h>

#include "core/driver/libvirt/check_keep.h"
#include "core/driver/libvirt/check_mend.h"

#define KIB_PER_MIB 1024

/* Adds a finding whose mend is a command for the host itself (NULL = none). */
G_GNUC_PRINTF(5, 6)
static void add(struct check_report *report, enum check_subject subject, enum check_verdict verdict,
                const char *command, const char *format, ...)
{
    va_list arguments;
    g_autofree char *found = NULL;
    g_autofree char *mend = command ? check_report_command(report, command) : NULL;

    va_start(arguments, format);
    found = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    check_report_add(report, subject, verdict, mend, "%s", found);
}

/* --- Clock --- */

/* "0.7 s", "12 min", "3 h", "2 days": as exact as is of use. */
static char *span_text(gint64 us)
{
    double s = (double)us / G_USEC_PER_SEC;

    if (s < 120)
        return g_strdup_printf("%.1f s", s);
    if (s < 2.0 * 3600)
        return g_strdup_printf("%.0f min", s / 60);
    return s < 2.0 * 86400 ? g_strdup_printf("%.0f h", s / 3600)
                           : g_strdup_printf("%.0f days", s / 86400);
}

/* The console's own time, when the command is run, where no daemon keeps the host's. */
static char *clock_command(const struct check_report *report, const struct check_facts *facts)
{
    g_autofree char *command = check_mend_clock(facts);

    if (command)
        return check_report_command(report, command);
    return g_strdup_printf("%s %sdate -s @$(date +%%s)", report->shell,
                           report->sudo ? "sudo " : "");
}

void check_find_clock(struct check_report *report, const struct check_facts *answer,
                      const struct check_facts *facts, gint64 asked_us, gint64 answered_us)
{
    gint64 unsure_us = (answered_us - asked_us) / 2;
    gint64 ahead_us = answer->clock_us - (asked_us + unsure_us);
    enum check_verdict verdict = CHECK_RIGHT;
    g_autofree char *mend = NULL;

    if (answer->clock_us == 0) {
        check_report_add(report, CHECK_CLOCK, CHECK_UNASKED, NULL, "date does not tell the time");
        return;
    }
    if (answer->clock_whole) {
        ahead_us += G_USEC_PER_SEC / 2;
        unsure_us += G_USEC_PER_SEC / 2;
    }
    report->clock_ahead_us = ahead_us;
    if (ABS(ahead_us) - unsure_us > CHECK_FIND_CLOCK_WRONG_US)
        verdict = CHECK_WRONG;
    else if (ABS(ahead_us) - unsure_us > CHECK_FIND_CLOCK_NOTE_US)
        verdict = CHECK_NOTE;
    g_autofree char *span = span_text(ABS(ahead_us));
    g_autofree char *unsure = span_text(unsure_us);
    if (verdict == CHECK_RIGHT) {
        check_report_add(report, CHECK_CLOCK, verdict, NULL, "agrees to %.2f s",
                         (double)(ABS(ahead_us) + unsure_us) / G_USEC_PER_SEC);
        return;
    }
    mend = clock_command(report, facts);
    check_report_add(report, CHECK_CLOCK, verdict, mend, "%s %s (give or take %s)", span,
                     ahead_us > 0 ? "ahead" : "behind", unsure);
}

/* --- RAM --- */

void check_find_ram(struct check_report *report, const struct host_facts *facts)
{
    report->mem_kib = facts->mem_total_kib;
    report->mem_available_kib = facts->mem_available_kib;
    if (facts->mem_total_kib == 0)
        check_report_add(report, CHECK_RAM, CHECK_WRONG, NULL,
                         "cannot be read from its /proc/meminfo");
    else if (facts->mem_available_kib == 0)
        check_report_add(report, CHECK_RAM, CHECK_NOTE, NULL,
                         "%" G_GUINT64_FORMAT
                         " MiB, its kernel does not tell how much is available",
                         facts->mem_total_kib / KIB_PER_MIB);
    else
        check_report_add(report, CHECK_RAM, CHECK_RIGHT, NULL,
                         "%" G_GUINT64_FORMAT " MiB, %" G_GUINT64_FORMAT " available",
                         facts->mem_total_kib / KIB_PER_MIB,
                         facts->mem_available_kib / KIB_PER_MIB);
}

/* --- Interface --- */

void check_find_interface(struct check_report *report, const struct host_facts *facts)
{
    gboolean above = g_strcmp0(facts->device, facts->card) != 0;

    report->device = g_strdup(facts->device);
    report->mac = g_strdup(facts->mac);
    if (!facts->has_link)
        check_report_add(report, CHECK_INTERFACE, CHECK_WRONG, NULL,
                         "none of its interfaces has the address: another machine answers for it, "
                         "or a router translates it");
    else if (!facts->mac)
        check_report_add(report, CHECK_INTERFACE, CHECK_WRONG, NULL,
                         "%s has the address, and no MAC address to be woken by", facts->device);
    else
        check_report_add(report, CHECK_INTERFACE, CHECK_RIGHT, NULL, "%s%s%s, %s", facts->device,
                         above ? " over " : "", above ? facts->card : "", facts->mac);
}

/* --- Wake-on-LAN --- */

static void find_armed(struct check_report *report, const struct host_facts *link,
                       const struct check_facts *facts)
{
    const char *letters = facts->wake ? facts->wake : "as /sys tells";
    g_autofree char *kept = check_keep_find(facts->lines, link->card, link->mac);
    g_autofree char *keep = check_mend_keep(facts, link->card, link->mac);

    if (kept)
        add(report, CHECK_WAKE, CHECK_RIGHT, NULL, "armed (%s), and again at boot by %s", letters,
            kept);
    else if (keep)
        add(report, CHECK_WAKE, CHECK_NOTE, keep,
            "armed (%s); nothing was found that arms it again at boot", letters);
    else
        check_report_add(report, CHECK_WAKE, CHECK_NOTE, NULL,
                         "armed (%s); nothing was found that arms it again at boot: ethtool -s %s "
                         "wol g",
                         letters, link->card);
}

static void find_disarmed(struct check_report *report, const struct host_facts *link,
                          const struct check_facts *facts)
{
    g_autofree char *arm = g_strdup_printf("ethtool -s %s wol g", link->card);
    gboolean able = !facts->wake_supports || strchr(facts->wake_supports, 'g');

    if (!able)
        check_report_add(report, CHECK_WAKE, CHECK_WRONG,
                         "# turn wake-on-LAN on in its firmware (BIOS) setup",
                         "%s does not support magic packets (it supports: %s)", link->card,
                         facts->wake_supports);
    else if (facts->wake)
        add(report, CHECK_WAKE, CHECK_WRONG, arm, "disarmed (%s) on %s", facts->wake, link->card);
    else
        add(report, CHECK_WAKE, CHECK_WRONG, arm, "disarmed on %s, as /sys tells", link->card);
}

static void find_unknown(struct check_report *report, const struct host_facts *link,
                         const struct check_facts *facts)
{
    if (!check_facts_has(facts->tools, "ethtool"))
        add(report, CHECK_WAKE, CHECK_WRONG,
            "apt-get install ethtool || dnf install ethtool || zypper install ethtool",
            "cannot be told: ethtool is not installed");
    else
        check_report_add(report, CHECK_WAKE, CHECK_WRONG,
                         "# turn wake-on-LAN on in its firmware (BIOS) setup",
                         "%s tells nothing of it: it is not counted on to wake",
                         link->card ? link->card : "its card");
}

void check_find_wake(struct check_report *report, const struct host_facts *link,
                     const struct check_facts *facts)
{
    if (!link->has_link)
        check_report_add(report, CHECK_WAKE, CHECK_UNASKED, NULL, "its card was not found");
    else if (link->wake == HOST_WAKE_ARMED)
        find_armed(report, link, facts);
    else if (link->wake == HOST_WAKE_DISARMED)
        find_disarmed(report, link, facts);
    else if (link->wake == HOST_WAKE_ASSUMED)
        check_report_add(report, CHECK_WAKE, CHECK_NOTE, NULL,
                         "%s is virtual and has no such setting: it is taken to wake", link->card);
    else
        find_unknown(report, link, facts);
}

/* --- Daemons --- */

static gboolean runs_any(const struct check_facts *facts)
{
    return check_facts_has(facts->runs, "libvirtd") || check_facts_has(facts->runs, "virtqemud") ||
           check_facts_has(facts->runs, "virtlxcd");
}

void check_find_daemon(struct check_report *report, const struct check_facts *facts,
                       const char *why)
{
    gboolean runs = runs_any(facts);
    g_autofree char *command = check_mend_daemon(facts, runs);

    if (runs)
        add(report, CHECK_LIBVIRT, CHECK_WRONG, command, "its daemon runs, but does not answer: %s",
            why);
    else if (command)
        add(report, CHECK_LIBVIRT, CHECK_WRONG, command, "its daemon does not run");
    else if (!facts->whole)
        check_report_add(report, CHECK_LIBVIRT, CHECK_WRONG, NULL, "%s", why);
    else
        check_report_add(report, CHECK_LIBVIRT, CHECK_WRONG,
                         "# install libvirt there: libvirt-daemon-system (Debian, Ubuntu), "
                         "libvirt-daemon-kvm (Fedora, RHEL)",
                         "it is not installed");
}

/* --- Store --- */

void check_find_token(struct check_report *report, const struct check_facts *facts,
                      const char *token)
{
    if (!facts->token_asked)
        report->token =
            check_facts_has(facts->marks, "token") ? CHECK_TOKEN_HANGS : CHECK_TOKEN_UNASKED;
    else if (facts->token && g_strcmp0(facts->token, token) == 0)
        report->token = CHECK_TOKEN_SEEN;
    else
        report->token = facts->has_directory ? CHECK_TOKEN_ABSENT : CHECK_TOKEN_NO_DIRECTORY;
}
