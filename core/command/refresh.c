/* refresh.c - the verb that resolves what is written against what is true (R7). */
#include "core/command/verb.h"

#include "core/command/join.h"
#include "core/command/session.h"
#include "core/engine/follow.h"

struct difference {
    const struct command *command;
    guint count;
};

G_GNUC_PRINTF(2, 3)
static void tell(struct difference *difference, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    g_autofree char *text = g_strdup_vprintf(format, arguments);
    va_end(arguments);
    output_line(difference->command->output, "%s", text);
    difference->count++;
}

static void compare_vm(struct difference *difference, const struct vm *now, const struct vm *before)
{
    if (!before)
        tell(difference, "vm %s: %s on %s, was not written", now->name, vm_state_name(now->state),
             now->host->name);
    else if (g_strcmp0(now->host->name, before->host->name) != 0)
        tell(difference, "vm %s: %s on %s, was written on %s", now->name, vm_state_name(now->state),
             now->host->name, before->host->name);
    else if (now->state != before->state)
        tell(difference, "vm %s: %s on %s, was written as %s", now->name, vm_state_name(now->state),
             now->host->name, vm_state_name(before->state));
    if (now->also_on)
        tell(difference, "vm %s: claimed by %s and by %s", now->name, now->host->name,
             now->also_on->name);
    if (before && before->mem_kib != now->mem_kib)
        tell(difference, "vm %s: %" G_GUINT64_FORMAT " KiB, was written as %" G_GUINT64_FORMAT,
             now->name, now->mem_kib, before->mem_kib);
}

static void compare_host(struct difference *difference, const struct host *now,
                         const struct host *before)
{
    if (now->state != before->state)
        tell(difference, "host %s: %s, was written as %s%s%s", now->name,
             host_state_name(now->state), host_state_name(before->state), now->trouble ? ": " : "",
             now->trouble ? now->trouble : "");
    else if (now->trouble) /* worth a line, but nothing that was written otherwise */
        output_line(difference->command->output, "host %s: %s", now->name, now->trouble);
    if (now->mem_kib != before->mem_kib)
        tell(difference, "host %s: %" G_GUINT64_FORMAT " KiB, was written as %" G_GUINT64_FORMAT,
             now->name, now->mem_kib, before->mem_kib);
    if (now->cpus != before->cpus)
        tell(difference, "host %s: %u CPUs, was written with %u", now->name, now->cpus,
             before->cpus);
    if (g_strcmp0(now->mac, before->mac) != 0)
        tell(difference, "host %s: MAC address %s, was written as %s", now->name,
             now->mac ? now->mac : "-", before->mac ? before->mac : "-");
}

gboolean refresh_run(const struct command *command, GError **error)
{
    struct difference difference = {command, 0};
    const struct cluster *now = session_cluster(command->session);
    autoptr(cluster) before = cluster_copy(now);
    if (!session_wait_seen(command->session, error))
        return FALSE;
    if (engine_follows(command->session->engine)) {
        engine_refresh_all(command->session->engine);
        if (!join_await_order(command->session, error))
            return FALSE;
    }
    for (guint i = 0; i < now->hosts->len; i++) {
        const struct host *host = now->hosts->pdata[i];
        const struct host *written = cluster_find_host(before, host->name);
        if (written)
            compare_host(&difference, host, written);
        for (guint j = 0; j < host->vms->len; j++) {
            const struct vm *vm = host->vms->pdata[j];
            compare_vm(&difference, vm, cluster_find_vm(before, vm->name));
        }
    }
    output_line(command->output, "%u hosts asked, %u differences", now->hosts->len,
                difference.count);
    return TRUE;
}
