#include "core/command/disk_use.h"

#include <string.h>

#include "core/base/text.h"
#include "core/command/manage_many.h"
#include "core/command/session.h"
#include "core/model/guest_xml.h"

#define USUAL_DIR "/var/lib/libvirt/images"
#define AT_ONCE   16

static void free_guest(gpointer data)
{
    guest_free(data);
}

static GHashTable *texts(void)
{
    return g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
}

struct disk_use *disk_use_new(void)
{
    struct disk_use *use = g_new0(struct disk_use, 1);

    use->users = texts();
    use->writers = texts();
    use->uuids = texts();
    use->macs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    use->dirs = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    use->guests = g_ptr_array_new_with_free_func(free_guest);
    use->unknown = g_ptr_array_new_with_free_func(g_free);
    return use;
}

void disk_use_free(struct disk_use *use)
{
    if (!use)
        return;
    g_hash_table_unref(use->users);
    g_hash_table_unref(use->writers);
    g_hash_table_unref(use->uuids);
    g_hash_table_unref(use->macs);
    g_hash_table_unref(use->dirs);
    g_ptr_array_unref(use->guests);
    g_ptr_array_unref(use->unknown);
    g_free(use);
}

static void note_user(struct disk_use *use, const char *path, const char *vm)
{
    if (path && !g_hash_table_contains(use->users, path))
        g_hash_table_insert(use->users, g_strdup(path), g_strdup(vm));
}

static void count_dir(struct disk_use *use, const char *path)
{
    char *dir = g_path_get_dirname(path);
    guint count = GPOINTER_TO_UINT(g_hash_table_lookup(use->dirs, dir));

    g_hash_table_replace(use->dirs, dir, GUINT_TO_POINTER(count + 1));
}

static void add_disk(struct disk_use *use, const struct guest_disk *disk, const char *vm)
{
    note_user(use, disk->path, vm);
    note_user(use, disk->backing, vm);
    if (!disk->path || disk->cdrom)
        return;
    count_dir(use, disk->path);
    if (!disk->readonly && !disk->shareable)
        g_hash_table_replace(use->writers, g_strdup(disk->path), g_strdup(vm));
}

void disk_use_add(struct disk_use *use, const char *xml, const char *except)
{
    autoptr(guest) guest = guest_xml_read(xml, NULL);

    if (!guest || !guest->name || g_strcmp0(guest->name, except) == 0)
        return;
    for (guint i = 0; i < guest->disks->len; i++)
        add_disk(use, g_ptr_array_index(guest->disks, i), guest->name);
    for (guint i = 0; i < guest->nics->len; i++) {
        const struct guest_nic *nic = g_ptr_array_index(guest->nics, i);
        if (nic->mac)
            g_hash_table_add(use->macs, g_strdup(nic->mac));
    }
    if (guest->uuid)
        g_hash_table_replace(use->uuids, g_ascii_strdown(guest->uuid, -1), g_strdup(guest->name));
    g_ptr_array_add(use->guests, g_steal_pointer(&guest));
}

/* What a host could not tell stands in the way of whoever must be sure. */
static void note_unknown(struct disk_use *use, const struct manage_item *item)
{
    g_ptr_array_add(use->unknown, g_strdup(item->error->message));
}

/* Hosts that are off still have definitions; the model has the VMs, not their disks. */
static void note_silent(const struct command *command, struct disk_use *use, const char *except)
{
    const struct cluster *cluster = session_cluster(command->session);

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        const struct vm *first = host->vms->len > 0 ? g_ptr_array_index(host->vms, 0) : NULL;
        gboolean its_own = first && host->vms->len == 1 && g_strcmp0(first->name, except) == 0;
        if (host->state != HOST_ON && first && !its_own)
            g_ptr_array_add(use->unknown,
                            g_strdup_printf("host %s is %s, and has vm %s", host->name,
                                            host_state_name(host->state), first->name));
    }
}

/* --- Where they really lie --- */

/* Every path of the host's definitions, once. */
static char **paths_of(const struct manage_answer *answer, const char *except)
{
    g_autoptr(GHashTable) paths = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();
    GHashTableIter iter;
    gpointer path;

    for (guint i = 0; i < answer->texts->len; i++) {
        autoptr(guest) guest = guest_xml_read(g_ptr_array_index(answer->texts, i), NULL);
        gboolean counts = guest && g_strcmp0(guest->name, except) != 0;
        for (guint j = 0; counts && j < guest->disks->len; j++) {
            const struct guest_disk *disk = g_ptr_array_index(guest->disks, j);
            /* A line of the answer is a path: one with a line's end in it cannot be asked about. */
            if (disk->path && *disk->path == '/' && !strpbrk(disk->path, "\r\n"))
                g_hash_table_add(paths, g_strdup(disk->path));
        }
    }
    g_hash_table_iter_init(&iter, paths);
    while (g_hash_table_iter_next(&iter, &path, NULL))
        g_strv_builder_add(builder, path);
    return g_strv_builder_end(builder);
}

static void add_trace(struct disk_use *use, const struct manage_trace *trace,
                      const struct host *host)
{
    const char *vm = disk_use_find(use, trace->path);
    g_autofree char *user = g_strdup(vm ? vm : "?");

    if (!trace->real)
        return;
    note_user(use, trace->real, user);
    for (char **below = trace->below; below && *below; below++)
        note_user(use, *below, user);
    if (!trace->below)
        g_ptr_array_add(use->unknown,
                        g_strdup_printf("host %s does not tell what %s of vm %s builds upon "
                                        "(qemu-img info)",
                                        host->name, trace->path, user));
}

static gboolean trace_all(const struct command *command, struct disk_use *use,
                          const GPtrArray *hosts, const char *except, GError **error)
{
    g_autoptr(GPtrArray) items = manage_items_new();

    for (guint i = 0; i < hosts->len; i++) {
        const struct manage_item *host = g_ptr_array_index(hosts, i);
        g_auto(GStrv) paths = host->answer ? paths_of(host->answer, except) : NULL;
        const struct manage_request request = {
            .kind = MANAGE_TRACE_DISKS,
            .address = host->request->address,
            .paths = (const char *const *)paths,
        };
        if (paths && *paths)
            manage_items_add(items, &request, host->data);
    }
    if (!manage_many_run(command, "looking at disks", items, AT_ONCE, error))
        return FALSE;
    for (guint i = 0; i < items->len; i++) {
        const struct manage_item *item = g_ptr_array_index(items, i);
        if (item->error)
            note_unknown(use, item);
        for (guint j = 0; item->answer && j < item->answer->traces->len; j++)
            add_trace(use, g_ptr_array_index(item->answer->traces, j), item->data);
    }
    return TRUE;
}

struct disk_use *disk_use_read(const struct command *command, const char *except, gboolean traces,
                               GError **error)
{
    g_autoptr(GPtrArray) items = manage_items_new();
    autoptr(disk_use) use = disk_use_new();

    manage_items_add_hosts(command, items, (struct manage_request){.kind = MANAGE_DEFINITIONS});
    if (!manage_many_run(command, "reading definitions", items, AT_ONCE, error))
        return NULL;
    note_silent(command, use, except);
    for (guint i = 0; i < items->len; i++) {
        const struct manage_item *item = g_ptr_array_index(items, i);
        if (item->error)
            note_unknown(use, item);
        for (guint j = 0; item->answer && j < item->answer->texts->len; j++)
            disk_use_add(use, g_ptr_array_index(item->answer->texts, j), except);
    }
    if (traces && !trace_all(command, use, items, except, error))
        return NULL;
    return g_steal_pointer(&use);
}

const char *disk_use_find(const struct disk_use *use, const char *path)
{
    return g_hash_table_lookup(use->users, path);
}

const char *disk_use_dir(const struct disk_use *use)
{
    const char *best = USUAL_DIR;
    guint most = 0;
    GHashTableIter iter;
    gpointer dir;
    gpointer count;

    g_hash_table_iter_init(&iter, use->dirs);
    while (g_hash_table_iter_next(&iter, &dir, &count)) {
        guint n = GPOINTER_TO_UINT(count);
        if (n > most || (n == most && n > 0 && strcmp(dir, best) < 0)) {
            most = n;
            best = dir;
        }
    }
    return best;
}
