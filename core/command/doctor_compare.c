#include "core/command/doctor_compare.h"

#include <string.h>

#include "core/command/doctor_disks.h"
#include "core/command/doctor_ways.h"

#define KIB_PER_MIB       1024
#define CLOCK_TOGETHER_US (2 * G_USEC_PER_SEC) /* clocks this near to each other agree */
#define OUTLIER_HOSTS     3                    /* fewer say nothing of what is usual */

gboolean patient_takes_part(const struct patient *patient)
{
    const struct check_finding *libvirt =
        patient->let_in ? check_report_find(patient->report, CHECK_LIBVIRT) : NULL;
    gboolean answers = libvirt && libvirt->verdict == CHECK_RIGHT;

    return patient->let_in && (patient->report->migrates || !answers);
}

/* --- What is usual --- */

static gint compare_guint64(gconstpointer a, gconstpointer b)
{
    guint64 one = *(const guint64 *)a;
    guint64 other = *(const guint64 *)b;

    return one < other ? -1 : one > other;
}

/* Of the hosts that told it; 0 when too few did. *alike: three of four are within a tenth of it. */
static guint64 usual_mem_kib(const struct patient *patients, guint count, gboolean *alike)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(guint64));
    guint near = 0;

    for (guint i = 0; i < count; i++) {
        const struct check_report *report = patients[i].report;

        if (report && report->mem_kib > 0)
            g_array_append_val(all, report->mem_kib);
    }
    *alike = FALSE;
    if (all->len < OUTLIER_HOSTS)
        return 0;
    g_array_sort(all, compare_guint64);
    guint64 median = g_array_index(all, guint64, all->len / 2);
    for (guint i = 0; i < all->len; i++) {
        guint64 one = g_array_index(all, guint64, i);

        near += one >= median - median / 10 && one <= median + median / 10;
    }
    *alike = (near + 1) * 4 >= all->len * 3;
    return median;
}

/* --- RAM --- */

struct ram {
    const struct doctor_rules *rules;
    guint64 usual_kib;
    gboolean alike;
};

static gboolean is_half_of_usual(const struct ram *ram, const struct check_report *report)
{
    return ram->usual_kib > 0 && report->mem_kib < ram->usual_kib / 2;
}

/* By the books: total, less its VMs and the reserve. */
static guint64 free_by_books(const struct ram *ram, const struct check_report *report)
{
    guint64 taken_kib = report->mem_vms_kib + ram->rules->host_reserve_kib;

    return report->mem_kib > taken_kib ? report->mem_kib - taken_kib : 0;
}

/* A host that is full by the books has no room by right; one that should have some has none. */
static gboolean lacks_room(const struct ram *ram, const struct check_report *report)
{
    return report->mem_available_kib > 0 && report->mem_available_kib < ram->rules->vm_kib &&
           (free_by_books(ram, report) >= ram->rules->vm_kib || is_half_of_usual(ram, report));
}

/* Something else has taken nearly all of it, where VMs should have much. */
static gboolean is_eaten(const struct ram *ram, const struct check_report *report)
{
    return report->mem_available_kib > 0 && report->mem_available_kib < report->mem_kib / 20 &&
           free_by_books(ram, report) > report->mem_kib / 2;
}

static void find_usual(const struct ram *ram, const struct patient *patient)
{
    struct check_report *report = patient->report;
    /* Where all others are alike it has lost some; who set its VMs' number knows of it. */
    gboolean wrong = ram->alike && patient->host->vm_max == 0;
    g_autofree char *mend = check_report_command(report, "dmidecode -t memory");

    check_report_add(report, CHECK_RAM, wrong ? CHECK_WRONG : CHECK_NOTE, wrong ? mend : NULL,
                     "%" G_GUINT64_FORMAT " MiB, less than half of the %" G_GUINT64_FORMAT
                     " MiB that is usual here",
                     report->mem_kib / KIB_PER_MIB, ram->usual_kib / KIB_PER_MIB);
}

static void compare_ram(const struct ram *ram, const struct patient *patient)
{
    struct check_report *report = patient->report;
    guint64 written_kib = patient->host->mem_kib;
    guint64 total_mib = report->mem_kib / KIB_PER_MIB;
    g_autofree char *what = check_report_command(report, "ps -eo rss,args --sort -rss | head");

    if (report->mem_vms_kib + ram->rules->host_reserve_kib > report->mem_kib)
        check_report_add(report, CHECK_RAM, CHECK_WRONG, "# move a VM away: roost migrate VM HOST",
                         "%" G_GUINT64_FORMAT " MiB, less than the %" G_GUINT64_FORMAT
                         " MiB of its VMs and the reserve",
                         total_mib,
                         (report->mem_vms_kib + ram->rules->host_reserve_kib) / KIB_PER_MIB);
    else if (lacks_room(ram, report))
        check_report_add(report, CHECK_RAM, CHECK_WRONG, what,
                         "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                         " MiB available: no VM of %" G_GUINT64_FORMAT
                         " MiB fits, though its own take only %" G_GUINT64_FORMAT,
                         report->mem_available_kib / KIB_PER_MIB, total_mib,
                         ram->rules->vm_kib / KIB_PER_MIB, report->mem_vms_kib / KIB_PER_MIB);
    else if (is_eaten(ram, report))
        check_report_add(report, CHECK_RAM, CHECK_WRONG, what,
                         "%" G_GUINT64_FORMAT " of %" G_GUINT64_FORMAT
                         " MiB available, though its VMs take only %" G_GUINT64_FORMAT,
                         report->mem_available_kib / KIB_PER_MIB, total_mib,
                         report->mem_vms_kib / KIB_PER_MIB);
    else if (written_kib > 0 && report->mem_kib < written_kib - written_kib / 10)
        check_report_add(report, CHECK_RAM, CHECK_WRONG, ram->rules->refresh,
                         "%" G_GUINT64_FORMAT " MiB, and %" G_GUINT64_FORMAT
                         " when it was last written: has a module failed? (The command takes it "
                         "for right)",
                         total_mib, written_kib / KIB_PER_MIB);
    else if (is_half_of_usual(ram, report))
        find_usual(ram, patient);
}

/* --- Clocks --- */

static gint compare_gint64(gconstpointer a, gconstpointer b)
{
    gint64 one = *(const gint64 *)a;
    gint64 other = *(const gint64 *)b;

    return one < other ? -1 : one > other;
}

/* When most hosts agree with each other and not with us, it is this machine's clock. */
static void compare_clocks(struct patient *patients, guint count)
{
    g_autoptr(GArray) all = g_array_new(FALSE, FALSE, sizeof(gint64));
    guint together = 0;

    for (guint i = 0; i < count; i++)
        if (patients[i].let_in && check_report_find(patients[i].report, CHECK_CLOCK))
            g_array_append_val(all, patients[i].report->clock_ahead_us);
    if (all->len < OUTLIER_HOSTS)
        return;
    g_array_sort(all, compare_gint64);
    gint64 median_us = g_array_index(all, gint64, all->len / 2);
    for (guint i = 0; i < all->len; i++)
        together += ABS(g_array_index(all, gint64, i) - median_us) < CLOCK_TOGETHER_US;
    if (ABS(median_us) < CLOCK_TOGETHER_US || together * 2 <= all->len)
        return;
    for (guint i = 0; i < count; i++) {
        struct check_report *report = patients[i].report;
        const struct check_finding *finding =
            patients[i].let_in ? check_report_find(report, CHECK_CLOCK) : NULL;

        if (!finding || ABS(report->clock_ahead_us - median_us) >= CLOCK_TOGETHER_US)
            continue;
        g_autofree char *found = g_strdup(finding->found);
        check_report_add(report, CHECK_CLOCK, CHECK_WRONG, "timedatectl set-ntp true  # here",
                         "%s, as most hosts are: it is this machine's clock that is wrong", found);
    }
}

/* --- Store --- */

static guint count_seers(const struct patient *patients, guint count)
{
    guint seers = 0;

    for (guint i = 0; i < count; i++)
        seers += patients[i].let_in && !patients[i].is_console &&
                 patients[i].report->token == CHECK_TOKEN_SEEN;
    return seers;
}

/* The first host that sees the store, for how it does. */
static const struct check_report *find_seer(const struct patient *patients, guint count)
{
    for (guint i = 0; i < count; i++)
        if (patients[i].let_in && !patients[i].is_console &&
            patients[i].report->token == CHECK_TOKEN_SEEN)
            return patients[i].report;
    return NULL;
}

static void compare_store(struct patient *patients, guint count, const struct doctor_rules *rules)
{
    guint seers = count_seers(patients, count);
    const struct check_report *seer = find_seer(patients, count);

    for (guint i = 0; i < count; i++) {
        struct check_report *report = patients[i].report;

        if (!patients[i].let_in || report->token == CHECK_TOKEN_UNASKED)
            continue;
        if (report->token == CHECK_TOKEN_SEEN) {
            check_report_add(report, CHECK_STORE, CHECK_RIGHT, NULL, "sees %s", rules->store_dir);
        } else if (report->token == CHECK_TOKEN_HANGS) {
            check_report_add(report, CHECK_STORE, CHECK_WRONG, "# is its file server there?",
                             "looking into %s gets no answer", rules->store_dir);
        } else if (seers == 0) {
            check_report_add(report, CHECK_STORE, CHECK_NOTE, NULL,
                             "%s is on the console's machine only: no host sees it",
                             rules->store_dir);
        } else {
            g_autofree char *mend = doctor_mend_share(report, seer, rules->store_dir);

            check_report_add(report, CHECK_STORE, CHECK_WRONG, mend,
                             report->token == CHECK_TOKEN_ABSENT
                                 ? "%s is another directory there than on the other hosts"
                                 : "%s is not there",
                             rules->store_dir);
        }
    }
}

/* --- KVM and MAC addresses --- */

static void compare_kvm(struct patient *patients, guint count)
{
    guint with = 0;

    for (guint i = 0; i < count; i++)
        with += patients[i].report && patients[i].report->has_kvm;
    for (guint i = 0; with > 0 && i < count; i++) {
        struct check_report *report = patients[i].report;
        const struct check_finding *finding =
            report ? check_report_find(report, CHECK_HYPERVISOR) : NULL;

        if (!finding || !report->told_kvm || report->has_kvm)
            continue;
        g_autofree char *found = g_strdup(finding->found);
        g_autofree char *mend = g_strdup(finding->mend);
        check_report_add(report, CHECK_HYPERVISOR, CHECK_WRONG, mend,
                         "%s; VMs of the %u hosts with KVM do not run here", found, with);
    }
}

static void compare_mac(const struct patient *patient, const struct doctor_rules *rules)
{
    const char *written = patient->host->mac;
    const char *seen = patient->report->mac;

    if (written && seen && g_ascii_strcasecmp(written, seen) != 0)
        check_report_add(patient->report, CHECK_INTERFACE, CHECK_WRONG, rules->refresh,
                         "its card is %s, and it would be woken as %s", seen, written);
}

/* What was proven is better than what a card tells, but for one that says it is off. */
static void compare_wake(const struct patient *patient)
{
    const struct check_finding *finding = check_report_find(patient->report, CHECK_WAKE);

    if (patient->host->wake == HOST_WAKE_PROVEN && finding && finding->verdict == CHECK_NOTE &&
        !finding->mend)
        check_report_add(patient->report, CHECK_WAKE, CHECK_RIGHT, NULL, "roost has woken it");
}

void doctor_compare_first(struct patient *patients, guint count, const struct doctor_rules *rules)
{
    struct ram ram = {.rules = rules};

    ram.usual_kib = usual_mem_kib(patients, count, &ram.alike);
    for (guint i = 0; i < count; i++) {
        if (!patients[i].let_in)
            continue;
        compare_mac(&patients[i], rules);
        compare_wake(&patients[i]);
        if (patients[i].report->mem_kib > 0)
            compare_ram(&ram, &patients[i]);
    }
    compare_kvm(patients, count);
    compare_clocks(patients, count);
    compare_store(patients, count, rules);
}

void doctor_compare_second(struct patient *patients, guint count, const struct doctor_rules *rules)
{
    doctor_compare_cpus(patients, count);
    doctor_compare_disks(patients, count);
    doctor_compare_ways(patients, count);
    if (rules->peer_keys)
        doctor_compare_keys(patients, count);
}
