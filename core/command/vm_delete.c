/*
 * vm_delete.c - a VM taken away from every host, and its disks when the operator says so.
 *
 * A disk is somebody's work: it goes only when nobody else uses it, as far as every host that has
 * VMs could be asked, and the operator has seen its name.
 */
#include <string.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/command/ask.h"
#include "core/command/command_line.h"
#include "core/command/disk_use.h"
#include "core/command/manage_many.h"
#include "core/command/session.h"
#include "core/command/vm_stored.h"
#include "core/command/chore.h"
#include "core/model/guest_xml.h"

struct deletion {
    const struct command *command;
    char *name;
    char *host; /* where its disks are seen from: its name, then its address */
    char *address;
    char *xml;
    GPtrArray *hosts; /* char *: names of those that know it */
    GPtrArray *disks; /* char *: paths that go */
    GPtrArray *kept;  /* char *: "PATH: why" */
    gboolean force;
};

static void deletion_clear(struct deletion *deletion)
{
    g_free(deletion->name);
    g_free(deletion->host);
    g_free(deletion->address);
    g_free(deletion->xml);
    g_ptr_array_unref(deletion->hosts);
    g_ptr_array_unref(deletion->disks);
    g_ptr_array_unref(deletion->kept);
}

/* --- What is there --- */

static gboolean check_vm(const struct deletion *deletion, const struct vm *vm, GError **error)
{
    g_autofree char *why = NULL;

    if (vm_is_frozen(vm)) {
        why = check_explain(CHECK_VM_FROZEN, vm, vm->host,
                            &deletion->command->session->config->engine.policy);
        return error_refuse(error, ROOST_ERROR_REFUSED, "%s", why);
    }
    if (vm_is_active(vm))
        return error_refuse(error, ROOST_ERROR_REFUSED, "vm %s is %s on %s: stop it first",
                            vm->name, vm_state_name(vm->state), vm->host->name);
    if (vm->host->state != HOST_ON)
        return error_refuse(error, ROOST_ERROR_REFUSED, "vm %s: its host %s is %s: wake it first",
                            vm->name, vm->host->name, host_state_name(vm->host->state));
    return TRUE;
}

static gboolean defines(const struct manage_answer *answer, const char *name)
{
    for (guint i = 0; i < answer->texts->len; i++) {
        autoptr(guest) guest = guest_xml_read(g_ptr_array_index(answer->texts, i), NULL);
        if (guest && g_strcmp0(guest->name, name) == 0)
            return TRUE;
    }
    return FALSE;
}

/* The last to forget it is the one that has it: until then it is to be found. */
static gboolean ask_hosts(struct deletion *deletion, const char *name, GError **error)
{
    g_autoptr(GPtrArray) items = manage_items_new();
    const struct vm *vm;

    manage_items_add_hosts(deletion->command, items,
                           (struct manage_request){.kind = MANAGE_DEFINITIONS});
    if (!manage_many_run(deletion->command, "reading definitions", items, 16, error) ||
        !(vm = chore_find_vm(deletion->command, name, error)))
        return FALSE;
    for (guint i = 0; i < items->len; i++) {
        const struct manage_item *item = g_ptr_array_index(items, i);
        const struct host *host = item->data;
        if (item->error && !deletion->force) {
            g_propagate_error(error, g_error_copy(item->error));
            return FALSE;
        }
        if (item->answer && host != vm->host && defines(item->answer, name))
            g_ptr_array_add(deletion->hosts, g_strdup(host->name));
    }
    g_ptr_array_add(deletion->hosts, g_strdup(vm->host->name));
    return TRUE;
}

static gboolean find_hosts(struct deletion *deletion, const struct vm *vm, GError **error)
{
    const struct session *session = deletion->command->session;
    const struct cluster *cluster = session_cluster(session);

    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *host = g_ptr_array_index(cluster->hosts, i);
        gboolean silent = host->state != HOST_ON && host->state != HOST_OFF;
        if (silent && !deletion->force)
            return error_refuse(error, ROOST_ERROR_REFUSED,
                                "vm %s: host %s is %s, and may know it (--force goes past this)",
                                vm->name, host->name, host_state_name(host->state));
    }
    return ask_hosts(deletion, vm->name, error);
}

/* --- Disks --- */

static void keep(struct deletion *deletion, const char *path, const char *why)
{
    g_ptr_array_add(deletion->kept, g_strdup_printf("%s: %s", path, why));
}

static void judge_disk(struct deletion *deletion, const struct disk_use *use,
                       const struct manage_trace *trace)
{
    const char *user = disk_use_find(use, trace->path);
    g_autofree char *why = NULL;

    if (!user && trace->real)
        user = disk_use_find(use, trace->real);
    if (user)
        why = g_strdup_printf("vm %s uses it, or builds upon it", user);
    else if (!trace->real)
        why = g_strdup("there is no such file");
    else if (strcmp(trace->real, trace->path) != 0)
        why = g_strdup_printf("it is a link to %s", trace->real);
    if (why)
        keep(deletion, trace->path, why);
    else
        g_ptr_array_add(deletion->disks, g_strdup(trace->path));
}

/* Paths of what is its own, by its definition; the others are kept and told. */
static char **own_paths(struct deletion *deletion, const struct guest *guest)
{
    g_autoptr(GStrvBuilder) builder = g_strv_builder_new();

    for (guint i = 0; i < guest->disks->len; i++) {
        const struct guest_disk *disk = g_ptr_array_index(guest->disks, i);
        if (!disk->path)
            continue;
        if (disk->cdrom || disk->readonly || disk->shareable)
            keep(deletion, disk->path, disk->shareable ? "it is shared" : "it is read-only");
        else if (!guest_check_path(disk->path, NULL) || g_str_has_prefix(disk->path, "/dev/"))
            keep(deletion, disk->path, "it is no plain file");
        else
            g_strv_builder_add(builder, disk->path);
    }
    return g_strv_builder_end(builder);
}

static gboolean find_disks(struct deletion *deletion, GError **error)
{
    autoptr(guest) guest = guest_xml_read(deletion->xml, error);
    g_auto(GStrv) paths = guest ? own_paths(deletion, guest) : NULL;
    const struct manage_request request = {.kind = MANAGE_TRACE_DISKS,
                                           .address = deletion->address,
                                           .paths = (const char *const *)paths};
    autoptr(manage_answer) answer = NULL;
    autoptr(disk_use) use = NULL;

    if (!paths)
        return FALSE;
    if (!*paths)
        return TRUE;
    use = disk_use_read(deletion->command, deletion->name, TRUE, error);
    if (!use)
        return FALSE;
    if (use->unknown->len > 0 && !deletion->force)
        return error_refuse(
            error, ROOST_ERROR_REFUSED,
            "vm %s: whether other VMs use its disks is not known: %s (--force goes past "
            "this; without --disks its disks stay)",
            deletion->name, (const char *)g_ptr_array_index(use->unknown, 0));
    answer = manage_one_run(deletion->command, "looking at its disks", &request, error);
    if (!answer)
        return FALSE;
    for (guint i = 0; i < answer->traces->len; i++)
        judge_disk(deletion, use, g_ptr_array_index(answer->traces, i));
    return TRUE;
}

/* --- The operator --- */

static char *describe(const struct deletion *deletion)
{
    GString *text = g_string_new(NULL);

    g_string_append_printf(text, "vm %s goes from:", deletion->name);
    for (guint i = 0; i < deletion->hosts->len; i++)
        g_string_append_printf(text, " %s", (char *)g_ptr_array_index(deletion->hosts, i));
    g_string_append_c(text, '\n');
    for (guint i = 0; i < deletion->disks->len; i++)
        g_string_append_printf(text, "disk that goes: %s\n",
                               (char *)g_ptr_array_index(deletion->disks, i));
    for (guint i = 0; i < deletion->kept->len; i++) {
        g_autofree char *kept = text_escape(g_ptr_array_index(deletion->kept, i));
        g_string_append_printf(text, "disk that stays: %s\n", kept);
    }
    return g_string_free(text, FALSE);
}

static gboolean confirm(const struct deletion *deletion, GError **error)
{
    const char *given = deletion->command->line->confirm;
    g_autofree char *text = NULL;
    g_autofree char *typed = NULL;
    autoptr(ask) ask = NULL;

    if (given && strcmp(given, deletion->name) == 0)
        return TRUE;
    if (given)
        return error_refuse(error, ROOST_ERROR_REFUSED, "vm %s: --confirm has another name",
                            deletion->name);
    ask = ask_open(FALSE);
    if (!ask)
        return error_refuse(error, ROOST_ERROR_REFUSED,
                            "vm %s: nobody is there to be asked: give --confirm %s", deletion->name,
                            deletion->name);
    text = describe(deletion);
    ask_show(ask, text);
    typed = ask_text(ask, "Type the VM's name to delete it", NULL, error);
    if (!typed)
        return FALSE;
    return strcmp(typed, deletion->name) == 0 ||
           error_refuse(error, ROOST_ERROR_REFUSED, "vm %s: that is not its name; nothing was done",
                        deletion->name);
}

/* --- Doing it --- */

static gboolean forget_everywhere(const struct deletion *deletion, GError **error)
{
    struct engine *engine = deletion->command->session->engine;

    for (guint i = 0; i < deletion->hosts->len; i++) {
        guint id = engine_forget_vm(engine, deletion->name, g_ptr_array_index(deletion->hosts, i),
                                    TRUE, error);
        if (id == 0 || !chore_finish_one(deletion->command, id, error))
            return FALSE;
    }
    return TRUE;
}

static void tell(const struct deletion *deletion, const char *kept_in)
{
    g_autoptr(GString) text = g_string_new(NULL);

    g_string_append_printf(text, "vm %s was deleted", deletion->name);
    for (guint i = 0; i < deletion->disks->len; i++)
        g_string_append_printf(text, "%s %s", i == 0 ? ", with" : ",",
                               (char *)g_ptr_array_index(deletion->disks, i));
    if (kept_in)
        g_string_append_printf(text, "; its definition is in %s", kept_in);
    engine_note(deletion->command->session->engine, "vm", "done", FALSE, text->str);
}

static gboolean remove_disks(const struct deletion *deletion, GError **error)
{
    guint failed = 0;

    for (guint i = 0; i < deletion->disks->len; i++) {
        const char *path = g_ptr_array_index(deletion->disks, i);
        const struct manage_request request = {
            .kind = MANAGE_REMOVE_DISK, .address = deletion->address, .path = path};
        g_autoptr(GError) cause = NULL;
        autoptr(manage_answer) answer =
            manage_one_run(deletion->command, "removing disks", &request, &cause);

        if (answer)
            output_line(deletion->command->output, "disk %s: removed", path);
        else
            output_error(deletion->command->output, "disk %s stays: %s", path, cause->message);
        failed += answer ? 0 : 1;
    }
    if (failed > 0)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED,
                    "vm %s is deleted, but %u of its disks could not be removed", deletion->name,
                    failed);
    return failed == 0;
}

/* Safely on the disk before any host forgets it. */
static gboolean keep_definition(const struct deletion *deletion, GError **error)
{
    struct store *store = deletion->command->session->store;

    if (!store || store_save_definition(store, deletion->name, deletion->xml, NULL, error))
        return TRUE;
    g_prefix_error(error, "vm %s: its definition could not be kept: ", deletion->name);
    return FALSE;
}

/* Where it is kept now that the VM is gone; NULL when it is not. */
static char *put_definition_aside(const struct deletion *deletion)
{
    const struct session *session = deletion->command->session;
    g_autoptr(GError) error = NULL;
    char *kept_in = NULL;

    if (session->store)
        kept_in = store_remove_definition(session->store, deletion->name,
                                          clock_wall_us(session->clock), &error);
    if (error)
        output_error(deletion->command->output, "%s", error->message);
    return kept_in;
}

static gboolean carry_out(const struct deletion *deletion, GError **error)
{
    g_autofree char *kept_in = NULL;

    if (!keep_definition(deletion, error) || !forget_everywhere(deletion, error))
        return FALSE;
    kept_in = put_definition_aside(deletion);
    tell(deletion, kept_in);
    if (kept_in)
        output_line(deletion->command->output, "vm %s: its definition is in %s", deletion->name,
                    kept_in);
    return remove_disks(deletion, error);
}

static gboolean prepare(struct deletion *deletion, GError **error)
{
    const struct command *command = deletion->command;
    const struct vm *vm;

    if (!session_wait_seen(command->session, error) ||
        !(vm = chore_find_vm(command, command->line->arguments[0], error)) ||
        !check_vm(deletion, vm, error) || !find_hosts(deletion, vm, error))
        return FALSE;
    deletion->name = g_strdup(vm->name);
    deletion->host = g_strdup(vm->host->name);
    deletion->address = g_strdup(vm->host->address);
    deletion->xml = vm_definition(command, deletion->name, error);
    return deletion->xml && (!(command->line->given & OPTION_DISKS) || find_disks(deletion, error));
}

gboolean delete_run(const struct command *command, GError **error)
{
    struct deletion deletion = {
        .command = command,
        .hosts = g_ptr_array_new_with_free_func(g_free),
        .disks = g_ptr_array_new_with_free_func(g_free),
        .kept = g_ptr_array_new_with_free_func(g_free),
        .force = (command->line->given & OPTION_FORCE) != 0,
    };
    gboolean done = prepare(&deletion, error);

    if (done && command->line->given & OPTION_DRY_RUN) {
        g_autofree char *text = describe(&deletion);
        output_text(command->output, text);
    } else {
        done = done && confirm(&deletion, error) && carry_out(&deletion, error);
    }
    for (guint i = 0; done && i < deletion.kept->len; i++)
        if (!(command->line->given & OPTION_DRY_RUN))
            output_line(command->output, "disk stays: %s",
                        (char *)g_ptr_array_index(deletion.kept, i));
    deletion_clear(&deletion);
    return done;
}
