/* del_node.c - the verb that takes hosts out of the cluster (R7). Nothing is done to them. */
#include "core/command/verb.h"

#include "core/base/error.h"
#include "core/command/command_line.h"
#include "core/command/hosts.h"
#include "core/command/order.h"
#include "core/command/session.h"
#include "core/store/vm_files.h"

/* "web, dns and 3 more". Free with g_free. */
static char *name_some(const GPtrArray *vms, gboolean active)
{
    GString *text = g_string_new(NULL);
    guint count = 0;
    for (guint i = 0; i < vms->len; i++) {
        const struct vm *vm = vms->pdata[i];
        if (active && !vm_is_active(vm))
            continue;
        if (++count <= 3)
            g_string_append_printf(text, "%s%s", count > 1 ? ", " : "", vm->name);
    }
    if (count > 3)
        g_string_append_printf(text, " and %u more", count - 3);
    return g_string_free(text, FALSE);
}

static gboolean check(const struct command *command, const struct host *host, GError **error)
{
    guint active = host_active_vms(host);
    if (active == 0 || command->line->given & OPTION_FORCE)
        return TRUE;
    g_autofree char *names = name_some(host->vms, TRUE);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                "host %s %s %u VM%s (%s): drain it first, with roost drain %s; --force takes it "
                "out all the same",
                host->name, host->state == HOST_ON ? "runs" : "does not answer, and may run",
                active, active == 1 ? "" : "s", names, host->name);
    return FALSE;
}

/* What is known of a VM goes with its host; its definition is kept. */
static void tell_vms(const struct command *command, const struct host *host)
{
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = host->vms->pdata[i];
        output_line(command->output, "vm %s: %s on %s; it is no part of the cluster any more",
                    vm->name, vm_is_active(vm) ? "goes on" : "off", host->name);
    }
}

/* Its VMs may be wanted elsewhere, now that their host is gone: the definitions stay. */
static void tell_definitions(const struct command *command, const GPtrArray *vms)
{
    const struct session *session = command->session;
    for (guint i = 0; session->store && i < vms->len; i++) {
        const char *name = vms->pdata[i];
        g_autofree char *path = vm_file_path(store_dir(session->store), name);
        if (g_file_test(path, G_FILE_TEST_EXISTS))
            output_line(command->output,
                        "vm %s: its definition stays as %s; roost define makes it known elsewhere",
                        name, path);
    }
}

/* A home or pin that is no host of the cluster any more would hold a VM for ever. */
static void release(const struct command *command, const char *host)
{
    struct engine *engine = command->session->engine;
    const struct cluster *cluster = engine_cluster(engine);
    for (guint i = 0; i < cluster->hosts->len; i++) {
        const struct host *other = cluster->hosts->pdata[i];
        for (guint j = 0; j < other->vms->len && g_strcmp0(other->name, host) != 0; j++) {
            const struct vm *vm = other->vms->pdata[j];
            gboolean home = g_strcmp0(vm->home, host) == 0;
            gboolean pin = g_strcmp0(vm->pin, host) == 0;
            if (home && engine_edit(engine, vm->name, "home", NULL, NULL))
                output_line(command->output, "vm %s: has no home any more", vm->name);
            if (pin && engine_edit(engine, vm->name, "pin", NULL, NULL))
                output_line(command->output, "vm %s: is not pinned any more", vm->name);
        }
    }
}

static void tell_manager(const struct command *command, gboolean was_manager)
{
    const struct host *manager = cluster_manager(session_cluster(command->session));
    if (was_manager && manager)
        output_line(command->output, "host %s: is the manager now", manager->name);
    else if (was_manager)
        output_line(command->output, "the cluster is empty");
}

static gboolean take_out(const struct command *command, const char *name, GError **error)
{
    struct engine *engine = command->session->engine;
    const struct host *host = cluster_find_host(engine_cluster(engine), name);
    if (!check(command, host, error))
        return FALSE;
    if (command->line->given & OPTION_DRY_RUN) {
        output_line(command->output, "would take out host %s, with %u VM%s", name, host->vms->len,
                    host->vms->len == 1 ? "" : "s");
        return TRUE;
    }
    gboolean was_manager = host->role == HOST_MANAGER;
    g_autoptr(GPtrArray) vms = g_ptr_array_new_with_free_func(g_free);
    for (guint i = 0; i < host->vms->len; i++)
        g_ptr_array_add(vms, g_strdup(((const struct vm *)host->vms->pdata[i])->name));
    struct orders orders;
    tell_vms(command, host);
    orders_begin(&orders, command);
    gboolean removed = engine_remove_host(engine, name, error);
    if (removed)
        release(command, name);
    if (!orders_finish(&orders, error) || !removed)
        return FALSE;
    output_line(command->output, "host %s: taken out", name);
    tell_manager(command, was_manager);
    tell_definitions(command, vms);
    return TRUE;
}

gboolean del_node_run(const struct command *command, GError **error)
{
    g_autoptr(GPtrArray) names = hosts_named(command, error);
    guint failed = 0;
    if (!names || !session_wait_seen(command->session, error))
        return FALSE;
    for (guint i = 0; i < names->len; i++) {
        g_autoptr(GError) refusal = NULL;
        if (take_out(command, names->pdata[i], &refusal))
            continue;
        failed++;
        if (names->len > 1)
            output_error(command->output, "%s", refusal->message);
        else
            g_propagate_error(error, g_steal_pointer(&refusal));
    }
    if (failed > 0 && names->len > 1)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%u of %u not taken out", failed,
                    names->len);
    return failed == 0;
}
