/*
 * engine_internal.h - what the files of core/engine share; nobody else includes it.
 *
 *   engine.c     its life, and looking at it       note.c      the journal and listeners
 *
 * What hosts say comes in, is decided on, and goes out as jobs:
 *
 *   observe.c    asking hosts (watch.h)            hear.c      what they say becomes the model
 *   automatic.c  mode, phases, the cycle           planning.c  plans, and jobs made of them
 *   goal.c       compact and normalize, until nothing is left
 *   rescue.c     hosts that died                   rest.c      what is left alone for a while
 *   act*.c       actions by hand (act.h)           accept.c    plans that an operator accepts
 *   edits.c      what others wrote into the cluster's file meanwhile
 *   turn.c       queued jobs in another order      retry.c     what failed, once more
 *   task.c       jobs from queueing to their end   queue.c     limits: what may start when
 *   migrate.c wake.c off.c start.c stop.c control.c define.c   how each kind of job runs
 *   moving.c     migrations while they run         guard.c     who may act
 *   relay.c      who can send a magic packet in the console's stead
 *
 * An engine can follow that of another process, the manager:
 *
 *   state.c      what a manager tells              order.c     orders, and carrying them out
 *   follow*.c    what a follower takes and sends   shadow.c    the manager's jobs, as it has them
 *
 * A watch is what the engine keeps beside each host of the model; a task, what it keeps around
 * each job. Tasks are freed only by the queue, from a timer of its own, so that whoever holds
 * one may tell listeners about it in peace. Thread: main.
 */
#ifndef ROOST_ENGINE_ENGINE_INTERNAL_H
#define ROOST_ENGINE_ENGINE_INTERNAL_H

#include "core/engine/progress.h"
#include "core/engine/engine.h"
#include "core/engine/handle.h"
#include "core/engine/watch.h"

/* A report not older than this is fresh enough to act on. */
#define FRESH_US (3 * CLOCK_SECOND_US)

/* How often a host is asked that is expected to come or go. */
#define EAGER_POLL_US (5 * CLOCK_SECOND_US / 2)

/* How long an action waits for fresh facts before it gives its place to others. */
#define ASK_PATIENCE_US (5 * CLOCK_SECOND_US)

/* How long after the driver's own deadline its answer is still waited for. */
#define ANSWER_GRACE_US (30 * CLOCK_SECOND_US)

/* How long the first decision waits for hosts that have not answered yet. */
#define FIRST_LOOK_US (30 * CLOCK_SECOND_US)

/*
 * The CPU use of a VM follows from two looks. A host whose VMs show none at the first is asked
 * again so soon, and a first decision waits for that: until then a VM counts as its share of the
 * host's load, and fewer would seem to fit on a host than do.
 */
#define SECOND_LOOK_US CLOCK_SECOND_US

#define BACKOFF_MOST_US           (30 * CLOCK_MINUTE_US)
#define BACKOFF_MOST_PREPARING_US (5 * CLOCK_MINUTE_US)

#define AUTOPILOT "autopilot"

enum task_stage {
    TASK_BLOCKED,    /* comes after another task */
    TASK_DELAYED,    /* in back-off; its timer makes it ready */
    TASK_READY,      /* starts as soon as the limits allow */
    TASK_ASKING,     /* holds its places; its hosts are asked for fresh facts */
    TASK_CONFIRMING, /* the same; it is asked whether we may act still */
    TASK_ACTING,     /* the driver is at it */
    TASK_PROVING,    /* its hosts are asked how it ended */
    TASK_OVER,
};

enum task_end {
    TASK_END_DONE,
    TASK_END_REFUSED, /* a check said no when its turn came */
    TASK_END_FAILED,
    TASK_END_CANCELLED,  /* the operator took it back, or what it came after did not work */
    TASK_END_SUPERSEDED, /* the autopilot took it back */
};

struct task {
    struct job job; /* what everybody sees */
    struct engine *engine;
    const struct task_ops *ops;
    enum task_stage stage;
    struct watch *from; /* the host itself when it is not a migration; never NULL */
    struct watch *to;   /* migrations only */
    gint64 since_us;    /* start: what hosts say of the VM must have been asked after this */
    gboolean planned;   /* part of the engine's current plan */
    gboolean for_goal;
    enum plan_kind plan;
    struct task *after;    /* what it waits for, while BLOCKED; NULL once that ended */
    gboolean doomed;       /* in the engine's queue of that name */
    GPtrArray *dependents; /* struct task *, borrowed; NULL = none */
    GList link;            /* in one of the engine's ready queues */
    guint timer;
    guint operation;    /* the driver's; 0 = none */
    gpointer handle;    /* of that operation */
    guint64 from_wants; /* the refresh of `from` that must have ended; 0 = none */
    guint64 to_wants;
    gint64 deadline_us;                       /* monotonic; what for, depends on the stage */
    guint rounds;                             /* of asking, in this stage */
    void (*confirmed_act)(struct task *task); /* what follows once it is confirmed */
    gint64 confirm_asked_at_us;
    guint confirms;     /* how often it was asked without acting */
    gboolean confirmed; /* a moment ago: act now */
    gboolean told;      /* the operator has been told that its outcome is not known */
    gboolean was_off;   /* wake: a host that was known to be off */
    gboolean to_lost;   /* migrate: aborted, since the target fell silent */
    gboolean hastened;  /* migrate: it did not converge, and was told to go on otherwise, or end */
    struct progress_trend trend;     /* migrate: whether it converges */
    struct migrate_options *options; /* migrate: NULL = as configured */
    char *xml;                       /* define: the definition */
    gboolean fresh;                  /* define: nobody may know the VM yet */
    char *ways;                      /* wake: what was tried last; NULL = nothing yet */
    guint proof;                     /* off: how its silence is being proven; see off.c */
    guint silences;                  /* off: probes in a row without an answer */
    char *off_failure;               /* off: how telling it failed; NULL = it did not */
    gboolean cut;                    /* off: its power was cut without asking it */
    char *trouble;                   /* what the driver said went wrong; NULL = nothing */
    char *first_why;                 /* why the first try failed; NULL = this is the first */
    gint trouble_code;               /* enum roost_error, when trouble is set */
};

/* How one kind of job runs. */
struct task_ops {
    gboolean (*may_start)(const struct task *task);
    gboolean (*takes_facts)(struct task *task); /* asks hosts; TRUE when it must wait for them */
    void (*begin)(struct task *task);           /* facts are there: check, and act */
    void (*seen)(struct task *task);            /* one of its hosts answered, or failed to */
    void (*late)(struct task *task);            /* its timer, in ACTING and PROVING */
    void (*facts_late)(struct task *task);      /* its timer, in ASKING; NULL = try again later */
};
extern const struct task_ops migrate_task_ops;
extern const struct task_ops wake_task_ops;
extern const struct task_ops off_task_ops;
extern const struct task_ops start_task_ops;
extern const struct task_ops stop_task_ops;
extern const struct task_ops control_task_ops;
extern const struct task_ops define_task_ops;
extern const struct task_ops forget_task_ops;

#define JOB_KINDS 8

struct listener {
    guint id;
    engine_event_func func; /* NULL once dropped */
    gpointer data;
};

struct goal_state {
    enum engine_goal kind;
    gint64 since_us;
    gint64 quiet_since_us; /* when nothing was left to start; 0 = something is */
    GHashTable *strikes;   /* "vm web" -> how often it could not be done, as guint */
    GHashTable *reasons;   /* "vm web" -> why, for those given up */
    guint moved;
    guint woken;
    guint switched_off;
    char *summary;
    guint failures;
};

struct engine {
    struct clock *clock;
    struct driver *driver;
    struct cluster *cluster;
    const struct hours *hours;
    struct engine_guard guard; /* all NULL = nobody is asked */
    struct engine_config config;
    struct policy_config
        goal_policy; /* as config.policy, but waits for nothing: the operator asked */
    char *who;
    gboolean started;
    gboolean held;
    gboolean readonly; /* nothing is done, whoever asks */
    gint64 started_at_us;
    GPtrArray *watches;   /* struct watch *, owned; at the index of their host */
    guint unseen;         /* hosts that have not answered, or failed to, even once */
    guint unmeasured;     /* hosts whose second look is awaited */
    GPtrArray *sightings; /* struct cluster_event *; of the report being applied */

    GPtrArray *jobs;         /* struct task *, owned, as struct job *; by id */
    GHashTable *vm_tasks;    /* name -> struct task * that is not over; borrowed */
    GPtrArray *starting;     /* struct task *, borrowed: starts that ask every host */
    GHashTable *vm_setbacks; /* name -> struct setback * */
    GQueue ready[JOB_KINDS]; /* by turn */
    GQueue doomed;           /* struct task *: what they came after did not work */
    guint next_job_id;
    guint under_way;
    guint running;
    guint migrating; /* migrations that hold a place */
    guint over;      /* jobs kept that are over */
    guint pump_timer;
    gboolean pump_soon;  /* that timer is due at once */
    gint64 next_wake_us; /* the next one may be sent then */

    GHashTable *told_notes; /* set of char *: of migrations, each told once */
    GPtrArray *journal;     /* struct journal_entry * */
    GArray *listeners;      /* struct listener */
    guint next_listener_id;
    guint telling; /* depth of engine_emit */

    enum engine_mode mode;
    enum engine_goal stepped_goal; /* likewise; NONE = nothing */
    enum engine_mode stepped_from; /* what stepping down ended; MANUAL = nothing */
    enum hours_phase phase;
    gboolean finishing; /* open, but what normalize had to do is not done yet */
    guint tick_timer;
    guint decide_timer;
    gint64 decide_at_us;
    enum plan_kind plan;      /* the plan being carried out */
    guint plan_left;          /* its tasks that are not over */
    guint plan_done;          /* its tasks that did something */
    gboolean plan_superseded; /* what was queued of it was taken back */
    char *last_summary;
    struct goal_state goal;

    struct follow *follow; /* NULL = it leads */
    guint orders;          /* sent in its life */
    guint64 journal_seq;   /* number of the journal's last entry */
    guint64 changes;       /* of the model, the mode or a job, counted */
    GPtrArray *next;       /* char *, see engine_next; NULL = not made yet */
    guint64 next_changes;  /* what `changes` was when it was made */
    gint64 next_made_at_us;
};

struct order;

/* --- follow.c, follow_send.c --- */

/*
 * Sends an order (copied; its id and who are set here) to the manager, and returns its id: what an
 * acting function returns while engine->follow is set.
 */
guint follow_order(struct engine *engine, const struct order *order);
guint follow_job_of(const struct engine *engine, guint order); /* 0 = none (yet) */
gboolean follow_cancel(struct engine *engine, struct task *task, GError **error);
void follow_clear(struct engine *engine); /* with the engine */
guint follow_unseen(const struct engine *engine);
guint follow_unmeasured(const struct engine *engine);
const GPtrArray *follow_next(const struct engine *engine);

/* --- note.c --- */
void note(struct engine *engine, const char *what, const char *object, const char *who,
          const char *result, gboolean alarm, const char *format, ...) G_GNUC_PRINTF(7, 8);
void note_task(const struct task *task, const char *text, const char *result, gboolean alarm);
void note_entry_free(gpointer data);
struct journal_entry *note_entry_copy(const struct journal_entry *entry);
void note_add(struct engine *engine, struct journal_entry *entry, gboolean tell); /* taken over */
void engine_emit(struct engine *engine, enum engine_event_kind kind, const struct job *job,
                 const struct journal_entry *entry);

/* --- observe.c: see watch.h as well --- */

/* TRUE while a decision should wait for what is still to be seen: not for long after since_us. */
gboolean observe_first(const struct engine *engine, gint64 since_us);

/* --- hear.c: what came of asking a host; errors are those of drivers --- */
enum cluster_change hear_report(struct watch *watch, const struct host_report *report,
                                gint64 now_us);
enum cluster_change hear_silence(struct watch *watch, const GError *error, gint64 now_us);

/* Tells what the model made of it, and empties the list. */
void hear_tell(struct watch *watch);

/* --- task.c --- */
struct task *task_new(struct engine *engine, enum job_kind kind, enum job_origin origin,
                      struct watch *host, const char *who, const char *why);
void task_free(struct task *task);

/* Queues it; after may be NULL, or a task that is over by now. The engine owns it from here. */
void task_submit(struct task *task, struct task *after);
void task_end(struct task *task, enum task_end end, const char *format, ...) G_GNUC_PRINTF(3, 4);

/* Back to the queue after a try that failed. */
void task_retry(struct task *task, const char *why);
void task_set_state(struct task *task, enum task_stage stage, enum job_state state);
void task_say(struct task *task, const char *format, ...) G_GNUC_PRINTF(2, 3);
void task_arm(struct task *task, gint64 after_us); /* its one timer, restarted */
void task_disarm(struct task *task);
gpointer task_new_handle(struct task *task);

/* The driver's operation ended. The task it was for; NULL when that has gone on without it. */
struct task *task_take_answer(gpointer handle, const GError *error);
gboolean task_cancel(struct task *task, const char *by, GError **error);
const struct policy_config *task_policy(const struct task *task);
gboolean task_may_pass(const struct task *task, enum check_reason reason);
struct task *task_find_for_power(const struct watch *watch);   /* a wake or off; NULL = none */
gboolean task_has_answers(const struct task *task);            /* what it wanted has ended */
struct task *task_find(const struct engine *engine, guint id); /* or of that order; NULL = none */
guint task_place(const struct engine *engine, guint id); /* where in engine->jobs it is, or were */

/* --- moving.c: while the driver is at a migration --- */

/* What is asked of the driver; strings borrowed from the task and the VM. */
struct migrate_request moving_request(const struct task *task, const struct vm *vm);
void moving_begin(struct task *task);
void moving_progressed(const struct migrate_progress *progress, gpointer handle);
void moving_seen(struct task *task); /* one of its hosts answered, or failed to */

/* Its trouble told in our words, when it ended for something we asked of it. */
void moving_explain(struct task *task);
gboolean moving_switch_postcopy(struct task *task, GError **error);

/* --- relay.c --- */

/*
 * Addresses of hosts that are on and share the host's segment, NULL at the end; others at each
 * attempt. Strings are borrowed from the model.
 */
GPtrArray *relay_list(const struct engine *engine, const struct host *host, guint attempt);

/* --- queue.c --- */
void queue_poke(struct engine *engine);
void queue_insert(struct task *task);
void queue_remove(struct task *task);
void queue_give_places(struct task *task);
void queue_seen(struct watch *watch); /* tells the tasks that wait for this host */
void queue_begin(struct task *task);  /* its facts are there */
void queue_facts_late(struct task *task);
gboolean queue_is_settled(const struct watch *watch); /* neither woken nor switched off now */
void queue_cancel_frozen(struct engine *engine, const struct host *host);

/* RAM and VMs that migrations other than `except`, with turns before it, will bring to the host. */
void queue_reserved(const struct watch *watch, const struct task *except, guint64 *mem_kib,
                    guint *vms);

/* --- migrate.c --- */

/* TRUE when `other` is to make the room on the target that the migration has not got yet. */
gboolean migrate_needs_room_of(const struct task *task, const struct task *other);

/* --- start.c --- */
void start_seen_any(struct engine *engine); /* some host answered, or failed to */
void start_leave(struct task *task);        /* it asks no more */

/* --- control.c: jobs of one short act, which its host is then asked about --- */
gboolean brief_may_start(const struct task *task);
gboolean brief_takes_facts(struct task *task);
void brief_acts(struct task *task);                  /* the driver has been told */
void brief_answered(struct task *task);              /* ... and has answered */
void brief_prove(struct task *task, gint64 most_us); /* its host is asked how it ended */
gboolean brief_can_tell(const struct task *task);    /* its host has told how it ended */
void brief_not_yet(struct task *task);               /* it is to be asked again for a while */
void brief_late(struct task *task);

/* --- planning.c --- */

/* `resting`, unless NULL, is set to how many hosts and VMs the policy had to leave alone. */
struct plan *planning_make(const struct engine *engine, gboolean normalize, gboolean for_goal,
                           guint *resting);
struct plan *planning_drain(const struct engine *engine, const struct host *host);
guint planning_submit(struct engine *engine, const struct plan *plan, gboolean for_goal,
                      const char *who);

/* By hand: the chosen steps (NULL = all), and those they come after must be chosen. */
guint planning_submit_chosen(struct engine *engine, const struct plan *plan,
                             const gboolean *chosen);
void planning_cancel(struct engine *engine, const char *why); /* its queued tasks */
void planning_note_end(struct task *task, enum task_end end);

/* --- rest.c --- */
gboolean setback_holds(const struct setback *setback, gint64 now_us);
void rest_note_end(const struct task *task, enum task_end end); /* setbacks follow from it */
void rest_forget_setbacks(struct engine *engine);

/*
 * What a decision of that kind must leave alone now, and why; never `except` (NULL = no such host),
 * which the operator named. Free with rests_free.
 */
struct rests *rest_list(const struct engine *engine, enum plan_kind kind, gboolean for_goal,
                        const struct host *except);

/* --- automatic.c --- */
void automatic_start(struct engine *engine);
void automatic_stop(struct engine *engine);
void automatic_look_again(struct engine *engine); /* hours or settings are others */
void automatic_decide_in(struct engine *engine, gint64 delay_us);
void automatic_announce(struct engine *engine, const struct plan *plan, const char *who);
void automatic_plan_ended(struct engine *engine);
void automatic_seen(struct watch *watch);
gint64 automatic_until_normal_us(const struct engine *engine);

/* --- guard.c --- */

/* TRUE when the engine is read-only; error is left as it is when it is set already. */
gboolean guard_refuses(const struct engine *engine, GError **error);

/*
 * TRUE when the driver may be told now. FALSE when it is being asked: act(task) is called again
 * once it is confirmed, or the task ends as refused.
 */
gboolean guard_gives_leave(struct task *task, void (*act)(struct task *task));
void guard_late(struct task *task); /* its timer, while it is being asked */
guint64 guard_fence(const struct engine *engine);

/* --- rescue.c --- */

/*
 * Wakes hosts that should be on and do not answer: those with VMs, or (everything) all. Returns how
 * many jobs that made; for a goal they are part of its plan.
 */
guint rescue_hosts(struct engine *engine, gboolean everything, gboolean for_goal);
gboolean rescue_is_needed(const struct engine *engine);

/* --- goal.c --- */
void goal_init(struct engine *engine);
void goal_configure(struct engine *engine); /* its policy, from the engine's settings */
void goal_clear(struct engine *engine);
void goal_note_end(struct task *task, enum task_end end);
void goal_decide(struct engine *engine);
gboolean goal_gave_up(const struct engine *engine, const char *kind, const char *name);
void goal_add_rests(const struct engine *engine, struct rests *rests); /* VMs given up */

#endif
