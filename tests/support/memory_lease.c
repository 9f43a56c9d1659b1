#include "tests/support/memory_lease.h"

#define BEAT_US    CLOCK_SECOND_US
#define VALID_US   (4 * CLOCK_SECOND_US)
#define EXPIRY_US  (6 * CLOCK_SECOND_US)
#define QUICK_US   (CLOCK_SECOND_US / 1000)
#define SLOW_US    (CLOCK_SECOND_US / 20)
#define STUMBLES   0.002
#define STUMBLE_US (8 * CLOCK_SECOND_US)

struct memory_lease {
    struct lease_register *shared;
    struct clock *clock;
    struct sim_random *random;
    memory_lease_func changed;
    gpointer data;
    GPtrArray *timers; /* struct question *, owned: under way */
    guint beat;        /* timer */
    gboolean wanted;
    gint64 delay_us;
    guint64 own_fence; /* 0 = not held */
    gint64 valid_until_us;
    gint64 begun_us; /* the look, or beat, under way */
    guint64 seen_fence;
    guint64 seen_counter;
    gint64 stands_since_us; /* -1 = not seen yet */
    gint64 free_since_us;   /* -1 = it is not */
};

struct question {
    struct memory_lease *lease;
    void (*confirmed)(gboolean may_act, gpointer asker);
    gpointer asker;
    gint64 begun_us;
    guint timer;
};

static void begin_beat(gpointer data);

static gint64 latency_us(struct memory_lease *lease)
{
    if (sim_random_chance(lease->random, STUMBLES))
        return sim_random_between(lease->random, SLOW_US, STUMBLE_US);
    return sim_random_between(lease->random, QUICK_US, SLOW_US);
}

static void beat_after(struct memory_lease *lease, gint64 after_us)
{
    clock_cancel_timer(lease->clock, lease->beat);
    lease->beat = clock_add_timer(lease->clock, after_us, begin_beat, lease);
}

static void lose(struct memory_lease *lease)
{
    lease->own_fence = 0;
    lease->wanted = FALSE;
    lease->stands_since_us = lease->free_since_us = -1;
    lease->changed(FALSE, lease->data);
}

static void look(struct memory_lease *lease)
{
    const struct lease_register *shared = lease->shared;
    gint64 now_us = clock_mono_us(lease->clock);
    gboolean moved = lease->stands_since_us < 0 || shared->fence != lease->seen_fence ||
                     shared->counter != lease->seen_counter;
    gboolean is_free;

    lease->seen_fence = shared->fence;
    lease->seen_counter = shared->counter;
    if (moved)
        lease->stands_since_us = now_us;
    is_free = shared->fence == 0 || shared->released ||
              (!moved && lease->begun_us - lease->stands_since_us >= EXPIRY_US);
    if (!is_free)
        lease->free_since_us = -1;
    else if (lease->free_since_us < 0)
        lease->free_since_us = now_us;
}

/* Nobody else has come before: what is there is what was seen. */
static void take(struct memory_lease *lease)
{
    struct lease_register *shared = lease->shared;

    shared->fence++;
    shared->counter++;
    shared->released = FALSE;
    lease->own_fence = shared->fence;
    lease->valid_until_us = lease->begun_us + VALID_US;
    lease->changed(TRUE, lease->data);
}

static void end_beat(gpointer data)
{
    struct memory_lease *lease = data;

    lease->beat = 0;
    beat_after(lease, BEAT_US);
    if (lease->own_fence > 0 && lease->shared->fence != lease->own_fence) {
        lose(lease);
    } else if (lease->own_fence > 0) {
        lease->shared->counter++;
        lease->valid_until_us = lease->begun_us + VALID_US;
    } else {
        look(lease);
        if (lease->wanted && lease->free_since_us >= 0 &&
            clock_mono_us(lease->clock) - lease->free_since_us >= lease->delay_us)
            take(lease);
    }
}

static void begin_beat(gpointer data)
{
    struct memory_lease *lease = data;

    lease->begun_us = clock_mono_us(lease->clock);
    lease->beat = clock_add_timer(lease->clock, latency_us(lease), end_beat, lease);
}

struct memory_lease *memory_lease_new(struct lease_register *shared, struct clock *clock,
                                      struct sim_random *random, memory_lease_func changed,
                                      gpointer data)
{
    struct memory_lease *lease = g_new0(struct memory_lease, 1);

    lease->shared = shared;
    lease->clock = clock;
    lease->random = random;
    lease->changed = changed;
    lease->data = data;
    lease->timers = g_ptr_array_new();
    lease->stands_since_us = lease->free_since_us = -1;
    beat_after(lease, 0);
    return lease;
}

void memory_lease_free(struct memory_lease *lease)
{
    if (!lease)
        return;
    clock_cancel_timer(lease->clock, lease->beat);
    for (guint i = 0; i < lease->timers->len; i++) {
        struct question *question = g_ptr_array_index(lease->timers, i);
        clock_cancel_timer(lease->clock, question->timer);
        g_free(question);
    }
    g_ptr_array_unref(lease->timers);
    g_free(lease);
}

void memory_lease_want(struct memory_lease *lease, gint64 delay_us)
{
    lease->wanted = TRUE;
    lease->delay_us = delay_us;
}

void memory_lease_give_back(struct memory_lease *lease)
{
    if (lease->own_fence > 0 && lease->shared->fence == lease->own_fence)
        lease->shared->released = TRUE;
    lease->own_fence = 0;
    lease->wanted = FALSE;
}

gboolean memory_lease_may_act(const struct memory_lease *lease)
{
    return lease->own_fence > 0 && clock_mono_us(lease->clock) < lease->valid_until_us;
}

guint64 memory_lease_fence(const struct memory_lease *lease)
{
    return lease->own_fence;
}

static void end_confirm(gpointer data)
{
    struct question *question = data;
    struct memory_lease *lease = question->lease;
    gboolean may_act = lease->own_fence > 0 && lease->shared->fence == lease->own_fence;

    if (may_act) { /* it is a beat as well */
        lease->shared->counter++;
        lease->valid_until_us = MAX(lease->valid_until_us, question->begun_us + VALID_US);
    }
    may_act = may_act && memory_lease_may_act(lease);

    g_ptr_array_remove_fast(lease->timers, question);
    question->confirmed(may_act, question->asker);
    g_free(question);
}

void memory_lease_confirm(struct memory_lease *lease,
                          void (*confirmed)(gboolean may_act, gpointer asker), gpointer asker)
{
    struct question *question = g_new(struct question, 1);

    *question = (struct question){lease, confirmed, asker, clock_mono_us(lease->clock), 0};
    g_ptr_array_add(lease->timers, question);
    question->timer = clock_add_timer(lease->clock, latency_us(lease), end_confirm, question);
}
