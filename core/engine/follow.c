/*
 * follow.c - an engine that shows what another process does.
 *
 * Its jobs are shadows: tasks of which only the job is alive, so that everything that looks at
 * tasks (what is reserved on a host, what is in the way of an action) says here what it says
 * there. Its watches ask nobody, and are made anew with each publication.
 */
#include "core/engine/follow.h"

#include <string.h>

#include "core/base/error.h"
#include "core/engine/engine_internal.h"

/* The manager's clock and ours drift apart this far before a better guess is given up. */
#define SHIFT_DRIFT_US (2 * CLOCK_SECOND_US)

#define REFUSED_KEPT_US CLOCK_MINUTE_US
#define SENT_MOST       1000

/* What became of an order. */
struct sent {
    guint id;
    guint job; /* the manager's; 0 = none */
    gboolean answered;
    gboolean cancel; /* as soon as it is known what job it is */
    guint64 number;  /* see follow_answer */
    char *refusal;
};

struct follow {
    follow_send_func send;
    gpointer data;
    GHashTable *sent; /* id -> struct sent * */
    GQueue order;     /* their ids, oldest first */
    gboolean applied; /* at least one publication of this manager */
    gboolean known;   /* or of one before it */
    guint64 fence;
    guint64 number;
    guint64 journal_seq; /* of the manager's journal; the last one that was taken */
    gint64 shift_us;     /* our clock less the manager's */
    guint unseen;
    guint unmeasured;
    GPtrArray *next;
    struct cluster before; /* what the last publication replaced: a view may be at it still */
};

static void sent_free(gpointer data)
{
    struct sent *sent = data;

    g_free(sent->refusal);
    g_free(sent);
}

static struct sent *find_sent(const struct engine *engine, guint order)
{
    return engine->follow ? g_hash_table_lookup(engine->follow->sent, GUINT_TO_POINTER(order))
                          : NULL;
}

guint follow_job_of(const struct engine *engine, guint order)
{
    const struct sent *sent = order >= FOLLOW_ORDER_FIRST ? find_sent(engine, order) : NULL;

    return sent ? sent->job : 0;
}

/* --- Shadows ---------------------------------------------------------------------------------- */

static void shadow_insert(struct engine *engine, struct task *task)
{
    g_ptr_array_insert(engine->jobs, (gint)task_place(engine, task->job.id), task);
}

static struct task *shadow_new(struct engine *engine, guint id)
{
    struct task *task = g_new0(struct task, 1);

    task->engine = engine;
    task->link.data = task;
    task->job.id = task->job.turn = id;
    task->job.attempt = 1;
    return task;
}

static void shadow_set_stage(struct task *task)
{
    static const enum task_stage stages[] = {
        [JOB_QUEUED] = TASK_READY, [JOB_RUNNING] = TASK_ACTING, [JOB_VERIFYING] = TASK_PROVING,
        [JOB_DONE] = TASK_OVER,    [JOB_FAILED] = TASK_OVER,    [JOB_CANCELLED] = TASK_OVER,
    };

    task->stage = stages[task->job.state];
}

/* Which hosts and VMs the jobs are about, and the counts: all anew. */
static void shadows_index(struct engine *engine)
{
    g_hash_table_remove_all(engine->vm_tasks);
    for (guint i = 0; i < engine->watches->len; i++)
        g_ptr_array_set_size(((struct watch *)g_ptr_array_index(engine->watches, i))->tasks, 0);
    engine->under_way = engine->running = engine->over = 0;
    for (guint i = 0; i < engine->jobs->len; i++) {
        struct task *task = g_ptr_array_index(engine->jobs, i);
        shadow_set_stage(task);
        task->from = watch_find(engine, task->job.from);
        task->to = task->job.to ? watch_find(engine, task->job.to) : NULL;
        if (task->stage == TASK_OVER) {
            engine->over++;
            continue;
        }
        engine->under_way++;
        engine->running += task->job.state != JOB_QUEUED ? 1 : 0;
        if (task->from)
            g_ptr_array_add(task->from->tasks, task);
        if (task->to && task->to != task->from)
            g_ptr_array_add(task->to->tasks, task);
        if (task->job.vm)
            g_hash_table_insert(engine->vm_tasks, task->job.vm, task);
    }
}

static void shadow_end(struct task *task, enum job_state state, char *result_take)
{
    g_free(task->job.result);
    task->job.result = result_take;
    task->job.state = state;
    task->job.ended_at_us = clock_mono_us(task->engine->clock);
    if (task->job.started_at_us == 0)
        task->job.started_at_us = task->job.ended_at_us;
}

static void shadow_tell(struct engine *engine, guint id)
{
    const struct task *task = task_find(engine, id);

    if (task)
        engine_emit(engine, ENGINE_EVENT_JOB, &task->job, NULL);
}

/* Those are told that wait for them; then nothing is left of any. */
static void shadows_drop(struct engine *engine, const char *why)
{
    g_autoptr(GPtrArray) dropped = engine->jobs;

    for (guint i = 0; i < dropped->len; i++) {
        struct task *task = g_ptr_array_index(dropped, i);
        if (job_is_over(&task->job))
            continue;
        shadow_end(task, JOB_FAILED, g_strdup(why));
    }
    shadows_index(engine);
    for (guint i = 0; i < dropped->len; i++) {
        struct task *task = g_ptr_array_index(dropped, i);
        if (g_strcmp0(task->job.result, why) == 0)
            engine_emit(engine, ENGINE_EVENT_JOB, &task->job, NULL);
    }
    engine->jobs = g_ptr_array_new();
    for (guint i = 0; i < dropped->len; i++)
        task_free(g_ptr_array_index(dropped, i));
    shadows_index(engine);
}

/* --- Beginning and ending --------------------------------------------------------------------- */

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
    engine->follow->sent = g_hash_table_new_full(NULL, NULL, NULL, sent_free);
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

/* The husk of a cluster that was moved out of its place. */
static void before_clear(struct follow *follow)
{
    if (follow->before.name)
        cluster_free(g_memdup2(&follow->before, sizeof follow->before));
    memset(&follow->before, 0, sizeof follow->before);
}

void follow_clear(struct engine *engine)
{
    struct follow *follow = g_steal_pointer(&engine->follow);

    if (!follow)
        return;
    before_clear(follow);
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

/* --- Orders ----------------------------------------------------------------------------------- */

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
    const struct sent *sent = find_sent(engine, order);

    if (refusal)
        *refusal = sent ? sent->refusal : NULL;
    return !sent || sent->refusal || (sent->answered && engine->follow->number > sent->number);
}

/* The job of an order that is not known yet cannot be cancelled, but will be. */
gboolean follow_cancel(struct engine *engine, struct task *task, GError **error)
{
    struct sent *sent = find_sent(engine, task->job.id);

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
    struct sent *sent = find_sent(engine, order);
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

/* --- Publications ------------------------------------------------------------------------------
 */

/* The least of all differences is the one that came the fastest way. */
static void note_shift(struct follow *follow, gint64 shift_us)
{
    if (!follow->applied || shift_us < follow->shift_us ||
        shift_us > follow->shift_us + SHIFT_DRIFT_US)
        follow->shift_us = shift_us;
}

/* 0 stands for never, and stays so. */
static void shift(gint64 *at_us, gint64 by_us)
{
    if (*at_us == 0)
        return;
    *at_us += by_us;
    if (*at_us == 0)
        *at_us = 1;
}

static void shift_cluster(struct cluster *cluster, gint64 by_us)
{
    for (guint i = 0; i < cluster->hosts->len; i++) {
        struct host *host = g_ptr_array_index(cluster->hosts, i);
        shift(&host->seen_at_us, by_us);
        shift(&host->state_since_us, by_us);
        shift(&host->woken_at_us, by_us);
        shift(&host->changed_at_us, by_us);
        for (guint j = 0; j < host->vms->len; j++) {
            struct vm *vm = g_ptr_array_index(host->vms, j);
            shift(&vm->seen_at_us, by_us);
            shift(&vm->also_on_at_us, by_us);
            shift(&vm->missing_since_us, by_us);
            shift(&vm->moved_at_us, by_us);
        }
    }
}

static void apply_cluster(struct engine *engine, struct cluster *cluster)
{
    struct follow *follow = engine->follow;

    shift_cluster(cluster, follow->shift_us);
    g_ptr_array_set_size(engine->watches, 0);
    before_clear(follow);
    /* Others hold the pointer to the cluster itself. */
    follow->before = *engine->cluster;
    *engine->cluster = *cluster;
    g_free(cluster);
    watch_all_anew(engine);
}

static gboolean take_text(char **field, const char *value)
{
    if (g_strcmp0(*field, value) == 0)
        return FALSE;
    g_free(*field);
    *field = g_strdup(value);
    return TRUE;
}

/* The texts of a job, and TRUE when one of them changed. */
static gboolean take_texts(struct job *own, const struct job *told)
{
    gboolean changed = take_text(&own->vm, told->vm);

    changed |= take_text(&own->from, told->from ? told->from : "");
    changed |= take_text(&own->to, told->to);
    changed |= take_text(&own->who, told->who);
    changed |= take_text(&own->why, told->why);
    changed |= take_text(&own->result, told->result);
    changed |= take_text(&own->note, told->note);
    return changed;
}

static gboolean take_job(struct job *own, const struct job *told, gint64 by_us)
{
    struct job now = *told;
    gboolean changed = take_texts(own, told);

    now.order = own->order;
    now.vm = own->vm;
    now.from = own->from;
    now.to = own->to;
    now.who = own->who;
    now.why = own->why;
    now.result = own->result;
    now.note = own->note;
    now.progress.note = NULL;
    shift(&now.queued_at_us, by_us);
    shift(&now.started_at_us, by_us);
    shift(&now.ended_at_us, by_us);
    shift(&now.not_before_us, by_us);
    changed |= own->state != now.state || own->attempt != now.attempt ||
               own->cancel_asked != now.cancel_asked || own->stuck != now.stuck ||
               own->turn != now.turn || own->progress_permille != now.progress_permille ||
               own->progress.done_bytes != now.progress.done_bytes ||
               own->progress.stage != now.progress.stage;
    *own = now;
    return changed;
}

/* TRUE for a job that may be missing in what was published. */
static gboolean may_be_missing(struct engine *engine, const struct task *task)
{
    const struct sent *sent = task->job.order ? find_sent(engine, task->job.order) : NULL;

    if (!sent)
        return FALSE;
    if (!sent->answered)
        return TRUE;
    if (sent->job == 0)
        return clock_mono_us(engine->clock) - task->job.ended_at_us < REFUSED_KEPT_US;
    return engine->follow->number <= sent->number;
}

static void drop_unpublished(struct engine *engine, GHashTable *published, GArray *changed)
{
    for (guint i = engine->jobs->len; i > 0; i--) {
        struct task *task = g_ptr_array_index(engine->jobs, i - 1);
        if (g_hash_table_contains(published, GUINT_TO_POINTER(task->job.id)) ||
            may_be_missing(engine, task))
            continue;
        if (!job_is_over(&task->job)) {
            shadow_end(task, JOB_FAILED, g_strdup("the manager tells no more of it"));
            g_array_append_val(changed, task->job.id);
            continue; /* gone with the next one */
        }
        g_ptr_array_remove_index(engine->jobs, i - 1);
        task_free(task);
    }
}

static void apply_jobs(struct engine *engine, const GPtrArray *jobs, GArray *changed)
{
    g_autoptr(GHashTable) published = g_hash_table_new(NULL, NULL);

    for (guint i = 0; i < jobs->len; i++) {
        const struct job *told = g_ptr_array_index(jobs, i);
        struct task *task;
        if (told->id == 0 || told->id >= FOLLOW_ORDER_FIRST ||
            !g_hash_table_add(published, GUINT_TO_POINTER(told->id)))
            continue;
        task = task_find(engine, told->id);
        if (!task) {
            task = shadow_new(engine, told->id);
            take_job(&task->job, told, engine->follow->shift_us);
            shadow_insert(engine, task);
        } else if (!take_job(&task->job, told, engine->follow->shift_us)) {
            continue;
        }
        g_array_append_val(changed, told->id);
    }
    drop_unpublished(engine, published, changed);
    shadows_index(engine);
}

/* What was before we came is history: it is shown, not told. */
static void apply_journal(struct engine *engine, const struct manager_state *state, gboolean tell)
{
    struct follow *follow = engine->follow;
    guint len = state->journal->len;

    for (guint i = 0; i < len; i++) {
        guint64 back = len - 1 - i;
        if (state->journal_seq <= back || state->journal_seq - back <= follow->journal_seq)
            continue;
        follow->journal_seq = state->journal_seq - back;
        note_add(engine, note_entry_copy(g_ptr_array_index(state->journal, i)), tell);
        if (engine->follow != follow)
            return;
    }
}

static gboolean apply_mode(struct engine *engine, const struct manager_state *state)
{
    struct goal_state *goal = &engine->goal;
    gboolean changed = engine->mode != state->mode || engine->phase != state->phase ||
                       goal->kind != state->goal || goal->failures != state->goal_failures ||
                       engine->config.policy.kind != state->policy ||
                       engine->follow->unseen != state->unseen;

    engine->mode = state->mode;
    engine->phase = state->phase;
    engine->config.policy.kind = engine->goal_policy.kind = state->policy;
    goal->kind = state->goal;
    goal->failures = state->goal_failures;
    changed |= take_text(&goal->summary, state->goal_summary);
    engine->follow->unseen = state->unseen;
    engine->follow->unmeasured = state->unmeasured;
    return changed;
}

static void apply_next(struct follow *follow, const GPtrArray *next)
{
    g_ptr_array_set_size(follow->next, 0);
    for (guint i = 0; next && i < next->len; i++)
        g_ptr_array_add(follow->next, g_strdup(g_ptr_array_index(next, i)));
}

/* Another manager's jobs and entries are numbered from the beginning. */
void follow_another(struct engine *engine)
{
    if (!engine->follow || !engine->follow->applied)
        return;
    shadows_drop(engine, "another manager has taken over: how it ends is not known");
    engine->follow->applied = FALSE;
    engine->follow->journal_seq = 0;
    engine->follow->number = 0;
}

void follow_apply(struct engine *engine, struct manager_state *state)
{
    struct follow *follow = engine->follow;
    g_autoptr(GArray) changed = g_array_new(FALSE, FALSE, sizeof(guint));
    gboolean first;
    gboolean mode_changed;

    if (!follow || !state->cluster ||
        (follow->applied && state->fence == follow->fence && state->number <= follow->number))
        return;
    if (follow->applied && state->fence != follow->fence)
        follow_another(engine);
    first = !follow->applied;
    note_shift(follow, clock_mono_us(engine->clock) - state->mono_us);
    follow->applied = TRUE;
    follow->fence = state->fence;
    follow->number = state->number;
    apply_cluster(engine, g_steal_pointer(&state->cluster));
    apply_jobs(engine, state->jobs, changed);
    mode_changed = apply_mode(engine, state);
    apply_next(follow, state->next);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
    for (guint i = 0; i < changed->len && !first; i++)
        shadow_tell(engine, g_array_index(changed, guint, i));
    apply_journal(engine, state, follow->known);
    follow->known = TRUE;
    if (mode_changed || first)
        engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
}
