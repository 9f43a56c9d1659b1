#include "core/store/lease.h"

#include <pthread.h>
#include <time.h>

#include "core/base/error.h"
#include "core/base/small_thread.h"
#include "core/store/lease_core.h"
#include "core/store/lease_identity.h"

/* What the thread and the main context share; whoever is last frees it. */
struct shared {
    gint refs;
    struct lease_core *core;
    gint64 beat_us;
    struct lease *owner; /* of the main thread alone; NULL = freed */
    pthread_mutex_t lock;
    pthread_cond_t changed;
    gboolean poked; /* the thread has something to do before its time */
    gboolean quit;
    gboolean ended;
    gboolean told; /* word to the main context is under way */
};

struct asker {
    guint64 ticket;
    guint timer;
    struct lease *lease;
    lease_confirmed_func confirmed;
    gpointer data;
};

struct lease {
    struct shared *shared;
    gint64 valid_us;
    lease_changed_func func;
    gpointer data;
    struct lease_view view;
    guint64 view_number;
    guint64 answered;
    GQueue askers; /* struct asker *, by ticket */
};

static void shared_unref(struct shared *shared)
{
    if (!g_atomic_int_dec_and_test(&shared->refs))
        return;
    lease_core_unref(shared->core);
    pthread_cond_destroy(&shared->changed);
    pthread_mutex_destroy(&shared->lock);
    g_free(shared);
}

static struct shared *shared_new(struct lease_core *core, struct lease *owner, gint64 beat_us)
{
    struct shared *shared = g_new0(struct shared, 1);
    pthread_condattr_t attributes;
    shared->refs = 1;
    shared->core = core;
    shared->beat_us = beat_us;
    shared->owner = owner;
    pthread_mutex_init(&shared->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&shared->changed, &attributes);
    pthread_condattr_destroy(&attributes);
    return shared;
}

/* --- The thread ------------------------------------------------------------------------------- */

static gboolean on_told(gpointer data);

static void unref_told(gpointer data)
{
    shared_unref(data);
}

static void tell_main(struct shared *shared)
{
    pthread_mutex_lock(&shared->lock);
    gboolean told = shared->told;
    shared->told = TRUE;
    pthread_mutex_unlock(&shared->lock);
    if (told)
        return;
    GSource *source = g_idle_source_new();
    g_atomic_int_inc(&shared->refs);
    g_source_set_priority(source, G_PRIORITY_DEFAULT);
    g_source_set_callback(source, on_told, shared, unref_told);
    g_source_attach(source, NULL);
    g_source_unref(source);
}

/* Until then, by the boot clock, or until somebody asks for something. FALSE = to quit. */
static gboolean wait_until(struct shared *shared, gint64 until_us)
{
    gint64 wait_us = CLAMP(until_us - lease_clock_boot(NULL), 0, shared->beat_us);
    gint64 wake_us = g_get_monotonic_time() + wait_us;
    struct timespec wake = {.tv_sec = wake_us / G_USEC_PER_SEC,
                            .tv_nsec = wake_us % G_USEC_PER_SEC * 1000};
    int code = 0;
    pthread_mutex_lock(&shared->lock);
    while (!shared->poked && !shared->quit && wait_us > 0 && code == 0)
        code = pthread_cond_timedwait(&shared->changed, &shared->lock, &wake);
    shared->poked = FALSE;
    gboolean quit = shared->quit;
    pthread_mutex_unlock(&shared->lock);
    return !quit;
}

static void run(gpointer data)
{
    struct shared *shared = data;
    guint64 number = 0;
    guint64 answered = 0;
    gint64 next_us = 0;
    do {
        next_us = lease_core_step(shared->core);
        struct lease_view view = {0};
        gboolean changed = lease_core_view(shared->core, &number, &view);
        lease_view_clear(&view);
        if (changed || lease_core_answered(shared->core) != answered)
            tell_main(shared);
        answered = lease_core_answered(shared->core);
    } while (wait_until(shared, next_us));
    if (lease_core_holds(shared->core)) {
        lease_core_give_back(shared->core);
        lease_core_step(shared->core);
    }
    pthread_mutex_lock(&shared->lock);
    shared->ended = TRUE;
    pthread_cond_broadcast(&shared->changed);
    pthread_mutex_unlock(&shared->lock);
    shared_unref(shared);
}

/* --- The main thread -------------------------------------------------------------------------- */

static void poke(struct lease *lease)
{
    pthread_mutex_lock(&lease->shared->lock);
    lease->shared->poked = TRUE;
    pthread_cond_broadcast(&lease->shared->changed);
    pthread_mutex_unlock(&lease->shared->lock);
}

/* Takes it out of the queue, which may be empty, and calls. The lease may be gone afterwards. */
static void answer_asker(struct asker *asker, gboolean went_through)
{
    gboolean may_act = went_through && lease_core_may_act(asker->lease->shared->core);
    g_queue_remove(&asker->lease->askers, asker);
    if (asker->timer)
        g_source_remove(asker->timer);
    asker->confirmed(may_act, asker->data);
    g_free(asker);
}

/* One after another, since a function that is called may free the lease, or ask again. */
static void answer_askers(struct shared *shared)
{
    gboolean went_through = FALSE;
    struct asker *first = NULL;
    while (shared->owner && (first = g_queue_peek_head(&shared->owner->askers)) &&
           lease_core_answer(shared->core, first->ticket, &went_through))
        answer_asker(first, went_through);
}

static gboolean on_told(gpointer data)
{
    struct shared *shared = data;
    pthread_mutex_lock(&shared->lock);
    shared->told = FALSE;
    pthread_mutex_unlock(&shared->lock);
    struct lease *lease = shared->owner;
    if (!lease)
        return G_SOURCE_REMOVE;
    struct lease_view view;
    if (lease_core_view(shared->core, &lease->view_number, &view)) {
        lease_view_clear(&lease->view);
        lease->view = view;
        if (lease->func)
            lease->func(lease, lease->data);
    }
    answer_askers(shared);
    return G_SOURCE_REMOVE;
}

/* A file server that hangs must not keep an action waiting for ever: no is an answer too. */
static gboolean on_late(gpointer data)
{
    struct asker *asker = data;
    asker->timer = 0;
    answer_asker(asker, FALSE);
    return G_SOURCE_REMOVE;
}

void lease_confirm(struct lease *lease, lease_confirmed_func confirmed, gpointer data)
{
    struct asker *asker = g_new0(struct asker, 1);
    *asker = (struct asker){.lease = lease, .confirmed = confirmed, .data = data};
    asker->ticket = lease_core_ask(lease->shared->core);
    asker->timer = g_timeout_add((guint)(lease->valid_us / 1000) + 1, on_late, asker);
    g_queue_push_tail(&lease->askers, asker);
    poke(lease);
}

static gboolean check_settings(const struct lease_settings *settings, GError **error)
{
    const char *wrong = NULL;
    if (!settings->endpoints && (!settings->dir || !*settings->dir))
        wrong = "neither a store nor the endpoints of etcd are given";
    else if (settings->beat_us < LEASE_BEAT_LEAST_US || settings->expiry_us > LEASE_EXPIRY_MOST_US)
        wrong = "beat is too short, or expiry too long";
    else if (settings->valid_us < 2 * settings->beat_us)
        wrong = "valid must be at least twice beat, or one late beat loses the lease";
    else if (settings->expiry_us < settings->valid_us + settings->valid_us / 4)
        wrong = "expiry must be longer than valid by a quarter at least, or two could act at once";
    if (!wrong)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_INPUT, "lease: %s", wrong);
    return FALSE;
}

struct lease *lease_new(const struct lease_settings *settings,
                        const struct lease_identity *identity, GError **error)
{
    const struct lease_kind *kind = settings->endpoints ? &lease_etcd_kind : &lease_file_kind;
    if (!check_settings(settings, error))
        return NULL;
    gpointer keeper =
        settings->endpoints ? lease_etcd_new(settings, error) : lease_file_new(settings->dir);
    if (!keeper)
        return NULL;
    struct lease *lease = g_new0(struct lease, 1);
    lease->valid_us = settings->valid_us;
    lease->shared =
        shared_new(lease_core_new(settings, identity, kind, keeper, lease_clock_boot, NULL), lease,
                   settings->beat_us);
    g_atomic_int_inc(&lease->shared->refs);
    if (small_thread_start(run, lease->shared, error))
        return lease;
    shared_unref(lease->shared);
    shared_unref(lease->shared);
    g_free(lease);
    return NULL;
}

/* Until the thread has come to its end, but no longer than a beat. */
static void wait_for_end(struct shared *shared)
{
    gint64 until_us = g_get_monotonic_time() + shared->beat_us;
    struct timespec until = {.tv_sec = until_us / G_USEC_PER_SEC,
                             .tv_nsec = until_us % G_USEC_PER_SEC * 1000};
    int code = 0;
    pthread_mutex_lock(&shared->lock);
    shared->quit = TRUE;
    pthread_cond_broadcast(&shared->changed);
    while (!shared->ended && code == 0)
        code = pthread_cond_timedwait(&shared->changed, &shared->lock, &until);
    pthread_mutex_unlock(&shared->lock);
}

void lease_free(struct lease *lease)
{
    struct asker *asker;
    if (!lease)
        return;
    lease->shared->owner = NULL;
    lease_core_give_back(lease->shared->core); /* from here on nothing may act */
    wait_for_end(lease->shared);
    while ((asker = g_queue_pop_head(&lease->askers))) {
        g_source_remove(asker->timer);
        g_free(asker);
    }
    lease_view_clear(&lease->view);
    shared_unref(lease->shared);
    g_free(lease);
}

void lease_set_changed_func(struct lease *lease, lease_changed_func func, gpointer data)
{
    lease->func = func;
    lease->data = data;
}

struct lease_view lease_look(const struct lease *lease)
{
    return lease->view;
}

void lease_want(struct lease *lease, gint64 delay_us)
{
    lease_core_want(lease->shared->core, delay_us);
    poke(lease);
}

void lease_want_no_more(struct lease *lease)
{
    lease_core_want_no_more(lease->shared->core);
}

void lease_give_back(struct lease *lease)
{
    lease_core_give_back(lease->shared->core);
    poke(lease);
}

gboolean lease_may_act(const struct lease *lease)
{
    return lease_core_may_act(lease->shared->core);
}
