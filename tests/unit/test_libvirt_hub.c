/* The one thread that drives all standing sessions: sockets here stand for them. */
#include "core/driver/libvirt/ssh_hub.h"

#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

struct seat {
    struct ssh_hub_seat seat; /* first */
    GAsyncQueue *news;        /* "read x", "poked", "late", "end", "release" */
    int ours;                 /* the hub watches this one */
    int theirs;
    gint deadline_ms; /* atomic; 0 = none, taken at the next poke */
    gint leaves;      /* atomic: the next poke is the last */
};

static void tell(struct seat *seat, const char *news)
{
    g_async_queue_push(seat->news, g_strdup(news));
}

static void read_one(struct seat *seat)
{
    char byte = 0;
    g_autofree char *news = NULL;

    if (recv(seat->ours, &byte, 1, MSG_DONTWAIT) != 1)
        return;
    news = g_strdup_printf("read %c", byte);
    tell(seat, news);
}

static gboolean step(struct ssh_hub_seat *base, guint what)
{
    struct seat *seat = (struct seat *)base;
    gint deadline_ms = g_atomic_int_get(&seat->deadline_ms);
    gboolean leaves = what & SSH_HUB_POKED && g_atomic_int_get(&seat->leaves);

    if (what & SSH_HUB_REMOTE_READY)
        read_one(seat);
    if (what & SSH_HUB_POKED)
        tell(seat, "poked");
    if (what & SSH_HUB_LATE)
        tell(seat, "late");
    base->deadline_us =
        what & SSH_HUB_POKED && deadline_ms ? g_get_monotonic_time() + deadline_ms * 1000 : 0;
    ssh_hub_watch(base, SSH_HUB_REMOTE, seat->ours, EPOLLIN);
    return !leaves;
}

static void end(struct ssh_hub_seat *base)
{
    tell((struct seat *)base, "end");
}

static void release(struct ssh_hub_seat *base)
{
    tell((struct seat *)base, "release");
}

static struct seat *sit_down(void)
{
    struct seat *seat = g_new0(struct seat, 1);
    g_autoptr(GError) error = NULL;
    int pair[2];

    g_assert_cmpint(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), ==, 0);
    seat->ours = pair[0];
    seat->theirs = pair[1];
    seat->news = g_async_queue_new_full(g_free);
    seat->seat.step = step;
    seat->seat.end = end;
    seat->seat.release = release;
    g_assert_true(ssh_hub_join(&seat->seat, &error));
    g_assert_no_error(error);
    return seat;
}

static void expect(struct seat *seat, const char *news)
{
    g_autofree char *got = g_async_queue_pop(seat->news);

    g_assert_cmpstr(got, ==, news);
}

static void stand_up(struct seat *seat)
{
    g_atomic_int_set(&seat->leaves, 1);
    ssh_hub_poke(&seat->seat);
    expect(seat, "poked");
    expect(seat, "end");
    expect(seat, "release");
    close(seat->ours);
    close(seat->theirs);
    g_async_queue_unref(seat->news);
    g_free(seat);
}

static void test_steps_for_what_comes(void)
{
    struct seat *seat = sit_down();

    expect(seat, "poked"); /* the first step */
    g_assert_cmpint(write(seat->theirs, "a", 1), ==, 1);
    expect(seat, "read a");
    ssh_hub_poke(&seat->seat);
    expect(seat, "poked");
    g_assert_cmpint(write(seat->theirs, "b", 1), ==, 1);
    expect(seat, "read b");
    stand_up(seat);
}

static void test_tells_when_it_is_late_once(void)
{
    struct seat *seat = sit_down();

    expect(seat, "poked");
    g_atomic_int_set(&seat->deadline_ms, 1);
    ssh_hub_poke(&seat->seat);
    expect(seat, "poked");
    expect(seat, "late");
    g_atomic_int_set(&seat->deadline_ms, 0);
    g_assert_cmpint(write(seat->theirs, "a", 1), ==, 1);
    expect(seat, "read a");
    stand_up(seat);
}

/* Far more than are watched in one turn, and gone in another order than they came. */
static void test_serves_many(void)
{
    struct seat *seats[200];

    for (guint i = 0; i < G_N_ELEMENTS(seats); i++)
        seats[i] = sit_down();
    for (guint i = 0; i < G_N_ELEMENTS(seats); i++)
        expect(seats[i], "poked");
    for (guint i = 0; i < G_N_ELEMENTS(seats); i += 2)
        stand_up(seats[i]);
    for (guint i = 1; i < G_N_ELEMENTS(seats); i += 2)
        g_assert_cmpint(write(seats[i]->theirs, "z", 1), ==, 1);
    for (guint i = 1; i < G_N_ELEMENTS(seats); i += 2)
        expect(seats[i], "read z");
    for (guint i = 1; i < G_N_ELEMENTS(seats); i += 2)
        stand_up(seats[i]);
}

/* Its thread ends with the last seat; the next finds another. */
static void test_begins_again(void)
{
    for (guint i = 0; i < 50; i++) {
        struct seat *seat = sit_down();

        expect(seat, "poked");
        stand_up(seat);
    }
}

int main(int argc, char **argv)
{
    g_test_init(&argc, &argv, NULL);
    g_test_add_func("/libvirt/hub/steps_for_what_comes", test_steps_for_what_comes);
    g_test_add_func("/libvirt/hub/tells_when_it_is_late_once", test_tells_when_it_is_late_once);
    g_test_add_func("/libvirt/hub/serves_many", test_serves_many);
    g_test_add_func("/libvirt/hub/begins_again", test_begins_again);
    return g_test_run();
}
