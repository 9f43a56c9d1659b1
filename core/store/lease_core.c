#include "core/store/lease_core.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>

#include "core/base/error.h"
#include "core/store/lease_identity.h"

struct lease_core {
    gint refs;
    gint64 beat_us;
    gint64 valid_us;
    gint64 expiry_us;
    const struct lease_kind *kind;
    gpointer keeper;
    struct lease_identity *identity;
    lease_clock_func clock;
    gpointer clock_data;

    _Atomic gint64 valid_until_us; /* written under the lock */
    pthread_mutex_t lock;          /* for all up to the next comment */
    gboolean wanted;
    gint64 delay_us;
    gboolean give_back;
    guint64 asked;
    guint64 answered;
    gboolean went_through;
    guint64 own_fence; /* 0 = not held */
    struct lease_view view;
    guint64 view_number;

    /* Of the stepping thread alone. */
    gboolean holds;
    struct lease_record own;
    struct lease_found seen;
    gboolean looked;      /* ever, with success */
    gint64 looked_us;     /* the last time */
    gint64 since_us;      /* `seen` has been like this */
    gboolean alive;       /* it has changed under our eyes */
    gboolean free;        /* it may be taken */
    gint64 free_since_us; /* since when */
    guint64 greatest;     /* number ever seen */
    char *trouble;
    gboolean blind; /* the last look failed */
};

/* What was asked for by the time a turn began. */
struct asks {
    gboolean wanted;
    gint64 delay_us;
    gboolean give_back;
    guint64 ticket;
};

void lease_found_clear(struct lease_found *found)
{
    lease_identity_free(found->identity);
    g_free(found->oddity);
    *found = (struct lease_found){0};
}

gint64 lease_clock_boot(gpointer data)
{
    struct timespec now;
    (void)data;
    clock_gettime(CLOCK_BOOTTIME, &now);
    return (gint64)now.tv_sec * G_USEC_PER_SEC + now.tv_nsec / 1000;
}

static gint64 now_us(const struct lease_core *core)
{
    return core->clock(core->clock_data);
}

struct lease_core *lease_core_new(const struct lease_settings *settings,
                                  const struct lease_identity *identity,
                                  const struct lease_kind *kind, gpointer keeper,
                                  lease_clock_func clock, gpointer clock_data)
{
    struct lease_core *core = g_new0(struct lease_core, 1);
    core->refs = 1;
    core->beat_us = settings->beat_us;
    core->valid_us = settings->valid_us;
    core->expiry_us = settings->expiry_us;
    core->kind = kind;
    core->keeper = keeper;
    core->identity = lease_identity_copy(identity);
    core->clock = clock;
    core->clock_data = clock_data;
    atomic_init(&core->valid_until_us, G_MININT64);
    pthread_mutex_init(&core->lock, NULL);
    return core;
}

struct lease_core *lease_core_ref(struct lease_core *core)
{
    g_atomic_int_inc(&core->refs);
    return core;
}

void lease_core_unref(struct lease_core *core)
{
    if (!core || !g_atomic_int_dec_and_test(&core->refs))
        return;
    core->kind->free(core->keeper);
    lease_identity_free(core->identity);
    lease_found_clear(&core->seen);
    lease_view_clear(&core->view);
    pthread_mutex_destroy(&core->lock);
    g_free(core->trouble);
    g_free(core);
}

/* --- What others ask -------------------------------------------------------------------------- */

void lease_core_want(struct lease_core *core, gint64 delay_us)
{
    pthread_mutex_lock(&core->lock);
    core->wanted = TRUE;
    core->delay_us = MAX(delay_us, 0);
    pthread_mutex_unlock(&core->lock);
}

void lease_core_want_no_more(struct lease_core *core)
{
    pthread_mutex_lock(&core->lock);
    core->wanted = FALSE;
    pthread_mutex_unlock(&core->lock);
}

void lease_core_give_back(struct lease_core *core)
{
    pthread_mutex_lock(&core->lock);
    core->give_back = TRUE; /* also of one that is being taken right now */
    core->wanted = FALSE;
    atomic_store(&core->valid_until_us, G_MININT64);
    pthread_mutex_unlock(&core->lock);
}

gboolean lease_core_holds(struct lease_core *core)
{
    pthread_mutex_lock(&core->lock);
    gboolean holds = core->own_fence != 0;
    pthread_mutex_unlock(&core->lock);
    return holds;
}

gboolean lease_core_may_act(const struct lease_core *core)
{
    /* The clock first: a stop in between can only make the answer FALSE too early, never TRUE. */
    gint64 until_us = atomic_load(&core->valid_until_us);
    return now_us(core) < until_us;
}

gboolean lease_core_may_act_at(struct lease_core *core, gint64 *at_us, guint64 *fence)
{
    pthread_mutex_lock(&core->lock);
    gint64 until_us = atomic_load(&core->valid_until_us);
    *fence = core->own_fence;
    *at_us = now_us(core);
    pthread_mutex_unlock(&core->lock);
    return *at_us < until_us;
}

guint64 lease_core_ask(struct lease_core *core)
{
    pthread_mutex_lock(&core->lock);
    guint64 ticket = ++core->asked;
    pthread_mutex_unlock(&core->lock);
    return ticket;
}

gboolean lease_core_answer(struct lease_core *core, guint64 ticket, gboolean *went_through)
{
    pthread_mutex_lock(&core->lock);
    gboolean answered = ticket <= core->answered;
    *went_through = answered && core->went_through;
    pthread_mutex_unlock(&core->lock);
    return answered;
}

guint64 lease_core_answered(struct lease_core *core)
{
    pthread_mutex_lock(&core->lock);
    guint64 ticket = core->answered;
    pthread_mutex_unlock(&core->lock);
    return ticket;
}

void lease_view_clear(struct lease_view *view)
{
    g_free((char *)view->host);
    g_free((char *)view->who);
    g_free((char *)view->what);
    g_free((char *)view->socket);
    g_free((char *)view->boot_id);
    g_free((char *)view->trouble);
    *view = (struct lease_view){0};
}

static struct lease_view view_copy(const struct lease_view *view)
{
    struct lease_view copy = *view;
    copy.host = g_strdup(view->host);
    copy.who = g_strdup(view->who);
    copy.what = g_strdup(view->what);
    copy.socket = g_strdup(view->socket);
    copy.boot_id = g_strdup(view->boot_id);
    copy.trouble = g_strdup(view->trouble);
    return copy;
}

gboolean lease_core_view(struct lease_core *core, guint64 *number, struct lease_view *view)
{
    pthread_mutex_lock(&core->lock);
    gboolean changed = core->view_number != *number;
    if (changed) {
        *number = core->view_number;
        *view = view_copy(&core->view);
    }
    pthread_mutex_unlock(&core->lock);
    return changed;
}

/* --- What is told ----------------------------------------------------------------------------- */

static gboolean view_equal(const struct lease_view *a, const struct lease_view *b)
{
    return a->state == b->state && a->fence == b->fence && a->own_fence == b->own_fence &&
           a->pid == b->pid && a->released == b->released && g_strcmp0(a->host, b->host) == 0 &&
           g_strcmp0(a->who, b->who) == 0 && g_strcmp0(a->what, b->what) == 0 &&
           g_strcmp0(a->socket, b->socket) == 0 && g_strcmp0(a->boot_id, b->boot_id) == 0 &&
           g_strcmp0(a->trouble, b->trouble) == 0;
}

static enum lease_state state_now(const struct lease_core *core)
{
    if (core->holds)
        return LEASE_MINE;
    if (core->blind)
        return LEASE_TROUBLE;
    if (core->free)
        return LEASE_FREE;
    return core->alive ? LEASE_HELD : LEASE_UNKNOWN;
}

static void publish(struct lease_core *core)
{
    const struct lease_identity *identity = core->holds ? core->identity : core->seen.identity;
    struct lease_view view = {
        .state = state_now(core),
        .fence = core->greatest,
        .own_fence = core->holds ? core->own.fence : 0,
        .released = !core->holds && core->seen.exists && core->seen.record.hold == LEASE_HOLD_FREE,
        .trouble = core->trouble ? core->trouble : core->seen.oddity,
    };
    if (identity) {
        view.host = identity->host;
        view.who = identity->who;
        view.what = identity->what;
        view.socket = identity->socket;
        view.boot_id = identity->boot_id;
        view.pid = identity->pid;
    }
    pthread_mutex_lock(&core->lock);
    if (core->view_number == 0 || !view_equal(&view, &core->view)) {
        struct lease_view old = core->view;
        core->view = view_copy(&view);
        core->view_number++;
        lease_view_clear(&old);
    }
    pthread_mutex_unlock(&core->lock);
}

/* Takes the error over; NULL = all is well. */
static void set_trouble(struct lease_core *core, GError *error)
{
    g_free(core->trouble);
    core->trouble = error ? g_strdup(error->message) : NULL;
    g_clear_error(&error);
}

static void answer(struct lease_core *core, guint64 ticket, gboolean went_through)
{
    pthread_mutex_lock(&core->lock);
    core->answered = ticket;
    core->went_through = went_through;
    pthread_mutex_unlock(&core->lock);
}

/* --- Holding ---------------------------------------------------------------------------------- */

/* The lease is as `record` from now on, by our own doing or as we found it. */
static void see(struct lease_core *core, const struct lease_record *record, gint64 at_us)
{
    core->seen.exists = TRUE;
    core->seen.record = *record;
    core->since_us = at_us;
    core->looked = TRUE;
    core->looked_us = at_us;
    core->blind = FALSE;
    core->free = FALSE;
    core->greatest = MAX(core->greatest, record->fence);
}

static void believe(struct lease_core *core, gint64 began_us)
{
    pthread_mutex_lock(&core->lock);
    if (!core->give_back) /* asked for meanwhile: it stays invalid */
        atomic_store(&core->valid_until_us, began_us + core->valid_us);
    pthread_mutex_unlock(&core->lock);
}

static void begin_to_hold(struct lease_core *core, const struct lease_record *record,
                          gint64 began_us)
{
    core->holds = TRUE;
    core->own = *record;
    see(core, record, began_us);
    lease_identity_free(core->seen.identity);
    core->seen.identity = lease_identity_copy(core->identity);
    pthread_mutex_lock(&core->lock);
    core->own_fence = record->fence;
    pthread_mutex_unlock(&core->lock);
    believe(core, began_us);
}

/* Given back, or lost; what is lost is wanted no more. */
static void end_to_hold(struct lease_core *core, gboolean lost)
{
    core->holds = FALSE;
    core->alive = FALSE;
    pthread_mutex_lock(&core->lock);
    atomic_store(&core->valid_until_us, G_MININT64);
    core->own_fence = 0;
    core->give_back = FALSE;
    if (lost)
        core->wanted = FALSE;
    pthread_mutex_unlock(&core->lock);
}

/* --- Watching --------------------------------------------------------------------------------- */

/* The moment from which it counts as free, if it stays as it is. */
static gint64 free_from(const struct lease_core *core)
{
    if (core->seen.exists && core->seen.record.hold == LEASE_HOLD_FREE)
        return core->since_us;
    return core->since_us + core->expiry_us;
}

/* Whether what was found is what was there before, as far as waiting for it goes. */
static gboolean stands_still(const struct lease_core *core, const struct lease_found *found,
                             gint64 at_us)
{
    if (!core->looked || found->exists != core->seen.exists ||
        (found->exists && !lease_record_equal(&found->record, &core->seen.record)))
        return FALSE;
    /* A watcher that was away leaves a holder that was away with it the time to come back. */
    return core->free || at_us - core->looked_us <= MAX(core->expiry_us / 2, 3 * core->beat_us);
}

static gboolean look(struct lease_core *core)
{
    struct lease_found found = {0};
    GError *error = NULL;
    gboolean looked = core->kind->look(core->keeper, &found, &error);
    /* After the look: what it shows was so at some moment before. */
    gint64 at_us = now_us(core);
    core->blind = !looked;
    if (!looked) {
        set_trouble(core, error);
        core->free = FALSE;
        lease_found_clear(&found);
        return FALSE;
    }
    set_trouble(core, NULL);
    if (!stands_still(core, &found, at_us)) {
        core->alive = core->looked && found.exists && found.record.hold == LEASE_HOLD_HELD &&
                      !(core->seen.exists && lease_record_equal(&found.record, &core->seen.record));
        core->since_us = at_us;
        core->free = FALSE;
    }
    lease_found_clear(&core->seen);
    core->seen = found;
    core->looked = TRUE;
    core->looked_us = at_us;
    if (found.exists)
        core->greatest = MAX(core->greatest, found.record.fence);
    if (!core->free && at_us >= free_from(core)) {
        core->free = TRUE;
        core->alive = FALSE;
        core->free_since_us = at_us;
    }
    return TRUE;
}

/* FALSE when it was not to be had this time. */
static gboolean take(struct lease_core *core)
{
    struct lease_record to = {.fence = core->greatest + 1, .hold = LEASE_HOLD_HELD};
    GError *error = NULL;
    if (core->greatest >= LEASE_FENCE_MOST) {
        set_trouble(core, g_error_new(ROOST_ERROR, ROOST_ERROR_FAILED,
                                      "the lease's number cannot grow any more: somebody has "
                                      "written it by hand"));
        return FALSE;
    }
    lease_record_new_mark(&to);
    gint64 began_us = now_us(core);
    enum lease_outcome outcome =
        core->kind->take(core->keeper, &core->seen.record, &to, core->identity, &error);
    set_trouble(core, error);
    if (outcome == LEASE_DONE)
        begin_to_hold(core, &to, began_us);
    return outcome == LEASE_DONE;
}

static gint64 step_watching(struct lease_core *core, const struct asks *asks)
{
    answer(core, asks->ticket, FALSE);
    if (!look(core))
        return now_us(core) + core->beat_us;
    gint64 at_us = core->looked_us;
    if (asks->wanted && !core->seen.exists) {
        GError *error = NULL;
        gboolean seeded = core->kind->seed(core->keeper, &error);
        if (seeded)
            look(core); /* the wait begins when it is seen */
        else
            set_trouble(core, error);
        return at_us + core->beat_us;
    }
    gint64 next_us = at_us + core->beat_us;
    gint64 take_us = core->free ? core->free_since_us : free_from(core);
    if (asks->wanted && core->free)
        take_us += asks->delay_us;
    if (asks->wanted && core->free && at_us >= take_us)
        return take(core) ? core->since_us + core->beat_us : next_us;
    return take_us > at_us ? MIN(next_us, take_us) : next_us;
}

static gint64 step_holding(struct lease_core *core, struct asks *asks)
{
    GError *error = NULL;
    gint64 began_us = now_us(core);
    enum lease_outcome outcome = core->kind->beat(
        core->keeper, &core->own, asks->give_back ? LEASE_HOLD_FREE : LEASE_HOLD_HELD,
        core->identity, &error);
    set_trouble(core, error);
    answer(core, asks->ticket, outcome == LEASE_DONE && !asks->give_back);
    if (outcome == LEASE_LOST) {
        end_to_hold(core, TRUE);
        asks->wanted = FALSE;
        return step_watching(core, asks); /* to see who has it */
    }
    if (outcome == LEASE_FAILED)
        return now_us(core) + core->beat_us;
    see(core, &core->own, now_us(core));
    if (asks->give_back) {
        end_to_hold(core, FALSE);
        core->free = TRUE;
        core->free_since_us = core->since_us;
    } else {
        believe(core, began_us);
    }
    return began_us + core->beat_us;
}

gint64 lease_core_step(struct lease_core *core)
{
    pthread_mutex_lock(&core->lock);
    if (!core->holds)
        core->give_back = FALSE;
    struct asks asks = {core->wanted, core->delay_us, core->give_back, core->asked};
    pthread_mutex_unlock(&core->lock);
    gint64 next_us = core->holds ? step_holding(core, &asks) : step_watching(core, &asks);
    publish(core);
    return next_us;
}
