/*
 * session.h - one run of roost on one lab: configuration, store, cluster, driver, clock, engine.
 *
 * With a configuration file the hosts are real, and so is the clock. With a simulated lab the
 * clock is stepped, so that a verb ends at once, or paced, for the console to show. The cluster
 * comes from the store and goes back to it: whenever something of note happened, from time to
 * time, and at the end. A simulated lab has a store of its own below the configured one, so that
 * it can never be taken for the real one. session_open.c opens it, session.c has its engine and its
 * end, session_wait.c waits. Thread: main.
 */
#ifndef ROOST_COMMAND_SESSION_H
#define ROOST_COMMAND_SESSION_H

#include <glib.h>

#include "core/base/clock.h"
#include "core/command/limits.h"
#include "core/command/output.h"
#include "core/driver/driver.h"
#include "core/engine/engine.h"
#include "core/policy/hours.h"
#include "core/store/config.h"
#include "core/store/lease.h"
#include "core/store/store.h"

struct session_request {
    const char *config; /* a file; NULL = the usual places, when no lab is given */
    const char *lab;    /* a simulated lab by its name or file; NULL = real hosts */
    const char *policy; /* NULL = as configured */
    const char *faults; /* simulated lab; NULL = none */
    guint64 seed;
    gboolean paced; /* the simulated clock follows the real one, `speed` times as fast */
    guint speed;
    gboolean looks;    /* only looks: what cannot be written down is told, and no obstacle */
    gboolean peek;     /* only configuration and store are read: no driver, nothing to observe */
    gboolean readonly; /* nothing is done, and nothing is written to the store */
    gboolean console;  /* as the configuration says of the console */
    gboolean bare;     /* simulated: without a stored cluster, begin with an empty one */
};

/* To be read; `cluster` belongs to the engine once there is one. */
struct session {
    struct config *config;
    gboolean simulated;
    gboolean looks;
    struct limits limits; /* what is refused in it; readonly: by the engine and the driver too */
    char *lab_name;       /* of a simulated lab */
    GPtrArray *warnings;  /* char *: what was wrong with a part of a file, as told at the opening */
    struct store *store;  /* NULL = nothing is kept */
    struct clock *clock;
    struct hours *hours;
    struct driver *driver;
    struct cluster *cluster;
    struct engine *engine;  /* NULL until session_observe */
    struct keeper *keeper;  /* NULL while a manager is followed: that one writes */
    struct standing *place; /* among others: see join.h; NULL = simulated, or no store */
    gboolean joined;        /* the keeper comes and goes with it */
    gboolean placed;        /* this process is the manager, and its host is known as such */
    const struct output *output;
    struct lease *lease; /* of session_join, or handed over by a verb; given back at the close */
    gint exit_status;    /* of a verb that failed and says itself how; 0 = as usual */
    guint interrupts;    /* how often ^C was pressed in session_wait */
    gboolean standing;   /* verbs come and go (command_run_line); ^C is whoever's keeps it open */
    gboolean detached;   /* verbs that act queue their jobs, say so, and do not wait for them */
    const struct verb *running; /* of command_run_line; NULL = none */
    guint signals[2];           /* sources of the main loop */
};

/*
 * Opens everything but the engine. What is wrong with a part of a file is told on output->err.
 * NULL with the reason when it cannot be used at all: ROOST_ERROR_USAGE when no lab was named.
 * Blocks on the file system only.
 */
struct session *session_open(const struct session_request *request, const struct output *output,
                             GError **error);

/* TRUE when there is a configuration in one of the usual places. */
gboolean session_has_config(void);

/* Makes the engine, which asks every host at once, and keeps journal and store from now on. */
gboolean session_observe(struct session *session, GError **error);

/*
 * Gives up the engine, without a word to the hosts and without a save: what the driver is at goes
 * on. Nothing is known of the cluster until session_load.
 */
void session_unobserve(struct session *session);

/* Reads the cluster from the store again, before the engine is made. TRUE when there is no store.
 */
gboolean session_load(struct session *session, GError **error);

/*
 * The lease of the session's store, watched from now on, for a process that is `what` ("run",
 * "console"); the driver asks it from now on. To be freed after session_close. NULL with the
 * reason.
 */
struct lease *session_lease_new(struct session *session, const char *what, GError **error);

/*
 * Saves what was not saved yet, and frees it all. FALSE when it could not be saved. NULL for
 * session is allowed.
 */
gboolean session_close(struct session *session, GError **error);

/*
 * Before the engine is made: reads the cluster again if another program wrote it meanwhile, and
 * keeps other programs from writing it until session_save. TRUE at once when there is no store.
 */
gboolean session_reread(struct session *session, GError **error);

/* Writes the cluster to the store now; TRUE at once when there is no store. */
gboolean session_save(struct session *session, GError **error);

typedef gboolean (*session_done_func)(gpointer data);
typedef void (*session_interrupted_func)(gpointer data);

/*
 * Runs until done(data). With `interrupted` (may be NULL) the first ^C, or SIGTERM, calls it, and
 * the second ends the wait: FALSE and ROOST_ERROR_CANCELLED. In a session that stands no signal is
 * taken, session_interrupt is the ^C, and without `interrupted` the first one ends the wait.
 */
gboolean session_wait(struct session *session, session_done_func done,
                      session_interrupted_func interrupted, gpointer data, GError **error);

/*
 * The same, for what answers into memory of the caller's: in a session that stands it is done only
 * when done(data), however often ^C comes, of which `interrupted` (not NULL) is told each time.
 * Elsewhere it is session_wait: who leaves then must leave that memory as it is.
 */
gboolean session_wait_out(struct session *session, session_done_func done,
                          session_interrupted_func interrupted, gpointer data, GError **error);

/* As ^C would: cancels what session_wait waits for. From a callback of the main context. */
void session_interrupt(struct session *session);

/*
 * Waits until done(data), or until no host that was silent so far has answered for some seconds.
 * Those that still are silent are then taken for unreachable: one that hangs must not hold the
 * rest. TRUE in either case.
 */
gboolean session_wait_answers(struct session *session, session_done_func done, gpointer data,
                              GError **error);

/* The same, until every host has answered, or failed to. */
gboolean session_wait_seen(struct session *session, GError **error);

/*
 * The same, and then until the hosts that could not tell the CPU use of their VMs at once have
 * been looked at again: about a second, and none where it is known. For a plan.
 */
gboolean session_wait_measured(struct session *session, GError **error);

/* The time of the session's clock for people, "22:07:14". Free with g_free. */
char *session_time(const struct session *session);

/* The cluster, whoever owns it now. */
const struct cluster *session_cluster(const struct session *session);

#endif
