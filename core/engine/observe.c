/* observe.c - each host is asked at its own pace. */
#include "core/engine/engine_internal.h"
#include "core/engine/follow.h"

/* Changes come in flocks: a host is asked once for all that happen within this time. */
#define CHANGED_DELAY_US (200 * 1000)

/* The parts of a period that hosts take follow it: it spreads any number of them well. */
#define GOLDEN_RATIO 0.6180339887498949

/* Enough to go from the shortest to the longest of polling periods. */
#define BACKOFF_DOUBLINGS 16

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
        changes = hear_report(watch, report, clock_mono_us(engine->clock));
    else if (error->code != ROOST_ERROR_CANCELLED) /* errors of drivers are of ROOST_ERROR */
        changes = hear_silence(watch, error, clock_mono_us(engine->clock));
    host_report_free(report);
    schedule_next(watch, first);
    hear_tell(watch);
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
        hear_tell(watch);
    }
    engine_emit(engine, ENGINE_EVENT_MODEL, NULL, NULL);
}

gboolean observe_first(const struct engine *engine, gint64 since_us)
{
    return (engine->unseen > 0 || engine->unmeasured > 0) &&
           clock_mono_us(engine->clock) - MAX(since_us, engine->started_at_us) < FIRST_LOOK_US;
}
