/* hear.c - what a host says, or that it says nothing, becomes the model and is told. */
#include "core/engine/engine_internal.h"

#include <string.h>

/* A host told to power off that fails to answer so often in a row is taken as gone. */
#define STOPPING_SILENCES 3

/* TRUE for what a job of ours is just bringing about: its own end tells it better. */
static gboolean is_expected(const struct watch *watch, const struct cluster_event *event)
{
    if (event->alarm)
        return FALSE;
    if (g_str_has_prefix(event->object, "vm ")) {
        const struct task *task =
            g_hash_table_lookup(watch->engine->vm_tasks, event->object + strlen("vm "));
        return task && task->stage >= TASK_ACTING;
    }
    for (guint i = 0; i < watch->tasks->len; i++) {
        const struct task *task = g_ptr_array_index(watch->tasks, i);
        if (job_is_power(&task->job) && task->stage >= TASK_ACTING)
            return TRUE;
    }
    return FALSE;
}

void hear_tell(struct watch *watch)
{
    struct engine *engine = watch->engine;
    g_autoptr(GPtrArray) sightings = NULL;

    if (engine->sightings->len == 0)
        return;
    /* A listener may bring about the next report. */
    sightings = engine->sightings;
    engine->sightings = g_ptr_array_new_with_free_func((GDestroyNotify)cluster_event_free);
    for (guint i = 0; i < sightings->len; i++) {
        const struct cluster_event *event = g_ptr_array_index(sightings, i);
        const char *what = g_str_has_prefix(event->object, "vm ") ? "vm" : "host";
        if (is_expected(watch, event))
            continue;
        note(engine, event->alarm ? "alarm" : what, event->object, "", "", event->alarm, "%s %s",
             event->object, event->text);
    }
}

/* The driver's errors begin with the host; where they are shown it is named already. */
static const char *without_host(const char *message, const struct host *host)
{
    const char *const names[] = {host->address, host->name};

    for (guint i = 0; i < G_N_ELEMENTS(names); i++) {
        g_autofree char *begins = g_strdup_printf("host %s: ", names[i]);

        if (g_str_has_prefix(message, begins))
            return message + strlen(begins);
    }
    return message;
}

/*
 * That a host is not what it was must be heard, also when it has been silent already for another
 * reason: since it was set up anew, say.
 */
static void tell_refused(const struct watch *watch, const GError *error)
{
    g_autofree char *object = NULL;

    if (watch->host->state != HOST_UNREACHABLE || watch->refused || error->code != ROOST_ERROR_AUTH)
        return;
    object = g_strdup_printf("host %s", watch->host->name);
    note(watch->engine, "alarm", object, "", "", TRUE, "%s does not answer: %s", object,
         without_host(error->message, watch->host));
}

enum cluster_change hear_silence(struct watch *watch, const GError *error, gint64 now_us)
{
    gboolean absent = error->code == ROOST_ERROR_ABSENT;

    tell_refused(watch, error);
    watch->misses++;
    watch_remember_running(watch);
    g_clear_pointer(&watch->complaint, g_free);
    if (!absent && error->code != ROOST_ERROR_TIMEOUT)
        watch->complaint = g_strdup(without_host(error->message, watch->host));
    watch->refused = error->code == ROOST_ERROR_AUTH;
    if (watch->host->state == HOST_STOPPING && ++watch->silences >= STOPPING_SILENCES)
        absent = TRUE;
    return cluster_apply_silence(watch->engine->cluster, watch->host, absent,
                                 without_host(error->message, watch->host), now_us,
                                 watch->engine->sightings);
}

/* What it defines although the VM is elsewhere: it could be started there too. */
static void note_also_known(struct watch *watch, const struct host_report *report)
{
    if (watch->also_knows)
        g_hash_table_remove_all(watch->also_knows);
    if (watch->host->told_vms == report->vms)
        return; /* all of them are its own */
    for (guint i = 0; i < report->vms->len; i++) {
        const struct vm_report *seen = g_ptr_array_index(report->vms, i);
        const struct vm *own =
            i < watch->host->vms->len ? g_ptr_array_index(watch->host->vms, i) : NULL;

        /* Mostly both have them in one order. */
        if (own && g_str_equal(own->name, seen->name))
            continue;
        own = cluster_find_vm(watch->engine->cluster, seen->name);
        if (own && own->host == watch->host)
            continue;
        if (!watch->also_knows)
            watch->also_knows = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_add(watch->also_knows, g_strdup(seen->name));
    }
}

void watch_is_gone(struct watch *watch)
{
    struct engine *engine = watch->engine;
    gint64 now_us = clock_mono_us(engine->clock);

    watch_remember_running(watch);
    watch->heard = FALSE;
    cluster_apply_silence(engine->cluster, watch->host, TRUE, "it was switched off and is silent",
                          now_us, engine->sightings);
    hear_tell(watch);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

enum cluster_change hear_report(struct watch *watch, const struct host_report *report,
                                gint64 now_us)
{
    struct engine *engine = watch->engine;
    enum cluster_change changes;

    watch->refused = FALSE;
    watch->silences = 0;
    watch->misses = 0;
    g_clear_pointer(&watch->complaint, g_free);
    changes = cluster_apply_report(engine->cluster, watch->host, report, now_us,
                                   engine->config.patience_us, engine->sightings);
    note_also_known(watch, report);
    return changes;
}
