/* insert_take.c - each word of a new VM, given by option or typed, and checked at once. */
#include "core/command/insert.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/session.h"
#include "core/model/guest_xml.h"

static gboolean take_copies(struct insertion *insertion, const char *text, GError **error)
{
    g_autofree char *shown = text_escape(text);
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 1, INSERT_COPIES_MOST, &number, NULL))
        return error_refuse(error, ROOST_ERROR_INPUT, "copies %s: a whole number from 1 to %d",
                            shown, INSERT_COPIES_MOST);
    insertion->copies = (guint)number;
    return TRUE;
}

static gboolean take_name(struct insertion *insertion, const char *text, GError **error)
{
    const struct cluster *cluster = session_cluster(insertion->command->session);
    g_autofree char *first = NULL;
    const struct vm *taken;

    if (insertion->copies > 0)
        first = guest_copy_name(text, 1, error);
    else if (guest_check_name(text, error))
        first = g_strdup(text);
    if (!first)
        return FALSE;
    taken = insertion->copies > 0 ? NULL : cluster_find_vm(cluster, first);
    if (taken)
        return error_refuse(error, ROOST_ERROR_INPUT, "vm %s is in the cluster already, on %s",
                            taken->name, taken->host->name);
    g_free(insertion->name);
    insertion->name = g_strdup(text);
    return TRUE;
}

static gboolean take_memory(struct insertion *insertion, const char *text, GError **error)
{
    const struct cluster *cluster = session_cluster(insertion->command->session);
    guint64 most_kib = 0;
    guint64 kib;

    if (!guest_read_mem(text, &kib, error))
        return FALSE;
    for (guint i = 0; i < cluster->hosts->len; i++)
        most_kib = MAX(most_kib, ((struct host *)g_ptr_array_index(cluster->hosts, i))->mem_kib);
    if (most_kib > 0 && kib > most_kib)
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "%" G_GUINT64_FORMAT " MiB: no host has more than %" G_GUINT64_FORMAT
                            " MiB",
                            kib / 1024, most_kib / 1024);
    insertion->mem_kib = kib;
    return TRUE;
}

static gboolean take_vcpus(struct insertion *insertion, const char *text, GError **error)
{
    return guest_read_vcpus(text, &insertion->vcpus, error);
}

static void disk_free(gpointer data)
{
    struct insert_disk *disk = data;

    g_free(disk->path);
    g_free(disk);
}

/* "10G", "PATH" or "PATH:10G". */
static gboolean take_disk(GPtrArray *disks, const char *word, GError **error)
{
    struct insert_disk *disk = g_new0(struct insert_disk, 1);
    const char *colon = *word == '/' ? strrchr(word, ':') : NULL;
    g_autofree char *filled = NULL;

    g_ptr_array_add(disks, disk);
    if (*word != '/')
        return guest_read_size(word, &disk->bytes, error);
    disk->path = colon ? g_strndup(word, (gsize)(colon - word)) : g_strdup(word);
    filled = guest_fill(disk->path, "name", 1, error);
    return filled && guest_check_path(filled, error) &&
           (!colon || guest_read_size(colon + 1, &disk->bytes, error));
}

static gboolean take_disks(struct insertion *insertion, const char *text, GError **error)
{
    g_autoptr(GPtrArray) disks = g_ptr_array_new_with_free_func(disk_free);
    g_auto(GStrv) words = g_strsplit(text, ",", GUEST_DISKS_MOST + 1);

    if (strcmp(text, "none") != 0)
        for (char **word = words; *word; word++)
            if (!take_disk(disks, g_strstrip(*word), error))
                return FALSE;
    if (disks->len > GUEST_DISKS_MOST)
        return error_refuse(error, ROOST_ERROR_INPUT, "at most %d disks", GUEST_DISKS_MOST);
    g_clear_pointer(&insertion->disks, g_ptr_array_unref);
    insertion->disks = g_steal_pointer(&disks);
    return TRUE;
}

static gboolean take_cdrom(struct insertion *insertion, const char *text, GError **error)
{
    gboolean none = strcmp(text, "none") == 0;

    if (!none && !guest_check_path(text, error))
        return FALSE;
    g_free(insertion->cdrom);
    insertion->cdrom = none ? NULL : g_strdup(text);
    return TRUE;
}

static gboolean take_network(struct insertion *insertion, const char *text, GError **error)
{
    struct guest_nic *nic;

    if (strcmp(text, "usual") == 0)
        return TRUE;
    if (!guest_read_nic(text, &nic, error))
        return FALSE;
    guest_nic_free(insertion->nic);
    insertion->nic = nic;
    insertion->network_given = TRUE;
    return TRUE;
}

static gboolean take_mac(struct insertion *insertion, const char *text, GError **error)
{
    if (insertion->copies > 1)
        return error_refuse(error, ROOST_ERROR_INPUT, "one MAC address cannot be that of %u copies",
                            insertion->copies);
    g_clear_pointer(&insertion->mac, g_free);
    return guest_read_mac(text, &insertion->mac, error);
}

static gboolean take_boot(struct insertion *insertion, const char *text, GError **error)
{
    if (!guest_check_boot(text, error))
        return FALSE;
    g_free(insertion->boot);
    insertion->boot = g_strdup(text);
    return TRUE;
}

static gboolean take_home(struct insertion *insertion, const char *text, GError **error)
{
    const struct cluster *cluster = session_cluster(insertion->command->session);
    g_autoptr(GPtrArray) homes = g_ptr_array_new();
    g_auto(GStrv) words = g_strsplit(text, ",", -1);

    insertion->spread = strcmp(text, "spread") == 0 && !cluster_find_host(cluster, text);
    for (char **word = words; *word && !insertion->spread && strcmp(text, "any") != 0; word++) {
        struct host *host = cluster_find_host(cluster, g_strstrip(*word));
        g_autofree char *shown = text_escape(*word);
        if (!host)
            return error_refuse(error, ROOST_ERROR_INPUT,
                                "host %s: there is no such host in the cluster", shown);
        if (host->state != HOST_ON)
            return error_refuse(error, ROOST_ERROR_INPUT, "host %s is %s", host->name,
                                host_state_name(host->state));
        g_ptr_array_add(homes, host);
    }
    g_clear_pointer(&insertion->homes, g_ptr_array_unref);
    insertion->homes = homes->len > 0 ? g_steal_pointer(&homes) : NULL;
    return TRUE;
}

#define WORD(member) G_STRUCT_OFFSET(struct command_line, member)

/* Copies first: what a name is depends on them. */
const struct insert_field insert_fields[] = {
    {"copies", NULL, take_copies, NULL, WORD(copies)},
    {"name", "Name of the VM", take_name, NULL, WORD(name)},
    {"memory", "RAM in MiB", take_memory, "256", WORD(memory)},
    {"vcpus", "CPUs", take_vcpus, "1", WORD(vcpus)},
    {"disk", "Disks (10G for a new one, PATH, PATH:10G, or none)", take_disks, "10G", WORD(disk)},
    {"cdrom", "Image in its CD drive (PATH, or none)", take_cdrom, "none", WORD(cdrom)},
    {"network", "Network (NAME, bridge=NAME, or none)", take_network, "usual", WORD(network)},
    {"mac", NULL, take_mac, NULL, WORD(mac)},
    {"boot", NULL, take_boot, NULL, WORD(boot)},
    {"home", "Host (any: the one with the most room)", take_home, "any", WORD(home)},
    {NULL},
};
