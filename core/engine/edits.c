/*
 * edits.c - what an operator wrote into the cluster's file by hand, or another console did, while
 * this engine ran.
 *
 * Only what nobody but the operator decides is taken over: what a host or a VM is and does, the
 * hosts themselves tell better than any file.
 */
#include "core/engine/engine_internal.h"

/* TRUE when it was different. what is "vm web: its pin". */
static gboolean take_text(struct engine *engine, char **field, const char *written,
                          const char *object, const char *what)
{
    if (g_strcmp0(*field, written) == 0)
        return FALSE;
    note(engine, "edit", object, "", "done", FALSE,
         "%s: its %s is now %s, as ClusterInfo.xml has it", object, what,
         written ? written : "nothing");
    g_free(*field);
    *field = g_strdup(written);
    return TRUE;
}

static gboolean take_vm(struct engine *engine, struct vm *vm, const struct vm *written)
{
    g_autofree char *object = g_strdup_printf("vm %s", vm->name);
    gboolean taken = take_text(engine, &vm->home, written->home, object, "home");

    taken |= take_text(engine, &vm->pin, written->pin, object, "pin");
    taken |= take_text(engine, &vm->group, written->group, object, "group");
    return taken;
}

static gboolean take_most(struct engine *engine, struct host *host, const struct host *written,
                          const char *object)
{
    if (host->vm_max == written->vm_max)
        return FALSE;
    host->vm_max = written->vm_max;
    note(engine, "edit", object, "", "done", FALSE,
         "%s: its vm-max is now %u, as ClusterInfo.xml has it", object, host->vm_max);
    return TRUE;
}

static gboolean take_host(struct engine *engine, struct host *host, const struct host *written)
{
    g_autofree char *object = g_strdup_printf("host %s", host->name);
    gboolean taken = take_text(engine, &host->note, written->note, object, "note");

    taken |= take_most(engine, host, written, object);
    if (host->maintenance != written->maintenance) {
        engine_set_maintenance(engine, host->name, written->maintenance);
        taken = TRUE;
    }
    return taken;
}

void engine_take_edits(struct engine *engine, const struct cluster *written)
{
    gboolean taken = FALSE;

    if (engine->follow)
        return; /* the manager looks at the file itself */
    for (guint i = 0; i < written->hosts->len; i++) {
        const struct host *theirs = g_ptr_array_index(written->hosts, i);
        struct host *host = cluster_find_host(engine->cluster, theirs->address);
        if (!host && !cluster_find_host(engine->cluster, theirs->name))
            engine_adopt_host(engine, theirs, NULL);
        else if (host)
            taken |= take_host(engine, host, theirs);
        for (guint j = 0; host && j < theirs->vms->len; j++) {
            const struct vm *vm = g_ptr_array_index(theirs->vms, j);
            struct vm *ours = cluster_find_vm(engine->cluster, vm->name);
            if (ours)
                taken |= take_vm(engine, ours, vm);
        }
    }
    if (!taken)
        return;
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
    automatic_decide_in(engine, 0);
}
