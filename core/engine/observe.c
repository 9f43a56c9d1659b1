/* observe.c - each host is asked at its own pace, and what it says becomes the model. */
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

#include <string.h>

/* A host told to power off that fails to answer so often in a row is taken as gone. */
#define STOPPING_SILENCES 3

/* Changes come in flocks: a host is asked once for all that happen within this time. */
#define CHANGED_DELAY_US (200 * 1000)

/* The parts of a period that hosts take follow it: it spreads any number of them well. */
#define GOLDEN_RATIO 0.6180339887498949

/* Enough to go from the shortest to the longest of polling periods. */
#define BACKOFF_DOUBLINGS 16

/* A host that comes back from silence may start VMs for so long. */
#define SETTLE_US (2 * CLOCK_MINUTE_US)

struct watch *watch_of(const struct engine *engine, const struct host *host)
{
    struct watch *watch = g_ptr_array_index(engine->watches, host->index);

    g_assert(watch->host == host);
    return watch;
}

struct watch *watch_find(const struct engine *engine, const char *name)
{
    struct host *host = name ? cluster_find_host(engine->cluster, name) : NULL;

    return host ? watch_of(engine, host) : NULL;
}

gboolean watch_is_fresh(const struct watch *watch)
{
    return watch->heard &&
           !host_is_stale(watch->host, clock_mono_us(watch->engine->clock), FRESH_US);
}

/* What is off on purpose was off before the host fell silent. */
gboolean watch_may_start(const struct watch *watch, const struct vm *vm)
{
    const struct host *host = watch->host;

    return !vm_is_active(vm) && host->state == HOST_ON && watch->ran &&
           clock_mono_us(watch->engine->clock) - host->state_since_us < SETTLE_US &&
           g_hash_table_contains(watch->ran, vm->name);
}

gboolean watch_is_settling(const struct watch *watch)
{
    for (guint i = 0; watch->ran && i < watch->host->vms->len; i++) {
        if (watch_may_start(watch, g_ptr_array_index(watch->host->vms, i)))
            return TRUE;
    }
    return FALSE;
}

/* Those that ran here, as far as anybody knows, when it fell silent, and those still expected. */
static void remember_running(struct watch *watch)
{
    if (watch->host->state == HOST_ON && !watch_is_settling(watch))
        g_clear_pointer(&watch->ran, g_hash_table_unref);
    for (guint i = 0; i < watch->host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(watch->host->vms, i);
        if (!vm_is_active(vm))
            continue;
        if (!watch->ran)
            watch->ran = g_hash_table_new_full(g_str_hash, g_str_equal, g_free, NULL);
        g_hash_table_add(watch->ran, g_strdup(vm->name));
    }
}

/* A part of 0 to 1 that differs from host to host, and from time to time: see below. */
static double part_of(const struct watch *watch, guint turn)
{
    double place = (watch->host->index + turn) * GOLDEN_RATIO;

    return place - (gint64)place;
}

/*
 * A host that was lost is tried again soon, and then seldomer until it is as seldom as any. Hosts
 * lost together, since a switch was, must not all come back at the same moment: hence the parts.
 */
static gint64 watch_backoff_us(const struct watch *watch)
{
    gint64 poll_us = watch->engine->config.poll_us;
    guint doublings = MIN(watch->misses - 1, BACKOFF_DOUBLINGS);
    gint64 delay_us = MIN(MIN(EAGER_POLL_US, poll_us) << doublings, poll_us);

    return (gint64)((double)delay_us * (0.75 + 0.5 * part_of(watch, watch->misses)));
}

static gint64 watch_period_us(const struct watch *watch)
{
    const struct engine_config *config = &watch->engine->config;

    if (watch->eager > 0 || watch->host->state == HOST_WAKING ||
        watch->host->state == HOST_STOPPING)
        return MIN(EAGER_POLL_US, config->poll_us);
    if (watch->host->state == HOST_OFF || watch->refused)
        return config->poll_off_us;
    return watch->misses > 0 ? watch_backoff_us(watch) : config->poll_us;
}

/*
 * The first period is shortened by a part that differs from host to host, so that hosts asked all
 * at once at the start are asked evenly over the period from then on.
 */
static gint64 watch_first_period_us(const struct watch *watch)
{
    return (gint64)((double)watch_period_us(watch) * (1.0 - 0.5 * part_of(watch, 0)));
}

static void watch_refresh(struct watch *watch);

static void watch_due(gpointer data)
{
    struct watch *watch = data;

    watch->timer = 0;
    if (watch->operation == 0)
        watch_refresh(watch);
}

static void watch_schedule(struct watch *watch, gint64 delay_us)
{
    clock_cancel_timer(watch->engine->clock, watch->timer);
    watch->timer = clock_add_timer(watch->engine->clock, delay_us, watch_due, watch);
}

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

/* Tells what the model made of a report, and empties the list. */
static void tell_sightings(struct watch *watch)
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
    const char *rest = message;

    if (!g_str_has_prefix(rest, "host "))
        return message;
    rest += strlen("host ");
    if (!g_str_has_prefix(rest, host->address))
        return message;
    rest += strlen(host->address);
    return g_str_has_prefix(rest, ": ") ? rest + strlen(": ") : message;
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

static enum cluster_change take_silence(struct watch *watch, const GError *error, gint64 now_us)
{
    gboolean absent = error->code == ROOST_ERROR_ABSENT;

    tell_refused(watch, error);
    watch->misses++;
    remember_running(watch);
    g_clear_pointer(&watch->complaint, g_free);
    if (!absent && error->code != ROOST_ERROR_TIMEOUT)
        watch->complaint = g_strdup(error->message);
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

gboolean watch_knows(const struct watch *watch, const struct vm *vm)
{
    if (vm->host == watch->host)
        return vm->state != VM_LOST && vm->missing_since_us == 0;
    return watch->also_knows && g_hash_table_contains(watch->also_knows, vm->name);
}

void watch_is_gone(struct watch *watch)
{
    struct engine *engine = watch->engine;
    gint64 now_us = clock_mono_us(engine->clock);

    remember_running(watch);
    watch->heard = FALSE;
    cluster_apply_silence(engine->cluster, watch->host, TRUE, "it was switched off and is silent",
                          now_us, engine->sightings);
    tell_sightings(watch);
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

static enum cluster_change take_report(struct watch *watch, const struct host_report *report,
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

static void first_answer(struct engine *engine)
{
    if (--engine->unseen == 0) {
        engine_emit(engine, ENGINE_EVENT_MODE, NULL, NULL);
        automatic_decide_in(engine, 0);
    }
}

static gboolean lacks_cpu(const struct host *host)
{
    if (host->state != HOST_ON)
        return FALSE;
    for (guint i = 0; i < host->vms->len; i++) {
        const struct vm *vm = g_ptr_array_index(host->vms, i);
        if (vm->state == VM_RUNNING && vm->cpu_permille < 0)
            return TRUE;
    }
    return FALSE;
}

/* TRUE when the host is to be looked at a second time, and soon. */
static gboolean take_measure(struct watch *watch)
{
    gboolean lacks = lacks_cpu(watch->host);
    gboolean again = lacks && !watch->looked_again;
    gboolean was = watch->unmeasured;

    watch->looked_again = lacks;
    watch->unmeasured = again;
    watch->engine->unmeasured += (again ? 1 : 0) - (was ? 1 : 0);
    return again;
}

gboolean observe_first(const struct engine *engine, gint64 since_us)
{
    return (engine->unseen > 0 || engine->unmeasured > 0) &&
           clock_mono_us(engine->clock) - MAX(since_us, engine->started_at_us) < FIRST_LOOK_US;
}

static void schedule_next(struct watch *watch, gboolean first)
{
    gboolean was_unmeasured = watch->unmeasured;

    if (watch->again)
        watch_refresh(watch);
    else if (take_measure(watch))
        watch_schedule(watch, MIN(SECOND_LOOK_US, watch_period_us(watch)));
    else
        watch_schedule(watch, first ? watch_first_period_us(watch) : watch_period_us(watch));
    if (was_unmeasured && watch->engine->unmeasured == 0)
        automatic_decide_in(watch->engine, 0);
}

static void refreshed(struct host_report *report, const GError *error, gpointer handle)
{
    struct watch *watch = handle_owner(handle);
    gboolean first;
    struct engine *engine;
    enum cluster_change changes = CLUSTER_CHANGE_NONE;

    if (!watch) {
        host_report_free(report);
        return;
    }
    engine = watch->engine;
    first = watch->answered == 0;
    watch->operation = 0;
    watch->answered = watch->asked;
    watch->told_asked_at_us = watch->asked_at_us;
    watch->heard = report != NULL;
    if (report)
        changes = take_report(watch, report, clock_mono_us(engine->clock));
    else if (error->code != ROOST_ERROR_CANCELLED) /* errors of drivers are of ROOST_ERROR */
        changes = take_silence(watch, error, clock_mono_us(engine->clock));
    host_report_free(report);
    schedule_next(watch, first);
    tell_sightings(watch);
    if (changes & (CLUSTER_CHANGE_VMS | CLUSTER_CHANGE_ALARM))
        queue_cancel_frozen(engine, watch->host);
    automatic_seen(watch);
    if (watch->tasks->len > 0)
        queue_seen(watch);
    start_seen_any(engine);
    if (changes != CLUSTER_CHANGE_NONE)
        engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
    if (first)
        first_answer(engine);
}

static void watch_refresh(struct watch *watch)
{
    struct engine *engine = watch->engine;

    clock_cancel_timer(engine->clock, watch->timer);
    watch->timer = 0;
    watch->again = FALSE;
    watch->changed = FALSE;
    watch->asked++;
    watch->asked_at_us = clock_mono_us(engine->clock);
    watch->operation =
        driver_refresh(engine->driver, watch->host->address, refreshed, watch->handle);
}

guint64 watch_ask_since(struct watch *watch, gint64 since_us)
{
    if (watch->operation == 0) {
        watch_refresh(watch);
        return watch->asked;
    }
    if (watch->asked_at_us >= since_us)
        return watch->asked;
    watch->again = TRUE;
    return watch->asked + 1;
}

guint64 watch_ask(struct watch *watch)
{
    if (watch->operation != 0) {
        watch->again = TRUE;
        return watch->asked + 1;
    }
    return watch_ask_since(watch, 0);
}

void watch_poll_within(struct watch *watch, gint64 delay_us)
{
    if (watch->operation == 0)
        watch_schedule(watch, delay_us);
}

void watch_changed(const char *address, gpointer data)
{
    struct engine *engine = data;
    struct host *host = cluster_find_host(engine->cluster, address);
    struct watch *watch = host ? watch_of(engine, host) : NULL;

    if (!watch || !engine->started)
        return;
    if (watch->operation != 0)
        watch->again = TRUE;
    else if (!watch->changed)
        watch_schedule(watch, CHANGED_DELAY_US);
    watch->changed = watch->operation == 0;
}

struct watch *watch_new(struct engine *engine, struct host *host)
{
    struct watch *watch = g_new0(struct watch, 1);

    watch->engine = engine;
    watch->host = host;
    watch->handle = handle_new(watch);
    watch->tasks = g_ptr_array_new();
    return watch;
}

void watch_all_anew(struct engine *engine)
{
    g_ptr_array_set_size(engine->watches, 0);
    for (guint i = 0; i < engine->cluster->hosts->len; i++)
        g_ptr_array_add(engine->watches,
                        watch_new(engine, g_ptr_array_index(engine->cluster->hosts, i)));
    engine->unseen = engine->watches->len;
    engine->unmeasured = 0;
}

void watch_free(gpointer data)
{
    struct watch *watch = data;

    clock_cancel_timer(watch->engine->clock, watch->timer);
    handle_drop(watch->handle);
    g_clear_pointer(&watch->also_knows, g_hash_table_unref);
    g_ptr_array_unref(watch->tasks);
    g_clear_pointer(&watch->ran, g_hash_table_unref);
    g_free(watch->complaint);
    g_free(watch);
}

void engine_refresh_all(struct engine *engine)
{
    if (engine->follow) {
        follow_order(engine, &(const struct order){.kind = ORDER_REFRESH});
        return;
    }
    for (guint i = 0; i < engine->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(engine->watches, i);
        if (watch->refused) {
            driver_try_login(engine->driver, watch->host->address);
            watch->again = watch->operation != 0; /* what is under way held back */
        }
        if (watch->operation == 0)
            watch_refresh(watch);
        watch->wanted = watch->asked;
    }
}

guint engine_count_awaited(const struct engine *engine)
{
    guint awaited = 0;

    for (guint i = 0; i < engine->watches->len; i++) {
        const struct watch *watch = g_ptr_array_index(engine->watches, i);
        awaited += watch->answered < watch->wanted;
    }
    return awaited;
}

void engine_doubt_unseen(struct engine *engine)
{
    gint64 now_us = clock_mono_us(engine->clock);

    if (engine->follow)
        return; /* the manager has its own patience with them */
    for (guint i = 0; i < engine->watches->len; i++) {
        struct watch *watch = g_ptr_array_index(engine->watches, i);
        g_autofree char *trouble = NULL;

        if (watch->answered > 0)
            continue;
        trouble =
            g_strdup_printf("host %s: no answer yet: its libvirt or ssh hangs, or the network",
                            watch->host->address);
        cluster_apply_silence(engine->cluster, watch->host, FALSE, trouble, now_us,
                              engine->sightings);
        tell_sightings(watch);
    }
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}
