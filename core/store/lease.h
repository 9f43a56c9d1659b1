/*
 * lease.h - who acts automatically: one process at a time, whoever holds the lease (R21).
 *
 * A lease is held under a fencing number, which only grows: each holder has a greater one than
 * every holder before it, and no two have the same. The holder beats: it raises a counter every
 * `beat_us`. A watcher that has seen the counter stand still for `expiry_us` of its own clock may
 * take the lease over, with the next number; time stamps, synchronised clocks and other machines'
 * words are trusted for nothing.
 *
 * The holder believes in its lease for no longer than `valid_us` after the moment at which it began
 * its last beat that went through: valid_us < expiry_us, both on a clock that goes on while the
 * machine or the process sleeps (CLOCK_BOOTTIME). So it has stopped to act before anybody else may
 * begin, also when it was stopped (SIGSTOP), when its file server hangs, and when it is cut off;
 * and a holder that wakes up finds a greater number, and is deposed.
 *
 * Two kinds, behind the same functions: in the store (files that every host shares, safe on NFS,
 * without locks), and in etcd. All that may block is a thread's. Thread: main, but for
 * lease_may_act.
 */
#ifndef ROOST_STORE_LEASE_H
#define ROOST_STORE_LEASE_H

#include <glib.h>

#include "core/base/cleanup.h"

struct lease;

#define LEASE_BEAT_LEAST_US  5000
#define LEASE_EXPIRY_MOST_US (3600 * G_GINT64_CONSTANT(1000000))

struct lease_settings {
    const char *dir;       /* of the store; the lease lives in DIR/Lease */
    const char *endpoints; /* of etcd, "http://10.0.0.1:2379,..."; NULL = in the store */
    const char *prefix;    /* etcd: the cluster's own keys begin so */
    const char *ca_file, *cert_file, *key_file; /* etcd by TLS; NULL = not */
    gint64 beat_us;                             /* 1 s */
    gint64 valid_us;                            /* 4 s */
    gint64 expiry_us;                           /* 6 s */
};

/* Whoever asks for it; all strings may be shown to people, who escape them. */
struct lease_identity {
    const char *host;   /* the machine it runs on, by its hostname */
    const char *who;    /* the user */
    const char *what;   /* "run" (headless) or "console" */
    const char *socket; /* path of its local socket; NULL = none */
    const char
        *boot_id; /* of that machine's present boot; so that a socket's path means something */
    guint pid;
};

enum lease_state {
    LEASE_UNKNOWN, /* not looked yet, or not for long enough to know: it may be held */
    LEASE_FREE,    /* nobody holds it: never taken, given back, or its counter stands still */
    LEASE_HELD,    /* somebody else beats */
    LEASE_MINE,    /* we hold it (lease_may_act tells whether still) */
    LEASE_TROUBLE, /* it cannot be looked at; lease_view.trouble says why */
};

/* What is known now; strings owned by the lease, until its next change. */
struct lease_view {
    enum lease_state state;
    guint64 fence;     /* the greatest number seen; 0 = none yet */
    guint64 own_fence; /* ours, while MINE; 0 otherwise */
    const char *host;  /* of the holder, or of the last one; NULL = not known */
    const char *who;
    const char *what;
    const char *socket;
    const char *boot_id;
    guint pid;
    gboolean released;   /* the last holder gave it back, it did not die */
    const char *trouble; /* one sentence; NULL = nothing is wrong */
};

typedef void (*lease_changed_func)(struct lease *lease, gpointer data);

/* Begins to watch at once. Both structs are copied. NULL when the settings make no sense. */
struct lease *lease_new(const struct lease_settings *settings,
                        const struct lease_identity *identity, GError **error);

/* Gives back a lease that is held, and waits for that no longer than a beat. NULL is allowed. */
void lease_free(struct lease *lease);
AUTOPTR_DEFINE(lease)

/* One listener, told on the main context of each change of what lease_look gives (not each beat).
 */
void lease_set_changed_func(struct lease *lease, lease_changed_func func, gpointer data);

struct lease_view lease_look(const struct lease *lease);

/*
 * Wants the lease from now on: takes it as soon as it is free and `delay_us` have passed since then
 * (the watcher's place in the list, R21; 0 = at once). Wanting again changes the delay. What comes
 * of it is told to the listener. A lease that was lost is wanted no more.
 */
void lease_want(struct lease *lease, gint64 delay_us);
void lease_want_no_more(struct lease *lease); /* one that is held is kept */

/* Gives the lease back: the next one takes it at once. */
void lease_give_back(struct lease *lease);

/* Asks for nothing: TRUE while a lease that we hold is valid, by our clock alone. Any thread. */
gboolean lease_may_act(const struct lease *lease);

/*
 * Asks the store, or etcd, once more whether a greater number is there: `confirmed` is called once,
 * on the main context, with TRUE when not, and when lease_may_act still holds then.
 */
typedef void (*lease_confirmed_func)(gboolean may_act, gpointer data);
void lease_confirm(struct lease *lease, lease_confirmed_func confirmed, gpointer data);

#endif
