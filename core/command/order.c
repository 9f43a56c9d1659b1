#include "core/command/order.h"

#include "core/base/error.h"
#include "core/command/session.h"
#include "core/engine/follow.h"

static void on_event(const struct engine_event *event, gpointer data)
{
    struct orders *orders = data;
    if (event->kind != ENGINE_EVENT_JOB || event->job->id < FOLLOW_ORDER_FIRST)
        return;
    gpointer id = GUINT_TO_POINTER(event->job->id);
    if (!job_is_over(event->job)) {
        g_hash_table_add(orders->sent, id);
        return;
    }
    g_hash_table_remove(orders->sent, id);
    if (event->job->state == JOB_DONE)
        return;
    g_free(orders->refusal);
    orders->refusal = g_strdup(event->job->result ? event->job->result : "refused");
}

void orders_begin(struct orders *orders, const struct command *command)
{
    *orders = (struct orders){.command = command, .sent = g_hash_table_new(NULL, NULL)};
    orders->listener = engine_listen(command->session->engine, on_event, orders);
}

/* An order that has become a job of the manager's is not found under its own id as queued. */
static gboolean are_answered(gpointer data)
{
    const struct orders *orders = data;
    GHashTableIter iter;
    gpointer id;
    g_hash_table_iter_init(&iter, orders->sent);
    while (g_hash_table_iter_next(&iter, &id, NULL)) {
        const struct job *job =
            engine_find_job(orders->command->session->engine, GPOINTER_TO_UINT(id));
        if (job && job->id >= FOLLOW_ORDER_FIRST && !job_is_over(job))
            return FALSE;
    }
    return TRUE;
}

gboolean orders_finish(struct orders *orders, GError **error)
{
    struct session *session = orders->command->session;
    gboolean done =
        g_hash_table_size(orders->sent) == 0 ||
        session_wait(session, are_answered, NULL, orders, error && *error ? NULL : error);
    engine_unlisten(session->engine, orders->listener);
    g_hash_table_unref(orders->sent);
    if (done && orders->refusal && !(error && *error))
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "%s", orders->refusal);
    done = done && !orders->refusal;
    g_free(orders->refusal);
    return done;
}

gboolean order_is_own(const struct session *session, const struct job *job)
{
    gboolean ordered = job->id >= FOLLOW_ORDER_FIRST || job->order != 0;
    return !job_is_over(job) && job->origin == JOB_BY_HAND &&
           (ordered || !engine_follows(session->engine));
}
