/*
 * engine.h - the one loop: observe -> list -> decide -> act.
 *
 * The engine owns the cluster and the jobs. It polls every host through the driver, applies the
 * reports to the model, and, in automatic mode or on the way to a goal, lets the policy decide and
 * turns the plan into jobs. The console, the command line and the simulated night all run this
 * loop; only the driver and the clock differ. It does no I/O itself, prints nothing, and never
 * blocks: start it, then run the main context (or step the clock). Thread: main.
 *
 * What it guarantees, whatever is asked of it:
 *   - one action at a time touches a VM; a host is never switched off while an action touches it;
 *   - every check of check.h is made again right before an action starts, on fresh facts (a wake,
 *     which can do no harm, on those at hand);
 *   - after a migration, however it ended, both hosts are asked before anything else touches it;
 *   - nothing automatic touches a VM that is frozen, a host in doubt, or one in maintenance; only
 *     magic packets go to a host that should be on and does not answer.
 */
#ifndef ROOST_ENGINE_ENGINE_H
#define ROOST_ENGINE_ENGINE_H

#include <glib.h>

#include "core/base/cleanup.h"
#include "core/base/clock.h"
#include "core/driver/driver.h"
#include "core/engine/job.h"
#include "core/model/cluster.h"
#include "core/model/guest.h"
#include "core/policy/check.h"
#include "core/policy/energy.h"
#include "core/policy/hours.h"
#include "core/policy/policy.h"

enum engine_mode {
    ENGINE_MANUAL,   /* observe and list; act only by hand */
    ENGINE_BY_HOURS, /* compact while closed, normalize before opening, rest while open */
    ENGINE_ALWAYS,   /* compact whatever the hour; hours are only shown */
};

/* Settings; engine_config_init gives the defaults written beside each. */
struct engine_config {
    struct policy_config policy;
    struct energy_config energy;
    gint64 poll_us;            /* 10 s: a host that is on is asked again */
    gint64 poll_off_us;        /* 60 s: one that is off */
    gint64 cycle_us;           /* 60 s: how often automatic mode decides afresh (R18: <= 15 min) */
    gint64 normalize_lead_us;  /* 30 min before opening (R19) */
    gint64 patience_us;        /* 30 s: how long a missing VM may be under way before the alarm */
    guint migrations_in_most;  /* 1 at once into a host */
    guint migrations_out_most; /* 1 at once out of a host */
    guint migrations_most;     /* 4 at once in the lab */
    gint64 migration_timeout_us;            /* 10 min */
    gint64 timeout_per_gib_us;              /* 30 s more for each whole GiB of the VM */
    enum migrate_late on_timeout;           /* cancel */
    enum migrate_late on_timeout_home;      /* pause: automatic moves home before opening */
    gint64 pause_most_us;                   /* 30 s */
    enum migrate_mode migration_mode;       /* pre-copy */
    enum migrate_control migration_control; /* direct */
    gboolean auto_converge;                 /* TRUE */
    gboolean allow_unsafe;                  /* FALSE */
    guint64 bandwidth_mib_per_s;            /* 0 = no limit */
    enum migrate_compression compression;   /* none */
    enum migrate_transport transport;       /* plain */
    guint connections;                      /* 1 */
    gint64 wake_stagger_us;                 /* 500 ms between two wakes (fuses) */
    gint64 boot_timeout_us;                 /* 3 min for an answer after a wake */
    guint wake_tries;                       /* 3 */
    gint64 off_timeout_us;  /* 2 min until a host told to power off must be silent */
    gint64 cut_delay_us;    /* 30 s from silence to cutting its power, where that is configured */
    gint64 stop_timeout_us; /* 2 min until a VM asked to shut down must be off */
    guint migration_tries;  /* 3 */
    gint64 retry_us;        /* 15 s before the second try, doubled for each further one */
};

void engine_config_init(struct engine_config *config);

struct engine;

enum engine_event_kind {
    ENGINE_EVENT_MODEL,   /* something in the cluster changed; redraw */
    ENGINE_EVENT_JOB,     /* event->job changed */
    ENGINE_EVENT_JOURNAL, /* event->entry was written */
    ENGINE_EVENT_MODE,    /* mode, policy, phase or goal changed */
};

/* One line of the journal. */
struct journal_entry {
    gint64 wall_us;
    char *
        what; /* "migrate", "wake", "off", "mode", "alarm", "host", "vm", "plan", "edit", "store" */
    char *object; /* "vm web", "host pc05", or "" */
    char *who;
    char *text;   /* a sentence */
    char *result; /* "done", "failed", "cancelled", "refused", "queued", "" */
    guint job;    /* 0 = none */
    gboolean alarm;
    guint64 fence; /* under which the autopilot did it; 0 = none */
};

struct engine_event {
    enum engine_event_kind kind;
    const struct job *job;
    const struct journal_entry *entry;
};

typedef void (*engine_event_func)(const struct engine_event *event, gpointer data);

/*
 * Takes over cluster; borrows clock, driver and hours (NULL = never open), which must outlive it.
 * config is copied. `who` names the operator in the journal.
 */
struct engine *engine_new(struct clock *clock, struct driver *driver, struct cluster *cluster,
                          const struct hours *hours, const struct engine_config *config,
                          const char *who);

/*
 * Stops observing and frees. To be called before driver_free and clock_free; operations under way
 * end with the driver, and what they answer until then leads nowhere. NULL is allowed.
 */
void engine_free(struct engine *engine);
AUTOPTR_DEFINE(engine)

/* Takes other settings and hours (borrowed, as in engine_new) from now on; the mode stays. */
void engine_configure(struct engine *engine, const struct engine_config *config,
                      const struct hours *hours);

/* Begins to observe: asks every host at once, then each at its period. */
void engine_start(struct engine *engine);

/* TRUE once every host has answered, or failed to, at least once. */
gboolean engine_has_seen_all(const struct engine *engine);

/* How many hosts have neither answered nor failed to, yet. */
guint engine_count_unseen(const struct engine *engine);

/*
 * How many hosts have answered once, but are still to tell the CPU use of a VM that runs there:
 * they are asked again within a second or so, and a first decision waits for that.
 */
guint engine_count_unmeasured(const struct engine *engine);

/*
 * Takes those for unreachable until they do answer, and says so in their `trouble`: for whoever
 * cannot wait for them.
 */
void engine_doubt_unseen(struct engine *engine);

/*
 * Asks every host again now. engine_count_awaited tells how many of them have neither answered nor
 * failed to since; one that was being asked already answers for this too.
 */
void engine_refresh_all(struct engine *engine);
guint engine_count_awaited(const struct engine *engine);

/* Adds and drops listeners. They may call the engine, but not free it. */
guint engine_listen(struct engine *engine, engine_event_func func, gpointer data);
void engine_unlisten(struct engine *engine, guint id);

/* --- Looking --- */

/*
 * TRUE when the host does not answer, and a command is configured that takes its power away: only
 * then does a forced engine_power_off do something to it.
 */
gboolean engine_may_cut(const struct engine *engine, const struct host *host);

const struct cluster *engine_cluster(const struct engine *engine);
const struct engine_config *engine_settings(const struct engine *engine);
const struct hours *engine_hours(const struct engine *engine);
struct clock *engine_clock(const struct engine *engine);
const char *engine_who(const struct engine *engine); /* the operator, as the journal says */

/* struct job *, oldest first: all that are not over, and the last hundreds that are. Borrowed. */
const GPtrArray *engine_jobs(const struct engine *engine);
const struct job *engine_find_job(const struct engine *engine, guint id); /* NULL = not kept */
guint engine_jobs_under_way(const struct engine *engine); /* queued, running or verifying */
guint engine_jobs_running(const struct engine *engine);   /* running or verifying */

/* struct journal_entry *, oldest first, the last thousand. Borrowed. */
const GPtrArray *engine_journal(const struct engine *engine);

enum engine_mode engine_mode(const struct engine *engine);
enum hours_phase engine_phase(const struct engine *engine);
const char *engine_mode_name(enum engine_mode mode); /* "manual", "hours", "always" */
gboolean engine_mode_parse(const char *name, enum engine_mode *mode);

/* A VM's or host's job that is not over; NULL when nothing touches it. */
const struct job *engine_job_of_vm(const struct engine *engine, const char *vm);
const struct job *engine_job_of_host(const struct engine *engine, const char *host);

/* What check_migrate says with everything under way counted in: what a drag shows. */
enum check_reason engine_check_migrate(const struct engine *engine, const struct vm *vm,
                                       const struct host *to);

/* The same for VMs that would go there together: see check_migrate_set. */
enum check_reason engine_check_set(const struct engine *engine, const struct vm *const *vms,
                                   guint n, const struct host *to, struct check_set *set);

/*
 * How VMs (const struct vm *) would be spread over hosts (const struct host *; NULL = all that none
 * of them is on), with everything under way counted in: see policy_spread. Nothing is done; each
 * step can be asked for with engine_migrate, in any order. Free with plan_free.
 */
struct plan *engine_plan_spread(const struct engine *engine, const GPtrArray *vms,
                                const GPtrArray *hosts);

/*
 * The plan the autopilot would follow now (relief, compact), or normalize. What is under way or has
 * failed lately is left alone, as in the autopilot's own plans. Free with plan_free.
 */
struct plan *engine_plan(const struct engine *engine, gboolean normalize);

/* The plan engine_drain would follow now. NULL when there is no such host. Free with plan_free. */
struct plan *engine_plan_drain(const struct engine *engine, const char *host);

/*
 * Writes an entry of the journal about something beside the engine, such as the store. result may
 * be "".
 */
void engine_note(struct engine *engine, const char *what, const char *result, gboolean alarm,
                 const char *text);

/* --- Acting --- */

/*
 * From now on, and for good, nothing is done: whatever is asked below is refused
 * (ROOST_ERROR_REFUSED; calls without an error do nothing), nothing is decided, no order is sent to
 * a manager or taken, and should a job begin all the same, it ends as refused before the driver is
 * told of it. To be set before engine_start. The engine goes on to look.
 */
void engine_set_readonly(struct engine *engine);
gboolean engine_is_readonly(const struct engine *engine);

void engine_set_mode(struct engine *engine, enum engine_mode mode);
void engine_set_policy(struct engine *engine, enum policy_kind kind);
void engine_set_maintenance(struct engine *engine, const char *host, gboolean on); /* if known */

/*
 * Queue an action by hand. 0 and ROOST_ERROR_REFUSED (with the sentence of check_explain, and
 * whether force would go past it) or ROOST_ERROR_INPUT (no such host or VM) when it is not queued.
 */
guint engine_migrate(struct engine *engine, const char *vm, const char *to, gboolean force,
                     GError **error);

/* The same, otherwise than configured. A member of -1 is as configured; options may be NULL. */
struct migrate_options {
    gint mode;                  /* enum migrate_mode */
    gint on_timeout;            /* enum migrate_late */
    gint64 timeout_us;          /* 0 = none */
    gint64 bandwidth_mib_per_s; /* 0 = no limit */
};
#define MIGRATE_OPTIONS_INIT                                                                       \
    {                                                                                              \
        -1, -1, -1, -1                                                                             \
    }
guint engine_migrate_as(struct engine *engine, const char *vm, const char *to, gboolean force,
                        const struct migrate_options *options, GError **error);
guint engine_wake(struct engine *engine, const char *host, GError **error);
guint engine_power_off(struct engine *engine, const char *host, gboolean force, GError **error);

/*
 * Start a VM that is off, on the host that has it or (host not NULL) on another that knows it; stop
 * one that runs, by asking its guest or (force) at once. Return as those above. Before a start
 * every host is asked whether it runs the VM; one that may and does not answer stands in the way,
 * unless force is given and it was not known to run it. engine_check_start says what speaks against
 * it at the moment, as far as is known without asking.
 */
guint engine_start_vm(struct engine *engine, const char *vm, const char *host, gboolean force,
                      GError **error);
guint engine_stop_vm(struct engine *engine, const char *vm, gboolean force, GError **error);
enum check_reason engine_check_start(const struct engine *engine, const struct vm *vm,
                                     const struct host *host);

/*
 * Pause, resume, reboot, reset, or mark to start with its host, a VM where it is; the other actions
 * are engine_start_vm and engine_stop_vm (FORCE_OFF: with force). Returns as those. The sentence of
 * what speaks against it at the moment is NULL when nothing does; free it.
 */
guint engine_control_vm(struct engine *engine, const char *vm, enum control_action action,
                        gboolean force, GError **error);
char *engine_explain_control(const struct engine *engine, const struct vm *vm,
                             enum control_action action);

/*
 * Makes a host know a VM, by its XML; nothing is started. fresh: it must be new to the cluster;
 * without, it may be known elsewhere, and must then be the same one (UUID). No other VM may have
 * its UUID or its MAC address. ROOST_ERROR_INPUT also when it is no XML of a VM.
 */
guint engine_define_vm(struct engine *engine, const char *host, const char *xml, gboolean fresh,
                       GError **error);
char *engine_explain_define(const struct engine *engine, const struct guest *guest, gboolean fresh);

/*
 * Makes a host forget a VM that is off, or runs elsewhere; its disks stay. Once no host knows it,
 * it leaves the cluster. force: also from the last host that knows it, and with what is saved of it
 * there (RAM, snapshots).
 */
guint engine_forget_vm(struct engine *engine, const char *vm, const char *host, gboolean force,
                       GError **error);
char *engine_explain_forget(const struct engine *engine, const struct vm *vm,
                            const struct host *host, gboolean force);

/* TRUE when the host runs or defines the VM, as of its last report. */
gboolean engine_knows_vm(const struct engine *engine, const struct host *host, const struct vm *vm);

/*
 * Empties a host: its maintenance flag is set and its VMs are queued to where they fit. What must
 * stay is told in the journal. FALSE and ROOST_ERROR_INPUT when there is no such host,
 * ROOST_ERROR_REFUSED when none of its VMs can leave; the flag is set even then.
 */
gboolean engine_drain(struct engine *engine, const char *host, GError **error);

/*
 * Queues the chosen steps of a plan (NULL = all; steps->len of them) as jobs of the operator's,
 * each after those it comes after in the plan; what those need is chosen too. Every check is made
 * again when their turn comes: a host from which a move failed is not switched off. Returns how
 * many jobs it makes; or 0 and ROOST_ERROR_REFUSED, and nothing is queued, when the plan does not
 * hold any more or another job is in the way: a new one is to be made then.
 */
guint engine_follow_plan(struct engine *engine, const struct plan *plan, const gboolean *chosen,
                         GError **error);

/*
 * What is queued ends at once, what runs as soon as the driver can stop it. FALSE and
 * ROOST_ERROR_INPUT when there is no such job, ROOST_ERROR_REFUSED when it is too late.
 */
gboolean engine_cancel_job(struct engine *engine, guint id, GError **error);

/*
 * Does what a job that failed or was cancelled was to do, as a new job by hand, with its options;
 * every check is made again. One that was forced wants force anew. Returns as engine_migrate;
 * ROOST_ERROR_REFUSED also when the job is under way, or was done.
 */
guint engine_retry_job(struct engine *engine, guint id, gboolean force, GError **error);

/*
 * Lets a queued job start so many places earlier (less than 0) or later among all that are queued;
 * fewer where there are not so many. It stays a matter of order only: each starts when its limits
 * allow. FALSE with ROOST_ERROR_INPUT when there is no such job, or ROOST_ERROR_REFUSED when it is
 * not queued, is the first or last already, or something keeps the two in their order: one comes
 * after the other, makes its room, or wakes its host or switches it off.
 */
gboolean engine_move_job(struct engine *engine, guint id, gint places, GError **error);

/*
 * Has a running pre-copy go over to post-copy: it then always ends, but until it has, a network or
 * host that breaks takes the VM with it. FALSE and ROOST_ERROR_INPUT when there is no such job,
 * ROOST_ERROR_REFUSED when it is none, or too late.
 */
gboolean engine_switch_postcopy(struct engine *engine, guint id, GError **error);

/* Cancels what is queued; with running TRUE also what is running. Returns how many were. */
guint engine_cancel_all(struct engine *engine, gboolean running);

/* No new job starts any more; those running go on. For a quit that waits. */
void engine_hold(struct engine *engine, gboolean hold);

/*
 * Who may act (see lease.h). With a guard every action is confirmed right before the driver is told
 * to do it: `confirm` calls back once, on the main context; with FALSE nothing is done, the job
 * ends as refused, and the engine falls back to ENGINE_MANUAL. `fence` is written to the journal
 * beside what the autopilot does. Automatic modes and goals need the guard's leave to begin. NULL
 * takes it away: then nobody is asked. Copied; data must outlive the engine or the next call.
 */
struct engine_guard {
    void (*confirm)(gpointer data, void (*confirmed)(gboolean may_act, gpointer asker),
                    gpointer asker);
    guint64 (*fence)(gpointer data);
    gboolean (*may_act)(gpointer data); /* as far as is known here and now; NULL = always */
    gpointer data;
};
void engine_set_guard(struct engine *engine, const struct engine_guard *guard);

/* The number that the guard gives now; 0 = none, or no guard. */
guint64 engine_fence(const struct engine *engine);

/* What may_act says has changed: what waits for it goes on. */
void engine_guard_changed(struct engine *engine);

/*
 * FALSE while a guard does not give its leave: mode and goal are wishes then, and nothing is
 * decided.
 */
gboolean engine_may_decide(const struct engine *engine);

/*
 * Somebody else acts from now on: mode and goal end, and what is automatic and has not begun is
 * taken back, with an alarm when there was anything to end. `why` is a piece of a sentence.
 */
void engine_step_down(struct engine *engine, const char *why);

/*
 * Writes down what nobody but the operator decides: of a VM its "home", "pin" (each a host) and
 * "group", of a host its "note" and "vm-max" (a whole number). NULL and "" stand for none. The
 * journal tells it when it was otherwise before. FALSE and ROOST_ERROR_INPUT when there is no such
 * object or key, or the text is none for it. engine_edit_is_of_vm tells what a key is about.
 */
gboolean engine_edit(struct engine *engine, const char *object, const char *key, const char *text,
                     GError **error);
gboolean engine_edit_is_of_vm(const char *key);

/*
 * It was for a moment only, such as a file server that hung, and nobody else has come meanwhile:
 * takes up the mode and the goal that engine_step_down, or a refusal, ended, unless others were set
 * since. engine_has_stepped_down: there are such.
 */
void engine_step_up(struct engine *engine);
gboolean engine_has_stepped_down(const struct engine *engine);

/* --- Goals: the loop until nothing is left to do --- */

enum engine_goal {
    ENGINE_GOAL_NONE,
    ENGINE_GOAL_COMPACT,
    ENGINE_GOAL_NORMALIZE,
};

/*
 * Works towards the goal whatever the mode and hours, with the automatic safety checks, and comes
 * back to ENGINE_GOAL_NONE (an event MODE) when nothing is left to do. engine_goal_summary then
 * says how it ended; engine_goal_failures how many things could not be done.
 */
void engine_set_goal(struct engine *engine, enum engine_goal goal);
enum engine_goal engine_goal(const struct engine *engine);
const char *engine_goal_summary(const struct engine *engine);
guint engine_goal_failures(const struct engine *engine);

/* --- Hosts that come and go --- */

/*
 * Adds a host; its facts come with the first report. engine_adopt_host takes over what another
 * cluster knows of it, which is copied, with its VMs that are not here yet. FALSE and
 * ROOST_ERROR_INPUT when its name or address cannot be used or is taken.
 */
gboolean engine_adopt_host(struct engine *engine, const struct host *known, GError **error);
gboolean engine_add_host(struct engine *engine, const char *name, const char *address,
                         GError **error);

/*
 * Takes over what `written`, the cluster as somebody else wrote it meanwhile, has of the
 * operator's: a VM's home, pin and group, a host's note, vm-max and maintenance; and adopts hosts
 * that are not here. Each difference is told in the journal.
 */
void engine_take_edits(struct engine *engine, const struct cluster *written);

/*
 * The manager runs on that host of the cluster (by name or address; NULL = on none) from now on: it
 * is never switched off (R11). Nothing when the engine follows.
 */
void engine_set_manager_host(struct engine *engine, const char *host);

/*
 * Takes a host, by name or address, and its VMs out of the cluster; nothing is done to them. FALSE
 * and ROOST_ERROR_INPUT when there is none, ROOST_ERROR_REFUSED while a job is about it.
 */
gboolean engine_remove_host(struct engine *engine, const char *host, GError **error);

#endif
