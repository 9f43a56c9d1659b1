#include "core/model/check.h"

#include <string.h>

static const char *const subject_names[CHECK_SUBJECTS] = {
    [CHECK_SSH] = "ssh",
    [CHECK_HOST_KEY] = "host key",
    [CHECK_LIBVIRT] = "libvirt",
    [CHECK_HYPERVISOR] = "hypervisor",
    [CHECK_CPU] = "CPU",
    [CHECK_RAM] = "RAM",
    [CHECK_INTERFACE] = "interface",
    [CHECK_WAKE] = "wake-on-LAN",
    [CHECK_STORE] = "store",
    [CHECK_DISKS] = "disks",
    [CHECK_MIGRATION] = "migration",
    [CHECK_PEER_KEYS] = "peer keys",
    [CHECK_CLOCK] = "clock",
};

static const char *const verdict_names[] = {
    [CHECK_RIGHT] = "ok",
    [CHECK_NOTE] = "note",
    [CHECK_WRONG] = "wrong",
    [CHECK_UNASKED] = "not asked",
};

static void finding_free(gpointer data)
{
    struct check_finding *finding = data;

    g_free(finding->found);
    g_free(finding->mend);
    g_free(finding);
}

struct check_guest *check_guest_new(const char *name, const char *type, const char *cpu,
                                    gboolean host_cpu)
{
    struct check_guest *guest = g_new0(struct check_guest, 1);

    guest->name = g_strdup(name);
    guest->type = g_strdup(type);
    guest->cpu = g_strdup(cpu);
    guest->host_cpu = host_cpu;
    return guest;
}

void check_guest_free(struct check_guest *guest)
{
    if (!guest)
        return;
    g_free(guest->name);
    g_free(guest->type);
    g_free(guest->cpu);
    g_free(guest);
}

static void guest_free(gpointer data)
{
    check_guest_free(data);
}

static void peer_free(gpointer data)
{
    struct check_peer *peer = data;

    g_free(peer->address);
    g_free(peer->device);
    g_free(peer->source);
    g_free(peer->port_trouble);
    g_free(peer->key_trouble);
    g_free(peer);
}

static GHashTable *texts_by_path(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

struct check_report *check_report_new(void)
{
    struct check_report *report = g_new0(struct check_report, 1);

    report->findings = g_ptr_array_new_with_free_func(finding_free);
    report->files = texts_by_path();
    report->mounts = texts_by_path();
    report->disks = texts_by_path();
    report->guests = g_ptr_array_new_with_free_func(guest_free);
    report->misfits = g_ptr_array_new_with_free_func(g_free);
    report->peers = g_ptr_array_new_with_free_func(peer_free);
    return report;
}

void check_report_free(struct check_report *report)
{
    if (!report)
        return;
    g_ptr_array_unref(report->findings);
    g_hash_table_unref(report->files);
    g_hash_table_unref(report->mounts);
    g_hash_table_unref(report->disks);
    g_ptr_array_unref(report->guests);
    g_ptr_array_unref(report->misfits);
    g_ptr_array_unref(report->peers);
    g_free(report->shell);
    g_free(report->cpu_model);
    g_free(report->device);
    g_free(report->mac);
    g_free(report->firewall);
    g_free(report);
}

static void absorb_table(GHashTable *into, GHashTable *from)
{
    GHashTableIter iter;
    gpointer path;
    gpointer text;

    g_hash_table_iter_init(&iter, from);
    while (g_hash_table_iter_next(&iter, &path, &text)) {
        g_hash_table_iter_steal(&iter);
        g_hash_table_replace(into, path, text);
    }
}

void check_report_absorb(struct check_report *report, struct check_report *second)
{
    absorb_table(report->files, second->files);
    absorb_table(report->mounts, second->mounts);
    report->told_files = second->told_files;
    g_ptr_array_extend_and_steal(report->peers, g_ptr_array_ref(second->peers));
    g_ptr_array_extend_and_steal(report->misfits, g_ptr_array_ref(second->misfits));
    check_report_free(second);
}

struct check_peer *check_report_peer(struct check_report *report, const char *address)
{
    struct check_peer *peer;

    for (guint i = 0; i < report->peers->len; i++) {
        peer = g_ptr_array_index(report->peers, i);
        if (g_str_equal(peer->address, address))
            return peer;
    }
    peer = g_new0(struct check_peer, 1);
    peer->address = g_strdup(address);
    g_ptr_array_add(report->peers, peer);
    return peer;
}

/* The place of the subject, taken or still free. */
static guint place_of(const struct check_report *report, enum check_subject subject,
                      gboolean *taken)
{
    guint i = 0;

    for (; i < report->findings->len; i++) {
        const struct check_finding *finding = g_ptr_array_index(report->findings, i);

        if (finding->subject >= subject) {
            *taken = finding->subject == subject;
            return i;
        }
    }
    *taken = FALSE;
    return i;
}

void check_report_add(struct check_report *report, enum check_subject subject,
                      enum check_verdict verdict, const char *mend, const char *format, ...)
{
    struct check_finding *finding = g_new0(struct check_finding, 1);
    gboolean taken;
    guint place = place_of(report, subject, &taken);
    va_list arguments;

    finding->subject = subject;
    finding->verdict = verdict;
    va_start(arguments, format);
    finding->found = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    finding->mend = g_strdup(mend);
    if (taken)
        g_ptr_array_remove_index(report->findings, place);
    g_ptr_array_insert(report->findings, (gint)place, finding);
}

/* Words that no shell changes. */
static gboolean is_plain(const char *command)
{
    for (const char *p = command; *p; p++)
        if (!g_ascii_isalnum(*p) && !strchr(" -_./=:,@+%", *p))
            return FALSE;
    return TRUE;
}

char *check_report_command(const struct check_report *report, const char *command)
{
    g_autofree char *quoted = g_shell_quote(command);
    g_autofree char *as_root = NULL;

    if (!report->shell)
        return g_strdup(command);
    if (is_plain(command))
        return g_strdup_printf("%s %s%s", report->shell, report->sudo ? "sudo " : "", command);
    if (!report->sudo)
        return g_strdup_printf("%s %s", report->shell, quoted);
    as_root = g_strdup_printf("sudo sh -c %s", quoted);
    g_free(quoted);
    quoted = g_shell_quote(as_root);
    return g_strdup_printf("%s %s", report->shell, quoted);
}

const struct check_finding *check_report_find(const struct check_report *report,
                                              enum check_subject subject)
{
    gboolean taken;
    guint place = place_of(report, subject, &taken);

    return taken ? g_ptr_array_index(report->findings, place) : NULL;
}

guint check_report_count(const struct check_report *report, enum check_verdict verdict)
{
    guint count = 0;

    for (guint i = 0; i < report->findings->len; i++) {
        const struct check_finding *finding = g_ptr_array_index(report->findings, i);

        count += finding->verdict == verdict;
    }
    return count;
}

const char *check_subject_name(enum check_subject subject)
{
    return subject_names[subject];
}

const char *check_verdict_name(enum check_verdict verdict)
{
    return verdict_names[verdict];
}
