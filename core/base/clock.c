#include "core/base/clock.h"

/* How long one dispatch may run timers before the main loop gets its turn again. */
#define DISPATCH_MOST_US 4000

#define FIRST_SLOTS 64

enum clock_kind {
    CLOCK_REAL,
    CLOCK_STEPPED,
    CLOCK_PACED,
};

struct timer {
    guint id;
    guint place; /* index in the heap */
    clock_func func;
    gpointer data;
};

/* What is compared lies in the heap itself: the timers are all over the memory. */
struct heap_entry {
    gint64 at_us;
    guint64 order; /* timers due at one time run in the order they were added */
    struct timer *timer;
};

struct clock {
    enum clock_kind kind;
    struct heap_entry *heap; /* owned, timers too; the earliest first */
    guint n_heap;
    guint heap_room;
    struct timer *spare;  /* to be used again, linked by `data` */
    struct timer **slots; /* borrowed; a timer is at its id modulo n_slots, a power of two */
    guint n_slots;
    guint next_id;
    guint64 next_order;
    GSource *source; /* NULL for a stepped clock */
    gint64 wall_start_us;
    gint64 now_us;       /* simulated: the time shown, or where pacing began */
    gint64 real_base_us; /* paced: real time at which now_us was right */
    guint speed;
    gboolean dispatching;
};

struct clock_source {
    GSource source;
    struct clock *clock;
};

static gboolean is_before(const struct heap_entry *a, const struct heap_entry *b)
{
    return a->at_us < b->at_us || (a->at_us == b->at_us && a->order < b->order);
}

static void heap_put(struct clock *clock, guint place, struct heap_entry entry)
{
    clock->heap[place] = entry;
    entry.timer->place = place;
}

/* Puts it at the place, or above. */
static void heap_rise(struct clock *clock, guint place, struct heap_entry entry)
{
    while (place > 0) {
        guint parent = (place - 1) / 2;
        if (!is_before(&entry, &clock->heap[parent]))
            break;
        heap_put(clock, place, clock->heap[parent]);
        place = parent;
    }
    heap_put(clock, place, entry);
}

static struct timer **slot_of(const struct clock *clock, guint id)
{
    return &clock->slots[id & (clock->n_slots - 1)];
}

/* Every live timer keeps its id, so each finds a place of its own in a table twice as large. */
static void slots_double(struct clock *clock)
{
    g_free(clock->slots);
    clock->n_slots *= 2;
    clock->slots = g_new0(struct timer *, clock->n_slots);
    for (guint i = 0; i < clock->n_heap; i++)
        *slot_of(clock, clock->heap[i].timer->id) = clock->heap[i].timer;
}

/* Ids go up, over those whose slot is taken, and come again after four thousand million timers. */
static void slots_insert(struct clock *clock, struct timer *timer)
{
    if (clock->n_heap * 2 > clock->n_slots)
        slots_double(clock);
    do {
        timer->id = clock->next_id++;
    } while (timer->id == 0 || *slot_of(clock, timer->id));
    *slot_of(clock, timer->id) = timer;
}

/*
 * The gap falls to the bottom, where the last timer, which came from there, mostly belongs: that
 * takes half the comparisons of letting it sink from the top.
 */
static void heap_remove(struct clock *clock, guint place)
{
    struct heap_entry last = clock->heap[--clock->n_heap];
    guint child;

    if (place == clock->n_heap)
        return;
    while ((child = 2 * place + 1) < clock->n_heap) {
        if (child + 1 < clock->n_heap && is_before(&clock->heap[child + 1], &clock->heap[child]))
            child++;
        heap_put(clock, place, clock->heap[child]);
        place = child;
    }
    heap_rise(clock, place, last);
}

static void heap_add(struct clock *clock, gint64 at_us, struct timer *timer)
{
    if (clock->n_heap == clock->heap_room) {
        clock->heap_room *= 2;
        clock->heap = g_renew(struct heap_entry, clock->heap, clock->heap_room);
    }
    heap_rise(clock, clock->n_heap++, (struct heap_entry){at_us, clock->next_order++, timer});
}

static struct timer *timer_new(struct clock *clock)
{
    struct timer *timer = clock->spare;

    if (!timer)
        return g_new(struct timer, 1);
    clock->spare = timer->data;
    return timer;
}

static void timer_drop(struct clock *clock, struct timer *timer)
{
    timer->data = clock->spare;
    clock->spare = timer;
}

/* The time a paced clock has reached, given how much real time has gone by. */
static gint64 paced_now_us(const struct clock *clock)
{
    return clock->now_us + (g_get_monotonic_time() - clock->real_base_us) * clock->speed;
}

static gint64 due_until_us(const struct clock *clock)
{
    return clock->kind == CLOCK_REAL ? g_get_monotonic_time() : paced_now_us(clock);
}

/* Sets when the main loop must come back: at the first timer, or never. */
static void clock_arm(struct clock *clock)
{
    gint64 at_us;

    if (!clock->source || clock->dispatching)
        return;
    if (clock->n_heap == 0 || (clock->kind == CLOCK_PACED && clock->speed == 0)) {
        g_source_set_ready_time(clock->source, -1);
        return;
    }
    at_us = clock->heap[0].at_us;
    if (clock->kind == CLOCK_PACED) {
        gint64 ahead_us = MAX(at_us - clock->now_us, 0);
        at_us = clock->real_base_us + (ahead_us + clock->speed - 1) / clock->speed;
    }
    g_source_set_ready_time(clock->source, at_us);
}

static void run_first_timer(struct clock *clock)
{
    struct timer *timer = clock->heap[0].timer;
    clock_func func = timer->func;
    gpointer data = timer->data;

    if (clock->kind != CLOCK_REAL && clock->heap[0].at_us > clock->now_us)
        clock->now_us = clock->heap[0].at_us;
    *slot_of(clock, timer->id) = NULL;
    heap_remove(clock, 0);
    timer_drop(clock, timer);
    func(data);
}

/*
 * Runs what is due, but not for longer than DISPATCH_MOST_US. A paced clock that cannot keep up
 * slows down rather than making the console wait.
 */
static gboolean clock_dispatch(GSource *source, GSourceFunc unused, gpointer unused_data)
{
    struct clock *clock = ((struct clock_source *)source)->clock;
    gint64 begun_us = g_get_monotonic_time();
    gint64 until_us = due_until_us(clock);
    gboolean late = FALSE;

    (void)unused;
    (void)unused_data;
    clock->dispatching = TRUE;
    while (clock->n_heap > 0 && clock->heap[0].at_us <= until_us && !late) {
        run_first_timer(clock);
        late = g_get_monotonic_time() - begun_us > DISPATCH_MOST_US;
    }
    clock->dispatching = FALSE;
    if (clock->kind == CLOCK_PACED) {
        if (!late && clock->speed > 0)
            clock->now_us = MAX(until_us, clock->now_us);
        clock->real_base_us = late ? g_get_monotonic_time() : begun_us;
    }
    clock_arm(clock);
    return G_SOURCE_CONTINUE;
}

static GSourceFuncs clock_source_funcs = {.dispatch = clock_dispatch};

static struct clock *clock_new(enum clock_kind kind, gint64 wall_start_us, guint speed)
{
    struct clock *clock = g_new0(struct clock, 1);

    clock->kind = kind;
    clock->wall_start_us = wall_start_us;
    clock->speed = speed;
    clock->now_us = 1; /* a stamp of 0 means never, so time begins after it */
    clock->real_base_us = g_get_monotonic_time();
    clock->heap_room = FIRST_SLOTS / 2;
    clock->heap = g_new(struct heap_entry, clock->heap_room);
    clock->n_slots = FIRST_SLOTS;
    clock->slots = g_new0(struct timer *, clock->n_slots);
    clock->next_id = 1;
    if (kind != CLOCK_STEPPED) {
        clock->source = g_source_new(&clock_source_funcs, sizeof(struct clock_source));
        ((struct clock_source *)clock->source)->clock = clock;
        g_source_set_ready_time(clock->source, -1);
        g_source_attach(clock->source, NULL);
    }
    return clock;
}

struct clock *clock_new_real(void)
{
    return clock_new(CLOCK_REAL, 0, 1);
}

struct clock *clock_new_stepped(gint64 wall_start_us)
{
    return clock_new(CLOCK_STEPPED, wall_start_us, 0);
}

struct clock *clock_new_paced(gint64 wall_start_us, guint speed)
{
    return clock_new(CLOCK_PACED, wall_start_us, MIN(speed, CLOCK_SPEED_MOST));
}

void clock_free(struct clock *clock)
{
    if (!clock)
        return;
    if (clock->source) {
        g_source_destroy(clock->source);
        g_source_unref(clock->source);
    }
    for (guint i = 0; i < clock->n_heap; i++)
        g_free(clock->heap[i].timer);
    while (clock->spare)
        g_free(timer_new(clock));
    g_free(clock->heap);
    g_free(clock->slots);
    g_free(clock);
}

gint64 clock_mono_us(const struct clock *clock)
{
    if (clock->kind == CLOCK_REAL)
        return g_get_monotonic_time();
    if (clock->kind == CLOCK_PACED && !clock->dispatching)
        return paced_now_us(clock);
    return clock->now_us;
}

gint64 clock_wall_us(const struct clock *clock)
{
    if (clock->kind == CLOCK_REAL)
        return g_get_real_time();
    return clock->wall_start_us + clock_mono_us(clock) - 1;
}

gboolean clock_is_simulated(const struct clock *clock)
{
    return clock->kind != CLOCK_REAL;
}

guint clock_add_timer(struct clock *clock, gint64 after_us, clock_func func, gpointer data)
{
    struct timer *timer = timer_new(clock);

    slots_insert(clock, timer);
    timer->func = func;
    timer->data = data;
    heap_add(clock, clock_mono_us(clock) + MAX(after_us, 0), timer);
    if (timer->place == 0)
        clock_arm(clock);
    return timer->id;
}

void clock_cancel_timer(struct clock *clock, guint id)
{
    struct timer *timer = *slot_of(clock, id);

    if (!timer || timer->id != id)
        return;
    *slot_of(clock, id) = NULL;
    heap_remove(clock, timer->place);
    timer_drop(clock, timer);
    clock_arm(clock);
}

gboolean clock_step(struct clock *clock)
{
    g_return_val_if_fail(clock->kind == CLOCK_STEPPED, FALSE);
    if (clock->n_heap == 0)
        return FALSE;
    run_first_timer(clock);
    return TRUE;
}

gint64 clock_next_us(const struct clock *clock)
{
    return clock->n_heap > 0 ? clock->heap[0].at_us : G_MAXINT64;
}

void clock_pass(struct clock *clock, gint64 until_us)
{
    g_return_if_fail(clock->kind == CLOCK_STEPPED);
    clock->now_us = MAX(clock->now_us, until_us);
}

gboolean clock_is_stepped(const struct clock *clock)
{
    return clock->kind == CLOCK_STEPPED;
}

void clock_set_speed(struct clock *clock, guint speed)
{
    if (clock->kind != CLOCK_PACED)
        return;
    if (!clock->dispatching)
        clock->now_us = paced_now_us(clock);
    clock->real_base_us = g_get_monotonic_time();
    clock->speed = MIN(speed, CLOCK_SPEED_MOST);
    clock_arm(clock);
}

guint clock_speed(const struct clock *clock)
{
    return clock->speed;
}
