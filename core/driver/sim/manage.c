/* manage.c - definitions and disks in a simulated lab: one file system that all hosts share. */
#include "core/driver/sim/world.h"

#include <string.h>

#include "core/base/text.h"
#include "core/model/guest_xml.h"

G_GNUC_PRINTF(2, 3)
static struct manage_answer *refuse(GError **error, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    if (error)
        *error = g_error_new_valist(ROOST_ERROR, ROOST_ERROR_REFUSED, format, arguments);
    va_end(arguments);
    return NULL;
}

/* --- Definitions --- */

static char *made_definition(const struct sim_vm *vm)
{
    autoptr(guest) guest = guest_new();
    struct guest_disk *disk = guest_add_disk(guest);
    struct guest_nic *nic = guest_add_nic(guest);

    guest->name = g_strdup(vm->name);
    guest->uuid = g_strdup(vm->uuid);
    guest->mem_kib = vm->mem_kib;
    guest->vcpus = vm->vcpus;
    guest->type = g_strdup("kvm");
    guest->os = g_strdup("hvm");
    guest->arch = g_strdup("x86_64");
    disk->path = g_strdup_printf("/srv/vms/%s.qcow2", vm->name);
    disk->format = g_strdup("qcow2");
    nic->mac = g_strdup(vm->mac);
    nic->network = g_strdup("default");
    return guest_xml_build(guest, NULL);
}

static char *definition(const struct sim_vm *vm)
{
    char *text = vm->xml ? g_strdup(vm->xml) : made_definition(vm);

    return text ? text : g_strdup("<domain/>"); /* of a name that no VM can be given */
}

static struct manage_answer *read_one(struct sim_host *host, const struct manage_request *request,
                                      GError **error)
{
    const struct sim_vm *vm = sim_host_find_vm(host, request->vm);
    g_autofree char *name = text_escape(request->vm);
    struct manage_answer *answer;

    if (!vm)
        return refuse(error, "vm %s: host %s does not know it", name, host->name);
    answer = manage_answer_new();
    answer->text = definition(vm);
    return answer;
}

static void add_definitions(GPtrArray *texts, const GPtrArray *vms)
{
    for (guint i = 0; vms && i < vms->len; i++)
        g_ptr_array_add(texts, definition(g_ptr_array_index(vms, i)));
}

static struct manage_answer *read_all(struct sim_host *host)
{
    struct manage_answer *answer = manage_answer_new();

    answer->texts = g_ptr_array_new_with_free_func(g_free);
    add_definitions(answer->texts, host->vms);
    add_definitions(answer->texts, host->left_behind);
    return answer;
}

static struct sim_vm *find_uuid(const struct sim_host *host, const char *uuid)
{
    for (guint i = 0; uuid && i < host->world->vms->len; i++) {
        struct sim_vm *vm = g_ptr_array_index(host->world->vms, i);

        if (strcmp(vm->uuid, uuid) == 0 && sim_host_find_vm(host, vm->name) == vm)
            return vm;
    }
    return NULL;
}

static struct manage_answer *redefine(struct sim_vm *vm, const char *xml)
{
    g_free(vm->xml);
    vm->xml = g_strdup(xml);
    return manage_answer_new();
}

/* Known elsewhere, and now here as well: one further host is all that this world keeps of it. */
static struct manage_answer *define_also(struct sim_vm *vm, struct sim_host *host,
                                         const struct guest *guest, const char *xml, GError **error)
{
    if (g_strcmp0(vm->uuid, guest->uuid) != 0)
        return refuse(error, "vm %s: host %s: another VM of this name is in the simulated lab",
                      vm->name, host->name);
    if (vm->left_behind)
        return refuse(error, "vm %s: a simulated VM is known on two hosts at most: %s and %s",
                      vm->name, vm->host->name, vm->left_behind->name);
    sim_vm_set_left_behind(vm, host);
    return redefine(vm, xml);
}

static struct manage_answer *define(struct sim_host *host, const struct manage_request *request,
                                    GError **error)
{
    autoptr(guest) guest = guest_xml_read(request->xml, error);
    struct sim_world *world = host->world;
    struct sim_vm *vm = guest && guest->name ? sim_host_find_vm(host, guest->name) : NULL;
    const struct sim_vm *same;

    if (!guest)
        return NULL;
    if (!guest->name || !guest_check_name(guest->name, NULL))
        return refuse(error, "host %s: XML error: name cannot be used", host->name);
    if (vm && (request->fresh || g_strcmp0(vm->uuid, guest->uuid) != 0))
        return refuse(error, "vm %s: host %s knows a VM of that name already", vm->name,
                      host->name);
    if (vm)
        return manage_answer_new();
    if ((same = find_uuid(host, guest->uuid)))
        return refuse(error, "vm %s: host %s knows its UUID as vm %s", guest->name, host->name,
                      same->name);
    vm = g_hash_table_lookup(world->vms_by_name, guest->name);
    if (vm)
        return define_also(vm, host, guest, request->xml, error);
    return redefine(sim_host_add_vm(host, guest), request->xml);
}

static struct manage_answer *undefine(struct sim_host *host, const struct manage_request *request,
                                      GError **error)
{
    struct sim_vm *vm = sim_host_find_vm(host, request->vm);
    g_autofree char *name = text_escape(request->vm);

    if (!vm)
        return refuse(error, "vm %s: host %s does not know it", name, host->name);
    if (vm->running && vm->host == host)
        return refuse(error, "vm %s: it runs on %s", name, host->name);
    if (vm->migration)
        return refuse(error, "vm %s: it is being migrated", name);
    if (vm->host != host)
        sim_vm_set_left_behind(vm, NULL);
    else
        sim_host_drop_vm(host, vm);
    sim_tell_changed(host->world, host->address);
    return manage_answer_new();
}

/* --- Disks --- */

static void add_disks_of(GHashTable *disks, const struct sim_vm *vm)
{
    g_autofree char *text = definition(vm);
    autoptr(guest) guest = guest_xml_read(text, NULL);

    for (guint i = 0; guest && i < guest->disks->len; i++) {
        const struct guest_disk *disk = g_ptr_array_index(guest->disks, i);

        if (disk->path)
            g_hash_table_insert(disks, g_strdup(disk->path), g_strdup(""));
    }
}

/* path -> what it builds upon, or ""; those that were there from the beginning are found once. */
static GHashTable *disks_of(struct sim_world *world)
{
    if (world->disks)
        return world->disks;
    world->disks = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, g_free);
    for (guint i = 0; i < world->vms->len; i++)
        add_disks_of(world->disks, g_ptr_array_index(world->vms, i));
    return world->disks;
}

static struct manage_answer *create_disk(struct sim_host *host,
                                         const struct manage_request *request, GError **error)
{
    GHashTable *disks = disks_of(host->world);
    g_autofree char *path = text_escape(request->path);
    g_autofree char *backing = text_escape(request->backing);

    if (g_hash_table_contains(disks, request->path))
        return refuse(error, "host %s: %s: is there already; it is left as it is", host->name,
                      path);
    if (request->backing && !g_hash_table_contains(disks, request->backing))
        return refuse(error, "host %s: %s: there is no such file", host->name, backing);
    g_hash_table_insert(disks, g_strdup(request->path),
                        g_strdup(request->backing && !request->copy ? request->backing : ""));
    return manage_answer_new();
}

static struct manage_answer *remove_disk(struct sim_host *host,
                                         const struct manage_request *request, GError **error)
{
    g_autofree char *path = text_escape(request->path);

    if (g_hash_table_remove(disks_of(host->world), request->path))
        return manage_answer_new();
    return refuse(error, "host %s: %s: there is no such file", host->name, path);
}

static struct manage_trace *trace(GHashTable *disks, const char *path)
{
    struct manage_trace *found = g_new0(struct manage_trace, 1);
    const char *below = g_hash_table_lookup(disks, path);
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    found->path = g_strdup(path);
    if (below) {
        found->real = g_strdup(path);
        found->format = g_strdup(g_str_has_suffix(path, ".qcow2") ? "qcow2" : "raw");
        found->bytes = SIM_DISK_BYTES;
    }
    for (guint depth = 0; below && *below && depth < 64; depth++) {
        g_strv_builder_add(builder, below);
        below = g_hash_table_lookup(disks, below);
    }
    found->below = g_strv_builder_end(builder);
    return found;
}

static void trace_free(gpointer data)
{
    manage_trace_free(data);
}

static struct manage_answer *trace_disks(struct sim_host *host,
                                         const struct manage_request *request)
{
    struct manage_answer *answer = manage_answer_new();

    answer->traces = g_ptr_array_new_with_free_func(trace_free);
    for (const char *const *path = request->paths; path && *path; path++)
        g_ptr_array_add(answer->traces, trace(disks_of(host->world), *path));
    return answer;
}

static struct manage_answer *look_at_parts(struct sim_host *host,
                                           const struct manage_request *request, GError **error)
{
    const struct sim_vm *vm = sim_host_find_vm(host, request->vm);
    autoptr(manage_answer) told = read_one(host, request, error);
    struct manage_answer *answer;

    if (!told)
        return NULL;
    answer = manage_answer_new();
    answer->parts = sim_vm_parts(vm, host, told->text, disks_of(host->world));
    return answer;
}

static struct manage_answer *look_at_ground(void)
{
    struct manage_answer *answer = manage_answer_new();
    struct manage_ground *ground = g_new0(struct manage_ground, 1);

    ground->type = g_strdup("kvm");
    ground->os = g_strdup("hvm");
    ground->arch = g_strdup("x86_64");
    ground->machine = g_strdup("q35");
    ground->disk_bus = g_strdup("virtio");
    ground->vcpus_most = 64;
    ground->networks = g_strsplit("default", ",", -1);
    answer->ground = ground;
    return answer;
}

struct manage_answer *sim_host_manage(struct sim_host *host, const struct manage_request *request,
                                      GError **error)
{
    switch (request->kind) {
    case MANAGE_DEFINITION:
        return read_one(host, request, error);
    case MANAGE_DEFINITIONS:
        return read_all(host);
    case MANAGE_DEFINE:
        return define(host, request, error);
    case MANAGE_UNDEFINE:
        return undefine(host, request, error);
    case MANAGE_GROUND:
        return look_at_ground();
    case MANAGE_CREATE_DISK:
        return create_disk(host, request, error);
    case MANAGE_REMOVE_DISK:
        return remove_disk(host, request, error);
    case MANAGE_PARTS:
        return look_at_parts(host, request, error);
    case MANAGE_TRACE_DISKS:
        break;
    }
    return trace_disks(host, request);
}
