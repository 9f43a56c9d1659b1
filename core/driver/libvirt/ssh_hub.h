/*
 * ssh_hub.h - the one thread that drives whatever stands on sockets and never blocks.
 *
 * One for the process: it starts when the first seat is taken and ends when the last is left. Each
 * seat watches two sockets, can be poked by any thread, and may have a deadline. Its step is called
 * by the hub with what there is for it; it must not block. Where nothing happens the hub sleeps.
 */
#ifndef ROOST_DRIVER_LIBVIRT_SSH_HUB_H
#define ROOST_DRIVER_LIBVIRT_SSH_HUB_H

#include <glib.h>

/* The two sockets. */
enum ssh_hub_slot {
    SSH_HUB_REMOTE,
    SSH_HUB_LOCAL,
    SSH_HUB_SLOTS,
};

/* What a step is told. */
#define SSH_HUB_REMOTE_READY (1u << SSH_HUB_REMOTE)
#define SSH_HUB_LOCAL_READY  (1u << SSH_HUB_LOCAL)
#define SSH_HUB_LOCAL_GONE   (1u << 2) /* its other end is closed */
#define SSH_HUB_POKED        (1u << 3)
#define SSH_HUB_LATE         (1u << 4) /* the deadline has passed */

/* Embedded in its owner, which fills the first four. */
struct ssh_hub_seat {
    /* FALSE when it is over. */
    gboolean (*step)(struct ssh_hub_seat *seat, guint what);
    /* It is over: its sockets are no longer watched, and after this nobody may poke it. */
    void (*end)(struct ssh_hub_seat *seat);
    /* The hub's last word: the owner may free it. */
    void (*release)(struct ssh_hub_seat *seat);
    gint64 deadline_us; /* g_get_monotonic_time's, 0 = none; only step may change it */
    /* The hub's: */
    struct {
        int fd; /* -1 = not watched */
        guint32 events;
    } watched[SSH_HUB_SLOTS];
    guint ready;
    guint place;
    gboolean poked;
};

/*
 * Any thread: takes the seat; its first step comes soon, with SSH_HUB_POKED. FALSE with
 * ROOST_ERROR_FAILED when the system has no thread or descriptor left; end and release are not
 * called then.
 */
gboolean ssh_hub_join(struct ssh_hub_seat *seat, GError **error);

/* Any thread that makes sure that the seat has not ended: a step comes soon. */
void ssh_hub_poke(struct ssh_hub_seat *seat);

/* From its step only: watches fd (-1 = nothing) for these of EPOLLIN and EPOLLOUT. */
void ssh_hub_watch(struct ssh_hub_seat *seat, enum ssh_hub_slot slot, int fd, guint32 events);

#endif
