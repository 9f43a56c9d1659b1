/* refresh.c - the verb that resolves what is written against what is true (R7). */
#include "core/command/verb.h"

#include "core/command/definitions.h"
#include "core/command/session.h"

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
    if (before && before->vcpus != now->vcpus)
        tell(difference, "vm %s: %u CPUs, was written with %u", now->name, now->vcpus,
             before->vcpus);
    if (before && before->mac && g_strcmp0(before->mac, now->mac) != 0)
        tell(difference, "vm %s: MAC address %s, was written as %s", now->name,
             now->mac ? now->mac : "-", before->mac);
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
    if (now->role != before->role)
        tell(difference, "host %s: is %s manager", now->name,
             now->role == HOST_MANAGER ? "the" : "no longer the");
    if (now->wake != before->wake)
        tell(difference, "host %s: wake-on-LAN %s, was written as %s", now->name,
             host_wake_name(now->wake), host_wake_name(before->wake));
    if (g_strcmp0(now->mac, before->mac) != 0)
        tell(difference, "host %s: MAC address %s, was written as %s", now->name,
             now->mac ? now->mac : "-", before->mac ? before->mac : "-");
}

static gboolean have_answered(gpointer data)
{
    const struct session *session = data;
    return engine_count_awaited(session->engine) == 0;
}

/* Where hosts are observed all the time, what is known may be some seconds old. */
static gboolean ask_again(struct session *session, GError **error)
{
    if (!session->standing)
        return TRUE;
    engine_refresh_all(session->engine);
    return session_wait(session, have_answered, NULL, session, error);
}

/* A VM that was written, and that no host has any more. */
static void compare_gone(struct difference *difference, const struct cluster *now,
                         const struct cluster *before)
{
    for (guint i = 0; i < before->hosts->len; i++) {
        const struct host *host = before->hosts->pdata[i];
        for (guint j = 0; j < host->vms->len; j++) {
            const struct vm *vm = host->vms->pdata[j];
            if (!cluster_find_vm(now, vm->name))
                tell(difference, "vm %s: is gone, was written %s on %s", vm->name,
                     vm_state_name(vm->state), host->name);
        }
    }
}

gboolean refresh_run(const struct command *command, GError **error)
{
    struct difference difference = {command, 0};
    const struct cluster *now = session_cluster(command->session);
    autoptr(cluster) before = cluster_copy(now);
    if (!session_wait_seen(command->session, error) || !ask_again(command->session, error))
        return FALSE;
    now = session_cluster(command->session);
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
    compare_gone(&difference, now, before);
    gboolean waited;
    difference.count += definitions_refresh(command, &waited, error);
    if (!waited)
        return FALSE;
    output_line(command->output, "%u hosts asked, %u differences", now->hosts->len,
                difference.count);
    return TRUE;
}
