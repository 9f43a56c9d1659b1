/*
 * errands.h - what enrol.h asks of a driver, in the simulated lab. Private to sim/.
 *
 * Its hosts are known from the beginning and let roost in; they can be armed, and have a few
 * commands. Thread: main.
 */
#ifndef ROOST_DRIVER_SIM_ERRANDS_H
#define ROOST_DRIVER_SIM_ERRANDS_H

#include "core/driver/enrol.h"
#include "core/driver/sim/world.h"

/* host is NULL when error is set. */
typedef void (*sim_errand_func)(struct sim_host *host, const char *command, const GError *error,
                                void (*told)(void), gpointer data);

/* In sim.c: goes to the host, which must answer, and tells. command may be NULL. */
guint sim_send_errand(struct driver *driver, const char *address, const char *command,
                      sim_errand_func errand, void (*told)(void), gpointer data);

guint sim_enrol(struct driver *driver, const struct enrol_request *request, driver_enrol_func done,
                gpointer data);
gboolean sim_trust(struct driver *driver, const char *address, const char *key, GError **error);
guint sim_run(struct driver *driver, const struct run_request *request, driver_run_func done,
              gpointer data);
guint sim_arm(struct driver *driver, const char *address, driver_done_func done, gpointer data);
guint sim_share_keys(struct driver *driver, const struct peer_request *request,
                     driver_peer_func done, gpointer data);

#endif
