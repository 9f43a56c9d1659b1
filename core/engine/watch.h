/*
 * watch.h - what the engine keeps beside each host of the model; private to core/engine.
 *
 * watch.c has what it knows, observe.c how its host is asked. Thread: main.
 */
#ifndef ROOST_ENGINE_WATCH_H
#define ROOST_ENGINE_WATCH_H

#include <glib.h>

#include "core/model/cluster.h"

struct engine;

/* Something failed; the autopilot leaves it alone for a while, longer each time. */
struct setback {
    guint count;
    gint64 until_us; /* monotonic; 0 = none */
};

struct watch {
    struct engine *engine;
    struct host *host; /* borrowed from the model */
    gpointer handle;
    guint timer;      /* when it is asked next; 0 while it is being asked */
    guint operation;  /* the refresh under way; 0 = none */
    guint64 asked;    /* how many refreshes were begun */
    guint64 answered; /* the number of the last one that ended */
    guint64 wanted;   /* the one that engine_refresh_all is about */
    gint64 asked_at_us;
    gint64 told_asked_at_us; /* when the last one that ended was begun */
    gboolean heard;          /* the last one brought a report */
    GHashTable *also_knows;  /* names of VMs in its last report that are elsewhere; NULL = none */
    gboolean again;          /* asked for while one was under way: another must follow */
    gboolean changed;        /* the timer is set for a change the driver told of */
    gboolean unmeasured;     /* its second look is awaited */
    gboolean looked_again;   /* once is enough: some drivers never tell the CPU use */
    gboolean over;           /* its class at its last report */
    gboolean refused;        /* it does not accept our key, or we not its: asked seldom */
    guint silences;          /* in a row, while stopping, without being known to be absent */
    guint misses;            /* looks in a row that brought nothing; 0 once it answers */
    guint eager;             /* how many tasks expect it to come or go */
    guint in;                /* migrations into it that hold a place */
    guint out;
    GPtrArray *tasks; /* struct task *, borrowed; not over and about this host; by id */
    struct setback wake_setback;
    struct setback off_setback;
    GHashTable *ran; /* names of the VMs that ran here when it last failed to answer; NULL = none */
    /* What it said instead of a report, though it is on; NULL when it answers, or does not at all.
     */
    char *complaint;
    gboolean rescue_told; /* the operator knows that it is being woken for being silent */
};

/* --- watch.c --- */
struct watch *watch_new(struct engine *engine, struct host *host);
void watch_all_anew(struct engine *engine); /* for the hosts that the cluster has now */
void watch_free(gpointer data);
struct watch *watch_of(const struct engine *engine, const struct host *host);
struct watch *watch_find(const struct engine *engine, const char *name);
gboolean watch_is_fresh(const struct watch *watch);

/* TRUE when it runs or defines the VM, as of its last report. */
gboolean watch_knows(const struct watch *watch, const struct vm *vm);

/* Keeps which VMs ran here, as far as anybody knows, when it fell silent. */
void watch_remember_running(struct watch *watch);

/* TRUE while a VM may yet be started by its host, which was silent and answers again. */
gboolean watch_may_start(const struct watch *watch, const struct vm *vm);

/*
 * TRUE while a host that was silent and answers again may still be starting VMs: until then its RAM
 * is not as free as it looks.
 */
gboolean watch_is_settling(const struct watch *watch);

/* --- observe.c --- */

/*
 * Makes sure that the host is asked at since_us or later. Returns the number that watch->answered
 * must have reached for that to have ended.
 */
guint64 watch_ask_since(struct watch *watch, gint64 since_us);
guint64 watch_ask(struct watch *watch); /* from now on */
void watch_poll_within(struct watch *watch, gint64 delay_us);
void watch_changed(const char *address, gpointer data); /* the engine */

/* --- hear.c --- */
void watch_is_gone(struct watch *watch); /* it was told to power off, and is proven silent */

#endif
