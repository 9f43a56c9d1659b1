/* note.c - what is told: the journal, and the listeners. */
#include "core/engine/engine_internal.h"

#define JOURNAL_KEPT  1000
#define JOURNAL_SLACK 250 /* dropped together, so that keeping it short costs nothing */

void note_entry_free(gpointer data)
{
    struct journal_entry *entry = data;

    g_free(entry->what);
    g_free(entry->object);
    g_free(entry->who);
    g_free(entry->text);
    g_free(entry->result);
    g_free(entry);
}

struct journal_entry *note_entry_copy(const struct journal_entry *entry)
{
    struct journal_entry *copy = g_memdup2(entry, sizeof *entry);

    copy->what = g_strdup(entry->what);
    copy->object = g_strdup(entry->object);
    copy->who = g_strdup(entry->who);
    copy->text = g_strdup(entry->text);
    copy->result = g_strdup(entry->result);
    return copy;
}

void note_add(struct engine *engine, struct journal_entry *entry, gboolean tell)
{
    if (engine->journal->len >= JOURNAL_KEPT + JOURNAL_SLACK)
        g_ptr_array_remove_range(engine->journal, 0, JOURNAL_SLACK);
    g_ptr_array_add(engine->journal, entry);
    engine->journal_seq++;
    if (tell)
        engine_emit(engine, ENGINE_EVENT_JOURNAL, NULL, entry);
}

static void note_take(struct engine *engine, struct journal_entry *entry)
{
    entry->wall_us = clock_wall_us(engine->clock);
    note_add(engine, entry, TRUE);
}

void note(struct engine *engine, const char *what, const char *object, const char *who,
          const char *result, gboolean alarm, const char *format, ...)
{
    struct journal_entry *entry = g_new0(struct journal_entry, 1);
    va_list args;

    va_start(args, format);
    entry->text = g_strdup_vprintf(format, args);
    va_end(args);
    entry->what = g_strdup(what);
    entry->object = g_strdup(object);
    entry->who = g_strdup(who);
    entry->result = g_strdup(result);
    entry->alarm = alarm;
    entry->fence = g_strcmp0(who, AUTOPILOT) == 0 ? guard_fence(engine) : 0;
    note_take(engine, entry);
}

void engine_note(struct engine *engine, const char *what, const char *result, gboolean alarm,
                 const char *text)
{
    note(engine, what, "", "", result, alarm, "%s", text);
}

void note_task(const struct task *task, const char *text, const char *result, gboolean alarm)
{
    const struct job *job = &task->job;
    struct journal_entry *entry = g_new0(struct journal_entry, 1);

    entry->what = g_strdup(job_kind_name(job->kind));
    entry->object =
        job->vm ? g_strdup_printf("vm %s", job->vm) : g_strdup_printf("host %s", job->from);
    entry->who = g_strdup(job->who);
    entry->text = g_strdup(text);
    entry->result = g_strdup(result);
    entry->job = job->id;
    entry->alarm = alarm;
    entry->fence = job->origin == JOB_AUTOMATIC ? guard_fence(task->engine) : 0;
    note_take(task->engine, entry);
}

static void forget_dropped(struct engine *engine)
{
    for (guint i = engine->listeners->len; i > 0; i--) {
        if (!g_array_index(engine->listeners, struct listener, i - 1).func)
            g_array_remove_index(engine->listeners, i - 1);
    }
}

void engine_emit(struct engine *engine, enum engine_event_kind kind, const struct job *job,
                 const struct journal_entry *entry)
{
    const struct engine_event event = {kind, job, entry};
    guint most = engine->listeners->len; /* one added meanwhile hears the next event */

    engine->changes += kind != ENGINE_EVENT_JOURNAL ? 1 : 0;
    if (most == 0)
        return;
    engine->telling++;
    for (guint i = 0; i < most; i++) {
        struct listener listener = g_array_index(engine->listeners, struct listener, i);
        if (listener.func)
            listener.func(&event, listener.data);
    }
    if (--engine->telling == 0)
        forget_dropped(engine);
}

guint engine_listen(struct engine *engine, engine_event_func func, gpointer data)
{
    struct listener listener = {++engine->next_listener_id, func, data};

    g_array_append_val(engine->listeners, listener);
    return listener.id;
}

void engine_unlisten(struct engine *engine, guint id)
{
    for (guint i = 0; i < engine->listeners->len; i++) {
        struct listener *listener = &g_array_index(engine->listeners, struct listener, i);
        if (listener->id == id)
            listener->func = NULL;
    }
    if (engine->telling == 0)
        forget_dropped(engine);
}
