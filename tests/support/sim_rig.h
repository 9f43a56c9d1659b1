/*
 * sim_rig.h - a simulated lab on a stepped clock, with calls that wait for their result.
 *
 * Thread: main.
 */
#ifndef ROOST_TESTS_SUPPORT_SIM_RIG_H
#define ROOST_TESTS_SUPPORT_SIM_RIG_H

#include "core/driver/manage.h"
#include "core/driver/sim/sim.h"

struct sim_rig {
    struct clock *clock;
    struct hours *hours;
    struct driver *driver;
    guint progress_calls; /* of the last migration */
    struct migrate_progress progress;
};

/* A Tuesday evening, 19:45 UTC, as the lab closes. */
#define SIM_RIG_CLOSING_US G_GINT64_CONSTANT(1770752700000000)

/* Takes lab over. hours: TRUE = those of Ercolani, in UTC; FALSE = none. faults may be NULL. */
struct sim_rig *sim_rig_new(struct cluster *lab, gboolean hours, guint64 seed, const char *faults,
                            gint64 wall_start_us);
void sim_rig_free(struct sim_rig *rig);
AUTOPTR_DEFINE(sim_rig)

/* Lets time pass. */
void sim_rig_run(struct sim_rig *rig, gint64 for_us);

/* As the calls of the driver, waiting for the end. */
struct host_report *sim_rig_refresh(struct sim_rig *rig, const char *address, GError **error);
gboolean sim_rig_wake(struct sim_rig *rig, const char *mac, GError **error);
gboolean sim_rig_power_off(struct sim_rig *rig, const char *address, gboolean force,
                           GError **error);
gboolean sim_rig_control(struct sim_rig *rig, const char *address, const char *vm,
                         enum control_action action, GError **error);
gboolean sim_rig_migrate(struct sim_rig *rig, const struct migrate_request *request,
                         GError **error);

/* Free what they give with manage_answer_free; NULL with the error. */
struct manage_answer *sim_rig_manage(struct sim_rig *rig, const struct manage_request *request,
                                     GError **error);
struct manage_answer *sim_rig_parts(struct sim_rig *rig, const char *address, const char *vm,
                                    GError **error);

/* Runs until the host there is up (TRUE) or nothing lives there any more; fails after 5 minutes. */
void sim_rig_await_host(struct sim_rig *rig, const char *address, gboolean up);

#endif
