/*
 * sim.h - the simulated lab: hosts, VMs and a network that exist only here, behind a driver.
 *
 * The lab has a truth of its own, which the engine only sees through reports, as it would real
 * hosts: VMs live (users come and go, load follows the hour), hosts take time to boot, migrations
 * take as long as RAM, dirtying and a shared network make them. All of it follows from the seed.
 * It works by timers on the clock it is given and needs no threads.
 */
#ifndef ROOST_DRIVER_SIM_SIM_H
#define ROOST_DRIVER_SIM_SIM_H

#include <glib.h>

#include "core/base/clock.h"
#include "core/driver/driver.h"
#include "core/model/cluster.h"
#include "core/policy/energy.h"
#include "core/policy/hours.h"

/* Chances, 0..1, of what can go wrong; all 0 by default. */
struct sim_faults {
    double host_dies;  /* per host and night: power cut; it can be woken again, its VMs restart */
    double host_hangs; /* per host and night: answers nothing for some minutes, VMs go on */
    double wake_fails; /* per magic packet: nothing happens */
    double migration_fails; /* per migration: breaks off somewhere */
    double never_converges; /* per migration: the guest dirties RAM faster than it moves */
};

/* "host-dies=0.01,wake-fails=0.1", "all" (a bad night: 0.02 hosts, 0.05 the rest) or "none". */
gboolean sim_faults_parse(const char *spec, struct sim_faults *faults, GError **error);

/* One line a fault, for help texts: name, what it does. NULL-terminated pairs. */
extern const char *const sim_fault_help[];

struct sim_options {
    guint64 seed;
    struct sim_faults faults;
    struct energy_config energy;
    /*
     * Loads and logins stay as `lab` has them, and nothing it does not know is made up: a host that
     * is not known to wake does not, one that does not answer never will. For a look ahead.
     */
    gboolean steady;
};

/*
 * A driver whose lab is as `lab` describes it (copied): its hosts on and its running VMs on them.
 * Borrows clock and hours (NULL = users at any hour). Free with driver_free.
 */
struct driver *sim_driver_new(struct clock *clock, const struct cluster *lab,
                              const struct hours *hours, const struct sim_options *options);

/*
 * Another driver on the world of that one, as another process has: what it asks for runs by its own
 * clock, a stepped one that shows the same time, or an earlier one while that process is stopped.
 * The world lives as long as any of its drivers; a migration that nobody waits for any more breaks
 * off unless it is controlled by its hosts (MIGRATE_PEER, MIGRATE_AUTO).
 */
struct driver *sim_driver_join(struct driver *driver, struct clock *clock);

/* The built-in reference lab: 62 hosts of 2 CPUs and 2 GiB, each on, with its VM of 256 MiB. */
struct cluster *sim_lab_ercolani(void);
#define SIM_ERCOLANI_HOURS "Mon-Fri 09:00-19:45; Sat 09:00-13:45"

/* A built-in lab by its name: ercolani, small (8 hosts). NULL and ROOST_ERROR_INPUT for others. */
struct cluster *sim_lab_named(const char *name, GError **error);

/* A lab of any size in the same style, for benches and stress: n hosts, vms_each on each. */
struct cluster *sim_lab_make(guint n_hosts, guint vms_each);

/* --- The truth, for nights, tests and benches; never for decisions --- */

guint sim_hosts_on(const struct driver *driver);    /* drawing power: on, booting or stopping */
guint sim_vms_running(const struct driver *driver); /* running in exactly one place */
guint sim_vms_at_home(const struct driver *driver);
double sim_joules(const struct driver *driver);        /* drawn so far */
double sim_joules_all_on(const struct driver *driver); /* had every host stayed on */

guint sim_moves(const struct driver *driver);        /* times a VM came to another host */
guint sim_moves_failed(const struct driver *driver); /* migrations that ended in an error */

/*
 * What must never happen, counted since the start: a VM running in two places, a VM stopped by a
 * power-off, RAM of a host exceeded, a logged-in user cut off by a power-off that was not forced.
 * `what` (may be NULL) receives a sentence of the first one, borrowed.
 */
guint sim_sins(const struct driver *driver, const char **what);

#endif
