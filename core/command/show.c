/* show.c - the verb that tells what one VM is made of: its host is asked, there and then. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/command_line.h"
#include "core/command/manage_many.h"
#include "core/command/session.h"

#define BYTES_PER_MIB (G_GINT64_CONSTANT(1) << 20)

static const struct record_field vm_fields[] = {
    {"part", RECORD_TEXT, "vm"},
    {"name", RECORD_TEXT},
    {"host", RECORD_TEXT, "where it runs, or is known"},
    {"state", RECORD_TEXT},
    {"against", RECORD_TEXT, "what stands against moving it live, as far as its host knows"},
    {"never", RECORD_FLAG, "whether no target would do", .hidden = TRUE},
    {"trouble", RECORD_TEXT, "what its host could not tell", .hidden = TRUE},
    {NULL},
};

static const struct record_field disk_fields[] = {
    {"part", RECORD_TEXT, "disk"},
    {"name", RECORD_TEXT, "vda: what the guest may call it"},
    {"device", RECORD_TEXT, "disk, cdrom, floppy or lun"},
    {"place", RECORD_TEXT, "shared, local, empty or unknown"},
    {"format", RECORD_TEXT},
    {"size-mib", RECORD_NUMBER, "MiB as its guest sees it"},
    {"used-mib", RECORD_NUMBER, "MiB that it takes where it lies"},
    {"source", RECORD_TEXT, "path, or volume and pool, or service"},
    {"storage", RECORD_TEXT, "file system or service", .hidden = TRUE},
    {"builds-upon", RECORD_TEXT, "the next image below it", .hidden = TRUE},
    {"images-below", RECORD_NUMBER, .hidden = TRUE},
    {"read-only", RECORD_FLAG, .hidden = TRUE},
    {NULL},
};

static const struct record_field nic_fields[] = {
    {"part", RECORD_TEXT, "interface"},
    {"mac", RECORD_TEXT},
    {"kind", RECORD_TEXT, "network, bridge, direct, ..."},
    {"network", RECORD_TEXT, "the network, bridge or interface of its host"},
    {"model", RECORD_TEXT},
    {"target", RECORD_TEXT, "its end on the host"},
    {NULL},
};

static const struct record_field screen_fields[] = {
    {"part", RECORD_TEXT, "screen"}, {"kind", RECORD_TEXT, "vnc, spice, ..."},
    {"listen", RECORD_TEXT},         {"port", RECORD_NUMBER},
    {"tls-port", RECORD_NUMBER},     {NULL},
};

static const struct record_kind vm_kind = {"vms", "vm", vm_fields};
static const struct record_kind disk_kind = {"disks", "disk", disk_fields};
static const struct record_kind nic_kind = {"interfaces", "interface", nic_fields};
static const struct record_kind screen_kind = {"screens", "screen", screen_fields};

const struct record_kind *const show_kinds[] = {&vm_kind, &disk_kind, &nic_kind, &screen_kind,
                                                NULL};

/* Rounded up: what takes anything is not nothing. */
static char *mib(gint64 bytes)
{
    return bytes < 0 ? g_strdup("")
                     : g_strdup_printf("%" G_GINT64_FORMAT,
                                       bytes / BYTES_PER_MIB + (bytes % BYTES_PER_MIB > 0));
}

static char *number(guint value)
{
    return value > 0 ? g_strdup_printf("%u", value) : g_strdup("");
}

static void print_vm(const struct command *command, const struct vm *vm,
                     const struct vm_parts *parts)
{
    struct records *records = records_new(&vm_kind);
    gboolean never = FALSE;
    g_autofree char *against = vm_parts_obstacle(parts, &never);

    records_add(records, "vm", vm->name, vm->host->name, vm_state_name(vm->state),
                record_text(against), never ? "yes" : "no", record_text(parts->trouble), NULL);
    records_print_free(records, command->output);
}

static void print_disks(const struct command *command, const struct vm_parts *parts)
{
    struct records *records = records_new(&disk_kind);

    for (guint i = 0; i < parts->disks->len; i++) {
        const struct vm_disk *disk = g_ptr_array_index(parts->disks, i);
        g_autofree char *size = mib(disk->size_bytes);
        g_autofree char *used = mib(disk->used_bytes);
        g_autofree char *below = g_strdup_printf("%u", disk->below->len);

        records_add(records, "disk", disk->target, disk->device, vm_disk_place_name(disk->place),
                    record_text(disk->format), size, used, record_text(disk->source),
                    record_text(disk->storage),
                    disk->below->len > 0 ? g_ptr_array_index(disk->below, 0) : "", below,
                    disk->readonly ? "yes" : "no", NULL);
    }
    records_print_free(records, command->output);
}

static void print_nics(const struct command *command, const struct vm_parts *parts)
{
    struct records *records = records_new(&nic_kind);

    for (guint i = 0; i < parts->nics->len; i++) {
        const struct vm_nic *nic = g_ptr_array_index(parts->nics, i);

        records_add(records, "interface", record_text(nic->mac), nic->kind,
                    record_text(nic->network), record_text(nic->model), record_text(nic->target),
                    NULL);
    }
    records_print_free(records, command->output);
}

static void print_screens(const struct command *command, const struct vm_parts *parts)
{
    struct records *records = records_new(&screen_kind);

    for (guint i = 0; i < parts->screens->len; i++) {
        const struct vm_screen *screen = g_ptr_array_index(parts->screens, i);
        g_autofree char *port = number(screen->port);
        g_autofree char *tls_port = number(screen->tls_port);

        records_add(records, "screen", screen->kind, record_text(screen->listen), port, tls_port,
                    NULL);
    }
    records_print_free(records, command->output);
}

static void print_parts(const struct command *command, const struct vm *vm,
                        const struct vm_parts *parts)
{
    print_vm(command, vm, parts);
    print_disks(command, parts);
    print_nics(command, parts);
    print_screens(command, parts);
    if (parts->trouble)
        output_error(command->output, "vm %s: host %s does not tell all: %s", vm->name,
                     vm->host->name, parts->trouble);
    if (parts->cut)
        output_error(command->output, "vm %s: it has more than the %d of a kind that are shown",
                     vm->name, VM_PARTS_MOST);
}

gboolean show_run(const struct command *command, GError **error)
{
    const char *name = command->line->arguments[0];
    struct manage_request request = {.kind = MANAGE_PARTS, .vm = name};
    autoptr(manage_answer) answer = NULL;
    g_autofree char *why_not = NULL;
    g_autofree char *host = NULL;
    const struct vm *vm;

    if (!session_wait_seen(command->session, error))
        return FALSE;
    vm = cluster_find_vm(session_cluster(command->session), name);
    why_not = vm ? vm_parts_why_not(vm) : NULL;
    if (!vm)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT,
                    "vm %s: there is no such VM in the cluster", name);
    else if (why_not)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "vm %s: %s", name, why_not);
    if (!vm || why_not)
        return FALSE;
    host = g_strdup(vm->host->name); /* the world goes on while it is asked */
    request.address = vm->host->address;
    answer = manage_one_run(command, "asking its host", &request, error);
    if (!answer) {
        g_prefix_error(error, "asking host %s: ", host);
        return FALSE;
    }
    vm = cluster_find_vm(session_cluster(command->session), name);
    if (vm)
        print_parts(command, vm, answer->parts);
    return TRUE;
}
