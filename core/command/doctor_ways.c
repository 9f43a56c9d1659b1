#include "core/command/doctor_ways.h"

#include <string.h>

/* --- CPUs --- */

const struct check_guest **doctor_choose_guests(const struct patient *patients, guint count)
{
    g_autoptr(GHashTable) seen = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    GPtrArray *chosen = g_ptr_array_new();

    for (guint i = 0; i < count; i++) {
        for (guint j = 0; patients[i].report && j < patients[i].report->guests->len; j++) {
            const struct check_guest *guest = g_ptr_array_index(patients[i].report->guests, j);

            if (guest->cpu &&
                g_hash_table_add(seen, g_strconcat(guest->type, "\n", guest->cpu, NULL)))
                g_ptr_array_add(chosen, (gpointer)guest);
        }
    }
    g_ptr_array_add(chosen, NULL);
    return (const struct check_guest **)g_ptr_array_free(chosen, FALSE);
}

/* The model that most hosts have; NULL when none told one. */
static const char *usual_model(const struct patient *patients, guint count, guint *having)
{
    g_autoptr(GHashTable) counts = g_hash_table_new(g_str_hash, g_str_equal);
    const char *usual = NULL;

    *having = 0;
    for (guint i = 0; i < count; i++) {
        char *model = patients[i].report ? patients[i].report->cpu_model : NULL;

        if (!model)
            continue;
        guint n = GPOINTER_TO_UINT(g_hash_table_lookup(counts, model)) + 1;
        g_hash_table_insert(counts, model, GUINT_TO_POINTER(n));
        if (n > *having) {
            *having = n;
            usual = model;
        }
    }
    return usual;
}

/* A VM of the host that has its host's own CPU; NULL when there is none. */
static const char *find_bound(const struct check_report *report)
{
    for (guint i = 0; i < report->guests->len; i++) {
        const struct check_guest *guest = g_ptr_array_index(report->guests, i);

        if (guest->host_cpu)
            return guest->name;
    }
    return NULL;
}

static void compare_cpu(struct check_report *report, const char *usual, guint having)
{
    g_autofree char *model = g_strdup(report->cpu_model ? report->cpu_model : "not told");
    gboolean differs = usual && report->cpu_model && strcmp(usual, report->cpu_model) != 0;
    const char *bound = differs ? find_bound(report) : NULL;

    if (report->misfits->len > 0)
        check_report_add(report, CHECK_CPU, CHECK_WRONG,
                         "# give such VMs a CPU that all hosts have: see virsh "
                         "hypervisor-cpu-baseline",
                         "%s: the CPU of vm %s, and of those like it, does not run here", model,
                         (const char *)g_ptr_array_index(report->misfits, 0));
    else if (bound)
        check_report_add(report, CHECK_CPU, CHECK_WRONG,
                         "# give it a CPU that all hosts have: see virsh hypervisor-cpu-baseline",
                         "%s, where %u hosts have %s: vm %s has its host's CPU (host-passthrough) "
                         "and cannot go there",
                         model, having, usual, bound);
    else if (differs)
        check_report_add(report, CHECK_CPU, CHECK_NOTE, NULL,
                         "%s, where %u hosts have %s: a VM with its host's CPU would stay among "
                         "its kind",
                         model, having, usual);
}

void doctor_compare_cpus(struct patient *patients, guint count)
{
    guint having;
    const char *usual = usual_model(patients, count, &having);

    for (guint i = 0; i < count; i++)
        if (patients[i].let_in && check_report_find(patients[i].report, CHECK_CPU))
            compare_cpu(patients[i].report, usual, having);
}

/* --- Ways --- */

const char **doctor_choose_peers(const struct patient *patients, guint count, guint place,
                                 guint most)
{
    GPtrArray *peers = g_ptr_array_new();

    for (guint step = 1; step < count && peers->len < most; step++) {
        const struct patient *patient = &patients[(place + step) % count];

        if (patient_takes_part(patient))
            g_ptr_array_add(peers, patient->host->address);
    }
    g_ptr_array_add(peers, NULL);
    return (const char **)g_ptr_array_free(peers, FALSE);
}

/* How many tries from a host, or to it, and how many of them failed. */
struct tries {
    guint out;
    guint out_failed;
    guint in;
    guint in_failed;
    char *out_trouble; /* a phrase; NULL = none of its making */
    char *in_trouble;
};

static guint place_of(const struct patient *patients, guint count, const char *address)
{
    for (guint i = 0; i < count; i++)
        if (strcmp(patients[i].host->address, address) == 0)
            return i;
    return count;
}

static void count_tries(const struct patient *patients, guint count, struct tries *tries)
{
    for (guint i = 0; i < count; i++) {
        for (guint j = 0; patients[i].looked_twice && j < patients[i].report->peers->len; j++) {
            const struct check_peer *peer = g_ptr_array_index(patients[i].report->peers, j);
            guint to = place_of(patients, count, peer->address);

            if (to == count)
                continue;
            tries[i].out++;
            tries[to].in++;
            tries[i].out_failed += peer->port_trouble != NULL;
            tries[to].in_failed += peer->port_trouble != NULL;
        }
    }
}

/* Whoever fails with everybody is to blame; when both do, the one that is to be reached. */
static gboolean is_own_fault(const struct tries *from, const struct tries *to,
                             const struct check_peer *peer)
{
    return peer->here || (from->out > 1 && from->out_failed == from->out && to->in_failed < to->in);
}

static void blame(const struct patient *patients, guint count, struct tries *tries, guint i,
                  const struct check_peer *peer)
{
    guint to = place_of(patients, count, peer->address);

    if (to == count || !peer->port_trouble)
        return;
    if (is_own_fault(&tries[i], &tries[to], peer)) {
        if (!tries[i].out_trouble)
            tries[i].out_trouble = g_strdup_printf("cannot reach the migration port of %s: %s",
                                                   patients[to].host->name, peer->port_trouble);
    } else if (!tries[to].in_trouble) {
        tries[to].in_trouble =
            g_strdup_printf("its migration port, 49152, cannot be reached from %s: %s",
                            patients[i].host->name, peer->port_trouble);
    }
}

static void tell_ports(struct check_report *report, const struct tries *tries)
{
    g_autofree char *open = report->firewall
                                ? check_report_command(report, report->firewall)
                                : g_strdup("# open TCP 49152 to 49215 for the other hosts");

    if (tries->out_trouble) {
        g_autofree char *look =
            check_report_command(report, "ip route; iptables -S; nft list ruleset");

        check_report_add(report, CHECK_MIGRATION, CHECK_WRONG, look, "%s", tries->out_trouble);
    } else if (tries->in_trouble) {
        check_report_add(report, CHECK_MIGRATION, CHECK_WRONG, open, "%s", tries->in_trouble);
    } else if (tries->out + tries->in > 0) {
        check_report_add(report, CHECK_MIGRATION, CHECK_RIGHT, NULL,
                         "ports can be reached, %u from here and %u ways here", tries->out,
                         tries->in);
    }
}

/* The way to the others should begin where the address is. */
static void compare_routes(const struct patient *patients, guint count, struct check_report *report)
{
    const struct check_finding *finding = check_report_find(report, CHECK_INTERFACE);

    for (guint j = 0; finding && finding->verdict == CHECK_RIGHT && j < report->peers->len; j++) {
        const struct check_peer *peer = g_ptr_array_index(report->peers, j);
        guint to = place_of(patients, count, peer->address);
        const char *name = to < count ? patients[to].host->name : peer->address;
        g_autofree char *way = g_strdup_printf("ip route get %s", peer->address);
        g_autofree char *look = check_report_command(report, way);

        if (!peer->device)
            check_report_add(report, CHECK_INTERFACE, CHECK_WRONG, look, "has no route to %s",
                             name);
        else if (g_strcmp0(peer->device, report->device) != 0)
            check_report_add(report, CHECK_INTERFACE, CHECK_NOTE, look,
                             "%s has the address, but the way to %s is by %s", report->device, name,
                             peer->device);
        else
            continue;
        return;
    }
}

void doctor_compare_ways(struct patient *patients, guint count)
{
    g_autofree struct tries *tries = g_new0(struct tries, count);

    count_tries(patients, count, tries);
    for (guint i = 0; i < count; i++)
        for (guint j = 0; patients[i].looked_twice && j < patients[i].report->peers->len; j++)
            blame(patients, count, tries, i, g_ptr_array_index(patients[i].report->peers, j));
    for (guint i = 0; i < count; i++) {
        if (patients[i].looked_twice) {
            compare_routes(patients, count, patients[i].report);
            tell_ports(patients[i].report, &tries[i]);
        }
        g_free(tries[i].out_trouble);
        g_free(tries[i].in_trouble);
    }
}

/* --- Keys --- */

static char *mend_key(const struct check_report *from, const struct check_report *to,
                      const struct check_peer *peer)
{
    if (strstr(peer->key_trouble, "ost key")) {
        g_autofree char *scan =
            g_strdup_printf("ssh-keyscan %s >> ~/.ssh/known_hosts", peer->address);

        return check_report_command(from, scan);
    }
    g_autofree char *show = check_report_command(
        from, "[ -e ~/.ssh/id_ed25519 ] || ssh-keygen -q -t ed25519 -N \"\" -f ~/.ssh/id_ed25519; "
              "cat ~/.ssh/id_ed25519.pub");
    g_autofree char *take =
        to ? check_report_command(to, "cat >> ~/.ssh/authorized_keys") : g_strdup("cat");
    return g_strdup_printf("%s | %s", show, take);
}

static void compare_keys(const struct patient *patients, guint count, struct check_report *report)
{
    for (guint j = 0; j < report->peers->len; j++) {
        const struct check_peer *peer = g_ptr_array_index(report->peers, j);
        guint to = place_of(patients, count, peer->address);

        if (!peer->key_trouble)
            continue;
        g_autofree char *mend = mend_key(report, to < count ? patients[to].report : NULL, peer);
        check_report_add(report, CHECK_PEER_KEYS, CHECK_WRONG, mend, "cannot log in to %s: %s",
                         to < count ? patients[to].host->name : peer->address, peer->key_trouble);
        return;
    }
    if (report->peers->len > 0)
        check_report_add(report, CHECK_PEER_KEYS, CHECK_RIGHT, NULL, "it can log in to others");
}

void doctor_compare_keys(struct patient *patients, guint count)
{
    for (guint i = 0; i < count; i++)
        if (patients[i].looked_twice)
            compare_keys(patients, count, patients[i].report);
}
