#include "core/model/guest.h"

#include <math.h>
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"

#define MIB              (G_GUINT64_CONSTANT(1024) * 1024)
#define DISK_BYTES_LEAST MIB
#define DISK_BYTES_MOST  (MIB * 1024 * 1024 * 1024) /* 1 PiB */
#define PATH_BYTES_MOST  1024
#define MAC_TRIES        4096

static void disk_free(gpointer data)
{
    struct guest_disk *disk = data;

    g_free(disk->path);
    g_free(disk->format);
    g_free(disk->target);
    g_free(disk->bus);
    g_free(disk->backing);
    g_free(disk);
}

void guest_nic_free(struct guest_nic *nic)
{
    if (!nic)
        return;
    g_free(nic->mac);
    g_free(nic->network);
    g_free(nic->bridge);
    g_free(nic);
}

static void nic_free(gpointer data)
{
    guest_nic_free(data);
}

struct guest *guest_new(void)
{
    struct guest *guest = g_new0(struct guest, 1);

    guest->disks = g_ptr_array_new_with_free_func(disk_free);
    guest->nics = g_ptr_array_new_with_free_func(nic_free);
    return guest;
}

void guest_free(struct guest *guest)
{
    if (!guest)
        return;
    g_free(guest->name);
    g_free(guest->uuid);
    g_free(guest->type);
    g_free(guest->os);
    g_free(guest->arch);
    g_free(guest->machine);
    g_free(guest->emulator);
    g_free(guest->boot);
    g_ptr_array_unref(guest->disks);
    g_ptr_array_unref(guest->nics);
    g_free(guest);
}

struct guest_disk *guest_add_disk(struct guest *guest)
{
    struct guest_disk *disk = g_new0(struct guest_disk, 1);

    g_ptr_array_add(guest->disks, disk);
    return disk;
}

struct guest_nic *guest_add_nic(struct guest *guest)
{
    struct guest_nic *nic = g_new0(struct guest_nic, 1);

    g_ptr_array_add(guest->nics, nic);
    return nic;
}

/* --- What is typed --- */

gboolean guest_check_name(const char *name, GError **error)
{
    g_autofree char *shown = text_escape(name);

    if (!text_check_name(name, error))
        return FALSE;
    if (*name == '-' || *name == '.')
        return error_refuse(error, ROOST_ERROR_INPUT, "\"%s\": a name must not begin with \"%c\"",
                            shown, *name);
    if (g_ascii_isspace(*name) || g_ascii_isspace(name[strlen(name) - 1]))
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "\"%s\": a name must neither begin nor end with a blank", shown);
    return TRUE;
}

/* One that a script, a list and XML can hold, and that leads nowhere by surprise. */
gboolean guest_check_path(const char *path, GError **error)
{
    g_autofree char *shown = text_escape(path);
    g_autofree char *canonical = NULL;

    if (*path != '/')
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "\"%s\": the path must be absolute, such as /srv/vms/web.qcow2", shown);
    if (strlen(path) > PATH_BYTES_MOST)
        return error_refuse(error, ROOST_ERROR_INPUT, "a path has at most %d bytes",
                            PATH_BYTES_MOST);
    canonical = g_canonicalize_filename(path, "/");
    if (strcmp(canonical, path) != 0 || strcmp(shown, path) != 0 || path[1] == '\0')
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "\"%s\": no path of a file as it should be written", shown);
    return TRUE;
}

gboolean guest_check_boot(const char *words, GError **error)
{
    g_auto(GStrv) list = g_strsplit(words, ",", -1);
    const char *const known[] = {"hd", "cdrom", "network", NULL};

    for (char **word = list; *word; word++) {
        g_autofree char *shown = text_escape(*word);
        if (!g_strv_contains(known, *word))
            return error_refuse(error, ROOST_ERROR_INPUT,
                                "boot \"%s\": hd, cdrom and network are known, in the order in "
                                "which they are tried, such as cdrom,hd",
                                shown);
        if (g_strv_contains((const char *const *)word + 1, *word))
            return error_refuse(error, ROOST_ERROR_INPUT, "boot: %s is there twice", shown);
    }
    return *list ? TRUE : error_refuse(error, ROOST_ERROR_INPUT, "boot: hd, cdrom or network");
}

gboolean guest_read_mac(const char *text, char **mac, GError **error)
{
    g_autofree char *lower = g_ascii_strdown(text, -1);
    g_autofree char *shown = text_escape(text);
    gboolean right = strlen(lower) == 17;

    for (guint i = 0; right && i < 17; i++)
        right = i % 3 == 2 ? lower[i] == ':' : g_ascii_isxdigit(lower[i]);
    if (!right)
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "\"%s\" is no MAC address, such as 52:54:00:12:34:56", shown);
    if (g_ascii_xdigit_value(lower[1]) & 1)
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "%s is a multicast address: a card needs one of its own", shown);
    if (strcmp(lower, "00:00:00:00:00:00") == 0)
        return error_refuse(error, ROOST_ERROR_INPUT, "%s is no address of a card", shown);
    *mac = g_steal_pointer(&lower);
    return TRUE;
}

gboolean guest_read_size(const char *text, guint64 *bytes, GError **error)
{
    g_autofree char *shown = text_escape(text);
    char *end = NULL;
    double number = g_ascii_isdigit(*text) ? g_ascii_strtod(text, &end) : -1;
    double unit = 0;

    if (end && end != text + strspn(text, "0123456789."))
        end = NULL; /* a number of hexadecimal or with an exponent is no size that people write */
    if (end && (!*end || g_ascii_strcasecmp(end, "M") == 0 || g_ascii_strcasecmp(end, "MiB") == 0))
        unit = (double)MIB;
    else if (end && (g_ascii_strcasecmp(end, "G") == 0 || g_ascii_strcasecmp(end, "GiB") == 0))
        unit = (double)MIB * 1024;
    else if (end && (g_ascii_strcasecmp(end, "T") == 0 || g_ascii_strcasecmp(end, "TiB") == 0))
        unit = (double)MIB * 1024 * 1024;
    if (!isfinite(number) || number < 0 || unit == 0)
        return error_refuse(error, ROOST_ERROR_INPUT, "\"%s\" is no size, such as 10G or 512M",
                            shown);
    if (number * unit < (double)DISK_BYTES_LEAST || number * unit > (double)DISK_BYTES_MOST)
        return error_refuse(error, ROOST_ERROR_INPUT, "%s: a disk has 1M to 1024T", shown);
    *bytes = (guint64)(number * unit) / 512 * 512;
    return TRUE;
}

gboolean guest_read_mem(const char *text, guint64 *mem_kib, GError **error)
{
    g_autofree char *shown = text_escape(text);
    guint64 mib;

    if (!g_ascii_string_to_unsigned(text, 10, 1, GUEST_MEM_MIB_MOST, &mib, NULL))
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "\"%s\": memory is a whole number of MiB, such as 512", shown);
    *mem_kib = mib * 1024;
    return TRUE;
}

gboolean guest_read_vcpus(const char *text, guint *vcpus, GError **error)
{
    g_autofree char *shown = text_escape(text);
    guint64 number;

    if (!g_ascii_string_to_unsigned(text, 10, 1, GUEST_VCPUS_MOST, &number, NULL))
        return error_refuse(error, ROOST_ERROR_INPUT,
                            "\"%s\": CPUs are a whole number from 1 to %d", shown,
                            GUEST_VCPUS_MOST);
    *vcpus = (guint)number;
    return TRUE;
}

gboolean guest_read_nic(const char *text, struct guest_nic **nic, GError **error)
{
    static const char prefix[] = "bridge=";
    const char *bridge = strncmp(text, prefix, strlen(prefix)) == 0 ? text + strlen(prefix) : NULL;
    const char *name = bridge ? bridge : text;

    *nic = NULL;
    if (strcmp(text, "none") == 0)
        return TRUE;
    if (!text_check_name(name, error)) {
        g_prefix_error(error, "network: ");
        return FALSE;
    }
    *nic = g_new0(struct guest_nic, 1);
    (*nic)->bridge = g_strdup(bridge);
    (*nic)->network = bridge ? NULL : g_strdup(text);
    return TRUE;
}

/* --- The whole --- */

static gboolean check_disks(const struct guest *guest, GError **error)
{
    g_autoptr(GHashTable) paths = g_hash_table_new(g_str_hash, g_str_equal);

    if (guest->disks->len > GUEST_DISKS_MOST)
        return error_refuse(error, ROOST_ERROR_INPUT, "at most %d disks", GUEST_DISKS_MOST);
    for (guint i = 0; i < guest->disks->len; i++) {
        const struct guest_disk *disk = g_ptr_array_index(guest->disks, i);
        if (disk->path && !guest_check_path(disk->path, error))
            return FALSE;
        if (disk->path && !g_hash_table_add(paths, disk->path))
            return error_refuse(error, ROOST_ERROR_INPUT, "disk %s is there twice", disk->path);
    }
    return TRUE;
}

gboolean guest_check(const struct guest *guest, GError **error)
{
    if (!guest->name)
        return error_refuse(error, ROOST_ERROR_INPUT, "a VM needs a name");
    if (!guest_check_name(guest->name, error))
        return FALSE;
    if (guest->mem_kib < 1024 || guest->mem_kib > GUEST_MEM_MIB_MOST * 1024)
        return error_refuse(error, ROOST_ERROR_INPUT, "vm %s: how much memory, in MiB?",
                            guest->name);
    if (guest->vcpus < 1 || guest->vcpus > GUEST_VCPUS_MOST)
        return error_refuse(error, ROOST_ERROR_INPUT, "vm %s: how many CPUs?", guest->name);
    if (!guest->type || !guest->os)
        return error_refuse(error, ROOST_ERROR_INPUT, "vm %s: which hypervisor?", guest->name);
    if (guest->boot && !guest_check_boot(guest->boot, error))
        return FALSE;
    return check_disks(guest, error);
}

/* --- What is made up --- */

char *guest_make_mac(GHashTable *taken, GRand *chance)
{
    for (guint i = 0; i < MAC_TRIES; i++) {
        guint32 bits = g_rand_int(chance);
        char *mac = g_strdup_printf("52:54:00:%02x:%02x:%02x", bits >> 16 & 0xff, bits >> 8 & 0xff,
                                    bits & 0xff);
        if (!g_hash_table_contains(taken, mac)) {
            g_hash_table_add(taken, g_strdup(mac));
            return mac;
        }
        g_free(mac);
    }
    return NULL;
}

char *guest_copy_name(const char *pattern, guint number, GError **error)
{
    static const char what[] = "the name of copies needs one %d, such as exam-%02d";
    const char *percent = strchr(pattern, '%');
    const char *p = percent ? percent + 1 : NULL;
    guint width = 0;
    gboolean zeros = p && *p == '0';
    g_autofree char *name = NULL;

    for (; p && g_ascii_isdigit(*p) && width < 100; p++)
        width = width * 10 + (guint)(*p - '0');
    if (!p || *p != 'd' || width > 9 || strchr(p, '%')) {
        error_refuse(error, ROOST_ERROR_INPUT, "%s", what);
        return NULL;
    }
    name = g_strdup_printf(zeros ? "%.*s%0*u%s" : "%.*s%*u%s", (int)(percent - pattern), pattern,
                           (int)width, number, p + 1);
    return guest_check_name(name, error) ? g_steal_pointer(&name) : NULL;
}

char *guest_disk_path(const char *beside, const char *name, const char *target, const char *format)
{
    g_autofree char *dir = g_path_get_dirname(beside);

    return g_strdup_printf("%s/%s-%s.%s", strcmp(dir, "/") == 0 ? "" : dir, name, target,
                           g_strcmp0(format, "qcow2") == 0 ? "qcow2" : "img");
}
