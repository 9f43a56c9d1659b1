/*
 * night.h - `roost night`: one simulated night, from closing to opening, as fast as it will go.
 *
 * The same loop as the console's and the real manager's runs here on the simulated lab and a
 * stepped clock. Everything follows from the options: two runs say the same, whatever the day, the
 * time zone and the machine. Prints nothing itself. Thread: main.
 */
#ifndef ROOST_COMMAND_NIGHT_H
#define ROOST_COMMAND_NIGHT_H

#include <glib.h>

#include "core/driver/sim/sim.h"
#include "core/model/cluster.h"
#include "core/policy/policy.h"

struct night_options {
    guint64 seed;
    enum policy_kind policy;
    struct sim_faults faults;
};

struct night_result {
    guint hosts;
    guint vms;               /* running at closing */
    guint hosts_on_lowest;   /* drawing power at once while every VM ran */
    gint64 to_lowest_us;     /* from closing until it was reached first */
    guint migrations;        /* that brought a VM to another host */
    guint migrations_failed; /* attempts that ended in an error */
    guint vms_lost;          /* not running in exactly one place at opening, plus sins in between */
    double kwh;
    double kwh_all_on; /* had every host stayed on */
    guint hosts_on_at_opening;
    guint vms_home_at_opening;
    char
        *sin; /* the first thing that never must happen and did; NULL when none. Free with g_free */
};

/*
 * Runs one night of a lab, from a Tuesday 19:45 to Wednesday 09:00. `trace` (may be NULL) receives
 * one line for each decision and its end: time, what, why.
 */
void night_run(const struct cluster *lab, const struct night_options *options, GString *trace,
               struct night_result *result);

/* Appends the `key=value` lines, in the order of the fields; the same in every locale. */
void night_append_result(GString *out, const struct night_result *result);

#endif
