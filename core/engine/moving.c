/*
 * moving.c - a migration while the driver is at it: what is asked, how far it is, whether it will
 * ever end, and what is done when it will not.
 *
 * A guest that writes faster than its RAM moves is found by its numbers, long before its time is
 * up. An operator is told. The autopilot does then what it would do in the end: by night it leaves
 * the VM where it is and gives its place to others; before opening the VM must go home, so it is
 * paused for the moment that the rest takes.
 */
#include "core/engine/engine_internal.h"

#include <string.h>

#include "core/base/text.h"

/* Silent for so long, and so more than once, a target is taken as lost. */
#define TO_LOST_AFTER_US (8 * CLOCK_SECOND_US)

#define SLOW_NETWORK_KIB_PER_S (10 * 1024)
#define KIB_PER_GIB            (1024 * 1024)

/* --- Asking --- */

/* Part of bringing everything home, by the clock or on demand: nobody stands by to decide. */
static gboolean is_homeward(const struct task *task)
{
    return task->job.origin == JOB_AUTOMATIC && task->plan == PLAN_NORMALIZE;
}

/*
 * Before opening there is no time for a guest that does not converge: it would hold its source's
 * place while others could go home. So much is enough for a VM of its size on a slow network.
 */
static gint64 timeout_us(const struct task *task, const struct vm *vm)
{
    const struct engine_config *config = &task->engine->config;
    gint64 all_us = config->migration_timeout_us +
                    (gint64)(vm->mem_kib / KIB_PER_GIB) * config->timeout_per_gib_us;
    gint64 enough_us = 2 * (gint64)(vm->mem_kib / SLOW_NETWORK_KIB_PER_S) * CLOCK_SECOND_US;

    if (config->migration_timeout_us <= 0)
        all_us = 0;
    if (task->job.origin == JOB_BY_HAND || task->engine->phase != HOURS_PREPARING)
        return all_us;
    enough_us = MAX(enough_us, config->normalize_lead_us / 10);
    return all_us > 0 ? MIN(all_us, enough_us) : enough_us;
}

static void apply_options(struct migrate_request *request, const struct migrate_options *options)
{
    if (!options)
        return;
    if (options->mode >= 0)
        request->mode = (enum migrate_mode)options->mode;
    if (options->on_timeout >= 0) {
        request->on_timeout = (enum migrate_late)options->on_timeout;
        request->pause_most_us = 0; /* whoever asks for this very one knows how long it may take */
    }
    if (options->timeout_us >= 0)
        request->timeout_us = options->timeout_us;
    if (options->bandwidth_mib_per_s >= 0)
        request->bandwidth_mib_per_s = (guint64)options->bandwidth_mib_per_s;
}

struct migrate_request moving_request(const struct task *task, const struct vm *vm)
{
    const struct engine_config *config = &task->engine->config;
    gboolean timed_out = task->trouble && task->trouble_code == ROOST_ERROR_TIMEOUT;
    struct migrate_request request = {
        .vm = vm->name,
        .from_address = task->from->host->address,
        .to_address = task->to->host->address,
        .mode = config->migration_mode,
        .control = config->migration_control,
        /* A guest that wrote faster than it moved is slowed down on the next try. */
        .auto_converge = config->auto_converge || timed_out,
        .allow_unsafe = config->allow_unsafe || task->job.force,
        .compression = config->compression,
        .transport = config->transport,
        .connections = config->connections,
        .bandwidth_mib_per_s = config->bandwidth_mib_per_s,
        .timeout_us = timeout_us(task, vm),
        .on_timeout = is_homeward(task) ? config->on_timeout_home : config->on_timeout,
        .pause_most_us = config->pause_most_us,
    };

    apply_options(&request, task->options);
    return request;
}

void moving_begin(struct task *task)
{
    task->to_lost = FALSE;
    task->hastened = FALSE;
    task->trend = (struct progress_trend){0};
    task->job.stuck = FALSE;
    g_clear_pointer(&task->job.note, g_free);
}

/* --- How far it is --- */

/* Each is told once: what holds for one migration holds for most. */
static void take_note(struct task *task, const char *text)
{
    GHashTable *told = task->engine->told_notes;
    g_autofree char *line = NULL;

    if (!text || g_strcmp0(text, task->job.note) == 0)
        return;
    g_free(task->job.note);
    task->job.note = g_strdup(text);
    if (!g_hash_table_add(told, g_strdup(text)))
        return;
    line = g_strdup_printf("vm %s: %s", task->job.vm, text);
    note_task(task, line, "", FALSE);
}

static enum migrate_late late_of(const struct task *task)
{
    const struct engine_config *config = &task->engine->config;

    if (task->options && task->options->on_timeout >= 0)
        return (enum migrate_late)task->options->on_timeout;
    return is_homeward(task) ? config->on_timeout_home : config->on_timeout;
}

static void hasten(struct task *task)
{
    struct driver *driver = task->engine->driver;

    task->hastened = TRUE;
    switch (late_of(task)) {
    case MIGRATE_LATE_CANCEL:
        driver_cancel(driver, task->operation);
        task_say(task, "does not converge: being cancelled");
        break;
    case MIGRATE_LATE_POSTCOPY:
        driver_switch_postcopy(driver, task->operation);
        task_say(task, "does not converge: goes over to post-copy");
        break;
    case MIGRATE_LATE_PAUSE:
        driver_steer(driver, task->operation, MIGRATE_STEER_PAUSE);
        task_say(task, "does not converge: to be paused for the rest");
        break;
    }
}

static void judge(struct task *task)
{
    struct job *job = &task->job;
    gboolean stuck = progress_is_stuck(&task->trend, &job->progress);

    if (job->mode != MIGRATE_PRECOPY || stuck == job->stuck)
        return;
    job->stuck = stuck;
    if (!stuck || task->hastened || job->cancel_asked || task->operation == 0)
        return;
    if (job->origin == JOB_AUTOMATIC)
        hasten(task);
}

void moving_progressed(const struct migrate_progress *progress, gpointer handle)
{
    struct task *task = handle_owner(handle);
    struct job *job;

    if (!task || task->stage != TASK_ACTING)
        return;
    job = &task->job;
    take_note(task, progress->note);
    job->progress = *progress;
    job->progress.note = NULL;
    if (progress->total_bytes > 0) {
        guint64 done = MIN(progress->done_bytes, progress->total_bytes);
        guint permille = (guint)((double)done * 1000.0 / (double)progress->total_bytes);
        job->progress_permille = MAX(job->progress_permille, MIN(permille, 999));
    }
    judge(task);
    /* Past its time-out it goes on otherwise: as long as it tells how far, it is waited for. */
    if (progress->stage != MIGRATE_STAGE_COPYING)
        task_arm(task, 3 * ANSWER_GRACE_US);
    engine_emit(task->engine, ENGINE_EVENT_JOB, job, NULL);
}

/*
 * A target whose power is cut says nothing, and its source would go on sending for minutes. Until
 * the VM has arrived the source has all of it, so nothing is lost by aborting; and a post-copy that
 * stands still has nothing to lose either.
 */
void moving_seen(struct task *task)
{
    const struct host *to = task->to->host;
    gint64 silent_us = clock_mono_us(task->engine->clock) - to->state_since_us;
    gboolean gone = to->state == HOST_UNREACHABLE || to->state == HOST_OFF;

    if (task->operation == 0 || task->to_lost || task->job.cancel_asked || !gone ||
        silent_us < TO_LOST_AFTER_US)
        return;
    task->to_lost = TRUE;
    driver_steer(task->engine->driver, task->operation, MIGRATE_STEER_GIVE_UP);
    task_say(task,
             task->job.progress.stage == MIGRATE_STAGE_FOLLOWING
                 ? "host %s, where it runs by now, does not answer any more"
                 : "host %s does not answer any more: being aborted",
             to->name);
}

/* The job says of itself which VM goes where: once is enough. */
static char *without_object(const struct task *task, const char *text)
{
    g_autofree char *vm = text_escape(task->job.vm);
    g_autofree char *object = g_strdup_printf("vm %s: migrate ", vm);
    const char *rest = g_str_has_prefix(text, object) ? strstr(text, ": ") : NULL;

    rest = rest ? strstr(rest + 2, ": ") : NULL;
    return g_strdup(rest ? rest + 2 : text);
}

static gboolean is_within_address(const char *rest)
{
    return g_ascii_isalnum(rest[0]) ||
           ((rest[0] == '.' || rest[0] == ':') && g_ascii_isalnum(rest[1]));
}

/* The driver knows hosts by their addresses; people, by their names. */
static char *with_name(const char *text, const struct host *host)
{
    GString *named = g_string_new(NULL);
    gsize length = strlen(host->address);
    g_autofree char *name = text_escape(host->name);

    while (*text) {
        gboolean begins = named->len == 0 || strchr(" (\"'", named->str[named->len - 1]);

        if (begins && g_str_has_prefix(text, host->address) && !is_within_address(text + length)) {
            g_string_append(named, name);
            text += length;
        } else {
            g_string_append_c(named, *text++);
        }
    }
    return g_string_free(named, FALSE);
}

static void shorten(struct task *task)
{
    g_autofree char *said = g_steal_pointer(&task->trouble);
    g_autofree char *rest = without_object(task, said);
    g_autofree char *half = with_name(rest, task->from->host);

    task->trouble = with_name(half, task->to->host);
}

void moving_explain(struct task *task)
{
    shorten(task);
    if (task->job.cancel_asked || task->job.progress.stage == MIGRATE_STAGE_FOLLOWING)
        return;
    if (task->to_lost) {
        g_free(task->trouble);
        task->trouble = g_strdup_printf("host %s does not answer any more", task->to->host->name);
        task->trouble_code = ROOST_ERROR_UNREACHABLE;
    } else if (task->hastened && task->trouble_code == ROOST_ERROR_CANCELLED) {
        g_free(task->trouble);
        task->trouble = g_strdup("it does not converge: the guest writes faster than it moves");
        task->trouble_code = ROOST_ERROR_TIMEOUT;
    }
}

/* --- By hand --- */

static const char *why_not_postcopy(const struct task *task)
{
    if (task->job.kind != JOB_MIGRATE)
        return "it is no migration";
    if (task->stage != TASK_ACTING || task->operation == 0)
        return task->stage < TASK_ACTING ? "it does not run yet" : "too late, it is over";
    if (task->job.mode == MIGRATE_STOPANDCOPY || task->job.progress.stage == MIGRATE_STAGE_PAUSED)
        return "its guest is paused: there is nothing to gain";
    if (task->job.progress.stage == MIGRATE_STAGE_FOLLOWING)
        return "it has gone over to post-copy already";
    return NULL;
}

gboolean moving_switch_postcopy(struct task *task, GError **error)
{
    g_autofree char *what = job_describe(&task->job);
    g_autofree char *line = NULL;
    const char *why = why_not_postcopy(task);

    if (why) {
        g_set_error(error, ROOST_ERROR, ROOST_ERROR_REFUSED, "job %u, %s: %s", task->job.id, what,
                    why);
        return FALSE;
    }
    task->hastened = TRUE;
    driver_switch_postcopy(task->engine->driver, task->operation);
    line = g_strdup_printf("%s: to go over to post-copy, by %s", what, task->engine->who);
    note_task(task, line, "", FALSE);
    task_say(task, "goes over to post-copy");
    return TRUE;
}
