/*
 * lease_rig.h - leases on a clock of the test's, stepped by hand: no thread, no waiting.
 *
 * Each seat is one process that watches or holds one lease, in a directory that is made for the
 * rig and taken away with it. Times: beat 1 s, valid 4 s, expiry 6 s.
 */
#ifndef ROOST_TESTS_LEASE_RIG_H
#define ROOST_TESTS_LEASE_RIG_H

#include "core/store/lease_core.h"

#define RIG_SEATS_MOST 5
#define RIG_SECOND_US  G_GINT64_CONSTANT(1000000)

struct lease_seat {
    struct lease_core *core;
    gint64 due_us;
    gboolean stopped; /* not stepped: a process that got SIGSTOP */
    guint64 number;
    struct lease_view view; /* as it was after its last step */
};

struct lease_rig {
    char *dir;   /* the store; Lease is in it */
    char *lease; /* DIR/Lease */
    gint64 now_us;
    struct lease_seat seats[RIG_SEATS_MOST];
    guint n_seats;
    guint64 fence_most; /* of all acts so far */
};

struct lease_rig *lease_rig_new(guint n_seats);
void lease_rig_free(struct lease_rig *rig);
AUTOPTR_DEFINE(lease_rig)

/* Ends a seat as kill -9 would, and puts another process in its place. */
void lease_rig_replace(struct lease_rig *rig, guint seat);

/* Lets time go by; each seat is stepped when it is due. After each step: at most one may act. */
void lease_rig_run(struct lease_rig *rig, gint64 for_us);

/* One step of one seat, now. */
void lease_rig_step(struct lease_rig *rig, guint seat);

gboolean lease_rig_may_act(struct lease_rig *rig, guint seat);
const struct lease_view *lease_rig_view(struct lease_rig *rig, guint seat);

/* The names in Lease that begin so; free with g_ptr_array_unref. */
GPtrArray *lease_rig_names(const struct lease_rig *rig, const char *prefix);

/* Removes all that is in a directory, and it. */
void lease_rig_remove(const char *path);

#endif
