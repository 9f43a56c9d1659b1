/*
 * driver_internal.h - what the files of the simulated lab's driver share; nobody else includes it.
 *
 * sim.c is the driver itself; driver_look.c, driver_power.c, driver_vm.c and driver_errands.c have
 * what it is asked for; operation.c what all of that is: it reaches its host after a while, acts,
 * and tells. What then happens in the lab is world.h's. Thread: main.
 */
#ifndef ROOST_DRIVER_SIM_DRIVER_INTERNAL_H
#define ROOST_DRIVER_SIM_DRIVER_INTERNAL_H

#include "core/driver/enrol.h"
#include "core/driver/sim/world.h"

#define SIM_DEADLINE_US (10 * CLOCK_SECOND_US) /* for a host to answer */

struct sim {
    struct driver driver; /* first */
    struct sim_world *world;
    struct clock *clock; /* the world's, unless it joined with one of its own */
    GQueue operations;   /* those not ended; links are their own */
    GQueue spare;        /* some that ended, to be used again */
    guint last_id;
};

struct sim_operation {
    GList link; /* first: its data is the operation itself */
    struct sim *sim;
    guint id;
    guint timer;
    gint64 deadline_us;
    struct sim_host *host; /* NULL: nothing lives at the address */
    struct sim_host *to;   /* migrate: the target */
    char *address;         /* as asked; only when host is NULL */
    GError *error;         /* decided already; told by the timer */
    gpointer data;         /* of whom is told */

    /* Its host answers: NULL = nothing else is to be done. It may set the error. */
    void (*act)(struct sim_operation *operation);

    /* Tells who asked: the error, or what came of it. It is in no list any more. */
    void (*tell)(struct sim_operation *operation);

    gboolean force;   /* power-off */
    const char *ways; /* wake: what was tried */
    char *vm;         /* control: its name */
    enum control_action action;
    struct sim_migration *migration;
    enum migrate_control control; /* migrate */
    struct check_report *found;   /* seen when it was asked; told by the timer */
    char *command;                /* errand: a run's */
    struct manage_request *manage;

    /* Whom to tell: the one that its kind has. */
    driver_report_func reported;
    driver_check_func checked;
    driver_done_func done;
    driver_wake_func woken;
    driver_progress_func progress;
    driver_manage_func managed;
    void (*told)(void); /* errand: as it was given */
};

/* TRUE while the process that has this driver is stopped: it hears nothing. */
static inline gboolean sim_is_stopped(const struct sim *sim)
{
    return clock_mono_us(sim->clock) < sim_now_us(sim->world);
}

static inline enum sim_answer sim_operation_answer(const struct sim_operation *operation)
{
    return operation->host ? sim_host_answer(operation->host) : SIM_ANSWERS_ABSENT;
}

/* --- operation.c --- */

/* Owned by its driver. `tell` NULL: done(error) is all there is to tell. */
struct sim_operation *sim_operation_new(struct sim *sim,
                                        void (*tell)(struct sim_operation *operation),
                                        struct sim_host *host, gpointer data);
struct sim_operation *sim_operation_to(struct sim *sim,
                                       void (*tell)(struct sim_operation *operation),
                                       const char *address, gpointer data);

/* Tells, and frees it; what is told may start and cancel others. */
void sim_operation_end(struct sim_operation *operation);
void sim_operation_free(struct sim_operation *operation); /* in no list */

/* Its one timer, restarted; func clears operation->timer. */
void sim_operation_after(struct sim_operation *operation, gint64 after_us, clock_func func);
void sim_operation_end_after(struct sim_operation *operation, gint64 after_us);

/* Goes to its host, acts there if it answers (NULL = nothing is to be done), and ends. */
void sim_operation_ask(struct sim_operation *operation,
                       void (*act)(struct sim_operation *operation));

/* How long its host takes for a look, or until nobody has answered: drawn at each call. */
gint64 sim_operation_look_us(const struct sim_operation *operation);
gint64 sim_operation_answer_us(const struct sim_operation *operation);

/* TRUE when there is no answer yet, but the deadline has not passed either: func is called then. */
gboolean sim_operation_waits(struct sim_operation *operation, clock_func func);

/* "host NAME: why". */
GError *sim_operation_error(const struct sim_operation *operation, enum roost_error code,
                            const char *why);
GError *sim_operation_answer_error(const struct sim_operation *operation, enum sim_answer answer);

/* Right before something is done: NULL when it may be. */
GError *sim_operation_refusal(const struct sim_operation *operation);

/* --- driver_look.c --- */
guint sim_refresh(struct driver *driver, const char *address, driver_report_func done,
                  gpointer data);
guint sim_check(struct driver *driver, const struct check_request *request, driver_check_func done,
                gpointer data);
guint sim_probe(struct driver *driver, const char *address, gint64 within_us, driver_done_func done,
                gpointer data);

/* --- driver_power.c --- */
guint sim_wake(struct driver *driver, const struct wake_request *request, driver_wake_func done,
               gpointer data);
guint sim_power_off(struct driver *driver, const char *address, gboolean force,
                    driver_done_func done, gpointer data);
gboolean sim_can_cut(struct driver *driver, const char *address);
guint sim_cut(struct driver *driver, const char *address, driver_done_func done, gpointer data);

/* --- driver_vm.c --- */
guint sim_migrate(struct driver *driver, const struct migrate_request *request,
                  driver_progress_func progress, driver_done_func done, gpointer data);
guint sim_control(struct driver *driver, const struct control_request *request,
                  driver_done_func done, gpointer data);
guint sim_manage(struct driver *driver, const struct manage_request *request,
                 driver_manage_func done, gpointer data);

/* --- driver_errands.c: what enrol.h asks of a driver --- */
guint sim_enrol(struct driver *driver, const struct enrol_request *request, driver_enrol_func done,
                gpointer data);
gboolean sim_trust(struct driver *driver, const char *address, const char *key, GError **error);
guint sim_run(struct driver *driver, const struct run_request *request, driver_run_func done,
              gpointer data);
guint sim_arm(struct driver *driver, const char *address, driver_done_func done, gpointer data);
guint sim_share_keys(struct driver *driver, const struct peer_request *request,
                     driver_peer_func done, gpointer data);

#endif
