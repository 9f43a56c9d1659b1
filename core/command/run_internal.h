/*
 * run_internal.h - what the files of `roost run` share; nobody else includes it.
 *
 *   run.c       its life: the lease, signals, the clock
 *   run_lead.c  what it does while it is the manager
 */
#ifndef ROOST_COMMAND_RUN_INTERNAL_H
#define ROOST_COMMAND_RUN_INTERNAL_H

#include "core/command/command.h"
#include "core/command/run_log.h"
#include "core/command/run_reload.h"
#include "core/manager/leader.h"
#include "core/manager/manager.h"
#include "core/manager/pid_file.h"
#include "core/manager/takeover.h"
#include "core/store/lease.h"

enum stage {
    STAGE_WATCHING, /* another has the lease, or nobody yet */
    STAGE_LEADING,
    STAGE_FINISHING, /* SIGINT: what runs is waited for */
    STAGE_HANDING,   /* SIGTERM: what would die with us is being taken back */
    STAGE_OVER,
};

struct runner {
    const struct command *command;
    struct session *session;
    const struct output *output;
    struct lease *lease; /* NULL = a simulated lab without a store */
    struct manager *manager;
    struct leader *leader;
    struct pid_file *pid_file;
    struct takeover_machine machine;
    struct reload *reload;
    enum stage stage;
    gboolean once;
    gboolean aimed; /* --once: its goal is set */
    guint interrupts;
    guint sources[5];
    gint64 begun_us;    /* monotonic of the system, as the next ones */
    gint64 until_us;    /* a hand-over waits no longer */
    gint64 again_us;    /* the lease is wanted again then; 0 = it is wanted */
    gint64 watchdog_us; /* 0 = none */
    gint64 told_alive_us;
    guint listener;
    char *told; /* the last status */
    int status;
    GError *error;
};

/* --- run.c --- */

void run_end(struct runner *runner, int status, GError *error); /* takes the error */
guint64 run_fence(const struct runner *runner);                 /* of our lease; 0 = not held */

/* To the service manager, the pid file and, when it is news, the log. */
void run_tell(struct runner *runner, enum run_log_level level, const char *text);

/* --- run_lead.c --- */

/* The lease is ours, or none is needed. What is in its way is told, and the lease given back. */
void run_take_lead(struct runner *runner);

/* Gives up the engine; what its driver is at goes on. */
void run_let_go(struct runner *runner);
void run_note_left(const struct runner *runner); /* a line for each job that is left to end */

#endif
