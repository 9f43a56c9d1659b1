/*
 * queue.c - what may start when.
 *
 * There are no rounds: whenever a job ends, or becomes ready, the next ones start as far as the
 * limits of their source, their target and the lab allow. Jobs are looked at by their turns, so
 * that none is overtaken for ever; one that waits for room waits only for jobs with lower turns,
 * which is why two can never wait for each other. A turn is the job's id until the operator moves
 * it (turn.c).
 */
#include "core/engine/engine_internal.h"

/* How far ahead one look goes: with tens of thousands queued, the first hundreds fill the limits.
 */
#define LOOK_AHEAD 256

#define JOBS_KEPT  512
#define JOBS_SLACK 128

static void queue_pump(gpointer data);

static void queue_poke_in(struct engine *engine, gint64 delay_us)
{
    clock_cancel_timer(engine->clock, engine->pump_timer);
    engine->pump_timer = clock_add_timer(engine->clock, delay_us, queue_pump, engine);
    engine->pump_soon = delay_us <= 0;
}

void queue_poke(struct engine *engine)
{
    if (engine->pump_timer == 0 || !engine->pump_soon)
        queue_poke_in(engine, 0);
}

void queue_insert(struct task *task)
{
    GQueue *queue = &task->engine->ready[task->job.kind];
    GList *place = queue->tail;

    while (place && ((struct task *)place->data)->job.turn > task->job.turn)
        place = place->prev;
    g_queue_insert_after_link(queue, place, &task->link);
}

void queue_remove(struct task *task)
{
    g_queue_unlink(&task->engine->ready[task->job.kind], &task->link);
}

static void queue_take_places(struct task *task)
{
    if (task->job.kind != JOB_MIGRATE)
        return;
    task->from->out++;
    task->to->in++;
    task->engine->migrating++;
}

void queue_give_places(struct task *task)
{
    if (task->job.kind != JOB_MIGRATE)
        return;
    task->from->out--;
    task->to->in--;
    task->engine->migrating--;
}

/* What a host that came back may start yet. */
static void reserve_autostart(const struct watch *watch, guint64 *mem_kib, guint *vms)
{
    for (guint i = 0; i < watch->host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(watch->host->vms, i);
        if (!watch_may_start(watch, vm))
            continue;
        *mem_kib += vm->mem_kib;
        *vms += 1;
    }
}

void queue_reserved(const struct watch *watch, const struct task *except, guint64 *mem_kib,
                    guint *vms)
{
    *mem_kib = 0;
    *vms = 0;
    reserve_autostart(watch, mem_kib, vms);
    for (guint i = 0; i < watch->tasks->len; i++) {
        const struct task *task = g_ptr_array_index(watch->tasks, i);
        const struct vm *vm;
        if (task == except || (task->to != watch && task->job.kind != JOB_START))
            continue;
        if (except && task->stage < TASK_ASKING && task->job.turn > except->job.turn)
            continue;
        vm = cluster_find_vm(watch->engine->cluster, task->job.vm);
        if (vm && vm->host == watch->host && vm_is_active(vm))
            continue; /* already counted where it is */
        *mem_kib += vm ? vm->mem_kib : task->job.mem_kib;
        *vms += 1;
    }
}

/* A host that is being woken or switched off is left to that. */
gboolean queue_is_settled(const struct watch *watch)
{
    for (guint i = 0; i < watch->tasks->len; i++) {
        const struct task *task = g_ptr_array_index(watch->tasks, i);
        if (job_is_power(&task->job) && task->stage >= TASK_ASKING)
            return FALSE;
    }
    return TRUE;
}

/* --- Starting --- */

void queue_begin(struct task *task)
{
    task_disarm(task);
    task->ops->begin(task);
}

static void queue_start(struct task *task)
{
    queue_remove(task);
    queue_take_places(task);
    task_set_state(task, TASK_ASKING, JOB_QUEUED);
    if (task->ops->takes_facts(task))
        task_arm(task, ASK_PATIENCE_US);
    else
        queue_begin(task);
}

static struct task *next_to_start(const struct engine *engine, enum job_kind kind)
{
    guint looked = 0;

    if (kind == JOB_MIGRATE && engine->migrating >= MAX(engine->config.migrations_most, 1))
        return NULL;
    for (GList *link = engine->ready[kind].head; link && looked < LOOK_AHEAD; link = link->next) {
        struct task *task = link->data;
        if (task->ops->may_start(task))
            return task;
        looked++;
    }
    return NULL;
}

/* From the front again each time: what one sets off may change the queue. */
static void start_ready(struct engine *engine, enum job_kind kind)
{
    struct task *task;

    while (!engine->held && (task = next_to_start(engine, kind)))
        queue_start(task);
}

/* One at a time, so that a hundred power supplies do not start at once. */
static void start_wakes(struct engine *engine)
{
    struct task *task = next_to_start(engine, JOB_WAKE);
    gint64 now_us = clock_mono_us(engine->clock);

    if (!task)
        return;
    if (now_us >= engine->next_wake_us) {
        engine->next_wake_us = now_us + engine->config.wake_stagger_us;
        queue_start(task);
    }
    if (next_to_start(engine, JOB_WAKE) && engine->pump_timer == 0)
        queue_poke_in(engine, engine->next_wake_us - now_us);
}

static void end_doomed(struct engine *engine)
{
    struct task *task;

    while ((task = g_queue_pop_head(&engine->doomed))) {
        task->doomed = FALSE;
        task_end(task, task->planned ? TASK_END_SUPERSEDED : TASK_END_CANCELLED,
                 "what it had to wait for did not work");
    }
}

static void queue_prune(struct engine *engine)
{
    guint kept = 0;
    guint drop = engine->over > JOBS_KEPT ? engine->over - JOBS_KEPT : 0;

    if (engine->over <= JOBS_KEPT + JOBS_SLACK)
        return;
    for (guint i = 0; i < engine->jobs->len; i++) {
        struct task *task = g_ptr_array_index(engine->jobs, i);
        if (drop > 0 && task->stage == TASK_OVER) {
            drop--;
            engine->over--;
            task_free(task);
        } else {
            engine->jobs->pdata[kept++] = task;
        }
    }
    engine->jobs->len = kept;
}

static void queue_pump(gpointer data)
{
    struct engine *engine = data;

    engine->pump_timer = 0;
    queue_prune(engine);
    end_doomed(engine);
    if (engine->held)
        return;
    start_wakes(engine);
    start_ready(engine, JOB_OFF);
    start_ready(engine, JOB_STOP);
    start_ready(engine, JOB_CONTROL);
    start_ready(engine, JOB_FORGET);
    start_ready(engine, JOB_DEFINE);
    start_ready(engine, JOB_START);
    start_ready(engine, JOB_MIGRATE);
}

/* --- While they wait for their hosts --- */

void queue_seen(struct watch *watch)
{
    g_autoptr(GPtrArray) tasks = g_ptr_array_copy(watch->tasks, NULL, NULL);

    for (guint i = 0; i < tasks->len; i++) {
        struct task *task = g_ptr_array_index(tasks, i);
        if (task->stage == TASK_ASKING && task_has_answers(task))
            queue_begin(task);
        else if (task->stage == TASK_ACTING || task->stage == TASK_PROVING)
            task->ops->seen(task);
    }
}

/* A host keeps silent: others may have its place meanwhile. */
void queue_facts_late(struct task *task)
{
    const struct watch *silent =
        task->from->answered < task->from_wants || !task->to ? task->from : task->to;

    if (task->job.attempt >= task->engine->config.migration_tries) {
        task_end(task, TASK_END_REFUSED, "host %s does not say how it is", silent->host->name);
        return;
    }
    g_autofree char *why = g_strdup_printf("host %s does not say how it is", silent->host->name);
    task_retry(task, why);
}

static void cancel_if_frozen(struct engine *engine, const struct vm *vm)
{
    struct task *task = g_hash_table_lookup(engine->vm_tasks, vm->name);

    if (!task || task->stage >= TASK_ASKING || !vm_is_frozen(vm))
        return;
    if (task->job.kind == JOB_START && !vm->also_on)
        return; /* what was lost may well be started again */
    if (vm->also_on)
        task_end(task, TASK_END_CANCELLED, "vm %s is seen on %s and on %s", vm->name,
                 vm->host->name, vm->also_on->name);
    else
        task_end(task, TASK_END_CANCELLED, "vm %s is nowhere to be seen", vm->name);
}

void queue_cancel_frozen(struct engine *engine, const struct host *host)
{
    for (guint i = 0; i < engine->cluster->claimed->len; i++)
        cancel_if_frozen(engine, g_ptr_array_index(engine->cluster->claimed, i));
    for (guint i = 0; i < host->vms->len; i++)
        cancel_if_frozen(engine, g_ptr_array_index(host->vms, i));
}
