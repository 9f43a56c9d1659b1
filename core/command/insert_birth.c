/* insert_birth.c - one VM, or one of many copies: where, on which disks, and as which XML. */
#include "core/command/insert.h"

#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/manage_many.h"
#include "core/command/session.h"
#include "core/model/guest_xml.h"

static void birth_disk_free(gpointer data)
{
    struct birth_disk *disk = data;

    g_free(disk->path);
    g_free(disk->backing);
    g_free(disk->backing_format);
    g_free(disk);
}

void birth_free(gpointer data)
{
    struct birth *birth = data;

    g_free(birth->name);
    g_free(birth->xml);
    g_free(birth->seen);
    g_ptr_array_unref(birth->disks);
    g_clear_error(&birth->error);
    g_free(birth);
}

/* --- Where --- */

/* RAM that is left when all that are at home there, and those planned, run at once. */
static gint64 room_kib(const struct insertion *insertion, const struct host *host, guint *vms)
{
    gint64 room = (gint64)host->mem_kib;

    *vms = host->vms->len;
    for (guint i = 0; i < host->vms->len; i++)
        room -= (gint64)((struct vm *)g_ptr_array_index(host->vms, i))->mem_kib;
    for (guint i = 0; i < insertion->births->len; i++) {
        const struct birth *birth = g_ptr_array_index(insertion->births, i);
        if (birth->host != host || birth->exists)
            continue;
        room -= (gint64)insertion->mem_kib;
        *vms += 1;
    }
    return room;
}

static const struct host *roomiest(const struct insertion *insertion, const GPtrArray *hosts)
{
    const guint64 least_kib = insertion->command->session->config->engine.policy.vm_min_kib;
    const struct host *best = NULL;
    gint64 best_room = 0;

    for (guint i = 0; i < hosts->len; i++) {
        const struct host *host = g_ptr_array_index(hosts, i);
        guint vms;
        gint64 room = room_kib(insertion, host, &vms);
        guint most = host_most_vms(host, least_kib);
        if (host->state != HOST_ON || (host->maintenance && !insertion->homes))
            continue;
        if (most > 0 && vms >= most)
            room -= G_MAXINT64 / 4; /* only where every other is as full */
        if (!best || room > best_room) {
            best = host;
            best_room = room;
        }
    }
    return best;
}

static gboolean settle(struct birth *birth, GError **error)
{
    const struct insertion *insertion = birth->insertion;
    const GPtrArray *all = session_cluster(insertion->command->session)->hosts;
    const struct host *host = roomiest(insertion, insertion->homes ? insertion->homes : all);

    if (!host)
        return error_refuse(error, ROOST_ERROR_REFUSED, "vm %s: no host is on that could have it",
                            birth->name);
    if (insertion->mem_kib > host->mem_kib && host->mem_kib > 0)
        return error_refuse(
            error, ROOST_ERROR_REFUSED,
            "vm %s: host %s has %" G_GUINT64_FORMAT " MiB of RAM, it needs %" G_GUINT64_FORMAT,
            birth->name, host->name, host->mem_kib / 1024, insertion->mem_kib / 1024);
    birth->host = host;
    return TRUE;
}

/* --- Disks --- */

static const struct manage_trace *find_trace(const struct insertion *insertion, const char *path)
{
    for (guint i = 0; insertion->traces && i < insertion->traces->len; i++) {
        const struct manage_trace *trace = g_ptr_array_index(insertion->traces, i);
        if (strcmp(trace->path, path) == 0)
            return trace;
    }
    return NULL;
}

/* By its name where that says it: what a raw image begins with its guest has written. */
static const char *format_of(const struct insertion *insertion, const char *path)
{
    const struct manage_trace *trace = find_trace(insertion, path);

    if (g_str_has_suffix(path, ".qcow2"))
        return "qcow2";
    if (g_str_has_suffix(path, ".img") || g_str_has_suffix(path, ".raw") ||
        g_str_has_suffix(path, ".iso"))
        return "raw";
    return trace && g_strcmp0(trace->format, "qcow2") == 0 ? "qcow2" : "raw";
}

static struct birth_disk *add_making(struct birth *birth, const char *path, const char *format)
{
    struct birth_disk *making = g_new0(struct birth_disk, 1);

    making->path = g_strdup(path);
    making->format = format;
    g_ptr_array_add(birth->disks, making);
    return making;
}

static void see(struct birth *birth, const char *path)
{
    if (!birth->seen)
        birth->seen = g_strdup(path);
}

/* A file that is there must be, and be nobody else's. */
static gboolean may_use(const struct birth *birth, const char *path, gboolean shared,
                        GError **error)
{
    const struct insertion *insertion = birth->insertion;
    const struct manage_trace *trace = find_trace(insertion, path);
    const char *user = disk_use_find(insertion->use, path);

    if (trace && !trace->real)
        return error_refuse(error, ROOST_ERROR_REFUSED,
                            "vm %s: host %s has no file %s (PATH:10G makes one)", birth->name,
                            birth->host->name, path);
    if (!user && trace)
        user = disk_use_find(insertion->use, trace->real);
    if (user && !shared && !insertion->force)
        return error_refuse(
            error, ROOST_ERROR_REFUSED,
            "vm %s: vm %s uses %s: two that write to one disk destroy it (--force goes "
            "past this)",
            birth->name, user, path);
    return TRUE;
}

static gboolean plan_disk(struct birth *birth, struct guest *guest,
                          const struct insert_disk *wanted, GError **error)
{
    const struct insertion *insertion = birth->insertion;
    struct guest_disk *disk = guest_add_disk(guest);
    g_autofree char *beside = g_strdup_printf("%s/x", disk_use_dir(insertion->use));

    disk->target = g_strdup_printf("vd%c", 'a' + (char)(guest->disks->len - 1));
    if (wanted->path)
        disk->path = guest_fill(wanted->path, birth->name, birth->number, error);
    else
        disk->path = guest_disk_path(beside, birth->name, disk->target, "qcow2");
    if (!disk->path || !guest_check_path(disk->path, error))
        return FALSE;
    disk->format = g_strdup(format_of(insertion, disk->path));
    see(birth, disk->path);
    if (wanted->bytes == 0)
        return may_use(birth, disk->path, FALSE, error);
    add_making(birth, disk->path, format_of(insertion, disk->path))->bytes = wanted->bytes;
    return TRUE;
}

/* --- A VM of its own --- */

static const struct manage_ground *ground_of(const struct birth *birth, GError **error)
{
    const GPtrArray *grounds = birth->insertion->grounds;

    for (guint i = 0; i < grounds->len; i++) {
        const struct manage_item *item = g_ptr_array_index(grounds, i);
        if (item->data != birth->host)
            continue;
        if (item->error)
            g_propagate_error(error, g_error_copy(item->error));
        return item->answer ? item->answer->ground : NULL;
    }
    error_refuse(error, ROOST_ERROR_REFUSED, "host %s: it was not asked what it can run",
                 birth->host->name);
    return NULL;
}

static gboolean plan_network(const struct birth *birth, struct guest *guest,
                             const struct manage_ground *ground, GError **error)
{
    const struct insertion *insertion = birth->insertion;
    const char *const *networks = (const char *const *)ground->networks;
    gboolean usual = !insertion->network_given && g_strv_contains(networks, "default");
    struct guest_nic *nic;

    if (!usual && !insertion->nic)
        return TRUE;
    if (insertion->nic && insertion->nic->network &&
        !g_strv_contains(networks, insertion->nic->network))
        return error_refuse(error, ROOST_ERROR_REFUSED,
                            "vm %s: host %s has no active network %s (bridge=NAME for a bridge)",
                            birth->name, birth->host->name, insertion->nic->network);
    nic = guest_add_nic(guest);
    nic->network = g_strdup(usual ? "default" : insertion->nic->network);
    nic->bridge = usual ? NULL : g_strdup(insertion->nic->bridge);
    nic->mac = insertion->mac ? g_strdup(insertion->mac)
                              : guest_make_mac(insertion->use->macs, insertion->chance);
    return TRUE;
}

static gboolean check_ground(const struct birth *birth, const struct manage_ground *ground,
                             GError **error)
{
    const struct insertion *insertion = birth->insertion;

    if (strcmp(ground->os, "exe") == 0)
        return error_refuse(
            error, ROOST_ERROR_REFUSED,
            "vm %s: host %s runs containers, which need a root directory of their own: "
            "define one there with virsh, or give a --template",
            birth->name, birth->host->name);
    if (ground->vcpus_most > 0 && insertion->vcpus > ground->vcpus_most)
        return error_refuse(error, ROOST_ERROR_REFUSED,
                            "vm %s: the hypervisor of host %s gives at most %u CPUs to a VM",
                            birth->name, birth->host->name, ground->vcpus_most);
    return TRUE;
}

static gboolean build(struct birth *birth, GError **error)
{
    const struct insertion *insertion = birth->insertion;
    const struct manage_ground *ground = ground_of(birth, error);
    autoptr(guest) guest = guest_new();
    struct guest_disk *cdrom;

    if (!ground || !check_ground(birth, ground, error))
        return FALSE;
    guest->name = g_strdup(birth->name);
    guest->uuid = g_uuid_string_random();
    guest->mem_kib = insertion->mem_kib;
    guest->vcpus = insertion->vcpus;
    guest->type = g_strdup(ground->type);
    guest->os = g_strdup(ground->os);
    guest->arch = g_strdup(ground->arch);
    guest->machine = g_strdup(ground->machine);
    guest->emulator = g_strdup(ground->emulator);
    guest->boot = g_strdup(insertion->boot    ? insertion->boot
                           : insertion->cdrom ? "cdrom,hd"
                                              : "hd");
    for (guint i = 0; i < insertion->disks->len; i++)
        if (!plan_disk(birth, guest, g_ptr_array_index(insertion->disks, i), error))
            return FALSE;
    for (guint i = 0; i < guest->disks->len; i++)
        ((struct guest_disk *)g_ptr_array_index(guest->disks, i))->bus = g_strdup(ground->disk_bus);
    if (insertion->cdrom) {
        cdrom = guest_add_disk(guest);
        cdrom->cdrom = TRUE;
        cdrom->path = g_strdup(insertion->cdrom);
        if (!may_use(birth, cdrom->path, TRUE, error))
            return FALSE;
    }
    if (!plan_network(birth, guest, ground, error))
        return FALSE;
    birth->xml = guest_xml_build(guest, error);
    return birth->xml != NULL;
}

/* --- A copy of a template --- */

static void guest_disk_free(gpointer data)
{
    struct guest_disk *disk = data;

    g_free(disk->path);
    g_free(disk);
}

/* What a guest writes to is nothing to build upon. */
static gboolean may_build_upon(const struct birth *birth, const char *below, GError **error)
{
    const struct insertion *insertion = birth->insertion;
    const char *writer = below ? g_hash_table_lookup(insertion->use->writers, below) : NULL;

    if (!writer || insertion->force || g_strcmp0(writer, insertion->template_vm) == 0)
        return TRUE;
    return error_refuse(
        error, ROOST_ERROR_REFUSED,
        "vm %s: its disk would build upon %s, which vm %s writes to (--force goes past "
        "this)",
        birth->name, below, writer);
}

/* The copy's own image of a disk that the template's guest may write to. */
static gboolean plan_copy_disk(struct birth *birth, const struct guest_disk *disk,
                               GHashTable *own_disks, GError **error)
{
    const struct insertion *insertion = birth->insertion;
    g_autofree char *original = guest_fill(disk->path, birth->name, birth->number, error);
    gboolean named = original && strcmp(original, disk->path) != 0;
    const char *below = named ? disk->backing : disk->path;
    const struct insert_disk *size = insertion->disks && insertion->disks->len > 0
                                         ? g_ptr_array_index(insertion->disks, 0)
                                         : NULL;
    const char *format = insertion->full && below ? format_of(insertion, below) : "qcow2";
    struct guest_disk *own;
    struct birth_disk *making;

    if (!original || !guest_check_path(original, error) || !may_build_upon(birth, below, error))
        return FALSE;
    own = g_new0(struct guest_disk, 1);
    own->path = named ? g_strdup(original)
                      : guest_disk_path(original, birth->name, disk->target ? disk->target : "disk",
                                        format);
    g_hash_table_insert(own_disks, g_strdup(original), own);
    if (named)
        format = format_of(insertion, own->path);
    own->format = (char *)format;
    see(birth, own->path);
    if (!below && (!size || size->bytes == 0))
        return may_use(birth, own->path, FALSE, error);
    making = add_making(birth, own->path, below && !insertion->full ? "qcow2" : format);
    own->format = (char *)making->format;
    making->bytes = below ? 0 : size->bytes;
    making->backing = g_strdup(below);
    making->backing_format =
        below ? g_strdup(!named && disk->format ? disk->format : format_of(insertion, below))
              : NULL;
    making->copy = insertion->full;
    return TRUE;
}

static gboolean copy(struct birth *birth, GError **error)
{
    struct insertion *insertion = birth->insertion;
    g_autofree char *uuid = g_uuid_string_random();
    g_autoptr(GHashTable) disks =
        g_hash_table_new_full(g_str_hash, g_str_equal, g_free, guest_disk_free);
    const struct guest_copy change = {
        .name = birth->name,
        .number = birth->number,
        .uuid = uuid,
        .mem_kib = insertion->command->line->memory ? insertion->mem_kib : 0,
        .vcpus = insertion->command->line->vcpus ? insertion->vcpus : 0,
        .nic = insertion->nic,
        .taken = insertion->use->macs,
        .chance = insertion->chance,
        .disks = disks,
    };

    for (guint i = 0; i < insertion->original->disks->len; i++) {
        const struct guest_disk *disk = g_ptr_array_index(insertion->original->disks, i);
        if (disk->path && !disk->readonly && !disk->shareable &&
            !plan_copy_disk(birth, disk, disks, error))
            return FALSE;
    }
    birth->xml = guest_xml_copy(insertion->template_xml, &change, error);
    return birth->xml != NULL;
}

/* --- All of them --- */

static gboolean add_birth(struct insertion *insertion, guint number, GError **error)
{
    struct birth *birth = g_new0(struct birth, 1);
    const struct cluster *cluster = session_cluster(insertion->command->session);

    birth->insertion = insertion;
    birth->number = number;
    birth->disks = g_ptr_array_new_with_free_func(birth_disk_free);
    birth->name =
        number > 0 ? guest_copy_name(insertion->name, number, error) : g_strdup(insertion->name);
    g_ptr_array_add(insertion->births, birth);
    if (!birth->name)
        return FALSE;
    birth->exists = cluster_find_vm(cluster, birth->name) != NULL;
    if (birth->exists && number == 0)
        return error_refuse(error, ROOST_ERROR_REFUSED, "vm %s is in the cluster already",
                            birth->name);
    return birth->exists || settle(birth, error);
}

/* Images that are there: of the template, or named by the operator. */
static void add_paths(const struct insertion *insertion, GStrvBuilder *paths)
{
    for (guint i = 0; insertion->disks && i < insertion->disks->len; i++) {
        const struct insert_disk *disk = g_ptr_array_index(insertion->disks, i);
        g_autofree char *filled = NULL;
        if (!disk->path || disk->bytes > 0)
            continue;
        for (guint j = 0; j < insertion->births->len; j++) {
            const struct birth *birth = g_ptr_array_index(insertion->births, j);
            filled = guest_fill(disk->path, birth->name, birth->number, NULL);
            g_strv_builder_add(paths, filled);
            g_clear_pointer(&filled, g_free);
        }
    }
    if (insertion->cdrom)
        g_strv_builder_add(paths, insertion->cdrom);
    for (guint i = 0; insertion->original && i < insertion->original->disks->len; i++) {
        const struct guest_disk *disk = g_ptr_array_index(insertion->original->disks, i);
        if (disk->path && !strchr(disk->path, '{') && guest_check_path(disk->path, NULL))
            g_strv_builder_add(paths, disk->path);
        if (disk->backing && guest_check_path(disk->backing, NULL))
            g_strv_builder_add(paths, disk->backing);
    }
}

static gboolean trace(struct insertion *insertion, const struct host *host, GError **error)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    g_auto(GStrv) paths = NULL;
    autoptr(manage_answer) answer = NULL;
    struct manage_request request = {.kind = MANAGE_TRACE_DISKS, .address = host->address};

    add_paths(insertion, builder);
    paths = g_strv_builder_end(builder);
    request.paths = (const char *const *)paths;
    if (!*paths)
        return TRUE;
    answer = manage_one_run(insertion->command, "looking at disks", &request, error);
    if (answer)
        insertion->traces = g_steal_pointer(&answer->traces);
    return answer != NULL;
}

static gboolean ask_grounds(struct insertion *insertion, GError **error)
{
    insertion->grounds = manage_items_new();
    if (insertion->template_xml)
        return TRUE;
    for (guint i = 0; i < insertion->births->len; i++) {
        const struct birth *birth = g_ptr_array_index(insertion->births, i);
        gboolean asked = birth->exists;
        for (guint j = 0; j < insertion->grounds->len && !asked; j++)
            asked = ((struct manage_item *)g_ptr_array_index(insertion->grounds, j))->data ==
                    birth->host;
        if (!asked)
            manage_items_add(insertion->grounds,
                             &(const struct manage_request){.kind = MANAGE_GROUND,
                                                            .address = birth->host->address},
                             (gpointer)birth->host);
    }
    return manage_many_run(insertion->command, "asking hosts what they can run", insertion->grounds,
                           16, error);
}

gboolean insert_plan(struct insertion *insertion, GError **error)
{
    const struct host *first = NULL;
    guint most = MAX(insertion->copies, 1);

    for (guint i = 0; i < most; i++)
        if (!add_birth(insertion, insertion->copies > 0 ? i + 1 : 0, error))
            return FALSE;
    for (guint i = 0; i < most && !first; i++)
        first = ((struct birth *)g_ptr_array_index(insertion->births, i))->host;
    if (!first)
        return TRUE; /* all exist */
    if (!ask_grounds(insertion, error) || !trace(insertion, first, error))
        return FALSE;
    for (guint i = 0; i < insertion->births->len; i++) {
        struct birth *birth = g_ptr_array_index(insertion->births, i);
        if (!birth->exists && !(insertion->template_xml ? copy(birth, error) : build(birth, error)))
            return FALSE;
    }
    return TRUE;
}
