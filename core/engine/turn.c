/*
 * turn.c - queued jobs in another order.
 *
 * A job passes another by taking its turn, and no turn is ever held twice. What a job waits for
 * must keep a lower turn than its own (queue.c): one that comes after another, or needs the room
 * that it makes, does not pass it.
 */
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

/* Its turn has come: only the order of what has not begun can be changed. */
static gboolean has_no_turn_yet(const struct task *task)
{
    return task->stage < TASK_ASKING && !task->doomed;
}

static int compare_turns(gconstpointer a, gconstpointer b)
{
    const struct task *one = *(struct task *const *)a, *other = *(struct task *const *)b;

    return one->job.turn < other->job.turn ? -1 : one->job.turn > other->job.turn;
}

static GPtrArray *list_queued(const struct engine *engine)
{
    GPtrArray *queued = g_ptr_array_new();

    for (guint i = 0; i < engine->jobs->len; i++) {
        struct task *task = g_ptr_array_index(engine->jobs, i);
        if (has_no_turn_yet(task))
            g_ptr_array_add(queued, task);
    }
    g_ptr_array_sort(queued, compare_turns);
    return queued;
}

static gboolean is_about(const struct task *task, const struct watch *host)
{
    return task->from == host || task->to == host;
}

static gboolean share_a_host(const struct task *one, const struct task *other)
{
    return is_about(one, other->from) || (other->to && is_about(one, other->to));
}

/* The turn of each of them stays behind that of what it waits for. */
static gboolean may_take_turns(const struct task *later, const struct task *earlier)
{
    const GPtrArray *behind = earlier->dependents;

    if (later->after && later->after->job.turn >= earlier->job.turn)
        return FALSE;
    for (guint i = 0; behind && i < behind->len; i++) {
        const struct task *dependent = g_ptr_array_index(behind, i);
        if (dependent->job.turn <= later->job.turn)
            return FALSE;
    }
    return TRUE;
}

/* Why `later` must not pass `earlier`; NULL = it may. */
static const char *explain_order(const struct task *later, const struct task *earlier)
{
    if (!may_take_turns(later, earlier))
        return "the one comes after the other";
    if ((job_is_power(&later->job) || job_is_power(&earlier->job)) && share_a_host(later, earlier))
        return "they are about the power of one host";
    if (later->job.kind == JOB_MIGRATE && migrate_needs_room_of(later, earlier))
        return "the one needs the room that the other makes";
    return NULL;
}

static void pass(struct task *later, struct task *earlier)
{
    guint turn = later->job.turn;

    later->job.turn = earlier->job.turn;
    earlier->job.turn = turn;
}

/* Moves it within the list as far as it may go; FALSE with the reason when that is nowhere. */
static gboolean move_by(GPtrArray *queued, guint place, gint places, GError **error)
{
    struct task *task = g_ptr_array_index(queued, place);
    gint step = places < 0 ? -1 : 1;
    gint at = (gint)place;
    const char *why = places < 0 ? "it is the first" : "it is the last";

    while (places != 0 && at + step >= 0 && at + step < (gint)queued->len) {
        struct task *other = g_ptr_array_index(queued, at + step);
        const char *order = step < 0 ? explain_order(task, other) : explain_order(other, task);
        if (order) {
            g_autofree char *what = job_describe(&other->job);
            if (at == (gint)place)
                g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                            "job %u stays %s job %u, %s: %s", task->job.id,
                            step < 0 ? "behind" : "before", other->job.id, what, order);
            return at != (gint)place;
        }
        pass(step < 0 ? task : other, step < 0 ? other : task);
        queued->pdata[at] = other;
        at += step;
        queued->pdata[at] = task;
        places -= step;
    }
    if (at == (gint)place)
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "job %u: %s of those that wait",
                    task->job.id, why);
    return at != (gint)place;
}

/* The others have kept their order among themselves. */
static void requeue(struct task *task)
{
    if (task->stage != TASK_READY)
        return;
    queue_remove(task);
    queue_insert(task);
}

static gboolean move_task(struct task *task, gint places, GError **error)
{
    struct engine *engine = task->engine;
    g_autoptr(GPtrArray) queued = list_queued(engine);
    g_autofree char *what = job_describe(&task->job);
    guint place;

    if (!g_ptr_array_find(queued, task, &place)) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED,
                    "job %u, %s: too late, it is %s: only what waits can change places",
                    task->job.id, what,
                    task->stage == TASK_OVER ? "over"
                    : task->doomed           ? "being taken back"
                                             : "under way");
        return FALSE;
    }
    if (places == 0)
        return TRUE;
    if (!move_by(queued, place, places, error))
        return FALSE;
    requeue(task);
    note(engine, "order", task->job.vm ? task->job.vm : task->job.from, engine->who, "", FALSE,
         "job %u, %s, is let start %s", task->job.id, what, places < 0 ? "earlier" : "later");
    engine_emit(engine, ENGINE_EVENT_JOB, &task->job, NULL);
    queue_poke(engine);
    return TRUE;
}

gboolean engine_move_job(struct engine *engine, guint id, gint places, GError **error)
{
    struct task *task = task_find(engine, id);

    if (guard_refuses(engine, error))
        return FALSE;
    if (task && engine->follow)
        return follow_order(engine, &(const struct order){.kind = ORDER_MOVE_JOB,
                                                          .job = task->job.id,
                                                          .value = places}) != 0;
    if (task)
        return move_task(task, places, error);
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "no job %u", id);
    return FALSE;
}
