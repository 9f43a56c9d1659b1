/*
 * follow.h - an engine that leads, and one that follows.
 *
 * A leading engine (what engine_new makes) polls hosts, decides and acts. A following one does
 * none of it: its cluster, jobs, journal, mode and decisions are those that another process, the
 * manager, publishes (follow_apply), and what it is asked to do it sends there as an order, which
 * comes back as a job of the manager's. Views, verbs and the shell use the same functions of
 * engine.h with either, and need not know.
 *
 * An order of which a job comes is a job in the list as soon as it was sent: its id is
 * FOLLOW_ORDER_FIRST or greater, its state JOB_QUEUED, its result "sent to the manager". Once
 * answered it takes the id of the manager's job, and keeps its own as job->order, so that whoever
 * waits for it knows it: engine_find_job finds it by either id. One that was refused ends as
 * failed, "refused: ...". Orders of which no job comes (a mode, a goal, an edit) are looked at by
 * follow_is_settled. The numbers of orders are never used twice by an engine.
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
    ORDER_CONTROL,     /* vm, value: enum control_action, force */
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
    ORDER_DEFINE,      /* host, text = XML, on = new to the cluster; vm only for the job's name */
    ORDER_FORGET,      /* vm, host, force */
    ORDER_RETRY,       /* job, force */
    ORDER_MOVE_JOB,    /* job, value: places, less than 0 = earlier */
    ORDER_PLAN,        /* text = steps, as of plan_format_steps; value: enum plan_kind */
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
    gint value; /* enum engine_mode, policy_kind, engine_goal, control_action or plan_kind */
    gboolean on;
    gboolean force;
    struct migrate_options options;
};

void order_free(struct order *order);
AUTOPTR_DEFINE(order)
struct order *order_copy(const struct order *order);

/* "migrate", "wake", ...: what files and journals call it. */
const char *order_kind_name(enum order_kind kind);
gboolean order_kind_parse(const char *name, enum order_kind *kind);

/* Carries an order to the manager; takes it over. It is answered later, never from within. */
typedef void (*follow_send_func)(struct order *order, gpointer data);

/*
 * From now on the engine follows: it stops polling, and its goal is given up; its own jobs must be
 * over (TRUE), or nothing happens (FALSE). follow_end makes it lead again, in manual mode: it asks
 * every host at once. What the manager was at then is told as failed: how it ends is not known.
 * Neither may be called by a listener of the engine.
 */
gboolean follow_begin(struct engine *engine, follow_send_func send, gpointer data);
void follow_end(struct engine *engine);
gboolean engine_follows(const struct engine *engine); /* NULL leads */

/*
 * Another manager is followed from now on, which has published nothing yet: what the last one was
 * at is told as failed (how it ends is not known); what it said of hosts is shown, and grows old.
 */
void follow_another(struct engine *engine);

/*
 * The manager's answer to an order: its job (0 = none, done at once), or why it was refused.
 * `number` is that of the manager's last publication before it acted: any later one shows what
 * came of the order. Answers to orders nobody sent are ignored.
 */
void follow_answer(struct engine *engine, guint order, guint job, guint64 number,
                   const char *refusal);

/* The number of the order that was sent last; 0 = none yet. */
guint follow_last_order(const struct engine *engine);

/*
 * TRUE once the order was answered and what came of it is to be seen, or never will be: it was
 * refused (*refusal says why; else it is NULL; it may be NULL), or the engine leads again.
 */
gboolean follow_is_settled(const struct engine *engine, guint order, const char **refusal);

/* The number of the last publication that was applied; 0 = none, or the engine leads. */
guint64 follow_number(const struct engine *engine);

/* TRUE while nothing was published yet by the manager that is followed. */
gboolean follow_is_blind(const struct engine *engine);

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
    guint goal_failures;
    guint unseen;     /* hosts that have not answered it, or failed to, yet */
    guint unmeasured; /* as engine_count_unmeasured */
    GPtrArray *next;  /* char *: its next decisions, each with its reason */
    gint64 wall_us;   /* when it was published, by the manager's clock */
    gint64 mono_us;   /* the same, by the clock that the times of jobs and hosts are of */
    guint64 fence;    /* of its lease */
    guint64 number;   /* of the publication, growing */
};
struct manager_state *manager_state_empty(void); /* for a reader to fill */
void manager_state_free(struct manager_state *state);
AUTOPTR_DEFINE(manager_state)

/*
 * Takes the cluster out of the state (it is NULL then); the rest is copied. Times of the manager's
 * clock become times of the engine's own, so that a fact is as old here as it is there; when
 * nothing is published any more, hosts turn stale. A publication that is not newer than the last
 * one is ignored; one under another fence is another manager's, and begins anew.
 */
void follow_apply(struct engine *engine, struct manager_state *state);

/*
 * What the engine itself would publish, copied, so that any thread may write it; without fence and
 * number. `after_seq`: entries up to that one are left out. Its decisions (see engine_next) are
 * made anew only when they may have changed, and seldomer the more hosts there are.
 */
struct manager_state *manager_state_new(struct engine *engine, guint64 after_seq);

/* The number of the journal's last entry; 0 = none yet. */
guint64 engine_journal_seq(const struct engine *engine);

/*
 * What the autopilot would do next, each with its reason, or why it does nothing: char *, of the
 * manager that is followed or of the engine itself. Borrowed until the next event or call.
 */
const GPtrArray *engine_next(struct engine *engine);

/*
 * Carries an order out here, as this engine's own and in the name of order->who; *job as for
 * follow_answer. FALSE and the reason when it is refused.
 */
gboolean order_carry_out(struct engine *engine, const struct order *order, guint *job,
                         GError **error);

#endif
