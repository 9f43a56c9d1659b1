/*
 * job.h - every action is a job, by hand or automatic, and each ends in the journal.
 *
 * Read by views; changed by the engine alone. Thread: main.
 */
#ifndef ROOST_ENGINE_JOB_H
#define ROOST_ENGINE_JOB_H

#include <glib.h>

#include "core/driver/driver.h"

enum job_kind {
    JOB_MIGRATE,
    JOB_WAKE,
    JOB_OFF,
    JOB_START,   /* a VM that is off */
    JOB_STOP,    /* a VM that runs */
    JOB_CONTROL, /* pause, resume, reboot, reset, autostart: see `action` */
    JOB_DEFINE,  /* a host is made to know a VM */
    JOB_FORGET,  /* a host forgets one */
};

enum job_state {
    JOB_QUEUED, /* waits for its turn, its limits, or its back-off */
    JOB_RUNNING,
    JOB_VERIFYING, /* done as far as the driver says; both ends are being asked */
    JOB_DONE,
    JOB_FAILED,
    JOB_CANCELLED,
};

enum job_origin {
    JOB_BY_HAND,
    JOB_AUTOMATIC, /* the autopilot, or a goal (compact, normalize) it was asked to reach */
};

struct job {
    guint id;    /* 1, 2, ... as the operator sees it */
    guint order; /* the order of ours that it came of, see follow.h; 0 = none */
    guint turn;  /* of those queued, less starts first; its id unless it was moved; unique */
    enum job_kind kind;
    enum job_state state;
    enum job_origin origin;
    gboolean force;
    gboolean cancel_asked;
    enum control_action action; /* control only */
    char *vm;                   /* NULL for wake and off */
    char *from;                 /* migrate: source; else the host; a host name */
    char *to;                   /* migrate only */
    char *who;                  /* "ana", "autopilot" */
    char *why;                  /* a sentence */
    char *result;  /* how it ended, or what it waits for now; NULL while there is nothing to say */
    guint attempt; /* 1 on the first try */
    guint64 mem_kib;
    gint64 queued_at_us;              /* monotonic */
    gint64 started_at_us;             /* 0 = not started */
    gint64 ended_at_us;               /* 0 = not ended */
    gint64 not_before_us;             /* back-off or stagger; 0 = none */
    struct migrate_progress progress; /* without its note */
    char *note;     /* migrate: what is done otherwise than asked; NULL for nothing */
    gboolean stuck; /* migrate: it does not converge */
    enum migrate_mode mode;
    guint progress_permille; /* the most it has reached in this attempt */
};

/* TRUE for what is done to a host itself: wake and off. */
gboolean job_is_power(const struct job *job);

gboolean job_is_over(const struct job *job);

/* What was returned to whoever asked for it here: the order's id, or else the job's own. */
guint job_asked_as(const struct job *job);

/* 0..1000; 0 when not known. Never goes back for one attempt. */
guint job_progress_permille(const struct job *job);

const char *job_kind_name(enum job_kind kind);
const char *job_state_name(enum job_state state);

/* "vm pc40 from pc40 to pc05", "wake pc12", "switch off pc31", "start vm web on pc05"; names
 * escaped. Free with g_free. */
char *job_describe(const struct job *job);

#endif
