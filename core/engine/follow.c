/*
 * follow.c - an engine that shows what another process does: how that begins and ends.
 *
 * Its jobs are shadows (shadow.h), and its watches ask nobody, and are made anew with each
 * publication.
 */
#include "core/engine/follow_internal.h"
#include "core/engine/shadow.h"

static void forget_own_jobs(struct engine *engine)
{
    for (guint i = 0; i < engine->jobs->len; i++)
        task_free(g_ptr_array_index(engine->jobs, i));
    g_ptr_array_set_size(engine->jobs, 0);
    g_hash_table_remove_all(engine->vm_tasks);
    engine->over = 0;
}

gboolean follow_begin(struct engine *engine, follow_send_func send, gpointer data)
{
    if (engine->follow || engine->under_way > 0)
        return FALSE;
    engine->follow = g_new0(struct follow, 1);
    engine->follow->send = send;
    engine->follow->data = data;
    engine->follow->sent = g_hash_table_new_full(NULL, NULL, NULL, follow_sent_free);
    engine->follow->next = g_ptr_array_new_with_free_func(g_free);
    g_queue_init(&engine->follow->order);
    driver_set_changed_func(engine->driver, NULL, NULL);
    automatic_stop(engine);
    clock_cancel_timer(engine->clock, engine->pump_timer);
    engine->pump_timer = 0;
    engine->started = engine->held = engine->finishing = FALSE;
    engine->mode = ENGINE_MANUAL;
    engine->goal.kind = ENGINE_GOAL_NONE;
    forget_own_jobs(engine);
    watch_all_anew(engine);
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
    return TRUE;
}

void follow_clear(struct engine *engine)
{
    struct follow *follow = g_steal_pointer(&engine->follow);

    if (!follow)
        return;
    follow_before_clear(follow);
    g_hash_table_unref(follow->sent);
    g_queue_clear(&follow->order);
    g_ptr_array_unref(follow->next);
    g_free(follow);
}

void follow_end(struct engine *engine)
{
    if (!engine->follow)
        return;
    shadows_drop(engine, "the manager is gone: how it ends is not known");
    follow_clear(engine);
    g_clear_pointer(&engine->goal.summary, g_free);
    engine->mode = ENGINE_MANUAL;
    engine->goal.kind = ENGINE_GOAL_NONE;
    engine->plan_left = 0;
    watch_all_anew(engine);
    engine_start(engine);
    engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

gboolean engine_follows(const struct engine *engine)
{
    return engine && engine->follow != NULL;
}

gboolean follow_is_blind(const struct engine *engine)
{
    return engine->follow && !engine->follow->applied;
}

guint64 follow_number(const struct engine *engine)
{
    return engine->follow ? engine->follow->number : 0;
}

guint follow_unseen(const struct engine *engine)
{
    return engine->follow->applied ? engine->follow->unseen : MAX(engine->watches->len, 1);
}

guint follow_unmeasured(const struct engine *engine)
{
    return engine->follow->unmeasured;
}

const GPtrArray *follow_next(const struct engine *engine)
{
    return engine->follow->next;
}
