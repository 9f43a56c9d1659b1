/*
 * follow.h - an engine that leads, and one that follows.
 *
 * A leading engine (what engine_new makes) polls hosts, decides and acts. A following one does
 * none of it: its cluster, jobs, journal, mode and decisions are those that another process, the
 * manager, publishes (follow_apply), and what it is asked to do it sends there as an order, which
 * comes back as a job of the manager's. Views, verbs and the shell use the same functions of
 * engine.h with either, and need not know.
 *
 * An order that was sent and not answered yet is a job in the list: its id is FOLLOW_ORDER_FIRST or
 * greater, its state JOB_QUEUED, its result "sent to the manager". Once answered it takes its id,
 * and so may a listener that is waiting for it: engine_find_job finds the job by either id.
 * Thread: main.
 */
#ifndef ROOST_ENGINE_FOLLOW_H
#define ROOST_ENGINE_FOLLOW_H

#include "core/engine/engine.h"

#define FOLLOW_ORDER_FIRST 1000000000u

enum order_kind {
    ORDER_MIGRATE,     /* vm, host, force, options */
    ORDER_WAKE,        /* host */
    ORDER_OFF,         /* host, force */
    ORDER_START,       /* vm, host or NULL, force */
    ORDER_STOP,        /* vm, force */
    ORDER_CONTROL,     /* vm, action: pause, resume, reboot, autostart... */
    ORDER_DRAIN,       /* host */
    ORDER_MAINTENANCE, /* host, on */
    ORDER_CANCEL,      /* job */
    ORDER_CANCEL_ALL,  /* on = running ones as well */
    ORDER_POSTCOPY,    /* job */
    ORDER_MODE,        /* mode */
    ORDER_POLICY,      /* policy */
    ORDER_GOAL,        /* goal */
    ORDER_REFRESH,
    ORDER_EDIT,        /* vm or host, key, text: pin, group, home, note, vm-max; text NULL = none */
    ORDER_ADD_HOST,    /* host = name, text = address */
    ORDER_REMOVE_HOST, /* host */
};

/* One order; strings NULL when they do not apply. */
struct order {
    guint id; /* the sender's own: FOLLOW_ORDER_FIRST or greater */
    enum order_kind kind;
    char *who; /* as the sender says; where it can be proven, the manager proves it */
    char *vm;
    char *host;
    char *key;
    char *text;
    guint job;
    gint value; /* enum engine_mode, policy_kind, engine_goal or control_action */
    gboolean on;
    gboolean force;
    struct migrate_options options;
};

void order_free(struct order *order);

/* Carries an order to the manager; takes it over. */
typedef void (*follow_send_func)(struct order *order, gpointer data);

/*
 * From now on the engine follows: it stops polling; its own jobs must be over (TRUE), or nothing
 * happens (FALSE). follow_end makes it lead again: it asks every host at once.
 */
gboolean follow_begin(struct engine *engine, follow_send_func send, gpointer data);
void follow_end(struct engine *engine);
gboolean engine_follows(const struct engine *engine);

/* The manager's answer to an order: its job (0 = none, done at once), or why it was refused. */
void follow_answer(struct engine *engine, guint order, guint job, const char *refusal);

/*
 * What the manager is and does, as it was published. Borrowed by follow_apply, which makes the
 * engine show it and tells the listeners what changed. Jobs and entries are in the engine's order.
 */
struct manager_state {
    struct cluster *cluster;
    GPtrArray *jobs;     /* struct job * */
    GPtrArray *journal;  /* struct journal_entry *, those that are new to the reader or more */
    guint64 journal_seq; /* number of the last entry of `journal`, from 1, growing */
    enum engine_mode mode;
    enum hours_phase phase;
    enum engine_goal goal;
    enum policy_kind policy;
    char *goal_summary; /* NULL = none */
    GPtrArray *next;    /* char *: its next decisions, each with its reason */
    gint64 wall_us;     /* when it was published, by the manager's clock */
    gint64 mono_us;     /* the same, by the clock that the times of jobs and hosts are of */
    guint64 fence;      /* of its lease */
    guint64 number;     /* of the publication, growing */
};
void manager_state_free(struct manager_state *state);
void follow_apply(struct engine *engine, const struct manager_state *state);

/* What the engine itself would publish. `after_seq`: entries up to that one are left out. */
struct manager_state *manager_state_new(const struct engine *engine, guint64 after_seq);

/* Carries an order out here, as this engine's own; *job as for follow_answer. */
gboolean order_carry_out(struct engine *engine, const struct order *order, guint *job,
                         GError **error);

#endif
