#include "core/driver/libvirt/migration.h"

#include <pthread.h>
#include <time.h>

#include "core/base/error.h"
#include "core/base/text.h"
#include "core/driver/libvirt/migration_ends.h"
#include "core/driver/libvirt/migration_pilot.h"
#include "core/driver/libvirt/migration_watch.h"

#define TICK_US          (500 * G_TIME_SPAN_MILLISECOND)
#define POSTCOPY_TICK_US (100 * G_TIME_SPAN_MILLISECOND)

enum phase {
    PHASE_CONNECTING, /* nothing has been started: may be abandoned */
    PHASE_MOVING,
    PHASE_ABANDONED,
};

struct migration {
    gint refs;
    gint phase;
    gint cancelled;
    guint steers; /* 1 << enum migrate_steer, of all that were given */
    guint operation;
    struct migrate_request request; /* strings are our own */
    struct driver asker;            /* a copy: whom to ask for leave */
    struct access *from;
    struct access *to;
    struct main_post *post;
    main_post_func progress;
    main_post_func done;
    struct virt_guard *source;
    struct virt_guard *target;
    struct virt_guard *watcher;
    struct migration_paths paths;
    struct migration_ends ends;   /* only the mover closes or changes it while it runs */
    struct migration_watch watch; /* the controller's */
    gboolean watching;
    struct migration_pilot pilot; /* likewise */
    pthread_mutex_t lock;         /* for all below */
    pthread_cond_t changed;
    gboolean over;
    GError *error; /* the mover's; NULL = moved */
};

void migration_unref(struct migration *migration)
{
    if (!migration || !g_atomic_int_dec_and_test(&migration->refs))
        return;
    pthread_cond_destroy(&migration->changed);
    pthread_mutex_destroy(&migration->lock);
    g_clear_error(&migration->error);
    virt_guard_unref(migration->source);
    virt_guard_unref(migration->target);
    virt_guard_unref(migration->watcher);
    main_post_unref(migration->post);
    access_unref(migration->from);
    access_unref(migration->to);
    g_free((char *)migration->request.vm);
    g_free((char *)migration->request.from_address);
    g_free((char *)migration->request.to_address);
    g_free(migration);
}

static void news_free(gpointer data)
{
    struct migration_news *news = data;

    g_clear_error(&news->error);
    g_free(news->note);
    g_free(news);
}

/* NULL when all is as asked. Free it. */
static char *join_notes(const struct migration *migration)
{
    const GPtrArray *lists[] = {migration->ends.choice.notes, migration->pilot.notes};
    g_autoptr(GString) text = g_string_new(NULL);

    for (guint i = 0; i < G_N_ELEMENTS(lists); i++)
        for (guint k = 0; k < lists[i]->len; k++)
            g_string_append_printf(text, "%s%s", text->len > 0 ? "; " : "",
                                   (const char *)g_ptr_array_index(lists[i], k));
    return text->len > 0 ? g_strdup(text->str) : NULL;
}

static void tell_progress(struct migration *migration)
{
    struct migration_news *news = g_new0(struct migration_news, 1);

    news->operation = migration->operation;
    news->progress = migration->pilot.progress;
    news->note = join_notes(migration);
    news->progress.note = news->note;
    main_post_send(migration->post, migration->progress, news, news_free);
}

/* Takes error over, and says whose it is. */
static void tell_done(struct migration *migration, GError *error)
{
    struct migration_news *news = g_new0(struct migration_news, 1);
    g_autofree char *name = text_escape(migration->request.vm);

    if (error)
        g_prefix_error(&error, "vm %s: migrate to %s: ", name, migration->request.to_address);
    news->operation = migration->operation;
    news->error = error;
    main_post_send(migration->post, migration->done, news, news_free);
}

static void run_mover(gpointer data)
{
    struct migration *migration = data;
    GError *error = NULL;

    if (driver_may_act(&migration->asker, "nothing was moved", &error))
        migration_ends_move(&migration->ends, &migration->request, migration->to, &error);
    pthread_mutex_lock(&migration->lock);
    migration->error = error;
    migration->over = TRUE;
    pthread_cond_signal(&migration->changed);
    pthread_mutex_unlock(&migration->lock);
    migration_unref(migration);
}

/* Waits for the mover, a cancel, or the next tick. TRUE when the mover is through. */
static gboolean wait_a_tick(struct migration *migration, gint64 tick_us)
{
    gint64 until_us = g_get_monotonic_time() + tick_us;
    struct timespec until = {.tv_sec = until_us / G_USEC_PER_SEC,
                             .tv_nsec = until_us % G_USEC_PER_SEC * 1000};
    gboolean over;

    pthread_mutex_lock(&migration->lock);
    if (!migration->over)
        pthread_cond_timedwait(&migration->changed, &migration->lock, &until);
    over = migration->over;
    pthread_mutex_unlock(&migration->lock);
    return over;
}

/*
 * A source waits for minutes for a target that lost its power. In direct control the target must be
 * told of the end by us: without our connection to it the migration cannot succeed any more.
 */
static gboolean is_target_lost(const struct migration *migration)
{
    return !(migration->ends.choice.flags & VIR_MIGRATE_PEER2PEER) &&
           !virt_link_is_alive(migration->ends.target);
}

static gboolean act(struct migration *migration, enum pilot_act what)
{
    struct migration_watch *watch = &migration->watch;

    switch (what) {
    case PILOT_ABORT:
        return migration_watch_abort(watch);
    case PILOT_POSTCOPY:
        return migration_watch_start_postcopy(watch);
    case PILOT_PAUSE:
        return migration_watch_pause(watch);
    case PILOT_BREAK:
        return migration_watch_break_postcopy(watch);
    case PILOT_WAIT:
        break;
    }
    return TRUE;
}

static void pilot_a_tick(struct migration *migration)
{
    const struct pilot_orders orders = {
        .cancelled = g_atomic_int_get(&migration->cancelled),
        .target_lost = is_target_lost(migration),
        .steers = g_atomic_int_get(&migration->steers),
    };
    gint64 now_us = g_get_monotonic_time();
    struct migrate_progress progress;
    enum pilot_act what;

    if (migration_watch_progress(&migration->watch, &progress))
        migration_pilot_see(&migration->pilot, &progress, now_us);
    what = migration_pilot_decide(&migration->pilot, &orders, now_us);
    if (what != PILOT_WAIT)
        migration_pilot_note(&migration->pilot, what, act(migration, what), now_us);
}

/* Most migrations are over before there is anything to watch: only then a connection for it. */
static gboolean can_watch(struct migration *migration)
{
    if (migration->watching && virt_link_is_alive(migration->watch.source))
        return TRUE;
    migration_watch_close(&migration->watch);
    migration->watching = migration_watch_open(&migration->watch, &migration->ends,
                                               &migration->request, &migration->paths);
    return migration->watching;
}

static void watch_mover(struct migration *migration)
{
    const struct migration_pilot *pilot = &migration->pilot;
    gint64 told_us = g_get_monotonic_time();

    while (!wait_a_tick(migration, migration->request.mode == MIGRATE_POSTCOPY && !pilot->postcopy
                                       ? POSTCOPY_TICK_US
                                       : TICK_US)) {
        if (!can_watch(migration))
            continue;
        pilot_a_tick(migration);
        if (g_get_monotonic_time() - told_us < TICK_US || pilot->progress.total_bytes == 0)
            continue;
        told_us = g_get_monotonic_time();
        tell_progress(migration);
    }
}

/* The address whose connection broke; NULL when both hold. */
static const char *find_lost_end(const struct migration *migration)
{
    if (!virt_link_is_alive(migration->ends.source))
        return migration->request.from_address;
    if (!virt_link_is_alive(migration->ends.target))
        return migration->request.to_address;
    return NULL;
}

/* It runs nowhere: half of its memory is here, half there, and only the two together have it. */
static gboolean explain_broken(const struct migration *migration, GError **error)
{
    const struct migrate_request *request = &migration->request;
    g_autofree char *name = text_escape(request->vm);
    g_autofree char *said = NULL;

    if (!migration->pilot.postcopy || !virt_link_is_alive(migration->ends.source) ||
        !migration_ends_are_broken(&migration->ends))
        return FALSE;
    g_prefix_error(error,
                   "its post-copy broke off and it stands still, with a part of its memory on "
                   "either host: end it on neither. When the two reach each other again it goes on "
                   "by itself, or with: roost migrate %s %s. If %s lost it, it is lost (",
                   name, request->to_address, request->to_address);
    said = g_steal_pointer(&(*error)->message);
    (*error)->message = g_strconcat(said, ")", NULL);
    (*error)->code = ROOST_ERROR_UNREACHABLE;
    return TRUE;
}

/* What the mover's error means, knowing what was asked meanwhile. */
static GError *explain(struct migration *migration)
{
    GError *error = g_steal_pointer(&migration->error);
    const char *lost;

    if (!error || explain_broken(migration, &error))
        return error;
    lost = find_lost_end(migration);
    if (g_atomic_int_get(&migration->cancelled)) {
        g_prefix_error(&error, "cancelled: ");
        error->code = ROOST_ERROR_CANCELLED;
    } else if (lost) {
        g_prefix_error(&error, "the connection to %s broke in the middle: ", lost);
        error->code = ROOST_ERROR_UNREACHABLE;
    } else if (migration->pilot.late) {
        g_error_free(error); /* it only says that somebody aborted it: we did */
        error = g_error_new(ROOST_ERROR, ROOST_ERROR_TIMEOUT, "%s, so it was aborted",
                            migration->pilot.late);
    } else if (error->code == ROOST_ERROR_CANCELLED) {
        error->code = ROOST_ERROR_FAILED; /* somebody else aborted it */
    }
    return error;
}

static GError *cancelled_error(void)
{
    return g_error_new_literal(ROOST_ERROR, ROOST_ERROR_CANCELLED, "cancelled before it began");
}

static gboolean start_mover(struct migration *migration, GError **error)
{
    migration->over = FALSE; /* no mover runs */
    g_atomic_int_inc(&migration->refs);
    if (main_post_start_thread(migration->post, run_mover, migration, error))
        return TRUE;
    g_atomic_int_add(&migration->refs, -1);
    return FALSE;
}

static gboolean falls_back(struct migration *migration)
{
    return migration->error && !g_atomic_int_get(&migration->cancelled) && !migration->pilot.late &&
           migration_ends_fall_back(&migration->ends, &migration->request, migration->error);
}

static GError *move(struct migration *migration)
{
    GError *error = NULL;

    if (g_atomic_int_get(&migration->cancelled) ||
        !g_atomic_int_compare_and_exchange(&migration->phase, PHASE_CONNECTING, PHASE_MOVING))
        return cancelled_error();
    migration_pilot_init(&migration->pilot, &migration->request, g_get_monotonic_time(),
                         migration->ends.ability.resume);
    do {
        g_clear_error(&migration->error);
        migration->pilot.can_postcopy = migration->ends.choice.extras & MIGRATION_POSTCOPY;
        tell_progress(migration); /* its notes: most migrations are over before the first tick */
        if (!start_mover(migration, &error))
            return error;
        watch_mover(migration);
    } while (falls_back(migration));
    return explain(migration);
}

static void run_controller(gpointer data)
{
    struct migration *migration = data;
    GError *error = NULL;

    if (migration_ends_open(&migration->ends, &migration->request, &migration->paths, &error))
        error = move(migration);
    tell_done(migration, error);
    migration_watch_close(&migration->watch);
    migration_pilot_clear(&migration->pilot);
    migration_ends_close(&migration->ends);
    migration_unref(migration);
}

static void copy_request(struct migration *migration, const struct migrate_request *request)
{
    migration->request = *request;
    migration->request.vm = g_strdup(request->vm);
    migration->request.from_address = g_strdup(request->from_address);
    migration->request.to_address = g_strdup(request->to_address);
}

static void init_lock(struct migration *migration)
{
    pthread_condattr_t attributes;

    pthread_mutex_init(&migration->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&migration->changed, &attributes);
    pthread_condattr_destroy(&attributes);
}

struct migration *migration_start(guint operation, const struct migrate_request *request,
                                  const struct driver *driver, struct access *from,
                                  struct access *to, struct main_post *post,
                                  main_post_func progress, main_post_func done, GError **error)
{
    struct migration *migration = g_new0(struct migration, 1);

    migration->refs = 2; /* ours, and the controller's */
    migration->operation = operation;
    migration->asker = *driver;
    migration->from = access_ref(from);
    migration->to = access_ref(to);
    migration->post = main_post_ref(post);
    migration->progress = progress;
    migration->done = done;
    migration->source = virt_guard_new();
    migration->target = virt_guard_new();
    migration->watcher = virt_guard_new();
    migration->paths = (struct migration_paths){
        from, to, post, migration->source, migration->target, migration->watcher};
    copy_request(migration, request);
    init_lock(migration);
    if (main_post_start_thread(post, run_controller, migration, error))
        return migration;
    migration->refs = 1;
    migration_unref(migration);
    return NULL;
}

static void poke(struct migration *migration)
{
    pthread_mutex_lock(&migration->lock);
    pthread_cond_signal(&migration->changed);
    pthread_mutex_unlock(&migration->lock);
}

void migration_cancel(struct migration *migration)
{
    g_atomic_int_set(&migration->cancelled, 1);
    poke(migration);
}

void migration_steer(struct migration *migration, enum migrate_steer steer)
{
    g_atomic_int_or(&migration->steers, 1u << steer);
    poke(migration);
}

gboolean migration_abandon(struct migration *migration)
{
    if (!g_atomic_int_compare_and_exchange(&migration->phase, PHASE_CONNECTING, PHASE_ABANDONED) &&
        g_atomic_int_get(&migration->phase) != PHASE_ABANDONED)
        return FALSE;
    virt_guard_interrupt(migration->source);
    virt_guard_interrupt(migration->target);
    return TRUE;
}

void migration_break(struct migration *migration)
{
    virt_guard_interrupt(migration->watcher);
    virt_guard_interrupt(migration->source);
    virt_guard_interrupt(migration->target);
}
