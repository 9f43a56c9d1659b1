/* follow_take.c - what the manager publishes becomes what a following engine shows. */
#include <string.h>

#include "core/engine/follow_internal.h"
#include "core/engine/shadow.h"

/* The manager's clock and ours drift apart this far before a better guess is given up. */
#define SHIFT_DRIFT_US (2 * CLOCK_SECOND_US)

#define REFUSED_KEPT_US CLOCK_MINUTE_US

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

void follow_before_clear(struct follow *follow)
{
    if (follow->before.name)
        cluster_free(g_memdup2(&follow->before, sizeof follow->before));
    memset(&follow->before, 0, sizeof follow->before);
}

static void apply_cluster(struct engine *engine, struct cluster *cluster)
{
    struct follow *follow = engine->follow;

    shift_cluster(cluster, follow->shift_us);
    g_ptr_array_set_size(engine->watches, 0);
    follow_before_clear(follow);
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
    const struct sent *sent = task->job.order ? follow_find_sent(engine, task->job.order) : NULL;

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
