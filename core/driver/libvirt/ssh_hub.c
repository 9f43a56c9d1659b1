#include "core/driver/libvirt/ssh_hub.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/base/error.h"
#include "core/base/small_thread.h"

#define EVENTS_AT_ONCE 64
#define NEVER          G_MAXINT64

/* What other threads may touch. */
static struct {
    pthread_mutex_t lock;
    gboolean running;
    int wake; /* eventfd */
    GQueue poked;
} shared = {.lock = PTHREAD_MUTEX_INITIALIZER};

/* The hub's own. */
struct hub {
    int epoll;
    int wake;
    GPtrArray *seats; /* struct ssh_hub_seat * */
    GPtrArray *due;   /* those that have something to do in this round */
    gint64 next_us;   /* no deadline is nearer than this */
};
static struct hub hub;

/* --- From outside --- */

static void close_descriptors(void)
{
    if (hub.epoll >= 0)
        close(hub.epoll);
    if (hub.wake >= 0)
        close(hub.wake);
}

static gboolean open_descriptors(GError **error)
{
    struct epoll_event event = {.events = EPOLLIN, .data.ptr = NULL};

    hub.epoll = epoll_create1(EPOLL_CLOEXEC);
    hub.wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (hub.epoll >= 0 && hub.wake >= 0 &&
        epoll_ctl(hub.epoll, EPOLL_CTL_ADD, hub.wake, &event) == 0)
        return TRUE;
    g_set_error(error, ROOST_ERROR, ROOST_ERROR_FAILED, "epoll: %s", g_strerror(errno));
    close_descriptors();
    return FALSE;
}

/* With the lock held. */
static void wake_hub(void)
{
    guint64 one = 1;

    /* Cannot fail but when it has been told 2^64 times already. */
    if (write(shared.wake, &one, sizeof one) < 0)
        return;
}

static void push_poked(struct ssh_hub_seat *seat)
{
    if (!seat->poked) {
        seat->poked = TRUE;
        if (g_queue_is_empty(&shared.poked))
            wake_hub();
        g_queue_push_tail(&shared.poked, seat);
    }
}

void ssh_hub_poke(struct ssh_hub_seat *seat)
{
    pthread_mutex_lock(&shared.lock);
    push_poked(seat);
    pthread_mutex_unlock(&shared.lock);
}

void ssh_hub_watch(struct ssh_hub_seat *seat, enum ssh_hub_slot slot, int fd, guint32 events)
{
    struct epoll_event event = {.events = events};
    int before = seat->watched[slot].fd;

    if (before == fd && seat->watched[slot].events == events)
        return;
    /* Both in one word: seats are aligned. */
    event.data.u64 = (guint64)(gsize)seat | slot;
    if (before >= 0 && before != fd)
        epoll_ctl(hub.epoll, EPOLL_CTL_DEL, before, NULL);
    if (fd >= 0)
        epoll_ctl(hub.epoll, before == fd ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, fd, &event);
    seat->watched[slot].fd = fd;
    seat->watched[slot].events = events;
}

/* --- The thread --- */

static void mark_due(struct ssh_hub_seat *seat, guint what)
{
    if (!seat->ready)
        g_ptr_array_add(hub.due, seat);
    seat->ready |= what;
}

static void take_event(const struct epoll_event *event)
{
    guint slot = (guint)(event->data.u64 & 1);
    struct ssh_hub_seat *seat = (struct ssh_hub_seat *)(gsize)(event->data.u64 & ~(guint64)1);
    guint64 count;

    if (!event->data.u64) {
        if (read(hub.wake, &count, sizeof count) < 0)
            return;
        return;
    }
    mark_due(seat, 1u << slot);
    if (slot == SSH_HUB_LOCAL && event->events & (EPOLLHUP | EPOLLERR))
        mark_due(seat, SSH_HUB_LOCAL_GONE);
}

static void take_seat(struct ssh_hub_seat *seat)
{
    seat->place = hub.seats->len;
    g_ptr_array_add(hub.seats, seat);
}

static void leave_seat(struct ssh_hub_seat *seat)
{
    for (guint slot = 0; slot < SSH_HUB_SLOTS; slot++)
        ssh_hub_watch(seat, slot, -1, 0);
    g_ptr_array_remove_index_fast(hub.seats, seat->place);
    if (seat->place < hub.seats->len) {
        struct ssh_hub_seat *moved = g_ptr_array_index(hub.seats, seat->place);

        moved->place = seat->place;
    }
    seat->end(seat);
    pthread_mutex_lock(&shared.lock);
    if (seat->poked)
        g_queue_remove(&shared.poked, seat);
    pthread_mutex_unlock(&shared.lock);
    seat->release(seat);
}

static void take_poked(void)
{
    struct ssh_hub_seat *seat;

    pthread_mutex_lock(&shared.lock);
    while ((seat = g_queue_pop_head(&shared.poked))) {
        seat->poked = FALSE;
        if (seat->place == G_MAXUINT)
            take_seat(seat);
        mark_due(seat, SSH_HUB_POKED);
    }
    pthread_mutex_unlock(&shared.lock);
}

static void take_late(void)
{
    gint64 now_us = g_get_monotonic_time();

    if (now_us < hub.next_us)
        return;
    hub.next_us = NEVER;
    for (guint i = 0; i < hub.seats->len; i++) {
        struct ssh_hub_seat *seat = g_ptr_array_index(hub.seats, i);

        if (seat->deadline_us && seat->deadline_us <= now_us)
            mark_due(seat, SSH_HUB_LATE);
        else if (seat->deadline_us)
            hub.next_us = MIN(hub.next_us, seat->deadline_us);
    }
}

static void step_due(void)
{
    for (guint i = 0; i < hub.due->len; i++) {
        struct ssh_hub_seat *seat = g_ptr_array_index(hub.due, i);
        guint what = seat->ready;

        seat->ready = 0;
        if (!seat->step(seat, what))
            leave_seat(seat);
        else if (seat->deadline_us)
            hub.next_us = MIN(hub.next_us, seat->deadline_us);
    }
    g_ptr_array_set_size(hub.due, 0);
}

static int sleep_ms(void)
{
    gint64 left_us;

    if (hub.next_us == NEVER)
        return -1;
    left_us = hub.next_us - g_get_monotonic_time();
    return left_us <= 0 ? 0 : (int)MIN(left_us / 1000 + 1, G_MAXINT);
}

/* TRUE when nobody is there any more, and nobody can come: then the thread ends. */
static gboolean may_end(void)
{
    gboolean end;

    if (hub.seats->len > 0)
        return FALSE;
    pthread_mutex_lock(&shared.lock);
    end = g_queue_is_empty(&shared.poked);
    if (end) {
        close_descriptors();
        g_ptr_array_unref(hub.seats);
        g_ptr_array_unref(hub.due);
        shared.running = FALSE;
    }
    pthread_mutex_unlock(&shared.lock);
    return end;
}

static void run_hub(gpointer unused)
{
    struct epoll_event events[EVENTS_AT_ONCE];

    (void)unused;
    do {
        int n = epoll_wait(hub.epoll, events, EVENTS_AT_ONCE, sleep_ms());

        for (int i = 0; i < n; i++)
            take_event(&events[i]);
        take_poked();
        take_late();
        step_due();
    } while (!may_end());
}

/* With the lock held. */
static gboolean start_hub(GError **error)
{
    if (shared.running)
        return TRUE;
    if (!open_descriptors(error))
        return FALSE;
    hub.seats = g_ptr_array_new();
    hub.due = g_ptr_array_new();
    hub.next_us = NEVER;
    shared.wake = hub.wake;
    shared.running = small_thread_start(run_hub, NULL, error);
    if (!shared.running) {
        close_descriptors();
        g_ptr_array_unref(hub.seats);
        g_ptr_array_unref(hub.due);
    }
    return shared.running;
}

gboolean ssh_hub_join(struct ssh_hub_seat *seat, GError **error)
{
    gboolean joined;

    seat->place = G_MAXUINT;
    seat->ready = 0;
    seat->poked = FALSE;
    for (guint slot = 0; slot < SSH_HUB_SLOTS; slot++)
        seat->watched[slot].fd = -1;
    pthread_mutex_lock(&shared.lock);
    joined = start_hub(error);
    if (joined)
        push_poked(seat);
    pthread_mutex_unlock(&shared.lock);
    return joined;
}
