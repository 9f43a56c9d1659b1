/* follow_send.c - what a following engine is asked to do goes to the manager, and is answered. */
#include "core/base/error.h"
#include "core/engine/follow_internal.h"
#include "core/engine/shadow.h"

#define SENT_MOST 1000

void follow_sent_free(gpointer data)
{
    struct sent *sent = data;

    g_free(sent->refusal);
    g_free(sent);
}

struct sent *follow_find_sent(const struct engine *engine, guint order)
{
    return engine->follow ? g_hash_table_lookup(engine->follow->sent, GUINT_TO_POINTER(order))
                          : NULL;
}

guint follow_job_of(const struct engine *engine, guint order)
{
    const struct sent *sent = order >= FOLLOW_ORDER_FIRST ? follow_find_sent(engine, order) : NULL;

    return sent ? sent->job : 0;
}

/* The one it is to be like has ended, and is in the list still. */
static gboolean describe_again(struct engine *engine, const struct order *order, struct job *job)
{
    const struct task *task = task_find(engine, order->job);

    if (!task)
        return FALSE;
    job->kind = task->job.kind;
    job->action = task->job.action;
    job->vm = g_strdup(task->job.vm);
    job->from = g_strdup(task->job.from);
    job->to = g_strdup(task->job.to);
    job->mem_kib = task->job.mem_kib;
    job->force = order->force;
    return TRUE;
}

/* What a job of that order will be; FALSE when none comes of it. */
static gboolean describe_job(struct engine *engine, const struct order *order, struct job *job)
{
    const struct vm *vm = order->vm ? cluster_find_vm(engine->cluster, order->vm) : NULL;
    const char *host = order->host;

    switch (order->kind) {
    case ORDER_MIGRATE:
        job->kind = JOB_MIGRATE;
        job->to = g_strdup(order->host);
        host = vm ? vm->host->name : NULL;
        break;
    case ORDER_WAKE:
        job->kind = JOB_WAKE;
        break;
    case ORDER_OFF:
        job->kind = JOB_OFF;
        break;
    case ORDER_START:
    case ORDER_STOP:
        job->kind = order->kind == ORDER_START ? JOB_START : JOB_STOP;
        host = host || !vm ? host : vm->host->name;
        break;
    case ORDER_CONTROL:
        job->kind = JOB_CONTROL;
        job->action = (enum control_action)order->value;
        host = vm ? vm->host->name : NULL;
        break;
    case ORDER_DEFINE:
    case ORDER_FORGET:
        job->kind = order->kind == ORDER_DEFINE ? JOB_DEFINE : JOB_FORGET;
        break;
    case ORDER_RETRY:
        return describe_again(engine, order, job);
    default:
        return FALSE;
    }
    job->vm = g_strdup(order->vm);
    job->from = g_strdup(host ? host : "");
    job->mem_kib = vm ? vm->mem_kib : 0;
    job->force = order->force;
    return TRUE;
}

static void add_shadow_of(struct engine *engine, const struct order *order)
{
    struct task *task = shadow_new(engine, order->id);

    if (!describe_job(engine, order, &task->job)) {
        task_free(task);
        return;
    }
    task->job.order = order->id;
    task->job.who = g_strdup(engine->who);
    task->job.why = g_strdup("by hand");
    task->job.result = g_strdup("sent to the manager");
    task->job.queued_at_us = clock_mono_us(engine->clock);
    shadow_insert(engine, task);
    shadows_index(engine);
    shadow_tell(engine, order->id);
}

static void forget_oldest_sent(struct follow *follow)
{
    while (follow->order.length > SENT_MOST)
        g_hash_table_remove(follow->sent, g_queue_pop_head(&follow->order));
}

guint follow_order(struct engine *engine, const struct order *order)
{
    struct follow *follow = engine->follow;
    struct order *own;
    struct sent *sent;

    if (guard_refuses(engine, NULL))
        return 0;
    own = order_copy(order);
    sent = g_new0(struct sent, 1);
    g_free(own->who);
    own->who = g_strdup(engine->who);
    own->id = sent->id = FOLLOW_ORDER_FIRST + engine->orders++;
    g_hash_table_insert(follow->sent, GUINT_TO_POINTER(sent->id), sent);
    g_queue_push_tail(&follow->order, GUINT_TO_POINTER(sent->id));
    forget_oldest_sent(follow);
    add_shadow_of(engine, own);
    follow->send(own, follow->data);
    return FOLLOW_ORDER_FIRST + engine->orders - 1;
}

guint follow_last_order(const struct engine *engine)
{
    return engine->orders ? FOLLOW_ORDER_FIRST + engine->orders - 1 : 0;
}

gboolean follow_is_settled(const struct engine *engine, guint order, const char **refusal)
{
    const struct sent *sent = follow_find_sent(engine, order);

    if (refusal)
        *refusal = sent ? sent->refusal : NULL;
    return !sent || sent->refusal || (sent->answered && engine->follow->number > sent->number);
}

/* The job of an order that is not known yet cannot be cancelled, but will be. */
gboolean follow_cancel(struct engine *engine, struct task *task, GError **error)
{
    struct sent *sent = follow_find_sent(engine, task->job.id);

    if (job_is_over(&task->job)) {
        g_autofree char *what = job_describe(&task->job);
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "job %u, %s: too late, it is over",
                    task->job.id, what);
        return FALSE;
    }
    if (task->job.cancel_asked)
        return TRUE;
    task->job.cancel_asked = TRUE;
    if (sent)
        sent->cancel = TRUE;
    else
        follow_order(engine, &(const struct order){.kind = ORDER_CANCEL, .job = task->job.id});
    return TRUE;
}

static void tell_refusal(struct engine *engine, const char *refusal)
{
    note(engine, "order", "", engine->who, "refused", FALSE, "the manager refuses: %s", refusal);
}

/* The job is in the list under its order's number: it gets its own. */
static void take_job_id(struct engine *engine, struct task *task, struct sent *sent)
{
    struct task *known = task_find(engine, sent->job);

    g_ptr_array_remove(engine->jobs, task);
    if (known && known != task && known->job.id == sent->job) { /* it was published before */
        known->job.order = sent->id;
        task_free(task);
        task = known;
    } else {
        task->job.id = task->job.turn = sent->job;
        shadow_insert(engine, task);
    }
    shadows_index(engine);
    shadow_tell(engine, sent->job);
    if (sent->cancel && !job_is_over(&task->job))
        follow_order(engine, &(const struct order){.kind = ORDER_CANCEL, .job = sent->job});
}

void follow_answer(struct engine *engine, guint order, guint job, guint64 number,
                   const char *refusal)
{
    struct sent *sent = follow_find_sent(engine, order);
    struct task *task = sent && !sent->answered ? task_find(engine, order) : NULL;

    if (!sent || sent->answered)
        return;
    sent->answered = TRUE;
    sent->number = number;
    sent->refusal = g_strdup(refusal);
    if (refusal)
        tell_refusal(engine, refusal);
    sent->job = refusal || job >= FOLLOW_ORDER_FIRST ? 0 : job;
    if (task && sent->job != 0) {
        take_job_id(engine, task, sent);
    } else if (task) {
        shadow_end(task, refusal ? JOB_FAILED : JOB_DONE,
                   refusal ? g_strdup_printf("refused: %s", refusal) : g_strdup("done"));
        shadows_index(engine);
        shadow_tell(engine, order);
    }
}
